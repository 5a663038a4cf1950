//! States on random histories: 400 of them in one build, each held against a small model of the rules that looks at one instant at a time.
//! A second build, of the same rows in another order, must give the same rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::support::dice::Dice;
use crate::support::environment::Environment;
use crate::support::shown::rows;

const HISTORIES: u64 = 400;

/// The sources and their priorities, the smaller the stronger; `gamma` and `delta` have none of their own.
const SOURCES: [(&str, u32); 4] = [("alpha", 1), ("beta", 5), ("delta", 100), ("gamma", 100)];

/// An entry into a state, as a source states it. Its place in the order of fields is its strength among entries at one instant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    priority: u32,
    /// None is the weakest: `(true, "")`.
    event: (bool, String),
    value: (bool, String),
    source: &'static str,
    ingested: String,
}

impl Entry {
    fn value(&self) -> Option<&str> {
        (!self.value.0).then_some(self.value.1.as_str())
    }
}

/// History, state, instant → the entries of that instant.
type Entries = BTreeMap<(u64, &'static str), BTreeMap<String, Vec<Entry>>>;

/// Value, from, until (`null`: still), event that began it, source.
type Interval = (String, String, String, String, String);

fn instant(dice: &mut Dice) -> String {
    // Few instants, so that many meet; some a microsecond apart, some of the next day.
    let day = 1 + dice.roll(4);
    let micro = ["000000", "000000", "000001"][dice.below(3)];
    let hour = 6 * dice.roll(4);
    format!("2024-01-{day:02} {hour:02}:00:00.{micro}")
}

fn random_entries(dice: &mut Dice) -> Entries {
    let mut all = Entries::new();
    for history in 0..HISTORIES {
        for state in ["light", "door"] {
            for _ in 0..dice.roll(11) {
                let (source, priority) = SOURCES[dice.below(4)];
                let absent = |is: bool, text: &str| (is, if is { String::new() } else { text.to_owned() });
                let (no_event, no_value) = (dice.roll(8) == 0, dice.roll(5) == 0);
                let entry = Entry {
                    priority,
                    event: absent(no_event, ["e1", "E1", "é1", "e10", "e2", "z"][dice.below(6)]),
                    value: absent(no_value, ["a", "b", "c"][dice.below(3)]),
                    source,
                    ingested: format!("2024-02-0{} 00:00:00", 1 + dice.roll(3)),
                };
                let at = instant(dice);
                let entries = all.entry((history, state)).or_default().entry(at).or_default();
                entries.push(entry);
            }
        }
    }
    all
}

/// What holds at each instant at which something changes: the value and the entry that decided.
fn winners(entries: &BTreeMap<String, Vec<Entry>>) -> Vec<(String, Entry)> {
    let strongest = |all: &Vec<Entry>| all.iter().min().cloned().unwrap();
    entries
        .iter()
        .map(|(at, all)| (at.clone(), strongest(all)))
        .collect()
}

/// Intervals of equal values, from what holds from each instant on: instant, value, event, source.
fn intervals(points: &[(String, Option<String>, String, String)]) -> Vec<Interval> {
    let mut found: Vec<Interval> = Vec::new();
    let mut before: Option<&String> = None;
    for (at, value, event, source) in points {
        if value.as_ref() != before {
            if let Some(open) = found.last_mut().filter(|i| i.2 == "null") {
                open.2.clone_from(at);
            }
            if let Some(value) = value {
                found.push((
                    value.clone(),
                    at.clone(),
                    "null".to_owned(),
                    event.clone(),
                    source.clone(),
                ));
            }
        }
        before = value.as_ref();
    }
    found
}

fn base_intervals(entries: &BTreeMap<String, Vec<Entry>>) -> Vec<Interval> {
    let points: Vec<_> = winners(entries)
        .into_iter()
        .map(|(at, entry)| {
            let event = if entry.event.0 {
                "null".to_owned()
            } else {
                entry.event.1.clone()
            };
            (
                at,
                entry.value().map(str::to_owned),
                event,
                entry.source.to_owned(),
            )
        })
        .collect();
    intervals(&points)
}

fn value_at<'a>(intervals: &'a [Interval], at: &str) -> Option<&'a str> {
    let holds = |i: &&Interval| i.1.as_str() <= at && (i.2 == "null" || at < i.2.as_str());
    intervals.iter().find(holds).map(|i| i.0.as_str())
}

fn bounds<'a>(all: impl IntoIterator<Item = &'a Vec<Interval>>) -> BTreeSet<String> {
    all.into_iter()
        .flatten()
        .flat_map(|i| [i.1.clone(), i.2.clone()])
        .filter(|at| at != "null")
        .collect()
}

