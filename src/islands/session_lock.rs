//! What the guard of the session shows: the warning, and the two covers of a page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, SubmitEvent};

use super::{
    session_guard::{Guard, OVER_TITLE, PIN_FIELD},
    timer::minutes_and_seconds,
};

/// How long is left, and the button that extends; there is none where the session ends, used or not.
#[component]
pub(super) fn Warning(
    /// Of which page.
    guard: Guard,
) -> impl IntoView {
    let is_final = guard.is_final;
    let warning = move || guard.text(|texts| if is_final.get() { &texts.last_warning } else { &texts.warning });
    view! {
        <p>
            {warning}
            " "
            <strong aria-live="off">{move || minutes_and_seconds(guard.left.get())}</strong>
        </p>
        {move || guard.problem.get().map(|problem| view! { <p>{problem}</p> })}
        {move || (!is_final.get()).then(|| {
            view! {
                <button type="button" class="button button-secondary" on:click=move |_| guard.extend()>
                    {guard.text(|texts| &texts.extend)}
                </button>
            }
        })}
    }
}

/// The field of the PIN, and what is wrong with it, said at once.
fn pin_field(guard: Guard) -> AnyView {
    let invalid = move || guard.problem.with(Option::is_some).then_some("true");
    let problem = move || guard.problem.get().map(|problem| view! { <p class="field-error">{problem}</p> });
    view! {
        <div class="field field-short">
            <label for=PIN_FIELD>{guard.text(|texts| &texts.pin)}</label>
            <p class="field-hint" id="session-pin-hint">{guard.text(|texts| &texts.pin_hint)}</p>
            <input id=PIN_FIELD type="text" autocomplete="one-time-code" maxlength="40" spellcheck="false"
                aria-describedby="session-pin-error session-pin-hint" aria-invalid=invalid />
            <div id="session-pin-error" role="alert">{problem}</div>
        </div>
    }
    .into_any()
}

/// The form that opens, and the way out for who is somebody else.
fn pin_forms(guard: Guard) -> AnyView {
    let is_busy = RwSignal::new(false);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let field = document().get_element_by_id(PIN_FIELD).and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field.filter(|_| !is_busy.get_untracked()) {
            let pin = field.value();
            field.set_value("");
            guard.unlock(pin, is_busy);
        }
    };
    view! {
        <form class="form-narrow" on:submit=send>
            {pin_field(guard)}
            <button type="submit" class="button button-primary" aria-busy=move || is_busy.get().then_some("true")>
                {guard.text(|texts| &texts.verify)}
            </button>
        </form>
        <form method="post" action="/logout" class="post-button">
            <button type="submit" class="button button-quiet">{guard.text(|texts| &texts.someone_else)}</button>
        </form>
    }
    .into_any()
}

/// Asks for the PIN.
#[component]
pub(super) fn PinLock(
    /// Of which page.
    guard: Guard,
) -> impl IntoView {
    view! {
        <div class="session-lock" role="dialog" aria-modal="true" aria-labelledby="session-locked">
            <div class="entrance">
                <h1 id="session-locked">{guard.text(|texts| &texts.locked_title)}</h1>
                <p>{guard.text(|texts| &texts.locked)}</p>
                <p>{guard.text(|texts| &texts.who)}</p>
                {pin_forms(guard)}
            </div>
        </div>
    }
}

/// Says why the session is over, and where one can sign in. Whoever comes back from there finds the page as it was.
#[component]
pub(super) fn Over(
    /// Of which page.
    guard: Guard,
    /// Why.
    why: String,
) -> impl IntoView {
    view! {
        <div class="session-lock" role="dialog" aria-modal="true" aria-labelledby=OVER_TITLE>
            <div class="entrance">
                <h1 id=OVER_TITLE class="heading" tabindex="-1">{guard.text(|texts| &texts.over_title)}</h1>
                <p>{why}</p>
                <p>{guard.text(|texts| &texts.kept)}</p>
                <a class="button button-secondary" href="/login" target="_blank" rel="noopener">
                    {guard.text(|texts| &texts.sign_in)}
                </a>
            </div>
        </div>
    }
}
