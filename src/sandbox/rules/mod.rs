//! The rules of the services, in the order of the contract: operator → formal → existence → state. What comes before,
//! the channel and the schema, is `house`'s.
//!
//! The documents give no codes but for the closure of exemptions: the others are the sandbox's own.

pub(super) mod asl;
pub(super) mod call_center;
pub(super) mod exemptions;
pub(super) mod swabs;

use jiff::{ToSpan as _, civil::Date};

use super::{
    certifications::Certifications,
    check::Violation,
    immuni::Immuni,
    party::Party,
    profile::Profile,
    register::Register,
    soap::{Fields, Request},
};
use crate::{
    domain::{dates::MOST_DAYS_BACK, fiscal_code::FiscalCode},
    server::{
        clock::{Clock, rome},
        random::{NoRandomness, Random},
    },
};

/// Why a service says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) text: &'static str,
}

macro_rules! refusals {
    ($($name:ident = $code:literal $text:literal;)+) => {
        $(pub(super) const $name: Refusal = Refusal { code: $code, text: concat!("SANDBOX: ", $text) };)+

        /// All of them.
        const ALL: &[Refusal] = &[$($name),+];
    };
}

refusals! {
    NOT_AUTHORISED = "9001" "operatore non abilitato";
    NO_AUTHENTICATION = "9002" "tipo di autenticazione non dichiarato";
    FOREIGN_SOURCE = "9003" "indirizzo IP di provenienza non censito";
    NOT_ONE_STRUCTURE = "9010" "la struttura si indica con il solo identificativo";
    NOT_ONE_SITE = "9011" "la struttura si indica con l'identificativo o con la descrizione";
    LONG_DESCRIPTION = "9012" "descrizione della struttura oltre 256 caratteri";
    MISSING = "9013" "campo obbligatorio assente o formalmente errato";
    NOT_IN_LIST = "9014" "valore non ammesso";
    TWO_CONTACTS = "9015" "numero di cellulare e contatto email insieme";
    WRONG_DATE = "9016" "data futura o troppo lontana";
    WRONG_INTERVAL = "9017" "intervallo di date non valido";
    PINCODE_NOT_ALLOWED = "9018" "pinCode non ammesso con il certificato";
    UNUSABLE_CUN = "9020" "CUN non utilizzabile";
    EXPIRED = "9021" "CUN scaduto";
    USED = "9022" "CUN già utilizzato";
    NEGATIVE = "9023" "CUN non legato a un test positivo";
    NO_SUCH_TEST = "9030" "test da annullare non trovato";
    CANCELLED = "9031" "test già annullato";
    NOT_A_LISTER = "9040" "operatore non abilitato al profilo Elenco Tamponi Molecolari";
    TOO_MANY_LISTERS = "9041" "tre operatori della regione sono già abilitati";
    FOREIGN_ID = "9050" "ID Verifica Tampone non utilizzabile dall'operatore";
    NOT_UNLOCKED = "9051" "nessuno sblocco da confermare o annullare";
    NOT_CANCELLABLE = "9052" "annullamento non possibile";
    WRONG_OTP = "9060" "OTP formalmente errato (Immuni: 400)";
    SYSTEM = "9099" "errore di sistema";
    OTP_CONFLICT = "9061" "OTP già sbloccato o utilizzato (Immuni: 409)";
}

/// The refusal of this code.
pub(super) fn refusal(code: &str) -> Option<Refusal> {
    ALL.iter().copied().find(|refusal| refusal.code == code)
}

/// What a service's rules see.
pub(super) struct Scene<'a> {
    /// Who calls; let in already.
    pub(super) party: &'a Party,
    pub(super) register: &'a mut Register,
    pub(super) certifications: &'a mut Certifications,
    pub(super) immuni: &'a mut Immuni,
    pub(super) profile: &'a Profile,
    pub(super) clock: &'a Clock,
    pub(super) random: &'a Random,
}

/// The rules of one service: the fields of a positive answer beyond transaction and esito, or with others than usual.
pub(super) type Rules = fn(&mut Scene<'_>, &Request) -> Result<Fields, Refusal>;

impl From<NoRandomness> for Refusal {
    fn from(_: NoRandomness) -> Self {
        SYSTEM
    }
}

/// How a breach of the contract is answered where it is answered and not thrown back as a fault.
pub(super) fn of_violation(violation: &Violation) -> Refusal {
    match violation.element.as_deref() {
        Some("tipoAutenticazione") => NO_AUTHENTICATION,
        Some("descrizioneStruttura") => LONG_DESCRIPTION,
        _ if violation.is_choice => NOT_IN_LIST,
        _ => MISSING,
    }
}

/// The CUN that a request is about, named in it or reached through its ID.
pub(super) fn subject(register: &Register, request: &Request) -> Option<String> {
    let by_id = || Some(register.verifications.get(request.get("idVerificaTampone")?)?.cun.clone());
    request.get("cun").or_else(|| request.get("idTransazione")).map(str::to_owned).or_else(by_id)
}

impl Scene<'_> {
    /// C7.
    fn declared(&self, request: &Request) -> Result<(), Refusal> {
        let is_declared = request.get("tipoAutenticazione").is_some();
        if is_declared || !self.profile.authentication_required { Ok(()) } else { Err(NO_AUTHENTICATION) }
    }

    /// "Data-ora-minuti-secondi-millisecondi".
    fn stamp(&self) -> String {
        stamp(self.clock.now())
    }
}

/// An instant as it travels.
pub(super) fn stamp(instant: jiff::Timestamp) -> String {
    instant.to_zoned(rome()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

fn check_onset(onset: Date, today: Date) -> Result<(), Refusal> {
    let earliest = today.saturating_sub(MOST_DAYS_BACK.days());
    if (earliest..=today).contains(&onset) { Ok(()) } else { Err(WRONG_DATE) }
}

/// T4, A1: the patient, by a codice fiscale whose check letter is right.
fn patient(request: &Request) -> Result<&str, Refusal> {
    let code = request.get("cfAssistito").ok_or(MISSING)?;
    if code.parse::<FiscalCode>().is_ok() { Ok(code) } else { Err(MISSING) }
}
