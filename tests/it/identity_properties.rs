//! The invariants of identity resolution on some hundred random graphs at once, which come in batches in any order: after each batch the partition is
//! that of another union-find, ids change only by logged merges and splits, and what is kept equals what a full refresh makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use petgraph::unionfind::UnionFind;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::environment::Environment;
use crate::support::shown::rows;

/// Links of each shape; graphs do not meet, for each has values of its own.
const GRAPHS: usize = 150;

/// Batches that add rows.
const BATCHES: usize = 3;

#[derive(Debug, Clone)]
struct Sighting {
    occurrence: Option<String>,
    kind: &'static str,
    name: &'static str,
    /// None and blank values, and blocked ones, join nothing.
    value: Option<String>,
    day: usize,
    batch: usize,
}

impl Sighting {
    fn is_good(&self) -> bool {
        self.value
            .as_deref()
            .is_some_and(|v| !v.trim().is_empty() && v != "n/a")
    }

    fn identifier(&self) -> Identifier {
        (
            self.kind.to_owned(),
            self.name.to_owned(),
            self.value.clone().unwrap_or_default(),
        )
    }
}

type Identifier = (String, String, String);

/// The links of a graph: chains, stars, cliques, cycles, and ends that prefer those who have many.
fn links() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop_oneof![
        (1..12usize).prop_map(|n| (0..n).map(|i| (i, i + 1)).collect()),
        (1..9usize).prop_map(|n| (0..n).map(|i| (0, i + 1)).collect()),
        (2..5usize).prop_map(|n| (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).collect()),
        (2..9usize).prop_map(|n| (0..n).map(|i| (i, (i + 1) % n)).collect()),
        prop::collection::vec((0..1_000usize, 0..6usize), 1..10)
            .prop_map(|ends| { ends.iter().map(|(a, b)| (a % (a % 7 + 1), b % (b + 1))).collect() }),
    ]
}

/// One graph: its links, how its values are spelled, and for each link kind, batch and day, and what else its occurrence shows.
fn graph() -> impl Strategy<Value = Vec<(usize, usize, usize, usize, usize, usize)>> {
    (links(), 0..5usize).prop_flat_map(|(links, spelling)| {
        links
            .into_iter()
            .map(|(a, b)| {
                (
                    Just(a),
                    Just(b),
                    Just(spelling),
                    0..BATCHES,
                    1..28usize,
                    0..12usize,
                )
            })
            .collect::<Vec<_>>()
    })
}

fn sightings() -> Vec<Sighting> {
    let mut runner = TestRunner::deterministic();
    let graphs = prop::collection::vec(graph(), GRAPHS)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let mut all = Vec::new();
    for (number, links) in graphs.iter().enumerate() {
        for (index, (a, b, spelling, batch, day, extra)) in links.iter().enumerate() {
            let spell = |n: &usize| {
                Some(match spelling {
                    0 => format!("g{number} o'{n}"),
                    1 => format!("佐藤{number}-{n}"),
                    2 => format!("\"{number}\",{n}"),
                    _ => format!("g{number}|{n}"),
                })
            };
            // Groups carry the values of persons.
            let kind = if *extra == 0 { "group" } else { "person" };
            let mut see = |name, value, occurrence: Option<String>, batch| {
                all.push(Sighting {
                    occurrence,
                    kind,
                    name,
                    value,
                    day: *day,
                    batch,
                });
            };
            let occurrence = Some(format!("{number}-{index}"));
            see("account", spell(a), occurrence.clone(), *batch);
            see("device", spell(b), occurrence.clone(), *batch);
            match extra {
                1 => see("device", None, occurrence, *batch),
                2 => see("device", Some(" ".to_owned()), occurrence, *batch),
                3 => see("account", Some("n/a".to_owned()), occurrence, *batch),
                4 => see("account", spell(b), None, *batch),
                // The occurrence grows later, and is seen again.
                5 => see("account", spell(&(b + 1)), occurrence, BATCHES - 1),
                6 => see("account", spell(a), occurrence, BATCHES - 1),
                _ => {}
            }
        }
    }
    all
}

/// What is decided beside the rows.
#[derive(Default)]
struct Rules {
    blocked: BTreeSet<Identifier>,
    denied: Vec<(Identifier, Identifier)>,
    forced: Vec<(Identifier, Identifier)>,
    forgotten: BTreeSet<Identifier>,
}

