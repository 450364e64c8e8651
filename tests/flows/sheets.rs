//! Accounts in and out as files: a file is looked at, applied whole or not at all, its links are given until they are
//! saved; the list is exported as it is filtered.

use std::time::{Duration, Instant};

use axum::http::Method;
use centralino::{
    cli::import,
    domain::operator::{Queue, Role},
    features::sheets::{
        plan::{Kind, Plan},
        sheet,
    },
    storage::{
        operators::{list::Wanted, many::Applied},
        registers::{Fact, Register},
    },
};

use crate::{
    registers::support::{entries, verify},
    support::{Answer, Browser, Engine, TestApp, app::PASSWORD, on_both_engines},
};

on_both_engines!(
    a_file_is_looked_at_and_then_applied_whole,
    a_file_with_a_refused_line_changes_nothing,
    what_happened_meanwhile_is_looked_at_again,
    a_file_that_is_none_is_refused_and_what_was_pasted_stays,
    files_are_for_the_supervisor_who_sent_them,
    a_file_wants_a_fresh_pin,
    an_import_whose_process_died_can_be_tried_again,
    many_lines_are_applied_while_their_sender_sees_how_far_it_has_come,
    the_list_is_exported_as_it_is_filtered,
    an_export_is_read_by_an_import,
    the_command_line_imports_likewise,
);

const HEAD: &str = "Nome utente;Nome e cognome;Codice fiscale;Ruolo;Code di servizio\n";
const TWO: &str =
    "m.rossi;Maria Rossi;RSSMRA80A01H501U;;Immuni, Tamponi\nl.verdi;Luigi Verdi;VRDLGU75B02F205A;Supervisore;\n";

/// A supervisor's browser, with a PIN of this moment.
async fn office(app: &TestApp) -> Browser {
    let supervisor = app.supervisor("s.gialli").await;
    app.signed_in(&supervisor).await
}

/// Sends a file or pasted text, as a browser does.
async fn send(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    send_named(browser, "people.csv", fields).await
}

/// The same with a file of this name.
async fn send_named(browser: &mut Browser, file_name: &str, fields: &[(&str, &str)]) -> Answer {
    let part = |(name, content): &(&str, &str)| {
        let file = if *name == "file" { format!("; filename=\"{file_name}\"") } else { String::new() };
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
    };
    let body = fields.iter().map(part).collect::<String>() + "--XX--\r\n";
    let request = browser.request(Method::POST, "/operators/import");
    let request = request.header("content-type", "multipart/form-data; boundary=XX").body(body);
    browser.send(request).await
}

