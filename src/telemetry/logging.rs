//! Log lines: one event a line on standard error, as text for people or as JSON for machines.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{LogFormat, LoggingSettings};

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("the log level cannot be read")]
    Level(#[from] ParseError),
    #[error("logging has already begun")]
    AlreadyBegun(#[from] TryInitError),
}

/// Begins logging for the whole process; once.
///
/// *Errors*: a level that is no filter, or a second call.
pub fn init(settings: &LoggingSettings) -> Result<(), TelemetryError> {
    subscriber(settings, io::stderr().is_terminal(), io::stderr)?.try_init()?;
    Ok(())
}

type AnySubscriber = Box<dyn Subscriber + Send + Sync>;

fn subscriber<W>(settings: &LoggingSettings, ansi: bool, writer: W) -> Result<AnySubscriber, ParseError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(&settings.level)?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(writer);
    Ok(match settings.format {
        LogFormat::Text => Box::new(lines.finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).with_span_list(false).finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What is logged with these settings while `act` runs.
    fn logged(format: LogFormat, level: &str, act: impl FnOnce()) -> String {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let settings = LoggingSettings { format, level: level.to_owned() };
        let sink = lines.clone();
        let writer = move || Sink(sink.clone());
        let subscriber = subscriber(&settings, false, writer).expect("a subscriber");
        tracing::subscriber::with_default(subscriber, act);
        let bytes = lines.lock().expect("no panic in between").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic in between").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn json_is_one_object_a_line_with_fields_at_the_top() {
        let text = logged(LogFormat::Json, "info", || {
            tracing::info!(org = "acme", outcome = "issued", "token request");
        });
        let line: serde_json::Value = serde_json::from_str(text.trim_end()).expect("JSON");
        assert_eq!(line["message"], "token request");
        assert_eq!((&line["org"], &line["outcome"]), (&"acme".into(), &"issued".into()));
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn text_names_level_and_fields() {
        let text = logged(LogFormat::Text, "info", || tracing::warn!(org = "acme", "slow"));
        assert!(text.contains("WARN") && text.contains("slow org=\"acme\""), "{text}");
    }

    #[test]
    fn the_level_silences_what_is_below() {
        assert_eq!(logged(LogFormat::Text, "warn", || tracing::info!("quiet")), "");
    }
}
