//! `nexus identity dry-run`: it says what the next build makes of the rules, and changes nothing.

use crate::identity_ledger::Story;
use crate::support::shown::rows;

fn dry_run(story: &Story) -> String {
    let output = story.project.nexus(&["identity", "dry-run", "--quiet"]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    output.stdout
}

/// Runs of blanks as one.
fn squeezed(text: &str) -> String {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_change_of_rules_is_told_before_it_is_built() {
    a_change_is_told(Story::new(""));
}

/// A story of rules that are tried before they count.
pub(crate) fn a_change_is_told(mut story: Story) {
    for (edge, account, device, day) in [
        ("1", "ann", "tablet", 2),
        ("2", "bob", "tablet", 3),
        ("3", "bob", "phone", 3),
        ("4", "cleo", "watch", 4),
        ("5", "cleo", "kiosk", 4),
        ("6", "dan", "kiosk", 4),
    ] {
        story.seen(edge, "person", account, device, day);
    }
    story.settle();
    assert_eq!(
        squeezed(&dry_run(&story)).lines().last(),
        Some("No entity would change.")
    );

    story.configure(", identifier_types: {account: {unique: true}, device: {block: [kiosk]}}");
    let tables = "select table_name from information_schema.tables where lower(table_schema) = lower('{{ target.schema }}') order by 1";
    let before = (story.ledger(), story.ids(), rows(&story.project, tables));
    let (both, crowd) = (story.id("person", "ann"), story.id("person", "cleo"));
    let said = squeezed(&dry_run(&story));
    assert_eq!(
        (story.ledger(), story.ids(), rows(&story.project, tables)),
        before
    );
    for line in [
        "| entities | person | 2 | 4 |".to_owned(),
        "| identifiers | person | 8 | 7 |".to_owned(),
        "| identifiers of the largest | person | 4 | 2 |".to_owned(),
        format!("| {both} | 4 | 2 |"),
        format!("| {crowd} | 4 | 3 |"),
    ] {
        assert!(said.contains(&line), "{line}\n{said}");
    }

    // The build does as was said; now the old rules are the change.
    story.settle();
    let ids = story.ids();
    assert_eq!(ids.len(), 7);
    story.configure("");
    let said = squeezed(&dry_run(&story));
    assert!(said.contains("Entities that would merge with others:"), "{said}");
    assert!(said.contains("| entities | person | 4 | 2 |"), "{said}");
}
