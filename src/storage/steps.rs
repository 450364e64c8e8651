//! The work in progress of a case: each request to a service is written before it leaves and after it ends, so that
//! no crash, reload or second submission can repeat it unnoticed.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use sqlx::{Error, FromRow};

use super::{Db, cases::whole_second, direct::FromSqlite, read, write};
use crate::domain::{
    call::TransactionId,
    case::Stage,
    operator::OperatorId,
    service::{OutcomeClass, Service},
};

/// A request to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The one-time key of the form that asked for it.
    pub submission: String,
    /// Which service.
    pub service: Service,
    /// When it was about to leave.
    pub started_at: Timestamp,
    /// How it ended; none while it is under way, or if the server died before its end.
    pub end: Option<StepEnd>,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepEnd {
    /// When.
    pub at: Timestamp,
    /// In which class.
    pub class: OutcomeClass,
    /// The service's transaction, where it named one.
    pub transaction: Option<TransactionId>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The one-time key of the form.
    pub submission: String,
    /// In which case.
    pub case_id: String,
    /// By whom.
    pub operator: OperatorId,
    /// Which service.
    pub service: Service,
    /// Whether the operator has decided to repeat what may have happened already.
    pub repeats_knowingly: bool,
    /// The form of the verification whose data the sealed cookie carries.
    pub verified_by: Option<String>,
    /// Now.
    pub at: Timestamp,
}

/// What became of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// It is written: the request may leave.
    Begun,
    /// The same form was submitted before; this is what became of it.
    Before(Step),
    /// There is no such open case of this operator.
    NoCase,
    /// The case does not stand where this service may be called.
    OutOfOrder,
    /// Another request of the case is under way.
    Busy,
    /// The last request to this service may have been carried out: the operator must decide first.
    NeedsDecision,
}

/// How long a request can be under way, a verification that is repeated once included (`sistema_ts.deadline_ms` is at
/// most 25 s); one that is older has been cut off, and its outcome is not known.
const LONGEST_REQUEST: SignedDuration = SignedDuration::from_secs(60);
/// How long a second submission of a deferred confirmation finds the first.
const DEFERRED_MEMORY: SignedDuration = SignedDuration::from_hours(1);

#[derive(FromRow)]
pub(super) struct StepRow {
    submission: String,
    service: String,
    started_at: i64,
    ended_at: Option<i64>,
    outcome: Option<String>,
    transaction_id: Option<String>,
}

/// The columns of an outer join: none where there is no request.
#[derive(FromRow)]
pub(super) struct MaybeStepRow {
    submission: Option<String>,
    service: Option<String>,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    outcome: Option<String>,
    transaction_id: Option<String>,
}

impl FromSqlite for MaybeStepRow {
    fn from_sqlite(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            submission: row.get("submission")?,
            service: row.get("service")?,
            started_at: row.get("started_at")?,
            ended_at: row.get("ended_at")?,
            outcome: row.get("outcome")?,
            transaction_id: row.get("transaction_id")?,
        })
    }
}

impl MaybeStepRow {
    pub(super) fn into_step(self) -> Result<Option<Step>, Error> {
        let (Some(submission), Some(service), Some(started_at)) = (self.submission, self.service, self.started_at)
        else {
            return Ok(None);
        };
        let Self { ended_at, outcome, transaction_id, .. } = self;
        StepRow { submission, service, started_at, ended_at, outcome, transaction_id }.try_into().map(Some)
    }
}

impl TryFrom<StepRow> for Step {
    type Error = Error;

    fn try_from(row: StepRow) -> Result<Self, Error> {
        let instant = |at| Timestamp::from_millisecond(at).map_err(|error| Error::Decode(Box::new(error)));
        let word = |error| Error::Decode(Box::new(error));
        let end = match (row.ended_at, row.outcome) {
            (Some(at), Some(outcome)) => Some(StepEnd {
                at: instant(at)?,
                class: outcome.parse().map_err(word)?,
                transaction: row.transaction_id.and_then(|id| id.parse().ok()),
            }),
            _ => None,
        };
        Ok(Self {
            submission: row.submission,
            service: row.service.parse().map_err(word)?,
            started_at: instant(row.started_at)?,
            end,
        })
    }
}

impl Step {
    /// Whether it may still be under way. After the clock was set back, one that is still to begin is none: else it
    /// would stop its operator for as long as the clock went back.
    #[must_use]
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        self.end.is_none() && now.duration_since(self.started_at).abs() < LONGEST_REQUEST
    }

    /// In which class it stands: one that was cut off is uncertain.
    #[must_use]
    pub fn class(&self) -> OutcomeClass {
        self.end.as_ref().map_or(OutcomeClass::Uncertain, |end| end.class)
    }
}

