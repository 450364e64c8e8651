//! Sessions: one live one an operator, found by the hash of their id, never by the id.

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::{
    Db, decode,
    direct::FromSqlite,
    operators::list::queues_of,
    read,
    registers::append::{Record, append},
    write, write_alone,
};
use crate::domain::{
    fiscal_code::FiscalCode,
    operator::{OperatorId, Queue, Role, Status, words},
};

words! {
    /// How far a session has come.
    Stage {
        /// The password was right; the second factor is still to come.
        Password = "password",
        /// Signed in.
        Full = "full",
    }
}

words! {
    /// Why a session was ended before its time.
    EndedBecause {
        /// The operator left.
        SignedOut = "signed_out",
        /// The operator signed in elsewhere.
        Superseded = "superseded",
        /// The account was disabled or its credentials were made anew.
        Withdrawn = "withdrawn",
        /// It lasted as long as a session may.
        Expired = "expired",
    }
}

/// A session with the account it belongs to. Instants in milliseconds since 1970.
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// Whose it is.
    pub account: Account,
    /// Where the account stands.
    pub status: Status,
    /// How far it has come.
    pub stage: Stage,
    /// When it began.
    pub started_at: i64,
    /// When it was last used, at most half a minute old.
    pub last_seen: i64,
    /// When the second factor was last proved in it.
    pub proved_at: Option<i64>,
    /// Why it was ended, if it was.
    pub ended: Option<EndedBecause>,
}

/// An operator as the desk knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The id of the account.
    pub id: OperatorId,
    /// The name with which they sign in.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// The codice fiscale sent to Sistema TS as `cfOperatore` (seed 003, 3.3).
    pub fiscal_code: FiscalCode,
    /// What they may do.
    pub role: Role,
    /// At which desks they work.
    pub queues: Vec<Queue>,
}

/// A session with its account as the database has them: text, to be read by `StoredSession::try_from`.
#[derive(Deserialize, FromRow, Serialize)]
pub struct SessionRow {
    operator_id: String,
    username: String,
    name: String,
    fiscal_code: String,
    role: String,
    queues: String,
    status: String,
    stage: String,
    started_at: i64,
    last_seen: i64,
    proved_at: Option<i64>,
    ended_because: Option<String>,
}

impl FromSqlite for SessionRow {
    fn from_sqlite(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            operator_id: row.get("operator_id")?,
            username: row.get("username")?,
            name: row.get("name")?,
            fiscal_code: row.get("fiscal_code")?,
            role: row.get("role")?,
            queues: row.get("queues")?,
            status: row.get("status")?,
            stage: row.get("stage")?,
            started_at: row.get("started_at")?,
            last_seen: row.get("last_seen")?,
            proved_at: row.get("proved_at")?,
            ended_because: row.get("ended_because")?,
        })
    }
}

impl TryFrom<SessionRow> for StoredSession {
    type Error = sqlx::Error;

    fn try_from(row: SessionRow) -> Result<Self, sqlx::Error> {
        let account = Account {
            id: OperatorId(row.operator_id),
            username: row.username,
            name: row.name,
            fiscal_code: decode(&row.fiscal_code)?,
            role: decode(&row.role)?,
            queues: queues_of(&row.queues)?,
        };
        Ok(Self {
            account,
            status: decode(&row.status)?,
            stage: decode(&row.stage)?,
            started_at: row.started_at,
            last_seen: row.last_seen,
            proved_at: row.proved_at,
            ended: row.ended_because.as_deref().map(decode).transpose()?,
        })
    }
}

macro_rules! select {
    () => {
        "SELECT s.operator_id, o.username, o.name, o.fiscal_code, o.role, o.queues, o.status, s.stage, s.started_at, \
         s.last_seen, s.proved_at, s.ended_because FROM sessions s JOIN operators o ON o.id = s.operator_id "
    };
}

impl Db {
    /// The session of an id's hash, with its account, in one statement.
    pub async fn session(&self, id_hash: &str) -> Result<Option<SessionRow>, sqlx::Error> {
        const SQL: &str = concat!(select!(), "WHERE s.id_hash = $1");
        Ok(self.rows(SQL, &[id_hash]).await?.pop())
    }

    /// The live session whose id was replaced at `since` (milliseconds since 1970) or later, by the old id's hash.
    pub async fn session_renewed_from(&self, id_hash: &str, since: i64) -> Result<Option<StoredSession>, sqlx::Error> {
        const SQL: &str = concat!(
            select!(),
            "WHERE s.replaced_hash = $1 AND s.renewed_at >= $2 AND s.stage = 'full' AND s.ended_at IS NULL"
        );
        let row: Option<SessionRow> =
            read!(self, |pool| sqlx::query_as(SQL).bind(id_hash).bind(since).fetch_optional(pool).await)?;
        row.map(StoredSession::try_from).transpose()
    }

