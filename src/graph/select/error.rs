//! What can be wrong with a selection, as diagnostics.

use super::expr::{Criterion, Method};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::graph::state::Comparison;

pub(super) fn at_sign_with_children(text: &str, span: &Span) -> Diagnostic {
    Diagnostic::error(
        Code::SELECTOR_SYNTAX,
        format!("`{text}` has both `@` in front and `+` behind, which do not go together"),
    )
    .at(span.clone())
    .hint("Leave out the `+`: `@` already takes all descendants, and what they need.")
}

pub(super) fn depth_too_large(digits: &str, span: &Span) -> Diagnostic {
    Diagnostic::error(
        Code::SELECTOR_SYNTAX,
        format!("the depth {digits} is larger than any graph"),
    )
    .at(span.clone())
    .hint("Leave out the number to follow the graph without bound.")
}

pub(super) fn unknown_method(word: &str, span: &Span) -> Diagnostic {
    Diagnostic::error(
        Code::SELECTOR_METHOD,
        format!("there is no selection method named `{word}`"),
    )
    .at(span.clone())
    .did_you_mean(word, Method::ALL.map(Method::word))
    .note(format!(
        "the methods are {}",
        Method::ALL.map(Method::word).join(", ")
    ))
}

/// A method that compares with an earlier run, where there is none.
pub(super) fn no_state(criterion: &Criterion, file: &str, comparison: Option<&Comparison>) -> Diagnostic {
    let method = criterion.method.word();
    let fault = match comparison {
        Some(comparison) => Diagnostic::error(
            Code::STATE,
            format!(
                "the selection method `{method}` needs `{file}`, which is not in `{}`",
                comparison.previous.folder
            ),
        ),
        None => Diagnostic::error(
            Code::STATE,
            format!("the selection method `{method}` compares with an earlier run, but no state was given"),
        ),
    };
    let hint = match file {
        "sources.json" => {
            "Run `source freshness` before and after, and give the earlier folder with --state."
        }
        _ => "Give the folder of the earlier run's artifacts with --state.",
    };
    fault.at(criterion.span.clone()).hint(hint)
}

/// A contract that changed in a way that readers notice.
pub(super) fn contract_broken(name: &str, versioned: bool, changes: &[String]) -> Diagnostic {
    let fault = Diagnostic::error(
        Code::CONTRACT_BROKEN,
        format!("the contract of `{name}` changed in a way that breaks those who read it"),
    );
    let fault = changes
        .iter()
        .fold(fault, |fault, change| fault.note(change.clone()));
    fault.hint(if versioned {
        "Undo the change, or make it in a new version of the model."
    } else {
        "Undo the change, or give the model versions and make it in a new one."
    })
}

/// A value that the method does not know.
pub(super) fn unknown_value(criterion: &Criterion, what: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::error(
        Code::SELECTOR_SYNTAX,
        format!("`{}` is no {what}", criterion.value),
    )
    .at(criterion.span.clone())
    .did_you_mean(&criterion.value, known.iter().copied())
    .hint(format!("Use one of {}.", known.join(", ")))
}

/// A value with more parts than the method has.
pub(super) fn too_many_parts(criterion: &Criterion, form: &str) -> Diagnostic {
    Diagnostic::error(
        Code::SELECTOR_SYNTAX,
        format!(
            "`{}` has more parts than `{}` takes",
            criterion.value,
            criterion.method.word()
        ),
    )
    .at(criterion.span.clone())
    .hint(format!("Write it as {form}."))
}

/// A path pattern that cannot be.
pub(super) fn path_pattern(criterion: &Criterion, why: &str) -> Diagnostic {
    Diagnostic::error(
        Code::SELECTOR_SYNTAX,
        format!("the path pattern `{}` {why}", criterion.value),
    )
    .at(criterion.span.clone())
    .hint("Write the path from the folder of dbt_project.yml, such as `path:models/staging/*.sql`.")
}

pub(super) fn unknown_selector<'a>(
    name: &str,
    span: Option<Span>,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let found = Diagnostic::error(
        Code::SELECTOR_NAME,
        format!("there is no selector named `{name}`"),
    )
    .at(span)
    .did_you_mean(name, known.clone());
    let names: Vec<&str> = known.into_iter().collect();
    if names.is_empty() {
        found.hint("Define it in selectors.yml beside dbt_project.yml.")
    } else {
        found.note(format!("selectors.yml defines {}", names.join(", ")))
    }
}

/// The warning where a criterion of the command line fits no node.
pub(super) fn nothing_fits(span: &Span) -> Diagnostic {
    let text = span
        .file
        .text()
        .get(span.start as usize..span.end as usize)
        .unwrap_or_default();
    let warning = Diagnostic::warning(
        Code::NOTHING_SELECTED,
        format!("The selection criterion '{text}' does not match any enabled nodes"),
    )
    .at(span.clone())
    .event("NoNodesForSelectionCriteria");
    let number_in_front = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains('+');
    if text.contains("++") {
        warning.hint("A graph operator is one `+` with an optional number: `2+name+1`.")
    } else if number_in_front {
        warning.hint("Put a `+` between a depth and a name: `2+name`.")
    } else if text.ends_with(',') || text.starts_with(',') {
        warning.hint("Take out the comma that has nothing on one side: it intersects with nothing.")
    } else {
        warning
    }
}
