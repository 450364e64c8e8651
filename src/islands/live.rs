//! Keeps a part of the page as it is now. Without JavaScript the page is asked for again by itself.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Replaces what is in the element `target` by what `address` answers, every `seconds`, while somebody can see it. To
/// ask is no use of the session; while that is locked or over, the page stays as it is.
#[island]
pub fn Live(
    /// The id of the element.
    target: String,
    /// Where its content is asked for.
    address: String,
    /// How often.
    seconds: u32,
) -> impl IntoView {
    Effect::new(move |_| {
        let (target, address) = (target.clone(), address.clone());
        let look = move || {
            let (target, address) = (target.clone(), address.clone());
            if !document().hidden() {
                spawn_local(async move { refresh(&target, &address).await.unwrap_or_default() });
            }
        };
        if let Ok(interval) = set_interval_with_handle(look, Duration::from_secs(seconds.into())) {
            on_cleanup(move || interval.clear());
        }
    });
}

async fn refresh(target: &str, address: &str) -> Option<()> {
    let answer = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    // Who is not signed in is led elsewhere.
    if !answer.ok() || answer.redirected() {
        return None;
    }
    let content = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    document().get_element_by_id(target)?.set_inner_html(&content);
    Some(())
}
