//! A form is sent once: Enter twice and double clicks end here, before they reach the server, which forgives them too.

use std::time::Duration;

use leptos::prelude::{document, set_timeout, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlFormElement, PageTransitionEvent, SubmitEvent};

const SENT: &str = "data-sent";
/// Of a button that brings a file: the page stays as it is, and so does its form.
const FILE: &str = "data-file";

/// How long a form that was sent is held.
const PATIENCE: Duration = Duration::from_secs(4);

fn release(form: &HtmlFormElement) {
    let _ = form.remove_attribute(SENT);
    let _ = form.remove_attribute("aria-busy");
}

/// Watches every form of the page. A page that comes back from the browser's memory can be sent again: its one-time
/// key shows what became of it.
pub fn install() {
    let on_submit = Closure::<dyn FnMut(SubmitEvent)>::new(|event: SubmitEvent| {
        // A form that an island sends by itself is the island's.
        if event.default_prevented() || event.submitter().is_some_and(|button| button.has_attribute(FILE)) {
            return;
        }
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        if form.has_attribute(SENT) {
            event.prevent_default();
        } else {
            let _ = form.set_attribute(SENT, "");
            let _ = form.set_attribute("aria-busy", "true");
            // Whoever stops a page that is slow to come can send again; the server knows a repetition by its key.
            set_timeout(move || release(&form), PATIENCE);
        }
    });
    let _ = document().add_event_listener_with_callback("submit", on_submit.as_ref().unchecked_ref());
    on_submit.forget();
    let on_show = Closure::<dyn FnMut(PageTransitionEvent)>::new(|_: PageTransitionEvent| {
        let Ok(forms) = document().query_selector_all(&format!("form[{SENT}]")) else { return };
        for index in 0..forms.length() {
            if let Some(form) = forms.get(index).and_then(|node| node.dyn_into::<HtmlFormElement>().ok()) {
                release(&form);
            }
        }
    });
    let _ = window().add_event_listener_with_callback("pageshow", on_show.as_ref().unchecked_ref());
    on_show.forget();
}
