//! The pages of an import.

use axum::response::Response;
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    import::PATH,
    plan::{Kind, Outcome, Plan, Planned, Refusal},
    sheet::{MOST_LINES, Mistake},
};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::{Button, ButtonKind, LinkButton, PostButton},
        facts::Facts,
        field::{Field, FileField, TextArea},
        heading::Heading,
        table::{Column, DataTable, Row},
    },
    server::{
        language::Language,
        page::{Page, PageContext},
    },
    storage::imports::Import,
};

/// So many lines are shown; the file of the results has them all.
const MOST_SHOWN: usize = 200;

fn page(language: Language) -> Page {
    Page::titled(language.text("import.title"))
}

/// Asks for the file, or for its text.
pub async fn ask(context: PageContext, typed: String, asks_pin: bool, errors: FormErrors) -> Response {
    let language = context.language;
    let text = move |key: &str| language.text(&format!("import.{key}"));
    let page = if errors.is_empty() { page(language) } else { page(language).refused(language) };
    let view = move || {
        let pin = asks_pin.then(|| {
            view! {
                <Field name="pin" label=language.text("login.pin") hint=language.text("login.pin_hint")
                    autocomplete="one-time-code" maxlength=40 is_short=true error=errors.of("pin") />
            }
        });
        view! {
            <ErrorSummary errors=errors.clone() language />
            <Heading>{text("title")}</Heading>
            <div class="import">
                <form class="form-narrow" method="post" action=PATH enctype="multipart/form-data">
                    <FileField name="file" label=text("file") hint=text("file_hint") accept=".csv,text/csv,text/plain"
                        error=errors.of("file") />
                    <TextArea name="text" label=text("text") hint=text("text_hint") value=typed rows=8 />
                    {pin}
                    <Button>{text("check")}</Button>
                </form>
                <section>
                    <h2>{text("how")}</h2>
                    <p>{t!("import.how_columns", locale = language.tag(), most = MOST_LINES)}</p>
                    <pre class="import-example">{text("example")}</pre>
                    <p>{text("how_result")}</p>
                </section>
            </div>
            <LinkButton href="/operators" kind=ButtonKind::Quiet>{text("back")}</LinkButton>
        }
    };
    page.render(context, view).await
}

/// What a file would do.
pub struct Shown {
    /// Its id.
    pub id: String,
    /// What it would do.
    pub plan: Plan,
    /// Whether it was tried, and came to nothing.
    pub has_failed: bool,
}

/// Says what a file would do, and offers to do it.
pub async fn plan(context: PageContext, shown: Shown) -> Response {
    let language = context.language;
    page(language).render(context, move || view! { <PlanView shown language /> }).await
}

#[component]
fn PlanView(
    /// What is shown.
    shown: Shown,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let Shown { id, plan, has_failed } = shown;
    let text = move |key: &str| language.text(&format!("import.{key}"));
    let [created, unchanged, refused] = [Kind::Created, Kind::Unchanged, Kind::Refused].map(|kind| plan.count(kind));
    let (verdict, kind) = match (created, refused) {
        (_, 1..) => ("has_refused", NoticeKind::Warning),
        (0, 0) => ("nothing_to_do", NoticeKind::Info),
        _ => ("can_apply", NoticeKind::Info),
    };
    let facts = [("created", created), ("unchanged", unchanged), ("refused", refused)];
    let facts = facts.map(|(key, count)| (text(key), count.to_string())).to_vec();
    let can_apply = plan.to_make().is_some();
    let (all, lines) = (plan.0.len(), shown_lines(plan));
    let left_off = all.saturating_sub(lines.len());
    let columns = [Column::number(text("line")), Column::text(text("username")), Column::text(text("outcome"))];
    let columns = columns.into_iter().chain([Column::text(text("reason"))]).collect();
    let rows = lines.into_iter().map(|line| row(line, language)).collect();
    let address = format!("{PATH}/{id}");
    view! {
        <Heading>{text("title")}</Heading>
        {has_failed.then(|| view! { <Notice kind=NoticeKind::Danger><p>{text("failed")}</p></Notice> })}
        <Notice kind><p>{text(verdict)}</p></Notice>
        <Facts facts />
        <div class="import-acts">
            {can_apply.then(|| {
                let apply = t!("import.apply", locale = language.tag(), count = created);
                view! { <PostButton action=format!("{address}/apply")>{apply}</PostButton> }
            })}
            <LinkButton href=format!("{address}/result")>{text("result")}</LinkButton>
            <LinkButton href=PATH>{text("other")}</LinkButton>
        </div>
        <DataTable caption=text("lines") columns rows empty="" />
        {(left_off > 0).then(|| view! { <p>{t!("import.left_off", locale = language.tag(), count = left_off)}</p> })}
    }
}

