//! Rules that the form keeps: what breaks one is told at its fields and sent nowhere.

use centralino::domain::service::Service;

use super::{CANCEL, CLOSURE, CODE, Fields, LIST, OTP, REPORT, keeps, leads, send, with};
use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(what_breaks_a_rule_is_told_at_its_fields_and_sent_nowhere);

/// What is typed at a page, what is said of it and at which fields.
type Row<'a> = (&'a str, &'static str, Fields<'a>, &'a str, &'a [&'a str]);

const BOTH: &[&str] = &["structure", "description"];
const CONTACTS: [(&str, &str); 2] = [("phone", "+39 333 0000000"), ("email", "a@esempio.it")];

/// T2 and T3, at each page that asks where.
fn of_site(long: &str) -> Vec<Row<'_>> {
    let pages = [("/swabs", REPORT), ("/swabs/cancel", CANCEL), ("/swabs/list", LIST), ("/swabs/list/export", LIST)];
    let rows = |(path, typed): (&'static str, &'static [(&str, &str)])| {
        [
            ("T2", path, with(typed, &[("description", "")]), "Manca la struttura", BOTH),
            ("T2", path, with(typed, &[CODE]), "La struttura è indicata due volte", BOTH),
            (
                "T3",
                path,
                with(typed, &[("description", long)]),
                "La descrizione ha 257 caratteri",
                &["description"][..],
            ),
        ]
    };
    pages.into_iter().flat_map(rows).collect()
}

/// One field that is wrong, at which it is told.
fn one(
    rule: &'static str,
    path: &'static str,
    typed: &'static [(&'static str, &'static str)],
    wrong: (&'static str, &'static str),
    said: &'static str,
    leads: &'static [&'static str],
) -> Row<'static> {
    (rule, path, with(typed, &[wrong]), said, leads)
}

fn of_report() -> Vec<Row<'static>> {
    let row = |rule, name, value, said, leads: &'static [&'static str]| {
        one(rule, "/swabs", REPORT, (name, value), said, leads)
    };
    vec![
        row("T4", "patient", "", "Manca il codice fiscale", &["patient"]),
        row("T4", "patient", "RSSMRA80A01H501X", "La lettera finale non corrisponde", &["patient"]),
        row("T4", "sampled_on", "", "Manca la data del prelievo", &["sampled_on"]),
        row("T4", "sampled_on", "11/01/2021", "La data è nel futuro", &["sampled_on"]),
        row("T4", "sampled_on", "30/02/2020", "Questo giorno non esiste", &["sampled_on"]),
        row("T4", "result", "", "Manca l'esito", &["result"]),
        ("T6", "/swabs", with(REPORT, &CONTACTS), "I contatti sono due", &["phone", "email"]),
    ]
}

fn of_cancellation_and_list() -> Vec<Row<'static>> {
    let row = |name, value, said, leads: &'static [&'static str]| {
        one("T10", "/swabs/cancel", CANCEL, (name, value), said, leads)
    };
    let days = |from, to| with(LIST, &[("from", from), ("to", to)]);
    vec![
        row("patient", "", "Manca il codice fiscale", &["patient"]),
        row("cun", "", "Manca il codice", &["cun"]),
        row("cun", "CUN-H17KZ6247L", "Almeno un simbolo è sbagliato", &["cun"]),
        ("T14", "/swabs/list", days("10/01/2021", "09/01/2021"), "viene prima del primo", &["to"]),
        ("T14", "/swabs/list", days("04/01/2021", "11/01/2021"), "deve ancora venire", &["to"]),
    ]
}

fn of_otp_and_closure() -> Vec<Row<'static>> {
    let otp = |name, value, said, leads: &'static [&'static str]| one("A1", "/asl", OTP, (name, value), said, leads);
    let close = |name, value, said, leads: &'static [&'static str]| {
        one("D3", "/exemptions", CLOSURE, (name, value), said, leads)
    };
    vec![
        otp("otp", "", "Manca il codice", &["otp"]),
        otp("otp", "CUN-LZ44EL8YF3", "Questo è un CUN", &["otp"]),
        otp("patient", "", "Manca il codice fiscale", &["patient"]),
        otp("onset", "11/01/2021", "La data è nel futuro", &["onset"]),
        otp("onset", "13/07/2020", "più di 180 giorni fa", &["onset"]),
        close("exemption", "", "Manca il codice dell'esenzione", &["exemption"]),
        close("valid_from", "", "Manca la data di inizio validità", &["valid_from"]),
        close("valid_from", "29/02/2021", "Questo giorno non esiste", &["valid_from"]),
        close("patient", "", "Manca il codice fiscale", &["patient"]),
    ]
}

async fn what_breaks_a_rule_is_told_at_its_fields_and_sent_nowhere(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    let long = "à".repeat(257);
    let rows = [of_site(&long), of_report(), of_cancellation_and_list(), of_otp_and_closure()].concat();
    for (rule, path, fields, said, fields_led_to) in rows {
        let refused = send(&mut counter, path, &fields).await;
        refused.shows(422, "<title>Errore:").shows(422, said);
        assert_eq!(leads(&refused), fields_led_to, "{rule} at {path}: {said}");
        keeps(&refused, &fields);
    }
    for service in Service::ALL {
        assert_eq!((app.received(service.word()).await, app.kept(*service).await), (0, None), "{}", service.word());
    }
}
