//! The second act before something is taken away: a page that repeats what will happen.

use axum::response::Response;
use leptos::prelude::*;
use rust_i18n::t;

use super::{fields::KEY, list::PATH};
use crate::{
    components::{
        buttons::{ButtonKind, LinkButton, PostButton},
        heading::Heading,
    },
    features::accounts::form_key::FormKey,
    server::page::{Page, PageContext},
    storage::operators::account::Administered,
};

/// Asks whether this act, by the last segment of its address, is to be done to an account.
pub async fn ask(context: PageContext, account: Administered, act: &'static str, key: FormKey) -> Response {
    let language = context.language;
    let filled = |part: &str| {
        let key = format!("operators.{act}_{part}");
        t!(key, locale = language.tag(), name = account.name, username = account.username).into_owned()
    };
    let (title, what, button) = (filled("title"), filled("what"), language.text(&format!("operators.{act}")));
    let path = format!("{PATH}/{}", account.id.0);
    let (action, hidden) = (format!("{path}/{act}"), vec![(KEY, key.as_str().to_owned())]);
    let view = {
        let title = title.clone();
        move || {
            view! {
                <Heading>{title}</Heading>
                <p class="operators-question">{what}</p>
                <div class="operators-acts">
                    <PostButton action kind=ButtonKind::Danger hidden>{button}</PostButton>
                    <LinkButton href=path kind=ButtonKind::Quiet>{language.text("operators.cancel")}</LinkButton>
                </div>
            }
        }
    };
    Page::titled(title).render(context, view).await
}
