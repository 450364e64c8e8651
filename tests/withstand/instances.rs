//! Two instances behind HAProxy while operators work: one is killed and comes back, PostgreSQL is restarted. No
//! transaction that a page has told is lost, no step is done twice, nobody is signed out, the registers are whole.
//! `CENTRALINO_CRASH_SEED` says at which instant.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{Method, header};
use centralino::{
    domain::service::OutcomeClass,
    features::accounts::demo::PASSWORD,
    server::{clock::Clock, session},
};
use jiff::Timestamp;
use parking_lot::Mutex;
use sqlx::{Connection, PgConnection};
use tokio::time::{sleep, timeout};

use super::{crash::number, fleet::Fleet};
use crate::{
    canary::visitor::Backstage,
    support::{
        Answer, Browser,
        call::{Control, key_of},
    },
};

const OPERATORS: [&str; 4] = ["operatore1", "operatore2", "operatore3", "operatore4"];
const ACTS: [&str; 3] = ["verify", "unlock", "confirm"];
/// How long Sistema TS takes where a step is to be cut off, in milliseconds.
const SLOW: u64 = 2500;
/// After this long a request that began before the kill has ended, if the instance that made it is alive.
const SURELY_ENDED: Duration = Duration::from_secs(9);

/// What the pages have told, and what was asked for.
#[derive(Default)]
struct Notes {
    /// Every transaction that stood on a page.
    told: BTreeSet<String>,
    /// By service, the submissions whose outcome is known: each has reached Sistema TS once.
    known: BTreeMap<&'static str, u64>,
    /// By service, those that were cut off: each has reached it once or never.
    cut_off: BTreeMap<&'static str, u64>,
    /// How often something was sent again because nobody had answered.
    sent_again: u64,
    calls: u64,
}

/// Somebody at a browser who outlives the instances.
struct Operator {
    browser: Browser,
    control: Control,
    backstage: Arc<Backstage>,
    notes: Arc<Mutex<Notes>>,
}

