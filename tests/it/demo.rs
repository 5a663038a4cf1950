//! The demo, end to end through the binary: seeds to final tables, held against what README.md says by hand.

use crate::support::environment::Environment;
use crate::support::shown::rows;

/// Builds the demo once in a folder of its own.
fn built() -> Environment {
    let demo = Environment::of_project("examples/demo");
    let output = demo.nexus(&["build", "--threads", "2"]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    assert!(output.stdout.contains("ERROR=0"), "{}", output.stdout);
    demo
}

/// One build serves all the questions: building takes most of the time.
#[test]
fn the_demo_tells_who_is_who_and_what_held_when() {
    let demo = built();
    counts(&demo);
    one_person_behind_every_address_of_lewis(&demo);
    a_chain_of_nine_links_is_one_person(&demo);
    people_who_share_something_stay_apart(&demo);
    a_company_keeps_its_history_under_a_new_domain(&demo);
    billing_of_hollywood_farms(&demo);
    memberships_of_hollywood_farms(&demo);
    a_browser_becomes_a_person_when_somebody_logs_in(&demo);
}

/// 19 of the cast's people, three staff, four shared inboxes, eight browsers that nobody logged in to (six visitors, a front desk,
/// one that typed no address) and the seeded crowd; the numbers of expected/*.csv.
fn counts(demo: &Environment) {
    let found = rows(
        demo,
        "select (select count(*) from {{ ref('nexus_persons') }}), (select count(*) from {{ ref('nexus_groups') }}), \
         (select count(*) from {{ ref('nexus_memberships') }}), \
         (select count(*) from {{ ref('nexus_states') }} where state_name in ('billing_lifecycle', 'app_installation'))",
    );
    assert_eq!(found, [["174", "47", "142", "217"]]);
}

fn entities(demo: &Environment, kind: &str, values: &[&str]) -> Vec<Vec<String>> {
    let list: Vec<String> = values.iter().map(|v| format!("'{v}'")).collect();
    let sql = format!(
        "select distinct {kind}_id from {{{{ ref('nexus_resolved_{kind}_identifiers') }}}} \
         where identifier_value in ({}) order by 1",
        list.join(", ")
    );
    rows(demo, &sql)
}

fn one_person_behind_every_address_of_lewis(demo: &Environment) {
    let lewis = [
        "lewis.smith@hollywoodfarms.example",
        "lewis@hollywoodfarms.example",
        "lewis.smith+invoices@hollywoodfarms.example",
        "hollywood.lewis@gmail.com",
        "+13235550117",
        "+13105550164",
    ];
    let found = entities(demo, "person", &lewis);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0][0].starts_with("per_") && found[0][0].len() == 36,
        "{found:?}"
    );
}

fn a_chain_of_nine_links_is_one_person(demo: &Environment) {
    let priya = [
        "priya.raman.reads@gmail.com",
        "p.raman.orders@outlook.com",
        "+17735550181",
        "+17735550185",
    ];
    assert_eq!(entities(demo, "person", &priya).len(), 1);
}

fn people_who_share_something_stay_apart(demo: &Environment) {
    // A Stripe customer, a surname, a shared inbox, a name.
    for pair in [
        [
            "lewis@hollywoodfarms.example",
            "kim.alvarez@hollywoodfarms.example",
        ],
        ["priya.r@outlook.com", "arjun.raman.mail@outlook.com"],
        ["tomas@pineandpaper.example", "ana@pineandpaper.example"],
        [
            "chris.lee@northwindgoods.example",
            "chris.lee@southbaycycles.example",
        ],
    ] {
        assert_eq!(entities(demo, "person", &pair).len(), 2, "{pair:?}");
    }
}

fn a_company_keeps_its_history_under_a_new_domain(demo: &Environment) {
    let kiln = [
        "okaforceramics.example",
        "kilnandco.example",
        "okafor-ceramics.myshopify.com",
    ];
    assert_eq!(entities(demo, "group", &kiln).len(), 1);
}

