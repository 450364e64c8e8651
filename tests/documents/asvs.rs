//! docs/asvs.md adds up: every requirement once, its status a word of three, what is open listed at the end.

use std::collections::BTreeSet;

use super::read;

/// Requirements of ASVS 5.0.0 of the levels 1 and 2.
const OF_LEVEL: [(&str, usize); 2] = [("1", 70), ("2", 183)];
const CITED: &str = "v5.0.0-";

/// Number, level and status of each row.
fn rows(text: &str) -> Vec<[&str; 3]> {
    let rows = text.lines().filter(|line| line.starts_with("| v5.0.0-"));
    rows.map(|row| {
        let mut cells = row.split(" | ").map(|cell| cell.trim_matches(['|', ' ']));
        std::array::from_fn(|_| cells.next().unwrap_or_else(|| panic!("{row}")))
    })
    .collect()
}

/// The numbers that are cited in a text.
fn cited(text: &str) -> BTreeSet<&str> {
    let ends = |rest: &str| rest.find(|symbol: char| !symbol.is_ascii_digit() && symbol != '.').unwrap_or(rest.len());
    text.split(CITED).skip(1).map(|rest| rest[..ends(rest)].trim_end_matches('.')).collect()
}

#[test]
fn every_requirement_has_its_row_and_the_counts_are_right() {
    let text = read("docs/asvs.md");
    let rows = rows(&text);
    let numbers: BTreeSet<_> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(numbers.len(), rows.len(), "one has two rows");
    for (level, count) in OF_LEVEL {
        assert_eq!(rows.iter().filter(|row| row[1] == level).count(), count, "level {level}");
    }
    let [met, not_applicable, open] =
        ["met", "n/a", "open"].map(|word| rows.iter().filter(|row| row[2] == word).count());
    assert_eq!(met + not_applicable + open, rows.len(), "a status is none of the three");
    let said = format!("{met} are met, {not_applicable} do not apply and {open} are open");
    for document in ["docs/asvs.md", "SECURITY.md"] {
        let flat = read(document).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&said), "{document} does not say: {said}");
    }
}

#[test]
fn what_is_open_is_listed_with_what_to_build() {
    let text = read("docs/asvs.md");
    let (_, listed) = text.split_once("## What is open").expect("the section");
    let rows = rows(&text);
    let open = rows.iter().filter(|row| row[2] == "open").map(|row| row[0].trim_start_matches(CITED)).collect();
    assert_eq!(cited(listed), open);
}
