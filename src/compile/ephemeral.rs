//! Ephemeral models: each is a common table expression put before the SQL that refers to it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Context;
use super::node::{Rendered, render};
use crate::adapters::Session;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::manifest::{Node, NodeId};

/// A compiled ephemeral model.
#[derive(Debug)]
pub struct Ephemeral {
    /// Its own SQL, before parents were put in.
    pub code: String,
    /// All it stands on, first needed first: id and ` __dbt__cte__name as (…)`.
    pub ctes: Vec<Cte>,
}

/// A common table expression ready to be put in.
#[derive(Debug, Clone)]
pub struct Cte {
    pub id: NodeId,
    pub sql: String,
}

/// Returns the CTEs for the ephemeral models that a rendering referred to, parents first, each once.
///
/// # Errors
/// Those of compiling an ephemeral model.
pub fn collect(cx: &Arc<Context>, direct: &[NodeId], session: Option<&Arc<Session>>) -> Result<Vec<Cte>> {
    let mut all: Vec<Cte> = Vec::new();
    for id in direct {
        let Some(node) = cx.manifest.nodes.get(id) else {
            return Err(Diagnostic::error(
                Code::INTERNAL,
                format!("`{id}` is no node of the manifest"),
            ));
        };
        let compiled = ephemeral(cx, node, session)?;
        for cte in &compiled.ctes {
            add(&mut all, cte.clone());
        }
        let name = cte_name(node);
        add(
            &mut all,
            Cte {
                id: id.clone(),
                sql: format!(" {name} as (\n{}\n)", compiled.code),
            },
        );
    }
    Ok(all)
}

fn add(all: &mut Vec<Cte>, new: Cte) {
    if !all.iter().any(|c| c.id == new.id) {
        all.push(new);
    }
}

/// Returns the name that stands for an ephemeral model.
pub fn cte_name(node: &Node) -> String {
    format!("__dbt__cte__{}", node.alias)
}

fn ephemeral(cx: &Arc<Context>, node: &Arc<Node>, session: Option<&Arc<Session>>) -> Result<Arc<Ephemeral>> {
    if let Ok(done) = cx.ephemeral.lock()
        && let Some(found) = done.get(&node.id)
    {
        return Ok(found.clone());
    }
    // Two threads may compile the same model at once; both get the same text, the first is kept.
    let made = compile(cx, node, session).inspect_err(|_| {
        if let Ok(mut broken) = cx.broken_ephemeral.lock() {
            broken.insert(node.id.clone());
        }
    })?;
    let made = Arc::new(made);
    if let Ok(mut done) = cx.ephemeral.lock() {
        return Ok(done.entry(node.id.clone()).or_insert(made).clone());
    }
    Ok(made)
}

fn compile(cx: &Arc<Context>, node: &Arc<Node>, session: Option<&Arc<Session>>) -> Result<Ephemeral> {
    let Rendered { code, direct, .. } = render(cx, node, None, session)?;
    let ctes = collect(cx, &direct, session)?;
    Ok(Ephemeral { code, ctes })
}

impl Context {
    /// Returns the selected ephemeral model because of which a node cannot be compiled: the nearest one above it that
    /// failed, or that stands on one that did.
    pub fn broken_ephemeral_of(&self, node: &Node) -> Option<&Arc<Node>> {
        let broken = self.broken_ephemeral.lock().ok()?.clone();
        if broken.is_empty() {
            return None;
        }
        let mut layer: Vec<&Arc<Node>> = self.ephemeral_parents(node);
        let mut seen = BTreeSet::new();
        while !layer.is_empty() {
            layer.retain(|parent| seen.insert(&parent.id));
            let is_found = |parent: &&&Arc<Node>| {
                self.selected.contains(&parent.id) && self.first_broken(parent, &broken).is_some()
            };
            if let Some(found) = layer.iter().find(is_found) {
                return Some(found);
            }
            layer = layer
                .iter()
                .flat_map(|parent| self.ephemeral_parents(parent))
                .collect();
        }
        None
    }

    /// Returns the ephemeral model in which compiling a node failed; none where that was the node itself.
    pub fn failed_inside(&self, node: &Node) -> Option<&Arc<Node>> {
        let broken = self.broken_ephemeral.lock().ok()?.clone();
        let mut parents = self.ephemeral_parents(node).into_iter();
        parents.find_map(|parent| self.first_broken(parent, &broken))
    }

