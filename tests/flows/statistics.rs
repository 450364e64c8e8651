//! "Andamento": cases at known instants, and what is counted of them, against numbers that the test counts by itself.

use std::{collections::BTreeMap, fmt::Write};

use axum::http::header;
use centralino::{
    domain::{
        service::{OutcomeClass, Service},
        tally::Calls,
    },
    features::statistics::period::Asked,
    server::{clock::rome, housekeeping},
    storage::{
        Db,
        statistics::{Counts, Grouping},
    },
};
use jiff::{Timestamp, Zoned, civil::date};
use sqlx::AssertSqlSafe;

use crate::support::{Browser, Engine, TestApp, app::Person, on_both_engines};

on_both_engines!(
    what_is_counted_is_what_happened,
    nothing_is_counted_of_an_empty_period,
    a_period_is_shown_and_exported,
    what_was_typed_wrong_is_told_and_kept,
    andamento_is_for_supervisors_alone,
    a_call_counts_from_its_opening_on,
    requests_of_the_other_desks_count_by_service_and_outcome,
    the_board_shows_the_moment,
    to_watch_keeps_no_session_alive,
    instances_add_up_and_forget_after_a_day,
);

/// A case as it is kept.
pub(super) struct Kept {
    opened: Timestamp,
    /// Seconds from opening to closing; none for one that is open or outside a call.
    took: Option<i64>,
    operator: usize,
    is_deferred: bool,
    services: Vec<&'static str>,
}

impl Kept {
    /// Its end, milliseconds since 1970; none while it is open.
    pub(super) fn closed_at(&self) -> Option<i64> {
        let opened = self.opened.as_millisecond();
        if self.is_deferred { Some(opened) } else { self.took.map(|took| opened + took * 1000) }
    }
}

/// Writes cases past the desk, as it would have.
async fn keep(app: &TestApp, people: &[Person], cases: &[Kept]) {
    let (mut rows, mut transactions) = (Vec::new(), Vec::new());
    for (nth, case) in cases.iter().enumerate() {
        let opened = case.opened.as_millisecond();
        let closed = case.closed_at().map_or("NULL".to_owned(), |closed| closed.to_string());
        let call = if case.is_deferred { "NULL" } else { "'88213'" };
        rows.push(format!("('c{nth}', '{}', {call}, {opened}, {closed})", people[case.operator].id.0));
        for (place, service) in case.services.iter().enumerate() {
            transactions.push(format!("('c{nth}', '{service}', 'T', {place})"));
        }
    }
    execute(app, "INSERT INTO cases (id, operator_id, call_id, opened_at, closed_at) VALUES ", &rows).await;
    let into = "INSERT INTO transactions (case_id, service, transaction_id, place) VALUES ";
    execute(app, into, &transactions).await;
}

async fn execute(app: &TestApp, into: &str, rows: &[String]) {
    for rows in rows.chunks(500) {
        let sql = AssertSqlSafe(format!("{into}{}", rows.join(", ")));
        let done = match &app.state.db {
            Db::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(drop),
            Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop),
        };
        done.expect("rows");
    }
}

/// Cases all over four days, the last Sunday of March 2021 among them; each operator has at most one open.
fn cases() -> Vec<Kept> {
    let first: Timestamp = "2021-03-26T20:00:00Z".parse().expect("an instant");
    let words = ["verify", "unlock", "confirm", "cancel"];
    let mut seed = 1_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    (0..900)
        .map(|nth| {
            let opened = first + jiff::SignedDuration::from_secs(i64::try_from(random(4 * 86_400)).expect("small"));
            let is_deferred = random(12) == 0;
            let operator = usize::try_from(random(3)).expect("small");
            let took = (!is_deferred && nth > 2).then(|| i64::try_from(random(700)).expect("small"));
            let operator = if nth <= 2 { nth } else { operator };
            let is_deferred = is_deferred && nth > 2;
            let mut services: Vec<_> =
                (0..random(5)).map(|_| words[usize::try_from(random(4)).expect("small")]).collect();
            if is_deferred {
                services = services.into_iter().filter(|service| *service == "confirm").take(1).collect();
            }
            Kept { opened, took, operator, is_deferred, services }
        })
        .collect()
}

