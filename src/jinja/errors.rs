//! Failures of templates as diagnostics: the innermost place, the macro calls around it, what to try.

use std::error::Error as StdError;
use std::sync::Arc;

use minijinja::{Error, ErrorKind};

use super::index::Index;
use super::lower::{Fault, Map};
use crate::diagnostic::{Code, Diagnostic, SourceFile, Span};

/// Marks an error that wraps what went wrong inside of a macro; the macro's number follows.
const CALL_MARK: &str = "\u{1}call:";

/// More calls than this around a failure help nobody.
const TRACES_MAX: usize = 16;

/// The template that is rendered, for errors: its file, where it begins there, and its map.
pub(crate) struct Place<'a> {
    pub file: &'a Arc<SourceFile>,
    pub base: u32,
    pub map: &'a Map,
}

/// Turns a syntax fault of a stretch of a file into a diagnostic.
pub(crate) fn of_fault(fault: &Fault, file: &Arc<SourceFile>, base: u32) -> Diagnostic {
    let span = Span::new(file, base + fault.start, base + fault.end);
    let diagnostic = Diagnostic::error(Code::JINJA_SYNTAX, fault.message.clone()).at(span);
    match &fault.hint {
        Some(hint) => diagnostic.hint(hint.clone()),
        None => diagnostic,
    }
}

/// Makes an error of a template out of a diagnostic.
pub(crate) fn raise(diagnostic: Diagnostic) -> Error {
    Error::new(ErrorKind::InvalidOperation, diagnostic.message().to_owned()).with_source(diagnostic)
}

/// Wraps what went wrong inside of a macro; the machine adds the place of the call.
pub(crate) fn in_macro(entry: usize, inner: Error) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{CALL_MARK}{entry}")).with_source(inner)
}

/// Turns an error of minijinja into a diagnostic.
pub(crate) fn diagnose(
    error: &Error,
    template: Option<&Place<'_>>,
    index: &Index,
    package: &str,
) -> Diagnostic {
    let mut chain: Vec<&Error> = vec![error];
    let mut diagnostic: Option<Diagnostic> = None;
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<Error>() {
            chain.push(error);
        } else if let Some(found) = inner.downcast_ref::<Diagnostic>() {
            diagnostic = Some(found.clone());
        }
        source = inner.source();
    }
    let mut result: Option<Diagnostic> = None;
    let mut left_out: (usize, Option<Span>) = (0, None);
    for error in chain.iter().rev() {
        let span = place(error, template, index);
        match (&mut result, entry_of(error)) {
            (Some(current), Some(entry)) => {
                let info = &index.entries[entry].info;
                let what = format!("macro `{}.{}`", info.package, info.name);
                // What has no place of its own is shown where it was called.
                if current.traces().len() < TRACES_MAX {
                    result = Some(current.clone().at(span.clone()).trace(what, span));
                } else {
                    left_out = (left_out.0 + 1, span.or(left_out.1));
                }
            }
            (Some(current), None) => result = Some(current.clone().at(span)),
            (None, _) => {
                let base = match diagnostic.take() {
                    Some(found) => found,
                    None => describe(error, span.as_ref(), index, package),
                };
                result = Some(base.at(span));
            }
        }
    }
    let result = result.unwrap_or_else(|| Diagnostic::error(Code::JINJA_RUNTIME, error.to_string()));
    match left_out {
        (0, _) => result,
        (count, None) => result.note(format!("{count} more calls stand around these")),
        (count, Some(span)) => result.note(format!(
            "{count} more calls stand around these, the first at {span}"
        )),
    }
}

fn entry_of(error: &Error) -> Option<usize> {
    error.detail()?.strip_prefix(CALL_MARK)?.parse().ok()
}

/// Returns where an error stands in its file.
fn place(error: &Error, template: Option<&Place<'_>>, index: &Index) -> Option<Span> {
    let name = error.name()?;
    let (file, base, map) = match name.strip_prefix("m:") {
        Some(number) => {
            let entry = index.entries.get(number.parse::<usize>().ok()?)?;
            let lowered = entry.lowered().ok()?;
            (&entry.info.file, entry.info.span.start, &lowered.lowered.map)
        }
        None if name == "t" => {
            let place = template?;
            (place.file, place.base, place.map)
        }
        None => return None,
    };
    let range = error.range()?;
    let at = |offset: usize| map.original(u32::try_from(offset).unwrap_or(u32::MAX));
    let (start, end) = (at(range.start), at(range.end));
    let start = chain_start(file.text(), (base + start) as usize);
    let start = u32::try_from(start).unwrap_or(u32::MAX).max(base);
    Some(Span::new(file, start, (base + end).max(start)))
}

