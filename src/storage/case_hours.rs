//! Cases added up by hour and operator once nothing of them changes any more: a year of "Andamento" is then thousands
//! of sums, and not millions of cases.
//!
//! Each case is either in the sums or, with `summed = 0`, still counted by itself. Before cases are added up or
//! deleted the row of `case_sums` is taken, so that of two instances one waits.

use sqlx::Error;

use super::{Db, write};

/// Waits for one's turn.
pub(super) const TAKE_TURN: &str = "UPDATE case_sums SET done = done + 1 WHERE one = 1";

/// `WITH kept AS (…)`: what counts of each case that is not in the sums, and of which `$where` is true, its answers looked
/// up once. A deferred confirmation is not a call and took no time.
macro_rules! kept {
    ($where:literal) => {
        concat!(
            "WITH kept AS MATERIALIZED (SELECT c.opened_at / 3600000 AS hour, c.operator_id, \
             CASE WHEN c.call_id IS NULL THEN 0 ELSE 1 END AS is_call, \
             CASE WHEN c.call_id IS NULL THEN NULL ELSE (c.closed_at - c.opened_at) / 1000 END AS took, \
             (SELECT MAX(CASE t.service WHEN 'verify' THEN 1 ELSE 0 END) \
             + MAX(CASE t.service WHEN 'unlock' THEN 2 ELSE 0 END) \
             + MAX(CASE t.service WHEN 'confirm' THEN 4 ELSE 0 END) \
             + MAX(CASE t.service WHEN 'cancel' THEN 8 ELSE 0 END) \
             FROM transactions t WHERE t.case_id = c.id) AS answers \
             FROM cases c WHERE c.summed = 0 AND ",
            $where,
            ") "
        )
    };
}

/// The columns of `case_hours` of one case of `kept`.
macro_rules! counts_of_one {
    () => {
        "SELECT hour, operator_id, is_call AS opened, \
         CASE WHEN took IS NULL THEN 0 ELSE 1 END AS closed, \
         CASE WHEN is_call = 1 AND answers % 2 = 1 THEN 1 ELSE 0 END AS verified, \
         CASE WHEN is_call = 1 AND answers / 2 % 2 = 1 THEN 1 ELSE 0 END AS unlocked, \
         CASE WHEN is_call = 1 AND answers / 4 % 2 = 1 THEN 1 ELSE 0 END AS confirmed, \
         CASE WHEN is_call = 1 AND answers / 8 % 2 = 1 THEN 1 ELSE 0 END AS cancelled, \
         CASE WHEN is_call = 0 AND answers / 4 % 2 = 1 THEN 1 ELSE 0 END AS deferred, \
         CASE WHEN took IS NULL THEN '' ELSE ' ' || took END AS times FROM kept"
    };
}
pub(super) use {counts_of_one, kept};

/// The hour of the oldest case that can be added up.
const OLDEST: &str =
    "SELECT opened_at / 3600000 FROM cases WHERE summed = 0 AND closed_at < $1 ORDER BY opened_at LIMIT 1";
const ADD_UP: &str = concat!(
    kept!("c.closed_at < $1 AND c.opened_at >= $2 * 3600000 AND c.opened_at < $2 * 3600000 + 3600000"),
    "INSERT INTO case_hours (hour, operator_id, opened, closed, verified, unlocked, confirmed, cancelled, deferred, times) \
     SELECT hour, operator_id, SUM(opened), SUM(closed), SUM(verified), SUM(unlocked), SUM(confirmed), SUM(cancelled), \
     SUM(deferred), string_agg(times, '') FROM (",
    counts_of_one!(),
    ") AS counted WHERE true GROUP BY hour, operator_id ON CONFLICT (hour, operator_id) DO UPDATE SET \
     opened = case_hours.opened + excluded.opened, closed = case_hours.closed + excluded.closed, \
     verified = case_hours.verified + excluded.verified, unlocked = case_hours.unlocked + excluded.unlocked, \
     confirmed = case_hours.confirmed + excluded.confirmed, cancelled = case_hours.cancelled + excluded.cancelled, \
     deferred = case_hours.deferred + excluded.deferred, times = case_hours.times || excluded.times"
);
const MARK: &str = "UPDATE cases SET summed = 1 WHERE summed = 0 AND closed_at < $1 \
     AND opened_at >= $2 * 3600000 AND opened_at < $2 * 3600000 + 3600000";

/// What is left of the cases of an hour is counted case by case again; then its sums can go.
pub(super) const UNMARK: &str = "UPDATE cases SET summed = 0 WHERE summed = 1 \
     AND opened_at >= $1 * 3600000 AND opened_at < $1 * 3600000 + 3600000";
pub(super) const FORGET: &str = "DELETE FROM case_hours WHERE hour = $1";

impl Db {
    /// Adds up the cases of one hour that were closed before `before` (milliseconds since 1970), the oldest hour first.
    /// Whether there was one.
    pub async fn add_up_cases(&self, before: i64) -> Result<bool, Error> {
        write!(self, |tx| {
            let oldest: Option<(i64,)> = sqlx::query_as(OLDEST).bind(before).fetch_optional(&mut *tx).await?;
            let Some((hour,)) = oldest else { return Ok(false) };
            sqlx::query(TAKE_TURN).execute(&mut *tx).await?;
            for sql in [ADD_UP, MARK] {
                sqlx::query(sql).bind(before).bind(hour).execute(&mut *tx).await?;
            }
            Ok(true)
        })
    }
}
