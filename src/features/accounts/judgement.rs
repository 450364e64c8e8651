//! Judging a password that its owner chooses: its length, what is personal in it, what leaked before, and how many guesses
//! it stands (zxcvbn). Which kinds of characters it is made of is nobody's business.

use std::{collections::HashSet, sync::LazyLock};

use zeroize::Zeroizing;
use zxcvbn::{
    Score,
    feedback::{Feedback, Suggestion, Warning},
    zxcvbn,
};

use crate::{domain::secret::Password, server::language::Language};

/// Passwords of 12 characters and more out of the lists that are tried first: the 5,000 most frequent of `SecLists` (MIT),
/// those of zxcvbn-ts (MIT) and Django (BSD-3-Clause), in lower case. Shorter ones zxcvbn itself knows.
const LEAKED: &str = include_str!("lists/breached.txt");
/// Words, names, places and teams of which passwords are made in Italy; zxcvbn's own lists are English.
const ITALIAN: &str = include_str!("lists/italian.txt");
/// 10,000 million guesses. The step below lets any three things in a row pass, "Benvenuto2026!" among them.
const ENOUGH: Score = Score::Four;
/// Names shorter than this are in too many words to count as personal.
const PERSONAL_FROM: usize = 4;

static LEAKED_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LEAKED.lines().collect());

/// Why a password can't be chosen. Holds nothing of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Unfit {
    /// Fewer than 12 characters or more than 128.
    Length,
    /// It holds the user name or a name of its owner.
    Personal,
    /// It is known from a leak.
    Breached,
    /// It is guessed sooner or later: what makes it easy, and what would help.
    Weak(Option<Warning>, Vec<Suggestion>),
}

