//! What a signed-in operator feels while many others sign in at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    Outcome, ROUNDS,
    client::Browser,
    desk::{Desk, sign_in},
    numbers::{Pairs, quantile},
    report::Figure,
    sign_in::AT_ONCE,
    upstream::Upstream,
    verify::Call,
};

/// How many times the page is opened in calm, and in the storm, of a round.
const VISITS: usize = 300;
/// How long the operator looks at it each time.
const PAUSE: Duration = Duration::from_millis(5);
/// How long a storm blows before it counts.
const GATHERING: Duration = Duration::from_millis(300);

/// The 99th percentile of the page of a case in a storm, beside the calm.
pub async fn figure(desk: &Desk, upstream: &Upstream) -> Outcome<Figure> {
    let onlooker = desk.people.all().last().ok_or("nobody")?;
    let mut browser = desk.sign_in(onlooker).await?;
    onlooker.stays();
    let call = Call::open(&mut browser).await?;
    call.verify(&mut browser, &upstream.caller().await?).await?;
    let mut pairs = Pairs::default();
    for _ in 0..ROUNDS {
        let before = worst(&mut browser, &call).await?;
        let storm = Storm::raise(desk);
        tokio::time::sleep(GATHERING).await;
        let in_storm = worst(&mut browser, &call).await;
        storm.calm().await?;
        pairs.add(before, in_storm?);
    }
    let name = format!("99th percentile of the case page during {AT_ONCE} concurrent sign-ins, against calm");
    Ok(Figure::at_most(name, "ms", &pairs, 3.0))
}

/// The 99th percentile, in milliseconds.
async fn worst(browser: &mut Browser, call: &Call) -> Outcome<f64> {
    let mut times = Vec::new();
    for _ in 0..VISITS {
        let start = Instant::now();
        let answer = browser.get(call.path()).await?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        if answer.status != 200 {
            return Err(format!("the page answered {}", answer.status).into());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(quantile(&times, 0.99))
}

/// Sign-ins without end.
struct Storm {
    is_over: Arc<AtomicBool>,
    tasks: tokio::task::JoinSet<Outcome<()>>,
}

impl Storm {
    fn raise(desk: &Desk) -> Self {
        let (is_over, mut tasks) = (Arc::new(AtomicBool::new(false)), tokio::task::JoinSet::new());
        for _ in 0..AT_ONCE {
            let (is_over, people, address) = (Arc::clone(&is_over), Arc::clone(&desk.people), desk.address);
            tasks.spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    let (person, pin) = people.next()?;
                    sign_in(address, &person.username, &pin).await?;
                }
                Ok(())
            });
        }
        Self { is_over, tasks }
    }

    async fn calm(mut self) -> Outcome<()> {
        self.is_over.store(true, Ordering::Relaxed);
        while let Some(done) = self.tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}
