//! From the start of the process to the first page.

use crate::{
    Outcome, ROUNDS,
    desk::{Desk, Ground},
    numbers::{median, quantile},
    report::Figure,
    upstream::Upstream,
};

/// The most that it may take, in milliseconds.
const MOST: f64 = 100.0;
/// How often it is started in each way.
const STARTS: usize = 2 * ROUNDS;

/// On a database that is there, and in an empty folder.
pub async fn figures(upstream: &Upstream) -> Outcome<Vec<Figure>> {
    let (mut again, mut first) = (Vec::new(), Vec::new());
    let mut desk = Desk::start(upstream, upstream.address, 1).await?;
    for _ in 0..STARTS {
        desk = desk.restart().await?;
        again.push(desk.started_in.as_secs_f64() * 1e3);
        let (_process, _, took) = Ground::new(upstream, upstream.address)?.serve().await?;
        first.push(took.as_secs_f64() * 1e3);
    }
    let figure = |name: &str, times: &[f64]| {
        let measured = format!("{:.0} ms (longest {:.0})", median(times), quantile(times, 1.0));
        Figure::limit(name, &measured, "100 ms", median(times) <= MOST)
    };
    Ok(vec![figure("exec to first 200", &again), figure("the same in an empty folder, database made", &first)])
}
