//! Chains of any length and content, written under one secret after another, and every way of tampering with them:
//! `verify` names the place.

use centralino::storage::registers::{
    Head, Register, StoredEntry,
    chain::{Flaw, Seal, Walk, hash_of},
    checkpoints::{Checkpoint, Signer},
};
use proptest::{prelude::*, sample::Index};

fn seals() -> [Seal; 3] {
    [1, 2, 3].map(|byte| Seal::new(&[byte; 32]))
}

/// What an entry tells, and how many changes of the secret came before it.
type Told = (String, String, String, String, i64);

fn told() -> impl Strategy<Value = Told> {
    let text = "[ -~àèé\u{0}:;|]{0,12}";
    (text, text, text, "\\PC{0,30}", 0..3_i64)
}

fn register() -> impl Strategy<Value = Register> {
    prop_oneof![Just(Register::Access), Just(Register::Admin)]
}

/// A whole chain. Its secret changes twice, somewhere.
fn chain() -> impl Strategy<Value = (Register, Vec<StoredEntry>)> {
    (register(), prop::collection::vec(told(), 1..30), any::<[Index; 2]>()).prop_map(|(register, told, changes)| {
        let length = told.len();
        let mut changes = changes.map(|change| change.index(length));
        changes.sort_unstable();
        let mut chain: Vec<StoredEntry> = Vec::new();
        for (place, (actor, ip, target, details, later)) in told.into_iter().enumerate() {
            let key = changes.iter().filter(|change| place >= **change).count();
            let last = chain.last().map(Head::of).unwrap_or_default();
            let action = if later == 0 { "sign_in" } else { "password" }.to_owned();
            let outcome = if later == 1 { "refused" } else { "done" }.to_owned();
            let (hash, seal) = Default::default();
            let (seq, at, previous) = (last.seq + 1, last.at + later, last.hash);
            let entry = StoredEntry { seq, at, actor, action, outcome, ip, target, details, previous, hash, seal };
            chain.push(sealed(register, entry, &seals()[key]));
        }
        (register, chain)
    })
}

fn sealed(register: Register, mut entry: StoredEntry, seal: &Seal) -> StoredEntry {
    entry.hash = hash_of(register, &entry);
    entry.seal = seal.of(&entry.hash);
    entry
}

fn walk(register: Register, chain: &[StoredEntry], head: Head, checkpoints: Vec<Checkpoint>) -> Result<Head, Flaw> {
    let seals = seals();
    let mut walk = Walk::new(register, &seals, Head::default(), head, checkpoints);
    chain.iter().try_for_each(|entry| walk.step(entry))?;
    walk.end()
}

fn end(chain: &[StoredEntry]) -> Head {
    chain.last().map(Head::of).unwrap_or_default()
}

fn seq(place: usize) -> i64 {
    i64::try_from(place).expect("small") + 1
}

/// The places are counted anew, as somebody would who wants no gap to be seen.
fn count_anew(chain: &mut [StoredEntry]) {
    chain.iter_mut().enumerate().for_each(|(place, entry)| entry.seq = seq(place));
}

/// One column of an entry, changed.
fn alter(entry: &mut StoredEntry, column: usize, text: &str) {
    let columns = [
        &mut entry.actor,
        &mut entry.action,
        &mut entry.outcome,
        &mut entry.ip,
        &mut entry.target,
        &mut entry.details,
        &mut entry.previous,
        &mut entry.hash,
        &mut entry.seal,
    ];
    match columns.into_iter().nth(column) {
        Some(column) => column.push_str(text),
        None => entry.at += seq(text.len()),
    }
}

