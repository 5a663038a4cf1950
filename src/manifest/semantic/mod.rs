//! The semantic layer: semantic models, metrics and saved queries, read into dbt's fields and linked. Nothing runs them.

mod checks;
mod links;
mod metric;
mod model;
mod saved_query;

use serde_json::{Map, Value as Json, json};

use super::parse::Parsing;
use super::properties::{self, Entry};
use super::{Manifest, described};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result};
use crate::yaml::Node as Yaml;

pub use links::LEGACY_TIME_SPINE;
pub(super) use model::GRAINS;

/// Adds what the properties files say of the semantic layer.
pub(super) fn parse(cx: &Parsing<'_>, manifest: &mut Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    for entry in entries {
        match entry.section {
            "semantic_models" => {
                let Some((model, metrics)) = faults.take(model::read(cx, entry)) else {
                    manifest.refused.entry(entry.section, &entry.node);
                    continue;
                };
                described::add(manifest, Ok(model), faults);
                for metric in metrics {
                    described::add(manifest, Ok(metric), faults);
                }
            }
            "metrics" => {
                let read = metric::read(cx, entry);
                if read.is_err() {
                    manifest.refused.entry(entry.section, &entry.node);
                }
                described::add(manifest, read, faults);
            }
            "saved_queries" => described::add(manifest, saved_query::read(cx, entry), faults),
            _ => {}
        }
    }
}

/// Links what was parsed, and checks what then is known of it.
pub(super) fn link(cx: &Parsing<'_>, manifest: &mut Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    let mut found = Diagnostics::default();
    links::link(manifest, &mut found);
    // What has no links would be told twice.
    if !found.has_errors() && !faults.has_errors() {
        checks::check(cx, manifest, entries, &mut found);
    }
    faults.extend(found.0);
}

/// What all three are read with: an entry, and a mapping somewhere in it.
#[derive(Clone, Copy)]
struct Part<'a> {
    cx: &'a Parsing<'a>,
    entry: &'a Entry,
    node: &'a Yaml,
}

impl<'a> Part<'a> {
    fn of(cx: &'a Parsing<'a>, entry: &'a Entry) -> Self {
        Self {
            cx,
            entry,
            node: &entry.node,
        }
    }

    fn at(self, node: &'a Yaml) -> Self {
        Self { node, ..self }
    }

