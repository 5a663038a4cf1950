//! `identity forget`: removes an identifier and all that came from it alone, for good.

use indexmap::IndexSet;

use super::{Answer, Questions};
use crate::cli::commands::run::over;
use crate::cli::say::say;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::jinja::Engine;
use crate::manifest::{self, NodeId, NodeKind};
use crate::run::run_macro;

/// Models that read what sources say of identifiers and events; all else is made of them.
const EVENT_LOG: &[&str] = &[
    "nexus_entity_identifiers",
    "nexus_entity_traits",
    "nexus_state_entries",
    "nexus_relationship_declarations",
    "nexus_events",
    "nexus_event_measurements",
    "nexus_event_dimensions",
];

/// Entity type, identifier type and value.
type Name<'a> = [&'a str; 3];

pub(super) fn run(call: &Call, questions: &Questions, text: &str) -> Outcome {
    let found = questions.ask("forgettable", &[text])?;
    if found.rows.is_empty() {
        return forgotten(questions, text);
    }
    if found.rows.len() > 1 {
        return Err(ambiguous(text, &found).into());
    }
    let name = name(&found.rows[0]);
    let removed = questions.ask("forgetting", &name)?.without_place();
    operate(questions, "nexus.nexus_forget", &name)?;
    let derived = derived(questions)?;
    let outcome = over(call, &questions.workspace, &derived, false)?;
    if outcome.interrupted || outcome.failed() {
        return Err(half_done(text).into());
    }
    operate(questions, "nexus.nexus_forget_decisions", &name)?;
    say!("Forgot {} `{}` of entity type {}:", name[1], name[2], name[0]);
    say!("{}", removed.table());
    say!(
        "{} models that are made of these tables were built again. What sources hold, snapshots and copies outside of this project are untouched.",
        derived.len()
    );
    Ok(exit::OK)
}

/// Says when the identifier was forgotten, and ends what an earlier call may have left half done.
fn forgotten(questions: &Questions, text: &str) -> Outcome {
    let found = questions.ask("forgotten", &[text])?;
    if found.rows.is_empty() {
        say!(
            "`{text}` is no identifier that was seen. Give it as it is compared: value, type:value or entity type:type:value."
        );
        return Ok(exit::FAILED);
    }
    for row in &found.rows {
        operate(questions, "nexus.nexus_forget_decisions", &name(row))?;
        say!("`{text}` ({}, {}) was forgotten on {}.", row[0], row[1], row[3]);
    }
    Ok(exit::OK)
}

fn name(row: &[String]) -> Name<'_> {
    [&row[0], &row[1], &row[2]]
}

/// Calls a macro that changes tables.
fn operate(questions: &Questions, operation: &str, name: &Name) -> Result<(), Diagnostics> {
    let workspace = &questions.workspace;
    let node = manifest::inline_node(&workspace.manifest, "", &*workspace.adapter)?;
    let arguments = ["entity_type", "identifier_type", "identifier_value"]
        .iter()
        .zip(name)
        .map(|(key, value)| ((*key).to_owned(), Engine::value(&(*value).into())))
        .collect();
    Ok(run_macro(
        &questions.context,
        node,
        operation,
        arguments,
        &questions.session,
    )?)
}

/// Returns the models that are built and made of the event log, itself among them.
fn derived(questions: &Questions) -> Result<IndexSet<NodeId>, Diagnostics> {
    let workspace = &questions.workspace;
    let mut derived = IndexSet::new();
    for log in EVENT_LOG.iter().filter_map(|name| super::model(workspace, name)) {
        derived.insert(log.id.clone());
        derived.extend(workspace.graph.descendants(&log.id, None).into_iter().cloned());
    }
    let mut built = IndexSet::new();
    for id in derived {
        let node = workspace.manifest.nodes.get(&id);
        if let Some(node) = node.filter(|n| n.kind == NodeKind::Model)
            && questions.is_built(node)?
        {
            built.insert(id);
        }
    }
    Ok(built)
}

fn ambiguous(text: &str, found: &Answer) -> Diagnostic {
    let names: Vec<String> = found
        .rows
        .iter()
        .map(|r| format!("`{}:{}:{}`", r[0], r[1], r[2]))
        .collect();
    Diagnostic::error(Code::USAGE, format!("`{text}` names {} identifiers", names.len()))
        .hint(format!("Give the one to forget: {}.", names.join(", ")))
}

fn half_done(text: &str) -> Diagnostic {
    Diagnostic::error(
        Code::USAGE,
        "the identifier is gone from the event log and stays so, but tables that are made of it were not built again",
    )
    .hint(format!(
        "Mend what failed above, run `nexus build`, then `nexus identity forget {text}` again, which removes it from the log of decisions."
    ))
}
