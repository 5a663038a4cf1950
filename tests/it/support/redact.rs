//! The one list of what changes from run to run and is replaced before a comparison.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

static DURATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d+(\.\d+)?(ms|s| seconds)\b").unwrap());
static CLOCK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d{2}:\d{2}:\d{2}(\.\d+)?\b").unwrap());

/// How many macros are built in changes with each one that is added.
static MACROS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d+ macros\b").unwrap());

/// Replaces the project's folder, durations, times of day and the number of macros.
pub fn redact(text: &str, project: &Path) -> String {
    let text = text.replace(&project.display().to_string(), "[PROJECT]");
    let text = DURATION.replace_all(&text, "[DURATION]");
    let text = CLOCK.replace_all(&text, "[TIME]");
    MACROS.replace_all(&text, "[N] macros").into_owned()
}
