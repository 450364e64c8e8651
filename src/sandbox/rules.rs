//! The rules of the call center's services (seed 003, 2.4.1.1, 3.3; ordinance, art. 8), in the order operator →
//! formal → existence → state.
//!
//! The documents give no codes: those here are the sandbox's own.

use jiff::{ToSpan as _, civil::Date};

use super::{
    check::{Violation, read_date},
    immuni::Immuni,
    profile::{Cancellation, Profile},
    register::{Register, Test, Verification},
    soap::Request,
};
use crate::{
    domain::{
        code::{Cun, Otp},
        dates::MOST_DAYS_BACK,
    },
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
    };
}

refusals! {
    NOT_AUTHORISED = "9001" "operatore non abilitato";
    NO_AUTHENTICATION = "9002" "tipo di autenticazione non dichiarato";
    FOREIGN_SOURCE = "9003" "indirizzo IP di provenienza non censito";
    MISSING = "9013" "campo obbligatorio assente o formalmente errato";
    NOT_IN_LIST = "9014" "valore non ammesso";
    WRONG_DATE = "9016" "data inizio sintomi futura o troppo lontana";
    UNUSABLE_CUN = "9020" "CUN non utilizzabile";
    EXPIRED = "9021" "CUN scaduto";
    USED = "9022" "CUN già utilizzato";
    NEGATIVE = "9023" "CUN non legato a un test positivo";
    FOREIGN_ID = "9050" "ID Verifica Tampone non utilizzabile dall'operatore";
    NOT_UNLOCKED = "9051" "nessuno sblocco da confermare o annullare";
    NOT_CANCELLABLE = "9052" "annullamento non possibile";
    WRONG_OTP = "9060" "OTP formalmente errato (Immuni: 400)";
    SYSTEM = "9099" "errore di sistema";
    OTP_CONFLICT = "9061" "OTP già sbloccato o utilizzato (Immuni: 409)";
}

/// What a service's rules see.
pub(super) struct Scene<'a> {
    pub(super) register: &'a mut Register,
    pub(super) immuni: &'a mut Immuni,
    pub(super) profile: &'a Profile,
    pub(super) clock: &'a Clock,
    pub(super) random: &'a Random,
}

/// The fields of a positive answer beyond transaction and esito.
pub(super) type Fields = Vec<(&'static str, String)>;
/// The rules of one service.
pub(super) type Rules = fn(&mut Scene<'_>, &Request) -> Result<Fields, Refusal>;

impl From<NoRandomness> for Refusal {
    fn from(_: NoRandomness) -> Self {
        SYSTEM
    }
}

/// How a breach of the contract is answered where it is answered and not thrown back as a fault.
pub(super) fn of_violation(violation: &Violation) -> Refusal {
    match violation.choice.as_deref() {
        Some("tipoAutenticazione") => NO_AUTHENTICATION,
        Some(_) => NOT_IN_LIST,
        None => MISSING,
    }
}

/// The CUN that a request is about, named in it or reached through its ID.
pub(super) fn subject(register: &Register, request: &Request) -> Option<String> {
    let by_id = || Some(register.verifications.get(request.get("idVerificaTampone")?)?.cun.clone());
    request.get("cun").map(str::to_owned).or_else(by_id)
}

impl Scene<'_> {
    /// C6, C7.
    fn operator<'r>(&self, request: &'r Request) -> Result<&'r str, Refusal> {
        let operator = request.get("cfOperatore").ok_or(MISSING)?;
        if !self.register.operators.contains(operator) {
            return Err(NOT_AUTHORISED);
        }
        let is_declared = request.get("tipoAutenticazione").is_some();
        if is_declared || !self.profile.authentication_required { Ok(operator) } else { Err(NO_AUTHENTICATION) }
    }

    fn test(&self, cun: &str) -> Result<&Test, Refusal> {
        self.register.tests.get(cun).ok_or(UNUSABLE_CUN)
    }

    /// V4, K2.
    fn verification(&self, id: &str, operator: &str) -> Result<&Verification, Refusal> {
        let is_theirs = |verification: &&Verification| verification.operator.as_deref() == Some(operator);
        self.register.verifications.get(id).filter(is_theirs).ok_or(FOREIGN_ID)
    }

    fn new_id(&self) -> Result<String, NoRandomness> {
        Ok(uuid::Builder::from_random_bytes(self.random.bytes()?).into_uuid().to_string())
    }
}

