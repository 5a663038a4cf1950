//! Declared sources: what they build, that ejecting changes nothing, that Stripe and Shopify are the same in both forms, and
//! what is said of faults.

use crate::support::environment::Environment;
use crate::support::shown::rows;

/// Everything that people read, and what it is made of; views are asked through `show`.
const TABLES: &[&str] = &[
    "nexus_events",
    "nexus_event_measurements",
    "nexus_event_dimensions",
    "nexus_entity_traits",
    "nexus_relationship_declarations",
    "nexus_state_entries",
    "nexus_rejects",
    "nexus_resolved_identifiers",
    "nexus_resolved_entity_traits",
    "nexus_entities",
    "nexus_relationships",
    "nexus_entity_participants",
    "nexus_states",
    "nexus_entity_states",
    "nexus_persons",
    "nexus_groups",
    "nexus_memberships",
    "nexus_trait_provenance",
    "customer_context",
    "sales_timeline",
    "marketing_audience",
    "ops_notifications",
    "ai_context",
];

/// Returns of each table how many rows it has, and a sum of hashes that no order of rows changes.
fn fingerprints(project: &Environment) -> Vec<Vec<String>> {
    let selects: Vec<String> = TABLES
        .iter()
        .map(|table| {
            format!(
                "select '{table}' as name, count(*) as row_count, cast(sum(hash(cast(t as varchar))) as varchar) as content \
                 from {{{{ ref('{table}') }}}} as t"
            )
        })
        .collect();
    let mut found = rows(project, &selects.join(" union all "));
    found.sort();
    assert_eq!(found.len(), TABLES.len());
    found
}

