//! How long a page of the list takes among 100,000 accounts: `cargo nextest run --run-ignored only many_accounts
//! --no-capture`.

use std::time::{Duration, Instant};

use centralino::{
    domain::operator::{Queue, Role, Status},
    storage::{Db, operators::list::Wanted},
};

use crate::{
    registers::support::execute,
    support::{Engine, TestApp},
};

/// A page must take less.
const LIMIT: Duration = Duration::from_millis(50);
const ROUNDS: u32 = 15;

/// What no engine's planner can know beforehand: many, few and none of what is asked for.
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

async fn a_page_among_many_accounts_is_quick(engine: Engine) {
    let app = TestApp::start(engine).await;
    let many = "INSERT INTO operators (id, username, name, fiscal_code, role, queues, status, created_at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
         SELECT 'id' || (i * 7919 % 100003), 'u' || i, 'Nome' || (i % 997) || ' Cognome' || i, 'RSSMRA80A01H501U', \
         CASE WHEN i % 50 = 0 THEN 'supervisor' ELSE 'operator' END, \
         CASE WHEN i % 50 = 0 THEN '' WHEN i % 3 = 0 THEN 'swabs asl' ELSE 'immuni' END, \
         CASE WHEN i % 20 = 1 THEN 'disabled' ELSE 'enabled' END, 0 FROM n";
    execute(&app.state.db, many).await;
    // Opening makes the accounts found by their names.
    let db = Db::open(&app.state.config.database_url()).await.expect("a database");
    if engine == Engine::Postgres {
        // What the engine does by itself within a minute.
        execute(&db, "VACUUM ANALYZE operators").await;
    }
    let deep =
        db.operators(&Wanted { text: "cognome60000".into(), ..Wanted::default() }, None, 1).await.expect("a page");
    let deep = deep.operators.first().map(|operator| operator.id.clone());
    for (name, wanted) in questions() {
        for after in [None, deep.as_deref()] {
            let mut times = Vec::new();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                db.operators(&wanted, after, 25).await.expect("a page");
                times.push(start.elapsed());
            }
            times.sort_unstable();
            let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
            println!("{engine:?}, {name}, from {}: median {median:?}, worst {worst:?}", after.unwrap_or("the first"));
            assert!(median < LIMIT, "{name}: {median:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "makes 100,000 accounts"]
async fn many_accounts_on_sqlite() {
    a_page_among_many_accounts_is_quick(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "makes 100,000 accounts"]
async fn many_accounts_on_postgres() {
    a_page_among_many_accounts_is_quick(Engine::Postgres).await;
}
