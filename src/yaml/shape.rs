//! What a value of a file must look like, as data, and the places where one does not.

use std::fmt;

use super::{Document, Mapping, Node, Value};
use crate::diagnostic::{Code, Diagnostic};

/// Values may nest so deep in what is checked.
const DEPTH_MAX: usize = 32;

/// The shape of a value.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Anything,
    Null,
    /// `true` or `false`.
    Truth,
    WholeNumber,
    Number,
    Text,
    Date,
    /// One of some words.
    Word(&'static [&'static str]),
    List(&'static Shape),
    /// A mapping with keys of any name.
    Mapping,
    /// A mapping whose keys are known.
    Fields(&'static Fields),
    Either(&'static [Shape]),
}

/// The keys of a mapping.
#[derive(Debug)]
pub struct Fields {
    /// What the mapping is, with its article: "a column".
    pub what: &'static str,
    pub required: &'static [&'static str],
    /// Keys with the shapes of their values, in lists that several mappings may share.
    pub known: &'static [&'static [(&'static str, Shape)]],
    /// Takes keys that are not known.
    pub open: bool,
}

impl Fields {
    fn known(&self) -> impl Iterator<Item = &(&'static str, Shape)> + Clone {
        self.known.iter().copied().flatten()
    }
}

impl Shape {
    fn takes_kind_of(&self, node: &Node) -> bool {
        match (self, &node.value) {
            (Self::Anything, _)
            | (Self::Null, Value::Null)
            | (Self::Truth, Value::Bool(_))
            | (Self::WholeNumber, Value::Int(_) | Value::BigInt(_))
            | (Self::Number, Value::Int(_) | Value::BigInt(_) | Value::Float(_))
            | (Self::Text, Value::Str(_))
            | (Self::Date, Value::Date(_))
            | (Self::List(_), Value::Seq(_))
            | (Self::Mapping | Self::Fields(_), Value::Map(_)) => true,
            (Self::WholeNumber, Value::Float(number)) => number.fract() == 0.0,
            (Self::Word(words), Value::Str(word)) => words.contains(&&**word),
            (Self::Either(shapes), _) => shapes.iter().any(|s| s.takes_kind_of(node)),
            _ => false,
        }
    }

    /// Says what fits, for messages: "a string or a list". That nothing may stand there goes without saying.
    fn words(&self) -> String {
        match self {
            Self::Anything => "anything".to_owned(),
            Self::Null => "empty".to_owned(),
            Self::Truth => "true or false".to_owned(),
            Self::WholeNumber => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Text => "a string".to_owned(),
            Self::Date => "a date".to_owned(),
            Self::Word(words) => {
                let words: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
                format!("one of {}", words.join(", "))
            }
            Self::List(_) => "a list".to_owned(),
            Self::Mapping | Self::Fields(_) => "a mapping".to_owned(),
            Self::Either(shapes) => {
                let mut words: Vec<String> = Vec::new();
                for shape in shapes.iter().filter(|s| !matches!(s, Self::Null)) {
                    let word = shape.words();
                    if !words.contains(&word) {
                        words.push(word);
                    }
                }
                words.join(" or ")
            }
        }
    }
}

/// Returns every place of a value that does not have the shape, as errors with this code; `what` is what the value is,
/// such as "`columns` of model `orders`".
pub fn misfits(document: &Document, node: &Node, shape: &Shape, what: &str, code: Code) -> Vec<Diagnostic> {
    let mut check = Check {
        document,
        code,
        found: Vec::new(),
    };
    check.value(node, shape, &What::Named(what), 0);
    check.found
}

/// What a value is, put into words only where there is a fault.
enum What<'a> {
    Named(&'a str),
    EntryOf(&'a What<'a>),
    KeyOf(&'a str, &'a What<'a>),
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::EntryOf(list) => write!(f, "an entry of {list}"),
            Self::KeyOf(key, mapping) => write!(f, "`{key}` of {mapping}"),
        }
    }
}

struct Check<'a> {
    document: &'a Document,
    code: Code,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    fn value(&mut self, node: &Node, shape: &Shape, what: &What<'_>, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        if !shape.takes_kind_of(node) {
            self.found.push(self.of_other_kind(node, shape, what));
            return;
        }
        match (shape, &node.value) {
            (Shape::List(of), Value::Seq(items)) => {
                let what = What::EntryOf(what);
                for item in items {
                    self.value(item, of, &what, depth + 1);
                }
            }
            (Shape::Mapping, Value::Map(map)) => self.keys(map, what),
            (Shape::Fields(fields), Value::Map(map)) => {
                self.keys(map, what);
                self.fields(node, map, fields, what, depth);
            }
            (Shape::Either(shapes), _) => self.either(node, shapes, what, depth),
            _ => {}
        }
    }

    /// Of several shapes that the value could have, the one that it comes nearest to says what is wrong.
    fn either(&mut self, node: &Node, shapes: &[Shape], what: &What<'_>, depth: usize) {
        let nearest = shapes
            .iter()
            .filter(|shape| shape.takes_kind_of(node))
            .map(|shape| {
                let mut check = Check {
                    document: self.document,
                    code: self.code,
                    found: Vec::new(),
                };
                check.value(node, shape, what, depth);
                check.found
            })
            .min_by_key(Vec::len);
        self.found.extend(nearest.into_iter().flatten());
    }

    fn keys(&mut self, map: &Mapping, what: &What<'_>) {
        for (key, _) in map.entries.iter().filter(|(key, _)| key.as_str().is_none()) {
            let message = format!("a key of {what} must be a string, but is {}", key.kind());
            let fault = self.document.error(key, self.code, message);
            self.found
                .push(fault.hint("Put it in quotes to make it a string."));
        }
    }

    fn fields(&mut self, node: &Node, map: &Mapping, fields: &Fields, what: &What<'_>, depth: usize) {
        for name in fields.required {
            if map.get(name).is_none() {
                let fault = self
                    .document
                    .error(node, self.code, format!("{} needs `{name}`", fields.what));
                self.found.push(fault.hint(format!("Add `{name}:` to {what}.")));
            }
        }
        for (name, (key, value)) in map
            .entries
            .iter()
            .filter_map(|entry| Some((entry.0.as_str()?, entry)))
        {
            match fields.known().find(|(known, _)| *known == name) {
                Some((_, shape)) => self.value(value, shape, &What::KeyOf(name, what), depth + 1),
                None if fields.open => {}
                None => {
                    let message = format!("{} has no key `{name}`", fields.what);
                    let known = fields.known().map(|(known, _)| *known);
                    let names: Vec<String> = known.clone().map(|k| format!("`{k}`")).collect();
                    self.found.push(
                        self.document
                            .error(key, self.code, message)
                            .did_you_mean(name, known)
                            .note(format!("the keys of {} are {}", fields.what, names.join(", "))),
                    );
                }
            }
        }
    }

    fn of_other_kind(&self, node: &Node, shape: &Shape, what: &What<'_>) -> Diagnostic {
        let is = match &node.value {
            Value::Str(text) if text.chars().count() <= 40 => format!("the string `{text}`"),
            _ => node.kind().to_owned(),
        };
        let fault = self.document.error(
            node,
            self.code,
            format!("{what} must be {}, but is {is}", shape.words()),
        );
        match (&node.value, shape) {
            (Value::Null, _) => fault.hint("Give it a value, or leave the key out."),
            (Value::Str(word), Shape::Word(words)) => fault.did_you_mean(word, words.iter().copied()),
            (Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Date(_), shape)
                if shape.takes_kind_of(&text()) =>
            {
                fault.hint("Put it in quotes to make it a string.")
            }
            _ => fault,
        }
    }
}

