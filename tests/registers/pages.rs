//! The supervisors' pages: who may see them, finding, paging, exporting, and that looking leaves an entry.

use std::fs;

use axum::http::header;
use centralino::{
    domain::operator::{Queue, Role, Status},
    features::registers::{
        act::{Act, By},
        export::Format,
        proof::{ExportError, verify},
    },
    server::language::Language,
    storage::registers::{Action, Fact, Outcome, Register, find::Places},
};

use super::support::entries;
use crate::support::{Browser, Engine, TestApp, on_both_engines};

on_both_engines!(
    registers_are_for_supervisors_alone,
    entries_are_found_by_each_filter_and_by_all_together,
    what_is_not_in_the_register_never_reaches_an_address,
    a_register_is_paged_by_place,
    looking_and_exporting_leave_entries,
    a_period_is_whole_days_of_rome,
    csv_has_what_was_found,
    the_other_language_keeps_what_was_typed,
    an_export_with_proof_is_whole_or_is_refused,
    what_is_cut_off_a_period_is_not_proved,
    a_case_leads_to_the_sessions_of_its_operator,
);

/// An application with a supervisor at work.
async fn supervised(engine: Engine) -> (TestApp, Browser) {
    let app = TestApp::start(engine).await;
    let supervisor = app.supervisor("s.gialli").await;
    let browser = app.signed_in(&supervisor).await;
    (app, browser)
}

/// What the table shows: the numbers of the entries.
fn numbers(page: &str) -> Vec<i64> {
    let parts = page.split("<summary>").skip(1);
    let number = |part: &str| {
        let text = part.split("</summary>").next().expect("an end");
        text.split(|symbol: char| !symbol.is_ascii_digit()).find(|word| !word.is_empty()).map(str::to_owned)
    };
    parts.filter_map(number).map(|number| number.parse().expect("a number")).collect()
}

async fn registers_are_for_supervisors_alone(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    let mut operator = app.signed_in(&app.operator("m.bianchi").await).await;
    let mut nobody = app.browser();
    for register in ["access", "admin"] {
        let path = format!("/registers/{register}");
        let export = format!("{path}/export");
        assert_eq!(operator.get(&path).await.status, 403);
        assert_eq!(operator.post(&path, &[("actor", "m.bianchi")]).await.status, 403);
        assert_eq!(operator.post(&export, &[("format", "csv")]).await.status, 403);
        assert_eq!(nobody.get(&path).await.location(), format!("/login?next={path}"));
        assert_eq!(nobody.post(&path, &[]).await.status, 401);
        assert_eq!(nobody.post(&export, &[("format", "csv")]).await.status, 401);
    }
    assert!(!operator.get("/").await.text.contains("/registers/"));
    supervisor.get("/").await.shows(200, "href=\"/registers/access\"");
    supervisor.get("/registers/access").await.shows(200, "Registro accessi").shows(200, "m.bianchi");
    supervisor.get("/registers/admin").await.shows(200, "Registro amministrazione").shows(200, "service:centralino");
    assert_eq!(supervisor.get("/registers/other").await.status, 404);
    assert_eq!(supervisor.post("/registers/access/export", &[("format", "exe")]).await.status, 400);
}

async fn entries_are_found_by_each_filter_and_by_all_together(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    app.signed_in(&app.operator("m.bianchi").await).await;
    app.browser().post("/login", &[("username", "m.bianchi"), ("password", "wrong")]).await;
    for (fields, expected) in [
        (vec![], vec![5, 4, 3, 2, 1]),
        (vec![("actor", " M.Bianchi ")], vec![5, 4, 3]),
        (vec![("action", "password")], vec![5, 3, 1]),
        (vec![("outcome", "refused")], vec![5]),
        (vec![("ip", "127.0.0.1")], vec![5, 4, 3, 2, 1]),
        (vec![("actor", "m.bianchi"), ("action", "password"), ("outcome", "done"), ("ip", "127.0.0.1")], vec![3]),
        (vec![("actor", "s.gialli"), ("outcome", "refused")], vec![]),
    ] {
        let address = supervisor.post("/registers/access", &fields).await;
        let page = supervisor.get(address.location()).await;
        assert_eq!(numbers(&page.shows(200, "Registro accessi").text), expected, "{fields:?}");
    }
    let address = supervisor.post("/registers/admin", &[("target", "m.bianchi")]).await;
    assert_eq!(address.location(), "/registers/admin?target=m.bianchi");
    let page = supervisor.get(address.location()).await;
    assert_eq!(numbers(&page.shows(200, "Registro amministrazione").text), [3]);
}

