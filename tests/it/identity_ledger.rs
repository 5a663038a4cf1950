//! Ids that are kept from build to build (`incremental: true`): each step of a story is checked by its ids and its log, and repeating
//! a step changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use petgraph::unionfind::UnionFind;
use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::shown::rows;

/// Occurrence, entity type, identifier type, value, day of January on which it happened and came.
pub(crate) type Row = (String, &'static str, &'static str, String, u32);

/// A project whose rows grow and shrink.
pub(crate) struct Story {
    pub(crate) project: Environment,
    pub(crate) rows: Vec<Row>,
}

impl Story {
    pub(crate) fn new(options: &str) -> Self {
        Self::on(
            &json!({"type": "duckdb", "path": "graphs.duckdb", "threads": 2}),
            options,
        )
    }

    /// A story on the database of this output of a profile.
    pub(crate) fn on(output: &Json, options: &str) -> Self {
        let profiles = json!({"graphs": {"target": "dev", "outputs": {"dev": output}}});
        let story = Self {
            project: Environment::empty(),
            rows: Vec::new(),
        };
        story.configure(options);
        story
            .project
            .write("profiles.yml", &profiles.to_string())
            .write(
                "seeds/seeds.yml",
                "seeds:\n  - name: graph_entity_identifiers\n    config:\n      column_types: {edge_id: varchar, role: varchar, \
                 identifier_value: varchar}\n",
            );
        story
    }

    pub(crate) fn configure(&self, options: &str) {
        self.project.write(
            "dbt_project.yml",
            &format!(
                "name: graphs\nprofile: graphs\nvars:\n  nexus:\n    identity: {{incremental: true{options}}}\n    sources:\n      \
                 graph: {{enabled: true, models: [entity_identifiers]}}\n"
            ),
        );
    }

    /// Somebody is seen with an account and a device.
    pub(crate) fn seen(&mut self, edge: &str, kind: &'static str, account: &str, device: &str, day: u32) {
        self.rows
            .push((edge.to_owned(), kind, "account", account.to_owned(), day));
        self.rows
            .push((edge.to_owned(), kind, "device", device.to_owned(), day));
    }

    fn forget_edges(&mut self, edges: &[&str]) {
        self.rows.retain(|row| !edges.contains(&row.0.as_str()));
    }

    pub(crate) fn build(&self, flags: &[&str]) {
        let mut csv = "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,\
                       _ingested_at\n"
            .to_owned();
        for (index, (edge, kind, name, value, day)) in self.rows.iter().enumerate() {
            let value = value.replace('"', "\"\"");
            writeln!(
                csv,
                "i{index},event {edge},{edge},{kind},{name},\"{value}\",,graph,2024-01-{day:02} 00:00:00,2024-01-{day:02} 00:00:00"
            )
            .unwrap();
        }
        self.project.write("seeds/graph_entity_identifiers.csv", &csv);
        let mut arguments = vec![
            "build",
            "--select",
            "+nexus_identity_log",
            "+nexus_resolved_identifiers",
            "nexus_identity_quarantine",
        ];
        arguments.extend(["--indirect-selection", "cautious"]);
        arguments.extend(flags);
        let build = self.project.nexus(&arguments);
        assert_eq!(build.code, Some(0), "{}\n{}", build.stdout, build.stderr);
    }

    /// Builds twice. The second time adds nothing to the ledger and changes no id.
    pub(crate) fn settle(&self) {
        self.build(&[]);
        let before = (self.ledger(), self.ids());
        // The data tests have passed on the same rows.
        self.build(&["--exclude-resource-type", "test"]);
        assert_eq!((self.ledger(), self.ids()), before);
    }

    pub(crate) fn ledger(&self) -> Vec<Vec<String>> {
        rows(
            &self.project,
            "select identity_ledger_id, batch from {{ ref('nexus_identity_ledger') }} order by 1",
        )
    }

    /// Entity by (entity type, value).
    pub(crate) fn ids(&self) -> BTreeMap<(String, String), String> {
        rows(
            &self.project,
            "select entity_type, identifier_value, entity_id from {{ ref('nexus_resolved_identifiers') }}",
        )
        .into_iter()
        .map(|row| ((row[0].clone(), row[1].clone()), row[2].clone()))
        .collect()
    }

    pub(crate) fn id(&self, kind: &str, value: &str) -> String {
        self.ids()[&(kind.to_owned(), value.to_owned())].clone()
    }

    /// The last batch: decision, entity, previous entity, identifier, how many identifiers, event of the edge.
    pub(crate) fn log(&self) -> Vec<Vec<String>> {
        rows(
            &self.project,
            "select decision, entity_id, coalesce(previous_entity_id, '') as previous, coalesce(identifier_value, '') as identifier, \
             identifiers, coalesce(event_id, '') as event from {{ ref('nexus_identity_log') }} \
             where batch = (select max(batch) from {{ ref('nexus_identity_log') }}) order by 1, 2, 3, 4",
        )
    }
}