/// The derived state `mood`, as `models/mood.sql` says.
fn mood(light: &Vec<Interval>, door: &Vec<Interval>) -> Vec<Interval> {
    let points: Vec<_> = bounds([light, door])
        .into_iter()
        .map(|at| {
            let light_now = value_at(light, &at);
            let door_now = value_at(door, &at).and_then(|v| (v != "c").then_some("b"));
            let value = match (light_now, door_now) {
                (Some("a"), Some("b")) => Some("busy"),
                (Some("a" | "b"), _) => Some("here"),
                (None, Some(_)) => Some("away"),
                _ => None,
            };
            let begun = light.iter().chain(door).filter(|i| i.1 == at);
            // `null` as the name of an event is the weakest.
            let strongest = begun
                .map(|i| (i.3 == "null", i.3.clone(), i.4.clone()))
                .min()
                .map_or(("null".to_owned(), "nexus".to_owned()), |(_, event, source)| {
                    (event, source)
                });
            (at, value.map(str::to_owned), strongest.0, strongest.1)
        })
        .collect();
    intervals(&points)
}

struct Expected {
    /// History, state, interval.
    states: BTreeSet<(u64, &'static str, Interval)>,
    /// History, from, until, light, door, mood.
    timeline: BTreeSet<(u64, String, String, [String; 3])>,
}

fn expected(entries: &Entries) -> Expected {
    let mut wanted = Expected {
        states: BTreeSet::new(),
        timeline: BTreeSet::new(),
    };
    let nothing = BTreeMap::new();
    for history in 0..HISTORIES {
        let of = |state| base_intervals(entries.get(&(history, state)).unwrap_or(&nothing));
        let (light, door) = (of("light"), of("door"));
        let all = [
            ("light", light.clone()),
            ("door", door.clone()),
            ("mood", mood(&light, &door)),
        ];
        let mut rows: Vec<(String, [String; 3])> = Vec::new();
        for at in bounds(all.iter().map(|(_, i)| i)) {
            let now = all
                .each_ref()
                .map(|(_, i)| value_at(i, &at).unwrap_or("null").to_owned());
            if rows.last().is_none_or(|(_, before)| *before != now) {
                rows.push((at, now));
            }
        }
        for (index, (from, now)) in rows.iter().enumerate() {
            let until = rows
                .get(index + 1)
                .map_or("null".to_owned(), |(next, _)| next.clone());
            wanted
                .timeline
                .insert((history, from.clone(), until, now.clone()));
        }
        for (state, intervals) in all {
            for interval in intervals {
                wanted.states.insert((history, state, interval));
            }
        }
    }
    wanted
}

const PROJECT: &str = "name: histories\nprofile: histories\nvars:\n  nexus:\n    states:\n      light: {entity_type: person}\n      \
    door: {entity_type: person}\n      mood: {entity_type: person, model: mood}\n      billing_lifecycle: null\n      \
    app_installation: null\n      support_status: null\n    sources:\n      \
    alpha: {enabled: true, priority: 1, models: [entity_identifiers, states]}\n      \
    beta: {enabled: true, priority: 5, models: [states]}\n      gamma: {enabled: true, models: [states]}\n      \
    delta: {enabled: true, models: [states]}\nmodels:\n  histories:\n    +materialized: table\nflags:\n  \
    require_ref_searches_node_package_before_root: true\n";

const MOOD: &str = r#"{{ nexus.derived_state('mood',
    [{'name': 'light'}, {'name': 'door', 'status': "case when state_value <> 'c' then 'b' end"}],
    "case when current_light_status = 'a' and current_door_status = 'b' then 'busy'
          when current_light_status in ('a', 'b') then 'here'
          when current_light_status is null and current_door_status is not null then 'away' end",
    entity_type='person') }}
"#;

fn project() -> Environment {
    let project = Environment::empty();
    let mut types = "seeds:\n".to_owned();
    for (source, _) in SOURCES {
        write!(
            types,
            "  - name: {source}_states\n    config:\n      column_types: {{event_id: varchar, state_value: varchar, occurred_at: timestamp}}\n"
        )
        .unwrap();
    }
    project
        .write("dbt_project.yml", PROJECT)
        .write(
            "profiles.yml",
            "histories:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: histories.duckdb, threads: 2}\n",
        )
        .write("models/mood.sql", MOOD)
        .write("seeds/seeds.yml", &types);
    project
}

