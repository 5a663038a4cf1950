//! `dbt debug`: the same checks as `debug`, told as dbt tells them.

use crate::adapters::{Adapter, Execute, Session, adapter_for};
use crate::cli::args::DebugArgs;
use crate::cli::workspace::load;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, render_text};
use crate::events::{Event, Level};
use crate::project::find_profiles;
use crate::{COMPATIBLE_ADAPTER_VERSION, COMPATIBLE_VERSION};
use serde_json::Value as Json;

pub(super) fn run(call: &Call, args: &DebugArgs) -> Outcome {
    let options = &call.options;
    let project_dir = options
        .load
        .project_dir
        .clone()
        .unwrap_or_else(|| call.invocation.cwd.clone());
    let profiles = find_profiles(
        options.load.profiles_dir.as_deref(),
        &project_dir,
        &call.invocation,
    );
    if args.config_dir {
        match profiles {
            Ok(dir) => say(
                call,
                &format!("To view your profiles.yml file, run:\n\nopen {}", dir.display()),
            ),
            Err(error) => return Err(error.into()),
        }
        return Ok(exit::OK);
    }
    say(call, &format!("dbt version: {COMPATIBLE_VERSION}"));
    say(call, &format!("nexus version: {}", env!("CARGO_PKG_VERSION")));
    say(
        call,
        &format!("os info: {}-{}", std::env::consts::OS, std::env::consts::ARCH),
    );
    if let Ok(dir) = &profiles {
        say(call, &format!("Using profiles dir at {}", dir.display()));
        let file = dir.join("profiles.yml");
        say(call, &format!("Using profiles.yml file at {}", file.display()));
    }
    let root = call.invocation.cwd.join(&project_dir);
    let file = root.join("dbt_project.yml");
    say(call, &format!("Using dbt_project.yml file at {}", file.display()));
    checks(call, args)
}

fn checks(call: &Call, args: &DebugArgs) -> Outcome {
    let loaded = load(call).and_then(|project| match &project.profile {
        Some(profile) => {
            let adapter = adapter_for(&profile.document, &profile.output, &call.invocation)?;
            Ok((project, adapter))
        }
        None => Err(Diagnostic::error(Code::PROFILE, "the project names no profile").into()),
    });
    let adapter = match loaded {
        Ok((_, adapter)) => {
            say(call, &format!("adapter type: {}", adapter.kind()));
            say(call, &format!("adapter version: {COMPATIBLE_ADAPTER_VERSION}"));
            Ok(adapter)
        }
        Err(faults) => Err(faults),
    };
    if args.connection {
        say(call, "Skipping steps before connection verification");
    } else {
        configuration(call, adapter.as_ref().err());
    }
    let adapter = match adapter {
        Ok(adapter) => adapter,
        Err(faults) => {
            failed(call, &faults);
            return Ok(exit::FAILED);
        }
    };
    connection(call, adapter)
}

/// Says how the two files are. A fault in one of them is told at its end, with its place.
fn configuration(call: &Call, faults: Option<&Diagnostics>) {
    let wrong = |file: &str| {
        faults.is_some_and(|faults| {
            faults.0.iter().any(|fault| match fault.span() {
                Some(span) => span.file.path().ends_with(file),
                None => (fault.code() == Code::PROFILE) == (file == "profiles.yml"),
            })
        })
    };
    say(call, "Configuration:");
    for file in ["profiles.yml", "dbt_project.yml"] {
        let state = if wrong(file) {
            red(call, "ERROR invalid")
        } else {
            green(call, "OK found and valid")
        };
        say(call, &format!("  {file} file [{state}]"));
    }
    say(call, "Required dependencies:");
    say(call, &format!(" - git [{}]\n", green(call, "OK found")));
}

fn connection(call: &Call, adapter: std::sync::Arc<dyn Adapter>) -> Outcome {
    say(call, "Connection:");
    for (key, value) in adapter.public_settings() {
        let shown = match value {
            Json::Null => "None".to_owned(),
            Json::String(text) => text,
            Json::Bool(true) => "True".to_owned(),
            Json::Bool(false) => "False".to_owned(),
            other => other.to_string(),
        };
        say(call, &format!("  {key}: {shown}"));
    }
    call.sink.send(Event::AdapterRegistered {
        name: adapter.kind().to_owned(),
    });
    let session = Session::new(adapter, call.invocation.cancel.clone());
    let asked = session.execute(
        "select 1 as id",
        Execute {
            fetch: true,
            limit: None,
        },
    );
    match asked {
        Ok(_) => {
            let state = green(call, "OK connection ok");
            say(call, &format!("  Connection test: [{state}]\n"));
            say(call, &green(call, "All checks passed!"));
            Ok(exit::OK)
        }
        Err(error) => {
            let state = red(call, "ERROR");
            say(call, &format!("  Connection test: [{state}]\n"));
            failed(call, &error.diagnostic(None).into());
            Ok(exit::FAILED)
        }
    }
}

fn failed(call: &Call, faults: &Diagnostics) {
    let checks = if faults.0.len() == 1 { "check" } else { "checks" };
    say(call, &red(call, &format!("{} {checks} failed:", faults.0.len())));
    for fault in &faults.0 {
        say(
            call,
            &format!("{}\n", render_text(fault, call.options.log.colour)),
        );
    }
}

fn green(call: &Call, text: &str) -> String {
    paint(call, 32, text)
}

fn red(call: &Call, text: &str) -> String {
    paint(call, 31, text)
}

fn paint(call: &Call, colour: u8, text: &str) -> String {
    if call.options.log.colour {
        format!("\x1b[{colour}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn say(call: &Call, text: &str) {
    call.sink.send(Event::Log {
        level: Level::Info,
        message: text.to_owned(),
        node: None,
    });
}
