//! Arguments of a call that a macro does not take.

use std::sync::Arc;

use super::index::Entry;
use crate::diagnostic::{Code, Diagnostic, Span};

fn fault(at: &Entry, message: String) -> Diagnostic {
    Diagnostic::error(Code::JINJA_CALL, message).note(format!("it is defined at {}", definition(at)))
}

/// Returns where a macro is defined: `macros/two.sql:1:1`.
fn definition(at: &Entry) -> Span {
    at.info.span.clone()
}

fn takes(params: &[Arc<str>]) -> String {
    let names: Vec<String> = params.iter().map(|p| format!("`{p}`")).collect();
    match names.as_slice() {
        [] => "it takes no arguments".to_owned(),
        names => format!("it takes {}", names.join(", ")),
    }
}

pub(crate) fn too_many(at: &Entry, params: &[Arc<str>], given: usize) -> Diagnostic {
    let plural = if params.len() == 1 { "" } else { "s" };
    let message = format!(
        "the macro `{}` takes not more than {} argument{plural}, but {given} were given",
        at.info.name,
        params.len(),
    );
    fault(at, message).note(takes(params))
}

pub(crate) fn unknown_keyword(at: &Entry, params: &[Arc<str>], name: &str) -> Diagnostic {
    let message = format!("the macro `{}` takes no keyword argument `{name}`", at.info.name);
    fault(at, message)
        .note(takes(params))
        .did_you_mean(name, params.iter().map(|p| &**p))
}

pub(crate) fn given_twice(at: &Entry, params: &[Arc<str>], name: &str) -> Diagnostic {
    let message = format!(
        "the macro `{}` got two values for its argument `{name}`",
        at.info.name
    );
    fault(at, message).note(takes(params))
}

pub(crate) fn no_caller(at: &Entry) -> Diagnostic {
    let message = format!(
        "the macro `{}` does not use `caller`, so it cannot stand in a call block",
        at.info.name
    );
    fault(at, message)
}
