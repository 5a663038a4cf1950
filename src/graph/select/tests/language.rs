//! The parser: round trip, places of faults, warnings; and the laws that sets keep.

use proptest::prelude::*;

use super::fixture::Fixture;
use crate::diagnostic::{Diagnostics, SourceFile, Span, render_text};
use crate::graph::select::{Criterion, Method, SelectOptions, parse_criterion};

fn parse(text: &str) -> Criterion {
    let file = SourceFile::new("--select", text);
    let span = Span::new(&file, 0, u32::try_from(text.len()).unwrap());
    parse_criterion(text, &span).unwrap()
}

fn faults(select: &[&str]) -> Diagnostics {
    let options = SelectOptions {
        select: select.iter().map(|s| (*s).to_owned()).collect(),
        ..SelectOptions::default()
    };
    Fixture::new(None).try_select(&options).unwrap_err()
}

#[test]
fn a_value_alone_gets_its_method_from_its_form() {
    let method = |text: &str| parse(text).method;
    assert_eq!(method("orders"), Method::Fqn);
    assert_eq!(method("marts/orders"), Method::Path);
    assert_eq!(method("orders.SQL"), Method::File);
    assert_eq!(method("my-model:x"), Method::Fqn);
}

#[test]
fn operators_are_read_from_both_ends() {
    let found = parse("12+config.meta.owner:a+b+3");
    assert_eq!((found.parents, found.children), (Some(Some(12)), Some(Some(3))));
    assert_eq!(found.arguments, ["meta", "owner"]);
    assert_eq!(found.value, "a+b");
    assert_eq!(parse("@+x").parents, Some(None));
    assert_eq!(parse("x").parents, None);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        method in prop::sample::select(Method::ALL.to_vec()),
        arguments in prop::collection::vec("[a-z_]{1,6}", 0..3),
        value in "[a-zA-Z0-9_.*?:/\\[\\]!-]{1,12}",
        parents in prop::option::of(prop::option::of(0_usize..999)),
        children in prop::option::of(prop::option::of(0_usize..999)),
        at_sign in any::<bool>(),
    ) {
        let criterion = Criterion {
            arguments,
            parents,
            children: children.filter(|_| !at_sign),
            childrens_parents: at_sign,
            ..Criterion::new(method, value)
        };
        prop_assert_eq!(parse(&criterion.to_string()), criterion);
    }

    #[test]
    fn no_text_makes_the_parser_fail_badly(text in "\\PC{0,24}") {
        let file = SourceFile::new("--select", text.as_str());
        let span = Span::new(&file, 0, u32::try_from(text.len()).unwrap());
        if let Err(fault) = parse_criterion(&text, &span) {
            let _ = render_text(&fault, false);
        }
    }

    /// Unions and intersections do not depend on order, exclusion takes away what selection gives.
    #[test]
    fn sets_keep_their_laws(
        a in prop::sample::select(EXPRESSIONS),
        b in prop::sample::select(EXPRESSIONS),
        c in prop::sample::select(EXPRESSIONS),
    ) {
        let fixture = Fixture::new(None);
        let find = |text: &str| fixture.select(text);
        prop_assert_eq!(find(&format!("{a} {b}")), find(&format!("{b} {a}")));
        prop_assert_eq!(find(&format!("{a},{b}")), find(&format!("{b},{a}")));
        prop_assert_eq!(find(&format!("{a} {a}")), find(a));
        prop_assert_eq!(find(&format!("{a},{a}")), find(a));
        prop_assert_eq!(find(&format!("{a},{b},{c} {a}")), find(a));
        let options = SelectOptions {
            select: vec![a.to_owned()],
            exclude: vec![b.to_owned()],
            include_empty: true,
            ..SelectOptions::default()
        };
        let left = super::fixture::sorted(&fixture.try_select(&options).unwrap());
        let taken = find(b);
        let expected: Vec<String> = find(a).into_iter().filter(|id| !taken.contains(id)).collect();
        prop_assert_eq!(left, expected);
    }
}

