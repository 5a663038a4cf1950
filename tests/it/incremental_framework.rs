//! The framework with `incremental: true`: after every batch of random rows all tables are those of a full build of the same rows, and
//! timelines that nothing new touches stay as they are.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::support::dice::Dice;
use crate::support::environment::Environment;
use crate::support::shown::rows;

const PROJECT: &str = "name: batches\nprofile: batches\nvars:\n  nexus:\n    incremental: true\n    internal_domains: [ours.example]\n    states:\n      \
    light: {entity_type: person}\n      mood: {entity_type: person, model: mood}\n    traits:\n      person:\n        \
    colour: {type: text, survivorship: most_frequent}\n        town: {type: text, survivorship: earliest}\n        \
    sayings: {type: number, model: sayings}\n    sources:\n      alpha: {enabled: true, priority: 1, models: [PARTS]}\n      \
    beta: {enabled: true, models: [PARTS]}\nmodels:\n  batches:\n    +materialized: table\nflags:\n  \
    require_ref_searches_node_package_before_root: true\n";

const PARTS: [(&str, &str); 5] = [
    (
        "events",
        "event_id,occurred_at,event_name,event_type,event_description,significance,source,source_table,_ingested_at",
    ),
    (
        "entity_identifiers",
        "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,_ingested_at",
    ),
    (
        "entity_traits",
        "entity_trait_id,event_id,entity_type,identifier_type,identifier_value,trait_name,trait_value,source,occurred_at,_ingested_at",
    ),
    (
        "states",
        "state_entry_id,event_id,entity_type,identifier_type,identifier_value,state_name,state_value,occurred_at,source,_ingested_at",
    ),
    (
        "relationship_declarations",
        "relationship_declaration_id,event_id,occurred_at,entity_a_identifier,entity_a_identifier_type,entity_a_type,entity_a_role,\
         entity_b_identifier,entity_b_identifier_type,entity_b_type,entity_b_role,relationship_type,relationship_direction,is_active,\
         source,_ingested_at",
    ),
];

const TABLES: [&str; 12] = [
    "nexus_events",
    "nexus_entity_identifiers",
    "nexus_entity_traits",
    "nexus_relationship_declarations",
    "nexus_state_entries",
    "nexus_entity_participants",
    "nexus_resolved_entity_traits",
    "nexus_base_states",
    "nexus_states",
    "nexus_entity_states",
    "nexus_relationships",
    "nexus_entities",
];

/// Rows of the sources by (source, part) and row id; a row that comes again replaces what it was.
struct Feed {
    project: Environment,
    rows: BTreeMap<(&'static str, &'static str), BTreeMap<String, String>>,
    runs: u32,
    happenings: u32,
}

impl Feed {
    fn new() -> Self {
        let parts: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        let project = Environment::empty();
        let mut types = "seeds:\n".to_owned();
        for source in ["alpha", "beta"] {
            for part in &parts {
                let columns = match *part {
                    "events" => "event_type: varchar, event_description: varchar",
                    "relationship_declarations" => "entity_a_role: varchar, entity_b_role: varchar",
                    "entity_identifiers" => "edge_id: varchar, role: varchar, identifier_value: varchar",
                    _ => "identifier_value: varchar, occurred_at: timestamp",
                };
                writeln!(
                    types,
                    "  - name: {source}_{part}\n    config:\n      column_types: {{{columns}}}"
                )
                .unwrap();
            }
        }
        project
            .write("dbt_project.yml", &PROJECT.replace("PARTS", &parts.join(", ")))
            .write(
                "profiles.yml",
                "batches:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: batches.duckdb, threads: 2}\n",
            )
            .write(
                "models/mood.sql",
                "{{ nexus.derived_state('mood', [{'name': 'light'}], \"case when current_light_status = 'a' then 'good' else 'bad' end\", \
                 entity_type='person') }}\n",
            )
            .write(
                "models/sayings.sql",
                "select resolved.entity_id, sum(traits.statements) as trait_value, cast(null as varchar) as event_id, max(traits.occurred_at) as occurred_at,\n    \
                 max(traits._ingested_at) as _ingested_at\nfrom {{ ref('nexus_entity_traits') }} as traits\n\
                 inner join {{ ref('nexus_resolved_identifiers') }} as resolved\n    using (entity_type, identifier_type, identifier_value)\n\
                 where entity_type = 'person' group by resolved.entity_id having sum(traits.statements) % 2 = 0\n",
            )
            .write("seeds/seeds.yml", &types);
        Self {
            project,
            rows: BTreeMap::new(),
            runs: 0,
            happenings: 0,
        }
    }

