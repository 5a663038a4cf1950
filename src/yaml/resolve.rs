//! What a plain scalar means by the rules of YAML 1.1 as PyYAML has them: `yes`, `0x1F`, `1:30`, `2024-01-31`.

use super::Value;

/// Returns the value of a plain scalar, or why it has none.
pub(super) fn resolve(text: &str) -> Result<Value, String> {
    let Some(first) = text.as_bytes().first() else {
        return Ok(Value::Null);
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            Ok(word(text).unwrap_or_else(|| Value::Str(text.into())))
        }
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text),
        _ => Ok(Value::Str(text.into())),
    }
}

fn word(text: &str) -> Option<Value> {
    Some(match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        "~" | "null" | "Null" | "NULL" => Value::Null,
        _ => return None,
    })
}

fn number(text: &str) -> Result<Value, String> {
    if let Some(value) = float(text) {
        return Ok(Value::Float(value));
    }
    if let Some(value) = int(text) {
        return value;
    }
    match timestamp(text) {
        Some(value) => value,
        None => Ok(Value::Str(text.into())),
    }
}

fn unsigned(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn all(text: &str, fits: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(fits)
}

fn is_digits(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit) && all(text, |b| b.is_ascii_digit() || b == b'_')
}

/// Reads parts after the first of a number in base 60: at most two digits, below 60.
fn is_sixtieths(part: &str) -> bool {
    match part.as_bytes() {
        [a] => a.is_ascii_digit(),
        [a, b] => (b'0'..=b'5').contains(a) && b.is_ascii_digit(),
        _ => false,
    }
}

fn float(text: &str) -> Option<f64> {
    let (negative, rest) = unsigned(text);
    let sign = if negative { -1.0 } else { 1.0 };
    if matches!(rest, ".inf" | ".Inf" | ".INF") {
        return Some(sign * f64::INFINITY);
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(f64::NAN);
    }
    let (whole, after) = rest.split_once('.')?;
    if let Some((first, sixtieths)) = whole.split_once(':') {
        let fits = is_digits(first)
            && sixtieths.split(':').all(is_sixtieths)
            && all(after, |b| b.is_ascii_digit() || b == b'_');
        if !fits {
            return None;
        }
        let plain = rest.replace('_', "");
        let mut value = 0.0;
        for part in plain.split(':') {
            value = value * 60.0 + part.parse::<f64>().ok()?;
        }
        return Some(sign * value);
    }
    let (fraction, exponent) = match after.find(['e', 'E']) {
        Some(at) => (&after[..at], Some(&after[at + 1..])),
        None => (after, None),
    };
    let mantissa = if whole.is_empty() {
        // Without a digit before the point there is no sign and a digit must follow.
        rest.len() == text.len() && is_digits(fraction)
    } else {
        is_digits(whole) && all(fraction, |b| b.is_ascii_digit() || b == b'_')
    };
    let power = exponent
        .is_none_or(|e| e.starts_with(['+', '-']) && e.len() > 1 && all(&e[1..], |b| b.is_ascii_digit()));
    if !mantissa || !power {
        return None;
    }
    rest.replace('_', "").parse::<f64>().ok().map(|v| sign * v)
}

fn int(text: &str) -> Option<Result<Value, String>> {
    let (negative, rest) = unsigned(text);
    let first = *rest.as_bytes().first()?;
    if let Some(digits) = rest.strip_prefix("0b") {
        let fits = !digits.is_empty() && all(digits, |b| matches!(b, b'0' | b'1' | b'_'));
        return fits.then(|| radix(text, negative, digits, 2));
    }
    if let Some(digits) = rest.strip_prefix("0x") {
        let fits = !digits.is_empty() && all(digits, |b| b.is_ascii_hexdigit() || b == b'_');
        return fits.then(|| radix(text, negative, digits, 16));
    }
    if first == b'0' {
        let digits = &rest[1..];
        if digits.is_empty() {
            return Some(Ok(Value::Int(0)));
        }
        let fits = all(digits, |b| (b'0'..=b'7').contains(&b) || b == b'_');
        return fits.then(|| radix(text, negative, rest, 8));
    }
    if !first.is_ascii_digit() {
        return None;
    }
    if let Some((whole, sixtieths)) = rest.split_once(':') {
        if !is_digits(whole) || !sixtieths.split(':').all(is_sixtieths) {
            return None;
        }
        let plain = rest.replace('_', "");
        let mut value = Some(0_i64);
        for part in plain.split(':') {
            value = value
                .and_then(|v| v.checked_mul(60))
                .and_then(|v| v.checked_add(part.parse().ok()?));
        }
        return Some(match value {
            Some(value) => Ok(Value::Int(if negative { -value } else { value })),
            None => Err(format!("the number `{text}` is too large")),
        });
    }
    is_digits(rest).then(|| radix(text, negative, rest, 10))
}

