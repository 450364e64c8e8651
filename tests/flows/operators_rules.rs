//! What nobody may do to accounts, whoever they are and however many try at once; which desk is whose.

use centralino::{
    domain::operator::{Queue, Role},
    features::accounts::invite::Office,
    storage::operators::{
        acts::Acted,
        rules::{Authority, Edit, Refusal},
    },
};

use super::operator_command::type_line;
use crate::support::{Engine, TestApp, app::Person, on_both_engines};

on_both_engines!(
    nobody_disables_demotes_or_resets_themselves,
    the_last_enabled_supervisor_stays,
    of_two_who_disable_each_other_one_wins,
    who_is_a_supervisor_no_more_does_nothing_more,
    a_desk_is_of_its_queue_alone,
    a_supervisor_without_a_queue_lands_on_the_accounts,
    the_command_line_keeps_the_same_rules,
);

async fn nobody_disables_demotes_or_resets_themselves(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (own, _other) = (app.supervisor("s.gialli").await, app.supervisor("s.neri").await);
    let mut browser = app.signed_in(&own).await;
    let page_of = format!("/operators/{}", own.id.0);
    let page = browser.get(&page_of).await;
    page.shows(200, "È il Suo account");
    assert!(!page.text.contains("/disable") && !page.text.contains("/reset"), "{}", page.text);
    for act in ["disable", "reset", "end-sessions"] {
        browser
            .post(&format!("{page_of}/{act}"), &[("key", &app.form_key())])
            .await
            .shows(422, "Non può farlo sul Suo account");
    }
    let fields =
        [("name", "Sara Gialli"), ("fiscal_code", "RSSMRA80A01H501U"), ("queue_immuni", "1"), ("version", "1")];
    let demoted: Vec<_> = fields.into_iter().chain([("role", "operator")]).collect();
    browser.post(&page_of, &demoted).await.shows(422, "Non può farlo sul Suo account");
    let renamed: Vec<_> = fields.into_iter().chain([("role", "supervisor")]).collect();
    assert_eq!(browser.post(&page_of, &renamed).await.location(), page_of);
    browser.get(&page_of).await.shows(200, "Sara Gialli");
}

async fn the_last_enabled_supervisor_stays(engine: Engine) {
    let app = TestApp::start(engine).await;
    let last = app.supervisor("s.gialli").await;
    let (_, path) = app.invite("s.neri", "RSSMRA80A01H501U", Role::Supervisor).await;
    let office = Office { authority: Authority::Console { may_reset_last: false }, ..app.office() };
    let refused = Acted::Refused(Refusal::LastSupervisor);
    assert_eq!(office.disable(&last.id).await.expect("an answer"), refused, "one that is invited only does not count");
    assert_eq!(office.reset(&last.id).await.expect("an answer").0, refused);
    let account = app.state.db.operator(&last.id).await.expect("an answer").expect("an account");
    let demoted = || Edit {
        version: None,
        name: &account.name,
        fiscal_code: &account.fiscal_code,
        role: Role::Operator,
        queues: &account.queues,
    };
    assert_eq!(office.edit(&last.id, demoted()).await.expect("an answer"), refused);
    let flagged = app.office();
    assert_eq!(flagged.disable(&last.id).await.expect("an answer"), refused, "the flag is for a reset alone");
    assert_eq!(flagged.edit(&last.id, demoted()).await.expect("an answer"), refused);
    app.signed_in(&last).await.get("/operators").await.shows(200, "s.gialli");
    let other = app.person("s.neri").await;
    app.activate_at(&path, crate::support::app::PASSWORD, &app.pin(&other, 0).await).await;
    assert_eq!(office.disable(&last.id).await.expect("an answer"), Acted::Done);
    assert_eq!(office.reset(&other.id).await.expect("an answer").0, refused);
    assert_eq!(flagged.reset(&other.id).await.expect("an answer").0, Acted::Done);
}

async fn of_two_who_disable_each_other_one_wins(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (one, other) = (app.supervisor("s.gialli").await, app.supervisor("s.neri").await);
    for _ in 0..8 {
        let mut browsers = [app.signed_in(&one).await, app.signed_in(&other).await];
        let paths = [&other, &one].map(|person| format!("/operators/{}/disable", person.id.0));
        let [first, second] = &mut browsers;
        let keys = [app.form_key(), app.form_key()].map(|key| [("key", key)]);
        let [one_form, other_form] =
            keys.each_ref().map(|form| form.each_ref().map(|(name, key)| (*name, key.as_str())));
        let both = tokio::join!(first.post(&paths[0], &one_form), second.post(&paths[1], &other_form));
        let done = [&both.0, &both.1].into_iter().filter(|answer| answer.status == 303).count();
        assert_eq!(done, 1, "{} {}", both.0.status, both.1.status);
        // A request that came later finds its session over, one that came in between is refused in the transaction.
        let lost = if both.0.status == 303 { &both.1 } else { &both.0 };
        assert!(matches!(lost.status.as_u16(), 401 | 403), "{}", lost.status);
        let enabled =
            type_line(&app, &app.state.config, "list --role supervisor --status enabled").await.expect("a list");
        assert_eq!(enabled.lines().count(), 1, "{enabled}");
        for person in [&one, &other] {
            app.enable(person).await.expect("an answer");
        }
        app.wait_seconds(30);
    }
}

