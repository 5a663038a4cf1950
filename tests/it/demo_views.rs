//! The operational views on the demo, held against what follows by hand from examples/demo/README.md and its generator.

use crate::support::environment::Environment;
use crate::support::shown::rows;

#[test]
fn the_demo_s_operational_views_say_what_follows_from_its_story() {
    let demo = Environment::of_project("examples/demo");
    let output = demo.nexus(&["build", "--threads", "2"]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    derived_states_of_hollywood_farms(&demo);
    nobody_is_dormant_before_thirty_silent_days(&demo);
    a_context_names_the_company_one_belongs_to(&demo);
    a_timeline_has_what_its_people_did(&demo);
    nobody_of_ours_is_in_the_audience(&demo);
    notifications_begin_after_the_watermark(&demo);
    a_context_for_models_is_bounded(&demo);
    states_are_told_for_a_moment_and_for_each_day(&demo);
}

/// From the billing and app columns of the README: installed at 19:02:11, a trial from 19:06:02, paying until cancelled on 2024-07-20 (late,
/// then paused in between), again since 2024-10-01 18:31. The app was gone a day after the cancellation: that changes nothing.
fn derived_states_of_hollywood_farms(demo: &Environment) {
    let of = |state: &str| {
        rows(
            demo,
            &format!(
                "select s.state_value, cast(s.state_entered_at as varchar) as entered from {{{{ ref('nexus_states') }}}} as s \
                 join {{{{ ref('nexus_resolved_group_identifiers') }}}} as g on g.group_id = s.entity_id \
                 where g.identifier_value = 'hollywoodfarms.example' and s.state_name = '{state}' order by 2"
            ),
        )
    };
    assert_eq!(
        of("customer_lifecycle"),
        [
            ["lead", "2024-01-19 19:02:11"],
            ["trial", "2024-01-19 19:06:02"],
            ["customer", "2024-02-02 19:06:05"],
            ["churned", "2024-07-20 16:00:00"],
            ["customer", "2024-10-01 18:31:00"],
        ]
    );
    assert_eq!(
        of("account_health"),
        [
            ["good", "2024-01-19 19:06:02"],
            ["at_risk", "2024-03-03 20:06:09"],
            ["good", "2024-03-07 15:30:00"],
            ["at_risk", "2024-04-15 18:00:00"],
            ["good", "2024-05-20 16:45:30"],
            ["lost", "2024-07-20 16:00:00"],
            ["good", "2024-10-01 18:31:00"],
        ]
    );
}

/// The shared computer of Pine & Paper was used on 2023-09-01 at 16:00 and 16:05, and never again: September has 30 days.
fn nobody_is_dormant_before_thirty_silent_days(demo: &Environment) {
    let found = rows(
        demo,
        "select s.state_value, cast(s.state_entered_at as varchar) as entered, cast(s.state_exited_at as varchar) as exited \
         from {{ ref('engagement') }} as s where s.entity_id in (select p.entity_id from {{ ref('nexus_entity_participants') }} as p \
         join {{ ref('nexus_events') }} as e on e.event_id = p.event_id where e.occurred_at = timestamp '2023-09-01 16:05:00') order by 2",
    );
    assert_eq!(
        found,
        [
            ["active", "2023-09-01 16:00:00", "2023-10-01 16:05:00"],
            ["dormant", "2023-10-01 16:05:00", "null"]
        ]
    );
}

/// Jane pays for Pine & Paper and Hollywood Farms, and belongs to Bright Ledger.
fn a_context_names_the_company_one_belongs_to(demo: &Environment) {
    let found = rows(
        demo,
        "select person_name, group_name, group_role, memberships, title from {{ ref('customer_context') }} where email = 'jane.doe@brightledger.example'",
    );
    assert_eq!(
        found,
        [["Jane Doe", "brightledger.example", "member", "3", "Bookkeeper"]]
    );
}

/// What Omar's browser did on 2024-09-10 stands in the history of Velvet Bakery, which the call does not name.
fn a_timeline_has_what_its_people_did(demo: &Environment) {
    let found = rows(
        demo,
        "select group_name, event_name, people, people_names from {{ ref('sales_timeline') }} where occurred_at = timestamp '2024-09-10 12:00:00'",
    );
    assert_eq!(found, [["Velvet Bakery", "plan compared", "1", "Omar Haddad"]]);
    let ours = rows(
        demo,
        "select count(*) as rows from {{ ref('sales_timeline') }} where group_name = 'sliderule.example'",
    );
    assert_eq!(ours, [["0"]]);
}

fn nobody_of_ours_is_in_the_audience(demo: &Environment) {
    let found = rows(
        demo,
        "select count(*) filter (where email like '%@sliderule.example') as ours, \
         count(*) filter (where split_part(email, '@', 1) in ('info', 'support', 'billing')) as shared, \
         count(*) filter (where email = 'omar@velvetbakery.example') as omar from {{ ref('marketing_audience') }}",
    );
    assert_eq!(found, [["0", "0", "1"]]);
}

/// The pause of Hollywood Farms ended on 2024-05-20, and was delivered on 2024-06-30: after a watermark of 2024-06-29 it is news, beside
/// which that company has none until the cancellation of July.
fn notifications_begin_after_the_watermark(demo: &Environment) {
    let output = demo.nexus(&[
        "run",
        "--select",
        "ops_notifications",
        "--vars",
        "{nexus_notifications_since: '2024-06-29 00:00:00', nexus: {internal_domains: [sliderule.example], states: \
         {engagement: {entity_type: person, model: engagement}, customer_lifecycle: {entity_type: group, model: customer_lifecycle}, \
         account_health: {entity_type: group, model: account_health}}, sources: {gmail: {enabled: true, tables: {messages: {ref: raw_gmail_messages}}}}}}",
    ]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    let found = rows(
        demo,
        "select state_name, previous_value, state_value, cast(changed_at as varchar) as at, cast(cast(known_at as date) as varchar) as known \
         from {{ ref('ops_notifications') }} where entity_name = 'Hollywood Farms' and known_at < timestamp '2024-07-01' order by 1",
    );
    assert_eq!(
        found,
        [
            [
                "account_health",
                "at_risk",
                "good",
                "2024-05-20 16:45:30",
                "2024-06-30"
            ],
            [
                "billing_lifecycle",
                "paused",
                "active",
                "2024-05-20 16:45:30",
                "2024-06-30"
            ],
        ]
    );
}

/// At most twenty events and 4,000 characters; Omar's thirteen events are all there, newest first.
fn a_context_for_models_is_bounded(demo: &Environment) {
    let found = rows(
        demo,
        "select max(length(document)) <= 4000 as fits, max(events_included) as most, \
         count(*) - (select count(*) from {{ ref('nexus_persons') }}) as missing from {{ ref('ai_context') }}",
    );
    assert_eq!(found, [["true", "20", "0"]]);
    let omar = rows(
        demo,
        "select events_included, events_total, is_cut, split_part(document, '## Newest events', 2) like \
         '%09-10T12:00:00.000000Z plan compared%09-01T12:00:00.000000Z page viewed%' as ordered \
         from {{ ref('ai_context') }} where document like '# Omar Haddad%'",
    );
    assert_eq!(omar, [["13", "13", "false", "true"]]);
}

/// Hollywood Farms was past due from 2024-03-03 20:06:09 to 2024-03-07 15:30: at the end of four days.
fn states_are_told_for_a_moment_and_for_each_day(demo: &Environment) {
    let group = "(select group_id from {{ ref('nexus_resolved_group_identifiers') }} where identifier_value = 'hollywoodfarms.example')";
    let at = rows(
        demo,
        &format!(
            "select billing_lifecycle, account_health from ({{{{ nexus.nexus_states_at(\"timestamp '2024-03-07 15:29:59'\") }}}}) as told where entity_id = {group}"
        ),
    );
    assert_eq!(at, [["past_due", "at_risk"]]);
    let daily = rows(
        demo,
        &format!(
            "select cast(date_day as varchar) as day, billing_lifecycle from ({{{{ nexus.nexus_daily_states('2024-03-02', '2024-03-07') }}}}) as told \
             where entity_id = {group} order by 1"
        ),
    );
    assert_eq!(
        daily,
        [
            ["2024-03-02", "active"],
            ["2024-03-03", "past_due"],
            ["2024-03-04", "past_due"],
            ["2024-03-05", "past_due"],
            ["2024-03-06", "past_due"],
            ["2024-03-07", "active"],
        ]
    );
}
