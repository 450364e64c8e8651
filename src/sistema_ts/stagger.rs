//! Connections are opened one after another. A server gives each connection tickets that make the next handshakes
//! cheap; opened at once, all would need full ones. Calls that wait here take a connection that becomes free instead.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{sync::Semaphore, time::timeout};
use tower::{Layer, Service};

/// How long a turn lasts at most: a connection that hangs must not hold up the others for longer.
const TURN: Duration = Duration::from_millis(150);

/// Lets the connections of one client take turns.
#[derive(Clone)]
pub struct Stagger(Arc<Semaphore>);

impl Stagger {
    /// One turn at a time.
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl<S> Layer<S> for Stagger {
    type Service = Staggered<S>;

    fn layer(&self, inner: S) -> Staggered<S> {
        Staggered { inner, turns: Arc::clone(&self.0) }
    }
}

/// A connector whose connections take turns.
#[derive(Clone)]
pub struct Staggered<S> {
    inner: S,
    turns: Arc<Semaphore>,
}

impl<S, R> Service<R> for Staggered<S>
where
    S: Service<R> + Clone + Send + 'static,
    S::Future: Send,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        // The service that is ready is the one to call; its clone takes its place.
        let fresh = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, fresh);
        let turns = Arc::clone(&self.turns);
        Box::pin(async move {
            let turn = turns.acquire().await;
            let mut connecting = pin!(ready.call(request));
            if let Ok(connection) = timeout(TURN, &mut connecting).await {
                return connection;
            }
            drop(turn);
            connecting.await
        })
    }
}