impl Operator {
    /// Asks for a page, or sends a form; again, as it is, for as long as the balancer or the desk says that nobody can
    /// answer.
    async fn ask(&mut self, path: &str, fields: Option<&[(&str, &str)]>) -> Answer {
        loop {
            let request = match fields {
                Some(fields) => self.browser.form(path, fields),
                None => self.browser.request(Method::GET, path),
            };
            match self.browser.try_send(request).await {
                Ok(answer) if ![502, 503, 504].contains(&answer.status.as_u16()) => {
                    let to = answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
                    assert!(!to.starts_with("/login"), "{path}: signed out");
                    assert!(!answer.status.is_server_error(), "{path}: {} {}", answer.status, answer.text);
                    return answer;
                }
                Ok(_) | Err(_) => {
                    self.notes.lock().sent_again += 1;
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    /// How a submission has ended as far as the database knows; none if it never began.
    async fn class(&self, submission: &str) -> Option<OutcomeClass> {
        loop {
            if let Ok(step) = self.backstage.db.step(submission).await {
                return step.map(|step| step.class());
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// One call, as far as it goes.
    async fn take_call(&mut self) {
        let path = self.ask("/cases", Some(&[("call", "88213")])).await.location().to_owned();
        let (caller, otp) = (self.control.caller("positive").await, self.control.otp().await);
        let mut sent: Vec<(&'static str, String)> = Vec::new();
        loop {
            let page = self.ask(&path, None).await;
            assert_eq!(page.status, 200, "{}", page.text);
            self.notes.lock().told.extend(transactions_on(&page.text));
            if page.text.contains("richiesta di questo caso è in corso") {
                sleep(Duration::from_millis(300)).await;
                continue;
            }
            let Some(act) = next(&page.text, &path) else { break };
            if let Some((act, key)) = sent.last()
                && self.class(key).await == Some(OutcomeClass::Refused)
            {
                // What was done already is refused: that is only right where somebody has decided to repeat.
                assert!(self.was_cut_off(&sent, act).await, "{act} was done twice: {}", page.text);
                break;
            }
            let key = key_of(&page.text);
            let mut fields = vec![("key", key.as_str())];
            match act {
                "verify" => fields.extend([("card", &*caller.card), ("cun", &*caller.cun)]),
                "unlock" => fields.extend([("otp", &*otp), ("asymptomatic", "1")]),
                _ => {}
            }
            if page.text.contains("name=\"repeat\"") {
                fields.push(("repeat", "1"));
            }
            let answer = self.ask(&format!("{path}/{act}"), Some(&fields)).await;
            assert!([303, 422].contains(&answer.status.as_u16()), "{} {}", answer.status, answer.text);
            sent.push((act, format!("{key}:{act}")));
        }
        self.count(&sent).await;
        self.ask(&format!("{path}/close"), Some(&[("sure", "1")])).await;
    }

    async fn was_cut_off(&self, sent: &[(&'static str, String)], act: &str) -> bool {
        for (_, key) in sent.iter().filter(|(other, _)| *other == act) {
            if self.class(key).await == Some(OutcomeClass::Uncertain) {
                return true;
            }
        }
        false
    }

    /// Counts what the submissions of a call have come to, before it is closed and they are forgotten.
    async fn count(&self, sent: &[(&'static str, String)]) {
        for (act, key) in sent {
            let class = self.class(key).await;
            let mut notes = self.notes.lock();
            match class {
                Some(OutcomeClass::Done | OutcomeClass::Refused) => *notes.known.entry(act).or_default() += 1,
                Some(OutcomeClass::Uncertain) => *notes.cut_off.entry(act).or_default() += 1,
                Some(OutcomeClass::NotSent) | None => {}
            }
        }
        self.notes.lock().calls += 1;
    }
}

/// What the page of a case asks for next.
fn next(page: &str, path: &str) -> Option<&'static str> {
    ACTS.into_iter().rev().find(|act| page.contains(&format!("action=\"{path}/{act}\"")))
}

/// The transactions that a page tells.
fn transactions_on(page: &str) -> Vec<String> {
    let code = |rest: &str| {
        let (_, code) = rest.split_once("<code")?.1.split_once("</code>")?.0.split_once('>')?;
        Some(code.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect())
    };
    page.split("class=\"transaction\"").skip(1).filter_map(code).collect()
}

/// Those of the transactions that were told which the database does not have.
async fn lost<'a>(told: &'a BTreeSet<String>, connection: &mut PgConnection) -> Vec<&'a String> {
    let kept = sqlx::query_scalar("SELECT transaction_id FROM transactions").fetch_all(connection).await;
    let kept: BTreeSet<String> = kept.expect("transactions").into_iter().collect();
    told.iter().filter(|id| !kept.contains(*id)).collect()
}

async fn sign_in(fleet: &Fleet, backstage: &Arc<Backstage>, name: &str, notes: &Arc<Mutex<Notes>>) -> Operator {
    let mut browser = fleet.browser();
    assert_eq!(browser.post("/login", &[("username", name), ("password", PASSWORD)]).await.location(), "/login/pin");
    browser.post("/login/pin", &[("pin", &backstage.new_pin(name).await)]).await.location();
    Operator { browser, control: fleet.control(), backstage: Arc::clone(backstage), notes: Arc::clone(notes) }
}

/// Waits until every operator has a step with Sistema TS.
async fn all_are_in_the_middle(fleet: &Fleet, connection: &mut PgConnection) {
    for act in ACTS {
        fleet.control().slow(act, OPERATORS.len(), SLOW).await;
    }
    let under_way = "SELECT COUNT(*) FROM steps WHERE ended_at IS NULL";
    let until = Instant::now() + Duration::from_mins(1);
    while sqlx::query_scalar::<_, i64>(under_way).fetch_one(&mut *connection).await.expect("a number") < 4 {
        assert!(Instant::now() < until, "they do not work");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_and_the_database_die_and_nothing_is_lost_or_done_twice() {
    let seed = number("CENTRALINO_CRASH_SEED", 0x2545_f491_4f6c_dd1d);
    let mut fleet = Fleet::start().await;
    let backstage = Arc::new(Backstage::at(&fleet.database.url(), fleet.secrets()).await);
    let (notes, stop) = (Arc::new(Mutex::new(Notes::default())), Arc::new(AtomicBool::new(false)));
    let mut work = Vec::new();
    for name in OPERATORS {
        let (mut operator, stop) = (sign_in(&fleet, &backstage, name, &notes).await, Arc::clone(&stop));
        let session = operator.browser.cookies[session::COOKIE].clone();
        work.push(tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                operator.take_call().await;
            }
            assert_eq!(operator.ask("/", None).await.status, 200);
            assert_eq!(operator.browser.cookies[session::COOKIE], session, "it is the same session");
        }));
    }
    let mut connection = PgConnection::connect(&fleet.database.url()).await.expect("a connection");
    sleep(Duration::from_millis(1000 + seed % 2000)).await;
    all_are_in_the_middle(&fleet, &mut connection).await;
    // Of four requests HAProxy gives each instance its share: either dies over some.
    fleet.kill(usize::from(seed & 1 == 1));
    let (killed, instant): (Timestamp, _) = (Clock::system().now(), Instant::now());
    fleet.control().no_faults().await;
    sleep(Duration::from_secs(1)).await;
    fleet.start_instance(usize::from(seed & 1 == 1)).await;
    let before = notes.lock().calls;
    fleet.database.stop();
    sleep(Duration::from_secs(1)).await;
    fleet.database.start_again();
    sleep(SURELY_ENDED.saturating_sub(instant.elapsed())).await;
    // A request that was cut off counts as under way for a minute: it passes.
    let mut connection = PgConnection::connect(&fleet.database.url()).await.expect("a connection");
    let pass = "UPDATE steps SET started_at = started_at - 61000 WHERE ended_at IS NULL AND started_at <= $1";
    let cut_off = sqlx::query(pass).bind(killed.as_millisecond()).execute(&mut connection).await;
    println!("{} were cut off", cut_off.expect("a minute passes").rows_affected());
    sleep(Duration::from_secs(2)).await;
    stop.store(true, Ordering::SeqCst);
    for work in work {
        timeout(Duration::from_mins(1), work).await.expect("in time").expect("nothing is wrong");
    }
    let notes = std::mem::take(&mut *notes.lock());
    examine(&fleet, &notes, before, connection).await;
}

async fn examine(fleet: &Fleet, notes: &Notes, before: u64, mut connection: PgConnection) {
    let told = notes.told.len();
    println!("{} calls, {told} transactions, {} sent again", notes.calls, notes.sent_again);
    assert!(notes.calls > before && told > 12, "they worked, to the end");
    assert!(notes.sent_again > 0 && !notes.cut_off.is_empty(), "they noticed");
    assert_eq!(lost(&notes.told, &mut connection).await, Vec::<&String>::new());
    let received = &fleet.control().sandbox("/state").await["counts"]["requests"];
    for act in ACTS {
        let [known, cut_off] = [&notes.known, &notes.cut_off].map(|count| count.get(act).copied().unwrap_or_default());
        let received = received[act].as_u64().unwrap_or_default();
        println!("{act}: {received} received, {known} with an outcome, {cut_off} cut off");
        assert!((known..=known + cut_off).contains(&received), "{act}: {received} of {known} + {cut_off}");
    }
    let verified = fleet.command(0, "register").arg("verify").output().expect("runs");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    // The comparison notices: one that is taken away is missed.
    let gone = notes.told.first().expect("a transaction");
    let delete = sqlx::query("DELETE FROM transactions WHERE transaction_id = $1").bind(gone);
    delete.execute(&mut connection).await.expect("deleted");
    assert_eq!(lost(&notes.told, &mut connection).await, [gone]);
}
