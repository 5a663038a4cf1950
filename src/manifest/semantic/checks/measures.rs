//! Measures: aggregations and their parameters, times, names over all models.

use std::collections::HashMap;

use super::elements::has_time;
use super::{Layer, list, listed, quoted, text};
use crate::manifest::Node;
use serde_json::Value as Json;

pub(super) fn check(layer: &mut Layer<'_>) {
    let mut seen: HashMap<&str, &Node> = HashMap::new();
    for model in layer.models.clone() {
        for measure in listed(model, "measures") {
            let name = text(measure, "name");
            match seen.get(name) {
                Some(other) => {
                    let what = format!(
                        "has the measure `{name}`, as has the semantic model `{}`",
                        other.name
                    );
                    layer.error(
                        model,
                        &["measures", name],
                        what,
                        "Give one of the measures another name.",
                    );
                }
                None => {
                    seen.insert(name, model);
                }
            }
            aggregation(layer, model, measure);
            let time = time_of(model, measure);
            if time.is_empty() {
                let what = format!("has the measure `{name}` without a time to aggregate by");
                let hint = "Set `agg_time_dimension` at the measure, or under `defaults` for all of them.";
                layer.error(model, &["measures", name], what, hint);
                continue;
            }
            // A default that is no time is told once, where it stands.
            if !has_time(model, time) && !text(measure, "agg_time_dimension").is_empty() {
                let what =
                    format!("has the measure `{name}` by `{time}`, which is none of its time dimensions");
                let hint = "Name a dimension of the type `time` of the same semantic model.";
                layer.error(model, &["measures", name, "agg_time_dimension"], what, hint);
            }
            non_additive(layer, model, measure, time);
        }
    }
}

/// Returns the time dimension of a measure, empty where there is none.
fn time_of<'n>(model: &'n Node, measure: &'n Json) -> &'n str {
    match text(measure, "agg_time_dimension") {
        "" => model
            .extra
            .get("defaults")
            .map_or("", |d| text(d, "agg_time_dimension")),
        own => own,
    }
}

fn aggregation(layer: &mut Layer<'_>, model: &Node, measure: &Json) {
    let name = text(measure, "name");
    match text(measure, "agg") {
        "percentile" => match measure["agg_params"]["percentile"].as_f64() {
            None => {
                let what = format!("has the percentile `{name}` without `agg_params: percentile`");
                layer.error(
                    model,
                    &["measures", name, "agg"],
                    what,
                    "Write agg_params: {percentile: 0.95}.",
                );
            }
            Some(at) if at <= 0.0 || at >= 1.0 => {
                let what = format!("has the percentile `{name}` at {at}, which is not between 0 and 1");
                let hint = "Write 0.65 for the 65th percentile; the least and the greatest value are `agg: min` and `agg: max`.";
                layer.error(model, &["measures", name, "agg_params", "percentile"], what, hint);
            }
            Some(_) => {}
        },
        "count" => match measure["expr"].as_str() {
            None => {
                let what = format!("has the count `{name}` without `expr`");
                layer.error(
                    model,
                    &["measures", name, "agg"],
                    what,
                    "Write `expr: 1` to count rows.",
                );
            }
            Some(expr) if expr.to_lowercase().starts_with("distinct ") => {
                let what = format!("has the count `{name}` of `{expr}`, which cannot be added up");
                layer.error(
                    model,
                    &["measures", name, "expr"],
                    what,
                    "Use `agg: count_distinct`.",
                );
            }
            Some(_) => {}
        },
        _ => {}
    }
}

fn non_additive(layer: &mut Layer<'_>, model: &Node, measure: &Json, time: &str) {
    let rule = &measure["non_additive_dimension"];
    if rule.is_null() {
        return;
    }
    let (measure_name, name) = (text(measure, "name"), text(rule, "name"));
    let path = ["measures", measure_name, "non_additive_dimension"];
    let dimension = |wanted: &str| listed(model, "dimensions").find(|d| text(d, "name") == wanted);
    let Some(by) = dimension(time) else { return };
    match dimension(name) {
        None => {
            let what = format!(
                "has the measure `{measure_name}`, not additive by `{name}`, which is none of its dimensions"
            );
            layer.error(
                model,
                &path,
                what,
                "Name a time dimension of the same semantic model.",
            );
        }
        Some(found) => {
            if text(found, "type") != "time" {
                let what = format!(
                    "has the measure `{measure_name}`, not additive by `{name}`, which is no time dimension"
                );
                layer.error(model, &path, what, "Name a dimension of the type `time`.");
            }
            let (own, other) = (&found["type_params"], &by["type_params"]);
            if own.is_object() && other.is_object() && own["time_granularity"] != other["time_granularity"] {
                let what = format!(
                    "has the measure `{measure_name}`, not additive by `{name}` of the granularity {}, but its time `{time}` is of {}",
                    text(own, "time_granularity"),
                    text(other, "time_granularity")
                );
                layer.error(model, &path, what, "Use dimensions of one granularity.");
            }
        }
    }
    let choice = text(rule, "window_choice");
    if !matches!(choice, "min" | "max") {
        let what = format!("has the measure `{measure_name}` with the `window_choice` {choice}");
        let path = [path[0], path[1], path[2], "window_choice"];
        layer.error(model, &path, what, "It is `min` or `max`.");
    }
    let missing: Vec<&str> = list(rule, "window_groupings")
        .filter_map(Json::as_str)
        .filter(|wanted| !listed(model, "entities").any(|e| text(e, "name") == *wanted))
        .collect();
    if !missing.is_empty() {
        let what = format!(
            "has the measure `{measure_name}`, grouped by {}, which are none of its entities",
            quoted(missing)
        );
        let path = [path[0], path[1], path[2], "window_groupings"];
        layer.error(model, &path, what, "Name entities of the same semantic model.");
    }
}
