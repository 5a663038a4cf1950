//! Models in Python: what they refer to and how they are configured, read from their text. nexus runs none of them.
//!
//! As in dbt, only calls by these very names with literal arguments count: `dbt.ref`, `dbt.source`, `dbt.config`,
//! `dbt.config.get` and `dbt.config.meta_get`.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};
use crate::jinja::{RefCall, python_literal};

/// The calls, longer names first.
const CALLS: [&str; 5] = [
    "dbt.config.meta_get",
    "dbt.config.get",
    "dbt.config",
    "dbt.source",
    "dbt.ref",
];

/// What a model says, and where it says each ref and source.
#[derive(Default)]
pub(super) struct PythonSaid {
    pub refs: Vec<RefCall>,
    pub sources: Vec<(Arc<str>, Arc<str>)>,
    pub config: Map<String, Json>,
    pub ref_spans: Vec<Option<Span>>,
    pub source_spans: Vec<Option<Span>>,
}

/// The keys that a model asks its configuration for, with the defaults.
#[derive(Default)]
struct Asked {
    keys: Vec<Json>,
    defaults: Vec<Json>,
}

/// The arguments of a call.
struct Arguments {
    positional: Vec<Json>,
    named: Map<String, Json>,
}

/// Reads a model.
///
/// # Errors
/// `N0303` where an argument is no literal, or is missing.
pub(super) fn read(file: &Arc<SourceFile>) -> Result<PythonSaid> {
    let text: &str = file.text();
    let code = without_texts(text);
    let mut said = PythonSaid::default();
    let (mut asked, mut asked_meta) = (Asked::default(), Asked::default());
    for (name, inside) in calls(&code) {
        let start = u32::try_from(inside.start).unwrap_or(0);
        let end = u32::try_from(inside.end).unwrap_or(start);
        let span = Span::new(file, start, end);
        let fault = |message: String| Diagnostic::error(Code::JINJA_CALL, message).at(Some(span.clone()));
        let Some(arguments) = arguments(&text[inside.clone()], &code[inside]) else {
            return Err(fault(format!("an argument of `{name}` is no literal"))
                .hint("Write the value itself: dbt reads these calls without running the model."));
        };
        let texts: Option<Vec<&str>> = arguments.positional.iter().map(Json::as_str).collect();
        match (name, texts.as_deref()) {
            ("dbt.ref", Some([name])) => said.add_ref(None, name, &arguments.named, span),
            ("dbt.ref", Some([package, name])) => said.add_ref(Some(package), name, &arguments.named, span),
            ("dbt.source", Some([source, table])) => {
                said.sources.push((Arc::from(*source), Arc::from(*table)));
                said.source_spans.push(Some(span));
            }
            ("dbt.config", Some([])) => said.config.extend(arguments.named),
            ("dbt.config.get", _) if !arguments.positional.is_empty() => asked.add(arguments.positional),
            ("dbt.config.meta_get", _) if !arguments.positional.is_empty() => {
                asked_meta.add(arguments.positional);
            }
            _ => return Err(fault(format!("the arguments of `{name}` do not fit"))),
        }
    }
    if !asked.keys.is_empty() || !asked_meta.keys.is_empty() {
        let config = &mut said.config;
        config.insert("config_keys_used".into(), asked.keys.into());
        config.insert("config_keys_defaults".into(), asked.defaults.into());
        config.insert("meta_keys_used".into(), asked_meta.keys.into());
        config.insert("meta_keys_defaults".into(), asked_meta.defaults.into());
    }
    Ok(said)
}

impl PythonSaid {
    fn add_ref(&mut self, package: Option<&str>, name: &str, named: &Map<String, Json>, span: Span) {
        let version = named.get("version").or_else(|| named.get("v"));
        self.refs.push(RefCall {
            package: package.map(Arc::from),
            name: Arc::from(name),
            version: version.map(|v| v.as_str().map_or_else(|| Arc::from(v.to_string()), Arc::from)),
            numeric: version.is_some_and(Json::is_number),
        });
        self.ref_spans.push(Some(span));
    }
}

