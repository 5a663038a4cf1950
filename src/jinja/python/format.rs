//! Python's formatting: `%`, `str.format`, format specifications, and `json.dumps`.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::{Decimal, Number, error, float, items, number, repr_of, str_of, type_name};
use crate::jinja::values::{Dict, PyObject, pairs};

const WIDTH_MAX: usize = 100_000;

/// Formats `text % values`.
pub(crate) fn percent(text: &str, values: &Value) -> Result<Value, Error> {
    let positional = if values.is_tuple() {
        items(values)?
    } else {
        vec![values.clone()]
    };
    let mut next = positional.into_iter();
    let mut used_map = false;
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if rest.next_if_eq(&'%').is_some() {
            out.push('%');
            continue;
        }
        let mut value = None;
        if rest.next_if_eq(&'(').is_some() {
            let key: String = rest.by_ref().take_while(|c| *c != ')').collect();
            used_map = true;
            value = Some(
                values
                    .get_item(&Value::from(key.as_str()))
                    .ok()
                    .filter(|v| !v.is_undefined())
                    .ok_or_else(|| error(format!("the format needs the key '{key}'")))?,
            );
        }
        let mut spec = Spec::default();
        while let Some(flag) = rest.next_if(|c| "-+ 0#".contains(*c)) {
            match flag {
                '-' => spec.align = Some('<'),
                '+' => spec.sign = '+',
                ' ' => spec.sign = ' ',
                '0' => spec.zero = true,
                _ => spec.alternate = true,
            }
        }
        let mut take = || {
            next.next()
                .ok_or_else(|| error("not enough arguments for format string"))
        };
        spec.width = if rest.next_if_eq(&'*').is_some() {
            take()?.as_usize().unwrap_or(0)
        } else {
            digits(&mut rest)
        };
        if rest.next_if_eq(&'.').is_some() {
            spec.precision = Some(if rest.next_if_eq(&'*').is_some() {
                take()?.as_usize().unwrap_or(0)
            } else {
                digits(&mut rest)
            });
        }
        let Some(kind) = rest.next() else {
            return Err(error("incomplete format"));
        };
        let value = match value {
            Some(value) => value,
            None => take()?,
        };
        if spec.align.is_none() {
            spec.align = Some('>');
        }
        match kind {
            's' | 'r' | 'a' => {
                let shown = if kind == 's' {
                    str_of(&value)
                } else {
                    repr_of(&value)
                };
                spec.zero = false;
                out.push_str(&spec.text(&shown));
            }
            'd' | 'i' | 'u' | 'f' | 'F' | 'e' | 'E' | 'g' | 'G' | 'x' | 'X' | 'o' => {
                let Some(n) = number(&value) else {
                    return Err(error(format!(
                        "%{kind} format: a real number is required, not {}",
                        type_name(&value)
                    )));
                };
                spec.kind = if matches!(kind, 'i' | 'u') { 'd' } else { kind };
                #[expect(clippy::cast_possible_truncation, reason = "%d cuts the fraction off")]
                let n = match (spec.kind, n) {
                    ('d' | 'x' | 'X' | 'o', Number::Float(f)) => Number::Int(f as i128),
                    ('d' | 'x' | 'X' | 'o', Number::Decimal(d)) => {
                        Number::Int(d.truncated().ok_or_else(|| error("an integer is too large"))?)
                    }
                    // `%f` and its like make a float of whatever number comes.
                    (_, Number::Decimal(d)) => Number::Float(d.float()),
                    (_, n) => n,
                };
                out.push_str(&spec.number(n)?);
            }
            'c' => out.push_str(&spec.text(&str_of(&value))),
            other => return Err(error(format!("unsupported format character '{other}'"))),
        }
    }
    if !used_map && next.next().is_some() && values.kind() != ValueKind::Map {
        return Err(error("not all arguments converted during string formatting"));
    }
    Ok(Value::from(out))
}

fn digits(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> usize {
    let mut n = 0usize;
    while let Some(d) = rest.next_if(char::is_ascii_digit) {
        n = n
            .saturating_mul(10)
            .saturating_add(d.to_digit(10).unwrap_or(0) as usize);
    }
    n.min(WIDTH_MAX)
}

/// A format specification.
#[derive(Debug, Clone)]
struct Spec {
    fill: char,
    align: Option<char>,
    sign: char,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: char,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            fill: ' ',
            align: None,
            sign: '-',
            alternate: false,
            zero: false,
            width: 0,
            grouping: None,
            precision: None,
            kind: '\0',
        }
    }
}

