//! Lowering: a dbt template becomes one that stock minijinja renders with Python's meaning.
//!
//! Literals of lists and dictionaries become calls that build mutable objects, operators become calls that know
//! Python's types, and dbt's own blocks become macros. Every edit is kept in a map, so that places in the lowered
//! text lead back to the file.

pub(crate) mod escape;
mod expressions;
mod facts;
mod loops;
mod patch;
mod tokens;
mod walk;

pub(crate) use facts::{Arg, Call, Facts};
pub(crate) use patch::Map;
pub(crate) use tokens::{Fault, Kind, Token, comment_end, offset, raw_block, string_end, tokenize};
pub(crate) use walk::{MACRO_NAME, walk};

use std::sync::Arc;

/// A template ready for minijinja.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub text: String,
    pub map: Map,
}

/// A macro ready for minijinja, with how its arguments are bound.
#[derive(Debug)]
pub(crate) struct LoweredMacro {
    pub lowered: Lowered,
    pub params: Vec<Arc<str>>,
    pub varargs: bool,
    pub kwargs: bool,
    pub caller: bool,
}

/// Lowers a template, with a prelude put before it.
pub(crate) fn lower(source: &str, prelude: &str) -> Result<Lowered, Fault> {
    let tokens = tokenize(source)?;
    let (facts, mut patches) = walk(source, &tokens)?;
    // dbt gives every macro a prefix; a macro that a template defines for itself is called by that name.
    for name in &facts.macro_names {
        patches.replace(*name, &format!("dbt_macro__{}", tokens[*name].text(source)));
    }
    let (text, map) = patches.apply(source, &tokens, prelude);
    Ok(Lowered { text, map })
}

/// Lowers a block that defines a macro, a test or a materialization.
pub(crate) fn lower_macro(source: &str) -> Result<LoweredMacro, Fault> {
    let tokens = tokenize(source)?;
    let (facts, mut patches) = walk(source, &tokens)?;
    let Some(signature) = &facts.signature else {
        return Err(Fault::new("no macro is defined here", 0, 0));
    };
    let params: Vec<Arc<str>> = signature
        .params
        .iter()
        .map(|p| Arc::from(tokens[p.name].text(source)))
        .collect();
    let has = |name: &str| !params.iter().any(|p| &**p == name) && facts.uses(source, &tokens, name);
    let (varargs, kwargs, caller) = (has("varargs"), has("kwargs"), has("caller"));

    // Where a default reads an earlier parameter, all are computed in the body, in their order: minijinja
    // computes them last first.
    let reads_param = |i: usize, (first, end): (usize, usize)| {
        tokens[first..end]
            .iter()
            .any(|t| t.kind == Kind::Name && params[..i].iter().any(|p| **p == *t.text(source)))
    };
    let mut late = String::new();
    let defaults = || {
        signature
            .params
            .iter()
            .enumerate()
            .filter_map(|(i, p)| Some((i, p.default?)))
    };
    if defaults().any(|(i, default)| reads_param(i, default)) {
        for (i, (first, end)) in defaults() {
            let name = &params[i];
            let value = patches.text(source, &tokens, first + 1, end);
            late.push_str(&format!(
                "{{%if {name} is undefined%}}{{%set {name} = {value}%}}{{%endif%}}"
            ));
            for token in first..end {
                patches.erase(token);
            }
        }
    }
    if signature.close > 0 && (varargs || kwargs) {
        let mut extra = Vec::new();
        if varargs {
            extra.push("varargs=none");
        }
        if kwargs {
            extra.push("kwargs=none");
        }
        let comma = if params.is_empty() { "" } else { ", " };
        let needs = params.is_empty() || !tokens[signature.close - 1].is(",");
        patches.prefix(
            signature.close,
            &format!("{}{}", if needs { comma } else { "" }, extra.join(", ")),
        );
    }
    if !late.is_empty()
        && let Some(end) = tokens.iter().position(|t| t.kind == Kind::BlockEnd)
    {
        let close = tokens[end].text(source);
        // The last tag keeps the header's whitespace mark, so the body is trimmed as written.
        let mark = close.strip_suffix("%}").unwrap_or("");
        let late = late.strip_suffix("%}").unwrap_or(&late).to_owned();
        patches.suffix(end, &format!("{late} {mark}%}}"));
    }
    let (text, map) = patches.apply(source, &tokens, "");
    Ok(LoweredMacro {
        lowered: Lowered { text, map },
        params,
        varargs,
        kwargs,
        caller,
    })
}
