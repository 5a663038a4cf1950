//! What is wrong with a configuration of the framework, or with the rows of a source, and what a person is told about it.

use crate::support::environment::{Environment, Output};
use crate::support::shown::rows;

/// Makes a small project with these variables in its project file, where the framework is switched on.
fn of_vars(vars: &str) -> Environment {
    let project = Environment::of_project("templates/project");
    let file = std::fs::read_to_string(project.path().join("dbt_project.yml")).unwrap();
    project.write("dbt_project.yml", &format!("{file}\nvars: {vars}\n"));
    project
}

/// Compiles a project with these variables; it must be refused.
fn refused(vars: &str) -> String {
    let output = of_vars(vars).nexus(&["compile", "--threads", "1"]);
    assert_eq!(
        output.code,
        Some(2),
        "{vars} was taken for good:\n{}",
        output.stdout
    );
    output.stderr
}

/// Each wrong configuration, what is said to be wrong, and what to do about it.
const CASES: &[(&str, &str, &str)] = &[
    (
        "{nexus: {sorces: {}}}",
        "unknown key `sorces` under `vars: nexus`",
        "remove it or use one of sources,",
    ),
    (
        "{nexus: {sources: {stripe: {enabled: true, schem: raw}}}}",
        "unknown key `schem` under `vars: nexus: sources: stripe`",
        "use one of enabled, shipped, models,",
    ),
    (
        "{nexus: {sources: {crm: {enabled: true}}}}",
        "source `crm` is enabled and has no models",
        "list them, `models: [events, entity_identifiers]`",
    ),
    (
        "{nexus: {sources: {crm: {enabled: true, models: [event]}}}}",
        "`event` under `vars: nexus: sources: crm: models` is no part of a source",
        "use one or more of events,",
    ),
    (
        "{nexus: {sources: {stripe: {enabled: true, priority: high}}}}",
        "`priority: high` under `vars: nexus: sources: stripe` is no number",
        "give a number, the smaller the stronger",
    ),
    (
        "{nexus: {traits: {person: {score: number}, group: {score: text}}}}",
        "trait `score` is declared with two types, number and text",
        "give it one type for all entity types, or two names",
    ),
    (
        "{nexus: {traits: {person: {Title: text}}}}",
        "`Title` under `vars: nexus: traits: person` becomes a column and is no column name",
        "use lower-case letters, digits and _",
    ),
    (
        "{nexus: {traits: {person: {entity_id: text}}}}",
        "trait `entity_id` under `vars: nexus: traits: person` has the name of a column that nexus_entities has anyway",
        "rename the trait",
    ),
    (
        "{nexus: {traits: {person: {score: {type: money}}}}}",
        "trait `score` under `vars: nexus: traits: person` has the unknown type `money`",
        "use one of text, number,",
    ),
    (
        "{nexus: {traits: {subscription: {tier: text}}}}",
        "`vars: nexus: traits: subscription` is of an entity type that is not declared",
        "add `subscription` under `vars: nexus: entity_types`, or use one of person, group",
    ),
    (
        "{nexus: {states: {onboarding: {entity_type: team}}}}",
        "`vars: nexus: states: onboarding` is of the entity type `team`, which is not declared",
        "add `team` under `vars: nexus: entity_types`, or use one of person, group",
    ),
    (
        "{nexus: {states: {onboarding: {}}}}",
        "`vars: nexus: states: onboarding` does not say whose state it is",
        "add `entity_type:` and one of person, group",
    ),
    (
        "{nexus: {traits: {person: {score: {survivorship: newest}}}}}",
        "`newest` under `vars: nexus: traits: person: score: survivorship` is no survivorship rule",
        "use one of latest, earliest, most_frequent, source_priority",
    ),
    (
        "{nexus: {survivorship: first}}",
        "`first` under `vars: nexus: survivorship` is no survivorship rule",
        "use one of latest,",
    ),
    (
        "{nexus: {traits: {person: {score: {sources: [stripe]}}}}}",
        "`vars: nexus: traits: person: score` lists `sources`, which no rule of it reads",
        "add `survivorship: source_priority`",
    ),
    (
        "{nexus: {traits: {person: {score: {model: scores, survivorship: latest}}}}}",
        "`vars: nexus: traits: person: score` is computed by a model and has a survivorship rule",
        "remove `survivorship` or `model`",
    ),
    (
        "{nexus: {operational_views: [customer_contexts]}}",
        "`customer_contexts` under `vars: nexus: operational_views` is no view of the framework",
        "use one or more of customer_context,",
    ),
    (
        "{nexus: {ai_context: {max_events: none}}}",
        "`max_events: none` under `vars: nexus: ai_context` is no limit",
        "give a whole number of 1 or more",
    ),
    (
        "{nexus: {incremental: nightly}}",
        "`incremental: nightly` under `vars: nexus` is neither true nor false",
        "use `true` to read only new rows in each build",
    ),
    (
        "{nexus: {incremental: true, identity: {incremental: false}}}",
        "`incremental: true` under `vars: nexus` needs ids that stay, and `incremental: false` under `vars: nexus: identity` switches them off",
        "remove one of the two",
    ),
    (
        "{nexus: {internal_domains: ours.example}}",
        "`vars: nexus: internal_domains` must be a list",
        "write `[one, two]`",
    ),
    (
        "{nexus: {identity: {identifier_types: {phone: {max_per_entity: {days: 3}}}}}}",
        "`limit: None` of `max_per_entity` under `vars: nexus: identity: identifier_types: phone` is no number of identifiers",
        "write `max_per_entity: 5`, or `max_per_entity: {limit: 5, days: 30}`",
    ),
    (
        "{nexus: {identity: {identifier_types: {phone: {max_per_entity: {limit: 2, days: 0.5}}}}}}",
        "`days: 0.5` of `max_per_entity` under `vars: nexus: identity: identifier_types: phone` is no number of days",
        "with whole numbers of 1 or more",
    ),
    (
        "{nexus: {identity: {identifier_types: {phone: {unique: true, max_per_entity: 2}}}}}",
        "`vars: nexus: identity: identifier_types: phone` has both `unique` and `max_per_entity`",
        "`unique: true` is `max_per_entity: 1`",
    ),
    (
        "{nexus: {identity: {identifier_types: {phone: {priority: high}}}}}",
        "`priority: high` under `vars: nexus: identity: identifier_types: phone` is no number",
        "the smaller the stronger",
    ),
    (
        "{nexus: {identity: {identifier_types: {phone: {max_entities_per_value: some}}}}}",
        "`max_entities_per_value: some` under `vars: nexus: identity: identifier_types: phone` is no limit",
        "give a whole number of 1 or more",
    ),
];

