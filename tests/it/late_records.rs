//! What arrives after what it belongs to: rows say when all that they are made of was there, so nobody who asks for what is new misses it.

use crate::support::environment::Environment;
use crate::support::shown::rows;

const PROFILE: &str =
    "late:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: late.duckdb, threads: 2}\n";
const FLAGS: &str = "flags:\n  require_ref_searches_node_package_before_root: true\n";

fn build(project: &Environment, arguments: &[&str]) {
    let output = project.nexus(&[&["build"], arguments].concat());
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
}

/// Ann's plan ended on 1 February, and that came on 1 March: after a watermark of mid-February it is news, and so is what follows from it.
#[test]
fn the_end_of_a_state_that_arrives_late_is_a_notification() {
    let project = Environment::empty();
    project
        .write("profiles.yml", PROFILE)
        .write(
            "dbt_project.yml",
            &format!(
                "name: late\nprofile: late\nvars:\n  nexus:\n    states:\n      plan: {{entity_type: person}}\n      \
                 standing: {{entity_type: person, model: standing}}\n    sources:\n      \
                 crm: {{enabled: true, models: [events, entity_identifiers, states]}}\n{FLAGS}"
            ),
        )
        .write(
            "models/standing.sql",
            "{{ nexus.derived_state('standing', [{'name': 'plan'}], \"case when current_plan_status = 'gold' then 'good' end\", \
             entity_type='person') }}\n",
        )
        .write(
            "seeds/seeds.yml",
            "seeds:\n  - name: crm_events\n    config: {column_types: {event_type: varchar, event_description: varchar}}\n",
        )
        .write(
            "seeds/crm_events.csv",
            "event_id,occurred_at,event_name,event_type,event_description,significance,source,source_table,_ingested_at\n\
             e1,2024-01-01 00:00:00,begun,,,1,crm,plans,2024-01-01 00:00:00\n\
             e2,2024-02-01 00:00:00,ended,,,1,crm,plans,2024-03-01 00:00:00\n",
        )
        .write(
            "seeds/crm_entity_identifiers.csv",
            "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,_ingested_at\n\
             i1,e1,e1,person,email,ann@firm.example,buyer,crm,2024-01-01 00:00:00,2024-01-01 00:00:00\n",
        )
        .write(
            "seeds/crm_states.csv",
            "state_entry_id,event_id,entity_type,identifier_type,identifier_value,state_name,state_value,occurred_at,source,_ingested_at\n\
             s1,e1,person,email,ann@firm.example,plan,gold,2024-01-01 00:00:00,crm,2024-01-01 00:00:00\n\
             s2,e2,person,email,ann@firm.example,plan,,2024-02-01 00:00:00,crm,2024-03-01 00:00:00\n",
        );
    let since = "nexus_notifications_since: '2024-02-15 00:00:00'";
    build(&project, &["--vars", &format!("{{{since}}}")]);
    let found = rows(
        &project,
        "select state_name, previous_value, coalesce(state_value, 'ended'), cast(changed_at as varchar), cast(known_at as varchar) \
         from {{ ref('ops_notifications') }} order by 1",
    );
    let ended = |state, value| {
        [
            state,
            value,
            "ended",
            "2024-02-01 00:00:00",
            "2024-03-01 00:00:00",
        ]
    };
    assert_eq!(found, [ended("plan", "gold"), ended("standing", "good")]);
}

/// A fulfillment names its order by number; the order itself came two days later.
#[test]
fn what_happened_to_an_order_is_known_once_the_order_is() {
    let delivery = |came: &str, id: &str, topic: &str, payload: &str| {
        let record = format!(
            r#"{{"webhook_id":"{id}","topic":"{topic}","shop_domain":"shop.myshopify.com","triggered_at":"2024-01-01T00:00:00Z","payload":{payload}}}"#
        );
        format!("{came},shop,webhooks,\"{}\"\n", record.replace('"', "\"\""))
    };
    let project = Environment::empty();
    project
        .write("profiles.yml", PROFILE)
        .write(
            "dbt_project.yml",
            &format!(
                "name: late\nprofile: late\nvars:\n  nexus:\n    sources:\n      \
                 shopify: {{enabled: true, tables: {{events: {{ref: raw_shopify_events}}}}}}\n{FLAGS}"
            ),
        )
        .write(
            "seeds/raw_shopify_events.csv",
            &[
                "_ingested_at,_connection_id,_stream_id,_raw_record\n".to_owned(),
                delivery(
                    "2024-01-02 00:00:00",
                    "w1",
                    "fulfillments/create",
                    r#"{"id":7,"order_id":1,"created_at":"2024-01-01T12:00:00Z"}"#,
                ),
                delivery(
                    "2024-01-04 00:00:00",
                    "w2",
                    "orders/create",
                    r##"{"id":1,"name":"#1001","created_at":"2024-01-01T00:00:00Z","currency":"USD","total_price":"10.00","customer":{"id":5,"email":"ann@firm.example"}}"##,
                ),
            ]
            .concat(),
        );
    let events = "select event_name, event_description, cast(_ingested_at as varchar) from {{ ref('nexus_events') }} order by 1";
    let expected = [
        ["order fulfilled", "Order #1001 fulfilled", "2024-01-04 00:00:00"],
        ["order placed", "Order #1001 placed", "2024-01-04 00:00:00"],
    ];
    build(
        &project,
        &["--select", "+nexus_events", "--exclude", "resource_type:test"],
    );
    assert_eq!(rows(&project, events), expected);

    let added = project.nexus(&["source", "add", "shopify", "--declared"]);
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    build(
        &project,
        &["--select", "+nexus_events", "--exclude", "resource_type:test"],
    );
    assert_eq!(rows(&project, events), expected);
}
