use axum::http::{HeaderMap, HeaderValue, header};
use jiff::SignedDuration;

use super::*;
use crate::{
    domain::{operator::OperatorId, service::OutcomeClass},
    features::requests::sealed::{Drawer, LIFE, Sealed},
    server::{random::Random, secrets::Secrets},
};

const START: Timestamp = Timestamp::UNIX_EPOCH;

fn headers(set: &HeaderValue) -> HeaderMap {
    let pair = set.to_str().expect("text").split(';').next().expect("a pair").to_owned();
    HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&pair).expect("a header"))])
}

fn data() -> CallData {
    let verified = Verification {
        cun: "CUN-H17KZ6247A".parse().expect("a CUN"),
        id: "8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80".parse().expect("an id"),
        sampled_on: jiff::civil::date(2021, 1, 8),
        submission: "form".to_owned(),
    };
    CallData { verified: Some(verified), ..CallData::of_case("case") }
}

#[test]
fn it_lives_half_an_hour_and_only_for_its_session() {
    let (secrets, random, operator) = (Secrets::from_bytes(&[7; 32]), Random::system(), OperatorId("o".into()));
    let sealed = Sealed::new(&secrets, &random, &operator, b"one");
    let carried = headers(&sealed.close(Drawer::Case, data(), START).expect("sealed"));
    let opened = |sealed: &Sealed, now| sealed.open::<CallData>(Drawer::Case, &carried, now).is_some();
    assert!(sealed.open(Drawer::Case, &carried, START) == Some(data()));
    assert!(opened(&sealed, START + SignedDuration::from_secs(1799)));
    assert!(!opened(&sealed, START + LIFE));
    assert!(!opened(&Sealed::new(&secrets, &random, &operator, b"two"), START));
    assert!(!opened(&Sealed::new(&secrets, &random, &OperatorId("p".into()), b"one"), START));
    assert!(sealed.open::<CallData>(Drawer::Deferred, &carried, START).is_none());
}

#[test]
fn it_follows_the_session_to_a_new_token() {
    let (secrets, random, operator) = (Secrets::from_bytes(&[7; 32]), Random::system(), OperatorId("o".into()));
    let old = Sealed::new(&secrets, &random, &operator, b"one");
    let carried = headers(&old.close(Drawer::Case, data(), START).expect("sealed"));
    let renewed = old.carry_over(&carried, b"two").expect("sealed");
    let new = Sealed::new(&secrets, &random, &operator, b"two");
    assert!(new.open(Drawer::Case, &headers(&renewed[0]), START) == Some(data()));
    assert!(old.open::<CallData>(Drawer::Case, &headers(&renewed[0]), START).is_none());
}

/// A test, and the form that asked for its confirmation.
fn asked(number: usize) -> (&'static str, String) {
    let cuns = [
        "CUN-H17KZ6247A",
        "CUN-7SWLFKFIAX",
        "CUN-11X524IJK5",
        "CUN-AAAAAAAAAJ",
        "CUN-Q4KFRQK5UY",
        "CUN-QEKFRQK5UY",
        "CUN-59Y5QWWF4Z",
        "CUN-W8ILHZ97U6",
        "CUN-5H66E5J2QR",
    ];
    (cuns[number], format!("0193a7f0-0000-7000-8000-00000000000{number}:confirm"))
}

fn leave_uncertain(data: &mut CallData, number: usize, at: Timestamp) {
    let (cun, submission) = asked(number);
    data.unsettled.note(OutcomeClass::Uncertain, cun, &submission, at);
}

#[test]
fn the_last_eight_uncertain_confirmations_are_remembered_for_half_an_hour_each() {
    let (secrets, random, operator) = (Secrets::from_bytes(&[7; 32]), Random::system(), OperatorId("o".into()));
    let sealed = Sealed::new(&secrets, &random, &operator, b"one");
    let mut data = CallData::of_case("case");
    for number in 0..9 {
        let minutes = i64::try_from(number).expect("a number");
        leave_uncertain(&mut data, number, START + SignedDuration::from_mins(minutes));
    }
    leave_uncertain(&mut data, 8, START + SignedDuration::from_mins(9));
    let later = START + SignedDuration::from_mins(33);
    let carried = headers(&sealed.close(Drawer::Deferred, data, later).expect("sealed"));
    let mut data: CallData = sealed.open(Drawer::Deferred, &carried, later).expect("opened");
    let remembers = |data: &CallData, number: usize| data.unsettled.holds(asked(number).0, "another");
    let known: Vec<_> = (0..9).filter(|number| remembers(&data, *number)).collect();
    assert_eq!(known, [4, 5, 6, 7, 8], "the first is one too many, the next three are too old");
    let (cun, submission) = asked(4);
    assert!(!data.unsettled.holds(cun, &submission), "the same form");
    data.unsettled.note(OutcomeClass::Refused, cun, "another", later);
    assert!(remembers(&data, 4), "a no settles nothing");
    data.unsettled.note(OutcomeClass::Done, cun, "another", later);
    assert!(!remembers(&data, 4));
}

#[test]
fn whatever_it_carries_a_browser_takes_it() {
    let (secrets, random, operator) = (Secrets::from_bytes(&[7; 32]), Random::system(), OperatorId("o".into()));
    let sealed = Sealed::new(&secrets, &random, &operator, b"one");
    let mut full = data();
    (0..9).for_each(|number| leave_uncertain(&mut full, number, START));
    let answer = |text: &str| LastAnswer { texts: vec![text.repeat(1200)], ..LastAnswer::default() };
    let long = Typed { cun: " ".repeat(60_000), ..Typed::default() };
    for (last, typed) in [(answer("x"), Typed::default()), (answer("\u{1}"), Typed::default()), (answer("\""), long)] {
        let carried = CallData { last: Some(last), typed, ..full.clone() };
        let cookie = sealed.close(Drawer::Deferred, carried, START).expect("sealed");
        let pair = cookie.to_str().expect("text").split(';').next().expect("a pair").len();
        assert!(pair <= 4096, "{pair}");
        let opened: CallData = sealed.open(Drawer::Deferred, &headers(&cookie), START).expect("opened");
        assert!(opened.verified == full.verified && opened.unsettled == full.unsettled);
    }
}
