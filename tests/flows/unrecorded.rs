//! Outcomes that the database does not take: the operator is told what is known, and it is recorded later.

use std::time::Duration;

use centralino::storage::Db;

use crate::support::{Engine, TestApp, call::Call, on_both_engines};

on_both_engines!(
    an_outcome_is_told_without_the_database_and_recorded_with_the_next_page,
    an_outcome_that_can_be_read_but_not_written_is_told_on_the_page_of_the_case,
    a_conclusion_is_told_and_recorded_even_if_nobody_looks,
    a_deferred_confirmation_is_told_and_recorded_as_well,
);

/// Carries out statements, whatever they are, on the engine in use.
async fn change(app: &TestApp, statements: &[&'static str]) {
    for statement in statements {
        match &app.state.db {
            Db::Sqlite { writer, .. } => sqlx::query(*statement).execute(writer).await.map(drop),
            Db::Postgres(pool) => sqlx::query(*statement).execute(pool).await.map(drop),
        }
        .expect(statement);
    }
}

const TAKE_AWAY: &[&str] = &["ALTER TABLE steps RENAME TO steps_away"];
const PUT_BACK: &[&str] = &["ALTER TABLE steps_away RENAME TO steps"];

/// Statements that make the database refuse every change of a step, and those that end it.
fn refusal(engine: Engine) -> (&'static [&'static str], &'static [&'static str]) {
    match engine {
        Engine::Sqlite => (
            &["CREATE TRIGGER full BEFORE UPDATE ON steps BEGIN SELECT RAISE(ABORT, 'disk full'); END"],
            &["DROP TRIGGER full"],
        ),
        Engine::Postgres => (
            &[
                "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS \
                 'BEGIN RAISE EXCEPTION ''disk full''; END'",
                "CREATE TRIGGER disk_full BEFORE UPDATE ON steps FOR EACH ROW EXECUTE FUNCTION disk_full()",
            ],
            &["DROP TRIGGER disk_full ON steps"],
        ),
    }
}

/// Sends a form and, while the service takes its time over it, changes the database.
async fn send_and_change(
    app: &TestApp,
    call: &mut Call,
    (service, path): (&str, &str),
    fields: &[(&str, &str)],
    statements: &[&'static str],
) -> String {
    let before = app.received(service).await;
    app.fault(service, "slow").await;
    let wait = async {
        while app.received(service).await == before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        change(app, statements).await;
    };
    let (answer, ()) = tokio::join!(call.browser.post(path, fields), wait);
    answer.shows(200, "Centralino non è riuscito a registrare questo esito");
    answer.text
}

/// The transaction on the card of an outcome.
fn transaction(page: &str) -> String {
    let after = page.split_once("<code id=\"tx-outcome-").expect("a transaction").1;
    after.split_once('"').expect("an id").0.to_owned()
}

async fn an_outcome_is_told_without_the_database_and_recorded_with_the_next_page(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    let (key, otp, path) = (call.key().await, app.otp().await, format!("{}/unlock", call.path));
    let fields = [("key", key.as_str()), ("otp", &otp), ("asymptomatic", "1")];
    let told = send_and_change(&app, &mut call, ("unlock", &path), &fields, TAKE_AWAY).await;
    assert!(told.contains("Codice sbloccato") && told.contains("annoti l'identificativo"), "{told}");
    assert!(!told.contains(&otp), "{told}");
    assert_eq!(call.page().await.status, 500, "nothing can be read");
    change(&app, PUT_BACK).await;
    let page = call.page().await;
    page.shows(200, "Codice sbloccato").shows(200, "Conferma sblocco").shows(200, "role=\"timer\"");
    assert!(!page.text.contains("non è riuscito a registrare"), "it is recorded now");
    let record = app.state.db.case(call.path.trim_start_matches("/cases/"), &person.id).await.unwrap().unwrap().0;
    assert_eq!(record.transactions.len(), 2, "each once, whoever wrote it");
    assert_eq!(record.transactions[1].id, transaction(&told));
    assert_eq!(call.browser.post(&path, &fields).await.status, 303, "the form is answered");
    assert_eq!(app.received("unlock").await, 1);
    call.step("confirm", &[]).await.shows(200, "Sblocco confermato");
}

async fn an_outcome_that_can_be_read_but_not_written_is_told_on_the_page_of_the_case(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("negative").await;
    let (key, path) = (call.key().await, format!("{}/verify", call.path));
    let fields = [("key", key.as_str()), ("card", &caller.card), ("cun", &caller.cun)];
    let (refuse, allow) = refusal(engine);
    let told = send_and_change(&app, &mut call, ("verify", &path), &fields, refuse).await;
    assert!(told.contains("Verifica non accettata"), "{told}");
    let page = call.page().await;
    page.shows(200, "Verifica non accettata").shows(200, "non è riuscito a registrare").shows(200, &transaction(&told));
    assert!(!page.text.contains("è in corso"), "{}", page.text);
    change(&app, allow).await;
    let page = call.page().await;
    page.shows(200, "Verifica non accettata");
    assert!(!page.text.contains("non è riuscito a registrare"), "{}", page.text);
}

async fn a_conclusion_is_told_and_recorded_even_if_nobody_looks(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
    let (key, path) = (call.key().await, format!("{}/confirm", call.path));
    let (refuse, allow) = refusal(engine);
    let told = send_and_change(&app, &mut call, ("confirm", &path), &[("key", &key)], refuse).await;
    assert!(told.contains("Sblocco confermato"), "{told}");
    call.page().await.shows(200, "Il caso è concluso").shows(200, "non è riuscito a registrare");
    change(&app, allow).await;
    let id = call.path.trim_start_matches("/cases/");
    let kept = async || app.state.db.case(id, &person.id).await.unwrap().unwrap().0.transactions;
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while kept().await.len() < 3 {
        assert!(tokio::time::Instant::now() < until, "it is written without the browser too");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(kept().await[2].id, transaction(&told));
}

async fn a_deferred_confirmation_is_told_and_recorded_as_well(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
    let key = crate::support::call::key_of(&call.browser.get("/confirm").await.text);
    let fields = [("key", key.as_str()), ("cun", &caller.cun)];
    let told = send_and_change(&app, &mut call, ("confirm", "/confirm"), &fields, TAKE_AWAY).await;
    assert!(told.contains("Sblocco confermato") && told.contains("href=\"/confirm\""), "{told}");
    change(&app, PUT_BACK).await;
    let page = call.browser.get("/confirm").await;
    page.shows(200, "Sblocco confermato").shows(200, &transaction(&told));
    assert!(!page.text.contains("non è riuscito a registrare"), "{}", page.text);
}
