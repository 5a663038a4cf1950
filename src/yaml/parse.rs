//! Builds values from the parser's events.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Place};

use super::resolve::resolve;
use super::{Document, Mapping, Node, Value};
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};

/// How deep collections may stand in each other.
const DEPTH_MAX: usize = 200;
/// How many values aliases may add to a document.
const ALIASED_MAX: usize = 1_000_000;

/// Parses a file of one document; an empty file is null.
///
/// # Errors
/// `N0102` with the place where the parser stopped.
pub fn parse(file: &Arc<SourceFile>) -> Result<Document> {
    Builder::new(file).run()
}

/// Parses a text that stands in no file, such as the value of `--vars`; `name` is shown in errors.
///
/// # Errors
/// As [`parse`].
pub fn parse_text(name: &str, text: &str) -> Result<Document> {
    parse(&SourceFile::new(name, text))
}

/// A collection that is not closed yet.
struct Open {
    start: u32,
    anchor: usize,
    items: Items,
}

enum Items {
    Seq(Vec<Node>),
    Map {
        entries: Vec<(Node, Node)>,
        key: Option<Node>,
        merged: Vec<(Node, Node)>,
    },
}

struct Builder<'f> {
    file: &'f Arc<SourceFile>,
    /// Byte offset of each character; none where all are one byte long.
    offsets: Option<Vec<u32>>,
    stack: Vec<Open>,
    anchors: HashMap<usize, Node>,
    aliased: usize,
    root: Option<Node>,
}

impl<'f> Builder<'f> {
    fn new(file: &'f Arc<SourceFile>) -> Self {
        let text = file.text();
        let offsets = (!text.is_ascii()).then(|| {
            text.char_indices()
                .map(|(i, _)| u32::try_from(i).unwrap_or(u32::MAX))
                .collect()
        });
        Self {
            file,
            offsets,
            stack: Vec::new(),
            anchors: HashMap::new(),
            aliased: 0,
            root: None,
        }
    }

    fn byte(&self, index: usize) -> u32 {
        let end = u32::try_from(self.file.text().len()).unwrap_or(u32::MAX);
        match &self.offsets {
            Some(offsets) => offsets.get(index).copied().unwrap_or(end),
            None => u32::try_from(index).unwrap_or(u32::MAX).min(end),
        }
    }

    fn error(&self, at: u32, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(Code::YAML_SYNTAX, message).at(Span::new(self.file, at, at + 1))
    }

    fn run(mut self) -> Result<Document> {
        let file = self.file.clone();
        let text: &str = file.text();
        let text = text.strip_prefix('\u{feff}').map_or(text, |_| text);
        let mut parser = Parser::new_from_str(text);
        let mut documents = 0;
        while let Some(event) = parser.next_event() {
            let (event, place) = event.map_err(|e| self.syntax(&e))?;
            if matches!(event, Event::DocumentStart(_)) {
                documents += 1;
                if documents > 1 {
                    let at = self.byte(place.start.index());
                    return Err(self
                        .error(at, "the file holds more than one YAML document")
                        .hint("Remove the `---` line or put the second part into a file of its own."));
                }
            }
            self.event(event, place)?;
        }
        let root = self.root.take().unwrap_or(Node {
            value: Value::Null,
            start: 0,
            end: 0,
        });
        Ok(Document {
            file: self.file.clone(),
            root,
        })
    }

