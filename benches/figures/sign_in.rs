//! Sign-ins, as many as the password hashing lets through, beside the hashing alone.

use std::{
    sync::Arc,
    thread::available_parallelism,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, Version};

use crate::{
    Outcome, ROUNDS,
    desk::{Desk, sign_in},
    numbers::Pairs,
    people::PASSWORD,
    process::own_cpu_seconds,
    report::Figure,
};

/// How many sign in at once.
pub const AT_ONCE: usize = 16;

/// So many people of the desk sign in once, in rounds of equal size; sign-ins per second beside bare argon2. What the
/// browsers themselves took of the cores, which in life are elsewhere, is no time of the desk's.
pub async fn throughput(desk: &Desk, count: usize) -> Outcome<Figure> {
    let per_round = count / ROUNDS;
    let mut pairs = Pairs::default();
    for people in desk.people.all().chunks_exact(per_round).take(ROUNDS) {
        let hashes = bare(desk, per_round)?;
        let rate = Rate::begin(per_round)?;
        let queue = Arc::new(parking_lot::Mutex::new(people.to_vec()));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let (queue, people, address) = (Arc::clone(&queue), Arc::clone(&desk.people), desk.address);
            tasks.spawn(async move {
                while let Some(person) = { queue.lock().pop() } {
                    let pin = people.pin(&person)?.ok_or("no PIN is left for now")?;
                    let mut browser = sign_in(address, &person.username, &pin).await?;
                    browser.get("/").await?;
                }
                Outcome::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        pairs.add(hashes, rate.end()?);
    }
    let name = "sign-ins/s (password, PIN, desk), against bare argon2 on all cores";
    Ok(Figure::at_least(name, "/s", &pairs, 0.9))
}

/// Passwords hashed each second, without anything else, with the parameters of the desk's.
pub fn bare(desk: &Desk, count: usize) -> Outcome<f64> {
    Ok(per_second(count, bare_hashes(&params_of(&desk.people.hash)?, count)?))
}

/// How many sign in each second; without what the browsers themselves took of the cores.
pub struct Rate {
    count: usize,
    start: Instant,
    before: f64,
}

impl Rate {
    /// Of so many, from now on.
    pub fn begin(count: usize) -> Outcome<Self> {
        Ok(Self { count, start: Instant::now(), before: own_cpu_seconds()? })
    }

    /// Until now.
    pub fn end(self) -> Outcome<f64> {
        let browsers = Duration::from_secs_f64((own_cpu_seconds()? - self.before) / f64::from(cores()));
        Ok(per_second(self.count, self.start.elapsed().saturating_sub(browsers)))
    }
}

fn per_second(count: usize, took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "hundreds")]
    let count = count as f64;
    count / took.as_secs_f64()
}

fn cores() -> u32 {
    available_parallelism().ok().and_then(|cores| u32::try_from(cores.get()).ok()).unwrap_or(1)
}

/// The parameters with which a stored hash was made.
fn params_of(hash: &str) -> Outcome<Params> {
    let part = hash.split('$').nth(3).ok_or("a hash without parameters")?;
    let numbers = part.split(',').filter_map(|pair| pair.split_once('=')?.1.parse().ok());
    match numbers.collect::<Vec<u32>>().as_slice() {
        [memory, passes, lanes] => Ok(Params::new(*memory, *passes, *lanes, None).map_err(|error| error.to_string())?),
        _ => Err("a hash with odd parameters".into()),
    }
}

/// How long it takes to hash a password `count` times on all cores.
fn bare_hashes(params: &Params, count: usize) -> Outcome<Duration> {
    let cores = cores() as usize;
    let start = Instant::now();
    let is_done = std::thread::scope(|scope| {
        let share = |core| (count + core) / cores;
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(move || hash(params, share(core)))).collect();
        threads.into_iter().all(|thread| thread.join().is_ok_and(|is_done| is_done))
    });
    if is_done { Ok(start.elapsed()) } else { Err("argon2 refused".into()) }
}

fn hash(params: &Params, count: usize) -> bool {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut output = [0; 32];
    (0..count).all(|_| argon2.hash_password_into(PASSWORD.as_bytes(), &[7; 16], &mut output).is_ok())
}
