//! `eject`: writes the built-in framework as an ordinary dbt package.

use crate::cli::args::EjectArgs;
use crate::cli::{Call, Outcome, exit};
use crate::events::{Event, Level};
use crate::{fs, project};

/// Where the package goes when nothing is said.
const DEFAULT_FOLDER: &str = "packages/nexus";

pub(super) fn run(call: &Call, args: &EjectArgs) -> Outcome {
    let shown = args.folder.as_deref().unwrap_or(DEFAULT_FOLDER.as_ref());
    let folder = call.invocation.cwd.join(shown);
    super::scaffold::refuse_to_overwrite(&folder, shown)?;
    let files = project::builtin_files("nexus");
    for (path, text) in &files {
        fs::write_atomic(&folder.join(path), text.as_bytes())?;
    }
    let shown = shown.display();
    let count = files.len();
    let message = format!(
        "Wrote the package `nexus`, {count} files, to {shown}/. Next: add `- local: {shown}` under `packages:` in \
         packages.yml, then `nexus deps` (or `dbt deps`). From then on {shown}/ takes the place of the built-in package."
    );
    call.sink.send(Event::Log {
        level: Level::Info,
        message,
        node: None,
    });
    Ok(exit::OK)
}
