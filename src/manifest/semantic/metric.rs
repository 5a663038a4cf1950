//! Metrics of all five types, in dbt's fields.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::model::GRAINS;
use super::{Part, fields};
use crate::diagnostic::Result;
use crate::manifest::parse::Parsing;
use crate::manifest::properties::Entry;
use crate::manifest::{Node, NodeId, NodeKind, described};
use crate::yaml::Node as Yaml;

const TYPES: [&str; 5] = ["simple", "ratio", "cumulative", "derived", "conversion"];

/// Returns the metric of an entry.
pub(super) fn read(cx: &Parsing<'_>, entry: &Entry) -> Result<Node> {
    let part = Part::of(cx, entry);
    valid_name(part)?;
    let kind = part.word("type", &TYPES, true)?;
    let params = part.at(part.required("type_params")?);
    let type_params = type_params(params, kind.as_str().unwrap_or_default())?;
    part.required("label")?;
    let label = part.text("label")?;
    let mut node = described::node(cx, entry, NodeKind::Metric, Map::new())?;
    let meta = match node.config.get("meta") {
        Some(Json::Object(meta)) if !meta.is_empty() => json!(meta),
        _ => part.get("meta").map_or_else(|| json!({}), Yaml::to_json),
    };
    node.tags = described::tags_of(part.value("tags"));
    node.extra = metric_fields(label, kind, type_params, meta);
    node.extra.insert("filter".into(), part.filter("filter")?);
    node.extra
        .insert("time_granularity".into(), part.text("time_granularity")?);
    Ok(node)
}

/// Returns the metric that a measure asks for with `create_metric`.
pub(super) fn of_measure(part: Part<'_>, model: &Node) -> Result<Node> {
    let name = part.required("name")?.key_text();
    let mut node = described::node(part.cx, part.entry, NodeKind::Metric, Map::new())?;
    node.id = NodeId::new(format!("metric.{}.{name}", node.package));
    node.name = Arc::from(&*name);
    node.alias = node.name.clone();
    if let Some(last) = node.fqn.last_mut() {
        *last = node.name.clone();
    }
    let folder = part.cx.levels.folder(NodeKind::Metric, &node.package, &node.fqn);
    let config = fields([
        ("enabled", model.config.enabled().into()),
        ("meta", model.config.get("meta").cloned().unwrap_or_default()),
    ]);
    let settled = crate::manifest::levels::settle(&folder, Some(&config), &Map::new());
    (node.config, node.unrendered_config) = (settled.config, settled.unrendered);
    node.group = node.config.str("group").map(Arc::from);
    node.tags = Vec::new();
    node.description = match part.description()? {
        Json::String(text) if !text.is_empty() => text.into(),
        _ => format!("Metric created from measure {name}").into(),
    };
    let expr = match part.expression(true)? {
        Json::Null => Json::from(&*name),
        expr => expr,
    };
    let mut type_params = empty_params();
    type_params.insert("measure".into(), input_measure_named(&name));
    type_params.insert("expr".into(), expr);
    let label = match part.text("label")? {
        Json::Null => (&*name).into(),
        own => own,
    };
    let meta = node.config.get("meta").cloned().unwrap_or_default();
    node.extra = metric_fields(label, "simple".into(), Json::Object(type_params), meta);
    Ok(node)
}

fn metric_fields(label: Json, kind: Json, type_params: Json, meta: Json) -> Map<String, Json> {
    fields([
        ("description", Json::Null),
        ("label", label),
        ("type", kind),
        ("type_params", type_params),
        ("filter", Json::Null),
        ("metadata", Json::Null),
        ("time_granularity", Json::Null),
        ("meta", meta),
        ("tags", Json::Null),
        ("config", Json::Null),
        ("unrendered_config", Json::Null),
        ("sources", Json::Null),
        ("depends_on", Json::Null),
        ("refs", Json::Null),
        ("metrics", json!([])),
        ("group", Json::Null),
    ])
}

fn empty_params() -> Map<String, Json> {
    fields([
        ("measure", Json::Null),
        ("input_measures", json!([])),
        ("numerator", Json::Null),
        ("denominator", Json::Null),
        ("expr", Json::Null),
        ("window", Json::Null),
        ("grain_to_date", Json::Null),
        ("metrics", json!([])),
        ("conversion_type_params", Json::Null),
        ("cumulative_type_params", Json::Null),
        ("metric_aggregation_params", Json::Null),
    ])
}

