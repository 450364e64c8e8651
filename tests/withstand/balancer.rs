//! What is in deploy/ for several instances: HAProxy takes its configuration, and the compose file can be read.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use yaml_rust2::YamlLoader;

/// A file of deploy/.
pub fn deploy(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)
}

/// HAProxy, started or checked with the shipped configuration, where the certificate and the instances are these.
pub fn haproxy(certificate: &Path, instances: [&str; 2]) -> Command {
    let debians = Path::new("/usr/sbin/haproxy");
    let mut command = Command::new(if debians.exists() { debians } else { Path::new("haproxy") });
    command.arg("-f").arg(deploy("haproxy.cfg")).env("CENTRALINO_CERTIFICATE", certificate);
    command.env("CENTRALINO_ONE", instances[0]).env("CENTRALINO_TWO", instances[1]);
    command
}

/// HAProxy's verdict, where the certificate is this one and the instances are named so.
fn verdict(certificate: &str, instances: [&str; 2]) -> Result<(), String> {
    let output =
        haproxy(Path::new(certificate), instances).arg("-c").output().expect("HAProxy: apt-get install haproxy");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(told) }
}

#[test]
fn haproxy_takes_its_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = rcgen::generate_simple_self_signed(["desk.example.it".to_owned()]).expect("a certificate");
    let pem = folder.path().join("desk.pem");
    fs::write(&pem, made.cert.pem() + &made.signing_key.serialize_pem()).expect("writes");
    let pem = pem.to_str().expect("text");
    assert_eq!(verdict(pem, ["127.0.0.1:8081", "127.0.0.1:8082"]), Ok(()));
    assert_eq!(verdict(pem, ["one:8080", "two:8080"]), Ok(()), "as the compose file names them");
    assert!(verdict("/no/such.pem", ["one:8080", "two:8080"]).is_err());
}

#[test]
fn the_compose_file_starts_two_instances_that_trust_the_balancer_alone() {
    let text = fs::read_to_string(deploy("compose.yaml")).expect("a file");
    let file = &YamlLoader::load_from_str(&text).expect("YAML")[0];
    let instance = &file["x-instance"]["environment"];
    let network = &file["networks"]["default"]["ipam"]["config"][0]["subnet"];
    assert_eq!(instance["CENTRALINO__SERVER__TRUSTED_PROXIES"], *network);
    let environment = &file["services"]["balancer"]["environment"];
    for (name, key) in [("one", "CENTRALINO_ONE"), ("two", "CENTRALINO_TWO")] {
        assert!(!file["services"][name].is_badvalue(), "{name}");
        assert_eq!(environment[key].as_str(), Some(&*format!("{name}:8080")));
    }
}
