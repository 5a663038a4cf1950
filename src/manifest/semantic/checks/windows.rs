//! Dimensions that say from when to when a row holds.

use serde_json::Value as Json;

use super::{Layer, listed, quoted, text};
use crate::manifest::Node;

pub(super) fn check(layer: &mut Layer<'_>) {
    for model in layer.models.clone() {
        window(layer, model);
    }
}

fn window(layer: &mut Layer<'_>, model: &Node) {
    let marked: Vec<(&str, &Json)> = listed(model, "dimensions")
        .map(|d| (text(d, "name"), &d["type_params"]["validity_params"]))
        .filter(|(_, validity)| !validity.is_null())
        .collect();
    let Some((first, _)) = marked.first() else { return };
    let count = |key: &str| marked.iter().filter(|(_, v)| v[key] == Json::Bool(true)).count();
    let (starts, ends) = (count("is_start"), count("is_end"));
    let names = quoted(marked.iter().map(|(name, _)| *name));
    let hint = "Two time dimensions have `validity_params`: one with `is_start: true`, the other with `is_end: true`.";
    let place = ["dimensions", first, "type_params", "validity_params"];
    if marked.len() == 1 && starts == 1 && ends == 1 {
        let what = format!("has the one dimension {names} for both ends of the time in which a row holds");
        layer.error(model, &place, what, hint);
    } else if marked.len() != 2 {
        let what = format!("has {} dimensions with `validity_params`: {names}", marked.len());
        layer.error(model, &place, what, hint);
    } else if starts != 1 || ends != 1 {
        let what = format!("has {starts} starts and {ends} ends among the dimensions {names}");
        layer.error(model, &place, what, hint);
    }
    let of = |kind: &'static str| listed(model, "entities").filter(move |e| text(e, "type") == kind);
    if of("natural").next().is_none() {
        let what = "has rows that hold for a time, but no natural entity".to_owned();
        layer.error(
            model,
            &["entities"],
            what,
            "Give the entity that rows are found by the type `natural`.",
        );
    }
    if let Some(entity) = of("primary").chain(of("unique")).next() {
        let name = text(entity, "name");
        let what = format!(
            "has rows that hold for a time, and the {} entity `{name}`",
            text(entity, "type")
        );
        layer.error(
            model,
            &["entities", name],
            what,
            "Such a semantic model has natural and foreign entities only.",
        );
    }
    if let Some(measure) = listed(model, "measures").next() {
        let name = text(measure, "name");
        let what = format!("has rows that hold for a time, and measures such as `{name}`");
        layer.error(
            model,
            &["measures", name],
            what,
            "Move the measures into another semantic model.",
        );
    }
}
