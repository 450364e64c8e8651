//! How a request ended, as a card: what happened, the sentence for the caller, the next step.

use leptos::{either::Either, prelude::*, tachys::html::InertElement};
use rust_i18n::t;

use super::{
    about::{closure, fields, is_ours},
    answer::LastAnswer,
    fields::decision_id,
};
use crate::{
    components::{
        card::{OutcomeCard, Transaction},
        holed::{Fill, Holed, hole},
    },
    domain::{
        operator::Queue,
        service::{OutcomeClass, Service},
    },
    islands::copy_button::CopyButton,
    server::language::Language,
    storage::steps::Step,
};

/// The word of a reason whose request was cut off with its server.
const CUT_OFF: &str = "cut_off";

/// A text of an outcome: `part` is `title`, `what`, `say` or `next`.
fn text(service: Service, class: OutcomeClass, part: &str, language: Language) -> String {
    language.text(&format!("desk.outcome.{}.{}_{part}", service.word(), class.word()))
}

/// Whether a request came to nothing.
#[must_use]
pub fn is_no(step: &Step) -> bool {
    matches!(step.class(), OutcomeClass::Refused | OutcomeClass::NotSent)
}

/// The class whose words say what is true: a no after an uncertain outcome leaves open what it left open.
fn standing(step: &Step, is_after_uncertain: bool) -> OutcomeClass {
    if is_after_uncertain { OutcomeClass::Uncertain } else { step.class() }
}

/// The words of a reason: whose certificate or credentials it is about is said by desk.
#[must_use]
pub fn reason(word: &str, service: Service, language: Language) -> String {
    let us = language.text(&format!("desk.us.{}", service.queue().word()));
    language.text(&format!("desk.reason.{word}")).replace("{us}", &us)
}

/// What happened, with its reason where the reason says more.
fn what(step: &Step, answer: Option<&LastAnswer>, is_after_uncertain: bool, language: Language) -> String {
    let class = step.class();
    let word = if step.end.is_none() { CUT_OFF } else { answer.map_or("done", |answer| answer.reason.as_str()) };
    let reason = match closure(answer) {
        Some(code) => {
            let (number, text) = (code.number(), language.text(&format!("exemptions.code.c{}", code.number())));
            t!("exemptions.answered", locale = language.tag(), number = number, text = text).into_owned()
        }
        None => reason(word, step.service, language),
    };
    let what = if is_after_uncertain {
        language.text(&format!("desk.outcome.after_uncertain.{}_what", class.word()))
    } else if class == OutcomeClass::Refused && is_ours(step, answer) {
        language.text("desk.outcome.ours.what")
    } else {
        text(step.service, class, "what", language)
    };
    format!("{what} {reason}").trim_end().to_owned()
}

/// Whether the words of our own trouble fit: once the data are sent, the caller has nothing more to do.
fn is_ours_to_tell(step: &Step, answer: Option<&LastAnswer>) -> bool {
    is_ours(step, answer)
        && matches!(step.service, Service::Verify | Service::Unlock | Service::AslOtp | Service::ExemptionClose)
}

/// The sentence for the caller.
#[must_use]
pub fn say(step: &Step, answer: Option<&LastAnswer>, is_after_uncertain: bool, language: Language) -> String {
    if is_ours_to_tell(step, answer) {
        language.text("desk.outcome.ours.say")
    } else {
        text(step.service, standing(step, is_after_uncertain), "say", language)
    }
}

/// What follows; outside a call there is no case to close.
fn next(
    step: &Step,
    answer: Option<&LastAnswer>,
    is_after_uncertain: bool,
    is_deferred: bool,
    language: Language,
) -> String {
    let class = standing(step, is_after_uncertain);
    if let Some(code) = closure(answer) {
        language.text(&format!("exemptions.next.{}", code.next().word()))
    } else if is_ours_to_tell(step, answer) {
        language.text("desk.outcome.ours.next")
    } else if class == OutcomeClass::Refused && is_ours(step, answer) {
        let is_in_case = !is_deferred && step.service.queue() == Queue::Immuni;
        let act = if is_in_case { step.service.word() } else { "deferred" };
        language.text(&format!("desk.outcome.ours.{act}_next"))
    } else if is_deferred {
        language.text(&format!("desk.outcome.deferred.{}_next", class.word()))
    } else {
        text(step.service, class, "next", language)
    }
}

