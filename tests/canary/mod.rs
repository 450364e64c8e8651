//! Nothing of a caller is left anywhere (seed 003, 4.2): canaries go through every flow of the program as it is run in
//! earnest, failures and a crash included, and are then looked for in everything that it wrote or sent.

mod asl;
mod call;
mod evidence;
mod exemptions;
mod lists;
mod mischief;
mod office;
mod panics;
pub mod process;
mod search;
mod swabs;
pub mod visitor;

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    time::{Duration, SystemTime},
};

use call::Callers;
use centralino::{
    domain::service::{OutcomeClass, Service},
    server::clock::Clock,
};
use evidence::Evidence;
use process::{Place, Serving};
use search::{Canary, Searcher};
use visitor::{Backstage, Sent, Visitor};

use crate::support::{Engine, on_both_engines};

on_both_engines!(nothing_of_a_caller_is_left_anywhere);

async fn nothing_of_a_caller_is_left_anywhere(engine: Engine) {
    let start = file_time();
    let mut place = Place::new(engine).await;
    let sent = Sent::default();
    let desk = place.serve(&[]);
    let callers = Callers::new(&desk.control, Clock::system().today()).await;
    let mut canaries = callers.canaries();
    let before = look(engine, &place, &sent, &desk.figures().await, start).await;
    assert_eq!(before.search(&Searcher::new(&canaries)), BTreeSet::new(), "without traffic there is nothing to find");

    let backstage = Backstage::of(&place).await;
    let mut operator = Visitor::new(desk.address, &sent);
    calls(&place, &desk, &mut operator, &backstage, &callers, &mut canaries).await;
    crash(&desk, &operator, &callers).await;
    let figures = desk.figures().await;
    let mut log = desk.kill();
    let crashed = look(engine, &place, &sent, &figures, start).await;

    let desk = place.serve(&[("CENTRALINO__SESSION__IDLE", "12"), ("CENTRALINO__SESSION__WARNING", "1")]);
    let (mut operator, again) = lock(&desk, &backstage, &sent, &mut canaries).await;
    let figures = desk.figures().await;
    log += &desk.stop();
    let desk = serve_without_sistema_ts(&mut place);
    operator = operator.moved_to(desk.address);
    not_sent(&mut operator, &again).await;
    not_sent_elsewhere(&mut Visitor::new(desk.address, &sent), &backstage, &again).await;
    let last = desk.figures().await;
    backed_up(&place);
    log += &desk.stop();

    assert_went_everywhere(&log, &figures);
    let searcher = Searcher::new(&canaries);
    assert_eq!(crashed.search(&searcher), BTreeSet::new(), "after the crash");
    let after = look(engine, &place, &sent, &format!("{figures}{last}"), start).await;
    assert!(after.size_of("stderr-") > 100_000 && sent.lock().len() > 100, "there is something to look into");
    assert_eq!(after.search(&searcher), BTreeSet::new(), "in the end");
    planted_leaks_are_found(engine, &place, &callers.positive[0].cun, start).await;
}