    fn ephemeral_parents(&self, node: &Node) -> Vec<&Arc<Node>> {
        let parents = node
            .depends_on
            .iter()
            .filter_map(|id| self.manifest.nodes.get(id));
        parents.filter(|parent| parent.is_ephemeral()).collect()
    }

    /// Returns the broken model furthest above an ephemeral model, itself included.
    fn first_broken<'a>(&'a self, node: &'a Arc<Node>, broken: &BTreeSet<NodeId>) -> Option<&'a Arc<Node>> {
        let mut found = broken.contains(&node.id).then_some(node);
        let mut pending = vec![node];
        let mut seen = BTreeSet::new();
        while let Some(at) = pending.pop() {
            for parent in self.ephemeral_parents(at) {
                if seen.insert(&parent.id) {
                    if broken.contains(&parent.id) {
                        found = Some(parent);
                    }
                    pending.push(parent);
                }
            }
        }
        found
    }

    /// Says why a node is skipped where an ephemeral model above it could not be compiled, in dbt's words.
    pub fn skipped_because(&self, node: &Node) -> Option<String> {
        let model = self.broken_ephemeral_of(node)?;
        Some(format!(
            "Compilation Error in {}, caused by compilation error in referenced ephemeral model {}",
            node.id, model.id
        ))
    }
}

/// Puts CTEs before a query: after its own `with` (and `recursive`) where it starts with one, as dbt does.
pub fn inject(sql: &str, ctes: &[Cte]) -> String {
    if ctes.is_empty() {
        return sql.to_owned();
    }
    let joined = ctes.iter().map(|c| c.sql.as_str()).collect::<Vec<_>>().join(", ");
    let start = skip_blank(sql, 0, false);
    let first = skip_blank(sql, start, true);
    match keyword_end(sql, first, "with") {
        Some(mut end) => {
            let next = skip_blank(sql, end, false);
            if let Some(after) = keyword_end(sql, next, "recursive") {
                end = after;
            }
            // The blanks behind the keyword stay before the new tables.
            end = skip_blank(sql, end, false);
            format!("{}{joined}, {}", &sql[..end], &sql[end..])
        }
        None => format!("{}with{joined} {}", &sql[..start], &sql[start..]),
    }
}

/// Returns the place after a word, if the word stands at `at` on its own.
fn keyword_end(sql: &str, at: usize, word: &str) -> Option<usize> {
    let end = at + word.len();
    let found = sql.get(at..end)?;
    let ends = sql[end..]
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '$');
    (found.eq_ignore_ascii_case(word) && ends).then_some(end)
}

/// Skips white space, and comments too where asked.
fn skip_blank(sql: &str, mut at: usize, comments: bool) -> usize {
    loop {
        let rest = &sql[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if comments && (trimmed.starts_with("--") || trimmed.starts_with('#')) {
            at += trimmed.find('\n').map_or(trimmed.len(), |i| i + 1);
        } else if comments && trimmed.starts_with("/*") {
            at += trimmed.find("*/").map_or(trimmed.len(), |i| i + 2);
        } else {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cte(sql: &str) -> Vec<Cte> {
        vec![Cte {
            id: NodeId::new("model.p.a"),
            sql: sql.to_owned(),
        }]
    }

    #[test]
    fn a_query_without_with_gets_one() {
        assert_eq!(
            inject("\n  select 1", &cte(" a as (\nx\n)")),
            "\n  with a as (\nx\n) select 1"
        );
    }

    #[test]
    fn a_query_with_its_own_ctes_keeps_them_behind() {
        assert_eq!(
            inject("-- note\nWITH b as (select 1) select 2", &cte(" a as (\nx\n)")),
            "-- note\nWITH  a as (\nx\n), b as (select 1) select 2"
        );
    }

    #[test]
    fn recursive_stays_in_front() {
        assert_eq!(
            inject("with recursive b as (select 1) select 2", &cte(" a as (\nx\n)")),
            "with recursive  a as (\nx\n), b as (select 1) select 2"
        );
    }

    #[test]
    fn a_name_that_begins_like_with_is_no_with() {
        assert_eq!(
            inject("within", &cte(" a as (\nx\n)")),
            "with a as (\nx\n) within"
        );
    }
}
