//! What failed without a page of its own (no such address, a form too long, a fault of ours) becomes a page in the
//! visitor's language, with a way on.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    bounds::TooMany,
    health,
    page::{Page, PageContext},
    request_log::RequestId,
    state::AppState,
};
use crate::{
    components::{buttons::LinkButton, heading::Heading},
    storage::Outage,
};

/// Renders the page of every failure that has none. Who probes is no visitor, and reads a line.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let id = parts.extensions.get::<RequestId>().cloned();
    let Ok(context) = PageContext::from_request_parts(&mut parts, &state).await;
    let was_sent = parts.method == Method::POST;
    let is_probe = health::ROUTES.contains(&parts.uri.path());
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_probe || is_page(&response) {
        return response;
    }
    let failure = match response.extensions().get::<Outage>() {
        Some(outage) => Failure::Unavailable { outage: *outage, was_sent },
        None => match response.extensions().get::<TooMany>() {
            Some(TooMany { seconds }) => Failure::TooMany { seconds: *seconds },
            None => Failure::Other(status),
        },
    };
    let mut page = render(context, failure, status, id).await;
    // Such as Allow, Retry-After or the end of a cookie.
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            page.headers_mut().append(name, value.clone());
        }
    }
    page
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("text/html"))
}

/// What is to be told.
#[derive(Clone, Copy)]
enum Failure {
    /// The database can't be reached or written; `was_sent`: to a form that can be sent again as it is.
    Unavailable { outage: Outage, was_sent: bool },
    /// More requests than are answered; after so many seconds they are again.
    TooMany { seconds: u64 },
    /// Whatever the status says.
    Other(StatusCode),
}

impl Failure {
    /// The keys of the title and of the paragraphs.
    fn texts(self) -> (String, Vec<String>) {
        match self {
            Self::Unavailable { outage, was_sent } => {
                let what = if was_sent { "unavailable_sent" } else { "unavailable_asked" };
                let why = format!("unavailable_{}", outage.word());
                ("unavailable_title".to_owned(), ["unavailable_text", what, &why].map(str::to_owned).to_vec())
            }
            Self::TooMany { .. } => ("too_many_title".to_owned(), vec!["too_many_text".to_owned()]),
            Self::Other(status) => {
                let name = name_of(status);
                (format!("{name}_title"), vec![format!("{name}_text")])
            }
        }
    }
}

async fn render(context: PageContext, failure: Failure, status: StatusCode, id: Option<RequestId>) -> Response {
    let locale = context.language.tag();
    let seconds = if let Failure::TooMany { seconds } = failure { seconds } else { 0 };
    let text = |key: &String| t!(format!("errors.{key}"), locale = locale, seconds = seconds).into_owned();
    let (title, paragraphs) = failure.texts();
    let (title, back) = (text(&title), t!("errors.back", locale = locale).into_owned());
    let paragraphs: Vec<_> = paragraphs.iter().map(text).collect();
    let reference = id
        .filter(|_| status.is_server_error())
        .map(|id| t!("errors.reference", locale = locale, id = id.as_str()).into_owned());
    let mut page = Page::titled(title.clone()).without_islands();
    page.status = status;
    let view = move || {
        view! {
            <Heading>{title}</Heading>
            {paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            {reference.map(|reference| view! { <p>{reference}</p> })}
            <p>
                <LinkButton href="/">{back}</LinkButton>
            </p>
        }
    };
    page.render(context, view).await
}

/// Which of the texts of `locales/errors.*.toml` a status has.
const fn name_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND | StatusCode::GONE => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => "too_large",
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => "busy",
        status if status.as_u16() >= 500 => "internal",
        _ => "bad_request",
    }
}