proptest! {
    #[test]
    fn a_whole_chain_is_whole_under_all_its_secrets((register, chain) in chain()) {
        prop_assert_eq!(walk(register, &chain, end(&chain), vec![]), Ok(end(&chain)));
    }

    #[test]
    fn an_altered_entry_is_broken((register, mut chain) in chain(), at in any::<Index>(), column in 0..10_usize, text in "[a-z]{1,4}") {
        let (head, place) = (end(&chain), at.index(chain.len()));
        alter(&mut chain[place], column, &text);
        prop_assert_eq!(walk(register, &chain, head, vec![]).map(drop), Err(Flaw::Broken { seq: seq(place) }));
    }

    /// A run that is dropped, with and without the gap closed.
    #[test]
    fn a_dropped_run_is_missing((register, mut chain) in chain(), from in any::<Index>(), length in 1..5_usize, closes in any::<bool>()) {
        let (head, place) = (end(&chain), from.index(chain.len()));
        let until = (place + length).min(chain.len());
        let is_end = until == chain.len();
        chain.drain(place..until);
        let flaw = if is_end {
            Flaw::Truncated { seq: seq(place) }
        } else if closes {
            count_anew(&mut chain);
            Flaw::Reordered { seq: seq(place), written_as: seq(until) }
        } else {
            Flaw::Missing { seq: seq(place) }
        };
        prop_assert_eq!(walk(register, &chain, head, vec![]).map(drop), Err(flaw));
    }

    #[test]
    fn swapped_entries_are_out_of_order((register, mut chain) in chain(), one in any::<Index>(), other in any::<Index>()) {
        let (head, one, other) = (end(&chain), one.index(chain.len()), other.index(chain.len()));
        prop_assume!(one != other);
        let (one, other) = (one.min(other), one.max(other));
        chain.swap(one, other);
        count_anew(&mut chain);
        let flaw = Flaw::Reordered { seq: seq(one), written_as: seq(other) };
        prop_assert_eq!(walk(register, &chain, head, vec![]).map(drop), Err(flaw));
    }

    /// Cut off with the note of the end made to fit: a checkpoint beyond contradicts it, and the signer's alone counts.
    #[test]
    fn a_truncation_contradicts_what_was_signed((register, mut chain) in chain(), from in any::<Index>()) {
        let signer = Signer::new(&[9; 32]).expect("a key");
        let checkpoint = signer.sign(register, &end(&chain), 0);
        let place = from.index(chain.len());
        chain.truncate(place);
        prop_assert_eq!(walk(register, &chain, end(&chain), vec![checkpoint]).map(drop), Err(Flaw::Truncated { seq: seq(place) }));
    }

    /// A true entry put in a second time, and one that is made without the keys, in any place.
    #[test]
    fn an_inserted_entry_is_found((register, mut chain) in chain(), from in any::<Index>(), to in any::<Index>(), is_copy in any::<bool>()) {
        let (from, to) = (from.index(chain.len()), to.index(chain.len()));
        let mut head = end(&chain);
        head.seq += 1;
        let mut inserted = chain[from].clone();
        if !is_copy {
            inserted.actor.push('x');
            inserted.seq = seq(to);
            inserted.previous = to.checked_sub(1).map(|before| chain[before].hash.clone()).unwrap_or_default();
            inserted = sealed(register, inserted, &Seal::new(&[4; 32]));
        }
        chain.insert(to, inserted);
        count_anew(&mut chain);
        let flaw = walk(register, &chain, head, vec![]).expect_err("it was not found");
        // A copy of the entry of that very place is that entry: the one after it is then out of order.
        let place = if is_copy && from == to { to + 1 } else { to };
        let (Flaw::Broken { seq: found } | Flaw::Reordered { seq: found, .. }) = flaw else {
            return Err(TestCaseError::fail(format!("{flaw:?}")));
        };
        prop_assert_eq!(found, seq(place));
    }

    /// Who has a secret that was replaced, and rewrites the end with it, is found where a newer one was in use before.
    #[test]
    fn a_replaced_secret_comes_no_more((register, mut chain) in chain(), key in 0..2_usize) {
        let seals = seals();
        let is_newer = |entry: &StoredEntry| seals[key + 1..].iter().any(|seal| seal.of(&entry.hash) == entry.seal);
        prop_assume!(chain.last().is_some_and(is_newer));
        let last = end(&chain);
        let entry = StoredEntry { seq: last.seq + 1, previous: last.hash, ..chain[0].clone() };
        chain.push(sealed(register, entry, &seals[key]));
        prop_assert_eq!(walk(register, &chain, end(&chain), vec![]).map(drop), Err(Flaw::Broken { seq: last.seq + 1 }));
    }

    /// An entry of one register is none of the other.
    #[test]
    fn a_register_is_not_the_other((register, chain) in chain()) {
        let other = if register == Register::Access { Register::Admin } else { Register::Access };
        prop_assert_eq!(walk(other, &chain, end(&chain), vec![]).map(drop), Err(Flaw::Broken { seq: 1 }));
    }
}