/// The billing column of README.md for Hollywood Farms: a late delivery and a double one change nothing.
fn billing_of_hollywood_farms(demo: &Environment) {
    let found = rows(
        demo,
        "select s.state_value, cast(s.state_entered_at as varchar) as entered, cast(s.state_exited_at as varchar) as \
         exited from {{ ref('nexus_states') }} as s join {{ ref('nexus_resolved_group_identifiers') }} as g \
         on g.group_id = s.entity_id where g.identifier_value = 'hollywoodfarms.example' \
         and s.state_name = 'billing_lifecycle' order by s.state_entered_at",
    );
    let expected = [
        ["trial", "2024-01-19 19:06:02", "2024-02-02 19:06:05"],
        ["active", "2024-02-02 19:06:05", "2024-03-03 20:06:09"],
        ["past_due", "2024-03-03 20:06:09", "2024-03-07 15:30:00"],
        ["active", "2024-03-07 15:30:00", "2024-04-15 18:00:00"],
        ["paused", "2024-04-15 18:00:00", "2024-05-20 16:45:30"],
        ["active", "2024-05-20 16:45:30", "2024-07-20 16:00:00"],
        ["cancelled", "2024-07-20 16:00:00", "2024-10-01 18:31:00"],
        ["active", "2024-10-01 18:31:00", "null"],
    ];
    assert_eq!(found, expected);
}

/// Lewis was billing contact until 2024-06-20 20:00, Kim from then until 2024-10-01 18:30, Jane since.
fn memberships_of_hollywood_farms(demo: &Environment) {
    let found = rows(
        demo,
        "select p.identifier_value, cast(m.ended_at as varchar) as ended \
         from {{ ref('nexus_memberships') }} as m \
         join {{ ref('nexus_resolved_group_identifiers') }} as g on g.group_id = m.group_id \
         join {{ ref('nexus_resolved_person_identifiers') }} as p on p.person_id = m.person_id \
         where g.identifier_value = 'hollywoodfarms.example' and m.role = 'billing_contact' \
         and p.identifier_value in ('lewis@hollywoodfarms.example', 'kim.alvarez@hollywoodfarms.example', \
         'jane.doe@brightledger.example') order by 2",
    );
    let expected = [
        ["lewis@hollywoodfarms.example", "2024-06-20 20:00:00"],
        ["kim.alvarez@hollywoodfarms.example", "2024-10-01 18:30:00"],
        ["jane.doe@brightledger.example", "null"],
    ];
    assert_eq!(found, expected);
}

/// Lewis looked at the prices two days before he gave his address, and read the blog on a phone that one alias call joins; the shared
/// computer of Pine & Paper stays a person of its own beside info@.
fn a_browser_becomes_a_person_when_somebody_logs_in(demo: &Environment) {
    let found = rows(
        demo,
        "select cast(e.occurred_at as varchar) as at, d.dimension_value from {{ ref('nexus_events') }} as e \
         join {{ ref('nexus_entity_participants') }} as p on p.event_id = e.event_id \
         join {{ ref('nexus_resolved_person_identifiers') }} as i on i.person_id = p.entity_id \
         join {{ ref('nexus_event_dimensions') }} as d on d.event_id = e.event_id and d.dimension_name = 'page_path' \
         where i.identifier_value = 'lewis@hollywoodfarms.example' order by 1",
    );
    let expected = [
        ["2024-01-10 17:40:00", "/"],
        ["2024-01-10 17:42:00", "/pricing"],
        ["2024-01-12 17:55:00", "/demo"],
        ["2024-02-12 05:10:00", "/blog/cohorts"],
    ];
    assert_eq!(found, expected);
    let desk = rows(
        demo,
        "select distinct i.identifier_type from {{ ref('nexus_events') }} as e \
         join {{ ref('nexus_entity_participants') }} as p on p.event_id = e.event_id \
         join {{ ref('nexus_resolved_person_identifiers') }} as i on i.person_id = p.entity_id \
         where e.occurred_at = timestamp '2023-09-01 16:05:00' order by 1",
    );
    assert_eq!(desk, [["segment_anonymous_id"]]);
}
