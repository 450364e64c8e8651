//! Bars beside names.

use leptos::prelude::*;

use super::{Frame, Plot, WIDTH, length};
use crate::server::language::Language;

/// The height of a bar with the name above it.
const ROW: i64 = 52;
const BAR: i64 = 16;
/// What is left for the numbers at the end of a bar.
const NUMBERS: i64 = 180;

/// Bars beside names, the number at the end of each: the first series. A second one is a stroke across the bar.
#[component]
pub fn Bars(
    /// What is shown.
    plot: Plot,
    /// In which language its own words are.
    language: Language,
) -> impl IntoView {
    let most = plot.most().max(1);
    let (unit, inner) = (plot.unit, WIDTH - NUMBERS);
    let reach = |value: i64| value.saturating_mul(inner) / most;
    let value_of = |series: usize, nth: usize| plot.series.get(series).and_then(|series| *series.values.get(nth)?);
    let bars = plot.labels.iter().zip(0_usize..).zip(0_i64..).map(|((label, nth), row)| {
        let (y, first, second) = (row * ROW, value_of(0, nth), value_of(1, nth));
        let bar = first.map(|value| format!("M0 {}h{}v{BAR}h-{}Z", y + 28, reach(value), reach(value)));
        let stroke = second.map(|value| format!("M{} {}v{}", reach(value), y + 24, BAR + 8));
        let end = first.into_iter().chain(second).max().map_or(0, reach);
        let numbers = first.into_iter().chain(second).map(|value| unit.show(value)).collect::<Vec<_>>().join(" · ");
        view! {
            <g>
                <text class="chart-name" x="0" y=y + 20>{label.clone()}</text>
                {bar.map(|d| view! { <path class="chart-column" d=d /> })}
                {stroke.map(|d| view! { <path class="chart-stroke" d=d /> })}
                <text class="chart-name" x=end + 10 y=y + 28 + BAR - 2>{numbers}</text>
            </g>
        }
    });
    let (bars, height) = (bars.collect_view(), length(&plot.labels) * ROW);
    let title = plot.title.clone();
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            <Frame plot height language>{bars}</Frame>
        </figure>
    }
}
