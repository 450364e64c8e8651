//! The page of the profile.

use axum::response::Response;
use leptos::prelude::*;
use rust_i18n::t;

use super::{pending::Done, sessions::PastSession};
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::{Button, ButtonKind, LinkButton, PostButton},
        facts::Facts,
        field::Field,
        heading::Heading,
        table::{Column, DataTable, Row},
    },
    features::operators::list_page::{instant, queue_names},
    server::{
        language::Language,
        page::{Page, PageContext},
    },
    storage::sessions::Account,
};

/// From so few on, new recovery codes are advised.
const FEW: i64 = 3;

/// What is shown.
pub struct Shown {
    /// Whose profile.
    pub account: Account,
    /// What was done a moment ago.
    pub done: Option<Done>,
    /// What is wrong with the form.
    pub errors: FormErrors,
    /// How many recovery codes are still good.
    pub codes_left: i64,
    /// Where the account was in use, the newest first: this session.
    pub sessions: Vec<PastSession>,
}

/// Renders the page: 422 where the password was not changed.
pub async fn render(context: PageContext, shown: Shown) -> Response {
    let language = context.language;
    let page = Page::titled(language.text("profile.title"));
    let page = if shown.errors.is_empty() { page } else { page.refused(language) };
    page.render(context, move || view! { <ProfileView shown language /> }).await
}

#[component]
fn ProfileView(
    /// What is shown.
    shown: Shown,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let Shown { account, done, errors, codes_left, sessions } = shown;
    let text = move |key: &str| language.text(&format!("profile.{key}"));
    let done = done.map(|done| text(&format!("done_{}", done.word())));
    view! {
        <ErrorSummary errors=errors.clone() language />
        <Heading>{text("title")}</Heading>
        {done.map(|done| view! { <Notice kind=NoticeKind::Success><p>{done}</p></Notice> })}
        <div class="profile">
            <div>
                <Who account language />
                <Factor codes_left language />
            </div>
            <ChangePassword errors language />
        </div>
        <Sessions sessions language />
    }
}

/// Whose profile it is.
#[component]
fn Who(
    /// Whose.
    account: Account,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("profile.{key}"));
    let role = language.text(&format!("operators.role_{}", account.role.word()));
    let queues = queue_names(&account.queues, language);
    let rows = [("name", account.name), ("username", account.username), ("role", role), ("queues", queues)];
    let facts = rows.map(|(key, value)| (text(key), value)).to_vec();
    view! { <Facts facts /> }
}

/// The form of the password.
#[component]
fn ChangePassword(
    /// What is wrong with it.
    errors: FormErrors,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("passwords.{key}"));
    view! {
        <section class="form-narrow">
            <h2>{language.text("profile.change_password")}</h2>
            <p>{language.text("profile.password_how")}</p>
            <form method="post" action="/profile/password">
                <Field name="current" label=text("current") kind="password" autocomplete="current-password"
                    error=errors.of("current") />
                <Field name="password" label=text("new") kind="password" hint=text("hint") autocomplete="new-password"
                    error=errors.of("password") />
                <Field name="again" label=text("again") kind="password" autocomplete="new-password"
                    error=errors.of("again") />
                <Field name="pin" label=language.text("login.pin") hint=language.text("login.pin_hint")
                    autocomplete="one-time-code" maxlength=40 is_short=true error=errors.of("pin") />
                <Button>{language.text("profile.change_password")}</Button>
            </form>
        </section>
    }
}

/// The second factor, and the ways to another.
#[component]
fn Factor(
    /// How many recovery codes are still good.
    codes_left: i64,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("profile.{key}"));
    view! {
        <section class="profile-factor">
            <h2>{text("second_factor")}</h2>
            <p>
                {t!("profile.codes_left", locale = language.tag(), left = codes_left)}
                {(codes_left <= FEW).then(|| view! { " " <strong>{text("few_codes")}</strong> })}
            </p>
            <div class="profile-ways">
                <LinkButton href="/profile/authenticator">{text("other_phone")}</LinkButton>
                <LinkButton href="/profile/codes">{text("new_codes")}</LinkButton>
            </div>
        </section>
    }
}

/// Where the account was in use.
#[component]
fn Sessions(
    /// The sessions, the newest first: this one.
    sessions: Vec<PastSession>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("profile.{key}"));
    let columns = ["device", "ip", "began", "seen", "end"].map(|key| Column::text(text(key)));
    let rows = sessions.into_iter().map(|session| row(session, language)).collect();
    view! {
        <section>
            <h2>{text("sessions")}</h2>
            <p>{text("sessions_how")}</p>
            <DataTable caption=text("sessions") columns=columns.to_vec() rows empty="" />
            <div class="profile-everywhere">
                <PostButton action="/profile/sign-out" kind=ButtonKind::Danger>{text("sign_out_everywhere")}</PostButton>
                <p class="field-hint">{text("everywhere_how")}</p>
            </div>
        </section>
    }
}

fn row(session: PastSession, language: Language) -> Row {
    let PastSession { browser, platform, ip, began, seen, ended } = session;
    let device = match (browser.is_empty(), platform.is_empty()) {
        (true, true) => language.text("profile.unknown_device"),
        (false, false) => {
            t!("profile.on", locale = language.tag(), browser = browser, platform = platform).into_owned()
        }
        _ => browser + &platform,
    };
    let end = match ended {
        Some((at, ending)) => view! { {instant(at)} <br /> {language.text(ending.text())} }.into_any(),
        None => view! { <strong>{language.text("profile.this_session")}</strong> }.into_any(),
    };
    let cells = vec![device.into_any(), ip.into_any(), instant(began), instant(seen), end];
    Row { href: None, cells }
}
