//! A call, from its opening to its closing, in every class of outcome.

use std::time::{Duration, Instant};

use centralino::{
    domain::service::Service,
    features::requests::in_flight::Place,
    storage::{
        Db,
        steps::{Beginning, Intent},
    },
};

use crate::support::{Engine, TestApp, on_both_engines};

on_both_engines!(
    a_call_goes_through_verify_unlock_and_confirm,
    the_order_of_the_steps_is_the_servers,
    mistakes_are_told_at_once_and_nothing_typed_is_lost,
    a_refusal_of_the_service_keeps_what_was_typed,
    an_uncertain_unlock_asks_for_a_second_decision,
    an_uncertain_second_unlock_does_not_stop_the_confirmation,
    what_was_not_sent_can_be_repeated_at_once,
    a_form_sent_twice_is_one_request,
    a_form_sent_twice_at_the_same_time_is_one_request,
    a_browser_that_goes_away_before_a_request_is_written_cuts_nothing_off,
    a_form_that_a_dead_instance_held_waits_no_longer_than_it_could_live,
    cancelling_asks_first,
    closing_asks_first_at_every_step_and_says_what_stays_open,
    a_call_survives_the_lock_to_the_pin,
    another_operator_sees_nothing_of_a_case,
    one_case_at_a_time,
    a_double_click_opens_one_case,
);

async fn a_call_goes_through_verify_unlock_and_confirm(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let caller = app.caller("positive").await;
    call.page().await.shows(200, "Caso ").shows(200, "88213").shows(200, "Verifica positività");
    call.verify(&caller).await.shows(200, "Positività verificata").shows(200, &caller.sampled_on);
    let otp = app.otp().await;
    call.unlock(&otp).await.shows(200, "Codice sbloccato").shows(200, "Conferma sblocco").shows(200, "role=\"timer\"");
    call.step("confirm", &[]).await.shows(200, "Sblocco confermato").shows(200, "Il caso è concluso");
    assert!(!call.browser.cookies.contains_key("__Host-case"), "nothing is carried beyond the conclusion");
    let path = format!("{}/close", call.path);
    assert_eq!(call.browser.post(&path, &[]).await.location(), "/");
    call.browser.get("/").await.shows(200, "chiuso alle").shows(200, "Apri caso");
    let record = app.state.db.case(call.path.trim_start_matches("/cases/"), &person.id).await.unwrap().unwrap().0;
    assert_eq!(record.transactions.len(), 3, "the transactions of the three services are kept");
    assert!(record.closed_at.is_some());
}

async fn the_order_of_the_steps_is_the_servers(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let key = call.key().await;
    let otp = app.otp().await;
    for act in ["unlock", "confirm"] {
        let answer = call.submit(act, &key, &[("otp", &otp), ("asymptomatic", "1")]).await;
        answer.shows(422, "Questo passo non è possibile adesso");
    }
    call.submit("cancel", &key, &[("sure", "1")]).await;
    assert_eq!(app.received("unlock").await + app.received("confirm").await, 0);
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    let key = call.key().await;
    call.submit("confirm", &key, &[]).await.shows(422, "Questo passo non è possibile adesso");
    assert_eq!(app.received("confirm").await, 0);
}

async fn mistakes_are_told_at_once_and_nothing_typed_is_lost(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let refused = call.step("verify", &[("card", "1234567O"), ("cun", "CUN-IHIR0WHSLZ")]).await;
    refused
        .shows(422, "<title>Errore:")
        .shows(422, "role=\"alert\"")
        .shows(422, "href=\"#card\"")
        .shows(422, "href=\"#cun\"");
    refused.shows(422, "value=\"1234567O\"").shows(422, "value=\"CUN-IHIR0WHSLZ\"").shows(422, "forse è");
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    let refused = call.step("unlock", &[("otp", "CUN-LZ44EL8YF3"), ("onset", "31/02/2021")]).await;
    refused.shows(422, "Questo è un CUN").shows(422, "Questo giorno non esiste").shows(422, "value=\"31/02/2021\"");
    let refused = call.step("unlock", &[("otp", "59Y5QWWF4Z"), ("onset", "06/01/2021"), ("asymptomatic", "1")]).await;
    refused.shows(422, "value=\"59Y5QWWF4Z\"").shows(422, "Scelga: o la data");
    assert_eq!(app.received("unlock").await, 0);
}

async fn a_refusal_of_the_service_keeps_what_was_typed(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("negative").await;
    let refused = call.verify(&caller).await;
    refused.shows(200, "Verifica non accettata").shows(200, &caller.cun).shows(200, &caller.card);
    refused.shows(200, "Risposta di Sistema TS");
    call.page().await.shows(200, "Verifica non accettata");
    assert_eq!(app.received("verify").await, 1, "a reload calls nothing");
}

