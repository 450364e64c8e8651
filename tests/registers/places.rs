//! Where an address is, by a file that the operator of the system configures.

use std::{fs, net::Ipv4Addr};

use axum::http::{Method, header};
use centralino::{
    server::{geoip::Geoip, housekeeping},
    storage::registers::{Fact, Register},
};

use super::support::entries;
use crate::support::{
    Browser, Engine, TestApp,
    mmdb::{city, file},
    on_both_engines,
};

on_both_engines!(an_entry_tells_where_an_address_is, another_file_is_taken_over_and_a_broken_one_is_not);

const FACTS: [Fact; 7] = [
    Fact::CountryCode,
    Fact::Country,
    Fact::Subdivision,
    Fact::City,
    Fact::PostalCode,
    Fact::Latitude,
    Fact::Longitude,
];

fn networks(name: &'static str) -> Vec<u8> {
    let rome = city("IT", "Italy", "Lazio", name, (41.8904, 12.5126));
    file(&[(Ipv4Addr::new(203, 0, 113, 0), 24, rome.clone()), (Ipv4Addr::new(198, 51, 100, 128), 25, rome)])
}

async fn app_with_places(engine: Engine) -> (TestApp, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("city.mmdb");
    fs::write(&path, networks("Rome")).expect("a file");
    let app = TestApp::start_with(engine, |config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse::<std::net::IpAddr>().expect("an address").into()];
        config.geoip.database_file = Some(path);
    })
    .await;
    (app, folder)
}

async fn attempt_from(browser: &mut Browser, address: &str) {
    let request = browser
        .request(Method::POST, "/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-forwarded-for", address)
        .body("username=nessuno&password=x");
    browser.send(request).await;
}

/// What the last entry tells of its place.
async fn told(app: &TestApp) -> [String; 7] {
    let entries = entries(app, Register::Access).await;
    let details = entries.last().expect("an entry").read_details();
    FACTS.map(|fact| details.fact(fact).to_owned())
}

async fn an_entry_tells_where_an_address_is(engine: Engine) {
    let (app, _folder) = app_with_places(engine).await;
    let mut browser = app.browser();
    for address in ["203.0.113.7", "198.51.100.200", "192.0.2.1, 203.0.113.255"] {
        attempt_from(&mut browser, address).await;
        assert_eq!(told(&app).await, ["IT", "Italy", "Lazio", "Rome", "00118", "41.8904", "12.5126"], "{address}");
    }
    for address in ["192.0.2.1", "198.51.100.1", "2001:db8::1"] {
        attempt_from(&mut browser, address).await;
        assert_eq!(told(&app).await, [""; 7], "{address}");
    }
}

async fn another_file_is_taken_over_and_a_broken_one_is_not(engine: Engine) {
    let (app, folder) = app_with_places(engine).await;
    let path = folder.path().join("city.mmdb");
    let mut browser = app.browser();
    for (content, expected) in
        [(networks("Ostia"), "Ostia"), (b"no database".to_vec(), "Ostia"), (networks("Fiumicino"), "Fiumicino")]
    {
        let draft = folder.path().join("draft");
        fs::write(&draft, content).expect("a file");
        fs::rename(&draft, &path).expect("in its place");
        housekeeping::once(&app.state).await.expect("a round");
        attempt_from(&mut browser, "203.0.113.7").await;
        assert_eq!(told(&app).await[3], expected);
    }
}

#[test]
fn what_is_no_database_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("city.mmdb");
    let told = || Geoip::open(Some(&path)).expect_err("it was taken").to_string();
    assert!(told().contains("No such file"));
    fs::write(&path, b"no database").expect("a file");
    assert!(told().contains("is no MaxMind database"));
}
