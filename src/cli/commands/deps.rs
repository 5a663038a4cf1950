//! `deps`: installs packages.

use crate::cli::args::DepsArgs;
use crate::cli::{Call, Outcome, exit};
use crate::events::{self, Event, Level};
use crate::jinja::YamlRenderer;
use crate::project::{self, Addition, AdditionSource, InstallOptions};

pub(super) fn run(call: &Call, args: &DepsArgs) -> Outcome {
    let renderer = YamlRenderer::new(&call.invocation);
    let wish = InstallOptions {
        upgrade: args.upgrade,
        lock_only: args.lock,
        dry_run: args.dry_run,
        any_dbt_version: !call.options.version_check,
        add: args
            .add_package
            .as_deref()
            .map(|package| addition(package, &args.source)),
    };
    let say = |message: String| {
        call.sink.send(Event::Log {
            level: Level::Info,
            message,
            node: None,
        });
    };
    let installed = project::install(
        &call.options.load,
        &wish,
        &call.invocation,
        &renderer,
        &mut |line| say(line),
        &|warning| events::warn(&*call.sink, warning),
    )?;
    if installed.is_empty() {
        say("No packages were found in packages.yml".to_owned());
    }
    let done = match (args.dry_run, args.lock) {
        (true, _) => "Would install",
        (_, true) => "Locked",
        _ => "Installed",
    };
    for package in &installed {
        say(format!("{done} {} from {}", package.name, package.from));
    }
    for package in &installed {
        if let Some(newer) = &package.newer {
            say(format!("A later version of {} is there: {newer}", package.name));
        }
    }
    Ok(exit::OK)
}

/// Reads `name@version`. The address of a git package may have an `@` of its own, before its last `/` or `:`.
fn addition(package: &str, source: &str) -> Addition {
    let (name, version) = match package.rsplit_once('@') {
        Some((name, version)) if !version.contains(['/', ':']) => (name, Some(version.to_owned())),
        _ => (package, None),
    };
    Addition {
        name: name.to_owned(),
        version,
        source: match source {
            "git" => AdditionSource::Git,
            "local" => AdditionSource::Local,
            _ => AdditionSource::Hub,
        },
    }
}
