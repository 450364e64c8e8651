//! Accounts from a file of ten thousand lines: looked at, then applied, on SQLite.

use std::time::Instant;

use centralino::{
    features::{
        accounts::invite::Office,
        registers::act::By,
        sheets::{
            plan::{Kind, Plan},
            sheet,
        },
    },
    server::{clock::Clock, config::Environment, random::Random, secrets::Secrets},
    storage::operators::rules::Authority,
};

use crate::{
    Outcome,
    bulk::{Bulk, number},
    numbers,
    report::Figure,
    upstream::folder,
};

/// How many lines, unless `IMPORT_LINES` says otherwise.
const LINES: i64 = 10_000;
/// How often; the median counts.
const TIMES: usize = 3;
/// The longest that both may take together, in seconds.
const MOST: f64 = 10.0;

/// What is looked at and what is applied.
pub async fn figures() -> Outcome<Vec<Figure>> {
    let lines = number("IMPORT_LINES", LINES);
    let rows = (0..lines).map(|at| format!("o.{at};Nome {at};RSSMRA80A01H501U;;Immuni\n")).collect::<Vec<_>>().concat();
    let file = format!("Nome utente;Nome e cognome;Codice fiscale;Ruolo;Code di servizio\n{rows}");
    let (mut looked, mut applied) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let (look, apply) = once(&file, usize::try_from(lines)?).await?;
        looked.push(look);
        applied.push(apply);
    }
    let (looked, applied) = (numbers::median(&looked), numbers::median(&applied));
    let is_met = looked + applied <= MOST;
    let figure = |what: &str, took: f64| {
        Figure::limit(
            format!("file of {lines} accounts, SQLite: {what}"),
            &format!("{took:.2} s"),
            "10 s for both",
            is_met,
        )
    };
    Ok(vec![figure("looked at", looked), figure("applied, with a link and an entry each", applied)])
}

/// Seconds of the look, and of the application, which looks again.
async fn once(file: &str, lines: usize) -> Outcome<(f64, f64)> {
    let (bulk, keys) = (Bulk::new("SQLite").await?, folder()?);
    let (random, clock, by) = (Random::system(), Clock::system(), By::service());
    let secrets = Secrets::load(&keys.path().join("server.key"), Environment::Sandbox, &random)?;
    let authority = Authority::Console { may_reset_last: false };
    let office =
        Office { db: &bulk.db, secrets: &secrets, clock: &clock, random: &random, by: &by, authority, form: None };
    let start = Instant::now();
    let plan = Plan::of(sheet::read(file)?, &bulk.db).await?;
    let look = start.elapsed().as_secs_f64();
    if plan.count(Kind::Created) != lines {
        return Err("not every line makes an account".into());
    }
    let start = Instant::now();
    let plan = Plan::of(sheet::read(file)?, &bulk.db).await?;
    let prepared = office.prepare(plan.to_make().ok_or("a line is refused")?, None).await?;
    office.make(&prepared, None).await?;
    let apply = start.elapsed().as_secs_f64();
    bulk.db.close().await;
    Ok((look, apply))
}
