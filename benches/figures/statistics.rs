//! "Andamento" of a year, on SQLite and on a PostgreSQL of its own: two million cases, put together in every way.

use std::time::Instant;

use centralino::{
    features::statistics::period::Asked,
    storage::{Db, statistics::Grouping},
};
use jiff::civil::{Date, date};

use crate::{
    Outcome,
    bulk::{Bulk, ENGINES, number},
    numbers,
    report::Figure,
    say,
};

/// How many cases, unless `STATISTICS_CASES` says otherwise; as many each day of the year.
const CASES: i64 = 2_000_000;
/// Who takes the calls.
const OPERATORS: i64 = 100;
/// How often each question is asked; the median counts.
const TIMES: usize = 5;
/// The longest that a question may take, in milliseconds.
const MOST: f64 = 1000.0;
/// 2021-01-01, in UTC, milliseconds since 1970.
const BEGIN: i64 = 1_609_459_200_000;
const DAY: i64 = 86_400_000;

/// Both engines.
pub async fn figures() -> Outcome<Vec<Figure>> {
    let cases = number("STATISTICS_CASES", CASES);
    let mut figures = Vec::new();
    for engine in ENGINES {
        let bulk = Bulk::new(engine).await?;
        let start = Instant::now();
        fill(&bulk, cases).await?;
        say(&format!("{engine}: {cases} cases made in {} s", start.elapsed().as_secs()));
        let start = Instant::now();
        while bulk.db.add_up_cases(BEGIN + 400 * DAY).await? {}
        say(&format!("{engine}: added up in {} s", start.elapsed().as_secs()));
        bulk.settle("case_hours").await?;
        figures.extend(measure(&bulk.db, engine, cases).await?);
        bulk.db.close().await;
    }
    Ok(figures)
}

/// From seven in the morning on, calls for fourteen hours; each takes one to ten minutes. Four in five get to the unlock,
/// seven in ten to the confirmation.
pub async fn fill(bulk: &Bulk, cases: i64) -> Outcome<()> {
    let a_day = cases / 365 + 1;
    let opened = format!("{BEGIN} + i / {a_day} * {DAY} + 7 * 3600000 + (i % {a_day}) * 14 * 3600 / {a_day} * 1000");
    let operators = format!(
        "INSERT INTO operators (id, username, name, fiscal_code, role, queues, status, created_at) {} \
         SELECT 'o' || i, 'operatore' || i, 'Nome ' || i, 'RSSMRA80A01H501U', 'operator', 'immuni', 'enabled', 0 FROM n",
        bulk.numbers(OPERATORS)
    );
    bulk.execute(&operators).await?;
    let rows = format!(
        "INSERT INTO cases (id, operator_id, call_id, opened_at, closed_at) {} \
         SELECT 'c' || (10000000 + i), 'o' || (1 + h % {OPERATORS}), '88213', opened, opened + (60 + h % 540) * 1000 \
         FROM (SELECT i, (i * 2654435761) % 1000 AS h, {opened} AS opened FROM n) AS rows",
        bulk.numbers(cases)
    );
    bulk.fill("cases", &[rows]).await?;
    let answered = |(place, service, below): (i64, &str, i64)| {
        format!(
            "INSERT INTO transactions (case_id, service, transaction_id, place) {} \
             SELECT 'c' || (10000000 + i), '{service}', 'T{place}-' || i, {place} FROM n \
             WHERE (i * 2654435761) % 1000 < {below}",
            bulk.numbers(cases)
        )
    };
    let answers = [(0, "verify", 1000), (1, "unlock", 800), (2, "confirm", 700)].map(answered);
    bulk.fill("transactions", &answers).await
}

/// How long a period takes put together in the slowest of these ways.
async fn slowest(db: &Db, (from, to): (Date, Date), ways: &[Grouping]) -> Outcome<(f64, &'static str)> {
    let mut slowest = (0.0, "");
    for by in ways.iter().copied() {
        let span = Asked { from, to, by }.span()?;
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let start = Instant::now();
            db.statistics(&span, by).await?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let median = numbers::median(&times);
        if median > slowest.0 {
            slowest = (median, by.word());
        }
    }
    Ok(slowest)
}

async fn measure(db: &Db, engine: &str, cases: i64) -> Outcome<Vec<Figure>> {
    let by_name = [Grouping::HourOfDay, Grouping::Day, Grouping::Operator, Grouping::Queue];
    let periods = [
        ("the year", (date(2021, 1, 1), date(2021, 12, 31)), by_name.as_slice()),
        ("30 days", (date(2021, 6, 1), date(2021, 6, 30)), by_name.as_slice()),
        ("a week", (date(2021, 6, 7), date(2021, 6, 13)), [Grouping::Hour].as_slice()),
    ];
    let mut figures = Vec::new();
    for (name, period, ways) in periods {
        let (took, by) = slowest(db, period, ways).await?;
        let name = format!("“Andamento” among {cases} cases of a year, {engine}: {name}");
        figures.push(Figure::limit(name, &format!("{took:.0} ms (by {by})"), "1 s", took <= MOST));
    }
    Ok(figures)
}
