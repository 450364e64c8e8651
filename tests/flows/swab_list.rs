//! "Elenco tamponi": the form, the list in the page and as a file, each outcome, what is kept (seed 003, 2.4.3 and 2.5).

use centralino::{
    domain::service::{OutcomeClass, Service},
    sistema_ts::queues::{Mode, SwabSettings},
};
use jiff::{ToSpan, civil::date};
use serde_json::{Value, json};

use crate::support::{Answer, Engine, TestApp, counter::Counter, on_both_engines};

on_both_engines!(
    a_list_is_shown_counted_and_kept_nowhere,
    mistakes_are_told_all_at_once_and_what_was_typed_stays,
    a_period_without_tests_says_so,
    many_tests_come_in_groups_of_which_the_first_is_open,
    a_wrong_cun_is_told_and_not_shown,
    no_list_changes_anything_so_it_is_asked_again,
    two_at_once_both_get_theirs,
    a_structure_lists_its_own,
    a_file_has_no_formulas,
);

const ROSSI: &str = "RSSMRA80A01H501U";
const VERDI: &str = "VRDLGU75B02F205A";
const PATH: &str = "/swabs/list";
const SITE: &str = "Drive-in Area Nord";
/// The days asked for; today is 10/01/2021.
const DAYS: [(&str, &str); 2] = [("from", "4/1/21"), ("to", "10/01/2021")];

fn test(place: &str, result: &str, communicated_on: &str) -> Value {
    json!({
        "fiscal_code": VERDI, "result": result, "sampled_on": "2021-01-03",
        "communicated_on": communicated_on, "description": place,
    })
}

/// Three tests; their CUNs, in the order of their days.
async fn seeded(app: &TestApp) -> Vec<String> {
    let tests = [test(SITE, "P", "2021-01-05"), test(SITE, "N", "2021-01-07"), test(SITE, "P", "2021-01-09")];
    cuns(&app.seed(json!({ "tests": tests })).await)
}

fn cuns(seeded: &Value) -> Vec<String> {
    let tests = seeded["tests"].as_array().expect("tests").iter();
    tests.map(|test| test["cun"].as_str().expect("a CUN").to_owned()).collect()
}

/// Asks for the list of the usual days.
async fn list(counter: &mut Counter<'_>, place: &str) -> Answer {
    counter.browser.post(PATH, &[&[("description", place)], &DAYS[..]].concat()).await
}

/// How many of these the page counts.
fn counted<'a>(shown: &'a Answer, what: &str) -> &'a str {
    let figure = shown.text.split_once(&format!("<dt>{what}</dt><dd")).map(|(_, rest)| rest);
    let figure = figure.and_then(|rest| rest.split(['<', '>']).nth(1));
    figure.unwrap_or_else(|| panic!("no {what} in {}", shown.text))
}

async fn a_list_is_shown_counted_and_kept_nowhere(engine: Engine) {
    let app = TestApp::start(engine).await;
    let cuns = seeded(&app).await;
    let mut counter = app.counter(PATH).await;
    counter.page().await.shows(200, "Elenco tamponi").shows(200, "value=\"10/01/2021\"");
    let before = counter.browser.cookies.clone();
    let shown = list(&mut counter, SITE).await;
    shown.shows(200, "Elenco ricevuto").shows(200, "Test dal 04/01/2021 al 10/01/2021");
    shown.shows(200, "03/01/2021").shows(200, "09/01/2021 12:00:00").shows(200, "Molecolare").shows(200, SITE);
    assert_eq!([counted(&shown, "Test"), counted(&shown, "Positivi"), counted(&shown, "Negativi")], ["3", "2", "1"]);
    let places: Vec<_> = cuns.iter().map(|cun| shown.text.find(cun.as_str()).expect("its CUN")).collect();
    assert!(places.is_sorted_by(|one, other| one > other), "the newest first: {places:?}");
    assert!(!shown.text.contains(VERDI) && !shown.text.contains("<details"), "nobody's name, no group to open");
    assert_eq!(counter.browser.cookies, before, "no cookie carries any of it");
    assert_eq!(shown.headers["cache-control"], "no-store");
    let (class, transaction) = app.kept(Service::SwabList).await.expect("it is kept");
    assert_eq!(class, OutcomeClass::Done);
    shown.shows(200, &transaction.expect("with its transaction"));
    let later = counter.page().await;
    assert!(cuns.iter().all(|cun| !later.text.contains(cun.as_str())), "it is asked for anew");
}