impl Rules {
    fn joins(&self, sighting: &Sighting) -> bool {
        let identifier = sighting.identifier();
        sighting.is_good() && !self.blocked.contains(&identifier) && !self.forgotten.contains(&identifier)
    }

    /// Writes them into the project; values are blocked of every kind, so kinds do not share the blocked ones.
    fn configure(&self, project: &Environment) {
        let pairs = |pairs: &[(Identifier, Identifier)]| {
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let mut csv =
                "entity_type,identifier_type_a,identifier_value_a,identifier_type_b,identifier_value_b\n"
                    .to_owned();
            for (a, b) in pairs {
                writeln!(csv, "{},{},{},{},{}", a.0, a.1, quoted(&a.2), b.1, quoted(&b.2)).unwrap();
            }
            csv
        };
        let mut blocked: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (_, name, value) in &self.blocked {
            let quoted = format!("'{}'", value.to_lowercase().replace('\'', "''"));
            blocked.entry(name).or_default().push(quoted);
        }
        let types: Vec<String> = blocked
            .iter()
            .map(|(name, values)| format!("{name}: {{block: [{}]}}", values.join(", ")))
            .collect();
        project
            .write("denied.csv", &pairs(&self.denied))
            .write("forced.csv", &pairs(&self.forced))
            .write(
                "dbt_project.yml",
                &format!(
                    "name: graphs\nprofile: graphs\nvars:\n  nexus:\n    identity: {{incremental: true, deny: denied, force: forced, \
                     identifier_types: {{{}}}}}\n    sources:\n      graph: {{enabled: true, models: [entity_identifiers]}}\n",
                    types.join(", ")
                ),
            );
    }
}

fn project() -> Environment {
    let environment = Environment::empty();
    Rules::default().configure(&environment);
    for pairs in ["denied", "forced"] {
        environment.write(
            &format!("models/{pairs}.sql"),
            &format!(
                "{{{{ config(materialized='view') }}}}\nselect * from read_csv('{pairs}.csv', all_varchar=true, header=true)\n"
            ),
        );
    }
    environment
        .write(
            "profiles.yml",
            "graphs:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: graphs.duckdb, threads: 2}\n",
        )
        .write(
            "models/graph_entity_identifiers.sql",
            "{{ config(materialized='view') }}\nselect * replace (nullif(identifier_value, '<null>') as identifier_value) from \
             read_csv('graph.csv', all_varchar=true, header=true)\n",
        );
    environment
}

/// Builds on these rows; the day on which a row came is the later the later its batch, but for the second, which comes from the past.
fn build(project: &Environment, sightings: &[&Sighting], flags: &[&str]) -> String {
    let mut csv = "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,\
                   _ingested_at\n"
        .to_owned();
    for (index, s) in sightings.iter().enumerate() {
        let value = s.value.as_deref().unwrap_or("<null>").replace('"', "\"\"");
        let edge = s.occurrence.as_deref().unwrap_or_default();
        let month = if s.batch == 1 { 1 } else { s.batch + 2 };
        let (kind, name, day) = (s.kind, s.name, s.day);
        writeln!(
            csv,
            "i{index},e {edge},{edge},{kind},{name},\"{value}\",,graph,2024-01-{day:02} 00:00:00,2024-{month:02}-01 00:00:00"
        )
        .unwrap();
    }
    project.write("graph.csv", &csv);
    let mut arguments = vec![
        "run",
        "--select",
        "+nexus_identity_log",
        "+nexus_resolved_identifiers",
        "nexus_identity_quarantine",
    ];
    arguments.extend(flags);
    let build = project.nexus(&arguments);
    assert_eq!(build.code, Some(0), "{}\n{}", build.stdout, build.stderr);
    build.stdout
}

fn ids(project: &Environment) -> BTreeMap<Identifier, String> {
    let sql = "select entity_type, identifier_type, identifier_value, entity_id from {{ ref('nexus_resolved_identifiers') }}";
    let all = rows(project, sql);
    let count = all.len();
    let ids: BTreeMap<_, _> = all
        .into_iter()
        .map(|row| ((row[0].clone(), row[1].clone(), row[2].clone()), row[3].clone()))
        .collect();
    assert_eq!(ids.len(), count, "an identifier is of two entities");
    ids
}

fn parts(ids: &BTreeMap<Identifier, String>) -> BTreeSet<BTreeSet<Identifier>> {
    let mut parts: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for (identifier, id) in ids {
        parts.entry(id).or_default().insert(identifier.clone());
    }
    parts.into_values().collect()
}

