//! Identity resolution through the binary: every strategy makes the partition of another union-find, whatever the graph.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use petgraph::unionfind::UnionFind;

use crate::support::environment::Environment;

/// Occurrence (none: seen alone), entity type, identifier type, value.
pub(crate) type Sighting = (Option<String>, &'static str, &'static str, String);

/// A small generator with a fixed start, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Numerical Recipes' linear congruence; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Sparse noise, a chain in shuffled order, a cycle, a clique, a hub with a long tail, other scripts and quotes, and groups that carry
/// the same values as persons.
pub(crate) fn sightings() -> Vec<Sighting> {
    let mut dice = Dice(7);
    let mut all: Vec<Sighting> = Vec::new();
    let mut pair = |edge: String, kind, a: String, b: String| {
        all.push((Some(edge.clone()), kind, "account", a));
        all.push((Some(edge), kind, "device", b));
    };
    for n in 0..400 {
        let (a, b) = (dice.roll(500), dice.roll(500));
        pair(format!("noise {n}"), "person", format!("n{a}"), format!("n{b}"));
    }
    for n in 0..300u64 {
        // 7 and 300 have no common divisor: every link once, far ones first.
        let link = n * 7 % 300;
        pair(
            format!("chain {link}"),
            "person",
            format!("c{link:03}"),
            format!("c{:03}", link + 1),
        );
        pair(
            format!("back {link}"),
            "person",
            format!("c{:03}", link + 1),
            format!("c{link:03}"),
        );
    }
    for n in 0..40 {
        pair(
            format!("cycle {n}"),
            "person",
            format!("r{n}"),
            format!("r{}", (n + 1) % 40),
        );
        pair(
            format!("hub {n}"),
            "person",
            "hub".to_owned(),
            format!("spoke {n}"),
        );
        pair(
            format!("firm {n}"),
            "group",
            format!("n{n}"),
            format!("n{}", n / 2),
        );
    }
    for n in 0..6 {
        for m in 0..6 {
            pair(
                format!("clique {n} {m}"),
                "person",
                format!("k{n}"),
                format!("k{m}"),
            );
        }
    }
    pair(
        "odd".to_owned(),
        "person",
        "o'brien|x".to_owned(),
        "佐藤".to_owned(),
    );
    pair(
        "odd too".to_owned(),
        "person",
        "佐藤".to_owned(),
        "\"q\", z".to_owned(),
    );
    all.push((None, "person", "account", "alone".to_owned()));
    all.push((None, "person", "device", "spoke 1".to_owned()));
    all
}

pub(crate) fn project(strategy: &str, sightings: &[Sighting]) -> Environment {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut rows =
        "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,\
                    occurred_at,_ingested_at\n"
            .to_owned();
    for (index, (edge, kind, name, value)) in sightings.iter().enumerate() {
        let edge = edge.as_deref().unwrap_or_default();
        writeln!(
            rows,
            "i{index},e{index},{edge},{kind},{name},{},,graph,2024-01-01 00:00:00,2024-01-02 00:00:00",
            quoted(value)
        )
        .unwrap();
    }
    let environment = Environment::empty();
    environment
        .write(
            "dbt_project.yml",
            &format!(
                "name: graphs\nprofile: graphs\nvars:\n  nexus:\n    identity: {{strategy: {strategy}}}\n    sources:\n      \
                 graph: {{enabled: true, models: [entity_identifiers]}}\n"
            ),
        )
        .write(
            "profiles.yml",
            "graphs:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: graphs.duckdb, threads: 2}\n",
        )
        .write("seeds/graph_entity_identifiers.csv", &rows)
        .write(
            "seeds/seeds.yml",
            "seeds:\n  - name: graph_entity_identifiers\n    config:\n      column_types: {edge_id: varchar, role: varchar, \
             identifier_value: varchar}\n",
        );
    environment
}

pub(crate) type Parts = BTreeSet<BTreeSet<(String, String, String)>>;

/// The entities that a build with this strategy finds, and their ids.
fn resolved(strategy: &str, sightings: &[Sighting]) -> (Parts, BTreeSet<String>) {
    resolved_in(&project(strategy, sightings), strategy)
}