fn describe(error: &Error, span: Option<&Span>, index: &Index, package: &str) -> Diagnostic {
    let detail = error.detail().unwrap_or_default();
    let text = span
        .and_then(|s| s.file.text().get(s.start as usize..s.end as usize))
        .unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownFunction => {
            let name = detail.strip_suffix(" is unknown").unwrap_or(detail);
            unknown_name(name, index, package)
        }
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest => {
            let what = if error.kind() == ErrorKind::UnknownFilter {
                "filter"
            } else {
                "test"
            };
            let name = detail.split(' ').nth(1).unwrap_or(detail);
            let known = if what == "filter" {
                super::filters::NAMES
            } else {
                super::checks::NAMES
            };
            Diagnostic::error(Code::JINJA_UNDEFINED, format!("no {what} is named `{name}`"))
                .did_you_mean(name, known.iter().copied())
        }
        ErrorKind::UndefinedError => {
            let subject = undefined_subject(text);
            let message = match subject {
                Some(name) => format!("`{name}` is undefined"),
                None if detail.is_empty() => "a value is undefined".to_owned(),
                None => detail.to_owned(),
            };
            if let Some(missing) = unknown_package(text, index, package) {
                return missing;
            }
            let diagnostic = Diagnostic::error(Code::JINJA_UNDEFINED, message);
            match subject.filter(|s| !s.contains('.')) {
                Some(name) => diagnostic.did_you_mean(
                    name,
                    index.names(package).chain(super::context::NAMES.iter().copied()),
                ),
                None => diagnostic,
            }
        }
        // A name that a macro reads without defining it is there as undefined.
        ErrorKind::InvalidOperation
            if detail == "value of type undefined is not callable" && !text.is_empty() =>
        {
            let head = text.split(['(', ' ', '\n']).next().unwrap_or(text);
            match head.rsplit_once('.') {
                Some((package, name)) => {
                    Diagnostic::error(Code::JINJA_UNDEFINED, format!("`{package}` has no `{name}`"))
                }
                None => unknown_name(head, index, package),
            }
        }
        ErrorKind::UnknownMethod => Diagnostic::error(Code::JINJA_UNDEFINED, detail.to_owned()),
        ErrorKind::TooManyArguments | ErrorKind::MissingArgument => {
            let message = if detail.is_empty() {
                error.to_string()
            } else {
                detail.to_owned()
            };
            Diagnostic::error(Code::JINJA_CALL, message)
        }
        ErrorKind::SyntaxError | ErrorKind::BadEscape => {
            Diagnostic::error(Code::JINJA_SYNTAX, detail.to_owned())
        }
        _ => {
            let message = if detail.is_empty() {
                error.to_string()
            } else {
                detail.to_owned()
            };
            Diagnostic::error(Code::JINJA_RUNTIME, message)
        }
    }
}

/// Says that a name is not defined, with the names near to it.
pub(crate) fn unknown_name(name: &str, index: &Index, package: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::JINJA_UNDEFINED, format!("`{name}` is undefined")).did_you_mean(
        name,
        index.names(package).chain(super::context::NAMES.iter().copied()),
    );
    if diagnostic.hints().is_empty() {
        diagnostic.hint("Define a macro of this name, or install the package that has it.")
    } else {
        diagnostic
    }
}

/// Says that a package is not installed, where a text is a call of a macro in a namespace that nobody has: `a.b(…)`.
fn unknown_package(text: &str, index: &Index, package: &str) -> Option<Diagnostic> {
    let (head, _) = text.split_once('(')?;
    let (namespace, name) = head.trim().split_once('.')?;
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let known = super::context::NAMES.contains(&namespace) || index.resolve(package, namespace).is_some();
    (is_name(namespace) && is_name(name) && !known).then(|| {
        Diagnostic::error(
            Code::JINJA_UNDEFINED,
            format!("no package named `{namespace}` is installed"),
        )
        .hint(format!(
            "Add `{namespace}` to packages.yml and run `nexus deps`; if it is no package, define `{namespace}` first."
        ))
    })
}

/// Returns the part of an expression that must be what is undefined: `a.b` of `a.b.c`.
fn undefined_subject(text: &str) -> Option<&str> {
    let plain = text
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if !plain || text.is_empty() {
        return None;
    }
    Some(text.rsplit_once('.').map_or(text, |(head, _)| head))
}

/// Moves a place to the start of the dotted name that it stands in: `a.b(…)` rather than `(…)`.
fn chain_start(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while let Some(c) = text.get(..at).and_then(|head| head.chars().next_back()) {
        if !(c.is_alphanumeric() || c == '_' || c == '.') {
            break;
        }
        at -= c.len_utf8();
    }
    at
}
