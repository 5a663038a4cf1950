//! `selectors.yml`: what it refuses, what it warns of, its default.

use super::fixture::{Fixture, sorted};
use crate::diagnostic::{Diagnostics, render_text};
use crate::graph::select::{SelectOptions, Selection};

fn by_name(text: &str, name: Option<&str>) -> Result<Selection, Diagnostics> {
    let options = SelectOptions {
        selector: name.map(str::to_owned),
        resource_types: vec!["model".to_owned()],
        ..SelectOptions::default()
    };
    Fixture::new(Some(text)).try_select(&options)
}

fn fault(text: &str) -> String {
    by_name(text, Some("x"))
        .unwrap_err()
        .0
        .iter()
        .map(|fault| format!("{} {}", fault.code(), fault.message()))
        .collect::<Vec<_>>()
        .join("; ")
}

#[test]
fn the_default_applies_where_nothing_is_asked_for() {
    let text = "selectors:\n  - {name: x, default: true, definition: 'tag:money'}\n";
    assert_eq!(
        sorted(&by_name(text, None).unwrap()),
        ["model.shop.margin", "model.shop.revenue"]
    );
    let options = SelectOptions {
        select: vec!["visits".to_owned()],
        ..SelectOptions::default()
    };
    let found = Fixture::new(Some(text)).try_select(&options).unwrap();
    assert_eq!(sorted(&found), ["model.shop.visits"]);
}

#[test]
fn a_selector_can_be_named_on_the_command_line_with_operators() {
    let text = "selectors:\n  - {name: x, definition: 'fqn:orders'}\n";
    let options = SelectOptions {
        select: vec!["selector:x+1".to_owned()],
        resource_types: vec!["model".to_owned()],
        ..SelectOptions::default()
    };
    let found = Fixture::new(Some(text)).try_select(&options).unwrap();
    assert_eq!(
        sorted(&found),
        ["model.shop.customers", "model.shop.orders", "model.shop.revenue"]
    );
}

#[test]
fn numbers_of_yaml_equal_numbers() {
    let text = "selectors:\n  - {name: x, definition: {config.lookback: 1}}\n  - {name: y, definition: 'config.lookback:1'}\n";
    assert!(by_name(text, Some("x")).unwrap().ids.len() > 5);
    assert!(by_name(text, Some("y")).unwrap().ids.is_empty());
}

#[test]
fn what_is_not_well_formed_is_told() {
    let one = |definition: &str| format!("selectors:\n  - name: x\n    definition: {definition}\n");
    assert_eq!(fault("version: 2\n"), "N0110 selectors.yml needs `selectors`");
    assert_eq!(
        fault("selectors:\n  - definition: a\n"),
        "N0110 a selector needs `name`"
    );
    assert_eq!(
        fault("selectors:\n  - name: x\n"),
        "N0110 a selector needs `definition`"
    );
    assert_eq!(
        fault(&one("[a]")),
        "N0110 `definition` of an entry of `selectors` of `selectors.yml` must be a string or a mapping, but is a list"
    );
    assert_eq!(
        fault(&one("{method: fqn, parents: true}")),
        "N0110 a definition has no `method` and `value`"
    );
    assert_eq!(
        fault(&one("{union: [a], intersection: [b]}")),
        "N0110 a definition with `union` or `intersection` has other keys beside it"
    );
    assert_eq!(
        fault(&one("{union: [a, {exclude: [b]}, {exclude: [c]}]}")),
        "N0110 one union or intersection has more than one `exclude`"
    );
    assert_eq!(
        fault(&one("{tagg: a}")),
        "N0402 there is no selection method named `tagg`"
    );
    assert_eq!(
        fault(&one("{method: fqn, value: a, indirect_selection: eagr}")),
        "N0110 there is no indirect selection named `eagr`"
    );
    assert_eq!(
        fault(
            "selectors:\n  - {name: x, default: true, definition: a}\n  - {name: y, default: true, definition: a}\n"
        ),
        "N0110 both selectors `x` and `y` have `default: true`"
    );
}

#[test]
fn a_selector_that_is_defined_below_is_not_known_yet() {
    let text = "selectors:\n  - name: x\n    definition:\n      method: selector\n      value: later\n  - {name: later, definition: a}\n";
    let found = by_name(text, Some("x")).unwrap_err();
    insta::assert_snapshot!(render_text(&found.0[0], false), @r"
    error[N0403]: there is no selector named `later`
     --> selectors.yml:5:14
      |
    5 |       value: later
      |              ^^^^^
      |
      = note: a selector can use those that are defined above it
      = help: Define it in selectors.yml beside dbt_project.yml.
    ");
}

#[test]
fn a_misspelt_selector_name_is_suggested() {
    let found = by_name(
        "selectors:\n  - {name: nightly, definition: a}\n",
        Some("nigthly"),
    )
    .unwrap_err();
    assert_eq!(found.0[0].hints(), ["Did you mean `nightly`?"]);
}

#[test]
fn exclusion_inside_a_union_is_all_that_its_entry_does() {
    let text = "selectors:\n  - name: x\n    definition:\n      union:\n        - visits\n        - orders\n        - {method: fqn, value: margin, exclude: [orders]}\n";
    let found = by_name(text, Some("x")).unwrap();
    assert_eq!(sorted(&found), ["model.shop.visits"]);
    assert_eq!(found.warnings.len(), 1);
}
