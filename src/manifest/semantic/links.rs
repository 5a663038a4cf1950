//! Links of the semantic layer: metrics to the models of their measures, metrics to metrics, queries to metrics.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::model;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::manifest::{Manifest, Node, NodeId, NodeKind};

/// What links find. The error is none where something is read that was refused, which is told already.
type Result<T> = std::result::Result<T, Option<Diagnostic>>;

/// The model that dbt takes for a time spine without a declaration.
pub const LEGACY_TIME_SPINE: &str = "metricflow_time_spine";

/// The place of days among the grains, from the smallest.
const DAY: usize = 6;

/// Fills `depends_on` of metrics and saved queries, of exposures as far as they name metrics, and `node_relation` of
/// semantic models, whose own dependencies are known already.
pub(super) fn link(manifest: &mut Manifest, faults: &mut Diagnostics) {
    let of = |kind: NodeKind| -> Vec<NodeId> {
        let nodes = manifest.nodes.values().filter(|n| n.kind == kind);
        nodes.map(|n| n.id.clone()).collect()
    };
    let (models, metrics) = (of(NodeKind::SemanticModel), of(NodeKind::Metric));
    let readers = [of(NodeKind::SavedQuery), of(NodeKind::Exposure)].concat();
    let mut by_measure: HashMap<String, Vec<NodeId>> = HashMap::new();
    for id in &models {
        let Some(node) = manifest.nodes.get(id).cloned() else {
            continue;
        };
        for measure in model::measures(&node) {
            by_measure.entry(measure.to_owned()).or_default().push(id.clone());
        }
        let target = node
            .depends_on
            .first()
            .and_then(|id| manifest.nodes.get(id))
            .cloned();
        if let (Some(target), Some(node)) = (target, manifest.nodes.get_mut(id)) {
            model::place(node, &target);
        }
    }
    if let Some(id) = models.first() {
        faults.extend(without_time_spine(manifest, id));
    }
    let mut linker = Linker {
        manifest,
        by_measure,
        done: HashSet::new(),
        path: Vec::new(),
    };
    for id in &metrics {
        linker.path.clear();
        if let Err(Some(fault)) = linker.metric(id) {
            faults.push(fault);
        }
    }
    let manifest = linker.manifest;
    for id in &readers {
        if let Err(Some(fault)) = reader(manifest, id) {
            faults.push(fault);
        }
    }
}

fn without_time_spine(manifest: &Manifest, model: &NodeId) -> Option<Diagnostic> {
    let is_fine = |node: &Node| {
        let spine = node.extra.get("time_spine");
        let column = spine.and_then(|s| s["standard_granularity_column"].as_str());
        let grain = column.and_then(|name| node.columns.get(name)?.granularity.as_deref());
        let rank = grain.and_then(|grain| model::GRAINS.iter().position(|g| *g == grain));
        &*node.name == LEGACY_TIME_SPINE || rank.is_some_and(|rank| rank <= DAY)
    };
    let mut models = manifest.nodes.values().filter(|n| n.kind == NodeKind::Model);
    let has = models.any(|node| is_fine(node));
    (!has).then(|| {
        let place = manifest.nodes.get(model).and_then(|n| n.declared_at.clone());
        let message = "the project has semantic models but no time spine of days or smaller grains";
        Diagnostic::error(Code::SEMANTIC, message)
            .at(place)
            .hint("Declare one day (or less) a row: `time_spine: {standard_granularity_column: …}` at a model, and `granularity: day` at that column.")
    })
}

/// Walks from metrics to what they are made of.
struct Linker<'m> {
    manifest: &'m mut Manifest,
    /// Semantic models by the measures that they have.
    by_measure: HashMap<String, Vec<NodeId>>,
    done: HashSet<NodeId>,
    /// The metrics that are being worked out, outermost first.
    path: Vec<NodeId>,
}

/// What a metric reads.
#[derive(Default)]
struct Inputs {
    measures: Vec<Json>,
    depends_on: Vec<NodeId>,
}

