//! Tables of denied and forced pairs: what they join and part, what the log and the commands say of it.

use crate::support::environment::Environment;
use crate::support::shown::rows;

fn configure(project: &Environment, options: &str) {
    project.write(
        "dbt_project.yml",
        &format!(
            "name: graphs\nprofile: graphs\nvars:\n  nexus:\n    identity: {{incremental: true, {options}}}\n    sources:\n      \
             web: {{enabled: true, models: [entity_identifiers]}}\n"
        ),
    );
}

fn build(project: &Environment) {
    let build = project.nexus(&[
        "build",
        "--indirect-selection",
        "cautious",
        "--select",
        "+nexus_resolved_identifiers",
        "nexus_identity_edges",
        "nexus_identity_quarantine",
        "nexus_identity_log",
        "pairs_denied",
        "nexus_occurrences_are_one_entity",
    ]);
    assert_eq!(build.code, Some(0), "{}\n{}", build.stdout, build.stderr);
}

fn project() -> Environment {
    let project = Environment::empty();
    let mut sightings =
        "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,_ingested_at\n"
            .to_owned();
    for (edge, account, device) in [(1, "a", "A"), (2, "m", "M"), (3, "a", "Q"), (4, "q", "Q")] {
        for (name, value) in [("account", account), ("device", device)] {
            sightings.push_str(&format!(
                "{edge}{name},evt{edge},e{edge},person,{name},{value},,web,2024-01-01 10:00:00,2024-01-02 00:00:00\n"
            ));
        }
    }
    let pairs = "entity_type,identifier_type_a,identifier_value_a,identifier_type_b,identifier_value_b\n";
    project
        .write(
            "profiles.yml",
            "graphs:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: graphs.duckdb, threads: 2}\n",
        )
        .write("seeds/web_entity_identifiers.csv", &sightings)
        .write(
            "seeds/seeds.yml",
            "seeds:\n  - name: web_entity_identifiers\n    config:\n      column_types: {role: varchar}\n",
        )
        .write(
            "seeds/pairs_forced.csv",
            &format!("{pairs}person,account,a,account,m\nperson,account,a,account,nobody\n"),
        )
        .write(
            "seeds/pairs_denied.csv",
            &format!("{pairs}person,account,a,device,Q\n"),
        );
    project
}

fn partition(project: &Environment) -> Vec<Vec<String>> {
    rows(
        project,
        "select entity_id, string_agg(identifier_value, ' ' order by identifier_value) from \
         {{ ref('nexus_resolved_identifiers') }} group by 1 order by 2",
    )
}

#[test]
fn forced_pairs_join_and_denied_pairs_part_with_a_split_in_the_log() {
    let project = project();
    configure(&project, "force: pairs_forced");
    build(&project);
    let before = partition(&project);
    assert_eq!(before.len(), 1, "{before:?}");
    assert_eq!(before[0][1], "A M Q a m q");
    let explained = project.nexus(&["identity", "explain", "q", "m", "--quiet"]);
    assert_eq!(explained.code, Some(0), "{}", explained.stderr);
    assert!(explained.stdout.contains("by 3 edges"), "{}", explained.stdout);
    assert!(explained.stdout.contains("forced"), "{}", explained.stdout);

    configure(&project, "force: pairs_forced, deny: pairs_denied");
    build(&project);
    let after = partition(&project);
    assert_eq!(after.len(), 2, "{after:?}");
    assert_eq!(after[0], [&*before[0][0], "A M a m"]);
    assert_eq!(after[1][1], "Q q");
    let log = rows(
        &project,
        "select decision, entity_id, previous_entity_id, identifiers from {{ ref('nexus_identity_log') }} where batch = 2",
    );
    assert_eq!(log, [["split", &*after[1][0], &*before[0][0], "2"]]);
    let parted = rows(
        &project,
        "select raw_identifier_value, edge_id, reason from {{ ref('nexus_identity_quarantine') }}",
    );
    assert_eq!(parted, [["Q", "e3", "denied pair"]]);
    let check = project.nexus(&["identity", "check", "--quiet"]);
    assert_eq!(check.code, Some(0), "{}\n{}", check.stdout, check.stderr);
    assert!(
        check.stdout.contains("no denied pair is of one entity"),
        "{}",
        check.stdout
    );
}
