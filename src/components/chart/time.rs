//! Columns and lines along a time.

use leptos::prelude::*;

use super::{Frame, Plot, Series, WIDTH, length};
use crate::server::language::Language;

const HEIGHT: i64 = 260;
const LEFT: i64 = 84;
const RIGHT: i64 = 12;
const TOP: i64 = 16;
const BOTTOM: i64 = 40;
/// What is left for the numbers.
const INNER_WIDTH: i64 = WIDTH - LEFT - RIGHT;
const INNER_HEIGHT: i64 = HEIGHT - TOP - BOTTOM;
/// How many labels stand under the axis at most.
const MOST_LABELS: i64 = 6;
/// How many points of a line have a shape at most.
const MOST_POINTS: i64 = 40;

/// A picture along a time. Numbers grow upwards.
struct Axes {
    step: i64,
    top: i64,
    places: i64,
}

impl Axes {
    fn of(plot: &Plot) -> Self {
        let most = plot.most().max(1);
        let step = plot.unit.step(most);
        Self { step, top: step.saturating_mul((most + step - 1) / step), places: length(&plot.labels).max(1) }
    }

    /// Where the `nth` place begins.
    const fn left(&self, nth: i64) -> i64 {
        LEFT + nth * INNER_WIDTH / self.places
    }

    const fn middle(&self, nth: i64) -> i64 {
        i64::midpoint(self.left(nth), self.left(nth + 1))
    }

    const fn height(&self, value: i64) -> i64 {
        TOP + INNER_HEIGHT - value.saturating_mul(INNER_HEIGHT) / self.top
    }

    /// The lines with their numbers, and the labels.
    fn view(&self, plot: &Plot) -> impl IntoView + use<> {
        let unit = plot.unit;
        let lines = (0..=self.top / self.step).map(|nth| {
            let (value, y) = (nth * self.step, self.height(nth * self.step));
            view! {
                <path class="chart-grid" d=format!("M{LEFT} {y}H{}", WIDTH - RIGHT) />
                <text class="chart-number" x=LEFT - 8 y=y + 4>{unit.show(value)}</text>
            }
        });
        let every = (self.places + MOST_LABELS - 1) / MOST_LABELS;
        let labels = plot.labels.iter().zip(0_i64..).filter(|(_, nth)| nth % every == 0).map(|(label, nth)| {
            view! { <text class="chart-label" x=self.middle(nth) y=HEIGHT - 12>{label.clone()}</text> }
        });
        view! { <g>{lines.collect_view()}{labels.collect_view()}</g> }
    }
}

/// Columns along a time: the first series.
#[component]
pub fn Columns(
    /// What is shown.
    plot: Plot,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let axes = Axes::of(&plot);
    let columns = plot.series.iter().take(1).flat_map(|series| series.values.iter().zip(0_i64..));
    let columns = columns.filter_map(|(value, nth)| {
        let (left, right, y) = (axes.left(nth), axes.left(nth + 1), axes.height((*value)?));
        let gap = ((right - left) / 6).min(12);
        let d = format!("M{} {}V{y}H{}V{}Z", left + gap, TOP + INNER_HEIGHT, right - gap, TOP + INNER_HEIGHT);
        Some(view! { <path class="chart-column" d=d /> })
    });
    let (columns, axes) = (columns.collect_view(), axes.view(&plot));
    let title = plot.title.clone();
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            <Frame plot height=HEIGHT language>{axes}{columns}</Frame>
        </figure>
    }
}

/// The outline of a point of the `nth` line.
fn point(nth: usize, x: i64, y: i64) -> String {
    match nth % 4 {
        0 => format!("M{} {y}a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z", x - 5),
        1 => format!("M{} {}h10v10h-10Z", x - 5, y - 5),
        2 => format!("M{x} {}l6 10h-12Z", y - 6),
        _ => format!("M{x} {}l6 6l-6 6l-6-6Z", y - 6),
    }
}

/// Lines along a time, each with its own points and dashes.
#[component]
pub fn Lines(
    /// What is shown.
    plot: Plot,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let axes = Axes::of(&plot);
    let every = (axes.places + MOST_POINTS - 1) / MOST_POINTS;
    let line = |(series, nth): (&Series, usize)| {
        let (mut path, mut points, mut is_on) = (String::new(), String::new(), false);
        for (value, place) in series.values.iter().zip(0_i64..) {
            let Some(value) = value else {
                is_on = false;
                continue;
            };
            let (x, y) = (axes.middle(place), axes.height(*value));
            path.push(if is_on { 'L' } else { 'M' });
            path.extend([x.to_string(), ' '.to_string(), y.to_string()]);
            is_on = true;
            if place % every == 0 {
                points.push_str(&point(nth, x, y));
            }
        }
        let class = format!("chart-{}", nth % 4 + 1);
        view! {
            <g class=class>
                <path class="chart-line" d=path />
                <path class="chart-points" d=points />
            </g>
        }
    };
    let lines = plot.series.iter().zip(0..).map(line).collect_view();
    let names: Vec<_> = plot.series.iter().map(|series| series.name.clone()).collect();
    let (title, axes) = (plot.title.clone(), axes.view(&plot));
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            <Frame plot height=HEIGHT language>{axes}{lines}</Frame>
            <Legend names />
        </figure>
    }
}

/// Which line is which.
#[component]
fn Legend(
    /// The names, in the order of the lines.
    names: Vec<String>,
) -> impl IntoView {
    let entry = |(name, nth): (String, usize)| {
        view! {
            <li>
                <svg class=format!("chart-key chart-{}", nth % 4 + 1) viewBox="0 0 48 16" aria-hidden="true" focusable="false">
                    <path class="chart-line" d="M2 8H46" />
                    <path class="chart-points" d=point(nth, 24, 8) />
                </svg>
                <span>{name}</span>
            </li>
        }
    };
    view! { <ul class="chart-legend">{names.into_iter().zip(0..).map(entry).collect_view()}</ul> }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Unit, tests::plot},
        *,
    };
    use crate::components::html;

    #[test]
    fn the_axis_reaches_the_highest() {
        let axes = Axes::of(&plot(vec![vec![Some(0), Some(7)]], Unit::Count));
        assert_eq!((axes.step, axes.top), (2, 8));
        assert_eq!((axes.height(0), axes.height(8)), (TOP + INNER_HEIGHT, TOP));
    }

    #[test]
    fn a_picture_says_in_words_what_it_shows_and_has_no_style_of_its_own() {
        let columns = html(|| {
            let plot = plot(vec![vec![Some(3), Some(7), None, Some(7)]], Unit::Count);
            view! { <Columns plot language=Language::It /> }.into_any()
        });
        assert!(columns.contains(">s0: al massimo 7 (1:00).<"), "{columns}");
        assert_eq!(columns.matches("chart-column").count(), 3, "{columns}");
        assert!(!columns.contains("style="), "the policy of the page forbids it: {columns}");
    }

    #[test]
    fn a_line_is_interrupted_where_there_is_nothing_and_differs_by_its_points() {
        let lines = html(|| {
            let plot = plot(vec![vec![Some(60), None, Some(90), Some(30)], vec![Some(90); 4]], Unit::Seconds);
            view! { <Lines plot language=Language::It /> }.into_any()
        });
        let first = lines.split("chart-1\"").nth(1).unwrap();
        let path = first.split(" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert_eq!((path.matches('M').count(), path.matches('L').count()), (2, 1), "{path}");
        assert!(lines.contains("01:30") && lines.contains("chart-1") && lines.contains("chart-2"), "{lines}");
        assert_ne!(point(0, 10, 10), point(1, 10, 10));
    }
}
