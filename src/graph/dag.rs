//! Links of a manifest as a graph.

use crate::diagnostic::Diagnostics;
use crate::manifest::{Manifest, NodeId};

/// The DAG of nodes, sources and exposures: edges go from parent to child.
pub struct Graph {}

impl Graph {
    /// Returns the direct parents of a node, in a fixed order.
    pub fn parents(&self, _id: &NodeId) -> Vec<&NodeId> {
        todo!()
    }

    /// Returns the direct children of a node, in a fixed order.
    pub fn children(&self, _id: &NodeId) -> Vec<&NodeId> {
        todo!()
    }

    /// Returns all ancestors up to a depth (none: all).
    pub fn ancestors(&self, _id: &NodeId, _depth: Option<usize>) -> Vec<&NodeId> {
        todo!()
    }

    /// Returns all descendants up to a depth (none: all).
    pub fn descendants(&self, _id: &NodeId, _depth: Option<usize>) -> Vec<&NodeId> {
        todo!()
    }

    /// Returns every id, parents before children, ties in the order of the manifest.
    pub fn topological(&self) -> Vec<&NodeId> {
        todo!()
    }
}

/// Builds the graph.
///
/// # Errors
/// `N0209` with the whole path of each cycle.
pub fn link(_manifest: &Manifest) -> Result<Graph, Diagnostics> {
    todo!()
}

use indexmap::IndexSet;
pub struct RunOrder {}
impl RunOrder {
    pub fn len(&self) -> usize {
        todo!()
    }
    pub fn id(&self, _i: usize) -> &NodeId {
        todo!()
    }
}
pub struct Ready {}
impl Ready {
    pub fn new(_o: &RunOrder) -> Self {
        todo!()
    }
    pub fn take(&mut self) -> Option<usize> {
        todo!()
    }
    pub fn finish(&mut self, _i: usize) {
        todo!()
    }
    pub fn skip_descendants(&mut self, _i: usize) -> Vec<usize> {
        todo!()
    }
}
impl Graph {
    pub fn run_order(&self, _m: &Manifest, _w: &IndexSet<NodeId>, _t: bool) -> RunOrder {
        todo!()
    }
}