async fn an_uncertain_unlock_asks_for_a_second_decision(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    app.fault("unlock", "reset_after_reading").await;
    let otp = app.otp().await;
    let uncertain = call.unlock(&otp).await;
    uncertain.shows(200, "Esito dello sblocco incerto").shows(200, "name=\"repeat\"");
    assert!(!uncertain.text.contains("Conferma sblocco"), "only a positive unlock can be confirmed");
    call.unlock(&otp).await.shows(422, "può essere già riuscita").shows(422, &otp);
    assert_eq!(app.received("unlock").await, 1);
    let fresh = app.otp().await;
    let repeated = call.step("unlock", &[("otp", &fresh), ("asymptomatic", "1"), ("repeat", "1")]).await;
    repeated.shows(200, "Codice sbloccato");
}

async fn an_uncertain_second_unlock_does_not_stop_the_confirmation(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
    app.fault("unlock", "reset_after_reading").await;
    call.unlock(&app.otp().await).await.shows(200, "Esito dello sblocco incerto").shows(200, "Conferma sblocco");
    app.fault("confirm", "reset_after_reading").await;
    call.step("confirm", &[]).await.shows(200, "Esito della conferma incerto");
    call.step("confirm", &[]).await.shows(422, "può essere già riuscita");
    call.step("cancel", &[("sure", "1")]).await.shows(422, "può essere già riuscita");
    assert_eq!(app.received("confirm").await, 1);
    call.step("confirm", &[("repeat", "1")]).await;
    assert_eq!(app.received("confirm").await, 2);
}

async fn what_was_not_sent_can_be_repeated_at_once(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        let folder = config.sandbox_folder();
        // Nothing listens on this port.
        config.sistema_ts = Some(centralino::sistema_ts::settings::Settings {
            base_url: "https://localhost:1".into(),
            ca_file: folder.join("ca.pem"),
            certificate_file: folder.join("client.pem"),
            key_file: folder.join("client.key"),
            ..Default::default()
        });
    })
    .await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    for _ in 0..2 {
        call.verify(&caller).await.shows(200, "Verifica non inviata").shows(200, &caller.cun);
    }
}

async fn a_form_sent_twice_is_one_request(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    let key = call.key().await;
    let fields = [("card", caller.card.as_str()), ("cun", caller.cun.as_str())];
    let mut first = call.clone();
    assert_eq!(first.submit("verify", &key, &fields).await.status, 303);
    // The browser threw the first answer away, and with it the cookie.
    assert_eq!(call.submit("verify", &key, &fields).await.status, 303);
    call.page().await.shows(200, "Positività verificata").shows(200, "Sblocca codice");
    assert_eq!(app.received("verify").await, 1);
}

async fn a_form_sent_twice_at_the_same_time_is_one_request(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    let key = call.key().await;
    let otp = app.otp().await;
    let fields = [("otp", otp.as_str()), ("asymptomatic", "1")];
    let (mut one, mut other) = (call.clone(), call.clone());
    let (first, second) = tokio::join!(one.submit("unlock", &key, &fields), other.submit("unlock", &key, &fields));
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (303, 303));
    for browser in [&mut one, &mut other] {
        browser.page().await.shows(200, "Conferma sblocco").shows(200, "role=\"timer\"");
    }
    assert_eq!(app.received("unlock").await, 1);
}