impl Spec {
    fn parse(text: &str) -> Self {
        let mut spec = Self::default();
        let mut chars: Vec<char> = text.chars().collect();
        if chars.len() > 1 && "<>^=".contains(chars[1]) {
            spec.fill = chars[0];
            spec.align = Some(chars[1]);
            chars.drain(..2);
        } else if chars.first().is_some_and(|c| "<>^=".contains(*c)) {
            spec.align = Some(chars.remove(0));
        }
        let rest: String = chars.into_iter().collect();
        let mut rest = rest.chars().peekable();
        if let Some(sign) = rest.next_if(|c| "+- ".contains(*c)) {
            spec.sign = sign;
        }
        spec.alternate = rest.next_if_eq(&'#').is_some();
        spec.zero = rest.next_if_eq(&'0').is_some();
        spec.width = digits(&mut rest);
        spec.grouping = rest.next_if(|c| ",_".contains(*c));
        if rest.next_if_eq(&'.').is_some() {
            spec.precision = Some(digits(&mut rest));
        }
        spec.kind = rest.next().unwrap_or('\0');
        spec
    }

    fn text(&self, text: &str) -> String {
        let cut: String = match self.precision {
            Some(n) => text.chars().take(n).collect(),
            None => text.to_owned(),
        };
        self.pad("", &cut, '<')
    }

    fn pad(&self, sign: &str, body: &str, default: char) -> String {
        let length = sign.chars().count() + body.chars().count();
        let missing = self.width.saturating_sub(length);
        let (fill, align) = if self.zero && self.align.is_none_or(|a| a != '<') {
            ('0', '=')
        } else {
            (self.fill, self.align.unwrap_or(default))
        };
        let run = |n: usize| fill.to_string().repeat(n);
        match align {
            '<' => format!("{sign}{body}{}", run(missing)),
            '^' => format!("{}{sign}{body}{}", run(missing / 2), run(missing - missing / 2)),
            '=' => format!("{sign}{}{body}", run(missing)),
            _ => format!("{}{sign}{body}", run(missing)),
        }
    }

    fn number(&self, n: Number) -> Result<String, Error> {
        let negative = match n {
            Number::Int(i) => i < 0,
            Number::Float(f) => f.is_sign_negative() && !f.is_nan(),
            Number::Decimal(d) => d.is_negative(),
        };
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, '+') => "+",
            (false, ' ') => " ",
            _ => "",
        };
        let body = match (self.kind, n) {
            ('\0' | 'd' | 'n', Number::Int(i)) => group(&i.unsigned_abs().to_string(), self.grouping),
            ('x', Number::Int(i)) => self.prefixed("0x", format!("{:x}", i.unsigned_abs())),
            ('X', Number::Int(i)) => self.prefixed("0X", format!("{:X}", i.unsigned_abs())),
            ('o', Number::Int(i)) => self.prefixed("0o", format!("{:o}", i.unsigned_abs())),
            ('b', Number::Int(i)) => self.prefixed("0b", format!("{:b}", i.unsigned_abs())),
            ('c', Number::Int(i)) => u32::try_from(i)
                .ok()
                .and_then(char::from_u32)
                .map(String::from)
                .unwrap_or_default(),
            (kind, Number::Decimal(d)) => self.decimal(kind, d.abs())?,
            ('%', n) => format!("{:.*}%", self.precision.unwrap_or(6), n.float().abs() * 100.0),
            ('f' | 'F', n) => group(
                &format!("{:.*}", self.precision.unwrap_or(6), n.float().abs()),
                self.grouping,
            ),
            ('e' | 'E', n) => {
                let text = scientific(n.float().abs(), self.precision.unwrap_or(6));
                if self.kind == 'E' {
                    text.to_uppercase()
                } else {
                    text
                }
            }
            ('\0', Number::Float(f)) if self.precision.is_none() => group(&float(f.abs()), self.grouping),
            ('g' | 'G' | '\0' | 'n', n) => {
                let text = general(n.float().abs(), self.precision.unwrap_or(6).max(1));
                group(
                    &if self.kind == 'G' {
                        text.to_uppercase()
                    } else {
                        text
                    },
                    self.grouping,
                )
            }
            (kind, _) => return Err(error(format!("Unknown format code '{kind}' for this number"))),
        };
        Ok(self.pad(sign, &body, '>'))
    }

    /// Writes a decimal number that is not negative: exactly, where a float would be rounded twice.
    fn decimal(&self, kind: char, d: Decimal) -> Result<String, Error> {
        let places = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        Ok(match (kind, self.precision) {
            ('f' | 'F', precision) => {
                let text = match precision {
                    Some(n) => d.round(places(n))?.plain(),
                    None => d.plain(),
                };
                group(&text, self.grouping)
            }
            ('%', precision) => {
                let hundred = d.shifted(2);
                let shown = match precision {
                    Some(n) => hundred.round(places(n))?,
                    None => hundred,
                };
                format!("{}%", group(&shown.plain(), self.grouping))
            }
            ('\0', None) => group(&d.to_string(), self.grouping),
            ('e' | 'E', precision) => {
                let text = scientific(d.float(), precision.unwrap_or(6));
                let text = text.replace("e+0", "e+").replace("e-0", "e-");
                if kind == 'E' { text.to_uppercase() } else { text }
            }
            ('\0' | 'g' | 'G' | 'n', precision) => {
                group(&general(d.float(), precision.unwrap_or(28).max(1)), self.grouping)
            }
            _ => return Err(error("invalid format string")),
        })
    }

    fn prefixed(&self, prefix: &str, body: String) -> String {
        if self.alternate {
            format!("{prefix}{body}")
        } else {
            body
        }
    }
}

