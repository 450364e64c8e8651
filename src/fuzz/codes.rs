//! What people type and dictate: codes, cards, days, ids, names.

use std::{any::type_name, fmt::Debug, str::FromStr};

use jiff::civil::{Date, date};

use crate::domain::{
    call::{CallId, MOST_CHARACTERS, TestVerificationId, TransactionId},
    code::{ALPHABET, Cun, LENGTH, Otp, blind_spots, check_symbol},
    dates,
    exemption::ExemptionCode,
    fiscal_code::FiscalCode,
    health_card::HealthCardDigits,
    operator::Username,
    secret::Pin,
    swab::{Contact, NamedStructure, StructureDescription, StructureId},
    symbols::normalise,
};

const TODAY: Date = date(2021, 1, 11);

/// What is read is read again from how it is written, and nothing of it is printed.
pub(super) fn codes(data: &[u8]) {
    let Ok(typed) = str::from_utf8(data) else { return };
    assert_eq!(normalise(&normalise(typed)), normalise(typed));
    let cun = round::<Cun>(typed, Cun::to_wire);
    let otp = round::<Otp>(typed, Otp::to_wire);
    cun.iter().map(Cun::symbols).chain(otp.iter().map(Otp::symbols)).for_each(is_a_code);
    if let (Some(cun), Some(otp)) = (&cun, &otp) {
        assert_eq!(cun.symbols(), otp.symbols(), "two codes in one text");
    }
    let card = round::<HealthCardDigits>(typed, |card| card.to_wire().to_owned());
    let fiscal_code = round::<FiscalCode>(typed, |code| code.to_wire().to_owned());
    assert_eq!(cun, normalise(typed).parse().ok(), "what is dropped counts for nothing");
    assert_eq!(fiscal_code, normalise(typed).parse().ok());
    assert_eq!(card, normalise(typed).parse().ok());
    hidden(round::<Pin>(typed, |pin| pin.expose().to_owned()));
    hidden(round::<TestVerificationId>(typed, |id| id.to_wire().to_owned()));
    hidden(round::<ExemptionCode>(typed, |code| code.to_wire().to_owned()));
    for contact in [Contact::phone(typed), Contact::email(typed)].into_iter().flatten() {
        let again = match &contact {
            Contact::Phone(number) => Contact::phone(number),
            Contact::Email(address) => Contact::email(address),
        };
        assert_eq!(again.as_ref(), Ok(&contact));
        hidden(Some(contact));
    }
    round::<Username>(typed, |name| name.as_str().to_owned());
    round::<StructureId>(typed, ToString::to_string);
    round::<NamedStructure>(typed, ToString::to_string);
    round::<StructureDescription>(typed, |text| text.as_str().to_owned());
    kept_ids(typed, cun.is_some(), fiscal_code.is_some());
    days(typed);
    hidden(cun);
    hidden(otp);
    hidden(card);
    hidden(fiscal_code);
}

/// The value of a text, if it has one, which must be that of how it is written.
fn round<T: FromStr + PartialEq + Debug>(typed: &str, write: impl Fn(&T) -> String) -> Option<T> {
    let value = typed.parse::<T>().ok()?;
    let written = write(&value);
    let again = written.parse::<T>().ok();
    assert!(again.as_ref() == Some(&value), "{written:?} is read otherwise");
    Some(value)
}

fn is_a_code(symbols: &[char; LENGTH]) {
    assert!(symbols.iter().all(|symbol| ALPHABET.contains(symbol)));
    let (body, last) = symbols.split_at(LENGTH - 1);
    assert_eq!(check_symbol(body).as_ref(), last.first());
    assert_eq!(blind_spots(symbols).last(), Some(&false), "the check symbol vouches for itself");
}

/// What a caller says is not printed.
fn hidden<T: Debug>(value: Option<T>) {
    let name = type_name::<T>().rsplit("::").next().unwrap_or_default();
    assert!(value.is_none_or(|value| format!("{value:?}") == format!("{name}(…)")), "{name} is printed");
}

/// What may be kept of a call holds nothing of the caller's.
fn kept_ids(typed: &str, is_cun: bool, is_fiscal_code: bool) {
    let call = round::<CallId>(typed, |id| id.as_str().to_owned());
    let transaction = round::<TransactionId>(typed, |id| id.as_str().to_owned());
    assert!(call.is_none() || transaction.is_some(), "calls are judged more strictly");
    let Some(transaction) = transaction else { return };
    let id = transaction.as_str();
    assert!(id.is_ascii() && (1..=MOST_CHARACTERS).contains(&id.len()));
    let has_letter = id.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_callers = is_fiscal_code || is_cun && has_letter;
    assert!(!is_callers, "{id:?} is the caller's");
}

fn days(typed: &str) {
    let Ok(day) = dates::parse(typed) else { return };
    assert_eq!(dates::parse(&day.to_string()), Ok(day));
    assert_eq!(dates::parse(&day.strftime("%d/%m/%Y").to_string()), Ok(day));
    if let Ok(onset) = dates::parse_onset(typed, TODAY) {
        let back = TODAY.since(onset).map(|span| span.get_days());
        assert!(onset <= TODAY && back.is_ok_and(|days| i64::from(days) <= dates::MOST_DAYS_BACK), "{onset}");
    }
}
