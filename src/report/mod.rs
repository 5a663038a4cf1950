//! What a person or a log reader sees of a run: one sink a form.
//!
//! Sinks receive [`Event`](crate::events::Event)s from any thread and write whole lines under one lock, which is
//! held for the write alone. Nothing else in the library writes to the terminal.

mod dbt;
mod json;
mod lines;
pub mod rows;
mod table;
mod text;

pub use dbt::{DbtOptions, DbtSink, told};
pub use json::JsonSink;
pub use table::{render_table, rows_as_json};
pub use text::{TextOptions, TextSink};

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::events::{Event, Sink};

/// Where lines go. A closed pipe (`| head`) is not an error.
///
/// What is secret never gets out: the values of [`Output::masking`] are written as stars, wherever they come from.
pub struct Output {
    /// Guards the stream alone.
    stream: Mutex<Box<dyn Write + Send>>,
    secrets: Vec<String>,
}

impl Output {
    /// Writes to a stream, such as a file.
    pub fn of(stream: impl Write + Send + 'static) -> Self {
        Self {
            stream: Mutex::new(Box::new(stream)),
            secrets: Vec::new(),
        }
    }

    pub fn stdout() -> Self {
        Self::of(std::io::stdout())
    }

    pub fn stderr() -> Self {
        Self::of(std::io::stderr())
    }

    pub fn nowhere() -> Self {
        Self::of(std::io::sink())
    }

    /// Says which texts are secret; empty ones are left out.
    #[must_use]
    pub fn masking(mut self, secrets: &[String]) -> Self {
        self.secrets
            .extend(secrets.iter().filter(|s| !s.is_empty()).cloned());
        self
    }

    /// Writes one text whole.
    pub fn write(&self, text: &str) {
        let mut text = std::borrow::Cow::Borrowed(text);
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "*****").into();
            }
        }
        if let Ok(mut stream) = self.stream.lock() {
            // A reader that went away must not stop the run.
            let _ = stream.write_all(text.as_bytes());
            let _ = stream.flush();
        }
    }
}

/// Gives each event to several sinks, in order.
pub struct Tee(pub Vec<Arc<dyn Sink>>);

impl Sink for Tee {
    fn send(&self, event: Event) {
        if let Some((last, rest)) = self.0.split_last() {
            for sink in rest {
                sink.send(event.clone());
            }
            last.send(event);
        }
    }

    fn wants_statements(&self) -> bool {
        self.0.iter().any(|sink| sink.wants_statements())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_secret_is_written_as_stars() {
        let kept = Kept::default();
        let output = Output::of(kept.clone()).masking(&["hunter2".to_owned(), String::new()]);
        output.write("login with hunter2 failed\n");
        assert_eq!(kept.0.lock().unwrap().as_slice(), b"login with ***** failed\n");
    }
}
