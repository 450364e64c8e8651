//! The page of an account, and the one of an account that is to be made.

use axum::response::Response;
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    fields::{KEY, Typed},
    form::AccountFields,
    list::PATH,
    list_page::{StatusWord, instant, queue_names},
    note::Note,
};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::{Button, ButtonKind, LinkButton, PostButton},
        heading::Heading,
    },
    domain::operator::Status,
    features::accounts::form_key::FormKey,
    islands::copy_button::CopyButton,
    server::{
        language::Language,
        page::{FORM, Page, PageContext},
    },
    storage::operators::{account::Administered, find::Circumstances},
};

/// The id of the part that tells of the account: what is refused leads there.
pub const ACCOUNT: &str = "account";
/// The id of the activation link.
const LINK: &str = "activation-link";

/// Shows the form of a new account.
pub async fn new(context: PageContext, typed: Typed, errors: FormErrors) -> Response {
    let language = context.language;
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    let page = Page::titled(text("new")).with_form(true);
    let page = if errors.is_empty() { page } else { page.refused(language) };
    let view = move || {
        view! {
            <ErrorSummary errors=errors.clone() language />
            <Heading>{text("new")}</Heading>
            <p>{text("new_how")}</p>
            <form id=FORM class="operators-form" method="post" action="/operators/new">
                <input type="hidden" name=KEY value=typed.key.clone() />
                <AccountFields typed is_new=true errors language />
                <Button>{text("create")}</Button>
            </form>
            <LinkButton href=PATH kind=ButtonKind::Quiet>{text("back")}</LinkButton>
        }
    };
    page.render(context, view).await
}

/// What is shown of an account.
#[derive(Clone)]
pub struct Shown {
    /// The account.
    pub account: Administered,
    /// What else is known of it.
    pub circumstances: Circumstances,
    /// Until when wrong attempts lock it, milliseconds since 1970.
    pub locked_until: Option<i64>,
    /// Whether it is the visitor's own.
    pub is_own: bool,
    /// The one-time key of its buttons.
    pub key: FormKey,
    /// What stands in its form.
    pub typed: Typed,
    /// What is told once.
    pub note: Option<Note>,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Shows an account: 422 where something was refused.
pub async fn account(context: PageContext, shown: Shown) -> Response {
    let language = context.language;
    let page = Page::titled(shown.account.name.clone()).with_form(true);
    let page = if shown.errors.is_empty() { page } else { page.refused(language) };
    let origin = context.state.config.server.origin();
    page.render(context, move || view! { <AccountPage shown origin language /> }).await
}

#[component]
fn AccountPage(
    /// What is shown.
    shown: Shown,
    /// Where links lead to.
    origin: String,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    let Shown { account, circumstances, locked_until, is_own, key, mut typed, note, errors } = shown;
    let path = format!("{PATH}/{}", account.id.0);
    // What is saved next is a change of what is shown here.
    typed.version = account.version.to_string();
    let version = typed.version.clone();
    let (heading, name) = (account.name.clone(), account.name.clone());
    view! {
        <ErrorSummary errors=errors.clone() language />
        <Heading>{heading}</Heading>
        {note.map(|note| view! { <Told note name origin language /> })}
        <section id=ACCOUNT tabindex="-1" aria-label=text("account")>
            <Facts account=account.clone() circumstances locked_until language />
            <Acts account is_own is_locked=locked_until.is_some() key path=path.clone() language />
        </section>
        <h2>{text("edit_title")}</h2>
        <p>{text("edit_how")}</p>
        <form id=FORM class="operators-form" method="post" action=path>
            <input type="hidden" name="version" value=version />
            <AccountFields typed is_new=false errors language />
            <Button>{text("save")}</Button>
        </form>
        <LinkButton href=PATH kind=ButtonKind::Quiet>{text("back")}</LinkButton>
    }
}

/// What has just been done, and the link that came of it.
#[component]
fn Told(
    /// What is told.
    note: Note,
    /// The account's name.
    name: String,
    /// Where links lead to.
    origin: String,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    let named = |key: String| t!(key, locale = language.tag(), name = name).into_owned();
    let (said, how) = (named(format!("operators.done_{}", note.done.word())), named("operators.link_how".to_owned()));
    let kind = if note.done.is_news() { NoticeKind::Success } else { NoticeKind::Info };
    let link = note.link.map(|path| {
        view! {
            <p>{how}</p>
            <p class="operators-link">
                <code id=LINK>{format!("{origin}{}", *path)}</code>
                <CopyButton target=LINK.to_owned() label=text("link_copy") done=text("link_copied") />
            </p>
        }
    });
    view! {
        <Notice kind>
            <p>{said}</p>
            {link}
        </Notice>
    }
}

/// What is known of an account.
#[component]
fn Facts(
    /// The account.
    account: Administered,
    /// What else is known of it.
    circumstances: Circumstances,
    /// Until when wrong attempts lock it.
    locked_until: Option<i64>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    let never = || text("never").into_any();
    let status = view! { <StatusWord status=account.status language /> }.into_any();
    let changed = account.changed.map(|(by, at)| view! { {instant(at)} ", " {by} }.into_any());
    let link = circumstances.link_until.filter(|_| account.status == Status::Invited);
    let facts = [
        ("status", Some(status)),
        ("locked_until", locked_until.map(instant)),
        ("username", Some(account.username.into_any())),
        ("fiscal_code", Some(account.fiscal_code.to_wire().to_owned().into_any())),
        ("role", Some(text(&format!("role_{}", account.role.word())).into_any())),
        ("queues", Some(queue_names(&account.queues, language).into_any())),
        ("last_sign_in", Some(circumstances.last_sign_in.map_or_else(never, instant))),
        ("last_seen", circumstances.last_seen.map(instant)),
        ("link_until", link.map(instant)),
        ("created_at", Some(instant(circumstances.created_at))),
        ("changed_at", changed),
    ];
    let fact = |(key, value): (&str, Option<AnyView>)| {
        value.map(|value| {
            view! {
                <div>
                    <dt>{text(key)}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
    };
    view! { <dl class="operators-facts">{facts.into_iter().map(fact).collect_view()}</dl> }
}

/// What can be done to an account where it stands. What takes something away asks first.
#[component]
fn Acts(
    /// The account.
    account: Administered,
    /// Whether it is the visitor's own.
    is_own: bool,
    /// Whether wrong attempts lock it.
    is_locked: bool,
    /// The one-time key of what is done at once.
    key: FormKey,
    /// The path of its page.
    path: String,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    if is_own {
        return view! { <p>{text("own")}</p> }.into_any();
    }
    let ask = |act: &'static str| {
        view! { <LinkButton href=format!("{path}/{act}") kind=ButtonKind::Danger>{text(act)}</LinkButton> }
    };
    let do_it = |act: &'static str| {
        let (action, hidden) = (format!("{path}/{act}"), vec![(KEY, key.as_str().to_owned())]);
        view! { <PostButton action kind=ButtonKind::Secondary hidden>{text(act)}</PostButton> }
    };
    let is_disabled = account.status == Status::Disabled;
    view! {
        <div class="operators-acts">
            {is_locked.then(|| do_it("unlock"))}
            {is_disabled.then(|| do_it("enable"))}
            {(account.status == Status::Enabled).then(|| ask("end-sessions"))}
            {(!is_disabled).then(|| view! { {ask("reset")} {ask("disable")} })}
        </div>
    }
    .into_any()
}
