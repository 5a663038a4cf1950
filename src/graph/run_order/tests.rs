use indexmap::IndexSet;
use proptest::prelude::*;

use super::RunOrder;
use crate::graph::link;
use crate::graph::testing::{id, manifest};
use crate::manifest::NodeId;

fn selection(names: &[&str]) -> IndexSet<NodeId> {
    names.iter().map(|name| id(name)).collect()
}

/// Shows each node with what it waits for, in the order of the run.
fn shown(order: &RunOrder) -> Vec<String> {
    let name = |at: usize| order.id(at).as_str().replace("model.shop.", "");
    (0..order.len())
        .map(|at| {
            let waits: Vec<String> = order.dependencies[at].iter().map(|d| name(*d as usize)).collect();
            format!("{} < {}", name(at), waits.join(" "))
                .trim_end()
                .to_owned()
        })
        .collect()
}

#[test]
fn unselected_nodes_between_are_bridged() {
    let graph = link(&manifest(&[
        ("model.shop.a", &[]),
        ("model.shop.b", &["model.shop.a"]),
        ("model.shop.c", &["model.shop.b"]),
        ("model.shop.d", &["model.shop.c", "model.shop.a"]),
    ]))
    .unwrap();
    let order = graph.subgraph(&selection(&["model.shop.a", "model.shop.d"]));
    assert_eq!(shown(&order), ["a <", "d < a"]);
    assert_eq!(order.dependents, [vec![1], vec![]]);
}

#[test]
fn equals_go_by_depth_and_then_by_id() {
    let graph = link(&manifest(&[
        ("model.shop.z", &[]),
        ("model.shop.m", &["model.shop.z"]),
        ("model.shop.b", &[]),
        ("model.shop.a", &["model.shop.m"]),
    ]))
    .unwrap();
    let all = selection(&["model.shop.a", "model.shop.b", "model.shop.m", "model.shop.z"]);
    assert_eq!(shown(&graph.subgraph(&all)), ["b <", "z <", "m < z", "a < m"]);
}

#[test]
fn children_wait_for_the_tests_of_their_parent() {
    let manifest = manifest(&[
        ("model.shop.a", &[]),
        ("model.shop.b", &["model.shop.a"]),
        ("test.shop.unique_a.1", &["model.shop.a"]),
        ("test.shop.unique_b.1", &["model.shop.b"]),
    ]);
    let graph = link(&manifest).unwrap();
    let all: IndexSet<NodeId> = manifest.nodes.keys().cloned().collect();
    assert_eq!(
        shown(&graph.run_order(&all, true)),
        [
            "a <",
            "test.shop.unique_a.1 < a",
            "b < a test.shop.unique_a.1",
            "test.shop.unique_b.1 < b"
        ]
    );
    assert_eq!(
        shown(&graph.run_order(&all, false)),
        [
            "a <",
            "b < a",
            "test.shop.unique_a.1 < a",
            "test.shop.unique_b.1 < b"
        ]
    );
}

#[test]
fn a_test_of_two_holds_back_only_what_descends_from_both() {
    let manifest = manifest(&[
        ("source.shop.raw.x", &[]),
        ("model.shop.a", &["source.shop.raw.x"]),
        ("model.shop.b", &[]),
        ("model.shop.only_a", &["model.shop.a"]),
        ("model.shop.both", &["model.shop.only_a", "model.shop.b"]),
        ("model.shop.last", &["model.shop.both"]),
        ("test.shop.relationships_a_b.1", &["model.shop.a", "model.shop.b"]),
    ]);
    let graph = link(&manifest).unwrap();
    let all: IndexSet<NodeId> = manifest.nodes.keys().cloned().collect();
    let order = graph.run_order(&all, true);
    let shown = shown(&order);
    assert!(shown.contains(&"only_a < a".to_owned()), "{shown:?}");
    assert!(
        shown.contains(&"both < b only_a test.shop.relationships_a_b.1".to_owned()),
        "{shown:?}"
    );
    // The last waits through `both` and needs no edge of its own.
    assert!(shown.contains(&"last < both".to_owned()), "{shown:?}");
    let skipped: Vec<&str> = order
        .descendants(&id("test.shop.relationships_a_b.1"))
        .into_iter()
        .map(NodeId::as_str)
        .collect();
    assert_eq!(skipped, ["model.shop.both", "model.shop.last"]);
}

