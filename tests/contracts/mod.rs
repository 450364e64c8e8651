//! The contracts: their samples, and what the client and the sandbox write, judged by xmllint.

mod bench;
mod generated;
mod samples;

use std::{fs, path::Path, process::Command};

/// What libxml2 says of whole messages, each under the name of its file, in one run.
fn xmllint(messages: &[(String, String)]) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, message) in messages {
        fs::write(folder.path().join(name), message).expect("written");
    }
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contracts/envelope.xsd");
    let output = Command::new("xmllint")
        .current_dir(folder.path())
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .args(messages.iter().map(|(name, _)| name))
        .output()
        .expect("xmllint is needed: on Debian it is in the package libxml2-utils");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Whether all of them keep to their schemas, or what is wrong.
pub fn validate_all(messages: &[(String, String)]) -> Result<(), String> {
    match xmllint(messages) {
        (true, _) => Ok(()),
        (false, said) => Err(said.lines().filter(|line| !line.ends_with(" validates")).collect::<Vec<_>>().join("\n")),
    }
}

/// Whether each of them does.
fn verdicts(messages: &[(String, String)]) -> Vec<bool> {
    let (_, said) = xmllint(messages);
    let keeps = |name: &str| said.lines().any(|line| line == format!("{name} validates"));
    messages.iter().map(|(name, _)| keeps(name)).collect()
}
