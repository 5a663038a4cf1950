//! The way in: checks the characters, then builds the values.

use std::sync::Arc;

use super::{Document, compose, fault};
use crate::diagnostic::{Result, SourceFile};

/// Parses a file of one document; an empty file is null.
///
/// # Errors
/// `N0102` with the place where the parser stopped.
pub fn parse(file: &Arc<SourceFile>) -> Result<Document> {
    check_characters(file)?;
    compose::compose(file)
}

/// Parses a text that stands in no file, such as the value of `--vars`; `name` is shown in errors.
pub fn parse_text(name: &str, text: &str) -> Result<Document> {
    parse(&SourceFile::new(name, text))
}

/// Refuses control characters, as YAML does.
fn check_characters(file: &Arc<SourceFile>) -> Result<()> {
    let text = file.text();
    if u32::try_from(text.len()).is_err() {
        return Err(fault::at(file, 0, 0, "the file is larger than 4 GB"));
    }
    // Bytes from 0x80 on start or continue a character that is looked at whole, in the rare file that has one.
    let suspicious = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b >= 0x7f;
    if !text.bytes().any(suspicious) {
        return Ok(());
    }
    let refused = |c: char| {
        matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\x7f' | '\u{80}'..='\u{84}')
            || matches!(c, '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
    };
    match text.char_indices().find(|(_, c)| refused(*c)) {
        None => Ok(()),
        Some((at, c)) => Err(fault::at(
            file,
            at,
            at + c.len_utf8(),
            format!(
                "the control character U+{:04X} is not allowed in YAML",
                u32::from(c)
            ),
        )
        .hint("Remove it, or write it as an escape within double quotes.")),
    }
}
