//! Pages of a register of ten million entries, on SQLite and on a PostgreSQL of its own: the newest, a deep one, by each
//! filter and by every pair of them, also those that nothing matches.

use std::time::Instant;

use centralino::storage::{
    Db,
    registers::{
        Action, Outcome, Register,
        find::{Filter, Places},
    },
};

use crate::{
    Outcome as Ended,
    bulk::{Bulk, ENGINES, number},
    numbers,
    report::Figure,
    say,
};

/// How many entries, unless `REGISTER_ENTRIES` says otherwise. A tenth is of the register of administration.
const ENTRIES: i64 = 10_000_000;
/// Rows of a page.
const ROWS: u32 = 25;
/// How often each question is asked; the median counts.
const TIMES: usize = 5;
/// The longest that a page may take, in milliseconds.
const MOST: f64 = 50.0;
/// The instant of the first entry, and how far apart two are: ten million make a year.
const BEGIN: i64 = 1_609_459_200_000;
const APART: i64 = 3_150;

/// A question and how it is told.
struct Question {
    name: String,
    register: Register,
    filter: Filter,
}

/// What one engine took.
struct Taken {
    name: String,
    milliseconds: f64,
}

/// Both engines.
pub async fn figures() -> Ended<Vec<Figure>> {
    let entries = number("REGISTER_ENTRIES", ENTRIES);
    let mut figures = Vec::new();
    for engine in ENGINES {
        let bulk = Bulk::new(engine).await?;
        let start = Instant::now();
        fill(&bulk, entries).await?;
        say(&format!("{engine}: {entries} entries made in {} s", start.elapsed().as_secs()));
        figures.extend(measure(&bulk.db, engine, entries).await?);
        bulk.db.close().await;
    }
    Ok(figures)
}

/// Makes the entries, not through the chain.
pub async fn fill(bulk: &Bulk, entries: i64) -> Ended<()> {
    let admin = entries / 10;
    let statements = [insert(bulk, "access", entries - admin, ACCESS), insert(bulk, "admin", admin, ADMIN)];
    bulk.fill("register_entries", &statements).await
}

/// Actor, action, outcome, address and target of an access, by a number from 0 to 999: most come from one address, one
/// in fifty is refused, some acts are rare.
const ACCESS: &str = "CASE WHEN i % 3000000 = 7 THEN 'rara.persona' WHEN h < 20 THEN 'unknown:' || CAST(i % 997 AS TEXT) \
     ELSE 'operatore' || CAST(i % 301 AS TEXT) END, \
     CASE WHEN i % 400000 = 11 THEN 'lock_out' WHEN h < 350 THEN 'password' WHEN h < 650 THEN 'sign_in' \
     WHEN h < 750 THEN 'lock' WHEN h < 850 THEN 'unlock' ELSE 'sign_out' END, \
     CASE WHEN h < 20 THEN 'refused' ELSE 'done' END, \
     CASE WHEN i % 500000 = 3 THEN '192.0.2.77' WHEN h % 20 = 0 THEN '203.0.113.' || CAST(i % 200 AS TEXT) ELSE '198.51.100.1' END, ''";
/// The same of an act of administration.
const ADMIN: &str = "CASE WHEN i % 300000 = 7 THEN 'rara.persona' ELSE 'supervisore' || CAST(i % 7 AS TEXT) END, \
     CASE WHEN i % 40000 = 11 THEN 'credentials_reset' WHEN h < 800 THEN 'register_read' WHEN h < 900 THEN 'register_exported' \
     ELSE 'account_disabled' END, \
     CASE WHEN h < 20 THEN 'refused' ELSE 'done' END, '198.51.100.1', \
     CASE WHEN h < 900 THEN 'access' ELSE 'operatore' || CAST(i % 301 AS TEXT) END";
/// As long as a real one.
const DETAILS: &str = r#"{"facts":{"application":"Centralino","browser":"Firefox 115","login_type":"password","method":"POST","namespace":"web","path":"/login","platform":"Windows 10","tls_cipher":"TLS_AES_256_GCM_SHA384","tls_protocol":"TLSv1.3","version":"0.1.0"}}"#;

fn insert(bulk: &Bulk, register: &str, entries: i64, columns: &str) -> String {
    let numbers = bulk.numbers(entries);
    let hash = "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' || CAST(i AS TEXT)";
    format!(
        "INSERT INTO register_entries (register, seq, at, actor, action, outcome, ip, target, details, previous, hash, seal) \
         {numbers} SELECT '{register}', i, {BEGIN} + i * {APART}, {columns}, '{DETAILS}', {hash}, {hash}, {hash} \
         FROM (SELECT i, (i * 2654435761) % 1000 AS h FROM n) AS rows"
    )
}

