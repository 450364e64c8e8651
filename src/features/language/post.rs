//! `POST /language`: keeps the choice in a cookie and shows the page again, with what was typed in it.
//!
//! The switch of a page with a form is a button of that form: what was typed comes along in the body, and the page is
//! the answer, so that it stands in no address, no cookie and no storage. It works without JavaScript. What an operator
//! alone knows (password, PIN) is typed again.

use std::net::SocketAddr;

use axum::{
    Extension, Router,
    body::Body,
    extract::{ConnectInfo, Query},
    http::{HeaderMap, HeaderName, HeaderValue, Request, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use cookie::time::Duration;
use serde::Deserialize;
use tower::ServiceExt;

use crate::server::{
    errors::AppError,
    form::Posted,
    host_cookie,
    language::{COOKIE, Language},
    own_tls::Spoken,
    retained::Retained,
    same_site::SameSitePath,
};

/// The pages that can be shown again.
#[derive(Clone)]
pub struct Pages(pub Router);

/// The page to go back to, in the address of a form's switch.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Back {
    back: String,
}

/// Fields of a form that nobody typed.
const UNTYPED: [&str; 4] = ["language", "back", "key", "sure"];

/// What a request to carry out a form says of its body, and a request for a page does not have.
const OF_THE_BODY: [HeaderName; 3] = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// `GET /language`: an address that stands in the browser after a switch and is opened anew leads to the page.
pub async fn back(Query(address): Query<Back>) -> Redirect {
    Redirect::to(SameSitePath::of_ours(&address.back).as_str())
}

/// Answers with the page of the path `back` if something was typed in it, else 303 to it; to the desk where that is no
/// path of ours.
///
/// # Errors
/// [`AppError::BadRequest`] for a language that the desk does not speak.
pub async fn choose(
    Extension(pages): Extension<Pages>,
    Query(address): Query<Back>,
    parts: Parts,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let field = |name| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let chosen = field("language").and_then(Language::from_tag).ok_or(AppError::BadRequest("unknown language"))?;
    let back = SameSitePath::of_ours(field("back").unwrap_or(&address.back));
    let typed: Vec<_> = fields.into_iter().filter(|(name, value)| is_typed(name, value)).collect();
    let retained = Retained::of(typed);
    let mut response = if retained.is_empty() {
        Redirect::to(back.as_str()).into_response()
    } else {
        again(pages.0, back.as_str(), chosen, &parts, retained).await?
    };
    response.headers_mut().append(header::SET_COOKIE, kept(chosen)?);
    Ok(response)
}

fn is_typed(name: &str, value: &str) -> bool {
    !UNTYPED.contains(&name) && (name, value) != ("next", "/")
}

fn kept(language: Language) -> Result<HeaderValue, AppError> {
    host_cookie::set(COOKIE, language.tag().to_owned(), Some(Duration::days(365)))
}

/// The page at `back` in the language chosen. The address of an act leads to the page that it belongs to.
async fn again(
    pages: Router,
    back: &str,
    language: Language,
    sent: &Parts,
    retained: Retained,
) -> Result<Response, AppError> {
    let response = show(&pages, back, language, sent, retained.clone()).await?;
    match location(&response) {
        Some(page) if page.len() > 1 && back.starts_with(&page) => show(&pages, &page, language, sent, retained).await,
        _ => Ok(response),
    }
}

fn location(response: &Response) -> Option<String> {
    Some(response.headers().get(header::LOCATION)?.to_str().ok()?.to_owned())
}

/// Asks for a page as who sent the form would: the registers note from where it was.
async fn show(
    pages: &Router,
    path: &str,
    language: Language,
    sent: &Parts,
    retained: Retained,
) -> Result<Response, AppError> {
    let mut request = Request::get(path).extension(retained).body(Body::empty()).map_err(AppError::internal)?;
    *request.headers_mut() = headers_of_page(&sent.headers, language)?;
    if let Some(from) = sent.extensions.get::<ConnectInfo<SocketAddr>>() {
        request.extensions_mut().insert(*from);
    }
    if let Some(spoken) = sent.extensions.get::<Spoken>() {
        request.extensions_mut().insert(*spoken);
    }
    pages.clone().oneshot(request).await.map_err(AppError::internal)
}

fn headers_of_page(sent: &HeaderMap, language: Language) -> Result<HeaderMap, AppError> {
    let mut headers = sent.clone();
    for name in OF_THE_BODY {
        headers.remove(name);
    }
    let cookies = sent.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    // The first of a name counts.
    let cookies = format!("{COOKIE}={}; {cookies}", language.tag());
    headers.insert(header::COOKIE, HeaderValue::from_str(&cookies).map_err(AppError::internal)?);
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{http::StatusCode, routing::get};

    async fn answer(fields: &[(&str, &str)], address: &str) -> Result<Response, AppError> {
        let page = async |language: Language, retained: Retained| {
            format!("{} {}", language.tag(), retained.get("call").unwrap_or_default())
        };
        let act = async || Redirect::to("/cases");
        let pages = Router::new().route("/cases", get(page)).route("/cases/act", get(act)).route("/", get(act));
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let address = Back { back: address.to_owned() };
        let (parts, ()) = Request::new(()).into_parts();
        choose(Extension(Pages(pages)), Query(address), parts, Posted(fields)).await
    }

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_choice_is_kept_and_the_page_shown_again() {
        let response = answer(&[("language", "en"), ("back", "/cases")], "").await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/cases");
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.starts_with("__Host-lingua=en;") && cookie.contains("HttpOnly") && cookie.contains("Secure"),
            "{cookie}"
        );
    }

    #[tokio::test]
    async fn what_was_typed_is_in_the_page_and_nowhere_else() {
        for address in ["/cases", "/cases/act"] {
            let fields = [("call", "88213"), ("key", "k"), ("language", "en")];
            let response = answer(&fields, address).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            assert!(response.headers().values().all(|value| !value.to_str().unwrap().contains("88213")));
            assert!(response.headers().contains_key(header::SET_COOKIE));
            assert_eq!(text(response).await, "en 88213");
        }
    }

    #[tokio::test]
    async fn what_nobody_typed_and_what_is_secret_is_not_kept() {
        for (name, value) in [("key", "k"), ("sure", "1"), ("password", "p"), ("pin", "1"), ("next", "/"), ("call", "")]
        {
            let response = answer(&[(name, value), ("language", "en")], "/cases").await.unwrap();
            assert_eq!(response.status(), StatusCode::SEE_OTHER, "{name}");
        }
    }

    #[tokio::test]
    async fn a_page_that_leads_elsewhere_is_not_followed() {
        let response = answer(&[("call", "88213"), ("language", "en")], "/").await.unwrap();
        assert_eq!(response.headers()[header::LOCATION], "/cases");
    }

    #[tokio::test]
    async fn an_address_that_is_opened_anew_leads_to_its_page() {
        for (address, page) in
            [("/cases", "/cases"), ("//evil.example", "/"), ("/cases/CUN-H17KZ6247A", "/"), ("", "/")]
        {
            let response = back(Query(Back { back: address.to_owned() })).await.into_response();
            assert_eq!(response.headers()[header::LOCATION], page, "{address}");
        }
    }

    #[tokio::test]
    async fn a_foreign_address_leads_to_the_desk() {
        let response = answer(&[("language", "it")], "//evil.example").await.unwrap();
        assert_eq!(response.headers()[header::LOCATION], "/");
    }

    #[tokio::test]
    async fn a_language_that_the_desk_does_not_speak_is_refused() {
        assert!(matches!(answer(&[("language", "xx")], "/").await, Err(AppError::BadRequest(_))));
        assert!(matches!(answer(&[], "/").await, Err(AppError::BadRequest(_))));
    }
}
