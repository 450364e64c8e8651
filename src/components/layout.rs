//! What surrounds every page.

use leptos::prelude::*;
use rust_i18n::t;

use super::{
    buttons::{ButtonKind, PostButton},
    icon::{Icon, Picture},
};
use crate::{
    islands::session_guard::{GuardTexts, GuardTimes, SessionGuard},
    server::{
        config::Environment,
        language::Language,
        page::{PageContext, Visitor},
        same_site::SameSitePath,
    },
    sistema_ts::client::Contact,
};

/// The skip link, the strip of the sandbox, the product's name, the navigation and who is signed in.
#[component]
pub fn Header(
    /// For which request.
    context: PageContext,
) -> impl IntoView {
    let locale = context.language.tag();
    let is_sandbox = context.state.config.environment == Environment::Sandbox;
    let language = context.language;
    let contact = context.state.sistema_ts.contact();
    // Before the second factor, and while the session is locked, there is nowhere to go.
    let visitor = context.visitor.filter(|visitor| visitor.locks_at.is_some());
    view! {
        <a class="skip-link" href="#main">{t!("common.skip", locale = locale)}</a>
        <header class="site-header">
            {is_sandbox.then(|| view! { <SandboxStrip language /> })}
            <div class="site-bar">
                <a class="site-name" href="/">"Centralino"</a>
                {visitor.is_some().then(|| view! { <Navigation language path=context.path /> })}
                {visitor.map(|visitor| view! { <Account language visitor contact /> })}
            </div>
        </header>
    }
}

/// Says that nothing here is real.
#[component]
fn SandboxStrip(
    /// In which language.
    language: Language,
) -> impl IntoView {
    view! {
        <p class="sandbox-strip">
            <Picture icon=Icon::Info />
            <span>
                <strong>{t!("layout.sandbox_title", locale = language.tag())}</strong>
                " "
                {t!("layout.sandbox_text", locale = language.tag())}
            </span>
        </p>
    }
}

/// The links to the pages.
#[component]
fn Navigation(
    /// In which language.
    language: Language,
    /// The path of the page that is shown.
    path: String,
) -> impl IntoView {
    let locale = language.tag();
    let link = |(href, text): (&'static str, _)| {
        let current = (path == href).then_some("page");
        view! {
            <li>
                <a href=href aria-current=current>{text}</a>
            </li>
        }
    };
    let links = [
        ("/", t!("layout.desk", locale = locale)),
        ("/cases", t!("layout.cases", locale = locale)),
        ("/confirm", t!("layout.deferred", locale = locale)),
    ];
    view! {
        <nav class="site-navigation" aria-label=t!("layout.navigation", locale = locale)>
            <ul>{links.into_iter().map(link).collect_view()}</ul>
        </nav>
    }
}

/// Whether Sistema TS answered when it was last called, by anyone.
#[component]
fn UpstreamStatus(
    /// In which language.
    language: Language,
    /// Whether it did.
    contact: Contact,
) -> impl IntoView {
    let (icon, key) = match contact {
        Contact::Unknown => (Icon::Pending, "layout.upstream_unknown"),
        Contact::Answering => (Icon::Check, "layout.upstream_answering"),
        Contact::Silent => (Icon::Warning, "layout.upstream_silent"),
    };
    view! {
        <span class="site-upstream" class:is-silent=contact == Contact::Silent>
            <Picture icon />
            <span>{t!(key, locale = language.tag())}</span>
        </span>
    }
}

/// Who is signed in, and the way out.
#[component]
fn Account(
    /// In which language.
    language: Language,
    /// Who.
    visitor: Visitor,
    /// Whether Sistema TS answered.
    contact: Contact,
) -> impl IntoView {
    view! {
        <div class="site-account">
            <UpstreamStatus language contact />
            <span class="site-user">{visitor.name}</span>
            <PostButton action="/logout" kind=ButtonKind::Quiet>
                {t!("layout.sign_out", locale = language.tag())}
            </PostButton>
        </div>
    }
}

/// The warning before the session locks; for pages with islands.
#[component]
pub fn SessionWarning(
    /// For which request.
    context: PageContext,
) -> impl IntoView {
    let locks_at = context.visitor.and_then(|visitor| visitor.locks_at);
    let locale = context.language.tag();
    locks_at.map(|locks_at| {
        let session = &context.state.config.session;
        let times = GuardTimes {
            left: locks_at - context.state.clock.now_ms(),
            idle: i64::from(session.idle) * 1000,
            warning: i64::from(session.warning) * 1000,
        };
        let texts = GuardTexts {
            warning: t!("layout.locks_soon", locale = locale).into_owned(),
            extend: t!("layout.extend", locale = locale).into_owned(),
        };
        view! { <SessionGuard times texts /> }
    })
}

/// Version and languages.
#[component]
pub fn Footer(
    /// For which request.
    context: PageContext,
) -> impl IntoView {
    let others = Language::ALL.into_iter().filter(|language| *language != context.language);
    let back = SameSitePath::of_ours(&context.path);
    let switch = |language: Language| {
        view! {
            <form method="post" action="/language">
                <input type="hidden" name="back" value=back.as_str().to_owned() />
                <button class="button button-quiet" name="language" value=language.tag() lang=language.tag()>
                    {language.name()}
                </button>
            </form>
        }
    };
    view! {
        <footer class="site-footer">
            <span>"Centralino " {env!("CARGO_PKG_VERSION")}</span>
            {others.map(switch).collect_view()}
        </footer>
    }
}