const EXPRESSIONS: &[&str] = &[
    "orders",
    "+customers",
    "orders+1",
    "@stg_payments",
    "tag:nightly",
    "source:raw+",
    "config.materialized:table",
    "path:models/marts/**",
    "test_type:generic",
    "absent",
];

#[test]
fn an_unknown_method_is_shown_with_its_place_and_a_suggestion() {
    let found = faults(&["orders +tga:nightly"]);
    assert_eq!(found.0.len(), 1);
    insta::assert_snapshot!(render_text(&found.0[0], false), @r"
    error[N0402]: there is no selection method named `tga`
     --> --select:1:9
      |
    1 | orders +tga:nightly
      |         ^^^
      |
      = note: the methods are fqn, tag, group, access, source, path, file, package, config, test_name, test_type, resource_type, state, exposure, metric, result, source_status, version, semantic_model, saved_query, unit_test, selector
      = help: Did you mean `tag`?
    ");
}

#[test]
fn all_faults_of_the_command_line_come_together() {
    let found = faults(&["@orders+,tga:x", "test_type:genric"]);
    let codes: Vec<&str> = found.0.iter().map(|fault| fault.code().0).collect();
    // What does not parse is told before what the methods say.
    assert_eq!(codes, ["N0401", "N0402"]);
    insta::assert_snapshot!(render_text(&faults(&["test_type:genric"]).0[0], false), @r"
    error[N0401]: `genric` is no type of test
     --> --select:1:1
      |
    1 | test_type:genric
      | ^^^^^^^^^^^^^^^^
      |
      = help: Did you mean `generic`?
      = help: Use one of generic, singular, data, unit.
    ");
}

#[test]
fn a_method_that_compares_needs_an_earlier_run() {
    let found = faults(&["state:modified+"]);
    assert_eq!(found.0[0].code().0, "N0405");
    assert_eq!(
        found.0[0].message(),
        "the selection method `state` compares with an earlier run, but no state was given"
    );
}

#[test]
fn each_criterion_that_fits_nothing_is_a_warning() {
    let options = SelectOptions {
        select: vec!["absent orders".to_owned(), "orders++".to_owned()],
        exclude: vec!["visits,marts.core.x".to_owned()],
        ..SelectOptions::default()
    };
    let selection = Fixture::new(None).try_select(&options).unwrap();
    let told: Vec<(&str, &[String])> = selection
        .warnings
        .iter()
        .map(|w| (w.message(), w.hints()))
        .collect();
    let hint = ["A graph operator is one `+` with an optional number: `2+name+1`.".to_owned()];
    assert_eq!(
        told,
        [
            (
                "The selection criterion 'absent' does not match any enabled nodes",
                &[][..]
            ),
            (
                "The selection criterion 'orders++' does not match any enabled nodes",
                &hint[..]
            ),
            (
                "The selection criterion 'visits,marts.core.x' does not match any enabled nodes",
                &[][..]
            ),
        ]
    );
}

#[test]
fn models_without_text_are_left_out_unless_asked_for() {
    let options = SelectOptions {
        select: vec!["blank".to_owned()],
        ..SelectOptions::default()
    };
    let fixture = Fixture::new(None);
    assert!(fixture.try_select(&options).unwrap().ids.is_empty());
    assert_eq!(fixture.select("blank"), ["model.shop.blank"]);
}

#[test]
fn ids_come_parents_first() {
    let fixture = Fixture::new(None);
    let options = SelectOptions {
        select: vec!["+revenue".to_owned()],
        resource_types: vec!["model".to_owned()],
        ..SelectOptions::default()
    };
    let selection = fixture.try_select(&options).unwrap();
    let at = |id: &str| selection.ids.get_index_of(id).unwrap();
    assert!(at("model.shop.stg_orders") < at("model.shop.int_order_totals"));
    assert!(at("model.shop.int_order_totals") < at("model.shop.orders"));
    assert!(at("model.shop.orders") < at("model.shop.revenue"));
}
