//! Connections are opened one after another. A server gives each connection tickets that make the next handshakes
//! cheap; opened at once, all would need full ones. Calls that wait here take a connection that becomes free instead.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{sync::Semaphore, time::timeout};
use tower::{Layer, Service};

/// After this a connection is opened out of turn: one that hangs must not hold up the others.
const PATIENCE: Duration = Duration::from_millis(250);

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
            let _turn = timeout(PATIENCE, turns.acquire()).await;
            ready.call(request).await
        })
    }
}
