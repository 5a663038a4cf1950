//! Entities and dimensions: their kinds over all models, primary entities.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;

use super::names::ELEMENTS;
use super::{Layer, field, listed, quoted, text};
use crate::manifest::Node;

pub(super) fn check(layer: &mut Layer<'_>) {
    kinds(layer);
    dimensions(layer);
    let mut pairs: HashMap<String, HashMap<String, String>> = HashMap::new();
    for model in layer.models.clone() {
        primary(layer, model);
        natural(layer, model);
        pair(layer, model, &mut pairs);
        default_time(layer, model);
    }
}

/// Returns the names of the entities of a type.
fn entities_of<'n>(model: &'n Node, kind: &'static str) -> impl Iterator<Item = &'n str> + Clone {
    listed(model, "entities")
        .filter(move |e| text(e, "type") == kind)
        .map(|e| text(e, "name"))
}

/// One name is a measure, an entity or a dimension, in all models.
fn kinds(layer: &mut Layer<'_>) {
    let mut found: BTreeMap<&str, BTreeMap<&str, Vec<&Node>>> = BTreeMap::new();
    for model in layer.models.clone() {
        for (section, _) in ELEMENTS {
            for item in listed(model, section) {
                let of_kind = found.entry(text(item, "name")).or_default();
                of_kind.entry(section).or_default().push(model);
            }
        }
    }
    for (name, of_kind) in found.iter().filter(|(_, of_kind)| of_kind.len() > 1) {
        for (section, models) in of_kind {
            let Some(model) = models.first() else { continue };
            let what = format!(
                "has `{name}` among its {section}, but over all semantic models the name is used for {}",
                quoted(of_kind.keys())
            );
            let hint = "Give them different names: a name means one kind of element everywhere.";
            layer.error(model, &[section, name], what, hint);
        }
    }
}

/// A dimension has one type, and is a partition or not, in all models.
fn dimensions(layer: &mut Layer<'_>) {
    let mut known: HashMap<&str, (&str, bool)> = HashMap::new();
    for model in layer.models.clone() {
        for dimension in listed(model, "dimensions") {
            let name = text(dimension, "name");
            let now = (
                text(dimension, "type"),
                dimension["is_partition"] == Json::Bool(true),
            );
            let first = *known.entry(name).or_insert(now);
            if first.0 != now.0 {
                let what = format!(
                    "has the dimension `{name}` with the type {}, elsewhere it is {}",
                    now.0, first.0
                );
                layer.error(
                    model,
                    &["dimensions", name, "type"],
                    what,
                    "Use one type for it everywhere, or two names.",
                );
            }
            if first.1 != now.1 {
                let what = format!(
                    "has another `is_partition` for the dimension `{name}` than other semantic models"
                );
                layer.error(
                    model,
                    &["dimensions", name],
                    what,
                    "Set it alike everywhere, or use two names.",
                );
            }
        }
    }
}

fn primary(layer: &mut Layer<'_>, model: &Node) {
    let primary: Vec<&str> = entities_of(model, "primary").collect();
    let named = field(model, "primary_entity");
    if primary.len() > 1 {
        let what = format!("has {} primary entities: {}", primary.len(), quoted(&primary));
        layer.error(
            model,
            &["entities", primary[1]],
            what,
            "Keep one, and give the others the type `unique`.",
        );
    } else if let (Some(first), false) = (primary.first(), named.is_empty()) {
        let what = format!("has the primary entity `{first}` and `primary_entity: {named}` beside it");
        layer.error(model, &["primary_entity"], what, "Take one of them out.");
    } else if primary.is_empty() && named.is_empty() && listed(model, "dimensions").next().is_some() {
        let what = "has dimensions, but no primary entity".to_owned();
        let hint = "Add an entity of the type `primary`, or name one by `primary_entity`.";
        layer.error(model, &["dimensions"], what, hint);
    }
}

fn natural(layer: &mut Layer<'_>, model: &Node) {
    let natural: Vec<&str> = entities_of(model, "natural").collect();
    let Some(first) = natural.first() else { return };
    if natural.len() > 1 {
        let what = format!("has {} natural entities: {}", natural.len(), quoted(&natural));
        layer.error(model, &["entities", natural[1]], what, "Keep one natural entity.");
    }
    if !listed(model, "dimensions").any(|d| !d["type_params"]["validity_params"].is_null()) {
        let what = format!(
            "has the natural entity `{first}`, but no dimensions that say from when to when a row holds"
        );
        let hint = "Mark two time dimensions by `validity_params`: one with `is_start: true`, one with `is_end: true`.";
        layer.error(model, &["entities", first], what, hint);
    }
}

/// A dimension belongs to a primary entity once.
fn pair(layer: &mut Layer<'_>, model: &Node, pairs: &mut HashMap<String, HashMap<String, String>>) {
    let named = field(model, "primary_entity");
    let first = entities_of(model, "primary").next();
    let Some(primary) = Some(named).filter(|n| !n.is_empty()).or(first) else {
        return;
    };
    let known = pairs.entry(primary.to_owned()).or_default();
    for dimension in listed(model, "dimensions") {
        let name = text(dimension, "name");
        match known.get(name) {
            // What comes twice in one model is a fault of names.
            Some(other) if *other != *model.name => {
                let what = format!(
                    "has the dimension `{name}` of the primary entity `{primary}`, as has the semantic model `{other}`"
                );
                let hint = "Give one of the dimensions, or of the entities, another name.";
                layer.error(model, &["dimensions", name], what, hint);
            }
            _ => {
                known.insert(name.to_owned(), model.name.to_string());
            }
        }
    }
}

/// Says whether a model has a time dimension of this name.
pub(super) fn has_time(model: &Node, name: &str) -> bool {
    listed(model, "dimensions").any(|d| text(d, "name") == name && text(d, "type") == "time")
}

fn default_time(layer: &mut Layer<'_>, model: &Node) {
    let default = model
        .extra
        .get("defaults")
        .map_or("", |d| text(d, "agg_time_dimension"));
    if !default.is_empty() && !has_time(model, default) {
        let what =
            format!("has the default `agg_time_dimension: {default}`, which is none of its time dimensions");
        let hint = "Name a dimension of the type `time` of the same semantic model.";
        layer.error(model, &["defaults", "agg_time_dimension"], what, hint);
    }
}
