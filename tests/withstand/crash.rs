//! SIGKILL at random instants, on SQLite: what was acknowledged is there, the file and the registers are whole, the
//! program starts. `CENTRALINO_CRASHES` says how often (30), `CENTRALINO_CRASH_SEED` at which instants.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use centralino::{
    features::accounts::demo::PASSWORD,
    server::{clock::Clock, random::Random},
    storage::transfer::DatabaseFile,
};
use parking_lot::Mutex;
use sqlx::{Connection, SqliteConnection};

use crate::{
    canary::{
        process::{Place, Serving},
        visitor::Backstage,
    },
    support::{
        Answer, Browser, Engine,
        call::{Caller, Control},
    },
};

const OPERATORS: [&str; 4] = ["operatore1", "operatore2", "operatore3", "operatore4"];
/// The longest time, in milliseconds, that the program works before it is killed.
const LONGEST: u64 = 700;

/// As many callers as an operator can take before that.
const CALLERS: usize = 6;

/// Every case, whether it is closed, how many transactions it has.
const KEPT: &str = "SELECT c.id, c.closed_at IS NOT NULL, \
    (SELECT COUNT(*) FROM transactions t WHERE t.case_id = c.id) FROM cases c";
const READ: &str = "SELECT COUNT(*) FROM register_entries WHERE action = 'register_read'";

/// What the program has said to be done.
#[derive(Default)]
struct Acknowledged {
    /// Of each case, how many steps have ended, and whether it was closed.
    cases: BTreeMap<String, (i64, bool)>,
    /// How often a register was read, which leaves an entry.
    readings: i64,
}

/// Somebody signed in, who outlives the program.
#[derive(Clone)]
struct Person {
    browser: Arc<Mutex<Browser>>,
    /// The open case.
    case: Arc<Mutex<Option<String>>>,
}

/// A number in the environment.
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_it_is_killed_nothing_acknowledged_is_lost() {
    let (times, mut seed) = (number("CENTRALINO_CRASHES", 30), number("CENTRALINO_CRASH_SEED", 0x2545_f491_4f6c_dd1d));
    let mut place = Place::new(Engine::Sqlite).await;
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
    let mut desk = place.serve(&[]);
    let mut people = Vec::new();
    let backstage = Backstage::of(&place).await;
    for name in OPERATORS.into_iter().chain(["supervisore1"]) {
        people.push(sign_in(&desk, &backstage, name).await);
    }
    backstage.db.close().await;
    for time in 0..times {
        let mut work = Vec::new();
        for (at, person) in people.iter().enumerate() {
            let (person, done) = (person.clone(), Arc::clone(&acknowledged));
            person.browser.lock().move_to(desk.address);
            let callers = if at < OPERATORS.len() { callers(&desk.control).await } else { Vec::new() };
            work.push(tokio::spawn(async move {
                if at < OPERATORS.len() {
                    take_calls(&person, callers, &done).await;
                } else {
                    read(&person, &done).await;
                }
            }));
        }
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        tokio::time::sleep(Duration::from_millis(seed % LONGEST)).await;
        desk.kill();
        for work in work {
            // Whoever was asking when it died got no answer.
            work.await.expect("no answer is wrong");
        }
        examine(&place, &acknowledged, time).await;
        desk = place.serve(&[]);
    }
    let done = acknowledged.lock();
    let steps: i64 = done.cases.values().map(|(steps, _)| steps).sum();
    println!("{times} kills: {} cases, {steps} steps, {} readings", done.cases.len(), done.readings);
    assert!(steps > i64::try_from(times).expect("a number"), "they worked: {steps} steps");
}

async fn sign_in(desk: &Serving, backstage: &Backstage, name: &str) -> Person {
    let mut browser = Browser::new(desk.address);
    browser.post("/login", &[("username", name), ("password", PASSWORD)]).await;
    let second = browser.post("/login/pin", &[("pin", &backstage.new_pin(name).await)]).await;
    assert_eq!(second.status, 303, "{}", second.text);
    Person { browser: Arc::new(Mutex::new(browser)), case: Arc::default() }
}

impl Person {
    /// Sends a form, or asks for a page where there are no fields; none once the program is dead.
    async fn ask(&self, path: &str, fields: Option<&[(&str, &str)]>) -> Option<Answer> {
        let mut browser = self.browser.lock().clone();
        let request = match fields {
            Some(fields) => browser.form(path, fields),
            None => browser.request(axum::http::Method::GET, path),
        };
        let answer = browser.try_send(request).await.ok()?;
        assert!(!answer.status.is_server_error() || answer.status == 503, "{path}: {}", answer.text);
        *self.browser.lock() = browser;
        Some(answer)
    }
}

