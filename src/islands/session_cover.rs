//! What a locked page does to itself: everything but the lock is out of sight, out of reach and out of the accessibility
//! tree, and stays as it is. What was typed is kept by the fields, in the memory of the page alone.

use std::cell::RefCell;

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement};

/// The id of the element around everything that the guard shows.
pub const ROOT: &str = "session";

thread_local! {
    /// What had the focus last, besides the guard itself.
    static LAST: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

fn root() -> Option<Element> {
    document().get_element_by_id(ROOT)
}

fn note(focused: Option<Element>) {
    let is_guards = |element: &Element| root().is_some_and(|root| root.contains(Some(element)));
    if let Some(element) = focused.filter(|element| !is_guards(element)).and_then(|it| it.dyn_into().ok()) {
        LAST.set(Some(element));
    }
}

/// Keeps in mind what has the focus, from now on.
pub fn watch_focus() {
    note(document().active_element());
    let on_focus = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        note(event.target().and_then(|target| target.dyn_into().ok()));
    });
    let _ = document().add_event_listener_with_callback("focusin", on_focus.as_ref().unchecked_ref());
    on_focus.forget();
}

/// Gives the focus back to what had it.
pub fn give_focus_back() {
    LAST.with_borrow(|last| {
        if let Some(element) = last {
            let _ = element.focus();
        }
    });
}

/// Gives the focus to an element that is about to be there.
pub fn focus_soon(id: &'static str) {
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}

/// What of the page is not the guard's.
fn others() -> Vec<Element> {
    let (Some(body), Some(root)) = (document().body(), root()) else { return Vec::new() };
    let children = body.children();
    let all = (0..children.length()).filter_map(|place| children.item(place));
    all.filter(|child| !child.contains(Some(&root))).collect()
}

/// Covers the page.
pub fn cover() {
    for element in others() {
        let _ = element.set_attribute("inert", "");
    }
}

/// Shows it again, the focus where it was.
pub fn uncover() {
    for element in others() {
        let _ = element.remove_attribute("inert");
    }
    give_focus_back();
}

/// Leaves the page and what is in it.
pub fn leave(address: &str) {
    let _ = window().location().replace(address);
}

/// Calls `look` whenever somebody comes back to the page: from another tab, from sleep, from the browser's memory.
pub fn on_return(look: impl Fn() + 'static) {
    let on_event = Closure::<dyn FnMut(Event)>::new(move |_: Event| {
        if !document().hidden() {
            look();
        }
    });
    let callback = on_event.as_ref().unchecked_ref();
    let _ = document().add_event_listener_with_callback("visibilitychange", callback);
    for name in ["focus", "pageshow"] {
        let _ = window().add_event_listener_with_callback(name, callback);
    }
    on_event.forget();
}