/// Keeps everybody from writing steps until it is dropped.
enum Held {
    Sqlite { _writer: sqlx::pool::PoolConnection<sqlx::Sqlite> },
    Postgres { _lock: sqlx::Transaction<'static, sqlx::Postgres> },
}

impl Held {
    async fn steps(db: &Db) -> Self {
        match db {
            Db::Sqlite { writer, .. } => Self::Sqlite { _writer: writer.acquire().await.unwrap() },
            Db::Postgres(pool) => {
                let mut lock = pool.begin().await.unwrap();
                sqlx::query("LOCK TABLE steps IN EXCLUSIVE MODE").execute(&mut *lock).await.unwrap();
                Self::Postgres { _lock: lock }
            }
        }
    }
}

/// Without JavaScript, Enter pressed twice gives up the first request and waits for the second's answer.
async fn a_browser_that_goes_away_before_a_request_is_written_cuts_nothing_off(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let (key, caller) = (call.key().await, app.caller("positive").await);
    let held = Held::steps(&app.state.db).await;
    let mut first = call.clone();
    let (of_first, card, cun) = (key.clone(), caller.card.clone(), caller.cun.clone());
    let browser =
        tokio::spawn(async move { first.submit("verify", &of_first, &[("card", &card), ("cun", &cun)]).await });
    let under_way = format!("{key}:verify");
    let arrives = async {
        loop {
            match app.state.in_flight.enter(&under_way) {
                Place::Repeated(waiting) => break waiting,
                Place::First(ticket) => drop(ticket),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let second = tokio::time::timeout(Duration::from_secs(3), arrives).await.expect("the first arrives");
    browser.abort();
    // As long as a server may take to see that a connection is closed.
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(held);
    assert!(second.answer().await.is_some(), "the repetition gets the answer of the one that was given up");
    let fields = [("card", caller.card.as_str()), ("cun", caller.cun.as_str())];
    assert_eq!(call.submit("verify", &key, &fields).await.status, 303);
    call.page().await.shows(200, "Positività verificata");
    assert_eq!(app.received("verify").await, 1);
}

/// Another instance wrote that the request was about to leave, and died: nobody writes how it ended.
async fn a_form_that_a_dead_instance_held_waits_no_longer_than_it_could_live(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    call.verify(&app.caller("positive").await).await;
    let key = call.key().await;
    let id = call.path.trim_start_matches("/cases/").to_owned();
    let verified_by =
        app.state.db.case(&id, &person.id).await.unwrap().unwrap().1.last().map(|it| it.submission.clone());
    let intent = Intent {
        submission: format!("{key}:unlock"),
        case_id: id,
        operator: person.id.clone(),
        service: Service::Unlock,
        repeats_knowingly: false,
        verified_by,
        at: app.state.clock.now(),
    };
    assert_eq!(app.state.db.begin_step(&intent).await.unwrap(), Beginning::Begun);
    // The deadline of a call and the time to write its end.
    app.wait_seconds(15 + 5 + 1);
    let start = Instant::now();
    let fields = [("otp", app.otp().await), ("asymptomatic", "1".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    call.submit("unlock", &key, &fields).await;
    assert!(start.elapsed() < Duration::from_secs(10), "it waited {:?}", start.elapsed());
    assert_eq!(app.received("unlock").await, 0, "it was not sent again");
}

async fn cancelling_asks_first(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    let path = format!("{}/cancel", call.path);
    call.browser.get(&path).await.shows(200, "Sblocca codice").shows(200, "Chiudi caso");
    call.unlock(&app.otp().await).await.shows(200, "Annulla sblocco");
    call.step("cancel", &[]).await.shows(200, "Annullare lo sblocco?");
    call.browser.get(&path).await.shows(200, "Annullare lo sblocco?");
    assert_eq!(app.received("confirm").await, 0);
    call.step("cancel", &[("sure", "1")]).await.shows(200, "Sblocco annullato");
}

async fn closing_asks_first_at_every_step_and_says_what_stays_open(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    call.step("close", &[]).await.shows(200, "Chiudere il caso?").shows(200, "non c'è una verifica riuscita");
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    call.step("close", &[]).await.shows(200, "Chiudere il caso a metà?").shows(200, "non è stato sbloccato");
    app.fault("unlock", "reset_after_reading").await;
    call.unlock(&app.otp().await).await;
    call.step("close", &[]).await.shows(200, "Lo sblocco può essere riuscito oppure no");
    call.step("unlock", &[("otp", &app.otp().await), ("asymptomatic", "1"), ("repeat", "1")]).await;
    call.step("close", &[]).await.shows(200, "né confermato né annullato").shows(200, "da «Conferma differita»");
    app.fault("confirm", "reset_after_reading").await;
    call.step("confirm", &[]).await;
    call.step("close", &[]).await.shows(200, "La conferma può essere già registrata oppure no");
    let open = app.state.db.open_case_of(&person.id).await.unwrap();
    assert!(open.is_some(), "asking closes nothing");
    assert_eq!(call.step("close", &[("sure", "1")]).await.status, 200);
    assert_eq!(app.state.db.open_case_of(&person.id).await.unwrap(), None);
}

async fn a_call_survives_the_lock_to_the_pin(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut call = app.call(&person).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Sblocca codice");
    app.wait_seconds(15 * 60 + 1);
    assert!(call.page().await.location().starts_with("/login/pin"));
    let pin = app.pin(&person, 0).await;
    assert_eq!(call.browser.post("/login/pin", &[("pin", &pin)]).await.status, 303);
    call.page().await.shows(200, "Sblocca codice").shows(200, &caller.sampled_on);
    call.unlock(&app.otp().await).await.shows(200, "Codice sbloccato");
}

async fn another_operator_sees_nothing_of_a_case(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let mut other = app.signed_in(&app.operator("l.verdi").await).await;
    assert_eq!(other.get(&call.path).await.status, 404);
    let key = call.key().await;
    for act in ["verify", "unlock", "confirm", "cancel", "close"] {
        let fields = [("key", key.as_str()), ("card", "12345678"), ("cun", "CUN-H17KZ6247A"), ("sure", "1")];
        let answer = other.post(&format!("{}/{act}", call.path), &fields).await;
        assert_ne!(answer.status, 200, "{act}");
        assert!(!answer.text.contains("88213"), "{act}");
    }
    assert_eq!(app.received("verify").await, 0);
    call.page().await.shows(200, "Verifica positività");
}

async fn one_case_at_a_time(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    assert_eq!(call.browser.get("/").await.location(), call.path);
    assert_eq!(call.browser.post("/cases", &[("call", "999")]).await.location(), call.path);
    let wrong = call.browser.post("/cases", &[("call", "CUN-H17KZ6247A")]).await;
    wrong.shows(422, "dato dell'assistito").shows(422, "value=\"CUN-H17KZ6247A\"");
}

async fn a_double_click_opens_one_case(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut one = app.signed_in(&app.operator("m.bianchi").await).await;
    let mut other = one.clone();
    let form = [("call", "88213")];
    let (first, second) = tokio::join!(one.post("/cases", &form), other.post("/cases", &form));
    assert_eq!(first.location(), second.location());
}
