//! Labels: each is there once.

use std::collections::HashMap;

use super::names::ELEMENTS;
use super::{Layer, field, listed, text};
use crate::manifest::Node;

pub(super) fn check(layer: &mut Layer<'_>) {
    for nodes in [layer.metrics.clone(), layer.models.clone()] {
        let mut seen: HashMap<&str, &Node> = HashMap::new();
        for node in nodes {
            let label = field(node, "label");
            if label.is_empty() {
                continue;
            }
            match seen.get(label) {
                Some(other) => {
                    let what = format!("has the label `{label}`, as has `{}`", other.name);
                    layer.error(node, &["label"], what, "Give each its own label.");
                }
                None => {
                    seen.insert(label, node);
                }
            }
        }
    }
    let mut of_entities: HashMap<&str, (&str, &Node)> = HashMap::new();
    for model in layer.models.clone() {
        for (section, kind) in ELEMENTS {
            let mut seen: Vec<&str> = Vec::new();
            for item in listed(model, section) {
                let label = text(item, "label");
                if label.is_empty() {
                    continue;
                }
                if seen.contains(&label) {
                    let what = format!("has the label `{label}` twice among its {section}");
                    layer.error(
                        model,
                        &[section, text(item, "name"), "label"],
                        what,
                        "Give each its own label.",
                    );
                }
                seen.push(label);
                if kind != "entity" {
                    continue;
                }
                let name = text(item, "name");
                let (first, other) = *of_entities.entry(name).or_insert((label, model));
                if first != label {
                    let what = format!(
                        "has the label `{label}` for the entity `{name}`, for which the semantic model `{}` has `{first}`",
                        other.name
                    );
                    layer.error(
                        model,
                        &[section, name, "label"],
                        what,
                        "Use one label, or leave it out in one place.",
                    );
                }
            }
        }
    }
}
