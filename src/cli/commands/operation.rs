//! `run-operation`: calls a macro.

use std::sync::Arc;

use indexmap::IndexSet;

use crate::cli::args::OperationArgs;
use crate::cli::options::dictionary;
use crate::cli::workspace::open;
use crate::cli::{Call, Outcome, exit};
use crate::jinja::Engine;
use crate::manifest;
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
        Err(error) => {
            call.show(&error.into());
            Ok(exit::FAILED)
        }
    }
}