    fn put(&mut self, source: &'static str, part: &'static str, id: &str, rest: &str) {
        let rows = self.rows.entry((source, part)).or_default();
        rows.insert(id.to_owned(), format!("{id},{rest}"));
    }

    /// One thing that happens to somebody of `people`, whenever, and comes on a day: an event with all its parts.
    fn happen(&mut self, dice: &mut Dice, people: u64, came: &str) {
        let source = ["alpha", "beta"][dice.below(2)];
        // One in five was there before and comes again with what it says now.
        let number = if dice.roll(5) == 0 {
            u32::try_from(dice.roll(u64::from(self.happenings) + 1)).unwrap()
        } else {
            self.happenings += 1;
            self.happenings
        };
        // What a row is about stays: it follows from its number.
        let mut fixed = Dice::new(u64::from(number) + 1000 * people);
        let person = fixed.roll(people);
        let (address, device) = (
            format!("p{person}@{}.example", ["ours", "theirs"][fixed.below(2)]),
            fixed.roll(people + people / 2),
        );
        let at = format!("2024-01-{:02} {:02}:00:00", 1 + fixed.roll(28), fixed.roll(24));
        let event = format!("{source} event {number}");
        let value = ["a", "b", "c"][dice.below(3)];
        self.put(
            source,
            "events",
            &event,
            &format!("{at},called,,,1,{source},calls,{came}"),
        );
        for (kind, name) in [("email", address.as_str()), ("device", &format!("d{device}"))] {
            // Some stand alone, most belong together.
            let edge = if number.is_multiple_of(3) {
                format!("{event} {kind}")
            } else {
                event.clone()
            };
            let id = format!("{event} {kind}");
            self.put(
                source,
                "entity_identifiers",
                &id,
                &format!("{event},{edge},person,{kind},{name},caller,{source},{at},{came}"),
            );
        }
        self.put(
            source,
            "entity_identifiers",
            &format!("{event} firm"),
            &format!("{event},{event} firm,group,domain,firm{device}.example,firm,{source},{at},{came}"),
        );
        for (name, said) in [("colour", value), ("town", value), ("name", value)] {
            self.put(
                source,
                "entity_traits",
                &format!("{event} {name}"),
                &format!("{event},person,email,{address},{name},{said}{person},{source},{at},{came}"),
            );
        }
        let state = if dice.roll(5) == 0 { "" } else { value };
        self.put(
            source,
            "states",
            &format!("{event} light"),
            &format!("{event},person,device,d{device},light,{state},{at},{source},{came}"),
        );
        let holds = dice.roll(3) > 0;
        self.put(
            source,
            "relationship_declarations",
            &event,
            &format!(
                "{event},{at},{address},email,person,member,firm{device}.example,domain,group,organization,membership,a_to_b,{holds},{source},{came}"
            ),
        );
    }

    fn seed(&self) {
        for source in ["alpha", "beta"] {
            for (part, header) in PARTS {
                let mut csv = format!("{header}\n");
                for row in self
                    .rows
                    .get(&(source, part))
                    .iter()
                    .flat_map(|rows| rows.values())
                {
                    csv.push_str(row);
                    csv.push('\n');
                }
                self.project.write(&format!("seeds/{source}_{part}.csv"), &csv);
            }
        }
    }

    fn build(&mut self, flags: &[&str]) {
        self.runs += 1;
        let arguments = [
            "build",
            "--select",
            "+nexus_events",
            "+nexus_entity_states",
            "+nexus_entity_participants",
            "+nexus_relationships",
            "+nexus_entities",
            "--exclude",
            "resource_type:test",
        ];
        let output = self
            .project
            .command()
            .env("NEXUS_NOW", format!("2026-01-02T03:{:02}:00Z", self.runs))
            .args(arguments)
            .args(flags)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// All rows of all tables as texts, without the numbers of batches.
    fn tables(&self) -> BTreeMap<&'static str, Vec<String>> {
        let selects = TABLES.map(|table| {
            format!(
                "select '{table}', cast(t as varchar) from (select columns(c -> c not in ('_batch', '_identity_batch')) \
                 from {{{{ ref('{table}') }}}}) as t"
            )
        });
        let sql = format!("{} order by 1, 2", selects.join(" union all "));
        let mut found = BTreeMap::new();
        for row in rows(&self.project, &sql) {
            let table = TABLES.into_iter().find(|table| *table == row[0]).unwrap();
            found.entry(table).or_insert_with(Vec::new).push(row[1].clone());
        }
        found
    }

