//! Cases: what is kept of a call (seed 003, 4.2), and how they are found again.

use jiff::Timestamp;
use rusqlite::Row;
use sqlx::{Error, FromRow};

use super::{
    Db, decode,
    direct::FromSqlite,
    read,
    steps::{FORGET_DEFERRED, MaybeStepRow, STEPS, Step, StepRow, TAKE_CASE, forgotten_before, steps_of},
    write,
};
use crate::domain::{call::CallId, operator::OperatorId, service::Service};

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
    /// A line each: the service's word, a space, the id.
    transactions: Option<String>,
}

/// A case beside one of its requests; a case without any has one row without a request.
#[derive(FromRow)]
struct CaseStepRow {
    #[sqlx(flatten)]
    case: CaseRow,
    #[sqlx(flatten)]
    step: MaybeStepRow,
}

impl FromSqlite for CaseStepRow {
    fn from_sqlite(row: &Row<'_>) -> rusqlite::Result<Self> {
        let case = CaseRow {
            id: row.get("id")?,
            call_id: row.get("call_id")?,
            opened_at: row.get("opened_at")?,
            closed_at: row.get("closed_at")?,
            transactions: row.get("transactions")?,
        };
        Ok(Self { case, step: MaybeStepRow::from_sqlite(row)? })
    }
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

impl TryFrom<CaseRow> for CaseRecord {
    type Error = Error;

    fn try_from(row: CaseRow) -> Result<Self, Error> {
        let transactions = row.transactions.unwrap_or_default();
        Ok(Self {
            id: row.id,
            call_id: row.call_id,
            opened_at: instant(row.opened_at)?,
            closed_at: row.closed_at.map(instant).transpose()?,
            transactions: transactions.lines().map(transaction).collect::<Result<_, _>>()?,
        })
    }
}

fn transaction(line: &str) -> Result<Transaction, Error> {
    let (service, id) = line.split_once(' ').unwrap_or((line, ""));
    Ok(Transaction { service: decode(service)?, id: id.to_owned() })
}

/// `SELECT` of cases. Each statement is a trip to the engine and back, on SQLite to another thread: what belongs to a
/// case comes along.
macro_rules! select_cases {
    ($more:literal, $from:literal) => {
        concat!(
            "SELECT c.id, c.call_id, c.opened_at, c.closed_at, \
             (SELECT string_agg(t.service || ' ' || t.transaction_id, '\n' ORDER BY t.place) \
             FROM transactions t WHERE t.case_id = c.id) AS transactions",
            $more,
            " FROM cases c ",
            $from
        )
    };
}

const CASE: &str = select_cases!(
    ", s.submission, s.service, s.started_at, s.ended_at, s.outcome, s.transaction_id",
    "LEFT JOIN steps s ON s.case_id = c.id WHERE c.operator_id = $1 AND c.id = $2 ORDER BY s.place"
);
const OPEN_CASE: &str = "SELECT id FROM cases WHERE operator_id = $1 AND closed_at IS NULL";
const PAGE: &str = select_cases!("", "WHERE c.operator_id = $1 AND c.id < $2 ORDER BY c.id DESC LIMIT $3");
const FOUND: &str = select_cases!(
    "",
    "WHERE c.operator_id = $1 AND c.id < $2 AND (c.id = $4 OR c.call_id = $4) ORDER BY c.id DESC LIMIT $3"
);
const OPEN: &str = "INSERT INTO cases (id, operator_id, call_id, opened_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT DO NOTHING";
/// A clock that was set back meanwhile makes no case end before it began.
const CLOSE: &str = "UPDATE cases SET closed_at = CASE WHEN $2 < opened_at THEN opened_at ELSE $2 END WHERE id = $1";
/// Sorts after every UUID.
const AFTER_ALL: &str = "~";

impl Db {
    /// Opens a case; if the operator has one open already, that one's id is returned instead.
    pub async fn open_case(&self, id: &str, of: &OperatorId, call: &CallId, at: Timestamp) -> Result<String, Error> {
        write!(self, |tx| {
            sqlx::query(FORGET_DEFERRED).bind(forgotten_before(at)).execute(&mut *tx).await?;
            let insert = sqlx::query(OPEN).bind(id).bind(&of.0).bind(call.as_str());
            insert.bind(whole_second(at)).execute(&mut *tx).await?;
            sqlx::query_scalar(OPEN_CASE).bind(&of.0).fetch_one(&mut *tx).await
        })
    }

    /// Closes a case and forgets its work in progress; `false` while a request of it is under way. Closing a closed case
    /// changes nothing.
    pub async fn close_case(&self, id: &str, of: &OperatorId, at: Timestamp) -> Result<bool, Error> {
        write!(self, |tx| {
            let take = sqlx::query(TAKE_CASE).bind(id).bind(&of.0);
            if take.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(true);
            }
            if steps_of!(&mut *tx, id).iter().any(|step| step.is_under_way(at)) {
                return Ok(false);
            }
            sqlx::query(CLOSE).bind(id).bind(whole_second(at)).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM steps WHERE case_id = $1").bind(id).execute(&mut *tx).await?;
            Ok(true)
        })
    }

    /// A case of this operator, with its requests so far, in their order.
    pub async fn case(&self, id: &str, of: &OperatorId) -> Result<Option<(CaseRecord, Vec<Step>)>, Error> {
        let rows: Vec<CaseStepRow> = self.rows(CASE, &[&of.0, id]).await?;
        let (mut case, mut steps) = (None, Vec::new());
        for row in rows {
            steps.extend(row.step.into_step()?);
            case = Some(row.case);
        }
        Ok(case.map(CaseRecord::try_from).transpose()?.map(|case| (case, steps)))
    }

    /// The id of the operator's open case.
    pub async fn open_case_of(&self, operator: &OperatorId) -> Result<Option<String>, Error> {
        read!(self, |pool| sqlx::query_scalar(OPEN_CASE).bind(&operator.0).fetch_optional(pool).await)
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
        Ok(CasePage { cases: rows.into_iter().map(CaseRecord::try_from).collect::<Result<_, _>>()?, next })
    }
}
