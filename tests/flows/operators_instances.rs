//! Two instances on one database: what is done at one holds at the other; accounts as older versions have left them.

use centralino::{
    domain::operator::{Queue, Role},
    features::sheets::{
        plan::{Kind, Plan},
        sheet,
    },
    server::config::DatabaseUrl,
};

use crate::{
    registers::support::execute,
    support::{Engine, TestApp, on_both_engines},
};

on_both_engines!(
    what_is_done_at_one_instance_holds_at_the_next_request_to_another,
    queues_of_older_accounts_stand_in_any_order,
);

/// Another instance beside this one: the same database, the same secret.
async fn beside(app: &TestApp, engine: Engine) -> TestApp {
    let (url, secret) = (app.state.config.database_url(), app.data.path().join("secrets/server.key"));
    TestApp::start_with(engine, |config| {
        config.database.url = Some(DatabaseUrl(url));
        config.secrets.server = Some(secret);
    })
    .await
}

async fn what_is_done_at_one_instance_holds_at_the_next_request_to_another(engine: Engine) {
    let app = TestApp::start(engine).await;
    let other = beside(&app, engine).await;
    let (supervisor, person) = (app.supervisor("s.gialli").await, app.operator("m.bianchi").await);
    let mut office = app.signed_in(&supervisor).await;
    let page_of = format!("/operators/{}", person.id.0);
    let act = async |office: &mut crate::support::Browser, name: &str| {
        let answer = office.post(&format!("{page_of}/{name}"), &[("key", &app.form_key())]).await;
        assert_eq!(answer.location(), page_of);
    };
    let mut desk = other.signed_in(&person).await;
    desk.get("/").await.shows(200, "Sportello");
    let edit = |version| {
        let fields = [("name", "Maria Verdi"), ("fiscal_code", "RSSMRA80A01H501U"), ("queue_swabs", "1")];
        fields.into_iter().chain([("role", "operator"), ("version", version)]).collect::<Vec<_>>()
    };
    assert_eq!(office.post(&page_of, &edit("1")).await.location(), page_of);
    desk.get("/cases").await.shows(403, "Maria Verdi").shows(403, "Tamponi");
    act(&mut office, "end-sessions").await;
    assert_eq!(desk.get("/").await.location(), "/login");
    app.wait_seconds(30);
    other.wait_seconds(30);
    let mut desk = other.signed_in(&person).await;
    act(&mut office, "disable").await;
    assert_eq!(desk.get("/").await.location(), "/login");
    act(&mut office, "enable").await;
    for _ in 0..10 {
        other.browser().post("/login", &[("username", "m.bianchi"), ("password", "not the password")]).await;
    }
    act(&mut office, "unlock").await;
    act(&mut office, "reset").await;
    let right = [("username", "m.bianchi"), ("password", crate::support::app::PASSWORD)];
    other.browser().post("/login", &right).await.shows(422, "non corretti");
}

/// Until there was a column for them, the engine put the queues of an account together as it found them.
async fn queues_of_older_accounts_stand_in_any_order(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.rossi").await;
    let account = app.account("l.verdi", "Luigi Verdi", Role::Operator, &[Queue::Immuni, Queue::Asl]).await;
    execute(&app.state.db, "UPDATE operators SET queues = 'asl swabs' WHERE username = 'm.rossi'").await;
    execute(&app.state.db, "UPDATE operators SET queues = 'asl immuni' WHERE username = 'l.verdi'").await;
    let file = "Nome utente;Nome e cognome;Codice fiscale;Ruolo;Code di servizio\n\
         m.rossi;Maria Bianchi;RSSMRA80A01H501U;Operatore;Tamponi, ASL\n\
         l.verdi;Luigi Verdi;RSSMRA80A01H501U;Operatore;ASL, Immuni\n";
    let plan = Plan::of(sheet::read(file).expect("lines"), &app.state.db).await.expect("a plan");
    assert_eq!(plan.count(Kind::Unchanged), 2, "{plan:?}");
    let other = file.replace("Tamponi, ASL", "ASL");
    let plan = Plan::of(sheet::read(&other).expect("lines"), &app.state.db).await.expect("a plan");
    assert_eq!((plan.count(Kind::Unchanged), plan.count(Kind::Refused)), (1, 1), "one queue less is another account");
    app.signed_in(&person).await.get("/cases").await.shows(403, "Tamponi, ASL");
    let mut office = app.signed_in(&app.supervisor("s.gialli").await).await;
    let page_of = format!("/operators/{}", account.id.0);
    office.get(&page_of).await.shows(200, "Immuni, ASL");
    let fields = [("name", "Luigi Verdi"), ("fiscal_code", "RSSMRA80A01H501U"), ("role", "operator"), ("version", "1")];
    let same: Vec<_> = fields.into_iter().chain([("queue_immuni", "1"), ("queue_asl", "1")]).collect();
    assert_eq!(office.post(&page_of, &same).await.location(), page_of);
    office.get(&page_of).await.shows(200, "nulla da cambiare");
}
