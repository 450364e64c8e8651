//! Operators' accounts: the supervisors' pages, and the rules that the command line shares.

mod ask;
pub mod at_office;
pub mod fields;
mod form;
pub mod list;
pub mod list_page;
pub mod note;
mod page;
pub mod post;
pub mod service;
pub mod unproved;

#[cfg(test)]
mod tests {
    use super::note::Done;
    use crate::{
        domain::operator::{Queue, Role, Status},
        server::language::Language,
    };

    #[test]
    fn every_text_that_is_put_together_is_there_in_both_languages() {
        let words =
            |kind: &str, words: Vec<&str>| words.iter().map(|word| format!("{kind}_{word}")).collect::<Vec<_>>();
        let keys = [
            words("role", Role::ALL.iter().map(|role| role.word()).collect()),
            words("queue", Queue::ALL.iter().map(|queue| queue.word()).collect()),
            words("status", Status::ALL.iter().map(|status| status.word()).collect()),
            words("done", Done::ALL.iter().map(|done| done.word()).collect()),
            words("any", vec!["role", "queue", "status"]),
            ["disable", "reset", "end-sessions"].map(|act| words(act, vec!["title", "what"])).concat(),
            ["disable", "reset", "end-sessions", "enable", "unlock"].map(str::to_owned).to_vec(),
        ];
        for language in Language::ALL {
            for key in keys.iter().flatten() {
                let text = language.text(&format!("operators.{key}"));
                assert!(!text.contains("operators."), "{key} in {}", language.tag());
            }
        }
    }
}
