//! The closure of exemption certifications: the document's own names, the request, the answer and its codes (seed 000).
//!
//! The namespaces are a proposal (`contracts/`), and whether elements stand in one is not said: those of an answer are
//! known by their local names, those of a request follow a setting.

use std::fmt;

use jiff::civil::Date;
use reqwest::Url;

use super::{
    answers::Closed,
    client::{Call, Client},
    envelope::{Answer, Fields},
    operation::{ESITO, Meaning, Operation, TransactionField, USUAL, date},
    outcome::Outcome,
    queues::ExemptionSettings,
    reasons::{FailureReason, RefusalReason},
    settings::{Settings, filled},
    transport::BuildError,
    upstream_text::UpstreamText,
    verdict::Yes,
};
use crate::{
    domain::{
        exemption::ExemptionCode,
        fiscal_code::FiscalCode,
        service::{OutcomeClass, Service},
    },
    server::clock::Clock,
};

const USER: &str = "UserId";
const TOKEN: &str = "UtenteToken";
const CODE: &str = "codiceEsenzione";
/// The first day of the certification.
pub const VALID_FROM: &str = "dataInizioValid";
/// The patient's codice fiscale.
pub const PATIENT: &str = "assistito";
const UPDATED_ON: &str = "datAggRec";
const OLD_END: &str = "datFinValOld";
const DIAGNOSIS: &str = "diagnostico";
/// gg/mm/aaaa.
const DAY: &str = "%d/%m/%Y";
/// How much of `esito` is the code; what follows says nothing.
const CODE_LENGTH: usize = 4;

/// Chiusura certificazione (seed 000, 3.1).
pub const CLOSE: Operation = Operation {
    name: "ChiusuraCertEseRed",
    action: "",
    request: "ChiusuraCertificazione",
    request_namespace: "http://chiusuracertrequest.xsd.cert.esenzionireddito.sanita.finanze.it",
    answer: "RicevutaChiusuraCertificazione",
    answer_namespace: "http://chiusuracertresponse.xsd.cert.esenzionireddito.sanita.finanze.it",
    answer_fields: &[UPDATED_ON, OLD_END, ESITO, DIAGNOSIS],
    path: "/CertEseRedChiusuraWEB/services/ChiusuraCertEseRed",
    esito_text: DIAGNOSIS,
    meaning,
    transaction: TransactionField::Absent,
    by_local_name: true,
    ..USUAL
};

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Find out whether the certification is closed, before anything is repeated.
    Recheck,
    /// Fill in what is missing and send again.
    Complete,
    /// Correct what is wrong and send again.
    Correct,
    /// Look the certification up: code, first day and patient must be its own.
    LookUp,
    /// Turn to the local security administrator.
    Administrator,
    /// Turn to whoever runs this desk: user and certificate do not belong together.
    Certificate,
    /// Nothing: it is closed.
    Nothing,
}

impl NextStep {
    /// Its word, by which its text is found.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recheck => "recheck",
            Self::Complete => "complete",
            Self::Correct => "correct",
            Self::LookUp => "look_up",
            Self::Administrator => "administrator",
            Self::Certificate => "certificate",
            Self::Nothing => "nothing",
        }
    }
}

macro_rules! closure_codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal $class:ident $next:ident;)+) => {
        /// The codes of an answer (seed 000, 2.3).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ClosureCode { $($(#[$doc])* $variant),+ }

        impl ClosureCode {
            /// All of them, in the order of the document.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The four digits.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$variant => $number),+ }
            }

            /// What it is taken for.
            #[must_use]
            pub const fn class(self) -> OutcomeClass {
                match self { $(Self::$variant => OutcomeClass::$class),+ }
            }

            /// What to do next.
            #[must_use]
            pub const fn next(self) -> NextStep {
                match self { $(Self::$variant => NextStep::$next),+ }
            }
        }
    };
}

closure_codes! {
    /// An error of the system: nobody knows whether the certification is closed.
    System = 7450 Uncertain Recheck;
    /// The same.
    OtherSystem = 7451 Uncertain Recheck;
    /// No user code.
    NoUser = 7460 Refused Certificate;
    /// No code of an exemption.
    NoExemption = 7461 Refused Complete;
    /// No token.
    NoToken = 7462 Refused Certificate;
    /// No patient.
    NoPatient = 7463 Refused Complete;
    /// A token that is not well-formed.
    WrongToken = 7464 Refused Certificate;
    /// No first day.
    NoDate = 7465 Refused Complete;
    /// A first day that is none.
    WrongDate = 7466 Refused Correct;
    /// "Dati non presenti": the document does not say which.
    NoData = 7467 Refused LookUp;
    /// There is no such certification to be closed, or it is closed already.
    NotFound = 7470 Refused LookUp;
    /// Nobody knows the user.
    UnknownUser = 7485 Refused Administrator;
    /// The user may not close certifications.
    NotAuthorised = 7486 Refused Administrator;
    /// The user's region is not the certificate's.
    OtherRegion = 7487 Refused Certificate;
    /// The user's health authority is not the certificate's.
    OtherAuthority = 7488 Refused Certificate;
    /// Closed.
    Done = 7499 Done Nothing;
}