async fn what_is_not_in_the_register_never_reaches_an_address(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    for (name, typed) in [("actor", "47135715"), ("ip", "CUN-H17KZ6247A"), ("actor", "VRDLGU75B02F205A")] {
        let refused = supervisor.post("/registers/access", &[(name, typed)]).await;
        refused.shows(422, "Nessuna voce del registro").shows(422, &format!("value=\"{typed}\""));
        let by_hand = supervisor.get(&format!("/registers/access?{name}={typed}")).await;
        by_hand.shows(422, "Nessuna voce del registro");
        assert!(!by_hand.text.contains(typed), "what somebody else wrote into an address is not repeated");
    }
    supervisor.post("/registers/access", &[("from", "47135715")]).await.shows(422, "Non è una data");
    let period = [("from", "11/01/2021"), ("to", "10/01/2021")];
    supervisor.post("/registers/access", &period).await.shows(422, "prima di cominciare");
    supervisor.post("/registers/access", &[("action", "nonsense")]).await.shows(422, "elenco");
    let everything = format!("{:?}", entries(&app, Register::Admin).await);
    for typed in ["47135715", "H17KZ6247A", "VRDLGU75B02F205A"] {
        assert!(!everything.contains(typed), "{typed}");
    }
}

async fn a_register_is_paged_by_place(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    let more: Vec<_> = (0..40).map(|_| app.record(Action::Expiry)).collect();
    app.state.db.record(&more).await.expect("entries");
    let newest = supervisor.get("/registers/access?action=expiry").await;
    assert_eq!(numbers(&newest.text), (18..=42).rev().collect::<Vec<_>>());
    newest.shows(200, "/registers/access?action=expiry&amp;before=17");
    let older = supervisor.get("/registers/access?action=expiry&before=17").await;
    assert_eq!(numbers(&older.text), (3..=17).rev().collect::<Vec<_>>());
    assert!(!older.text.contains("rel=\"next\""));
}

async fn looking_and_exporting_leave_entries(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    supervisor.get("/registers/access?actor=s.gialli").await;
    supervisor.get("/registers/admin").await.shows(200, "actor=s.gialli");
    supervisor.post("/registers/access/export", &[("format", "csv"), ("outcome", "done")]).await;
    let entries = entries(&app, Register::Admin).await;
    let told = |entry: &centralino::storage::registers::StoredEntry| {
        let details = entry.read_details();
        let (format, part) = (details.fact(Fact::Format).to_owned(), details.fact(Fact::Part).to_owned());
        (entry.actor.clone(), entry.action.clone(), entry.target.clone(), format, part)
    };
    let entry = |action: &str, target: &str, format: &str, part: &str| {
        ("s.gialli".to_owned(), action.to_owned(), target.to_owned(), format.to_owned(), part.to_owned())
    };
    assert_eq!(
        entries[2..].iter().map(told).collect::<Vec<_>>(),
        [
            entry("register_read", "access", "", "actor=s.gialli"),
            entry("register_read", "admin", "", ""),
            entry("register_exported", "access", "csv", "outcome=done"),
        ]
    );
}

