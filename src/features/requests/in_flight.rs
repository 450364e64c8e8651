//! Submissions under way on this instance, by their form's one-time key: a second one waits for the first and gets
//! the same answer, so that a double click or a reload is not a second request.
//!
//! What is shared is the sealed cookie, which this instance cannot open without the session's own token.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::http::HeaderValue;
use parking_lot::Mutex;
use tokio::sync::watch;

/// How long an answer can still be fetched by a submission whose first answer the browser threw away.
const MEMORY: Duration = Duration::from_secs(10);

/// What a submission came to: the cookie to set, if it got as far as an answer.
pub type Answer = Option<HeaderValue>;

/// The submissions under way.
#[derive(Clone, Debug)]
pub struct InFlight {
    places: Arc<Mutex<HashMap<String, watch::Receiver<Option<Answer>>>>>,
    memory: Duration,
}

impl Default for InFlight {
    fn default() -> Self {
        Self::remembering(MEMORY)
    }
}

/// A submission's place among those under way.
#[derive(Debug)]
pub enum Place {
    /// The first with its key: the answer is to be given to the ticket.
    First(Ticket),
    /// A repetition: its answer will come here.
    Repeated(Waiting),
}

/// Must be answered; dropped without, it lets those who wait go without an answer.
#[derive(Debug)]
pub struct Ticket {
    key: String,
    sender: watch::Sender<Option<Answer>>,
    others: InFlight,
}

/// Waits for the first submission.
#[derive(Debug)]
pub struct Waiting(watch::Receiver<Option<Answer>>);

impl InFlight {
    /// Answers can be fetched again for `memory`.
    fn remembering(memory: Duration) -> Self {
        Self { places: Arc::default(), memory }
    }

    /// Takes a place for the form with this one-time key.
    #[must_use]
    pub fn enter(&self, key: &str) -> Place {
        let mut places = self.places.lock();
        if let Some(receiver) = places.get(key) {
            return Place::Repeated(Waiting(receiver.clone()));
        }
        let (sender, receiver) = watch::channel(None);
        places.insert(key.to_owned(), receiver);
        Place::First(Ticket { key: key.to_owned(), sender, others: self.clone() })
    }

    /// Whether nothing is under way or remembered.
    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.places.lock().is_empty()
    }
}

impl Ticket {
    /// Gives the answer, and remembers it for a few seconds.
    pub fn answer(self, answer: Answer) {
        self.sender.send_replace(Some(answer));
        tokio::spawn(async move {
            tokio::time::sleep(self.others.memory).await;
            drop(self);
        });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.others.places.lock().remove(&self.key);
    }
}

impl Waiting {
    /// The first submission's answer; none where it came to none.
    pub async fn answer(mut self) -> Answer {
        let answer = self.0.wait_for(Option::is_some).await.ok()?;
        answer.clone().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_repetition_gets_the_first_ones_answer() {
        let in_flight = InFlight::default();
        let Place::First(ticket) = in_flight.enter("key") else { panic!("not the first") };
        let Place::Repeated(during) = in_flight.enter("key") else { panic!("not repeated") };
        let cookie = HeaderValue::from_static("sealed");
        ticket.answer(Some(cookie.clone()));
        let Place::Repeated(after) = in_flight.enter("key") else { panic!("not repeated") };
        assert_eq!(during.answer().await, Some(cookie.clone()));
        assert_eq!(after.answer().await, Some(cookie));
    }

    #[tokio::test]
    async fn an_answer_is_forgotten() {
        let in_flight = InFlight::remembering(Duration::ZERO);
        let Place::First(ticket) = in_flight.enter("key") else { panic!("not the first") };
        ticket.answer(None);
        while !in_flight.is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(matches!(in_flight.enter("key"), Place::First(_)));
    }

    #[tokio::test]
    async fn a_first_one_that_comes_to_nothing_keeps_nobody_waiting() {
        let in_flight = InFlight::default();
        let Place::First(ticket) = in_flight.enter("key") else { panic!("not the first") };
        let Place::Repeated(waiting) = in_flight.enter("key") else { panic!("not repeated") };
        drop(ticket);
        assert_eq!(waiting.answer().await, None);
        assert!(matches!(in_flight.enter("key"), Place::First(_)));
    }
}
