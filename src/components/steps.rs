//! Where the call stands.

use leptos::prelude::*;
use rust_i18n::t;

use super::{
    icon::{Icon, Picture},
    kept::Kept,
};
use crate::server::language::Language;

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// It is done.
    Done,
    /// It is what the operator does now.
    Current,
    /// Its outcome is not known.
    Uncertain,
    /// The case is closed: how the step ended is not kept.
    Ended,
    /// It is still to come.
    Pending,
}

impl StepState {
    const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Uncertain => "uncertain",
            Self::Ended => "ended",
            Self::Pending => "pending",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Done => Icon::Check,
            Self::Current => Icon::Current,
            Self::Uncertain => Icon::Question,
            Self::Ended | Self::Pending => Icon::Pending,
        }
    }
}

/// The column of the steps: [`Step`]s.
#[component]
pub fn Steps(
    /// In which language its own words are.
    language: Language,
    /// The steps.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="desk-steps" aria-labelledby="steps-title">
            <h2 id="steps-title" class="visually-hidden">{t!("components.steps", locale = language.tag())}</h2>
            <ol class="steps">{children()}</ol>
        </section>
    }
}

/// A step, and what it left behind.
#[component]
pub fn Step(
    /// What it is called.
    #[prop(into)]
    label: String,
    /// How far it has come.
    state: StepState,
    /// In which language its own words are.
    language: Language,
    /// Its transactions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class=format!("step step-{}", state.word()) aria-current=(state == StepState::Current).then_some("step")>
            <span class="step-label">{label}</span>
            <Mark state language />
            {children.map(|children| view! { <div class="step-body">{children()}</div> })}
        </li>
    }
}

/// How far a step has come, as a picture and a word.
#[component]
fn Mark(
    /// How far.
    state: StepState,
    /// In which language.
    language: Language,
) -> impl IntoView {
    static KEPT: Kept<(StepState, Language)> = Kept::new();
    KEPT.piece((state, language), || {
        let word = match state.word() {
            "done" => t!("components.step_done", locale = language.tag()),
            "current" => t!("components.step_current", locale = language.tag()),
            "uncertain" => t!("components.step_uncertain", locale = language.tag()),
            "ended" => t!("components.step_ended", locale = language.tag()),
            _ => t!("components.step_pending", locale = language.tag()),
        };
        view! {
            <span class="step-state">
                <Picture icon=state.icon() />
                <span class="visually-hidden">{word}</span>
            </span>
        }
    })
}
