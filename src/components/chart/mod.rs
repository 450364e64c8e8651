//! Pictures of numbers, drawn on the server as SVG: columns and lines along a time, bars beside names.
//!
//! A picture never stands alone: its numbers are in a table beside it. What tells two lines apart is the shape of their
//! points and the way they are dashed, not their colour alone. All lengths are units of the picture, whole ones.

mod bars;
mod time;

pub use bars::Bars;
use leptos::prelude::*;
pub use time::{Columns, Lines};

use crate::server::language::Language;

/// What the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things that are counted.
    Count,
    /// Seconds, shown as mm:ss.
    Seconds,
}

/// A run of numbers, as many as the picture has labels; none where there is nothing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What they are called.
    pub name: String,
    /// The numbers, none of them negative.
    pub values: Vec<Option<i64>>,
}

/// What a picture shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// The beginning of the ids of its parts.
    pub id: &'static str,
    /// What it is called.
    pub title: String,
    /// What stands under each place, or beside each bar.
    pub labels: Vec<String>,
    /// The numbers.
    pub series: Vec<Series>,
    /// What they are.
    pub unit: Unit,
}

/// How wide a picture is.
const WIDTH: i64 = 720;

fn length<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

/// Seconds as mm:ss, from an hour on as h:mm:ss.
#[must_use]
pub fn duration(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

impl Unit {
    fn show(self, value: i64) -> String {
        match self {
            Self::Count => value.to_string(),
            Self::Seconds => duration(value),
        }
    }

    /// The distance of the lines of the axis: the smallest round one of which at most five reach `most`.
    fn step(self, most: i64) -> i64 {
        let steps: &[i64] = match self {
            Self::Count => &[1, 2, 5],
            Self::Seconds => &[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000],
        };
        let fits = |step: &i64| step.saturating_mul(5) >= most;
        let round = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
        let mut all = round.flat_map(|power| steps.iter().map(move |step| step.saturating_mul(power)));
        steps.iter().copied().find(fits).or_else(|| all.find(fits)).unwrap_or(i64::MAX / 5)
    }
}

impl Plot {
    fn most(&self) -> i64 {
        self.series.iter().flat_map(|series| &series.values).flatten().copied().max().unwrap_or(0)
    }

    /// In words: the highest number of each series, and where it stands.
    fn description(&self, language: Language) -> String {
        let highest = |series: &Series| {
            let at = series.values.iter().zip(&self.labels).filter_map(|(value, label)| Some(((*value)?, label)));
            let (value, label) = at.rev().max_by_key(|(value, _)| *value)?;
            let (value, name) = (self.unit.show(value), series.name.clone());
            let words =
                rust_i18n::t!("components.highest", locale = language.tag(), name = name, value = value, at = label);
            Some(words.into_owned())
        };
        self.series.iter().filter_map(highest).collect::<Vec<_>>().join(" ")
    }
}

/// The frame of a picture: what it is called, and what it says in words for who can't see it.
#[component]
fn Frame(
    /// Of what.
    plot: Plot,
    /// How high it is.
    height: i64,
    /// In which language its own words are.
    language: Language,
    /// What is drawn.
    children: Children,
) -> impl IntoView {
    let (title, description) = (format!("{}-title", plot.id), format!("{}-description", plot.id));
    let (named_by, described_by) = (title.clone(), description.clone());
    view! {
        <svg class="chart-picture" viewBox=format!("0 0 {WIDTH} {height}") role="img" aria-labelledby=named_by
            aria-describedby=described_by>
            <title id=title>{plot.title.clone()}</title>
            <desc id=description>{plot.description(language)}</desc>
            {children()}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn plot(series: Vec<Vec<Option<i64>>>, unit: Unit) -> Plot {
        let labels = (0..series[0].len()).map(|nth| format!("{nth}:00")).collect();
        let named = |(values, nth): (Vec<_>, usize)| Series { name: format!("s{nth}"), values };
        Plot { id: "p", title: "Casi".into(), labels, series: series.into_iter().zip(0..).map(named).collect(), unit }
    }

    #[test]
    fn the_axis_has_few_round_numbers() {
        for (most, step) in [(1, 1), (5, 1), (6, 2), (11, 5), (26, 10), (99, 20), (101, 50), (2_000_000, 500_000)] {
            assert_eq!(Unit::Count.step(most), step, "{most}");
        }
        for (most, step) in [(4, 1), (61, 15), (150, 30), (301, 120), (3600, 900), (40_000, 18_000)] {
            assert_eq!(Unit::Seconds.step(most), step, "{most}");
        }
    }

    #[test]
    fn durations_are_read_at_a_glance() {
        assert_eq!([0, 59, 150, 3600, 36_061].map(duration), ["00:00", "00:59", "02:30", "1:00:00", "10:01:01"]);
    }
}
