//! The table, on standard output and in `docs/performance.md`.

use std::{
    fmt::Write as _, fs, io::Write as _, num::NonZero, path::Path, process::Command, thread::available_parallelism,
};

use crate::{Outcome, numbers::Pairs};

/// Between these the document holds what was measured last; the rest is written by hand.
pub const MARKS: (&str, &str) = ("<!-- figures: written by make bench -->\n", "<!-- end of figures -->\n");

/// A line of the table.
pub struct Figure {
    name: String,
    floor: String,
    product: String,
    ratio: String,
    wanted: String,
    is_met: Option<bool>,
}

impl Figure {
    /// A figure without a floor.
    pub fn limit(name: impl Into<String>, measured: &str, wanted: &str, is_met: bool) -> Self {
        let (name, dash) = (name.into(), || "–".to_owned());
        let (product, wanted, is_met) = (measured.to_owned(), wanted.to_owned(), Some(is_met));
        Self { name, floor: dash(), product, ratio: dash(), wanted, is_met }
    }

    /// A figure that may be at most `most` times its floor.
    pub fn at_most(name: impl Into<String>, unit: &str, pairs: &Pairs, most: f64) -> Self {
        let is_met = Some(pairs.ratio() <= most);
        Self { is_met, ..Self::context(name, unit, pairs, &format!("at most {most:.1} ×")) }
    }

    /// A figure that must be at least `least` times its floor.
    pub fn at_least(name: impl Into<String>, unit: &str, pairs: &Pairs, least: f64) -> Self {
        let is_met = Some(pairs.ratio() >= least);
        Self { is_met, ..Self::context(name, unit, pairs, &format!("at least {least:.1} ×")) }
    }

    /// A comparison that is not judged.
    pub fn context(name: impl Into<String>, unit: &str, pairs: &Pairs, wanted: &str) -> Self {
        let (lowest, highest) = pairs.spread();
        Self {
            name: name.into(),
            floor: format!("{} {unit}", digits(pairs.floor())),
            product: format!("{} {unit}", digits(pairs.product())),
            ratio: format!("{:.2} × ({lowest:.2}–{highest:.2})", pairs.ratio()),
            wanted: wanted.to_owned(),
            is_met: None,
        }
    }

    /// What is told and not judged.
    pub fn seen(name: impl Into<String>, measured: &str) -> Self {
        Self { is_met: None, ..Self::limit(name, measured, "", true) }
    }

    /// A figure beside a floor, both in words.
    pub fn beside(
        name: impl Into<String>,
        floor: &str,
        measured: &str,
        ratio: &str,
        wanted: &str,
        is_met: bool,
    ) -> Self {
        let (floor, ratio) = (floor.to_owned(), ratio.to_owned());
        Self { floor, ratio, ..Self::limit(name, measured, wanted, is_met) }
    }

    fn row(&self) -> String {
        let Self { name, floor, product, ratio, wanted, is_met } = self;
        let verdict = is_met.map_or("", |is_met| if is_met { "yes" } else { "**no**" });
        format!("| {name} | {floor} | {product} | {ratio} | {wanted} | {verdict} |\n")
    }
}

/// Three significant digits or so.
fn digits(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// All figures of a run.
#[derive(Default)]
pub struct Report(Vec<Figure>);

impl Report {
    /// Adds figures.
    pub fn add(&mut self, figures: Vec<Figure>) {
        self.0.extend(figures);
    }

    /// Whether no figure is missed.
    pub fn is_met(&self) -> bool {
        self.0.iter().all(|figure| figure.is_met != Some(false))
    }

    /// Prints the table, and below it how it came about.
    pub fn print(&self, how: &str) -> Outcome<()> {
        Ok(std::io::stdout().write_all(self.text(how)?.as_bytes())?)
    }

    /// Prints the table and writes it into the document, between these marks.
    pub fn write(&self, marks: (&str, &str), how: &str) -> Outcome<()> {
        self.print(how)?;
        let text = self.text(how)?;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
        let document = fs::read_to_string(&file)?;
        let (before, rest) = document.split_once(marks.0).ok_or("docs/performance.md has no place for the figures")?;
        let (_, after) = rest.split_once(marks.1).ok_or("docs/performance.md has no end of the figures")?;
        Ok(fs::write(file, format!("{before}{}\n{text}\n{}{after}", marks.0, marks.1))?)
    }

    fn text(&self, how: &str) -> Outcome<String> {
        let mut text = "| figure | floor | Centralino | ratio (lowest–highest) | wanted | met |\n".to_owned();
        text.push_str("|---|---|---|---|---|---|\n");
        self.0.iter().for_each(|figure| text.push_str(&figure.row()));
        writeln!(text, "\n{how} {}", surroundings()?)?;
        Ok(text)
    }
}

/// On what it was measured.
fn surroundings() -> Outcome<String> {
    let value = |file: &str, key: &str| -> Outcome<String> {
        let text = fs::read_to_string(file)?;
        let line = text.lines().find(|line| line.starts_with(key)).and_then(|line| line.split_once(':'));
        Ok(line.map(|(_, value)| value.trim().to_owned()).unwrap_or_default())
    };
    let cores = available_parallelism().map_or(1, NonZero::get);
    let memory: u64 = value("/proc/meminfo", "MemTotal")?.trim_end_matches(" kB").parse().unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let compiler = Command::new("rustc").arg("--version").output()?;
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"))?;
    let version = |name: &str| -> String {
        let line = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).map(|(_, rest)| rest);
        line.and_then(|rest| rest.split('"').next()).unwrap_or("?").to_owned()
    };
    Ok(format!(
        "{cores} cores ({}), {} GB of memory, Linux {}; {}; Centralino {}, leptos {}, axum {}, sqlx {}, argon2 {}.",
        value("/proc/cpuinfo", "model name")?,
        memory / 1_000_000,
        kernel.trim(),
        String::from_utf8_lossy(&compiler.stdout).trim(),
        env!("CARGO_PKG_VERSION"),
        version("leptos"),
        version("axum"),
        version("sqlx"),
        version("argon2"),
    ))
}
