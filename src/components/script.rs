//! What the operator says to the caller.

use leptos::prelude::*;
use rust_i18n::t;

use super::{
    icon::{Icon, Picture},
    kept::Kept,
};
use crate::server::language::Language;

/// A sentence to be read out.
#[component]
pub fn Say(
    /// The sentence, without quotation marks.
    children: Children,
) -> impl IntoView {
    view! { <q class="say">{children()}</q> }
}

/// The column "Da dire": the sentence of this moment, and what to say if it goes wrong ([`ScriptNote`]s).
#[component]
pub fn Script(
    /// The sentence of this moment.
    say: AnyView,
    /// In which language its own words are.
    language: Language,
    /// The notes under it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="desk-script" aria-labelledby="script-title">
            <Title language />
            <p>
                <Say>{say}</Say>
            </p>
            {children.map(|children| view! { <dl class="script-notes">{children()}</dl> })}
        </section>
    }
}

/// What the column is called.
#[component]
fn Title(
    /// In which language.
    language: Language,
) -> impl IntoView {
    static KEPT: Kept<Language> = Kept::new();
    KEPT.piece(language, || {
        view! {
            <h2 id="script-title">
                <Picture icon=Icon::Speech />
                <span>{t!("components.to_say", locale = language.tag())}</span>
            </h2>
        }
    })
}

/// What to say in a special case.
#[component]
pub fn ScriptNote(
    /// In which case: "Se il codice cambia".
    #[prop(into)]
    when: String,
    /// The sentence for it.
    #[prop(into)]
    say: String,
) -> impl IntoView {
    view! {
        <div>
            <dt>{when}</dt>
            <dd>
                <Say>{say}</Say>
            </dd>
        </div>
    }
}
