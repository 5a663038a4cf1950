//! What the server's errors mean: kind by SQLSTATE, place by its count of characters.

use std::fmt::Write as _;

use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::ErrorResponseBody;

use super::config::Config;
use crate::adapters::{AdapterError, ErrorKind};

/// Turns the server's error into ours. `sql` is the statement that was executed, where there was one.
pub(super) fn of_response(body: &ErrorResponseBody, sql: Option<&str>) -> AdapterError {
    let mut parts = Parts::default();
    let mut fields = body.fields();
    while let Ok(Some(field)) = fields.next() {
        let text = String::from_utf8_lossy(field.value_bytes()).into_owned();
        match field.type_() {
            b'C' => parts.state = text,
            b'M' => parts.message = text,
            b'D' => parts.detail = Some(text),
            b'H' => parts.hint = Some(text),
            b'W' => parts.context = Some(text),
            b'P' => parts.at = text.parse().ok(),
            _ => {}
        }
    }
    parts.error(sql)
}

/// As [`of_response`], for an error while logging in, with what to look at in the profile.
pub(super) fn of_login(body: &ErrorResponseBody, config: &Config) -> AdapterError {
    let error = of_response(body, None);
    let fields = match error.kind {
        ErrorKind::Auth => "`user`, `password` and `host`",
        ErrorKind::Config => "`dbname`",
        _ => return error,
    };
    if error.hint.is_some() {
        return error;
    }
    error.with_hint(format!(
        "Check {fields} of the target in profiles.yml; the server is `{}`, port {}.",
        config.host, config.port
    ))
}

#[derive(Default)]
struct Parts {
    state: String,
    message: String,
    detail: Option<String>,
    hint: Option<String>,
    context: Option<String>,
    /// The character in the statement, from 1.
    at: Option<usize>,
}

impl Parts {
    fn error(self, sql: Option<&str>) -> AdapterError {
        let (kind, temporary) = classify(&self.state);
        let place = sql.zip(self.at).and_then(|(sql, at)| Place::find(sql, at));
        let mut message = self.message;
        if let Some(place) = &place {
            message.push('\n');
            message.push_str(&place.picture);
        }
        for (label, text) in [
            ("DETAIL", self.detail),
            ("HINT", self.hint),
            ("CONTEXT", self.context),
        ] {
            if let Some(text) = text {
                let _ = write!(message, "\n{label}:  {text}");
            }
        }
        AdapterError {
            temporary,
            position: place.map(|place| (place.line, place.column)),
            ..AdapterError::new(kind, message)
        }
    }
}

/// Returns the kind of a SQLSTATE, and whether a retry may help.
fn classify(state: &str) -> (ErrorKind, bool) {
    match state {
        "42601" => (ErrorKind::Syntax, false),
        "42501" => (ErrorKind::Denied, false),
        "42P01" | "42703" | "42883" | "42704" | "3F000" => (ErrorKind::Missing, false),
        "3D000" => (ErrorKind::Config, false),
        "40001" | "40P01" | "55P03" => (ErrorKind::Conflict, true),
        "57014" => (ErrorKind::Cancelled, false),
        "57P01" | "57P02" | "57P03" | "53300" => (ErrorKind::Network, true),
        "0A000" => (ErrorKind::Unsupported, false),
        _ => match state.get(..2).unwrap_or_default() {
            "08" => (ErrorKind::Network, true),
            "28" => (ErrorKind::Auth, false),
            "42" => (ErrorKind::Syntax, false),
            "53" | "54" => (ErrorKind::Limit, false),
            "23" => (ErrorKind::Conflict, false),
            _ => (ErrorKind::Other, false),
        },
    }
}

/// A place in a statement, and the picture of its line as `psql` draws it.
struct Place {
    line: u32,
    column: u32,
    picture: String,
}

/// How much of a long line is shown, and how much of it at least after the place.
const SHOWN_MAX: usize = 60;
const AFTER_MIN: usize = 10;

impl Place {
    fn find(sql: &str, at: usize) -> Option<Self> {
        let index = at.checked_sub(1)?;
        let (mut line, mut begin) = (1, 0);
        let text: Vec<char> = sql.chars().collect();
        for (i, c) in text.iter().enumerate().take(index) {
            if *c == '\n' {
                line += 1;
                begin = i + 1;
            }
        }
        let rest = text.get(begin..)?;
        let length = rest
            .iter()
            .position(|c| matches!(c, '\n' | '\r'))
            .unwrap_or(rest.len());
        let place = index.checked_sub(begin)?.min(length);
        let (mut from, mut to) = (0, length);
        if length > SHOWN_MAX {
            if place + AFTER_MIN < SHOWN_MAX {
                to = SHOWN_MAX;
            } else {
                to = length.min(place + AFTER_MIN);
                from = to.saturating_sub(SHOWN_MAX);
            }
        }
        let mut picture = format!("LINE {line}: ");
        if from > 0 {
            picture.push_str("...");
        }
        let indent = picture.chars().count() + place - from;
        picture.extend(rest[from..to].iter().map(|c| if *c == '\t' { ' ' } else { *c }));
        if to < length {
            picture.push_str("...");
        }
        let _ = write!(picture, "\n{}^", " ".repeat(indent));
        Some(Self {
            line,
            column: u32::try_from(place + 1).ok()?,
            picture,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, Place, classify};
    use crate::adapters::ErrorKind;

    #[test]
    fn a_count_of_characters_gives_line_and_column() {
        let place = Place::find("select 'é'\n  from bar", 17).unwrap();
        assert_eq!((place.line, place.column), (2, 6));
        assert_eq!(place.picture, "LINE 2:   from bar\n             ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let sql = format!("select {} bar", "x, ".repeat(60));
        let place = Place::find(&sql, sql.len() - 2).unwrap();
        let mut lines = place.picture.lines();
        let (shown, caret) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(
            shown.starts_with("LINE 1: ...") && shown.ends_with("bar"),
            "{shown}"
        );
        assert_eq!(caret.find('^'), shown.find("bar"));
    }

    #[test]
    fn detail_and_hint_follow_the_picture() {
        let parts = Parts {
            state: "42P01".into(),
            message: "no such thing".into(),
            hint: Some("Look elsewhere.".into()),
            at: Some(8),
            ..Parts::default()
        };
        let error = parts.error(Some("select a"));
        assert_eq!(error.kind, ErrorKind::Missing);
        assert_eq!(error.position, Some((1, 8)));
        assert_eq!(
            error.message,
            "no such thing\nLINE 1: select a\n               ^\nHINT:  Look elsewhere."
        );
    }

    #[test]
    fn serialization_failures_may_pass() {
        assert_eq!(classify("40001"), (ErrorKind::Conflict, true));
        assert_eq!(classify("23505"), (ErrorKind::Conflict, false));
    }
}
