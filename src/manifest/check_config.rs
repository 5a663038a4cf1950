//! Refuses configuration that no run could make sense of, each fault at the place that says it.
//!
//! The types are dbt's: it validates a node's settled configuration and stops at the first value that does not fit.

use std::sync::Arc;

use serde_json::Value as Json;

use super::config::canonical;
use super::properties::Entry;
use super::{Config, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceFile, Span};
use crate::jinja::ScannedConfig;

/// What a key's value must be.
#[derive(Clone, Copy)]
enum Wanted {
    Boolean,
    Text,
    TextOrTexts,
    Choice(&'static [&'static str]),
}

impl Wanted {
    fn fits(self, value: &Json) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::Text => value.is_string(),
            Self::TextOrTexts => match value {
                Json::Array(items) => items.iter().all(Json::is_string),
                one => one.is_string(),
            },
            Self::Choice(known) => value.as_str().is_some_and(|v| known.contains(&v)),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Boolean => "true or false".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::TextOrTexts => "a text or a list of texts".to_owned(),
            Self::Choice(known) => {
                let known: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
                format!("one of {}", known.join(", "))
            }
        }
    }
}

/// Keys of every kind of node.
const OF_ALL: &[(&str, Wanted)] = &[
    ("enabled", Wanted::Boolean),
    ("materialized", Wanted::Text),
    ("alias", Wanted::Text),
    ("schema", Wanted::Text),
    ("database", Wanted::Text),
    ("tags", Wanted::TextOrTexts),
];

const OF_MODELS: &[(&str, Wanted)] = &[
    ("access", Wanted::Choice(&["private", "protected", "public"])),
    (
        "on_configuration_change",
        Wanted::Choice(&["apply", "continue", "fail"]),
    ),
    ("unique_key", Wanted::TextOrTexts),
    ("on_schema_change", Wanted::Text),
    ("incremental_strategy", Wanted::Text),
    ("full_refresh", Wanted::Boolean),
];

/// Where a node's configuration may come from.
pub(super) struct Origin<'a> {
    pub kind: NodeKind,
    pub name: &'a str,
    /// The file that the node is made of.
    pub file: &'a Arc<SourceFile>,
    pub entry: Option<&'a Entry>,
    /// Finds the literal arguments of `config(…)`; asked only where there is a fault.
    pub arguments: &'a dyn Fn() -> Vec<ScannedConfig>,
}

/// Checks a settled configuration.
///
/// # Errors
/// `N0208` for each value that does not fit, at the innermost place that gives it.
pub(super) fn check(config: &Config, origin: &Origin<'_>) -> Result<(), Diagnostics> {
    let of_models = if origin.kind == NodeKind::Model {
        OF_MODELS
    } else {
        &[]
    };
    let mut found = Diagnostics::default();
    for (key, wanted) in OF_ALL.iter().chain(of_models) {
        let Some(value) = config.get(key).filter(|v| !v.is_null() && !wanted.fits(v)) else {
            continue;
        };
        // A list that grew from level to level: the member that does not fit says more than the list.
        let value = match value {
            Json::Array(items) if *key == "tags" => items.iter().find(|i| !i.is_string()).unwrap_or(value),
            value => value,
        };
        let message = format!(
            "`{key}` of {} `{}` must be {}, but is {}",
            origin.kind.word(),
            origin.name,
            wanted.words(),
            described(value)
        );
        let mut fault = Diagnostic::error(Code::CONFIG, message).at(origin.place(key));
        if let (Wanted::Choice(known), Some(text)) = (wanted, value.as_str()) {
            fault = fault.did_you_mean(text, known.iter().copied());
        }
        found.push(fault);
    }
    if found.has_errors() { Err(found) } else { Ok(()) }
}

fn described(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => format!("`{value}`"),
        Json::Number(value) => format!("the number `{value}`"),
        Json::String(value) => format!("the text `{value}`"),
        Json::Array(_) => format!("the list `{value}`"),
        Json::Object(_) => format!("the mapping `{value}`"),
    }
}

impl Origin<'_> {
    fn place(&self, key: &str) -> Span {
        self.in_call(key)
            .or_else(|| self.in_properties(key))
            .unwrap_or_else(|| Span::new(self.file, 0, 0))
    }

    /// Returns the place of the value in the template: what stands after the equals sign of the argument.
    fn in_call(&self, key: &str) -> Option<Span> {
        let argument = (self.arguments)()
            .into_iter()
            .rfind(|c| canonical(&c.key) == key)?;
        let span = argument.span;
        let text = span.file.text().get(span.start as usize..span.end as usize)?;
        let (name, value) = text.split_once('=')?;
        let blanks = value.len() - value.trim_start().len();
        let skipped = u32::try_from(name.len() + 1 + blanks).ok()?;
        Some(Span::new(&span.file, span.start + skipped, span.end))
    }

    fn in_properties(&self, key: &str) -> Option<Span> {
        let entry = self.entry?;
        let of = |node: &crate::yaml::Node| {
            node.as_map()?
                .iter()
                .find(|(k, _)| canonical(k.trim_start_matches('+')) == key)
                .map(|(_, value)| value.span(&entry.file.document.file))
        };
        entry.get("config").and_then(of).or_else(|| of(&entry.node))
    }
}
