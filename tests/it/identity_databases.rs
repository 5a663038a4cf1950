//! Identity resolution on databases whose engines are slow, at a small size: chains, cycles, hubs and single ones.

use serde_json::{Value as Json, json};

use crate::identity::{Sighting, expected, project, resolved_in};
use crate::identity_dry_run::a_change_is_told;
use crate::identity_ledger::Story;
use crate::identity_limits::a_window_counts;
use crate::support::lab::Lab;

/// A chain, a cycle and a hub, whose links come in no order, a pair seen twice, and identifiers that nothing links.
fn sightings() -> Vec<Sighting> {
    let mut all: Vec<Sighting> = Vec::new();
    let mut pair = |edge: String, kind, a: String, b: String| {
        all.push((Some(edge.clone()), kind, "account", a));
        all.push((Some(edge), kind, "account", b));
    };
    for n in 0..13 {
        let link = n * 5 % 13;
        pair(
            format!("chain {link}"),
            "person",
            format!("c{link:02}"),
            format!("c{:02}", link + 1),
        );
    }
    for n in 0..7 {
        pair(
            format!("cycle {n}"),
            "person",
            format!("r{n}"),
            format!("r{}", (n + 3) % 7),
        );
    }
    for n in 0..9 {
        pair(format!("hub {n}"), "group", "hub".to_owned(), format!("s{n}"));
    }
    for n in 0..2 {
        pair(format!("twice {n}"), "person", "t0".to_owned(), "t1".to_owned());
    }
    for n in 0..3 {
        all.push((None, "person", "device", format!("alone {n}")));
    }
    all
}

/// Fails where a strategy makes other entities than a union of sets, or other ids than the strategy before.
fn resolves(output: &Json, strategies: &[&str]) {
    let sightings = sightings();
    let wanted = expected(&sightings);
    let mut ids = None;
    for strategy in strategies {
        let graphs = project(strategy, &sightings);
        let profiles = json!({"graphs": {"target": "lab", "outputs": {"lab": output}}});
        graphs.write("profiles.yml", &profiles.to_string());
        let (parts, found) = resolved_in(&graphs, strategy);
        assert_eq!(parts, wanted, "{strategy}");
        assert_eq!(*ids.get_or_insert_with(|| found.clone()), found, "{strategy}");
    }
}

#[test]
fn bigquery_resolves_by_rounds_and_by_a_recursive_statement() {
    let mut output = Lab::of("bigquery").output;
    output["dataset"] = json!(format!("graphs_{}", std::process::id()));
    resolves(&output, &["contraction", "recursive_cte"]);
}

#[test]
fn redshift_resolves_by_rounds() {
    let mut output = Lab::of("redshift").output;
    output["schema"] = json!(format!("graphs_{}", std::process::id()));
    resolves(&output, &["contraction", "auto"]);
}

/// Their recursive statements keep duplicates: a cycle would never end.
#[test]
fn a_recursive_statement_that_cannot_end_is_refused_before_anything_is_sent() {
    for (kind, settings) in [
        (
            "redshift",
            json!({"host": "192.0.2.1", "user": "u", "password": "p", "dbname": "d", "schema": "s"}),
        ),
        (
            "databricks",
            json!({"host": "192.0.2.1", "http_path": "/sql/1.0/warehouses/w", "token": "t", "schema": "s"}),
        ),
    ] {
        let graphs = project("recursive_cte", &sightings());
        let mut output = settings;
        output["type"] = json!(kind);
        let profiles = json!({"graphs": {"target": "lab", "outputs": {"lab": output}}});
        graphs.write("profiles.yml", &profiles.to_string());
        let compiled = graphs.nexus(&[
            "compile",
            "--no-introspect",
            "--select",
            "nexus_identity_components",
        ]);
        let said = format!("{}{}", compiled.stdout, compiled.stderr);
        assert!(
            compiled.code == Some(1) && said.contains("cannot end on") && said.contains("strategy: auto"),
            "{kind}: {said}"
        );
    }
}

#[test]
fn databricks_resolves_by_rounds() {
    let mut output = Lab::of("databricks").output;
    output["schema"] = json!(format!("graphs_{}", std::process::id()));
    resolves(&output, &["contraction"]);
}

/// A story on an engine, in a schema of its own.
fn story(engine: &str, schema: &str) -> Story {
    let mut output = Lab::of(engine).output;
    output["schema"] = json!(format!("{schema}_{}", std::process::id()));
    Story::on(&output, "")
}

#[test]
fn postgres_keeps_limits_of_entities() {
    a_window_counts(story("postgres", "window_of_days"));
}

#[test]
fn redshift_keeps_limits_of_entities() {
    a_window_counts(story("redshift", "window_of_days"));
}

#[test]
fn postgres_tells_a_change_of_rules_before_it_is_built() {
    a_change_is_told(story("postgres", "dry_run"));
}

#[test]
fn snowflake_tells_a_change_of_rules_before_it_is_built() {
    a_change_is_told(story("snowflake", "dry_run"));
}
