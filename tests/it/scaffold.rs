//! `eject`, `source add` and `source new`: what they write builds as it stands, and nothing is overwritten.

use crate::support::environment::Environment;

/// Adds settings of the framework to the project file of `init`.
fn configure(project: &Environment, sources: &str) {
    let path = project.path().join("dbt_project.yml");
    let text = std::fs::read_to_string(path).unwrap();
    project.write(
        "dbt_project.yml",
        &format!("{text}\nvars:\n  nexus:\n    sources:\n{sources}"),
    );
}

const CRM: &str = "      crm:
        enabled: true
        models: [events, entity_identifiers, entity_traits, relationship_declarations, rejects]
        tables: {records: {ref: raw_crm_records}}
";

/// The seed has a contact, two versions of another, and a record without a readable time: two persons of one company.
#[test]
fn a_new_source_builds_as_it_stands() {
    let project = Environment::of_project("templates/project");
    let output = project.nexus(&["source", "new", "crm", "--sql"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.contains(CRM), "{}", output.stdout);
    configure(&project, CRM);
    let output = project.nexus(&["build", "--threads", "2"]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    assert!(
        output.stdout.contains(
            "nexus: rejected records and values: 1, listed in nexus_rejects: 1 unparseable created_at (crm)"
        ),
        "{}",
        output.stdout
    );
    let query = "select title, domain, count(*) over () as memberships from {{ ref('nexus_memberships') }} \
                 join {{ ref('nexus_persons') }} using (person_id) join {{ ref('nexus_groups') }} using (group_id) order by 1";
    let shown = project.nexus(&["show", "--inline", query]);
    assert!(shown.stdout.contains("Analyst"), "{}", shown.stdout);
    assert!(shown.stdout.contains("Founder"), "{}", shown.stdout);
}

/// The demo's own tests hold its tables against the truth; here the models of Stripe stand in the project.
#[test]
fn an_added_source_takes_the_place_of_the_shipped_one() {
    let demo = Environment::of_project("examples/demo");
    let output = demo.nexus(&["source", "add", "stripe"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let text = std::fs::read_to_string(demo.path().join("dbt_project.yml")).unwrap();
    let owned = text.replace(
        "stripe: {enabled: true,",
        "stripe: {enabled: true, shipped: false,",
    );
    assert_ne!(owned, text);
    demo.write("dbt_project.yml", &owned);
    let listed = demo.nexus(&[
        "ls",
        "--select",
        "stripe_events",
        "gmail_events",
        "--resource-type",
        "model",
    ]);
    assert_eq!(
        listed.stdout.lines().collect::<Vec<_>>(),
        [
            "demo.stripe.unioned.stripe_events",
            "nexus.sources.gmail.unioned.gmail_events"
        ],
        "{}",
        listed.stderr
    );
    let output = demo.nexus(&["build", "--threads", "2"]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
}

#[test]
fn the_ejected_package_takes_the_place_of_the_built_in_one() {
    let project = Environment::of_project("templates/project");
    project.nexus(&["source", "new", "crm", "--sql"]);
    configure(&project, CRM);
    let output = project.nexus(&["eject"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    project.write("packages.yml", "packages:\n  - local: packages/nexus\n");
    project.write(
        "packages/nexus/models/final/nexus_summary.sql",
        "select 'changed' as metric, 1 as row_count\n",
    );
    assert_eq!(project.nexus(&["deps"]).code, Some(0));
    let shown = project.nexus(&["show", "--select", "nexus_summary"]);
    assert!(
        shown.stdout.contains("changed"),
        "{}\n{}",
        shown.stdout,
        shown.stderr
    );
}

#[test]
fn what_stands_in_the_project_is_never_overwritten() {
    let project = Environment::of_project("templates/project");
    project.write("packages/nexus/notes.md", "mine");
    project.write("models/stripe/mine.sql", "select 1 as one");
    project.write("seeds/raw_crm_records.csv", "id\n1\n");
    for (arguments, place) in [
        (["eject"].as_slice(), "packages/nexus"),
        (&["source", "add", "stripe"], "models/stripe"),
        (&["source", "new", "crm", "--sql"], "seeds/raw_crm_records.csv"),
    ] {
        let output = project.nexus(arguments);
        assert_eq!(output.code, Some(2), "{arguments:?}: {}", output.stdout);
        let wanted =
            format!("error[N0101]: `{place}` exists already, and what stands there is not overwritten");
        assert!(output.stderr.contains(&wanted), "{}", output.stderr);
    }
    assert!(!project.path().join("models/crm").exists());
    assert!(!project.path().join("packages/nexus/macros").exists());
}

#[test]
fn a_source_that_is_not_shipped_names_those_that_are() {
    let project = Environment::of_project("templates/project");
    let output = project.nexus(&["source", "add", "strip"]);
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("nexus ships no source named `strip`"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("Did you mean `stripe`?"),
        "{}",
        output.stderr
    );
    for (name, problem) in [
        ("CRM", "`CRM` cannot be the name of a source"),
        ("gmail", "the source `gmail` is shipped with nexus"),
    ] {
        let output = project.nexus(&["source", "new", name]);
        assert_eq!(output.code, Some(2));
        assert!(output.stderr.contains(problem), "{}", output.stderr);
    }
}
