//! Whoever changes a register is found out, and the place is named.

use centralino::{
    server::secrets::Secrets,
    storage::registers::{
        Action, Head, Outcome, Register, StoredEntry,
        chain::{Flaw, Seal, Walk, hash_of},
        checkpoints::{Checkpoint, Signer},
    },
};
use proptest::prelude::*;

use super::support::{entries, execute, verify};
use crate::support::{
    Engine, TestApp,
    app::{PASSWORD, Person},
    on_both_engines,
};

on_both_engines!(
    what_is_changed_in_the_database_is_found_at_its_place,
    a_truncated_register_contradicts_its_checkpoint,
    a_false_note_of_the_end_is_not_signed,
    a_broken_register_stops_no_checkpoint_of_the_other,
    two_instances_write_one_chain,
    an_act_that_cannot_be_recorded_is_not_done,
    instants_never_go_back,
);

const REGISTER: Register = Register::Access;

fn seal() -> Seal {
    Seal::new(&[7; 32])
}

fn sealed(mut entry: StoredEntry, seal: &Seal) -> StoredEntry {
    entry.hash = hash_of(REGISTER, &entry);
    entry.seal = seal.of(&entry.hash);
    entry
}

/// A chain of so many entries, no two alike.
fn chain(length: i64) -> Vec<StoredEntry> {
    let mut chain: Vec<StoredEntry> = Vec::new();
    for seq in 1..=length {
        let entry = StoredEntry {
            seq,
            at: 1000 * seq,
            actor: format!("operator{}", seq % 3),
            action: Action::SignIn.word().to_owned(),
            outcome: Outcome::Done.word().to_owned(),
            ip: "192.0.2.1".to_owned(),
            target: String::new(),
            details: "{}".to_owned(),
            previous: chain.last().map(|entry| entry.hash.clone()).unwrap_or_default(),
            hash: String::new(),
            seal: String::new(),
        };
        chain.push(sealed(entry, &seal()));
    }
    chain
}

fn head_of(chain: &[StoredEntry]) -> Head {
    chain.last().map_or(Head { seq: 0, at: 0, hash: String::new() }, |last| Head {
        seq: last.seq,
        at: last.at,
        hash: last.hash.clone(),
    })
}

fn walk(chain: &[StoredEntry], head: Head, checkpoints: Vec<Checkpoint>) -> Result<(), Flaw> {
    let seals = [seal()];
    let mut walk = Walk::new(REGISTER, &seals, Head::default(), head, checkpoints);
    chain.iter().try_for_each(|entry| walk.step(entry))?;
    walk.end().map(drop)
}

/// A chain, and a place in it.
fn chain_and_place() -> impl Strategy<Value = (Vec<StoredEntry>, usize)> {
    (2..40_i64).prop_flat_map(|length| {
        let places = 0..usize::try_from(length).expect("small");
        (Just(chain(length)), places)
    })
}

fn seq(place: usize) -> i64 {
    i64::try_from(place).expect("small") + 1
}

