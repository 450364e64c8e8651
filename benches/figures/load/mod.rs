//! `make load`: a thousand signed-in operators at the pace of a call center, then as fast as it goes; on a new database,
//! and on one with ten million entries of the registers and two million cases. `docs/performance.md` has the table.

mod settings;
mod table;
mod tally;
mod work;

use std::{iter, sync::Arc, time::Instant};

use settings::{Minutes, Settings};
use table::Of;
use tally::Tally;
use work::Crew;

use crate::{
    Outcome,
    desk::{Desk, Ground},
    memory::REST,
    numbers::Pairs,
    report::{Figure, Report},
    say, sign_in,
    upstream::Upstream,
    verify::Floor,
};

/// Between these the document holds what was measured last.
const MARKS: (&str, &str) = ("<!-- load: written by make load -->\n", "<!-- end of load -->\n");

/// Runs it whole and writes the table; a shortened run only prints it. It has failed where a figure is missed.
pub async fn run(upstream: &Upstream) -> Outcome<()> {
    let settings = Settings::read();
    let mut report = Report::default();
    let full = settings.is_full_too.then_some((settings.entries, settings.cases));
    for (entries, cases) in iter::once((0, 0)).chain(full) {
        let name = match entries {
            0 => "new database".to_owned(),
            _ => format!("{entries} entries, {cases} cases"),
        };
        say(&name);
        let ground = Ground::new(upstream, upstream.address)?.with_everything_kept();
        if entries > 0 {
            let start = Instant::now();
            ground.fill(entries, cases).await?;
            say(&format!("  filled in {} s", start.elapsed().as_secs()));
        }
        report.add(of(upstream, Desk::on_ground(ground, settings.operators).await?, &settings, &name).await?);
    }
    let told = settings.told();
    if Settings::is_whole() {
        report.write(MARKS, &told)?;
    } else {
        report.print(&told)?;
    }
    if report.is_met() { Ok(()) } else { Err("a figure is missed".into()) }
}

/// All that is measured on one database.
async fn of(upstream: &Upstream, desk: Desk, settings: &Settings, name: &str) -> Outcome<Vec<Figure>> {
    let of = Of(name);
    let mut figures = Vec::new();
    let mut crew = Crew::new(&desk, upstream, settings);
    let mut costs = Vec::new();
    let tally = Arc::new(Tally::default());
    let mut signed_in = Pairs::default();
    // A quarter of them, half of them, all: what a request costs must not grow with them.
    for (share, minutes) in [(4, Minutes::Some), (2, Minutes::Some), (1, Minutes::All)] {
        let people = settings.operators / share;
        let new = crew.people_left(people);
        let hashes = sign_in::bare(&desk, new.len())?;
        signed_in.add(hashes, crew.sign_in(new, &tally).await?);
        tokio::time::sleep(REST).await;
        if share == 1 {
            figures.push(of.sign_ins(people, &signed_in, &tally));
        }
        let mut floor = Floor::start(upstream).await?;
        let worked = crew.at_pace(settings.minutes(minutes), &mut floor).await?;
        say(&format!("  {people} operators: {}", worked.told()));
        if share == 1 {
            figures.extend(of.steps(&format!("{people} operators at pace"), &worked));
            figures.push(of.memory(&worked));
        }
        costs.push((people, worked));
    }
    figures.push(of.cost(&costs));
    let fast = crew.as_fast_as_it_goes().await?;
    say(&format!("  as fast as it goes: {}", fast.told()));
    figures.push(of.throughput(settings, &fast));
    figures.extend(of.steps(&format!("as fast as it goes, {} at once", settings.at_once), &fast));
    figures.push(of.database(desk.database_mb()?));
    figures.push(of.errors(costs.iter().map(|(_, worked)| worked).chain([&fast]), &tally));
    Ok(figures)
}
