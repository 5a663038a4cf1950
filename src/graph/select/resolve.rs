//! From an expression to nodes: each criterion asked of its method, sets combined, tests brought along as dbt does.

use indexmap::IndexSet;
use petgraph::{Incoming, Outgoing};

use super::expr::{Combine, Criterion, Expr, Group, Method};
use super::index::{Entry, Index};
use super::yaml::Selectors;
use super::{IndirectSelection, SelectOptions, Selection, error, methods, parse};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::Graph;
use crate::graph::bits::Bits;
use crate::manifest::Manifest;
use crate::project::Project;

pub(super) fn resolve(
    project: &Project,
    manifest: &Manifest,
    graph: &Graph,
    options: &SelectOptions,
) -> Result<Selection, Diagnostics> {
    let selectors = match &project.selectors {
        Some(file) => Selectors::parse(&file.document)?,
        None => Selectors::default(),
    };
    let parsed;
    let expr = match (&options.selector, selectors.default_name()) {
        (Some(name), _) => selectors
            .get(name)
            .ok_or_else(|| error::unknown_selector(name, None, selectors.names()))?,
        (None, Some(name)) if options.select.is_empty() && options.exclude.is_empty() => selectors
            .get(name)
            .ok_or_else(|| error::unknown_selector(name, None, selectors.names()))?,
        _ => {
            parsed = parse::parse_options(options)?;
            &parsed
        }
    };
    let index = Index::new(project, manifest, graph, options.state.as_deref());
    let mut resolver = Resolver {
        sources: index.filter(|entry| matches!(entry, Entry::Source(_))),
        index: &index,
        selectors: &selectors,
        indirect: options.indirect,
        warnings: selectors.warnings().to_vec(),
        faults: Diagnostics::default(),
    };
    let chosen = resolver.evaluate(expr).direct;
    if resolver.faults.has_errors() {
        return Err(resolver.faults);
    }
    let is_wanted = |entry: Entry<'_>| {
        let kind = entry.resource_type();
        let has = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(kind));
        (options.resource_types.is_empty() || has(&options.resource_types))
            && !has(&options.exclude_resource_types)
            && (options.include_empty || !entry.is_empty())
    };
    let ids: IndexSet<_> = graph
        .topological_positions()
        .iter()
        .filter(|at| chosen.contains(**at) && is_wanted(index.entry(**at)))
        .map(|at| graph.id(*at).clone())
        .collect();
    let mut warnings = resolver.warnings;
    warnings.extend(index.take_warnings());
    Ok(Selection { ids, warnings })
}

/// What an expression selects.
struct Found {
    direct: Bits,
    /// Tests of selected nodes that also read nodes that are not: they join if those are selected elsewhere.
    indirect: Bits,
}

struct Resolver<'a> {
    index: &'a Index<'a>,
    selectors: &'a Selectors,
    /// What `--indirect-selection` says.
    indirect: IndirectSelection,
    sources: Bits,
    warnings: Vec<Diagnostic>,
    faults: Diagnostics,
}

impl Resolver<'_> {
    fn evaluate(&mut self, expr: &Expr) -> Found {
        match expr {
            Expr::Criterion(criterion) => self.evaluate_criterion(criterion),
            Expr::Group(group) => self.evaluate_group(group),
        }
    }

    fn evaluate_criterion(&mut self, criterion: &Criterion) -> Found {
        let selected = self.selected_by(criterion);
        match criterion.indirect.unwrap_or(self.indirect) {
            IndirectSelection::Empty => Found {
                direct: selected,
                indirect: self.index.none(),
            },
            mode => self.with_tests(selected, mode),
        }
    }

    /// Returns what the method finds, and what the graph operators add.
    fn selected_by(&mut self, criterion: &Criterion) -> Bits {
        let graph = self.index.graph;
        let named = match criterion.method {
            Method::Selector => match self.selectors.get(&criterion.value) {
                Some(expr) => self.evaluate(expr).direct,
                None => {
                    let names = self.selectors.names();
                    self.faults.push(error::unknown_selector(
                        &criterion.value,
                        criterion.span.clone(),
                        names,
                    ));
                    self.index.none()
                }
            },
            _ => match methods::search(self.index, criterion) {
                Ok(found) => found,
                Err(fault) => {
                    self.faults.push(fault);
                    self.index.none()
                }
            },
        };
        let mut selected = named.clone();
        if criterion.childrens_parents {
            let mut below = graph.reach(&named, Outgoing, None);
            below.union_with(&named);
            selected.union_with(&graph.reach(&below, Incoming, None));
            selected.union_with(&below);
        }
        if let Some(depth) = criterion.parents {
            selected.union_with(&graph.reach(&named, Incoming, depth));
        }
        if let Some(depth) = criterion.children {
            selected.union_with(&graph.reach(&named, Outgoing, depth));
        }
        selected
    }

    /// Adds the tests of selected nodes that the mode takes; keeps the others apart.
    fn with_tests(&self, selected: Bits, mode: IndirectSelection) -> Found {
        let graph = self.index.graph;
        let mut near = selected.clone();
        if mode == IndirectSelection::Buildable {
            near.union_with(&graph.reach(&selected, Incoming, None));
            near.union_with(&self.sources);
        }
        let mut found = Found {
            direct: selected.clone(),
            indirect: self.index.none(),
        };
        for at in selected.iter() {
            for test in graph
                .children_at(at)
                .filter(|child| graph.member(*child).follows_selection())
            {
                if mode == IndirectSelection::Eager || self.reads_only(test, &near) {
                    found.direct.insert(test);
                } else {
                    found.indirect.insert(test);
                }
            }
        }
        found
    }

    fn evaluate_group(&mut self, group: &Group) -> Found {
        let mut parts = group.parts.iter();
        let Some(first) = parts.next() else {
            return Found {
                direct: self.index.none(),
                indirect: self.index.none(),
            };
        };
        let mut all = self.evaluate(first);
        all.indirect.union_with(&all.direct);
        for part in parts {
            let mut found = self.evaluate(part);
            found.indirect.union_with(&found.direct);
            for (mine, theirs) in [
                (&mut all.direct, &found.direct),
                (&mut all.indirect, &found.indirect),
            ] {
                match group.combine {
                    Combine::Union => mine.union_with(theirs),
                    Combine::Intersection => mine.intersect_with(theirs),
                    Combine::Difference => mine.remove_all(theirs),
                }
            }
        }
        self.join_tests(&mut all, group.indirect);
        if let Some(span) = group.expected.as_ref().filter(|_| all.direct.is_empty()) {
            self.warnings.push(error::nothing_fits(span));
        }
        all
    }

    /// Lets tests join whose nodes are selected by the parts together.
    fn join_tests(&self, found: &mut Found, mode: IndirectSelection) {
        let graph = self.index.graph;
        let mut near = found.direct.clone();
        match mode {
            IndirectSelection::Eager | IndirectSelection::Empty => return,
            IndirectSelection::Cautious => {}
            // Sources do not count here, unlike with a single criterion: dbt makes this difference.
            IndirectSelection::Buildable => near.union_with(&graph.reach(&found.direct, Incoming, None)),
        }
        for at in found.indirect.iter() {
            if matches!(self.index.entry(at), Entry::Node(_)) && self.reads_only(at, &near) {
                found.direct.insert(at);
            }
        }
    }

    fn reads_only(&self, at: u32, nodes: &Bits) -> bool {
        self.index
            .graph
            .parents_at(at)
            .all(|parent| nodes.contains(parent))
    }
}
