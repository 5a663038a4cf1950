//! What BigQuery's answers mean: kind and permanence by their `reason`, place by the end of their message.

use serde_json::Value as Json;

use crate::adapters::{AdapterError, ErrorKind};

/// Turns an answer that is no success into an error of ours.
pub(super) fn of_answer(status: u16, body: &str) -> AdapterError {
    let json: Json = serde_json::from_str(body).unwrap_or(Json::Null);
    let error = &json["error"];
    let reason = error["errors"][0]["reason"]
        .as_str()
        .or_else(|| error["status"].as_str());
    let message = error["message"]
        .as_str()
        .or_else(|| json["error_description"].as_str())
        .map_or_else(
            || format!("BigQuery answered with status {status} and no reason"),
            str::to_owned,
        );
    of_reason(status, reason.unwrap_or_default(), message)
}

/// Turns the error that a job ended with into one of ours.
pub(super) fn of_job(error: &Json) -> AdapterError {
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    of_reason(0, text("reason"), text("message").to_owned())
}

fn of_reason(status: u16, reason: &str, message: String) -> AdapterError {
    let (kind, temporary) = classify(status, reason, &message);
    let position = position(&message);
    let hint = hint(kind, &message);
    AdapterError {
        temporary,
        position,
        hint,
        ..AdapterError::new(kind, message)
    }
}

fn classify(status: u16, reason: &str, message: &str) -> (ErrorKind, bool) {
    // Two that change one table at a time: the loser may try again.
    if message.contains("due to concurrent update") || message.contains("Transaction is aborted") {
        return (ErrorKind::Conflict, true);
    }
    match reason {
        "notFound" => (ErrorKind::Missing, false),
        "accessDenied" => (ErrorKind::Denied, false),
        "authError" | "invalid_grant" | "invalid_client" | "unauthorized_client" => (ErrorKind::Auth, false),
        "invalidQuery" if message.starts_with("Syntax error") => (ErrorKind::Syntax, false),
        "invalidQuery" | "invalid" => (ErrorKind::Syntax, false),
        "duplicate" => (ErrorKind::Conflict, false),
        "stopped" => (ErrorKind::Cancelled, false),
        "rateLimitExceeded" | "jobRateLimitExceeded" => (ErrorKind::Limit, true),
        "quotaExceeded"
        | "bytesBilledLimitExceeded"
        | "resourcesExceeded"
        | "responseTooLarge"
        | "timeout" => (ErrorKind::Limit, false),
        "backendError" | "internalError" | "jobBackendError" | "jobInternalError" => {
            (ErrorKind::Network, true)
        }
        "notImplemented" => (ErrorKind::Unsupported, false),
        _ => match status {
            401 => (ErrorKind::Auth, false),
            403 => (ErrorKind::Denied, false),
            404 => (ErrorKind::Missing, false),
            409 => (ErrorKind::Conflict, false),
            429 => (ErrorKind::Limit, true),
            500 | 502 | 503 | 504 => (ErrorKind::Network, true),
            _ => (ErrorKind::Other, false),
        },
    }
}

fn hint(kind: ErrorKind, message: &str) -> Option<String> {
    match kind {
        ErrorKind::Limit if message.contains("bytes billed") => Some(
            "Raise `maximum_bytes_billed` in profiles.yml, or let the query read less: filter on the partition."
                .to_owned(),
        ),
        ErrorKind::Auth => Some("Check the target's `method` and its credentials in profiles.yml.".to_owned()),
        ErrorKind::Denied => {
            Some("Grant the account of this target the role that the message names, in IAM.".to_owned())
        }
        _ => None,
    }
}

/// Reads the place that ends a message: `Unrecognized name: foo at [1:8]`.
fn position(message: &str) -> Option<(u32, u32)> {
    let at = message.rfind(" at [")?;
    let (place, _) = message[at + 5..].split_once(']')?;
    let (line, column) = place.split_once(':')?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// An error of the way to BigQuery.
pub(super) fn of_transport(error: &reqwest::Error, doing: &str) -> AdapterError {
    let mut cause = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        cause = format!(": {inner}");
        source = inner.source();
    }
    let what = if error.is_timeout() {
        "BigQuery did not answer in time"
    } else {
        "BigQuery could not be reached"
    };
    AdapterError {
        temporary: error.is_timeout() || error.is_connect() || error.is_request() || error.is_body(),
        ..AdapterError::new(ErrorKind::Network, format!("{what} ({doing}){cause}"))
    }
    .with_hint("Check the network, a proxy, and `api_endpoint` in profiles.yml if it is set.")
}

#[cfg(test)]
mod tests {
    use super::{classify, of_answer};
    use crate::adapters::ErrorKind;

    #[test]
    fn the_message_gives_line_and_column() {
        let body = r#"{"error": {"code": 400, "message": "Unrecognized name: foo at [3:8]",
            "errors": [{"reason": "invalidQuery"}]}}"#;
        let error = of_answer(400, body);
        assert_eq!(error.position, Some((3, 8)));
        assert_eq!(error.kind, ErrorKind::Syntax);
        assert!(!error.temporary);
    }

    #[test]
    fn only_what_may_pass_is_temporary() {
        assert_eq!(classify(503, "", "busy"), (ErrorKind::Network, true));
        assert_eq!(classify(403, "rateLimitExceeded", ""), (ErrorKind::Limit, true));
        assert_eq!(classify(403, "accessDenied", ""), (ErrorKind::Denied, false));
        assert_eq!(
            classify(
                400,
                "invalidQuery",
                "Could not serialize access to table t due to concurrent update"
            ),
            (ErrorKind::Conflict, true)
        );
    }

    #[test]
    fn an_answer_that_is_no_json_has_a_message_too() {
        assert_eq!(
            of_answer(502, "<html>").message,
            "BigQuery answered with status 502 and no reason"
        );
    }
}
