//! Reports of swab tests and their cancellation, in every class of outcome.

use centralino::domain::dates;
use jiff::{ToSpan, civil::Date};

use super::{
    call::{LOST, NO},
    search::Canary,
    visitor::{Backstage, Visitor, new_key},
};
use crate::support::call::Control;

/// Who works at this desk, and at the health authority's and that of exemptions.
pub const WHO: &str = "sanitario1";
/// The patient, who is in no account.
const PATIENT: &str = "CNRGLI70D41F205R";
const PHONE: &str = "+393491827364";
const EMAIL: &str = "giulia.canarino@esempio.it";
/// Where the swab was taken: kept as little as the rest.
const PLACE: &str = "Gazebo Canarino";

/// A report as it is typed.
fn report<'a>(day: &'a str, contact: (&'a str, &'a str)) -> [(&'a str, &'a str); 5] {
    [("description", PLACE), ("patient", PATIENT), ("sampled_on", day), ("result", "P"), contact]
}

/// The CUNs of the tests of a day.
async fn cuns_of(control: &Control, day: Date) -> Vec<String> {
    let state = control.sandbox("/state").await;
    let tests = state["tests"].as_object().expect("tests");
    let of_day = tests.iter().filter(|(_, test)| test["sampled_on"] == day.to_string().as_str());
    of_day.map(|(cun, _)| cun.clone()).collect()
}

/// How many days ago the swab was taken.
const AGE: i64 = 131;

/// A report and a cancellation that never reach the service.
pub async fn not_sent(visitor: &mut Visitor, cun: &str, today: Date) {
    let day = dates::display(today.saturating_sub(AGE.days()));
    visitor.step("swabs", &report(&day, ("phone", PHONE))).await.shows(200, "Esito non inviato");
    let fields = [("description", PLACE), ("patient", PATIENT), ("cun", cun)];
    visitor.step("swabs/cancel", &fields).await.shows(200, "Annullamento non inviato");
}

/// An operator reports and cancels; what must be nowhere afterwards.
pub async fn swabs(visitor: &mut Visitor, control: &Control, desk: &Backstage, today: Date) -> Vec<Canary> {
    let day = today.saturating_sub(AGE.days());
    let sampled_on = dates::display(day);
    visitor.sign_in(desk, WHO).await;
    for fault in [NO, LOST, &["wrong_cun"]].concat() {
        control.fault("swab_report", fault).await;
        visitor.step("swabs", &report(&sampled_on, ("phone", PHONE))).await.shows(200, PATIENT);
    }
    visitor.step("swabs", &report(&sampled_on, ("email", EMAIL))).await.shows(200, "Esito registrato");
    let cuns = cuns_of(control, day).await;
    let cancelled = &cuns[0];
    let both = [&report(&sampled_on, ("email", EMAIL))[..], &[("phone", PHONE)]].concat();
    visitor.step("swabs", &both).await.shows(422, EMAIL);
    let misplaced = [("description", PATIENT), ("structure", EMAIL), ("patient", cancelled), ("sampled_on", PHONE)];
    visitor.step("swabs", &misplaced).await.shows(422, cancelled);
    for fault in [NO, &LOST[..4]].concat() {
        control.fault("swab_cancel", fault).await;
        let fields = [("description", PLACE), ("patient", PATIENT), ("cun", cancelled)];
        visitor.step("swabs/cancel", &fields).await.shows(200, PATIENT);
    }
    let other = [("description", PLACE), ("patient", PATIENT), ("cun", cuns[1].as_str())];
    let key = new_key();
    let undecided = [&other[..], &[("key", &*key), ("repeat", "1")]].concat();
    visitor.post("/swabs/cancel", &undecided).await.shows(200, "Annullare l'esito?");
    visitor.step("swabs/cancel", &other).await.shows(200, "Esito annullato");
    // A wrong CUN has other than its check symbol all that the right one has.
    let codes = cuns.iter().flat_map(|cun| [Canary::code(cun), Canary::Text(cun[4..13].to_owned())]);
    let texts = [PATIENT, PHONE, &PHONE[3..], EMAIL, PLACE].map(|text| Canary::Text(text.to_owned()));
    codes.chain(texts).chain([Canary::Day(day)]).collect()
}
