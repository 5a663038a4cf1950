//! Whole numbers beyond 64 bits in JSON, which holds none of them here: a text that no YAML can have stands for each, until
//! a template reads the number or a file is written.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{Document, Node, Value};
use crate::diagnostic::{Code, Diagnostic};

/// No text of YAML has this character.
const MARK: &str = "\0int:";
/// A quote and the mark as JSON writes them.
const WRITTEN: &str = "\"\\u0000int:";

impl Node {
    /// Returns the value as JSON with marks in place of numbers beyond 64 bits.
    ///
    /// # Errors
    /// The first whole number that 128 bits do not hold.
    pub fn to_exact_json(&self) -> Result<Json, &Node> {
        Ok(match &self.value {
            Value::BigInt(digits) => match (digits.parse::<u64>(), digits.parse::<i128>()) {
                (Ok(small), _) => Json::from(small),
                (_, Ok(_)) => Json::from(format!("{MARK}{digits}")),
                _ => return Err(self),
            },
            Value::Seq(items) => {
                Json::Array(items.iter().map(Node::to_exact_json).collect::<Result<_, _>>()?)
            }
            Value::Map(map) => {
                let pairs = map.entries.iter();
                let exact = pairs.map(|(key, value)| Ok((key.key_text(), value.to_exact_json()?)));
                Json::Object(exact.collect::<Result<_, _>>()?)
            }
            _ => self.to_json(),
        })
    }

    /// Returns the fault of a whole number that 128 bits do not hold.
    pub fn beyond_128_bits(&self, document: &Document) -> Diagnostic {
        let message = format!("the whole number {} does not fit into 128 bits", self.key_text());
        document
            .error(self, Code::YAML_SHAPE, message)
            .hint("Put it in quotes to make it a string.")
    }
}

/// Returns the number that a text stands for.
pub fn marked(text: &str) -> Option<i128> {
    text.strip_prefix(MARK)?.parse().ok()
}

/// Returns written JSON with numbers in place of marks.
pub fn unmark(json: String) -> String {
    let Some(first) = json.find(WRITTEN) else {
        return json;
    };
    let mut out = String::with_capacity(json.len());
    let mut rest = json.as_str();
    let mut next = Some(first);
    while let Some(at) = next {
        let digits = &rest[at + WRITTEN.len()..];
        let length = digits.find('"').unwrap_or(digits.len());
        out.push_str(&rest[..at]);
        out.push_str(&digits[..length]);
        rest = digits.get(length + 1..).unwrap_or_default();
        next = rest.find(WRITTEN);
    }
    out.push_str(rest);
    out
}

/// Returns JSON with marks in place of whole numbers beyond 64 bits.
///
/// # Errors
/// The digits of the first one that 128 bits do not hold.
pub fn mark(json: &str) -> Result<Cow<'_, str>, &str> {
    let mut out = String::new();
    let (bytes, mut copied, mut at) = (json.as_bytes(), 0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = end_of_text(bytes, at),
            b'-' | b'0'..=b'9' => {
                let of_number = |b: &&u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let end = at + bytes[at..].iter().take_while(of_number).count();
                let number = &json[at..end];
                let is_whole = number.bytes().skip(1).all(|b| b.is_ascii_digit());
                if is_whole
                    && number.len() > 18
                    && number.parse::<i64>().is_err()
                    && number.parse::<u64>().is_err()
                {
                    number.parse::<i128>().map_err(|_| number)?;
                    out.push_str(&json[copied..at]);
                    out.extend([WRITTEN, number, "\""]);
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Ok(Cow::Borrowed(json));
    }
    out.push_str(&json[copied..]);
    Ok(Cow::Owned(out))
}

/// Returns where a text ends that begins with the quote at `start`.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{mark, marked, unmark};
    use crate::yaml::parse_text;

    #[test]
    fn numbers_beyond_64_bits_are_written_as_they_were_read() {
        let text = "{a: 18446744073709551616, b: [-9223372036854775809, 18446744073709551615, '7'], c: x}";
        let document = parse_text("vars", text).unwrap();
        let json = document.root.to_exact_json().unwrap();
        assert_eq!(json["a"].as_str().and_then(marked), Some(1 << 64));
        assert_eq!(
            unmark(json.to_string()),
            "{\"a\":18446744073709551616,\"b\":[-9223372036854775809,18446744073709551615,\"7\"],\"c\":\"x\"}"
        );
    }

    #[test]
    fn json_is_read_with_the_numbers_that_it_has() {
        for same in [
            "",
            "[1, -9223372036854775808, 18446744073709551615, 1e300]",
            r#"{"12345678901234567890123": "\"99999999999999999999"}"#,
        ] {
            assert_eq!(mark(same).unwrap(), same);
        }
        let json = r#"{"a": 99999999999999999999, "b": [-99999999999999999999]}"#;
        assert_eq!(unmark(mark(json).unwrap().into_owned()), json);
        assert!(mark("[340282366920938463463374607431768211456]").is_err());
    }

    #[test]
    fn numbers_beyond_128_bits_are_shown() {
        let document = parse_text("vars", "{a: [170141183460469231731687303715884105728]}").unwrap();
        let beyond = document.root.to_exact_json().unwrap_err();
        assert_eq!((beyond.start, beyond.end), (5, 44));
    }
}
