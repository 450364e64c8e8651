//! The two pages of signing in.

use axum::response::Response;
use leptos::prelude::*;
use rust_i18n::t;

use super::demo::DemoTables;
use crate::{
    components::{
        alert::{ErrorSummary, FormErrors, Notice, NoticeKind},
        buttons::{Button, ButtonKind, PostButton},
        field::Field,
        heading::Heading,
    },
    features::accounts::demo,
    server::{
        auth::ReturnPath,
        errors::AppError,
        language::Language,
        page::{FORM, Page, PageContext},
    },
};

/// What is shown of the sign-in form beside its fields.
#[derive(Debug, Default)]
pub struct LoginForm {
    /// What was typed as the user name.
    pub username: String,
    /// Where to go on afterwards.
    pub next: ReturnPath,
    /// What is wrong.
    pub errors: FormErrors,
    /// The key of the sentence that says why the last session ended.
    pub notice: Option<&'static str>,
}

/// Shows the sign-in page.
pub async fn login(context: PageContext, form: LoginForm) -> Result<Response, AppError> {
    let language = context.language;
    let locale = language.tag();
    let has_callers = context.state.config.calls_its_sandbox();
    let accounts = demo::accounts(&context.state).await.map_err(AppError::internal)?;
    let page = page(t!("login.title", locale = locale).into_owned(), language, &form.errors).with_form(true);
    let view = move || {
        let errors = form.errors;
        view! {
            <div class="entrance">
                <ErrorSummary errors=errors.clone() language />
                <Heading>{t!("login.title", locale = locale)}</Heading>
                {form.notice.map(|key| {
                    view! { <Notice kind=NoticeKind::Warning><p>{t!(key, locale = locale)}</p></Notice> }
                })}
                <form id=FORM method="post" action="/login" class="form-narrow">
                    <input type="hidden" name="next" value=form.next.as_str().to_owned() />
                    <Field name="username" label=t!("login.username", locale = locale) autocomplete="username"
                        value=form.username maxlength=200 error=errors.of("username") />
                    <Field name="password" label=t!("login.password", locale = locale) kind="password"
                        autocomplete="current-password" error=errors.of("password") />
                    <Button>{t!("login.submit", locale = locale)}</Button>
                </form>
                {(!accounts.is_empty()).then(|| view! { <DemoTables accounts has_callers language /> })}
            </div>
        }
    };
    Ok(page.render(context, view).await)
}

/// What is shown of the PIN's form.
#[derive(Debug, Default)]
pub struct PinForm {
    /// Who is signing in.
    pub name: String,
    /// Whether a session in use was locked, rather than begun.
    pub is_locked: bool,
    /// Where to go on afterwards.
    pub next: ReturnPath,
    /// What is wrong.
    pub errors: FormErrors,
}

/// Shows the page of the second factor.
pub async fn pin(context: PageContext, form: PinForm) -> Response {
    let language = context.language;
    let locale = language.tag();
    let page = page(t!("login.pin_title", locale = locale).into_owned(), language, &form.errors);
    let view = move || {
        let errors = form.errors;
        view! {
            <div class="entrance">
                <ErrorSummary errors=errors.clone() language />
                <Heading>{t!("login.pin_title", locale = locale)}</Heading>
                {form.is_locked.then(|| {
                    view! { <Notice kind=NoticeKind::Warning><p>{t!("session.locked", locale = locale)}</p></Notice> }
                })}
                <p>{t!("login.pin_for", locale = locale, name = form.name)}</p>
                <form method="post" action="/login/pin" class="form-narrow">
                    <input type="hidden" name="next" value=form.next.as_str().to_owned() />
                    <Field name="pin" label=t!("login.pin", locale = locale) hint=t!("login.pin_hint", locale = locale)
                        autocomplete="one-time-code" maxlength=40 is_short=true error=errors.of("pin") />
                    <Button>{t!("login.pin_submit", locale = locale)}</Button>
                </form>
                <PostButton action="/logout" kind=ButtonKind::Quiet>
                    {t!("login.someone_else", locale = locale)}
                </PostButton>
            </div>
        }
    };
    page.render(context, view).await
}

fn page(title: String, language: Language, errors: &FormErrors) -> Page {
    let page = Page::titled(title).without_islands();
    if errors.is_empty() { page } else { page.refused(language) }
}
