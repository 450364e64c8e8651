//! The rules of the call center's services (seed 003, 2.4.1.1, 3.3; ordinance, art. 8).

use super::{
    super::{
        check::read_date,
        demo::Scenario,
        profile::Cancellation,
        register::{Test, Verification},
        soap::{Fields, Request},
    },
    EXPIRED, FOREIGN_ID, MISSING, NEGATIVE, NOT_AUTHORISED, NOT_CANCELLABLE, NOT_UNLOCKED, OTP_CONFLICT, Refusal,
    Scene, UNUSABLE_CUN, USED, WRONG_OTP, check_onset,
};
use crate::{
    domain::code::{Cun, Otp},
    server::random::NoRandomness,
};

impl Scene<'_> {
    /// C6, C7.
    fn operator<'r>(&self, request: &'r Request) -> Result<&'r str, Refusal> {
        let operator = request.get("cfOperatore").ok_or(MISSING)?;
        if !self.register.operators.contains(operator) {
            return Err(NOT_AUTHORISED);
        }
        self.declared(request)?;
        Ok(operator)
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
pub(in super::super) fn verify(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let operator = scene.operator(request)?;
    let cun = cun(request)?;
    let test = scene.test(cun)?;
    if test.is_cancelled {
        return Err(UNUSABLE_CUN);
    }
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
    let is_theirs = test.scenario != Some(Scenario::OtherOperator);
    let sampled_on = test.sampled_on.to_string();
    let id = scene.new_id()?;
    let operator = is_theirs.then(|| operator.to_owned());
    let verification = Verification { cun: cun.to_owned(), operator, is_unlocked: false };
    scene.register.verifications.insert(id.clone(), verification);
    Ok(vec![("idVerificaTampone", id.into()), ("dataPrelievo", sampled_on.into())])
}

/// Sblocco codice Immuni (C6, C7, S1–S3, V4).
pub(in super::super) fn unlock(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
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
    Ok(vec![("dataOra", scene.stamp().into())])
}

/// Conferma sblocco Immuni (C6, C7, K1–K4, S3).
pub(in super::super) fn confirm(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
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
