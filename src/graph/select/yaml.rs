//! `selectors.yml`: named selections as text, as `method: value`, or in full with unions, intersections, exclusions.

use indexmap::IndexMap;

use super::expr::{Combine, Criterion, Depth, Expr, Method};
use super::{IndirectSelection, error, parse};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result};
use crate::yaml::{Document, Fields, Mapping, Node, Shape, Value, misfits};

/// Definitions may nest so deep.
const DEPTH_MAX: usize = 64;

/// Keys of a definition in full.
const KEYS: [&str; 10] = [
    "method",
    "value",
    "childrens_parents",
    "parents",
    "parents_depth",
    "children",
    "children_depth",
    "indirect_selection",
    "exclude",
    "description",
];

const FILE: Shape = Shape::Fields(&Fields {
    what: "selectors.yml",
    required: &["selectors"],
    known: &[&[
        ("selectors", Shape::List(&SELECTOR)),
        ("version", Shape::WholeNumber),
    ]],
    open: false,
});

const SELECTOR: Shape = Shape::Fields(&Fields {
    what: "a selector",
    required: &["name", "definition"],
    known: &[&[
        ("name", Shape::Text),
        ("definition", Shape::Either(&[Shape::Text, Shape::Mapping])),
        ("description", Shape::Text),
        ("default", Shape::Truth),
    ]],
    open: false,
});

/// The named selections of a project.
#[derive(Debug, Default)]
pub(super) struct Selectors {
    by_name: IndexMap<String, Expr>,
    default: Option<String>,
    warnings: Vec<Diagnostic>,
}

impl Selectors {
    /// Parses the file; a selector may use those defined above it.
    ///
    /// # Errors
    /// All faults together: `N0110`, and those of the selection language at their place.
    pub fn parse(document: &Document) -> Result<Self, Diagnostics> {
        let mut selectors = Self::default();
        let mut faults = Diagnostics::default();
        if document.root.is_null() {
            return Ok(selectors);
        }
        let misfits = misfits(
            document,
            &document.root,
            &FILE,
            "`selectors.yml`",
            Code::SELECTORS,
        );
        if !misfits.is_empty() {
            return Err(Diagnostics(misfits));
        }
        let list = document.root.get("selectors").and_then(Node::as_seq);
        for entry in list.unwrap_or_default() {
            if let Err(error) = selectors.add(document, entry) {
                faults.push(error);
            }
        }
        if faults.has_errors() {
            Err(faults)
        } else {
            Ok(selectors)
        }
    }

    pub fn get(&self, name: &str) -> Option<&Expr> {
        self.by_name.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.by_name.keys().map(String::as_str)
    }

    /// Returns the selector that applies where nothing is asked for.
    pub fn default_name(&self) -> Option<&str> {
        self.default.as_deref()
    }

    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    fn add(&mut self, document: &Document, entry: &Node) -> Result<()> {
        let map = document.expect_map(entry, "a selector")?;
        let name = map
            .get("name")
            .ok_or_else(|| fault(document, entry, "a selector has no `name`"))?;
        let text = document.expect_str(name, "the name of a selector")?;
        let definition = map
            .get("definition")
            .ok_or_else(|| fault(document, entry, format!("selector `{text}` has no `definition`")))?;
        if map.get("default").and_then(Node::as_bool) == Some(true) {
            if let Some(other) = &self.default {
                let message = format!("both selectors `{other}` and `{text}` have `default: true`");
                return Err(fault(document, name, message).hint("Keep `default: true` at one of them."));
            }
            self.default = Some(text.to_owned());
        }
        let expr = Reader {
            document,
            selectors: self,
            warnings: Vec::new(),
        };
        let (expr, warnings) = expr.read(definition)?;
        self.warnings.extend(warnings);
        self.by_name.insert(text.to_owned(), expr);
        Ok(())
    }
}

fn fault(document: &Document, node: &Node, message: impl Into<String>) -> Diagnostic {
    document.error(node, Code::SELECTORS, message)
}

