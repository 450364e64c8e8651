//! Ticking a box fills a date field with a date of the page; taking the tick away empties it again.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, HtmlInputElement};

fn input(id: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The date itself is read from the page when it is needed: it is the caller's, so it is no prop.
#[island]
pub fn FillDate(
    /// The id of the box.
    tick: String,
    /// The id of the field.
    field: String,
    /// The id of the element that shows the date.
    source: String,
) -> impl IntoView {
    Effect::new(move |_| {
        let (Some(tick), Some(field)) = (input(&tick), input(&field)) else { return };
        let (source, watched) = (source.clone(), tick.clone());
        let fill = Closure::<dyn FnMut(Event)>::new(move |_| {
            let date = document().get_element_by_id(&source).and_then(|it| it.text_content()).unwrap_or_default();
            if watched.checked() {
                field.set_value(&date);
            } else if field.value() == date {
                field.set_value("");
            }
        });
        let _ = tick.add_event_listener_with_callback("change", fill.as_ref().unchecked_ref());
        fill.forget();
    });
}
