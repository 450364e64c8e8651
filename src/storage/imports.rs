//! Files of accounts on their way: sent, looked at, applied as a whole.

use sqlx::{AssertSqlSafe, FromRow};

use super::{Db, decode, operators::list::queues_of, read, write};
use crate::domain::operator::{OperatorId, Queue, Role, words};

/// So many names are looked for by one statement.
const CHUNK: usize = 500;

words! {
    /// How far a file has come.
    State {
        /// It was looked at, and is not applied.
        Checked = "checked",
        /// It is being applied.
        Running = "running",
        /// It could not be applied: nothing was done.
        Failed = "failed",
        /// Its accounts are there.
        Done = "done",
    }
}

/// A file on its way. Instants in milliseconds since 1970.
#[derive(Clone, Debug)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// How far it has come.
    pub state: State,
    /// When it began to be applied.
    pub started_at: Option<i64>,
    /// How many accounts it is to make.
    pub lines: i64,
    /// How many are prepared.
    pub done: i64,
    /// The file, then the links: sealed.
    pub content: String,
}

#[derive(FromRow)]
struct Row {
    id: String,
    state: String,
    started_at: Option<i64>,
    lines: i64,
    done: i64,
    content: String,
}

impl TryFrom<Row> for Import {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let Row { id, state, started_at, lines, done, content } = row;
        Ok(Self { id, state: decode(&state)?, started_at, lines, done, content })
    }
}

/// An account that there is, as a file may name it.
#[derive(Clone, Debug)]
pub struct Existing {
    /// The name with which its owner signs in.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// The codice fiscale.
    pub fiscal_code: String,
    /// What it may do.
    pub role: Role,
    /// At which desks.
    pub queues: Vec<Queue>,
}

#[derive(FromRow)]
struct ExistingRow {
    username: String,
    name: String,
    fiscal_code: String,
    role: String,
    queues: String,
}

impl TryFrom<ExistingRow> for Existing {
    type Error = sqlx::Error;

    fn try_from(row: ExistingRow) -> Result<Self, sqlx::Error> {
        let ExistingRow { username, name, fiscal_code, .. } = row;
        Ok(Self { username, name, fiscal_code, role: decode(&row.role)?, queues: queues_of(&row.queues)? })
    }
}

impl Db {
    /// Keeps a file that a supervisor has sent, and forgets those from before `forget`, milliseconds since 1970.
    pub async fn keep_import(
        &self,
        operator: &OperatorId,
        import: &Import,
        now: i64,
        forget: i64,
    ) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("DELETE FROM imports WHERE created_at < $1").bind(forget).execute(&mut *tx).await?;
            sqlx::query(
                "INSERT INTO imports (id, operator_id, created_at, state, lines, done, content) \
                 VALUES ($1, $2, $3, $4, $5, 0, $6)",
            )
            .bind(&import.id)
            .bind(&operator.0)
            .bind(now)
            .bind(State::Checked.word())
            .bind(import.lines)
            .bind(&import.content)
            .execute(&mut *tx)
            .await?;
            Ok(())
        })
    }

    /// A file of this supervisor.
    pub async fn import(&self, operator: &OperatorId, id: &str) -> Result<Option<Import>, sqlx::Error> {
        const SQL: &str = "SELECT id, state, started_at, lines, done, content FROM imports \
             WHERE id = $1 AND operator_id = $2";
        let row: Option<Row> =
            read!(self, |pool| sqlx::query_as(SQL).bind(id).bind(&operator.0).fetch_optional(pool).await)?;
        row.map(Import::try_from).transpose()
    }

    /// Begins to apply a file, unless that was begun since `given_up` (milliseconds since 1970) or is done. Whether it is
    /// this call that began.
    pub async fn begin_import(&self, id: &str, lines: i64, now: i64, given_up: i64) -> Result<bool, sqlx::Error> {
        const SQL: &str = "UPDATE imports SET state = 'running', started_at = $2, lines = $3, done = 0 WHERE id = $1 \
             AND (state IN ('checked', 'failed') OR (state = 'running' AND started_at < $4))";
        let begun = write!(self, |tx| {
            let begin = sqlx::query(SQL).bind(id).bind(now).bind(lines).bind(given_up);
            begin.execute(&mut *tx).await.map(|done| done.rows_affected())
        })?;
        Ok(begun == 1)
    }

    /// Notes how many accounts are prepared.
    pub async fn note_import(&self, id: &str, done: i64) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("UPDATE imports SET done = $2 WHERE id = $1").bind(id).bind(done).execute(&mut *tx).await?;
            Ok(())
        })
    }

    /// Notes that a file could not be applied.
    pub async fn fail_import(&self, id: &str) -> Result<(), sqlx::Error> {
        const SQL: &str = "UPDATE imports SET state = 'failed' WHERE id = $1 AND state = 'running'";
        write!(self, |tx| {
            sqlx::query(SQL).bind(id).execute(&mut *tx).await?;
            Ok(())
        })
    }

    /// Forgets a file, or its links, for good.
    pub async fn forget_import(&self, operator: &OperatorId, id: &str) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            let forget = sqlx::query("DELETE FROM imports WHERE id = $1 AND operator_id = $2");
            forget.bind(id).bind(&operator.0).execute(&mut *tx).await?;
            Ok(())
        })
    }

    /// Forgets all files sent before `forget`, milliseconds since 1970.
    pub async fn forget_imports(&self, forget: i64) -> Result<(), sqlx::Error> {
        write!(self, |tx| {
            sqlx::query("DELETE FROM imports WHERE created_at < $1").bind(forget).execute(&mut *tx).await?;
            Ok(())
        })
    }

    /// Those of these user names that have an account.
    pub async fn operators_named(&self, usernames: &[&str]) -> Result<Vec<Existing>, sqlx::Error> {
        let mut found = Vec::new();
        for names in usernames.chunks(CHUNK) {
            let places: Vec<_> = (1..=names.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT username, name, fiscal_code, role, queues FROM operators WHERE username IN ({})",
                places.join(", ")
            );
            let some: Vec<ExistingRow> = read!(self, |pool| {
                // The text is made of places alone; the values are bound.
                let query = sqlx::query_as(AssertSqlSafe(sql));
                names.iter().fold(query, |query, name| query.bind(*name)).fetch_all(pool).await
            })?;
            for row in some {
                found.push(row.try_into()?);
            }
        }
        Ok(found)
    }
}
