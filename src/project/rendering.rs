//! Renders the strings of a YAML value where dbt does, keeping places and collecting faults.

use serde_json::{Map, Value as Json};

use super::RenderYaml;
use crate::diagnostic::Diagnostics;
use crate::yaml::{Document, Mapping, Node, Value};

/// A step on the way to a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key<'a> {
    Name(&'a str),
    Index,
}

/// What strings are rendered with.
pub(super) struct Rendering<'a> {
    pub render: &'a dyn RenderYaml,
    pub vars: &'a Map<String, Json>,
    pub target: Option<&'a Json>,
}

impl Rendering<'_> {
    /// Returns a copy with its strings rendered, but for those whose path `wanted` refuses.
    pub fn node(
        &self,
        document: &Document,
        node: &Node,
        wanted: &dyn Fn(&[Key<'_>]) -> bool,
        found: &mut Diagnostics,
    ) -> Node {
        let mut path = Vec::new();
        self.walk(document, node, &mut path, wanted, found)
    }

    // Depth is bounded by the YAML parser.
    fn walk<'n>(
        &self,
        document: &Document,
        node: &'n Node,
        path: &mut Vec<Key<'n>>,
        wanted: &dyn Fn(&[Key<'_>]) -> bool,
        found: &mut Diagnostics,
    ) -> Node {
        let value = match &node.value {
            Value::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries.len());
                for (key, value) in &map.entries {
                    path.push(key.as_str().map_or(Key::Index, Key::Name));
                    entries.push((key.clone(), self.walk(document, value, path, wanted, found)));
                    path.pop();
                }
                Value::Map(Mapping { entries })
            }
            Value::Seq(items) => {
                path.push(Key::Index);
                let items = items
                    .iter()
                    .map(|i| self.walk(document, i, path, wanted, found))
                    .collect();
                path.pop();
                Value::Seq(items)
            }
            Value::Str(text) if wanted(path) => self.string(document, node, text, found),
            // dbt turns dates into ISO 8601 where it renders.
            Value::Date(text) if wanted(path) => Value::Str(text.replacen(' ', "T", 1).into()),
            other => other.clone(),
        };
        Node {
            value,
            start: node.start,
            end: node.end,
        }
    }

    fn string(&self, document: &Document, node: &Node, text: &str, found: &mut Diagnostics) -> Value {
        if !has_jinja(text) {
            // A template loses one newline at its end.
            return Value::Str(text.strip_suffix('\n').unwrap_or(text).into());
        }
        found
            .take(
                self.render
                    .render(text, node.span(&document.file), self.vars, self.target),
            )
            .unwrap_or_else(|| Value::Str(text.into()))
    }
}

/// Says whether a string has anything for Jinja to do.
fn has_jinja(text: &str) -> bool {
    memchr::memchr_iter(b'{', text.as_bytes())
        .any(|i| matches!(text.as_bytes().get(i + 1), Some(b'{' | b'%' | b'#')))
}