/// The lines that the page shows: refused ones first, then in the order of the file.
fn shown_lines(plan: Plan) -> Vec<Planned> {
    let mut lines = plan.0;
    lines.sort_by_key(|line| line.outcome.kind() != Kind::Refused);
    lines.truncate(MOST_SHOWN);
    lines
}

fn row(line: Planned, language: Language) -> Row {
    let outcome = language.text(&format!("import.{}", line.outcome.kind().word()));
    let reasons = reasons(&line.outcome, language);
    let username = view! { <span class="register-value">{line.username}</span> }.into_any();
    Row { href: None, cells: vec![line.number.into_any(), username, outcome.into_any(), reasons.into_any()] }
}

/// Why a line is refused, and what to do about it; nothing for others.
pub fn reasons(outcome: &Outcome, language: Language) -> String {
    let Outcome::Refused(refusals) = outcome else { return String::new() };
    refusals.iter().map(|refusal| reason(*refusal, language)).collect::<Vec<_>>().join(" ")
}

fn reason(refusal: Refusal, language: Language) -> String {
    let key = match refusal {
        Refusal::Mistake(Mistake::Twice(line)) => {
            return t!("import.twice", locale = language.tag(), line = line).into_owned();
        }
        Refusal::Differs(field) => {
            let field = language.text(&format!("import.field_{}", field.word()));
            return t!("import.differs", locale = language.tag(), field = field).into_owned();
        }
        Refusal::Mistake(Mistake::Username) => "operators.username_form",
        Refusal::Mistake(Mistake::Name) => "import.name",
        Refusal::Mistake(Mistake::FiscalCode) => "import.fiscal_code",
        Refusal::Mistake(Mistake::Role) => "import.role",
        Refusal::Mistake(Mistake::Queues) => "import.queues",
    };
    language.text(key)
}

/// How far an import has come; the browser asks again by itself.
pub async fn running(context: PageContext, import: &Import) -> Response {
    let (language, done, lines) = (context.language, import.done, import.lines);
    let view = move || {
        view! {
            <Heading>{language.text("import.title")}</Heading>
            <p role="status">{t!("import.running", locale = language.tag(), done = done, lines = lines)}</p>
            <progress class="import-progress" max=lines value=done aria-label=language.text("import.progress")></progress>
            <p>{language.text("import.running_how")}</p>
        }
    };
    page(language).without_islands().render(context, view).await
}

/// The accounts are there; their links are to be given.
pub async fn done(context: PageContext, import: Import) -> Response {
    let language = context.language;
    let text = move |key: &str| language.text(&format!("import.{key}"));
    let address = format!("{PATH}/{}", import.id);
    let view = move || {
        view! {
            <Heading>{text("title")}</Heading>
            <Notice kind=NoticeKind::Success>
                <p>{t!("import.done", locale = language.tag(), count = import.lines)}</p>
            </Notice>
            <p>{text("links_how")}</p>
            <div class="import-acts">
                <PostButton action=format!("{address}/links")>{text("links")}</PostButton>
                <PostButton action=format!("{address}/forget") kind=ButtonKind::Secondary>{text("saved")}</PostButton>
            </div>
        }
    };
    page(language).render(context, view).await
}
