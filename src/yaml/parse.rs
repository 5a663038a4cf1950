//! Builds values from the parser's events.

use std::sync::Arc;

use super::Document;
use crate::diagnostic::{Result, SourceFile};

/// Parses a file of one document; an empty file is null.
///
/// # Errors
/// `N0102` with the place where the parser stopped.
pub fn parse(_file: &Arc<SourceFile>) -> Result<Document> {
    todo!()
}

/// Parses a text that stands in no file, such as the value of `--vars`; `name` is shown in errors.
pub fn parse_text(name: &str, text: &str) -> Result<Document> {
    parse(&SourceFile::new(name, text))
}