async fn a_period_is_whole_days_of_rome(engine: Engine) {
    // 2021-01-10T09:00:00Z, 10:00 in Rome.
    let (app, _) = supervised(engine).await;
    app.wait_seconds(14 * 3600 - 1);
    app.state.db.record(&[app.record(Action::Expiry)]).await.expect("the last second of the day");
    app.wait_seconds(1);
    app.state.db.record(&[app.record(Action::Expiry)]).await.expect("the first of the next");
    let mut supervisor = app.signed_in(&app.supervisor("s.verdi").await).await;
    for (period, expected) in [
        ("from=2021-01-10&to=2021-01-10", vec![3, 2, 1]),
        ("from=2021-01-11", vec![6, 5, 4]),
        ("to=2021-01-09", vec![]),
        ("from=2021-01-12", vec![]),
        ("from=2021-01-10&to=2021-01-11&action=expiry", vec![4, 3]),
    ] {
        let page = supervisor.get(&format!("/registers/access?{period}")).await;
        assert_eq!(numbers(&page.shows(200, "Registro accessi").text), expected, "{period}");
    }
}

async fn csv_has_what_was_found(engine: Engine) {
    let (_app, mut supervisor) = supervised(engine).await;
    let file = supervisor.post("/registers/access/export", &[("format", "csv"), ("action", "sign_in")]).await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(file.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"access-2021-01-10.csv\"");
    let lines: Vec<_> = file.shows(200, "seq;at;actor").text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[1].starts_with("2;2021-01-10T09:00:00Z;s.gialli;sign_in;done;127.0.0.1;;pin;"), "{}", lines[1]);
    let hash = lines[1].rsplit(';').next().expect("a hash").trim_end();
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    let nothing = supervisor.post("/registers/access/export", &[("format", "csv"), ("to", "09/01/2021")]).await;
    assert_eq!(nothing.text.lines().count(), 1);
}

async fn the_other_language_keeps_what_was_typed(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    let switch = "/language?back=/registers/access";
    let typed = [("actor", "nessuno"), ("from", "10/01/2021"), ("language", "en")];
    let english = supervisor.post(switch, &typed).await;
    english.shows(422, "Access register").shows(422, "value=\"nessuno\"").shows(422, "value=\"10/01/2021\"");
    let typed = [("actor", "s.gialli"), ("action", "sign_in"), ("language", "it")];
    let italian = supervisor.post(switch, &typed).await;
    assert_eq!(numbers(&italian.shows(200, "Registro accessi").text), [2]);
    let looked = entries(&app, Register::Admin).await.pop().expect("an entry");
    let from = looked.read_details().fact(Fact::Path).to_owned();
    assert_eq!(
        (looked.action.as_str(), looked.ip.as_str(), from.as_str()),
        ("register_read", "127.0.0.1", "/registers/{register}")
    );
}

async fn an_export_with_proof_is_whole_or_is_refused(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    let more: Vec<_> = (0..1500).map(|_| app.record(Action::Expiry)).collect();
    app.state.db.record(&more).await.expect("entries");
    let file = supervisor.post("/registers/access/export", &[("format", "jsonl"), ("action", "sign_in")]).await.text;
    assert_eq!(file.lines().count(), 1503, "the whole period, and the proof");
    let secrets = &app.state.secrets;
    let (register, places) = verify(file.as_bytes(), secrets).expect("whole");
    assert_eq!((register, places), (Register::Access, Some(Places { first: 1, last: 1502 })));
    let without_the_first: String = file.split_inclusive('\n').skip(1).collect();
    assert!(
        matches!(verify(without_the_first.as_bytes(), secrets), Err(ExportError::NotWhole(_))),
        "both ends are signed"
    );
    let altered = file.replacen("s.gialli", "m.rossi", 1);
    assert!(matches!(verify(altered.as_bytes(), secrets), Err(ExportError::NotWhole(_))));
    let without_one: String =
        file.split_inclusive('\n').enumerate().filter(|(at, _)| *at != 7).map(|(_, line)| line).collect();
    assert!(matches!(verify(without_one.as_bytes(), secrets), Err(ExportError::NotWhole(_))));
    let cut_off: String = file.split_inclusive('\n').take(1000).collect();
    assert!(matches!(verify(cut_off.as_bytes(), secrets), Err(ExportError::NoProof)));
    let path = app.data.path().join("export.jsonl");
    fs::write(&path, file).expect("a file");
    super::support::execute(&app.state.db, "UPDATE register_entries SET ip = 'x' WHERE seq = 1200").await;
    let broken = supervisor.post("/registers/access/export", &[("format", "jsonl")]).await.text;
    assert!(broken.lines().last().expect("a line").contains("entry 1200 is not as it was written"));
    assert!(matches!(verify(broken.as_bytes(), secrets), Err(ExportError::NoProof)));
}

