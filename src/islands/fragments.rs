//! Links to a place on the same page move the focus there and leave the address as it is: with a fragment in it, a
//! browser does not focus the heading or the error summary when the page is loaded again.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, HtmlElement};

fn focus(element: &HtmlElement) {
    element.scroll_into_view();
    let _ = element.focus();
}

/// The element that a click on a link of the same page leads to.
fn target_of(event: &Event) -> Option<HtmlElement> {
    let clicked: Element = event.target()?.dyn_into().ok()?;
    let href = clicked.closest("a[href^='#']").ok()??.get_attribute("href")?;
    document().get_element_by_id(href.trim_start_matches('#'))?.dyn_into().ok()
}

/// Takes the fragment out of the address of a page that was loaded with one, and focuses what the page wants focused
/// if the browser has focused nothing.
fn repair() {
    let location = window().location();
    let (Ok(hash), Ok(path), Ok(query)) = (location.hash(), location.pathname(), location.search()) else { return };
    if hash.is_empty() {
        return;
    }
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{path}{query}")));
    }
    let has_focus = document().active_element().is_some_and(|active| active.tag_name() != "BODY");
    let wanted = document().query_selector("[autofocus]").ok().flatten();
    if let (false, Some(wanted)) = (has_focus, wanted.and_then(|it| it.dyn_into::<HtmlElement>().ok())) {
        focus(&wanted);
    }
}

/// Watches every link of the page.
pub fn install() {
    repair();
    let on_click = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        if let Some(target) = target_of(&event) {
            event.prevent_default();
            focus(&target);
        }
    });
    let _ = document().add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
    on_click.forget();
}
