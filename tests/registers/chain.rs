//! Whoever changes a chain is found out, and the place is named, whatever was changed where.

use centralino::{
    server::secrets::Secrets,
    storage::registers::{
        Action, Head, Outcome, Register, StoredEntry,
        chain::{Flaw, Seal, Walk, hash_of},
        checkpoints::{Checkpoint, Signer},
    },
};
use proptest::prelude::*;

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
