//! The semantic layer: semantic models, metrics and saved queries, read into dbt's fields and linked. Nothing runs them.

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
pub(super) use links::link;
pub(super) use model::GRAINS;

/// Adds what the properties files say of the semantic layer.
pub(super) fn parse(cx: &Parsing<'_>, manifest: &mut Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    for entry in entries {
        match entry.section {
            "semantic_models" => {
                let Some((model, metrics)) = faults.take(model::read(cx, entry)) else {
                    continue;
                };
                described::add(manifest, Ok(model), faults);
                for metric in metrics {
                    described::add(manifest, Ok(metric), faults);
                }
            }
            "metrics" => described::add(manifest, metric::read(cx, entry), faults),
            "saved_queries" => described::add(manifest, saved_query::read(cx, entry), faults),
            _ => {}
        }
    }
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

    /// Returns a value as written, or what stands for none.
    fn value_or(self, key: &str, otherwise: Json) -> Json {
        self.get(key).map_or(otherwise, Yaml::to_json)
    }

    /// Returns a value as Python's `str` writes it, null where there is none.
    fn text(self, key: &str) -> Json {
        match self.value(key) {
            Json::Bool(true) => "True".into(),
            Json::Bool(false) => "False".into(),
            Json::Number(n) => n.to_string().into(),
            other => other,
        }
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
    fn filter(self, key: &str) -> Json {
        let one = |text: Json| json!({ "where_sql_template": text });
        match self.value(key) {
            Json::Null => Json::Null,
            Json::Array(texts) => json!({ "where_filters": texts.into_iter().map(one).collect::<Vec<_>>() }),
            text => json!({ "where_filters": [one(text)] }),
        }
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
