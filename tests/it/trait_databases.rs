//! What sources say of entities on every engine: statements counted, first and last sayings, and the value of each rule of survivorship.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{profile, rows, succeeds};

const PROJECT: &str = "
name: said
profile: shop
vars:
  nexus:
    sources: {crm: {enabled: true, models: [entity_identifiers, entity_traits]}}
    traits:
      person:
        oldest: {type: text, survivorship: earliest}
        usual: {type: text, survivorship: most_frequent}
        newest: text
";

const IDENTIFIERS: &str = "select
    name || '|' || email as entity_identifier_id, name as event_id, name as edge_id, 'person' as entity_type, 'email' as identifier_type,
    email as identifier_value, 'contact' as role, 'crm' as source, cast('2026-01-01 00:00:00' as timestamp) as occurred_at,
    cast('2026-01-02 00:00:00' as timestamp) as _ingested_at
from {{ ref('sightings') }}
";

/// Times stand in the seed as text, so that they mean the same everywhere.
const TRAITS: &str = "select
    said_id as entity_trait_id, event_id, 'person' as entity_type, 'email' as identifier_type, email as identifier_value, trait_name, trait_value,
    'crm' as source, occurred_at, _ingested_at
from {{ ref('sayings') }}
";

const SIGHTINGS: &str = "name,email\na,ann@mail.example\na,ann@work.example\nb,bob@mail.example\n";

/// Repetitions, ties of times and of all but the value, an undated saying, an address in capitals, quotes and other scripts.
const SAYINGS: &str = "said_id,event_id,email,trait_name,trait_value,occurred_at,_ingested_at
1,e1,ann@mail.example,oldest,first,2026-01-01 10:00:00.000001,2026-01-05 00:00:00
2,e2,ann@work.example,oldest,second,2026-01-01 10:00:00.000002,2026-01-04 00:00:00
3,e3,ann@mail.example,newest,old,2026-01-01 10:00:00,2026-01-05 00:00:00
4,e4,ANN@work.example,newest,\"it's \"\"佐藤\"\"\",2026-01-03T10:00:00Z,2026-01-05 00:00:00
5,e5,ann@work.example,newest,late,2026-01-03 12:00:00+02:00,2026-01-06 00:00:00
6,e6,ann@mail.example,usual,often,2026-01-01 00:00:00,2026-01-05 00:00:00
7,e7,ann@mail.example,usual,often,2026-01-02 00:00:00,2026-01-06 00:00:00
8,e8,ann@work.example,usual,rare,2026-01-09 00:00:00,2026-01-09 00:00:00
9,e9,bob@mail.example,newest,dated,1999-01-01 00:00:00,2026-01-05 00:00:00
10,ea,bob@mail.example,newest,undated,,2026-01-09 00:00:00
11,eb,bob@mail.example,usual,one,2026-01-01 00:00:00,2026-01-05 00:00:00
12,eb,bob@mail.example,usual,two,2026-01-01 00:00:00,2026-01-05 00:00:00
13,ec,bob@mail.example,oldest,same,2026-01-02 00:00:00,2026-01-05 00:00:00
14,ed,bob@mail.example,oldest,same,2026-01-02 00:00:00,2026-01-05 00:00:00
";

type Rows = BTreeSet<Vec<String>>;

/// Cells of a table as text; some databases have names in capitals.
fn cells(project: &Environment, table: &str, columns: &[&str]) -> Rows {
    let read = format!("select * from {{{{ ref('{table}') }}}}");
    let table = rows(project, &read);
    let cell = |row: &Json, name: &str| {
        let value = row.get(name).or_else(|| row.get(name.to_uppercase())).unwrap();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    };
    let table = table.as_array().unwrap().iter();
    table
        .map(|row| columns.iter().map(|name| cell(row, name)).collect())
        .collect()
}

/// Times stay text, as most sources deliver them.
const TYPES: &str = "seeds:
  - name: sayings
    config:
      column_types:
        occurred_at: \"{{ 'string' if target.type in ['bigquery', 'databricks'] else 'varchar(64)' }}\"
        _ingested_at: \"{{ 'string' if target.type in ['bigquery', 'databricks'] else 'varchar(64)' }}\"
";

/// Builds the traits on an engine; gives the statements and the values that survive.
fn said(output: &Json) -> [Rows; 2] {
    let project = Environment::empty();
    project.write("dbt_project.yml", PROJECT);
    project.write("models/crm_entity_identifiers.sql", IDENTIFIERS);
    project.write("models/crm_entity_traits.sql", TRAITS);
    project.write("seeds/sightings.csv", SIGHTINGS);
    project.write("seeds/sayings.csv", SAYINGS);
    project.write("seeds/types.yml", TYPES);
    profile(&project, output);
    let selected = ["--select", "+nexus_resolved_entity_traits"];
    let mut words = vec!["build", "--exclude-resource-type", "test"];
    words.extend(selected);
    succeeds(&project.nexus(&words));
    [
        cells(
            &project,
            "nexus_entity_traits",
            &[
                "identifier_value",
                "trait_name",
                "trait_value",
                "statements",
                "first_event_id",
                "event_id",
            ],
        ),
        cells(
            &project,
            "nexus_resolved_entity_traits",
            &["entity_id", "trait_name", "trait_value", "event_id"],
        ),
    ]
}

/// Fails where an engine says otherwise than DuckDB.
fn says_the_same(engine: &str, place: &str) {
    let mut output = Lab::of(engine).output;
    output[place] = json!(format!("said_{}", std::process::id()));
    let by_duckdb = said(&json!({"type": "duckdb", "path": "said.duckdb"}));
    assert_eq!(said(&output), by_duckdb, "{engine}");
}

#[test]
fn each_rule_keeps_its_value_whatever_comes_first() {
    let [statements, survivors] = said(&json!({"type": "duckdb", "path": "said.duckdb"}));
    let lines = |rows: Rows| {
        rows.iter()
            .map(|row| row.join(" | "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(format!("{}\n\n{}", lines(statements), lines(survivors)));
}

#[test]
fn postgres_says_the_same_of_entities() {
    says_the_same("postgres", "schema");
}

#[test]
fn redshift_says_the_same_of_entities() {
    says_the_same("redshift", "schema");
}

#[test]
fn snowflake_says_the_same_of_entities() {
    says_the_same("snowflake", "schema");
}

#[test]
fn bigquery_says_the_same_of_entities() {
    says_the_same("bigquery", "dataset");
}

#[test]
fn databricks_says_the_same_of_entities() {
    says_the_same("databricks", "schema");
}
