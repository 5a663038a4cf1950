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
fn an_answer_of_a_changed_macro_with_too_few_columns_is_refused() {
    let project = project(false);
    project.write("packages.yml", "packages:\n  - local: packages/nexus\n");
    for arguments in [["eject"], ["deps"]] {
        let output = project.nexus(&arguments);
        assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    }
    build(&project, "");
    let questions = [
        ("identifiers", 4, vec!["explain", "ann", "bob"]),
        ("identifiers", 4, vec!["show", "ann"]),
        ("quarantine", 2, vec!["explain", "ann", "n/a"]),
        ("edges", 4, vec!["explain", "ann", "account:anna {{ 7 * 6 }} 'x'"]),
        ("dry_run", 6, vec!["dry-run"]),
        ("forgettable", 4, vec!["forget", "nobody"]),
        ("stats", 1, vec!["stats"]),
        ("check", 1, vec!["check"]),
    ];
    for (question, least, arguments) in questions {
        let file = ["questions", "dry_run", "forget"]
            .map(|name| format!("packages/nexus/macros/identity/{name}.sql"))
            .into_iter()
            .find(|file| read(&project, file).contains(&format!("macro nexus_question_{question}(")))
            .unwrap();
        let own = read(&project, &file);
        let changed = |columns: usize| {
            let select = vec!["'1' as one"; columns].join(", ");
            own.replace(
                &format!("{{% macro nexus_question_{question}("),
                &format!("{{% macro nexus_question_{question}(a='', b='', c='') %}}select {select}{{% endmacro %}}\n\n{{% macro own_{question}("),
            )
        };
        for columns in [1, least] {
            project.write(&file, &changed(columns));
            let (code, said) = ask(&project, &arguments);
            assert!(!said.contains("panicked"), "{arguments:?}\n{said}");
            if columns < least {
                assert_eq!(code, Some(2), "{arguments:?}\n{said}");
                let complaint =
                    format!("`nexus_question_{question}` gives {columns} columns; {least} are needed");
                assert!(said.contains(&complaint), "{arguments:?}\n{said}");
            }
        }
        project.write(&file, &own);
    }
}

fn read(project: &Environment, file: &str) -> String {
    std::fs::read_to_string(project.path().join(file)).unwrap()
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
