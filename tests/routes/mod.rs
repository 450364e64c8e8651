//! Every route, as everybody: who may go where is one table here, and a route without a row fails.

use centralino::{
    domain::operator::{Queue, Role},
    storage::operators::{acts::Acted, rules::Edit},
};

use crate::support::{Browser, Engine, TestApp};

/// The one table of routes, as it is compiled.
const ROUTER: &str = include_str!("../../src/server/router.rs");

/// Answers of nobody, of an operator of all other queues, of an operator of the call center, of a supervisor without a
/// queue, of a disabled operator whose session lived: a status, and where a 303 leads.
type Answers = [&'static str; 5];

/// The same for everybody.
const fn all(answer: &'static str) -> Answers {
    [answer; 5]
}

/// A page of the call center; `own` for who works there.
const fn desk_page(own: &'static str) -> Answers {
    ["303 /login", "403", own, "403", "303 /login"]
}

/// A form of the call center.
const fn desk_form(own: &'static str) -> Answers {
    ["401", "403", own, "403", "401"]
}

/// A page of another queue; `own` for who works there.
const fn other_page(own: &'static str) -> Answers {
    ["303 /login", own, "403", "403", "303 /login"]
}

/// A form of another queue.
const fn other_form(own: &'static str) -> Answers {
    ["401", own, "403", "403", "401"]
}

/// A page of the supervisors.
const fn office_page(own: &'static str) -> Answers {
    ["303 /login", "403", "403", own, "303 /login"]
}

/// A form of the supervisors.
const fn office_form(own: &'static str) -> Answers {
    ["401", "403", "403", own, "401"]
}

/// A page of whoever is signed in.
const fn own_page(own: &'static str) -> Answers {
    ["303 /login", own, own, own, "303 /login"]
}

/// A form of whoever is signed in.
const fn own_form(own: &'static str) -> Answers {
    ["401", own, own, own, "401"]
}

/// The queues besides the call center's.
const OTHERS: [Queue; 3] = [Queue::Swabs, Queue::Asl, Queue::Exemptions];

/// Method, route, what is posted, answers.
type RouteRow = (&'static str, &'static str, &'static [(&'static str, &'static str)], Answers);

/// The one-time key of a form that acts on an account.
const KEY: &[(&str, &str)] = &[("key", "01761b2c-5b5e-7000-8000-000000000001")];

/// `{id}` is an account's: no case has it.
const ROWS: &[RouteRow] = &[
    ("GET", "/", &[], ["303 /login", "303 /swabs", "200", "303 /operators", "303 /login"]),
    ("GET", "/asl", &[], other_page("200")),
    ("POST", "/asl", &[], other_form("400")),
    ("GET", "/cases", &[], desk_page("200")),
    ("POST", "/cases", &[("call", "!")], desk_form("422")),
    ("GET", "/cases/search", &[], desk_page("200")),
    ("POST", "/cases/search", &[("q", "88213")], desk_form("200")),
    ("GET", "/cases/{id}", &[], desk_page("404")),
    ("GET", "/cases/{id}/verify", &[], desk_page("303 /cases/{id}")),
    ("POST", "/cases/{id}/verify", &[], desk_form("400")),
    ("GET", "/cases/{id}/unlock", &[], desk_page("303 /cases/{id}")),
    ("POST", "/cases/{id}/unlock", &[], desk_form("400")),
    ("GET", "/cases/{id}/confirm", &[], desk_page("303 /cases/{id}")),
    ("POST", "/cases/{id}/confirm", &[], desk_form("400")),
    ("GET", "/cases/{id}/cancel", &[], desk_page("404")),
    ("POST", "/cases/{id}/cancel", &[], desk_form("400")),
    ("GET", "/cases/{id}/close", &[], desk_page("404")),
    ("POST", "/cases/{id}/close", &[], desk_form("404")),
    ("GET", "/confirm", &[], desk_page("200")),
    ("POST", "/confirm", &[], desk_form("400")),
    ("GET", "/exemptions", &[], other_page("200")),
    ("POST", "/exemptions", &[], other_form("400")),
    ("GET", "/operators", &[], office_page("200")),
    ("POST", "/operators", &[("q", "bianchi")], office_form("200")),
    ("GET", "/operators/new", &[], office_page("200")),
    ("POST", "/operators/new", KEY, office_form("422")),
    ("GET", "/operators/export", &[], office_page("303 /operators")),
    ("POST", "/operators/export", &[("format", "csv")], office_form("200")),
    ("GET", "/operators/import", &[], office_page("200")),
    ("POST", "/operators/import", &[], office_form("400")),
    ("GET", "/operators/import/{id}", &[], office_page("404")),
    ("GET", "/operators/import/{id}/apply", &[], office_page("303 /operators/import/{id}")),
    ("POST", "/operators/import/{id}/apply", &[], office_form("404")),
    ("GET", "/operators/import/{id}/forget", &[], office_page("303 /operators/import/{id}")),
    ("POST", "/operators/import/{id}/forget", &[], office_form("303 /operators")),
    ("GET", "/operators/import/{id}/links", &[], office_page("303 /operators/import/{id}")),
    ("POST", "/operators/import/{id}/links", &[], office_form("404")),
    ("GET", "/operators/import/{id}/result", &[], office_page("404")),
    ("GET", "/operators/{id}", &[], office_page("200")),
    ("POST", "/operators/{id}", &[], office_form("400")),
    ("GET", "/operators/{id}/disable", &[], office_page("200")),
    ("POST", "/operators/{id}/disable", KEY, office_form("303 /operators/{id}")),
    ("GET", "/operators/{id}/enable", &[], office_page("303 /operators/{id}")),
    ("POST", "/operators/{id}/enable", KEY, office_form("303 /operators/{id}")),
    ("GET", "/operators/{id}/end-sessions", &[], office_page("200")),
    ("POST", "/operators/{id}/end-sessions", KEY, office_form("303 /operators/{id}")),
    ("GET", "/operators/{id}/reset", &[], office_page("200")),
    ("POST", "/operators/{id}/reset", KEY, office_form("303 /operators/{id}")),
    ("GET", "/operators/{id}/unlock", &[], office_page("303 /operators/{id}")),
    ("POST", "/operators/{id}/unlock", KEY, office_form("303 /operators/{id}")),
    ("GET", "/profile", &[], own_page("200")),
    ("GET", "/profile/password", &[], own_page("303 /profile")),
    ("POST", "/profile/password", &[], own_form("422")),
    ("GET", "/profile/authenticator", &[], own_page("200")),
    ("POST", "/profile/authenticator", &[], own_form("422")),
    ("GET", "/profile/codes", &[], own_page("200")),
    ("POST", "/profile/codes", &[], own_form("303 /profile/codes")),
    ("GET", "/profile/codes/new", &[], own_page("303 /profile/codes")),
    ("POST", "/profile/codes/new", &[], own_form("422")),
    ("GET", "/profile/codes/file", &[], own_page("303 /profile/codes")),
    ("GET", "/profile/sign-out", &[], own_page("303 /profile")),
    ("GET", "/registers/{register}", &[], office_page("200")),
    ("POST", "/registers/{register}", &[], office_form("303 /registers/access")),
    ("POST", "/registers/{register}/export", &[("format", "csv")], office_form("200")),
    ("GET", "/statistics", &[], office_page("200")),
    ("POST", "/statistics", &[], office_form("303 /statistics")),
    ("POST", "/statistics/export", &[], office_form("200")),
    ("GET", "/statistics/live", &[], office_page("200")),
    ("GET", "/statistics/live/board", &[], office_page("200")),
    ("GET", "/swabs", &[], other_page("200")),
    ("POST", "/swabs", &[], other_form("400")),
    ("GET", "/swabs/cancel", &[], other_page("200")),
    ("POST", "/swabs/cancel", &[], other_form("400")),
    ("GET", "/swabs/list", &[], other_page("200")),
    ("POST", "/swabs/list", &[], other_form("422")),
    ("GET", "/swabs/list/export", &[], other_page("303 /swabs/list")),
    ("POST", "/swabs/list/export", &[], other_form("422")),
    ("GET", "/login", &[], ["200", "303 /", "303 /", "303 /", "200"]),
    ("POST", "/login", &[], all("422")),
    ("GET", "/login/pin", &[], ["303 /login", "303 /", "303 /", "303 /", "303 /login"]),
    ("POST", "/login/pin", &[], ["303 /login", "422", "422", "422", "422"]),
    ("GET", "/session", &[], all("200")),
    ("POST", "/session/extend", &[], ["401", "204", "204", "204", "401"]),
    ("POST", "/session/unlock", &[], all("200")),
    ("GET", "/activate/{token}", &[], all("404")),
    ("GET", "/activate/{token}/password", &[], all("404")),
    ("POST", "/activate/{token}/password", &[], all("404")),
    ("GET", "/activate/{token}/pin", &[], all("404")),
    ("POST", "/activate/{token}/pin", &[], all("404")),
    ("GET", "/activate/{token}/codes", &[], all("404")),
    ("POST", "/activate/{token}/codes", &[], all("404")),
    ("GET", "/activate/{token}/codes/file", &[], all("404")),
    ("GET", "/language", &[], all("303 /")),
    ("POST", "/language", &[("language", "it"), ("back", "/cases")], all("303 /cases")),
    ("GET", "/v-{version}/{*path}", &[], all("404")),
    ("GET", "/healthz", &[], all("200")),
    ("GET", "/readyz", &[], all("200")),
    // The last: who leaves has no session for another row.
    ("POST", "/profile/sign-out", &[], own_form("303 /login")),
    ("POST", "/logout", &[], all("303 /login")),
];

/// Method and route of everything that the router answers, read from its source.
fn routes() -> Vec<(&'static str, &'static str)> {
    let mut routes = Vec::new();
    for call in ROUTER.split(".route(").skip(1) {
        let mut parts = call.splitn(3, '"');
        let (path, handlers) = (parts.nth(1).expect("a path"), parts.next().expect("handlers"));
        let handlers = handlers.split(".route").next().unwrap_or(handlers);
        for (method, word) in
            [("GET", "get("), ("POST", "post("), ("PUT", "put("), ("PATCH", "patch("), ("DELETE", "delete(")]
        {
            let is_word = |(at, _): (usize, _)| {
                !handlers[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
            };
            if handlers.match_indices(word).any(is_word) {
                routes.push((method, path));
            }
        }
    }
    routes
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let routes = routes();
    assert!(routes.len() > 50, "the router's table is read: {routes:?}");
    for other in ["any(", ".route_service(", ".nest(", ".fallback("] {
        assert!(!ROUTER.contains(other), "{other} adds what this test does not read");
    }
    for (method, path) in &routes {
        assert!(ROWS.iter().any(|row| (row.0, row.1) == (*method, *path)), "no row for {method} {path}");
    }
    for (method, path, ..) in ROWS {
        assert!(routes.contains(&(*method, *path)), "no route for {method} {path}");
    }
}

/// One browser of each, in the order of [`Answers`], and an account for `{id}`.
async fn everybody(app: &TestApp) -> ([Browser; 5], String) {
    let other = app.operator("o.altra").await;
    let own = app.operator("o.propria").await;
    let supervisor = app.supervisor("s.gialli").await;
    let disabled = app.operator("o.fuori").await;
    let browsers = [
        app.browser(),
        app.signed_in(&other).await,
        app.signed_in(&own).await,
        app.signed_in(&supervisor).await,
        app.signed_in(&disabled).await,
    ];
    for (person, role, queues) in [(&other, Role::Operator, &OTHERS[..]), (&supervisor, Role::Supervisor, &[])] {
        let account = app.state.db.operator(&person.id).await.expect("an answer").expect("an account");
        let (name, fiscal_code) = (account.name.as_str(), &account.fiscal_code);
        let edit = Edit { version: None, name, fiscal_code, role, queues };
        assert_eq!(app.office().edit(&person.id, edit).await.expect("an answer"), Acted::Done);
    }
    app.disable(&disabled).await.expect("an answer");
    let target = app.account("o.oggetto", "Olga Oggetto", Role::Operator, &[Queue::Immuni]).await;
    (browsers, target.id.0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_gets_the_right_answer_everywhere() {
    let app = TestApp::start(Engine::Sqlite).await;
    let (mut browsers, id) = everybody(&app).await;
    let who = ["nobody", "an operator of the other queues", "an operator", "a supervisor", "a disabled operator"];
    let mut wrong = Vec::new();
    for (method, route, fields, answers) in ROWS {
        let fill = |text: &str| {
            let text = text.replace("{id}", &id).replace("{register}", "access");
            text.replace("{token}", "nothing").replace("{version}", "0").replace("{*path}", "nothing")
        };
        let path = fill(route);
        for ((browser, expected), who) in browsers.iter_mut().zip(answers).zip(who) {
            let answer = if *method == "GET" { browser.get(&path).await } else { browser.post(&path, fields).await };
            let location = answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let location = location.split('?').next().unwrap_or_default();
            let found = format!("{} {location}", answer.status.as_u16());
            if found.trim_end() != fill(expected) {
                wrong.push(format!("{method} {path} as {who}: {found}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_form_is_taken_from_another_site() {
    let app = TestApp::start(Engine::Sqlite).await;
    let (mut browsers, id) = everybody(&app).await;
    let mut wrong = Vec::new();
    for (_, route, fields, _) in ROWS.iter().filter(|(method, ..)| *method == "POST") {
        let path = route.replace("{id}", &id).replace("{register}", "access").replace("{token}", "nothing");
        for browser in &mut browsers {
            for (header, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
                let mut request = browser.form(&path, fields).build().expect("a request");
                request.headers_mut().insert(header, value.parse().expect("a value"));
                let answer = browser.send_as_it_is(request).await;
                if answer.status != 403 || answer.headers.contains_key("set-cookie") {
                    wrong.push(format!("{path} with {header}: {value}: {}", answer.status));
                }
            }
            let mut request = browser.form(&path, fields).build().expect("a request");
            request.headers_mut().remove("sec-fetch-site");
            request.headers_mut().insert("origin", "https://evil.example".parse().expect("a value"));
            let answer = browser.send_as_it_is(request).await;
            if answer.status != 403 || answer.headers.contains_key("set-cookie") {
                wrong.push(format!("{path} from evil.example: {}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(browsers[2].post("/session/extend", &[]).await.status, 204, "nobody was signed out by one either");
}