/// Makes a backup, which is then searched with the rest of the folder.
fn backed_up(place: &Place) {
    let made = place.command(&["backup", "--with-secret"]).output().expect("runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What a file made now would bear.
fn file_time() -> SystemTime {
    tempfile::tempfile().and_then(|file| file.metadata()).and_then(|of| of.modified()).expect("a time")
}

/// Everything there is to look into.
async fn look(engine: Engine, place: &Place, sent: &Sent, figures: &str, start: SystemTime) -> Evidence {
    let mut evidence = Evidence::default();
    evidence.add_folder(place.path());
    evidence.add("the figures", figures);
    for line in sent.lock().iter() {
        evidence.add("sent to a browser", line.as_str());
    }
    if engine == Engine::Postgres {
        evidence.add_postgres(place.database(), start).await;
    }
    evidence
}

/// Everything that operators and others do while the desk runs.
async fn calls(
    place: &Place,
    desk: &Serving,
    operator: &mut Visitor,
    backstage: &Backstage,
    callers: &Callers,
    canaries: &mut Vec<Canary>,
) {
    mischief::anywhere(&mut Visitor::new(desk.address, &operator.sent()), callers).await;
    mischief::broken_messages(desk.address, callers).await;
    invited(place, desk, operator, callers).await;
    operator.sign_in(backstage, "operatore1").await;
    canaries.push(call::confirmed_call(operator, &desk.control, callers, backstage, "operatore1").await);
    let mut supervisor = Visitor::new(desk.address, &operator.sent());
    supervisor.sign_in(backstage, "supervisore1").await;
    office::looks(&mut supervisor, backstage, operator.case.trim_start_matches("/cases/")).await;
    office::types_what_a_caller_said(&mut supervisor, callers).await;
    call::other_calls(operator, &desk.control, callers).await;
    call::deferred(operator, &desk.control, callers).await;
    operator.open_case("88217").await;
    mischief::broken_bodies(operator, callers).await;
    mischief::anywhere(operator, callers).await;
    operator.post("/logout", &[("cun", &callers.positive[0].cun)]).await;
    mischief::anywhere(operator, callers).await;
    let mut reporter = Visitor::new(desk.address, &operator.sent());
    canaries.extend(swabs::swabs(&mut reporter, &desk.control, backstage, Clock::system().today()).await);
    canaries.extend(asl::every_outcome(&mut reporter, &desk.control, callers).await);
    canaries.extend(exemptions::every_outcome(&mut reporter, &desk.control).await);
    let mut lister = Visitor::new(desk.address, &operator.sent());
    canaries.extend(lists::lists(&mut lister, &desk.control, backstage, Clock::system().today()).await);
    operator.sign_in(backstage, "operatore2").await;
    operator.open_case("88218").await;
}

/// Somebody who is invited, and somebody at the second factor.
async fn invited(place: &Place, desk: &Serving, operator: &Visitor, callers: &Callers) {
    let add = ["operator", "add", "--username", "nuova", "--name", "Ada Blu", "--fiscal-code", "GLLSRA82E45D612X"];
    let output = place.command(&add).output().expect("runs");
    let link = String::from_utf8(output.stdout).expect("text");
    let path = link.trim().split_once("/activate/").map(|(_, token)| format!("/activate/{token}"));
    let path = path.unwrap_or_else(|| panic!("{link}{}", String::from_utf8_lossy(&output.stderr)));
    let mut visitor = Visitor::new(desk.address, &operator.sent());
    mischief::activation(&mut visitor, &path, callers).await;
    let fields = [("username", "operatore4"), ("password", centralino::features::accounts::demo::PASSWORD)];
    assert_eq!(visitor.post("/login", &fields).await.location(), "/login/pin");
    mischief::at_the_pin(&mut visitor, callers).await;
}

/// Lets a verification be in flight, for the process to be killed over it.
async fn crash(desk: &Serving, operator: &Visitor, callers: &Callers) {
    let count = async || desk.control.sandbox("/state").await["counts"]["requests"]["verify"].as_u64();
    let before = count().await;
    desk.control.fault("verify", "timeout").await;
    let (mut operator, caller) = (operator.clone(), callers.positive[3].clone());
    tokio::spawn(async move { operator.step("verify", &[("card", &caller.card), ("cun", &caller.cun)]).await });
    while count().await == before {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A call that is locked to the PIN in the middle and goes on; left at the third step.
async fn lock(desk: &Serving, backstage: &Backstage, sent: &Sent, canaries: &mut Vec<Canary>) -> (Visitor, Callers) {
    let callers = Callers::new(&desk.control, Clock::system().today()).await;
    canaries.extend(callers.canaries());
    let mut operator = Visitor::new(desk.address, sent);
    operator.sign_in(backstage, "operatore3").await;
    operator.open_case("88219").await;
    call::verify(&mut operator, &desk.control, &callers.positive[0], &[]).await;
    tokio::time::sleep(Duration::from_secs(13)).await;
    let case = operator.case.clone();
    assert_eq!(operator.get(&case).await.location(), format!("/login/pin?next={case}"));
    operator.step("unlock", &[("otp", &callers.otps[0]), ("asymptomatic", "1")]).await.shows(401, "/login/pin");
    let pin = backstage.new_pin("operatore3").await;
    assert_eq!(operator.post("/login/pin", &[("pin", &pin), ("next", &case)]).await.location(), case);
    operator.get(&case).await.shows(200, "Sblocca codice");
    let data = operator.call_data(backstage, "operatore3").await;
    canaries.push(Canary::Id(data.verified.expect("a verification").id.to_wire().to_owned()));
    let unlocked = operator.step("unlock", &[("otp", &callers.otps[2]), ("asymptomatic", "1")]).await;
    unlocked.shows(200, "Annulla sblocco");
    (operator, callers)
}

/// A desk whose Sistema TS can't be reached.
fn serve_without_sistema_ts(place: &mut Place) -> Serving {
    let file = |name: &str| place.sandbox().join(name).display().to_string();
    let section = |(section, party): (&str, &str)| {
        // Nothing listens on this port.
        let url = ("BASE_URL", "https://localhost:1".to_owned());
        let files = [
            ("CA_FILE", "ca.pem"),
            ("CERTIFICATE_FILE", &format!("{party}.pem")),
            ("KEY_FILE", &format!("{party}.key")),
        ]
        .map(|(key, name)| (key, file(name)));
        [url]
            .into_iter()
            .chain(files)
            .map(|(key, value)| (format!("CENTRALINO__{section}__{key}"), value))
            .collect::<Vec<_>>()
    };
    let sections = [("SISTEMA_TS", "client"), ("SWABS", "region"), ("ASL", "region"), ("EXEMPTIONS", "body")];
    let environment: Vec<_> = sections.into_iter().flat_map(section).collect();
    let environment = environment.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    // Whoever calls another upstream has no demo accounts, unless they are asked for.
    place.serve(&environment.chain([("CENTRALINO__SANDBOX__DEMO_ACCOUNTS", "true")]).collect::<Vec<_>>())
}

/// What is not sent, in a call that another process began and outside of one; then the operator leaves.
async fn not_sent(operator: &mut Visitor, callers: &Callers) {
    let caller = &callers.positive[1];
    operator.step("unlock", &[("otp", &callers.otps[1]), ("asymptomatic", "1")]).await.shows(200, &callers.otps[1]);
    operator.step("cancel", &[]).await.shows(200, "Annullamento non inviato");
    operator.step("confirm", &[]).await.shows(200, "Conferma non inviata");
    operator.step("close", &[]).await;
    operator.open_case("88220").await;
    operator.step("verify", &[("card", &caller.card), ("cun", &caller.cun)]).await.shows(200, &caller.cun);
    operator.case = String::new();
    operator.step("confirm", &[("cun", &caller.cun)]).await.shows(200, &caller.cun);
    assert_eq!(operator.post("/logout", &[]).await.location(), "/login");
}

/// The same at the desks of the other queues.
async fn not_sent_elsewhere(visitor: &mut Visitor, backstage: &Backstage, callers: &Callers) {
    let today = Clock::system().today();
    visitor.sign_in(backstage, swabs::WHO).await;
    swabs::not_sent(visitor, &callers.positive[2].cun, today).await;
    lists::not_sent(visitor, today).await;
    asl::not_sent(visitor, callers).await;
    exemptions::not_sent(visitor).await;
}

/// Every service ended in every class; else silence would prove nothing.
fn assert_went_everywhere(log: &str, figures: &str) {
    for service in Service::ALL {
        for class in OutcomeClass::ALL {
            let line = format!("service=\"{}\" outcome=\"{}\"", service.word(), class.word());
            assert!(log.contains(&line), "{line} in the log");
        }
    }
    assert!(figures.contains("centralino_upstream_requests_total"), "{figures}");
}

/// What would be a leak, put where each could be: the search must not be blind there.
async fn planted_leaks_are_found(engine: Engine, place: &Place, cun: &str, start: SystemTime) {
    let searcher = Searcher::new(&[Canary::code(cun)]);
    let add = ["operator", "add", "--username", "spia", "--name", cun, "--fiscal-code", "GLLSRA82E45D612X"];
    assert!(place.command(&add).output().expect("runs").status.success());
    append(&place.path().join("stderr-1"), &format!("INFO request: answered path=/cases/{cun}\n"));
    fs::write(place.path().join("data/sandbox/left.txt"), cun).expect("writes");
    let sent = Sent::default();
    sent.lock().insert(format!("location: /cases?q={cun}"));
    backed_up(place);
    let found = look(engine, place, &sent, &format!("total{{cun=\"{cun}\"}} 1"), start).await.search(&searcher);
    let database = if engine == Engine::Sqlite { "data/centralino.db" } else { "/base/" };
    for name in [database, "data/backups/", "stderr-1", "left.txt", "the figures", "sent to a browser"] {
        assert!(found.iter().any(|what| what.contains(name)), "a leak in {name} is not found: {found:?}");
    }
}

fn append(file: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).open(file).expect("a log");
    file.write_all(text.as_bytes()).expect("writes");
}
