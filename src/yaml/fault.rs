//! What is wrong with a YAML text, said to a person: the place, what was expected, and a hint for common slips.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, SourceFile, Span};

const QUOTE_JINJA: &str = "Put the whole value in quotes: \"{{ … }}\". Without them, `{` starts a mapping.";

/// Returns an error at a stretch of bytes, with a hint where the line shows a common slip.
pub(super) fn at(file: &Arc<SourceFile>, start: usize, end: usize, message: impl Into<String>) -> Diagnostic {
    let diagnostic = plain(file, start, end, message);
    match unquoted_jinja(line_of(file, start)) {
        true => diagnostic.hint(QUOTE_JINJA),
        false => diagnostic,
    }
}

/// As [`at`], without looking for slips.
fn plain(file: &Arc<SourceFile>, start: usize, end: usize, message: impl Into<String>) -> Diagnostic {
    let text = file.text();
    let fit = |at: usize| {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    Diagnostic::error(Code::YAML_SYNTAX, message).at(Span::new(file, fit(start), fit(end)))
}

/// Returns the line in which a byte stands.
fn line_of(file: &Arc<SourceFile>, at: usize) -> &str {
    let text = file.text();
    let at = at.min(text.len());
    let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |i| i + 1);
    let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |i| at + i);
    text.get(start..end).unwrap_or("")
}

/// Says whether a value of the line starts with a Jinja tag outside of quotes.
fn unquoted_jinja(line: &str) -> bool {
    let value = line.split_once(": ").map_or(line, |(_, v)| v);
    let value = value.trim_start_matches([' ', '-']);
    value.starts_with("{{") || value.starts_with("{%")
}

pub(super) fn tab_indent(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    plain(file, start, start + 1, "a tab stands where spaces must indent")
        .hint("Indent with spaces: YAML does not allow tabs there.")
}

pub(super) fn cannot_start(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    let text = file.text();
    match text[start..].chars().next() {
        Some('\t') => tab_indent(file, start),
        Some(first) => {
            let message = format!("a value cannot start with `{first}`");
            let diagnostic = plain(file, start, start + 1, message);
            if text[start..].starts_with("{%") || text[start..].starts_with('%') {
                diagnostic.hint("Put the whole value in quotes.")
            } else {
                diagnostic.hint(format!(
                    "Put the value in quotes: `{first}` has a meaning of its own in YAML."
                ))
            }
        }
        None => plain(file, start, start, "a value was expected"),
    }
}

pub(super) fn missing_colon(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    let line = line_of(file, start).trim_end();
    let end = start + line.trim_start().len();
    let diagnostic = plain(
        file,
        start,
        end,
        "a key with a `:` after it was expected on this line",
    );
    let key = line.trim_start();
    match key.split_once(':') {
        Some((name, rest)) if !rest.is_empty() && !rest.starts_with(' ') && !name.contains(' ') => {
            diagnostic.hint(format!("Put a space after the colon: `{name}: {rest}`."))
        }
        _ if key.starts_with('"') || key.starts_with('\'') => {
            diagnostic.hint("Close the quotes on the line on which they open, or put a `:` after the key.")
        }
        _ => diagnostic.hint(
            "Put a `:` after the key. A text that goes on over several lines must be indented more than its key.",
        ),
    }
}

pub(super) fn value_not_allowed(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    let line = line_of(file, start);
    let diagnostic = plain(
        file,
        start,
        start + 1,
        "a second `:` stands where only a value can be",
    );
    let line_start = line.as_ptr() as usize - file.text().as_ptr() as usize;
    let before = &line[..start - line_start];
    if unquoted_jinja(line) {
        diagnostic.hint(QUOTE_JINJA)
    } else if before.contains(": ") {
        diagnostic.hint("Put the value in quotes: a colon with a space after it starts a mapping.")
    } else {
        diagnostic.hint(
            "Check the indentation: the line before holds a value already, so this line cannot be part of it.",
        )
    }
}

pub(super) fn entry_not_allowed(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    plain(file, start, start + 1, "a list entry is not allowed here")
        .hint("Put the `-` on a line of its own, indented under its key.")
}

pub(super) fn colon_in_flow(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    at(file, start, start + 1, "a `:` is not allowed here")
        .hint("Put a space after the colon, or the text in quotes.")
}

pub(super) fn directive(file: &Arc<SourceFile>, start: usize, end: usize) -> Diagnostic {
    plain(
        file,
        start,
        end,
        "a line that starts with `%` must be a directive such as `%YAML 1.1`",
    )
    .hint("Put a value that starts with `%` in quotes and indent it under its key.")
}

pub(super) fn anchor_name(file: &Arc<SourceFile>, start: usize, end: usize) -> Diagnostic {
    let sign = &file.text()[start..=start];
    let what = if sign == "*" { "an alias" } else { "an anchor" };
    plain(
        file,
        start,
        end.max(start + 1),
        format!("after `{sign}` the name of {what} was expected: letters, digits, `_` and `-`"),
    )
    .hint(format!(
        "Put the value in quotes if its `{sign}` is meant as text."
    ))
}

pub(super) fn tag_form(file: &Arc<SourceFile>, start: usize, end: usize) -> Diagnostic {
    plain(
        file,
        start,
        end,
        "a tag was expected after `!`, and a space after the tag",
    )
    .hint("Put the value in quotes if its `!` is meant as text.")
}

pub(super) fn quote_open(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    plain(file, start, start + 1, "a quote opens here and is never closed")
        .hint("Close the quote. In single quotes, write a quote twice to mean one.")
}

pub(super) fn escape(file: &Arc<SourceFile>, start: usize) -> Diagnostic {
    let letter = file.text()[start + 1..].chars().next().unwrap_or(' ');
    plain(
        file,
        start,
        start + 1 + letter.len_utf8(),
        format!("`\\{letter}` is not an escape that YAML knows"),
    )
    .hint("Use single quotes, in which a backslash is only a backslash, or write it twice.")
}

pub(super) fn escape_code(file: &Arc<SourceFile>, start: usize, end: usize) -> Diagnostic {
    plain(
        file,
        start,
        end,
        "the code of a character after `\\x`, `\\u` or `\\U` was expected",
    )
    .hint("Write 2, 4 or 8 hexadecimal digits that name a Unicode character.")
}

pub(super) fn block_header(file: &Arc<SourceFile>, start: usize, at: usize) -> Diagnostic {
    plain(file, start, at + 1, "after `|` or `>` the line must end")
        .hint("Begin the text on the next line, or put the value in quotes.")
}
