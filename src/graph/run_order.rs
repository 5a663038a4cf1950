//! The order of a run: which selected node waits for which, and who goes first among equals.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::Graph;
use super::bits::Bits;
use crate::manifest::NodeId;

/// Who waits for whom among the nodes of a run. Plain data: positions refer to `ids`.
///
/// `ids` stand in the order in which dbt's queue would hand them out if each ended at once: by depth below the
/// selection's roots, then by unique id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunOrder {
    pub ids: IndexSet<NodeId>,
    /// Positions of the nodes that each waits for, ascending.
    pub dependencies: Vec<Vec<u32>>,
    /// Positions of the nodes that wait for each, ascending.
    pub dependents: Vec<Vec<u32>>,
}

impl RunOrder {
    /// Returns the positions of the nodes that a node waits for.
    pub fn dependencies_of(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let waits = self.dependencies.get(index).into_iter().flatten();
        waits.map(|at| *at as usize)
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the id at an index below [`len`](Self::len).
    pub fn id(&self, index: usize) -> &NodeId {
        &self.ids[index]
    }

    /// Returns all that waits, directly or not, for a node: who is skipped when it fails.
    pub fn descendants(&self, id: &NodeId) -> Vec<&NodeId> {
        let Some(start) = self.ids.get_index_of(id) else {
            return Vec::new();
        };
        let mut found = Bits::new(self.len());
        let mut pending = vec![start];
        while let Some(at) = pending.pop() {
            for next in &self.dependents[at] {
                if found.insert(*next) {
                    pending.push(*next as usize);
                }
            }
        }
        found.iter().map(|at| &self.ids[at as usize]).collect()
    }
}

impl Graph {
    /// Returns the order of the selected nodes: a dependency through unselected ones counts as a direct one.
    pub fn subgraph(&self, selection: &IndexSet<NodeId>) -> RunOrder {
        self.run_order(selection, false)
    }

    /// Returns the order of the selected nodes, as [`subgraph`](Self::subgraph); `with_test_edges` adds what
    /// `dbt build` adds: a node waits for the selected tests of what it reads.
    ///
    /// A test of one node holds back that node's children. A test of several holds back those nodes that already
    /// descend from all of them, so that no cycle can come of it.
    pub fn run_order(&self, selection: &IndexSet<NodeId>, with_test_edges: bool) -> RunOrder {
        let selected = Bits::of(self.len(), selection.iter().filter_map(|id| self.position(id)));
        let held_back_by = if with_test_edges {
            self.test_edges(&selected)
        } else {
            IndexMap::new()
        };
        let needed = self.needed(&selected);
        // What a node waits for: itself where it is selected, all that its parents wait for where it is not.
        let mut behind: Vec<Option<Arc<[u32]>>> = vec![None; self.len()];
        let mut dependencies: IndexMap<u32, Vec<u32>> = IndexMap::new();
        for at in self
            .topological_positions()
            .iter()
            .copied()
            .filter(|at| needed.contains(*at))
        {
            let mut waits: Vec<u32> = held_back_by.get(&at).cloned().unwrap_or_default();
            for parent in self.parents_at(at) {
                if selected.contains(parent) {
                    waits.push(parent);
                } else if let Some(further) = &behind[parent as usize] {
                    waits.extend_from_slice(further);
                }
            }
            waits.sort_unstable();
            waits.dedup();
            if selected.contains(at) {
                dependencies.insert(at, waits);
            } else {
                behind[at as usize] = Some(Arc::from(waits));
            }
        }
        if with_test_edges {
            self.put_unit_tests_first(&mut dependencies);
        }
        self.arrange(&dependencies)
    }

    /// Lets unit tests run before the model that they test, one after another: the first waits for what the model waits
    /// for, and where one fails those behind it are skipped with the model, as in dbt.
    fn put_unit_tests_first(&self, dependencies: &mut IndexMap<u32, Vec<u32>>) {
        let tests: Vec<u32> = dependencies
            .keys()
            .copied()
            .filter(|at| self.member(*at).is_unit_test())
            .collect();
        let mut of_model: IndexMap<u32, Vec<u32>> = IndexMap::new();
        for test in tests {
            for model in self.parents_at(test) {
                of_model.entry(model).or_default().push(test);
            }
        }
        for (model, tests) in of_model {
            let Some(waits) = dependencies.get(&model).cloned() else {
                continue;
            };
            let mut tests = tests;
            tests.sort_by(|a, b| self.id(*a).cmp(self.id(*b)));
            for (place, test) in tests.iter().enumerate() {
                let mut waits = waits.clone();
                waits.extend(place.checked_sub(1).map(|before| tests[before]));
                dependencies.insert(*test, waits);
            }
            if let Some(waits) = dependencies.get_mut(&model) {
                waits.extend(tests);
            }
        }
    }

    /// Returns the selected nodes and the unselected ones above them.
    fn needed(&self, selected: &Bits) -> Bits {
        let mut needed = selected.clone();
        let mut pending: Vec<u32> = selected.iter().collect();
        while let Some(at) = pending.pop() {
            pending.extend(self.parents_at(at).filter(|parent| needed.insert(*parent)));
        }
        needed
    }

