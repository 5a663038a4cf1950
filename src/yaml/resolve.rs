//! What a plain scalar means: YAML 1.1 as PyYAML's safe loader reads it.

use super::Value;

/// Returns the value of a plain (unquoted) scalar.
pub(super) fn resolve(text: &str) -> Value {
    let Some(first) = text.bytes().next() else {
        return Value::Null;
    };
    match first {
        b'~' if text == "~" => Value::Null,
        b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => {
            word(text).unwrap_or_else(|| Value::Str(text.into()))
        }
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text).unwrap_or_else(|| Value::Str(text.into())),
        _ => Value::Str(text.into()),
    }
}

fn word(text: &str) -> Option<Value> {
    Some(match text {
        "null" | "Null" | "NULL" => Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        _ => return None,
    })
}

fn number(text: &str) -> Option<Value> {
    if is_date(text) {
        return Some(Value::Date(text.into()));
    }
    integer(text).or_else(|| float(text))
}

fn integer(text: &str) -> Option<Value> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, body) = if let Some(rest) = digits.strip_prefix("0b") {
        (2, rest)
    } else if let Some(rest) = digits.strip_prefix("0x") {
        (16, rest)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (8, &digits[1..])
    } else {
        (10, digits)
    };
    if body.contains(':') && radix == 10 {
        return sexagesimal(body, negative);
    }
    if radix == 10 && !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let clean: String = body.chars().filter(|c| *c != '_').collect();
    if clean.is_empty() || !clean.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    match i128::from_str_radix(&clean, radix) {
        Ok(n) => {
            let n = if negative { -n } else { n };
            Some(i64::try_from(n).map_or_else(|_| Value::Float(n as f64), Value::Int))
        }
        Err(_) => None,
    }
}

/// `1:30` is ninety: PyYAML reads base 60.
fn sexagesimal(body: &str, negative: bool) -> Option<Value> {
    let mut parts = body.split(':');
    let first = parts.next()?;
    if !first.starts_with(|c: char| ('1'..='9').contains(&c)) {
        return None;
    }
    let mut total: i64 = first.replace('_', "").parse().ok()?;
    for part in parts {
        let fits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let value: i64 = part.parse().ok().filter(|v| fits && *v < 60)?;
        total = total.checked_mul(60)?.checked_add(value)?;
    }
    Some(Value::Int(if negative { -total } else { total }))
}

fn float(text: &str) -> Option<Value> {
    let (sign, body) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    match body {
        ".inf" | ".Inf" | ".INF" => return Some(Value::Float(sign * f64::INFINITY)),
        ".nan" | ".NaN" | ".NAN" if body.len() == text.len() => return Some(Value::Float(f64::NAN)),
        _ => {}
    }
    // A point is required, and a sign after the `e`: `1e3` and `1.5e3` are text.
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let (whole, fraction) = mantissa.split_once('.')?;
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let starts = |s: &str| s.starts_with(|c: char| c.is_ascii_digit());
    let shaped = if whole.is_empty() {
        starts(fraction) && body.len() == text.len()
    } else {
        starts(whole)
    };
    if !shaped || !digits(whole) || !digits(fraction) {
        return None;
    }
    if let Some(exponent) = exponent {
        let rest = exponent.strip_prefix(['+', '-'])?;
        if rest.is_empty() || !rest.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    let clean: String = body.chars().filter(|c| *c != '_').collect();
    clean.parse::<f64>().ok().map(|f| Value::Float(sign * f))
}

/// `2024-01-31`, or a date with a time after `T`, `t` or blanks.
fn is_date(text: &str) -> bool {
    let b = text.as_bytes();
    let digits = |from: usize, to: usize| b.get(from..to).is_some_and(|s| s.iter().all(u8::is_ascii_digit));
    if b.len() == 10 {
        return digits(0, 4) && b[4] == b'-' && digits(5, 7) && b[7] == b'-' && digits(8, 10);
    }
    if !(digits(0, 4) && b.get(4) == Some(&b'-')) {
        return false;
    }
    let rest = &text[5..];
    let Some((month, rest)) = rest.split_once('-') else {
        return false;
    };
    let end = rest.find(['T', 't', ' ', '\t']).unwrap_or(rest.len());
    let (day, time) = rest.split_at(end);
    let short =
        |s: &str, most: usize| !s.is_empty() && s.len() <= most && s.bytes().all(|b| b.is_ascii_digit());
    if !short(month, 2) || !short(day, 2) || time.is_empty() {
        return false;
    }
    let clock = time.trim_start_matches(['T', 't', ' ', '\t']);
    let mut fields = clock.splitn(3, ':');
    let (Some(hour), Some(minute), Some(second)) = (fields.next(), fields.next(), fields.next()) else {
        return false;
    };
    short(hour, 2) && minute.len() == 2 && short(minute, 2) && second.len() >= 2 && digits_of(&second[..2])
}

fn digits_of(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What PyYAML 6's safe loader gives, written as its `repr`; text stays text.
    #[test]
    fn plain_scalars_mean_what_pyyaml_says() {
        let cases = [
            ("yes", "True"),
            ("Off", "False"),
            ("oN", "'oN'"),
            ("y", "'y'"),
            ("~", "None"),
            ("null", "None"),
            ("nuLL", "'nuLL'"),
            ("12", "12"),
            ("-0x1F", "-31"),
            ("017", "15"),
            ("08", "'08'"),
            ("0b101", "5"),
            ("1_000", "1000"),
            ("1:30", "90"),
            ("0:30", "'0:30'"),
            ("1e3", "'1e3'"),
            ("1.5e3", "'1.5e3'"),
            ("1.5e+3", "1500.0"),
            (".5", "0.5"),
            ("-.5", "'-.5'"),
            ("1.", "1.0"),
            ("+1.5", "1.5"),
            (".inf", "inf"),
            ("2024-01-31", "date"),
            ("2024-1-31", "'2024-1-31'"),
            ("2024-01-31 10:00:00", "date"),
            ("2024-01", "'2024-01'"),
            ("-", "'-'"),
            ("1.2.3", "'1.2.3'"),
            ("", "None"),
        ];
        for (text, wanted) in cases {
            let got = match resolve(text) {
                Value::Null => "None".to_owned(),
                Value::Bool(true) => "True".to_owned(),
                Value::Bool(false) => "False".to_owned(),
                Value::Int(i) => i.to_string(),
                Value::Float(f) => format!("{f:?}"),
                Value::Str(s) => format!("'{s}'"),
                Value::Date(_) => "date".to_owned(),
                Value::Seq(_) | Value::Map(_) => "collection".to_owned(),
            };
            assert_eq!(got, wanted, "{text}");
        }
    }
}
