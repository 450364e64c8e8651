//! "In diretta": the page that keeps itself as it is now. To look is no use of the session.

use axum::{
    extract::{Query, State},
    response::{Html, Response},
};
use leptos::prelude::*;
use serde::Deserialize;

use super::{
    board::{Board, BoardView},
    page::Parts,
};
use crate::{
    components::{buttons::LinkButton, heading::Heading},
    islands::live::Live,
    server::{
        auth::{Supervisor, Watching},
        errors::AppError,
        language::Language,
        page::{Page, PageContext},
        state::AppState,
    },
};

/// How often the board is refreshed, in seconds.
const EVERY: u32 = 10;
/// The id of the element in which it is.
const BOARD: &str = "board";
const LIVE: &str = "/statistics/live";
const STILL: &str = "/statistics/live?still=1";

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Anything, where the page is to stay as it is.
    still: String,
}

/// `GET /statistics/live`
pub async fn show(
    State(state): State<AppState>,
    _: Watching<Supervisor>,
    context: PageContext,
    Query(asked): Query<Asked>,
) -> Result<Response, AppError> {
    let (board, language, is_still) = (Board::look(&state).await?, context.language, !asked.still.is_empty());
    let page = Page::titled(language.text("statistics.live_title"));
    let page = if is_still { page } else { page.refreshed(EVERY) };
    Ok(page.render(context, move || view! { <LivePage board is_still language /> }).await)
}

/// `GET /statistics/live/board`: the board alone.
pub async fn board(
    State(state): State<AppState>,
    _: Watching<Supervisor>,
    language: Language,
) -> Result<Html<String>, AppError> {
    let board = Board::look(&state).await?;
    Ok(Html(Owner::new().with(|| view! { <BoardView board language /> }.to_html())))
}

#[component]
fn LivePage(
    /// The moment.
    board: Board,
    /// Whether the page stays as it is.
    is_still: bool,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let (other, act) = if is_still { (LIVE, "go_on") } else { (STILL, "hold") };
    let live = (!is_still).then(|| {
        view! { <Live target=BOARD.to_owned() address=format!("{LIVE}/board") seconds=EVERY /> }
    });
    view! {
        <Heading>{text("live_title")}</Heading>
        <Parts current=LIVE language />
        {live}
        <div id=BOARD class="statistics-board">
            <BoardView board language />
        </div>
        <p class="field-hint">{text("live_hint")}</p>
        <LinkButton href=other>{text(act)}</LinkButton>
    }
}
