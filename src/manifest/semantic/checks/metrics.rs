//! Metrics: windows, inputs and their names, conversions.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::super::model::GRAINS;
use super::names::fault_of;
use super::{Layer, field, list, listed, quoted, text};
use crate::manifest::Node;

pub(super) fn check(layer: &mut Layer<'_>) {
    aliases(layer);
    for metric in layer.metrics.clone() {
        let params = metric.extra.get("type_params").unwrap_or(&Json::Null);
        match field(metric, "type") {
            "cumulative" => cumulative(layer, metric, params),
            "derived" => derived(layer, metric, params),
            "conversion" => conversion(layer, metric, params),
            _ => {}
        }
        offsets(layer, metric, params);
    }
}

/// Measures that a metric renames, and measures that it reads more than once.
fn aliases(layer: &mut Layer<'_>) {
    let models = layer.models.clone();
    let measures: HashSet<&str> = models
        .iter()
        .flat_map(|m| super::super::model::measures(m))
        .collect();
    let mut taken: HashMap<&str, Vec<&str>> = HashMap::new();
    for metric in layer.metrics.clone() {
        let params = metric.extra.get("type_params").unwrap_or(&Json::Null);
        let inputs: Vec<&Json> = list(params, "input_measures").collect();
        let mut told = Vec::new();
        for input in &inputs {
            let name = text(input, "name");
            let same = inputs.iter().filter(|other| text(other, "name") == name).count();
            if same > 1 && !input["filter"].is_null() && input["alias"].is_null() && !told.contains(&name) {
                told.push(name);
                let what = format!(
                    "reads the measure `{name}` with different filters, and one of them has no alias"
                );
                layer.error(
                    metric,
                    &["type_params"],
                    what,
                    "Give the filtered measures an `alias` each.",
                );
            }
        }
        for input in inputs {
            let Some(alias) = input["alias"].as_str() else {
                continue;
            };
            let path = ["type_params", "measure", "alias"];
            if let Some((what, hint)) = fault_of(alias) {
                layer.error(
                    metric,
                    &path,
                    what.replacen("has the name", "has the alias", 1),
                    hint,
                );
            }
            if measures.contains(alias) {
                let what = format!(
                    "calls the measure `{}` by the name of another: `{alias}`",
                    text(input, "name")
                );
                layer.error(metric, &path, what, "Choose another alias.");
            }
            let others = taken.entry(alias).or_default();
            if !others.is_empty() {
                let what = format!(
                    "has the alias `{alias}` for a measure, as have {}",
                    quoted(others.iter())
                );
                let hint = "Choose another alias; metrics that read one with an alias count too.";
                layer.error(metric, &path, what, hint);
            }
            others.push(&metric.name);
        }
    }
}

/// Checks the grain of a window such as `7 days`.
fn window(layer: &mut Layer<'_>, metric: &Node, path: &[&str], window: &Json, own_too: bool) {
    if window.is_null() {
        return;
    }
    let written = text(window, "granularity");
    let singular = written.strip_suffix('s').filter(|grain| layer.is_grain(grain));
    let grain = singular.unwrap_or(written).to_owned();
    if !layer.is_grain(&grain) {
        let what = format!(
            "has a window of `{} {written}`, which is no granularity",
            window["count"]
        );
        layer.error(metric, path, what, "Write a count and a granularity: `28 days`.");
    } else if !own_too && !GRAINS.contains(&grain.as_str()) {
        let what = format!(
            "has a window of `{written}`, a granularity of a time spine, which windows do not take yet"
        );
        layer.error(
            metric,
            path,
            what,
            "Use a granularity that dbt brings: `28 days`.",
        );
    }
}

fn cumulative(layer: &mut Layer<'_>, metric: &Node, params: &Json) {
    let inner = &params["cumulative_type_params"];
    let outer_window = &params["window"];
    if !outer_window.is_null() && !inner["window"].is_null() && *outer_window != inner["window"] {
        let what = "has two different windows".to_owned();
        layer.error(
            metric,
            &["type_params", "window"],
            what,
            "Keep the one under `cumulative_type_params`.",
        );
    }
    let either = |key: &str| {
        if inner[key].is_null() {
            &params[key]
        } else {
            &inner[key]
        }
    };
    let grain = either("grain_to_date").as_str().map(str::to_lowercase);
    let place = ["type_params", "cumulative_type_params"];
    if let Some(grain) = &grain
        && !GRAINS.contains(&grain.as_str())
    {
        let what = format!("has the `grain_to_date` `{grain}`, which is no granularity that dbt brings");
        layer.error(
            metric,
            &[place[0], place[1], "grain_to_date"],
            what,
            "Write `month`, or another such word.",
        );
    }
    let chosen = either("window").clone();
    if grain.is_some() && !chosen.is_null() {
        let what = "has a window and a `grain_to_date`".to_owned();
        layer.error(metric, &place, what, "Keep one of them.");
    }
    window(layer, metric, &[place[0], place[1], "window"], &chosen, false);
}