async fn mistakes_are_told_all_at_once_and_what_was_typed_stays(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter(PATH).await;
    let long = "à".repeat(257);
    for (fields, words) in [
        (&[][..], &["Errore:", "href=\"#structure\"", "Manca la struttura"][..]),
        (
            &[("structure", "190-201-123456"), ("description", SITE)],
            &["href=\"#description\"", "indicata due volte", SITE],
        ),
        (&[("structure", "190-201")], &["non si legge", "value=\"190-201\""]),
        (&[("description", &long)], &["ha 257 caratteri e possono essere al massimo 256"]),
        (&[("description", SITE), ("from", "10/1/21"), ("to", "9/1/21")], &["href=\"#to\"", "viene prima del primo"]),
        (&[("from", "31/02/2021"), ("to", "ieri")], &["non esiste", "href=\"#to\"", "value=\"31/02/2021\"", "ieri"]),
        (&[("description", SITE), ("to", "11/01/2021")], &["deve ancora venire"]),
    ] {
        for path in [PATH, "/swabs/list/export"] {
            let refused = counter.browser.post(path, fields).await;
            for word in words {
                refused.shows(422, word);
            }
        }
    }
    assert_eq!(app.received("swab_list").await, 0);
    counter.browser.post(PATH, &[("description", &long[2..])]).await.shows(200, "Test del 10/01/2021");
}

async fn a_period_without_tests_says_so(engine: Engine) {
    let app = TestApp::start(engine).await;
    seeded(&app).await;
    let mut counter = app.counter(PATH).await;
    let shown = list(&mut counter, "Altrove").await;
    shown.shows(200, "Elenco ricevuto").shows(200, "Nessun test comunicato");
    assert!(!shown.text.contains("<table"));
    let known = counter.browser.post(PATH, &[&[("structure", "190 201 123456")], &DAYS[..]].concat()).await;
    known.shows(200, "Nessun test comunicato").shows(200, "value=\"190 201 123456\"");
}

async fn many_tests_come_in_groups_of_which_the_first_is_open(engine: Engine) {
    let app = TestApp::start(engine).await;
    let day = |index: i64| date(2021, 1, 9).saturating_sub((index / 100).days()).to_string();
    let tests: Vec<_> = (0..401).map(|index| test(SITE, "N", &day(index))).collect();
    let cuns = cuns(&app.seed(json!({ "tests": tests })).await);
    let mut counter = app.counter(PATH).await;
    let shown = list(&mut counter, SITE).await;
    assert_eq!(counted(&shown, "Test"), "401");
    shown.shows(200, "</html>");
    shown.shows(200, "Test da 1 a 200: comunicati dal 08/01/2021 12:00:00 al 09/01/2021 12:00:00");
    shown.shows(200, "Test da 401 a 401");
    assert_eq!(shown.text.matches("<details ").count(), 3);
    assert_eq!(shown.text.matches("<details open").count(), 1, "the first is open");
    assert!(cuns.iter().all(|cun| shown.text.matches(cun.as_str()).count() == 1), "each test once");
}

