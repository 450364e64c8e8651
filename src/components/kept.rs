//! Pieces of pages that are rendered once and then repeated as they are.

use std::{collections::HashMap, hash::Hash, sync::LazyLock};

use leptos::{
    prelude::{IntoView, RenderHtml},
    tachys::html::InertElement,
};
use parking_lot::RwLock;

/// The forms of one piece, by what decides its form.
///
/// They are kept as long as the program runs: `Form` is made of languages, icons, stages and their like, and never of
/// anything that came with a request or that is somebody's.
pub struct Kept<Form>(LazyLock<RwLock<HashMap<Form, &'static str>>>);

impl<Form: Copy + Eq + Hash> Default for Kept<Form> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Form: Copy + Eq + Hash> Kept<Form> {
    /// None of them is rendered yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(LazyLock::new(RwLock::default))
    }

    /// The piece in this form, which is `view` the first time.
    pub fn piece<V: IntoView>(&self, form: Form, view: impl FnOnce() -> V) -> InertElement {
        if let Some(html) = self.0.read().get(&form) {
            return InertElement::new(*html);
        }
        let html = view().into_view().to_html().leak();
        InertElement::new(*self.0.write().entry(form).or_insert(html))
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;

    #[test]
    fn each_form_is_rendered_once() {
        static PIECE: Kept<u8> = Kept::new();
        let html =
            |form, text: &'static str| Owner::new().with(|| PIECE.piece(form, || view! { <p>{text}</p> }).to_html());
        assert_eq!(html(1, "first"), "<p>first</p>");
        assert_eq!(html(1, "not rendered"), "<p>first</p>");
        assert_eq!(html(2, "second"), "<p>second</p>");
    }
}
