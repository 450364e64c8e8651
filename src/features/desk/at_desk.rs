//! Who may work at the desk of the call center: a signed-in operator of its queue.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, request::Parts},
    response::Response,
};
use jiff::Timestamp;

use super::call_data::CallData;
use crate::{
    domain::service::Service,
    features::requests::{
        at::{At, record_late},
        errand::Actor,
        sealed::{Drawer, Sealed, clear, is_carried},
    },
    server::{auth::Immuni, errors::AppError, page::PageContext, state::AppState},
};

/// An operator at the desk, with what the browser carries.
#[derive(Clone)]
pub struct AtDesk {
    /// The running application.
    pub state: AppState,
    /// Who.
    pub actor: Actor,
    /// For the page.
    pub context: PageContext,
    /// When the request came.
    pub now: Timestamp,
    /// What came with it.
    pub headers: HeaderMap,
    /// Whether it carries the one word of an outcome that the database still refuses.
    has_unrecorded: bool,
    /// What the cookies carry.
    drawers: Drawers,
}

/// The cookies of a login session, opened once a request.
#[derive(Clone)]
struct Drawers {
    case: Option<CallData>,
    deferred: Option<CallData>,
}

impl Drawers {
    fn open(sealed: &Sealed<'_>, headers: &HeaderMap, now: Timestamp) -> Self {
        let open = |drawer| sealed.open(drawer, headers, now);
        Self { case: open(Drawer::Case), deferred: open(Drawer::Deferred) }
    }

    const fn get(&self, drawer: Drawer) -> Option<&CallData> {
        match drawer {
            Drawer::Case => self.case.as_ref(),
            _ => self.deferred.as_ref(),
        }
    }
}

impl AtDesk {
    /// The call's data of this case, if the browser carries them.
    #[must_use]
    pub fn call_data(&self, case_id: &str) -> Option<CallData> {
        self.open(Drawer::Case).filter(|data| data.case_id == case_id)
    }

    /// What the cookie of the case, or that of deferred confirmations, carries.
    #[must_use]
    pub fn open(&self, drawer: Drawer) -> Option<CallData> {
        self.drawers.get(drawer).cloned()
    }

    /// Takes the data of a call that is over from the browser, where the answer that should have done so never reached
    /// it. `shown` is the case that the page is about, none for the desk, to which no open case has led.
    pub fn tidied(&self, shown: Option<&str>) -> Result<Option<HeaderValue>, AppError> {
        let of = self.drawers.get(Drawer::Case).map(|data| data.case_id.as_str());
        let is_of_another = shown.zip(of).is_some_and(|(shown, of)| shown != of);
        let is_due = is_carried(Drawer::Case, &self.headers) && !is_of_another && !self.has_unrecorded;
        is_due.then(|| clear(Drawer::Case)).transpose()
    }

    /// Writes the ends of requests that the database did not take. Whether one is left unwritten.
    async fn record_late(&self) -> bool {
        let carried = [self.drawers.case.as_ref(), self.drawers.deferred.as_ref()];
        let mut is_left = false;
        for answer in carried.into_iter().filter_map(|data| data?.last.as_ref()) {
            // Whichever of the call center's it was.
            is_left |= record_late(&self.state.db, Service::Verify, answer).await;
        }
        is_left
    }

    /// A one-time key for a form.
    pub fn new_key(&self) -> Result<String, AppError> {
        Ok(self.state.random.uuid_v7(self.now)?)
    }
}

impl FromRequestParts<AppState> for AtDesk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let At { state, actor, context, now, headers, .. } = At::<Immuni>::from_request_parts(parts, state).await?;
        let sealed = Sealed::new(&state.secrets, &state.random, &actor.operator, &actor.token);
        let drawers = Drawers::open(&sealed, &headers, now);
        let mut desk = Self { state, actor, context, now, headers, has_unrecorded: false, drawers };
        desk.has_unrecorded = desk.record_late().await;
        Ok(desk)
    }
}