async fn who_is_a_supervisor_no_more_does_nothing_more(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (one, other) = (app.supervisor("s.gialli").await, app.supervisor("s.neri").await);
    let person = app.operator("m.bianchi").await;
    let office = Office { authority: Authority::Supervisor(&other.id), ..app.office() };
    assert_eq!(office.end_sessions(&person.id).await.expect("an answer"), Acted::Done);
    app.disable(&other).await.expect("an answer");
    assert_eq!(office.disable(&person.id).await.expect("an answer"), Acted::Refused(Refusal::NotAllowed));
    assert_eq!(office.enable(&other.id).await.expect("an answer"), Acted::Refused(Refusal::NotAllowed));
    let office = Office { authority: Authority::Supervisor(&person.id), ..app.office() };
    assert_eq!(office.disable(&one.id).await.expect("an answer"), Acted::Refused(Refusal::NotAllowed));
}

/// Somebody with these queues, signed in.
async fn with_queues(app: &TestApp, person: &Person, role: Role, queues: &[Queue]) {
    let account = app.state.db.operator(&person.id).await.expect("an answer").expect("an account");
    let (name, fiscal_code) = (account.name.as_str(), &account.fiscal_code);
    let edit = Edit { version: None, name, fiscal_code, role, queues };
    assert_eq!(app.office().edit(&person.id, edit).await.expect("an answer"), Acted::Done);
}

async fn a_desk_is_of_its_queue_alone(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.operator("m.bianchi").await;
    let mut desk = app.signed_in(&person).await;
    desk.get("/").await.shows(200, "href=\"/cases\"").shows(200, "href=\"/confirm\"");
    with_queues(&app, &person, Role::Operator, &[Queue::Swabs, Queue::Asl]).await;
    assert_eq!(desk.get("/").await.location(), "/swabs", "who only signed in comes to their own desk");
    for path in ["/cases", "/confirm", "/cases/0193"] {
        let refused = desk.get(path).await;
        refused.shows(403, "Questa pagina è della coda «Immuni»").shows(403, "Tamponi, ASL");
        refused.shows(403, "chieda a un supervisore");
        assert!(!refused.text.contains("href=\"/cases\"") && !refused.text.contains("href=\"/operators\""));
    }
    desk.post("/cases", &[("call", "88213")]).await.shows(403, "Questa pagina è della coda");
    with_queues(&app, &person, Role::Operator, &[Queue::Immuni]).await;
    desk.get("/").await.shows(200, "Sportello");
}

async fn a_supervisor_without_a_queue_lands_on_the_accounts(engine: Engine) {
    let app = TestApp::start(engine).await;
    let person = app.supervisor("s.gialli").await;
    let mut browser = app.signed_in(&person).await;
    browser.get("/").await.shows(200, "href=\"/operators\"").shows(200, "href=\"/cases\"");
    with_queues(&app, &person, Role::Supervisor, &[]).await;
    assert_eq!(browser.get("/").await.location(), "/operators");
    let page = browser.get("/operators").await;
    page.shows(200, "Nessuna").shows(200, "href=\"/registers/access\"");
    assert!(!page.text.contains("href=\"/cases\"") && !page.text.contains("href=\"/confirm\""), "{}", page.text);
    browser.get("/cases").await.shows(403, "Le Sue code di servizio: Nessuna");
}

async fn the_command_line_keeps_the_same_rules(engine: Engine) {
    let app = TestApp::start(engine).await;
    let config = &app.state.config;
    app.supervisor("s.gialli").await;
    let person = app.operator("m.bianchi").await;
    let mut desk = app.signed_in(&person).await;
    for line in ["disable s.gialli", "reset s.gialli", "edit s.gialli --role operator"] {
        let refused = type_line(&app, config, line).await.expect_err("refused").to_string();
        assert_eq!(refused, "this is the last enabled supervisor: make another one first", "{line}");
    }
    type_line(&app, config, "edit m.bianchi --name Ada --fiscal-code VRDLGU75B02F205A --queue asl")
        .await
        .expect("done");
    let listed = type_line(&app, config, "list --search ada --queue asl --role operator").await.expect("a list");
    assert_eq!(listed, "m.bianchi\tAda\toperator\tenabled\tasl\n");
    let refused = type_line(&app, config, "edit m.bianchi --no-queue").await.expect_err("refused").to_string();
    assert_eq!(refused, "--queue: an operator needs at least one desk");
    let refused = type_line(&app, config, &format!("edit m.bianchi --name {}", "x".repeat(101))).await;
    assert!(refused.expect_err("refused").to_string().starts_with("--name: expected first and last name"));
    desk.get("/cases").await.shows(403, "ASL");
    type_line(&app, config, "end-sessions m.bianchi").await.expect("done");
    assert_eq!(desk.get("/").await.location(), "/login");
    assert_eq!(type_line(&app, config, "list --status disabled").await.expect("a list"), "");
    let link = type_line(&app, config, "reset s.gialli --last-supervisor").await.expect("a link");
    assert!(link.contains("/activate/"), "{link}");
}
