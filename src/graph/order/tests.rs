use indexmap::IndexSet;
use proptest::prelude::*;

use super::Ready;
use crate::graph::testing::id;
use crate::graph::{RunOrder, link};
use crate::manifest::NodeId;

/// Returns an order of `size` nodes with these (earlier, later) edges.
fn order(size: usize, edges: &[(usize, usize)]) -> RunOrder {
    let mut order = RunOrder {
        ids: (0..size).map(|n| id(&format!("model.shop.m{n}"))).collect(),
        dependencies: vec![Vec::new(); size],
        dependents: vec![Vec::new(); size],
    };
    for (parent, child) in edges {
        order.dependencies[*child].push(u32::try_from(*parent).unwrap());
        order.dependents[*parent].push(u32::try_from(*child).unwrap());
    }
    order
}

#[test]
fn nodes_come_when_all_they_wait_for_has_ended() {
    let order = order(4, &[(0, 2), (1, 2), (2, 3)]);
    let mut ready = Ready::new(&order);
    assert_eq!(
        (ready.take(), ready.take(), ready.take()),
        (Some(0), Some(1), None)
    );
    assert!(ready.finish(1).is_empty());
    assert_eq!(ready.take(), None);
    assert_eq!(ready.finish(0), [2]);
    assert_eq!(ready.take(), Some(2));
    assert_eq!(ready.finish(2), [3]);
    assert_eq!(ready.take(), Some(3));
    assert_eq!(ready.unfinished(), 1);
}

#[test]
fn ending_what_was_not_taken_changes_nothing() {
    let order = order(2, &[(0, 1)]);
    let mut ready = Ready::new(&order);
    assert!(ready.finish(0).is_empty());
    assert!(ready.finish(7).is_empty());
    assert_eq!(ready.take(), Some(0));
    assert_eq!(ready.finish(0), [1]);
    assert!(ready.finish(0).is_empty());
    assert_eq!(ready.untaken(), [1]);
}

proptest! {
    #[test]
    fn every_node_is_handed_out_once_after_its_dependencies(
        size in 1_usize..20,
        pairs in prop::collection::btree_set((0_usize..20, 0_usize..20), 0..40),
        busy_max in 1_usize..5,
    ) {
        let edges: Vec<(usize, usize)> = pairs.into_iter().filter(|(p, c)| p < c && *c < size).collect();
        let order = order(size, &edges);
        let mut ready = Ready::new(&order);
        let (mut busy, mut ended) = (Vec::new(), IndexSet::new());
        loop {
            while busy.len() < busy_max {
                let Some(index) = ready.take() else { break };
                prop_assert!(order.dependencies[index].iter().all(|d| ended.contains(&(*d as usize))));
                busy.push(index);
            }
            let Some(index) = busy.pop() else { break };
            ready.finish(index);
            prop_assert!(ended.insert(index));
        }
        prop_assert_eq!(ended.len(), size);
        prop_assert_eq!(ready.unfinished(), 0);
    }
}

#[test]
fn a_graph_of_twenty_thousand_nodes_runs_through() {
    let names: Vec<String> = (0..20_000).map(|n| format!("model.shop.m{n:05}")).collect();
    let members: Vec<(&str, Vec<&str>)> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            (
                name.as_str(),
                [1, 7]
                    .iter()
                    .filter_map(|back| Some(names[n.checked_sub(*back)?].as_str()))
                    .collect(),
            )
        })
        .collect();
    let slices: Vec<(&str, &[&str])> = members.iter().map(|(m, d)| (*m, d.as_slice())).collect();
    let manifest = crate::graph::testing::manifest(&slices);
    let graph = link(&manifest).unwrap();
    let all: IndexSet<NodeId> = manifest.nodes.keys().cloned().collect();
    let order = graph.run_order(&all, true);
    let mut ready = Ready::new(&order);
    let mut taken = 0;
    while let Some(index) = ready.take() {
        taken += 1;
        ready.finish(index);
    }
    assert_eq!(taken, 20_000);
}