/// What a person with a pencil would count.
fn by_hand(cases: &[&Kept]) -> Counts {
    let calls: Vec<_> = cases.iter().filter(|case| !case.is_deferred).collect();
    let with = |service| calls.iter().filter(|case| case.services.contains(&service)).count();
    let mut times: Vec<_> = calls.iter().filter_map(|case| case.took).collect();
    times.sort_unstable();
    let ranked = |percent: usize| times.get((times.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    let number = |count: usize| i64::try_from(count).expect("small");
    Counts {
        opened: number(calls.len()),
        closed: number(times.len()),
        verified: number(with("verify")),
        unlocked: number(with("unlock")),
        confirmed: number(with("confirm")),
        cancelled: number(with("cancel")),
        deferred: number(cases.iter().filter(|case| case.is_deferred && !case.services.is_empty()).count()),
        median: ranked(50),
        p95: ranked(95),
    }
}

/// Cases of three operators, written into the tables.
pub(super) async fn kept_cases(engine: Engine) -> (TestApp, [Person; 3], Vec<Kept>) {
    let app = TestApp::start(engine).await;
    let people = [app.operator("m.bianchi").await, app.operator("g.verdi").await, app.operator("l.rossi").await];
    let cases = cases();
    keep(&app, &people, &cases).await;
    (app, people, cases)
}

/// Three days, put together in every way, are told as they were: `cases` are all that there are.
pub(super) async fn is_told_of(db: &Db, people: &[Person], cases: &[&Kept]) {
    let asked = Asked { from: date(2021, 3, 27), to: date(2021, 3, 29), by: Grouping::Day };
    let local = |case: &Kept| case.opened.to_zoned(rome());
    let is_chosen = |case: &Kept| (asked.from..=asked.to).contains(&local(case).date());
    let chosen: Vec<_> = cases.iter().copied().filter(|case| is_chosen(case)).collect();
    assert!(chosen.len() > 100 && chosen.len() < cases.len() - 10, "some are outside");
    let days = |at: &Zoned| at.date().since(date(1970, 1, 1)).expect("days").get_days().to_string();
    let key = |by: Grouping, case: &Kept| match by {
        Grouping::Hour => (case.opened.as_second() / 3600).to_string(),
        Grouping::HourOfDay => local(case).hour().to_string(),
        Grouping::Day => days(&local(case)),
        Grouping::Operator => people[case.operator].id.0.clone(),
        Grouping::Queue => "immuni".to_owned(),
    };
    for by in Grouping::ALL.iter().copied() {
        let asked = Asked { by, ..asked };
        let found = db.statistics(&asked.span().expect("a span"), by).await.expect("an answer");
        assert_eq!(found.total, by_hand(&chosen), "{by:?}");
        let mut groups: BTreeMap<String, Vec<&Kept>> = BTreeMap::new();
        for &case in &chosen {
            groups.entry(key(by, case)).or_default().push(case);
        }
        let expected: BTreeMap<_, _> = groups.into_iter().map(|(key, cases)| (key, by_hand(&cases))).collect();
        let found: BTreeMap<_, _> = found.groups.into_iter().map(|group| (group.key, group.counts)).collect();
        assert_eq!(found, expected, "{by:?}");
    }
}

async fn what_is_counted_is_what_happened(engine: Engine) {
    let (app, people, cases) = kept_cases(engine).await;
    is_told_of(&app.state.db, &people, &cases.iter().collect::<Vec<_>>()).await;
    // At 02:00 it is 03:00: nobody opens a case in between.
    let spring = Asked { by: Grouping::HourOfDay, ..Asked::day(date(2021, 3, 28)) };
    let found = app.state.db.statistics(&spring.span().expect("a span"), spring.by).await.expect("an answer");
    assert!(found.groups.iter().all(|group| group.key != "2") && found.groups.len() == 23);
}

async fn nothing_is_counted_of_an_empty_period(engine: Engine) {
    let app = TestApp::start(engine).await;
    let asked = Asked::day(date(2021, 1, 9));
    let found = app.state.db.statistics(&asked.span().expect("a span"), asked.by).await.expect("an answer");
    assert_eq!((found.total, found.groups.len()), (Counts::default(), 0));
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    supervisor.get("/statistics").await.shows(200, "Nel periodo non è stato aperto nessun caso");
}

/// A supervisor, and two calls and a deferred confirmation of two days.
async fn two_days(engine: Engine) -> (TestApp, Browser) {
    let app = TestApp::start(engine).await;
    let people = [app.operator("m.bianchi").await];
    let case = |opened: &str, took, services: &[&'static str]| Kept {
        opened: opened.parse().expect("an instant"),
        took,
        operator: 0,
        is_deferred: took.is_none(),
        services: services.to_vec(),
    };
    let cases = [
        // 23:59:59 of the 8th and 00:00:00 of the 9th, in Rome.
        case("2021-01-08T22:59:59Z", Some(10), &["verify"]),
        case("2021-01-08T23:00:00Z", Some(150), &["verify", "verify", "unlock", "confirm"]),
        case("2021-01-10T08:00:00Z", Some(90), &["verify"]),
        case("2021-01-10T08:30:00Z", None, &["confirm"]),
    ];
    keep(&app, &people, &cases).await;
    let supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    (app, supervisor)
}

async fn a_period_is_shown_and_exported(engine: Engine) {
    let (_app, mut supervisor) = two_days(engine).await;
    supervisor.get("/").await.shows(200, "href=\"/statistics\"");
    supervisor.get("/statistics").await.shows(200, "<h1").shows(200, "value=\"10/01/2021\"").shows(200, "<svg");
    let typed = [("from", "9/1/21"), ("to", "10/01/2021"), ("by", "day")];
    let address = supervisor.post("/statistics", &typed).await;
    assert_eq!(address.location(), "/statistics?from=2021-01-09&to=2021-01-10&by=day");
    let page = supervisor.get(address.location()).await;
    page.shows(200, "sab 09/01/2021").shows(200, "dom 10/01/2021").shows(200, "02:30").shows(200, "Esporta CSV");
    assert!(!page.text.contains("08/01/2021") && !page.text.contains("style="));
    let file = supervisor.post("/statistics/export", &typed).await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let name = "attachment; filename=\"statistics-day-2021-01-09-2021-01-10.csv\"";
    assert_eq!(file.headers[header::CONTENT_DISPOSITION], name);
    let mut expected = String::from(
        "\u{feff}Giorno;Nome utente;Casi aperti;Casi chiusi;Verifiche con risposta;Sblocchi con risposta;Conferme con \
         risposta;Annullamenti con risposta;Conferme differite con risposta;Durata mediana (secondi);Durata, 95° \
         (secondi)\r\n",
    );
    for line in
        ["sab 09/01/2021;;1;1;1;1;1;0;0;150;150", "dom 10/01/2021;;1;1;1;0;0;0;1;90;90", "Totale;;2;2;2;1;1;0;1;90;150"]
    {
        write!(expected, "{line}\r\n").expect("memory");
    }
    assert_eq!(file.text, expected);
    let by_operator = [("from", "08/01/2021"), ("to", "10/01/2021"), ("by", "operator")];
    let file = supervisor.post("/statistics/export", &by_operator).await;
    file.shows(200, "Maria Bianchi;m.bianchi;3;3;3;1;1;0;1;90;150");
    let page = supervisor.get("/statistics?from=2021-01-08&to=2021-01-10&by=operator").await;
    page.shows(200, "Maria Bianchi").shows(200, "m.bianchi");
    supervisor.get("/statistics?from=2021-01-08&to=2021-01-10&by=queue").await.shows(200, "Immuni");
}

async fn what_was_typed_wrong_is_told_and_kept(engine: Engine) {
    let (_app, mut supervisor) = two_days(engine).await;
    let refused = supervisor.post("/statistics", &[("from", "47135715"), ("to", "31/02/2021"), ("by", "day")]).await;
    refused.shows(422, "Non è una data").shows(422, "value=\"47135715\"").shows(422, "href=\"#to\"");
    let by_hand = supervisor.get("/statistics?from=47135715").await;
    by_hand.shows(422, "Non è una data");
    assert!(!by_hand.text.contains("47135715"), "what somebody else wrote into an address is not repeated");
    supervisor.post("/statistics", &[("from", "01/01/2021")]).await.shows(422, "al massimo 7 giorni");
    supervisor.post("/statistics", &[("by", "week")]).await.shows(422, "elenco");
    supervisor.post("/statistics/export", &[("from", "x")]).await.shows(422, "Non è una data");
    let typed = [("from", "ieri"), ("by", "day"), ("language", "en")];
    let english = supervisor.post("/language?back=/statistics", &typed).await;
    english.shows(422, "Not a date").shows(422, "value=\"ieri\"");
}

async fn andamento_is_for_supervisors_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut operator = app.signed_in(&app.operator("m.bianchi").await).await;
    let mut nobody = app.browser();
    for path in ["/statistics", "/statistics/live", "/statistics/live/board"] {
        assert_eq!(operator.get(path).await.status, 403, "{path}");
        assert_eq!(nobody.get(path).await.location(), format!("/login?next={path}"));
    }
    for path in ["/statistics", "/statistics/export"] {
        assert_eq!(operator.post(path, &[("by", "day")]).await.status, 403, "{path}");
        assert_eq!(nobody.post(path, &[("by", "day")]).await.status, 401, "{path}");
    }
    assert!(!operator.get("/").await.text.contains("/statistics"));
}

async fn a_call_counts_from_its_opening_on(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    let file = "/statistics/export";
    supervisor.post(file, &[("by", "day")]).await.shows(200, "Totale;;1;0;0;0;0;0;0;;\r\n");
    let caller = app.caller("negative").await;
    call.verify(&caller).await.shows(200, "Verifica non accettata");
    supervisor.post(file, &[("by", "day")]).await.shows(200, "Totale;;1;0;1;0;0;0;0;;\r\n");
    app.wait_seconds(100);
    let close = format!("{}/close", call.path);
    call.browser.post(&close, &[("sure", "1")]).await;
    supervisor.post(file, &[("by", "day")]).await.shows(200, "Totale;;1;1;1;0;0;0;0;100;100\r\n");
}

async fn requests_of_the_other_desks_count_by_service_and_outcome(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, now) = (app.operator("m.bianchi").await, app.state.clock.now_ms());
    let day = 24 * 60 * 60 * 1000;
    let rows: Vec<_> = [
        ("swab_report", "'done'", now),
        ("swab_report", "'done'", now - 1000),
        ("swab_report", "'refused'", now),
        ("swab_list", "NULL", now),
        ("asl_otp", "'not_sent'", now),
        ("exemption_close", "'done'", now - day),
    ]
    .iter()
    .enumerate()
    .map(|(nth, (service, outcome, at))| {
        format!("('s{nth}', '{}', '{service}', {at}, {at}, {outcome}, {nth})", person.id.0)
    })
    .collect();
    let into = "INSERT INTO requests (submission, operator_id, service, started_at, ended_at, outcome, place) VALUES ";
    execute(&app, into, &rows).await;
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    supervisor.get("/statistics?by=day").await.shows(200, "Nel periodo non è stato aperto nessun caso");
    let page = supervisor.get("/statistics?by=queue").await;
    page.shows(200, "Richieste degli altri sportelli").shows(200, "Richieste, per servizio");
    page.shows(200, "Invio esito tampone").shows(200, "OTP da ASL");
    assert!(!page.text.contains("Chiusura esenzione"), "that was yesterday");
    let file = supervisor.post("/statistics/export", &[("by", "queue")]).await;
    let below = "\r\nCoda;Servizio;Sì;No;Esito incerto;Non inviate\r\nTamponi;Invio esito tampone;2;1;0;0\r\n\
         Tamponi;Elenco tamponi;0;0;1;0\r\nASL;OTP da ASL;0;0;0;1\r\n";
    assert!(file.text.ends_with(below), "{}", file.text);
}

