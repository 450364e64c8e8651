//! A code as it is read back to the caller.

use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    domain::{code::LENGTH, spelling::Alphabet},
    server::language::Language,
};

/// Each symbol with its word; the ones that the check symbol can't vouch for are marked "da rileggere".
#[component]
pub fn ReadBack(
    /// The symbols of the code.
    symbols: [char; LENGTH],
    /// Which of them are to be read back with care (`domain::code::blind_spots`).
    blind: [bool; LENGTH],
    /// How they are spelled.
    alphabet: Alphabet,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let locale = language.tag();
    let item = |(symbol, is_blind): (char, bool)| {
        view! {
            <li class:is-blind=is_blind>
                <span class="readback-symbol" aria-hidden="true">{symbol}</span>
                <span class="readback-word">{alphabet.word_of(symbol)}</span>
                {is_blind.then(|| view! { <span class="readback-mark">{t!("components.blind", locale = locale)}</span> })}
            </li>
        }
    };
    view! {
        <ol class="readback" aria-label=t!("components.readback", locale = locale)>
            {symbols.into_iter().zip(blind).map(item).collect_view()}
        </ol>
    }
}
