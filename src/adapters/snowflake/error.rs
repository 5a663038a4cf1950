//! What the server's and the network's faults mean.

use thiserror::Error;

use crate::adapters::{AdapterError, ErrorKind};

/// An answer that is no answer of Snowflake's own: the server, or what stands before it, is busy or not there.
#[derive(Debug, Error)]
#[error("the server answered with the HTTP status {0}")]
pub(super) struct Status(pub(super) u16);

/// A refusal by Snowflake itself.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) state: String,
    pub(super) message: String,
}

impl Refusal {
    /// Returns the error as the adapter reports it; Python's driver writes code and state before the message.
    pub(super) fn into_error(self) -> AdapterError {
        let (kind, temporary) = classify(&self.code, &self.state, &self.message);
        let state = if self.state.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.state)
        };
        let head = if self.code.is_empty() || self.message.starts_with(&self.code) {
            String::new()
        } else {
            format!("{}{state}: ", self.code)
        };
        // Both parts of `SQL compilation error:\nObject …` say what is wrong.
        let text = without_values(self.message.trim());
        let text = match text.split_once(":\n") {
            Some((first, rest)) => format!("{first}: {rest}"),
            None => text,
        };
        let mut error = AdapterError {
            temporary,
            position: position(&self.message),
            ..AdapterError::new(kind, format!("{head}{text}"))
        };
        if self.message.contains("does not have a current database") {
            error = error.with_hint(
                "Check `database` in profiles.yml, and that the role may use it: `show grants to role …`.",
            );
        } else if self.message.contains("No active warehouse") {
            error = error.with_hint("Set `warehouse` in profiles.yml to one that the role may use.");
        }
        error
    }
}

fn classify(code: &str, state: &str, message: &str) -> (ErrorKind, bool) {
    match code.trim_start_matches('0') {
        // Logins.
        code if code.len() == 6 && code.starts_with("390") => (ErrorKind::Auth, false),
        "2003" | "2043" | "2141" => (ErrorKind::Missing, false),
        "3001" | "3540" => (ErrorKind::Denied, false),
        "1003" | "904" | "1007" => (ErrorKind::Syntax, false),
        "604" => (ErrorKind::Cancelled, false),
        "630" | "90106" => (ErrorKind::Limit, false),
        "606" => (ErrorKind::Config, false),
        // A lock was waited for in vain, or two transactions wrote the same rows.
        "625" | "628" => (ErrorKind::Conflict, true),
        _ if message.contains("does not exist or not authorized") => (ErrorKind::Missing, false),
        _ if state.starts_with("42") => (ErrorKind::Syntax, false),
        _ if state.starts_with("40") => (ErrorKind::Conflict, true),
        _ => (ErrorKind::Other, false),
    }
}

/// A message without the rows that some of Snowflake's messages show: they are the user's data.
fn without_values(message: &str) -> String {
    let mut out = message.to_owned();
    for (opening, closing) in [("Row Values: [", ']'), ("Duplicate field key '", '\'')] {
        if let Some(start) = out.find(opening).map(|at| at + opening.len())
            && let Some(end) = out.rfind(closing).filter(|end| *end >= start)
        {
            out.replace_range(start..end, "redacted");
        }
    }
    out
}

/// Reads `error line 3 at position 5`: lines count from one, positions from zero.
fn position(message: &str) -> Option<(u32, u32)> {
    let rest = &message[message.find("error line ")? + "error line ".len()..];
    let (line, rest) = rest.split_once(" at position ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((line.parse().ok()?, digits.parse::<u32>().ok()?.checked_add(1)?))
}

/// A fault of the way to the server.
pub(super) fn network(error: &snowflake_api::connection::ConnectionError, host: &str) -> AdapterError {
    use snowflake_api::connection::ConnectionError;
    let (temporary, reason) = match error {
        ConnectionError::RequestMiddlewareError(e) => of_middleware(e),
        ConnectionError::RequestError(e) => of_request(e),
        other => (false, other.to_string()),
    };
    AdapterError {
        temporary,
        ..AdapterError::new(
            ErrorKind::Network,
            format!("the server `{host}` could not be asked: {reason}"),
        )
    }
    .with_hint(
        "Check `account` (or `host`) in profiles.yml, and the way there: proxies, private links, firewalls.",
    )
}

pub(super) fn of_middleware(error: &reqwest_middleware::Error) -> (bool, String) {
    match error {
        reqwest_middleware::Error::Middleware(e) => match e.downcast_ref::<Status>() {
            Some(status) => (is_transient(status.0), status.to_string()),
            None => (false, e.to_string()),
        },
        reqwest_middleware::Error::Reqwest(e) => of_request(e),
    }
}

/// The innermost reason says the most; addresses are left out, for their parameters name the request.
pub(super) fn of_request(error: &reqwest::Error) -> (bool, String) {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    let temporary = error.is_connect() || error.is_timeout() || error.is_request() || error.is_body();
    let reason = if error.is_timeout() {
        "it did not answer in time".to_owned()
    } else {
        reason.to_string()
    };
    (temporary, reason)
}

/// Statuses after which a retry may succeed.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::{Refusal, classify, position};
    use crate::adapters::ErrorKind;

    #[test]
    fn place_and_kind_come_from_the_message() {
        let error = Refusal {
            code: "001003".to_owned(),
            state: "42000".to_owned(),
            message: "SQL compilation error:\nsyntax error line 3 at position 5 unexpected 'from'."
                .to_owned(),
        }
        .into_error();
        assert_eq!(error.kind, ErrorKind::Syntax);
        assert_eq!(error.position, Some((3, 6)));
        assert_eq!(
            error.message,
            "001003 (42000): SQL compilation error: syntax error line 3 at position 5 unexpected 'from'."
        );
        assert_eq!(position("nothing of the kind"), None);
    }

    #[test]
    fn rows_of_the_user_are_not_shown() {
        let error = Refusal {
            message: "Duplicate row detected during DML action\nRow Values: [12, \"secret [x]\"]".to_owned(),
            ..Refusal::default()
        }
        .into_error();
        assert!(!error.message.contains("secret"), "{}", error.message);
        assert!(error.message.ends_with("Row Values: [redacted]"));
    }

    #[test]
    fn only_conflicts_may_pass_by_themselves() {
        assert_eq!(classify("000625", "57014", ""), (ErrorKind::Conflict, true));
        assert_eq!(classify("390100", "08001", ""), (ErrorKind::Auth, false));
        assert_eq!(classify("002003", "02000", ""), (ErrorKind::Missing, false));
        assert_eq!(classify("003001", "42501", ""), (ErrorKind::Denied, false));
    }
}
