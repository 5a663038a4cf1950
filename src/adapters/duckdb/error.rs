//! What DuckDB's messages mean: kind by their first words, place by their picture of the line.

use crate::adapters::{AdapterError, ErrorKind};

/// Turns a library error into ours. `sql` is the statement that was executed, where there was one.
pub(super) fn translate(error: &duckdb::Error, sql: Option<&str>) -> AdapterError {
    from_message(error.to_string(), sql)
}

pub(super) fn from_message(message: String, sql: Option<&str>) -> AdapterError {
    let (kind, temporary) = classify(&message);
    let position = sql.and_then(|sql| position(&message, sql));
    AdapterError {
        temporary,
        position,
        ..AdapterError::new(kind, message)
    }
}

fn classify(message: &str) -> (ErrorKind, bool) {
    let head = message.split_once(" Error:").map_or("", |(head, _)| head);
    let missing = || message.contains("does not exist") || message.contains("not found");
    match head {
        "Parser" | "Syntax" => (ErrorKind::Syntax, false),
        "Binder" if missing() => (ErrorKind::Missing, false),
        "Binder" => (ErrorKind::Syntax, false),
        "Catalog" if missing() => (ErrorKind::Missing, false),
        "Permission" => (ErrorKind::Denied, false),
        "TransactionContext" | "Transaction" => (ErrorKind::Conflict, message.contains("onflict")),
        "IO" if message.contains("Could not set lock on file") => (ErrorKind::Conflict, true),
        "IO" if message.contains("No such file") || message.contains("No files found") => {
            (ErrorKind::Missing, false)
        }
        "IO" if message.contains("ermission denied") => (ErrorKind::Denied, false),
        "HTTP" if message.contains("401") || message.contains("403") => (ErrorKind::Auth, false),
        "HTTP" | "Connection" | "Network" => (ErrorKind::Network, true),
        "INTERRUPT" => (ErrorKind::Cancelled, false),
        "Out of Memory" => (ErrorKind::Limit, false),
        "Not implemented" | "Missing Extension" | "Autoload" => (ErrorKind::Unsupported, false),
        "Invalid Configuration" | "Settings" => (ErrorKind::Config, false),
        _ => (ErrorKind::Other, false),
    }
}

/// Returns the name that the Python library gives this class of error, as `retryable_exceptions` lists it.
pub(super) fn class_name(message: &str) -> String {
    let head = message.split_once(" Error:").map_or("", |(head, _)| head);
    format!("{}Exception", head.replace(' ', ""))
}

/// Reads the place from the picture that ends a message: `LINE 3:  from bar` and a caret below it.
///
/// A long line is cut at both ends and marked with dots, so the shown stretch is looked up in the statement.
fn position(message: &str, sql: &str) -> Option<(u32, u32)> {
    let at = message.rfind("\nLINE ")?;
    let mut lines = message[at + 1..].lines();
    let shown = lines.next()?;
    let caret = lines.next()?.chars().position(|c| c == '^')?;
    let (number, _) = shown.strip_prefix("LINE ")?.split_once(':')?;
    let line: u32 = number.parse().ok()?;
    let label = "LINE ".len() + number.len() + ": ".len();
    let column = caret.checked_sub(label)?;
    let shown: String = shown.chars().skip(label).collect();
    let Some(cut) = shown.strip_prefix("...") else {
        return Some((line, u32::try_from(column).ok()? + 1));
    };
    let cut = cut.strip_suffix("...").unwrap_or(cut);
    let text = sql.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let start = text.find(cut).map(|byte| text[..byte].chars().count())?;
    Some((line, u32::try_from(start + column.checked_sub(3)?).ok()? + 1))
}

#[cfg(test)]
mod tests {
    use super::{classify, from_message};
    use crate::adapters::ErrorKind;

    #[test]
    fn the_caret_gives_line_and_column() {
        let message = "Catalog Error: Table with name bar does not exist!\n\nLINE 3:  bar\n         ^";
        let error = from_message(message.to_owned(), Some("select\n  foo from\n bar"));
        assert_eq!(error.position, Some((3, 2)));
        assert_eq!(error.kind, ErrorKind::Missing);
    }

    #[test]
    fn a_message_without_a_picture_has_no_place() {
        let error = from_message(
            "Constraint Error: NOT NULL constraint failed: t.a".to_owned(),
            Some("x"),
        );
        assert_eq!(error.position, None);
        assert_eq!(error.kind, ErrorKind::Other);
    }

    #[test]
    fn a_held_lock_is_a_conflict_that_may_pass() {
        let message = "IO Error: Could not set lock on file \"/a.db\": Conflicting lock is held in x (PID 1)";
        assert_eq!(classify(message), (ErrorKind::Conflict, true));
    }
}
