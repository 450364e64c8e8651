//! A code as it is read back to the caller.

use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    domain::{code::LENGTH, spelling::Alphabet},
    islands::read_back::ReadBackList,
    server::language::Language,
};

/// Each symbol with its word; the ones that the check symbol can't vouch for are marked "da rileggere".
#[component]
pub fn ReadBack(
    /// The symbols of the code.
    symbols: [char; LENGTH],
    /// How they are spelled.
    alphabet: Alphabet,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let label = t!("components.readback", locale = language.tag()).into_owned();
    let mark = t!("components.blind", locale = language.tag()).into_owned();
    view! { <ReadBackList symbols alphabet label mark /> }
}
