//! A step of a call, or a deferred confirmation, as it is carried out.

use axum::http::HeaderValue;
use jiff::Timestamp;
use sqlx::Error;

use super::{
    call_data::{CallData, Typed, Verification},
    request::{Effect, Request},
};
use crate::{
    domain::{
        fiscal_code::FiscalCode,
        operator::OperatorId,
        service::{OutcomeClass, Service},
    },
    features::requests::{
        answer::Answered,
        errand::{Ended, Errand},
        sealed::{Drawer, Sealed, clear},
    },
    server::{errors::AppError, state::AppState},
    storage::{
        Db,
        steps::{Beginning, Intent},
    },
};

/// A step's form, read.
pub struct Submission {
    /// Its one-time key.
    pub key: String,
    /// What to send.
    pub request: Request,
    /// What was typed, kept if it is not accepted.
    pub typed: Typed,
    /// Whether the operator has decided to repeat what may have happened.
    pub repeats_knowingly: bool,
    /// The call's data until now.
    pub data: CallData,
    /// Which cookie: the case's or that of deferred confirmations.
    pub drawer: Drawer,
}

impl Errand for Submission {
    type Effect = Effect;

    fn key(&self) -> &str {
        &self.key
    }

    fn service(&self) -> Service {
        self.request.service()
    }

    fn case_id(&self) -> Option<&str> {
        Some(&self.data.case_id)
    }

    async fn begin(&self, db: &Db, operator: &OperatorId, at: Timestamp) -> Result<Beginning, Error> {
        let intent = Intent {
            submission: self.key.clone(),
            case_id: self.data.case_id.clone(),
            operator: operator.clone(),
            service: self.service(),
            repeats_knowingly: self.repeats_knowingly,
            verified_by: self.data.verified.as_ref().map(|verified| verified.submission.clone()),
            at,
        };
        match self.drawer {
            Drawer::Case => db.begin_step(&intent).await,
            _ => db.begin_deferred_step(&intent).await,
        }
    }

    async fn send(&self, state: &AppState, operator: &FiscalCode) -> Answered<Effect> {
        self.request.send(&state.sistema_ts, operator).await
    }

    /// Nothing once the case is concluded, what was typed only while it may be corrected.
    fn carry_on(self, ended: Ended<Effect>, sealed: &Sealed<'_>) -> Result<HeaderValue, AppError> {
        let (drawer, at) = (self.drawer, ended.when.at);
        match self.next_data(ended) {
            Some(data) => sealed.close(drawer, data, at),
            None => clear(drawer),
        }
    }
}

impl Submission {
    fn next_data(self, ended: Ended<Effect>) -> Option<CallData> {
        let Self { mut data, key, typed, drawer, request, .. } = self;
        if let (Drawer::Deferred, Request::Conclude { cun, .. }) = (drawer, request) {
            data.unsettled.note(ended.class, &cun.to_wire(), &key, ended.when.at);
        }
        data.typed = if ended.class == OutcomeClass::Done { Typed::default() } else { typed };
        match ended.effect {
            Some(Effect::Verified { cun, id, sampled_on }) => {
                data.verified = Some(Verification { cun, id, sampled_on, submission: key });
                data.unlocked_at = None;
            }
            Some(Effect::Unlocked { at }) => data.unlocked_at = Some(ended.when.clamp(at)),
            Some(Effect::Concluded) if drawer == Drawer::Case => {
                let over = CallData { last: Some(ended.answer), ..data }.of_what_is_over();
                return over.last.is_some().then_some(over);
            }
            Some(Effect::Concluded) | None => {}
        }
        data.last = Some(ended.answer);
        Some(data)
    }
}
