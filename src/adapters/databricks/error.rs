//! What the workspace's errors mean: kind by their class, place by the words that end them.

use serde_json::Value as Json;

use crate::adapters::{AdapterError, ErrorKind};

/// An answer whose status says that the request was refused.
pub(super) fn of_answer(status: u16, body: &[u8]) -> AdapterError {
    let json: Json = serde_json::from_slice(body).unwrap_or(Json::Null);
    let said = ["message", "error_description", "error"]
        .iter()
        .find_map(|key| json.get(key)?.as_str())
        .unwrap_or("it gave no reason");
    let message = format!("the workspace refused the request with status {status}: {said}");
    match status {
        401 => AdapterError::new(ErrorKind::Auth, message)
            .with_hint("Check `token`, or `client_id` and `client_secret`, in profiles.yml."),
        403 => AdapterError::new(ErrorKind::Denied, message)
            .with_hint("Ask for the permission `CAN USE` on the SQL warehouse."),
        404 => AdapterError::new(ErrorKind::Missing, message)
            .with_hint("Check `http_path` in profiles.yml: it must name a SQL warehouse of this workspace."),
        408 | 429 | 500..=599 => AdapterError {
            temporary: true,
            ..AdapterError::new(ErrorKind::Network, message)
        },
        _ => AdapterError::new(ErrorKind::Other, message),
    }
}

/// A statement that failed: what the status of the statement says.
pub(super) fn of_statement(status: &Json) -> AdapterError {
    let text = |path: &str| status.pointer(path).and_then(Json::as_str).unwrap_or_default();
    let message = text("/error/message");
    let message = if message.is_empty() {
        format!("the statement ended as {} without a reason", text("/state"))
    } else {
        message.to_owned()
    };
    let (kind, temporary) = classify(text("/error/error_code"), class(&message));
    AdapterError {
        temporary,
        position: position(&message),
        ..AdapterError::new(kind, without_picture(&message))
    }
}

/// The class that begins a message: `[TABLE_OR_VIEW_NOT_FOUND] …`.
fn class(message: &str) -> &str {
    let start = message.find('[').map_or(0, |at| at + 1);
    message[start..]
        .split(']')
        .next()
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "_.".contains(c))
        })
        .unwrap_or_default()
}

fn classify(code: &str, class: &str) -> (ErrorKind, bool) {
    match class {
        "TABLE_OR_VIEW_NOT_FOUND"
        | "SCHEMA_NOT_FOUND"
        | "NO_SUCH_CATALOG_EXCEPTION"
        | "CATALOG_NOT_FOUND"
        | "DELTA_TABLE_NOT_FOUND" => (ErrorKind::Missing, false),
        _ if class.starts_with("UNRESOLVED_") => (ErrorKind::Missing, false),
        _ if class.starts_with("PARSE_") => (ErrorKind::Syntax, false),
        "INSUFFICIENT_PERMISSIONS" | "PERMISSION_DENIED" => (ErrorKind::Denied, false),
        _ if class.starts_with("DELTA_CONCURRENT_") || class.starts_with("CONCURRENT_") => {
            (ErrorKind::Conflict, true)
        }
        _ => match code {
            "TEMPORARILY_UNAVAILABLE"
            | "IO_ERROR"
            | "SERVICE_UNDER_MAINTENANCE"
            | "WORKSPACE_TEMPORARILY_UNAVAILABLE" => (ErrorKind::Network, true),
            "RESOURCE_EXHAUSTED" => (ErrorKind::Limit, false),
            "UNAUTHENTICATED" => (ErrorKind::Auth, false),
            "DEADLINE_EXCEEDED" | "CANCELLED" | "ABORTED" => (ErrorKind::Other, false),
            _ => (ErrorKind::Other, false),
        },
    }
}

/// The place, as Spark names it: `line 3 pos 14`, lines from 1 and characters from 0.
fn position(message: &str) -> Option<(u32, u32)> {
    let at = message.rfind("line ")?;
    let (line, rest) = message[at + 5..].split_once([' ', ','])?;
    let rest = rest.trim_start().strip_prefix("pos ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((line.parse().ok()?, digits.parse::<u32>().ok()? + 1))
}

/// The message without the picture of the statement, which the frame shows better.
fn without_picture(message: &str) -> String {
    message
        .split("\n== SQL")
        .next()
        .unwrap_or(message)
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::of_statement;
    use crate::adapters::ErrorKind;

    #[test]
    fn class_and_place_are_read_from_the_message() {
        let error = of_statement(&json!({"state": "FAILED", "error": {"error_code": "BAD_REQUEST",
            "message": "[TABLE_OR_VIEW_NOT_FOUND] The table cannot be found. SQLSTATE: 42P01; line 2 pos 5"}}));
        assert_eq!((error.kind, error.position), (ErrorKind::Missing, Some((2, 6))));
        let error = of_statement(&json!({"error": {"message":
            "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'. SQLSTATE: 42601 (line 1, pos 0)\n\n== SQL ==\nselec 1\n^^^\n"}}));
        assert_eq!((error.kind, error.position), (ErrorKind::Syntax, Some((1, 1))));
        assert!(error.message.ends_with("(line 1, pos 0)"), "{}", error.message);
    }

    #[test]
    fn concurrent_changes_may_pass() {
        let error =
            of_statement(&json!({"error": {"message": "[DELTA_CONCURRENT_APPEND] Files were added"}}));
        assert_eq!((error.kind, error.temporary), (ErrorKind::Conflict, true));
    }
}
