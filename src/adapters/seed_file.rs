//! Reading the text of a seed.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Result, SourceFile};

/// Reads a seed's file; `shown` is its path for messages.
///
/// # Errors
/// `N0101` where the file cannot be read, `N0111` where it is not UTF-8.
pub fn read_seed_file(path: &Path, shown: &str) -> Result<Arc<SourceFile>> {
    let text = std::fs::read(path)
        .map_err(|e| Diagnostic::error(Code::FILE, format!("the seed `{shown}` could not be read: {e}")))?;
    let text = String::from_utf8(text).map_err(|e| {
        let good = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..good].iter().filter(|b| **b == b'\n').count() + 1;
        Diagnostic::error(
            Code::CSV,
            format!("the seed `{shown}` is not UTF-8 text: see line {line}"),
        )
        .hint("Save the file with the encoding UTF-8.")
    })?;
    Ok(SourceFile::new(shown, text))
}