/// What stood first or last in a period, or all of it, can't be taken away before it is exported.
async fn what_is_cut_off_a_period_is_not_proved(engine: Engine) {
    let (app, _) = supervised(engine).await;
    for _ in 0..6 {
        app.wait_seconds(24 * 3600);
        app.state.db.record(&[app.record(Action::Expiry)]).await.expect("an entry");
    }
    let mut supervisor = app.signed_in(&app.supervisor("s.verdi").await).await;
    // Entries 3 to 8, from 11 to 16 January.
    let days = |from, to| [("format", "jsonl"), ("from", from), ("to", to)];
    let whole = supervisor.post("/registers/access/export", &days("12/01/2021", "14/01/2021")).await.text;
    let secrets = &app.state.secrets;
    let (_, places) = verify(whole.as_bytes(), secrets).expect("whole");
    assert_eq!(places, Some(Places { first: 4, last: 6 }));
    let nothing = supervisor.post("/registers/access/export", &days("01/01/2021", "02/01/2021")).await.text;
    assert_eq!(verify(nothing.as_bytes(), secrets).expect("that there was nothing"), (Register::Access, None));
    let widened = whole.replace("\"until\":", "\"until\":1");
    assert!(matches!(verify(widened.as_bytes(), secrets), Err(ExportError::NoProof)), "the period is signed too");
    for (cut, first, last) in [
        ("seq = 6", "12/01/2021", "14/01/2021"),
        ("seq = 4", "12/01/2021", "13/01/2021"),
        ("seq = 5", "13/01/2021", "13/01/2021"),
    ] {
        let delete = format!("DELETE FROM register_entries WHERE register = 'access' AND {cut}");
        super::support::execute(&app.state.db, &delete).await;
        let file = supervisor.post("/registers/access/export", &days(first, last)).await.text;
        assert!(file.lines().last().expect("a line").contains("is missing"), "{cut}: {file}");
        assert!(matches!(verify(file.as_bytes(), secrets), Err(ExportError::NoProof)));
    }
}