    /// When the second factor was last proved in the live session of an id's hash.
    pub async fn proved_at(&self, id_hash: &str) -> Result<Option<i64>, sqlx::Error> {
        const SQL: &str = "SELECT proved_at FROM sessions WHERE id_hash = $1 AND ended_at IS NULL";
        let row: Option<(Option<i64>,)> =
            read!(self, |pool| sqlx::query_as(SQL).bind(id_hash).fetch_optional(pool).await)?;
        Ok(row.and_then(|(proved_at,)| proved_at))
    }

    /// Opens a session after the password, and clears its wrong attempts.
    pub async fn open_session(
        &self,
        id_hash: &str,
        operator: &OperatorId,
        attempts: &str,
        now: i64,
        record: &Record,
    ) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("DELETE FROM attempts WHERE subject = $1").bind(attempts).execute(&mut *tx).await?;
            sqlx::query(
                "INSERT INTO sessions (id_hash, operator_id, stage, started_at, renewed_at, last_seen) \
                 VALUES ($1, $2, 'password', $3, $3, $3)",
            )
            .bind(id_hash)
            .bind(&operator.0)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            append!(tx, record);
            Ok(())
        })
    }

    /// Notes that a live session is being used. Never brings an ended one back.
    pub async fn touch_session(&self, id_hash: &str, now: i64) -> Result<(), sqlx::Error> {
        const SQL: &str = "UPDATE sessions SET last_seen = $2 WHERE id_hash = $1 AND ended_at IS NULL";
        write_alone!(self, |pool| sqlx::query(SQL).bind(id_hash).bind(now).execute(pool).await.map(drop))
    }

    /// Forgets sessions begun before `started`; one whose end is still to be recorded stays.
    pub async fn forget_sessions(&self, started: i64) -> Result<(), sqlx::Error> {
        const SQL: &str = "DELETE FROM sessions WHERE started_at < $1 AND ended_at IS NOT NULL";
        write_alone!(self, |pool| sqlx::query(SQL).bind(started).execute(pool).await.map(drop))
    }

    /// Ends one session, because its owner leaves it. One that is over stays as it is, and nothing is recorded.
    pub async fn sign_out(&self, id_hash: &str, now: i64, record: &Record) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            let ended = sqlx::query(
                "UPDATE sessions SET ended_at = $2, ended_because = $3 WHERE id_hash = $1 AND ended_at IS NULL",
            )
            .bind(id_hash)
            .bind(now)
            .bind(EndedBecause::SignedOut.word())
            .execute(&mut *tx)
            .await?;
            if ended.rows_affected() > 0 {
                append!(tx, record);
            }
            Ok(())
        })
    }

    /// Ends every session of an operator, because they leave them all.
    pub async fn sign_out_everywhere(
        &self,
        operator: &OperatorId,
        now: i64,
        record: &Record,
    ) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            let end = sqlx::query(
                "UPDATE sessions SET ended_at = $2, ended_because = $3 WHERE operator_id = $1 AND ended_at IS NULL",
            );
            end.bind(&operator.0).bind(now).bind(EndedBecause::SignedOut.word()).execute(&mut *tx).await?;
            append!(tx, record);
            Ok(())
        })
    }

    /// Ends the sessions that have come so far and were begun at `started` or before: they have lasted as long as they
    /// may. How many.
    pub async fn expire_sessions(
        &self,
        stage: Stage,
        started: i64,
        now: i64,
        record: &Record,
    ) -> Result<usize, sqlx::Error> {
        const SQL: &str = "UPDATE sessions SET ended_at = $2, ended_because = $3 \
             WHERE started_at <= $1 AND ended_at IS NULL AND stage = $4 \
             RETURNING (SELECT o.username FROM operators o WHERE o.id = sessions.operator_id)";
        write!(self, |tx| {
            let expire = sqlx::query_as(SQL).bind(started).bind(now).bind(EndedBecause::Expired.word());
            let expire = expire.bind(stage.word());
            let expired: Vec<(String,)> = expire.fetch_all(&mut *tx).await?;
            for (username,) in &expired {
                append!(tx, &record.of(username));
            }
            Ok(expired.len())
        })
    }

    /// Records that the sessions last seen at `seen` (milliseconds since 1970) or before have locked themselves, once
    /// for each time. How many.
    pub async fn note_locks(&self, seen: i64, now: i64, record: &Record) -> Result<usize, sqlx::Error> {
        const SQL: &str = "UPDATE sessions SET locked_at = $2 WHERE last_seen <= $1 AND ended_at IS NULL \
             AND stage = 'full' AND (locked_at IS NULL OR locked_at < last_seen) \
             RETURNING (SELECT o.username FROM operators o WHERE o.id = sessions.operator_id)";
        write!(self, |tx| {
            let locked: Vec<(String,)> = sqlx::query_as(SQL).bind(seen).bind(now).fetch_all(&mut *tx).await?;
            for (username,) in &locked {
                append!(tx, &record.of(username));
            }
            Ok(locked.len())
        })
    }
}
