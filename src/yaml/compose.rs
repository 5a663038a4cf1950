//! Builds values from tokens: collections, anchors and aliases, tags.

use std::collections::HashMap;
use std::sync::Arc;

use super::scan::Scanner;
use super::token::{Kind, Token};
use super::{Document, Mapping, Node, Value, fault, resolve};
use crate::diagnostic::{Diagnostic, Result, SourceFile};

/// How deep collections may be nested.
const DEPTH_MAX: usize = 128;
/// How many values aliases may add to a file: a small file can otherwise stand for billions.
const ALIASED_NODES_MAX: usize = 1_000_000;
const CORE: &str = "tag:yaml.org,2002:";

/// Which tokens may start a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Block,
    /// Under a key, where a list need not be indented.
    UnderKey,
    Flow,
}

struct Anchor {
    node: Node,
    size: usize,
}

/// An anchor and a tag before a value.
#[derive(Default)]
struct Properties<'t> {
    anchor: Option<&'t str>,
    tag: Option<String>,
    start: Option<usize>,
    end: usize,
}

pub(super) struct Composer<'t> {
    scanner: Scanner<'t>,
    pub(super) file: &'t Arc<SourceFile>,
    /// None while the anchored value is still being read.
    anchors: HashMap<&'t str, Option<Anchor>>,
    handles: Vec<(&'t str, &'t str)>,
    aliased: usize,
    depth: usize,
    /// The next value is a key.
    reading_key: bool,
    pub(super) warnings: Vec<Diagnostic>,
}

