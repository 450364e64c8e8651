//! Finding entries again: by who, what, how it ended, from where, on what, and when; paged by their place.

use sqlx::{AssertSqlSafe, Error};

use super::{Action, Outcome, Register, StoredEntry};
use crate::storage::{Db, read};

macro_rules! columns {
    () => {
        "SELECT seq, at, actor, action, outcome, ip, target, details, previous, hash, seal FROM register_entries "
    };
}

/// So many entries of one user name's sessions are read at most.
const MOST_OF_SESSIONS: i64 = 2000;

/// Which entries. What is not said is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who.
    pub actor: Option<String>,
    /// What.
    pub action: Option<Action>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// From which address.
    pub ip: Option<String>,
    /// On what.
    pub target: Option<String>,
    /// From this instant on, milliseconds since 1970.
    pub from: Option<i64>,
    /// Before this instant, milliseconds since 1970.
    pub until: Option<i64>,
}

/// A run of places, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// A page of a register, the newest entry first.
#[derive(Clone, Debug)]
pub struct RegisterPage {
    /// The entries.
    pub entries: Vec<StoredEntry>,
    /// The place before which the next page ends; none on the last.
    pub next: Option<i64>,
}

/// A column by which entries are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Who.
    Actor,
    /// From which address.
    Ip,
    /// On what.
    Target,
}

impl Filter {
    /// The conditions and their values. The first, most telling one is found by its index together with the places; the
    /// others are kept from theirs, so that no engine chooses the index of `outcome`, which every other entry is of.
    fn conditions(&self) -> (String, Vec<&str>) {
        let wanted = [
            ("target", self.target.as_deref()),
            ("ip", self.ip.as_deref()),
            ("actor", self.actor.as_deref()),
            ("action", self.action.map(Action::word)),
            ("outcome", self.outcome.map(Outcome::word)),
        ];
        let (mut sql, mut values) = (String::new(), Vec::new());
        for (column, value) in wanted {
            let Some(value) = value else { continue };
            let column = if values.is_empty() { column.to_owned() } else { format!("COALESCE({column}, '')") };
            sql.extend(["AND ", &column, " = $", &(values.len() + 5).to_string(), " "]);
            values.push(value);
        }
        (sql, values)
    }
}

impl Db {
    /// The entries of `places` that `filter` lets through, the newest first, at most `most` of them.
    pub async fn register_page(
        &self,
        register: Register,
        filter: &Filter,
        places: Places,
        most: u32,
    ) -> Result<RegisterPage, Error> {
        let (conditions, values) = filter.conditions();
        let sql = format!(
            concat!(columns!(), "WHERE register = $1 AND seq >= $2 AND seq <= $3 {}ORDER BY seq DESC LIMIT $4"),
            conditions
        );
        let mut entries: Vec<StoredEntry> = read!(self, |pool| {
            // The text is made of words that stand above; the values are bound.
            let page = sqlx::query_as(AssertSqlSafe(sql)).bind(register.word());
            let page = page.bind(places.first).bind(places.last).bind(i64::from(most) + 1);
            values.iter().fold(page, |page, value| page.bind(*value)).fetch_all(pool).await
        })?;
        let has_more = entries.len() > most as usize;
        entries.truncate(most as usize);
        let next = if has_more { entries.last().map(|entry| entry.seq - 1) } else { None };
        Ok(RegisterPage { entries, next })
    }

    /// The entries from the place `first` on, in their order, at most `most` of them.
    pub async fn register_entries(
        &self,
        register: Register,
        first: i64,
        last: i64,
        most: i64,
    ) -> Result<Vec<StoredEntry>, Error> {
        const SQL: &str = concat!(columns!(), "WHERE register = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq LIMIT $4");
        read!(self, |pool| {
            sqlx::query_as(SQL).bind(register.word()).bind(first).bind(last).bind(most).fetch_all(pool).await
        })
    }

    /// The places of the entries of a period; none where there is no entry in it. Instants never go back along a chain,
    /// so a period is a run of places.
    pub async fn places(&self, register: Register, filter: &Filter) -> Result<Option<Places>, Error> {
        const FIRST: &str =
            "SELECT seq FROM register_entries WHERE register = $1 AND at >= $2 ORDER BY at, seq LIMIT 1";
        const LAST: &str =
            "SELECT seq FROM register_entries WHERE register = $1 AND at < $2 ORDER BY at DESC, seq DESC LIMIT 1";
        let (from, until) = (filter.from.unwrap_or(i64::MIN), filter.until.unwrap_or(i64::MAX));
        let ends: (Option<(i64,)>, Option<(i64,)>) = read!(self, |pool| {
            let first = sqlx::query_as(FIRST).bind(register.word()).bind(from).fetch_optional(pool).await?;
            let last = sqlx::query_as(LAST).bind(register.word()).bind(until).fetch_optional(pool).await?;
            (first, last)
        });
        let (Some((first,)), Some((last,))) = ends else { return Ok(None) };
        Ok((first <= last).then_some(Places { first, last }))
    }

    /// What was done with the sessions of a user name from an instant on (milliseconds since 1970), in its order: by its
    /// owner, and to the account by others.
    pub async fn session_entries(&self, username: &str, from: i64) -> Result<Vec<StoredEntry>, Error> {
        const OWN: &str = concat!(
            columns!(),
            "WHERE register = 'access' AND actor = $1 AND seq >= $2 AND outcome = 'done' \
             AND action IN ('sign_in', 'unlock', 'sign_out', 'superseded', 'expiry') ORDER BY seq DESC LIMIT $3"
        );
        const OTHERS: &str = concat!(
            columns!(),
            "WHERE register = 'admin' AND target = $1 AND seq >= $2 AND outcome = 'done' \
             AND action IN ('account_disabled', 'credentials_reset', 'sessions_ended') ORDER BY seq DESC LIMIT $3"
        );
        let mut entries = Vec::new();
        for (register, sql) in [(Register::Access, OWN), (Register::Admin, OTHERS)] {
            let period = Filter { from: Some(from), ..Filter::default() };
            let Some(places) = self.places(register, &period).await? else { continue };
            let found: Vec<StoredEntry> = read!(self, |pool| {
                sqlx::query_as(sql).bind(username).bind(places.first).bind(MOST_OF_SESSIONS).fetch_all(pool).await
            })?;
            entries.extend(found.into_iter().rev());
        }
        entries.sort_by_key(|entry| entry.at);
        Ok(entries)
    }

    /// Whether any entry has this value: only what is in a register already may stand in an address.
    pub async fn is_in_register(&self, register: Register, column: Column, value: &str) -> Result<bool, Error> {
        let sql = match column {
            Column::Actor => "SELECT seq FROM register_entries WHERE register = $1 AND actor = $2 LIMIT 1",
            Column::Ip => "SELECT seq FROM register_entries WHERE register = $1 AND ip = $2 LIMIT 1",
            Column::Target => "SELECT seq FROM register_entries WHERE register = $1 AND target = $2 LIMIT 1",
        };
        let found: Option<(i64,)> =
            read!(self, |pool| sqlx::query_as(sql).bind(register.word()).bind(value).fetch_optional(pool).await)?;
        Ok(found.is_some())
    }
}
