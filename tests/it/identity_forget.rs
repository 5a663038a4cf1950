//! `nexus identity forget`: no table holds the identifier afterwards, what hung together by it alone falls apart with a split in the log, and no
//! later build brings it back.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shown::rows;

const SECRET: &str = "ann o'neil";

/// Ann was seen with two phones, once alone; a group and a cookie carry names that look alike.
fn project(incremental: bool) -> Environment {
    project_on(
        &json!({"type": "duckdb", "path": "forgetful.duckdb", "threads": 2}),
        incremental,
    )
}

fn project_on(output: &Json, incremental: bool) -> Environment {
    let profiles = json!({"forgetful": {"target": "dev", "outputs": {"dev": output}}});
    let project = Environment::empty();
    let mut sightings =
        "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,_ingested_at\n"
            .to_owned();
    for (event, kind, name, value) in [
        ("v1", "person", "account", SECRET),
        ("v1", "person", "device", "phone"),
        ("v2", "person", "account", SECRET),
        ("v2", "person", "device", "tablet"),
        ("v3", "person", "account", SECRET),
        ("v4", "person", "cookie", "c"),
        ("v4", "person", "device", "phone"),
        ("v5", "group", "account", "acme"),
    ] {
        sightings.push_str(&format!(
            "{event}{name},{event},{event},{kind},{name},{value},,web,2024-01-01 10:00:00,2024-01-02 00:00:00\n"
        ));
    }
    project
        .write(
            "dbt_project.yml",
            &format!(
                "name: forgetful\nprofile: forgetful\nvars:\n  nexus:\n    incremental: {incremental}\n    states:\n      \
                 mood: {{entity_type: person}}\n    sources:\n      \
                 web: {{enabled: true, models: [entity_identifiers, events, entity_traits, states]}}\nmodels:\n  forgetful:\n    \
                 +materialized: table\nflags:\n  require_ref_searches_node_package_before_root: true\n"
            ),
        )
        .write("profiles.yml", &profiles.to_string())
        .write("seeds/web_entity_identifiers.csv", &sightings)
        .write(
            "seeds/web_events.csv",
            &format!(
                "event_id,occurred_at,event_name,event_type,event_description,significance,source,source_table,_ingested_at\n\
                 v1,2024-01-01 10:00:00,login,,x,1,web,t,2024-01-02 00:00:00\n\
                 v3,2024-01-01 10:00:00,letter,,from {SECRET},1,web,t,2024-01-02 00:00:00\n"
            ),
        )
        .write(
            "seeds/web_entity_traits.csv",
            &format!(
                "entity_trait_id,event_id,entity_type,identifier_type,identifier_value,trait_name,trait_value,source,occurred_at,_ingested_at\n\
                 t1,v1,person,account,{SECRET},name,the {SECRET},web,2024-01-01 10:00:00,2024-01-02 00:00:00\n\
                 t2,v1,person,device,phone,title,boss,web,2024-01-01 10:00:00,2024-01-02 00:00:00\n"
            ),
        )
        .write(
            "seeds/web_states.csv",
            &format!(
                "state_entry_id,event_id,entity_type,identifier_type,identifier_value,state_name,state_value,occurred_at,source,_ingested_at\n\
                 s1,v1,person,account,{SECRET},mood,good,2024-01-01 10:00:00,web,2024-01-02 00:00:00\n"
            ),
        )
        .write(
            "seeds/seeds.yml",
            "seeds:\n  - name: web_entity_identifiers\n    config:\n      column_types: {role: varchar}\n  - name: web_events\n    config:\n      \
             column_types: {event_type: varchar}\n",
        )
        .write(
            "models/letters.sql",
            "select entity_id, {{ dbt.listagg('identifier_value', \"', '\", 'order by identifier_value') }} as names \
             from {{ ref('nexus_resolved_identifiers') }} group by entity_id",
        );
    project
}

fn succeed(project: &Environment, arguments: &[&str]) -> String {
    let output = project.nexus(arguments);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    output.stdout
}

/// Every row of every table and view of the framework and of the project.
fn everything(project: &Environment) -> Vec<Vec<String>> {
    let names = "select table_name from information_schema.tables where table_name not like 'web_%' \
                 and lower(table_schema) = lower('{{ target.schema }}') order by 1";
    let selects: Vec<String> = rows(project, names)
        .iter()
        .map(|name| {
            format!(
                "select '{0}' as name, cast(here as varchar) as line from {{{{ target.schema }}}}.{0} as here",
                name[0]
            )
        })
        .collect();
    rows(project, &format!("{} order by 1, 2", selects.join(" union all ")))
}

/// The tables and views that hold the secret.
fn holders(project: &Environment) -> BTreeSet<String> {
    everything(project)
        .into_iter()
        .filter(|row| row[1].replace('\\', "").contains(SECRET))
        .map(|row| row[0].clone())
        .collect()
}

