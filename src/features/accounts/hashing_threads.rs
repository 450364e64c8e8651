//! Threads of their own for hashing passwords.
//!
//! As many as cores, and no more work than that runs at a time. Each has one piece of memory to hash in, taken at its
//! first hash, kept, and wiped after every one: taken anew from the allocator, the 19 MiB of every hash added up, to a
//! gigabyte on a pool of threads that come and go. They give way to the threads that serve pages, so that a shift's
//! sign-ins don't hold up a call.

use std::{
    fmt,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, available_parallelism},
};

use argon2::Block;
use parking_lot::Mutex;
use tokio::sync::oneshot;
use zeroize::Zeroize as _;

/// How much less urgent than other threads: 0 is as urgent, 19 the least (`nice`).
const GIVES_WAY: i32 = 10;

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// The memory in which one thread hashes.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// `count` blocks, all zero, to be given back by dropping them; none if the system has no memory left.
    pub fn lend(&mut self, count: usize) -> Option<Lent<'_>> {
        let missing = count.saturating_sub(self.0.len());
        self.0.try_reserve_exact(missing).ok()?;
        self.0.resize(count.max(self.0.len()), Block::new());
        self.0.get_mut(..count).map(Lent)
    }
}

/// Blocks on loan: wiped when they are given back, in a panic too, because a password can be tried on them faster than
/// on its hash.
pub struct Lent<'a>(&'a mut [Block]);

impl AsMut<[Block]> for Lent<'_> {
    fn as_mut(&mut self) -> &mut [Block] {
        self.0
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.0.iter_mut().zeroize();
    }
}

/// The threads; they end with the last clone.
#[derive(Clone)]
pub struct HashingThreads(Sender<Work>);

impl fmt::Debug for HashingThreads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashingThreads(…)")
    }
}

impl HashingThreads {
    /// Starts them. One that the system does not give is one fewer.
    pub fn start() -> Self {
        let (sender, receiver) = channel();
        let queue = Arc::new(Mutex::new(receiver));
        for _ in 0..available_parallelism().map_or(1, NonZero::get) {
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name("password".to_owned());
            if let Err(error) = thread.spawn(move || carry_out(&queue)) {
                tracing::error!(%error, "a thread for hashing passwords can't be started");
            }
        }
        Self(sender)
    }

    /// Runs `work` in its turn; none if it was cut short. Work for which nobody waits any more when its turn comes is
    /// dropped.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Option<T> {
        let (sender, receiver) = oneshot::channel();
        let waiting = metrics::gauge!("centralino_password_hashing_queue");
        waiting.increment(1);
        let work = move |memory: &mut Memory| {
            waiting.decrement(1);
            if !sender.is_closed() {
                // Who waited may have left in the meantime.
                let _ = sender.send(work(memory));
            }
        };
        self.0.send(Box::new(work)).ok()?;
        receiver.await.ok()
    }
}

/// Takes one piece of work after the other until nobody can send any.
fn carry_out(queue: &Mutex<Receiver<Work>>) {
    // Of this thread alone. Where it is refused, hashing is as urgent as pages.
    let _ = rustix::process::setpriority_process(None, GIVES_WAY);
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().recv();
        let Ok(work) = next else { return };
        // The thread outlives a panic; who waits learns that the work was cut short.
        let _ = catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_away_from_the_callers_thread() {
        let threads = HashingThreads::start();
        let there = threads.run(|_| thread::current().id()).await.unwrap();
        assert_ne!(there, thread::current().id());
    }

    #[test]
    fn a_threads_memory_is_taken_once_and_wiped_when_given_back() {
        let mut memory = Memory::default();
        let use_up = |memory: &mut Memory, count: usize| {
            let mut lent = memory.lend(count).unwrap();
            let blocks = lent.as_mut();
            assert_eq!(blocks.len(), count);
            assert!(blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)), "wiped");
            for block in &mut *blocks {
                block.as_mut().fill(u64::MAX);
            }
            blocks.as_ptr()
        };
        let place = use_up(&mut memory, 64);
        assert_eq!(use_up(&mut memory, 64), place);
        assert_eq!(use_up(&mut memory, 8), place, "less needs no other");
        let gone = catch_unwind(AssertUnwindSafe(|| {
            let mut lent = memory.lend(64).unwrap();
            for block in lent.as_mut() {
                block.as_mut().fill(7);
            }
            panic!("on purpose");
        }));
        assert!(gone.is_err());
        assert_eq!(use_up(&mut memory, 64), place);
        assert!(memory.lend(usize::MAX / 2).is_none());
    }

    #[tokio::test]
    async fn a_panic_cuts_one_piece_of_work_short_and_no_other() {
        let threads = HashingThreads::start();
        for _ in 0..2 * available_parallelism().map_or(1, NonZero::get) {
            assert_eq!(threads.run(|_| -> u8 { panic!("on purpose") }).await, None);
        }
        assert_eq!(threads.run(|_| 7).await, Some(7));
    }

    #[tokio::test]
    async fn no_more_runs_at_once_than_there_are_cores() {
        let (threads, running) = (HashingThreads::start(), Arc::new(Mutex::new((0, 0))));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (threads, running) = (threads.clone(), Arc::clone(&running));
            tasks.spawn(async move {
                let work = move |_: &mut Memory| {
                    let mut now = running.lock();
                    now.0 += 1;
                    now.1 = now.1.max(now.0);
                    drop(now);
                    thread::sleep(std::time::Duration::from_millis(2));
                    let mut now = running.lock();
                    now.0 -= 1;
                    now.1
                };
                threads.run(work).await
            });
        }
        let most = tasks.join_all().await.into_iter().flatten().max();
        assert!(most.is_some_and(|most| most <= available_parallelism().map_or(1, NonZero::get)), "{most:?}");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_done() {
        let threads = HashingThreads::start();
        let cores = available_parallelism().map_or(1, NonZero::get);
        let ((open, gate), done) = (channel(), Arc::new(Mutex::new(false)));
        let gate = Arc::new(Mutex::new(gate));
        let waiting: Vec<_> = (0..cores)
            .map(|_| {
                let (threads, gate) = (threads.clone(), Arc::clone(&gate));
                tokio::spawn(async move { threads.run(move |_| gate.lock().recv()).await })
            })
            .collect();
        let (given_up, mark) = (threads.clone(), Arc::clone(&done));
        let impatient = tokio::spawn(async move { given_up.run(move |_| *mark.lock() = true).await });
        tokio::task::yield_now().await;
        impatient.abort();
        let _ = impatient.await;
        (0..cores).for_each(|_| open.send(()).unwrap());
        for waiting in waiting {
            waiting.await.unwrap().unwrap().unwrap();
        }
        threads.run(|_| ()).await.unwrap();
        assert!(!*done.lock());
    }
}
