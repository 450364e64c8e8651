//! `centralino.toml` as the list of every key, with an example of each.

use std::{collections::BTreeMap, sync::LazyLock};

/// The commented file.
pub const TEXT: &str = include_str!("../../../centralino.toml");

/// Every key (`section.key`) and its example: the default, or what stands commented out.
static EXAMPLES: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let mut section = "";
    let mut examples = BTreeMap::new();
    for line in TEXT.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some((key, example)) = assignment(line) {
            let full = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
            examples.insert(full, example);
        }
    }
    examples
});

/// `key = value`, or `#key = value`: a comment proper has a blank after its sign.
fn assignment(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (key, value) = line.strip_prefix('#').unwrap_or(line).split_once(" = ")?;
    key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then_some((key, value))
}

/// The example of a key; none for a key that does not exist.
pub(super) fn example_of(key: &str) -> Option<&'static str> {
    EXAMPLES.get(key).copied()
}

/// The keys beside `key`: those of its section, or those without one.
pub(super) fn keys_beside(key: &str) -> Vec<&'static str> {
    let section = |key: &str| key.rsplit_once('.').map(|(section, _)| section.to_owned());
    EXAMPLES.keys().filter(|known| section(known) == section(key)).map(String::as_str).collect()
}

/// The keys of a section; none for what is no section.
pub(super) fn keys_within(section: &str) -> Vec<&'static str> {
    let is_within = |key: &&str| key.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'));
    EXAMPLES.keys().map(String::as_str).filter(is_within).collect()
}

#[cfg(test)]
pub(super) fn keys() -> Vec<&'static str> {
    EXAMPLES.keys().map(String::as_str).collect()
}
