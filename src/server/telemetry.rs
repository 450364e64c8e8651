//! What the process says of itself: the log on standard error, and nothing of a caller in it.
//!
//! Libraries log what passes through them (requests, statements, packets) at their lower levels, so that they are
//! heard from `warn` on whatever the configuration says, and what they send to the crate `log` is not collected.
//! A panic is told by its place; its message may quote a value.

use std::{io, panic};

use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    filter::Targets,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
};

use super::config::{LogFormat, LogLevel};

/// Somebody else collects the log of this process already.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the log is collected already")]
pub struct AlreadyInstalled;

/// Sends the log of the process to standard error.
pub fn install(level: LogLevel, format: LogFormat) -> Result<(), AlreadyInstalled> {
    tracing::subscriber::set_global_default(subscriber(level, format, io::stderr)).map_err(|_| AlreadyInstalled)
}

/// Tells panics by their place alone.
pub fn hush_panics() {
    panic::set_hook(Box::new(|panic| {
        let (file, line) = panic.location().map_or(("unknown", 0), |location| (location.file(), location.line()));
        if tracing::dispatcher::has_been_set() {
            tracing::error!(file, line, "panicked");
        } else {
            use io::Write;
            // Nothing is left to be done where even standard error is gone.
            let _ = writeln!(io::stderr(), "centralino: panicked at {file}:{line}");
        }
    }));
}

fn subscriber<W>(level: LogLevel, format: LogFormat, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer().with_writer(writer);
    let filtered = tracing_subscriber::registry().with(heard(level));
    match format {
        LogFormat::Pretty => Box::new(filtered.with(layer.with_ansi(false).with_target(false))),
        LogFormat::Json => Box::new(filtered.with(layer.json().flatten_event(true).with_span_list(false))),
    }
}

/// From which level on each part of the program is heard.
fn heard(level: LogLevel) -> Targets {
    let own = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(own.min(LevelFilter::WARN))
        .with_target(env!("CARGO_CRATE_NAME"), own)
        // Warns of slow statements by quoting them.
        .with_target("sqlx::query", LevelFilter::OFF)
        // Warns, by one of its bytes, of a cookie that is no session's, and anybody can send any number of them.
        .with_target("tower_sessions", LevelFilter::ERROR)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: LogLevel, format: LogFormat, events: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        tracing::subscriber::with_default(subscriber(level, format, move || writer.clone()), events);
        String::from_utf8(lines.0.lock().clone()).unwrap()
    }

    #[test]
    fn libraries_are_not_heard_below_warn_at_the_most_verbose_level() {
        let text = logged(LogLevel::Trace, LogFormat::Pretty, || {
            for_each_library();
            tracing::error!(target: "sqlx::query", "CANARY");
            tracing::warn!(target: "hyper_util::client", "a library's warning");
            tracing::trace!("our own detail");
        });
        assert!(!text.contains("CANARY"), "{text}");
        assert!(text.contains("our own detail") && text.contains("a library's warning"), "{text}");
    }

    fn for_each_library() {
        macro_rules! tell { ($($target:literal)+) => { $(
            tracing::info!(target: $target, "CANARY");
            tracing::debug!(target: $target, "CANARY");
            tracing::trace!(target: $target, "CANARY");
        )+ } }
        tell!("hyper" "hyper::proto::h1" "hyper_util::client::legacy" "reqwest::connect" "sqlx" "sqlx::query"
              "sqlx::postgres::notice" "rustls::client" "h2::codec" "tower_http::trace" "axum::rejection" "log");
    }

    #[test]
    fn a_line_for_machines_is_an_object_with_the_request_s_id() {
        let text = logged(LogLevel::Info, LogFormat::Json, || {
            tracing::error_span!("request", id = "42").in_scope(|| tracing::info!(status = 200, "answered"));
            tracing::debug!("not heard");
        });
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(
            (&line["message"], &line["status"], &line["span"]["id"]),
            (&"answered".into(), &200.into(), &"42".into())
        );
    }
}
