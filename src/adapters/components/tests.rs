use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use petgraph::unionfind::UnionFind;
use proptest::prelude::*;

use super::{ComponentCounts, Sightings};

type Row = (String, String, String, String);
/// Group (none: seen alone), kind, name, value.
type Sighting = (Option<String>, String, String, String);

fn batch(rows: &[Sighting]) -> Sightings {
    let text = |of: &dyn Fn(&Sighting) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<StringArray>())
    };
    let columns = [
        ("g", text(&|r| r.0.clone())),
        ("k", text(&|r| Some(r.1.clone()))),
        ("n", text(&|r| Some(r.2.clone()))),
        ("v", text(&|r| Some(r.3.clone()))),
    ];
    Sightings::of(&RecordBatch::try_from_iter_with_nullable(columns.map(|(n, c)| (n, c, true))).unwrap())
        .unwrap()
}

/// Returns the rows of the answer, by member.
fn resolve(sightings: &[Sighting]) -> (Vec<Row>, ComponentCounts) {
    // Batches of odd lengths.
    let (sent, resolved) = super::resolve(|take| {
        sightings
            .chunks(1_000)
            .flat_map(|c| c.chunks(7))
            .all(|rows| take(batch(rows)))
    });
    assert!(sent);
    let resolved = resolved.unwrap();
    let counts = resolved.counts;
    let classes: Vec<(&str, &str)> = resolved.classes().collect();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut rows: Vec<Row> = (0..resolved.len())
        .map(|member| {
            let (kind, name) = classes[resolved.class(member) as usize];
            let value = text(resolved.value(member));
            (
                kind.to_owned(),
                name.to_owned(),
                value,
                text(resolved.component(member)),
            )
        })
        .collect();
    rows.sort();
    (rows, counts)
}

fn sighting(group: &str, value: &str) -> Sighting {
    let group = (!group.is_empty()).then(|| group.to_owned());
    (group, "person".to_owned(), "email".to_owned(), value.to_owned())
}

fn md5(text: &str) -> String {
    use md5::Digest;
    use std::fmt::Write;
    md5::Md5::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

#[test]
fn members_of_one_group_share_a_component_named_by_the_smallest() {
    let (rows, counts) = resolve(&[sighting("g1", "b@x"), sighting("g1", "a@x"), sighting("", "c@x")]);
    let together = md5("person|email|a@x");
    let alone = md5("person|email|c@x");
    let found: Vec<(&str, &str)> = rows.iter().map(|r| (&*r.2, &*r.3)).collect();
    assert_eq!(
        found,
        [("a@x", &*together), ("b@x", &*together), ("c@x", &*alone)]
    );
    assert_eq!(
        counts,
        ComponentCounts {
            members: 3,
            sightings: 2,
            components: 2
        }
    );
}

#[test]
fn a_chain_of_two_hundred_thousand_links_is_one_component_in_any_order() {
    let link = |i: u32| {
        let group = format!("g{i}");
        [
            sighting(&group, &format!("v{i:06}")),
            sighting(&group, &format!("v{:06}", i + 1)),
        ]
    };
    // Every third link first, so that long pieces meet late.
    let sightings: Vec<Sighting> = (0..3)
        .flat_map(|rest| (0..200_000).filter(move |i| i % 3 == rest).flat_map(link))
        .collect();
    let (rows, counts) = resolve(&sightings);
    assert_eq!((rows.len(), counts.components), (200_001, 1));
    assert!(rows.iter().all(|r| r.3 == md5("person|email|v000000")));
}

#[test]
fn kinds_never_meet_even_in_one_group() {
    let of = |kind: &str| {
        (
            Some("g".to_owned()),
            kind.to_owned(),
            "id".to_owned(),
            "1".to_owned(),
        )
    };
    let (_, counts) = resolve(&[of("person"), of("group"), of("person")]);
    assert_eq!((counts.members, counts.components), (2, 2));
}

/// The partition that petgraph's union-find makes of the same sightings.
fn expected(sightings: &[Sighting]) -> BTreeSet<BTreeSet<(String, String, String)>> {
    let mut numbers = BTreeMap::new();
    for (_, kind, name, value) in sightings {
        let next = numbers.len();
        numbers
            .entry((kind.clone(), name.clone(), value.clone()))
            .or_insert(next);
    }
    let mut sets = UnionFind::<usize>::new(numbers.len());
    let mut first = BTreeMap::new();
    for (group, kind, name, value) in sightings {
        let number = numbers[&(kind.clone(), name.clone(), value.clone())];
        if let Some(group) = group {
            let with = *first.entry((group.clone(), kind.clone())).or_insert(number);
            sets.union(with, number);
        }
    }
    let mut parts: BTreeMap<usize, BTreeSet<_>> = BTreeMap::new();
    for (member, number) in numbers {
        parts.entry(sets.find(number)).or_default().insert(member);
    }
    parts.into_values().collect()
}

fn parts(rows: &[Row]) -> BTreeSet<BTreeSet<(String, String, String)>> {
    let mut parts: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for (kind, name, value, component) in rows {
        parts
            .entry(component)
            .or_default()
            .insert((kind.clone(), name.clone(), value.clone()));
    }
    parts.into_values().collect()
}

/// Few groups and values, so that they meet; quotes, emptiness and other scripts among them.
fn any_sighting() -> impl Strategy<Value = Sighting> {
    let value = prop_oneof![
        (0..30u8).prop_map(|n| format!("v{n}")),
        Just(String::new()),
        Just("o'brien|x".to_owned()),
        Just("佐藤".to_owned()),
        Just("a\0b".to_owned()),
    ];
    let group = prop::option::weighted(0.9, (0..25u8).prop_map(|n| format!("g{n}")));
    let kind = prop_oneof![3 => Just("person"), 1 => Just("group")].prop_map(str::to_owned);
    let name = prop_oneof![Just("email"), Just("phone")].prop_map(str::to_owned);
    (group, kind, name, value)
}

proptest! {
    #[test]
    fn the_partition_is_that_of_another_union_find(sightings in prop::collection::vec(any_sighting(), 0..80)) {
        let (rows, counts) = resolve(&sightings);
        let wanted = expected(&sightings);
        prop_assert_eq!(counts.components, wanted.len() as u64);
        prop_assert_eq!(parts(&rows), wanted);
    }

    #[test]
    fn order_and_repetition_change_nothing(
        sightings in prop::collection::vec(any_sighting(), 0..60),
        turn in 0..60usize,
    ) {
        let mut other = sightings.clone();
        other.reverse();
        other.rotate_left(turn % sightings.len().max(1));
        other.extend(sightings.iter().take(turn).cloned());
        prop_assert_eq!(resolve(&sightings).0, resolve(&other).0);
    }
}
