//! Saved queries: what they group and order by, their limit.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::filters::{parts, read};
use super::{Layer, list, listed, text};
use crate::jinja::{Item, Location, item_of, items_of};
use crate::manifest::Node;

pub(super) fn check(layer: &mut Layer<'_>) {
    let mut known: HashSet<String> = layer.metrics.iter().map(|m| m.name.to_string()).collect();
    known.insert("metric_time".to_owned());
    for model in &layer.models {
        for section in ["dimensions", "entities"] {
            known.extend(listed(model, section).map(|item| text(item, "name").to_owned()));
        }
    }
    for query in layer.queries.clone() {
        let params = query.extra.get("query_params").unwrap_or(&Json::Null);
        groups(layer, query, params, &known);
        orders(layer, query, params);
        if params["limit"].as_i64().is_some_and(|limit| limit < 0) {
            let what = format!("has the limit {}", params["limit"]);
            layer.error(
                query,
                &["query_params", "limit"],
                what,
                "Write how many rows it gives at most, 0 or more.",
            );
        }
    }
}

const FORM: &str =
    "Write it so: Dimension('order__is_paid'), TimeDimension('metric_time', 'month'), Entity('order').";

fn groups(layer: &mut Layer<'_>, query: &Node, params: &Json, known: &HashSet<String>) {
    for group in list(params, "group_by").filter_map(Json::as_str) {
        let path = ["query_params", "group_by", group];
        let found = items_of(&format!("{{{{{group}}}}}"), Location::Filter).and_then(|items| {
            let checked = items.iter().map(|item| read(layer, item).map(|_| item.clone()));
            checked.collect::<Result<Vec<Item>, _>>()
        });
        match found {
            Err(said) => {
                let what = format!("groups by `{group}`, which MetricFlow cannot read: {said}");
                layer.error(query, &path, what, FORM);
            }
            Ok(items) => {
                let names: Vec<&str> = items
                    .iter()
                    .map(|item| parts(layer, &item.name, true).1)
                    .collect();
                if !matches!(names.as_slice(), [name] if known.contains(*name)) {
                    let what = format!("groups by `{group}`, which nothing in the project is called");
                    layer.error(query, &path, what, FORM);
                }
            }
        }
    }
}

fn orders(layer: &mut Layer<'_>, query: &Node, params: &Json) {
    let orders: Vec<&str> = list(params, "order_by").filter_map(Json::as_str).collect();
    if orders.is_empty() {
        return;
    }
    let metrics = list(params, "metrics").filter_map(Json::as_str);
    let shown = metrics.map(|metric| item_of(&format!("Metric('{metric}')"), Location::Filter));
    let groups = list(params, "group_by").filter_map(Json::as_str);
    let groups = groups.map(|group| item_of(group, Location::Filter));
    // What cannot be read among the groups is told there.
    let Ok(shown) = shown.chain(groups).collect::<Result<Vec<Item>, _>>() else {
        return;
    };
    for order in orders {
        let path = ["query_params", "order_by", order];
        match item_of(order, Location::Order) {
            Err(said) => {
                let what = format!("orders by `{order}`, which MetricFlow cannot read: {said}");
                let hint = "Write it so: Metric('revenue').descending(True).";
                layer.error(query, &path, what, hint);
            }
            Ok(mut item) => {
                item.descending = None;
                if !shown.contains(&item) {
                    let what = format!("orders by `{order}`, which is none of its metrics and groups");
                    layer.error(
                        query,
                        &path,
                        what,
                        "List it under `metrics` or `group_by` in the same form.",
                    );
                }
            }
        }
    }
}