/// Where on the page something is to be done after a no or an uncertain outcome, by id and name, and what. No field is
/// one of `absent`.
fn places(
    step: &Step,
    answer: Option<&LastAnswer>,
    is_after_uncertain: bool,
    is_deferred: bool,
    absent: &[&str],
    language: Language,
) -> Option<(String, Vec<(&'static str, String)>)> {
    let fields = match (standing(step, is_after_uncertain), step.service) {
        (OutcomeClass::Uncertain, Service::Cancel | Service::SwabList) => return None,
        (OutcomeClass::Uncertain, service) => {
            let box_to_tick = (decision_id(service), language.text("desk.decision"));
            return Some((language.text("desk.to_decide"), vec![box_to_tick]));
        }
        (OutcomeClass::Refused, _) if is_ours(step, answer) => return None,
        (OutcomeClass::Refused, service) => fields(service, answer, is_deferred),
        _ => return None,
    };
    let place = |id: &&'static str| (*id, language.text(&format!("desk.{id}")));
    let here: Vec<_> = fields.iter().filter(|id| !absent.contains(id)).map(place).collect();
    (!here.is_empty()).then(|| (language.text("desk.to_check"), here))
}

/// The card of `step`, with what the sealed cookie still knows of its answer.
#[component]
pub fn Outcome(
    /// The request.
    step: Step,
    /// What the service wrote, if the browser carries it.
    answer: Option<LastAnswer>,
    /// The sentence for the caller, where it is not the outcome's own.
    #[prop(default = None)]
    said: Option<AnyView>,
    /// What it brought.
    #[prop(default = None)]
    brought: Option<AnyView>,
    /// What holds all the same.
    #[prop(default = None)]
    still: Option<String>,
    /// Whether an earlier request for the same act may have been carried out.
    #[prop(optional)]
    is_after_uncertain: bool,
    /// Whether it is a deferred confirmation.
    #[prop(optional)]
    is_deferred: bool,
    /// Whether the form to correct or repeat stands on the same page.
    #[prop(default = true)]
    has_form: bool,
    /// Which of the form's fields are not there to be corrected.
    #[prop(optional)]
    absent: &'static [&'static str],
    /// In which language.
    language: Language,
) -> impl IntoView {
    let answer = answer.filter(|answer| answer.submission == step.submission);
    let class = step.class();
    let part = |part| text(step.service, class, part, language);
    let transaction = step
        .end
        .as_ref()
        .and_then(|end| end.transaction.as_ref())
        .map(|id| view! { <CopiedTransaction id=id.as_str() place="outcome" language /> }.into_any());
    let known = answer.as_ref();
    let what = what(&step, known, is_after_uncertain, language);
    let next = next(&step, known, is_after_uncertain, is_deferred, language);
    let said = said.or_else(|| {
        // Where nobody is on the line there is nothing to say.
        Some(say(&step, known, is_after_uncertain, language)).filter(|say| !say.is_empty()).map(IntoAny::into_any)
    });
    let places = places(&step, known, is_after_uncertain, is_deferred, absent, language).filter(|_| has_form);
    let is_unrecorded = answer.as_ref().is_some_and(|answer| answer.unrecorded.is_some());
    let warning = is_unrecorded.then(|| {
        let note = if transaction.is_some() { language.text("desk.unrecorded_note") } else { String::new() };
        format!("{} {note}", language.text("desk.unrecorded")).trim_end().to_owned()
    });
    let warning = warning.or(still);
    let upstream = answer.map(|answer| answer.texts).unwrap_or_default();
    let is_plain = warning.is_none() && places.is_none() && upstream.is_empty() && brought.is_none();
    match said {
        // What is done and no more has one form.
        Some(said) if class == OutcomeClass::Done && is_plain => {
            Either::Left(done(step.service, &what, said, &next, transaction, language))
        }
        said => Either::Right(view! {
            <OutcomeCard outcome=class title=part("title") what brought say=said next places transaction upstream warning
                language />
        }),
    }
}

/// The card of a request that is done.
fn done(
    service: Service,
    what: &str,
    said: AnyView,
    next: &str,
    transaction: Option<AnyView>,
    language: Language,
) -> InertElement {
    static KEPT: Holed<(&str, Language)> = Holed::new();
    let (said, transaction) = (said.to_html(), transaction.map(RenderHtml::to_html).unwrap_or_default());
    let fills = [Fill::Text(what), Fill::Html(&said), Fill::Text(next), Fill::Html(&transaction)];
    KEPT.piece((service.word(), language), &fills, || {
        let (outcome, title) = (OutcomeClass::Done, text(service, OutcomeClass::Done, "title", language));
        let (say, transaction) = (Some(hole(1).into_any()), Some(hole(3).into_any()));
        view! { <OutcomeCard outcome title what=hole(0) say next=hole(2) transaction language /> }
    })
}

/// A transaction with its copy button.
#[component]
pub fn CopiedTransaction<'a>(
    /// The id.
    id: &'a str,
    /// Where on the page, so that two of the same have ids of their own.
    place: &'static str,
    /// In which language.
    language: Language,
) -> impl IntoView + use<> {
    static KEPT: Holed<(&str, Language)> = Holed::new();
    KEPT.piece((place, language), &[Fill::Text(id), Fill::Prop(id)], move || {
        let element = move |hole: String| format!("tx-{place}-{hole}");
        let (label, done) = (language.text("desk.copy"), language.text("desk.copied"));
        view! {
            <Transaction id=hole(0) element=element(hole(0)) language>
                <CopyButton target=element(hole(1)) label done />
            </Transaction>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sistema_ts::reasons::{FailureReason, RefusalReason};

    #[test]
    fn every_outcome_and_every_reason_has_its_words_in_both_languages() {
        for language in Language::ALL {
            for service in Service::ALL {
                for class in OutcomeClass::ALL {
                    for part in ["title", "what", "say", "next"] {
                        let words = text(*service, *class, part, language);
                        assert!(!words.contains("desk."), "{words}");
                    }
                }
            }
            for class in OutcomeClass::ALL {
                let words = language.text(&format!("desk.outcome.deferred.{}_next", class.word()));
                assert!(!words.contains("desk."), "{words}");
            }
            for class in [OutcomeClass::Refused, OutcomeClass::NotSent] {
                let words = language.text(&format!("desk.outcome.after_uncertain.{}_what", class.word()));
                assert!(!words.contains("desk."), "{words}");
            }
            for act in ["deferred", Service::Confirm.word(), Service::Cancel.word()] {
                let words = language.text(&format!("desk.outcome.ours.{act}_next"));
                assert!(!words.contains("desk."), "{words}");
            }
            for word in FailureReason::WORDS.iter().chain(RefusalReason::WORDS).chain(&["done", CUT_OFF]) {
                for service in Service::ALL {
                    let words = reason(word, *service, language);
                    assert!(!words.contains("desk.") && !words.contains(['{', '%']), "{words}");
                }
            }
        }
    }
}
