//! The selection language of the command line: `@1+method.argument:value+2`, commas, spaces.
//!
//! A value may hold anything but a space or a comma; what looks like a mistaken operator becomes part of the value, as
//! in dbt, and then fits no node, which is told with a hint.

use std::sync::Arc;

use super::error;
use super::expr::{Combine, Criterion, Depth, Expr, Group, Method};
use super::{IndirectSelection, SelectOptions};
use crate::diagnostic::{Diagnostics, Result, SourceFile, Span};

/// What is selected where nothing is asked for.
const DEFAULT_METHODS: [Method; 5] = [
    Method::Fqn,
    Method::Source,
    Method::Exposure,
    Method::Metric,
    Method::SemanticModel,
];

/// Parses `--select` and `--exclude` into one expression.
pub(super) fn parse_options(options: &SelectOptions) -> Result<Expr, Diagnostics> {
    let mut faults = Diagnostics::default();
    let included = if options.select.is_empty() {
        let all = DEFAULT_METHODS.map(|method| Expr::Criterion(Criterion::new(method, "*")));
        Expr::group(Combine::Union, all.into())
    } else {
        parse_union("--select", &options.select, options.indirect, &mut faults)
    };
    let excluded = parse_union("--exclude", &options.exclude, options.indirect, &mut faults);
    if faults.has_errors() {
        return Err(faults);
    }
    Ok(Expr::group(Combine::Difference, vec![included, excluded]))
}

/// Parses the values of a flag; faults are collected, what is faulty is left out.
fn parse_union(flag: &str, values: &[String], indirect: IndirectSelection, faults: &mut Diagnostics) -> Expr {
    let mut parts = Vec::new();
    for value in values {
        let file = SourceFile::new(flag, value.as_str());
        for (start, word) in words(value) {
            let mut criteria = Vec::new();
            let mut at = start;
            for piece in word.split(',') {
                let span = Span::new(&file, offset(at), offset(at + piece.len()));
                if let Some(criterion) = faults.take(parse_criterion(piece, &span)) {
                    criteria.push(Expr::Criterion(criterion));
                }
                at += piece.len() + 1;
            }
            parts.push(Expr::Group(Group {
                combine: Combine::Intersection,
                parts: criteria,
                indirect,
                expected: Some(Span::new(&file, offset(start), offset(start + word.len()))),
            }));
        }
    }
    Expr::Group(Group {
        combine: Combine::Union,
        parts,
        indirect,
        expected: None,
    })
}

/// Parses one criterion, which stands at `span`.
///
/// # Errors
/// `N0401` where operators do not go together, `N0402` for a method that is not known.
pub fn parse_criterion(text: &str, span: &Span) -> Result<Criterion> {
    let part = |from: usize, to: usize| within(text, span, from, to);
    let mut rest = text;
    let childrens_parents = rest.starts_with('@');
    if childrens_parents {
        rest = &rest[1..];
    }
    let mut parents = None;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if rest[digits..].starts_with('+') {
        let start = text.len() - rest.len();
        parents = Some(depth(&rest[..digits], || part(start, start + digits))?);
        rest = &rest[digits + 1..];
    }
    let mut children = None;
    if let Some((before, count)) = rest.rsplit_once('+')
        && count.chars().all(|c| c.is_ascii_digit())
    {
        let start = text.len() - count.len();
        children = Some(depth(count, || part(start, text.len()))?);
        rest = before;
    }
    if childrens_parents && children.is_some() {
        return Err(error::at_sign_with_children(text, span));
    }
    let mut criterion = match rest.split_once(':') {
        Some((method, value)) if is_method_word(method) => {
            let start = if parents.is_some() {
                text.find('+').map_or(0, |at| at + 1)
            } else {
                usize::from(childrens_parents)
            };
            let (method, arguments) = parse_method(method, || part(start, start + method.len()))?;
            Criterion {
                arguments,
                ..Criterion::new(method, value)
            }
        }
        _ => Criterion::new(Method::of_bare_value(rest), rest),
    };
    criterion.childrens_parents = childrens_parents;
    criterion.parents = parents;
    criterion.children = children;
    criterion.span = Some(span.clone());
    Ok(criterion)
}

/// Parses `method.argument.argument`.
pub(super) fn parse_method(text: &str, span: impl Fn() -> Span) -> Result<(Method, Vec<String>)> {
    let mut parts = text.split('.');
    let word = parts.next().unwrap_or_default();
    let method = Method::from_word(word).ok_or_else(|| error::unknown_method(word, &span()))?;
    Ok((method, parts.map(str::to_owned).collect()))
}

fn depth(digits: &str, span: impl Fn() -> Span) -> Result<Depth> {
    if digits.is_empty() {
        return Ok(None);
    }
    digits
        .parse()
        .map(Some)
        .map_err(|_| error::depth_too_large(digits, &span()))
}

fn is_method_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

/// Returns the words between white space, each with its offset.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace()
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// Returns the place of a part of the text; the whole span where the text stands there with escapes.
fn within(text: &str, span: &Span, from: usize, to: usize) -> Span {
    let file: &Arc<SourceFile> = &span.file;
    match file.text().get(span.start as usize..span.end as usize) {
        Some(there) if there == text => Span::new(file, span.start + offset(from), span.start + offset(to)),
        _ => span.clone(),
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
