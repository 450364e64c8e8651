//! "Elenco tamponi": the tests that were communicated in a period (seed 003, 2.4.3).
//!
//! The service has no pages: the answer to the form is the page with the whole list, or the file. Nothing of a list is
//! kept, in a cookie, in the database or in memory, nor can it be asked for by an address.

use std::cmp::Reverse;

use axum::response::{IntoResponse, Redirect, Response};

use super::{
    list_export,
    list_form::{Asked, FIELDS, fresh, read},
    list_page::{self, Counts, Shown},
    list_table,
};
use crate::{
    components::alert::FormErrors,
    domain::service::Service,
    features::{
        download,
        requests::{act::Way, answer::Answered, at::At, inquiry, memory::Typed},
    },
    server::{auth::Swabs, errors::AppError, form::Posted, retained::Retained},
    sistema_ts::{self, answers::ListedTest},
};

/// Where it is, and its form leads.
pub const PATH: &str = "/swabs/list";
/// Where the file is.
pub const EXPORT: &str = "/swabs/list/export";

/// What the service answered.
type Told = inquiry::Told<Vec<ListedTest>>;

/// What became of a form.
struct Listed {
    at: At<Swabs>,
    shown: Shown,
    /// The newest first; none where the form is refused or the service has no list, of which the page says why.
    tests: Option<Vec<ListedTest>>,
}

impl Listed {
    async fn page(self) -> Response {
        let Self { at, shown, tests } = self;
        let groups = list_table::groups(tests.unwrap_or_default(), at.state.clone(), at.context.language);
        list_page::render(at, shown, groups).await
    }
}

/// `GET /swabs/list`
pub async fn show(at: At<Swabs>, retained: Retained) -> Response {
    let kept = Typed::of(FIELDS, |name| retained.get(name));
    let typed = if kept.is_empty() { fresh(at.state.clock.today()) } else { kept };
    Listed { at, shown: Shown::form(typed, FormErrors::default()), tests: None }.page().await
}

/// `POST /swabs/list`: the list as a page.
pub async fn list(at: At<Swabs>, form: Posted<Vec<(String, String)>>) -> Result<Response, AppError> {
    Ok(listed(at, form).await?.page().await)
}

/// `POST /swabs/list/export`: the list as a file.
pub async fn export(at: At<Swabs>, form: Posted<Vec<(String, String)>>) -> Result<Response, AppError> {
    match listed(at, form).await? {
        Listed { at, tests: Some(tests), .. } => {
            let name = format!("centralino-tamponi-{}.csv", at.state.clock.today());
            download::file(&name, download::CSV, list_export::csv(tests, at.state, at.context.language))
        }
        refused => Ok(refused.page().await),
    }
}

/// `GET` of the file's address: a reload comes here.
pub async fn back(_: At<Swabs>) -> Response {
    Redirect::to(PATH).into_response()
}

/// Reads the form and asks the service.
async fn listed(at: At<Swabs>, Posted(fields): Posted<Vec<(String, String)>>) -> Result<Listed, AppError> {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let (typed, mut errors) = (Typed::of(FIELDS, field), FormErrors::default());
    let language = at.context.language;
    let is_configured = at.state.queues.swabs.is_some();
    let asked = if is_configured { read(&typed, &at.state, language, &mut errors) } else { None };
    let Some(asked) = asked.filter(|_| errors.is_empty()) else {
        return Ok(Listed { at, shown: Shown::form(typed, errors), tests: None });
    };
    let days = Some(asked.days);
    let Some(Told { step, answer, found }) = ask(&at, asked).await? else {
        errors.add("main", language.text("desk.busy_desk"));
        return Ok(Listed { at, shown: Shown::form(typed, errors), tests: None });
    };
    let counts = found.as_deref().map(Counts::of);
    let shown = Shown { told: Some((step, answer)), days, counts, ..Shown::form(typed, errors) };
    Ok(Listed { at, shown, tests: found })
}

/// Asks the service; the newest test first, whatever the service's order is.
async fn ask(at: &At<Swabs>, asked: Asked) -> Result<Option<Told>, AppError> {
    let (state, operator) = (at.state.clone(), at.actor.fiscal_code.clone());
    let send = async move {
        let Some(way) = sistema_ts::Swabs::of(&state) else { return Answered::without_way() };
        Answered::of(way.list(asked.site.as_ref(), asked.days, &operator).await, |listed| {
            let mut tests = listed.tests;
            tests.sort_by_key(|test| Reverse(test.inserted_at));
            (Some(listed.transaction), listed.notes, tests)
        })
    };
    inquiry::ask(&at.state, &at.actor, Service::SwabList, send).await
}
