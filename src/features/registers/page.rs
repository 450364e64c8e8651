//! The page of a register.

use axum::response::Response;
use jiff::Timestamp;
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    entry_view::{columns, has_targets, row},
    export::Format,
    filters::{Asked, Typed, path_of},
};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors},
        buttons::{Button, ButtonKind, PostButton},
        field::{DateField, Field},
        heading::Heading,
        instant::date_and_time,
        select::Select,
        table::{DataTable, Pager},
    },
    server::{
        language::Language,
        page::{FORM, Page, PageContext},
    },
    storage::registers::{Action, Outcome, Register, case_span::CaseOf, find::RegisterPage},
};

/// What is shown.
#[derive(Clone)]
pub struct Shown {
    /// Of which register.
    pub register: Register,
    /// What stands in the form.
    pub typed: Typed,
    /// What is asked for.
    pub asked: Asked,
    /// The entries.
    pub found: RegisterPage,
    /// What is wrong with what was typed.
    pub errors: FormErrors,
}

impl Shown {
    /// Nothing, because of these errors.
    #[must_use]
    pub fn refused(errors: FormErrors) -> Self {
        let found = RegisterPage { entries: Vec::new(), next: None };
        Self { register: Register::Access, typed: Typed::default(), asked: Asked::default(), found, errors }
    }
}

/// Renders the page: 422 where what was typed is wrong.
pub async fn render(context: PageContext, shown: Shown) -> Response {
    let language = context.language;
    let page = Page::titled(language.text(&format!("registers.title_{}", shown.register.word())));
    let page = if shown.errors.is_empty() { page } else { page.refused(language) };
    page.with_form(true).render(context, move || view! { <RegisterView shown language /> }).await
}

#[component]
fn RegisterView(
    /// What is shown.
    shown: Shown,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let Shown { register, typed, asked, found, errors } = shown;
    let text = move |key: &str| language.text(&format!("registers.{key}"));
    let title = text(&format!("title_{}", register.word()));
    let is_filtered = !asked.pairs.is_empty();
    let first = (asked.before.is_some()).then(|| asked.address(register, None));
    let next = found.next.map(|before| asked.address(register, Some(before)));
    let empty = text(if is_filtered { "none_found" } else { "none" });
    let is_refused = !errors.is_empty();
    let rows = found.entries.into_iter().map(|entry| row(entry, register, language)).collect();
    let case = asked.case.clone().map(|case| view! { <p class="register-case">{told(case, language)}</p> });
    let table = (!is_refused).then(|| {
        view! {
            {case}
            <DataTable caption=title.clone() columns=columns(register, language) rows empty />
            <Pager first next language />
            <Export register asked language />
        }
    });
    view! {
        <ErrorSummary errors=errors.clone() language />
        <Heading>{title.clone()}</Heading>
        <Registers register language />
        <Filters register typed errors language />
        {table}
    }
}

/// Whose entries of a case are shown, and of when.
fn told(case: CaseOf, language: Language) -> String {
    let time = |at| date_and_time(Timestamp::from_millisecond(at).unwrap_or_default());
    let (locale, CaseOf { id, username, opened_at, closed_at }) = (language.tag(), case);
    let opened = time(opened_at);
    let text = if let Some(at) = closed_at {
        t!("registers.case_closed", locale = locale, id = id, who = username, opened = opened, closed = time(at))
    } else {
        t!("registers.case_open", locale = locale, id = id, who = username, opened = opened)
    };
    text.into_owned()
}

/// The way from one register to the other.
#[component]
fn Registers(
    /// The one that is shown.
    register: Register,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let link = |other: &Register| {
        let current = (*other == register).then_some("page");
        let title = language.text(&format!("registers.title_{}", other.word()));
        view! {
            <li>
                <a href=path_of(*other) aria-current=current>{title}</a>
            </li>
        }
    };
    view! {
        <nav class="register-tabs" aria-label=language.text("registers.registers")>
            <ul>{Register::ALL.iter().map(link).collect_view()}</ul>
        </nav>
    }
}

/// What may be asked for.
#[component]
fn Filters(
    /// Of which register.
    register: Register,
    /// What stands in the form.
    typed: Typed,
    /// What is wrong with it.
    errors: FormErrors,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("registers.{key}"));
    let choices = |kind: &'static str, words: Vec<&'static str>| {
        let any = (String::new(), text(&format!("any_{kind}")));
        let named = words.into_iter().map(|word| (word.to_owned(), text(&format!("{kind}_{word}"))));
        std::iter::once(any).chain(named).collect::<Vec<_>>()
    };
    let actions = Action::ALL.iter().filter(|action| action.register() == register).map(|action| action.word());
    let actions = choices("action", actions.collect());
    let outcomes = choices("outcome", Outcome::ALL.iter().map(|outcome| outcome.word()).collect());
    let target = has_targets(register).then(|| {
        view! {
            <Field name="target" label=text("target") value=typed.target maxlength=100 error=errors.of("target") />
        }
    });
    view! {
        <form id=FORM class="filters register-filters" method="post" action=path_of(register) role="search">
            <Field name="actor" label=text("actor") value=typed.actor maxlength=100 error=errors.of("actor") />
            <Select name="action" label=text("action") choices=actions value=typed.action error=errors.of("action") />
            {target}
            <Select name="outcome" label=text("outcome") choices=outcomes value=typed.outcome
                error=errors.of("outcome") />
            <Field name="ip" label=text("ip") value=typed.ip maxlength=45 error=errors.of("ip") />
            <Field name="case" label=text("case") value=typed.case maxlength=100 error=errors.of("case") />
            <DateField name="from" label=text("from") value=italian(&typed.from) error=errors.of("from") />
            <DateField name="to" label=text("to") value=italian(&typed.to) error=errors.of("to") />
            <Button>{text("find")}</Button>
        </form>
    }
}

/// A day as people write it: addresses have it the other way round.
fn italian(typed: &str) -> String {
    crate::domain::dates::parse(typed).map_or_else(|_| typed.to_owned(), |day| day.strftime("%d/%m/%Y").to_string())
}

/// The part that is shown as a file.
#[component]
fn Export(
    /// Of which register.
    register: Register,
    /// What is asked for.
    asked: Asked,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("registers.{key}"));
    // A form each: what is sent along differs.
    let form = |(format, key): (Format, &'static str)| {
        let hidden = asked.pairs.iter().cloned().chain([("format", format.word().to_owned())]).collect();
        let action = format!("{}/export", path_of(register));
        view! { <PostButton action kind=ButtonKind::Secondary hidden is_file=true>{text(key)}</PostButton> }
    };
    view! {
        <div class="register-export">
            {[(Format::Csv, "export_csv"), (Format::JsonLines, "export_proof")].map(form).collect_view()}
            <p class="field-hint">{text("export_hint")}</p>
        </div>
    }
}
