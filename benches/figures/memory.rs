//! Resident memory at rest and with many signed in; on the same desk, the sign-ins per second and the storm.

use std::time::Duration;

use crate::{Outcome, desk::Desk, report::Figure, sign_in, storm, upstream::Upstream};

/// How many are signed in.
const OPERATORS: usize = 500;
/// Who signs in during the storm besides them: each has few PINs that are good at the moment.
const STORMERS: usize = 1_500;
/// Whose page is looked at in the storm.
const ONLOOKERS: usize = 1;
/// The most at rest and with all of them, in MB.
const MOST: (f64, f64) = (40.0, 80.0);
/// How long the desk is left alone before its memory is read.
pub const REST: Duration = Duration::from_secs(2);

/// Memory, sign-ins and storm.
pub async fn figures(upstream: &Upstream) -> Outcome<Vec<Figure>> {
    let desk = Desk::start(upstream, upstream.address, OPERATORS + STORMERS + ONLOOKERS).await?;
    tokio::time::sleep(REST).await;
    let at_rest = desk.process.resident_mb()?;
    let throughput = sign_in::throughput(&desk, OPERATORS).await?;
    tokio::time::sleep(REST).await;
    let signed_in = desk.process.resident_mb()?;
    let figure = |name: String, memory: f64, most: f64| {
        Figure::limit(name, &format!("{memory:.1} MB"), &format!("{most:.0} MB"), memory <= most)
    };
    let mut figures = vec![
        throughput,
        figure("memory at rest".to_owned(), at_rest, MOST.0),
        figure(format!("memory with {OPERATORS} operators signed in"), signed_in, MOST.1),
    ];
    figures.push(storm::figure(&desk, upstream).await?);
    Ok(figures)
}
