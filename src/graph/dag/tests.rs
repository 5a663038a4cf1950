use super::link;
use crate::diagnostic::render_text;
use crate::graph::testing::{id, manifest, with_ref};
use crate::manifest::{Manifest, NodeId};

fn shown(ids: &[&NodeId]) -> String {
    ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ")
}

fn diamond() -> Manifest {
    manifest(&[
        (
            "model.shop.d",
            &["model.shop.b", "model.shop.c", "source.shop.raw.x"],
        ),
        ("model.shop.b", &["model.shop.a"]),
        ("model.shop.c", &["model.shop.a"]),
        ("model.shop.a", &["source.shop.raw.x"]),
        ("source.shop.raw.x", &[]),
        ("exposure.shop.board", &["model.shop.d"]),
    ])
}

#[test]
fn neighbours_come_in_the_order_of_the_manifest() {
    let graph = link(&diamond()).unwrap();
    assert_eq!(
        shown(&graph.parents(&id("model.shop.d"))),
        "model.shop.b model.shop.c source.shop.raw.x"
    );
    assert_eq!(
        shown(&graph.children(&id("source.shop.raw.x"))),
        "model.shop.d model.shop.a"
    );
    assert_eq!(shown(&graph.parents(&id("model.shop.unknown"))), "");
}

#[test]
fn walks_stop_at_their_depth() {
    let graph = link(&diamond()).unwrap();
    let board = id("exposure.shop.board");
    assert_eq!(shown(&graph.ancestors(&board, Some(0))), "");
    assert_eq!(shown(&graph.ancestors(&board, Some(1))), "model.shop.d");
    assert_eq!(
        shown(&graph.ancestors(&board, Some(2))),
        "model.shop.d model.shop.b model.shop.c source.shop.raw.x"
    );
    assert_eq!(
        shown(&graph.descendants(&id("model.shop.a"), None)),
        "model.shop.d model.shop.b model.shop.c exposure.shop.board"
    );
}

#[test]
fn topological_order_breaks_ties_by_the_manifest() {
    let graph = link(&diamond()).unwrap();
    assert_eq!(
        shown(&graph.topological()),
        "source.shop.raw.x model.shop.a model.shop.b model.shop.c model.shop.d exposure.shop.board"
    );
}

#[test]
fn a_dependency_that_the_manifest_lacks_is_no_edge() {
    let graph = link(&manifest(&[("model.shop.a", &["model.shop.gone"])])).unwrap();
    assert!(graph.parents(&id("model.shop.a")).is_empty());
}

fn cycles(manifest: &Manifest) -> Vec<String> {
    let faults = link(manifest).unwrap_err();
    faults.0.iter().map(|fault| fault.message().to_owned()).collect()
}

#[test]
fn a_cycle_is_told_with_its_whole_path_and_each_place() {
    let mut cyclic = manifest(&[
        ("model.shop.a", &["model.shop.b"]),
        ("model.shop.b", &["model.shop.c"]),
        ("model.shop.c", &["model.shop.a"]),
        ("model.shop.below", &["model.shop.a"]),
    ]);
    for (from, to) in [("a", "b"), ("b", "c"), ("c", "a")] {
        let node = cyclic.nodes.get_mut(&id(&format!("model.shop.{from}"))).unwrap();
        let node = std::sync::Arc::make_mut(node);
        with_ref(node, to, &format!("select *\nfrom {{{{ ref('{to}') }}}}"));
        // The name of the column keyword must not be taken for the reference.
        node.ref_spans[0] = node.ref_spans[0].clone().map(|mut span| {
            span.start = 23;
            span.end = 24;
            span
        });
    }
    let faults = link(&cyclic).unwrap_err();
    assert_eq!(faults.0.len(), 1);
    insta::assert_snapshot!(render_text(&faults.0[0], false), @r"
    error[N0209]: model `a` depends on itself: `a` → `b` → `c` → `a`
     --> models/a.sql:2:15
      |
    2 | from {{ ref('b') }}
      |               ^
      |
      = note: `a` depends on `b` at models/a.sql:2:15
      = note: `b` depends on `c` at models/b.sql:2:15
      = note: `c` depends on `a` at models/c.sql:2:15
      = help: Take one of these references out, or move what both need into a model of its own.
    ");
}

#[test]
fn a_model_that_refers_to_itself_is_a_cycle() {
    let cyclic = manifest(&[("model.shop.a", &["model.shop.a"])]);
    assert_eq!(cycles(&cyclic), ["model `a` depends on itself: `a` → `a`"]);
}

#[test]
fn cycles_that_share_a_node_are_told_apart() {
    let cyclic = manifest(&[
        ("model.shop.hub", &["model.shop.x", "model.shop.y"]),
        ("model.shop.x", &["model.shop.hub"]),
        ("model.shop.y", &["model.shop.hub"]),
        ("model.shop.p", &["model.shop.q"]),
        ("model.shop.q", &["model.shop.p"]),
    ]);
    assert_eq!(
        cycles(&cyclic),
        [
            "model `hub` depends on itself: `hub` → `x` → `hub`",
            "model `hub` depends on itself: `hub` → `y` → `hub`",
            "model `p` depends on itself: `p` → `q` → `p`",
        ]
    );
}