/// Returns some text, to ask whether a shape takes text.
fn text() -> Node {
    Node {
        value: Value::Str("".into()),
        start: 0,
        end: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMN: Shape = Shape::Fields(&Fields {
        what: "a column",
        required: &["name"],
        known: &[&[
            ("name", Shape::Text),
            ("quote", Shape::Either(&[Shape::Truth, Shape::Null])),
            ("kind", Shape::Word(&["key", "value"])),
        ]],
        open: false,
    });

    fn messages(text: &str) -> Vec<String> {
        let document = crate::yaml::parse_text("a.yml", text).unwrap();
        let shape = Shape::Either(&[Shape::Text, Shape::List(&COLUMN)]);
        misfits(&document, &document.root, &shape, "`columns`", Code::YAML_SHAPE)
            .iter()
            .map(|d| format!("{}: {}", d.span().unwrap(), d.message()))
            .collect()
    }

    #[test]
    fn what_fits_is_silent() {
        assert_eq!(messages("id"), [""; 0]);
        assert_eq!(messages("[{name: id, quote: null, kind: key}]"), [""; 0]);
    }

    #[test]
    fn each_misfit_is_told_at_its_place() {
        assert_eq!(
            messages("5"),
            ["a.yml:1:1: `columns` must be a string or a list, but is a whole number"]
        );
        assert_eq!(
            messages("- name: 5\n  kind: lock\n- {nmae: x}\n"),
            [
                "a.yml:1:9: `name` of an entry of `columns` must be a string, but is a whole number",
                "a.yml:2:9: `kind` of an entry of `columns` must be one of `key`, `value`, but is the string `lock`",
                "a.yml:3:3: a column needs `name`",
                "a.yml:3:4: a column has no key `nmae`",
            ]
        );
    }
}