fn derived(layer: &mut Layer<'_>, metric: &Node, params: &Json) {
    let inputs: Vec<&Json> = list(params, "metrics").collect();
    let place = ["type_params", "metrics"];
    if inputs.is_empty() {
        let what = "is derived, but from no metrics".to_owned();
        layer.error(
            metric,
            &["type_params"],
            what,
            "List them under `type_params: metrics`.",
        );
    }
    let mut used: Vec<&str> = inputs.iter().map(|input| text(input, "name")).collect();
    for input in &inputs {
        let Some(alias) = input["alias"].as_str() else {
            continue;
        };
        let path = [place[0], place[1], text(input, "name"), "alias"];
        if let Some((what, hint)) = fault_of(alias) {
            layer.error(
                metric,
                &path,
                what.replacen("has the name", "has the alias", 1),
                hint,
            );
        }
        if used.contains(&alias) {
            let what = format!("has the alias `{alias}`, which is the name of another input");
            layer.error(metric, &path, what, "Choose another alias.");
            used.push(alias);
        }
    }
    let expr = text(params, "expr");
    if expr.is_empty() {
        let what = "is derived, but has no `expr`".to_owned();
        layer.warn(
            metric,
            &["type_params"],
            what,
            "Write how its inputs make it: `expr: revenue - cost`.",
        );
        return;
    }
    for input in inputs {
        let name = input["alias"].as_str().unwrap_or_else(|| text(input, "name"));
        if !expr.contains(name) {
            let what = format!("lists the metric `{name}`, which its `expr` does not use");
            layer.warn(metric, &["type_params", "expr"], what, "Use it, or take it out.");
        }
    }
}

fn offsets(layer: &mut Layer<'_>, metric: &Node, params: &Json) {
    for input in list(params, "metrics") {
        let name = text(input, "name");
        let path = |key: &'static str| ["type_params", "metrics", name, key];
        window(
            layer,
            metric,
            &path("offset_window"),
            &input["offset_window"],
            true,
        );
        let grain = input["offset_to_grain"].as_str().map(str::to_lowercase);
        if let Some(grain) = &grain
            && !GRAINS.contains(&grain.as_str())
        {
            let what =
                format!("has the `offset_to_grain` `{grain}`, which is no granularity that dbt brings");
            layer.error(
                metric,
                &path("offset_to_grain"),
                what,
                "Write `month`, or another such word.",
            );
        }
        if grain.is_some() && !input["offset_window"].is_null() {
            let what = format!("has an `offset_window` and an `offset_to_grain` for `{name}`");
            layer.error(metric, &path("offset_window"), what, "Keep one of them.");
        }
    }
}

fn conversion(layer: &mut Layer<'_>, metric: &Node, params: &Json) {
    let conversion = &params["conversion_type_params"];
    let models = layer.models.clone();
    let model_of = |key: &str| {
        let name = text(&conversion[key], "name");
        let has = |model: &&&Node| super::super::model::measures(model).any(|m| m == name);
        models.iter().find(has).copied()
    };
    let place = ["type_params", "conversion_type_params"];
    for (key, property) in [
        ("base_measure", "base_property"),
        ("conversion_measure", "conversion_property"),
    ] {
        // A measure that no model has is told where metrics are linked.
        let Some(model) = model_of(key) else { continue };
        let entity = text(conversion, "entity");
        let is_in = |section: &str, name: &str| listed(model, section).any(|e| text(e, "name") == name);
        if !is_in("entities", entity) {
            let what = format!(
                "joins by the entity `{entity}`, which the semantic model `{}` does not have",
                model.name
            );
            layer.error(
                metric,
                &[place[0], place[1], "entity"],
                what,
                "Name an entity of both semantic models.",
            );
        }
        let name = text(&conversion[key], "name");
        if let Some(measure) = listed(model, "measures").find(|m| text(m, "name") == name) {
            let (agg, expr) = (text(measure, "agg"), text(measure, "expr"));
            if !matches!(agg, "count" | "count_distinct") && (agg != "sum" || expr != "1") {
                let what = format!("counts conversions by the measure `{name}`, which is no count");
                let hint =
                    "Use a measure with `agg: count`, `agg: count_distinct`, or `agg: sum` of `expr: 1`.";
                layer.error(metric, &[place[0], place[1], key], what, hint);
            }
        }
        for constant in list(conversion, "constant_properties") {
            let name = text(constant, property);
            if !is_in("entities", name) && !is_in("dimensions", name) {
                let what = format!(
                    "keeps `{name}` constant, which the semantic model `{}` does not have",
                    model.name
                );
                let hint =
                    "Name an entity or a dimension of that semantic model, without an entity before it.";
                layer.error(metric, &[place[0], place[1], "constant_properties"], what, hint);
            }
        }
    }
    if !conversion["conversion_measure"]["filter"].is_null() {
        let what = "filters its conversion measure, which MetricFlow does not fully support".to_owned();
        layer.warn(
            metric,
            &[place[0], place[1], "conversion_measure"],
            what,
            "Filter the base measure, or the metric.",
        );
    }
    window(
        layer,
        metric,
        &[place[0], place[1], "window"],
        &conversion["window"],
        false,
    );
}
