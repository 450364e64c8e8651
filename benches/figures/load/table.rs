//! What is measured as lines of the table.

use super::{
    settings::Settings,
    tally::{Step, Taken, Tally, Worked},
};
use crate::{numbers::Pairs, report::Figure};

/// A step that calls a service may take so many times its floor: in the median, and at the 99th percentile.
const MOST: (f64, f64) = (2.5, 5.0);
/// So much may the memory grow after the first minute, and the cost of a request with the operators.
const GROWTH: f64 = 1.05;
const COST: f64 = 1.1;

/// Which database the figures are of.
pub struct Of<'a>(pub &'a str);

impl Of<'_> {
    fn limit(&self, name: &str, measured: &str, wanted: &str, is_met: bool) -> Figure {
        Figure::limit(format!("{}: {name}", self.0), measured, wanted, is_met)
    }

    /// Sign-ins each second.
    pub fn sign_ins(&self, people: usize, pairs: &Pairs, tally: &Tally) -> Figure {
        let Taken { median, worst } = tally.taken(Step::SignIn);
        let name = format!(
            "{}: {people} sign-ins, 16 at once (median {median:.0} ms, 99th percentile {worst:.0} ms), against bare argon2",
            self.0
        );
        Figure::at_least(name, "/s", pairs, 0.9)
    }

    /// Median and 99th percentile of each step; those with a floor beside it.
    pub fn steps(&self, when: &str, worked: &Worked) -> Vec<Figure> {
        Step::OF_A_CALL.into_iter().map(|step| self.step(step, when, worked)).collect()
    }

    fn step(&self, step: Step, when: &str, worked: &Worked) -> Figure {
        let taken = worked.tally.taken(step);
        let name = format!("{}: {}, {when}: median and 99th percentile", self.0, step.word());
        let measured = told(taken);
        if worked.floor.is_empty() || !step.calls() {
            return Figure::seen(name, &measured);
        }
        let floor = Taken::of(&worked.floor);
        let ratios = (taken.median / floor.median, taken.worst / floor.worst);
        Figure::beside(
            name,
            &told(floor),
            &measured,
            &format!("{:.2} × and {:.2} ×", ratios.0, ratios.1),
            &format!("at most {:.1} × and {:.1} ×", MOST.0, MOST.1),
            ratios.0 <= MOST.0 && ratios.1 <= MOST.1,
        )
    }

    /// Memory, from the first minute on.
    pub fn memory(&self, worked: &Worked) -> Figure {
        let first = worked.memory.first().copied().unwrap_or(f64::NAN);
        let last = worked.memory.last().copied().unwrap_or(f64::NAN);
        let most = worked.memory.iter().copied().fold(first, f64::max);
        let measured = format!("{first:.1} MB, at the end {last:.1}, at most {most:.1}");
        self.limit("memory after the first minute", &measured, "no growth (5 %)", last <= first * GROWTH)
    }

    /// What a request costs, with few and many.
    pub fn cost(&self, costs: &[(usize, Worked)]) -> Figure {
        let all: Vec<_> =
            costs.iter().map(|(people, worked)| format!("{people}: {:.3}", worked.cpu_per_request())).collect();
        let cost = |of: Option<&(usize, Worked)>| of.map_or(f64::NAN, |(_, worked)| worked.cpu_per_request());
        let is_met = cost(costs.last()) <= cost(costs.first()) * COST;
        let name = "CPU of the desk for a request, ms, by operators at work";
        self.limit(name, &all.join(", "), "no growth (10 %)", is_met)
    }

    /// Calls and requests each second.
    pub fn throughput(&self, settings: &Settings, worked: &Worked) -> Figure {
        let (calls, requests) = (worked.tally.count(Step::Close), worked.tally.requests());
        let measured = format!(
            "{:.0} calls/s, {:.0} requests/s ({:.3} ms CPU each)",
            worked.per_second(calls),
            worked.per_second(requests),
            worked.cpu_per_request()
        );
        Figure::seen(format!("{}: as fast as it goes, {} at once", self.0, settings.at_once), &measured)
    }

    /// How large the database is.
    pub fn database(&self, megabytes: f64) -> Figure {
        Figure::seen(format!("{}: database at the end, with its log", self.0), &format!("{megabytes:.0} MB"))
    }

    /// What went wrong, the first of it in words.
    pub fn errors<'a>(&self, parts: impl Iterator<Item = &'a Worked>, sign_ins: &Tally) -> Figure {
        let errors: Vec<String> = parts.flat_map(|part| part.tally.errors()).chain(sign_ins.errors()).collect();
        let first = errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        self.limit("errors", &format!("{}{first}", errors.len()), "0", errors.is_empty())
    }
}

fn told(Taken { median, worst }: Taken) -> String {
    format!("{median:.2} and {worst:.2} ms")
}
