//! Who may call a handler stands in its signature: [`SignedIn<Immuni>`](SignedIn) and its like.
//!
//! A handler takes it before [`PageContext`](super::page::PageContext), which then knows the visitor.

use std::marker::PhantomData;

use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    errors::AppError,
    login_session::LoginSession,
    page::{PageContext, Visitor},
    places::home_of,
    retained::Retained,
    same_site::SameSitePath,
    session::{Limits, SessionToken, Standing, WhyOver, fresh_until, standing},
    state::AppState,
    turned_away::{TurnedAway, Why},
};
pub use crate::storage::sessions::Account;
use crate::{
    domain::operator::{Queue, Role},
    features::login::refusal::{Interrupted, interrupted_page, other_queue_page},
};

/// How many milliseconds at least lie between two notes that a session is in use, so that a page is not a commit.
const NOTE_EVERY: i64 = 30_000;

/// Who may come in.
pub trait Admits: Send + Sync {
    /// The queue whose desk it is, where who works in it is admitted.
    const QUEUE: Option<Queue> = None;

    /// Whether the account may.
    fn admits(account: &Account) -> bool;
}

/// Who works in a queue: its operators, and supervisors who work in it too.
macro_rules! queue {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Admits for $name {
            const QUEUE: Option<Queue> = Some(Queue::$name);

            fn admits(account: &Account) -> bool {
                account.queues.contains(&Queue::$name)
            }
        }
    };
}

queue! {
    /// Who takes the calls of the Immuni app.
    Immuni
}
queue! {
    /// Who reports swab tests.
    Swabs
}
queue! {
    /// Who sends OTPs for a health authority.
    Asl
}
queue! {
    /// Who closes certifications of exemption.
    Exemptions
}

/// Who manages accounts and reads the registers.
#[derive(Clone, Copy, Debug)]
pub struct Supervisor;

/// Whoever is signed in.
#[derive(Clone, Copy, Debug)]
pub struct AnyRole;

impl Admits for Supervisor {
    fn admits(account: &Account) -> bool {
        account.role == Role::Supervisor
    }
}

impl Admits for AnyRole {
    fn admits(_: &Account) -> bool {
        true
    }
}

/// The session of a request. Instants in milliseconds since 1970.
#[derive(Clone, Debug)]
pub struct SessionInfo {
    /// Its secret id: keys are derived from it, it is never stored.
    pub token: SessionToken,
    /// When it began.
    pub started_at: i64,
    /// When it locks to the PIN unless it is used.
    pub locks_at: i64,
    /// When it ends, used or not.
    pub ends_at: i64,
    /// Until when the last proof of the second factor is fresh enough for a sensitive act.
    pub fresh_until: i64,
}

/// A request of somebody signed in whom `R` admits. Using it is use of the session: it moves the idle limit.
#[derive(Clone, Debug)]
pub struct SignedIn<R> {
    /// Who.
    pub account: Account,
    /// In which session.
    pub session: SessionInfo,
    role: PhantomData<R>,
}

impl<R: Admits> FromRequestParts<AppState> for SignedIn<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let login = LoginSession::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let (account, mut session, last_seen) = identify::<R>(parts, state, &login).await?;
        let now = state.clock.now_ms();
        if now - last_seen >= NOTE_EVERY.min(i64::from(state.config.session.idle) * 1000 / 30) {
            match login.touch().await {
                Ok(()) => session.locks_at = Limits::of(&state.config.session, session.started_at, now).locks_at,
                // What can be read is shown all the same: it may be what the operator needs for the caller.
                Err(AppError::Unavailable(outage, _)) => tracing::warn!(%outage, "the use of a session was not noted"),
                Err(error) => return Err(error.into_response()),
            }
        }
        introduce(parts, &account, &session);
        Ok(Self { account, session, role: PhantomData })
    }
}

/// A request that a page makes by itself, for somebody signed in whom `R` admits. It is no use of the session: a board
/// that refreshes itself before an empty chair locks like any other page.
#[derive(Clone, Copy, Debug)]
pub struct Watching<R>(PhantomData<R>);

impl<R: Admits> FromRequestParts<AppState> for Watching<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let login = LoginSession::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let (account, session, _) = identify::<R>(parts, state, &login).await?;
        introduce(parts, &account, &session);
        Ok(Self(PhantomData))
    }
}

