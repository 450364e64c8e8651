//! Calls in every class of every service, and what operators type into the wrong fields on the way.

use jiff::{ToSpan, civil::Date};

use super::{
    search::Canary,
    visitor::{Backstage, Visitor},
};
use crate::support::call::{Caller, Control};

/// Answers that are no yes, that come at once, and after which a service has done nothing: refusals that quote the
/// caller, refusals that do not, and outcomes that nobody knows.
pub const NO: &[&str] =
    &["cvc_echo", "rejected_by_policy", "bad_credentials", "refused", "http_503", "http_404", "server_error", "html"];
/// Answers to a request that was carried out which can't be trusted.
pub const LOST: &[&str] = &[
    "echoed_codes",
    "echoed_id",
    "truncated",
    "unknown_esito",
    "wrong_namespace",
    "missing_transaction",
    "reset_after_reading",
];

/// The people who call, and what must be nowhere afterwards.
pub struct Callers {
    /// Each has a positive test.
    pub positive: Vec<Caller>,
    /// Each meets a refusal of the verification.
    pub refused: Vec<Caller>,
    /// The codes of their apps.
    pub otps: Vec<String>,
    /// When their symptoms began.
    pub onset: Date,
}

impl Callers {
    /// New ones; `today` is the sandbox's.
    pub async fn new(control: &Control, today: Date) -> Self {
        let (mut positive, mut refused, mut otps) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..4 {
            positive.push(control.caller("positive").await);
        }
        for scenario in ["negative", "expired", "used", "unknown", "missing_id"] {
            refused.push(control.caller(scenario).await);
        }
        while otps.len() < 12 {
            let otp = control.otp().await;
            // One of digits alone can't be told from the number of a call, which is kept.
            if otp.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                otps.push(otp);
            }
        }
        Self { positive, refused, otps, onset: today.saturating_sub(137.days()) }
    }

    /// What must be nowhere; the ID Verifica Tampone comes later.
    pub fn canaries(&self) -> Vec<Canary> {
        let of_caller = |caller: &Caller| {
            let sampled_on = centralino::domain::dates::parse(&caller.sampled_on).ok();
            [Canary::code(&caller.cun), Canary::Card(caller.card.clone())]
                .into_iter()
                .chain(sampled_on.map(Canary::Day))
        };
        let people = self.positive.iter().chain(&self.refused).flat_map(of_caller);
        let texts = [
            "cvc-pattern-valid",
            "Rejected by policy",
            "Credenziali invalide",
            "Richiesta non accolta",
            "CUN non legato a un test positivo",
            "CUN scaduto",
            "CUN non utilizzabile",
            "Operazione eseguita correttamente",
        ];
        let texts = texts.into_iter().map(|text| Canary::Text(text.to_owned()));
        people
            .chain(self.otps.iter().map(|otp| Canary::code(otp)))
            .chain(texts)
            .chain([Canary::Day(self.onset)])
            .collect()
    }

    /// The same as it is typed.
    pub fn onset(&self) -> String {
        centralino::domain::dates::display(self.onset)
    }
}

/// Codes in fields that are not theirs, and mistyped ones: every refusal of a form.
async fn mistakes(visitor: &mut Visitor, callers: &Callers) {
    let (caller, otp, onset) = (&callers.positive[0], &callers.otps[0], callers.onset());
    for wrong in [&*caller.cun, &caller.cun.replace("CUN-", "cun "), otp, &format!("tx:{otp}"), &onset] {
        visitor.post("/cases", &[("call", wrong)]).await.shows(422, "role=\"alert\"");
        visitor.post("/cases/search", &[("q", wrong)]).await.shows(422, "role=\"alert\"");
    }
    visitor.open_case("88213").await;
    let (swapped, mistyped) = (format!("CUN-{otp}X"), caller.cun.replace("CUN-", "CUN-O"));
    for (card, cun) in [(&*caller.cun, &*caller.card), (otp, &mistyped), (&caller.card, &swapped), ("", &caller.cun)] {
        visitor.step("verify", &[("card", card), ("cun", cun)]).await.shows(422, "role=\"alert\"");
    }
    for act in ["unlock", "confirm", "cancel"] {
        let fields = [("otp", &**otp), ("onset", &onset), ("card", &caller.card), ("cun", &caller.cun)];
        visitor.step(act, &fields).await;
    }
}