/// Each single filter and every pair, with values that are common, rare and, together, nowhere.
fn questions() -> Vec<Question> {
    type Set = fn(&mut Filter);
    let access: [(&str, Set); 8] = [
        ("actor", |filter| filter.actor = Some("operatore7".to_owned())),
        ("actor", |filter| filter.actor = Some("rara.persona".to_owned())),
        ("action", |filter| filter.action = Some(Action::SignIn)),
        ("action", |filter| filter.action = Some(Action::LockOut)),
        ("outcome", |filter| filter.outcome = Some(Outcome::Done)),
        ("outcome", |filter| filter.outcome = Some(Outcome::Refused)),
        ("ip", |filter| filter.ip = Some("198.51.100.1".to_owned())),
        ("ip", |filter| filter.ip = Some("192.0.2.77".to_owned())),
    ];
    let admin: [(&str, Set); 9] = [
        ("actor", |filter| filter.actor = Some("supervisore3".to_owned())),
        ("actor", |filter| filter.actor = Some("rara.persona".to_owned())),
        ("action", |filter| filter.action = Some(Action::RegisterRead)),
        ("action", |filter| filter.action = Some(Action::CredentialsReset)),
        ("outcome", |filter| filter.outcome = Some(Outcome::Refused)),
        ("ip", |filter| filter.ip = Some("198.51.100.1".to_owned())),
        ("target", |filter| filter.target = Some("access".to_owned())),
        ("target", |filter| filter.target = Some("operatore7".to_owned())),
        ("by or on", |filter| filter.about = Some("operatore7".to_owned())),
    ];
    let mut questions = Vec::new();
    for (register, sets) in [(Register::Access, access.as_slice()), (Register::Admin, admin.as_slice())] {
        for (place, (name, set)) in sets.iter().enumerate() {
            let mut filter = Filter::default();
            set(&mut filter);
            questions.push(Question { name: format!("{}: {name}", register.word()), register, filter: filter.clone() });
            for (other, set) in sets.iter().skip(place + 1).filter(|(other, _)| other != name) {
                let mut filter = filter.clone();
                set(&mut filter);
                questions.push(Question { name: format!("{}: {name} and {other}", register.word()), register, filter });
            }
        }
    }
    questions
}

/// How long a page takes, from the period to the entries: the median of several times, in milliseconds.
async fn page(db: &Db, question: &Question, before: Option<i64>) -> Ended<Taken> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        if let Some(places) = db.places(question.register, &question.filter).await? {
            let last = before.map_or(places.last, |before| before.min(places.last));
            db.register_page(question.register, &question.filter, Places { last, ..places }, ROWS).await?;
        }
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Taken { name: question.name.clone(), milliseconds: numbers::median(&times) })
}

async fn measure(db: &Db, engine: &str, entries: i64) -> Ended<Vec<Figure>> {
    let middle = |register| if register == Register::Access { entries * 9 / 20 } else { entries / 20 };
    let all = Question { name: "access: all".to_owned(), register: Register::Access, filter: Filter::default() };
    let newest = page(db, &all, None).await?;
    let deep = page(db, &all, Some(middle(Register::Access))).await?;
    let (mut one, mut two, mut in_period) = (Vec::new(), Vec::new(), Vec::new());
    for mut question in questions() {
        let taken = if question.name.contains(" and ") { &mut two } else { &mut one };
        taken.push(page(db, &question, None).await?);
        taken.push(page(db, &question, Some(middle(question.register))).await?);
        // A month in the middle.
        let from = BEGIN + middle(question.register) * APART;
        (question.filter.from, question.filter.until) = (Some(from), Some(from + entries / 12 * APART));
        in_period.push(page(db, &question, None).await?);
    }
    let figure = |what: &str, taken: &[Taken]| {
        let worst = taken.iter().max_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
        let worst = worst.map_or((f64::NAN, ""), |worst| (worst.milliseconds, worst.name.as_str()));
        let name = format!("page of a register of {entries} entries, {engine}: {what}");
        let told = if taken.len() > 1 { format!(" ({})", worst.1) } else { String::new() };
        Figure::limit(name, &format!("{:.1} ms{told}", worst.0), "50 ms", worst.0 <= MOST)
    };
    Ok(vec![
        figure("the newest", &[newest]),
        figure("one in the middle", &[deep]),
        figure("the slowest by one filter, newest or in the middle", &one),
        figure("the slowest by two filters, likewise", &two),
        figure("the slowest by one or two in a month", &in_period),
    ])
}
