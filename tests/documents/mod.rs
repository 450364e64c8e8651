//! What the documents name is there: files, tests, keys of the configuration, faults of the sandbox.

mod asvs;
mod names;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use centralino::{
    sandbox::{Fault, demo::Scenario},
    server::config,
};

const DOCUMENTS: [&str; 13] = [
    "README.md",
    "ARCHITECTURE.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/accessible-names.md",
    "docs/asvs.md",
    "docs/fuzzing.md",
    "docs/sandbox.md",
    "docs/open-points.md",
    "docs/operations.md",
    "docs/registers.md",
    "docs/guida-supervisori.md",
    "docs/upstream-failures.md",
];
/// Endings by which a word of a document is known as a file of ours.
const ENDINGS: [&str; 9] = [".rs", ".ts", ".toml", ".sql", ".sh", ".md", ".py", ".service", ".yml"];
/// What a build, an editor or git puts into the folder of the project.
const FOREIGN: [&str; 7] = ["target", "node_modules", ".git", "centralino-data", "test-results", "screenshots", "venv"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// Every file and folder of the project, each path with a slash before it.
fn paths() -> BTreeSet<String> {
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if FOREIGN.iter().any(|foreign| path.ends_with(foreign)) {
                continue;
            }
            let name = path.strip_prefix(root()).expect("below the root").display().to_string();
            found.insert(format!("/{name}"));
            if path.is_dir() {
                walk(&path, found);
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(root(), &mut found);
    found
}

/// What stands between backticks, outside blocks of code.
fn quoted(text: &str) -> Vec<String> {
    let mut is_block = false;
    let prose: String = text
        .lines()
        .filter(|line| {
            let is_fence = line.starts_with("```");
            is_block ^= is_fence;
            !is_block && !is_fence
        })
        .flat_map(|line| [line, " "])
        .collect();
    prose.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The first block of code of a document.
fn first_block(text: &str) -> String {
    text.lines()
        .skip_while(|line| *line != "```")
        .skip(1)
        .take_while(|line| *line != "```")
        .fold(String::new(), |block, line| block + line + "\n")
}

#[test]
fn every_file_and_function_that_is_named_is_there() {
    let paths = paths();
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        for word in quoted(&read(document)) {
            let (file, function) = word.split_once("::").unwrap_or((&word, ""));
            if !ENDINGS.iter().any(|ending| file.ends_with(ending)) || file.contains(' ') {
                continue;
            }
            let is_named = |path: &&String| path.ends_with(&format!("/{file}"));
            let has_function = |path: &String| {
                let text = read(path.trim_start_matches('/'));
                function.is_empty() || ["(", "<"].iter().any(|next| text.contains(&format!("fn {function}{next}")))
            };
            if !paths.iter().filter(is_named).any(has_function) {
                missing.push(format!("{document}: {word}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_link_leads_to_a_file() {
    let mut dead = Vec::new();
    for document in DOCUMENTS {
        let folder = root().join(document).parent().expect("a folder").to_owned();
        let text = read(document);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let is_dead = |target: &&str| !target.contains("://") && !folder.join(target).exists();
        dead.extend(targets.filter(is_dead).map(|target| format!("{document}: {target}")));
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn the_tree_is_the_one_that_is_there() {
    let (paths, tree) = (paths(), first_block(&read("ARCHITECTURE.md")));
    let mut named = BTreeSet::new();
    for line in tree.lines() {
        let words = line.split_whitespace().take_while(|word| word.ends_with('/') || word.contains('.'));
        for name in words {
            let name = format!("/{}", name.trim_end_matches('/'));
            assert!(paths.iter().any(|path| path.ends_with(&name)), "{name} is not there");
            named.insert(name);
        }
    }
    let is_in_tree = |path: &str| named.iter().any(|name| path.ends_with(name.as_str()));
    let sources = paths.iter().filter(|path| path.starts_with("/src/"));
    let is_file = |path: &str| Path::new(path).extension().is_some();
    let told = |path: &&String| !is_file(path) || path.starts_with("/src/domain/");
    let untold: Vec<_> = sources.filter(told).filter(|path| !path.ends_with("/mod.rs") && !is_in_tree(path)).collect();
    assert!(untold.is_empty(), "not in the tree: {untold:?}");
}

/// The rows of README's table of the configuration: key → default.
fn rows() -> BTreeMap<String, String> {
    let text = read("README.md");
    let table = text.split("## Configuration").nth(1).expect("the section").split("\n## ").next().expect("a section");
    let cells = |line: &str| line.split(" | ").map(|cell| cell.trim_matches(['|', ' ']).to_owned()).collect::<Vec<_>>();
    let rows = table.lines().filter(|line| line.starts_with("| `")).map(cells);
    rows.flat_map(|row| {
        let keys: Vec<_> = row[0].split(", ").map(|key| key.trim_matches('`').to_owned()).collect();
        keys.into_iter().map(move |key| (key, row[1].clone()))
    })
    .collect()
}

#[test]
fn the_table_of_the_configuration_has_every_key_and_its_default() {
    let (mut rows, mut section) = (rows(), "");
    for line in config::TEXT.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            continue;
        }
        let is_default = !line.starts_with('#');
        let Some((name, value)) = line.trim_start_matches('#').split_once(" = ") else { continue };
        if name.contains(' ') {
            continue;
        }
        let key = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
        let default = rows.remove(&key).unwrap_or_else(|| panic!("{key} is not in the table"));
        assert!(!is_default || default == format!("`{value}`"), "{key}: {default} is not {value}");
    }
    assert!(rows.is_empty(), "no such keys: {rows:?}");
}

#[test]
fn every_fault_and_scenario_of_the_sandbox_is_told() {
    let text = read("docs/sandbox.md");
    let told: BTreeSet<_> = quoted(&text).into_iter().collect();
    for fault in Fault::ALL {
        assert!(told.contains(fault.word()), "{}", fault.word());
    }
    for scenario in Scenario::ALL {
        assert!(told.contains(scenario.word()), "{}", scenario.word());
    }
}
