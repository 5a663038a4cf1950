//! Which docs blocks a description calls, as artifacts list them.
//!
//! dbt looks at the expressions of the description's template alone: a call of `doc` with one or two texts that stands
//! there by itself counts, one inside of a filter or an operator does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Doc;

/// Returns the ids of the blocks in the order of their calls; unknown blocks are left out.
///
/// A name without a package is looked for in the nearest packages, then in all.
pub(super) fn called(text: &str, nearest: &[&str], docs: &BTreeMap<Arc<str>, Doc>) -> Vec<Arc<str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((expression, behind)) = after.split_once("}}") else {
            break;
        };
        rest = behind;
        let Some(names) = arguments(expression) else {
            continue;
        };
        let id = |package: &str, name: &str| docs.get(format!("doc.{package}.{name}").as_str());
        let doc = match names.as_slice() {
            [name] => {
                let near = nearest.iter().find_map(|package| id(package, name));
                near.or_else(|| docs.values().find(|doc| &*doc.name == *name))
            }
            [of, name] => id(of, name),
            _ => None,
        };
        found.extend(doc.map(|doc| doc.unique_id.clone()));
    }
    found
}

/// Returns the texts of `doc('a', 'b')`; none where the expression is anything else.
fn arguments(expression: &str) -> Option<Vec<&str>> {
    let inner = expression
        .trim_start_matches('-')
        .trim_end_matches('-')
        .trim()
        .strip_prefix("doc")?
        .trim_start()
        .strip_prefix('(')?
        .strip_suffix(')')?;
    inner
        .split(',')
        .map(|argument| {
            let argument = argument.trim();
            ['\'', '"']
                .iter()
                .find_map(|quote| argument.strip_prefix(*quote)?.strip_suffix(*quote))
                .filter(|text| !text.contains(['\'', '"']))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::arguments;

    #[test]
    fn only_a_call_with_texts_by_itself_counts() {
        assert_eq!(arguments(" doc('a') "), Some(vec!["a"]));
        assert_eq!(arguments("- doc( \"p\" , 'a' ) -"), Some(vec!["p", "a"]));
        for other in [
            "doc('a') ~ 'x'",
            "doc('a') | upper",
            "docs('a')",
            "doc(name)",
            "'doc'",
        ] {
            assert_eq!(arguments(other), None, "{other}");
        }
    }
}
