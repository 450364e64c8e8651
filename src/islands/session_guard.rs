//! Warns before the session locks, extends it in one action, and goes to the PIN when it has locked.

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use super::timer::{minutes_and_seconds, remaining};

/// The words of the warning.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GuardTexts {
    /// What stands before the time left.
    pub warning: String,
    /// The button that extends.
    pub extend: String,
}

/// How long the session lasts, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GuardTimes {
    /// Until it locks, when the page was made.
    pub left: i64,
    /// Until it locks, once it is extended.
    pub idle: i64,
    /// How long before it locks the warning is shown.
    pub warning: i64,
}

/// The address that extends the session.
const EXTEND: &str = "/session/extend";
/// Where a locked session goes on.
const PIN: &str = "/login/pin";

async fn extend() -> bool {
    let options = RequestInit::new();
    options.set_method("POST");
    let answer = JsFuture::from(window().fetch_with_str_and_init(EXTEND, &options)).await;
    answer.ok().and_then(|answer| answer.dyn_into::<Response>().ok()).is_some_and(|answer| answer.status() == 204)
}

/// The warning, shown only when it is time.
#[island]
pub fn SessionGuard(
    /// How long.
    times: GuardTimes,
    /// The words.
    texts: GuardTexts,
) -> impl IntoView {
    let (left, restart) = remaining(times.left);
    let is_near = Memo::new(move |_| left.get() <= times.warning);
    Effect::new(move |_| {
        if left.get() == 0 {
            let _ = window().location().assign(PIN);
        }
    });
    let go_on = move |_| {
        spawn_local(async move {
            if extend().await {
                restart(times.idle);
            } else {
                let _ = window().location().assign(PIN);
            }
        });
    };
    let GuardTexts { warning, extend } = texts;
    view! {
        <div class="session-guard" role="alert" hidden=move || !is_near.get()>
            {move || is_near.get().then(|| {
                view! {
                    <p>
                        {warning.clone()}
                        " "
                        <strong aria-live="off">{move || minutes_and_seconds(left.get())}</strong>
                    </p>
                    <button type="button" class="button button-secondary" on:click=go_on>{extend.clone()}</button>
                }
            })}
        </div>
    }
}
