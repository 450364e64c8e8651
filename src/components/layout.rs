//! What surrounds every page.

use jiff::Timestamp;
use leptos::prelude::*;
use rust_i18n::t;

use super::{
    buttons::{ButtonKind, PostButton},
    icon::{Icon, Picture},
    kept::Kept,
};
use crate::{
    islands::{
        clocks::TimeOfDay,
        session_guard::{GuardTexts, GuardTimes, SessionGuard},
    },
    server::{
        clock::rome,
        config::Environment,
        language::Language,
        page::{FORM, PageContext, Visitor},
        places::{Place, places_of},
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
    let is_sandbox = context.state.config.environment == Environment::Sandbox;
    let language = context.language;
    let contact = context.state.sistema_ts.contact();
    let now = context.state.clock.now();
    // Before the second factor, and while the session is locked, there is nowhere to go.
    let visitor = context.visitor;
    view! {
        <SkipLink language />
        <header class="site-header">
            {is_sandbox.then(|| view! { <SandboxStrip language /> })}
            <div class="site-bar">
                <a class="site-name" href="/">"Centralino"</a>
                {visitor.as_ref().map(|visitor| {
                    view! { <Navigation language path=context.path visitor=visitor.clone() /> }
                })}
                {visitor.map(|visitor| view! { <Account language visitor contact now /> })}
            </div>
        </header>
    }
}

/// Past the header, for who goes by keyboard.
#[component]
fn SkipLink(
    /// In which language.
    language: Language,
) -> impl IntoView {
    static KEPT: Kept<Language> = Kept::new();
    KEPT.piece(language, || {
        view! { <a class="skip-link" href="#main">{t!("common.skip", locale = language.tag())}</a> }
    })
}

/// Says that nothing here is real.
#[component]
fn SandboxStrip(
    /// In which language.
    language: Language,
) -> impl IntoView {
    static KEPT: Kept<Language> = Kept::new();
    KEPT.piece(language, || {
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
    })
}

/// The links to the pages.
#[component]
fn Navigation(
    /// In which language.
    language: Language,
    /// The path of the page that is shown.
    path: String,
    /// Who is signed in.
    visitor: Visitor,
) -> impl IntoView {
    static LINKS: Kept<(Language, &str, bool)> = Kept::new();
    let link = |place: Place| {
        let is_here = path == place.href;
        LINKS.piece((language, place.href, is_here), || {
            view! {
                <li>
                    <a href=place.href aria-current=is_here.then_some("page")>{language.text(place.name)}</a>
                </li>
            }
        })
    };
    let links = places_of(visitor.role, &visitor.queues).map(link).collect_view();
    view! {
        <nav class="site-navigation" aria-label=language.text("layout.navigation")>
            <ul>{links}</ul>
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
    static KEPT: Kept<(Language, Contact)> = Kept::new();
    KEPT.piece((language, contact), || {
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
    })
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
    /// When the page is made.
    now: Timestamp,
) -> impl IntoView {
    let since_midnight = now.to_zoned(rome()).time().duration_since(jiff::civil::Time::midnight());
    let since_midnight = i64::try_from(since_midnight.as_millis()).unwrap_or_default();
    let label = t!("layout.now", locale = language.tag()).into_owned();
    view! {
        <div class="site-account">
            <UpstreamStatus language contact />
            <a class="site-user" href="/profile">{visitor.name}</a>
            <TimeOfDay now=since_midnight label />
            <SignOut language />
        </div>
    }
}

/// The way out.
#[component]
fn SignOut(
    /// In which language.
    language: Language,
) -> impl IntoView {
    static KEPT: Kept<Language> = Kept::new();
    KEPT.piece(language, || {
        view! {
            <PostButton action="/logout" kind=ButtonKind::Quiet>
                {t!("layout.sign_out", locale = language.tag())}
            </PostButton>
        }
    })
}

/// The warning before the session locks, and the lock; for pages with islands.
#[component]
pub fn SessionWarning(
    /// For which request.
    context: PageContext,
) -> impl IntoView {
    let language = context.language;
    context.visitor.map(|visitor| {
        let times = GuardTimes {
            left: visitor.locks_at - context.state.clock.now_ms(),
            is_final: visitor.is_final,
            warning: i64::from(context.state.config.session.warning) * 1000,
        };
        let texts = guard_texts(&visitor.name, language);
        view! { <SessionGuard operator=visitor.id.0 times texts /> }
    })
}

fn guard_texts(name: &str, language: Language) -> GuardTexts {
    let text = |key| language.text(key);
    GuardTexts {
        warning: text("layout.locks_soon"),
        last_warning: text("layout.ends_soon"),
        extend: text("layout.extend"),
        extended: text("layout.extended"),
        locked_title: text("login.pin_title"),
        locked: text("session.covered"),
        who: t!("login.pin_for", locale = language.tag(), name = name).into_owned(),
        pin: text("login.pin"),
        pin_hint: text("login.pin_hint"),
        verify: text("login.pin_submit"),
        someone_else: text("login.someone_else"),
        over_title: text("session.title"),
        kept: text("session.kept"),
        sign_in: text("session.sign_in"),
        unreachable: text("session.unreachable"),
        lifted: text("session.lifted"),
    }
}

/// Version and languages.
#[component]
pub fn Footer(
    /// For which request.
    context: PageContext,
    /// Whether the page has a form of the id [`FORM`]: then the switch is a button of it, and what was typed comes along.
    has_form: bool,
) -> impl IntoView {
    let others = Language::ALL.into_iter().filter(|language| *language != context.language);
    let back = SameSitePath::of_ours(&context.path);
    let switch = |language: Language| {
        let (form, address) = if has_form {
            (Some(FORM), format!("/language?back={}", back.as_str()))
        } else {
            (None, "/language".to_owned())
        };
        view! {
            <form method="post" action="/language">
                <input type="hidden" name="back" value=back.as_str().to_owned() />
                <button type="submit" class="button button-quiet" name="language" value=language.tag() lang=language.tag()
                    form=form formaction=address formmethod="post" formnovalidate>
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
