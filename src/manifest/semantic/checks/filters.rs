//! Filters of metrics and saved queries: what they name, and how.

use serde_json::Value as Json;

use super::super::model::GRAINS;
use super::{Layer, list, quoted, text};
use crate::jinja::{Item, ItemKind, Location, items_of};
use crate::manifest::Node;

pub(super) fn check(layer: &mut Layer<'_>) {
    for metric in layer.metrics.clone() {
        let params = metric.extra.get("type_params").unwrap_or(&Json::Null);
        let own = metric.extra.get("filter").unwrap_or(&Json::Null);
        filters(layer, metric, &["filter"], own);
        for key in ["measure", "numerator", "denominator"] {
            filters(
                layer,
                metric,
                &["type_params", key, "filter"],
                &params[key]["filter"],
            );
        }
        for input in list(params, "metrics") {
            let path = ["type_params", "metrics", text(input, "name"), "filter"];
            filters(layer, metric, &path, &input["filter"]);
        }
    }
    for query in layer.queries.clone() {
        let params = query.extra.get("query_params").unwrap_or(&Json::Null);
        filters(layer, query, &["query_params", "where"], &params["where"]);
    }
}

fn filters(layer: &mut Layer<'_>, node: &Node, path: &[&str], filter: &Json) {
    for one in list(filter, "where_filters") {
        let template = text(one, "where_sql_template");
        let hint = "A filter names what it reads so: {{ Dimension('order__is_paid') }} = true.";
        let found = items_of(template, Location::Filter).and_then(|items| {
            items
                .iter()
                .map(|item| read(layer, item))
                .collect::<Result<Vec<_>, _>>()
        });
        match found {
            Err(said) => {
                let what = format!("has a filter that MetricFlow cannot read: {said}");
                layer.error(node, path, what, hint);
            }
            Ok(grains) => {
                for grain in grains
                    .into_iter()
                    .flatten()
                    .filter(|grain| !layer.is_grain(grain))
                    .collect::<Vec<_>>()
                {
                    let what = format!("has a filter with `{grain}`, which is no granularity");
                    let known = GRAINS
                        .iter()
                        .map(|g| (*g).to_owned())
                        .chain(layer.own_grains.iter().cloned());
                    let hint = format!("It is one of {}.", quoted(known));
                    layer.warn(node, path, what, &hint);
                }
            }
        }
    }
}

/// Splits `order__placed_at__day` into entities, the element and its grain.
pub(super) fn parts<'n>(
    layer: &Layer<'_>,
    name: &'n str,
    own_grains: bool,
) -> (Vec<&'n str>, &'n str, Option<&'n str>) {
    let mut parts: Vec<&str> = name.split("__").collect();
    let is_grain =
        |word: &str| GRAINS.contains(&word) || own_grains && layer.own_grains.iter().any(|g| g == word);
    let grain = match parts.last().copied() {
        Some(last) if parts.len() > 1 && is_grain(last) => {
            parts.pop();
            Some(last)
        }
        _ => None,
    };
    let element = parts.pop().unwrap_or_default();
    (parts, element, grain)
}

/// Checks how an item names something; returns its grain in small letters.
pub(super) fn read(layer: &Layer<'_>, item: &Item) -> Result<Option<String>, String> {
    let by_time = item.kind == ItemKind::TimeDimension || item.grain.is_some() || item.date_part.is_some();
    let needs_entity = |entities: &[&str], element: &str| {
        if entities.len() == 1 || element == "metric_time" {
            return Ok(());
        }
        Err(format!("`{}` is not of the form `entity__dimension`", item.name))
    };
    match item.kind {
        ItemKind::Dimension | ItemKind::TimeDimension if by_time => {
            let (entities, element, grain) = parts(layer, &item.name, true);
            needs_entity(&entities, element)?;
            match (grain, &item.grain) {
                (Some(inner), Some(outer)) if inner != outer => Err(format!(
                    "`{}` has the grain `{inner}` in its name and `{outer}` beside it",
                    item.name
                )),
                (inner, outer) => Ok(inner
                    .map(str::to_owned)
                    .or_else(|| outer.clone())
                    .map(|g| g.to_lowercase())),
            }
        }
        ItemKind::Dimension | ItemKind::TimeDimension => {
            let (entities, element, _) = parts(layer, &item.name, false);
            needs_entity(&entities, element).map(|()| None)
        }
        ItemKind::Entity => match parts(layer, &item.name, false) {
            (_, _, Some(grain)) => Err(format!("the entity `{}` has the grain `{grain}`", item.name)),
            _ => Ok(None),
        },
        ItemKind::Metric => {
            if !parts(layer, &item.name, false).0.is_empty() {
                return Err(format!("the metric `{}` has entities before its name", item.name));
            }
            if item.group_by.is_empty() {
                return Err(format!("the metric `{}` has no `group_by`", item.name));
            }
            Ok(None)
        }
    }
}
