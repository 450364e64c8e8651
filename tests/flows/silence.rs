//! Sistema TS does not answer: the desk says so before a caller is asked for anything, and sends nothing for a while.

use centralino::sistema_ts::settings::Settings;

use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    the_desk_says_that_sistema_ts_does_not_answer_and_when_to_try_again,
    who_is_to_be_told_of_it_is_said_by_desk,
);

/// A desk that holds calls back after two failures.
async fn impatient(engine: Engine) -> TestApp {
    TestApp::start_with(engine, |config| {
        config.sistema_ts = Some(Settings { breaker_failures: 2, breaker_seconds: 10, ..Settings::default() });
    })
    .await
}

async fn the_desk_says_that_sistema_ts_does_not_answer_and_when_to_try_again(engine: Engine) {
    let app = impatient(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    let fields = [("card", &*caller.card), ("cun", &*caller.cun), ("repeat", "1")];
    for _ in 0..2 {
        app.fault("verify", "http_503").await;
        call.step("verify", &fields).await.shows(200, "Esito della verifica incerto");
    }
    call.page().await.shows(200, "Può riprovare dalle 10:00:10").shows(200, "Sistema TS non risponde");
    let before = app.received("verify").await;
    call.step("verify", &fields).await.shows(200, "Verifica non inviata").shows(200, "Le ultime richieste");
    assert_eq!(app.received("verify").await, before, "nothing was sent");
    call.browser.get("/confirm").await.shows(200, "Può riprovare dalle 10:00:10");
    let mut other = app.signed_in(&app.operator("g.verdi").await).await;
    other.get("/").await.shows(200, "Può riprovare dalle 10:00:10").shows(200, "Il servizio ha risposto con un errore");
    app.wait_seconds(10);
    other.get("/").await.shows(200, "Ora può riprovare");
    call.step("verify", &fields).await.shows(200, "Positività verificata").shows(200, "Sistema TS risponde");
    assert!(!other.get("/").await.text.contains("riprovare"));
}

async fn who_is_to_be_told_of_it_is_said_by_desk(engine: Engine) {
    let app = impatient(engine).await;
    let mut counter = app.counter("/swabs/list").await;
    let asked = [("description", "Drive-in"), ("from", "04/01/2021"), ("to", "10/01/2021")];
    for _ in 0..2 {
        app.fault("swab_list", "http_503").await;
        counter.browser.post("/swabs/list", &asked).await.shows(200, "Elenco non arrivato");
    }
    let list = counter.page().await;
    list.shows(200, "Può riprovare dalle");
    assert!(!list.text.contains("Lo dica"), "nobody is on the line: {}", list.text);
    let report = counter.browser.get("/swabs").await;
    report.shows(200, "Può riprovare dalle").shows(200, "Lo dica all'assistito prima di chiedergli i dati");
    assert!(!report.text.contains("chiamante"), "{}", report.text);
}