proptest! {
    #[test]
    fn a_whole_chain_is_whole(length in 0..60_i64) {
        let chain = chain(length);
        prop_assert_eq!(walk(&chain, head_of(&chain), vec![]), Ok(()));
    }

    #[test]
    fn any_column_that_is_altered_is_found((mut chain, place) in chain_and_place(), column in 0..10_usize) {
        let head = head_of(&chain);
        let entry = &mut chain[place];
        match column {
            0 => entry.at += 1,
            1 => entry.actor.push('x'),
            2 => entry.action = Action::SignOut.word().to_owned(),
            3 => entry.outcome = Outcome::Refused.word().to_owned(),
            4 => entry.ip = "192.0.2.2".to_owned(),
            5 => entry.target.push('x'),
            6 => entry.details = r#"{"facts":{}}"#.to_owned(),
            7 => entry.previous.push('x'),
            8 => entry.hash.push('x'),
            _ => entry.seal = seal().of("another"),
        }
        prop_assert_eq!(walk(&chain, head, vec![]), Err(Flaw::Broken { seq: seq(place) }));
    }

    /// Moving a symbol from one column to the next changes what is hashed.
    #[test]
    fn columns_do_not_run_into_each_other((mut chain, place) in chain_and_place()) {
        let head = head_of(&chain);
        let entry = &mut chain[place];
        let moved = entry.actor.pop().expect("a symbol");
        entry.action.insert(0, moved);
        prop_assert_eq!(walk(&chain, head, vec![]), Err(Flaw::Broken { seq: seq(place) }));
    }

    /// Without the key, an entry whose hash fits is no entry of ours.
    #[test]
    fn an_entry_that_is_forged_without_the_key_is_found((mut chain, place) in chain_and_place()) {
        let (head, other) = (head_of(&chain), Seal::new(&[8; 32]));
        chain[place].actor = "nobody".to_owned();
        for at in place..chain.len() {
            let previous = at.checked_sub(1).map(|before| chain[before].hash.clone()).unwrap_or_default();
            chain[at].previous = previous;
            chain[at] = sealed(chain[at].clone(), &other);
        }
        prop_assert_eq!(walk(&chain, head, vec![]), Err(Flaw::Broken { seq: seq(place) }));
    }

    #[test]
    fn an_entry_that_is_dropped_is_missed((mut chain, place) in chain_and_place()) {
        let head = head_of(&chain);
        let is_last = place == chain.len() - 1;
        chain.remove(place);
        let seq = seq(place);
        let flaw = if is_last { Flaw::Truncated { seq } } else { Flaw::Missing { seq } };
        prop_assert_eq!(walk(&chain, head, vec![]), Err(flaw));
    }

    /// Whoever drops an entry and closes the gap by counting anew.
    #[test]
    fn a_gap_that_is_closed_is_found((mut chain, place) in chain_and_place()) {
        prop_assume!(place < chain.len() - 1);
        let head = head_of(&chain);
        chain.remove(place);
        chain[place..].iter_mut().for_each(|entry| entry.seq -= 1);
        let flaw = Flaw::Reordered { seq: seq(place), written_as: seq(place) + 1 };
        prop_assert_eq!(walk(&chain, head, vec![]), Err(flaw));
    }

    #[test]
    fn entries_that_are_swapped_are_out_of_order((mut chain, one) in chain_and_place(), other in any::<prop::sample::Index>()) {
        let (head, other) = (head_of(&chain), other.index(chain.len()));
        prop_assume!(one != other);
        let (one, other) = (one.min(other), one.max(other));
        chain.swap(one, other);
        (chain[one].seq, chain[other].seq) = (seq(one), seq(other));
        let flaw = Flaw::Reordered { seq: seq(one), written_as: seq(other) };
        prop_assert_eq!(walk(&chain, head, vec![]), Err(flaw));
    }

    #[test]
    fn an_entry_that_is_put_in_between_is_found((mut chain, place) in chain_and_place()) {
        let mut head = head_of(&chain);
        head.seq += 1;
        let mut between = chain[place].clone();
        between.actor = "nobody".to_owned();
        chain.insert(place, sealed(between, &Seal::new(&[8; 32])));
        (0..chain.len()).for_each(|at| chain[at].seq = seq(at));
        prop_assert_eq!(walk(&chain, head, vec![]), Err(Flaw::Broken { seq: seq(place) }));
    }

    /// Whoever cuts the end off and corrects the note of the end too is contradicted by a checkpoint beyond it.
    #[test]
    fn a_truncation_is_seen_through_a_checkpoint((mut chain, place) in chain_and_place()) {
        let signer = Signer::new(&[9; 32]).expect("a key");
        let checkpoint = signer.sign(REGISTER, &head_of(&chain), 0);
        chain.truncate(place);
        let head = head_of(&chain);
        prop_assert_eq!(walk(&chain, head.clone(), vec![]), Ok(()));
        prop_assert_eq!(walk(&chain, head, vec![checkpoint]), Err(Flaw::Truncated { seq: seq(place) }));
    }
}

#[test]
fn a_checkpoint_is_of_who_signed_it_and_of_what_it_says() {
    let (signer, other) = (Signer::new(&[9; 32]).expect("a key"), Signer::new(&[8; 32]).expect("a key"));
    let checkpoint = signer.sign(REGISTER, &head_of(&chain(3)), 5);
    assert!(checkpoint.is_signed_by(&signer.public_key()));
    assert!(!checkpoint.is_signed_by(&other.public_key()));
    for altered in [
        Checkpoint { seq: 2, ..checkpoint.clone() },
        Checkpoint { at: 2, ..checkpoint.clone() },
        Checkpoint { signed_at: 2, ..checkpoint.clone() },
        Checkpoint { hash: "x".to_owned(), ..checkpoint.clone() },
        Checkpoint { register: "admin".to_owned(), ..checkpoint.clone() },
    ] {
        assert!(!altered.is_signed_by(&signer.public_key()), "{altered:?}");
    }
}