fn expected(sightings: &[&Sighting], rules: &Rules) -> BTreeSet<BTreeSet<Identifier>> {
    let good: Vec<_> = sightings.iter().filter(|s| rules.joins(s)).collect();
    let mut shown: BTreeMap<(&String, &str), BTreeSet<Identifier>> = BTreeMap::new();
    for s in &good {
        if let Some(occurrence) = &s.occurrence {
            shown
                .entry((occurrence, s.kind))
                .or_default()
                .insert(s.identifier());
        }
    }
    // Who leaves an occurrence because it shows a denied pair.
    let leaves = |occurrence: &String, s: &Sighting| {
        let members = &shown[&(occurrence, s.kind)];
        let denied = |(a, b): &(Identifier, Identifier)| *b == s.identifier() && members.contains(a);
        rules.denied.iter().any(denied)
    };
    let mut numbers = BTreeMap::new();
    for s in &good {
        let next = numbers.len();
        numbers.entry(s.identifier()).or_insert(next);
    }
    let mut sets = UnionFind::<usize>::new(numbers.len());
    let mut first = BTreeMap::new();
    for s in &good {
        if let Some(occurrence) = s.occurrence.as_ref().filter(|o| !leaves(o, s)) {
            let number = numbers[&s.identifier()];
            let with = *first.entry((occurrence, s.kind)).or_insert(number);
            sets.union(with, number);
        }
    }
    for (a, b) in &rules.forced {
        if let (Some(a), Some(b)) = (numbers.get(a), numbers.get(b)) {
            sets.union(*a, *b);
        }
    }
    let mut parts: BTreeMap<usize, BTreeSet<_>> = BTreeMap::new();
    for (identifier, number) in numbers {
        parts.entry(sets.find(number)).or_default().insert(identifier);
    }
    parts.into_values().collect()
}

fn same_parts(ids: &BTreeMap<Identifier, String>, wanted: &BTreeSet<BTreeSet<Identifier>>, step: &str) {
    let found = parts(ids);
    let only = |a: &BTreeSet<BTreeSet<Identifier>>, b| a.difference(b).cloned().collect::<Vec<_>>();
    let different = (only(&found, wanted), only(wanted, &found));
    assert_eq!(different, (vec![], vec![]), "{step}");
}

/// All that is kept, but for how far each table is.
fn kept(project: &Environment) -> Vec<Vec<Vec<String>>> {
    [
        "entity_type, identifier_type, identifier_value, sightings, first_seen_at, last_seen_at, _ingested_at from {{ ref('nexus_identity_nodes') }}",
        "* exclude (change_batch) from {{ ref('nexus_identity_edges') }}",
        "* exclude (change_batch) from {{ ref('nexus_identity_components') }}",
        "* exclude (change_batch, decision_batch) from {{ ref('nexus_resolved_identifiers') }}",
        "* exclude (change_batch) from {{ ref('nexus_identity_ledger') }}",
    ]
    .map(|sql| rows(project, &format!("select {sql} order by all")))
    .to_vec()
}

/// Ids that changed have a merge or a split in the log; who survived a merge had at least as many identifiers.
fn check_log(
    project: &Environment,
    before: &BTreeMap<Identifier, String>,
    after: &BTreeMap<Identifier, String>,
) {
    let log: BTreeSet<(String, String, String)> = rows(
        project,
        "select decision, entity_id, previous_entity_id from {{ ref('nexus_identity_log') }} \
         where batch = (select max(batch) from {{ ref('nexus_identity_log') }}) and decision in ('merged', 'split')",
    )
    .into_iter()
    .map(|row| (row[0].clone(), row[1].clone(), row[2].clone()))
    .collect();
    for (identifier, id) in after {
        let Some(previous) = before.get(identifier).filter(|p| *p != id) else {
            continue;
        };
        let entry = |decision: &str| (decision.to_owned(), id.clone(), previous.clone());
        assert!(
            log.contains(&entry("merged")) || log.contains(&entry("split")),
            "{identifier:?} went from {previous} to {id} unlogged"
        );
        // What an entity has elsewhere or not any more counts for nothing.
        let size = |of: &String| {
            let here = |(i, entity): &(&Identifier, &String)| *entity == of && after.get(*i) == Some(id);
            before.iter().filter(here).count()
        };
        if log.contains(&entry("merged")) && size(id) > 0 {
            assert!(
                size(id) >= size(previous),
                "{previous} was merged into {id}, which was smaller"
            );
        }
    }
}

