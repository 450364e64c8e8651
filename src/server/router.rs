//! Every route of the product, in one readable table.

use axum::{
    Extension, Router,
    routing::{get, post},
};

use super::{health, layers, session_store, site, state::AppState};
use crate::features::{
    activation,
    asl::SendOtp,
    cases, confirm,
    desk::{self, case_page, open_page},
    exemptions::CloseCertification,
    language, login, operators, profile, registers,
    requests::act_page,
    sheets, statistics,
    swabs::{self, CancelReport, ReportTest},
};

/// The routes and the layers around them.
pub fn router(state: AppState) -> Router {
    // A GET asks the database for a session only if there is a cookie and the handler asks who is signed in.
    let with_session = Router::new()
        .route("/", get(open_page::show))
        .route("/asl", get(act_page::show::<SendOtp>).post(act_page::send::<SendOtp>))
        .route("/cases", get(cases::page::show).post(open_page::open))
        .route("/cases/search", get(cases::page::show).post(cases::page::search))
        .route("/cases/{id}", get(case_page::show))
        .route("/cases/{id}/verify", get(case_page::back_to_case).post(desk::post::verify))
        .route("/cases/{id}/unlock", get(case_page::back_to_case).post(desk::post::unlock))
        .route("/cases/{id}/confirm", get(case_page::back_to_case).post(desk::post::confirm))
        .route("/cases/{id}/cancel", get(case_page::ask_cancel).post(desk::post::cancel))
        .route("/cases/{id}/close", get(case_page::ask_close).post(desk::post::close))
        .route("/confirm", get(confirm::page::show).post(confirm::page::confirm))
        .route("/exemptions", get(act_page::show::<CloseCertification>).post(act_page::send::<CloseCertification>))
        .route("/login", get(login::post::show_login).post(login::post::login))
        .route("/login/pin", get(login::pin::show).post(login::pin::enter))
        .route("/logout", post(login::post::logout))
        .route("/operators", get(operators::list::show).post(operators::list::search))
        .route("/operators/export", get(sheets::export::back).post(sheets::export::export))
        .route("/operators/import/{id}", get(sheets::import::show))
        .route("/operators/import/{id}/apply", get(sheets::import::back).post(sheets::import::apply))
        .route("/operators/import/{id}/forget", get(sheets::import::back).post(sheets::import::forget))
        .route("/operators/import/{id}/links", get(sheets::import::back).post(sheets::import::links))
        .route("/operators/import/{id}/result", get(sheets::import::result))
        .route("/operators/new", get(operators::post::new).post(operators::post::create))
        .route("/operators/{id}", get(operators::post::show).post(operators::post::edit))
        .route("/operators/{id}/disable", get(operators::post::ask_disable).post(operators::post::disable))
        .route("/operators/{id}/enable", get(operators::post::back).post(operators::post::enable))
        .route(
            "/operators/{id}/end-sessions",
            get(operators::post::ask_end_sessions).post(operators::post::end_sessions),
        )
        .route("/operators/{id}/reset", get(operators::post::ask_reset).post(operators::post::reset))
        .route("/operators/{id}/unlock", get(operators::post::back).post(operators::post::unlock))
        .route("/profile", get(profile::post::show))
        .route("/profile/password", get(profile::post::back).post(profile::post::change_password))
        .route(
            "/profile/authenticator",
            get(profile::factor::show_authenticator).post(profile::factor::prove_authenticator),
        )
        .route("/profile/codes", get(profile::factor::show_codes).post(profile::factor::save_codes))
        .route("/profile/codes/new", get(profile::factor::back_to_codes).post(profile::factor::prove_codes))
        .route("/profile/codes/file", get(profile::factor::download))
        .route("/profile/sign-out", get(profile::post::back).post(profile::post::sign_out_everywhere))
        .route("/registers/{register}", get(registers::post::show).post(registers::post::search))
        .route("/registers/{register}/export", post(registers::post::export))
        .route("/session", get(login::lock::show))
        .route("/session/extend", post(login::lock::extend))
        .route("/session/unlock", post(login::lock::unlock))
        .route("/statistics", get(statistics::post::show).post(statistics::post::search))
        .route("/statistics/export", post(statistics::post::export))
        .route("/statistics/live", get(statistics::live::show))
        .route("/statistics/live/board", get(statistics::live::board))
        .route("/swabs", get(act_page::show::<ReportTest>).post(act_page::send::<ReportTest>))
        .route("/swabs/list", get(swabs::list::show).post(swabs::list::list))
        .route("/swabs/list/export", get(swabs::list::back).post(swabs::list::export))
        .route("/swabs/cancel", get(act_page::show::<CancelReport>).post(act_page::send::<CancelReport>))
        .route_layer(session_store::layer(&state));
    let files = Router::new()
        .route("/operators/import", get(sheets::import::ask).post(sheets::import::send))
        .route_layer(session_store::layer(&state));
    // What can be shown again in the other language, with what was typed in it.
    let pages = language::post::Pages(with_session.clone().with_state(state.clone()));
    let without = Router::new()
        .route("/activate/{token}", get(activation::post::show))
        .route(
            "/activate/{token}/password",
            get(activation::post::show_password).post(activation::post::choose_password),
        )
        .route("/activate/{token}/pin", get(activation::post::back).post(activation::post::prove))
        .route("/activate/{token}/codes", get(activation::post::back).post(activation::post::save_codes))
        .route("/activate/{token}/codes/file", get(activation::post::download))
        .route("/language", get(language::post::back).post(language::post::choose).layer(Extension(pages)))
        .route("/v-{version}/{*path}", get(site::serve))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready));
    layers::around_all(with_session.merge(without), files, state)
}
