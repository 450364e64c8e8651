//! Pictures of numbers, drawn on the server as SVG: columns and lines along a time, bars beside names.
//!
//! A picture never stands alone: its numbers are in a table beside it. What tells two lines apart is the shape of their
//! points and the way they are dashed, not their colour alone. All lengths are units of the picture, whole ones.

use leptos::prelude::*;

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

const WIDTH: i64 = 720;
const HEIGHT: i64 = 260;
const LEFT: i64 = 84;
const RIGHT: i64 = 12;
const TOP: i64 = 16;
const BOTTOM: i64 = 40;
/// What is left for the numbers.
const INNER_WIDTH: i64 = WIDTH - LEFT - RIGHT;
const INNER_HEIGHT: i64 = HEIGHT - TOP - BOTTOM;
/// The height of a bar with the name above it.
const ROW: i64 = 52;
const BAR: i64 = 16;
/// What is left for the numbers at the end of a bar.
const NUMBERS: i64 = 180;
/// How many labels stand under the axis at most.
const MOST_LABELS: i64 = 6;
/// How many points of a line have a shape at most.
const MOST_POINTS: i64 = 40;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::html;

    fn plot(series: Vec<Vec<Option<i64>>>, unit: Unit) -> Plot {
        let labels = (0..series[0].len()).map(|nth| format!("{nth}:00")).collect();
        let named = |(values, nth): (Vec<_>, usize)| Series { name: format!("s{nth}"), values };
        Plot { id: "p", title: "Casi".into(), labels, series: series.into_iter().zip(0..).map(named).collect(), unit }
    }

    #[test]
    fn the_axis_has_few_round_numbers_and_reaches_the_highest() {
        for (most, step) in [(1, 1), (5, 1), (6, 2), (11, 5), (26, 10), (99, 20), (101, 50), (2_000_000, 500_000)] {
            assert_eq!(Unit::Count.step(most), step, "{most}");
        }
        for (most, step) in [(4, 1), (61, 15), (150, 30), (301, 120), (3600, 900), (40_000, 18_000)] {
            assert_eq!(Unit::Seconds.step(most), step, "{most}");
        }
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

    #[test]
    fn durations_are_read_at_a_glance() {
        assert_eq!([0, 59, 150, 3600, 36_061].map(duration), ["00:00", "00:59", "02:30", "1:00:00", "10:01:01"]);
    }
}
