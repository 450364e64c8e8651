//! The accessible names that are fixed are what the pages say, at addresses that there are.

use std::fs;

use super::{read, root};

/// What is filled in, or is no name of its own.
fn is_filled_in(name: &str) -> bool {
    name.is_empty() || name.contains('{')
}

/// The texts of the Italian pages, a line of their files each.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(root().join("locales")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().ends_with(".it.toml") {
            let file = fs::read_to_string(&path).expect("a file");
            let values = file.lines().filter_map(|line| line.split_once(" = \"")?.1.strip_suffix('"'));
            texts.extend(values.map(str::to_owned));
        }
    }
    texts
}

#[test]
fn every_fixed_name_is_on_a_page_and_every_address_a_route() {
    let (document, texts) = (read("docs/accessible-names.md"), texts());
    let router = read("src/server/router.rs");
    let (mut missing, mut pages) = (Vec::new(), 0);
    for row in document.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, address, names @ ..] = cells.as_slice() else { panic!("{row}") };
        pages += 1;
        if !router.contains(&format!("\"{}\"", address.trim_matches('`'))) {
            missing.push((*address).to_owned());
        }
        for name in names.iter().flat_map(|names| names.split(" · ")).filter(|name| !is_filled_in(name)) {
            if !texts.iter().any(|text| text == name) {
                missing.push(format!("{address}: {name}"));
            }
        }
    }
    assert!(pages > 15, "the table is read");
    assert!(missing.is_empty(), "{missing:#?}");
}
