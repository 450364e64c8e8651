//! Operators at work: one call after the other, each step when a caller is ready for it, or at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use centralino::server::{clock::Clock, random::Random};
use parking_lot::Mutex;
use tokio::{task::JoinSet, time::sleep_until};

use super::{
    settings::Settings,
    tally::{Step, Tally, Worked},
};
use crate::{
    Outcome,
    client::Browser,
    desk::{Desk, sign_in},
    people::Person,
    sign_in::{AT_ONCE, Rate},
    upstream::{Caller, Upstream},
    verify::Floor,
};

/// How often the floor is measured while operators work.
const FLOOR_EVERY: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
/// The steps of a call, and the pauses before them: as many.
const PAUSES: u32 = 5;

/// Whoever calls: what the card and the test say, and what the app shows.
struct Call {
    caller: Caller,
    otp: String,
}

/// Everybody at the desk.
pub struct Crew<'a> {
    desk: &'a Desk,
    upstream: &'a Upstream,
    settings: &'a Settings,
    /// Who has signed in, each in a browser.
    browsers: Vec<Arc<tokio::sync::Mutex<Browser>>>,
}

impl<'a> Crew<'a> {
    /// Nobody yet.
    pub const fn new(desk: &'a Desk, upstream: &'a Upstream, settings: &'a Settings) -> Self {
        Self { desk, upstream, settings, browsers: Vec::new() }
    }

    /// Who has still to sign in for there to be so many.
    pub fn people_left(&self, people: usize) -> Vec<Arc<Person>> {
        self.desk.people.all().iter().take(people).skip(self.browsers.len()).cloned().collect()
    }

