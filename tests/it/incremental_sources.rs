//! The shipped sources with `incremental: true`: after every batch of raw records, new, changed, sent again or of the instant that was the newest, all of their
//! tables are those of a full build; and records are read once.

use std::fmt::Write;

use crate::support::environment::Environment;
use crate::support::shown::rows;

const RAW: [&str; 5] = [
    "raw_gmail_messages",
    "raw_google_calendar_events",
    "raw_segment_messages",
    "raw_shopify_events",
    "raw_stripe_events",
];

/// The demo's raw records as they arrive: (arrival, rest of the line) of each table.
struct Feed {
    project: Environment,
    header: String,
    lines: Vec<Vec<(String, String)>>,
}

impl Feed {
    fn new() -> Self {
        let project = Environment::of_project("examples/demo");
        let settings = std::fs::read_to_string(project.path().join("dbt_project.yml")).unwrap();
        let settings = settings.replace("  nexus:\n", "  nexus:\n    incremental: true\n");
        project.write("dbt_project.yml", &settings);
        let mut header = String::new();
        let mut lines = Vec::new();
        for table in RAW {
            let text = std::fs::read_to_string(project.path().join(format!("seeds/{table}.csv"))).unwrap();
            let (head, rest) = text.split_once('\n').unwrap();
            head.clone_into(&mut header);
            lines.push(
                rest.lines()
                    .map(|line| line.split_once(',').unwrap())
                    .map(|(came, rest)| (came.to_owned(), rest.to_owned()))
                    .collect(),
            );
        }
        Self {
            project,
            header,
            lines,
        }
    }

    /// Writes what had arrived by a time.
    fn seed(&self, until: &str) {
        for (table, lines) in RAW.iter().zip(&self.lines) {
            let mut text = format!("{}\n", self.header);
            for (came, rest) in lines.iter().filter(|(came, _)| came.as_str() <= until) {
                writeln!(text, "{came},{rest}").unwrap();
            }
            self.project.write(&format!("seeds/{table}.csv"), &text);
        }
    }

    /// Sends every thirtieth record that had arrived by a time again, at another, those of Gmail with other words.
    fn send_again(&mut self, until: &str, came: &str) {
        for lines in &mut self.lines {
            let again: Vec<_> = lines
                .iter()
                .filter(|(first, _)| first.as_str() <= until)
                .step_by(30)
                .map(|(_, rest)| {
                    (
                        came.to_owned(),
                        rest.replace("\"\"snippet\"\":\"\"", "\"\"snippet\"\":\"\"Again: "),
                    )
                })
                .collect();
            assert!(!again.is_empty());
            lines.extend(again);
        }
    }

    fn build(&self, flags: &[&str]) {
        let mut arguments = vec![
            "build",
            "--select",
            "nexus.sources",
            "resource_type:seed",
            "--exclude",
            "resource_type:test",
        ];
        arguments.extend(flags);
        let output = self.project.nexus(&arguments);
        assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    }

    /// Returns of each table of the sources how many rows it has, and a sum of hashes that no order of rows changes.
    fn fingerprints(&self) -> Vec<Vec<String>> {
        let tables = rows(
            &self.project,
            "select table_name from information_schema.tables where regexp_matches(table_name, '^(gmail|google_calendar|segment|shopify|stripe)_')",
        );
        assert!(tables.len() > 80, "{}", tables.len());
        let selects: Vec<String> = tables
            .iter()
            .map(|table| {
                format!(
                    "select '{0}' as name, count(*) as row_count, cast(sum(hash(cast(t as varchar))) as varchar) as content from main.{0} as t",
                    table[0]
                )
            })
            .collect();
        let mut found = rows(&self.project, &selects.join(" union all "));
        found.sort();
        found
    }
}

#[test]
fn after_every_batch_the_tables_of_sources_are_those_of_a_full_build() {
    let mut feed = Feed::new();
    let database = feed.project.path().join("demo.duckdb");
    let kept = feed.project.path().join("kept.duckdb");
    feed.seed("2024-05-01 00:00:00");
    feed.build(&[]);
    feed.send_again("2024-05-01 00:00:00", "2024-06-02 08:00:00");
    for until in ["2024-06-02 08:00:00", "2025-12-31 00:00:00"] {
        feed.seed(until);
        feed.build(&[]);
        let grown = feed.fingerprints();
        std::fs::copy(&database, &kept).unwrap();
        feed.build(&["--full-refresh"]);
        assert_eq!(grown, feed.fingerprints(), "{until}");
        std::fs::rename(&kept, &database).unwrap();
        // More of the instant that was the newest.
        feed.send_again("2024-03-01 00:00:00", until);
    }

    // What was read is not read again: it stays when the source takes it back.
    let count = "select count(*) from {{ ref('stripe_webhooks') }}";
    let before = rows(&feed.project, count);
    for lines in &mut feed.lines {
        lines.retain(|(came, _)| came.as_str() > "2024-05-01 00:00:00");
    }
    feed.seed("2025-12-31 00:00:00");
    feed.build(&[]);
    assert_eq!(rows(&feed.project, count), before);
}