impl Linker<'_> {
    /// Works out the input measures of a metric, those of the metrics it is made of first.
    fn metric(&mut self, id: &NodeId) -> Result<()> {
        if self.done.contains(id) {
            return Ok(());
        }
        let Some(node) = self.manifest.nodes.get(id).cloned() else {
            return Ok(());
        };
        if self.path.contains(id) {
            let names: Vec<&str> = self.path.iter().map(NodeId::as_str).collect();
            let fault = fault(&node, "is made of itself");
            return Err(fault.note(format!("by way of {}", names.join(" → "))).into());
        }
        self.path.push(id.clone());
        let params = node.extra.get("type_params").unwrap_or(&Json::Null);
        let mut inputs = Inputs::default();
        match node.extra.get("type").and_then(Json::as_str) {
            Some("derived") => {
                for input in params["metrics"].as_array().into_iter().flatten() {
                    self.take(&node, input, &mut inputs)?;
                }
            }
            Some("ratio") => {
                self.take(&node, &params["numerator"], &mut inputs)?;
                self.take(&node, &params["denominator"], &mut inputs)?;
            }
            Some("conversion") => {
                let conversion = &params["conversion_type_params"];
                self.measure(&node, &conversion["base_measure"], &mut inputs)?;
                self.measure(&node, &conversion["conversion_measure"], &mut inputs)?;
            }
            _ => self.measure(&node, &params["measure"], &mut inputs)?,
        }
        self.path.pop();
        self.done.insert(id.clone());
        if let Some(kept) = self.manifest.nodes.get_mut(id) {
            let kept = Arc::make_mut(kept);
            kept.depends_on = inputs.depends_on;
            if let Some(Json::Object(params)) = kept.extra.get_mut("type_params") {
                params.insert("input_measures".into(), Json::Array(inputs.measures));
            }
        }
        Ok(())
    }

    fn measure(&self, node: &Node, input: &Json, inputs: &mut Inputs) -> Result<()> {
        add(&mut inputs.measures, input.clone());
        add(
            &mut inputs.depends_on,
            model_of(self.manifest, node, input, &self.by_measure)?,
        );
        Ok(())
    }

    /// Takes over the measures of another metric.
    fn take(&mut self, node: &Node, input: &Json, inputs: &mut Inputs) -> Result<()> {
        let name = input["name"].as_str().unwrap_or_default();
        let other = find(self.manifest, node, None, name)?;
        self.metric(&other)?;
        if let Some(found) = self.manifest.nodes.get(&other) {
            let measures = found
                .extra
                .get("type_params")
                .and_then(|p| p["input_measures"].as_array());
            for measure in measures.into_iter().flatten() {
                add(&mut inputs.measures, measure.clone());
            }
        }
        add(&mut inputs.depends_on, other);
        Ok(())
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// Finds a metric by name: in the package itself, in the root project, anywhere.
fn find(manifest: &Manifest, node: &Node, package: Option<&str>, name: &str) -> Result<NodeId> {
    let known = |package: &str| {
        let id = format!("metric.{package}.{name}");
        manifest.nodes.get(id.as_str()).map(|n| n.id.clone())
    };
    let anywhere = || {
        let mut metrics = manifest.nodes.values().filter(|n| n.kind == NodeKind::Metric);
        metrics.find(|n| &*n.name == name).map(|n| n.id.clone())
    };
    let found = match package {
        Some(package) => known(package),
        None => known(&manifest.project_name)
            .or_else(|| known(&node.package))
            .or_else(anywhere),
    };
    found.ok_or_else(|| {
        if manifest.refused.has(name) {
            return None;
        }
        let is_off = manifest
            .disabled
            .values()
            .flatten()
            .any(|n| n.kind == NodeKind::Metric && &*n.name == name);
        let state = if is_off { "is disabled" } else { "does not exist" };
        let names = manifest
            .nodes
            .values()
            .filter(|n| n.kind == NodeKind::Metric)
            .map(|n| &*n.name);
        Some(fault(node, &format!("reads the metric `{name}`, which {state}")).did_you_mean(name, names))
    })
}

/// Finds the semantic model that has a measure.
fn model_of(
    manifest: &Manifest,
    node: &Node,
    input: &Json,
    by_measure: &HashMap<String, Vec<NodeId>>,
) -> Result<NodeId> {
    let name = input["name"].as_str().unwrap_or_default();
    let models = by_measure.get(name).map(Vec::as_slice).unwrap_or_default();
    let of = |package: &str| {
        let is_of = |id: &&NodeId| manifest.nodes.get(*id).is_some_and(|n| &*n.package == package);
        models.iter().find(is_of)
    };
    let found = of(&manifest.project_name)
        .or_else(|| of(&node.package))
        .or_else(|| models.first());
    found.cloned().ok_or_else(|| {
        if manifest.refused.has_measure(name) {
            return None;
        }
        let off = manifest.disabled.values().flatten();
        let off = off
            .filter(|n| n.kind == NodeKind::SemanticModel)
            .find(|n| model::measures(n).any(|m| m == name));
        let what = match off {
            Some(model) => format!(
                "reads the measure `{name}` of the semantic model `{}`, which is disabled",
                model.name
            ),
            None => format!("reads the measure `{name}`, which no semantic model has"),
        };
        Some(fault(node, &what).did_you_mean(name, by_measure.keys().map(String::as_str)))
    })
}

/// Adds the metrics that a saved query or an exposure names to what it depends on.
fn reader(manifest: &mut Manifest, id: &NodeId) -> Result<()> {
    let Some(node) = manifest.nodes.get(id).cloned() else {
        return Ok(());
    };
    let named: Vec<(Option<&str>, &str)> = match node.kind {
        NodeKind::SavedQuery => {
            let listed = node
                .extra
                .get("query_params")
                .and_then(|p| p["metrics"].as_array());
            let names = listed.into_iter().flatten().filter_map(Json::as_str);
            names.map(|name| (None, name)).collect()
        }
        _ => {
            let listed = node.extra.get("metrics").and_then(Json::as_array);
            let calls = listed.into_iter().flatten().filter_map(Json::as_array);
            calls
                .filter_map(|call| match call.as_slice() {
                    [name] => Some((None, name.as_str()?)),
                    [package, name] => Some((Some(package.as_str()?), name.as_str()?)),
                    _ => None,
                })
                .collect()
        }
    };
    let mut depends_on = node.depends_on.clone();
    for (package, name) in named {
        add(&mut depends_on, find(manifest, &node, package, name)?);
    }
    if let Some(kept) = manifest.nodes.get_mut(id) {
        Arc::make_mut(kept).depends_on = depends_on;
    }
    Ok(())
}

fn fault(node: &Node, what: &str) -> Diagnostic {
    let kind = node.kind.word().replace('_', " ");
    Diagnostic::error(Code::SEMANTIC, format!("the {kind} `{}` {what}", node.name))
        .at(node.declared_at.clone())
}