/// Verify, with `faults` before the yes; returns the ID Verifica Tampone.
pub async fn verify(visitor: &mut Visitor, control: &Control, caller: &Caller, faults: &[&str]) {
    let fields = [("card", caller.card.as_str()), ("cun", caller.cun.as_str())];
    for fault in faults {
        control.fault("verify", fault).await;
        visitor.step("verify", &fields).await.shows(200, &caller.cun);
    }
    visitor.step("verify", &fields).await.shows(200, "Sblocca codice");
}

async fn unlock(visitor: &mut Visitor, control: &Control, callers: &Callers, otps: &[String], faults: &[&str]) {
    let onset = callers.onset();
    for (fault, otp) in faults.iter().zip(otps.iter().cycle()) {
        control.fault("unlock", fault).await;
        visitor.step("unlock", &[("otp", otp), ("onset", &onset)]).await.shows(200, otp);
    }
    for (otp, onset) in [(&*callers.positive[0].cun, &*onset), (&otps[0], "31/02/2026"), (&otps[0], "01/01/2020")] {
        visitor.step("unlock", &[("otp", otp), ("onset", onset)]).await.shows(422, "role=\"alert\"");
    }
    let last = otps.last().expect("an OTP");
    visitor.step("unlock", &[("otp", last), ("onset", &onset)]).await.shows(200, "Conferma sblocco");
}

/// The first call, confirmed in the end: returns the ID Verifica Tampone.
pub async fn confirmed_call(
    visitor: &mut Visitor,
    control: &Control,
    callers: &Callers,
    desk: &Backstage,
    who: &str,
) -> Canary {
    mistakes(visitor, callers).await;
    verify(visitor, control, &callers.positive[0], &[NO, LOST].concat()).await;
    let data = visitor.call_data(desk, who).await;
    let verified = data.verified.expect("what the verification returned");
    assert!(verified.cun.to_wire() == callers.positive[0].cun, "the cookie carries the call");
    let id = Canary::Id(verified.id.to_wire().to_owned());
    unlock(visitor, control, callers, &callers.otps[..8], &[NO, &LOST[..5], &["timeout"]].concat()).await;
    for fault in NO {
        control.fault("confirm", fault).await;
        visitor.step("confirm", &[]).await.shows(200, "Conferma sblocco");
    }
    visitor.step("confirm", &[]).await.shows(200, "Sblocco confermato");
    visitor.step("close", &[]).await;
    id
}

/// A call that is cancelled in the end, and calls that end at the verification.
pub async fn other_calls(visitor: &mut Visitor, control: &Control, callers: &Callers) {
    visitor.open_case("88214").await;
    verify(visitor, control, &callers.positive[1], &[]).await;
    visitor.step("unlock", &[("otp", &callers.otps[8]), ("asymptomatic", "1")]).await.shows(200, "Conferma sblocco");
    for fault in NO {
        control.fault("confirm", fault).await;
        visitor.step("cancel", &[]).await.shows(200, "Annulla sblocco");
    }
    visitor.step("cancel", &[]).await.shows(200, "Sblocco annullato");
    visitor.step("close", &[]).await;
    for caller in &callers.refused {
        visitor.open_case("88215").await;
        let fields = [("card", caller.card.as_str()), ("cun", caller.cun.as_str())];
        visitor.step("verify", &fields).await.shows(200, &caller.cun);
        visitor.step("close", &[]).await;
    }
}

/// A confirmation outside a call.
pub async fn deferred(visitor: &mut Visitor, control: &Control, callers: &Callers) {
    visitor.open_case("88216").await;
    verify(visitor, control, &callers.positive[2], &[]).await;
    visitor.step("unlock", &[("otp", &callers.otps[9]), ("asymptomatic", "1")]).await.shows(200, "Conferma sblocco");
    visitor.step("close", &[]).await;
    let cun = callers.positive[2].cun.as_str();
    visitor.case = String::new();
    visitor.step("confirm", &[("cun", &format!("CUN-{}X", callers.otps[9]))]).await.shows(422, "role=\"alert\"");
    // An OTP may be the symbols of a CUN: the service says that it is none.
    visitor.step("confirm", &[("cun", &callers.otps[9])]).await.shows(200, &callers.otps[9]);
    for fault in NO {
        control.fault("confirm", fault).await;
        visitor.step("confirm", &[("cun", cun)]).await.shows(200, cun);
    }
    visitor.step("confirm", &[("cun", cun)]).await.shows(200, "Sblocco confermato");
    // A no whose transaction quotes the CUN: nothing of it may be kept.
    control.fault("confirm", "echoed_codes").await;
    visitor.step("confirm", &[("cun", cun)]).await.shows(200, "Conferma non accettata");
}
