//! From a view to an answer: every page of the desk is made here, on the server, in one piece.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderValue, Method, Request, StatusCode, Uri, header, request::Parts},
    response::Response,
};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use parking_lot::Mutex;

use super::{language::Language, security_headers::content_security_policy, state::AppState};
use crate::{
    app::Shell,
    domain::operator::{OperatorId, Queue, Role},
};

/// What every page needs to know of its request.
#[derive(Clone, Debug)]
pub struct PageContext {
    /// In which language.
    pub language: Language,
    /// The path of the page, without its query.
    pub path: String,
    /// The running application.
    pub state: AppState,
    /// Who is signed in, where the page is for someone.
    pub visitor: Option<Visitor>,
}

/// What the header shows of who is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The account.
    pub id: OperatorId,
    /// The name to show.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// At which desks they work.
    pub queues: Vec<Queue>,
    /// When the session locks unless it is used, milliseconds since 1970.
    pub locks_at: i64,
    /// Whether it then ends, used or not.
    pub is_final: bool,
}

impl FromRequestParts<AppState> for PageContext {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let language = Language::from_request_parts(parts, state).await?;
        let visitor = parts.extensions.get::<Visitor>().cloned();
        Ok(Self { language, path: parts.uri.path().to_owned(), state: state.clone(), visitor })
    }
}

/// A page about to be rendered.
#[derive(Clone, Debug)]
pub struct Page {
    /// What stands in the title before the product's name.
    pub title: String,
    /// 200, or 422 for a form that was refused.
    pub status: StatusCode,
    /// Whether the page has islands: without any, no WebAssembly is loaded.
    pub has_islands: bool,
    /// Whether the page has a form of the id [`FORM`], whose fields the switch of the language keeps.
    pub has_form: bool,
    /// After how many seconds the page is asked for again where no script does so.
    pub refresh: Option<u32>,
}

/// The id of a page's form, in which something is typed that is shown again in the other language.
pub const FORM: &str = "page-form";

impl Page {
    /// A page that answers 200 and has islands.
    #[must_use]
    pub fn titled(title: impl Into<String>) -> Self {
        Self { title: title.into(), status: StatusCode::OK, has_islands: true, has_form: false, refresh: None }
    }

    /// A page without islands.
    #[must_use]
    pub fn without_islands(mut self) -> Self {
        self.has_islands = false;
        self
    }

    /// A page with a form of the id [`FORM`], if `has_form`.
    #[must_use]
    pub const fn with_form(mut self, has_form: bool) -> Self {
        self.has_form = has_form;
        self
    }

    /// A page that shows what is now: where no script keeps it so, it is asked for again after `seconds`.
    #[must_use]
    pub const fn refreshed(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }

    /// The same page with a title that begins with the word for "error".
    #[must_use]
    pub fn failed(mut self, language: Language) -> Self {
        self.title = rust_i18n::t!("common.error_title", locale = language.tag(), title = self.title).into_owned();
        self
    }

    /// The same page after a refusal: [`Page::failed`] with status 422.
    #[must_use]
    pub fn refused(self, language: Language) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, ..self.failed(language) }
    }

    /// Renders `view` inside the shell.
    pub async fn render<V>(self, context: PageContext, view: impl FnOnce() -> V + Send + 'static) -> Response
    where
        V: IntoView + 'static,
    {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = context.path.parse().unwrap_or_else(|_| Uri::from_static("/"));
        let status = self.status;
        let view = Arc::new(Mutex::new(Some(view)));
        let render = leptos_axum::render_app_async_with_context(send_policy, move || {
            let view = view.lock().take();
            let (page, context) = (self.clone(), context.clone());
            view! { <Shell page context>{view.map(|view| view())}</Shell> }
        });
        let mut response = render(request).await;
        *response.status_mut() = status;
        response
    }
}

/// Sends the policy that belongs to the nonce of the page.
fn send_policy() {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    if let (Some(response), Ok(policy)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(&content_security_policy(&nonce)))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