pub(crate) fn entry(cells: [&str; 6]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

#[test]
fn ids_live_through_accretion_merges_splits_and_a_full_refresh_and_the_log_says_why() {
    let mut story = Story::new("");
    story.seen("1", "person", "b", "B", 2);
    story.seen("2", "person", "m", "M", 2);
    story.seen("3", "person", "m", "N", 2);
    story.seen("4", "group", "b", "B", 2);
    story.settle();
    let (b, m, firm) = (
        story.id("person", "b"),
        story.id("person", "m"),
        story.id("group", "b"),
    );
    assert_ne!(b, firm);
    let born = |id: &str, n: &str| entry(["born", id, "", "", n, ""]);
    let mut wanted = vec![born(&b, "2"), born(&m, "3"), born(&firm, "2")];
    wanted.sort();
    assert_eq!(story.log(), wanted);

    // A smaller identifier, late: it happened before all that is known. And something seen again.
    story.seen("5", "person", "a", "M", 1);
    story.seen("6", "person", "b", "B", 3);
    story.settle();
    assert_eq!(story.id("person", "a"), m);
    assert_eq!(story.log(), [entry(["accreted", &m, "", "a", "1", "event 5"])]);

    // Persons merge, the firm of the same values stays; the person of more identifiers keeps the id.
    story.seen("7", "person", "b", "N", 4);
    story.settle();
    assert_eq!(story.id("person", "B"), m);
    assert_eq!(story.id("group", "B"), firm);
    assert_eq!(story.log(), [entry(["merged", &m, &b, "", "2", "event 7"])]);

    // Three more in one batch, linked in a chain to one another and to what is there.
    story.seen("8", "person", "x", "X", 5);
    story.seen("9", "person", "y", "X", 5);
    story.seen("10", "person", "y", "A", 5);
    story.seen("11", "person", "b", "A", 5);
    story.settle();
    assert_eq!(story.id("person", "x"), m);
    let log = story.log();
    assert!(
        log.iter().all(|row| row[0] == "accreted" && row[1] == m),
        "{log:?}"
    );
    assert_eq!(log.len(), 4);

    // The edge that merged them goes, and the chain with it: the greater part keeps the id, the other gets one that was never used.
    story.forget_edges(&["7", "8", "9", "10", "11"]);
    story.settle();
    assert_eq!(story.id("person", "m"), m);
    let split = story.id("person", "b");
    assert!(split != b && split != m);
    let log = story.log();
    assert!(
        log.contains(&entry(["split", &split, &m, "", "2", ""])),
        "{log:?}"
    );
    assert_eq!(log.iter().filter(|row| row[0] == "removed").count(), 4, "{log:?}");

    // From nothing but the ledger: the same ids, and no decision.
    let before = (story.ledger(), story.ids());
    story.build(&["--full-refresh"]);
    assert_eq!((story.ledger(), story.ids()), before);

    // A rule changes: M stands beside m and a, which is one too many.
    story.configure(", identifier_types: {device: {max_entities_per_value: 1}}");
    story.settle();
    let log = story.log();
    assert!(
        log.iter()
            .any(|row| row[0] == "quarantined" && row[2] == m && row[3] == "M"),
        "{log:?}"
    );
    assert_ne!(story.id("person", "a"), story.id("person", "m"));
}

#[test]
fn batches_in_any_order_make_the_partition_of_all_rows() {
    // A chain, a star, a clique and a cycle, with quotes and other scripts, spread over batches far ends first.
    let mut links = Vec::new();
    for n in 0..30 {
        links.push((format!("c{n}"), format!("c{}", n + 1)));
    }
    for n in 0..12 {
        links.push(("hub".to_owned(), format!("'s\" 佐{n}")));
        links.push((format!("r{n}"), format!("r{}", (n + 1) % 12)));
    }
    for n in 0..5 {
        for other in 0..5 {
            links.push((format!("k{n}"), format!("k{other}")));
        }
    }
    let mut story = Story::new("");
    let mut sets = UnionFind::<usize>::new(4 * links.len());
    let mut numbers = BTreeMap::new();
    for batch in 0..3usize {
        for (index, (a, b)) in links.iter().enumerate().filter(|(i, _)| i * 7 % 3 == batch) {
            story.seen(
                &format!("{index}"),
                "person",
                a,
                b,
                3 - u32::try_from(batch).unwrap(),
            );
            let mut number = |name: &'static str, value: &str| {
                let next = numbers.len();
                *numbers.entry((name, value.to_owned())).or_insert(next)
            };
            let (x, y) = (number("account", a), number("device", b));
            sets.union(x, y);
        }
        story.build(&[]);
        let mut wanted: BTreeMap<usize, BTreeSet<(String, String)>> = BTreeMap::new();
        for ((name, value), number) in &numbers {
            let part = wanted.entry(sets.find(*number)).or_default();
            part.insert(((*name).to_owned(), value.clone()));
        }
        let mut found: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        let sql = "select entity_id, identifier_type, identifier_value from {{ ref('nexus_resolved_identifiers') }}";
        for row in rows(&story.project, sql) {
            found
                .entry(row[0].clone())
                .or_default()
                .insert((row[1].clone(), row[2].clone()));
        }
        let wanted: BTreeSet<_> = wanted.into_values().collect();
        assert_eq!(
            found.into_values().collect::<BTreeSet<_>>(),
            wanted,
            "batch {batch}"
        );
    }
}

#[test]
fn a_value_of_incremental_that_is_neither_true_nor_false_is_refused() {
    let story = Story::new("");
    story.project.write(
        "dbt_project.yml",
        "name: graphs\nprofile: graphs\nvars:\n  nexus:\n    identity: {incremental: sometimes}\n",
    );
    let parse = story.project.nexus(&["parse"]);
    assert_ne!(parse.code, Some(0));
    assert!(
        parse.stderr.contains("`incremental: sometimes`")
            || parse.stdout.contains("`incremental: sometimes`"),
        "{}\n{}",
        parse.stdout,
        parse.stderr
    );
}
