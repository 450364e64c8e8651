//! What a desk has carried out: how it begins, what is sent, what the browser carries on.

use std::future::Future;

use axum::http::HeaderValue;
use jiff::Timestamp;
use sqlx::Error;

use super::{
    answer::{Answered, LastAnswer},
    sealed::Sealed,
    unrecorded::Unrecorded,
};
use crate::{
    domain::{
        fiscal_code::FiscalCode,
        operator::OperatorId,
        service::{OutcomeClass, Service},
    },
    server::{errors::AppError, state::AppState},
    storage::{Db, steps::Beginning},
};

/// Who submits, and with which login session.
#[derive(Clone)]
pub struct Actor {
    /// The account.
    pub operator: OperatorId,
    /// By which Sistema TS knows the operator.
    pub fiscal_code: FiscalCode,
    /// The login session's own token.
    pub token: Vec<u8>,
}

/// A form, read.
pub trait Errand: Send + Sync + Sized + 'static {
    /// What a yes changes.
    type Effect: Send;

    /// The form's one-time key.
    fn key(&self) -> &str;

    /// Which service is asked.
    fn service(&self) -> Service;

    /// In which case; none at the desks that have none.
    fn case_id(&self) -> Option<&str> {
        None
    }

    /// Writes that it is about to leave, unless something forbids it.
    fn begin(
        &self,
        db: &Db,
        operator: &OperatorId,
        at: Timestamp,
    ) -> impl Future<Output = Result<Beginning, Error>> + Send;

    /// Asks the service, once.
    fn send(&self, state: &AppState, operator: &FiscalCode) -> impl Future<Output = Answered<Self::Effect>> + Send;

    /// The cookie that carries on what the next page needs.
    fn carry_on(self, ended: Ended<Self::Effect>, sealed: &Sealed<'_>) -> Result<HeaderValue, AppError>;
}

/// How an errand ended.
pub struct Ended<E> {
    /// In which class.
    pub class: OutcomeClass,
    /// What it changes; none where it was not a yes.
    pub effect: Option<E>,
    /// What is shown of it.
    pub answer: LastAnswer,
    /// When.
    pub when: When,
}

/// Between which instants a request was answered.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// When it was about to leave.
    pub asked_at: Timestamp,
    /// When it had ended.
    pub at: Timestamp,
}

impl When {
    /// An instant that the service gave, or now: whatever its clock says, it was after the request and before the
    /// answer.
    #[must_use]
    pub fn clamp(self, instant: Option<Timestamp>) -> Timestamp {
        instant.map_or(self.at, |instant| instant.clamp(self.asked_at.min(self.at), self.at))
    }
}

/// What became of a form.
pub enum Submitted {
    /// It has an answer, to be read on the page; with the cookie that carries its details.
    Answered(Option<HeaderValue>),
    /// It has an answer that the database has not taken.
    Unrecorded(Box<Unrecorded>),
    /// There is no such open case.
    NoCase,
    /// The case does not stand where this may be done.
    OutOfOrder,
    /// Another request of the case, or of the desk, is under way.
    Busy,
    /// The operator must decide first.
    NeedsDecision,
}
