//! YAML values that keep their place in the file, read with the rules of YAML 1.1 as PyYAML has them.
//!
//! dbt reads YAML with PyYAML's safe loader, so `yes`, `on`, `0o17`, `1_000` and dates resolve as they do there.
//! A document's text is shared; each value keeps only two byte offsets.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};

mod compose;
pub mod exact;
mod fault;
mod keys;
mod parse;
mod resolve;
mod scalar;
mod scan;
mod shape;
mod token;

#[cfg(test)]
mod tests;

pub use parse::{parse, parse_text};
pub use shape::{Fields, Shape, misfits};

/// A YAML file: its root value and the text that spans point into.
#[derive(Debug, Clone)]
pub struct Document {
    pub file: Arc<SourceFile>,
    pub root: Node,
    /// Repeated keys: allowed, but surely not meant.
    pub warnings: Vec<Diagnostic>,
}

/// A value with its place: byte offsets into the document's text, half-open.
#[derive(Debug, Clone)]
pub struct Node {
    pub value: Value,
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    /// A whole number beyond 64 bits, as decimal digits.
    BigInt(Box<str>),
    Float(f64),
    Str(Box<str>),
    /// A date or timestamp that PyYAML would turn into a Python object, as Python's `str` shows it.
    Date(Box<str>),
    Seq(Vec<Node>),
    Map(Mapping),
}

/// A mapping in the order of the file; a repeated key keeps its last value (as PyYAML).
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    pub entries: Vec<(Node, Node)>,
}

impl Mapping {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries
            .iter()
            .rev()
            .find(|(k, _)| k.as_str() == Some(key))
            .map(|(_, v)| v)
    }

    /// Iterates over the entries whose key is a string.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.entries
            .iter()
            .filter_map(|(k, v)| k.as_str().map(|k| (k, v)))
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Node {
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// Returns the first whole number within this value that 64 bits do not hold.
    pub fn first_beyond_64_bits(&self) -> Option<&Node> {
        match &self.value {
            Value::BigInt(digits) if digits.parse::<u64>().is_err() => Some(self),
            Value::Seq(items) => items.iter().find_map(Self::first_beyond_64_bits),
            Value::Map(map) => map.entries.iter().find_map(|(key, value)| {
                key.first_beyond_64_bits()
                    .or_else(|| value.first_beyond_64_bits())
            }),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(b) => Some(b),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Map(m) => Some(m),
            _ => None,
        }
    }

    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Seq(s) => Some(s),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Returns the value under a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map().and_then(|m| m.get(key))
    }

    pub fn span(&self, file: &Arc<SourceFile>) -> Span {
        Span::new(file, self.start, self.end)
    }

    /// Returns what kind of value this is, for messages: "a string", "a list".
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "empty",
            Value::Bool(_) => "true or false",
            Value::Int(_) | Value::BigInt(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Str(_) => "a string",
            Value::Date(_) => "a date",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// Returns the plain value, without places.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(i) => Json::from(*i),
            // JSON numbers hold 64 bits here; beyond them the digits are kept as text.
            Value::BigInt(digits) => digits
                .parse::<u64>()
                .map_or_else(|_| Json::from(&**digits), Json::from),
            Value::Float(f) => serde_json::Number::from_f64(*f).map_or(Json::Null, Json::Number),
            Value::Str(s) | Value::Date(s) => Json::from(&**s),
            Value::Seq(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(map) => Json::Object(
                map.entries
                    .iter()
                    .map(|(k, v)| (k.key_text(), v.to_json()))
                    .collect(),
            ),
        }
    }

    /// Returns the text that a key has in JSON and in Python's `str`.
    pub fn key_text(&self) -> String {
        match &self.value {
            Value::Str(s) | Value::Date(s) => s.to_string(),
            Value::Null => "null".to_owned(),
            Value::Bool(b) => b.to_string(),
            Value::Int(i) => i.to_string(),
            Value::BigInt(digits) => digits.to_string(),
            Value::Float(f) => format!("{f:?}"),
            Value::Seq(_) | Value::Map(_) => self.to_json().to_string(),
        }
    }
}

impl Document {
    /// Returns an error that points at a value.
    pub fn error(&self, node: &Node, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(node.span(&self.file))
    }

    /// Returns the value as a mapping, or says what stands there instead.
    pub fn expect_map<'a>(&self, node: &'a Node, what: &str) -> Result<&'a Mapping> {
        node.as_map().ok_or_else(|| self.shape(node, what, "a mapping"))
    }

    /// Returns the value as a list, or says what stands there instead.
    pub fn expect_seq<'a>(&self, node: &'a Node, what: &str) -> Result<&'a [Node]> {
        node.as_seq().ok_or_else(|| self.shape(node, what, "a list"))
    }

    /// Returns the value as a string, or says what stands there instead.
    pub fn expect_str<'a>(&self, node: &'a Node, what: &str) -> Result<&'a str> {
        node.as_str().ok_or_else(|| self.shape(node, what, "a string"))
    }

    fn shape(&self, node: &Node, what: &str, wanted: &str) -> Diagnostic {
        self.error(
            node,
            Code::YAML_SHAPE,
            format!("{what} must be {wanted}, but is {}", node.kind()),
        )
    }
}
