//! A process under measurement: how it is started, what it costs, how it ends.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::{Outcome, child};

/// Ticks of a second in `/proc`: 100 on every Linux that the product runs on.
const TICKS: f64 = 100.0;

/// A process that ends with this value.
pub struct Process(Child);

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        Ok(Self(command.stdin(Stdio::piped()).spawn()?))
    }

    /// Starts this program in another role and reads the line with which it says that it is ready.
    pub fn child(role: &[&str]) -> Outcome<(Self, String)> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(child::MARK).args(role).stdout(Stdio::piped());
        let mut process = Self::start(&mut command)?;
        let output = process.0.stdout.take().ok_or("a child without output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        if line.is_empty() {
            return Err(format!("the child {role:?} did not start").into());
        }
        Ok((process, line.trim().to_owned()))
    }

    /// Seconds of processor time, user and system, of all its threads until now.
    pub fn cpu_seconds(&self) -> Outcome<f64> {
        cpu_seconds(&self.0.id().to_string())
    }

    /// Resident memory, in MB (10⁶ bytes).
    pub fn resident_mb(&self) -> Outcome<f64> {
        self.memory_mb("VmRSS:")
    }

    /// The most resident memory since [`Process::forget_peak`], in MB.
    pub fn peak_mb(&self) -> Outcome<f64> {
        self.memory_mb("VmHWM:")
    }

    /// From here on the most resident memory is counted anew.
    pub fn forget_peak(&self) -> Outcome<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.0.id()), "5")?)
    }

    fn memory_mb(&self, name: &str) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such figure")?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024.0 / 1e6)
    }
}

/// What this program itself has used.
pub fn own_cpu_seconds() -> Outcome<f64> {
    cpu_seconds("self")
}

fn cpu_seconds(process: &str) -> Outcome<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the name in parentheses, which may hold blanks; utime and stime are the 14th and 15th.
    let (_, fields) = stat.rsplit_once(')').ok_or("an odd /proc/…/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    Ok(ticks.sum::<Result<u32, _>>().map(f64::from)? / TICKS)
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, or ends now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
