//! What the check symbol can't tell apart, tried exhaustively: every pair of symbols at every position, every swap of
//! neighbours. The undetected ones are those documented, and `blind_spots` marks those and no others.

use std::collections::BTreeSet;

use centralino::domain::code::{ALPHABET, LENGTH, Otp, blind_spots, check_symbol};
use proptest::prelude::*;

use super::oracle;

/// The last place of the body.
const BODY: usize = LENGTH - 1;
/// Told apart at no position.
const TWINS: [&str; 5] = ["4E", "5F", "7H", "8I", "9J"];

/// The pair in alphabetical order, so that each is one set member.
fn pair(one: char, other: char) -> String {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    format!("{first}{second}")
}

fn pairs() -> impl Iterator<Item = (char, char)> {
    ALPHABET.into_iter().flat_map(|one| ALPHABET.into_iter().map(move |other| (one, other))).filter(|(a, b)| a != b)
}

fn documented_substitutions(position: usize) -> BTreeSet<String> {
    let own = if position % 2 == 1 { "1X" } else { "AZ" };
    TWINS.into_iter().chain([own]).map(str::to_owned).collect()
}

fn documented_swaps() -> BTreeSet<String> {
    TWINS.into_iter().chain(["WY"]).map(str::to_owned).collect()
}

/// The check symbol of a body, by the code under test.
fn check(body: &[char]) -> char {
    check_symbol(body).expect("symbols of the alphabet")
}

#[test]
fn the_undetected_substitutions_are_those_documented() {
    for index in 0..BODY {
        let mut undetected = BTreeSet::new();
        for (one, other) in pairs() {
            let (mut left, mut right) = (['A'; BODY], ['A'; BODY]);
            (left[index], right[index]) = (one, other);
            if check(&left) == check(&right) {
                undetected.insert(pair(one, other));
            }
        }
        assert_eq!(undetected, documented_substitutions(index + 1), "position {}", index + 1);
    }
}

#[test]
fn the_undetected_swaps_of_neighbours_are_those_documented() {
    for index in 0..BODY - 1 {
        let mut undetected = BTreeSet::new();
        for (one, other) in pairs() {
            let mut straight = ['A'; BODY];
            (straight[index], straight[index + 1]) = (one, other);
            let mut swapped = straight;
            swapped.swap(index, index + 1);
            if check(&straight) == check(&swapped) {
                undetected.insert(pair(one, other));
            }
        }
        assert_eq!(undetected, documented_swaps(), "positions {} and {}", index + 1, index + 2);
    }
}

#[test]
fn a_wrong_check_symbol_is_always_detected() {
    let right = check(&['A'; BODY]);
    let accepted = |last: &char| format!("AAAAAAAAA{last}").parse::<Otp>().is_ok();
    assert_eq!(ALPHABET.into_iter().filter(accepted).collect::<Vec<_>>(), [right]);
}

/// The contract speaks of the nine body symbols. Swapping the last of them with the check symbol passes for the ten
/// pairs below, which no mark shows: reading the whole code back is what finds it.
#[test]
fn the_last_symbol_and_the_check_symbol_are_swapped_unseen_for_ten_pairs() {
    let mut undetected = BTreeSet::new();
    for (ninth, last) in pairs() {
        // Two free symbols give the sum every remainder.
        for (first, second) in pairs() {
            let eight = format!("{first}{second}AAAAAA");
            let (straight, swapped) = (format!("{eight}{ninth}{last}"), format!("{eight}{last}{ninth}"));
            if straight.parse::<Otp>().is_ok() && swapped.parse::<Otp>().is_ok() {
                undetected.insert(pair(ninth, last));
            }
        }
    }
    let known = ["AJ", "9H", "5K", "6L", "7Q", "8R", "2S", "XY", "XZ", "YZ"];
    assert_eq!(undetected, known.into_iter().map(str::to_owned).collect());
}

/// The marks that the documented pairs call for, by the symbols alone.
fn expected_marks(code: &str) -> Vec<bool> {
    let symbols: Vec<char> = code.chars().collect();
    let blind_at = |index: usize| {
        let symbol = symbols[index];
        let substituted = documented_substitutions(index + 1).iter().any(|pair| pair.contains(symbol));
        let swapped = |other: Option<usize>| {
            other.filter(|at| *at < BODY).is_some_and(|at| documented_swaps().contains(&pair(symbol, symbols[at])))
        };
        index < BODY && (substituted || swapped(index.checked_sub(1)) || swapped(Some(index + 1)))
    };
    (0..LENGTH).map(blind_at).collect()
}

fn marks(code: &str) -> Vec<bool> {
    blind_spots(code.parse::<Otp>().expect("a right code").symbols()).to_vec()
}

#[test]
fn the_twins_of_the_contract_differ_only_where_marked() {
    let (one, other) = ("Q4KFRQK5UY", "QEKFRQK5UY");
    for code in [one, other] {
        let marked = marks(code);
        assert_eq!(marked, expected_marks(code));
        let differing = one.chars().zip(other.chars()).position(|(one, other)| one != other).expect("they differ");
        assert!(marked[differing]);
    }
}

#[test]
fn every_pair_of_neighbours_at_every_place_is_marked_as_documented() {
    for index in 0..BODY - 1 {
        for (one, other) in pairs().chain(ALPHABET.into_iter().map(|symbol| (symbol, symbol))) {
            let mut body = ['2'; BODY];
            (body[index], body[index + 1]) = (one, other);
            let code = String::from_iter(body);
            let code = format!("{code}{}", oracle::check_symbol(&code));
            assert_eq!(marks(&code), expected_marks(&code), "{one}{other} at {}", index + 1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_symbol_is_marked_where_a_slip_would_pass_and_nowhere_else(code in oracle::code()) {
        let symbols: Vec<char> = code.chars().collect();
        let marked = marks(&code);
        for index in 0..BODY {
            let substituted = ALPHABET.into_iter().filter(|other| *other != symbols[index]).any(|other| {
                let mut slip = symbols.clone();
                slip[index] = other;
                oracle::is_code(&String::from_iter(slip))
            });
            let swapped = [index.checked_sub(1), Some(index)].into_iter().flatten().any(|first| {
                let mut slip = symbols.clone();
                // The neighbours within the body: the check symbol is no part of its own sum.
                if first + 1 < BODY { slip.swap(first, first + 1); }
                slip != symbols && oracle::is_code(&String::from_iter(slip))
            });
            prop_assert_eq!(marked[index], substituted || swapped, "position {}", index + 1);
        }
        prop_assert!(!marked[BODY]);
    }
}