fn scientific(f: f64, precision: usize) -> String {
    let text = format!("{f:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn general(f: f64, precision: usize) -> String {
    let text = format!("{f:.*e}", precision - 1);
    let exponent: i32 = text
        .split_once('e')
        .and_then(|(_, e)| e.parse().ok())
        .unwrap_or(0);
    let trim = |s: String| {
        if s.contains('.') {
            s.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            s
        }
    };
    let limit = i32::try_from(precision).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= limit {
        let text = scientific(f, precision - 1);
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{exponent}", trim(digits.to_owned()));
    }
    let decimals = usize::try_from(limit - 1 - exponent).unwrap_or(0);
    trim(format!("{f:.decimals$}"))
}

/// Puts commas between thousands.
pub(crate) fn grouped(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(text) => format!("-{}", group(text, Some(','))),
        None => group(text, Some(',')),
    }
}

fn group(text: &str, mark: Option<char>) -> String {
    let Some(mark) = mark else { return text.to_owned() };
    let (whole, rest) = match text.find(['.', 'e']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(c);
    }
    out + rest
}

/// `format(value, spec)`.
fn formatted(value: &Value, spec: &str) -> Result<String, Error> {
    if spec.is_empty() {
        return Ok(str_of(value));
    }
    if let Some(text) = value
        .downcast_object_ref::<PyObject>()
        .and_then(|object| object.0.formatted(spec))
    {
        return Ok(text);
    }
    let parsed = Spec::parse(spec);
    match number(value) {
        Some(n) if value.kind() != ValueKind::Bool || parsed.kind != '\0' => parsed.number(n),
        _ => Ok(parsed.text(&str_of(value))),
    }
}

/// `text.format(*positional, **named)`.
pub(crate) fn format(text: &str, positional: &[Value], named: &[(String, Value)]) -> Result<Value, Error> {
    let mut next = 0;
    expand(text, positional, named, &mut next, 0).map(Value::from)
}

fn expand(
    text: &str,
    positional: &[Value],
    named: &[(String, Value)],
    next: &mut usize,
    depth: usize,
) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' if rest.next_if_eq(&'{').is_some() => out.push('{'),
            '}' if rest.next_if_eq(&'}').is_some() => out.push('}'),
            '{' => {
                let mut field = String::new();
                let mut open = 1;
                for c in rest.by_ref() {
                    match c {
                        '{' => open += 1,
                        '}' => open -= 1,
                        _ => {}
                    }
                    if open == 0 {
                        break;
                    }
                    field.push(c);
                }
                if open > 0 {
                    return Err(error("expected '}' before end of string"));
                }
                out.push_str(&replacement(&field, positional, named, next, depth)?);
            }
            '}' => return Err(error("Single '}' encountered in format string")),
            c => out.push(c),
        }
    }
    Ok(out)
}