/// Writes the seeds, their rows shuffled. The person of a history has three addresses, and entries come through any of them.
fn seed(project: &Environment, entries: &Entries, dice: &mut Dice) {
    let mut identifiers = Vec::new();
    for history in 0..HISTORIES {
        for (edge, name) in [(1, "one"), (1, "two"), (2, "two"), (2, "three")] {
            identifiers.push(format!(
                "i {history} {edge} {name},event {history},{history} {edge},person,account,{history} {name},,alpha,\
                 2024-01-01 00:00:00,2024-02-01 00:00:00"
            ));
        }
    }
    dice.shuffle(&mut identifiers);
    let header = "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,_ingested_at";
    project.write(
        "seeds/alpha_entity_identifiers.csv",
        &format!("{header}\n{}\n", identifiers.join("\n")),
    );
    for (source, _) in SOURCES {
        let mut lines = Vec::new();
        for ((history, state), instants) in entries {
            for (at, entries) in instants {
                for (index, entry) in entries.iter().enumerate().filter(|(_, e)| e.source == source) {
                    let name = ["one", "two", "three"][(index + at.len()) % 3];
                    lines.push(format!(
                        "{history} {state} {at} {index},{},person,account,{history} {name},{state},{},{at},{source},{}",
                        entry.event.1, entry.value.1, entry.ingested
                    ));
                }
            }
        }
        dice.shuffle(&mut lines);
        let header = "state_entry_id,event_id,entity_type,identifier_type,identifier_value,state_name,state_value,occurred_at,source,_ingested_at";
        project.write(
            &format!("seeds/{source}_states.csv"),
            &format!("{header}\n{}\n", lines.join("\n")),
        );
    }
}

fn build(project: &Environment) {
    let build = project.nexus(&[
        "build",
        "--select",
        "+nexus_entity_states",
        "--indirect-selection",
        "cautious",
    ]);
    assert_eq!(build.code, Some(0), "{}\n{}", build.stdout, build.stderr);
}

/// The number of a history by the id of its person.
fn histories(project: &Environment) -> BTreeMap<String, u64> {
    let sql = "select entity_id, min(split_part(identifier_value, ' ', 1)) from {{ ref('nexus_resolved_identifiers') }} group by 1";
    let found: BTreeMap<_, _> = rows(project, sql)
        .into_iter()
        .map(|row| (row[0].clone(), row[1].parse().unwrap()))
        .collect();
    assert_eq!(found.len(), usize::try_from(HISTORIES).unwrap());
    found
}

const AT: &str = "coalesce(strftime({}, '%Y-%m-%d %H:%M:%S.%f'), 'null')";

fn at(column: &str) -> String {
    AT.replace("{}", column)
}

fn found_states(project: &Environment, names: &BTreeMap<String, u64>) -> Vec<(u64, String, Interval)> {
    let sql = format!(
        "select entity_id, state_name, state_value, {}, {}, coalesce(trigger_event_id, 'null'), source from {{{{ ref('nexus_states') }}}}",
        at("state_entered_at"),
        at("state_exited_at")
    );
    rows(project, &sql)
        .into_iter()
        .map(|row| {
            let [entity, state, value, from, until, event, source]: [String; 7] = row.try_into().unwrap();
            (names[&entity], state, (value, from, until, event, source))
        })
        .collect()
}

fn found_timeline(
    project: &Environment,
    names: &BTreeMap<String, u64>,
) -> Vec<(u64, String, String, [String; 3])> {
    let sql = format!(
        "select entity_id, {}, {}, coalesce(light, 'null'), coalesce(door, 'null'), coalesce(mood, 'null') \
         from {{{{ ref('nexus_entity_states') }}}}",
        at("valid_from"),
        at("valid_to")
    );
    rows(project, &sql)
        .into_iter()
        .map(|row| {
            let [entity, from, until, light, door, mood]: [String; 6] = row.try_into().unwrap();
            (names[&entity], from, until, [light, door, mood])
        })
        .collect()
}

/// Every row of both tables, ids and all.
fn everything(project: &Environment) -> Vec<Vec<String>> {
    let mut all = rows(
        project,
        "select * from {{ ref('nexus_states') }} order by state_id",
    );
    all.extend(rows(
        project,
        "select * from {{ ref('nexus_entity_states') }} order by entity_state_id",
    ));
    all
}

/// The differences of two sets, a few of each.
fn assert_same<T: Ord + std::fmt::Debug>(found: &BTreeSet<T>, wanted: &BTreeSet<T>) {
    let missing: Vec<_> = wanted.difference(found).take(5).collect();
    let extra: Vec<_> = found.difference(wanted).take(5).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "missing: {missing:#?}\nnot wanted: {extra:#?}"
    );
}

