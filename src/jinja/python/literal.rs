//! `ast.literal_eval`: literals of Python, and those of Jinja, as JSON.

use serde_json::{Map, Number, Value as Json};

use crate::jinja::lower::escape;

const DEPTH_MAX: usize = 60;

/// Reads a literal; none where the text is anything else. `jinja` takes `true`, `false` and `none` as well.
pub(crate) fn read(text: &str, jinja: bool) -> Option<Json> {
    let mut reader = Reader {
        rest: text.trim_matches([' ', '\t']),
        jinja,
        depth: 0,
    };
    let value = reader.value()?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

pub(crate) fn text_of(text: &str) -> Option<String> {
    match read(text, true)? {
        Json::String(s) => Some(s),
        _ => None,
    }
}

pub(crate) fn texts_of(text: &str) -> Option<Vec<String>> {
    match read(text, true)? {
        Json::Array(items) => items.iter().map(|x| x.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

struct Reader<'a> {
    rest: &'a str,
    jinja: bool,
    depth: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, c: char) -> bool {
        self.space();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Option<Json> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        self.space();
        let value = match self.rest.chars().next()? {
            '[' => Json::Array(self.items('[', ']')?.0),
            '(' => {
                let (mut items, comma) = self.items('(', ')')?;
                if items.len() == 1 && !comma {
                    items.remove(0)
                } else {
                    Json::Array(items)
                }
            }
            '{' => self.map()?,
            '\'' | '"' => self.text()?,
            '-' | '+' | '.' | '0'..='9' => self.number()?,
            _ => self.word()?,
        };
        self.depth -= 1;
        Some(value)
    }

    fn items(&mut self, open: char, close: char) -> Option<(Vec<Json>, bool)> {
        let mut items = Vec::new();
        let mut comma = false;
        if !self.eat(open) {
            return None;
        }
        while !self.eat(close) {
            items.push(self.value()?);
            comma = self.eat(',');
            if !comma {
                return self.eat(close).then_some((items, false));
            }
        }
        Some((items, comma))
    }

    fn map(&mut self) -> Option<Json> {
        let mut map = Map::new();
        self.eat('{');
        while !self.eat('}') {
            let key = match self.value()? {
                Json::String(s) => s,
                Json::Array(_) | Json::Object(_) => return None,
                other => other.to_string(),
            };
            if !self.eat(':') {
                return None;
            }
            map.insert(key, self.value()?);
            if !self.eat(',') {
                return self.eat('}').then_some(Json::Object(map));
            }
        }
        Some(Json::Object(map))
    }

    fn text(&mut self) -> Option<Json> {
        let mut out = String::new();
        loop {
            let quote = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let end = crate::jinja::lower::string_end(self.rest.as_bytes(), 0)?;
            let inner = self.rest.get(1..end - 1)?;
            // A raw newline cannot stand in a Python string of one quote.
            if !self.jinja && inner.contains('\n') {
                return None;
            }
            debug_assert!(self.rest.starts_with(quote));
            out.push_str(&escape::unescape(inner));
            self.rest = &self.rest[end..];
            self.space();
            if !self.rest.starts_with(['\'', '"']) {
                return Some(Json::String(out));
            }
        }
    }

    fn number(&mut self) -> Option<Json> {
        let negative = self.rest.starts_with('-');
        let body = self.rest.trim_start_matches(['-', '+']);
        if self.rest.len() - body.len() > 1 {
            return None;
        }
        let length = body
            .char_indices()
            .find(|(i, c)| {
                let sign =
                    matches!(c, '+' | '-') && body[..*i].ends_with(['e', 'E']) && !body.starts_with("0x");
                !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || sign)
            })
            .map_or(body.len(), |(i, _)| i);
        let digits = body[..length].replace('_', "");
        let lower = digits.to_ascii_lowercase();
        self.rest = &body[length..];
        let sign = if negative { -1 } else { 1 };
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
            if let Some(rest) = lower.strip_prefix(prefix) {
                return i64::from_str_radix(rest, radix)
                    .ok()
                    .map(|i| Json::from(sign * i));
            }
        }
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            // Python refuses leading zeros.
            if digits.len() > 1 && digits.starts_with('0') && digits.bytes().any(|b| b != b'0') {
                return None;
            }
            return match digits.parse::<i64>() {
                Ok(i) => Some(Json::from(sign * i)),
                Err(_) => digits.parse::<u64>().ok().filter(|_| !negative).map(Json::from),
            };
        }
        if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            || lower.contains("inf")
            || lower.contains("nan")
        {
            return None;
        }
        let float: f64 = digits.parse().ok()?;
        Number::from_f64(if negative { -float } else { float }).map(Json::Number)
    }

    fn word(&mut self) -> Option<Json> {
        let length = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(self.rest.len());
        let word = &self.rest[..length];
        self.rest = &self.rest[length..];
        match word {
            "True" => Some(Json::Bool(true)),
            "False" => Some(Json::Bool(false)),
            "None" => Some(Json::Null),
            "true" if self.jinja => Some(Json::Bool(true)),
            "false" if self.jinja => Some(Json::Bool(false)),
            "none" if self.jinja => Some(Json::Null),
            _ => None,
        }
    }
}