    /// Holds the tables against those of a full build; the ledger, and so all ids, stay.
    fn equals_a_full_build(&mut self, batch: usize) {
        let grown = self.tables();
        let kept = self.project.path().join("kept.duckdb");
        std::fs::copy(self.project.path().join("batches.duckdb"), &kept).unwrap();
        self.build(&["--full-refresh"]);
        let full = self.tables();
        for table in TABLES {
            let missing: Vec<_> = full[table]
                .iter()
                .filter(|row| !grown[table].contains(row))
                .take(3)
                .collect();
            let extra: Vec<_> = grown[table]
                .iter()
                .filter(|row| !full[table].contains(row))
                .take(3)
                .collect();
            assert!(
                missing.is_empty() && extra.is_empty() && full[table].len() == grown[table].len(),
                "batch {batch}, {table}: missing {missing:#?}\nnot wanted {extra:#?}"
            );
            assert!(!full[table].is_empty(), "{table} is empty");
        }
        // The next batch goes to the tables that have grown.
        std::fs::rename(kept, self.project.path().join("batches.duckdb")).unwrap();
    }

    /// How many entities have rows of the newest batch in a table, and how many there are.
    fn made_again(&self, table: &str) -> (String, String) {
        let sql = format!(
            "select count(distinct case when _batch = (select max(_batch) from {{{{ ref('{table}') }}}}) then entity_id end), \
             count(distinct entity_id) from {{{{ ref('{table}') }}}}"
        );
        let row = rows(&self.project, &sql).remove(0);
        (row[0].clone(), row[1].clone())
    }
}

#[test]
fn after_every_batch_all_tables_are_those_of_a_full_build() {
    let mut dice = Dice::new(5);
    let mut feed = Feed::new();
    for (batch, size) in [60, 1, 25, 8].into_iter().enumerate() {
        for n in 0..size {
            feed.happen(
                &mut dice,
                40,
                &format!("2024-02-{:02} 00:00:{:02}", 2 * batch + 1, n % 60),
            );
        }
        feed.seed();
        feed.build(&[]);
        feed.equals_a_full_build(batch);
    }

    // Nothing new: nothing is written.
    let before = feed.made_again("nexus_states");
    feed.build(&[]);
    assert_eq!(feed.made_again("nexus_states"), before);

    // One late entry, for one person whose ids stay.
    let entry = feed.rows[&("beta", "states")].values().next().unwrap().clone();
    let device = entry.split(',').nth(4).unwrap();
    feed.put(
        "beta",
        "states",
        "late",
        &format!("late,person,device,{device},light,z,2024-01-01 00:30:00,beta,2024-03-01 00:00:00"),
    );
    feed.seed();
    feed.build(&[]);
    for table in ["nexus_base_states", "nexus_states", "nexus_entity_states"] {
        let (again, all) = feed.made_again(table);
        assert_eq!(again, "1", "{table}");
        assert!(all.parse::<u32>().unwrap() > 10, "{table}");
    }
    feed.equals_a_full_build(9);
}

#[test]
fn a_table_from_before_the_switch_is_named_with_the_way_out() {
    let mut dice = Dice::new(5);
    let mut feed = Feed::new();
    for _ in 0..10 {
        feed.happen(&mut dice, 3, "2024-02-01 00:00:00");
    }
    feed.seed();
    let switch = |on: bool| {
        let parts: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        let text = PROJECT.replace("PARTS", &parts.join(", "));
        let text = if on {
            text
        } else {
            text.replace("incremental: true", "incremental: false")
        };
        feed.project.write("dbt_project.yml", &text);
    };
    switch(false);
    let events = [
        "build",
        "--select",
        "+nexus_events",
        "--exclude",
        "resource_type:test",
    ];
    let before = feed.project.nexus(&events);
    assert_eq!(before.code, Some(0), "{}\n{}", before.stdout, before.stderr);
    switch(true);
    let refused = feed.project.nexus(&events);
    assert_eq!(refused.code, Some(1), "{}\n{}", refused.stdout, refused.stderr);
    let shown = format!("{}\n{}", refused.stdout, refused.stderr);
    assert!(
        shown.contains("`nexus_events` was built before `incremental: true` stood under `vars: nexus`"),
        "{shown}"
    );
    let mut anew = events.to_vec();
    anew.push("--full-refresh");
    assert_eq!(feed.project.nexus(&anew).code, Some(0));
}
