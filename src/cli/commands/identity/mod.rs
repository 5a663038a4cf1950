//! `identity`: questions about resolved identities, asked of the tables that a build made.
//!
//! The SQL stands in the framework's macros (`nexus_question_…`), so it is each database's own; here it is called and shown.

mod chain;
mod check;
mod dry_run;
mod explain;
mod forget;
mod show;
mod stats;

use std::sync::Arc;

use indexmap::IndexSet;

use crate::adapters::Session;
use crate::cli::args::IdentityCommand;
use crate::cli::workspace::{Workspace, open};
use crate::cli::{Call, Outcome};
use crate::compile::{self, Context};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::manifest::{self, NodeKind};
use crate::report::{render_table, rows};
use crate::run::preview;

/// Models that every question may read.
const TABLES: &[&str] = &[
    "nexus_identity_quarantine",
    "nexus_identity_hubs",
    "nexus_identity_nodes",
    "nexus_identity_edges",
    "nexus_identity_components",
    "nexus_resolved_identifiers",
];

/// There only where ids are kept from build to build.
const LOG: &str = "nexus_identity_log";

pub(super) fn run(call: &Call, command: &IdentityCommand) -> Outcome {
    let questions = Questions::open(call)?;
    match command {
        IdentityCommand::Explain(args) => explain::run(&questions, &args.a, &args.b),
        IdentityCommand::Show(args) => show::run(&questions, &args.entity),
        IdentityCommand::Stats => stats::run(&questions),
        IdentityCommand::Check => check::run(&questions),
        IdentityCommand::DryRun => dry_run::run(&questions),
        IdentityCommand::Forget(args) => forget::run(call, &questions, &args.identifier),
    }
}

/// A project whose identity tables are there.
struct Questions {
    workspace: Workspace,
    context: Arc<Context>,
    session: Arc<Session>,
    has_log: bool,
}

/// The rows of an answer as text; a null is empty.
struct Answer {
    columns: Vec<String>,
    numeric: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Questions {
    fn open(call: &Call) -> Result<Self, Diagnostics> {
        let workspace = open(call)?;
        let context = workspace.context(call, &IndexSet::new());
        let session = Arc::new(workspace.session(call));
        let has_log = model(&workspace, LOG).is_some();
        let log = has_log.then_some(LOG);
        let mut missing = Vec::new();
        for name in TABLES.iter().copied().chain(log) {
            let Some(node) = model(&workspace, name) else {
                return Err(no_framework().into());
            };
            if !is_built(&session, node)? {
                missing.push(format!("`{}`", node.relation.path()));
            }
        }
        if !missing.is_empty() {
            return Err(not_built(&missing, has_log).into());
        }
        Ok(Self {
            workspace,
            context,
            session,
            has_log,
        })
    }

    fn is_built(&self, node: &manifest::Node) -> Result<bool, Diagnostics> {
        is_built(&self.session, node)
    }

    /// Asks a macro of the framework, which a project may have changed: an answer with too few columns is refused.
    fn ask(&self, question: &str, arguments: &[&str]) -> Result<Answer, Diagnostics> {
        let arguments: Vec<String> = arguments.iter().map(|a| literal(a)).collect();
        let jinja = format!(
            "{{{{ nexus.nexus_question_{question}({}) }}}}",
            arguments.join(", ")
        );
        let node = manifest::inline_node(&self.workspace.manifest, &jinja, &*self.workspace.adapter)?;
        let compiled = compile::compile(&self.context, &node, Some(&self.session))?;
        let shown = preview(&self.context, &compiled, &self.session, None)?;
        let least = match question {
            "edges" | "identifiers" | "forgettable" | "forgotten" => 4,
            "dry_run" => 6,
            "forgetting" => 3,
            "quarantine" => 2,
            _ => 1,
        };
        if shown.columns.len() < least {
            let message = format!(
                "the macro `nexus_question_{question}` gives {} columns; {least} are needed",
                shown.columns.len()
            );
            return Err(Diagnostic::error(Code::JINJA_RUNTIME, message)
                .hint("Take over the columns of the framework's own macro: `nexus eject` writes it.")
                .into());
        }
        let numeric = shown
            .schema
            .as_ref()
            .map(|s| s.fields().iter().map(|f| f.data_type().is_numeric()).collect())
            .unwrap_or_default();
        Ok(Answer {
            rows: shown.batches.iter().flat_map(rows::text).collect(),
            columns: shown.columns,
            numeric,
        })
    }
}

impl Answer {
    fn table(&self) -> String {
        render_table(&self.columns, &self.numeric, &self.rows)
    }

    /// Drops the first column, which only gives the rows their order.
    fn without_place(mut self) -> Self {
        self.columns.drain(..1.min(self.columns.len()));
        self.numeric.drain(..1.min(self.numeric.len()));
        for row in &mut self.rows {
            row.drain(..1.min(row.len()));
        }
        self
    }
}

fn is_built(session: &Session, node: &manifest::Node) -> Result<bool, Diagnostics> {
    let part = |part: &Option<Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
    let relation = &node.relation;
    let found = session
        .get_relation(
            &part(&relation.database),
            &part(&relation.schema),
            &part(&relation.identifier),
        )
        .map_err(|e| e.diagnostic(None))?;
    Ok(found.is_some())
}

fn model<'a>(workspace: &'a Workspace, name: &str) -> Option<&'a Arc<manifest::Node>> {
    workspace
        .manifest
        .nodes
        .values()
        .find(|n| n.kind == NodeKind::Model && &*n.package == "nexus" && &*n.name == name)
}

/// Writes a text as a string of Jinja.
fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            // Braces could begin a tag of their own.
            '{' => quoted.push_str("\\u007b"),
            '}' => quoted.push_str("\\u007d"),
            '%' => quoted.push_str("\\u0025"),
            '#' => quoted.push_str("\\u0023"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn no_framework() -> Diagnostic {
    Diagnostic::error(Code::USAGE, "this project resolves no identities").hint(
        "Switch the framework on with `vars: nexus: sources:` in dbt_project.yml; docs/framework.md says how.",
    )
}

fn not_built(missing: &[String], has_log: bool) -> Diagnostic {
    let (are, them) = if missing.len() == 1 {
        ("is", "it")
    } else {
        ("are", "them")
    };
    let log = if has_log { " nexus_identity_log" } else { "" };
    Diagnostic::error(
        Code::USAGE,
        format!("{} {are} not built", missing.join(", ")),
    )
    .hint(format!(
        "Build {them}: `nexus build --select +nexus_resolved_identifiers nexus_identity_edges nexus_identity_quarantine{log}`."
    ))
}
