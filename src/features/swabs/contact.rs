//! How the patient can be reached: by one way at most (seed 003, Tab. 2).

use leptos::prelude::*;

use super::Noted;
use crate::{
    components::{alert::FormErrors, field::Field},
    domain::swab::{Contact, TextError},
    features::requests::memory::Typed,
    server::language::Language,
};

/// The field of the telephone number.
pub const PHONE: &str = "phone";
/// The field of the address.
pub const EMAIL: &str = "email";

/// The contact; none where nothing was typed. Two are told at both fields.
pub fn read(typed: &Typed, errors: &mut FormErrors, language: Language) -> Result<Option<Contact>, Noted> {
    let text = |key: &str| language.text(&format!("swabs.contact.{key}"));
    let mut judge = |field: &'static str, contact: Result<Contact, TextError>| {
        let refuse = |error| {
            let message = match error {
                TextError::TooLong { found, most } => text(&format!("{field}_too_long"))
                    .replace("{found}", &found.to_string())
                    .replace("{most}", &most.to_string()),
                TextError::Empty | TextError::Form => text(&format!("{field}_form")),
            };
            errors.add(field, message);
            Noted
        };
        contact.map(Some).map_err(refuse)
    };
    match (typed.get(PHONE).trim(), typed.get(EMAIL).trim()) {
        ("", "") => Ok(None),
        (phone, "") => judge(PHONE, Contact::phone(phone)),
        ("", email) => judge(EMAIL, Contact::email(email)),
        _ => {
            for field in [PHONE, EMAIL] {
                errors.add(field, text("both"));
            }
            Err(Noted)
        }
    }
}

/// The two fields.
pub fn fields(typed: &Typed, errors: &FormErrors, language: Language) -> AnyView {
    let text = |key: &str| language.text(&format!("swabs.contact.{key}"));
    let label = |name: &str| language.text(&format!("desk.{name}"));
    view! {
        <Field name=PHONE label=label(PHONE) hint=text("phone_hint") value=typed.get(PHONE) error=errors.of(PHONE)
            inputmode="tel" />
        <Field name=EMAIL label=label(EMAIL) hint=text("email_hint") value=typed.get(EMAIL) error=errors.of(EMAIL)
            inputmode="email" />
    }
    .into_any()
}