/// Where the steps of an open case have brought it.
#[must_use]
pub fn stage_after(steps: &[Step]) -> Stage {
    let done = steps.iter().filter(|step| step.class() == OutcomeClass::Done);
    done.fold(Stage::Opened, |stage, step| match step.service {
        // A verification that had to be repeated begins anew.
        Service::Verify => Stage::Verified,
        service => stage.after(service).unwrap_or(stage),
    })
}

/// Where the case stands for the operator: what the verification returned may be gone (a new browser, half an hour), or
/// be that of an earlier one, which counts no more. `verified_by` is the form of the one that the cookie carries.
#[must_use]
pub fn effective_stage(steps: &[Step], verified_by: Option<&str>) -> Stage {
    let is_done = |step: &&Step| step.service == Service::Verify && step.class() == OutcomeClass::Done;
    let counts = steps.iter().rev().find(is_done).map(|step| step.submission.as_str());
    match stage_after(steps) {
        Stage::Verified | Stage::Unlocked if verified_by != counts => Stage::Opened,
        stage => stage,
    }
}

/// The last request for the same act.
#[must_use]
pub fn last_of(steps: &[Step], service: Service) -> Option<&Step> {
    steps.iter().rev().find(|step| service.same_act().contains(&step.service))
}

/// The last request for the same act as `service` that may have been carried out, unless something has answered since
/// whether it was: a yes; and of a verification, which changes nothing, a no. A no to a repetition does not tell: it is
/// what the service says to what was done already.
#[must_use]
pub fn open_question(steps: &[Step], service: Service) -> Option<&Step> {
    let is_answer = |step: &&Step| match step.class() {
        OutcomeClass::Done => true,
        OutcomeClass::Refused => service == Service::Verify,
        OutcomeClass::Uncertain | OutcomeClass::NotSent => false,
    };
    let of_act = steps.iter().rev().filter(|step| service.same_act().contains(&step.service));
    of_act.take_while(|step| !is_answer(step)).find(|step| step.class() == OutcomeClass::Uncertain)
}

fn judge(intent: &Intent, steps: &[Step]) -> Beginning {
    if let Some(before) = steps.iter().find(|step| step.submission == intent.submission) {
        return Beginning::Before(before.clone());
    }
    if steps.iter().any(|step| step.is_under_way(intent.at)) {
        return Beginning::Busy;
    }
    if effective_stage(steps, intent.verified_by.as_deref()).allow(intent.service).is_err() {
        return Beginning::OutOfOrder;
    }
    let is_open = open_question(steps, intent.service).is_some();
    if is_open && !intent.repeats_knowingly { Beginning::NeedsDecision } else { Beginning::Begun }
}

/// Taking the case's row first makes intents of one case wait for each other on both engines.
pub(super) const TAKE_CASE: &str =
    "UPDATE cases SET opened_at = opened_at WHERE id = $1 AND operator_id = $2 AND closed_at IS NULL";
/// Taking the operator's row first does so for deferred confirmations and the desks of other queues, which have no case
/// in common.
pub(super) const TAKE_OPERATOR: &str = "UPDATE operators SET id = id WHERE id = $1";
const OPEN_DEFERRED: &str = "INSERT INTO cases (id, operator_id, opened_at, closed_at) VALUES ($1, $2, $3, $3)";
pub(super) const FORGET_DEFERRED: &str = "DELETE FROM steps WHERE started_at < $1 \
    AND case_id IN (SELECT id FROM cases WHERE closed_at IS NOT NULL)";
pub(super) const STEPS: &str = "SELECT submission, service, started_at, ended_at, outcome, transaction_id FROM steps \
    WHERE case_id = $1 ORDER BY place";
const STEP: &str = "SELECT submission, service, started_at, ended_at, outcome, transaction_id FROM steps \
    WHERE submission = $1";
const LAST_DEFERRED: &str = "SELECT s.submission, s.service, s.started_at, s.ended_at, s.outcome, s.transaction_id \
    FROM steps s JOIN cases c ON c.id = s.case_id \
    WHERE c.operator_id = $1 AND c.call_id IS NULL ORDER BY s.place DESC, s.case_id DESC LIMIT 1";
const BEGIN: &str = "INSERT INTO steps (submission, case_id, service, started_at, place) \
    SELECT $1, $2, $3, $4, COUNT(*) FROM steps WHERE case_id = $2";
/// Deferred confirmations are numbered through an operator's cases, not within each one's own: the clock, out of which the
/// ids of cases come, may be set back between two of them.
const BEGIN_DEFERRED: &str = "INSERT INTO steps (submission, case_id, service, started_at, place) \
    SELECT $1, $2, $3, $4, COALESCE(MAX(s.place), -1) + 1 FROM steps s JOIN cases c ON c.id = s.case_id \
    WHERE c.operator_id = $5 AND c.call_id IS NULL";
const END: &str = "UPDATE steps SET ended_at = $2, outcome = $3, transaction_id = $4 \
    WHERE submission = $1 AND ended_at IS NULL";
