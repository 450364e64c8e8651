//! `POST /language`: keeps the choice in a cookie and goes back to the page.

use axum::{
    Form,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use cookie::{Cookie, SameSite, time::Duration};
use serde::Deserialize;

use crate::server::{
    errors::AppError,
    language::{COOKIE, Language},
    same_site::SameSitePath,
};

/// What the switch in the footer sends.
#[derive(Clone, Debug, Deserialize)]
pub struct Choice {
    /// The tag of the language.
    language: String,
    /// The path of the page to go back to.
    #[serde(default)]
    back: String,
}

/// Answers 303 to `back`, or to the desk where that is no path of ours.
///
/// # Errors
/// [`AppError::BadRequest`] for a language that the desk does not speak.
pub async fn choose(Form(choice): Form<Choice>) -> Result<Response, AppError> {
    let language = Language::from_tag(&choice.language).ok_or(AppError::BadRequest("unknown language"))?;
    let back = SameSitePath::of_ours(&choice.back);
    let cookie = Cookie::build((COOKIE, language.tag()))
        .path("/")
        .max_age(Duration::days(365))
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax);
    let cookie = HeaderValue::from_str(&cookie.to_string()).map_err(AppError::internal)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(back.as_str())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    async fn answer(language: &str, back: &str) -> Result<Response, AppError> {
        choose(Form(Choice { language: language.to_owned(), back: back.to_owned() })).await
    }

    #[tokio::test]
    async fn the_choice_is_kept_and_the_page_shown_again() {
        let response = answer("en", "/cases").await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/cases");
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.starts_with("lingua=en;") && cookie.contains("HttpOnly") && cookie.contains("Secure"),
            "{cookie}"
        );
    }

    #[tokio::test]
    async fn a_foreign_address_leads_to_the_desk() {
        let response = answer("it", "//evil.example").await.unwrap();
        assert_eq!(response.headers()[header::LOCATION], "/");
    }

    #[tokio::test]
    async fn a_language_that_the_desk_does_not_speak_is_refused() {
        assert!(matches!(answer("xx", "/").await, Err(AppError::BadRequest(_))));
    }
}