    fn get(self, key: &str) -> Option<&'a Yaml> {
        self.node.get(key).filter(|n| !n.is_null())
    }

    /// Returns a value as written, null where there is none.
    fn value(self, key: &str) -> Json {
        self.get(key).map_or(Json::Null, Yaml::to_json)
    }

    /// Returns a value of a kind, null where there is none.
    fn kind(self, key: &str, kind: &str, hint: &str, fits: impl Fn(&Json) -> bool) -> Result<Json> {
        let Some(found) = self.get(key) else {
            return Ok(Json::Null);
        };
        let value = found.to_json();
        if fits(&value) {
            return Ok(value);
        }
        let what = format!("has a `{key}` that is {}, not {kind}", found.kind());
        Err(self.fault(found, what).hint(hint))
    }

    /// Returns a text, null where there is none.
    fn text(self, key: &str) -> Result<Json> {
        self.kind(key, "text", "Put it in quotes.", Json::is_string)
    }

    /// Returns yes or no.
    fn flag(self, key: &str) -> Result<Json> {
        let found = self.kind(
            key,
            "true or false",
            "Write true or false, without quotes.",
            Json::is_boolean,
        )?;
        Ok(found.as_bool().unwrap_or(false).into())
    }

    /// Returns a whole number, null where there is none.
    fn whole(self, key: &str) -> Result<Json> {
        self.kind(
            key,
            "a whole number",
            "Write a whole number, without quotes.",
            |v| v.is_i64() || v.is_u64(),
        )
    }

    /// Returns a list of texts, empty where there is none.
    fn texts(self, key: &str) -> Result<Json> {
        let all_texts = |v: &Json| {
            v.as_array()
                .is_some_and(|items| items.iter().all(Json::is_string))
        };
        let found = self.kind(key, "a list of texts", "Write a list: [one, two].", all_texts)?;
        Ok(if found.is_null() { json!([]) } else { found })
    }

    /// Returns an expression as Python's `str` writes it, null where there is none.
    fn expression(self, numbers_too: bool) -> Result<Json> {
        let fits = |v: &Json| v.is_string() || v.is_boolean() || numbers_too && (v.is_i64() || v.is_u64());
        Ok(
            match self.kind("expr", "an expression of SQL", "Put it in quotes.", fits)? {
                Json::Bool(true) => "True".into(),
                Json::Bool(false) => "False".into(),
                Json::Number(n) => n.to_string().into(),
                other => other,
            },
        )
    }

    /// Returns the description with its calls of `doc` answered; null where there is none.
    fn description(self) -> Result<Json> {
        match self.get("description") {
            Some(_) => {
                let package = &self.entry.package;
                let text = properties::description(self.cx, package, &self.entry.file, self.node)?;
                Ok(Json::from(&*text))
            }
            None => Ok(Json::Null),
        }
    }

    fn list(self, key: &str) -> Result<&'a [Yaml]> {
        match self.get(key) {
            Some(found) => self.entry.file.document.expect_seq(found, key),
            None => Ok(&[]),
        }
    }

    /// Returns a required key.
    fn required(self, key: &str) -> Result<&'a Yaml> {
        self.get(key)
            .ok_or_else(|| self.fault(self.node, format!("lacks `{key}`")))
    }

    /// Returns one of some words in lower case; none stands for the first where it may be absent.
    fn word(self, key: &str, words: &[&str], required: bool) -> Result<Json> {
        let Some(found) = self.get(key) else {
            return match required {
                true => Err(self
                    .fault(self.node, format!("lacks `{key}`"))
                    .hint(format!("It is one of {}.", words.join(", ")))),
                false => Ok(words.first().copied().into()),
            };
        };
        let text = found.key_text().to_lowercase();
        if words.contains(&text.as_str()) {
            return Ok(text.into());
        }
        Err(self
            .fault(found, format!("has the {key} `{text}`"))
            .did_you_mean(&text, words.iter().copied())
            .hint(format!("It is one of {}.", words.join(", "))))
    }

    /// Returns a filter: one text, or several that all hold.
    fn filter(self, key: &str) -> Result<Json> {
        let one = |text: Json| json!({ "where_sql_template": text });
        let fits = |v: &Json| match v {
            Json::Array(items) => items.iter().all(Json::is_string),
            other => other.is_string(),
        };
        let hint = "Write it so: \"{{ Dimension('order__is_paid') }} = true\".";
        Ok(match self.kind(key, "a filter", hint, fits)? {
            Json::Null => Json::Null,
            Json::Array(texts) => json!({ "where_filters": texts.into_iter().map(one).collect::<Vec<_>>() }),
            text => json!({ "where_filters": [one(text)] }),
        })
    }

    /// Returns the `meta` of `config:`, laid over another.
    fn meta_over(self, outer: Option<&Json>) -> Json {
        let mut meta = match outer {
            Some(Json::Object(outer)) => outer.clone(),
            _ => Map::new(),
        };
        if let Some(Json::Object(own)) = self.get("config").and_then(|c| c.get("meta")).map(Yaml::to_json) {
            meta.extend(own);
        }
        json!({ "meta": meta })
    }

    /// A fault of the entry, which is named: ``the metric `revenue` lacks `type` ``.
    fn fault(self, place: &Yaml, what: String) -> Diagnostic {
        let kind = match self.entry.section {
            "semantic_models" => "semantic model",
            "metrics" => "metric",
            _ => "saved query",
        };
        let message = format!("the {kind} `{}` {what}", self.entry.name);
        self.entry.error(place, Code::SEMANTIC, message)
    }
}

/// Makes a map of entries in their order.
fn fields<const N: usize>(entries: [(&str, Json); N]) -> Map<String, Json> {
    entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