/// Who calls this operator until the program dies, and the code of each one's app.
async fn callers(control: &Control) -> Vec<(Caller, String)> {
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        callers.push((control.caller("positive").await, control.otp().await));
    }
    callers
}

/// One call after the other, until the program is dead.
async fn take_calls(person: &Person, mut callers: Vec<(Caller, String)>, done: &Mutex<Acknowledged>) {
    while take_call(person, &mut callers, done).await.is_some() {}
}

async fn take_call(person: &Person, callers: &mut Vec<(Caller, String)>, done: &Mutex<Acknowledged>) -> Option<()> {
    let left = person.case.lock().clone();
    if let Some(case) = left {
        close(person, &case, done).await?;
    }
    let opened = person.ask("/cases", Some(&[("call", "88213")])).await?;
    let case = opened.location().to_owned();
    done.lock().cases.entry(case.clone()).or_default();
    *person.case.lock() = Some(case.clone());
    let (caller, otp) = callers.pop()?;
    step(person, &case, "verify", &[("card", &caller.card), ("cun", &caller.cun)], done).await?;
    step(person, &case, "unlock", &[("otp", &otp), ("asymptomatic", "1")], done).await?;
    step(person, &case, "confirm", &[], done).await?;
    close(person, &case, done).await
}

async fn step(
    person: &Person,
    case: &str,
    act: &str,
    fields: &[(&str, &str)],
    done: &Mutex<Acknowledged>,
) -> Option<()> {
    let key = Random::system().uuid_v7(Clock::system().now()).expect("a key");
    let fields = [&[("key", key.as_str()), ("repeat", "1")], fields].concat();
    let answer = person.ask(&format!("{case}/{act}"), Some(&fields)).await?;
    answer.location();
    done.lock().cases.get_mut(case).expect("an open case").0 += 1;
    Some(())
}

async fn close(person: &Person, case: &str, done: &Mutex<Acknowledged>) -> Option<()> {
    let closed = person.ask(&format!("{case}/close"), Some(&[("sure", "1")])).await?;
    closed.location();
    done.lock().cases.get_mut(case).expect("an open case").1 = true;
    *person.case.lock() = None;
    Some(())
}

async fn read(person: &Person, done: &Mutex<Acknowledged>) {
    while let Some(page) = person.ask("/registers/admin", None).await {
        assert_eq!(page.status, 200);
        done.lock().readings += 1;
    }
}

/// Looks at what the dead program has left, before it is started again.
async fn examine(place: &Place, acknowledged: &Mutex<Acknowledged>, time: u64) {
    let verified = place.command(&["register", "verify"]).output().expect("runs");
    assert!(verified.status.success(), "kill {time}: {}", String::from_utf8_lossy(&verified.stderr));
    let file: PathBuf = place.path().join("data/centralino.db");
    DatabaseFile::read(&file).expect("a database").check().unwrap_or_else(|error| panic!("kill {time}: {error}"));
    let mut connection = SqliteConnection::connect(place.database()).await.expect("a connection");
    let kept: Vec<(String, bool, i64)> = sqlx::query_as(KEPT).fetch_all(&mut connection).await.expect("cases");
    let kept: BTreeMap<_, _> =
        kept.into_iter().map(|(id, closed, steps)| (format!("/cases/{id}"), (steps, closed))).collect();
    let read: i64 = sqlx::query_scalar(READ).fetch_one(&mut connection).await.expect("a number");
    // A request that was cut off counts as under way for a minute: it passes.
    let pass = "UPDATE steps SET started_at = started_at - 61000 WHERE ended_at IS NULL";
    sqlx::query(pass).execute(&mut connection).await.expect("a minute passes");
    connection.close().await.expect("closed");
    let acknowledged = acknowledged.lock();
    for (case, (steps, is_closed)) in &acknowledged.cases {
        let (kept_steps, was_closed) = kept.get(case).unwrap_or_else(|| panic!("kill {time}: {case} is lost"));
        assert!(kept_steps >= steps, "kill {time}: {case} has {kept_steps} of {steps} steps");
        assert!(was_closed >= is_closed, "kill {time}: {case} is open again");
    }
    assert!(read >= acknowledged.readings, "kill {time}: {read} of {} readings", acknowledged.readings);
}
