//! What the desk says of a code while it is typed: the wrong symbol at once, the check symbol as soon as the last
//! symbol is there, and the read-back of a code that passes.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlInputElement, InputEvent};

use super::{
    grouping::{CARD_GROUPS, CODE_GROUPS, regroup},
    read_back::ReadBackList,
};
use crate::domain::{
    code::{CodeError, Cun, LENGTH, Otp},
    health_card::{self, HealthCardDigits, HealthCardError},
    reason::Reason,
    spelling::Alphabet,
};

/// Which value a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeKind {
    /// Last digits of the health card.
    Card,
    /// CUN.
    Cun,
    /// OTP.
    Otp,
}

/// The words of the feedback, in the visitor's language. Templates, so no caller's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedbackTexts {
    /// The refusals, by the key of [`Reason`].
    pub refusals: Vec<(String, String)>,
    /// Said of digits that are complete.
    pub right: String,
    /// What the read-back is called.
    pub read_back: String,
    /// What stands at a symbol that is to be read back with care.
    pub mark: String,
}

/// What there is to say of what is in the field.
#[derive(Clone, PartialEq)]
enum Judgement {
    Nothing,
    Wrong(String),
    Complete,
    ReadBack([char; LENGTH]),
}

/// What is incomplete is not wrong yet; what can't be in the field is wrong at once.
fn judge(kind: CodeKind, typed: &str, texts: &FeedbackTexts) -> Judgement {
    let read = |symbols: &[char; LENGTH]| Judgement::ReadBack(*symbols);
    match kind {
        CodeKind::Card => match typed.parse::<HealthCardDigits>() {
            Ok(_) => Judgement::Complete,
            Err(HealthCardError::Empty) => Judgement::Nothing,
            Err(HealthCardError::Length { found }) if found < health_card::LENGTH => Judgement::Nothing,
            Err(error) => wrong(&error, texts),
        },
        CodeKind::Cun => {
            typed.parse::<Cun>().map_or_else(|error| judge_refusal(&error, texts), |cun| read(cun.symbols()))
        }
        CodeKind::Otp => {
            typed.parse::<Otp>().map_or_else(|error| judge_refusal(&error, texts), |otp| read(otp.symbols()))
        }
    }
}

fn judge_refusal(error: &CodeError, texts: &FeedbackTexts) -> Judgement {
    match error {
        CodeError::Empty => Judgement::Nothing,
        CodeError::Length { found } if *found < LENGTH => Judgement::Nothing,
        error => wrong(error, texts),
    }
}

fn wrong(reason: &impl Reason, texts: &FeedbackTexts) -> Judgement {
    let template = texts.refusals.iter().find(|(key, _)| key == reason.key()).map_or("", |(_, template)| template);
    Judgement::Wrong(reason.fill(template))
}

/// Shows the value in groups, the caret behind the symbol where it was.
fn show_in_groups(input: &HtmlInputElement, kind: CodeKind) {
    let typed = input.value();
    let caret = input.selection_start().ok().flatten().map_or(usize::MAX, |caret| caret as usize);
    let groups = if kind == CodeKind::Card { CARD_GROUPS } else { CODE_GROUPS };
    let (shown, caret) = regroup(&typed, caret, groups);
    if shown != typed {
        let caret = u32::try_from(caret).unwrap_or(u32::MAX);
        input.set_value(&shown);
        let _ = input.set_selection_range(caret, caret);
    }
}

fn look_at(input: &HtmlInputElement, kind: CodeKind, texts: &FeedbackTexts) -> Judgement {
    show_in_groups(input, kind);
    judge(kind, &input.value(), texts)
}

fn mark(input: &HtmlInputElement, judgement: &Judgement) {
    let invalid = if matches!(judgement, Judgement::Wrong(_)) { "true" } else { "false" };
    let _ = input.set_attribute("aria-invalid", invalid);
}

/// The feedback of the field whose id is `field`.
#[island]
pub fn CodeFeedback(
    /// The id of the field.
    field: String,
    /// What it holds.
    kind: CodeKind,
    /// How a code is spelled.
    alphabet: Alphabet,
    /// The words.
    texts: FeedbackTexts,
    /// What the server says of the value that it sent; gone at the first key.
    children: Children,
) -> impl IntoView {
    let (judgement, set_judgement) = signal(None);
    let texts = StoredValue::new(texts);
    Effect::new(move |_| {
        let found = document().get_element_by_id(&field).and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = found else { return };
        let watched = input.clone();
        let look = Closure::<dyn FnMut(InputEvent)>::new(move |event: InputEvent| {
            // While a character is being composed the value is not yet what will be typed.
            if !event.is_composing() {
                let judgement = texts.with_value(|texts| look_at(&watched, kind, texts));
                mark(&watched, &judgement);
                set_judgement.set(Some(judgement));
            }
        });
        let _ = input.add_event_listener_with_callback("input", look.as_ref().unchecked_ref());
        look.forget();
        // Keys that were pressed before this ran, and what the server sent back: where it refused an incomplete value,
        // its message stays until a key is pressed.
        match texts.with_value(|texts| look_at(&input, kind, texts)) {
            Judgement::Nothing => {}
            judgement => {
                mark(&input, &judgement);
                set_judgement.set(Some(judgement));
            }
        }
    });
    view! {
        <div class="code-feedback" aria-live="polite">
            <div hidden=move || judgement.with(Option::is_some)>{children()}</div>
            {move || judgement.get().map(|judgement| texts.with_value(|texts| feedback(judgement, alphabet, texts)))}
        </div>
    }
}

fn feedback(judgement: Judgement, alphabet: Alphabet, texts: &FeedbackTexts) -> AnyView {
    match judgement {
        Judgement::Nothing => ().into_any(),
        Judgement::Wrong(message) => view! { <p class="field-error">{message}</p> }.into_any(),
        Judgement::Complete => view! { <p class="field-right">{texts.right.clone()}</p> }.into_any(),
        Judgement::ReadBack(symbols) => {
            let (label, mark) = (texts.read_back.clone(), texts.mark.clone());
            view! { <ReadBackList symbols alphabet label mark /> }.into_any()
        }
    }
}
