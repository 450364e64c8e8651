//! Cases: what is kept of a call (seed 003, 4.2), and how they are found again.

use jiff::Timestamp;
use sqlx::{Error, FromRow};

use super::{
    Db, read,
    steps::{FORGET_DEFERRED, STEPS, Step, StepRow, forgotten_before, steps_of},
    write,
};
use crate::domain::{call::CallId, case::Service, operator::OperatorId};

/// A case as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRecord {
    /// Its id (UUIDv7: sorts by its opening).
    pub id: String,
    /// The telephone system's id of the call; none for a deferred confirmation.
    pub call_id: Option<String>,
    /// When it was opened, to the second.
    pub opened_at: Timestamp,
    /// When it was closed, to the second.
    pub closed_at: Option<Timestamp>,
    /// The transactions of its services, in their order.
    pub transactions: Vec<Transaction>,
}

/// A transaction as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Of which service.
    pub service: Service,
    /// The service's id.
    pub id: String,
}

#[derive(FromRow)]
struct CaseRow {
    id: String,
    call_id: Option<String>,
    opened_at: i64,
    closed_at: Option<i64>,
}

#[derive(FromRow)]
struct TransactionRow {
    case_id: String,
    service: String,
    transaction_id: String,
}

/// A page of a list, the newest first.
#[derive(Clone, Debug)]
pub struct CasePage {
    /// The cases.
    pub cases: Vec<CaseRecord>,
    /// The key with which the next page begins; none on the last.
    pub next: Option<String>,
}

/// The whole second of an instant, in milliseconds.
pub(super) fn whole_second(at: Timestamp) -> i64 {
    at.as_second() * 1000
}

fn instant(milliseconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| Error::Decode(Box::new(error)))
}

impl CaseRow {
    fn into_record(self, transactions: &[TransactionRow]) -> Result<CaseRecord, Error> {
        let own = transactions.iter().filter(|row| row.case_id == self.id);
        let transactions = own.map(TransactionRow::parse).collect::<Result<_, _>>()?;
        Ok(CaseRecord {
            opened_at: instant(self.opened_at)?,
            closed_at: self.closed_at.map(instant).transpose()?,
            id: self.id,
            call_id: self.call_id,
            transactions,
        })
    }
}

impl TransactionRow {
    fn parse(&self) -> Result<Transaction, Error> {
        let service = self.service.parse().map_err(|error| Error::Decode(Box::new(error)))?;
        Ok(Transaction { service, id: self.transaction_id.clone() })
    }
}

const CASE: &str = "SELECT id, call_id, opened_at, closed_at FROM cases WHERE operator_id = $1 AND id = $2";
const OPEN_CASE: &str =
    "SELECT id, call_id, opened_at, closed_at FROM cases WHERE operator_id = $1 AND closed_at IS NULL";
const LAST_CLOSED: &str = "SELECT id, call_id, opened_at, closed_at FROM cases \
    WHERE operator_id = $1 AND closed_at >= $2 AND call_id IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT 1";
const PAGE: &str = "SELECT id, call_id, opened_at, closed_at FROM cases \
    WHERE operator_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const FOUND: &str = "SELECT id, call_id, opened_at, closed_at FROM cases \
    WHERE operator_id = $1 AND id < $2 AND (id = $4 OR call_id = $4) ORDER BY id DESC LIMIT $3";
const TRANSACTIONS: &str = "SELECT t.case_id, t.service, t.transaction_id FROM transactions t \
    JOIN cases c ON c.id = t.case_id WHERE c.operator_id = $1 AND c.id >= $2 AND c.id <= $3 ORDER BY t.case_id, t.place";
const OPEN: &str = "INSERT INTO cases (id, operator_id, call_id, opened_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT DO NOTHING";
const CLOSE: &str = "UPDATE cases SET closed_at = $3 WHERE operator_id = $1 AND id = $2 AND closed_at IS NULL";
/// Sorts after every UUID.
const AFTER_ALL: &str = "~";