fn build(project: &Environment) {
    let output = project.nexus(&["build", "--threads", "2"]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
}

fn succeed(project: &Environment, arguments: &[&str]) -> String {
    let output = project.nexus(arguments);
    assert_eq!(output.code, Some(0), "{arguments:?}: {}", output.stderr);
    output.stdout
}

#[test]
fn stripe_and_shopify_have_equal_rows_in_both_forms() {
    let sql = Environment::of_project("examples/demo");
    build(&sql);
    let declared = Environment::of_project("examples/demo");
    for source in ["stripe", "shopify"] {
        succeed(&declared, &["source", "add", source, "--declared"]);
    }
    let listed = succeed(
        &declared,
        &["ls", "--select", "stripe_events", "--resource-type", "model"],
    );
    assert_eq!(listed.trim(), "demo.stripe.unioned.stripe_events");
    build(&declared);
    assert_eq!(fingerprints(&sql), fingerprints(&declared));
}

/// Makes a project in which the new source `crm` is on.
fn crm() -> Environment {
    let project = Environment::of_project("templates/project");
    let said = succeed(&project, &["source", "new", "crm"]);
    let settings = "vars:\n  nexus:\n    sources:\n      crm:\n        enabled: true\n        \
                    tables: {records: {ref: raw_crm_records}}\n";
    assert!(said.contains(settings), "{said}");
    let file = std::fs::read_to_string(project.path().join("dbt_project.yml")).unwrap();
    project.write("dbt_project.yml", &format!("{file}\n{settings}"));
    project
}

/// The seed has a contact, two versions of another, and a record without a readable time.
#[test]
fn a_new_declared_source_builds_and_is_the_same_when_it_is_ejected() {
    let project = crm();
    build(&project);
    let before = fingerprints(&project);
    let titles = rows(
        &project,
        "select title, domain from {{ ref('nexus_memberships') }} \
         join {{ ref('nexus_persons') }} using (person_id) join {{ ref('nexus_groups') }} using (group_id) order by 1",
    );
    assert_eq!(
        titles,
        [["Analyst", "engines.example"], ["Founder", "engines.example"]]
    );
    let rejects = rows(&project, "select scope, reason from {{ ref('nexus_rejects') }}");
    assert_eq!(rejects, [["row", "unparseable created_at"]]);
    let compiled = succeed(&project, &["compile", "--select", "crm_contact_events"]);
    assert!(compiled.contains("'contact created' as event_name"), "{compiled}");

    let said = succeed(&project, &["source", "eject", "crm"]);
    let settings = "      crm: {enabled: true, models: [events, entity_identifiers, entity_traits, \
                    relationship_declarations, rejects]}\n";
    assert!(said.contains(settings), "{said}");
    assert!(!project.path().join("sources/crm.nexus.yml").exists());
    assert!(project.path().join("sources/crm.nexus.yml.ejected").exists());
    let file = std::fs::read_to_string(project.path().join("dbt_project.yml")).unwrap();
    let listed = file.replace(
        "crm:\n        enabled: true\n",
        "crm:\n        enabled: true\n        models: [events, entity_identifiers, entity_traits, relationship_declarations, rejects]\n",
    );
    assert_ne!(listed, file);
    project.write("dbt_project.yml", &listed);
    build(&project);
    assert_eq!(fingerprints(&project), before);
    assert_eq!(project.nexus(&["source", "eject", "crm"]).code, Some(2));
}

/// A null key, two times that cannot be read, a record that is no JSON and an address that is none are all accounted for.
#[test]
fn what_cannot_be_read_is_listed_with_its_reason() {
    let project = crm();
    project.write(
        "seeds/raw_crm_records.csv",
        "_ingested_at,_connection_id,_stream_id,_raw_record\n\
         2024-03-01 10:00:00,c,s,\"{\"\"id\"\": null, \"\"created_at\"\": \"\"2024-02-01T09:00:00Z\"\"}\"\n\
         2024-03-01 10:00:00,c,s,\"{\"\"id\"\": \"\"a\"\", \"\"created_at\"\": \"\"soon\"\"}\"\n\
         2024-03-01 10:00:00,c,s,\"{\"\"id\"\": \"\"b\"\"}\"\n\
         2024-03-01 10:00:00,c,s,not json\n\
         2024-03-01 10:00:00,c,s,\"{\"\"id\"\": \"\"d\"\", \"\"email\"\": \"\"nobody\"\", \"\"created_at\"\": \"\"2024-02-01T09:00:00Z\"\"}\"\n",
    );
    build(&project);
    let found = rows(
        &project,
        "select scope, coalesce(record_key, '-'), coalesce(field, '-'), reason from {{ ref('nexus_rejects') }} order by 1, 4",
    );
    assert_eq!(
        found,
        [
            ["row", "-", "-", "invalid json"],
            ["row", "b", "-", "missing created_at"],
            ["row", "-", "-", "missing id"],
            ["row", "a", "-", "unparseable created_at"],
            ["value", "d", "email", "malformed email"],
        ]
    );
    assert_eq!(
        rows(&project, "select event_name from {{ ref('crm_events') }}"),
        [["contact created"]]
    );
}

/// What is changed in the declaration of the new source, what is said, where, and what is proposed.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    (
        "      name: name\n",
        "      name: {column: _raw_recrd}\n",
        "sources/crm.nexus.yml:16:22\n",
        "field `name` of table `records` reads the column `_raw_recrd`, which is not there|Did you mean `_raw_record`?",
    ),
    (
        "      name: name\n",
        "      name: \"names[first\"\n",
        "sources/crm.nexus.yml:16:13\n",
        "field `name` of table `records` has `names[first`, which is no JSON path|such as `items[0].name`",
    ),
    (
        "    json: _raw_record\n",
        "    json: _raw_record\n    sample: sources/crm.jsonl\n",
        "sources/crm.nexus.yml:15:21\n",
        "reads the JSON path `email`, which no sample has: `email` is not there|Did you mean `e_mail`?",
    ),
    (
        "    key: contact_id\n",
        "    key: contact\n",
        "sources/crm.nexus.yml:18:10\n",
        "table `records` has no field `contact`|There are contact_id, occurred_at,",
    ),
    (
        "    key: contact_id\n",
        "    key: {contact_id: yes}\n",
        "sources/crm.nexus.yml:18:10\n",
        "`key` of table `records` must be a string, but is a mapping|",
    ),
    (
        "    json: _raw_record\n",
        "    json: _raw_record\n    columns: [_raw_record]\n",
        "sources/crm.nexus.yml:10:14\n",
        "table `records` lacks the column `_ingested_at`, which the contract needs|Nothing takes its place.",
    ),
    (
        "    name: contact created\n",
        "",
        "sources/crm.nexus.yml:32:5\n",
        "event `contact_events` lacks the contract's column `event_name`|Add `name:`",
    ),
    (
        "      occurred_at: {path: created_at",
        "      created_at: {path: created_at",
        "sources/crm.nexus.yml:32:5\n",
        "lacks the contract's column `occurred_at`: `contacts` has no field `occurred_at`|Name the field of the time with `occurred_at:`.",
    ),
    (
        "    entity_type: person\n",
        "    entity_type: persn\n",
        "sources/crm.nexus.yml:42:18\n",
        "entity `contact` is of the entity type `persn`, which is not declared|Did you mean `person`?",
    ),
    (
        "    keep: latest\n",
        "    kep: latest\n",
        "sources/crm.nexus.yml:19:5\n",
        "table `records` has the unknown key `kep`|Did you mean `keep`?",
    ),
    (
        "      domain: domain\n",
        "      domain: domains\n",
        "sources/crm.nexus.yml:54:15\n",
        "has no field `domains`|Did you mean `domain`?",
    ),
    (
        "type: timestamp",
        "type: timestmp",
        "sources/crm.nexus.yml:13:45\n",
        "field `occurred_at` of table `records` has no type `timestmp`|Did you mean `timestamp`?",
    ),
];

