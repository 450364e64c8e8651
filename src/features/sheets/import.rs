//! The requests of an import: the file is sent and looked at, then applied as a whole by a task that goes on when the
//! browser goes away, and its links are given until they are saved.

use std::io;

use axum::{
    extract::Path,
    http::{HeaderName, HeaderValue},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};

use super::{
    import_page::{self as page, Shown},
    plan::{Kind, Plan, Planned},
    sheet::{self, SheetError},
    upload::Upload,
};
use crate::{
    components::alert::FormErrors,
    features::{
        accounts::invite::InviteError,
        download,
        login::fresh_pin::{Confirmed, demand, is_fresh},
        operators::{at_office::AtOffice, list, post::Nothing},
        registers::act::Act,
    },
    server::{
        auth::{SignedIn, Supervisor},
        errors::AppError,
        language::Language,
        sealing::{SealError, Sealer},
        source::Source,
    },
    storage::{
        imports::{Import, State},
        operators::many::Applied,
        registers::{Action, Fact},
    },
};

/// The page of an import.
pub const PATH: &str = "/operators/import";
/// For how many milliseconds a file, and then its links, are kept.
pub const KEPT: i64 = 60 * 60 * 1000;
/// After how many milliseconds without an end an import is given up: its process has died.
const GIVEN_UP: i64 = 60 * 1000;
/// After how many seconds the page of an import that is being applied asks again.
const AGAIN: HeaderValue = HeaderValue::from_static("1");
const FILE: &str = "file";

/// Why an import came to nothing.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    /// No account was made.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The links were not written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The links were not sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
}

/// `GET /operators/import`
pub async fn ask(at: AtOffice) -> Response {
    let asks_pin = !is_fresh(&at.session, at.state.clock.now_ms());
    page::ask(at.context, String::new(), asks_pin, FormErrors::default()).await
}

/// `POST /operators/import`: the file is kept, sealed, and leads to the page that says what it would do.
pub async fn send(
    supervisor: SignedIn<Supervisor>,
    source: Source,
    at: AtOffice,
    upload: Upload,
) -> Result<Response, AppError> {
    let (language, mut errors) = (at.context.language, FormErrors::default());
    let read = sheet::text_of(upload.content()).and_then(|text| sheet::read(text).map(|lines| (text, lines)));
    if upload.is_named_otherwise {
        errors.add(FILE, language.text("import.other_ending"));
    } else if let Err(error) = &read {
        errors.add(FILE, said(error, language));
    }
    if let Err(text) = demand(&at.state, source, &supervisor, &upload.pin, language).await? {
        errors.add("pin", text);
    }
    let asks_pin = errors.of("pin").is_some() || !is_fresh(&at.session, at.state.clock.now_ms());
    let (Ok((text, lines)), true) = (read, errors.is_empty()) else {
        return Ok(page::ask(at.context, upload.text, asks_pin, errors).await);
    };
    let now = at.state.clock.now_ms();
    let id = at.state.random.uuid_v7(at.state.clock.now())?;
    let content = seal(&at, &id, text).map_err(AppError::internal)?;
    let lines = i64::try_from(lines.len()).map_err(AppError::internal)?;
    let import = Import { id, state: State::Checked, started_at: None, lines, done: 0, content };
    at.state.db.keep_import(&at.supervisor.id, &import, now, now - KEPT).await?;
    Ok(Redirect::to(&page_of(&import.id)).into_response())
}

/// `GET /operators/import/{id}`: what the file would do, how far it has come, or its links.
pub async fn show(at: AtOffice, Path(id): Path<String>) -> Result<Response, AppError> {
    let import = find(&at, &id).await?;
    let state = standing(&at, &import);
    Ok(match state {
        State::Running => {
            let response = page::running(at.context, &import).await;
            (AppendHeaders([(HeaderName::from_static("refresh"), AGAIN)]), response).into_response()
        }
        State::Done => page::done(at.context, import).await,
        State::Checked | State::Failed => {
            let plan = plan_of(&at, &import).await?;
            page::plan(at.context, Shown { id: import.id, plan, has_failed: state == State::Failed }).await
        }
    })
}

/// `GET` of the address of a form: a reload comes here.
pub async fn back(_: AtOffice, Path(id): Path<String>) -> Redirect {
    Redirect::to(&page_of(&id))
}

/// `GET /operators/import/{id}/result`: what each line would do, as CSV.
pub async fn result(at: AtOffice, Path(id): Path<String>) -> Result<Response, AppError> {
    let import = find(&at, &id).await?;
    if matches!(standing(&at, &import), State::Running | State::Done) {
        return Ok(Redirect::to(&page_of(&id)).into_response());
    }
    let (plan, language) = (plan_of(&at, &import).await?, at.context.language);
    let text = |key: &str| language.text(&format!("import.{key}"));
    let head = ["line", "username", "outcome", "reason"].map(text);
    let row = |planned: &Planned| {
        let outcome = text(planned.outcome.kind().word());
        [planned.number.to_string(), planned.username.clone(), outcome, page::reasons(&planned.outcome, language)]
    };
    let rows = download::rows([head].into_iter().chain(plan.0.iter().map(row))).map_err(AppError::internal)?;
    let content = [download::BYTE_ORDER_MARK.as_bytes(), &rows].concat();
    download::file("centralino-importazione.csv", download::CSV, content)
}

