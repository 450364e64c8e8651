//! What a supervisor asks of a register, from the form and from the address to a [`Filter`].
//!
//! Only what stands in the register already is let into an address: whatever else somebody types, a caller's code
//! perhaps, is refused with the form.

use form_urlencoded::Serializer;
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use crate::{
    components::alert::FormErrors,
    domain::dates,
    server::{clock::rome, language::Language},
    storage::{
        Db,
        registers::{
            Register,
            case_span::{CaseOf, CaseSpan},
            find::{Column, Filter},
        },
    },
};

/// What was typed, or stands in the address.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Who.
    pub actor: String,
    /// The word of the action.
    pub action: String,
    /// The word of the outcome.
    pub outcome: String,
    /// The address.
    pub ip: String,
    /// On what.
    pub target: String,
    /// The id of a case or of one of its transactions.
    pub case: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The place at which the page begins.
    pub before: String,
}

/// What is asked, and how it stands in an address.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The entries.
    pub filter: Filter,
    /// Name and value of what is asked for, in the order of the form.
    pub pairs: Vec<(&'static str, String)>,
    /// The case whose operator's entries are asked for.
    pub case: Option<CaseOf>,
    /// The place at which the page begins.
    pub before: Option<i64>,
}

impl Asked {
    /// The address of what is asked for, from a place on.
    #[must_use]
    pub fn address(&self, register: Register, before: Option<i64>) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(&self.pairs);
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        let (path, query) = (path_of(register), query.finish());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// What is asked for as a text, for the register: `actor=m.rossi&from=2021-01-10`. Cases are in no register: of one
    /// it is told that there was one.
    #[must_use]
    pub fn text(&self) -> String {
        let told = |(name, value): &(&'static str, String)| {
            (*name, if *name == "case" { "*".to_owned() } else { value.clone() })
        };
        Serializer::new(String::new()).extend_pairs(self.pairs.iter().map(told)).finish()
    }
}

/// The page of a register.
#[must_use]
pub fn path_of(register: Register) -> String {
    format!("/registers/{}", register.word())
}

/// Reads what was typed; what is wrong with it is told in `errors`.
pub async fn read(
    typed: &Typed,
    register: Register,
    db: &Db,
    language: Language,
) -> Result<(Asked, FormErrors), sqlx::Error> {
    let mut reader = Reader { asked: Asked::default(), errors: FormErrors::default(), language };
    let actor = typed.actor.trim().to_owned();
    // User names are written in lower case; what stands for an unknown one is not.
    let actor = if actor.contains(':') { actor } else { actor.to_lowercase() };
    for (name, column, value) in [
        ("actor", Column::Actor, actor.as_str()),
        ("ip", Column::Ip, typed.ip.trim()),
        ("target", Column::Target, typed.target.trim()),
    ] {
        if !value.is_empty() {
            let is_there = db.is_in_register(register, column, value).await?;
            reader.value(name, column, is_there.then_some(value));
        }
    }
    reader.asked.filter.action = reader.word("action", &typed.action);
    reader.asked.filter.outcome = reader.word("outcome", &typed.outcome);
    reader.period(&typed.from, &typed.to);
    let case = typed.case.trim();
    if !case.is_empty() {
        reader.case(db.case_span(case).await?);
    }
    reader.asked.before = typed.before.parse().ok();
    Ok((reader.asked, reader.errors))
}

struct Reader {
    asked: Asked,
    errors: FormErrors,
    language: Language,
}

impl Reader {
    fn refuse(&mut self, name: &'static str, key: &str) {
        self.errors.add(name, self.language.text(&format!("registers.{key}")));
    }

    /// A value that stands in the register; none where it does not.
    fn value(&mut self, name: &'static str, column: Column, value: Option<&str>) {
        let Some(value) = value.map(str::to_owned) else { return self.refuse(name, &format!("no_such_{name}")) };
        self.asked.pairs.push((name, value.clone()));
        let filter = &mut self.asked.filter;
        match column {
            Column::Actor => filter.actor = Some(value),
            Column::Ip => filter.ip = Some(value),
            Column::Target => filter.target = Some(value),
        }
    }

    fn word<T: std::str::FromStr>(&mut self, name: &'static str, word: &str) -> Option<T> {
        if word.is_empty() {
            return None;
        }
        let Ok(value) = word.parse() else {
            self.refuse(name, "no_such_word");
            return None;
        };
        self.asked.pairs.push((name, word.to_owned()));
        Some(value)
    }

    fn day(&mut self, name: &'static str, typed: &str) -> Option<Date> {
        if typed.trim().is_empty() {
            return None;
        }
        let Ok(day) = dates::parse(typed) else {
            self.refuse(name, "no_date");
            return None;
        };
        self.asked.pairs.push((name, day.to_string()));
        Some(day)
    }

    /// The sessions of a case's operator; the period that was asked for, too, counts. In an address stands the case's own
    /// id, whatever was typed.
    fn case(&mut self, span: Option<CaseSpan>) {
        let Some(CaseSpan { case, from, until }) = span else { return self.refuse("case", "no_such_case") };
        let filter = &mut self.asked.filter;
        filter.from = Some(filter.from.map_or(from, |asked| asked.max(from)));
        filter.until = filter.until.into_iter().chain(until).min();
        filter.about = Some(case.username.clone());
        self.asked.pairs.push(("case", case.id.clone()));
        self.asked.case = Some(case);
    }

    /// Whole days of Europe/Rome, both included.
    fn period(&mut self, from: &str, to: &str) {
        let (from, to) = (self.day("from", from), self.day("to", to));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            self.refuse("to", "ends_before");
        }
        (self.asked.filter.from, self.asked.filter.until) = period(from, to);
    }
}

/// From the first instant of a day on, and before that of the day after another, milliseconds since 1970.
#[must_use]
pub fn period(from: Option<Date>, to: Option<Date>) -> (Option<i64>, Option<i64>) {
    (from.and_then(start_of), to.and_then(|day| day.checked_add(1.day()).ok()).and_then(start_of))
}

/// The first instant of a day in Europe/Rome, milliseconds since 1970.
fn start_of(day: Date) -> Option<i64> {
    day.to_zoned(rome()).ok().map(|start| start.timestamp().as_millisecond())
}