/// Reads a file of one document; an empty one is null.
pub(super) fn compose(file: &Arc<SourceFile>) -> Result<Document> {
    let mut composer = Composer {
        scanner: Scanner::new(file),
        file,
        anchors: HashMap::new(),
        handles: Vec::new(),
        aliased: 0,
        depth: 0,
        reading_key: false,
        warnings: Vec::new(),
    };
    let root = composer.document()?;
    let warnings = composer.warnings;
    Ok(Document {
        file: file.clone(),
        root,
        warnings,
    })
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn node(value: Value, start: usize, end: usize) -> Node {
    Node {
        value,
        start: offset(start),
        end: offset(end),
    }
}

impl<'t> Composer<'t> {
    fn document(&mut self) -> Result<Node> {
        let mut directives = false;
        let mut version = false;
        loop {
            match self.scanner.peek()?.kind {
                Kind::VersionDirective if !version => {
                    version = true;
                    directives = true;
                    self.scanner.next()?;
                }
                Kind::TagDirective(handle, prefix) => {
                    self.handles.push((handle, prefix));
                    directives = true;
                    self.scanner.next()?;
                }
                _ => break,
            }
        }
        let first = self.scanner.peek()?;
        let (at, explicit) = (first.start, matches!(first.kind, Kind::DocumentStart));
        if matches!(first.kind, Kind::StreamEnd) && !directives {
            return Ok(node(Value::Null, at, at));
        }
        if explicit {
            self.scanner.next()?;
        } else if directives {
            return Err(self.unexpected("`---` was expected after the directives"));
        }
        let root = if explicit && self.ends_document()? {
            let at = self.scanner.peek()?.start;
            node(Value::Null, at, at)
        } else {
            self.value(Context::Block)?
        };
        self.end_of_document()?;
        Ok(root)
    }

    fn ends_document(&mut self) -> Result<bool> {
        Ok(matches!(
            self.scanner.peek()?.kind,
            Kind::DocumentStart
                | Kind::DocumentEnd
                | Kind::StreamEnd
                | Kind::VersionDirective
                | Kind::TagDirective(..)
        ))
    }

    fn end_of_document(&mut self) -> Result<()> {
        while matches!(self.scanner.peek()?.kind, Kind::DocumentEnd) {
            self.scanner.next()?;
        }
        let next = self.scanner.peek()?;
        let (start, end) = (next.start, next.end);
        match next.kind {
            Kind::StreamEnd => Ok(()),
            Kind::DocumentStart | Kind::VersionDirective | Kind::TagDirective(..) => Err(fault::at(
                self.file,
                start,
                end,
                "a second document starts here, but one file holds one document",
            )
            .hint("Remove the `---`, or move what follows into a file of its own.")),
            _ => Err(self
                .unexpected("the end of the file was expected here")
                .hint("Check the indentation of this line against the lines before it.")),
        }
    }

    /// Returns an error at the next token that says what was expected.
    fn unexpected(&mut self, expected: &str) -> Diagnostic {
        match self.scanner.peek() {
            Ok(token) => {
                let message = format!("{expected}, but {} was found", token.kind.name());
                let (start, end) = (token.start, token.end.max(token.start + 1));
                fault::at(self.file, start, end, message)
            }
            Err(error) => error,
        }
    }

    /// Reads a value with its anchor and tag.
    fn value(&mut self, context: Context) -> Result<Node> {
        let token = self.scanner.peek()?;
        if let Kind::Alias(name) = token.kind {
            let (start, end) = (token.start, token.end);
            self.scanner.next()?;
            return self.alias(name, start, end);
        }
        let properties = self.properties()?;
        if let Some(name) = properties.anchor
            && self.anchors.insert(name, None).is_some()
        {
            let start = properties.start.unwrap_or(0);
            let message = format!("the anchor `{name}` is set twice");
            return Err(fault::at(self.file, start, properties.end, message)
                .hint("Give one of the two another name."));
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let start = self.scanner.peek()?.start;
            return Err(fault::at(
                self.file,
                start,
                start + 1,
                format!("values are nested deeper than {DEPTH_MAX} levels"),
            ));
        }
        let mut value = self.content(context, &properties)?;
        self.depth -= 1;
        if let Some(start) = properties.start {
            value.start = offset(start);
        }
        if let Some(name) = properties.anchor {
            let anchor = Anchor {
                size: size(&value),
                node: value.clone(),
            };
            self.anchors.insert(name, Some(anchor));
        }
        Ok(value)
    }

    fn properties(&mut self) -> Result<Properties<'t>> {
        let mut found = Properties::default();
        loop {
            let token = self.scanner.peek()?;
            let (start, end) = (token.start, token.end);
            match token.kind {
                Kind::Anchor(name) if found.anchor.is_none() => found.anchor = Some(name),
                Kind::Tag { handle, suffix } if found.tag.is_none() => {
                    found.tag = Some(self.tag(handle, suffix, start, end)?);
                }
                _ => return Ok(found),
            }
            found.start.get_or_insert(start);
            found.end = end;
            self.scanner.next()?;
        }
    }

    fn tag(&self, handle: &str, suffix: &str, start: usize, end: usize) -> Result<String> {
        let prefix = match handle {
            "" => "",
            _ => match (self.handles.iter().rev().find(|(h, _)| *h == handle), handle) {
                (Some((_, prefix)), _) => prefix,
                (None, "!") => "!",
                (None, "!!") => CORE,
                (None, _) => {
                    let message = format!("the tag handle `{handle}` is not declared");
                    return Err(fault::at(self.file, start, end, message));
                }
            },
        };
        Ok(format!("{prefix}{suffix}"))
    }

    fn alias(&mut self, name: &str, start: usize, end: usize) -> Result<Node> {
        let fail = |message: String| fault::at(self.file, start, end, message);
        match self.anchors.get(name) {
            None => Err(
                fail(format!("the alias `*{name}` has no anchor `&{name}` before it"))
                    .did_you_mean(name, self.anchors.keys().copied()),
            ),
            Some(None) => Err(fail(format!("the alias `*{name}` stands within its own anchor"))),
            Some(Some(anchor)) => {
                self.aliased += anchor.size;
                if self.aliased > ALIASED_NODES_MAX {
                    return Err(fail(format!(
                        "the aliases of this file stand for more than {ALIASED_NODES_MAX} values"
                    )));
                }
                let mut copy = anchor.node.clone();
                copy.start = offset(start);
                copy.end = offset(end);
                Ok(copy)
            }
        }
    }

    fn content(&mut self, context: Context, properties: &Properties<'t>) -> Result<Node> {
        let tag = properties.tag.as_deref();
        let is_key = std::mem::take(&mut self.reading_key);
        let token = self.scanner.peek()?;
        let at = token.start;
        match token.kind {
            Kind::BlockEntry if context == Context::UnderKey => {
                let items = self.indentless_sequence()?;
                self.sequence(items, tag, at)
            }
            Kind::Scalar { .. } => {
                let Token { kind, start, end } = self.scanner.next()?;
                let Kind::Scalar { text, plain } = kind else {
                    return Err(self.unexpected("a value was expected"));
                };
                // `<<` and `=` have a meaning as keys only.
                if plain && tag.is_none() && matches!(&*text, "<<" | "=") {
                    if !is_key && !matches!(self.scanner.peek()?.kind, Kind::Value) {
                        let message = format!("a value cannot be a lone `{text}`");
                        return Err(fault::at(self.file, start, end, message).hint("Put it in quotes."));
                    }
                    return Ok(node(Value::Str(text.into()), start, end));
                }
                let value = self.scalar(&text, plain, tag, start, end)?;
                Ok(node(value, start, end))
            }
            Kind::FlowSequenceStart => {
                let (items, end) = self.flow_sequence()?;
                let mut made = self.sequence(items, tag, at)?;
                made.end = offset(end);
                Ok(made)
            }
            Kind::FlowMappingStart => {
                let (entries, end) = self.flow_mapping()?;
                let mut made = self.mapping(entries, tag, at)?;
                made.end = offset(end);
                Ok(made)
            }
            Kind::BlockSequenceStart if context != Context::Flow => {
                let items = self.block_sequence()?;
                self.sequence(items, tag, at)
            }
            Kind::BlockMappingStart if context != Context::Flow => {
                let entries = self.block_mapping()?;
                self.mapping(entries, tag, at)
            }
            _ => match properties.start {
                Some(start) if tag == Some("!") => Ok(node(Value::Str("".into()), start, properties.end)),
                Some(start) => {
                    let value = self.scalar("", tag.is_none(), tag, start, properties.end)?;
                    Ok(node(value, start, properties.end))
                }
                None => Err(self.unexpected("a value was expected")),
            },
        }
    }

    fn scalar(&self, text: &str, plain: bool, tag: Option<&str>, start: usize, end: usize) -> Result<Value> {
        let fail = |message: String| fault::at(self.file, start, end, message);
        let Some(tag) = tag.filter(|t| *t != "!") else {
            if plain || tag.is_some() {
                return resolve::resolve(text).map_err(fail);
            }
            return Ok(Value::Str(text.into()));
        };
        let wanted = tag.strip_prefix(CORE).unwrap_or(tag);
        match wanted {
            "str" => Ok(Value::Str(text.into())),
            "null" => Ok(Value::Null),
            "bool" => match text.to_ascii_lowercase().as_str() {
                "yes" | "true" | "on" => Ok(Value::Bool(true)),
                "no" | "false" | "off" => Ok(Value::Bool(false)),
                _ => Err(fail(format!("`{text}` is not true or false"))),
            },
            "int" | "float" | "timestamp" => {
                let value = resolve::resolve(text).map_err(fail)?;
                match (wanted, &value) {
                    ("int", Value::Int(_) | Value::BigInt(_))
                    | ("float", Value::Float(_))
                    | ("timestamp", Value::Date(_)) => Ok(value),
                    ("float", Value::Int(i)) => Ok(Value::Float(*i as f64)),
                    ("float", Value::Str(_)) if text.parse::<f64>().is_ok() => {
                        Ok(Value::Float(text.parse().unwrap_or_default()))
                    }
                    _ => Err(fail(format!("`{text}` does not fit its tag `{wanted}`"))),
                }
            }
            _ => Err(self.unknown_tag(tag, start, end)),
        }
    }

    fn unknown_tag(&self, tag: &str, start: usize, end: usize) -> Diagnostic {
        fault::at(
            self.file,
            start,
            end,
            format!("the tag `{tag}` is not one that can be read here"),
        )
        .hint("Remove the tag, or put the value in quotes if its `!` is meant as text.")
    }

    fn sequence(&self, items: Vec<Node>, tag: Option<&str>, start: usize) -> Result<Node> {
        let end = items.last().map_or(start, |n| n.end as usize);
        match tag {
            None | Some("!" | "tag:yaml.org,2002:seq") => Ok(node(Value::Seq(items), start, end)),
            Some(tag) => Err(self.unknown_tag(tag, start, start)),
        }
    }

    fn mapping(&mut self, entries: Vec<(Node, Node)>, tag: Option<&str>, start: usize) -> Result<Node> {
        let end = entries.last().map_or(start, |(_, v)| v.end as usize);
        match tag {
            None | Some("!" | "tag:yaml.org,2002:map") => {
                let entries = self.merge(entries)?;
                Ok(node(Value::Map(Mapping { entries }), start, end))
            }
            Some(tag) => Err(self.unknown_tag(tag, start, start)),
        }
    }

    // Collections

    fn block_sequence(&mut self) -> Result<Vec<Node>> {
        self.scanner.next()?;
        let mut items = Vec::new();
        loop {
            match self.scanner.peek()?.kind {
                Kind::BlockEntry => {
                    let entry = self.scanner.next()?;
                    let empty = matches!(self.scanner.peek()?.kind, Kind::BlockEntry | Kind::BlockEnd);
                    items.push(self.or_empty(empty, Context::Block, entry.end)?);
                }
                Kind::BlockEnd => {
                    self.scanner.next()?;
                    return Ok(items);
                }
                _ => {
                    return Err(self
                        .unexpected("`- ` or the end of the list was expected")
                        .hint("Indent all entries of a list alike, and what belongs to an entry deeper than its `-`."));
                }
            }
        }
    }

    fn indentless_sequence(&mut self) -> Result<Vec<Node>> {
        let mut items = Vec::new();
        while matches!(self.scanner.peek()?.kind, Kind::BlockEntry) {
            let entry = self.scanner.next()?;
            let empty = matches!(
                self.scanner.peek()?.kind,
                Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd
            );
            items.push(self.or_empty(empty, Context::Block, entry.end)?);
        }
        Ok(items)
    }

    fn block_mapping(&mut self) -> Result<Vec<(Node, Node)>> {
        self.scanner.next()?;
        let mut entries = Vec::new();
        loop {
            match self.scanner.peek()?.kind {
                Kind::Key => {
                    let mark = self.scanner.next()?;
                    let empty = self.at_key_end()?;
                    self.reading_key = !empty;
                    let key = self.or_empty(empty, Context::UnderKey, mark.end)?;
                    let value = if matches!(self.scanner.peek()?.kind, Kind::Value) {
                        let mark = self.scanner.next()?;
                        let empty = self.at_key_end()?;
                        self.or_empty(empty, Context::UnderKey, mark.end)?
                    } else {
                        node(Value::Null, key.end as usize, key.end as usize)
                    };
                    entries.push((self.as_key(key)?, value));
                }
                Kind::BlockEnd => {
                    self.scanner.next()?;
                    return Ok(entries);
                }
                _ => {
                    return Err(self
                        .unexpected("a key or the end of the mapping was expected")
                        .hint(
                            "Indent all keys of a mapping alike, and what belongs to a key deeper than it.",
                        ));
                }
            }
        }
    }

    fn at_key_end(&mut self) -> Result<bool> {
        Ok(matches!(
            self.scanner.peek()?.kind,
            Kind::Key | Kind::Value | Kind::BlockEnd
        ))
    }

    fn or_empty(&mut self, empty: bool, context: Context, at: usize) -> Result<Node> {
        if empty {
            Ok(node(Value::Null, at, at))
        } else {
            self.value(context)
        }
    }

    fn flow_sequence(&mut self) -> Result<(Vec<Node>, usize)> {
        let opened = self.scanner.next()?.start;
        let mut items = Vec::new();
        loop {
            if let Kind::FlowSequenceEnd = self.scanner.peek()?.kind {
                return Ok((items, self.scanner.next()?.end));
            }
            if !items.is_empty() {
                if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry) {
                    return Err(self.still_open("`,` or `]`", "list", opened));
                }
                self.scanner.next()?;
            }
            match self.scanner.peek()?.kind {
                Kind::FlowSequenceEnd => {}
                Kind::Key => {
                    // `[a: b]` is a list of one mapping of one entry.
                    let mark = self.scanner.next()?;
                    let empty = matches!(
                        self.scanner.peek()?.kind,
                        Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd
                    );
                    self.reading_key = !empty;
                    let key = self.or_empty(empty, Context::Flow, mark.end)?;
                    let value = self.flow_value(key.end as usize)?;
                    let entry = vec![(self.as_key(key)?, value)];
                    items.push(self.mapping(entry, None, mark.start)?);
                }
                _ => items.push(self.value(Context::Flow)?),
            }
        }
    }

    /// Returns an error at the next token within brackets that are open.
    fn still_open(&mut self, expected: &str, what: &str, opened: usize) -> Diagnostic {
        let (line, column) = self.file.line_column(offset(opened));
        self.unexpected(&format!("{expected} was expected"))
            .note(format!("the {what} opens in line {line}, column {column}"))
    }

    /// Reads `: value` if it stands there.
    fn flow_value(&mut self, at: usize) -> Result<Node> {
        if !matches!(self.scanner.peek()?.kind, Kind::Value) {
            return Ok(node(Value::Null, at, at));
        }
        let mark = self.scanner.next()?;
        let empty = matches!(
            self.scanner.peek()?.kind,
            Kind::FlowEntry | Kind::FlowSequenceEnd | Kind::FlowMappingEnd
        );
        self.or_empty(empty, Context::Flow, mark.end)
    }

    fn flow_mapping(&mut self) -> Result<(Vec<(Node, Node)>, usize)> {
        let opened = self.scanner.next()?.start;
        let mut entries = Vec::new();
        loop {
            if let Kind::FlowMappingEnd = self.scanner.peek()?.kind {
                return Ok((entries, self.scanner.next()?.end));
            }
            if !entries.is_empty() {
                if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry) {
                    return Err(self.still_open("`,` or `}`", "mapping", opened));
                }
                self.scanner.next()?;
            }
            match self.scanner.peek()?.kind {
                Kind::FlowMappingEnd => {}
                Kind::Key => {
                    let mark = self.scanner.next()?;
                    let empty = matches!(
                        self.scanner.peek()?.kind,
                        Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd
                    );
                    self.reading_key = !empty;
                    let key = self.or_empty(empty, Context::Flow, mark.end)?;
                    let value = self.flow_value(key.end as usize)?;
                    entries.push((self.as_key(key)?, value));
                }
                _ => {
                    let key = self.value(Context::Flow)?;
                    let at = key.end as usize;
                    entries.push((self.as_key(key)?, node(Value::Null, at, at)));
                }
            }
        }
    }
}

/// Returns how many values a value holds, itself included.
fn size(node: &Node) -> usize {
    match &node.value {
        Value::Seq(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Map(map) => 1 + map.entries.iter().map(|(_, v)| 1 + size(v)).sum::<usize>(),
        _ => 1,
    }
}
