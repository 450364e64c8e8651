//! Cases that have been kept long enough, and what was added up of them.

use sqlx::Error;

use super::{
    Db,
    case_hours::{FORGET, TAKE_TURN, UNMARK},
    registers::append::{Record, append},
    write,
};

/// Up to which case, in the order of their closing, one transaction deletes: writers wait no longer than that takes.
const BOUND: &str = "SELECT closed_at, id FROM (SELECT closed_at, id FROM cases WHERE closed_at < $1 \
     ORDER BY closed_at, id LIMIT 500) AS old ORDER BY closed_at DESC, id DESC LIMIT 1";
const HOURS: &str = "SELECT DISTINCT opened_at / 3600000 FROM cases WHERE (closed_at, id) <= ($1, $2) AND summed = 1";
const TRANSACTIONS: &str =
    "DELETE FROM transactions WHERE case_id IN (SELECT id FROM cases WHERE (closed_at, id) <= ($1, $2))";
const STEPS: &str = "DELETE FROM steps WHERE case_id IN (SELECT id FROM cases WHERE (closed_at, id) <= ($1, $2))";
const CASES: &str = "DELETE FROM cases WHERE (closed_at, id) <= ($1, $2)";

impl Db {
    /// Deletes the oldest cases closed before `before` (milliseconds since 1970), with their transactions, and records
    /// how many. Whether there may be more.
    pub async fn delete_old_cases(&self, before: i64, record: impl Fn(u64) -> Record) -> Result<bool, Error> {
        let record = &record;
        write!(self, |tx| {
            let bound: Option<(i64, String)> = sqlx::query_as(BOUND).bind(before).fetch_optional(&mut *tx).await?;
            let Some((closed_at, id)) = bound else { return Ok(false) };
            sqlx::query(TAKE_TURN).execute(&mut *tx).await?;
            let hours: Vec<(i64,)> = sqlx::query_as(HOURS).bind(closed_at).bind(&id).fetch_all(&mut *tx).await?;
            for sql in [TRANSACTIONS, STEPS] {
                sqlx::query(sql).bind(closed_at).bind(&id).execute(&mut *tx).await?;
            }
            let deleted = sqlx::query(CASES).bind(closed_at).bind(&id).execute(&mut *tx).await?.rows_affected();
            for (hour,) in hours {
                for sql in [UNMARK, FORGET] {
                    sqlx::query(sql).bind(hour).execute(&mut *tx).await?;
                }
            }
            // Of two instances the second one finds nothing left to delete.
            if deleted > 0 {
                append!(tx, &record(deleted));
            }
            Ok(true)
        })
    }
}