#[test]
fn intervals_of_random_histories_are_those_of_the_model_and_a_rebuild_changes_nothing() {
    let mut dice = Dice::new(11);
    let entries = random_entries(&mut dice);
    let wanted = expected(&entries);
    assert!(
        wanted.states.len() > 3000 && wanted.timeline.len() > 1500,
        "the histories are too dull"
    );
    assert!(
        wanted.timeline.iter().filter(|row| row.3 == ["null"; 3]).count() > 100,
        "there are too few times without a state"
    );

    let project = project();
    seed(&project, &entries, &mut dice);
    build(&project);
    let names = histories(&project);

    let states = found_states(&project, &names);
    let found: BTreeSet<_> = states
        .iter()
        .map(|(n, state, i)| (*n, state.as_str(), i.clone()))
        .collect();
    assert_eq!(found.len(), states.len(), "a row is there twice");
    assert_same(&found, &wanted.states);
    no_overlap(&states);

    let timeline = found_timeline(&project, &names);
    let found: BTreeSet<_> = timeline.iter().cloned().collect();
    assert_eq!(found.len(), timeline.len(), "a row is there twice");
    assert_same(&found, &wanted.timeline);
    no_hole(&timeline);

    points_in_time(&project, &names, &wanted);

    let before = everything(&project);
    seed(&project, &entries, &mut dice);
    build(&project);
    assert!(everything(&project) == before, "a rebuild changed rows");
}

/// Of one history and state no two intervals share an instant, none is empty, and neighbours that meet differ.
fn no_overlap(states: &[(u64, String, Interval)]) {
    let mut by_state: BTreeMap<_, Vec<&Interval>> = BTreeMap::new();
    for (history, state, interval) in states {
        by_state.entry((history, state)).or_default().push(interval);
    }
    for (of, mut intervals) in by_state {
        intervals.sort_by(|a, b| a.1.cmp(&b.1));
        for pair in intervals.windows(2) {
            assert!(pair[0].2 != "null" && pair[0].2 <= pair[1].1, "{of:?}: {pair:?}");
            assert!(
                pair[0].2 < pair[1].1 || pair[0].0 != pair[1].0,
                "{of:?}: {pair:?}"
            );
        }
        assert!(
            intervals.iter().all(|i| i.2 == "null" || i.1 < i.2),
            "{of:?}: {intervals:?}"
        );
    }
}

/// Of one history each row begins where the one before ends, the last is open, and neighbours differ.
fn no_hole(timeline: &[(u64, String, String, [String; 3])]) {
    let mut by_history: BTreeMap<u64, Vec<_>> = BTreeMap::new();
    for (history, from, until, now) in timeline {
        by_history.entry(*history).or_default().push((from, until, now));
    }
    for (history, mut rows) in by_history {
        rows.sort();
        for pair in rows.windows(2) {
            assert!(
                pair[0].1 == pair[1].0 && pair[0].2 != pair[1].2,
                "{history}: {pair:?}"
            );
        }
        assert_eq!(rows.last().unwrap().1, "null", "{history}");
        assert_ne!(rows[0].2, &["null"; 3], "{history} begins with nothing");
    }
}

/// `nexus_states_at` and `nexus_daily_states` show what the timeline holds at a moment.
fn points_in_time(project: &Environment, names: &BTreeMap<String, u64>, wanted: &Expected) {
    let holding = |moment: &str| -> BTreeSet<(u64, [String; 3])> {
        let rows = wanted.timeline.iter();
        rows.filter(|row| row.1.as_str() <= moment && (row.2 == "null" || moment < row.2.as_str()))
            .map(|row| (row.0, row.3.clone()))
            .collect()
    };
    let columns = "entity_id, coalesce(light, 'null'), coalesce(door, 'null'), coalesce(mood, 'null')";
    let named = |row: &[String]| (names[&row[0]], [row[1].clone(), row[2].clone(), row[3].clone()]);

    let sql = format!(
        "select {columns} from ({{{{ nexus.nexus_states_at(\"timestamp '2024-01-02 06:00:00'\") }}}}) as states"
    );
    let found: BTreeSet<_> = rows(project, &sql).iter().map(|row| named(row)).collect();
    assert_same(&found, &holding("2024-01-02 06:00:00.000000"));

    let sql = format!(
        "select {columns}, cast(date_day as varchar) from ({{{{ nexus.nexus_daily_states('2024-01-01', '2024-01-05') }}}}) as states"
    );
    let mut days: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    for row in rows(project, &sql) {
        days.entry(row[4].clone()).or_default().insert(named(&row));
    }
    for day in 1..=5 {
        // The last instant of the day that any history has.
        let end = format!("2024-01-{day:02} 23:59:59.999999");
        assert_same(&days[&format!("2024-01-{day:02}")], &holding(&end));
    }
}