    /// Signs them in; how many each second.
    pub async fn sign_in(&mut self, people: Vec<Arc<Person>>, tally: &Arc<Tally>) -> Outcome<f64> {
        let rate = Rate::begin(people.len())?;
        let (queue, done) = (Arc::new(Mutex::new(people)), Arc::new(Mutex::new(Vec::new())));
        let mut tasks = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (queue, done, tally) = (Arc::clone(&queue), Arc::clone(&done), Arc::clone(tally));
            let (people, address) = (Arc::clone(&self.desk.people), self.desk.address);
            tasks.spawn(async move {
                while let Some(person) = { queue.lock().pop() } {
                    let pin = people.pin(&person)?.ok_or("no PIN is left for now")?;
                    let start = Instant::now();
                    let mut browser = sign_in(address, &person.username, &pin).await?;
                    tally.took(Step::SignIn, start.elapsed());
                    browser.get("/").await?;
                    done.lock().push(Arc::new(tokio::sync::Mutex::new(browser)));
                }
                Outcome::Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        self.browsers.append(&mut done.lock());
        rate.end()
    }

    /// All who have signed in take calls, spread evenly, until the time is over; whoever has a caller then goes on to
    /// the end, without pauses, of which nothing is counted.
    pub async fn at_pace(&self, during: Duration, floor: &mut Floor) -> Outcome<Worked> {
        let (start, cpu) = (Instant::now(), self.desk.process.cpu_seconds()?);
        let (tally, until) = (Arc::new(Tally::default()), start + during);
        let mut tasks = JoinSet::new();
        let apart = self.settings.call / u32::try_from(self.browsers.len())?;
        for (place, browser) in (0..).zip(&self.browsers) {
            let (browser, tally, upstream) = (Arc::clone(browser), Arc::clone(&tally), self.upstream.clone());
            let (first, every) = (start + apart * place, self.settings.call);
            tasks.spawn(async move {
                let mut begin = first;
                while begin < until {
                    sleep_until(begin.into()).await;
                    let done = async {
                        let call = upstream.call().await?;
                        let pace = Pace { begin, pause: every / PAUSES, until };
                        take(&mut *browser.lock().await, &call, &tally, Some(pace)).await
                    };
                    tally.note(done.await);
                    begin += every;
                }
            });
        }
        let (memory, floor) = self.watch(start, during, floor).await?;
        let (took, cpu) = (start.elapsed(), self.desk.process.cpu_seconds()? - cpu);
        while let Some(ended) = tasks.join_next().await {
            ended?;
        }
        let tally = Arc::into_inner(tally).ok_or("somebody is still at work")?;
        Ok(Worked { tally, took, cpu, memory, floor })
    }

    /// The memory after each minute and at the end, and the floor of a verification every second.
    async fn watch(&self, start: Instant, during: Duration, floor: &mut Floor) -> Outcome<(Vec<f64>, Vec<f64>)> {
        let (mut memory, mut times, caller) = (Vec::new(), Vec::new(), self.upstream.caller().await?);
        let mut minute = start + MINUTE;
        while start.elapsed() < during {
            times.push(floor.verify(&caller).await?);
            tokio::time::sleep(FLOOR_EVERY).await;
            if Instant::now() >= minute {
                memory.push(self.desk.process.resident_mb()?);
                minute += MINUTE;
            }
        }
        memory.push(self.desk.process.resident_mb()?);
        Ok((memory, times))
    }

    /// Calls without pauses, by as many operators at once as the settings say, all of them in turn.
    pub async fn as_fast_as_it_goes(&self) -> Outcome<Worked> {
        let mut calls = Vec::new();
        for _ in 0..self.settings.fast_calls {
            calls.push(self.upstream.call().await?);
        }
        let (calls, tally) = (Arc::new(Mutex::new(calls)), Arc::new(Tally::default()));
        let (start, cpu) = (Instant::now(), self.desk.process.cpu_seconds()?);
        let mut tasks = JoinSet::new();
        let share = self.browsers.len().div_ceil(self.settings.at_once);
        for browsers in self.browsers.chunks(share) {
            let (browsers, calls, tally) = (browsers.to_vec(), Arc::clone(&calls), Arc::clone(&tally));
            tasks.spawn(async move {
                for browser in browsers.iter().cycle() {
                    let next = calls.lock().pop();
                    let Some(call) = next else { break };
                    tally.note(take(&mut *browser.lock().await, &call, &tally, None).await);
                }
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended?;
        }
        let (took, cpu) = (start.elapsed(), self.desk.process.cpu_seconds()? - cpu);
        let memory = vec![self.desk.process.resident_mb()?];
        let tally = Arc::into_inner(tally).ok_or("somebody is still at work")?;
        Ok(Worked { tally, took, cpu, memory, floor: Vec::new() })
    }
}

impl Upstream {
    async fn call(&self) -> Outcome<Call> {
        Ok(Call { caller: self.caller().await?, otp: self.otp().await? })
    }
}

/// When the steps of a call are taken.
#[derive(Clone, Copy)]
struct Pace {
    begin: Instant,
    pause: Duration,
    until: Instant,
}

/// One request; counted, where the time is not over.
async fn counted<T>(
    step: Step,
    tally: &Tally,
    pace: Option<Pace>,
    request: impl Future<Output = Outcome<T>>,
) -> Outcome<T> {
    let start = Instant::now();
    let done = request.await?;
    if pace.is_none_or(|pace| Instant::now() < pace.until) {
        tally.took(step, start.elapsed());
    }
    Ok(done)
}

/// A whole call: each step and the page after it.
async fn take(browser: &mut Browser, call: &Call, tally: &Tally, pace: Option<Pace>) -> Outcome<()> {
    let mut path = String::new();
    for (place, step) in (0..).zip([Step::Open, Step::Verify, Step::Unlock, Step::Confirm, Step::Close]) {
        if let Some(Pace { begin, pause, until }) = pace {
            sleep_until((begin + pause * place).min(until).into()).await;
        }
        let key = Random::system().uuid_v7(Clock::system().now())?;
        let key = ("key", key.as_str());
        let (to, fields) = match step {
            Step::Open => ("/cases".to_owned(), vec![("call", "88213")]),
            Step::Verify => (
                format!("{path}/verify"),
                vec![key, ("card", call.caller.card.as_str()), ("cun", call.caller.cun.as_str())],
            ),
            Step::Unlock => (format!("{path}/unlock"), vec![key, ("otp", call.otp.as_str()), ("asymptomatic", "1")]),
            Step::Confirm => (format!("{path}/confirm"), vec![key]),
            _ => (format!("{path}/close"), vec![("sure", "1")]),
        };
        let answer = counted(step, tally, pace, browser.post(&to, &fields)).await?;
        match step {
            Step::Open => answer.leads_to("/cases/")?,
            Step::Close => answer.leads_to("/")?,
            _ => answer.leads_to(&path)?,
        }
        if step == Step::Open {
            path.clone_from(&answer.location);
        }
        let next_page = counted(Step::Page, tally, pace, browser.read(&answer.location)).await?;
        // A redirect alone would also follow a call that came to nothing: the page offers what comes next.
        let next = match step {
            Step::Open => "/verify",
            Step::Verify => "/unlock",
            Step::Unlock => "/confirm",
            Step::Confirm => "/close",
            _ => "",
        };
        let is_offered = next.is_empty() || next_page.text().contains(&format!("{path}{next}"));
        if next_page.status != 200 || !is_offered {
            return Err(format!("{} came to nothing: {}", step.word(), next_page.status).into());
        }
    }
    Ok(())
}
