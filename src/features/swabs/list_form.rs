//! What is asked of a list: where the swabs were taken, and on which days they were communicated.

use jiff::civil::Date;
use leptos::prelude::*;

use super::site;
use crate::{
    components::{alert::FormErrors, field::DateField},
    domain::{dates, swab::Site},
    features::requests::memory::Typed,
    server::{language::Language, state::AppState},
};

/// The names of the fields.
pub const FIELDS: &[&str] = &[site::CODE, site::WORDS, "from", "to"];

/// What the service is asked.
#[derive(Clone)]
pub struct Asked {
    /// Where; none where we are the structure.
    pub site: Option<Site>,
    /// The first and the last day.
    pub days: (Date, Date),
}

/// The form before anything is typed: the day of today.
pub fn fresh(today: Date) -> Typed {
    Typed::of(FIELDS, |name| matches!(name, "from" | "to").then(|| dates::display(today)))
}

/// Reads what was typed, all mistakes noted.
pub fn read(typed: &Typed, state: &AppState, language: Language, errors: &mut FormErrors) -> Option<Asked> {
    let (site, today) = (site::read(typed, state, errors, language), state.clock.today());
    let (from, to) = (day(typed, "from", today, language, errors), day(typed, "to", today, language, errors));
    let (from, to) = (from?, to?);
    if from > to {
        errors.add("to", language.text("swab_list.ends_before"));
        return None;
    }
    Some(Asked { site: site.ok()?, days: (from, to) })
}

/// A day; today where none was typed.
fn day(typed: &Typed, name: &'static str, today: Date, language: Language, errors: &mut FormErrors) -> Option<Date> {
    let text = typed.get(name);
    let key = match dates::parse(text) {
        Ok(day) if day <= today => return Some(day),
        Ok(_) => "future_day",
        Err(dates::DateError::Empty) => return Some(today),
        Err(dates::DateError::NoSuchDay) => "no_such_day",
        Err(_) => "no_date",
    };
    errors.add(name, language.text(&format!("swab_list.{key}")));
    None
}

/// The days.
#[component]
pub fn Days(
    /// What stands in the form.
    typed: Typed,
    /// What is wrong with it.
    errors: FormErrors,
    /// In which language.
    language: Language,
    /// What follows them.
    children: Children,
) -> impl IntoView {
    let day = |name: &'static str| {
        let text = |key: &str| language.text(&format!("swab_list.{key}"));
        // A day is shown as it was understood.
        let value = dates::parse(typed.get(name)).map_or_else(|_| typed.get(name).to_owned(), dates::display);
        view! { <DateField name label=language.text(&format!("desk.{name}")) hint=text("day_hint") value error=errors.of(name) /> }
    };
    view! {
        <div class="swab-list-days">
            {day("from")} {day("to")}
            {children()}
        </div>
    }
}