async fn a_wrong_cun_is_told_and_not_shown(engine: Engine) {
    let app = TestApp::start(engine).await;
    let cuns = seeded(&app).await;
    let mut counter = app.counter(PATH).await;
    for path in [PATH, "/swabs/list/export"] {
        app.fault("swab_list", "wrong_cun").await;
        let shown = counter.browser.post(path, &[&[("description", SITE)], &DAYS[..]].concat()).await;
        shown.shows(200, "CUN sbagliato: non lo comunichi a nessuno").shows(200, &cuns[1]);
        assert!(!shown.text.contains(&cuns[0][..13]), "the first of the service's list");
        if path == PATH {
            assert_eq!(counted(&shown, "CUN sbagliati"), "1");
        }
    }
}

async fn no_list_changes_anything_so_it_is_asked_again(engine: Engine) {
    let app = TestApp::start(engine).await;
    seeded(&app).await;
    let mut counter = app.counter(PATH).await;
    for (fault, title) in [
        ("reset_after_reading", "Elenco non arrivato"),
        ("truncated", "Elenco non arrivato"),
        ("bad_credentials", "Elenco non concesso"),
    ] {
        app.fault("swab_list", fault).await;
        let told = list(&mut counter, SITE).await;
        told.shows(200, title).shows(200, "Errore:").shows(200, &format!("value=\"{SITE}\""));
        assert!(
            !told.text.contains("name=\"repeat\"") && !told.text.contains("class=\"say\""),
            "nobody is on the line"
        );
    }
    assert_eq!(counted(&list(&mut counter, SITE).await, "Test"), "3");
}

async fn two_at_once_both_get_theirs(engine: Engine) {
    let app = TestApp::start(engine).await;
    seeded(&app).await;
    let counter = app.counter(PATH).await;
    let (mut one, mut other) = (counter.browser.clone(), counter.browser.clone());
    let fields = [&[("description", SITE)], &DAYS[..]].concat();
    let (one, other) = tokio::join!(one.post(PATH, &fields), other.post("/swabs/list/export", &fields));
    assert_eq!(counted(&one, "Test"), "3");
    other.shows(200, "Prelievo;Comunicato;");
    assert_eq!(app.received("swab_list").await, 2);
}

async fn a_structure_lists_its_own(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        config.sandbox.structures = Some(([127, 0, 0, 1], 0).into());
        config.swabs = Some(SwabSettings { mode: Mode::Structure, ..SwabSettings::default() });
    })
    .await;
    let own = "190-201-123456";
    let of = |reporter: &str| {
        json!({
            "fiscal_code": ROSSI, "result": "P", "sampled_on": "2021-01-03", "communicated_on": "2021-01-05",
            "structure": own, "reporter": reporter,
        })
    };
    let cuns = cuns(&app.seed(json!({ "tests": [of(own), of("190")] })).await);
    let mut counter = app.counter(PATH).await;
    let page = counter.page().await;
    page.shows(200, own);
    assert!(!page.text.contains("name=\"structure\"") && !page.text.contains("name=\"description\""));
    let shown = counter.browser.post(PATH, &DAYS).await;
    assert_eq!(counted(&shown, "Test"), "1");
    shown.shows(200, &cuns[0]);
    assert!(!shown.text.contains(&cuns[1]), "the region's own");
}

async fn a_file_has_no_formulas(engine: Engine) {
    let app = TestApp::start(engine).await;
    let place = "=2+3;\"Drive-in\"";
    let cuns = cuns(&app.seed(json!({ "tests": [test(place, "P", "2021-01-05")] })).await);
    let mut counter = app.counter(PATH).await;
    let fields = [&[("description", place)], &DAYS[..]].concat();
    let file = counter.browser.post("/swabs/list/export", &fields).await;
    let rows = format!(
        "\u{feff}Prelievo;Comunicato;Struttura;Esito;Tipo;CUN\r\n\
         03/01/2021;05/01/2021 12:00:00;\"'=2+3;\"\"Drive-in\"\"\";Positivo;Molecolare;{}\r\n",
        cuns[0]
    );
    assert_eq!((file.status.as_u16(), file.text), (200, rows));
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"centralino-tamponi-2021-01-10.csv\"");
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    list(&mut counter, place).await.shows(200, "=2+3;&quot;Drive-in&quot;");
}
