//! The text form of a diagnostic: header, code frame, macro stack, notes, hints.

use std::fmt::Write;

use super::{Diagnostic, Severity, Span};

const RESET: &str = "\x1b[0m";
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const BLUE: &str = "\x1b[1;34m";

/// Renders a diagnostic with its code frame, ending in a newline; `colour` adds ANSI colours.
pub fn render_text(diagnostic: &Diagnostic, colour: bool) -> String {
    let paint = |code: &str, text: &str| {
        if colour {
            format!("{code}{text}{RESET}")
        } else {
            text.to_owned()
        }
    };
    let (word, tint) = match diagnostic.severity() {
        Severity::Error => ("error", RED),
        Severity::Warning => ("warning", YELLOW),
    };
    let mut out = String::new();
    let head = paint(tint, &format!("{word}[{}]", diagnostic.code()));
    let _ = writeln!(out, "{head}: {}", paint(BOLD, diagnostic.message()));
    let width = diagnostic
        .span()
        .into_iter()
        .chain(diagnostic.traces().iter().filter_map(|t| t.span.as_ref()))
        .map(|s| s.line_column().0.to_string().len())
        .max()
        .unwrap_or(1);
    if let Some(span) = diagnostic.span() {
        frame(&mut out, span, width, tint, colour);
    }
    for trace in diagnostic.traces() {
        let bar = paint(BLUE, "=");
        match &trace.span {
            Some(span) => {
                let _ = writeln!(out, "{:width$} {bar} in {}, called at {span}", "", trace.what);
            }
            None => {
                let _ = writeln!(out, "{:width$} {bar} in {}", "", trace.what);
            }
        }
    }
    for (word, lines) in [("note", diagnostic.notes()), ("help", diagnostic.hints())] {
        for line in lines {
            let mut rest = line.lines();
            let bar = paint(BLUE, "=");
            let _ = writeln!(out, "{:width$} {bar} {word}: {}", "", rest.next().unwrap_or(""));
            for more in rest {
                let _ = writeln!(out, "{:width$}   {more}", "");
            }
        }
    }
    out
}

/// Most characters of a line that a frame shows.
const SHOWN_MAX: usize = 200;

/// Cuts a long line to what stands around a column (from 0); returns it with the column in it.
fn around(line: &str, column: usize) -> (String, usize) {
    let length = line.chars().count();
    if length <= SHOWN_MAX {
        return (line.to_owned(), column);
    }
    let start = column.saturating_sub(SHOWN_MAX / 2).min(length - SHOWN_MAX);
    let mut shown: String = line.chars().skip(start).take(SHOWN_MAX).collect();
    if start + SHOWN_MAX < length {
        shown.push('…');
    }
    if start == 0 {
        return (shown, column);
    }
    (format!("…{shown}"), column - start + 1)
}

fn frame(out: &mut String, span: &Span, width: usize, tint: &str, colour: bool) {
    let paint = |code: &str, text: &str| {
        if colour {
            format!("{code}{text}{RESET}")
        } else {
            text.to_owned()
        }
    };
    let (line, column) = span.line_column();
    let text = span.file.line(line);
    let arrow = paint(BLUE, "-->");
    let bar = paint(BLUE, "|");
    let _ = writeln!(out, "{:width$}{arrow} {}:{line}:{column}", "", span.file.path());
    if text.is_empty() && span.file.text().is_empty() {
        return;
    }
    let length = span
        .file
        .text()
        .get(span.start as usize..span.end as usize)
        .map_or(1, |s| s.lines().next().unwrap_or("").chars().count())
        .max(1);
    let (text, column) = around(text, (column as usize).saturating_sub(1));
    // A tab counts as one column in the position and as four cells on the screen.
    let before: usize = text
        .chars()
        .take(column)
        .map(|c| if c == '\t' { 4 } else { 1 })
        .sum();
    let shown = text.replace('\t', "    ");
    let _ = writeln!(out, "{:width$} {bar}", "");
    let number = paint(BLUE, &format!("{line:>width$}"));
    let _ = writeln!(out, "{number} {bar} {shown}");
    let carets = paint(tint, &"^".repeat(length.min(120)));
    let _ = writeln!(out, "{:width$} {bar} {:before$}{carets}", "", "");
    let _ = writeln!(out, "{:width$} {bar}", "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_fault() {
        let line = format!("{}here{}", "a".repeat(5000), "b".repeat(5000));
        let (shown, column) = around(&line, 5000);
        assert_eq!(shown.chars().count(), SHOWN_MAX + 2);
        assert!(shown.chars().skip(column).collect::<String>().starts_with("here"));
        assert_eq!(around("short", 3), ("short".to_owned(), 3));
    }
}
