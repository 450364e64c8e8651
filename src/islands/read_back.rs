//! A code as it is read back to the caller, the same on the server and in the browser.

use leptos::prelude::*;

use crate::domain::{
    code::{LENGTH, blind_spots},
    spelling::Alphabet,
};

/// Each symbol with its word; the ones that the check symbol can't vouch for carry `mark`.
#[component]
pub fn ReadBackList(
    /// The symbols of the code.
    symbols: [char; LENGTH],
    /// How they are spelled.
    alphabet: Alphabet,
    /// What the list is called.
    label: String,
    /// What stands at a symbol that is to be read back with care.
    mark: String,
) -> impl IntoView {
    let item = |(symbol, is_blind): (char, bool)| read_back_item(symbol, is_blind, alphabet, mark.clone());
    view! {
        <ol class="readback" aria-label=label>
            {symbols.into_iter().zip(blind_spots(&symbols)).map(item).collect_view()}
        </ol>
    }
}

/// A symbol with its word, marked where it `is_blind`.
pub fn read_back_item(symbol: char, is_blind: bool, alphabet: Alphabet, mark: String) -> impl IntoView {
    view! {
        <li class:is-blind=is_blind>
            <span class="readback-symbol" aria-hidden="true">{symbol}</span>
            <span class="readback-word">{alphabet.word_of(symbol)}</span>
            {is_blind.then(|| view! { <span class="readback-mark">{mark}</span> })}
        </li>
    }
}
