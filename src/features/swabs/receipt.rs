//! The CUN of a report, with whose it is: it must not be taken for that of the next patient.

use jiff::civil::Date;
use leptos::prelude::*;
use rust_i18n::t;
use serde::{Deserialize, Serialize};

use crate::{
    components::code::ReadBack,
    domain::{
        code::{CUN_PREFIX, Cun, LENGTH},
        dates,
        fiscal_code::FiscalCode,
        swab::TestResult,
    },
    features::requests::act::Shown,
    islands::copy_button::CopyButton,
};

/// What the desk's acts leave to be shown: a report its CUN, a cancellation nothing.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Receipt(pub Option<NewCun>);

/// A CUN that Sistema TS has just given.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct NewCun {
    /// The CUN; its check symbol is right.
    pub cun: Cun,
    /// Whose it is.
    pub patient: FiscalCode,
    /// The day of the swab.
    pub sampled_on: Date,
    /// What came of it.
    pub result: TestResult,
}

/// The form in which it is sealed.
#[derive(Serialize, Deserialize)]
struct Wire(String, String, Date, String);

impl From<NewCun> for Wire {
    fn from(NewCun { cun, patient, sampled_on, result }: NewCun) -> Self {
        Self(cun.to_wire(), patient.to_wire().to_owned(), sampled_on, result.to_wire().to_owned())
    }
}

impl TryFrom<Wire> for NewCun {
    /// Says nothing of what was sealed.
    type Error = &'static str;

    fn try_from(Wire(cun, patient, sampled_on, result): Wire) -> Result<Self, Self::Error> {
        let cun = cun.parse().map_err(|_| "no CUN")?;
        let patient = patient.parse().map_err(|_| "no codice fiscale")?;
        let result = TestResult::from_wire(&result).ok_or("no result")?;
        Ok(Self { cun, patient, sampled_on, result })
    }
}

/// The groups in which a CUN is shown, after its prefix.
const GROUPS: [usize; 3] = [3, 4, 3];

fn groups(symbols: &[char; LENGTH]) -> Vec<String> {
    let mut symbols = symbols.iter();
    GROUPS.iter().map(|count| symbols.by_ref().take(*count).collect()).collect()
}

impl NewCun {
    /// The card: whose, the CUN with its copy button, how it is read back.
    pub fn card(self, shown: &Shown) -> AnyView {
        let (alphabet, language) = (shown.alphabet, shown.language);
        let locale = language.tag();
        let text = |key: &str| language.text(&format!("swabs.cun.{key}"));
        let of = t!("swabs.cun.of", locale = locale, patient = self.patient.to_wire()).into_owned();
        let result = language.text(&format!("swabs.report.result_{}", self.result.to_wire()));
        let about = t!("swabs.cun.test", locale = locale, day = dates::display(self.sampled_on), result = result);
        let groups = groups(self.cun.symbols()).into_iter().map(|group| view! { <span>{group}</span> });
        view! {
            <section class="new-cun" aria-labelledby="new-cun-of">
                <h2 id="new-cun-of">{of}</h2>
                <p>{about.into_owned()}</p>
                <p class="new-cun-code">
                    <code id="new-cun">
                        <span>{CUN_PREFIX}</span>
                        {groups.collect_view()}
                    </code>
                    <CopyButton target="new-cun".to_owned() label=text("copy") done=language.text("desk.copied") />
                </p>
                <ReadBack symbols=*self.cun.symbols() alphabet language />
            </section>
        }
        .into_any()
    }
}
