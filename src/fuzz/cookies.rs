//! Sealed cookies: what was altered never opens, and what is in them is read as it was written.

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;

use crate::{
    domain::operator::OperatorId,
    features::{
        desk::call_data::CallData,
        requests::{
            memory::Memory,
            sealed::{Content, Drawer, LIFE, Sealed},
        },
        swabs::receipt::Receipt,
    },
    server::{
        host_cookie,
        language::{COOKIE, Language},
        random::Random,
        sealing::Sealer,
        secrets::Secrets,
    },
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A place, a mask, and what is in the cookie, or what a browser says it is.
pub(super) fn cookies(data: &[u8]) {
    let [place, mask, rest @ ..] = data else { return };
    read_as_written::<CallData>(rest);
    read_as_written::<Memory<Option<Timestamp>>>(rest);
    read_as_written::<Memory<Receipt>>(rest);
    let secrets = Secrets::from_bytes(&[7; 32]);
    altered(&secrets, rest, usize::from(*place), *mask);
    made_up(&secrets, rest);
}

fn read_as_written<C: Content>(plain: &[u8]) {
    let Some(content) = C::from_plain(plain, NOW) else { return };
    let Ok(written) = content.into_plain(NOW + LIFE) else { return };
    let again = C::from_plain(&written, NOW).and_then(|content| content.into_plain(NOW + LIFE).ok());
    assert!(again.is_some_and(|again| again == written), "it is read otherwise than it was written");
    assert!(C::from_plain(&written, NOW + LIFE).is_none(), "its time is over");
}

/// One symbol of a sealed value changed.
fn altered(secrets: &Secrets, plain: &[u8], place: usize, mask: u8) {
    let sealer = |token: &[u8]| Sealer::new(secrets, "fuzz", token);
    let (Ok(ours), Ok(another)) = (sealer(b"ours"), sealer(b"another")) else { return };
    let Ok(value) = ours.seal(plain, "operator", &Random::system()) else { return };
    assert!(ours.open(&value, "operator").is_some_and(|opened| opened == plain));
    assert!(ours.open(&value, "another").is_none() && another.open(&value, "operator").is_none());
    let mut bytes = value.clone().into_bytes();
    let place = place % bytes.len();
    bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= mask);
    if let Ok(altered) = String::from_utf8(bytes) {
        assert!(altered == value || ours.open(&altered, "operator").is_none(), "an altered value opened");
    }
}

/// Whatever a browser sends as its cookies.
fn made_up(secrets: &Secrets, sent: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(sent) else { return };
    let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
    let (random, operator) = (Random::system(), OperatorId("operator".to_owned()));
    let sealed = Sealed::new(secrets, &random, &operator, b"token");
    for drawer in Drawer::ALL {
        assert!(sealed.open::<CallData>(drawer, &headers, NOW).is_none(), "a made-up cookie opened");
    }
    assert!(sealed.carry_over(&headers, b"new").is_ok_and(|carried| carried.is_empty()));
    if let Some(language) = host_cookie::find(COOKIE, &headers).and_then(Language::from_tag) {
        assert!(sent.ends_with(language.tag().as_bytes()) || sent.contains(&b';') || sent.contains(&b' '));
    }
}
