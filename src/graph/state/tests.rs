//! Earlier and present forms of nodes, and which parts count as changed.

use serde_json::json;

use super::contract::{Change, compare, of_removed};
use super::*;

fn pair<'a>(new: &'a Json, old: Option<&'a Json>) -> Pair<'a> {
    Pair {
        new,
        old,
        unrendered_sources: false,
    }
}

#[test]
fn a_node_without_earlier_self_is_modified_but_a_source_is_not() {
    assert!(pair(&json!({ "resource_type": "model" }), None).is_modified());
    assert!(!pair(&json!({ "resource_type": "source" }), None).is_modified());
    assert!(!pair(&json!({ "resource_type": "exposure" }), None).is_modified());
}

#[test]
fn tags_and_group_are_no_change_of_the_configuration() {
    let node = |config: Json| json!({ "resource_type": "model", "unrendered_config": config });
    let old = node(json!({ "materialized": "table" }));
    let tagged = node(json!({ "materialized": "table", "tags": ["a"], "group": "g", "alias": "x" }));
    let hooked = node(json!({ "materialized": "table", "pre-hook": "select 1" }));
    assert!(pair(&tagged, Some(&old)).same_config(&old));
    assert!(!pair(&hooked, Some(&old)).same_config(&old));
    assert!(!pair(&tagged, Some(&old)).same_relation(&old));
}

#[test]
fn a_macro_counts_as_changed_with_all_that_call_it() {
    let facts = |text: &str, on: &[&str]| MacroFacts {
        text: text.to_owned(),
        depends_on: on.iter().map(|id| Arc::from(*id)).collect(),
    };
    let old = [("a", "1"), ("b", "b"), ("c", "c"), ("d", "d")];
    let comparison = Comparison {
        previous: PreviousState {
            manifest: Some(PreviousManifest {
                macros: old.map(|(id, text)| (id.to_owned(), text.to_owned())).into(),
                ..PreviousManifest::default()
            }),
            ..PreviousState::default()
        },
        macros: [
            ("a", facts("2", &[])),
            ("b", facts("b", &["a"])),
            ("c", facts("c", &["b"])),
            ("d", facts("d", &[])),
        ]
        .map(|(id, facts)| (Arc::from(id), facts))
        .into(),
        ..Comparison::default()
    };
    let mut changed: Vec<Arc<str>> = comparison.changed_macros().into_iter().collect();
    changed.sort();
    assert_eq!(changed, [Arc::from("a"), Arc::from("b"), Arc::from("c")]);
}

#[test]
fn a_wider_column_breaks_nothing_and_a_lost_one_does() {
    let model = |columns: Json| {
        json!({ "resource_type": "model", "unique_id": "model.p.m", "columns": columns,
                "contract": { "enforced": true }, "config": { "materialized": "table", "enabled": true } })
    };
    let old = model(json!({ "a": { "data_type": "varchar(3)" }, "b": { "data_type": "int" } }));
    let wide = model(json!({ "a": { "data_type": "VARCHAR(9)" }, "b": { "data_type": "int" } }));
    let lost = model(json!({ "a": { "data_type": "int" } }));
    assert_eq!(compare(&old, &old), Change::None);
    assert_eq!(compare(&wide, &old), Change::Harmless);
    let Change::Breaking(changes) = compare(&lost, &old) else {
        panic!("a lost column breaks readers")
    };
    assert_eq!(
        changes,
        [
            "the type of the column `a` changed from varchar(3) to int",
            "the column `b` was removed"
        ]
    );
    assert!(of_removed(&old, "2026-01-01").is_some_and(|text| text.ends_with("was deleted or renamed")));
}
