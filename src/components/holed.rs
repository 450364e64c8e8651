//! Pieces of pages that are rendered once with holes in them, which every page fills with what is its own.

use std::{collections::HashMap, hash::Hash, sync::LazyLock};

use leptos::{
    prelude::{IntoView, RenderHtml},
    tachys::html::InertElement,
};
use parking_lot::RwLock;

/// What stands around the place of a hole: characters that no text of ours has and no page shows.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];
/// The number that stands for the first hole of numbers.
const NUMBER: i64 = 7_700_000_000_000_000_000;
/// The most holes of a piece.
const MOST: i64 = 10;

/// What fills a hole.
#[derive(Clone, Copy)]
pub enum Fill<'a> {
    /// A text, between elements or in an attribute.
    Text(&'a str),
    /// A text in the props of an island.
    Prop(&'a str),
    /// A number.
    Number(i64),
    /// A piece that is rendered already.
    Html(&'a str),
}

/// What stands for a text in the view of a [`Holed`] piece: the hole at this place among its fills.
#[must_use]
pub fn hole(place: usize) -> String {
    let [before, after] = MARKS;
    format!("{before}{place}{after}")
}

/// What stands for a number.
#[must_use]
pub const fn number_hole(place: i64) -> i64 {
    NUMBER + place
}

/// A view in which a hole of numbers is shown as `shown`, which gives way to the hole at `place`.
pub fn with_shown(view: impl IntoView, shown: &str, place: usize) -> InertElement {
    let html = view.into_view().to_html();
    InertElement::new(html.replace(&format!(">{shown}<"), &format!(">{}<", hole(place))))
}

/// Between two holes, or a hole.
enum Part {
    Html(&'static str),
    Hole(usize),
}

/// The forms of one piece, by what decides its form.
///
/// They are kept as long as the program runs, so the rule of [`super::kept::Kept`] holds for what is around the holes.
/// What fills them goes into the page and nowhere else.
pub struct Holed<Form>(LazyLock<RwLock<HashMap<Form, &'static [Part]>>>);

impl<Form: Copy + Eq + Hash> Default for Holed<Form> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Form: Copy + Eq + Hash> Holed<Form> {
    /// None of them is rendered yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(LazyLock::new(RwLock::default))
    }

    /// The piece in this form, which is `view` the first time, with its holes filled.
    pub fn piece<V: IntoView>(&self, form: Form, fills: &[Fill<'_>], view: impl FnOnce() -> V) -> InertElement {
        InertElement::new(self.html(form, fills, view))
    }

    /// The same as text.
    pub fn html<V: IntoView>(&self, form: Form, fills: &[Fill<'_>], view: impl FnOnce() -> V) -> String {
        let known = self.0.read().get(&form).copied();
        let parts = known.unwrap_or_else(|| {
            let parts: &'static [Part] = cut(view().into_view().to_html()).leak();
            *self.0.write().entry(form).or_insert(parts)
        });
        fill(parts, fills)
    }
}

fn fill(parts: &[Part], fills: &[Fill<'_>]) -> String {
    let length = parts.iter().map(|part| match part {
        Part::Html(html) => html.len(),
        Part::Hole(_) => 64,
    });
    let mut filled = String::with_capacity(length.sum());
    for part in parts {
        match part {
            Part::Html(html) => filled.push_str(html),
            Part::Hole(place) => fills.get(*place).into_iter().for_each(|fill| fill.push_to(&mut filled)),
        }
    }
    filled
}

impl Fill<'_> {
    fn push_to(self, html: &mut String) {
        match self {
            Self::Text(text) => push_escaped(html, text),
            // A text is always JSON, in quotation marks, which stand around the hole.
            Self::Prop(text) => {
                let json = serde_json::to_string(text).unwrap_or_default();
                push_escaped(html, json.get(1..json.len().saturating_sub(1)).unwrap_or_default());
            }
            Self::Number(number) => html.push_str(&number.to_string()),
            Self::Html(piece) => html.push_str(piece),
        }
    }
}

fn push_escaped(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some((plain, special, after)) =
        rest.find(['&', '<', '>', '"']).and_then(|at| Some((rest.get(..at)?, rest.get(at..=at)?, rest.get(at + 1..)?)))
    {
        html.push_str(plain);
        html.push_str(match special {
            "&" => "&amp;",
            "<" => "&lt;",
            ">" => "&gt;",
            _ => "&quot;",
        });
        rest = after;
    }
    html.push_str(rest);
}

/// Cuts what was rendered at its holes.
fn cut(html: String) -> Vec<Part> {
    let numbers = (0..MOST).zip(0..);
    let html = numbers.fold(html, |html, (number, place)| html.replace(&number_hole(number).to_string(), &hole(place)));
    let html: &'static str = html.leak();
    let [before, after] = MARKS;
    let mut parts = Vec::new();
    for (at, piece) in html.split(before).enumerate() {
        let (place, rest) = piece.split_once(after).filter(|_| at > 0).unwrap_or(("", piece));
        parts.extend(place.parse().map(Part::Hole));
        parts.push(Part::Html(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;

    const ODD: &str = "<i>\"a\" & 'b'\\\u{e000}1\u{e001}</i>";

    /// What leptos makes of the same.
    fn of_leptos(text: &'static str) -> String {
        let view = move || view! { <p title=text data-n=7>{text}</p> };
        Owner::new().with(|| view().to_html())
    }

    #[test]
    fn a_piece_is_rendered_once_and_filled_each_time() {
        static PIECE: Holed<()> = Holed::new();
        for text in ["a text", "è > & <", "\""] {
            let fills = [Fill::Text(text), Fill::Number(7)];
            let view = || view! { <p title=hole(0) data-n=number_hole(1)>{hole(0)}</p> };
            let html = Owner::new().with(|| PIECE.html((), &fills, view));
            assert_eq!(html.replace("&quot;", "\""), of_leptos(text).replace("&quot;", "\""));
        }
    }

    #[test]
    fn nothing_that_fills_a_hole_is_markup_json_or_a_hole() {
        static PIECE: Holed<()> = Holed::new();
        let fills = [Fill::Prop(ODD), Fill::Text("no hole leads here")];
        let props = || format!("{{\"text\":\"{}\"}}", hole(0));
        let html = Owner::new().with(|| PIECE.html((), &fills, || view! { <i data-props=props()></i> }));
        let inner = html.trim_start_matches("<i data-props=\"").trim_end_matches("\"></i>");
        assert!(!inner.contains(['<', '>', '"']), "{html}");
        let json = inner.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["text"], ODD);
    }

    #[test]
    fn a_rendered_piece_is_taken_as_it_is() {
        static PIECE: Holed<()> = Holed::new();
        let html = Owner::new().with(|| PIECE.html((), &[Fill::Html("<b>1</b>")], || view! { <p>{hole(0)}</p> }));
        assert_eq!(html, "<p><b>1</b></p>");
    }
}