/// Three sessions of one operator; in the second a case, from which its entries are found.
async fn a_case_leads_to_the_sessions_of_its_operator(engine: Engine) {
    let (app, mut supervisor) = supervised(engine).await;
    let person = app.operator("m.bianchi").await;
    let session = async || {
        app.wait_seconds(60);
        app.signed_in(&person).await
    };
    session().await.post("/logout", &[]).await;
    let mut browser = session().await;
    app.wait_seconds(60);
    let case = browser.post("/cases", &[("call", "88213")]).await.location().trim_start_matches("/cases/").to_owned();
    let transaction = "TX-48151623";
    let keep = format!("INSERT INTO transactions VALUES ('{case}', 'verify', '{transaction}', 0)");
    super::support::execute(&app.state.db, &keep).await;
    app.signed_in(&app.operator("altro").await).await;
    app.wait_seconds(60);
    let unlocked = Act::done(Action::AccountUnlocked).on("m.bianchi");
    let unlocked = By::service().record(unlocked, &app.state.secrets, app.state.clock.now_ms());
    app.state.db.record(&[unlocked]).await.expect("an act on the operator");
    let page = supervisor.get(&format!("/registers/access?case={case}")).await;
    assert_eq!(numbers(&page.shows(200, "ancora aperto").text), [7, 6], "from its password on");
    browser.post(&format!("/cases/{case}/close"), &[("sure", "yes")]).await;
    browser.post("/logout", &[]).await;
    session().await;
    let address = supervisor.post("/registers/access", &[("case", transaction)]).await;
    assert_eq!(address.location(), format!("/registers/access?case={case}"));
    let page = supervisor.get(address.location()).await;
    page.shows(200, "operatore m.bianchi").shows(200, "10/01/2021 10:03:00");
    assert_eq!(numbers(&page.text), [10, 7, 6], "until it was left, and of nobody else");
    let refused = format!("/registers/access?case={case}&outcome=refused");
    assert_eq!(numbers(&supervisor.get(&refused).await.text), Vec::<i64>::new());
    let file = supervisor.post("/registers/access/export", &[("format", "csv"), ("case", &case)]).await.text;
    assert_eq!(file.lines().count(), 4);
    // Acts on that operator while the session lasted, and nothing of it before or after.
    app.disable(&person).await.expect("disabled");
    let page = supervisor.get(&format!("/registers/admin?case={case}")).await;
    let found = numbers(&page.shows(200, "operatore m.bianchi").text);
    let all = entries(&app, Register::Admin).await;
    let found: Vec<_> =
        all.iter().filter(|entry| found.contains(&entry.seq)).map(|entry| entry.action.as_str()).collect();
    assert_eq!(found, ["account_unlocked"]);
    supervisor.post("/registers/access", &[("case", "CUN-H17KZ6247A")]).await.shows(422, "Nessun caso ha questo id");
    let everything = format!("{:?}{:?}", entries(&app, Register::Admin).await, entries(&app, Register::Access).await);
    assert!(!everything.contains(&case) && !everything.contains(transaction), "no case is in a register");
}

#[test]
fn every_word_of_a_register_has_its_text_in_both_languages() {
    let actions = Action::ALL.iter().map(|action| format!("action_{}", action.word()));
    let outcomes = Outcome::ALL.iter().map(|outcome| format!("outcome_{}", outcome.word()));
    let facts = Fact::ALL.iter().map(|fact| format!("fact_{}", fact.word()));
    let titles = Register::ALL.iter().map(|register| format!("title_{}", register.word()));
    let reasons =
        ["wrong", "locked", "disabled", "malformed", "used_before", "no_such_code", "no_session", "signed_out"];
    let reasons = reasons.into_iter().chain(["superseded", "withdrawn", "too_old", "pin_missing", "pin_refused"]);
    let reasons = reasons.chain(["not_allowed", "yourself", "above_own_role", "last_supervisor", "meanwhile", "taken"]);
    let reasons = reasons.map(|reason| format!("reason_{reason}"));
    let changes = ["status", "name", "role", "queues"].into_iter().map(|what| format!("changed_{what}"));
    let refusals = ["actor", "ip", "target", "case", "word"].into_iter().map(|name| format!("no_such_{name}"));
    let roles = Role::ALL.iter().map(|role| role.word()).chain(Status::ALL.iter().map(|status| status.word()));
    let words =
        roles.chain(Queue::ALL.iter().map(|queue| queue.word())).chain(Format::ALL.iter().map(|format| format.word()));
    let others = ["password", "pin", "recovery_code", "web", "console", "service", "accounts", "registers", "cases"];
    let words = words.chain(others).map(|word| format!("word_{word}"));
    for key in
        actions.chain(words).chain(outcomes).chain(facts).chain(titles).chain(reasons).chain(changes).chain(refusals)
    {
        for language in Language::ALL {
            let text = language.text(&format!("registers.{key}"));
            assert!(!text.contains("registers."), "{key} in {language:?}");
        }
    }
}
