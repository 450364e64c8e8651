//! How a call of a service ended, told to the operator.

use leptos::prelude::*;
use rust_i18n::t;

use super::{
    icon::{Icon, Picture},
    script::Say,
};
use crate::{domain::service::OutcomeClass, server::language::Language};

const fn class_of(outcome: OutcomeClass) -> &'static str {
    match outcome {
        OutcomeClass::Done => "outcome outcome-done",
        OutcomeClass::Refused => "outcome outcome-refused",
        OutcomeClass::Uncertain => "outcome outcome-uncertain",
        OutcomeClass::NotSent => "outcome outcome-not-sent",
    }
}

const fn icon_of(outcome: OutcomeClass) -> Icon {
    match outcome {
        OutcomeClass::Done => Icon::Check,
        OutcomeClass::Refused => Icon::Cross,
        OutcomeClass::Uncertain => Icon::Question,
        OutcomeClass::NotSent => Icon::Warning,
    }
}

/// Success is announced in its turn, everything else at once.
const fn role_of(outcome: OutcomeClass) -> &'static str {
    if matches!(outcome, OutcomeClass::Done) { "status" } else { "alert" }
}

/// What happened, the sentence for the caller, the next step, the transaction.
#[component]
pub fn OutcomeCard(
    /// Which of the four classes.
    outcome: OutcomeClass,
    /// What happened, in a few words.
    #[prop(into)]
    title: String,
    /// What happened, in full.
    #[prop(optional, into)]
    what: Option<String>,
    /// What it brought.
    #[prop(default = None)]
    brought: Option<AnyView>,
    /// The sentence for the caller.
    #[prop(default = None)]
    say: Option<AnyView>,
    /// What the operator does now.
    #[prop(optional, into)]
    next: Option<String>,
    /// Where on the page it is done: what it is about, and the places by id and name.
    #[prop(default = None)]
    places: Option<(String, Vec<(&'static str, String)>)>,
    /// The transaction, with its copy button: a [`Transaction`].
    #[prop(default = None)]
    transaction: Option<AnyView>,
    /// What Sistema TS answered, word by word: behind a click unless it refused, and never the only text.
    #[prop(optional)]
    upstream: Vec<String>,
    /// What is wrong on our side, apart from the outcome.
    #[prop(default = None)]
    warning: Option<String>,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let locale = language.tag();
    // What went wrong stands above the heading, so that it gets the focus.
    let is_trouble = outcome != OutcomeClass::Done;
    view! {
        <section class=class_of(outcome) role=role_of(outcome) tabindex=is_trouble.then_some("-1") autofocus=is_trouble>
            <h2 class="outcome-title">
                <Picture icon=icon_of(outcome) />
                <span>{title}</span>
            </h2>
            {warning.map(|warning| {
                view! {
                    <p>
                        <strong>{warning}</strong>
                    </p>
                }
            })}
            {what.map(|what| view! { <p>{what}</p> })}
            {brought}
            {say.map(|say| view! { <Say>{say}</Say> })}
            {next.map(|next| {
                view! {
                    <p class="outcome-next">
                        <strong>{t!("components.next", locale = locale)}</strong>
                        " "
                        {next}
                    </p>
                }
            })}
            {places.map(|(about, places)| view! { <Places about places /> })}
            {transaction}
            {(!upstream.is_empty()).then(|| {
                view! { <Upstream upstream is_open=outcome == OutcomeClass::Refused language /> }
            })}
        </section>
    }
}

/// Links to the fields where something is to be done.
#[component]
fn Places(
    /// What is to be done there.
    about: String,
    /// The fields, by id and name.
    places: Vec<(&'static str, String)>,
) -> impl IntoView {
    let link = |(id, name): (&'static str, String)| {
        view! {
            <li>
                <a href=format!("#{id}")>{name}</a>
            </li>
        }
    };
    view! {
        <p class="outcome-about">{about}</p>
        <ul class="outcome-places">{places.into_iter().map(link).collect_view()}</ul>
    }
}

/// The words of Sistema TS.
#[component]
fn Upstream(
    /// What it answered.
    upstream: Vec<String>,
    /// Whether they are the reason, and so in sight from the start.
    is_open: bool,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    view! {
        <details class="outcome-upstream" open=is_open>
            <summary>{t!("components.upstream", locale = language.tag())}</summary>
            <ul>{upstream.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
        </details>
    }
}

/// The id of a transaction, and a place for its copy button.
#[component]
pub fn Transaction(
    /// The id.
    #[prop(into)]
    id: String,
    /// The id of the element that holds it, for the copy button.
    #[prop(optional, into)]
    element: Option<String>,
    /// In which language its own words are.
    language: Language,
    /// The copy button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <p class="transaction">
            <abbr title=t!("components.transaction", locale = language.tag())>"TX"</abbr>
            " "
            <code id=element>{id}</code>
            {children.map(|children| children())}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::html;

    fn card(outcome: OutcomeClass) -> String {
        html(move || {
            let upstream = vec!["<b>9014</b>".to_owned()];
            let say = Some("Resti in linea.".into_any());
            let places = Some(("Da ricontrollare:".to_owned(), vec![("cun", "CUN".to_owned())]));
            view! { <OutcomeCard outcome title="Titolo" say places upstream language=Language::It /> }.into_any()
        })
    }

    #[test]
    fn success_waits_its_turn_and_everything_else_interrupts_and_takes_the_focus() {
        for outcome in OutcomeClass::ALL.iter().copied() {
            let role = if outcome == OutcomeClass::Done { "status" } else { "alert" };
            let html = card(outcome);
            assert!(html.contains(&format!(r#"role="{role}""#)), "{outcome:?}");
            assert_eq!(html.contains("autofocus"), outcome != OutcomeClass::Done, "{outcome:?}");
        }
    }

    #[test]
    fn a_refusal_leads_to_the_fields_to_look_at() {
        assert!(card(OutcomeClass::Refused).contains(r##"<a href="#cun">CUN</a>"##));
    }

    #[test]
    fn the_words_of_the_service_are_escaped_and_behind_a_click() {
        let html = card(OutcomeClass::Refused);
        let details = html.split("<details").nth(1).unwrap();
        assert!(details.contains("&lt;b&gt;9014&lt;/b&gt;"), "{html}");
        assert!(html.contains("Resti in linea."), "{html}");
    }
}
