//! Time spines beside what is measured in time, and what of them is deprecated.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::links::LEGACY_TIME_SPINE;
use super::super::model::GRAINS;
use super::names::{ELEMENTS, fault_of};
use super::{Layer, list, listed, quoted, text};
use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::parse::Parsing;
use crate::manifest::{Manifest, Node, NodeKind};

/// The models with a `time_spine`.
fn spines(manifest: &Manifest) -> impl Iterator<Item = (&Node, &Json)> {
    let models = manifest.nodes.values().filter(|n| n.kind == NodeKind::Model);
    models.filter_map(|node| Some((&**node, node.extra.get("time_spine").filter(|s| s.is_object())?)))
}

/// Returns the names of the granularities that time spines add.
pub(super) fn own_grains(manifest: &Manifest) -> Vec<String> {
    let grains = spines(manifest).flat_map(|(_, spine)| list(spine, "custom_granularities"));
    grains.map(|grain| text(grain, "name").to_owned()).collect()
}

/// Returns the place of a spine's grain among all grains.
fn rank_of(node: &Node, spine: &Json) -> Option<usize> {
    let column = node.columns.get(text(spine, "standard_granularity_column"))?;
    rank(column.granularity.as_deref()?)
}

fn rank(grain: &str) -> Option<usize> {
    GRAINS.iter().position(|g| *g == grain)
}

pub(super) fn check(layer: &mut Layer<'_>) {
    own(layer);
    let mut by_rank: BTreeMap<usize, Vec<&Node>> = BTreeMap::new();
    for (node, spine) in spines(layer.manifest) {
        if let Some(rank) = rank_of(node, spine) {
            by_rank.entry(rank).or_default().push(node);
        }
    }
    let Some((smallest, spine)) = by_rank
        .iter()
        .next()
        .and_then(|(rank, nodes)| Some((*rank, *nodes.first()?)))
    else {
        return;
    };
    for (rank, nodes) in by_rank.iter().filter(|(_, nodes)| nodes.len() > 1) {
        let what = format!(
            "there are several time spines of the granularity {}: {}",
            GRAINS[*rank],
            quoted(nodes.iter().map(|n| &n.name))
        );
        let warning = Diagnostic::warning(Code::SEMANTIC, what)
            .event("SemanticValidationFailure")
            .at(nodes[1].declared_at.clone());
        layer.faults.push(warning.hint("Keep one of each granularity."));
    }
    let dimensions = layer.models.iter().flat_map(|model| listed(model, "dimensions"));
    let finest = dimensions
        .filter_map(|d| rank(text(&d["type_params"], "time_granularity")))
        .min();
    match finest {
        None => {
            // dbt asks for the least of no granularities there, and ends.
            let what = "there is a time spine, but no semantic model has a time dimension with a granularity";
            let fault = Diagnostic::error(Code::SEMANTIC, what).at(spine.declared_at.clone());
            layer
                .faults
                .push(fault.hint("Add one, or take the time spine's declaration out."));
        }
        Some(finest) if finest < smallest => {
            let what = format!(
                "there are time dimensions by {}, but no time spine finer than by {}",
                GRAINS[finest], GRAINS[smallest]
            );
            let warning = Diagnostic::warning(Code::SEMANTIC, what)
                .event("SemanticValidationFailure")
                .at(spine.declared_at.clone());
            layer
                .faults
                .push(warning.hint("Add a time spine of that granularity: queries by it may fail."));
        }
        Some(_) => {}
    }
}

/// Granularities of one's own have names that nothing else has.
fn own(layer: &mut Layer<'_>) {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for model in &layer.models {
        for (section, kind) in ELEMENTS {
            taken.extend(listed(model, section).map(|item| (text(item, "name").to_owned(), kind)));
        }
        taken.insert(model.name.to_string(), "semantic model");
    }
    taken.extend(layer.metrics.iter().map(|m| (m.name.to_string(), "metric")));
    let mut seen: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for (node, spine) in spines(layer.manifest) {
        for grain in list(spine, "custom_granularities") {
            let name = text(grain, "name");
            let mut told = |what: String, hint: &str| {
                let message = format!("the time spine `{}` {what}", node.name);
                let fault = Diagnostic::error(Code::SEMANTIC, message).at(node.declared_at.clone());
                found.push(fault.hint(hint));
            };
            if let Some((what, hint)) = fault_of(name) {
                told(
                    what.replacen("has the name", "has a granularity with the name", 1),
                    hint,
                );
            }
            if let Some(kind) = taken.get(name) {
                told(
                    format!("calls a granularity `{name}`, which is a {kind}"),
                    "Choose another name.",
                );
            }
            if seen.iter().any(|known| known == name) {
                told(
                    format!("calls a granularity `{name}`, as another does"),
                    "Choose another name.",
                );
            }
            seen.push(name.to_owned());
        }
    }
    layer.faults.extend(found);
}

/// Forms of cumulative metrics and time spines that dbt is about to drop.
pub(super) fn deprecations(cx: &Parsing<'_>, layer: &mut Layer<'_>) {
    let flag = |name: &str| cx.project.behaviour(name, false);
    let older = |metric: &&&Node| {
        let params = metric.extra.get("type_params").unwrap_or(&Json::Null);
        !params["window"].is_null() || !params["grain_to_date"].is_null()
    };
    let metrics = layer.metrics.clone();
    let mut older = metrics.iter().filter(older).peekable();
    let hint = "Write both under `type_params: cumulative_type_params`.";
    let what = "has `window` or `grain_to_date` directly under `type_params`";
    if flag("require_nested_cumulative_type_params") {
        for metric in older {
            layer.error(metric, &["type_params"], what.to_owned(), hint);
        }
    } else if let Some(metric) = older.peek() {
        let warning = Diagnostic::warning(Code::DEPRECATED, super::message(metric, what))
            .event("MFCumulativeTypeParamsDeprecation")
            .at(layer.place(metric, &["type_params"]));
        layer.faults.push(warning.hint(hint));
    }
    let has_days = spines(layer.manifest).any(|(node, spine)| rank_of(node, spine) == rank("day"));
    let legacy = layer.manifest.nodes.values().find(|n| {
        n.kind == NodeKind::Model && &*n.name == LEGACY_TIME_SPINE && !n.extra.contains_key("time_spine")
    });
    if let Some(legacy) =
        legacy.filter(|_| !has_days && !flag("require_yaml_configuration_for_mf_time_spines"))
    {
        let message = format!("the model `{LEGACY_TIME_SPINE}` is a time spine by its name alone");
        let warning = Diagnostic::warning(Code::DEPRECATED, message)
            .event("MFTimespineWithoutYamlConfigurationDeprecation")
            .at(legacy.declared_at.clone());
        layer.faults.push(warning.hint(
            "Declare it: `time_spine: {standard_granularity_column: date_day}` at the model, and `granularity: day` at the column.",
        ));
    }
}
