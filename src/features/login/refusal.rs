//! What somebody sees who sends a form when their session can't be used.

use axum::{http::StatusCode, response::Response};
use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    components::{
        alert::{Notice, NoticeKind},
        heading::Heading,
    },
    domain::operator::Queue,
    features::operators::list_page::queue_names,
    server::{
        page::{Page, PageContext},
        session::WhyOver,
    },
};

/// Why a request can't go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// Nobody is signed in.
    NotSignedIn,
    /// The second factor is to come.
    AwaitsPin,
    /// The session lay idle.
    Locked,
    /// The session is over.
    Over(WhyOver),
}

impl Interrupted {
    /// The page at which one can go on.
    #[must_use]
    pub const fn entrance(self) -> &'static str {
        match self {
            Self::NotSignedIn | Self::Over(_) => "/login",
            Self::AwaitsPin | Self::Locked => "/login/pin",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::NotSignedIn => "session.not_signed_in",
            Self::AwaitsPin => "session.awaits_pin",
            Self::Locked => "session.locked",
            Self::Over(why) => why.text(),
        }
    }
}

impl WhyOver {
    /// The key of the sentence that says why.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::SignedOut => "session.signed_out",
            Self::Superseded => "session.superseded",
            Self::Withdrawn => "session.withdrawn",
            Self::TooOld => "session.too_old",
        }
    }
}

/// Answers 401: nothing was done, here is how to sign in (in another tab) and to send the form again. What was typed
/// stays where it is, in the browser's own memory of the form that it sent.
pub async fn interrupted_page(context: PageContext, why: Interrupted) -> Response {
    let locale = context.language.tag();
    let mut page = Page::titled(t!("session.title", locale = locale)).without_islands();
    page.status = StatusCode::UNAUTHORIZED;
    page.render(context, move || {
        view! {
            <Heading>{t!("session.title", locale = locale)}</Heading>
            <Notice kind=NoticeKind::Warning>
                <p>{t!(why.text(), locale = locale)}</p>
                <p>{t!("session.nothing_done", locale = locale)}</p>
            </Notice>
            <ol>
                <li>
                    <a href=why.entrance() target="_blank" rel="noopener">{t!("session.sign_in", locale = locale)}</a>
                </li>
                <li>{t!("session.send_again", locale = locale)}</li>
            </ol>
        }
    })
    .await
}

/// Answers 403 to who comes to the desk of a queue that is not theirs, and says whom to ask.
pub async fn other_queue_page(context: PageContext, queue: Queue, own: &[Queue]) -> Response {
    let language = context.language;
    let (name, own) = (queue_names(&[queue], language), queue_names(own, language));
    let text = t!("session.other_queue", locale = language.tag(), queue = name, own = own).into_owned();
    let mut page = Page::titled(language.text("session.other_queue_title"));
    page.status = StatusCode::FORBIDDEN;
    page.render(context, move || {
        view! {
            <Heading>{language.text("session.other_queue_title")}</Heading>
            <Notice kind=NoticeKind::Warning>
                <p>{text}</p>
                <p>{language.text("session.other_queue_ask")}</p>
            </Notice>
        }
    })
    .await
}
