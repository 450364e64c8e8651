//! A SOAP client that others wrote, zeep, reads the WSDLs over mutual TLS and calls the three services.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::bench::{Bench, ROSSI};

/// The Python that has zeep: named by `CENTRALINO_ZEEP_PYTHON`, else made once under `target/`.
fn python() -> PathBuf {
    if let Some(python) = std::env::var_os("CENTRALINO_ZEEP_PYTHON") {
        return python.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zeep");
    let python = environment.join("bin/python");
    let requirements = root.join("tests/third_party/requirements.txt");
    let made = environment.join("made");
    if std::fs::read(&made).ok() != std::fs::read(&requirements).ok() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements));
        std::fs::copy(&requirements, &made).expect("marked as made");
    }
    python
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{command:?}\n{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn zeep_calls_all_three_services() {
    let bench = Bench::start().await;
    let (card, cun) = bench.caller("positive").await;
    let otp = bench.otp().await;
    let (certificate, key) = bench.sandbox.client_files();
    let (base, authority) = (bench.sandbox.base_url().to_owned(), bench.sandbox.ca_file());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/third_party/zeep_client.py");
    let said = tokio::task::spawn_blocking(move || {
        run(Command::new(python())
            .arg(script)
            .args(["--base", &base, "--operator", ROSSI, "--card", &card, "--cun", &cun, "--otp", &otp])
            .arg("--ca")
            .arg(authority)
            .arg("--certificate")
            .arg(certificate)
            .arg("--key")
            .arg(key))
    })
    .await
    .expect("zeep");
    assert_eq!(
        said.trim().lines().collect::<Vec<_>>(),
        ["verify 0000", "unlock 0000", "confirm 0000", "again 9999 9022"]
    );
}
