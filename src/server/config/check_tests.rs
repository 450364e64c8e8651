use std::{fs, os::unix::fs::PermissionsExt};

use super::{
    super::{Problems, reference},
    *,
};

/// The files that are opened by the check are not there: their keys are taken, their values are not.
const OPENED: [&str; 4] =
    ["passwords.breached_file", "geoip.database_file", "server.tls_certificate_file", "server.tls_key_file"];

/// The sections that name an upstream whole or not at all.
const WHOLE: [&str; 3] = [SwabSettings::SECTION, AslSettings::SECTION, ExemptionSettings::SECTION];

/// A key set to its example; in a section that must be whole the others are set to theirs.
fn example(key: &str) -> String {
    let (section, name) = key.rsplit_once('.').unwrap_or_default();
    let line = |key: &str, name: &str| format!("{name} = {}\n", reference::example_of(key).unwrap());
    if section.is_empty() {
        return line(key, key);
    }
    let beside = reference::keys_beside(key).into_iter().filter(|_| WHOLE.contains(&section));
    let beside = beside.filter(|other| *other != key).map(|other| line(other, other.rsplit('.').next().unwrap()));
    format!("[{section}]\n{}{}", beside.collect::<String>(), line(key, name))
}

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.toml");
    fs::write(&path, file).unwrap();
    Config::load(Some(&path), variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn problems(file: &str, variables: &[(&str, &str)]) -> Vec<Problem> {
    load(file, variables).expect_err("it was accepted").0
}

fn keys(problems: &[Problem]) -> Vec<&str> {
    let mut keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
    keys.sort_unstable();
    keys
}

fn production(folder: &Path) -> String {
    let secret = folder.join("server.key");
    fs::write(&secret, "0123456789abcdef".repeat(4)).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    format!(
        "environment = \"production\"\n[server]\npublic_url = \"https://desk.example.it\"\n\
         trusted_proxies = [\"127.0.0.1\"]\n[secrets]\nserver = {secret:?}\n\
         [sistema_ts]\nbase_url = \"https://ts.example.it\"\nca_file = {secret:?}\ncertificate_file = {secret:?}\nkey_file = {secret:?}\n"
    )
}

#[test]
fn the_commented_file_is_the_defaults() {
    let (file, none) = (load(reference::TEXT, &[]).unwrap(), Config::default());
    assert_eq!(format!("{file:?}"), format!("{none:?}"));
}

#[test]
fn every_key_of_the_commented_file_can_be_set_to_its_example() {
    for key in reference::keys() {
        let text = example(key);
        let problems = load(&text, &[]).map_or_else(|problems| problems.0, |_| Vec::new());
        let expected: &[&str] = if OPENED.contains(&key) { &[key] } else { &[] };
        assert_eq!(keys(&problems), expected, "{text}");
    }
}

#[test]
fn what_a_message_gives_as_an_example_of_a_variable_can_be_set() {
    for key in reference::keys() {
        let variable = format!("CENTRALINO__{}", key.replace('.', "__").to_uppercase());
        let told = Problem { origin: Some(variable.clone()), ..Problem::new(key, "wrong") }.to_string();
        let (_, example) = told.split_once(&format!("for example: {variable}=")).expect(key);
        let is_of_whole = WHOLE.iter().any(|section| key.starts_with(section));
        let file = if is_of_whole { self::example(key) } else { String::new() };
        assert!(OPENED.contains(&key) || load(&file, &[(&variable, example)]).is_ok(), "{told}");
    }
}

#[test]
fn a_word_that_is_none_is_told_with_those_that_are() {
    for (variable, words) in [
        ("CENTRALINO__ENVIRONMENT", ["`sandbox`", "`production`"]),
        ("CENTRALINO__LOG__LEVEL", ["`error`", "`trace`"]),
        ("CENTRALINO__LOG__FORMAT", ["`pretty`", "`json`"]),
        ("CENTRALINO__DESK__ALPHABET", ["`cities`", "`nato`"]),
        ("CENTRALINO__SISTEMA_TS__AUTHENTICATION_TYPE", ["`2F`", "`none`"]),
    ] {
        let told = Problems(problems("", &[(variable, "other")])).to_string();
        assert!(told.contains("`other`") && words.iter().all(|word| told.contains(word)), "{told}");
    }
}

#[test]
fn a_section_that_is_set_like_a_key_is_told_to_be_one() {
    let told = Problems(problems("", &[("CENTRALINO__SERVER", "1")])).to_string();
    assert!(told.contains("a section; its keys are: server.grace, server.listen"), "{told}");
}

#[test]
fn the_environment_overrides_the_file() {
    let config = load(
        "[server]\nlisten = \"127.0.0.1:1\"\n[session]\nidle = 100\n",
        &[
            ("CENTRALINO__SERVER__LISTEN", "127.0.0.1:2"),
            ("CENTRALINO__SERVER__TRUSTED_PROXIES", "10.0.0.1, 192.168.0.0/16"),
            ("CENTRALINO__DATA", "/elsewhere"),
            ("CENTRALINO__SANDBOX__ENABLED", "false"),
            ("CENTRALINO_OTHER", "not ours"),
        ],
    )
    .unwrap();
    assert_eq!((config.server.listen.port(), config.session.idle), (2, 100));
    assert_eq!(config.data.0, Path::new("/elsewhere"));
    assert!(!config.has_sandbox());
    for (peer, taken) in [("10.0.0.1", true), ("192.168.3.4", true), ("10.0.0.2", false), ("::1", true)] {
        assert_eq!(config.server.takes_connections_from(peer.parse().unwrap()), taken, "{peer}");
    }
}

#[test]
fn demo_accounts_are_made_where_the_sandbox_is_called_and_nowhere_else() {
    let upstream = "[sistema_ts]\nbase_url = \"https://ts.example.it\"\n";
    for (file, has) in [
        ("", true),
        ("[sistema_ts]\ndeadline_ms = 9000\n", true),
        (upstream, false),
        ("[sandbox]\nenabled = false\n", false),
        ("[sandbox]\ndemo_accounts = false\n", false),
    ] {
        assert_eq!(load(file, &[]).unwrap().has_demo_accounts(), has, "{file}");
    }
    let wanted = [("CENTRALINO__SANDBOX__DEMO_ACCOUNTS", "true")];
    assert!(load(upstream, &wanted).unwrap().has_demo_accounts(), "where they are asked for");
}

#[test]
fn all_problems_are_told_at_once_each_with_its_key_its_origin_and_an_example() {
    let found = problems(
        "environment = \"test\"\n[server]\nlisten = \"nowhere\"\npublic_url = \"https://x/path\"\nlissten = 1\n[session]\nidle = -1\n",
        &[("CENTRALINO__METRICS__LISTEN", "9464"), ("CENTRALINO__NO__SUCH", "1")],
    );
    assert_eq!(
        keys(&found),
        [
            "environment",
            "metrics.listen",
            "no.such",
            "server.lissten",
            "server.listen",
            "server.public_url",
            "session.idle"
        ]
    );
    let text = Problems(found).to_string();
    for part in [
        "for example: listen = \"127.0.0.1:8080\", in [server]",
        "metrics.listen (in CENTRALINO__METRICS__LISTEN)",
        "for example: CENTRALINO__METRICS__LISTEN=127.0.0.1:9464",
        "test.toml",
        "there is no such key; there are: server.grace, server.listen",
    ] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn a_file_that_is_named_must_be_there_and_be_toml() {
    assert!(Config::load(Some(Path::new("/no/such.toml")), []).is_err());
    assert!(load("[server\n", &[]).is_err());
}

#[test]
fn values_that_do_not_fit_together_are_refused() {
    for (key, name, value) in [
        ("database.url", "CENTRALINO__DATABASE__URL", "mysql://u:p4ss@h/d"),
        ("session.idle", "CENTRALINO__SESSION__IDLE", "1"),
        ("session.absolute", "CENTRALINO__SESSION__ABSOLUTE", "900"),
        ("session.absolute", "CENTRALINO__SESSION__ABSOLUTE", "86401"),
        ("session.warning", "CENTRALINO__SESSION__WARNING", "900"),
        ("session.fresh_pin", "CENTRALINO__SESSION__FRESH_PIN", "301"),
        ("sandbox.control", "CENTRALINO__SANDBOX__CONTROL", "0.0.0.0:1"),
        ("sistema_ts.base_url", "CENTRALINO__SISTEMA_TS__BASE_URL", "http://ts.example.it"),
        ("sistema_ts.verify_path", "CENTRALINO__SISTEMA_TS__VERIFY_PATH", "verify"),
        ("sistema_ts.proxy", "CENTRALINO__SISTEMA_TS__PROXY", "http://me:p4ss@proxy:1"),
        ("sistema_ts.deadline_ms", "CENTRALINO__SISTEMA_TS__DEADLINE_MS", "25001"),
        ("passwords.breached_file", "CENTRALINO__PASSWORDS__BREACHED_FILE", "/no/such.txt"),
        ("registers.retention_months", "CENTRALINO__REGISTERS__RETENTION_MONTHS", "5"),
        ("cases.retention_months", "CENTRALINO__CASES__RETENTION_MONTHS", "0"),
        ("backup.keep", "CENTRALINO__BACKUP__KEEP", "0"),
        ("backup.keep_days", "CENTRALINO__BACKUP__KEEP_DAYS", "3651"),
        ("geoip.database_file", "CENTRALINO__GEOIP__DATABASE_FILE", "/proc/version"),
    ] {
        let found = problems("", &[(name, value)]);
        assert!(keys(&found).contains(&key), "{found:?}");
        assert!(!Problems(found).to_string().contains("p4ss"), "a password is repeated");
    }
}

#[test]
fn production_is_refused_what_only_a_sandbox_may_have() {
    let folder = tempfile::tempdir().unwrap();
    let file = production(folder.path());
    assert!(load(&file, &[]).is_ok());
    for (key, name, value) in [
        ("sandbox.enabled", "CENTRALINO__SANDBOX__ENABLED", "true"),
        ("sandbox.demo_accounts", "CENTRALINO__SANDBOX__DEMO_ACCOUNTS", "true"),
        ("server.trusted_proxies", "CENTRALINO__SERVER__TRUSTED_PROXIES", ""),
        ("secrets.previous", "CENTRALINO__SECRETS__PREVIOUS", "/no/such.key"),
        ("geoip.database_file", "CENTRALINO__GEOIP__DATABASE_FILE", "/no/such.mmdb"),
        ("geoip.database_file", "CENTRALINO__GEOIP__DATABASE_FILE", "/proc/version"),
        ("server.public_url", "CENTRALINO__SERVER__PUBLIC_URL", "http://desk.example.it"),
        ("secrets.server", "CENTRALINO__SECRETS__SERVER", "/no/such.key"),
        ("sistema_ts.ca_file", "CENTRALINO__SISTEMA_TS__CA_FILE", "/no/such.pem"),
    ] {
        assert_eq!(keys(&problems(&file, &[(name, value)])), [key]);
    }
    let proxied = [("CENTRALINO__SERVER__LISTEN", "0.0.0.0:8080"), ("CENTRALINO__SERVER__TRUSTED_PROXIES", "10.0.0.1")];
    assert!(load(&file, &proxied).is_ok());
}

#[test]
fn all_that_is_wrong_with_the_sections_of_the_queues_is_told_at_once() {
    let file = "[swabs]\nmode = \"structure\"\nbase_url = \"http://ts.example.it\"\nmost_answer_bytes = 0\n\
                [asl]\nbase_url = \"https://ts.example.it\"\n[exemptions]\nkey_file = \"body.key\"\nclose_path = \"x\"\n";
    let found = problems(file, &[("CENTRALINO__SESSION__FRESH_PIN", "301")]);
    let wanted = [
        "asl.ca_file",
        "asl.certificate_file",
        "asl.key_file",
        "exemptions.base_url",
        "exemptions.ca_file",
        "exemptions.certificate_file",
        "exemptions.close_path",
        "session.fresh_pin",
        "swabs.base_url",
        "swabs.ca_file",
        "swabs.most_answer_bytes",
        "swabs.password_file",
        "swabs.pincode_certificate_file",
        "swabs.pincode_file",
        "swabs.structure",
        "swabs.user",
    ];
    assert_eq!(keys(&found), wanted);
    let folder = tempfile::tempdir().unwrap();
    let asl = "[asl]\nbase_url = \"https://ts.example.it\"\nca_file = \"no.pem\"\n\
               certificate_file = \"no.pem\"\nkey_file = \"no.key\"\n";
    let found = problems(&format!("{}{asl}", production(folder.path())), &[]);
    assert_eq!(keys(&found), ["asl.ca_file", "asl.certificate_file", "asl.key_file"]);
}

#[test]
fn production_demands_what_is_missing_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap().to_owned();
    let found = problems("environment = \"production\"", &[("CENTRALINO__DATA", &data)]);
    assert_eq!(keys(&found), ["secrets.server", "server.public_url", "server.trusted_proxies", "sistema_ts.base_url"]);
}

#[test]
fn production_refuses_a_secret_that_anybody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let file = production(folder.path());
    fs::set_permissions(folder.path().join("server.key"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(keys(&problems(&file, &[])), ["secrets.server"]);
}

#[test]
fn production_speaks_to_a_database_of_another_machine_by_checked_tls_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = production(folder.path());
    for (url, is_taken) in [
        ("postgres://centralino:x@db.example.it/centralino", false),
        ("postgres://centralino:x@db.example.it/centralino?sslmode=require", false),
        ("postgresql://centralino:x@10.0.0.7/centralino?sslmode=verify-ca", false),
        ("postgres://centralino:x@db.example.it/centralino?sslmode=verify-full&sslrootcert=/etc/ca.pem", true),
        ("postgres://centralino:x@localhost/centralino", true),
        ("postgres://centralino:x@[::1]/centralino", true),
        ("postgres:///centralino?host=/run/postgresql", true),
        ("sqlite:centralino.db", true),
    ] {
        let loaded = load(&file, &[("CENTRALINO__DATABASE__URL", url)]);
        let found = loaded.map_or_else(|problems| problems.0, |_| Vec::new());
        assert_eq!(found.iter().all(|problem| problem.key != "database.url"), is_taken, "{url}: {found:?}");
        assert!(!Problems(found).to_string().contains("centralino:x"), "the password is not repeated");
    }
    let trial = load("", &[("CENTRALINO__DATABASE__URL", "postgres://centralino:x@db.example.it/centralino")]);
    assert!(trial.is_ok(), "a trial is free");
}

#[test]
fn production_needs_a_proxy_or_tls_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = production(folder.path()).replace("trusted_proxies = [\"127.0.0.1\"]\n", "");
    assert!(keys(&problems(&file, &[])).contains(&"server.trusted_proxies"));
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["desk.example.it".to_owned()]).unwrap().self_signed(&key).unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("desk.pem"), certificate.pem()).unwrap();
    fs::write(path("desk.key"), key.serialize_pem()).unwrap();
    let own = [("CERTIFICATE", "desk.pem"), ("KEY", "desk.key")]
        .map(|(name, file)| (format!("CENTRALINO__SERVER__TLS_{name}_FILE"), path(file).display().to_string()));
    let own = own.each_ref().map(|(name, value)| (name.as_str(), value.as_str()));
    let listening = ("CENTRALINO__SERVER__LISTEN", "0.0.0.0:443");
    assert!(load(&file, &[own[0], own[1], listening]).is_ok(), "on a public address");
    assert_eq!(keys(&problems(&file, &[own[0]])), ["server.tls_certificate_file", "server.trusted_proxies"]);
    fs::write(path("desk.key"), "ciao").unwrap();
    assert_eq!(keys(&problems(&file, &own)), ["server.tls_key_file"]);
}
