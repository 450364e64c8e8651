//! The list of accounts as a file, as it is filtered: CSV while it is sent, XLSX through a file of the system that nobody
//! else sees and that is gone when it is closed.

use std::io;

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Redirect, Response},
};
use futures::{Stream, StreamExt, stream};
use jiff::Timestamp;
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::{
    components::instant::date_and_time,
    domain::operator::words,
    features::{
        download,
        login::fresh_pin::Confirmed,
        operators::{
            at_office::AtOffice,
            list::{self, Asked},
            list_page::queue_names,
        },
        registers::act::Act,
    },
    server::{errors::AppError, language::Language, state::AppState},
    storage::{
        operators::list::{ListedOperator, Wanted},
        registers::{Action, Fact},
    },
};

/// How many accounts are read at once.
const BATCH: u32 = 1000;
/// The columns, by the keys of their names.
const COLUMNS: [&str; 7] = ["username", "name", "fiscal_code", "role", "queues", "status", "last_sign_in"];
/// The width of a column, in characters.
const WIDTH: f64 = 24.0;

words! {
    /// In which form.
    Format {
        /// For any program: semicolons, and the mark by which Excel in Italy knows UTF-8.
        Csv = "csv",
        /// For spreadsheet programs.
        Xlsx = "xlsx",
    }
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => download::CSV,
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What the form of an export sends beside the filters.
#[derive(Deserialize)]
pub struct Form {
    format: String,
    #[serde(flatten)]
    asked: Asked,
}

/// `GET` of the address of the form: a reload comes here.
pub async fn back(_: AtOffice) -> Redirect {
    Redirect::to(list::PATH)
}

/// `POST /operators/export`: the accounts asked for, all of them, once that is recorded.
pub async fn export(at: AtOffice, Confirmed(form): Confirmed<Form>) -> Result<Response, AppError> {
    let format: Format = form.format.parse().map_err(|_| AppError::BadRequest("no such format"))?;
    let language = at.context.language;
    let Ok(wanted) = form.asked.wanted(language) else {
        return Ok(Redirect::to(list::PATH).into_response());
    };
    // What was searched for may be a person's name, which stands in no register.
    let part = form.asked.address(None).split_once('?').map_or_else(String::new, |(_, filters)| filters.to_owned());
    let act = Act::done(Action::AccountsExported).with(Fact::Format, format.word()).with(Fact::Part, &part);
    at.state.db.record(&[at.office().record(act)]).await?;
    let name = format!("centralino-operatori-{}.{}", at.state.clock.today(), format.word());
    let accounts = pages(at.state, wanted);
    let body = match format {
        Format::Csv => Body::from_stream(csv(accounts, language)),
        Format::Xlsx => Body::from(xlsx(accounts, language).await.map_err(AppError::internal)?),
    };
    download::file(&name, format.media_type(), body)
}

/// All accounts wanted, page by page.
fn pages(state: AppState, wanted: Wanted) -> impl Stream<Item = Result<Vec<ListedOperator>, sqlx::Error>> + Send {
    stream::try_unfold((state, wanted, Some(None::<String>)), |(state, wanted, after)| async move {
        let Some(after) = after else { return Ok(None) };
        let page = state.db.operators(&wanted, after.as_deref(), BATCH).await?;
        Ok(Some((page.operators, (state, wanted, page.next.map(Some)))))
    })
}

fn csv(
    accounts: impl Stream<Item = Result<Vec<ListedOperator>, sqlx::Error>> + Send,
    language: Language,
) -> impl Stream<Item = Result<Bytes, io::Error>> + Send {
    let head = stream::once(async move {
        let row = download::rows([COLUMNS.map(|column| name_of(column, language))])?;
        Ok(Bytes::from([download::BYTE_ORDER_MARK.as_bytes(), &row].concat()))
    });
    let rows = accounts.map(move |page| {
        let page = page.map_err(|error| {
            tracing::error!(%error, "an export was cut off");
            io::Error::other("the export was cut off")
        })?;
        download::rows(page.iter().map(|account| cells(account, language))).map(Bytes::from)
    });
    head.chain(rows)
}

/// Why there is no XLSX file.
#[derive(Debug, thiserror::Error)]
enum NoWorkbook {
    /// It was not written.
    #[error(transparent)]
    Xlsx(#[from] XlsxError),
    /// The database refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
    /// The work was cut short.
    #[error("writing a workbook was cut short")]
    CutShort(#[from] tokio::task::JoinError),
}

/// A workbook of texts, none of which is a formula; written away from the threads that serve pages, row by row.
async fn xlsx(
    accounts: impl Stream<Item = Result<Vec<ListedOperator>, sqlx::Error>> + Send,
    language: Language,
) -> Result<Vec<u8>, NoWorkbook> {
    let (sender, receiver) = mpsc::channel(2);
    let writer = tokio::task::spawn_blocking(move || workbook(receiver, language));
    let mut accounts = std::pin::pin!(accounts);
    while let Some(page) = accounts.next().await {
        if sender.send(page?).await.is_err() {
            break;
        }
    }
    drop(sender);
    Ok(writer.await??)
}

fn workbook(mut pages: mpsc::Receiver<Vec<ListedOperator>>, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(language.text("operators.title"))?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = CellFormat::new().set_bold();
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, WIDTH)?;
        sheet.write_string_with_format(0, column, name_of(name, language), &bold)?;
    }
    let mut row = 1;
    while let Some(page) = pages.blocking_recv() {
        for account in &page {
            for (column, cell) in (0..).zip(cells(account, language)) {
                sheet.write_string(row, column, cell)?;
            }
            row += 1;
        }
    }
    workbook.save_to_buffer()
}

fn name_of(column: &str, language: Language) -> String {
    language.text(&format!("operators.{column}"))
}

/// An account as people read it; what an import reads, too.
fn cells(account: &ListedOperator, language: Language) -> [String; COLUMNS.len()] {
    let text = |key: &str| language.text(&format!("operators.{key}"));
    let last = account.last_sign_in.and_then(|at| Timestamp::from_millisecond(at).ok());
    let queues = if account.queues.is_empty() { String::new() } else { queue_names(&account.queues, language) };
    [
        account.username.clone(),
        account.name.clone(),
        account.fiscal_code.clone(),
        text(&format!("role_{}", account.role.word())),
        queues,
        text(&format!("status_{}", account.status.word())),
        last.map(date_and_time).unwrap_or_default(),
    ]
}