/// Applies a file, and waits until that is over.
async fn applied(browser: &mut Browser, page: &str) -> Answer {
    assert_eq!(browser.post(&format!("{page}/apply"), &[]).await.location(), page);
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let shown = browser.get(page).await;
        if shown.headers.get("refresh").is_none() {
            return shown;
        }
        shown.shows(200, "La pagina si aggiorna da sola");
        assert!(Instant::now() < deadline, "it does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn accounts(app: &TestApp) -> usize {
    app.state.db.operators(&Wanted::default(), None, 20_000).await.expect("a list").operators.len()
}

async fn a_file_is_looked_at_and_then_applied_whole(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    browser.get("/operators").await.shows(200, "href=\"/operators/import\"");
    browser.get("/operators/import").await.shows(200, "Importa operatori").shows(200, "multipart/form-data");
    let page = send(&mut browser, &[("file", &format!("\u{feff}{HEAD}{TWO}")), ("text", "")]).await;
    let page = page.location().to_owned();
    browser.get(&page).await.shows(200, "Nessuna riga è rifiutata").shows(200, "Crea 2 account").shows(200, "m.rossi");
    assert_eq!(accounts(&app).await, 1, "nothing changes until it is confirmed");
    let result = browser.get(&format!("{page}/result")).await;
    assert_eq!(
        result.text,
        "\u{feff}Riga;Nome utente;Esito;Motivo\r\n2;m.rossi;Da creare;\r\n3;l.verdi;Da creare;\r\n"
    );
    applied(&mut browser, &page).await.shows(200, "Account creati: 2");
    assert_eq!(browser.post(&format!("{page}/apply"), &[]).await.location(), page, "twice is once");
    assert_eq!(accounts(&app).await, 3);
    let activations = browser.post(&format!("{page}/links"), &[]).await;
    assert!(activations.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let lines: Vec<_> = activations.text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "\u{feff}Nome utente;Nome e cognome;Collegamento di attivazione"));
    let address = lines[1].strip_prefix("m.rossi;Maria Rossi;").expect("a link");
    let path = address.strip_prefix(&app.state.config.server.origin()).expect("an address");
    let person = app.person("m.rossi").await;
    app.activate_at(path, PASSWORD, &app.pin(&person, 0).await).await;
    for _ in 0..2 {
        assert_eq!(browser.post(&format!("{page}/forget"), &[]).await.location(), "/operators", "twice is once");
    }
    assert_eq!(browser.get(&page).await.status, 404);
    assert_eq!(browser.post(&format!("{page}/links"), &[]).await.status, 404);
    let entries = entries(&app, Register::Admin).await;
    let added: Vec<_> = entries.iter().filter(|entry| entry.action == "account_added").skip(1).collect();
    assert_eq!(added.iter().map(|entry| &*entry.target).collect::<Vec<_>>(), ["m.rossi", "l.verdi"]);
    assert!(added.iter().all(|entry| entry.actor == "s.gialli" && entry.ip == "127.0.0.1"));
    assert!(added[0].details.contains("immuni swabs") && !format!("{entries:?}").contains("RSSMRA80A01H501U"));
    let taken: Vec<_> = entries.iter().filter(|entry| entry.action == "links_taken").collect();
    assert!(taken.len() == 1 && taken[0].read_details().fact(Fact::Count) == "2", "{taken:?}");
    assert!(verify(&app, Register::Admin).await.is_ok());
}

async fn a_file_with_a_refused_line_changes_nothing(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    app.account("m.rossi", "Maria Rossi", Role::Operator, &[Queue::Immuni]).await;
    let same = "M.Rossi;Maria Rossi;RSSMRA80A01H501U;Operatore;Immuni\n";
    let sent = send(&mut browser, &[("text", &format!("{HEAD}{same}"))]).await;
    let page = browser.get(sent.location()).await;
    assert!(!page.shows(200, "non c'è nulla da fare").text.contains("/apply"));
    let rows = "m.rossi;Maria Bianchi;VRDLGU75B02F205A;Operatore;Immuni\nl.verdi;Luigi Verdi;VRDLGU75B02F205A;;Immuni\n\
         l.verdi;Luigi Verdi;VRDLGU75B02F205A;;Immuni\n-;;RSSMRA80A01H501X;capo;altro\n";
    let sent = send(&mut browser, &[("text", &format!("{HEAD}{rows}"))]).await;
    let page = browser.get(sent.location()).await;
    page.shows(200, "Qualche riga è rifiutata").shows(200, "con altri dati (nome e cognome)");
    page.shows(200, "con altri dati (codice fiscale)")
        .shows(200, "già alla riga 3")
        .shows(200, "Il codice fiscale non è");
    assert!(!page.text.contains("/apply"));
    let forced = browser.post(&format!("{}/apply", sent.location()), &[]).await;
    assert_eq!(forced.location(), sent.location());
    browser.get(sent.location()).await.shows(200, "Qualche riga è rifiutata");
    assert_eq!(accounts(&app).await, 2);
}

