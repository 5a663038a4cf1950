//! Values for the marks of a statement (`?`, `%s`), written into it as literals.

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::jinja::python::{Number, number, str_of};
use crate::jinja::values::datetime::Moment;

/// Puts values in place of the marks; marks within quotes and comments stay.
///
/// # Errors
/// Where there are not as many marks as values.
pub(super) fn bind(sql: &str, values: &[Value], literal: &dyn Fn(&str) -> String) -> Result<String> {
    let mut out = String::with_capacity(sql.len() + values.len() * 8);
    let mut values_left = values.iter();
    let mut marks = 0;
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => quoted(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '?' => 0,
            '%' if rest.starts_with("%s") => 0,
            other => other.len_utf8(),
        };
        if length > 0 {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        marks += 1;
        if let Some(value) = values_left.next() {
            out.push_str(&written(value, literal));
        }
        rest = rest.strip_prefix('?').unwrap_or_else(|| &rest[2..]);
    }
    if marks == values.len() {
        return Ok(out);
    }
    Err(Diagnostic::error(
        Code::JINJA_CALL,
        format!(
            "a statement has {marks} marks for values, but {} values were given",
            values.len()
        ),
    )
    .hint("Write one `?` or `%s` for each value of `bindings`."))
}

/// Returns how long a quoted text is; two quotes within it are one.
fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            continue;
        }
        if chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

fn written(value: &Value, literal: &dyn Fn(&str) -> String) -> String {
    if value.is_none() || value.is_undefined() {
        return "null".to_owned();
    }
    if value.kind() == ValueKind::Bool {
        return if value.is_true() { "true" } else { "false" }.to_owned();
    }
    if let Some(moment) = Moment::of(value) {
        return literal(&moment.iso(' '));
    }
    match number(value) {
        Some(Number::Int(i)) => i.to_string(),
        Some(Number::Decimal(d)) => d.plain(),
        Some(Number::Float(f)) if f.is_finite() => str_of(value),
        _ => literal(&str_of(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    #[test]
    fn values_take_the_place_of_marks_outside_of_quotes_and_comments() {
        let values = [
            Value::from(1),
            Value::from("it's"),
            Value::from(()),
            Value::from(true),
        ];
        let sql = "insert into \"a?\" -- ?\n values (?, %s, '?''?', ? /* %s */, ?)";
        assert_eq!(
            bind(sql, &values, &text).ok().as_deref(),
            Some("insert into \"a?\" -- ?\n values (1, 'it''s', '?''?', null /* %s */, true)")
        );
    }

    #[test]
    fn marks_and_values_are_counted() {
        let error = bind("values (?, ?)", &[Value::from(1)], &text).expect_err("one value is missing");
        assert_eq!(
            error.message(),
            "a statement has 2 marks for values, but 1 values were given"
        );
    }
}
