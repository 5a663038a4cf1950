//! `nexus identity`: explain, show, stats and check, on a small graph.

use crate::support::environment::Environment;

fn project(incremental: bool) -> Environment {
    let environment = Environment::empty();
    environment
        .write(
            "dbt_project.yml",
            &format!(
                "name: graphs\nprofile: graphs\nvars:\n  nexus:\n    identity: {{incremental: {incremental}}}\n    sources:\n      \
                 web: {{enabled: true, models: [entity_identifiers]}}\n"
            ),
        )
        .write(
            "profiles.yml",
            "graphs:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: graphs.duckdb, threads: 2}\n",
        )
        .write(
            "seeds/web_entity_identifiers.csv",
            "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,occurred_at,_ingested_at\n\
             1,evt1,e1,person,account,ann,,web,2024-01-01 10:00:00,2024-01-02 00:00:00\n\
             2,evt1,e1,person,device,phone,,web,2024-01-01 10:00:00,2024-01-02 00:00:00\n\
             3,evt2,e2,person,account,anna {{ 7 * 6 }} 'x',,web,2024-01-01 11:00:00,2024-01-02 00:00:00\n\
             4,evt2,e2,person,device,phone,,web,2024-01-01 11:00:00,2024-01-02 00:00:00\n\
             5,evt3,e3,person,account,bob,,web,2024-01-01 12:00:00,2024-01-02 00:00:00\n\
             6,evt3,e3,person,device,n/a,,web,2024-01-01 12:00:00,2024-01-02 00:00:00\n",
        )
        .write(
            "seeds/seeds.yml",
            "seeds:\n  - name: web_entity_identifiers\n    config:\n      column_types: {role: varchar}\n",
        );
    environment
}

fn build(project: &Environment, log: &str) {
    let mut select = "+nexus_resolved_identifiers nexus_identity_edges nexus_identity_quarantine".to_owned();
    select.push_str(log);
    let mut arguments = vec!["build", "--indirect-selection", "cautious", "--select"];
    arguments.extend(select.split(' '));
    let build = project.nexus(&arguments);
    assert_eq!(build.code, Some(0), "{}\n{}", build.stdout, build.stderr);
}

/// Exit code, and the answer without what is said on the way.
fn ask(project: &Environment, arguments: &[&str]) -> (Option<i32>, String) {
    let mut all = vec!["identity"];
    all.extend(arguments);
    all.push("--quiet");
    let output = project.nexus(&all);
    (output.code, format!("{}{}", output.stdout, output.stderr))
}

#[test]
fn questions_before_a_build_say_what_to_build() {
    let (code, said) = ask(&project(false), &["stats"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("nexus_resolved_identifiers"), "{said}");
    assert!(
        said.contains("nexus build --select +nexus_resolved_identifiers"),
        "{said}"
    );
}

#[test]
fn identities_are_explained_shown_counted_and_checked() {
    let project = project(false);
    build(&project, "");

    let (code, said) = ask(&project, &["explain", "account:ann", "anna {{ 7 * 6 }} 'x'"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("are one entity, per_"), "{said}");
    assert!(said.contains("by 2 edges"), "{said}");
    let (first, second) = (said.find("evt1"), said.find("evt2"));
    assert!(first.is_some() && first < second, "{said}");

    let (code, said) = ask(&project, &["explain", "ann", "bob"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Not one entity"), "{said}");

    let (code, said) = ask(&project, &["explain", "ann", "n/a"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("`n/a` joins nothing: blocked value"), "{said}");

    let (code, said) = ask(&project, &["explain", "ann", "nobody"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("`nobody` is no identifier that was seen"), "{said}");

    let (code, said) = ask(&project, &["show", "bob"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("per_") && said.contains("bob") && !said.contains("ann"),
        "{said}"
    );

    let (code, said) = ask(&project, &["stats"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("blocked value"), "{said}");

    let (code, said) = ask(&project, &["check"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("All hold."), "{said}");
}

#[test]
fn a_broken_invariant_is_found_and_the_log_is_shown() {
    let project = project(true);
    build(&project, " nexus_identity_log");
    let (code, said) = ask(&project, &["show", "ann"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("The log says:") && said.contains("born"), "{said}");

    // Somebody tears an entity apart behind our back.
    project.write(
        "macros/tear.sql",
        "{% macro tear() %}{% do run_query(\"update \" ~ ref('nexus_resolved_identifiers') ~ \" set entity_id = 'per_torn' where \
         identifier_value = 'ann'\") %}{% do adapter.commit() %}{% endmacro %}",
    );
    let torn = project.nexus(&["run-operation", "tear"]);
    assert_eq!(torn.code, Some(0), "{}\n{}", torn.stdout, torn.stderr);
    let (code, said) = ask(&project, &["check"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("3 of 8 are broken"), "{said}");
}
