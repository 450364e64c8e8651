//! Pages of the list of accounts among 100,000: what no engine's planner can know beforehand, many, few and none of what
//! is asked for, from the first page and from the middle.

use std::time::Instant;

use centralino::{
    domain::operator::{Queue, Role, Status},
    storage::{Db, operators::list::Wanted},
};

use crate::{
    Outcome,
    bulk::{Bulk, ENGINES, number},
    numbers,
    report::Figure,
    say,
};

/// How many accounts, unless `ACCOUNTS` says otherwise.
const ACCOUNTS: i64 = 100_000;
/// Rows of a page.
const ROWS: u32 = 25;
/// How often each question is asked; the median counts.
const TIMES: usize = 15;
/// The longest that a page may take, in milliseconds.
const MOST: f64 = 50.0;

/// Both engines.
pub async fn figures() -> Outcome<Vec<Figure>> {
    let accounts = number("ACCOUNTS", ACCOUNTS);
    let mut figures = Vec::new();
    for engine in ENGINES {
        let bulk = Bulk::new(engine).await?;
        fill(&bulk, accounts).await?;
        // Opening makes the accounts found by their names.
        let db = bulk.opened_again().await?;
        bulk.settle("operators").await?;
        let (took, name) = slowest(&db, accounts).await?;
        let told = format!("page of the list of {accounts} accounts, {engine}: the slowest");
        figures.push(Figure::limit(told, &format!("{took:.1} ms ({name})"), "50 ms", took <= MOST));
        db.close().await;
        bulk.db.close().await;
    }
    Ok(figures)
}

async fn fill(bulk: &Bulk, accounts: i64) -> Outcome<()> {
    let rows = format!(
        "INSERT INTO operators (id, username, name, fiscal_code, role, queues, status, created_at) {} \
         SELECT 'id' || (i * 7919 % 100003), 'u' || i, 'Nome' || (i % 997) || ' Cognome' || i, 'RSSMRA80A01H501U', \
         CASE WHEN i % 50 = 0 THEN 'supervisor' ELSE 'operator' END, \
         CASE WHEN i % 50 = 0 THEN '' WHEN i % 3 = 0 THEN 'swabs asl' ELSE 'immuni' END, \
         CASE WHEN i % 20 = 1 THEN 'disabled' ELSE 'enabled' END, 0 FROM n",
        bulk.numbers(accounts)
    );
    bulk.execute(&rows).await
}

fn questions() -> Vec<(&'static str, Wanted)> {
    let text = |text: &str| Wanted { text: text.to_owned(), ..Wanted::default() };
    vec![
        ("all", Wanted::default()),
        ("a word of all", text("nome")),
        ("a word of a few", text("nome77 cognome4")),
        ("a word of one", text("u99999")),
        ("a word of nobody", text("nessuno")),
        ("six words of nobody", text("nome cognome u9 rssmra 80a01 zzz")),
        ("a role", Wanted { role: Some(Role::Supervisor), ..Wanted::default() }),
        ("a status that nobody has", Wanted { status: Some(Status::Invited), ..Wanted::default() }),
        ("a queue that nobody has", Wanted { queue: Some(Queue::Exemptions), ..Wanted::default() }),
        (
            "filters that exclude each other",
            Wanted {
                role: Some(Role::Supervisor),
                queue: Some(Queue::Asl),
                status: Some(Status::Disabled),
                text: "nome".into(),
            },
        ),
    ]
}

/// The slowest of the questions, each told, and its median.
async fn slowest(db: &Db, accounts: i64) -> Outcome<(f64, &'static str)> {
    let middle = Wanted { text: format!("cognome{}", accounts * 6 / 10), ..Wanted::default() };
    let middle = db.operators(&middle, None, 1).await?.operators.first().map(|operator| operator.id.clone());
    let mut slowest = (0.0, "");
    for (name, wanted) in questions() {
        for after in [None, middle.as_deref()] {
            let mut times = Vec::new();
            for _ in 0..TIMES {
                let start = Instant::now();
                db.operators(&wanted, after, ROWS).await?;
                times.push(start.elapsed().as_secs_f64() * 1e3);
            }
            let (median, worst) = (numbers::median(&times), numbers::quantile(&times, 1.0));
            say(&format!(
                "{name}, {}: {median:.1} ms, worst {worst:.1}",
                after.map_or("first page", |_| "in the middle")
            ));
            if median > slowest.0 {
                slowest = (median, name);
            }
        }
    }
    Ok(slowest)
}