async fn what_happened_meanwhile_is_looked_at_again(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let sent = send(&mut browser, &[("text", &format!("{HEAD}{TWO}"))]).await;
    let lines = sheet::read(&format!("{HEAD}{TWO}")).expect("lines");
    let plan = Plan::of(lines, &app.state.db).await.expect("a plan");
    app.account("l.verdi", "Lia Verdi", Role::Operator, &[Queue::Asl]).await;
    // As it was planned before: one that is there already takes all the others with it.
    let office = app.office();
    let prepared = office.prepare(plan.to_make().expect("accounts"), None).await.expect("links");
    let made = office.make(&prepared, None).await;
    assert_eq!(made.map_err(|error| error.to_string()), Err("the user name is taken".to_owned()));
    assert_eq!(accounts(&app).await, 2);
    browser.post(&format!("{}/apply", sent.location()), &[]).await;
    browser.get(sent.location()).await.shows(200, "con altri dati (nome e cognome)");
    assert_eq!(accounts(&app).await, 2);
    assert!(verify(&app, Register::Admin).await.is_ok());
}

async fn a_file_that_is_none_is_refused_and_what_was_pasted_stays(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    for (text, says) in [
        ("", "Non c'è nessuna riga"),
        ("Nome utente;Nome e cognome\na;b", "Manca la colonna «Codice fiscale»"),
        ("Nome utente;Nome e cognome;Codice fiscale;Ruollo\na;b;c;d", "colonna 4"),
    ] {
        let refused = send(&mut browser, &[("text", text)]).await;
        refused.shows(422, says).shows(422, text).shows(422, "<title>Errore: ");
    }
    let good = format!("{HEAD}{TWO}");
    for name in ["people.xlsx", "people.csv.exe", "people", ""] {
        let sent = send_named(&mut browser, name, &[("file", &good)]).await;
        sent.shows(422, "Il nome del file non finisce in .csv").shows(422, "<title>Errore: ");
    }
    assert_eq!(send_named(&mut browser, "PEOPLE.CSV", &[("file", &good)]).await.status, 303);
    let many = format!("{HEAD}{}", "a;b;c\n".repeat(10_001));
    send(&mut browser, &[("file", &many)]).await.shows(422, "più di 10.000 righe");
    let huge = "x".repeat(5 * 1024 * 1024);
    assert_eq!(send(&mut browser, &[("text", &huge)]).await.status, 413);
    let long = "x".repeat(65 * 1024);
    assert_eq!(browser.post("/operators/new", &[("name", &long)]).await.status, 413, "other forms stay short");
}

