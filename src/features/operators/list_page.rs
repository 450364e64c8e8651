//! The list of accounts, as a table.

use axum::response::Response;
use jiff::Timestamp;
use leptos::prelude::*;

use super::list::{Asked, PATH};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::{Button, ButtonKind, LinkButton, PostButton},
        field::Field,
        heading::Heading,
        icon::{Icon, Picture},
        instant::{date_and_time, machine_time},
        select::Select,
        table::{Column, DataTable, Row},
    },
    domain::operator::{Queue, Role, Status},
    server::{
        language::Language,
        page::{FORM, Page, PageContext},
    },
    storage::operators::list::{ListedOperator, OperatorsPage},
};

/// What is shown.
#[derive(Clone)]
pub struct Shown {
    /// What was asked for.
    pub asked: Asked,
    /// The accounts.
    pub found: OperatorsPage,
    /// Whether others come before these.
    pub is_later: bool,
    /// What is wrong with what was asked for.
    pub errors: FormErrors,
}

/// Renders the page: 422 where what was asked for is wrong.
pub async fn render(context: PageContext, shown: Shown) -> Response {
    let language = context.language;
    let page = Page::titled(language.text("operators.title")).with_form(true);
    let page = if shown.errors.is_empty() { page } else { page.refused(language) };
    page.render(context, move || view! { <ListPage shown language /> }).await
}

#[component]
fn ListPage(
    /// What is shown.
    shown: Shown,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let Shown { asked, found, is_later, errors } = shown;
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    let columns = ["name", "username", "role", "queues", "status", "last_sign_in"];
    let columns = columns.map(|key| Column::text(text(key))).to_vec();
    let is_filtered = asked.is_search() || !asked.filters().is_empty();
    let empty = text(if is_filtered { "none_found" } else { "none" });
    let rows = found.operators.into_iter().map(|operator| row(operator, language)).collect();
    let pages = view! { <Pages asked=asked.clone() is_later next=found.next language /> };
    let export = view! { <Export asked=asked.clone() language /> };
    let table =
        errors.is_empty().then(|| view! { <DataTable caption=text("title") columns rows empty /> {pages} {export} });
    view! {
        <ErrorSummary errors=errors.clone() language />
        <div class="operators-head">
            <Heading>{text("title")}</Heading>
            <div class="operators-ways">
                <LinkButton href="/operators/import">{language.text("import.open")}</LinkButton>
                <LinkButton href="/operators/new" kind=ButtonKind::Primary>{text("new")}</LinkButton>
            </div>
        </div>
        <Filters asked errors language />
        {table}
    }
}

/// What may be asked for.
#[component]
fn Filters(
    /// What is asked for.
    asked: Asked,
    /// What is wrong with it.
    errors: FormErrors,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    view! {
        <form id=FORM class="filters operators-filters" method="post" action=PATH role="search">
            <Field name="q" label=text("search") hint=text("search_hint") value=asked.q maxlength=100 />
            <Select name="role" label=text("role") choices=choices("role", Role::ALL.iter().map(|role| role.word()), language)
                value=asked.role error=errors.of("role") />
            <Select name="queue" label=text("queue")
                choices=choices("queue", Queue::ALL.iter().map(|queue| queue.word()), language)
                value=asked.queue error=errors.of("queue") />
            <Select name="status" label=text("status")
                choices=choices("status", Status::ALL.iter().map(|status| status.word()), language)
                value=asked.status error=errors.of("status") />
            <Button kind=ButtonKind::Secondary>{text("find")}</Button>
        </form>
    }
}

fn choices(kind: &'static str, words: impl Iterator<Item = &'static str>, language: Language) -> Vec<(String, String)> {
    let any = (String::new(), language.text(&format!("operators.any_{kind}")));
    let named = words.map(|word| (word.to_owned(), language.text(&format!("operators.{kind}_{word}"))));
    std::iter::once(any).chain(named).collect()
}

fn row(operator: ListedOperator, language: Language) -> Row {
    let text = |key: &str| language.text(&format!("operators.{key}"));
    let never = || text("never").into_any();
    let cells = vec![
        operator.name.into_any(),
        view! { <span class="operators-value">{operator.username}</span> }.into_any(),
        text(&format!("role_{}", operator.role.word())).into_any(),
        queue_names(&operator.queues, language).into_any(),
        view! { <StatusWord status=operator.status language /> }.into_any(),
        operator.last_sign_in.map_or_else(never, instant),
    ];
    Row { href: Some(format!("{PATH}/{}", operator.id)), cells }
}

/// The names of queues.
pub fn queue_names(queues: &[Queue], language: Language) -> String {
    let names: Vec<_> =
        queues.iter().map(|queue| language.text(&format!("operators.queue_{}", queue.word()))).collect();
    if names.is_empty() { language.text("operators.no_queue") } else { names.join(", ") }
}

/// An instant, milliseconds since 1970, as people read it.
pub fn instant(at: i64) -> AnyView {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    view! { <time datetime=machine_time(at)>{date_and_time(at)}</time> }.into_any()
}

/// Where an account stands: a picture and a word.
#[component]
pub fn StatusWord(
    /// Where.
    status: Status,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let (icon, class) = match status {
        Status::Invited => (Icon::Pending, "status status-invited"),
        Status::Enabled => (Icon::Check, "status status-enabled"),
        Status::Disabled => (Icon::Cross, "status status-disabled"),
    };
    view! {
        <span class=class>
            <Picture icon />
            <span>{language.text(&format!("operators.status_{}", status.word()))}</span>
        </span>
    }
}

/// The list as a file.
#[component]
fn Export(
    /// What is asked for.
    asked: Asked,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("import.{key}"));
    // A form each: one that was sent is held for a moment, and the page stays where a file is the answer.
    let form = |format: &'static str| {
        let hidden =
            asked.filters().into_iter().chain([("q", asked.q.clone()), ("format", format.to_owned())]).collect();
        view! {
            <PostButton action="/operators/export" kind=ButtonKind::Secondary hidden is_file=true>
                {text(&format!("export_{format}"))}
            </PostButton>
        }
    };
    view! {
        <div class="register-export">
            {["csv", "xlsx"].map(form).collect_view()} <p class="field-hint">{text("export_hint")}</p>
        </div>
    }
}

/// The way to the pages before and after. A page of a search is posted for, like the search itself.
#[component]
fn Pages(
    /// What was asked for.
    asked: Asked,
    /// Whether others come before these.
    is_later: bool,
    /// The id after which the next page begins.
    next: Option<String>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let label = language.text("components.pages");
    let page = move |key: &str, after: Option<String>| {
        let text = language.text(&format!("operators.{key}"));
        if !asked.is_search() {
            return view! { <LinkButton href=asked.address(after.as_deref())>{text}</LinkButton> }.into_any();
        }
        let place = after.map(|after| ("after", after));
        let hidden = asked.filters().into_iter().chain([("q", asked.q.clone())]).chain(place).collect();
        view! { <PostButton action=PATH kind=ButtonKind::Secondary hidden>{text}</PostButton> }.into_any()
    };
    (is_later || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {is_later.then(|| page("first_page", None))} {next.map(|next| page("next_page", Some(next)))}
            </nav>
        }
    })
}
