//! Cycles as a person can follow them: each once, its whole path, every step with the place of its reference.

use std::collections::{HashMap, VecDeque};

use indexmap::IndexSet;
use petgraph::Incoming;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::dag::{Member, position_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::manifest::{Manifest, Node, NodeId};

/// A knot of many cycles is cut after so many: who unties these has untied most others.
const CYCLES_MAX: usize = 20;

/// Reports the cycles of a graph that has some.
///
/// Within a knot (a strongly connected part) the shortest cycle through its first member is reported and its closing
/// edge removed, until no cycle is left: independent cycles come out each once, entangled ones as a set that, broken
/// up, leaves none.
pub(super) fn report(
    manifest: &Manifest,
    ids: &IndexSet<NodeId>,
    dag: &DiGraph<Member, (), u32>,
) -> Diagnostics {
    let mut dag = dag.clone();
    let mut cycles = Vec::new();
    'search: loop {
        let mut knots: Vec<Vec<u32>> = tarjan_scc(&dag)
            .into_iter()
            .filter(|part| part.len() > 1 || dag.contains_edge(part[0], part[0]))
            .map(|part| {
                let mut part: Vec<u32> = part.into_iter().map(position_of).collect();
                part.sort_unstable();
                part
            })
            .collect();
        knots.sort_unstable();
        if knots.is_empty() {
            break;
        }
        for knot in knots {
            let cycle = shortest_cycle(&dag, &knot);
            let (Some(first), Some(last)) = (cycle.first(), cycle.last()) else {
                break 'search;
            };
            let closing = dag.find_edge(NodeIndex::new(*first as usize), NodeIndex::new(*last as usize));
            if let Some(edge) = closing {
                dag.remove_edge(edge);
            }
            cycles.push(cycle);
            if cycles.len() == CYCLES_MAX {
                break 'search;
            }
        }
    }
    cycles.sort_unstable();
    Diagnostics(
        cycles
            .iter()
            .map(|cycle| diagnose(manifest, ids, cycle))
            .collect(),
    )
}

/// Returns the shortest cycle through the first member of a knot, each depending on the one after it, the last on the
/// first.
fn shortest_cycle(dag: &DiGraph<Member, (), u32>, knot: &[u32]) -> Vec<u32> {
    let Some(start) = knot.first().copied() else {
        return Vec::new();
    };
    // A walk along parents from the start; who has the start as parent closes the cycle.
    let mut came_from: HashMap<u32, u32> = HashMap::new();
    let mut pending = VecDeque::from([start]);
    while let Some(at) = pending.pop_front() {
        let mut parents: Vec<u32> = dag
            .neighbors_directed(NodeIndex::new(at as usize), Incoming)
            .map(position_of)
            .filter(|parent| knot.binary_search(parent).is_ok())
            .collect();
        parents.sort_unstable();
        if parents.binary_search(&start).is_ok() {
            let mut path = vec![at];
            let mut step = at;
            while step != start {
                step = came_from[&step];
                path.push(step);
            }
            path.reverse();
            return path;
        }
        for parent in parents {
            if parent != start && !came_from.contains_key(&parent) {
                came_from.insert(parent, at);
                pending.push_back(parent);
            }
        }
    }
    Vec::new()
}

fn diagnose(manifest: &Manifest, ids: &IndexSet<NodeId>, cycle: &[u32]) -> Diagnostic {
    let node = |at: u32| manifest.nodes.get(&ids[at as usize]);
    let name = |at: u32| node(at).map_or_else(|| ids[at as usize].as_str(), |n| shown_name(n, manifest));
    let around: Vec<(u32, u32)> = (0..cycle.len())
        .map(|i| (cycle[i], cycle[(i + 1) % cycle.len()]))
        .collect();
    let mut path: Vec<String> = cycle.iter().map(|at| format!("`{}`", name(*at))).collect();
    path.extend(path.first().cloned());
    let first = cycle[0];
    let kind = node(first).map_or("node", |n| n.kind.word());
    let mut found = Diagnostic::error(
        Code::CYCLE,
        format!("{kind} `{}` depends on itself: {}", name(first), path.join(" → ")),
    );
    for (child, parent) in &around {
        let span = node(*child).and_then(|n| reference(manifest, n, &ids[*parent as usize]));
        let place = match (&span, node(*child)) {
            (Some(span), _) => span.to_string(),
            (None, Some(n)) => n.original_path.to_string(),
            (None, None) => ids[*child as usize].to_string(),
        };
        found = found.at(span).note(format!(
            "`{}` depends on `{}` at {place}",
            name(*child),
            name(*parent)
        ));
    }
    found
        .at(node(first).and_then(|n| n.declared_at.clone()))
        .hint("Take one of these references out, or move what both need into a model of its own.")
}

/// Returns the name where it is the only one of its kind, the id otherwise.
fn shown_name<'a>(node: &'a Node, manifest: &Manifest) -> &'a str {
    match manifest.refables.get(&node.name) {
        Some(same) if same.len() > 1 => node.id.as_str(),
        _ => &node.name,
    }
}

/// Finds the place of the `ref` by which a node depends on another.
fn reference(manifest: &Manifest, node: &Node, parent: &NodeId) -> Option<Span> {
    let parent = manifest.nodes.get(parent)?;
    let at = node.refs.iter().position(|call| {
        call.name == parent.name
            && call
                .package
                .as_ref()
                .is_none_or(|package| *package == parent.package)
    })?;
    node.ref_spans.get(at)?.clone()
}