#[test]
fn another_secret_has_other_keys() {
    let seal = |bytes| centralino::features::registers::keys::seal(&Secrets::from_bytes(&bytes)).of("hash");
    assert_ne!(seal([1; 32]), seal([2; 32]));
}

async fn app_with(engine: Engine, entries: usize) -> TestApp {
    let app = TestApp::start(engine).await;
    for _ in 0..entries {
        app.wait_seconds(1);
        app.state.db.record(&[app.record(Action::Expiry)]).await.expect("an entry");
    }
    app
}

async fn what_is_changed_in_the_database_is_found_at_its_place(engine: Engine) {
    let flaws = [
        ("UPDATE register_entries SET actor = 'x' WHERE register = 'access' AND seq = 3", Flaw::Broken { seq: 3 }),
        ("DELETE FROM register_entries WHERE register = 'access' AND seq = 4", Flaw::Missing { seq: 4 }),
        ("DELETE FROM register_entries WHERE register = 'access' AND seq > 4", Flaw::Truncated { seq: 5 }),
        ("UPDATE register_heads SET seq = seq - 1 WHERE register = 'access'", Flaw::Head { seq: 6 }),
        ("UPDATE register_heads SET hash = 'x' WHERE register = 'access'", Flaw::Head { seq: 6 }),
        ("UPDATE register_heads SET at = at - 1 WHERE register = 'access'", Flaw::Head { seq: 6 }),
        (
            "INSERT INTO register_entries SELECT register, 7, at, actor, action, outcome, ip, target, details, hash, \
             hash, seal FROM register_entries WHERE register = 'access' AND seq = 6",
            Flaw::Broken { seq: 7 },
        ),
    ];
    for (sql, flaw) in flaws {
        let app = app_with(engine, 6).await;
        assert_eq!(verify(&app, REGISTER).await, Ok(6));
        execute(&app.state.db, sql).await;
        assert_eq!(verify(&app, REGISTER).await, Err(flaw), "{sql}");
        assert_eq!(verify(&app, Register::Admin).await, Ok(0), "the other register");
    }
    let app = app_with(engine, 6).await;
    for (from, to) in [(2, 100), (5, 2), (100, 5)] {
        let sql = format!("UPDATE register_entries SET seq = {to} WHERE register = 'access' AND seq = {from}");
        execute(&app.state.db, &sql).await;
    }
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Reordered { seq: 2, written_as: 5 }));
}

async fn a_truncated_register_contradicts_its_checkpoint(engine: Engine) {
    let app = app_with(engine, 6).await;
    centralino::server::housekeeping::once(&app.state).await.expect("a checkpoint");
    let kept = entries(&app, REGISTER).await;
    execute(&app.state.db, "DELETE FROM register_entries WHERE register = 'access' AND seq > 3").await;
    let note = format!(
        "UPDATE register_heads SET seq = 3, at = {}, hash = '{}' WHERE register = 'access'",
        kept[2].at, kept[2].hash
    );
    execute(&app.state.db, &note).await;
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Truncated { seq: 4 }));
    // Going on writing does not mend it: other entries are where the signed ones were.
    for _ in 0..4 {
        app.state.db.record(&[app.record(Action::Expiry)]).await.expect("an entry");
    }
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Replaced { seq: 6 }));
    execute(&app.state.db, "UPDATE register_checkpoints SET seq = 7 WHERE seq = 6").await;
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Unsigned { seq: 7 }));
}

/// Whoever moves the note of the end back in time would have what is new purged as if it were old.
async fn a_false_note_of_the_end_is_not_signed(engine: Engine) {
    let app = app_with(engine, 6).await;
    execute(&app.state.db, "UPDATE register_heads SET at = 0 WHERE register = 'access'").await;
    assert!(centralino::server::housekeeping::once(&app.state).await.is_err());
    let head = entries(&app, REGISTER).await.last().map(Head::of).expect("an entry");
    let signer = centralino::features::registers::keys::signer(&app.state.secrets).expect("a key");
    let old = signer.sign(REGISTER, &Head { at: 0, ..head }, 0);
    app.state.db.keep_checkpoint(&old).await.expect("kept");
    execute(&app.state.db, "UPDATE register_heads SET at = 1610269206000 WHERE register = 'access'").await;
    assert_eq!(verify(&app, REGISTER).await, Err(Flaw::Replaced { seq: 6 }), "nor is a false instant that was signed");
    centralino::server::housekeeping::once(&app.state).await.expect_err("nothing is purged by it");
    assert_eq!(entries(&app, REGISTER).await.len(), 6);
}