/// The entities that a build of the project finds, and their ids.
pub(crate) fn resolved_in(project: &Environment, strategy: &str) -> (Parts, BTreeSet<String>) {
    let build = project.nexus(&[
        "build",
        "--select",
        "+nexus_resolved_identifiers",
        "--indirect-selection",
        "cautious",
        "--quiet",
    ]);
    assert_eq!(
        build.code,
        Some(0),
        "{strategy}: {}\n{}",
        build.stdout,
        build.stderr
    );
    let sql = "select entity_id, entity_type, identifier_type, identifier_value \
               from {{ ref('nexus_resolved_identifiers') }}";
    let shown = project.nexus(&[
        "show", "--inline", sql, "--limit", "-1", "--output", "json", "--quiet",
    ]);
    assert_eq!(
        shown.code,
        Some(0),
        "{strategy}: {}\n{}",
        shown.stdout,
        shown.stderr
    );
    let answer: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    // Some databases have names in capitals.
    let text = |row: &serde_json::Value, key: &str| {
        let value = row.get(key).or_else(|| row.get(key.to_uppercase()));
        value.and_then(serde_json::Value::as_str).unwrap().to_owned()
    };
    let mut parts: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    for row in answer["show"].as_array().unwrap() {
        parts.entry(text(row, "entity_id")).or_default().insert((
            text(row, "entity_type"),
            text(row, "identifier_type"),
            text(row, "identifier_value"),
        ));
    }
    (parts.values().cloned().collect(), parts.into_keys().collect())
}

/// The same by petgraph.
pub(crate) fn expected(sightings: &[Sighting]) -> Parts {
    let mut numbers = BTreeMap::new();
    for (_, kind, name, value) in sightings {
        let next = numbers.len();
        numbers.entry((*kind, *name, value.as_str())).or_insert(next);
    }
    let mut sets = UnionFind::<usize>::new(numbers.len());
    let mut first = BTreeMap::new();
    for (edge, kind, name, value) in sightings {
        let number = numbers[&(*kind, *name, value.as_str())];
        if let Some(edge) = edge {
            let with = *first.entry((edge.as_str(), *kind)).or_insert(number);
            sets.union(with, number);
        }
    }
    let mut parts: BTreeMap<usize, BTreeSet<_>> = BTreeMap::new();
    for ((kind, name, value), number) in numbers {
        parts.entry(sets.find(number)).or_default().insert((
            kind.to_owned(),
            name.to_owned(),
            value.to_owned(),
        ));
    }
    parts.into_values().collect()
}

#[test]
fn every_strategy_makes_the_same_exact_partition_with_the_same_ids() {
    let sightings = sightings();
    let wanted = expected(&sightings);
    let (in_memory, ids) = resolved("auto", &sightings);
    assert_eq!(in_memory, wanted);
    for strategy in ["contraction", "recursive_cte"] {
        let (parts, other_ids) = resolved(strategy, &sightings);
        assert_eq!(parts, wanted, "{strategy}");
        assert_eq!(other_ids, ids, "{strategy}");
    }
}

#[test]
fn rounds_that_are_written_out_make_the_same_partition_and_too_few_of_them_are_an_error() {
    let sightings = sightings();
    let project = project("recursive_cte", &sightings);
    let settings = std::fs::read_to_string(project.path().join("dbt_project.yml")).unwrap();
    project.write(
        "dbt_project.yml",
        &format!("{settings}dispatch: [{{macro_namespace: nexus, search_order: [graphs, nexus]}}]\n"),
    );
    let rounds = |arguments: &str| {
        project.write(
            "macros/rounds.sql",
            &format!(
                "{{% macro duckdb__nexus_labels_of_nodes(nodes, edges, ctes='') %}}\n\
                 {{{{ nexus.nexus_labels_by_rounds(nodes, edges, ctes{arguments}) }}}}\n{{% endmacro %}}\n"
            ),
        );
    };
    rounds("");
    let (parts, ids) = resolved_in(&project, "rounds");
    assert_eq!(parts, expected(&sightings));
    assert_eq!(ids, resolved("auto", &sightings).1);
    rounds(", rounds=1");
    let build = project.nexus(&["run", "--select", "nexus_identity_components"]);
    assert_eq!(build.code, Some(1), "{}", build.stdout);
    assert!(
        build
            .stdout
            .contains("identifiers are left: use the strategy contraction"),
        "{}",
        build.stdout
    );
}

#[test]
fn contraction_says_what_each_round_did() {
    let project = project("contraction", &sightings());
    let build = project.nexus(&[
        "build",
        "--select",
        "+nexus_identity_components",
        "--indirect-selection",
        "cautious",
    ]);
    assert_eq!(build.code, Some(0), "{}\n{}", build.stdout, build.stderr);
    let rounds: Vec<&str> = build
        .stdout
        .lines()
        .filter(|line| line.contains("nexus identity: round"))
        .collect();
    assert!(!rounds.is_empty(), "{}", build.stdout);
    assert!(
        rounds.last().unwrap().contains(" 0 edges left"),
        "{}",
        rounds.join("\n")
    );
}
