//! The second act before a request that can't be undone: what will be done is repeated, and asked about.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    act::{Act, Shown},
    at::At,
    memory::Typed,
};
use crate::{
    components::{
        buttons::{Button, ButtonKind},
        desk::DeskColumns,
        heading::Heading,
        script::Script,
    },
    server::{
        errors::AppError,
        page::{FORM, Page},
    },
};

/// The field of the second act.
pub const SURE: &str = "sure";
/// The button that leads back to the form, with what was typed.
pub const BACK: &str = "back_to_form";

/// The page that asks. What was typed goes along in it, and the second decision where it was taken, under the form's own
/// one-time key: whoever goes back in the browser and sends again repeats nothing.
pub async fn page<A: Act>(
    at: At<A::Queue>,
    act: A,
    key: String,
    typed: Typed,
    is_decided: bool,
) -> Result<Response, AppError> {
    let (shown, language) = (Shown::to(&at), at.context.language);
    let title = language.text(&format!("{}.ask_title", A::TEXTS));
    let page = Page::titled(title.clone()).with_form(true);
    let view = move || {
        let text = move |key: &str| language.text(&format!("{}.{key}", A::TEXTS));
        let hidden = |(name, value): (&str, &str)| {
            view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> }
        };
        view! {
            <Heading>{title}</Heading>
            <DeskColumns>
                <form id=FORM class="desk-form" method="post" action=A::PATH>
                    <input type="hidden" name="key" value=key />
                    <input type="hidden" name=SURE value="1" />
                    {is_decided.then(|| view! { <input type="hidden" name="repeat" value="1" /> })}
                    {typed.fields().map(hidden).collect_view()}
                    <div class="desk-work">
                        <p>{text("ask")}</p>
                        {act.question(&shown)}
                    </div>
                    <div class="desk-action">
                        <Button kind=ButtonKind::Danger>{text("send")}</Button>
                        <Button kind=ButtonKind::Secondary name=BACK value="1">{language.text("desk.back_to_form")}</Button>
                    </div>
                    <Script say=text("ask_say").into_any() language />
                </form>
            </DeskColumns>
        }
    };
    Ok(page.render(at.context, view).await)
}