/// A CUN that no test can have is not told apart from one that no test has.
fn cun(request: &Request) -> Result<&str, Refusal> {
    let cun = request.get("cun").ok_or(MISSING)?;
    if cun.parse::<Cun>().is_ok() { Ok(cun) } else { Err(UNUSABLE_CUN) }
}

/// Verifica positività (C6, C7, V1–V4, T8, T9).
pub(super) fn verify(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let operator = scene.operator(request)?;
    let cun = cun(request)?;
    let test = scene.test(cun)?;
    if test.is_used {
        // Whose it was is forgotten, so that there is no card to compare.
        return Err(USED);
    }
    if !scene.register.card_belongs(cun, request.get("numTesseraSanitaria").unwrap_or_default()) {
        return Err(UNUSABLE_CUN);
    }
    if !test.is_positive {
        return Err(NEGATIVE);
    }
    if test.is_expired(scene.clock.today()) {
        return Err(EXPIRED);
    }
    let is_theirs = test.scenario != super::demo::Scenario::OtherOperator;
    let sampled_on = test.sampled_on.to_string();
    let id = scene.new_id()?;
    let operator = is_theirs.then(|| operator.to_owned());
    let verification = Verification { cun: cun.to_owned(), operator, is_unlocked: false };
    scene.register.verifications.insert(id.clone(), verification);
    Ok(vec![("idVerificaTampone", id), ("dataPrelievo", sampled_on)])
}

/// Sblocco codice Immuni (C6, C7, S1–S3, V4).
pub(super) fn unlock(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let operator = scene.operator(request)?;
    let otp: Otp = request.get("codiceOtp").ok_or(MISSING)?.parse().map_err(|_| WRONG_OTP)?;
    let onset = request.get("dataInizioSintomi").and_then(read_date).ok_or(MISSING)?;
    check_onset(onset, scene.clock.today())?;
    let id = request.get("idVerificaTampone").ok_or(MISSING)?;
    let test = scene.test(&scene.verification(id, operator)?.cun)?;
    if test.is_expired(scene.clock.today()) {
        return Err(EXPIRED);
    }
    // The one thing done with the OTP (S2). The ID stays usable: an OTP that died is followed by another.
    scene.immuni.unlock(&otp, scene.clock.now()).map_err(|_| OTP_CONFLICT)?;
    if let Some(verification) = scene.register.verifications.get_mut(id) {
        verification.is_unlocked = true;
    }
    let now = scene.clock.now().to_zoned(rome());
    Ok(vec![("dataOra", now.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string())])
}

fn check_onset(onset: Date, today: Date) -> Result<(), Refusal> {
    let earliest = today.saturating_sub(MOST_DAYS_BACK.days());
    if (earliest..=today).contains(&onset) { Ok(()) } else { Err(WRONG_DATE) }
}

/// Conferma sblocco Immuni (C6, C7, K1–K4, S3).
pub(super) fn confirm(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let operator = scene.operator(request)?;
    let is_cancellation = request.get("idTipoComunicazione") == Some("A");
    let cun = cun(request)?;
    let is_used = scene.test(cun)?.is_used;
    match (is_cancellation, is_used, scene.profile.cancellation) {
        (false, true, _) => return Err(USED),
        (true, true, Cancellation::BeforeConfirmation) | (true, false, Cancellation::AfterConfirmation) => {
            return Err(NOT_CANCELLABLE);
        }
        // Nothing comes back: what the confirmation deleted is deleted.
        (true, true, Cancellation::AfterConfirmation) => return Ok(Fields::new()),
        (false, false, _) | (true, false, Cancellation::BeforeConfirmation) => {}
    }
    let id = request.get("idVerificaTampone");
    check_unlocked(scene, operator, cun, id)?;
    match (is_cancellation, id) {
        (true, Some(id)) => drop(scene.register.verifications.remove(id)),
        (true, None) => scene.register.release(cun),
        (false, _) => {
            scene.register.forget_patient(cun);
            if let Some(test) = scene.register.tests.get_mut(cun) {
                test.is_used = true;
            }
        }
    }
    Ok(Fields::new())
}

/// K2 and S3. Without an ID the operation is not of the call, and any operator's unlock counts.
fn check_unlocked(scene: &Scene<'_>, operator: &str, cun: &str, id: Option<&str>) -> Result<(), Refusal> {
    let is_unlocked = match id {
        None => scene.register.is_unlocked(cun),
        Some(id) => {
            let verification = scene.verification(id, operator)?;
            if verification.cun != cun {
                return Err(FOREIGN_ID);
            }
            verification.is_unlocked
        }
    };
    if is_unlocked { Ok(()) } else { Err(NOT_UNLOCKED) }
}