async fn files_are_for_the_supervisor_who_sent_them(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let sent = send(&mut browser, &[("text", &format!("{HEAD}{TWO}"))]).await;
    let page = sent.location();
    let mut other = app.signed_in(&app.supervisor("other").await).await;
    let mut operator = app.signed_in(&app.operator("m.bianchi").await).await;
    assert_eq!((other.get(page).await.status.as_u16(), operator.get(page).await.status.as_u16()), (404, 403));
    assert_eq!(other.post(&format!("{page}/forget"), &[]).await.location(), "/operators");
    browser.get(page).await.shows(200, "Crea 2 account");
    for act in ["apply", "links", "forget"] {
        if act != "forget" {
            assert_eq!(other.post(&format!("{page}/{act}"), &[]).await.status, 404, "{act}");
        }
        assert_eq!(operator.post(&format!("{page}/{act}"), &[]).await.status, 403, "{act}");
        assert_eq!(browser.get(&format!("{page}/{act}")).await.location(), page, "a reload comes back");
    }
    assert_eq!(send(&mut operator, &[("text", HEAD)]).await.status, 403);
    assert_eq!(operator.post("/operators/export", &[("format", "csv")]).await.status, 403);
    assert_eq!(send(&mut app.browser(), &[("text", HEAD)]).await.status, 401);
    app.wait_seconds(60 * 60 + 1);
    assert_eq!(browser.get("/operators/import").await.location(), "/login/pin?next=/operators/import");
    centralino::server::housekeeping::once(&app.state).await.expect("a round");
    assert!(
        app.state
            .db
            .import(&app.person("s.gialli").await.id, page.rsplit('/').next().unwrap())
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_file_wants_a_fresh_pin(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let supervisor = app.person("s.gialli").await;
    let content = format!("{HEAD}{TWO}");
    let sent = send(&mut browser, &[("text", &content)]).await;
    app.wait_seconds(5 * 60);
    for act in ["apply", "links", "forget"] {
        browser.post(&format!("{}/{act}", sent.location()), &[]).await.shows(401, "Conferma con il PIN");
    }
    browser.post("/operators/export", &[("format", "csv")]).await.shows(401, "Conferma con il PIN");
    let refused = send(&mut browser, &[("text", &content), ("pin", "")]).await;
    refused.shows(422, "Scriva il PIN").shows(422, "Maria Rossi");
    browser.get("/operators/import").await.shows(200, "name=\"pin\"");
    let pin = app.pin(&supervisor, 0).await;
    let sent = send(&mut browser, &[("text", &content), ("pin", &pin)]).await;
    applied(&mut browser, sent.location()).await.shows(200, "Account creati: 2");
}

async fn an_import_whose_process_died_can_be_tried_again(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let sent = send(&mut browser, &[("text", &format!("{HEAD}{TWO}"))]).await;
    let page = sent.location().to_owned();
    let (id, now) = (page.rsplit('/').next().expect("an id"), app.state.clock.now_ms());
    assert!(app.state.db.begin_import(id, 2, now, now).await.unwrap());
    assert!(!app.state.db.begin_import(id, 2, now, now).await.unwrap(), "one at a time");
    browser.get(&page).await.shows(200, "Account preparati: 0 di 2");
    app.wait_seconds(61);
    browser.get(&page).await.shows(200, "nessun account è stato creato").shows(200, "Crea 2 account");
    applied(&mut browser, &page).await.shows(200, "Account creati: 2");
    // Whoever was believed dead and comes late finds it done.
    let lines = sheet::read(&format!("{HEAD}n.late;Late;VRDLGU75B02F205A;;asl")).expect("lines");
    let plan = Plan::of(lines, &app.state.db).await.expect("a plan");
    let prepared = app.office().prepare(plan.to_make().expect("accounts"), None).await.expect("links");
    assert!(app.office().make(&prepared, Some(Applied { id, links: "" })).await.is_err());
    assert_eq!(accounts(&app).await, 3);
}

async fn many_lines_are_applied_while_their_sender_sees_how_far_it_has_come(engine: Engine) {
    const LINES: usize = 1200;
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    let rows = (0..LINES).map(|at| format!("o.{at};Nome {at};RSSMRA80A01H501U;;Immuni\n")).collect::<Vec<_>>().concat();
    let sent = send(&mut browser, &[("text", &format!("{HEAD}{rows}"))]).await;
    let page = sent.location().to_owned();
    browser.get(&page).await.shows(200, "Crea 1200 account").shows(200, "Altre ");
    assert_eq!(browser.post(&format!("{page}/apply"), &[]).await.location(), page);
    let (mut seen, deadline) = (Vec::new(), Instant::now() + Duration::from_mins(1));
    let done = loop {
        let shown = browser.get(&page).await;
        if shown.headers.get("refresh").is_none() {
            break shown;
        }
        let told = shown.text.split("Account preparati: ").nth(1).and_then(|rest| rest.split(" di 1200").next());
        seen.push(told.and_then(|number| number.parse::<usize>().ok()).expect("how far it has come"));
        assert!(Instant::now() < deadline, "it does not end");
    };
    assert!(seen.is_sorted() && seen.last().is_some_and(|last| *last <= LINES), "{seen:?}");
    done.shows(200, "Account creati: 1200");
    let links = browser.post(&format!("{page}/links"), &[]).await;
    assert_eq!(links.text.lines().count(), LINES + 1);
    assert_eq!(accounts(&app).await, LINES + 1);
    let (admin, own) = (verify(&app, Register::Admin).await.expect("whole"), i64::try_from(LINES).expect("few"));
    assert!(admin >= own, "an entry each: {admin}");
}

async fn the_list_is_exported_as_it_is_filtered(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    app.account("e.dangelo", "=Ève; D'Angelò", Role::Operator, &[Queue::Immuni, Queue::Swabs]).await;
    app.account("m.rossi", "Maria Rossi", Role::Supervisor, &[]).await;
    browser.get("/operators").await.shows(200, "Esporta CSV").shows(200, "Esporta XLSX");
    let fields = [("format", "csv"), ("role", "operator"), ("status", "invited")];
    let csv = browser.post("/operators/export", &fields).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        csv.text,
        "\u{feff}Nome utente;Nome e cognome;Codice fiscale;Ruolo;Code di servizio;Stato;Ultimo accesso\r\n\
         e.dangelo;\"'=Ève; D'Angelò\";RSSMRA80A01H501U;Operatore;Immuni, Tamponi;Da attivare;\r\n"
    );
    let xlsx = browser.post("/operators/export", &[("format", "xlsx"), ("q", "dangelo")]).await.unzipped();
    let sheet = &xlsx["xl/worksheets/sheet1.xml"];
    assert!(sheet.contains("=Ève; D'Angelò") && sheet.contains("Ultimo accesso"), "{sheet}");
    assert!(!sheet.contains("<f>") && !sheet.contains("Maria Rossi"), "no formula, and what is searched for alone");
    assert_eq!(browser.post("/operators/export", &[("format", "exe")]).await.status, 400);
    assert_eq!(browser.get("/operators/export").await.location(), "/operators");
    let entries = entries(&app, Register::Admin).await;
    let exported = entries.iter().filter(|entry| entry.action == "accounts_exported").map(|entry| {
        let details = entry.read_details();
        format!("{} {}", details.fact(Fact::Format), details.fact(Fact::Part))
    });
    assert_eq!(exported.collect::<Vec<_>>(), ["csv role=operator&status=invited", "xlsx "]);
    let entry = entries.iter().filter(|entry| entry.action == "accounts_exported");
    assert!(
        !format!("{:?}", entry.collect::<Vec<_>>()).contains("dangelo"),
        "what is searched for stands in no register"
    );
}

async fn an_export_is_read_by_an_import(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut browser = office(&app).await;
    app.account("e.dangelo", "Ève D'Angelò", Role::Operator, &[Queue::Immuni, Queue::Exemptions]).await;
    app.account("m.rossi", "=Maria", Role::Supervisor, &[]).await;
    for language in ["it", "en"] {
        browser.post("/language", &[("language", language), ("back", "/operators")]).await;
        let csv = browser.post("/operators/export", &[("format", "csv")]).await;
        let plan = Plan::of(sheet::read(&csv.text).expect("lines"), &app.state.db).await.expect("a plan");
        assert_eq!((plan.0.len(), plan.count(Kind::Unchanged)), (3, 3), "{}", csv.text);
    }
}

async fn the_command_line_imports_likewise(engine: Engine) {
    let app = TestApp::start(engine).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("people.csv");
    let run = async |is_dry| {
        let mut out = Vec::new();
        let done = import::run(app.office(), &file, is_dry, "https://desk", &mut out).await;
        (String::from_utf8(out).expect("text"), done.map_err(|error| error.to_string()))
    };
    assert!(run(true).await.1.unwrap_err().contains("people.csv"));
    std::fs::write(&file, format!("{HEAD}{TWO}")).expect("a file");
    assert_eq!(run(true).await, ("2\tm.rossi\tcreated\t\n3\tl.verdi\tcreated\t\n".to_owned(), Ok(())));
    assert_eq!(accounts(&app).await, 0);
    let (printed, done) = run(false).await;
    assert!(done.is_ok() && printed.starts_with("2\tm.rossi\tcreated\thttps://desk/activate/"), "{printed}");
    assert_eq!(run(false).await.0, "2\tm.rossi\tunchanged\t\n3\tl.verdi\tunchanged\t\n");
    std::fs::write(&file, format!("{HEAD}{TWO}x;;;;\n")).expect("a file");
    let (printed, done) = run(false).await;
    assert_eq!(done, Err("1 lines are refused: nothing was imported".to_owned()));
    assert!(printed.contains("4\tx\trefused\t"), "{printed}");
}