    /// Ranks by depth, then unique id, and translates graph positions into ranks.
    fn arrange(&self, dependencies: &IndexMap<u32, Vec<u32>>) -> RunOrder {
        let depth = depths(self.len(), dependencies);
        let mut ranked: Vec<u32> = dependencies.keys().copied().collect();
        ranked.sort_by(|a, b| (depth[*a as usize], self.id(*a)).cmp(&(depth[*b as usize], self.id(*b))));
        let mut rank = vec![0_u32; self.len()];
        for (place, at) in (0_u32..).zip(&ranked) {
            rank[*at as usize] = place;
        }
        let mut order = RunOrder {
            ids: ranked.iter().map(|at| self.id(*at).clone()).collect(),
            dependencies: Vec::with_capacity(ranked.len()),
            dependents: vec![Vec::new(); ranked.len()],
        };
        for (place, at) in (0_u32..).zip(&ranked) {
            let mut waits: Vec<u32> = dependencies[at].iter().map(|d| rank[*d as usize]).collect();
            waits.sort_unstable();
            for parent in &waits {
                order.dependents[*parent as usize].push(place);
            }
            order.dependencies.push(waits);
        }
        order
    }

    /// Returns, by node, the selected tests that it must wait for.
    fn test_edges(&self, selected: &Bits) -> IndexMap<u32, Vec<u32>> {
        let mut edges: IndexMap<u32, Vec<u32>> = IndexMap::new();
        let mut of_several: IndexMap<Vec<u32>, Vec<u32>> = IndexMap::new();
        for test in selected.iter().filter(|at| self.member(*at).is_test()) {
            let tested: Vec<u32> = self.parents_at(test).collect();
            match tested.as_slice() {
                [] => {}
                [one] => {
                    for child in self.children_at(*one) {
                        if self.member(child).waits_for_tests() {
                            edges.entry(child).or_default().push(test);
                        }
                    }
                }
                _ => of_several.entry(tested).or_default().push(test),
            }
        }
        if of_several.is_empty() {
            return edges;
        }
        let below = self.descendants_by_rank();
        for (tested, tests) in &of_several {
            for child in below.first_common(tested) {
                edges.entry(child).or_default().extend(tests);
            }
        }
        edges
    }

    /// Computes for each node that is no test the set of such nodes below it.
    fn descendants_by_rank(&self) -> Descendants {
        let ranked: Vec<u32> = self
            .topological_positions()
            .iter()
            .copied()
            .filter(|at| !self.member(*at).is_test())
            .collect();
        let mut rank = vec![u32::MAX; self.len()];
        for (place, at) in (0_u32..).zip(&ranked) {
            rank[*at as usize] = place;
        }
        let mut below = vec![Bits::default(); ranked.len()];
        for (place, at) in ranked.iter().enumerate().rev() {
            let mut set = Bits::new(ranked.len());
            for child in self
                .children_at(*at)
                .filter(|c| self.member(*c).waits_for_tests())
            {
                let child = rank[child as usize];
                set.insert(child);
                set.union_with(&below[child as usize]);
            }
            below[place] = set;
        }
        Descendants { ranked, rank, below }
    }
}

/// The nodes below each node, as sets over topological ranks.
struct Descendants {
    /// Graph position by rank.
    ranked: Vec<u32>,
    /// Rank by graph position.
    rank: Vec<u32>,
    below: Vec<Bits>,
}

impl Descendants {
    /// Returns the nodes that descend from all of `tested` and from no other that does.
    fn first_common(&self, tested: &[u32]) -> Vec<u32> {
        let mut sets = tested
            .iter()
            .map(|at| self.rank[*at as usize])
            .map(|rank| self.below.get(rank as usize));
        let Some(Some(first)) = sets.next() else {
            return Vec::new();
        };
        let mut common = first.clone();
        for set in sets {
            match set {
                Some(set) => common.intersect_with(set),
                None => return Vec::new(),
            }
        }
        let mut found = Vec::new();
        // The lowest rank that is left descends from no other that is left.
        while let Some(rank) = common.pop_first() {
            found.push(self.ranked[rank as usize]);
            common.remove_all(&self.below[rank as usize]);
        }
        found
    }
}

/// Returns the depth of each node by graph position: 0 for one that waits for nothing, else one below the deepest.
fn depths(size: usize, dependencies: &IndexMap<u32, Vec<u32>>) -> Vec<u32> {
    let mut depth = vec![0_u32; size];
    let mut missing: Vec<u32> = vec![0; size];
    let mut dependents: Vec<Vec<u32>> = vec![Vec::new(); size];
    let mut pending = Vec::new();
    for (at, waits) in dependencies {
        missing[*at as usize] = u32::try_from(waits.len()).unwrap_or(u32::MAX);
        for parent in waits {
            dependents[*parent as usize].push(*at);
        }
        if waits.is_empty() {
            pending.push(*at);
        }
    }
    while let Some(at) = pending.pop() {
        for child in &dependents[at as usize] {
            let child_at = *child as usize;
            depth[child_at] = depth[child_at].max(depth[at as usize] + 1);
            missing[child_at] -= 1;
            if missing[child_at] == 0 {
                pending.push(*child);
            }
        }
    }
    depth
}

#[cfg(test)]
mod tests;
