//! Lists of swab tests, in every class of outcome, in the page and as a file.

use centralino::domain::dates;
use jiff::{ToSpan, civil::Date};
use serde_json::json;

use super::{
    search::Canary,
    swabs::WHO,
    visitor::{Backstage, Visitor},
};
use crate::support::call::Control;

/// Where the swabs were taken: it is kept as little as the rest.
const PLACE: &str = "Ambulatorio Canarino";
/// What goes wrong on the way, and what is told of it.
const TROUBLE: [(&str, &str); 7] = [
    ("cvc_echo", "Elenco non concesso"),
    ("refused", "Elenco non concesso"),
    ("rejected_by_policy", "Elenco non concesso"),
    ("http_503", "Elenco non arrivato"),
    ("truncated", "Elenco non arrivato"),
    ("missing_transaction", "Elenco non arrivato"),
    ("reset_after_reading", "Elenco non arrivato"),
];

/// How many days ago the first and the last day of a list were.
const DAYS: (i64, i64) = (171, 151);

/// Lists that are never asked for.
pub async fn not_sent(visitor: &mut Visitor, today: Date) {
    let [from, to] = [DAYS.0, DAYS.1].map(|back| dates::display(today.saturating_sub(back.days())));
    for path in ["/swabs/list", "/swabs/list/export"] {
        let fields = [("description", PLACE), ("from", &*from), ("to", &*to)];
        visitor.post(path, &fields).await.shows(200, "Elenco non chiesto");
    }
}

/// An operator asks for lists; what must be nowhere afterwards.
pub async fn lists(visitor: &mut Visitor, control: &Control, desk: &Backstage, today: Date) -> Vec<Canary> {
    let day = |back: i64| today.saturating_sub(back.days());
    let (first, reported, last, sampled) = (day(DAYS.0), day(163), day(DAYS.1), day(167));
    let test = json!({
        "fiscal_code": "VRDLGU75B02F205A", "result": "P", "sampled_on": sampled, "communicated_on": reported,
        "description": PLACE,
    });
    let seeded = control.seed(json!({ "tests": [test, test] })).await;
    let cuns = ["/tests/0/cun", "/tests/1/cun"].map(|place| seeded.pointer(place).and_then(|cun| cun.as_str()));
    let cuns = cuns.map(|cun| cun.expect("a CUN").to_owned());
    visitor.sign_in(desk, WHO).await;
    let (from, to) = (dates::display(first), dates::display(last));
    let fields = [("description", PLACE), ("from", from.as_str()), ("to", to.as_str())];
    for path in ["/swabs/list", "/swabs/list/export"] {
        visitor.get(path).await;
        for (fault, told) in TROUBLE {
            control.fault("swab_list", fault).await;
            visitor.post(path, &fields).await.shows(200, told);
        }
        control.fault("swab_list", "wrong_cun").await;
        visitor.post(path, &fields).await.shows(200, "CUN sbagliato");
        let page = visitor.post(path, &fields).await;
        page.shows(200, &cuns[0]).shows(200, &cuns[1]).shows(200, &dates::display(sampled));
        visitor.post(path, &[("structure", &cuns[0]), ("from", &cuns[1]), ("to", &to)]).await.shows(422, "alert");
    }
    let days = [first, reported, last, sampled].map(Canary::Day);
    let codes = cuns.iter().map(|cun| Canary::code(cun));
    days.into_iter().chain(codes).chain([Canary::Text(PLACE.to_owned())]).collect()
}