impl Unfit {
    /// What is wrong and what to do, in words.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let text = |key: &str| language.text(&format!("passwords.{key}"));
        match self {
            Self::Length => text("length"),
            Self::Personal => text("personal"),
            Self::Breached => text("breached"),
            Self::Weak(warning, suggestions) => {
                let advice = warning.iter().copied().map(warned).chain(suggestions.iter().copied().map(suggested));
                std::iter::once("weak").chain(advice).map(text).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// Judges a password of somebody with this user name and name by all but the file of leaked ones
/// (`features/accounts/breached.rs`). Takes milliseconds.
pub fn judge(password: &Password, username: &str, name: &str) -> Result<(), Unfit> {
    if !password.has_right_length() {
        return Err(Unfit::Length);
    }
    let typed = Zeroizing::new(password.expose().to_lowercase());
    let own: Vec<String> = name.split_whitespace().chain([username]).map(str::to_lowercase).collect();
    if own.iter().any(|word| word.chars().count() >= PERSONAL_FROM && typed.contains(word)) {
        return Err(Unfit::Personal);
    }
    if LEAKED_SET.contains(typed.as_str()) {
        return Err(Unfit::Breached);
    }
    let words: Vec<&str> = own.iter().map(String::as_str).chain(ITALIAN.lines()).collect();
    let guessed = zxcvbn(password.expose(), &words);
    if guessed.score() >= ENOUGH {
        return Ok(());
    }
    // Of what is nearly enough zxcvbn says nothing.
    let advice = guessed.feedback();
    let suggestions = advice.map_or_else(|| vec![Suggestion::AddAnotherWordOrTwo], |it| it.suggestions().to_vec());
    Err(Unfit::Weak(advice.and_then(Feedback::warning), suggestions))
}

const fn warned(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => "straight_rows",
        Warning::ShortKeyboardPatternsAreEasyToGuess => "keyboard_patterns",
        Warning::RepeatsLikeAaaAreEasyToGuess => "repeats",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => "repeated_groups",
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => "common",
        Warning::ThisIsSimilarToACommonlyUsedPassword => "like_common",
        Warning::SequencesLikeAbcAreEasyToGuess => "sequences",
        Warning::RecentYearsAreEasyToGuess => "years",
        Warning::AWordByItselfIsEasyToGuess => "one_word",
        Warning::DatesAreOftenEasyToGuess => "dates",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => "names",
    }
}

const fn suggested(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => "use_words",
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => "no_need_for_symbols",
        Suggestion::AddAnotherWordOrTwo => "add_words",
        Suggestion::CapitalizationDoesntHelpVeryMuch => "capitals",
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => "all_capitals",
        Suggestion::ReversedWordsArentMuchHarderToGuess => "reversed",
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => "substitutions",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "longer_pattern",
        Suggestion::AvoidRepeatedWordsAndCharacters => "avoid_repeats",
        Suggestion::AvoidSequences => "avoid_sequences",
        Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => "avoid_dates",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<(), Unfit> {
        judge(&Password::new(text.to_owned()), "m.rossi", "Maria Rossi")
    }

    #[test]
    fn the_list_has_five_thousand_that_could_be_chosen_by_their_length() {
        assert!(LEAKED_SET.len() >= 5000, "{}", LEAKED_SET.len());
        for line in LEAKED.lines() {
            assert!(Password::new(line.to_owned()).has_right_length() && line == line.to_lowercase(), "{line}");
        }
    }

    #[test]
    fn weak_passwords_are_refused_and_long_ones_need_no_symbols() {
        assert_eq!(judged("corto"), Err(Unfit::Length));
        assert_eq!(judged(&"x".repeat(129)), Err(Unfit::Length));
        assert_eq!(judged("Maria-e-il-lupo"), Err(Unfit::Personal));
        assert_eq!(judged("xx m.ROSSI 1234"), Err(Unfit::Personal));
        assert_eq!(judged("Qwerty123456789"), Err(Unfit::Breached));
        for weak in [
            "Password1234567",
            "aaaaaaaaaaaaaa",
            "123456789012345678",
            "JuventusJuventus",
            "centralino2026",
            "P4r0l4ch14ve!",
            "juventus juventus",
            "Benvenuto2026!",
            "asdfghjklasdfghjkl",
        ] {
            assert!(matches!(judged(weak), Err(Unfit::Weak(..))), "{weak}");
        }
        for strong in ["quattro gatti blu", "è già mezzanotte", "sette nani e mezzo", "tvmq wkzd hpjf"] {
            assert_eq!(judged(strong), Ok(()), "{strong}");
        }
    }

    #[test]
    fn the_longest_passwords_are_judged_in_time() {
        let started = std::time::Instant::now();
        for odd in
            ["a1".repeat(64), "Qq1!".repeat(32), "p4ssw0rd".repeat(16), "é".repeat(128), "(((((a+)+)+)+".repeat(9)]
        {
            let _ = judged(&odd);
        }
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }

    #[test]
    fn every_piece_of_advice_has_its_words_in_both_languages() {
        use Suggestion as S;
        use Warning as W;
        let warnings = [
            W::StraightRowsOfKeysAreEasyToGuess,
            W::ShortKeyboardPatternsAreEasyToGuess,
            W::RepeatsLikeAaaAreEasyToGuess,
            W::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
            W::ThisIsACommonPassword,
            W::ThisIsSimilarToACommonlyUsedPassword,
            W::SequencesLikeAbcAreEasyToGuess,
            W::RecentYearsAreEasyToGuess,
            W::AWordByItselfIsEasyToGuess,
            W::DatesAreOftenEasyToGuess,
            W::CommonNamesAndSurnamesAreEasyToGuess,
        ];
        let suggestions = vec![
            S::UseAFewWordsAvoidCommonPhrases,
            S::NoNeedForSymbolsDigitsOrUppercaseLetters,
            S::AddAnotherWordOrTwo,
            S::CapitalizationDoesntHelpVeryMuch,
            S::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase,
            S::ReversedWordsArentMuchHarderToGuess,
            S::PredictableSubstitutionsDontHelpVeryMuch,
            S::UseALongerKeyboardPatternWithMoreTurns,
            S::AvoidRepeatedWordsAndCharacters,
            S::AvoidSequences,
            S::AvoidRecentYears,
        ];
        for language in Language::ALL {
            for warning in warnings {
                let text = Unfit::Weak(Some(warning), suggestions.clone()).text(language);
                assert!(!text.contains("passwords."), "{text}");
            }
            for unfit in [Unfit::Length, Unfit::Personal, Unfit::Breached] {
                assert!(!unfit.text(language).contains("passwords."));
            }
        }
    }
}
