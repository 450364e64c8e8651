//! Processor time of a page, beside bare axum and beside a minimal page of Leptos.

use std::{net::SocketAddr, sync::Arc};

use crate::{
    Outcome, ROUNDS, child,
    client::{Connections, Visit},
    desk::Desk,
    numbers::Pairs,
    process::Process,
    report::Figure,
    upstream::Upstream,
    verify::Call,
};

/// How many operators are signed in, each with a case of their own.
const SESSIONS: usize = 100;
/// Over how many connections.
const CONNECTIONS: [usize; 2] = [16, 128];

/// A page, the process that serves it, and how many requests of it make a round: so many that the processor time,
/// which the system tells in hundredths of a second, is told to some percent.
struct Page<'a> {
    process: &'a Process,
    visits: Arc<Vec<Visit>>,
    requests: usize,
}

impl Page<'_> {
    /// Milliseconds of processor time of the server per request.
    async fn cost(&self, connections: &Connections) -> Outcome<f64> {
        let before = self.process.cpu_seconds()?;
        connections.load(&self.visits, self.requests).await?;
        let spent = self.process.cpu_seconds()? - before;
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        Ok(spent * 1e3 / self.requests as f64)
    }
}

/// The pages of a case whose verification succeeded, each as its own operator sees it.
async fn case_visits(desk: &Desk, upstream: &Upstream) -> Outcome<Vec<Visit>> {
    let mut visits = Vec::new();
    for person in desk.people.all() {
        let (mut browser, caller) = (desk.sign_in(person).await?, upstream.caller().await?);
        let call = Call::open(&mut browser).await?;
        call.verify(&mut browser, &caller).await?;
        visits.push(Visit { cookies: browser.cookies(), ..Visit::open(desk.address, call.path()) });
    }
    Ok(visits)
}

/// The floors, the sign-in page and the page of a case.
pub async fn figures(upstream: &Upstream) -> Outcome<Vec<Figure>> {
    let (bare, bare_address) = Process::child(&[child::BARE])?;
    let (leptos, leptos_address) = Process::child(&[child::LEPTOS])?;
    let desk = Desk::start(upstream, upstream.address, SESSIONS).await?;
    let open = |address: SocketAddr, path| Arc::new(vec![Visit::open(address, path)]);
    let cases = Arc::new(case_visits(&desk, upstream).await?);
    let pages = [
        Page { process: &bare, visits: open(bare_address.parse()?, "/"), requests: 15_360 },
        Page { process: &leptos, visits: open(leptos_address.parse()?, "/"), requests: 5_120 },
        Page { process: &desk.process, visits: open(desk.address, "/login"), requests: 5_120 },
        Page { process: &desk.process, visits: cases, requests: 2_560 },
    ];
    let mut figures = Vec::new();
    for count in CONNECTIONS {
        figures.extend(compare(&pages, count).await?);
    }
    Ok(figures)
}

async fn compare(pages: &[Page<'_>; 4], count: usize) -> Outcome<Vec<Figure>> {
    let connections = Connections::new(count)?;
    let (mut minimal, mut login, mut case) = (Pairs::default(), Pairs::default(), Pairs::default());
    for round in 0..=ROUNDS {
        let mut costs = Vec::new();
        for page in pages {
            costs.push(page.cost(&connections).await?);
        }
        // The first round warms all of them.
        if let (1.., [bare, leptos, sign_in, of_case]) = (round, costs.as_slice()) {
            minimal.add(*bare, *leptos);
            login.add(*leptos, *sign_in);
            case.add(*leptos, *of_case);
        }
    }
    let name = |what: &str| format!("{what}: server CPU per request, {count} connections");
    Ok(vec![
        Figure::context(name("minimal Leptos page, against bare axum serving 10 kB"), "ms", &minimal, "about 8 ×"),
        Figure::at_most(name("sign-in page, against the minimal Leptos page"), "ms", &login, 1.5),
        Figure::at_most(name("signed-in case page, 100 sessions, against the same"), "ms", &case, 3.0),
    ])
}
