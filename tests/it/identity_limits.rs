//! Limits of an entity (`unique`, `max_per_entity`, `priority`): what they part, what the log, quarantine and the commands say of it, and that
//! batches in any order end in the entities of another walk through all rows.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::identity_ledger::{Row, Story, entry};
use crate::support::shown::rows;

fn quarantine(story: &Story) -> Vec<Vec<String>> {
    rows(
        &story.project,
        "select edge_id, raw_identifier_value, reason from {{ ref('nexus_identity_quarantine') }} order by 1, 2",
    )
}

fn check(story: &Story) {
    let check = story.project.nexus(&["identity", "check", "--quiet"]);
    assert_eq!(check.code, Some(0), "{}\n{}", check.stdout, check.stderr);
    assert!(
        check.stdout.contains("no entity is over a limit"),
        "{}",
        check.stdout
    );
}

#[test]
fn a_window_counts_what_was_first_seen_within_it() {
    a_window_counts(Story::new(""));
}

#[test]
fn a_shared_device_joins_no_two_accounts_where_accounts_are_unique() {
    let mut story = Story::new("");
    story.seen("1", "person", "ann", "tablet", 2);
    story.seen("2", "person", "bob", "tablet", 3);
    story.seen("3", "person", "bob", "phone", 3);
    story.settle();
    let ann = story.id("person", "ann");
    assert_eq!(story.id("person", "bob"), ann);

    // The rule comes: the tablet stays with who had it first. Bob's is the smaller part by name, of equals.
    story.configure(", identifier_types: {account: {unique: true}}");
    story.settle();
    let bob = story.id("person", "bob");
    assert_ne!(story.id("person", "ann"), bob);
    assert_eq!(story.id("person", "tablet"), story.id("person", "ann"));
    assert_eq!(story.id("person", "phone"), bob);
    assert_eq!(story.log().len(), 1);
    assert_eq!(story.log()[0][0], "split");
    let parted = |edge: &str, value: &str| [edge, value, "entity limit"].map(str::to_owned).to_vec();
    assert_eq!(quarantine(&story), [parted("2", "tablet")]);
    check(&story);

    // Who had it first turns out to be somebody else: late rows count by when they happened.
    story.seen("4", "person", "cleo", "tablet", 1);
    story.settle();
    let cleo = story.id("person", "cleo");
    assert_eq!(story.id("person", "tablet"), cleo);
    assert_ne!(story.id("person", "ann"), cleo);
    assert_eq!(quarantine(&story), [parted("1", "tablet"), parted("2", "tablet")]);
    check(&story);

    // Where devices are stronger, accounts leave.
    story.configure(", identifier_types: {account: {unique: true}, device: {priority: 1}}");
    story.settle();
    assert_eq!(quarantine(&story), [parted("1", "ann"), parted("2", "bob")]);
    check(&story);

    // The rule goes: all are one again, and keep the id of the most.
    let most = story.id("person", "bob");
    story.configure("");
    story.settle();
    assert_eq!(story.id("person", "ann"), story.id("person", "cleo"));
    assert_eq!(story.id("person", "ann"), story.id("person", "bob"));
    assert_eq!(story.id("person", "phone"), most);
    assert!(
        story.log().iter().any(|row| row[0] == "merged"),
        "{:?}",
        story.log()
    );
    assert!(quarantine(&story).is_empty());
}

/// A story of a rule that becomes stricter.
pub(crate) fn a_window_counts(mut story: Story) {
    story.configure(", identifier_types: {device: {max_per_entity: {limit: 2, days: 7}}}");
    for (edge, device, day) in [("1", "a", 1), ("2", "b", 3), ("3", "c", 5), ("4", "d", 10)] {
        story.seen(edge, "person", "ann", device, day);
    }
    story.settle();
    let ann = story.id("person", "ann");
    for (device, is_hers) in [("a", true), ("b", true), ("c", false), ("d", true)] {
        assert_eq!(story.id("person", device) == ann, is_hers, "{device}");
    }
    assert_eq!(quarantine(&story), [["3", "c", "entity limit"]]);
    check(&story);

    // A wider window leaves only the first two: what came later leaves the entity.
    story.configure(", identifier_types: {device: {max_per_entity: {limit: 2, days: 30}}}");
    story.settle();
    assert_ne!(story.id("person", "d"), ann);
    let d = story.id("person", "d");
    assert_eq!(story.log(), [entry(["split", &d, &ann, "", "1", ""])]);
    check(&story);
}