impl Db {
    /// Opens a case; if the operator has one open already, that one's id is returned instead.
    pub async fn open_case(&self, id: &str, of: &OperatorId, call: &CallId, at: Timestamp) -> Result<String, Error> {
        write!(self, |tx| {
            sqlx::query(FORGET_DEFERRED).bind(forgotten_before(at)).execute(&mut *tx).await?;
            let insert = sqlx::query(OPEN).bind(id).bind(&of.0).bind(call.as_str());
            insert.bind(whole_second(at)).execute(&mut *tx).await?;
            let open: CaseRow = sqlx::query_as(OPEN_CASE).bind(&of.0).fetch_one(&mut *tx).await?;
            Ok(open.id)
        })
    }

    /// Closes a case and forgets its work in progress; `false` while a request of it is under way. Closing a closed case
    /// changes nothing.
    pub async fn close_case(&self, id: &str, of: &OperatorId, at: Timestamp) -> Result<bool, Error> {
        write!(self, |tx| {
            if steps_of!(&mut *tx, id).iter().any(|step| step.is_under_way(at)) {
                return Ok(false);
            }
            let close = sqlx::query(CLOSE).bind(&of.0).bind(id).bind(whole_second(at));
            if close.execute(&mut *tx).await?.rows_affected() > 0 {
                sqlx::query("DELETE FROM steps WHERE case_id = $1").bind(id).execute(&mut *tx).await?;
            }
            Ok(true)
        })
    }

    /// A case of this operator.
    pub async fn case(&self, id: &str, of: &OperatorId) -> Result<Option<CaseRecord>, Error> {
        let row: Option<CaseRow> =
            read!(self, |pool| sqlx::query_as(CASE).bind(&of.0).bind(id).fetch_optional(pool).await)?;
        self.with_transactions(row.into_iter().collect(), of).await.map(|mut cases| cases.pop())
    }

    /// The id of the operator's open case.
    pub async fn open_case_of(&self, operator: &OperatorId) -> Result<Option<String>, Error> {
        let row: Option<CaseRow> =
            read!(self, |pool| sqlx::query_as(OPEN_CASE).bind(&operator.0).fetch_optional(pool).await)?;
        Ok(row.map(|row| row.id))
    }

    /// The case that the operator closed last, if that was not before `since`.
    pub async fn last_closed_case(&self, of: &OperatorId, since: Timestamp) -> Result<Option<CaseRecord>, Error> {
        let since = since.as_millisecond();
        let row: Option<CaseRow> =
            read!(self, |pool| sqlx::query_as(LAST_CLOSED).bind(&of.0).bind(since).fetch_optional(pool).await)?;
        row.map(|row| row.into_record(&[])).transpose()
    }

    /// The operator's cases from the key `after` on, the newest first; with `wanted`, only those whose id or call id
    /// it is.
    pub async fn cases(
        &self,
        of: &OperatorId,
        wanted: Option<&str>,
        after: Option<&str>,
        most: u32,
    ) -> Result<CasePage, Error> {
        let after = after.unwrap_or(AFTER_ALL);
        let limit = i64::from(most) + 1;
        let mut rows: Vec<CaseRow> = match wanted {
            None => read!(self, |pool| sqlx::query_as(PAGE).bind(&of.0).bind(after).bind(limit).fetch_all(pool).await)?,
            Some(wanted) => read!(self, |pool| {
                let found = sqlx::query_as(FOUND).bind(&of.0).bind(after).bind(limit);
                found.bind(wanted).fetch_all(pool).await
            })?,
        };
        let has_more = rows.len() > most as usize;
        rows.truncate(most as usize);
        let next = if has_more { rows.last().map(|row| row.id.clone()) } else { None };
        Ok(CasePage { cases: self.with_transactions(rows, of).await?, next })
    }

    async fn with_transactions(&self, rows: Vec<CaseRow>, of: &OperatorId) -> Result<Vec<CaseRecord>, Error> {
        let ids = || rows.iter().map(|row| row.id.as_str());
        let (Some(first), Some(last)) = (ids().min(), ids().max()) else { return Ok(Vec::new()) };
        let transactions: Vec<TransactionRow> = read!(self, |pool| {
            sqlx::query_as(TRANSACTIONS).bind(&of.0).bind(first).bind(last).fetch_all(pool).await
        })?;
        rows.into_iter().map(|row| row.into_record(&transactions)).collect()
    }
}