/// `POST /operators/import/{id}/apply`: begins to apply the file, unless any line is refused.
pub async fn apply(at: AtOffice, Path(id): Path<String>, _: Confirmed<Nothing>) -> Result<Response, AppError> {
    let import = find(&at, &id).await?;
    let to_page = Redirect::to(&page_of(&id)).into_response();
    if matches!(standing(&at, &import), State::Running | State::Done) {
        return Ok(to_page);
    }
    let plan = plan_of(&at, &import).await?;
    if plan.to_make().is_none() {
        return Ok(to_page);
    }
    let lines = i64::try_from(plan.count(Kind::Created)).map_err(AppError::internal)?;
    let now = at.state.clock.now_ms();
    if at.state.db.begin_import(&id, lines, now, now - GIVEN_UP).await? {
        let tasks = at.state.tasks.clone();
        tasks.spawn(async move {
            if let Err(error) = carry_out(&at, &id, &plan).await {
                tracing::error!(%error, "an import came to nothing");
                // Where this fails too, it is given up after a minute.
                let _ = at.state.db.fail_import(&id).await;
            }
        });
    }
    Ok(to_page)
}

async fn carry_out(at: &AtOffice, id: &str, plan: &Plan) -> Result<(), ImportError> {
    let (office, origin) = (at.office(), at.state.config.server.origin());
    let invitees = plan.to_make().unwrap_or_default();
    let prepared = office.prepare(invitees, Some(id)).await?;
    let text = |key: &str| at.context.language.text(&format!("import.{key}"));
    let head = ["username", "name_column", "link"].map(text);
    let row = |it: &super::service::Prepared<'_>| {
        let link = format!("{origin}{}", it.path().as_str());
        [it.invitee.username.as_str().to_owned(), it.invitee.name.clone(), link]
    };
    let rows = download::rows([head].into_iter().chain(prepared.iter().map(row)))?;
    let links = seal(at, id, &String::from_utf8_lossy(&rows))?;
    office.make(&prepared, Some(Applied { id, links: &links })).await?;
    tracing::info!(accounts = prepared.len(), "accounts imported");
    Ok(())
}

/// `POST /operators/import/{id}/links`: the links of the new accounts, as CSV. Each time is an entry.
pub async fn links(at: AtOffice, Path(id): Path<String>, _: Confirmed<Nothing>) -> Result<Response, AppError> {
    let import = find(&at, &id).await?;
    if import.state != State::Done {
        return Ok(Redirect::to(&page_of(&id)).into_response());
    }
    let taken = Act::done(Action::LinksTaken).with(Fact::Count, &import.lines.to_string());
    at.state.db.record(&[at.office().record(taken)]).await?;
    let content = format!("{}{}", download::BYTE_ORDER_MARK, open(&at, &import)?);
    download::file("centralino-attivazioni.csv", download::CSV, content)
}

/// `POST /operators/import/{id}/forget`: the links are saved, or the file is not to be applied. One that is forgotten
/// already, because the form was sent twice, is forgotten.
pub async fn forget(at: AtOffice, Path(id): Path<String>, _: Confirmed<Nothing>) -> Result<Response, AppError> {
    let import = at.state.db.import(&at.supervisor.id, &id).await?;
    if import.is_some_and(|import| standing(&at, &import) == State::Running) {
        return Ok(Redirect::to(&page_of(&id)).into_response());
    }
    at.state.db.forget_import(&at.supervisor.id, &id).await?;
    Ok(Redirect::to(list::PATH).into_response())
}

async fn find(at: &AtOffice, id: &str) -> Result<Import, AppError> {
    at.state.db.import(&at.supervisor.id, id).await?.ok_or(AppError::NotFound)
}

/// How far it has come; one whose process has died has come to nothing.
fn standing(at: &AtOffice, import: &Import) -> State {
    let is_given_up = import.started_at.is_none_or(|started| at.state.clock.now_ms() - started > GIVEN_UP);
    if import.state == State::Running && is_given_up { State::Failed } else { import.state }
}

async fn plan_of(at: &AtOffice, import: &Import) -> Result<Plan, AppError> {
    let text = open(at, import)?;
    let lines = sheet::read(&text).map_err(AppError::internal)?;
    Ok(Plan::of(lines, &at.state.db).await?)
}

fn page_of(id: &str) -> String {
    format!("{PATH}/{id}")
}

fn sealer(at: &AtOffice) -> Result<Sealer, SealError> {
    Sealer::new(&at.state.secrets, "import", at.supervisor.id.0.as_bytes())
}

fn seal(at: &AtOffice, id: &str, text: &str) -> Result<String, SealError> {
    sealer(at)?.seal(text.as_bytes(), id, &at.state.random)
}

fn open(at: &AtOffice, import: &Import) -> Result<String, AppError> {
    let plain = sealer(at).map_err(AppError::internal)?.open(&import.content, &import.id);
    let plain = plain.ok_or_else(|| AppError::internal("an import was sealed under another secret"))?;
    String::from_utf8(plain).map_err(AppError::internal)
}

/// What is wrong with a file, and what to do about it.
fn said(error: &SheetError, language: Language) -> String {
    let locale = language.tag();
    match error {
        SheetError::NotUtf8 => language.text("import.not_utf8"),
        SheetError::Empty => language.text("import.empty"),
        SheetError::TooMany => language.text("import.too_many"),
        SheetError::Missing(column) => rust_i18n::t!("import.missing", locale = locale, column = column).into_owned(),
        SheetError::Unknown(place) => rust_i18n::t!("import.unknown", locale = locale, place = place).into_owned(),
        SheetError::Broken(line) => rust_i18n::t!("import.broken", locale = locale, line = line).into_owned(),
    }
}
