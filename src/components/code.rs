//! A code as it is read back to the caller.

use std::{collections::HashMap, sync::LazyLock};

use leptos::prelude::*;
use rust_i18n::t;

use super::holed::{Fill, Holed, hole};
use crate::{
    domain::{
        code::{ALPHABET, LENGTH, blind_spots},
        spelling::Alphabet,
    },
    islands::read_back::read_back_item,
    server::language::Language,
};

/// The item of every symbol, marked and not, in every alphabet and language.
type Items = HashMap<(char, bool, Alphabet, Language), String>;

/// All of them are rendered at once: which of them a page has shown is kept nowhere.
static ITEMS: LazyLock<Items> = LazyLock::new(|| {
    let mut items = Items::new();
    for language in Language::ALL {
        for alphabet in Alphabet::ALL.iter().copied() {
            for (symbol, is_blind) in ALPHABET.iter().flat_map(|symbol| [(*symbol, false), (*symbol, true)]) {
                let mark = language.text("components.blind");
                let html = read_back_item(symbol, is_blind, alphabet, mark).into_view().to_html();
                items.insert((symbol, is_blind, alphabet, language), html);
            }
        }
    }
    items
});

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
    static LIST: Holed<Language> = Holed::new();
    let marked = symbols.into_iter().zip(blind_spots(&symbols));
    let items = marked.filter_map(|(symbol, is_blind)| ITEMS.get(&(symbol, is_blind, alphabet, language)));
    let items: String = items.map(String::as_str).collect();
    LIST.piece(language, &[Fill::Html(&items)], || {
        let label = t!("components.readback", locale = language.tag()).into_owned();
        view! {
            <ol class="readback" aria-label=label>
                {hole(0)}
            </ol>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{components::html, islands::read_back::ReadBackList};

    #[test]
    fn a_code_is_read_back_as_the_browser_does_it() {
        for (code, alphabet, language) in
            [("H17KZ6247A", Alphabet::Cities, Language::It), ("59YQWWF4Z1", Alphabet::Nato, Language::En)]
        {
            let symbols: [char; LENGTH] = code.chars().collect::<Vec<_>>().try_into().unwrap();
            let (label, mark) = (language.text("components.readback"), language.text("components.blind"));
            let of_browser = html(|| view! { <ReadBackList symbols alphabet label mark /> }.into_any());
            let ours = html(|| view! { <ReadBack symbols alphabet language /> }.into_any());
            // What marks the end of a list in the browser's own is not needed where nothing comes to life.
            assert_eq!(ours, of_browser.replace("<!></ol>", "</ol>"));
        }
    }
}