impl ClosureCode {
    /// The code at the beginning of an `esito`, blanks before it left aside.
    #[must_use]
    pub fn of(esito: &str) -> Option<Self> {
        let number: u16 = esito.trim().get(..CODE_LENGTH)?.parse().ok()?;
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }
}

fn meaning(esito: &str) -> Meaning {
    let Some(code) = ClosureCode::of(esito) else { return Meaning::Uncertain(FailureReason::UnknownEsito) };
    match code.class() {
        OutcomeClass::Done => Meaning::Done,
        OutcomeClass::Refused => Meaning::Refused(RefusalReason::Closure(code)),
        OutcomeClass::Uncertain | OutcomeClass::NotSent => Meaning::Uncertain(FailureReason::Closure(code)),
    }
}

/// The way to the service; cheap to clone.
#[derive(Clone)]
pub struct Exemptions {
    client: Client,
    url: Url,
    user: Option<String>,
    token: Option<String>,
    is_unqualified: bool,
}

/// Nothing of a patient; but a token.
impl fmt::Debug for Exemptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exemptions(…)")
    }
}

impl Exemptions {
    /// Checks the settings, loads the identity; connects to nothing yet.
    pub fn build(own: &ExemptionSettings, common: &Settings, clock: Clock) -> Result<Self, BuildError> {
        let settings = own.over(common)?;
        let url = settings.url_at("close_path", own.close_path.as_deref(), &CLOSE)?;
        let user = filled(own.user_id.as_deref()).map(str::to_owned);
        let token = own.token().map(str::to_owned);
        let is_unqualified = own.unqualified;
        Ok(Self { client: Client::build(&settings, clock)?, url, user, token, is_unqualified })
    }

    /// Closes the certification of a patient by its code and first day. Never repeated.
    pub async fn close(
        &self,
        operator: &FiscalCode,
        code: &ExemptionCode,
        from: Date,
        patient: &FiscalCode,
    ) -> Outcome<Closed> {
        let fields = Fields::new()
            .unqualified(self.is_unqualified)
            .with(USER, self.user.as_deref().unwrap_or(operator.to_wire()))
            .with_some(TOKEN, self.token.as_deref())
            .with(CODE, code.to_wire())
            .with(VALID_FROM, from.strftime(DAY).to_string())
            .with(PATIENT, patient.to_wire());
        self.client.call(Call::of(Service::ExemptionClose, &CLOSE, &self.url, fields), |yes| Ok(closed(&yes))).await
    }

    /// The way itself.
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

pub(super) fn closed(yes: &Yes) -> Closed {
    let (updated_on, old_end) = (day(&yes.answer, UPDATED_ON), day(&yes.answer, OLD_END));
    let unread = [(UPDATED_ON, updated_on), (OLD_END, old_end)];
    let unread = unread.into_iter().filter(|(_, day)| day.is_none()).filter_map(|(name, _)| yes.answer.get(name));
    let notes = unread.map(UpstreamText::new).chain(yes.notes()).collect();
    Closed { updated_on, old_end, notes }
}

/// The document does not say how days are written: gg/mm/aaaa as in the request, or aaaa-mm-gg.
fn day(answer: &Answer, name: &str) -> Option<Date> {
    let text = answer.get(name)?;
    let italian = || Date::strptime(DAY, text).ok().filter(|day| day.strftime(DAY).to_string() == text);
    date(text).or_else(italian)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::language::Language;

    #[test]
    fn every_code_has_its_meaning_and_its_next_step_in_both_languages() {
        assert_eq!(ClosureCode::ALL.len(), 16);
        for language in Language::ALL {
            for code in ClosureCode::ALL {
                let keys =
                    [format!("exemptions.code.c{}", code.number()), format!("exemptions.next.{}", code.next().word())];
                for key in keys {
                    assert_ne!(language.text(&key), key);
                }
            }
        }
    }

    #[test]
    fn a_code_is_the_first_four_characters() {
        for esito in ["7499", " 7499 ", "7499 - OK", "7499X"] {
            assert_eq!(meaning(esito), Meaning::Done, "{esito}");
        }
        for esito in ["", "749", "0000", "7498", "è499", "OK 7499"] {
            assert_eq!(meaning(esito), Meaning::Uncertain(FailureReason::UnknownEsito), "{esito}");
        }
    }
}
