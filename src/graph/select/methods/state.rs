//! Methods that compare with an earlier run: `state`, `result`, `source_status`.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, FixedOffset};
use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Result};
use crate::graph::bits::Bits;
use crate::graph::select::error;
use crate::graph::select::expr::Criterion;
use crate::graph::select::index::{Entry, Index};
use crate::graph::state::{Change, Pair, PreviousManifest, compare_contracts, removed_contract};
use crate::manifest::{NodeId, node_json};

/// What `state:` may be followed by.
const WORDS: [&str; 10] = [
    "new",
    "old",
    "modified",
    "unmodified",
    "modified.body",
    "modified.configs",
    "modified.persisted_descriptions",
    "modified.relation",
    "modified.macros",
    "modified.contract",
];

/// Finds nodes by how they differ from their earlier selves.
pub(super) fn state(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let word = criterion.value.as_str();
    if !WORDS.contains(&word) {
        return Err(error::unknown_value(
            criterion,
            "way to compare with a state",
            &WORDS,
        ));
    }
    let Some((comparison, manifest)) = index
        .comparison
        .and_then(|c| Some((c, c.previous.manifest.as_ref()?)))
    else {
        return Err(error::no_state(criterion, "manifest.json", index.comparison));
    };
    let mut found = index.none();
    let changed = match word {
        "modified" | "unmodified" | "modified.macros" => comparison.changed_macros(),
        _ => HashSet::new(),
    };
    let macros_changed = |entry: Entry<'_>| match entry {
        Entry::Node(node) => node.depends_on_macros.iter().any(|id| changed.contains(id)),
        Entry::Source(_) => false,
    };
    for (at, entry) in index.iter() {
        let id = entry.id();
        let old = manifest.get(id.as_str());
        let fits = match word {
            "new" => old.is_none(),
            "old" => old.is_some(),
            "modified.macros" => macros_changed(entry),
            _ => {
                let new = json(entry);
                let pair = Pair {
                    new: &new,
                    old,
                    unrendered_sources: comparison.unrendered_sources,
                };
                match word {
                    "modified" | "unmodified" => {
                        let is_modified = pair.is_modified() | contract_changed(index, entry, &pair, false)?;
                        (is_modified || macros_changed(entry)) == (word == "modified")
                    }
                    "modified.contract" => contract_changed(index, entry, &pair, true)?,
                    _ => part_changed(word, &pair),
                }
            }
        };
        if fits {
            found.insert(at);
        }
    }
    if matches!(word, "modified" | "unmodified" | "modified.contract") {
        removed(index, manifest, &comparison.today)?;
    }
    Ok(found)
}

/// `modified.body`, `.configs`, `.persisted_descriptions`, `.relation`.
fn part_changed(word: &str, pair: &Pair<'_>) -> bool {
    let applies = match word {
        "modified.configs" => pair.has_configs(),
        "modified.relation" => pair.has_body() || pair.is_source(),
        _ => pair.has_body(),
    };
    let Some(old) = pair.old else { return applies };
    applies
        && !match word {
            "modified.body" => pair.same_body(old),
            "modified.configs" => pair.same_config(old),
            "modified.persisted_descriptions" => pair.same_descriptions(old),
            _ => pair.same_relation(old),
        }
}

/// Says whether a contract changed. A break is an error where the model has versions, else a warning.
fn contract_changed(index: &Index<'_>, entry: Entry<'_>, pair: &Pair<'_>, named: bool) -> Result<bool> {
    let Some(old) = pair.old else {
        return Ok(named && pair.has_body());
    };
    if !pair.is_model() {
        return Ok(false);
    }
    match compare_contracts(pair.new, old) {
        Change::None => Ok(false),
        Change::Harmless => Ok(true),
        Change::Breaking(changes) => {
            let Entry::Node(node) = entry else { return Ok(true) };
            let fault = error::contract_broken(&node.name, entry.is_versioned(), &changes)
                .at(node.declared_at.clone());
            report(index, fault, entry.is_versioned())?;
            Ok(true)
        }
    }
}

fn report(index: &Index<'_>, fault: Diagnostic, is_error: bool) -> Result<()> {
    if is_error {
        return Err(fault);
    }
    index.warn(fault.as_warning());
    Ok(())
}

/// Looks at what is gone: a model with a contract may not go unnoticed.
fn removed(index: &Index<'_>, manifest: &PreviousManifest, today: &str) -> Result<()> {
    for (id, old) in &manifest.nodes {
        let disabled = index
            .manifest
            .disabled
            .get(id.as_str())
            .and_then(|nodes| nodes.first())
            .map(|node| node_json(node));
        let gone = match &disabled {
            Some(node) => node,
            None if index.manifest.nodes.contains_key(id.as_str()) => continue,
            None => old,
        };
        if let Some(change) = removed_contract(gone, today) {
            let name = gone.get("name").and_then(Json::as_str).unwrap_or(id);
            let versioned = gone.get("version").is_some_and(|v| !v.is_null());
            report(
                index,
                error::contract_broken(name, versioned, &[change]),
                versioned,
            )?;
        }
    }
    Ok(())
}

fn json(entry: Entry<'_>) -> Json {
    match entry {
        Entry::Node(node) => node_json(node),
        Entry::Source(source) => serde_json::to_value(&**source).unwrap_or_default(),
    }
}

/// Finds nodes by how they ended in the earlier run.
pub(super) fn result(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let Some(results) = index.comparison.and_then(|c| c.previous.results.as_ref()) else {
        return Err(error::no_state(criterion, "run_results.json", index.comparison));
    };
    let ids: HashSet<&str> = results
        .iter()
        .filter(|(_, status)| *status == criterion.value)
        .map(|(id, _)| id.as_str())
        .collect();
    Ok(index.filter(|entry| ids.contains(entry.id().as_str())))
}

/// Finds sources that were loaded since the earlier run: `source_status:fresher`.
pub(super) fn source_status(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let previous = index.comparison.map(|c| &c.previous);
    let (Some(old), Some(new)) = (
        previous.and_then(|p| p.sources.as_ref()),
        previous.and_then(|p| p.sources_current.as_ref()),
    ) else {
        return Err(error::no_state(criterion, "sources.json", index.comparison));
    };
    if criterion.value != "fresher" {
        return Ok(index.none());
    }
    Ok(index.filter(|entry| is_fresher(entry.id(), old, new)))
}

type Loaded = BTreeMap<String, Option<String>>;

fn is_fresher(id: &NodeId, old: &Loaded, new: &Loaded) -> bool {
    let Some(Some(new)) = new.get(id.as_str()) else {
        return false;
    };
    match old.get(id.as_str()) {
        None | Some(None) => true,
        Some(Some(old)) => match (time(old), time(new)) {
            (Some(old), Some(new)) => new > old,
            _ => new > old,
        },
    }
}

fn time(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).ok()
}
