//! The fields of an account, as they are shown.

use leptos::prelude::*;

use super::fields::{LONGEST_NAME, Typed, box_of};
use crate::{
    components::{
        alert::FormErrors,
        field::{Checkbox, Field, FieldError},
        select::Select,
    },
    domain::operator::{Queue, Role},
    server::language::Language,
};

/// Name, user name (of a new account), codice fiscale, role and queues.
#[component]
pub fn AccountFields(
    /// What stands in them.
    typed: Typed,
    /// Whether the account is still to be made.
    is_new: bool,
    /// What is wrong with them.
    errors: FormErrors,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("operators.{key}"));
    let role = |role: &Role| (role.word().to_owned(), text(&format!("role_{}", role.word())));
    let tick = |queue: &Queue| {
        let label = text(&format!("queue_{}", queue.word()));
        view! { <Checkbox name=box_of(*queue) label is_checked=typed.has(*queue) /> }
    };
    let queues = Queue::ALL.iter().map(tick).collect_view();
    let username = is_new.then(|| {
        view! {
            <Field name="username" label=text("username") hint=text("username_hint") value=typed.username.clone()
                maxlength=64 error=errors.of("username") />
        }
    });
    let error = errors.of("queues");
    let described_by = if error.is_some() { "queues-error queues-hint" } else { "queues-hint" };
    view! {
        <Field name="name" label=text("name") value=typed.name.clone() maxlength=LONGEST_NAME
            error=errors.of("name") />
        {username}
        <Field name="fiscal_code" label=text("fiscal_code") hint=text("fiscal_code_hint") value=typed.fiscal_code.clone()
            maxlength=40 error=errors.of("fiscal_code") />
        <Select name="role" label=text("role") choices=Role::ALL.iter().map(role).collect() value=typed.role.clone()
            error=errors.of("role") />
        <fieldset id="queues" class="field operators-queues" tabindex="-1" aria-describedby=described_by>
            <legend>{text("queues")}</legend>
            <p class="field-hint" id="queues-hint">{text("queues_hint")}</p>
            {queues}
            <FieldError name="queues" error />
        </fieldset>
    }
}
