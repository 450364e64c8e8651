//! The tables of docs/upstream-failures.md: what is expected of each failure.

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/upstream-failures.md");

/// What is expected of a failure.
pub struct Row {
    /// What fails, in the words of the document.
    pub name: String,
    /// The class, by its word.
    pub class: String,
    /// What the operator reads of the reason.
    pub words: String,
    /// How the circuit is afterwards.
    pub circuit: String,
}

/// The rows under a title.
fn rows(title: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(DOCUMENT).expect("the document");
    let section = text.split("\n## ").find_map(|section| section.strip_prefix(title)).expect("a section");
    let row = |line: &str| {
        let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned());
        let [name, class, words, circuit] = cells.collect::<Vec<_>>().try_into().expect("four cells");
        Row { name, class, words, circuit }
    };
    section.lines().filter(|line| line.starts_with("| ")).skip(1).map(row).collect()
}

/// The servers of a section with their rows; both in the same order.
pub fn with_rows<T>(title: &str, servers: Vec<(&'static str, T)>) -> Vec<(Row, T)> {
    let rows = rows(title);
    let named: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(named, servers.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "docs/upstream-failures.md, {title}");
    rows.into_iter().zip(servers.into_iter().map(|(_, server)| server)).collect()
}
