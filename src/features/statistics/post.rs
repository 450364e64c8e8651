//! The requests of a period's page.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    export,
    page::{self, Shown},
    period::{Asked, Typed, read},
    report::count,
};
use crate::{
    components::alert::FormErrors,
    features::download,
    server::{
        auth::{SignedIn, Supervisor},
        errors::AppError,
        filter::Filter,
        form::Posted,
        page::PageContext,
        state::AppState,
    },
};

/// `GET /statistics`
pub async fn show(
    State(state): State<AppState>,
    _: SignedIn<Supervisor>,
    context: PageContext,
    Filter { typed, repeated }: Filter<Typed>,
) -> Result<Response, AppError> {
    let today = state.clock.today();
    match read(&typed, today, context.language) {
        (Some(asked), _) => shown(&state, context, asked).await,
        (None, errors) => Ok(refused(&state, context, repeated, errors).await),
    }
}

/// `POST /statistics`: what was typed, if it is days and a grouping, leads to the page of them.
pub async fn search(
    State(state): State<AppState>,
    _: SignedIn<Supervisor>,
    context: PageContext,
    Posted(typed): Posted<Typed>,
) -> Result<Response, AppError> {
    match read(&typed, state.clock.today(), context.language) {
        (Some(asked), _) => Ok(Redirect::to(&asked.address()).into_response()),
        (None, errors) => Ok(refused(&state, context, typed, errors).await),
    }
}

/// `POST /statistics/export`: the numbers of the period for a spreadsheet.
pub async fn export(
    State(state): State<AppState>,
    _: SignedIn<Supervisor>,
    context: PageContext,
    Posted(typed): Posted<Typed>,
) -> Result<Response, AppError> {
    let language = context.language;
    let asked = match read(&typed, state.clock.today(), language) {
        (Some(asked), _) => asked,
        (None, errors) => return Ok(refused(&state, context, typed, errors).await),
    };
    let file = export::csv(&count(&state, asked, language).await?, language).map_err(AppError::internal)?;
    let name = format!("statistics-{}-{}-{}.csv", asked.by.word(), asked.from, asked.to);
    download::file(&name, download::CSV, file)
}

async fn shown(state: &AppState, context: PageContext, asked: Asked) -> Result<Response, AppError> {
    let report = Some(count(state, asked, context.language).await?);
    let (from, to, by) = (asked.from.to_string(), asked.to.to_string(), asked.by.word().to_owned());
    let (typed, today) = (Typed { from, to, by }, state.clock.today());
    Ok(page::render(context, Shown { typed, report, errors: FormErrors::default(), today }).await)
}

async fn refused(state: &AppState, context: PageContext, typed: Typed, errors: FormErrors) -> Response {
    let today = state.clock.today();
    page::render(context, Shown { typed, report: None, errors, today }).await
}
