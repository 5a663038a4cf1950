//! `debug`: where everything is, and whether the database answers.

use crate::adapters::{Execute, Session, adapter_for};
use crate::cli::args::DebugArgs;
use crate::cli::say::say;
use crate::cli::workspace::load;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::render_text;
use crate::project::find_profiles;

pub(super) fn run(call: &Call, args: &DebugArgs) -> Outcome {
    if call.face.as_dbt {
        return super::debug_as_dbt::run(call, args);
    }
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
        say!("{}", profiles?.display());
        return Ok(exit::OK);
    }
    say!("nexus version: {}", env!("CARGO_PKG_VERSION"));
    say!("os: {} {}", std::env::consts::OS, std::env::consts::ARCH);
    match &profiles {
        Ok(dir) => say!("profiles.yml: {}", dir.join("profiles.yml").display()),
        Err(error) => say!("profiles.yml: {error}"),
    }
    let project = load(call)?;
    say!(
        "dbt_project.yml: {}",
        project.root_dir.join("dbt_project.yml").display()
    );
    say!("project: {}", project.root().name);
    let Some(profile) = &project.profile else {
        return Ok(exit::FAILED);
    };
    say!(
        "profile: {}, target: {}, threads: {}",
        profile.name,
        profile.target_name,
        profile.threads
    );
    let adapter = adapter_for(&profile.document, &profile.output, &call.invocation)?;
    say!("adapter: {}", adapter.kind());
    for (key, value) in adapter.public_settings() {
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => say!("  {key}: {text}"),
            other => say!("  {key}: {other}"),
        }
    }
    let session = Session::new(adapter, call.invocation.cancel.clone());
    match session.execute(
        "select 1 as id",
        Execute {
            fetch: true,
            limit: None,
        },
    ) {
        Ok(_) => {
            say!("connection: ok");
            Ok(exit::OK)
        }
        Err(error) => {
            say!(
                "connection: failed\n{}",
                render_text(&error.diagnostic(None), options.log.colour)
            );
            Ok(exit::FAILED)
        }
    }
}
