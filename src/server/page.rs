//! From a view to an answer: every page of the desk is made here, on the server, in one piece.

use std::{convert::Infallible, fmt::Write as _, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::{StreamExt as _, stream};
use hydration_context::{SharedContext as _, SsrSharedContext};
use leptos::{
    prelude::*,
    tachys::{html::InertElement, view::Position},
};

use super::{errors::AppError, language::Language, security_headers::content_security_policy, state::AppState};
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
    type Rejection = Infallible;

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

/// For how many bytes room is made at once: most pages have fewer.
const USUAL: usize = 24 * 1024;

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

    /// Renders `view` inside the shell: at once and as a whole, since no view of ours waits for anything.
    pub async fn render<V>(self, context: PageContext, view: impl FnOnce() -> V + Send + 'static) -> Response
    where
        V: IntoView + 'static,
    {
        let status = self.status;
        self.html(context, view).await.map_or_else(IntoResponse::into_response, |html| html.answer(status, Body::from))
    }

    /// The same, with `parts` where `view` has [`parts_here`], each made when the browser takes it: however long they
    /// are together, one at a time is in memory.
    pub async fn render_in_parts<V, P>(
        self,
        context: PageContext,
        view: impl FnOnce() -> V + Send + 'static,
        parts: P,
    ) -> Response
    where
        V: IntoView + 'static,
        P: Iterator<Item = String> + Send + 'static,
    {
        let status = self.status;
        let in_parts = |html: String| {
            let (before, after) = html.split_once(PARTS).unwrap_or((&html, ""));
            let [before, after] = [before, after].map(|text| std::iter::once(text.to_owned()));
            let pieces = before.chain(parts).chain(after).map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
            Body::from_stream(stream::iter(pieces))
        };
        self.html(context, view).await.map_or_else(IntoResponse::into_response, |html| html.answer(status, in_parts))
    }

    /// The whole document.
    async fn html<V>(
        self,
        context: PageContext,
        view: impl FnOnce() -> V + Send + 'static,
    ) -> Result<Document, AppError>
    where
        V: IntoView + 'static,
    {
        let has_islands = self.has_islands;
        let nonce: [u8; 16] = context.state.random.bytes()?;
        let nonce = URL_SAFE_NO_PAD.encode(nonce);
        let shared = Arc::new(SsrSharedContext::new_islands());
        let owner = Owner::new_root(Some(Arc::<SsrSharedContext>::clone(&shared)));
        let mut html = String::with_capacity(USUAL);
        owner.with(|| {
            let page = view! { <Shell page=&self context=&context nonce=nonce.as_str()>{view()}</Shell> };
            page.to_html_with_buf(&mut html, &mut Position::FirstChild, true, false, Vec::new());
        });
        owner.unset_with_forced_cleanup();
        if has_islands {
            push_island_data(&mut html, &shared, &nonce).await;
        }
        Ok(Document { html, nonce })
    }
}

/// What [`parts_here`] leaves in a document.
const PARTS: &str = "<!--parts-->";

/// The place of the parts of [`Page::render_in_parts`].
#[must_use]
pub fn parts_here() -> InertElement {
    InertElement::new(PARTS)
}

/// A rendered page.
struct Document {
    html: String,
    nonce: String,
}

impl Document {
    fn answer(self, status: StatusCode, body: impl FnOnce(String) -> Body) -> Response {
        let mut response = (status, Html(body(self.html))).into_response();
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&self.nonce)) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// What the browser part expects to be told of resources and errors, of which our islands have none.
async fn push_island_data(html: &mut String, shared: &SsrSharedContext, nonce: &str) {
    let Some(mut data) = shared.pending_data() else { return };
    while let Some(chunk) = data.next().await {
        // Writing to a text can't fail.
        let _ = write!(html, "<script nonce=\"{nonce}\">{chunk}</script>");
    }
}
