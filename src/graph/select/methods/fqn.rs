//! `fqn`: names with their folders and package, `orders`, `marts.core`, `shop.marts.*`, `dim_users.v2`.

use crate::graph::bits::Bits;
use crate::graph::select::glob::{Glob, is_pattern};
use crate::graph::select::index::{Entry, Index, QualifiedName};

/// Finds nodes and exposures whose name, or name without package, is the value or begins with its parts.
pub(super) fn search(index: &Index<'_>, value: &str) -> Bits {
    if value == "*" {
        return index.filter(|entry| !matches!(entry, Entry::Source(_)));
    }
    let names = index.names();
    if let Some(pattern) = Pattern::new(value) {
        let fitting = (0_u32..)
            .zip(&names.qualified)
            .filter(|(_, name)| pattern.fits(name));
        return Bits::of(index.graph.len(), fitting.map(|(at, _)| at));
    }
    let mut found = index.none();
    for at in names.with_leaf(value) {
        found.insert(*at);
    }
    let parts: Vec<&str> = value.split('.').collect();
    if let [.., name, version] = parts.as_slice() {
        // A versioned model is found by its name and version alone, whatever stands before them.
        for at in names.with_leaf(&format!("{name}_{version}")) {
            if index.entry(*at).is_versioned() {
                found.insert(*at);
            }
        }
    }
    for at in names.with_head(parts[0]) {
        let name = &names.qualified[*at as usize];
        if begins_with(&name.text, value) || begins_with(&name.text[name.unscoped..], value) {
            found.insert(*at);
        }
    }
    found
}

/// Says whether a dotted name begins with all parts of the value.
fn begins_with(name: &str, value: &str) -> bool {
    name.strip_prefix(value)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A value with wildcards: its parts before the first of them must fit exactly, the rest fits the rest of the name.
struct Pattern {
    /// With a trailing dot; empty where the first part has a wildcard.
    exact: String,
    rest: Glob,
    parts: usize,
    /// Fits a node's own name too, wherever it stands.
    is_bare: bool,
}

impl Pattern {
    fn new(value: &str) -> Option<Self> {
        let parts: Vec<&str> = value.split('.').collect();
        let first = parts.iter().position(|part| is_pattern(part))?;
        let exact: String = parts[..first].iter().flat_map(|part| [*part, "."]).collect();
        Some(Self {
            rest: Glob::new(&value[exact.len()..]),
            exact,
            parts: parts.len(),
            is_bare: parts.len() == 1,
        })
    }

    fn fits(&self, name: &QualifiedName<'_>) -> bool {
        if name.text.is_empty() {
            return false;
        }
        [&name.text[..], &name.text[name.unscoped..]]
            .into_iter()
            .any(|text| self.fits_text(text))
            || (self.is_bare && self.rest.fits(name.leaf))
    }

    fn fits_text(&self, text: &str) -> bool {
        text.strip_prefix(self.exact.as_str())
            .is_some_and(|rest| self.rest.fits(rest) && text.split('.').count() >= self.parts)
    }
}