#[test]
fn each_fault_of_a_declaration_is_shown_at_its_place_with_a_way_out() {
    let project = crm();
    project.write(
        "sources/crm.jsonl",
        "{\"id\": 1, \"created_at\": \"2024\", \"e_mail\": \"\", \"phone\": \"\", \"name\": \"\", \"title\": \"\"}\n",
    );
    let good = std::fs::read_to_string(project.path().join("sources/crm.nexus.yml")).unwrap();
    for (from, to, place, said) in FAULTS {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good, "{from}");
        project.write("sources/crm.nexus.yml", &wrong);
        let output = project.nexus(&["parse"]);
        assert_eq!(output.code, Some(2), "{to}\n{}", output.stdout);
        let (message, hint) = said.split_once('|').unwrap();
        for wanted in [*place, message, hint] {
            assert!(
                output.stderr.contains(wanted),
                "wanted {wanted}\n{}",
                output.stderr
            );
        }
    }
}

#[test]
fn a_declaration_without_the_framework_is_named_and_left_out() {
    let project = Environment::of_project("templates/project");
    succeed(&project, &["source", "new", "crm"]);
    let output = project.nexus(&["parse"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(
        said.contains("`sources/crm.nexus.yml` is not read: the framework is not switched on"),
        "{said}"
    );
}

#[test]
fn the_framework_is_switched_on_by_vars_of_the_command_line_alone() {
    let project = Environment::of_project("templates/project");
    succeed(&project, &["source", "new", "crm"]);
    let vars = "{nexus: {sources: {crm: {enabled: true, tables: {records: {ref: raw_crm_records}}}}}}";
    let listed = succeed(
        &project,
        &[
            "ls",
            "--vars",
            vars,
            "--select",
            "crm_events+1",
            "--resource-type",
            "model",
        ],
    );
    assert!(listed.contains("crm.unioned.crm_events"), "{listed}");
    assert!(listed.contains("nexus.event_log.nexus_events"), "{listed}");
}
