//! Where the swab was taken: by code or in words where we are a region, from the configuration where we are a structure
//! (seed 003, Tab. 2, 4 and 6).

use icu_normalizer::ComposingNormalizerBorrowed;
use leptos::prelude::*;

use super::Noted;
use crate::{
    components::{alert::FormErrors, field::Field},
    domain::swab::{MOST_DESCRIPTION, NamedStructure, Site, StructureDescription, StructureId, TextError},
    features::requests::memory::Typed,
    server::{language::Language, state::AppState},
    sistema_ts::Swabs,
};

/// The field of the code.
pub const CODE: &str = "structure";
/// The field of the words.
pub const WORDS: &str = "description";

/// The structure that we are; none where we are a region.
fn own(state: &AppState) -> Option<&StructureId> {
    state.queues.swabs.as_ref().and_then(Swabs::structure)
}

fn known(state: &AppState) -> &[NamedStructure] {
    state.queues.swabs.as_ref().map_or(&[], Swabs::structures)
}

/// The structure of a request; none where we are one. What is wrong with both fields is told at both.
pub fn read(
    typed: &Typed,
    state: &AppState,
    errors: &mut FormErrors,
    language: Language,
) -> Result<Option<Site>, Noted> {
    if own(state).is_some() {
        return Ok(None);
    }
    let text = |key: &str| language.text(&format!("swabs.site.{key}"));
    let site = match (typed.get(CODE).trim(), typed.get(WORDS).trim()) {
        ("", "") => Err([CODE, WORDS].map(|field| (field, text("missing"))).to_vec()),
        (code, "") => match code.parse() {
            Ok(id) => Ok(Site::Known(id)),
            Err(_) => Err(vec![(CODE, text("code_form"))]),
        },
        ("", words) => described(words).map(Site::Described).map_err(|error| {
            let message = match error {
                TextError::TooLong { found, most } => {
                    text("words_too_long").replace("{found}", &found.to_string()).replace("{most}", &most.to_string())
                }
                TextError::Empty | TextError::Form => text("words_form"),
            };
            vec![(WORDS, message)]
        }),
        _ => Err([CODE, WORDS].map(|field| (field, text("both"))).to_vec()),
    };
    site.map(Some).map_err(|wrong| {
        for (field, message) in wrong {
            errors.add(field, message);
        }
        Noted
    })
}

/// A description, its letters and their accents put together: people count "é" as one, however it was typed, and so
/// does the service once it is sent so.
fn described(words: &str) -> Result<StructureDescription, TextError> {
    ComposingNormalizerBorrowed::new_nfc().normalize(words).parse()
}

/// The fields; where we are a structure, which one.
pub fn fields(typed: &Typed, errors: &FormErrors, state: &AppState, language: Language) -> AnyView {
    let text = |key: &str| language.text(&format!("swabs.site.{key}"));
    if let Some(own) = own(state) {
        return view! {
            <p class="swab-site">
                {text("own")} " " <strong>{named(own, state)}</strong>
            </p>
        }
        .into_any();
    }
    let label = |name: &str| language.text(&format!("desk.{name}"));
    let known = known(state);
    let is_blank = typed.is_empty() && errors.is_empty();
    let code = match known {
        [only] if is_blank => only.id.to_string(),
        _ => typed.get(CODE).to_owned(),
    };
    let suggestions: Vec<_> = known.iter().map(|one| (one.id.to_string(), one.name.clone())).collect();
    // Nobody's data: the browser shows no suggestions where it must not fill in.
    let autocomplete = if suggestions.is_empty() { "off" } else { "on" };
    let hint = text("words_hint").replace("{most}", &MOST_DESCRIPTION.to_string());
    view! {
        <Field name=CODE label=label(CODE) hint=text("code_hint") value=code error=errors.of(CODE) autocomplete
            suggestions />
        <Field name=WORDS label=label(WORDS) hint value=typed.get(WORDS) error=errors.of(WORDS) />
    }
    .into_any()
}

/// Those of the two fields that are not there, or empty because the other one says where.
pub fn absent(typed: &Typed, state: &AppState) -> &'static [&'static str] {
    match (own(state).is_some(), typed.get(CODE).trim(), typed.get(WORDS).trim()) {
        (true, ..) => &[CODE, WORDS],
        (false, "", words) if !words.is_empty() => &[CODE],
        (false, code, "") if !code.is_empty() => &[WORDS],
        _ => &[],
    }
}

/// A site as people read it; none: our own.
pub fn shown(site: Option<&Site>, state: &AppState) -> String {
    match site {
        Some(Site::Known(id)) => named(id, state),
        Some(Site::Described(words)) => words.as_str().to_owned(),
        None => own(state).map(|id| named(id, state)).unwrap_or_default(),
    }
}

/// A code, with its name where the configuration knows it.
fn named(id: &StructureId, state: &AppState) -> String {
    known(state).iter().find(|one| one.id == *id).map_or_else(|| id.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_are_counted_with_their_letters() {
        let typed = |count: usize| described(&"e\u{301}".repeat(count));
        assert_eq!(typed(256).map(|words| words.as_str().to_owned()), Ok("é".repeat(256)));
        assert_eq!(typed(257), Err(TextError::TooLong { found: 257, most: 256 }));
    }
}
