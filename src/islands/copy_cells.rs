//! Buttons that copy what stands in the tables of the page; without JavaScript there are none.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement};

use super::copy_button::ICON;

/// What has no button yet, in the group that is open and where there is none to open.
const CODES: &str = "details[open] code:last-child, .table:not(details .table) code:last-child";

/// Gives each code of the element `target` a button that copies it, a group of them when it is opened: none of it costs
/// anything before.
#[island]
pub fn CopyCells(
    /// The id of the element.
    target: String,
    /// What a button is called, before the code.
    label: String,
    /// What is said once it has copied.
    done: String,
) -> impl IntoView {
    let (copied, set_copied) = signal(false);
    Effect::new(move |_| {
        let Some(list) = document().get_element_by_id(&target) else { return };
        equip(&list, &label);
        let (opened, label) = (list.clone(), label.clone());
        let on_toggle = Closure::<dyn FnMut(Event)>::new(move |_| equip(&opened, &label));
        // It does not bubble.
        let capture = true;
        let _ = list.add_event_listener_with_callback_and_bool("toggle", on_toggle.as_ref().unchecked_ref(), capture);
        on_toggle.forget();
        let on_click = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(code) = code_of(&event) {
                let _ = window().navigator().clipboard().write_text(&code);
                set_copied.set(true);
            }
        });
        let _ = list.add_event_listener_with_callback("click", on_click.as_ref().unchecked_ref());
        on_click.forget();
    });
    view! {
        <p class="copied" role="status">
            {move || copied.get().then(|| done.clone())}
        </p>
    }
}

/// The code whose button was clicked.
fn code_of(event: &Event) -> Option<String> {
    let button = event.target()?.dyn_into::<Element>().ok()?.closest("button.copy").ok()??;
    button.previous_element_sibling()?.text_content()
}

fn equip(list: &Element, label: &str) {
    let Ok(codes) = list.query_selector_all(CODES) else { return };
    for index in 0..codes.length() {
        let code = codes.get(index).and_then(|node| node.dyn_into::<HtmlElement>().ok());
        if let Some((code, button)) = code.and_then(|code| button(&code, label).map(|button| (code, button))) {
            let _ = code.after_with_node_1(&button);
        }
    }
}

fn button(code: &HtmlElement, label: &str) -> Option<Element> {
    let button = document().create_element("button").ok()?;
    let name = format!("{label} {}", code.text_content()?);
    for (attribute, value) in [("type", "button"), ("class", "copy"), ("aria-label", &name), ("title", label)] {
        button.set_attribute(attribute, value).ok()?;
    }
    button.set_inner_html(ICON);
    Some(button)
}
