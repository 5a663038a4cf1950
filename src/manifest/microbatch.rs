//! Models that are built in batches of time: which they are, and whether their configuration fits.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::Value as Json;

use super::{Manifest, Node, NodeId, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::jinja::{Engine, MacroInfo};

const STRATEGY_MACRO: &str = "get_incremental_microbatch_sql";
/// Models with a macro of the project's for the strategy are built in batches too.
pub(super) const OWN_STRATEGY_FLAG: &str = "require_batched_execution_for_custom_microbatch_strategy";
const SIZES: [&str; 4] = ["hour", "day", "month", "year"];

/// Says whether a model is built in batches. Where the project or a package has its own macro for the strategy, it is
/// only if a flag of the project says so.
pub fn in_batches(engine: &Engine, manifest: &Manifest, node: &Node) -> bool {
    has_strategy(node)
        && (manifest.batches_own_strategy || own_macro(engine, &manifest.project_name).is_none())
}

fn has_strategy(node: &Node) -> bool {
    node.kind == NodeKind::Model
        && node.config.materialized() == "incremental"
        && node.config.str("incremental_strategy") == Some("microbatch")
}

/// Returns the macro of the strategy, if it is not the built-in one.
fn own_macro(engine: &Engine, root: &str) -> Option<Arc<MacroInfo>> {
    engine
        .macro_of_any_package(root, STRATEGY_MACRO)
        .filter(|found| !engine.is_internal(&found.package))
}

/// Checks the configuration of all models that are built in batches, and writes `begin` as artifacts have it.
pub(super) fn check(manifest: &mut Manifest, engine: &Engine, faults: &mut Diagnostics) {
    let own = own_macro(engine, &manifest.project_name).filter(|_| !manifest.batches_own_strategy);
    if let Some(own) = own
        && manifest.nodes.values().any(|node| has_strategy(node))
    {
        let message = format!(
            "models of the strategy `microbatch` are built at once by the macro `{STRATEGY_MACRO}` of `{}`, not in batches",
            own.package
        );
        faults.push(
            Diagnostic::warning(Code::DEPRECATED, message)
                .event("MicrobatchMacroOutsideOfBatchesDeprecation")
                .at(own.span.clone())
                .hint(format!(
                    "Let the macro build one batch, and set `{OWN_STRATEGY_FLAG}: true` under `flags:`."
                )),
        );
    }
    let found: Vec<NodeId> = manifest
        .nodes
        .values()
        .filter(|node| in_batches(engine, manifest, node))
        .map(|node| node.id.clone())
        .collect();
    for id in found {
        let Some(node) = manifest.nodes.get(&id).cloned() else {
            continue;
        };
        let before = faults.0.len();
        for (message, hint) in faults_of(&node) {
            faults.0.push(
                Diagnostic::error(
                    Code::CONFIG,
                    format!("microbatch model `{}` {message}", node.name),
                )
                .at(node.declared_at.clone())
                .hint(hint),
            );
        }
        if faults.0.len() > before {
            continue;
        }
        if !has_limited_input(manifest, &node) {
            manifest.warnings.push(
                Diagnostic::warning(
                    Code::CONFIG,
                    format!(
                        "no input of the microbatch model `{}` has an `event_time`",
                        node.name
                    ),
                )
                .at(node.declared_at.clone())
                .hint("Every batch reads all of its inputs' rows. Set `event_time` on what it refers to."),
            );
        }
        write_begin(manifest, &id);
    }
}

/// Returns what is wrong with a model's configuration, each with what to do.
fn faults_of(node: &Node) -> Vec<(String, String)> {
    let config = |key: &str| node.config.get(key).filter(|value| !value.is_null());
    let mut faults = Vec::new();
    let mut fault = |message: String, hint: &str| faults.push((message, hint.to_owned()));
    let column = "Set `event_time` to the name of the column that holds each row's time.";
    match config("event_time") {
        None => fault("has no `event_time`".into(), column),
        Some(Json::String(_)) => {}
        Some(other) => fault(format!("has an `event_time` that is no text: {other}"), column),
    }
    let first = "Set `begin` to the time of the first batch, such as 2024-01-01.";
    match config("begin") {
        None => fault("has no `begin`".into(), first),
        Some(Json::String(text)) if time_of(text).is_some() => {}
        Some(other) => fault(format!("has a `begin` that is no time: {other}"), first),
    }
    let size = "Set `batch_size` to hour, day, month or year.";
    match config("batch_size") {
        None => fault("has no `batch_size`".into(), size),
        Some(Json::String(text)) if SIZES.contains(&text.as_str()) => {}
        Some(other) => fault(format!("has a `batch_size` that is none: {other}"), size),
    }
    if let Some(other) = config("lookback").filter(|value| !value.is_i64() && !value.is_u64()) {
        fault(
            format!("has a `lookback` that is no whole number: {other}"),
            "Set `lookback` to how many batches before the last are built again.",
        );
    }
    if let Some(other) = config("concurrent_batches").filter(|value| !value.is_boolean()) {
        fault(
            format!("has a `concurrent_batches` that is neither true nor false: {other}"),
            "Set `concurrent_batches` to true or false, or leave it out.",
        );
    }
    faults
}

fn has_limited_input(manifest: &Manifest, node: &Node) -> bool {
    node.depends_on.iter().any(|id| {
        let config = manifest
            .nodes
            .get(id)
            .map(|n| &n.config)
            .or_else(|| manifest.sources.get(id).map(|s| &s.config));
        config.is_some_and(|c| c.str("event_time").is_some_and(|name| !name.is_empty()))
    })
}

fn write_begin(manifest: &mut Manifest, id: &NodeId) {
    if let Some(node) = manifest.nodes.get_mut(id)
        && let Some(text) = node.config.str("begin")
        && text.parse::<DateTime<Utc>>().is_err()
        && let Some(begin) = time_of(text)
    {
        let text = begin.format("%Y-%m-%dT%H:%M:%S").to_string();
        let node = Arc::make_mut(node);
        Arc::make_mut(&mut node.config)
            .values
            .insert("begin".into(), text.into());
    }
}

/// Reads a time as configurations and flags spell it: a date, or date and time with `T` or a blank between. A zone is
/// not looked at, as in dbt: times are UTC.
pub fn time_of(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(date.and_time(NaiveTime::MIN).and_utc());
    }
    let formats = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ];
    if let Some(time) = formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    {
        return Some(time.and_utc());
    }
    let zoned = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z"];
    let with_offset = text.strip_suffix('Z').map(|t| format!("{t}+00:00"));
    let text = with_offset.as_deref().unwrap_or(text);
    zoned
        .iter()
        .find_map(|format| DateTime::parse_from_str(text, format).ok())
        .map(|time| time.naive_local().and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        time_of(text).unwrap()
    }

    #[test]
    fn times_are_read_as_written() {
        assert_eq!(at("2024-01-02T03:04:05+09:00"), at("2024-01-02 03:04:05"));
        assert_eq!(at("2024-01-02T03:04:05Z"), at("2024-01-02 03:04:05"));
        assert!(time_of("yesterday").is_none());
        assert!(time_of("2024-13-01").is_none());
    }
}
