//! What surrounds every page.

use leptos::prelude::*;
use rust_i18n::t;

use super::{
    buttons::{ButtonKind, PostButton},
    holed::{Fill, Holed, hole, number_hole, with_shown},
    icon::{Icon, Picture},
    kept::Kept,
};
use crate::{
    domain::operator::Queue,
    islands::{
        clocks::TimeOfDay,
        session_guard::{GuardTexts, GuardTimes, SessionGuard},
        timer::hours_and_minutes,
    },
    server::{
        clock::rome,
        config::Environment,
        language::Language,
        page::{FORM, PageContext, Visitor},
        places::{Place, places_of, queue_at, set_of},
        same_site::SameSitePath,
    },
    sistema_ts::client::{Client, Contact},
};

/// What decides how a header looks, beside what is written into it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct HeaderForm {
    language: Language,
    is_sandbox: bool,
    /// Whether Sistema TS answered when a service of the page's queue was last called; none where they are not
    /// configured.
    contact: Option<Contact>,
    /// Which pages the navigation leads to. Without a visitor, before the second factor and while the session is locked,
    /// there is nowhere to go.
    places: Option<u32>,
    /// Which of them is shown.
    here: Option<&'static str>,
}

/// The skip link, the strip of the sandbox, the product's name, the navigation and who is signed in.
#[component]
pub fn Header<'a>(
    /// For which request.
    context: &'a PageContext,
) -> impl IntoView + use<> {
    static KEPT: Holed<HeaderForm> = Holed::new();
    let PageContext { language, path, state, visitor } = context;
    let language = *language;
    let links: Vec<Place> = visitor.iter().flat_map(|visitor| places_of(visitor.role, &visitor.queues)).collect();
    let queue = visitor.as_ref().and_then(|visitor| queue_at(path, &visitor.queues));
    let form = HeaderForm {
        language,
        is_sandbox: state.config.environment == Environment::Sandbox,
        contact: state.client_of(queue.unwrap_or(Queue::Immuni)).map(Client::contact),
        places: visitor.as_ref().map(|visitor| set_of(visitor.role, &visitor.queues)),
        here: links.iter().map(|place| place.href).find(|href| href == path),
    };
    let since_midnight = state.clock.now().to_zoned(rome()).time().duration_since(jiff::civil::Time::midnight());
    let since_midnight = i64::try_from(since_midnight.as_millis()).unwrap_or_default();
    let (name, shown) =
        (visitor.as_ref().map_or("", |visitor| visitor.name.as_str()), hours_and_minutes(since_midnight));
    KEPT.piece(form, &[Fill::Text(name), Fill::Number(since_midnight), Fill::Text(&shown)], move || {
        view! {
            <SkipLink language />
            <header class="site-header">
                {form.is_sandbox.then(|| view! { <SandboxStrip language /> })}
                <div class="site-bar">
                    <a class="site-name" href="/">"Centralino"</a>
                    {form.places.map(|_| view! { <Navigation language links here=form.here /> })}
                    {form.places.map(|_| view! { <Account language contact=form.contact /> })}
                </div>
            </header>
        }
    })
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
    /// The pages.
    links: Vec<Place>,
    /// The address of the one that is shown.
    here: Option<&'static str>,
) -> impl IntoView {
    let link = |place: Place| {
        view! {
            <li>
                <a href=place.href aria-current=(here == Some(place.href)).then_some("page")>
                    {language.text(place.name)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="site-navigation" aria-label=language.text("layout.navigation")>
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

/// Who is signed in, and the way out; with holes for the name and for the time, as a number and as it is shown.
#[component]
fn Account(
    /// In which language.
    language: Language,
    /// Whether Sistema TS answered.
    contact: Option<Contact>,
) -> impl IntoView {
    let label = t!("layout.now", locale = language.tag()).into_owned();
    let clock = with_shown(view! { <TimeOfDay now=number_hole(1) label /> }, &hours_and_minutes(number_hole(1)), 2);
    view! {
        <div class="site-account">
            {contact.map(|contact| view! { <UpstreamStatus language contact /> })}
            <a class="site-user" href="/profile">{hole(0)}</a>
            {clock}
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
pub fn SessionWarning<'a>(
    /// For which request.
    context: &'a PageContext,
) -> impl IntoView + use<> {
    static KEPT: Holed<(Language, bool, u32)> = Holed::new();
    let (language, warning) = (context.language, context.state.config.session.warning);
    context.visitor.as_ref().map(|visitor| {
        let Visitor { id, name, locks_at, is_final, .. } = visitor;
        let fills = [Fill::Prop(&id.0), Fill::Number(locks_at - context.state.clock.now_ms()), Fill::Prop(name)];
        KEPT.piece((language, *is_final, warning), &fills, || {
            let times = GuardTimes { left: number_hole(1), is_final: *is_final, warning: i64::from(warning) * 1000 };
            view! { <SessionGuard operator=hole(0) times texts=guard_texts(&hole(2), language) /> }
        })
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
pub fn Footer<'a>(
    /// For which request.
    context: &'a PageContext,
    /// Whether the page has a form of the id [`FORM`]: then the switch is a button of it, and what was typed comes along.
    has_form: bool,
) -> impl IntoView + use<> {
    static KEPT: Holed<(Language, bool)> = Holed::new();
    let (language, back) = (context.language, SameSitePath::of_ours(&context.path));
    KEPT.piece((language, has_form), &[Fill::Text(back.as_str())], || {
        let others = Language::ALL.into_iter().filter(|other| *other != language);
        view! {
            <footer class="site-footer">
                <span>"Centralino " {env!("CARGO_PKG_VERSION")}</span>
                {others.map(|language| view! { <Switch language has_form /> }).collect_view()}
            </footer>
        }
    })
}

/// The switch to a language, with holes for the page to come back to.
#[component]
fn Switch(
    /// To which.
    language: Language,
    /// Whether it is a button of the page's form.
    has_form: bool,
) -> impl IntoView {
    let (form, address) =
        if has_form { (Some(FORM), format!("/language?back={}", hole(0))) } else { (None, "/language".to_owned()) };
    view! {
        <form method="post" action="/language">
            <input type="hidden" name="back" value=hole(0) />
            <button type="submit" class="button button-quiet" name="language" value=language.tag() lang=language.tag()
                form=form formaction=address formmethod="post" formnovalidate>
                {language.name()}
            </button>
        </form>
    }
}