/// A type's limit, the days of its window, and how strong it is.
type Rule = (&'static str, Option<(usize, Option<u32>)>, u32);

/// Priority, type and value of the members of an occurrence.
type Members = BTreeSet<(u32, String, String)>;

/// Walks through all rows once, slowly: the entities by sets of (type, value).
fn expected(rows: &[Row], rules: &[Rule]) -> BTreeSet<BTreeSet<(String, String)>> {
    let priority = |name: &str| rules.iter().find(|r| r.0 == name).map_or(100, |r| r.2);
    let mut first_seen: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut occurrences: BTreeMap<&str, (u32, Members)> = BTreeMap::new();
    for (edge, _, name, value, day) in rows {
        let identifier = ((*name).to_owned(), value.clone());
        let seen = first_seen.entry(identifier).or_insert(*day);
        *seen = (*seen).min(*day);
        let (at, members) = occurrences.entry(edge).or_insert((*day, Members::new()));
        *at = (*at).min(*day);
        members.insert((priority(name), (*name).to_owned(), value.clone()));
    }
    let is_crowded = |set: &BTreeSet<(String, String)>| {
        rules.iter().any(|(name, limit, _)| {
            let Some((most, window)) = limit else { return false };
            let days: Vec<u32> = set
                .iter()
                .filter(|i| i.0 == *name)
                .map(|i| first_seen[i])
                .collect();
            days.iter().any(|end| {
                let within = |day: &&u32| window.is_none_or(|w| **day <= *end && end - **day < w);
                days.iter().filter(within).count() > *most
            })
        })
    };
    let mut sets: Vec<BTreeSet<(String, String)>> =
        first_seen.keys().map(|i| BTreeSet::from([i.clone()])).collect();
    let mut in_order: Vec<_> = occurrences.iter().collect();
    in_order.sort_by_key(|(edge, (at, _))| (*at, **edge));
    for (_, (_, members)) in in_order {
        let mut members = members
            .iter()
            .map(|(_, name, value)| (name.clone(), value.clone()));
        let Some(first) = members.next() else { continue };
        for other in members {
            let here = sets.iter().position(|s| s.contains(&first)).unwrap();
            let there = sets.iter().position(|s| s.contains(&other)).unwrap();
            let both: BTreeSet<_> = sets[here].union(&sets[there]).cloned().collect();
            if here != there && !is_crowded(&both) {
                sets[here] = both;
                sets.remove(there);
            }
        }
    }
    sets.into_iter().collect()
}

fn found(story: &Story) -> BTreeSet<BTreeSet<(String, String)>> {
    let mut found: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    let sql =
        "select entity_id, identifier_type, identifier_value from {{ ref('nexus_resolved_identifiers') }}";
    for row in rows(&story.project, sql) {
        found
            .entry(row[0].clone())
            .or_default()
            .insert((row[1].clone(), row[2].clone()));
    }
    found.into_values().collect()
}

#[test]
fn random_occurrences_in_batches_end_in_the_entities_of_a_walk_through_all_rows_whatever_the_rules() {
    let member = (0..3usize, 0..90usize);
    let occurrence = (prop::collection::vec(member, 1..5), 1..28u32, 0..3usize);
    let occurrences = prop::collection::vec(occurrence, 220)
        .new_tree(&mut TestRunner::deterministic())
        .unwrap()
        .current();
    let row = |index: usize, name: usize, value: usize, day: u32| -> Row {
        let name = ["account", "device", "cookie"][name];
        (
            format!("{index}"),
            "person",
            name,
            format!("{name} '{value}\""),
            day,
        )
    };
    let strict: &[Rule] = &[
        ("account", Some((1, None)), 50),
        ("device", Some((2, Some(10))), 150),
    ];
    let turned: &[Rule] = &[("account", Some((3, None)), 150), ("cookie", None, 7)];
    let strict_options =
        ", identifier_types: {account: {unique: true}, device: {max_per_entity: {limit: 2, days: 10}}}";
    let mut story = Story::new(strict_options);
    for batch in 0..3 {
        for (index, (members, day, _)) in occurrences.iter().enumerate().filter(|(_, o)| o.2 == batch) {
            for (name, value) in members {
                story.rows.push(row(index, *name, *value, *day));
            }
        }
        story.build(&[]);
        assert_eq!(found(&story), expected(&story.rows, strict), "batch {batch}");
    }
    story.configure(", identifier_types: {account: {max_per_entity: 3}, cookie: {priority: 7}}");
    story.settle();
    assert_eq!(found(&story), expected(&story.rows, turned));
    check(&story);
    story.configure(strict_options);
    story.build(&["--full-refresh"]);
    assert_eq!(found(&story), expected(&story.rows, strict));
    check(&story);
}
