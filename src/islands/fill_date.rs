//! Ticking a box fills a date field with a date of the page; taking the tick away puts back what stood there before.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, HtmlInputElement};

fn input(id: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// What is to stand in the field after a change of the box; `before` is what stood there when it was ticked. A value
/// that was typed after the tick is left as it is.
fn filled(is_ticked: bool, shown: &str, date: &str, before: &mut String) -> String {
    if is_ticked {
        shown.clone_into(before);
        return date.to_owned();
    }
    if !is_ticked && shown == date { std::mem::take(before) } else { shown.to_owned() }
}

/// The date itself is read from the page when it is needed: it is the caller's, so it is no prop. What was typed
/// before stays in the memory of the page.
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
        let before = RefCell::new(String::new());
        let fill = Closure::<dyn FnMut(Event)>::new(move |_| {
            let date = document().get_element_by_id(&source).and_then(|it| it.text_content()).unwrap_or_default();
            field.set_value(&filled(watched.checked(), &field.value(), &date, &mut before.borrow_mut()));
        });
        let _ = tick.add_event_listener_with_callback("change", fill.as_ref().unchecked_ref());
        fill.forget();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_the_tick_away_gives_back_what_was_typed() {
        let mut before = String::new();
        assert_eq!(filled(true, "6/1/21", "08/01/2021", &mut before), "08/01/2021");
        assert_eq!(filled(false, "08/01/2021", "08/01/2021", &mut before), "6/1/21");
        assert_eq!(filled(true, "", "08/01/2021", &mut before), "08/01/2021");
        assert_eq!(filled(false, "08/01/2021", "08/01/2021", &mut before), "");
        assert_eq!(filled(true, "08/01/2021", "08/01/2021", &mut before), "08/01/2021");
        assert_eq!(filled(false, "08/01/2021", "08/01/2021", &mut before), "08/01/2021", "typed by hand");
        assert_eq!(filled(false, "7/1/21", "08/01/2021", &mut before), "7/1/21", "typed after the tick");
    }
}
