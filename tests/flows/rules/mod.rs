//! Each rule of the services of the other queues as it is met at their pages: T1–T16 (seed 003, 2), A1–A5 (seed 003, 5),
//! D1–D5 and the codes of a closure (seed 000). `tests/sandbox` has them as other people's clients meet them.

mod asl;
mod exemptions;
mod form;
mod refusals;
mod swabs;

use crate::support::{Answer, TestApp, counter::Counter};

const ROSSI: &str = "RSSMRA80A01H501U";
const VERDI: &str = "VRDLGU75B02F205A";
const SITE: (&str, &str) = ("description", "Drive-in Area Nord");
const CODE: (&str, &str) = ("structure", "190-201-123456");

/// What is typed, by the fields' names.
type Fields<'a> = Vec<(&'a str, &'a str)>;

const REPORT: &[(&str, &str)] = &[SITE, ("patient", ROSSI), ("sampled_on", "08/01/2021"), ("result", "P")];
const CANCEL: &[(&str, &str)] = &[SITE, ("patient", ROSSI), ("cun", "CUN-7SWLFKFIAX")];
/// Today is 10/01/2021.
const LIST: &[(&str, &str)] = &[SITE, ("from", "04/01/2021"), ("to", "10/01/2021")];
const OTP: &[(&str, &str)] = &[("otp", "59Y5QWWF4Z"), ("onset", "06/01/2021"), ("patient", ROSSI)];
/// A certification that nobody has.
const CLOSURE: &[(&str, &str)] = &[("exemption", "E01"), ("valid_from", "01/04/2020"), ("patient", ROSSI)];

/// `typed` with other values in some fields.
fn with<'a>(typed: &[(&'a str, &'a str)], others: &[(&'a str, &'a str)]) -> Fields<'a> {
    let same = typed.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    same.chain(others).copied().collect()
}

/// Sends the form of the page, sure of it, and opens the page that it leads to.
async fn send(counter: &mut Counter<'_>, path: &'static str, fields: &[(&str, &str)]) -> Answer {
    counter.path = path;
    if path.starts_with("/swabs/list") {
        // It changes nothing, so it has no key.
        counter.browser.post(path, fields).await
    } else {
        counter.send_surely(fields).await
    }
}

/// The fields to which a card or a summary leads, by name.
fn leads(page: &Answer) -> Vec<&str> {
    let main = page.text.split_once("<main").map_or("", |(_, main)| main);
    let links = main.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    let mut names: Vec<&str> = Vec::new();
    for name in links {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Everything typed is still there.
#[track_caller]
fn keeps(page: &Answer, fields: &[(&str, &str)]) {
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        let is_chosen = *name == "result" && page.text.contains("checked");
        assert!(is_chosen || page.text.contains(&format!("value=\"{value}\"")), "{name} in {}", page.text);
    }
}

/// The last access of a service that the sandbox has noted (T16, A5).
async fn access(app: &TestApp, service: &str) -> serde_json::Value {
    let all = app.sandbox("/accesses").await;
    let of = |access: &&serde_json::Value| access["service"] == service;
    all.as_array().expect("accesses").iter().rev().find(of).expect("an access").clone()
}
