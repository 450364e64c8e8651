//! The requests of the registers' pages. Whoever reads or exports leaves an entry first.

use axum::{
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    act::{Act, By},
    export::{Exporter, Format},
    filters::{Asked, Typed, read},
    page::{self, Shown},
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
        source::Source,
        state::AppState,
    },
    storage::registers::{
        Action, Fact, Register,
        find::{Places, RegisterPage},
    },
};

/// Rows of a page.
const ROWS: u32 = 25;

/// `GET /registers/{register}`
pub async fn show(
    State(state): State<AppState>,
    supervisor: SignedIn<Supervisor>,
    source: Source,
    context: PageContext,
    Path(register): Path<String>,
    Filter { typed, repeated }: Filter<Typed>,
) -> Result<Response, AppError> {
    let register = register_of(&register)?;
    let (asked, errors) = read(&typed, register, &state.db, context.language).await?;
    if !errors.is_empty() {
        return Ok(page::render(context, Shown { register, typed: repeated, ..Shown::refused(errors) }).await);
    }
    let by = By { actor: supervisor.account.username, source };
    let act = Act::done(Action::RegisterRead).with(Fact::Part, &asked.text());
    record(&state, &by, act, register).await?;
    let found = find(&state, register, &asked).await?;
    // What stands in the address is what was understood of it.
    let typed = Typed { before: String::new(), ..typed };
    Ok(page::render(context, Shown { register, typed, asked, found, errors: FormErrors::default() }).await)
}

/// `POST /registers/{register}`: what was typed, if it may stand in an address, leads to the page of it.
pub async fn search(
    State(state): State<AppState>,
    _: SignedIn<Supervisor>,
    context: PageContext,
    Path(register): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Result<Response, AppError> {
    let register = register_of(&register)?;
    let (asked, errors) = read(&typed, register, &state.db, context.language).await?;
    if errors.is_empty() {
        return Ok(Redirect::to(&asked.address(register, None)).into_response());
    }
    Ok(page::render(context, Shown { register, typed, ..Shown::refused(errors) }).await)
}

/// What the form of an export sends beside the filters.
#[derive(Deserialize)]
pub struct Wanted {
    format: String,
    #[serde(flatten)]
    typed: Typed,
}

/// `POST /registers/{register}/export`: the entries asked for as CSV, or the whole period with its proof.
pub async fn export(
    State(state): State<AppState>,
    supervisor: SignedIn<Supervisor>,
    source: Source,
    context: PageContext,
    Path(register): Path<String>,
    Posted(wanted): Posted<Wanted>,
) -> Result<Response, AppError> {
    let register = register_of(&register)?;
    let format: Format = wanted.format.parse().map_err(|_| AppError::BadRequest("no such format"))?;
    let (asked, errors) = read(&wanted.typed, register, &state.db, context.language).await?;
    if !errors.is_empty() {
        return Ok(page::render(context, Shown { register, typed: wanted.typed, ..Shown::refused(errors) }).await);
    }
    let by = By { actor: supervisor.account.username, source };
    let exporter = Exporter::of(&state, register, asked.filter.clone());
    let places = exporter.begin(format, &by, &asked.text()).await?;
    let today = state.clock.today();
    let name = format!("{}-{today}.{}", register.word(), format.ending());
    download::file(&name, format.media_type(), Body::from_stream(exporter.file(places, format)))
}

fn register_of(word: &str) -> Result<Register, AppError> {
    word.parse().map_err(|_| AppError::NotFound)
}

async fn record(state: &AppState, by: &By, act: Act, register: Register) -> Result<(), AppError> {
    let act = act.with(Fact::Section, "registers").on(register.word());
    let record = by.record(act, &state.secrets, state.clock.now_ms());
    Ok(state.db.record(&[record]).await?)
}

async fn find(state: &AppState, register: Register, asked: &Asked) -> Result<RegisterPage, AppError> {
    let Some(places) = state.db.places(register, &asked.filter).await? else {
        return Ok(RegisterPage { entries: Vec::new(), next: None });
    };
    let last = asked.before.map_or(places.last, |before| before.min(places.last));
    Ok(state.db.register_page(register, &asked.filter, Places { last, ..places }, ROWS).await?)
}