#[test]
fn each_wrong_setting_is_named_with_a_way_out() {
    for (vars, problem, remedy) in CASES {
        let shown = refused(vars);
        assert!(
            shown.contains(&format!("nexus configuration: {problem}. Remedy: ")),
            "{vars}\n{shown}"
        );
        assert!(shown.contains(remedy), "{vars}\n{shown}");
    }
}

#[test]
fn a_listed_model_that_does_not_exist_is_named() {
    let shown = refused("{nexus: {sources: {crm: {enabled: true, models: [events]}}}}");
    assert!(
        shown.contains("depends on a node named `crm_events`, which was not found"),
        "{shown}"
    );
}

const EVENTS: &str = "event_id,occurred_at,event_name,event_type,event_description,significance,source,source_table,_ingested_at";

/// Builds a project whose source `crm` has these events.
fn of_events(header: &str, lines: &str) -> (Environment, Output) {
    let project = of_vars("{nexus: {sources: {crm: {enabled: true, models: [events]}}}}");
    project.write("seeds/crm_events.csv", &format!("{header}\n{lines}"));
    let output = project.nexus(&["build", "--threads", "1"]);
    (project, output)
}

#[test]
fn a_missing_column_of_the_contract_is_named() {
    let header = EVENTS.replace(",source_table,_ingested_at", "");
    let (_, output) = of_events(&header, "e1,2024-01-01 00:00:00,called,call,,1,crm\n");
    assert_eq!(output.code, Some(1), "{}\n{}", output.stdout, output.stderr);
    let shown = format!("{}\n{}", output.stdout, output.stderr);
    assert!(
        shown.contains(
            "model `crm_events` lacks `source_table`, `_ingested_at`, which the part `events` of a source has"
        ),
        "{shown}"
    );
    assert!(shown.contains("add them to the model"), "{shown}");
}

/// e2 has no time that can be read, e3 no number: neither is an event, both are listed.
#[test]
fn a_value_that_cannot_be_read_is_listed_and_counted_at_the_end() {
    let lines = "e1,2024-01-01T09:00:00+01:00,called,call,,1,crm,calls,2024-02-01 00:00:00\n\
                 e2,yesterday,called,call,,1,crm,calls,2024-02-01 00:00:00\n\
                 e3,2024-01-03 00:00:00,called,call,,many,crm,calls,2024-02-01 00:00:00\n";
    let (project, output) = of_events(EVENTS, lines);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    assert!(
        output.stdout.contains(
            "nexus: rejected records and values: 2, listed in nexus_rejects: 1 unparseable occurred_at (crm), 1 unparseable significance (crm)"
        ),
        "{}",
        output.stdout
    );
    let listed = rows(
        &project,
        "select record_key, field, raw_value, reason, source_table from {{ ref('nexus_rejects') }} order by 1",
    );
    assert_eq!(
        listed,
        [
            [
                "e2",
                "occurred_at",
                "yesterday",
                "unparseable occurred_at",
                "crm_events"
            ],
            [
                "e3",
                "significance",
                "many",
                "unparseable significance",
                "crm_events"
            ],
        ]
    );
    let kept = rows(
        &project,
        "select event_id, cast(occurred_at as varchar) as at from {{ ref('nexus_events') }}",
    );
    assert_eq!(kept, [["e1", "2024-01-01 08:00:00"]]);
}

#[test]
fn nothing_is_said_at_the_end_where_nothing_was_put_aside() {
    let (_, output) = of_events(
        EVENTS,
        "e1,2024-01-01 00:00:00,called,call,,1,crm,calls,2024-02-01 00:00:00\n",
    );
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    assert!(!output.stdout.contains("nexus: "), "{}", output.stdout);
}
