//! Links of a manifest as a graph: parents, children, walks, topological order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use indexmap::IndexSet;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::{Direction, Incoming, Outgoing};

use super::bits::Bits;
use super::cycle;
use crate::diagnostic::Diagnostics;
use crate::manifest::{Manifest, NodeId, NodeKind};

/// What stands at a position of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    Node(NodeKind),
    Source,
}

impl Member {
    /// Says whether it is a data test.
    pub fn is_test(self) -> bool {
        self == Self::Node(NodeKind::Test)
    }

    /// Says whether it is a unit test.
    pub fn is_unit_test(self) -> bool {
        self == Self::Node(NodeKind::UnitTest)
    }

    /// Says whether selecting what it tests selects it too.
    pub fn follows_selection(self) -> bool {
        self.is_test() || self.is_unit_test()
    }

    /// Says whether dbt makes it wait for the tests of what it reads: any node that is no test.
    pub fn waits_for_tests(self) -> bool {
        matches!(self, Self::Node(kind) if !matches!(kind, NodeKind::Test | NodeKind::UnitTest) && !kind.is_described())
    }
}

/// The DAG of nodes and sources: edges go from parent to child.
///
/// A position is the place of an id in the manifest: nodes first, then sources.
#[derive(Debug)]
pub struct Graph {
    ids: IndexSet<NodeId>,
    /// Edges were added in descending order, so that petgraph walks neighbours in ascending order.
    dag: DiGraph<Member, (), u32>,
    /// Positions, parents before children, ties in the order of the manifest.
    topological: Vec<u32>,
}

impl Graph {
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Says whether the id is part of the graph: enabled, and of a kind that has edges.
    pub fn contains(&self, id: &NodeId) -> bool {
        self.ids.contains(id)
    }

    /// Returns the direct parents of a node, in the order of the manifest.
    pub fn parents(&self, id: &NodeId) -> Vec<&NodeId> {
        self.neighbours_of(id, Incoming)
    }

    /// Returns the direct children of a node, in the order of the manifest.
    pub fn children(&self, id: &NodeId) -> Vec<&NodeId> {
        self.neighbours_of(id, Outgoing)
    }

    /// Returns all ancestors up to a depth (none: all), in the order of the manifest.
    pub fn ancestors(&self, id: &NodeId, depth: Option<usize>) -> Vec<&NodeId> {
        self.walk_from(id, Incoming, depth)
    }

    /// Returns all descendants up to a depth (none: all), in the order of the manifest.
    pub fn descendants(&self, id: &NodeId, depth: Option<usize>) -> Vec<&NodeId> {
        self.walk_from(id, Outgoing, depth)
    }

    /// Returns every id, parents before children, ties in the order of the manifest.
    pub fn topological(&self) -> Vec<&NodeId> {
        self.topological.iter().map(|at| self.id(*at)).collect()
    }

    pub(crate) fn topological_positions(&self) -> &[u32] {
        &self.topological
    }

    pub(crate) fn position(&self, id: &NodeId) -> Option<u32> {
        self.ids.get_index_of(id).and_then(|at| u32::try_from(at).ok())
    }

    pub(crate) fn id(&self, at: u32) -> &NodeId {
        &self.ids[at as usize]
    }

    pub(crate) fn member(&self, at: u32) -> Member {
        self.dag[NodeIndex::new(at as usize)]
    }

    pub(crate) fn parents_at(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        self.neighbours(at, Incoming)
    }

    pub(crate) fn children_at(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        self.neighbours(at, Outgoing)
    }

    /// Returns what lies up to `depth` steps from the set; a member of the set only where another leads to it.
    pub(crate) fn reach(&self, from: &Bits, direction: Direction, depth: Option<usize>) -> Bits {
        let mut found = Bits::new(self.len());
        let mut layer: VecDeque<(u32, usize)> = from.iter().map(|at| (at, 0)).collect();
        while let Some((at, steps)) = layer.pop_front() {
            if depth.is_some_and(|most| steps >= most) {
                continue;
            }
            for next in self.neighbours(at, direction) {
                if found.insert(next) {
                    layer.push_back((next, steps + 1));
                }
            }
        }
        found
    }

    fn neighbours(&self, at: u32, direction: Direction) -> impl Iterator<Item = u32> + '_ {
        self.dag
            .neighbors_directed(NodeIndex::new(at as usize), direction)
            .map(position_of)
    }

    fn neighbours_of(&self, id: &NodeId, direction: Direction) -> Vec<&NodeId> {
        match self.position(id) {
            Some(at) => self.neighbours(at, direction).map(|n| self.id(n)).collect(),
            None => Vec::new(),
        }
    }

    fn walk_from(&self, id: &NodeId, direction: Direction, depth: Option<usize>) -> Vec<&NodeId> {
        let Some(at) = self.position(id) else {
            return Vec::new();
        };
        let found = self.reach(&Bits::of(self.len(), [at]), direction, depth);
        found.iter().map(|n| self.id(n)).collect()
    }
}

/// Builds the graph.
///
/// A dependency on an id that the manifest does not hold is no edge: the manifest has reported it.
///
/// # Errors
/// `N0209` with the whole path of each cycle.
pub fn link(manifest: &Manifest) -> Result<Graph, Diagnostics> {
    let mut ids = IndexSet::with_capacity(manifest.nodes.len() + manifest.sources.len());
    ids.extend(manifest.nodes.keys().cloned());
    ids.extend(manifest.sources.keys().cloned());

    let nodes = manifest.nodes.values().map(|n| (&n.id, &n.depends_on));
    let mut edges = Vec::new();
    for (child, parents) in nodes {
        let Some(child) = ids.get_index_of(child) else {
            continue;
        };
        edges.extend(
            parents
                .iter()
                .filter_map(|parent| Some((ids.get_index_of(parent)?, child))),
        );
    }
    edges.sort_unstable_by(|a, b| b.cmp(a));
    edges.dedup();

    let mut dag = DiGraph::with_capacity(ids.len(), edges.len());
    for node in manifest.nodes.values() {
        dag.add_node(Member::Node(node.kind));
    }
    for _ in manifest.sources.values() {
        dag.add_node(Member::Source);
    }
    for (parent, child) in edges {
        dag.add_edge(NodeIndex::new(parent), NodeIndex::new(child), ());
    }
    let topological = sort(&dag);
    if topological.len() < dag.node_count() {
        return Err(cycle::report(manifest, &ids, &dag));
    }
    Ok(Graph {
        ids,
        dag,
        topological,
    })
}

pub(super) fn position_of(index: NodeIndex<u32>) -> u32 {
    u32::try_from(index.index()).unwrap_or(u32::MAX)
}

/// Sorts topologically; members of cycles and what depends on them are left out.
fn sort(dag: &DiGraph<Member, (), u32>) -> Vec<u32> {
    let mut waiting: Vec<u32> = vec![0; dag.node_count()];
    for edge in dag.raw_edges() {
        waiting[edge.target().index()] += 1;
    }
    let mut ready: BinaryHeap<Reverse<u32>> = dag
        .node_indices()
        .filter(|index| waiting[index.index()] == 0)
        .map(|index| Reverse(position_of(index)))
        .collect();
    let mut sorted = Vec::with_capacity(dag.node_count());
    while let Some(Reverse(at)) = ready.pop() {
        sorted.push(at);
        for child in dag.neighbors_directed(NodeIndex::new(at as usize), Outgoing) {
            waiting[child.index()] -= 1;
            if waiting[child.index()] == 0 {
                ready.push(Reverse(position_of(child)));
            }
        }
    }
    sorted
}

#[cfg(test)]
mod tests;