fn parts(project: &Environment) -> Vec<Vec<String>> {
    rows(project, "select names from {{ ref('letters') }} order by 1")
}

#[test]
fn an_identifier_is_forgotten_with_all_that_came_from_it_alone_and_stays_so() {
    an_identifier_is_forgotten(&project(true));
}

#[test]
fn postgres_forgets_an_identifier_with_all_that_came_from_it_alone() {
    let mut output = Lab::of("postgres").output;
    output["schema"] = json!(format!("forget_{}", std::process::id()));
    an_identifier_is_forgotten(&project_on(&output, true));
}

fn an_identifier_is_forgotten(project: &Environment) {
    succeed(project, &["seed", "--quiet"]);
    succeed(project, &["run", "--quiet"]);
    assert!(holders(project).contains("nexus_entities"));
    assert_eq!(parts(project), [["acme"], ["ann o'neil, c, phone, tablet"]]);

    let said = succeed(project, &["identity", "forget", SECRET, "--quiet"]);
    for counted in [
        "| nexus_events             |       1 |",
        "| nexus_entity_traits      |       1 |",
        "| nexus_state_entries      |       1 |",
        "| nexus_entity_identifiers |       3 |",
    ] {
        assert!(said.contains(counted), "{said}");
    }
    assert!(holders(project).is_empty(), "{:?}", holders(project));
    assert_eq!(parts(project), [["acme"], ["c, phone"], ["tablet"]]);
    let log = rows(
        project,
        "select decision, identifiers from {{ ref('nexus_identity_log') }} where batch = 2 order by 1",
    );
    assert_eq!(log, [["forgotten", "1"], ["split", "1"]]);
    let took_part = rows(
        project,
        "select event_id from {{ ref('nexus_entity_participants') }} order by 1",
    );
    assert_eq!(took_part, [["v1"], ["v2"], ["v4"], ["v5"]]);
    succeed(project, &["identity", "check", "--quiet"]);

    // A build brings nothing back, nor does one that reads everything anew; ids stay.
    let ids = rows(
        project,
        "select entity_id, names from {{ ref('letters') }} order by 1",
    );
    succeed(project, &["run", "--quiet"]);
    succeed(project, &["run", "--full-refresh", "--quiet"]);
    assert!(holders(project).is_empty(), "{:?}", holders(project));
    assert_eq!(
        rows(
            project,
            "select entity_id, names from {{ ref('letters') }} order by 1"
        ),
        ids
    );

    // Forgetting again changes nothing and says when it was.
    let before = everything(project);
    let said = succeed(
        project,
        &[
            "identity",
            "forget",
            &format!("person:account:{SECRET}"),
            "--quiet",
        ],
    );
    assert!(said.contains("(person, account) was forgotten on"), "{said}");
    assert_eq!(everything(project), before);
}

#[test]
fn without_a_memory_of_ids_an_identifier_is_forgotten_too_and_one_of_two_must_be_named() {
    let project = project(false);
    succeed(&project, &["seed", "--quiet"]);
    succeed(&project, &["run", "--quiet"]);
    let sightings = "select identifier_type, identifier_value from {{ ref('nexus_entity_identifiers') }} where identifier_value in ('c', 'phone')";
    assert_eq!(rows(&project, sightings).len(), 3);
    succeed(&project, &["identity", "forget", "device:phone", "--quiet"]);
    assert_eq!(rows(&project, sightings), [["cookie", "c"]]);
    assert_eq!(parts(&project), [["acme"], ["ann o'neil, tablet"], ["c"]]);
    succeed(&project, &["run", "--quiet"]);
    assert_eq!(parts(&project), [["acme"], ["ann o'neil, tablet"], ["c"]]);

    let unknown = project.nexus(&["identity", "forget", "nobody", "--quiet"]);
    assert_eq!(unknown.code, Some(1), "{}", unknown.stdout);
    assert!(
        unknown.stdout.contains("no identifier that was seen"),
        "{}",
        unknown.stdout
    );

    let twice = std::fs::read_to_string(project.path().join("seeds/web_entity_identifiers.csv")).unwrap();
    project.write(
        "seeds/web_entity_identifiers.csv",
        &twice.replace("person,cookie,c,", "person,cookie,acme,"),
    );
    succeed(&project, &["seed", "--quiet"]);
    succeed(&project, &["run", "--quiet"]);
    let ambiguous = project.nexus(&["identity", "forget", "acme", "--quiet"]);
    assert_eq!(ambiguous.code, Some(2), "{}", ambiguous.stdout);
    assert!(
        ambiguous
            .stderr
            .contains("`group:account:acme`, `person:cookie:acme`"),
        "{}",
        ambiguous.stderr
    );
}
