//! `config`: any configuration value, nested ones by dots: `config.materialized:view`, `config.meta.owner:ana`.

use serde_json::Value as Json;

use crate::graph::bits::Bits;
use crate::graph::select::expr::Criterion;
use crate::graph::select::index::Index;
use crate::manifest::Config;

/// Finds nodes and sources that have the value, or have it in a list. Words for true and false fit those.
///
/// A number is found by a number of YAML only: on the command line every value is text, as in dbt.
pub(super) fn search(index: &Index<'_>, criterion: &Criterion) -> Bits {
    let is_severity = criterion.arguments == ["severity"];
    let wanted = |value: &Json| match (&criterion.typed_value, value) {
        (Some(typed), value) => same(typed, value) || is_word_for(&criterion.value, value),
        (None, Json::String(text)) if is_severity => text.to_uppercase() == criterion.value.to_uppercase(),
        (None, Json::String(text)) => *text == criterion.value,
        (None, value) => is_word_for(&criterion.value, value),
    };
    index.filter(|entry| {
        entry
            .searched_config()
            .and_then(|config| descend(config, &criterion.arguments))
            .is_some_and(|value| match value {
                Json::Array(items) => items.iter().any(&wanted),
                value => wanted(value),
            })
    })
}

fn descend<'a>(config: &'a Config, path: &[String]) -> Option<&'a Json> {
    let (first, rest) = path.split_first()?;
    let hyphenated = match first.as_str() {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        other => other,
    };
    rest.iter()
        .try_fold(config.get(hyphenated)?, |value, key| value.get(key.as_str()))
}

fn is_word_for(text: &str, value: &Json) -> bool {
    value
        .as_bool()
        .is_some_and(|b| text.eq_ignore_ascii_case(if b { "true" } else { "false" }))
}

/// Compares as Python does: whole numbers, fractions and truth values by their number.
fn same(a: &Json, b: &Json) -> bool {
    let number = |value: &Json| match value {
        Json::Bool(b) => Some(f64::from(u8::from(*b))),
        Json::Number(n) => n.as_f64(),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b).is_eq(),
        _ => a == b,
    }
}
