//! Refuses configuration that no run could make sense of, each fault at the place that says it.
//!
//! The types are dbt's: it validates a node's settled configuration and stops at the first value that does not fit. A
//! configuration that several nodes share is looked through once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value as Json;

use super::config::{Aliases, canonical};
use super::levels::Settled;
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
    Texts,
    Choice(&'static [&'static str]),
    WholeNumber,
    /// `warn` or `error`, in any case of letters.
    Severity,
    Mapping,
    /// Hooks in their settled form.
    Hooks,
    /// A mapping in which these keys are true or false, but for those that end in `color`.
    Switches(&'static [&'static str]),
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
            Self::Texts => value
                .as_array()
                .is_some_and(|items| items.iter().all(Json::is_string)),
            Self::Choice(known) => value.as_str().is_some_and(|v| known.contains(&v)),
            Self::WholeNumber => value.is_i64() || value.is_u64(),
            Self::Severity => value.as_str().is_some_and(|word| {
                ["warn", "error"]
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known))
            }),
            Self::Mapping => value.is_object(),
            Self::Hooks => value
                .as_array()
                .is_some_and(|hooks| hooks.iter().all(|hook| hook["sql"].is_string())),
            Self::Switches(known) => value.as_object().is_some_and(|map| {
                map.iter().all(|(key, value)| {
                    !known.contains(&key.as_str()) || value.is_boolean() || key.ends_with("color")
                })
            }),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Boolean => "true or false".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::TextOrTexts => "a text or a list of texts".to_owned(),
            Self::Texts => "a list of texts".to_owned(),
            Self::WholeNumber => "a whole number".to_owned(),
            Self::Severity => "`warn` or `error`".to_owned(),
            Self::Mapping => "a mapping".to_owned(),
            Self::Hooks => "SQL, a mapping with `sql`, or a list of these".to_owned(),
            Self::Switches(known) => {
                let known: Vec<String> = known.iter().map(|k| format!("`{k}`")).collect();
                format!(
                    "a mapping of true and false, with no keys but {}",
                    known.join(" and ")
                )
            }
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
    ("meta", Wanted::Mapping),
    ("group", Wanted::Text),
    ("docs", Wanted::Switches(&["show", "node_color"])),
    ("contract", Wanted::Switches(&["enforced", "alias_types"])),
    ("persist_docs", Wanted::Mapping),
    ("quoting", Wanted::Mapping),
    ("column_types", Wanted::Mapping),
    ("grants", Wanted::Mapping),
    ("packages", Wanted::Texts),
    ("pre-hook", Wanted::Hooks),
    ("post-hook", Wanted::Hooks),
];

const OF_SNAPSHOTS: &[(&str, Wanted)] = &[
    ("strategy", Wanted::Text),
    ("unique_key", Wanted::TextOrTexts),
    ("updated_at", Wanted::Text),
    ("check_cols", Wanted::TextOrTexts),
    ("target_schema", Wanted::Text),
    ("target_database", Wanted::Text),
    ("snapshot_meta_column_names", Wanted::Mapping),
];

const OF_SEEDS: &[(&str, Wanted)] = &[
    ("delimiter", Wanted::Text),
    ("quote_columns", Wanted::Boolean),
    ("full_refresh", Wanted::Boolean),
];

const OF_TESTS: &[(&str, Wanted)] = &[
    ("severity", Wanted::Severity),
    ("store_failures", Wanted::Boolean),
    ("store_failures_as", Wanted::Text),
    ("where", Wanted::Text),
    ("limit", Wanted::WholeNumber),
    ("fail_calc", Wanted::Text),
    ("warn_if", Wanted::Text),
    ("error_if", Wanted::Text),
];

const OF_FUNCTIONS: &[(&str, Wanted)] = &[
    ("type", Wanted::Choice(&["scalar", "aggregate", "table"])),
    (
        "volatility",
        Wanted::Choice(&["deterministic", "stable", "non-deterministic"]),
    ),
    ("runtime_version", Wanted::Text),
    ("entry_point", Wanted::Text),
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
    pub aliases: Aliases,
    /// Finds the literal arguments of `config(…)`; asked only where there is a fault.
    pub arguments: &'a dyn Fn() -> Vec<ScannedConfig>,
}

/// Checks a settled configuration.
///
/// # Errors
/// `N0208` for each value that does not fit, at the innermost place that gives it.
pub(super) fn check(settled: &Settled, origin: &Origin<'_>) -> Result<(), Diagnostics> {
    if settled.fits.load(Ordering::Relaxed) {
        return Ok(());
    }
    let config = &settled.config;
    let mut found = Diagnostics::default();
    for (key, fault) in misfits(config, origin.kind, origin.name) {
        found.push(fault.at(origin.place(key)));
    }
    if !found.has_errors() && origin.kind == NodeKind::Snapshot && config.enabled() {
        found.extend(snapshot(config, origin));
    }
    if found.has_errors() {
        return Err(found);
    }
    settled.fits.store(true, Ordering::Relaxed);
    Ok(())
}

