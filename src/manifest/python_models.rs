//! Models in Python: what they refer to and how they are configured, read from their text without running them.
//!
//! As in dbt, only calls by these very names with literal arguments count: `dbt.ref`, `dbt.source`, `dbt.config`,
//! `dbt.config.get` and `dbt.config.meta_get`; and a model is one function `model(dbt, session)` that returns one value.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::python_text::{Call, Fault, Line, calls, closing, code_of, lines, split};
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};
use crate::jinja::{RefCall, python_literal};

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
/// `N0219` where the text is no such function, has Jinja in it, or calls dbt with something else than literals.
pub(super) fn read(file: &Arc<SourceFile>) -> Result<PythonSaid> {
    let text: &str = file.text();
    let fault = |at: Range<usize>, message: String| {
        let [start, end] = [at.start, at.end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        Diagnostic::error(Code::PYTHON_MODEL, message).at(Some(Span::new(file, start, end)))
    };
    if let Some(at) = ["{{", "{%", "{#"].iter().filter_map(|mark| text.find(mark)).min() {
        return Err(fault(at..at + 2, "a model in Python has Jinja in it".to_owned())
            .hint("Ask for values by `dbt.config.get`; put a blank between brackets that are not meant as Jinja."));
    }
    let of_text = |Fault { at, message }: Fault| fault(at..at + 1, message);
    let code = code_of(text).map_err(of_text)?;
    check_function(&lines(&code)).map_err(of_text)?;
    let mut said = PythonSaid::default();
    let (mut asked, mut asked_meta) = (Asked::default(), Asked::default());
    for Call { name, inside } in calls(&code) {
        if !CALLS.contains(&&*name) {
            continue;
        }
        let Some(arguments) = arguments(&text[inside.clone()], &code[inside.clone()]) else {
            return Err(fault(inside, format!("an argument of `{name}` is no literal"))
                .hint("Write the value itself: dbt reads these calls without running the model."));
        };
        let span = Span::new(
            file,
            u32::try_from(inside.start).unwrap_or(0),
            u32::try_from(inside.end).unwrap_or(0),
        );
        let Arguments { positional, named } = arguments;
        let texts: Option<Vec<&str>> = positional.iter().map(Json::as_str).collect();
        match (&*name, texts.as_deref()) {
            ("dbt.ref", Some([name])) => said.add_ref(None, name, &named, span),
            ("dbt.ref", Some([package, name])) => said.add_ref(Some(package), name, &named, span),
            ("dbt.source", Some([source, table])) => {
                said.sources.push((Arc::from(*source), Arc::from(*table)));
                said.source_spans.push(Some(span));
            }
            ("dbt.config", Some([])) => said.config.extend(named),
            ("dbt.config", None) if matches!(positional.as_slice(), [Json::Object(_)]) => {
                let given = positional.into_iter().filter_map(|value| match value {
                    Json::Object(map) => Some(map),
                    _ => None,
                });
                said.config.extend(given.flatten());
            }
            ("dbt.config.get", _) if matches!(positional.len(), 1 | 2) => asked.add(positional),
            ("dbt.config.meta_get", _) if matches!(positional.len(), 1 | 2) => asked_meta.add(positional),
            _ => return Err(fault(inside, format!("the arguments of `{name}` do not fit"))),
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

/// The calls that count.
const CALLS: [&str; 5] = [
    "dbt.ref",
    "dbt.source",
    "dbt.config",
    "dbt.config.get",
    "dbt.config.meta_get",
];

/// Checks that there is one function `model(dbt, session)` and that it ends by returning one value. A file without code
/// is let through, as by dbt.
fn check_function(lines: &[Line<'_>]) -> std::result::Result<(), Fault> {
    let fault = |at: usize, message: &str| Fault {
        at,
        message: message.to_owned(),
    };
    let mut found = None;
    // A function within a function is not the model.
    let mut inside: Option<usize> = None;
    for (index, line) in lines.iter().enumerate() {
        if inside.is_some_and(|indent| line.indent > indent) {
            continue;
        }
        inside = None;
        let Some(rest) = line.text.strip_prefix("def ") else {
            continue;
        };
        inside = Some(line.indent);
        let rest = rest.trim_start();
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next();
        if name != Some("model") {
            continue;
        }
        if found.is_some() {
            return Err(fault(line.at, "the file defines `model` more than once"));
        }
        found = Some((index, rest));
    }
    let Some((index, rest)) = found else {
        return match lines.first() {
            Some(line) => Err(fault(
                line.at,
                "the file defines no function `model(dbt, session)`",
            )),
            None => Ok(()),
        };
    };
    let line = &lines[index];
    let after = rest.find('(').map_or("", |at| &rest[at + 1..]);
    let (given, after) = closing(after).map_or((after, ""), |length| after.split_at(length));
    let given: Vec<&str> = split(given, ',')
        .into_iter()
        .map(|(_, part)| part.split([':', '=']).next().unwrap_or_default().trim())
        .take_while(|name| !name.starts_with('*'))
        .filter(|name| !name.is_empty())
        .collect();
    if given.len() != 2 || given[0] != "dbt" {
        return Err(fault(
            line.at,
            "`model` must take two arguments: `dbt` and a session of the database",
        ));
    }
    let body = after.split_once(':').map_or("", |(_, body)| body.trim());
    let last = if body.is_empty() {
        let below = &lines[index + 1..];
        let below = below.iter().take_while(|each| each.indent > line.indent);
        let indent = lines.get(index + 1).map_or(0, |first| first.indent);
        below.filter(|each| each.indent == indent).last()
    } else {
        Some(line)
    };
    let ends_well = last.is_some_and(|last| {
        let text = if last.at == line.at { body } else { last.text };
        split(text, ';')
            .iter()
            .rfind(|(_, part)| !part.trim().is_empty())
            .is_some_and(|(_, part)| returns_one_value(part.trim()))
    });
    match ends_well {
        true => Ok(()),
        false => Err(fault(
            last.map_or(line.at, |last| last.at),
            "`model` must end by returning one data frame",
        )),
    }
}

fn returns_one_value(statement: &str) -> bool {
    let Some(value) = statement.strip_prefix("return") else {
        return false;
    };
    if value.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return false;
    }
    let value = value.trim();
    let is_tuple = |text: &str| split(text, ',').len() > 1;
    let bracketed = value
        .strip_prefix('(')
        .filter(|inner| closing(inner) == Some(inner.len().saturating_sub(1)))
        .map(|inner| &inner[..inner.len() - 1]);
    !is_tuple(value) && bracketed.is_none_or(|inner| !inner.trim().is_empty() && !is_tuple(inner))
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

/// Reads arguments; `code` is their text without what stands within quotes.
fn arguments(text: &str, code: &str) -> Option<Arguments> {
    let mut out = Arguments {
        positional: Vec::new(),
        named: Map::new(),
    };
    for (at, part) in split(code, ',') {
        let given = text[at..at + part.len()].trim();
        if given.is_empty() {
            continue;
        }
        match part.split_once('=') {
            Some((name, _)) => {
                let value = &text[at + name.len() + 1..at + part.len()];
                out.named
                    .insert(name.trim().to_owned(), python_literal(value.trim())?);
            }
            None => out.positional.push(python_literal(given)?),
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

    fn body(text: &str) -> Result<PythonSaid> {
        said(&format!(
            "def model(dbt, session):\n    x = {text}\n    return x\n"
        ))
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
        assert_eq!(refs, ["b", "é"]);
        assert_eq!(said.refs[0].package.as_deref(), Some("p"));
        assert_eq!(said.refs[0].version.as_deref(), Some("2"));
        assert_eq!(said.sources, [("s".into(), "t".into())]);
        assert_eq!(said.config["tags"], serde_json::json!(["a", "b,c"]));
        assert_eq!(said.config["config_keys_used"], serde_json::json!(["k"]));
        assert_eq!(said.config["config_keys_defaults"], serde_json::json!([1]));
    }

    #[test]
    fn arguments_that_dbt_refuses_are_refused() {
        for text in [
            "dbt.ref(name)",
            "dbt.ref()",
            "dbt.ref('a', 'b', 'c')",
            "dbt.source('a')",
            "dbt.config.get()",
            "dbt.config.get('a', 1, 2)",
            "dbt.config.meta_get(*keys)",
            "dbt.config(materialized=kind)",
            "f\"{dbt.ref(f'{x}')}\"",
        ] {
            assert!(body(text).is_err(), "{text}");
        }
        assert!(body("dbt.config({'tags': 'a'})").is_ok_and(|said| said.config["tags"] == "a"));
    }

    #[test]
    fn a_model_is_one_function_of_two_arguments_that_returns_one_value() {
        for good in [
            "",
            "# nothing but a comment\n",
            "def model(dbt, session): return 1",
            "def model(dbt: object, session=None) -> object:\n  x = 1\n  return f(\n    1, 2)\n",
            "if True:\n    def model(dbt, s):\n        def model(a):\n            pass\n        return (1)\n",
            "def model(dbt, s):\n    x = 1; return (1, 2)[0]\n\ndef other():\n    pass\n",
        ] {
            assert!(said(good).is_ok(), "{good}");
        }
        for bad in [
            "x = 1",
            "def model(session, dbt):\n    return 1",
            "def model(dbt):\n    return 1",
            "def model(dbt, *, session):\n    return 1",
            "def model(dbt, session):\n    x = 1",
            "def model(dbt, session):\n    return 1, 2",
            "def model(dbt, session):\n    return (1, 2)",
            "def model(dbt, session):\n    if x:\n        return 1\n    else:\n        return 2\n",
            "def model(dbt, s):\n    return 1\ndef model(dbt, s):\n    return 1\n",
            "def model(dbt, s):\n    return '{{ x }}'",
            "def model(dbt, s:\n    return 1",
        ] {
            assert!(said(bad).is_err(), "{bad}");
        }
    }
}