#[test]
fn a_test_holds_back_through_unselected_children() {
    let graph = link(&manifest(&[
        ("model.shop.a", &[]),
        ("model.shop.b", &["model.shop.a"]),
        ("model.shop.c", &["model.shop.b"]),
        ("test.shop.unique_a.1", &["model.shop.a"]),
    ]))
    .unwrap();
    let some = selection(&["model.shop.a", "model.shop.c", "test.shop.unique_a.1"]);
    assert_eq!(
        shown(&graph.run_order(&some, true)),
        ["a <", "test.shop.unique_a.1 < a", "c < a test.shop.unique_a.1"]
    );
}

proptest! {
    /// Against dbt's rule taken word by word: a selected node waits for a selected test if all that the test reads lies
    /// above the node; the waiting of the two forms must be the same for every pair.
    #[test]
    fn waiting_is_what_dbts_rule_says(
        edges in prop::collection::vec((0_usize..10, 0_usize..10), 0..18),
        tests in prop::collection::vec(prop::collection::btree_set(0_usize..10, 1..4), 0..6),
        picked in prop::collection::vec(any::<bool>(), 16),
    ) {
        let model = |n: usize| format!("model.shop.m{n}");
        let mut members: Vec<(String, Vec<String>)> = (0..10)
            .map(|n| (model(n), edges.iter().filter(|(p, c)| p < c && *c == n).map(|(p, _)| model(*p)).collect()))
            .collect();
        for (n, reads) in tests.iter().enumerate() {
            members.push((format!("test.shop.t{n}.1"), reads.iter().map(|r| model(*r)).collect()));
        }
        let borrowed: Vec<(&str, Vec<&str>)> = members
            .iter()
            .map(|(m, d)| (m.as_str(), d.iter().map(String::as_str).collect()))
            .collect();
        let slices: Vec<(&str, &[&str])> = borrowed.iter().map(|(m, d)| (*m, d.as_slice())).collect();
        let manifest = manifest(&slices);
        let graph = link(&manifest).unwrap();
        let chosen: IndexSet<NodeId> = manifest
            .nodes
            .keys()
            .zip(picked.iter().cycle())
            .filter(|(_, picked)| **picked)
            .map(|(id, _)| id.clone())
            .collect();
        let order = graph.run_order(&chosen, true);
        let mut full = std::collections::BTreeMap::<NodeId, std::collections::BTreeSet<NodeId>>::new();
        for id in graph.topological() {
            let above = graph.ancestors(id, None).into_iter().cloned().collect();
            full.insert(id.clone(), above);
        }
        for late in 0..order.len() {
            // All that it waits for, directly or not, stands before it.
            prop_assert!(order.dependencies[late].iter().all(|d| (*d as usize) < late));
        }
        for before in &chosen {
            let waiting: std::collections::BTreeSet<NodeId> =
                order.descendants(before).into_iter().cloned().collect();
            for after in &chosen {
                let reads = &manifest.nodes[before].depends_on;
                let is_test = before.as_str().starts_with("test.");
                let by_test = is_test
                    && !after.as_str().starts_with("test.")
                    && reads.iter().all(|r| full[after].contains(r));
                let through_test = is_test
                    && after.as_str().starts_with("test.")
                    && manifest.nodes[after].depends_on.iter().any(|read| {
                        reads.iter().all(|r| full[read].contains(r))
                    });
                let expected = full[after].contains(before) || by_test || through_test;
                prop_assert_eq!(waiting.contains(after), expected, "{} before {}", before, after);
            }
        }
    }
}
