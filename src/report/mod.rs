//! What a person or a log reader sees of a run: one sink a form.
//!
//! Sinks receive [`Event`](crate::events::Event)s from any thread and write whole lines under one lock, which is
//! held for the write alone. Nothing else in the library writes to the terminal.

mod json;
mod lines;
pub mod rows;
mod table;
mod text;

pub use json::JsonSink;
pub use table::{render_table, rows_as_json};
pub use text::{TextOptions, TextSink};

use std::io::Write;
use std::sync::Mutex;

/// Where lines go. A closed pipe (`| head`) is not an error.
pub struct Output(Mutex<Box<dyn Write + Send>>);

impl Output {
    pub fn stdout() -> Self {
        Self(Mutex::new(Box::new(std::io::stdout())))
    }

    pub fn stderr() -> Self {
        Self(Mutex::new(Box::new(std::io::stderr())))
    }

    pub fn nowhere() -> Self {
        Self(Mutex::new(Box::new(std::io::sink())))
    }

    /// Writes one text whole.
    pub fn write(&self, text: &str) {
        if let Ok(mut out) = self.0.lock() {
            // A reader that went away must not stop the run.
            let _ = out.write_all(text.as_bytes());
            let _ = out.flush();
        }
    }
}