async fn a_broken_register_stops_no_checkpoint_of_the_other(engine: Engine) {
    let app = app_with(engine, 6).await;
    app.state.db.record(&[app.record(Action::RegisterRead)]).await.expect("an entry");
    execute(&app.state.db, "UPDATE register_entries SET ip = 'x' WHERE register = 'access' AND seq = 3").await;
    let failed = centralino::server::housekeeping::once(&app.state).await.expect_err("one is broken");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(app.state.db.last_checkpoint(REGISTER).await.expect("an answer").is_none());
    assert!(app.state.db.last_checkpoint(Register::Admin).await.expect("an answer").is_some());
}

async fn two_instances_write_one_chain(engine: Engine) {
    let app = TestApp::start(engine).await;
    let url = app.state.config.database_url();
    let instances = [app.state.db.clone(), centralino::storage::Db::open(&url).await.expect("the same database")];
    let writers = (0..8).map(|writer| {
        let (db, record) = (instances[writer % 2].clone(), app.record(Action::Expiry));
        tokio::spawn(async move {
            for _ in 0..10 {
                db.record(std::slice::from_ref(&record)).await.expect("an entry");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("all written");
    }
    assert_eq!(verify(&app, REGISTER).await, Ok(80));
}

async fn an_act_that_cannot_be_recorded_is_not_done(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (person, other) = (app.operator("m.bianchi").await, app.operator("altro").await);
    let mut supervisor = app.signed_in(&app.supervisor("s.gialli").await).await;
    let mut browser = app.signed_in(&person).await;
    let right = |person: &Person| [("username", person.username), ("password", PASSWORD)];
    let mut half_way = app.browser();
    half_way.post("/login", &right(&other)).await;
    execute(&app.state.db, "ALTER TABLE register_heads RENAME TO away").await;
    browser.post("/login", &right(&person)).await.shows(500, "");
    browser.post("/login", &[("username", person.username), ("password", "wrong")]).await.shows(500, "");
    half_way.post("/login/pin", &[("pin", &app.pin(&other, 0).await)]).await.shows(500, "");
    app.browser().post("/login/pin", &[("pin", "000000")]).await.shows(500, "");
    browser.post("/logout", &[]).await.shows(500, "");
    browser.get("/").await.shows(200, "Sportello");
    supervisor.get("/registers/access").await.shows(500, "");
    for format in ["csv", "jsonl"] {
        supervisor.post("/registers/admin/export", &[("format", format)]).await.shows(500, "");
    }
    assert!(app.disable(&person).await.is_err());
    assert!(app.office().reset(&person.id).await.is_err());
    let (db, record) = (&app.state.db, app.record(Action::CasesPurged));
    assert!(db.expire_sessions(i64::MAX, 0, &record).await.is_err());
    assert!(db.note_locks(i64::MAX, 0, &record).await.is_err());
    execute(db, &format!("INSERT INTO cases VALUES ('old', '{}', NULL, 0, 1)", person.id.0)).await;
    assert!(db.delete_old_cases(2, |_| record.clone()).await.is_err());
    execute(db, "ALTER TABLE away RENAME TO register_heads").await;
    browser.get("/").await.shows(200, "Sportello");
    assert_eq!(
        half_way.post("/login/pin", &[("pin", &app.pin(&other, 0).await)]).await.location(),
        "/",
        "nothing was used up"
    );
    assert_eq!(browser.post("/logout", &[]).await.location(), "/login");
    assert!(db.delete_old_cases(2, |_| record.clone()).await.expect("an answer"), "it was still there");
    assert!(verify(&app, REGISTER).await.is_ok() && verify(&app, Register::Admin).await.is_ok());
}

async fn instants_never_go_back(engine: Engine) {
    let app = TestApp::start(engine).await;
    let (later, earlier) = (app.record(Action::Expiry), {
        app.wait_seconds(-60);
        app.record(Action::Expiry)
    });
    app.state.db.record(&[later, earlier]).await.expect("entries");
    let instants: Vec<_> = entries(&app, REGISTER).await.iter().map(|entry| entry.at).collect();
    assert_eq!(instants[0], instants[1]);
    assert_eq!(verify(&app, REGISTER).await, Ok(2));
}