#[test]
fn random_graphs_in_batches_make_the_partition_of_all_rows_and_keep_their_ids() {
    let all = sightings();
    let project = project();
    let mut rules = Rules::default();
    let mut before = BTreeMap::new();
    let mut said = String::new();
    for batch in 0..BATCHES {
        let so_far: Vec<&Sighting> = all.iter().filter(|s| s.batch <= batch).collect();
        said = build(&project, &so_far, &[]);
        let after = ids(&project);
        same_parts(&after, &expected(&so_far, &rules), &format!("batch {batch}"));
        check_log(&project, &before, &after);
        before = after;
    }
    assert!(said.contains("rows are newer than the watermark"), "{said}");

    // Nothing new: no row changes.
    let everything: Vec<&Sighting> = all.iter().collect();
    let settled = kept(&project);
    let said = build(&project, &everything, &[]);
    assert!(said.contains("no row came, none went"), "{said}");
    assert_eq!(kept(&project), settled);

    // Rows go from the middle of everything.
    let fewer: Vec<&Sighting> = all
        .iter()
        .enumerate()
        .filter(|(i, _)| i % 17 != 3)
        .map(|(_, s)| s)
        .collect();
    let said = build(&project, &fewer, &[]);
    assert!(said.contains("all identifiers are compared"), "{said}");
    let after = ids(&project);
    same_parts(&after, &expected(&fewer, &rules), "fewer rows");
    check_log(&project, &before, &after);

    // Pairs are denied and forced, values blocked, and one of the pairs forced goes again.
    let good: Vec<&&Sighting> = fewer.iter().filter(|s| s.is_good()).collect();
    let together = |a: &Sighting, b: &Sighting| {
        a.occurrence.is_some()
            && a.occurrence == b.occurrence
            && a.kind == b.kind
            && a.identifier() != b.identifier()
    };
    let neighbours = good.windows(2).filter(|w| together(w[0], w[1]));
    rules.denied = neighbours
        .step_by(9)
        .map(|w| (w[0].identifier(), w[1].identifier()))
        .collect();
    let persons: Vec<_> = good.iter().filter(|s| s.kind == "person").step_by(23).collect();
    let pairs = persons.windows(2);
    rules.forced = pairs
        .step_by(3)
        .map(|w| (w[0].identifier(), w[1].identifier()))
        .collect();
    rules.blocked = good
        .iter()
        .step_by(41)
        .flat_map(|s| ["person", "group"].map(|kind| (kind.to_owned(), s.identifier().1, s.identifier().2)))
        .collect();
    let mut before = after;
    for step in 0..2 {
        rules.configure(&project);
        build(&project, &fewer, &[]);
        let after = ids(&project);
        same_parts(&after, &expected(&fewer, &rules), &format!("rules {step}"));
        check_log(&project, &before, &after);
        before = after;
        rules.forced.pop();
        let freed: BTreeSet<String> = rules.blocked.iter().take(4).map(|i| i.2.clone()).collect();
        rules.blocked.retain(|i| !freed.contains(&i.2));
    }
    rules.configure(&project);

    // Somebody is forgotten.
    let known: Vec<_> = before.keys().filter(|i| !i.2.contains(':')).collect();
    for place in [known.len() / 3, known.len() / 2] {
        let (kind, name, value) = known[place].clone();
        let text = format!("{kind}:{name}:{value}");
        let forgot = project.nexus(&["identity", "forget", &text, "--quiet"]);
        assert_eq!(forgot.code, Some(0), "{}\n{}", forgot.stdout, forgot.stderr);
        rules.forgotten.insert((kind, name, value));
        same_parts(&ids(&project), &expected(&fewer, &rules), &text);
    }
    build(&project, &fewer, &[]);
    same_parts(&ids(&project), &expected(&fewer, &rules), "built after that");

    // All that was taken in bit by bit is what a full refresh makes.
    let settled = kept(&project);
    build(&project, &fewer, &["--full-refresh"]);
    assert_eq!(kept(&project), settled);
    // A pair that is denied may hang together in another way, which `check` would tell.
    rules.denied.clear();
    rules.configure(&project);
    build(&project, &fewer, &[]);
    same_parts(&ids(&project), &expected(&fewer, &rules), "nothing denied");
    let check = project.nexus(&["identity", "check", "--quiet"]);
    assert_eq!(check.code, Some(0), "{}\n{}", check.stdout, check.stderr);
}
