//! Finding entries again: by who, what, how it ended, from where, on what, and when; paged by their place.

use sqlx::{AssertSqlSafe, Error};

use super::{Action, Head, Outcome, Register, StoredEntry};
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
    /// By this user or on this user.
    pub about: Option<String>,
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

/// What the entries of one run of an index have in common: columns and their values.
type Run<'a> = Vec<(&'static str, &'a str)>;

impl Filter {
    /// The runs of an index in which the entries asked for lie, each in the order of their places, so that the newest of
    /// all are among the newest of each and nothing else is looked at. Who asks for no action or no outcome asks for
    /// every one of them, which are words of ours.
    fn runs(&self, register: Register) -> Vec<Run<'_>> {
        let Some(about) = &self.about else { return self.runs_with(register, None) };
        let by_or_on = ["actor", "target"].into_iter();
        by_or_on.flat_map(|column| self.runs_with(register, Some((column, about)))).collect()
    }

    fn runs_with<'a>(&'a self, register: Register, more: Option<(&'static str, &'a str)>) -> Vec<Run<'a>> {
        let asked = [("actor", self.actor.as_deref()), ("ip", self.ip.as_deref()), ("target", self.target.as_deref())];
        let mut run: Run<'_> =
            asked.into_iter().filter_map(|(column, value)| Some((column, value?))).chain(more).collect();
        run.sort_unstable();
        run.dedup();
        let is_anything = run.is_empty() && self.action.is_none() && self.outcome.is_none();
        // Two of these have an index of their own, and what is left by both is little.
        if run.len() > 1 || is_anything {
            run.extend(self.action.map(|action| ("COALESCE(action, '')", action.word())));
            run.extend(self.outcome.map(|outcome| ("COALESCE(outcome, '')", outcome.word())));
            return vec![run];
        }
        let actions = Action::ALL.iter().filter(|action| match self.action {
            Some(asked) => **action == asked,
            None => action.register() == register,
        });
        let outcomes = || Outcome::ALL.iter().filter(|outcome| self.outcome.is_none_or(|asked| **outcome == asked));
        let each = actions.flat_map(|action| outcomes().map(|outcome| (action.word(), outcome.word())));
        each.map(|(action, outcome)| run.iter().copied().chain([("action", action), ("outcome", outcome)]).collect())
            .collect()
    }
}

/// The statement that finds the newest `most` entries of these runs. Its text is made of words that stand above, the
/// values are bound: register, first and last place, then those of the runs.
fn page_of(runs: &[Run<'_>], most: u32) -> String {
    let mut next = 4;
    let mut parts = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        let mut conditions = String::new();
        for (column, _) in run {
            // The index of what is done on something has nothing else in it.
            let partial = if *column == "target" { " AND target <> ''" } else { "" };
            conditions.extend([" AND ", column, " = $", &next.to_string(), partial]);
            next += 1;
        }
        parts.push(format!(
            "SELECT seq FROM (SELECT seq FROM register_entries WHERE register = $1 AND seq >= $2 AND seq <= $3\
             {conditions} ORDER BY seq DESC LIMIT {most}) AS run_{place}"
        ));
    }
    let places = parts.join(" UNION ");
    format!(
        concat!(columns!(), "WHERE register = $1 AND seq IN ({} ORDER BY seq DESC LIMIT {}) ORDER BY seq DESC"),
        places, most
    )
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
        let runs = filter.runs(register);
        let sql = page_of(&runs, most.saturating_add(1));
        let mut entries: Vec<StoredEntry> = read!(self, |pool| {
            let page = sqlx::query_as(AssertSqlSafe(sql)).bind(register.word()).bind(places.first).bind(places.last);
            let values = runs.iter().flatten();
            values.fold(page, |page, (_, value)| page.bind(*value)).fetch_all(pool).await
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

    /// The entry before the place `first`, from which its `previous` follows: kept, or the last one that was purged; none
    /// where it is missing.
    pub async fn head_before(&self, register: Register, first: i64) -> Result<Option<Head>, Error> {
        if first <= 1 {
            return Ok(Some(Head::default()));
        }
        let before = self.register_entries(register, first - 1, first - 1, 1).await?;
        if let Some(entry) = before.first() {
            return Ok(Some(Head::of(entry)));
        }
        let purge = self.last_purge(register).await?;
        Ok(purge.filter(|purge| purge.seq == first - 1).map(|purge| purge.head()))
    }

    /// The last entry from before an instant (milliseconds since 1970), kept or purged.
    pub async fn last_before(&self, register: Register, at: i64) -> Result<Head, Error> {
        const SQL: &str = "SELECT seq, at, hash FROM register_entries WHERE register = $1 AND at < $2 \
             ORDER BY at DESC, seq DESC LIMIT 1";
        let kept: Option<Head> =
            read!(self, |pool| sqlx::query_as(SQL).bind(register.word()).bind(at).fetch_optional(pool).await)?;
        match kept {
            Some(kept) => Ok(kept),
            None => Ok(self.last_purge(register).await?.map(|purge| purge.head()).unwrap_or_default()),
        }
    }

    /// Whether the next entry follows this one, or the register ends with it.
    pub async fn is_followed(&self, register: Register, last: &Head) -> Result<bool, Error> {
        let head = self.register_head(register).await?;
        let next = self.register_entries(register, last.seq + 1, last.seq + 1, 1).await?;
        Ok(match next.first() {
            Some(next) => next.previous == last.hash,
            None => head == *last,
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
            Column::Target => {
                "SELECT seq FROM register_entries WHERE register = $1 AND target = $2 AND target <> '' LIMIT 1"
            }
        };
        let found: Option<(i64,)> =
            read!(self, |pool| sqlx::query_as(sql).bind(register.word()).bind(value).fetch_optional(pool).await)?;
        Ok(found.is_some())
    }
}
