//! Forms, as browsers and others send them: encoded as in an address, or in parts with a file.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::header::CONTENT_TYPE,
};
use futures::executor::block_on;
use jiff::civil::{Date, date};

use crate::{
    features::{
        accounts::form_key::FormKey,
        operators::list,
        registers::filters,
        sheets::upload::Upload,
        statistics::period::{self, MOST_DAYS},
    },
    server::{form::Posted, language::Language},
};

const TODAY: Date = date(2021, 1, 11);
const IN_PARTS: &str = "multipart/form-data; boundary=x";
const ENCODED: &str = "application/x-www-form-urlencoded";

/// The first byte says how the rest is sent.
pub(super) fn forms(data: &[u8]) {
    match data.split_first() {
        Some((b'm', body)) => in_parts(body),
        Some((_, body)) => encoded(body),
        None => {}
    }
}

fn read<T: FromRequest<()>>(content_type: &str, body: &[u8]) -> Option<T> {
    let request = Request::post("/").header(CONTENT_TYPE, content_type).body(Body::from(body.to_vec()));
    block_on(T::from_request(request.ok()?, &())).ok()
}

/// Nothing is read that was not sent.
fn in_parts(body: &[u8]) {
    let Some(upload) = read::<Upload>(IN_PARTS, body) else { return };
    let Upload { file, text, pin, .. } = &upload;
    for part in [file.as_slice(), text.as_bytes(), pin.as_bytes()] {
        assert!(part.is_empty() || body.windows(part.len()).any(|sent| sent == part));
    }
    assert!([file.as_slice(), text.as_bytes()].contains(&upload.content()));
}

fn encoded(body: &[u8]) {
    let sent = || body.to_vec();
    // Filters of a register are judged by the database; here they are only read.
    let _ = read::<Posted<filters::Typed>>(ENCODED, &sent());
    if let Some(Posted(typed)) = read::<Posted<period::Typed>>(ENCODED, &sent())
        && let (Some(asked), errors) = period::read(&typed, TODAY, Language::It)
    {
        assert!(errors.is_empty() && asked.from <= asked.to && asked.to <= TODAY && asked.days() <= MOST_DAYS);
        assert!(asked.span().is_ok());
        let query = asked.address().split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        let again = read::<Posted<period::Typed>>(ENCODED, query.as_bytes());
        let again = again.and_then(|Posted(typed)| period::read(&typed, TODAY, Language::It).0);
        assert_eq!(again, Some(asked), "an address asks for what its form asked for");
    }
    if let Some(Posted(asked)) = read::<Posted<list::Asked>>(ENCODED, &sent())
        && asked.wanted(Language::It).is_ok()
    {
        let address = asked.address(None);
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let again = read::<Posted<list::Asked>>(ENCODED, query.as_bytes());
        assert!(again.is_some_and(|Posted(again)| again.q.is_empty() && again.filters() == asked.filters()));
    }
    let pairs = read::<Posted<Vec<(String, String)>>>(ENCODED, &sent()).map(|Posted(pairs)| pairs).unwrap_or_default();
    for key in pairs.iter().filter_map(|(_, value)| value.parse::<FormKey>().ok()) {
        assert_eq!(key.as_str().parse::<FormKey>().ok(), Some(key));
    }
}
