//! `parse`: checks the project and writes its manifest.

use crate::cli::workspace::open;
use crate::cli::{Call, Outcome, exit};

pub(super) fn run(call: &Call) -> Outcome {
    let workspace = open(call)?;
    // The process ends next: freeing the manifest node by node would only cost time.
    std::mem::forget(workspace);
    Ok(exit::OK)
}