const KEEP_TRANSACTION: &str = "INSERT INTO transactions (case_id, service, transaction_id, place) \
    SELECT case_id, service, $2, (SELECT COUNT(*) FROM transactions t WHERE t.case_id = s.case_id) \
    FROM steps s WHERE s.submission = $1";

/// Before which instant the work in progress of deferred confirmations is forgotten.
pub(super) fn forgotten_before(now: Timestamp) -> i64 {
    (now - DEFERRED_MEMORY).as_millisecond()
}

macro_rules! steps_of {
    ($tx:expr, $case:expr) => {{
        let rows: Vec<StepRow> = sqlx::query_as(STEPS).bind($case).fetch_all($tx).await?;
        rows.into_iter().map(Step::try_from).collect::<Result<Vec<_>, _>>()?
    }};
}
pub(super) use steps_of;

impl Db {
    /// Writes an intent, unless the case forbids it.
    pub async fn begin_step(&self, intent: &Intent) -> Result<Beginning, Error> {
        write!(self, |tx| {
            let take = sqlx::query(TAKE_CASE).bind(&intent.case_id).bind(&intent.operator.0);
            if take.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(Beginning::NoCase);
            }
            let steps = steps_of!(&mut *tx, &intent.case_id);
            let beginning = judge(intent, &steps);
            if beginning == Beginning::Begun {
                let insert = sqlx::query(BEGIN).bind(&intent.submission).bind(&intent.case_id);
                insert.bind(intent.service.word()).bind(intent.at.as_millisecond()).execute(&mut *tx).await?;
            }
            Ok(beginning)
        })
    }

    /// Writes the intent of a deferred confirmation into a case of its own, which is not a call: it has no order to
    /// keep and is closed from the start. Its work in progress is forgotten after an hour.
    pub async fn begin_deferred_step(&self, intent: &Intent) -> Result<Beginning, Error> {
        write!(self, |tx| {
            sqlx::query(TAKE_OPERATOR).bind(&intent.operator.0).execute(&mut *tx).await?;
            sqlx::query(FORGET_DEFERRED).bind(forgotten_before(intent.at)).execute(&mut *tx).await?;
            let before: Option<StepRow> =
                sqlx::query_as(STEP).bind(&intent.submission).fetch_optional(&mut *tx).await?;
            if let Some(before) = before {
                return Ok(Beginning::Before(before.try_into()?));
            }
            let last: Option<StepRow> =
                sqlx::query_as(LAST_DEFERRED).bind(&intent.operator.0).fetch_optional(&mut *tx).await?;
            if let Some(last) = last.map(Step::try_from).transpose()? {
                if last.is_under_way(intent.at) {
                    return Ok(Beginning::Busy);
                }
                if last.class() == OutcomeClass::Uncertain && !intent.repeats_knowingly {
                    return Ok(Beginning::NeedsDecision);
                }
            }
            let open = sqlx::query(OPEN_DEFERRED).bind(&intent.case_id).bind(&intent.operator.0);
            open.bind(whole_second(intent.at)).execute(&mut *tx).await?;
            let insert = sqlx::query(BEGIN_DEFERRED).bind(&intent.submission).bind(&intent.case_id);
            let insert = insert.bind(intent.service.word()).bind(intent.at.as_millisecond());
            insert.bind(&intent.operator.0).execute(&mut *tx).await?;
            Ok(Beginning::Begun)
        })
    }

    /// The operator's last deferred confirmation, as long as its work in progress is kept.
    pub async fn last_deferred(&self, operator: &OperatorId) -> Result<Option<Step>, Error> {
        let row: Option<StepRow> =
            read!(self, |pool| sqlx::query_as(LAST_DEFERRED).bind(&operator.0).fetch_optional(pool).await)?;
        row.map(Step::try_from).transpose()
    }

    /// Writes how the request of a form ended, and keeps its transaction; nothing where it has an end already, so that
    /// it can be written again when nobody knows whether it was.
    pub async fn end_step(&self, submission: &str, end: &StepEnd) -> Result<(), Error> {
        let transaction = end.transaction.as_ref().map(TransactionId::as_str);
        write!(self, |tx| {
            let update = sqlx::query(END).bind(submission).bind(end.at.as_millisecond());
            let update = update.bind(end.class.word()).bind(transaction);
            let is_new = update.execute(&mut *tx).await?.rows_affected() > 0;
            if let Some(transaction) = transaction.filter(|_| is_new) {
                sqlx::query(KEEP_TRANSACTION).bind(submission).bind(transaction).execute(&mut *tx).await?;
            }
            Ok(())
        })
    }

    /// What became of a form, by its one-time key.
    pub async fn step(&self, submission: &str) -> Result<Option<Step>, Error> {
        let row: Option<StepRow> =
            read!(self, |pool| sqlx::query_as(STEP).bind(submission).fetch_optional(pool).await)?;
        row.map(Step::try_from).transpose()
    }
}
