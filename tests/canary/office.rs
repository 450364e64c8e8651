//! A supervisor after a call: everything that can be seen, searched for and taken away, and a caller's data typed where
//! supervisors type.

use axum::http::{Method, header};
use centralino::storage::Db;

use super::{
    call::Callers,
    mischief,
    visitor::{Backstage, Visitor},
};

const PAGES: &[&str] = &[
    "/operators",
    "/operators?role=operator&queue=immuni",
    "/operators/new",
    "/operators/import",
    "/registers/access",
    "/registers/admin",
    "/statistics",
    "/statistics?by=hour_of_day",
    "/statistics?by=day",
    "/statistics?by=operator",
    "/statistics?by=queue",
    "/statistics/live",
    "/statistics/live?still=1",
    "/statistics/live/board",
    "/profile",
];
/// The one-time key of a form.
const KEY: &str = "01761b2c-5b5e-7000-8000-000000000001";
const HEAD: &str = "Nome utente;Nome e cognome;Codice fiscale\n";

/// Looks at everything, by the id of a case and by its transactions too, and keeps it whole.
pub async fn looks(visitor: &mut Visitor, desk: &Backstage, case: &str) {
    for page in PAGES {
        visitor.look(page).await;
    }
    let operator = desk.db.operator_id(&"operatore1".parse().expect("a user name")).await.expect("an answer");
    visitor.look(&format!("/operators/{}", operator.expect("an account").0)).await;
    let transactions = transactions(&desk.db, case).await;
    assert!(transactions.len() > 2, "{transactions:?}");
    for id in transactions.iter().map(String::as_str).chain([case]) {
        for register in ["access", "admin"] {
            let found = visitor.post(&format!("/registers/{register}"), &[("case", id)]).await;
            visitor.look(found.location()).await.shows(200, &format!("Caso {case}"));
            visitor.take(&format!("/registers/{register}/export"), &[("format", "csv"), ("case", id)]).await;
        }
    }
    visitor.take("/registers/admin/export", &[("format", "jsonl")]).await.shows(200, "register_read");
    for by in ["hour", "hour_of_day", "day", "operator", "queue"] {
        visitor.take("/statistics/export", &[("by", by)]).await.shows(200, "Totale;");
    }
    visitor.take("/operators/export", &[("format", "csv")]).await.shows(200, "operatore1");
    let workbook = visitor.take("/operators/export", &[("format", "xlsx")]).await.unzipped();
    assert!(workbook.values().any(|text| text.contains("operatore1")), "{workbook:?}");
    visitor.sent().lock().extend(workbook.into_iter().flat_map(|(name, text)| [name, text]));
    imports(visitor).await;
}

/// A file of accounts from the look at it to its links.
async fn imports(visitor: &mut Visitor) {
    let sent = send(visitor, &format!("{HEAD}m.nuova;Maria Nuova;RSSMRA80A01H501U\n")).await;
    visitor.look(&sent).await.shows(200, "Crea 1 account");
    visitor.look(&format!("{sent}/result")).await;
    visitor.post(&format!("{sent}/apply"), &[]).await;
    while !visitor.look(&sent).await.text.contains("Account creati: 1") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    visitor.take(&format!("{sent}/links"), &[]).await.shows(200, "/activate/");
    visitor.post(&format!("{sent}/forget"), &[]).await;
    visitor.look("/operators").await.shows(200, "Maria Nuova");
    assert!(visitor.sent().lock().iter().any(|kept| kept.contains("Maria Nuova")), "what is on these pages is kept");
}

/// Sends a file; the page of it.
async fn send(visitor: &mut Visitor, content: &str) -> String {
    let body = format!("--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{content}\r\n--XX--\r\n");
    let fill = |request: reqwest::RequestBuilder| {
        request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX").body(body)
    };
    visitor.send(Method::POST, "/operators/import", fill).await.location().to_owned()
}

/// What the caller said, in every field and address of the supervisors' pages.
pub async fn types_what_a_caller_said(visitor: &mut Visitor, callers: &Callers) {
    for value in mischief::values(callers) {
        let value = value.as_str();
        for register in ["access", "admin"] {
            let path = format!("/registers/{register}");
            for field in ["actor", "ip", "target", "case"] {
                visitor.post(&path, &[(field, value)]).await.shows(422, "role=\"alert\"");
                let fields = [("format", "csv"), (field, value)];
                visitor.post(&format!("{path}/export"), &fields).await.shows(422, "role=\"alert\"");
            }
            visitor.post(&path, &[("action", value), ("outcome", value)]).await.shows(422, "role=\"alert\"");
        }
        for path in ["/statistics", "/statistics/export"] {
            visitor.post(path, &[("by", value)]).await.shows(422, "role=\"alert\"");
        }
        visitor.post("/operators", &[("q", value)]).await.shows(200, "Nessun account corrisponde");
        visitor.post("/operators/export", &[("format", "csv"), ("q", value)]).await;
        let account = ["name", "username", "fiscal_code", "role", "queues"].map(|name| (name, value));
        let account = [&[("key", KEY)], account.as_slice()].concat();
        visitor.post("/operators/new", &account).await.shows(422, "role=\"alert\"");
        let password = ["current", "password", "again", "pin"].map(|name| (name, value));
        visitor.post("/profile/password", &password).await.shows(422, "role=\"alert\"");
        let refused = send(visitor, &format!("{HEAD}{value};{value};{value}\n")).await;
        visitor.get(&refused).await.shows(200, "Qualche riga è rifiutata");
        addresses(visitor, &value.replace('/', "%2F")).await;
    }
}

/// Addresses as somebody may make them, and the switch of the language where something was typed.
async fn addresses(visitor: &mut Visitor, escaped: &str) {
    for path in [
        format!("/registers/access?actor={escaped}&case={escaped}"),
        format!("/registers/{escaped}"),
        format!("/statistics?by={escaped}"),
        format!("/operators?q={escaped}&role={escaped}"),
        format!("/operators/{escaped}"),
        format!("/operators/import/{escaped}"),
        format!("/profile?pin={escaped}"),
    ] {
        visitor.get(&path).await;
    }
    for page in ["/registers/access", "/statistics", "/operators", "/operators/new"] {
        let typed = ["actor", "case", "by", "q", "name", "username"].map(|name| (name, escaped));
        let fields = [&[("language", "it")], typed.as_slice()].concat();
        visitor.post(&format!("/language?back={}", page.replace('/', "%2F")), &fields).await;
    }
}

/// The transactions of a case, which are kept.
async fn transactions(db: &Db, case: &str) -> Vec<String> {
    const SQL: &str = "SELECT transaction_id FROM transactions WHERE case_id = $1 ORDER BY place";
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(SQL).bind(case).fetch_all(readers).await,
        Db::Postgres(pool) => sqlx::query_scalar(SQL).bind(case).fetch_all(pool).await,
    }
    .expect("transactions")
}
