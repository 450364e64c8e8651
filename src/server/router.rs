//! Every route of the product, in one readable table.

use axum::{
    Router, middleware,
    response::Response,
    routing::{get, post},
};
use leptos::prelude::*;

use super::{
    page::{Page, PageContext},
    security_headers, site,
    state::AppState,
};
use crate::features::{activation, language, login};

/// The routes and the layers around them.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/", get(hello))
        .route("/login", get(login::post::show_login).post(login::post::login))
        .route("/login/pin", get(login::post::show_pin).post(login::post::pin))
        .route("/logout", post(login::post::logout))
        .route("/session/extend", post(login::post::extend))
        .route("/activate/{token}", get(activation::post::show).post(activation::post::activate))
        .route("/language", post(language::post::choose))
        .route("/v-{version}/{*path}", get(site::serve))
        .layer(middleware::from_fn(security_headers::layer))
        .with_state(state)
}

async fn hello(context: PageContext) -> Response {
    Page::titled("Sportello").render(context, || view! { <h1>"Sportello"</h1> }).await
}
