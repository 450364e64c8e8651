//! A SOAP client that others wrote, zeep, reads the WSDLs and calls every operation of every service, as call center, as
//! region, as structure and as territorial body.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::bench::{Bench, ROSSI, VERDI};

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
async fn zeep_calls_every_operation_of_every_service() {
    let bench = Bench::with_structures().await;
    let otps = [bench.otp().await, bench.otp().await, bench.otp().await];
    let card = bench.state().await["people"][VERDI].as_str().expect("a card").to_owned();
    let base = bench.sandbox.base_url().to_owned();
    let structures = bench.sandbox.structures_url().expect("served").to_owned();
    let folder = bench.dir.path().join("sandbox");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/third_party/zeep_client.py");
    let said = tokio::task::spawn_blocking(move || {
        run(Command::new(python())
            .arg(script)
            .args(["--base", &base, "--structures", &structures, "--day", "2021-01-11"])
            .args(["--operator", ROSSI, "--card", &card, "--patient", VERDI])
            .arg("--folder")
            .arg(folder)
            .arg("--otp")
            .args(otps))
    })
    .await
    .expect("zeep");
    let reported = ["report 0000", "report 0000", "cancel 0000", "list 0000"];
    let called = ["verify 0000", "unlock 0000", "confirm 0000", "again 9999 9022", "otp 204"];
    let wanted = [&reported[..], &called, &reported, &["otp 204", "close 7499", "again 7470"]].concat();
    assert_eq!(said.trim().lines().collect::<Vec<_>>(), wanted);
}