/// Lets the page's header show who is signed in.
fn introduce(parts: &mut Parts, account: &Account, session: &SessionInfo) {
    parts.extensions.insert(Visitor {
        id: account.id.clone(),
        name: account.name.clone(),
        role: account.role,
        queues: account.queues.clone(),
        locks_at: session.locks_at,
        is_final: session.locks_at == session.ends_at,
    });
}

/// Who calls, in which session, last seen when.
async fn identify<R: Admits>(
    parts: &mut Parts,
    state: &AppState,
    login: &LoginSession,
) -> Result<(Account, SessionInfo, i64), Response> {
    let stored = login.stored().await.map_err(IntoResponse::into_response)?;
    let (Some(token), Some(stored)) = (login.token(), stored) else {
        return Err(interrupt(parts, state, Interrupted::NotSignedIn).await);
    };
    let now = state.clock.now_ms();
    let why = match standing(&state.config.session, &stored, now) {
        Standing::Active => {
            let limits = Limits::of(&state.config.session, stored.started_at, stored.last_seen);
            let Limits { locks_at, ends_at } = limits;
            let fresh_until = fresh_until(&state.config.session, stored.proved_at, now);
            let started_at = stored.started_at;
            let session = SessionInfo { token, started_at, locks_at, ends_at, fresh_until };
            state.bounds.operator(&stored.account.id).map_err(IntoResponse::into_response)?;
            if R::admits(&stored.account) {
                return Ok((stored.account, session, stored.last_seen));
            }
            introduce(parts, &stored.account, &session);
            return Err(turn_away::<R>(parts, state, &stored.account).await);
        }
        Standing::AwaitsPin => Interrupted::AwaitsPin,
        Standing::Locked => Interrupted::Locked,
        Standing::Over(WhyOver::SignedOut) => Interrupted::NotSignedIn,
        Standing::Over(why) => Interrupted::Over(why),
    };
    Err(interrupt(parts, state, why).await)
}

/// Who comes to a desk that is not theirs is told whom to ask, or brought to their own where they only signed in.
async fn turn_away<R: Admits>(parts: &mut Parts, state: &AppState, account: &Account) -> Response {
    let away = |why, response| TurnedAway::operator(&account.id, why).mark(response);
    let Some(queue) = R::QUEUE else { return away(Why::Role, AppError::Forbidden.into_response()) };
    let home = home_of(account.role, &account.queues);
    if let Some(home) = home.filter(|_| parts.method == Method::GET && parts.uri.path() == "/") {
        return Redirect::to(home).into_response();
    }
    let Ok(context) = PageContext::from_request_parts(parts, state).await;
    away(Why::Queue, other_queue_page(context, queue, &account.queues).await)
}

/// A page sends the visitor to where they can sign in. A form that was sent, if only to be shown again in the other
/// language, gets a page that says so and how to send it again, because to leave it would lose what was typed.
async fn interrupt(parts: &mut Parts, state: &AppState, why: Interrupted) -> Response {
    let was_typed = parts.extensions.get::<Retained>().is_some_and(|retained| !retained.is_empty());
    if matches!(parts.method, Method::GET | Method::HEAD) && !was_typed {
        let next = ReturnPath::new(parts.uri.path());
        return Redirect::to(&next.after(why.entrance())).into_response();
    }
    let Ok(context) = PageContext::from_request_parts(parts, state).await;
    interrupted_page(context, why).await
}

/// Where to go on after signing in: a path of this site that is for who is signed in, never with a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnPath(SameSitePath);

impl ReturnPath {
    /// Takes a path of ours, else the desk.
    #[must_use]
    pub fn new(path: &str) -> Self {
        let is_entrance = ["/login", "/logout", "/activate", "/session"].iter().any(|other| path.starts_with(other));
        Self(if is_entrance { SameSitePath::default() } else { SameSitePath::of_ours(path) })
    }

    /// The path itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// `entrance` with this path to go on to.
    #[must_use]
    pub fn after(&self, entrance: &str) -> String {
        match self.as_str() {
            "/" => entrance.to_owned(),
            path => format!("{entrance}?next={path}"),
        }
    }
}