fn replacement(
    field: &str,
    positional: &[Value],
    named: &[(String, Value)],
    next: &mut usize,
    depth: usize,
) -> Result<String, Error> {
    let (name, spec) = field.split_once(':').unwrap_or((field, ""));
    let (name, conversion) = name.split_once('!').unwrap_or((name, ""));
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (head, path) = name.split_at(end);
    let mut value = if head.is_empty() {
        *next += 1;
        positional.get(*next - 1).cloned()
    } else if let Ok(index) = head.parse::<usize>() {
        positional.get(index).cloned()
    } else {
        named.iter().find(|(n, _)| n == head).map(|(_, v)| v.clone())
    }
    .ok_or_else(|| error(format!("the format string needs a value for `{{{field}}}`")))?;
    let mut path = path;
    while !path.is_empty() {
        let (key, rest) = if let Some(rest) = path.strip_prefix('[') {
            rest.split_once(']').unwrap_or((rest, ""))
        } else {
            let rest = &path[1..];
            rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()))
        };
        let key = key.parse::<i64>().map_or_else(|_| Value::from(key), Value::from);
        value = value.get_item(&key)?;
        path = rest;
    }
    if conversion == "r" {
        value = Value::from(repr_of(&value));
    } else if conversion == "s" {
        value = Value::from(str_of(&value));
    }
    let spec = if spec.contains('{') && depth == 0 {
        expand(spec, positional, named, next, depth + 1)?
    } else {
        spec.to_owned()
    };
    formatted(&value, &spec)
}

/// `json.dumps(value)`: with spaces after separators, or indented.
pub(crate) fn json(value: &Value, sort: bool, indent: Option<usize>) -> Result<String, Error> {
    let mut out = String::new();
    let style = JsonStyle {
        sort,
        indent,
        ascii: true,
    };
    write_json(value, style, 0, &mut out)?;
    Ok(out)
}

/// `json.dumps(value, ensure_ascii=False)`.
pub(crate) fn json_unicode(value: &Value, indent: Option<usize>) -> Result<String, Error> {
    let mut out = String::new();
    let style = JsonStyle {
        sort: false,
        indent,
        ascii: false,
    };
    write_json(value, style, 0, &mut out)?;
    Ok(out)
}

#[derive(Debug, Clone, Copy)]
struct JsonStyle {
    sort: bool,
    indent: Option<usize>,
    ascii: bool,
}

fn write_json(value: &Value, style: JsonStyle, depth: usize, out: &mut String) -> Result<(), Error> {
    let JsonStyle { sort, indent, ascii } = style;
    if depth > 100 {
        return Err(error("the value is nested too deeply for JSON"));
    }
    if let Some(text) = value.as_str() {
        write_json_text(text, ascii, out);
        return Ok(());
    }
    let line = |out: &mut String, depth: usize| {
        if let Some(n) = indent {
            out.push('\n');
            out.push_str(&" ".repeat(n * depth));
        }
    };
    let comma = if indent.is_some() { "," } else { ", " };
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => match number(value) {
            Some(Number::Float(f)) if f.is_nan() => out.push_str("NaN"),
            Some(Number::Float(f)) if f.is_infinite() => {
                out.push_str(if f > 0.0 { "Infinity" } else { "-Infinity" })
            }
            _ => out.push_str(&str_of(value)),
        },
        ValueKind::Seq => {
            let all = items(value)?;
            out.push('[');
            for (i, item) in all.iter().enumerate() {
                if i > 0 {
                    out.push_str(comma);
                }
                line(out, depth + 1);
                write_json(item, style, depth + 1, out)?;
            }
            if !all.is_empty() {
                line(out, depth);
            }
            out.push(']');
        }
        ValueKind::Map
            if value.downcast_object_ref::<Dict>().is_some() || value.is_kwargs() || plain(value) =>
        {
            let mut all: Vec<(String, Value)> = pairs(value)?
                .into_iter()
                .map(|(k, v)| (crate::jinja::values::key_text(&k), v))
                .collect();
            if sort {
                all.sort_by(|a, b| a.0.cmp(&b.0));
            }
            out.push('{');
            for (i, (key, item)) in all.iter().enumerate() {
                if i > 0 {
                    out.push_str(comma);
                }
                line(out, depth + 1);
                write_json_text(key, ascii, out);
                out.push_str(": ");
                write_json(item, style, depth + 1, out)?;
            }
            if !all.is_empty() {
                line(out, depth);
            }
            out.push('}');
        }
        _ => {
            return Err(error(format!(
                "Object of type {} is not JSON serializable",
                type_name(value)
            )));
        }
    }
    Ok(())
}

fn plain(value: &Value) -> bool {
    super::is_plain_map(value)
}

fn write_json_text(text: &str, ascii: bool, out: &mut String) {
    use std::fmt::Write;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c.is_ascii() || !ascii) && !c.is_ascii_control() => out.push(c),
            c => {
                let mut units = [0u16; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}
