//! The artifacts of an earlier run: read where `--state` or `--defer-state` names them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Call;
use crate::artifacts::read;
use crate::compile::Deferral;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::graph::state::{Comparison, MacroFacts, PreviousState};
use crate::invocation::Invocation;
use crate::jinja::Engine;
use crate::manifest::Manifest;
use crate::project::{PackageKind, Project};

/// What the command line says of earlier runs.
#[derive(Debug, Clone, Default)]
pub struct StateOptions {
    pub state: Option<PathBuf>,
    pub defer_state: Option<PathBuf>,
    pub defer: bool,
    pub favor: bool,
    /// The command reads the other environment's relations whether it defers or not.
    pub clones: bool,
}

/// The earlier run of a command.
#[derive(Default)]
pub(crate) struct Earlier {
    /// What selection compares with.
    pub comparison: Option<Arc<Comparison>>,
    /// Where refs may go.
    pub deferral: Option<Arc<Deferral>>,
}

/// Reads the earlier run that a command asks for.
///
/// # Errors
/// `N0405` where deferral has no manifest to go by, `N0114` and `N0101` for artifacts that cannot be read.
pub(crate) fn load(call: &Call, project: &Project, engine: &Engine, manifest: &Manifest) -> Result<Earlier> {
    let options = &call.options.state;
    let read = |path: &PathBuf| -> Result<PreviousState> {
        let folder = resolve(path, project, &call.invocation);
        if same_folder(&folder, &project.target_path) {
            let warning = Diagnostic::warning(
                Code::STATE,
                format!("the folder of --state, `{}`, is the one that this run writes to", path.display()),
            )
            .hint("Copy the earlier artifacts elsewhere: its manifest was just written anew, so that nothing differs from it.");
            call.sink
                .send(crate::events::Event::Diagnostic(Box::new(warning)));
        }
        read::previous_state(&folder, &path.display().to_string(), &project.target_path)
    };
    let state = options.state.as_ref().map(read).transpose()?;
    let other = options.defer_state.as_ref().map(read).transpose()?;
    let deferral = if options.defer || options.clones {
        let source = other.as_ref().or(state.as_ref());
        let found = source
            .and_then(|s| s.manifest.as_ref())
            .ok_or_else(|| no_manifest(options, source))?;
        Some(Arc::new(Deferral::new(
            manifest,
            &found.nodes,
            options.defer,
            options.favor,
        )))
    } else {
        None
    };
    let comparison = state.map(|previous| {
        Arc::new(Comparison {
            previous,
            macros: macros(project, engine),
            unrendered_sources: project.behaviour("state_modified_compare_more_unrendered_values", false),
            today: call.invocation.now().format("%Y-%m-%d").to_string(),
        })
    });
    Ok(Earlier { comparison, deferral })
}

fn no_manifest(options: &StateOptions, source: Option<&PreviousState>) -> Diagnostic {
    let what = if options.clones {
        "`clone` copies"
    } else {
        "`--defer` resolves refs"
    };
    match source {
        Some(state) => Diagnostic::error(
            Code::STATE,
            format!(
                "{what} by an earlier manifest, but there is no manifest.json in `{}`",
                state.folder
            ),
        )
        .hint("Name the folder of the other environment's artifacts: its `target`."),
        None => Diagnostic::error(
            Code::STATE,
            format!("{what} by an earlier manifest, but neither --state nor --defer-state was given"),
        )
        .hint("Give the folder of the other environment's artifacts with --state."),
    }
}

/// Finds the folder below the project, as dbt does, or else below the working folder.
pub(super) fn resolve(path: &Path, project: &Project, invocation: &Invocation) -> PathBuf {
    let below_project = project.root_dir.join(path);
    let below_here = invocation.cwd.join(path);
    if !below_project.is_dir() && below_here.is_dir() {
        below_here
    } else {
        below_project
    }
}

fn same_folder(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

/// Returns the macros that a project may change: those that come with the program differ from dbt's on purpose.
fn macros(project: &Project, engine: &Engine) -> BTreeMap<Arc<str>, MacroFacts> {
    let is_internal = |package: &str| {
        let mut internal = project
            .packages
            .iter()
            .filter(|p| p.kind == PackageKind::Internal);
        internal.any(|p| *p.name == *package)
    };
    engine
        .macros()
        .filter(|found| !is_internal(&found.package))
        .map(|found| {
            let span = found.span.start as usize..found.span.end as usize;
            let facts = MacroFacts {
                text: found.file.text().get(span).unwrap_or_default().to_owned(),
                depends_on: engine.macro_dependencies(found),
            };
            (found.unique_id.clone(), facts)
        })
        .collect()
}
