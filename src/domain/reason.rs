//! Why a typed value is refused, as a text: which one, and what goes into its places.
//!
//! The texts are in `locales/codes.*.toml`; the server and the browser fill the same templates.

use super::{
    call::IdError,
    code::CodeError,
    dates::DateError,
    exemption::{ExemptionCodeError, FirstDayError},
    fiscal_code::FiscalCodeError,
    health_card::HealthCardError,
    symbols::ForeignSymbol,
};

/// A refusal that has a text of its own.
pub trait Reason {
    /// The name of the text in the namespace `codes`.
    fn key(&self) -> &'static str;

    /// The text, its places (`{found}`, `{likely}`, `{position}`, `{count}`) filled in.
    #[must_use]
    fn fill(&self, template: &str) -> String {
        template.to_owned()
    }
}

/// Fills the places that a foreign symbol has.
fn fill_foreign(template: &str, foreign: &ForeignSymbol) -> String {
    let likely = foreign.likely.map(String::from).unwrap_or_default();
    // The symbol that was typed goes in last: one that reads as a place can't be filled in turn.
    template
        .replace("{position}", &foreign.position.to_string())
        .replace("{likely}", &likely)
        .replace("{found}", &foreign.found.to_string())
}

fn fill_count(template: &str, count: usize) -> String {
    template.replace("{count}", &count.to_string())
}

impl Reason for CodeError {
    fn key(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Foreign(ForeignSymbol { likely: None, .. }) => "foreign",
            Self::Foreign(_) => "foreign_likely",
            Self::Length { .. } => "length",
            Self::CheckSymbol => "check_symbol",
            Self::CunInstead => "cun_instead",
        }
    }

    fn fill(&self, template: &str) -> String {
        match self {
            Self::Foreign(foreign) => fill_foreign(template, foreign),
            Self::Length { found } => fill_count(template, *found),
            Self::Empty | Self::CheckSymbol | Self::CunInstead => template.to_owned(),
        }
    }
}

impl Reason for HealthCardError {
    fn key(&self) -> &'static str {
        match self {
            Self::Empty => "card_empty",
            Self::Foreign(ForeignSymbol { likely: None, .. }) => "card_foreign",
            Self::Foreign(_) => "card_foreign_likely",
            Self::Length { .. } => "card_length",
        }
    }

    fn fill(&self, template: &str) -> String {
        match self {
            Self::Foreign(foreign) => fill_foreign(template, foreign),
            Self::Length { found } => fill_count(template, *found),
            Self::Empty => template.to_owned(),
        }
    }
}

impl Reason for DateError {
    fn key(&self) -> &'static str {
        match self {
            Self::Empty => "date_empty",
            Self::Form => "date_form",
            Self::NoSuchDay => "date_no_such_day",
            Self::Future => "date_future",
            Self::TooOld => "date_too_old",
        }
    }
}

impl Reason for ExemptionCodeError {
    fn key(&self) -> &'static str {
        match self {
            Self::Empty => "exemption_empty",
            Self::Form => "exemption_form",
        }
    }
}

impl Reason for FirstDayError {
    fn key(&self) -> &'static str {
        match self.0 {
            DateError::Empty => "first_day_empty",
            DateError::Future => "first_day_future",
            other => other.key(),
        }
    }
}

/// The id is a call's: no one types a transaction's.
impl Reason for IdError {
    fn key(&self) -> &'static str {
        match self {
            Self::Empty => "call_id_empty",
            Self::TooLong => "call_id_too_long",
            Self::Form => "call_id_form",
            Self::PersonalData => "call_id_personal",
        }
    }
}

impl Reason for FiscalCodeError {
    fn key(&self) -> &'static str {
        match self {
            Self::Empty => "fiscal_empty",
            Self::Length { .. } => "fiscal_length",
            Self::Form { .. } => "fiscal_form",
            Self::CheckLetter => "fiscal_check_letter",
        }
    }

    fn fill(&self, template: &str) -> String {
        match self {
            Self::Length { found } => fill_count(template, *found),
            Self::Form { position } => template.replace("{position}", &position.to_string()),
            Self::Empty | Self::CheckLetter => template.to_owned(),
        }
    }
}
