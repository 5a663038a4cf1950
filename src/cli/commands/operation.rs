//! `run-operation`: calls a macro.

use std::sync::Arc;

use indexmap::IndexSet;

use crate::cli::args::OperationArgs;
use crate::cli::options::dictionary;
use crate::cli::workspace::open;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::Code;
use crate::events::{Event, Level};
use crate::jinja::Engine;
use crate::manifest;
use crate::report::told;
use crate::run::run_macro;

pub(super) fn run(call: &Call, args: &OperationArgs) -> Outcome {
    let kwargs = dictionary("--args", &args.args)?;
    let workspace = open(call)?;
    let node = manifest::inline_node(&workspace.manifest, "", &*workspace.adapter)?;
    let context = workspace.context(call, &IndexSet::new());
    let session = Arc::new(workspace.session(call));
    let kwargs = kwargs
        .iter()
        .map(|(k, v)| (k.clone(), Engine::value(v)))
        .collect();
    match run_macro(&context, node, &args.name, kwargs, &session) {
        Ok(()) => Ok(exit::OK),
        Err(error) if call.face.as_dbt => {
            call.sink.send(Event::Log {
                level: Level::Error,
                message: format!(
                    "Encountered an error while running operation: {}",
                    told(&error, call.options.log.colour)
                ),
                node: None,
            });
            // dbt gives another exit code where there is no such macro.
            let is_missing = error.code() == Code::JINJA_UNDEFINED && error.span().is_none();
            Ok(if is_missing { exit::FAULT } else { exit::FAILED })
        }
        Err(error) => {
            call.show(&error.into());
            Ok(exit::FAILED)
        }
    }
}
