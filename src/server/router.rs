//! Every route of the product, in one readable table.

use axum::{
    Router,
    routing::{get, post},
};

use super::{health, layers, session_store, site, state::AppState};
use crate::features::{
    activation, cases, confirm,
    desk::{self, case_page, open_page},
    language, login,
};

/// The routes and the layers around them.
pub fn router(state: AppState) -> Router {
    // A GET asks the database for a session only if there is a cookie and the handler asks who is signed in.
    let with_session = Router::new()
        .route("/", get(open_page::show))
        .route("/cases", get(cases::page::show).post(open_page::open))
        .route("/cases/search", get(cases::page::show).post(cases::page::search))
        .route("/cases/{id}", get(case_page::show))
        .route("/cases/{id}/verify", get(case_page::back_to_case).post(desk::post::verify))
        .route("/cases/{id}/unlock", get(case_page::back_to_case).post(desk::post::unlock))
        .route("/cases/{id}/confirm", get(case_page::back_to_case).post(desk::post::confirm))
        .route("/cases/{id}/cancel", get(case_page::ask_cancel).post(desk::post::cancel))
        .route("/cases/{id}/close", get(case_page::ask_close).post(desk::post::close))
        .route("/confirm", get(confirm::page::show).post(confirm::page::confirm))
        .route("/login", get(login::post::show_login).post(login::post::login))
        .route("/login/pin", get(login::post::show_pin).post(login::post::pin))
        .route("/logout", post(login::post::logout))
        .route("/session/extend", post(login::post::extend))
        .route_layer(session_store::layer(&state));
    let without = Router::new()
        .route("/activate/{token}", get(activation::post::show).post(activation::post::activate))
        .route("/language", post(language::post::choose))
        .route("/v-{version}/{*path}", get(site::serve))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready));
    layers::around(with_session.merge(without), state)
}
