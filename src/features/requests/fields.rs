//! The fields of a desk's forms, with the feedback that comes to life in the browser, and how they are read.

use leptos::{either::Either, prelude::*};
use rust_i18n::t;
use uuid::Uuid;

use super::{act::Form, memory::Typed};
use crate::{
    components::{
        alert::FormErrors,
        code::ReadBack,
        field::{Checkbox, Field},
        kept::Kept,
        script::ScriptNote,
    },
    domain::{
        code::{Cun, Otp},
        fiscal_code::FiscalCode,
        reason::Reason,
        service::Service,
        spelling::Alphabet,
    },
    islands::code_feedback::{CodeFeedback, CodeKind, FeedbackTexts},
    server::{errors::AppError, language::Language},
};

/// The refusals that can come up while a value is typed.
const CODE_REFUSALS: [&str; 5] = ["foreign", "foreign_likely", "length", "check_symbol", "cun_instead"];
const CARD_REFUSALS: [&str; 3] = ["card_foreign", "card_foreign_likely", "card_length"];

/// A form's one-time key. The acts of one page share what is in the page and are told apart by their service.
pub fn one_time_key(typed: &str, service: Service) -> Result<String, AppError> {
    let key = Uuid::parse_str(typed).map_err(|_| AppError::BadRequest("the form has no one-time key"))?;
    Ok(format!("{key}:{}", service.word()))
}

/// Notes what is wrong with a field and goes on to the next, so that all mistakes are told at once.
pub fn read<T, E: Reason>(
    result: Result<T, E>,
    field: &'static str,
    errors: &mut FormErrors,
    language: Language,
) -> Option<T> {
    result.map_err(|error| errors.add(field, words(&error, language))).ok()
}

/// Reads the codice fiscale of whom a desk's form is about.
pub fn read_patient(typed: &Typed, errors: &mut FormErrors, language: Language) -> Option<FiscalCode> {
    read(typed.get("patient").parse(), "patient", errors, language)
}

/// The field of that codice fiscale.
pub fn patient_field(Form { typed, errors, shown }: &Form) -> AnyView {
    let text = |key: &str| shown.language.text(&format!("desk.{key}"));
    view! {
        <Field name="patient" label=text("patient") hint=text("patient_hint") value=typed.get("patient")
            error=errors.of("patient") maxlength=40 />
    }
    .into_any()
}

/// The words of a refusal.
#[must_use]
pub fn words(reason: &impl Reason, language: Language) -> String {
    reason.fill(&language.text(&format!("codes.{}", reason.key())))
}

fn feedback_texts(kind: CodeKind, language: Language) -> FeedbackTexts {
    let locale = language.tag();
    let keys = if kind == CodeKind::Card { CARD_REFUSALS.as_slice() } else { CODE_REFUSALS.as_slice() };
    let template = |key: &&str| ((*key).to_owned(), language.text(&format!("codes.{key}")));
    FeedbackTexts {
        refusals: keys.iter().map(template).collect(),
        right: t!("desk.card_right", locale = locale).into_owned(),
        read_back: t!("components.readback", locale = locale).into_owned(),
        mark: t!("components.blind", locale = locale).into_owned(),
    }
}

const fn name_of(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Card => "card",
        CodeKind::Cun => "cun",
        CodeKind::Otp => "otp",
    }
}

/// A field for what the caller dictates.
#[component]
pub fn DictatedField(
    /// What it holds.
    kind: CodeKind,
    /// What stands in it.
    value: String,
    /// What is wrong with the form.
    errors: FormErrors,
    /// How it is read back.
    alphabet: Alphabet,
    /// In which language.
    language: Language,
) -> impl IntoView {
    static EMPTY: Kept<(&str, &str, Language)> = Kept::new();
    let name = name_of(kind);
    let error = errors.of(name);
    if value.is_empty() && error.is_none() {
        let form = (name, alphabet.word(), language);
        Either::Left(EMPTY.piece(form, || dictated(kind, value, error, alphabet, language)))
    } else {
        Either::Right(dictated(kind, value, error, alphabet, language))
    }
}

fn dictated(
    kind: CodeKind,
    value: String,
    error: Option<String>,
    alphabet: Alphabet,
    language: Language,
) -> impl IntoView {
    let name = name_of(kind);
    let label = language.text(&format!("desk.{name}"));
    let hint = language.text(&format!("desk.{name}_hint"));
    let symbols = match kind {
        CodeKind::Card => None,
        CodeKind::Cun => value.parse::<Cun>().ok().map(|cun| *cun.symbols()),
        CodeKind::Otp => value.parse::<Otp>().ok().map(|otp| *otp.symbols()),
    };
    let texts = feedback_texts(kind, language);
    let inputmode = if kind == CodeKind::Card { "numeric" } else { "text" };
    view! {
        <Field name label hint code=name value error inputmode maxlength=40>
            <CodeFeedback field=name.to_owned() kind alphabet texts>
                {symbols.map(|symbols| view! { <ReadBack symbols alphabet language /> })}
            </CodeFeedback>
        </Field>
    }
}

/// What to say in special cases, by the keys of the texts without `_when` and `_say`.
#[component]
pub fn Notes(
    /// Which cases.
    of: &'static [&'static str],
    /// In which language.
    language: Language,
) -> impl IntoView {
    static KEPT: Kept<(&[&str], Language)> = Kept::new();
    KEPT.piece((of, language), || {
        let note = |case: &&str| {
            let text = |part: &str| language.text(&format!("desk.{case}_{part}"));
            view! { <ScriptNote when=text("when") say=text("say") /> }
        };
        of.iter().map(note).collect_view()
    })
}

/// The id of the box of the second decision, by which its error is known too: the forms of two services can stand on
/// one page.
#[must_use]
pub const fn decision_id(service: Service) -> &'static str {
    if matches!(service, Service::Unlock) { "repeat-unlock" } else { "repeat" }
}

/// The second decision that an uncertain outcome asks for.
#[component]
pub fn Decision(
    /// Whether it is asked for.
    is_needed: bool,
    /// About which service.
    service: Service,
    /// What is wrong with the form.
    errors: FormErrors,
    /// In which language.
    language: Language,
) -> impl IntoView {
    is_needed.then(|| {
        let id = decision_id(service);
        let label = if service == Service::Verify { "desk.repeat_verify" } else { "desk.repeat" };
        view! { <Checkbox name="repeat" id label=language.text(label) error=errors.of(id) /> }
    })
}