impl Asked {
    fn add(&mut self, arguments: Vec<Json>) {
        let mut arguments = arguments.into_iter();
        self.keys.extend(arguments.next());
        self.defaults.push(arguments.next().unwrap_or(Json::Null));
    }
}

/// Returns the text with blanks in place of comments and of what stands within quotes, byte for byte.
fn without_texts(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => {
                let end = text[at..].find('\n').map_or(bytes.len(), |n| at + n);
                out[at..end].fill(b' ');
                at = end;
            }
            quote @ (b'"' | b'\'') => {
                let triple = [quote; 3];
                let length = if bytes[at..].starts_with(&triple) { 3 } else { 1 };
                let mut end = at + length;
                while end < bytes.len() && !bytes[end..].starts_with(&triple[..length]) {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                let end = end.min(bytes.len());
                out[at + length.min(end - at)..end].fill(b' ');
                at = end + length;
            }
            _ => at += 1,
        }
    }
    // Bytes of letters beyond ASCII are blanked too: the calls have none.
    out.iter_mut().filter(|b| !b.is_ascii()).for_each(|b| *b = b' ');
    String::from_utf8(out).unwrap_or_default()
}

/// Finds the calls with what stands between their brackets.
fn calls(code: &str) -> Vec<(&'static str, Range<usize>)> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices("dbt.") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            continue;
        }
        let found = CALLS.iter().find_map(|name| {
            let rest = code[at..].strip_prefix(name)?.trim_start();
            Some((*name, code.len() - rest.strip_prefix('(')?.len()))
        });
        if let Some((name, start)) = found
            && let Some(length) = closing(&code[start..])
        {
            out.push((name, start..start + length));
        }
    }
    out
}

/// Returns how many bytes stand before the bracket that closes what was open at the start.
fn closing(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return Some(at),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Reads arguments; `code` is their text without what stands within quotes.
fn arguments(text: &str, code: &str) -> Option<Arguments> {
    let mut out = Arguments {
        positional: Vec::new(),
        named: Map::new(),
    };
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, c) in code.char_indices().chain([(code.len(), ',')]) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                let (given, bare) = (text[start..at].trim(), &code[start..at]);
                if !given.is_empty() {
                    match bare.split_once('=') {
                        Some((name, _)) => {
                            let value = &text[start + name.len() + 1..at];
                            out.named
                                .insert(name.trim().to_owned(), python_literal(value.trim())?);
                        }
                        None => out.positional.push(python_literal(given)?),
                    }
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<PythonSaid> {
        read(&SourceFile::new("models/m.py", text))
    }

    #[test]
    fn calls_are_read_and_texts_and_comments_are_not() {
        let said = said(
            "def model(dbt, session):\n    # dbt.ref('no')\n    note = \"dbt.ref('no')\"\n    \
             dbt.config(materialized='table', tags=['a', 'b,c'], n=3)\n    \
             x = dbt.ref('é').join(dbt.ref('p', 'b', v=2))\n    y = dbt.source(\n        's', 't',\n    )\n    \
             mydbt.ref('no')\n    dbt.config.get('k', 1)\n    return x\n",
        )
        .unwrap_or_default();
        let refs: Vec<_> = said.refs.iter().map(|r| &*r.name).collect();
        assert_eq!(refs, ["é", "b"]);
        assert_eq!(said.refs[1].package.as_deref(), Some("p"));
        assert_eq!(said.refs[1].version.as_deref(), Some("2"));
        assert_eq!(said.sources, [("s".into(), "t".into())]);
        assert_eq!(said.config["tags"], serde_json::json!(["a", "b,c"]));
        assert_eq!(said.config["config_keys_used"], serde_json::json!(["k"]));
        assert_eq!(said.config["config_keys_defaults"], serde_json::json!([1]));
    }

    #[test]
    fn what_is_no_literal_is_refused_and_open_brackets_end_nothing() {
        assert!(said("dbt.ref(name)").is_err());
        assert!(said("dbt.ref('a'").is_ok_and(|s| s.refs.is_empty()));
        assert!(said("x = '''dbt.ref('a')").is_ok_and(|s| s.refs.is_empty()));
    }
}