    fn event(&mut self, event: Event<'_>, place: Place) -> Result<()> {
        let (start, end) = (self.byte(place.start.index()), self.byte(place.end.index()));
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = match (&tag, style) {
                    (Some(tag), _) if tag.suffix == "str" => Value::Str(text.into()),
                    (None, ScalarStyle::Plain) => resolve(&text),
                    (Some(tag), _) if tag.is_yaml_core_schema() => resolve(&text),
                    (Some(tag), _) if !tag.suffix.is_empty() => {
                        return Err(self.error(start, format!("the YAML tag `!{}` is not known", tag.suffix)));
                    }
                    _ => Value::Str(text.into()),
                };
                self.add(Node { value, start, end }, anchor)
            }
            Event::Alias(id) => {
                let Some(mut node) = self.anchors.get(&id).cloned() else {
                    return Err(self.error(
                        start,
                        "the alias names an anchor that stands around it or nowhere",
                    ));
                };
                self.aliased += size(&node);
                if self.aliased > ALIASED_MAX {
                    return Err(self.error(start, "the aliases of this document expand to too many values"));
                }
                (node.start, node.end) = (start, end);
                self.add(node, 0)
            }
            Event::SequenceStart(anchor, _) => self.open(start, anchor, Items::Seq(Vec::new())),
            Event::MappingStart(anchor, _) => self.open(
                start,
                anchor,
                Items::Map {
                    entries: Vec::new(),
                    key: None,
                    merged: Vec::new(),
                },
            ),
            Event::SequenceEnd | Event::MappingEnd => self.close(end),
            _ => Ok(()),
        }
    }

    fn open(&mut self, start: u32, anchor: usize, items: Items) -> Result<()> {
        if self.stack.len() >= DEPTH_MAX {
            return Err(self.error(
                start,
                format!("collections stand more than {DEPTH_MAX} deep in each other"),
            ));
        }
        self.stack.push(Open { start, anchor, items });
        Ok(())
    }

    fn close(&mut self, end: u32) -> Result<()> {
        let Some(Open { start, anchor, items }) = self.stack.pop() else {
            return Ok(());
        };
        let value = match items {
            Items::Seq(items) => Value::Seq(items),
            Items::Map {
                mut entries, merged, ..
            } => {
                // Merged keys come first and give way to the mapping's own.
                if !merged.is_empty() {
                    let own = |key: &Node| entries.iter().any(|(k, _)| same_key(k, key));
                    let mut all: Vec<_> = merged.into_iter().filter(|(k, _)| !own(k)).collect();
                    all.append(&mut entries);
                    entries = all;
                }
                Value::Map(Mapping { entries })
            }
        };
        self.add(
            Node {
                value,
                start,
                end: end.max(start),
            },
            anchor,
        )
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<()> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.stack.last_mut().map(|open| &mut open.items) {
            None => self.root = Some(node),
            Some(Items::Seq(items)) => items.push(node),
            Some(Items::Map { entries, key, merged }) => match key.take() {
                None => *key = Some(node),
                Some(name) if name.as_str() == Some("<<") => match node.value {
                    Value::Map(map) => merged.extend(map.entries),
                    Value::Seq(maps) => {
                        for map in maps {
                            if let Value::Map(map) = map.value {
                                for (k, v) in map.entries {
                                    if !merged.iter().any(|(m, _)| same_key(m, &k)) {
                                        merged.push((k, v));
                                    }
                                }
                            }
                        }
                    }
                    _ => return Err(self.error(node.start, "`<<` wants a mapping or a list of mappings")),
                },
                Some(name) => match entries.iter_mut().find(|(k, _)| same_key(k, &name)) {
                    Some(entry) => entry.1 = node,
                    None => entries.push((name, node)),
                },
            },
        }
        Ok(())
    }

    fn syntax(&self, error: &saphyr_parser::ScanError) -> Diagnostic {
        let at = self.byte(error.marker().index());
        let (line, _) = self.file.line_column(at);
        let shown = self.file.line(line);
        let found = self.error(at, format!("the YAML does not parse: {}", error.info()));
        let before = self.file.line(line.saturating_sub(1).max(1));
        if shown.starts_with('\t') || shown.trim_start_matches(' ').starts_with('\t') {
            found.hint("Indent with spaces: YAML takes no tabs.")
        } else if shown.contains("{{") && !shown.contains("\"{{") && !shown.contains("'{{") {
            found.hint("Put a value that begins with `{{` in quotes: \"{{ … }}\".")
        } else if !before.contains(": ") && !before.trim_end().ends_with(':') && before.contains(':') {
            found.hint(format!(
                "Put a space after the colon in line {}.",
                line.saturating_sub(1)
            ))
        } else if shown.matches(": ").count() > 1 {
            found.hint("Put a value that holds `: ` in quotes.")
        } else {
            found.hint("Check the indentation and quotes of this line and the one above.")
        }
    }
}

/// Compares keys: most are text.
fn same_key(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Str(_), _) | (_, Value::Str(_)) => false,
        _ => a.key_text() == b.key_text(),
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::Seq(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(map) => 1 + map.entries.iter().map(|(k, v)| size(k) + size(v)).sum::<usize>(),
        _ => 1,
    }
}