async fn the_board_shows_the_moment(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Positività verificata");
    app.wait_seconds(65);
    housekeeping::write_counts(&app.state).await;
    let page = supervisor.get("/statistics/live").await;
    page.shows(200, "Andamento in diretta").shows(200, "http-equiv=\"refresh\"").shows(200, "Aggiornato alle 10:01:05");
    page.shows(200, "<dd>1</dd>").shows(200, "<dd>01:05</dd>").shows(200, "<dd>2</dd>").shows(200, "Inviate");
    page.shows(200, "Valido fino al");
    let row = page.text.split("Verifica positività").nth(1).expect("a row").to_owned();
    assert!(row.split("</td>").nth(1).expect("a cell").ends_with('1'), "one yes in {row}");
    let board = supervisor.get("/statistics/live/board").await;
    board.shows(200, "Aggiornato alle 10:01:05");
    assert!(!board.text.contains("<html") && page.text.contains(&board.text), "the same as in the page");
    let still = supervisor.get("/statistics/live?still=1").await;
    still.shows(200, "Riprendi l'aggiornamento");
    assert!(!still.text.contains("http-equiv"));
}

async fn to_watch_keeps_no_session_alive(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    for _ in 0..14 {
        app.wait_seconds(60);
        supervisor.get("/statistics/live").await.shows(200, "Aggiornato");
        supervisor.get("/statistics/live/board").await.shows(200, "Aggiornato");
    }
    app.wait_seconds(60);
    assert_eq!(supervisor.get("/statistics/live/board").await.location(), "/login/pin?next=/statistics/live/board");
    assert_eq!(supervisor.get("/statistics/live").await.location(), "/login/pin?next=/statistics/live");
}

async fn instances_add_up_and_forget_after_a_day(engine: Engine) {
    let app = TestApp::start(engine).await;
    let db = &app.state.db;
    let calls =
        |minute, number| [Calls { minute, service: Service::Verify, class: OutcomeClass::Done, up_to: 100, number }];
    let now = app.state.clock.now_ms();
    for (minute, number) in [(now, 3), (now, 4), (now - 60_000, 5)] {
        db.add_calls(&calls(minute, number)).await.expect("written");
    }
    let sum = |found: Vec<Calls>| found.iter().map(|calls| calls.number).sum::<i64>();
    assert_eq!(sum(db.calls_since(now).await.expect("an answer")), 7);
    assert_eq!(sum(db.calls_since(now - 60_000).await.expect("an answer")), 12);
    app.wait_seconds(24 * 3600);
    housekeeping::once(&app.state).await.expect("a round");
    assert_eq!(sum(db.calls_since(0).await.expect("an answer")), 7, "the minute before is gone");
}