/// Reads one definition.
struct Reader<'a> {
    document: &'a Document,
    /// The selectors defined so far.
    selectors: &'a Selectors,
    warnings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(mut self, definition: &Node) -> Result<(Expr, Vec<Diagnostic>)> {
        if let Some(map) = definition.as_map() {
            let is_group = map.get("union").or_else(|| map.get("intersection")).is_some();
            if is_group && map.entries.len() > 1 {
                let message = "a definition with `union` or `intersection` has other keys beside it";
                return Err(fault(self.document, definition, message)
                    .hint("Put the other keys into the list of the union or intersection."));
            }
        }
        let expr = self.definition(definition, 0)?;
        Ok((expr, self.warnings))
    }

    fn definition(&mut self, node: &Node, depth: usize) -> Result<Expr> {
        if depth > DEPTH_MAX {
            return Err(fault(
                self.document,
                node,
                format!("a definition is nested more than {DEPTH_MAX} deep"),
            ));
        }
        match &node.value {
            Value::Str(text) => {
                let criterion = parse::parse_criterion(text, &self.inside(node, text))?;
                self.known_selector(criterion)
            }
            Value::Map(map) => match (map.get("union"), map.get("intersection")) {
                (Some(parts), _) => self.group(Combine::Union, parts, depth),
                (None, Some(parts)) => self.group(Combine::Intersection, parts, depth),
                (None, None) => self.criterion(node, map, depth),
            },
            _ => {
                let message = format!("a definition must be text or a mapping, but is {}", node.kind());
                Err(fault(self.document, node, message))
            }
        }
    }

    /// Reads a union or intersection, from which an `exclude` among its parts is taken away.
    fn group(&mut self, combine: Combine, node: &Node, depth: usize) -> Result<Expr> {
        let mut included = Vec::new();
        let mut excluded: Option<Expr> = None;
        for part in self.document.expect_seq(node, "a union or intersection")? {
            let Some(exclude) = part.get("exclude") else {
                included.push(self.definition(part, depth + 1)?);
                continue;
            };
            if excluded.is_some() {
                let message = "one union or intersection has more than one `exclude`";
                return Err(fault(self.document, part, message).hint("Put all into one `exclude` list."));
            }
            if part.get("method").is_some() {
                let message = "a definition with `exclude` inside a union or intersection only excludes";
                self.warnings.push(
                    Diagnostic::warning(Code::SELECTORS, message)
                        .at(part.span(&self.document.file))
                        .note("its `method` and `value` select nothing, as in dbt")
                        .hint("Make it a selector of its own, and name that here with `method: selector`."),
                );
            }
            excluded = Some(self.exclusion(exclude, depth)?);
        }
        let group = Expr::group(combine, included);
        Ok(match excluded {
            Some(excluded) => Expr::group(Combine::Difference, vec![group, excluded]),
            None => group,
        })
    }

    fn exclusion(&mut self, node: &Node, depth: usize) -> Result<Expr> {
        let mut parts = Vec::new();
        for part in self.document.expect_seq(node, "`exclude`")? {
            parts.push(self.definition(part, depth + 1)?);
        }
        Ok(Expr::group(Combine::Union, parts))
    }

    fn criterion(&mut self, node: &Node, map: &Mapping, depth: usize) -> Result<Expr> {
        if let [(key, value)] = map.entries.as_slice() {
            let method = self.document.expect_str(key, "a method")?;
            return self
                .method_and_value(key, method, value)
                .and_then(|c| self.known_selector(c));
        }
        let (Some(method), Some(value)) = (map.get("method"), map.get("value")) else {
            return Err(
                fault(self.document, node, "a definition has no `method` and `value`")
                    .hint("Write `method` and `value`, or one `method: value`, `union` or `intersection`."),
            );
        };
        let word = self.document.expect_str(method, "`method`")?;
        let mut criterion = self.method_and_value(method, word, value)?;
        for (key, _) in &map.entries {
            let name = key.key_text();
            if !KEYS.contains(&name.as_str()) {
                let warning =
                    Diagnostic::warning(Code::SELECTORS, format!("a definition has no key `{name}`"));
                self.warnings.push(
                    warning
                        .at(key.span(&self.document.file))
                        .did_you_mean(&name, KEYS),
                );
            }
        }
        let is_set = |key: &str| map.get(key).is_some_and(is_truthy);
        criterion.childrens_parents = is_set("childrens_parents");
        if is_set("parents") {
            criterion.parents = Some(self.depth(map.get("parents_depth"))?);
        }
        if is_set("children") {
            criterion.children = Some(self.depth(map.get("children_depth"))?);
        }
        criterion.indirect = map
            .get("indirect_selection")
            .map(|mode| self.indirect(mode))
            .transpose()?;
        let span = node.span(&self.document.file);
        if criterion.childrens_parents && criterion.children.is_some() {
            return Err(error::at_sign_with_children(&criterion.to_string(), &span));
        }
        let included = self.known_selector(criterion)?;
        // A named selector stands for itself: dbt looks at no other key beside it.
        match map.get("exclude").filter(|_| word != Method::Selector.word()) {
            Some(exclude) => {
                let excluded = self.exclusion(exclude, depth)?;
                Ok(Expr::group(Combine::Difference, vec![included, excluded]))
            }
            None => Ok(included),
        }
    }

    fn method_and_value(&self, key: &Node, method: &str, value: &Node) -> Result<Criterion> {
        let span = || key.span(&self.document.file);
        let (method, arguments) = parse::parse_method(method, span)?;
        let (text, typed) = match &value.value {
            Value::Seq(_) | Value::Map(_) => {
                let message = format!(
                    "the value of `{}` must be one word, but is {}",
                    method.word(),
                    value.kind()
                );
                return Err(fault(self.document, value, message)
                    .hint("Write one entry for each value, in a `union` or `intersection`."));
            }
            Value::Str(text) | Value::Date(text) => (text.to_string(), None),
            _ => (value.key_text(), Some(value.to_json())),
        };
        Ok(Criterion {
            arguments,
            typed_value: typed,
            span: Some(value.span(&self.document.file)),
            ..Criterion::new(method, text)
        })
    }

    /// Puts the definition of a named selector in its place where no operator stands at it.
    fn known_selector(&self, criterion: Criterion) -> Result<Expr> {
        if criterion.method != Method::Selector {
            return Ok(Expr::Criterion(criterion));
        }
        match self.selectors.get(&criterion.value) {
            Some(_)
                if criterion.parents.is_some()
                    || criterion.children.is_some()
                    || criterion.childrens_parents =>
            {
                Ok(Expr::Criterion(criterion))
            }
            Some(expr) => Ok(expr.clone()),
            None => {
                let found = error::unknown_selector(&criterion.value, criterion.span, self.selectors.names());
                Err(found.note("a selector can use those that are defined above it"))
            }
        }
    }

    fn depth(&self, node: Option<&Node>) -> Result<Depth> {
        let Some(node) = node else {
            return Ok(None);
        };
        match &node.value {
            // Zero is no bound in this file, unlike on the command line: dbt makes this difference.
            Value::Null | Value::Int(0) => Ok(None),
            Value::Int(depth) if *depth > 0 => Ok(usize::try_from(*depth).ok()),
            Value::Str(text) if text.is_empty() => Ok(None),
            Value::Str(text) if text.parse::<usize>().is_ok() => Ok(text.parse().ok()),
            _ => Err(fault(
                self.document,
                node,
                "a depth must be a whole number, not below zero",
            )),
        }
    }

    fn indirect(&self, node: &Node) -> Result<IndirectSelection> {
        let word = self.document.expect_str(node, "`indirect_selection`")?;
        IndirectSelection::from_word(word).ok_or_else(|| {
            fault(
                self.document,
                node,
                format!("there is no indirect selection named `{word}`"),
            )
            .did_you_mean(word, IndirectSelection::WORDS)
            .hint(format!("Use one of {}.", IndirectSelection::WORDS.join(", ")))
        })
    }

    /// Returns the place of the text within its quotes.
    fn inside(&self, node: &Node, text: &str) -> crate::diagnostic::Span {
        let mut span = node.span(&self.document.file);
        let there = self
            .document
            .file
            .text()
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default();
        if let Some(at) = there.find(text) {
            span.start += u32::try_from(at).unwrap_or(0);
            span.end = span.start + u32::try_from(text.len()).unwrap_or(0);
        }
        span
    }
}

fn is_truthy(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(false) | Value::Int(0) => false,
        Value::Str(text) => !text.is_empty(),
        _ => true,
    }
}