/// Refuses a node of a catalog of another system where the database has none.
///
/// # Errors
/// `N0208` at the place that names the catalog.
pub(super) fn check_catalog(config: &Config, origin: &Origin<'_>) -> Result<(), Diagnostic> {
    let named = |key: &&str| {
        config.get(key).is_some_and(|value| {
            !matches!(value, Json::Null | Json::Bool(false)) && value.as_str() != Some("")
        })
    };
    let Some(key) = ["catalog_name", "catalog"].into_iter().find(named) else {
        return Ok(());
    };
    let value = config.get(key).map(described).unwrap_or_default();
    let message = format!(
        "`{key}` of {} `{}` is {value}, and this database has no catalogs of other systems",
        origin.kind.word(),
        origin.name
    );
    Err(Diagnostic::error(Code::CONFIG, message)
        .at(origin.place(key))
        .hint(format!("Take `{key}` out.")))
}

/// Checks the settled configuration of a generic test, which stands at `place`.
///
/// # Errors
/// `N0208` for the first value that does not fit.
pub(super) fn check_test(settled: &Settled, name: &str, place: &Span) -> Result<(), Diagnostic> {
    if settled.fits.load(Ordering::Relaxed) {
        return Ok(());
    }
    if let Some((_, fault)) = misfits(&settled.config, NodeKind::Test, name).into_iter().next() {
        return Err(fault.at(place.clone()));
    }
    settled.fits.store(true, Ordering::Relaxed);
    Ok(())
}

/// Returns the keys whose values do not fit, and what to say of each.
fn misfits(config: &Config, kind: NodeKind, name: &str) -> Vec<(&'static str, Diagnostic)> {
    let of_kind = match kind {
        NodeKind::Model => OF_MODELS,
        NodeKind::Snapshot => OF_SNAPSHOTS,
        NodeKind::Seed => OF_SEEDS,
        NodeKind::Function => OF_FUNCTIONS,
        NodeKind::Test => OF_TESTS,
        _ => &[],
    };
    let mut found = Vec::new();
    for (key, wanted) in OF_ALL.iter().chain(of_kind) {
        let Some(value) = config.get(key).filter(|v| !v.is_null() && !wanted.fits(v)) else {
            continue;
        };
        // A list that grew from level to level: the member that does not fit says more than the list.
        let value = match value {
            Json::Array(items) if *key == "tags" => items.iter().find(|i| !i.is_string()).unwrap_or(value),
            value => value,
        };
        let message = format!(
            "`{key}` of {} `{name}` must be {}, but is {}",
            kind.word(),
            wanted.words(),
            described(value)
        );
        let mut fault = Diagnostic::error(Code::CONFIG, message);
        if let (Wanted::Choice(known), Some(text)) = (wanted, value.as_str()) {
            fault = fault.did_you_mean(text, known.iter().copied());
        }
        found.push((*key, fault));
    }
    found
}

/// Says what a snapshot lacks that its strategy needs.
fn snapshot(config: &Config, origin: &Origin<'_>) -> Option<Diagnostic> {
    let name = origin.name;
    let is_set = |key: &str| {
        config.get(key).is_some_and(|v| {
            !v.is_null() && v.as_str() != Some("") && v.as_array().is_none_or(|a| !a.is_empty())
        })
    };
    let lacks = |keys: &[&'static str]| keys.iter().copied().find(|key| !is_set(key));
    if config.materialized() != "snapshot" {
        let message = format!(
            "snapshot `{name}` is materialized as `{}`, and a snapshot cannot be",
            config.materialized()
        );
        let fault = Diagnostic::error(Code::CONFIG, message).at(origin.place("materialized"));
        return Some(fault.hint("Take `materialized` out."));
    }
    let (key, why) = match lacks(&["strategy", "unique_key"]) {
        Some(key) => (key, String::new()),
        None => match config.str("strategy") {
            Some("timestamp") => (
                lacks(&["updated_at"])?,
                " for the strategy `timestamp`".to_owned(),
            ),
            Some("check") => (lacks(&["check_cols"])?, " for the strategy `check`".to_owned()),
            _ => return None,
        },
    };
    let hint = match key {
        "strategy" => "Set `strategy` to `timestamp` or `check`.",
        "unique_key" => "Set `unique_key` to the column, or the columns, that tell the rows apart.",
        "updated_at" => "Set `updated_at` to the column with the time of a row's last change.",
        _ => "Set `check_cols` to a list of columns, or to `all`.",
    };
    let place = origin.whole();
    let fault = Diagnostic::error(Code::CONFIG, format!("snapshot `{name}` needs `{key}`{why}"));
    Some(fault.at(place).hint(hint))
}

pub(super) fn described(value: &Json) -> String {
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

    /// Returns the place of the node's first argument of `config(…)`, else of its entry, else of its file.
    fn whole(&self) -> Span {
        let argument = (self.arguments)().into_iter().next().map(|c| c.span);
        let entry = self.entry.map(|entry| entry.node.span(&entry.file.document.file));
        argument.or(entry).unwrap_or_else(|| Span::new(self.file, 0, 0))
    }

    /// Returns the place of the value in the template: what stands after the equals sign of the argument.
    fn in_call(&self, key: &str) -> Option<Span> {
        let argument = (self.arguments)()
            .into_iter()
            .rfind(|c| canonical(&c.key, self.aliases) == key)?;
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
                .find(|(k, _)| canonical(k.trim_start_matches('+'), self.aliases) == key)
                .map(|(_, value)| value.span(&entry.file.document.file))
        };
        entry.get("config").and_then(of).or_else(|| of(&entry.node))
    }
}
