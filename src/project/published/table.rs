//! The published keys as a table, and what does not fit into it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value as Json};

/// What an object may hold, by key.
pub(super) type Object = BTreeMap<&'static str, Field>;

/// What stands under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    is_required: bool,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Object(&'static str),
    List(&'static str),
    /// An object or null: its faults are one.
    Optional(&'static str),
    Texts,
    NotNegative,
}

/// A step from an object to what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// What does not fit, and where.
#[derive(Debug)]
pub(super) struct Misfit {
    pub path: Vec<Step>,
    pub fault: Fault,
}

#[derive(Debug)]
pub(super) enum Fault {
    Unknown(Vec<String>),
    /// The faults of an object that may be null.
    Optional(Vec<Misfit>),
    Missing(&'static str),
    Negative(String),
}

/// A path as messages show it: `models[0].columns[1]`.
pub(super) struct Path<'a>(pub &'a [Step]);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if i == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// All objects by name.
pub(super) fn table() -> &'static HashMap<&'static str, Object> {
    static TABLE: OnceLock<HashMap<&'static str, Object>> = OnceLock::new();
    TABLE.get_or_init(|| read(include_str!("keys.txt")))
}

/// Returns an object of the table; an empty one where there is none of that name.
pub(super) fn object(name: &str) -> &'static Object {
    static NONE: Object = Object::new();
    table().get(name).unwrap_or(&NONE)
}

fn read(text: &'static str) -> HashMap<&'static str, Object> {
    let mut written: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut name = "";
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let rest = match line.split_once(": ") {
            Some((head, rest)) if !line.starts_with(' ') => {
                name = head;
                rest
            }
            _ => line,
        };
        written.entry(name).or_default().extend(rest.split_whitespace());
    }
    let fields = |words: &[&'static str]| words.iter().map(|word| field(word)).collect::<Object>();
    let plain = |words: &[&'static str]| {
        let own: Vec<&str> = words.iter().copied().filter(|w| !w.starts_with('@')).collect();
        fields(&own)
    };
    let made = written.iter().map(|(name, words)| {
        let mut object = plain(words);
        for other in words.iter().filter_map(|word| word.strip_prefix('@')) {
            object.extend(written.get(other).map(|words| plain(words)).unwrap_or_default());
            // What is shared may itself share, such as the tests' configuration under its older name.
            for inner in written.get(other).into_iter().flatten() {
                let inner = inner.strip_prefix('@').and_then(|name| written.get(name));
                object.extend(inner.map(|words| plain(words)).unwrap_or_default());
            }
        }
        (*name, object)
    });
    made.collect()
}

fn field(word: &'static str) -> (&'static str, Field) {
    let (word, is_required) = word.strip_suffix('!').map_or((word, false), |word| (word, true));
    let (key, kind) = if let Some((key, object)) = word.split_once("[]=") {
        (key, Kind::List(object))
    } else if let Some((key, object)) = word.split_once("?=") {
        (key, Kind::Optional(object))
    } else if let Some(key) = word.strip_suffix(">=0") {
        (key, Kind::NotNegative)
    } else if let Some(key) = word.strip_suffix("{}") {
        (key, Kind::Texts)
    } else if let Some((key, object)) = word.split_once('=') {
        (key, Kind::Object(object))
    } else {
        (word, Kind::Any)
    };
    (key, Field { is_required, kind })
}

/// Finds what does not fit into an object.
pub(super) fn misfits(object: &Object, value: &Json) -> Vec<Misfit> {
    let mut found = Vec::new();
    walk(object, value, &mut Vec::new(), &mut found);
    found
}

/// The depth is that of the table, which no object of holds itself.
fn walk(of: &Object, value: &Json, path: &mut Vec<Step>, found: &mut Vec<Misfit>) {
    let Json::Object(map) = value else {
        return;
    };
    for (key, field) in of {
        let Some(inner) = map.get(*key) else {
            if field.is_required {
                found.push(misfit(path, Fault::Missing(key)));
            }
            continue;
        };
        path.push(Step::Key((*key).to_owned()));
        match field.kind {
            Kind::Any | Kind::Texts => {}
            Kind::Object(name) => walk(object(name), inner, path, found),
            Kind::List(name) => {
                for (i, item) in inner.as_array().into_iter().flatten().enumerate() {
                    path.push(Step::Index(i));
                    walk(object(name), item, path, found);
                    path.pop();
                }
            }
            Kind::Optional(name) => {
                let faults = misfits(object(name), inner);
                if !faults.is_empty() {
                    found.push(misfit(path, Fault::Optional(faults)));
                }
            }
            Kind::NotNegative => {
                if inner.as_f64().is_some_and(|number| number < 0.0) {
                    found.push(misfit(path, Fault::Negative(inner.to_string())));
                }
            }
        }
        path.pop();
    }
    let unknown = unknown_keys(of, map);
    if !unknown.is_empty() {
        found.push(misfit(path, Fault::Unknown(unknown)));
    }
}

fn misfit(path: &[Step], fault: Fault) -> Misfit {
    Misfit {
        path: path.to_vec(),
        fault,
    }
}

/// Keys with blanks or apostrophes are passed over, as in dbt, which reads them from a message.
fn unknown_keys(object: &Object, map: &Map<String, Json>) -> Vec<String> {
    let is_told = |key: &&String| {
        !object.contains_key(&***key)
            && !key.is_empty()
            && !key.contains(|c: char| c.is_whitespace() || c == '\'')
    };
    map.keys().filter(is_told).cloned().collect()
}

/// Finds what stands below a section of `dbt_project.yml` as if it were a folder, and is none: the path of each value.
pub(super) fn no_folders(object: &Object, value: &Json) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    let mut left = vec![(Vec::new(), value)];
    while let Some((path, value)) = left.pop() {
        let below = |key: &str| {
            let mut below: Vec<Step> = path.clone();
            below.push(Step::Key(key.to_owned()));
            below
        };
        let Json::Object(map) = value else {
            if !path.is_empty() {
                found.push(path);
            }
            continue;
        };
        // The last one laid down is looked at first.
        for (key, inner) in map.iter().rev() {
            match key.strip_prefix('+').and_then(|key| object.get(key)) {
                None => left.push((below(key), inner)),
                Some(field) if field.kind == Kind::Texts => {
                    for (name, text) in inner.as_object().into_iter().flatten() {
                        if !text.is_string() {
                            let mut place = below(key);
                            place.push(Step::Key(name.clone()));
                            found.push(place);
                        }
                    }
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// Returns the object of the list entry that a path leads into, and the keys that its `config:` may have.
pub(super) fn config_of(path: &[Step]) -> Option<&'static Object> {
    let mut at = object("Properties");
    let mut entry = None;
    for step in path {
        let Step::Key(key) = step else { continue };
        match at.get(key.as_str()).map(|field| field.kind) {
            Some(Kind::List(name)) => {
                at = object(name);
                entry = Some(at);
            }
            Some(_) => break,
            None => {}
        }
    }
    match entry?.get("config")?.kind {
        Kind::Optional(name) => Some(object(name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_that_the_table_names_is_in_it() {
        for (name, of) in table() {
            assert!(!of.is_empty(), "{name}");
            for field in of.values() {
                if let Kind::Object(named) | Kind::List(named) | Kind::Optional(named) = field.kind {
                    assert!(table().contains_key(named), "{named} of {name}");
                }
            }
        }
        assert!(object("+tests").contains_key("transient"));
        assert!(object("ModelConfig").contains_key("tags"));
    }
}
