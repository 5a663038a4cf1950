//! Keys of mappings: which values can be one, `<<`, and keys that repeat.

use std::collections::HashMap;

use super::compose::Composer;
use super::{Node, Value, fault};
use crate::diagnostic::{Code, Diagnostic, Result, Span};

/// Up to this many keys a repeated one is looked for one by one.
const SMALL_MAPPING: usize = 12;

impl Composer<'_> {
    /// Checks that a value can be a key.
    pub(super) fn as_key(&self, key: Node) -> Result<Node> {
        match key.value {
            Value::Map(_) | Value::Seq(_) => Err(fault::at(
                self.file,
                key.start as usize,
                key.end as usize,
                format!("{} cannot be a key", key.kind()),
            )),
            _ => Ok(key),
        }
    }

    /// Puts the entries of `<<` before the mapping's own, and keeps the last value of a repeated key.
    pub(super) fn merge(&mut self, entries: Vec<(Node, Node)>) -> Result<Vec<(Node, Node)>> {
        let is_merge = |key: &Node| {
            let written = self.file.text().get(key.start as usize..key.end as usize);
            key.as_str() == Some("<<") && written.is_some_and(|w| w.ends_with("<<") && !w.contains('!'))
        };
        let merges_first = entries.first().is_some_and(|(key, _)| is_merge(key));
        if !entries.iter().any(|(key, _)| is_merge(key)) {
            return Ok(self.unique(entries, true));
        }
        let (merges, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| is_merge(key));
        let mut all = Vec::new();
        for (_, value) in merges {
            match value.value {
                Value::Map(map) => all.extend(map.entries),
                Value::Seq(items) => {
                    // Of several mappings the first wins, so it comes last.
                    for item in items.into_iter().rev() {
                        match item.value {
                            Value::Map(map) => all.extend(map.entries),
                            _ => return Err(self.not_mergeable(&item)),
                        }
                    }
                }
                _ => return Err(self.not_mergeable(&value)),
            }
        }
        all.extend(own);
        Ok(self.unique(all, !merges_first))
    }

    fn not_mergeable(&self, node: &Node) -> Diagnostic {
        fault::at(
            self.file,
            node.start as usize,
            node.end as usize,
            format!(
                "`<<` takes a mapping or a list of mappings, but this is {}",
                node.kind()
            ),
        )
    }

    fn unique(&mut self, entries: Vec<(Node, Node)>, warn: bool) -> Vec<(Node, Node)> {
        if entries.len() <= SMALL_MAPPING {
            let repeats = |(i, (key, _)): (usize, &(Node, Node))| {
                entries[..i].iter().any(|(other, _)| same_key(other, key))
            };
            if !entries.iter().enumerate().any(repeats) {
                return entries;
            }
        }
        let mut kept: Vec<(Node, Node)> = Vec::with_capacity(entries.len());
        let mut places: HashMap<Box<str>, usize> = HashMap::with_capacity(entries.len());
        for (key, value) in entries {
            let name = comparable(&key);
            if let Some(place) = places.get(&name) {
                if warn {
                    self.warnings.push(self.repeated(&key, &kept[*place].0));
                }
                kept[*place].1 = value;
            } else {
                places.insert(name, kept.len());
                kept.push((key, value));
            }
        }
        kept
    }

    fn repeated(&self, key: &Node, first: &Node) -> Diagnostic {
        let (line, _) = self.file.line_column(first.start);
        let message = format!("the key `{}` appears twice in one mapping", key.key_text());
        Diagnostic::warning(Code::YAML_KEY_TWICE, message)
            .at(Span::new(self.file, key.start, key.end))
            .note(format!("the value here replaces the one of line {line}"))
            .hint("Remove one of the two.")
            .event("DuplicateYAMLKeysDeprecation")
    }
}

/// Says whether two keys are one in Python, where 1, 1.0 and true are equal.
fn same_key(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Str(_), _) | (_, Value::Str(_)) => false,
        _ => comparable(a) == comparable(b),
    }
}

/// Returns a text that is equal for equal keys only.
fn comparable(key: &Node) -> Box<str> {
    match &key.value {
        Value::Str(s) => s.clone(),
        Value::Bool(b) => format!("\0{}", i32::from(*b)).into(),
        Value::Int(i) => format!("\0{i}").into(),
        Value::BigInt(digits) => format!("\0{digits}").into(),
        Value::Float(f) => format!("\0{f}").into(),
        Value::Null => "\0null".into(),
        Value::Date(s) => format!("\0date {s}").into(),
        Value::Seq(_) | Value::Map(_) => format!("\0{}", key.to_json()).into(),
    }
}