fn radix(text: &str, negative: bool, digits: &str, base: u32) -> Result<Value, String> {
    let plain;
    let digits = if digits.contains('_') {
        plain = digits.replace('_', "");
        plain.as_str()
    } else {
        digits
    };
    if digits.is_empty() {
        return Err(format!("the number `{text}` has no digits"));
    }
    if let Ok(value) = i128::from_str_radix(digits, base) {
        let value = if negative { -value } else { value };
        return Ok(i64::try_from(value).map_or_else(|_| Value::BigInt(value.to_string().into()), Value::Int));
    }
    if base == 10 {
        let sign = if negative { "-" } else { "" };
        return Ok(Value::BigInt(format!("{sign}{digits}").into()));
    }
    Err(format!("the number `{text}` is too large"))
}

/// A reader over the fields of a timestamp.
struct Fields<'a>(&'a str);

impl Fields<'_> {
    /// Takes `least` to `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits.parse().ok()
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    fn blanks(&mut self) -> bool {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let moved = rest.len() < self.0.len();
        self.0 = rest;
        moved
    }
}

/// Reads a date or timestamp; the value is its text in Python's `str`.
fn timestamp(text: &str) -> Option<Result<Value, String>> {
    if text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    let mut fields = Fields(text);
    let year = fields.digits(4, 4)?;
    fields.sign('-')?;
    let month = fields.digits(1, 2)?;
    fields.sign('-')?;
    let day = fields.digits(1, 2)?;
    let valid = i32::try_from(year)
        .ok()
        .and_then(|y| chrono::NaiveDate::from_ymd_opt(y, month, day))
        .filter(|_| year > 0)
        .ok_or_else(|| format!("the date `{text}` does not exist"));
    if fields.0.is_empty() {
        // A date alone has two digits for month and day.
        return (text.len() == 10).then(|| valid.map(|d| Value::Date(d.to_string().into())));
    }
    if !fields.blanks() && fields.sign('T').is_none() && fields.sign('t').is_none() {
        return None;
    }
    let hour = fields.digits(1, 2)?;
    fields.sign(':')?;
    let minute = fields.digits(2, 2)?;
    fields.sign(':')?;
    let second = fields.digits(2, 2)?;
    let mut fraction = String::new();
    if fields.sign('.').is_some() {
        let end = fields
            .0
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(fields.0.len());
        let mut micros = fields.0[..end.min(6)].to_owned();
        fields.0 = &fields.0[end..];
        while micros.len() < 6 {
            micros.push('0');
        }
        if micros != "000000" {
            fraction = format!(".{micros}");
        }
    }
    let zone = zone(&mut fields)?;
    if hour > 23 || minute > 59 || second > 59 {
        return Some(Err(format!("the time in `{text}` does not exist")));
    }
    Some(
        valid.map(|date| {
            Value::Date(format!("{date} {hour:02}:{minute:02}:{second:02}{fraction}{zone}").into())
        }),
    )
}

/// Reads the offset at the end of a timestamp, as Python shows it.
fn zone(fields: &mut Fields<'_>) -> Option<String> {
    if fields.0.is_empty() {
        return Some(String::new());
    }
    fields.blanks();
    if fields.sign('Z').is_some() {
        return fields.0.is_empty().then(|| "+00:00".to_owned());
    }
    let sign = match fields.0.as_bytes().first() {
        Some(b'-') => '-',
        Some(b'+') => '+',
        _ => return None,
    };
    fields.0 = &fields.0[1..];
    let hours = fields.digits(1, 2)?;
    let minutes = if fields.sign(':').is_some() {
        fields.digits(2, 2)?
    } else {
        0
    };
    // Minutes may exceed 59: they add up to an offset.
    let total = hours * 60 + minutes;
    let sign = if total == 0 { '+' } else { sign };
    fields
        .0
        .is_empty()
        .then(|| format!("{sign}{:02}:{:02}", total / 60, total % 60))
}
