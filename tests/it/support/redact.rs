//! The one list of what changes from run to run and is replaced before a comparison.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

static DURATION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d+(\.\d+)?(ms|s| seconds)\b").unwrap());
static CLOCK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d{2}:\d{2}:\d{2}(\.\d+)?\b").unwrap());

/// Replaces the project's folder, durations and times of day.
pub fn redact(text: &str, project: &Path) -> String {
    let text = text.replace(&project.display().to_string(), "[PROJECT]");
    let text = DURATION.replace_all(&text, "[DURATION]");
    CLOCK.replace_all(&text, "[TIME]").into_owned()
}
