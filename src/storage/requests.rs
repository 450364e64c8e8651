//! The requests at the desks of the queues other than the call center's, which have no case: what seed 003, 2.5 and 5.2
//! let be kept of each, written before it leaves and after it ends.

use jiff::Timestamp;
use sqlx::Error;

use super::{
    Db, read,
    registers::append::{Record, append},
    steps::{Beginning, Step, StepEnd, StepRow, TAKE_OPERATOR},
    write,
};
use crate::domain::{
    call::TransactionId,
    operator::{OperatorId, Queue},
    service::{OutcomeClass, Service},
};

/// What is asked for at such a desk.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The one-time key of the form.
    pub submission: String,
    /// By whom.
    pub operator: OperatorId,
    /// Which service.
    pub service: Service,
    /// Whether the operator has decided to repeat what may have happened already, or it is of something else.
    pub repeats_knowingly: bool,
    /// Now.
    pub at: Timestamp,
}

const REQUEST: &str = "SELECT submission, service, started_at, ended_at, outcome, transaction_id FROM requests \
    WHERE submission = $1";
const LAST: &str = "SELECT submission, service, started_at, ended_at, outcome, transaction_id FROM requests \
    WHERE operator_id = $1 AND service = $2 ORDER BY place DESC LIMIT 1";
const BEGIN: &str = "INSERT INTO requests (submission, operator_id, service, started_at, place) \
    SELECT $1, $2, $3, $4, COALESCE(MAX(place), 0) + 1 FROM requests WHERE operator_id = $2 AND service = $3";
const END: &str = "UPDATE requests SET ended_at = $2, outcome = $3, transaction_id = $4 \
    WHERE submission = $1 AND ended_at IS NULL";
/// One transaction deletes so many: writers wait no longer than that takes.
const DELETE: &str = "DELETE FROM requests WHERE submission IN \
    (SELECT submission FROM requests WHERE started_at < $1 ORDER BY started_at, submission LIMIT 500)";

/// What becomes of a request after `last`, the operator's last one of the same service.
fn judge(ask: &Ask, last: Option<&Step>) -> Beginning {
    match last {
        Some(last) if last.is_under_way(ask.at) => Beginning::Busy,
        Some(last) if last.class() == OutcomeClass::Uncertain && !ask.service.only_asks() && !ask.repeats_knowingly => {
            Beginning::NeedsDecision
        }
        _ => Beginning::Begun,
    }
}

impl Db {
    /// Writes a request that is about to leave, unless the operator's last one of the same service forbids it. Intents
    /// of one operator wait for each other.
    pub async fn begin_request(&self, ask: &Ask) -> Result<Beginning, Error> {
        write!(self, |tx| {
            sqlx::query(TAKE_OPERATOR).bind(&ask.operator.0).execute(&mut *tx).await?;
            let before: Option<StepRow> =
                sqlx::query_as(REQUEST).bind(&ask.submission).fetch_optional(&mut *tx).await?;
            if let Some(before) = before {
                return Ok(Beginning::Before(before.try_into()?));
            }
            let last = sqlx::query_as(LAST).bind(&ask.operator.0).bind(ask.service.word());
            let last: Option<StepRow> = last.fetch_optional(&mut *tx).await?;
            let beginning = judge(ask, last.map(Step::try_from).transpose()?.as_ref());
            if beginning == Beginning::Begun {
                let insert = sqlx::query(BEGIN).bind(&ask.submission).bind(&ask.operator.0);
                insert.bind(ask.service.word()).bind(ask.at.as_millisecond()).execute(&mut *tx).await?;
            }
            Ok(beginning)
        })
    }

    /// The operator's last request of a service.
    pub async fn last_request(&self, operator: &OperatorId, service: Service) -> Result<Option<Step>, Error> {
        let last: Option<StepRow> = read!(self, |pool| {
            sqlx::query_as(LAST).bind(&operator.0).bind(service.word()).fetch_optional(pool).await
        })?;
        last.map(Step::try_from).transpose()
    }

    /// Writes how the request of a form ended, at whichever desk it was made; nothing where it has an end already, so
    /// that it can be written again when nobody knows whether it was.
    pub async fn end(&self, service: Service, submission: &str, end: &StepEnd) -> Result<(), Error> {
        if service.queue() == Queue::Immuni {
            return self.end_step(submission, end).await;
        }
        let transaction = end.transaction.as_ref().map(TransactionId::as_str);
        write!(self, |tx| {
            let update = sqlx::query(END).bind(submission).bind(end.at.as_millisecond());
            update.bind(end.class.word()).bind(transaction).execute(&mut *tx).await?;
            Ok(())
        })
    }

    /// What became of a form, by its one-time key, at whichever desk it was sent.
    pub async fn asked(&self, service: Service, submission: &str) -> Result<Option<Step>, Error> {
        if service.queue() == Queue::Immuni {
            return self.step(submission).await;
        }
        let row: Option<StepRow> =
            read!(self, |pool| sqlx::query_as(REQUEST).bind(submission).fetch_optional(pool).await)?;
        row.map(Step::try_from).transpose()
    }

    /// Deletes the oldest requests made before `before` (milliseconds since 1970), and records how many. Whether there
    /// may be more.
    pub async fn delete_old_requests(&self, before: i64, record: impl Fn(u64) -> Record) -> Result<bool, Error> {
        let record = &record;
        write!(self, |tx| {
            let deleted = sqlx::query(DELETE).bind(before).execute(&mut *tx).await?.rows_affected();
            if deleted > 0 {
                append!(tx, &record(deleted));
            }
            Ok(deleted > 0)
        })
    }
}
