//! The list of accounts: by name, found by words and filters, paged by key.

use sqlx::{AssertSqlSafe, FromRow};

use super::fold::{fold, words};
use crate::{
    domain::operator::{Queue, Role, Status},
    storage::{Db, decode, read, write},
};

/// Which accounts. What is not said is any.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words of the name, the user name or the codice fiscale, or parts of them.
    pub text: String,
    /// What they may do.
    pub role: Option<Role>,
    /// One of their desks.
    pub queue: Option<Queue>,
    /// Where they stand.
    pub status: Option<Status>,
}

/// An account as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedOperator {
    /// Its id.
    pub id: String,
    /// The name with which its owner signs in.
    pub username: String,
    /// First and last name.
    pub name: String,
    /// The codice fiscale that Sistema TS knows.
    pub fiscal_code: String,
    /// What it may do.
    pub role: Role,
    /// Where it stands.
    pub status: Status,
    /// At which desks, in the order in which people read them.
    pub queues: Vec<Queue>,
    /// When its owner last signed in, milliseconds since 1970.
    pub last_sign_in: Option<i64>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct OperatorsPage {
    /// The accounts, in the order of their names.
    pub operators: Vec<ListedOperator>,
    /// The id after which the next page begins; none on the last.
    pub next: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    username: String,
    name: String,
    fiscal_code: String,
    role: String,
    status: String,
    queues: String,
    last_sign_in: Option<i64>,
}

impl TryFrom<Row> for ListedOperator {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let Row { id, username, name, fiscal_code, last_sign_in, .. } = row;
        let (role, status, queues) = (decode(&row.role)?, decode(&row.status)?, queues_of(&row.queues)?);
        Ok(Self { id, username, name, fiscal_code, role, status, queues, last_sign_in })
    }
}

/// The stored words of queues, in whatever order, as queues in the order in which people read them: accounts from before
/// the queues stood in their row may have another one.
pub(in crate::storage) fn queues_of(stored: &str) -> Result<Vec<Queue>, sqlx::Error> {
    let queues: Vec<Queue> = stored.split_whitespace().map(decode).collect::<Result<_, _>>()?;
    Ok(Queue::ALL.iter().copied().filter(|queue| queues.contains(queue)).collect())
}

/// What is searched in of an account.
pub(super) fn search_text(name: &str, username: &str, fiscal_code: &str) -> String {
    fold(&format!("{name} {username} {fiscal_code}"))
}

/// By what an account is sorted: bytes, which both engines compare alike.
pub(super) fn name_key(name: &str) -> Vec<u8> {
    fold(name).into_bytes()
}

impl Wanted {
    /// The conditions and their values, from the fourth on.
    fn conditions(&self) -> (String, Vec<String>) {
        let equal = [("role", self.role.map(Role::word)), ("status", self.status.map(Status::word))];
        let equal = equal.into_iter().filter_map(|(column, word)| Some((column, "=", word?.to_owned())));
        let within = |column, word: &str| (column, "LIKE", format!("%{word}%"));
        let queue = self.queue.map(|queue| within("queues", queue.word()));
        let text = words(&self.text).into_iter().map(|word| within("search", &word));
        let (mut sql, mut values) = (String::new(), Vec::new());
        for (column, is, value) in equal.chain(queue).chain(text.collect::<Vec<_>>()) {
            sql.extend([" AND ", column, " ", is, " $", &(values.len() + 4).to_string()]);
            values.push(value);
        }
        (sql, values)
    }
}

impl Db {
    /// The accounts wanted after the one whose id is `after`, in the order of their names, at most `most` of them.
    ///
    /// The index by name holds all that is asked for, so that the rows of others are not looked up.
    pub async fn operators(
        &self,
        wanted: &Wanted,
        after: Option<&str>,
        most: u32,
    ) -> Result<OperatorsPage, sqlx::Error> {
        const KEY: &str = "SELECT name_key, id FROM operators WHERE id = $1 AND name_key IS NOT NULL";
        let (conditions, values) = wanted.conditions();
        let sql = format!(
            "SELECT o.id, o.username, o.name, o.fiscal_code, o.role, o.status, o.queues, o.last_sign_in FROM \
             (SELECT id FROM operators WHERE (name_key, id) > ($1, $2){conditions} ORDER BY name_key, id LIMIT $3) page \
             JOIN operators o ON o.id = page.id ORDER BY o.name_key, o.id"
        );
        let rows: Vec<Row> = read!(self, |pool| {
            let key: Option<(Vec<u8>, String)> = sqlx::query_as(KEY).bind(after).fetch_optional(pool).await?;
            let (name_key, id) = key.unwrap_or_default();
            // The text is made of words that stand above; the values are bound.
            let page = sqlx::query_as(AssertSqlSafe(sql)).bind(name_key).bind(id).bind(i64::from(most) + 1);
            values.iter().fold(page, |page, value| page.bind(value.as_str())).fetch_all(pool).await?
        });
        let has_more = rows.len() > most as usize;
        let rows = rows.into_iter().take(most as usize).map(ListedOperator::try_from);
        let operators = rows.collect::<Result<Vec<_>, _>>()?;
        let next = operators.last().filter(|_| has_more).map(|last| last.id.clone());
        Ok(OperatorsPage { operators, next })
    }

    /// Makes the accounts of before there was a list found by it.
    pub(in crate::storage) async fn fold_names(&self) -> Result<(), sqlx::Error> {
        const MISSING: &str = "SELECT id, name, username, fiscal_code FROM operators WHERE name_key IS NULL";
        const FILL: &str = "UPDATE operators SET name_key = $2, search = $3 WHERE id = $1 AND name_key IS NULL";
        let missing: Vec<(String, String, String, String)> =
            read!(self, |pool| sqlx::query_as(MISSING).fetch_all(pool).await?);
        if missing.is_empty() {
            return Ok(());
        }
        write!(self, |tx| {
            for (id, name, username, fiscal_code) in &missing {
                let fill = sqlx::query(FILL).bind(id).bind(name_key(name));
                fill.bind(search_text(name, username, fiscal_code)).execute(&mut *tx).await?;
            }
            Ok(())
        })
    }
}