fn type_params(part: Part<'_>, kind: &str) -> Result<Json> {
    let mut params = empty_params();
    let mut put = |key: &str, value: Json| {
        params.insert(key.to_owned(), value);
    };
    let optional = |key: &str, read: &dyn Fn(Part<'_>) -> Result<Json>| match part.get(key) {
        Some(found) => read(part.at(found)),
        None => Ok(Json::Null),
    };
    put("measure", optional("measure", &input_measure)?);
    put("numerator", optional("numerator", &input_metric)?);
    put("denominator", optional("denominator", &input_metric)?);
    put("expr", part.expression(false)?);
    put("window", window(part, "window")?);
    if part.get("grain_to_date").is_some() {
        put("grain_to_date", part.word("grain_to_date", &GRAINS, true)?);
    }
    let metrics = part
        .list("metrics")?
        .iter()
        .map(|item| input_metric(part.at(item)));
    put("metrics", metrics.collect::<Result<Vec<_>>>()?.into());
    put(
        "conversion_type_params",
        optional("conversion_type_params", &conversion)?,
    );
    let needs = |key: &str| match part.get(key) {
        Some(_) => Ok(()),
        None => Err(part.fault(
            part.node,
            format!("is of the type {kind}, but lacks `type_params: {key}`"),
        )),
    };
    match kind {
        "simple" | "cumulative" => needs("measure")?,
        "ratio" => needs("numerator").and_then(|()| needs("denominator"))?,
        "conversion" => needs("conversion_type_params")?,
        _ => {}
    }
    if kind == "cumulative" {
        let own = part.get("cumulative_type_params").unwrap_or(part.node);
        let own = part.at(own);
        let or_outer = |key: &str| if own.get(key).is_some() { own } else { part };
        put(
            "cumulative_type_params",
            json!({
                "window": window(or_outer("window"), "window")?,
                "grain_to_date": or_outer("grain_to_date").text("grain_to_date")?,
                "period_agg": own.word("period_agg", &["first", "last", "average"], false)?,
                "metric": null,
            }),
        );
    }
    Ok(Json::Object(params))
}

fn conversion(part: Part<'_>) -> Result<Json> {
    let measure = |key: &str| input_measure(part.at(part.required(key)?));
    let properties = match part.get("constant_properties") {
        Some(_) => {
            let listed = part.list("constant_properties")?.iter();
            let both = |item| {
                let item = part.at(item);
                json!({ "base_property": item.value("base_property"), "conversion_property": item.value("conversion_property") })
            };
            Json::Array(listed.map(both).collect())
        }
        None => Json::Null,
    };
    Ok(json!({
        "base_measure": measure("base_measure")?,
        "conversion_measure": measure("conversion_measure")?,
        "entity": part.required("entity")?.key_text(),
        "calculation": part.word("calculation", &["conversion_rate", "conversions"], false)?,
        "window": window(part, "window")?,
        "constant_properties": properties,
    }))
}

fn input_measure_named(name: &str) -> Json {
    json!({ "name": name, "filter": null, "alias": null, "join_to_timespine": false, "fill_nulls_with": null })
}

fn input_measure(part: Part<'_>) -> Result<Json> {
    if part.node.as_map().is_none() {
        return Ok(input_measure_named(&part.node.key_text()));
    }
    Ok(json!({
        "name": part.required("name")?.key_text(),
        "filter": part.filter("filter")?,
        "alias": part.text("alias")?,
        "join_to_timespine": part.flag("join_to_timespine")?,
        "fill_nulls_with": part.whole("fill_nulls_with")?,
    }))
}

fn input_metric(part: Part<'_>) -> Result<Json> {
    if part.node.as_map().is_none() {
        return Ok(json!({
            "name": part.node.key_text(), "filter": null, "alias": null, "offset_window": null, "offset_to_grain": null,
        }));
    }
    Ok(json!({
        "name": part.required("name")?.key_text(),
        "filter": part.filter("filter")?,
        "alias": part.text("alias")?,
        "offset_window": window(part, "offset_window")?,
        "offset_to_grain": part.text("offset_to_grain")?,
    }))
}

/// Reads `28 days`.
fn window(part: Part<'_>, key: &str) -> Result<Json> {
    let Some(found) = part.get(key) else {
        return Ok(Json::Null);
    };
    let text = found.key_text().to_lowercase();
    let fault = || {
        part.fault(found, format!("has the {key} `{text}`"))
            .hint("Write a count and a grain: `28 days`.")
    };
    let (count, grain) = text.split_once(' ').ok_or_else(fault)?;
    let count: u64 = count.parse().map_err(|_| fault())?;
    if grain.contains(' ') {
        return Err(fault());
    }
    // Only the plural of a grain that dbt knows is understood; others are a project's own.
    let singular = grain.strip_suffix('s').filter(|g| GRAINS.contains(g));
    Ok(json!({ "count": count, "granularity": singular.unwrap_or(grain) }))
}

/// Refuses names that dbt refuses.
fn valid_name(part: Part<'_>) -> Result<()> {
    let name = &part.entry.name;
    let sound = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().count() <= 250;
    if sound {
        return Ok(());
    }
    let place: &Yaml = part.get("name").unwrap_or(part.node);
    Err(part
        .fault(place, "has no name that dbt takes".to_owned())
        .hint("It begins with a letter and has letters, digits and underscores only, 250 at most."))
}
