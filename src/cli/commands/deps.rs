//! `deps`: installs packages.

use crate::cli::{Call, Outcome, exit};
use crate::events::{Event, Level};
use crate::jinja::YamlRenderer;
use crate::project;

pub(super) fn run(call: &Call) -> Outcome {
    let renderer = YamlRenderer::new(&call.invocation);
    let installed = project::install(&call.options.load, &call.invocation, &renderer)?;
    let say = |message: String| {
        call.sink.send(Event::Log {
            level: Level::Info,
            message,
            node: None,
        })
    };
    if installed.is_empty() {
        say("No packages were found in packages.yml".to_owned());
    }
    for package in installed {
        say(format!("Installed {} from {}", package.name, package.from));
    }
    Ok(exit::OK)
}
