//! `clean`: deletes the folders of `clean-targets`.

use std::path::{Component, Path};

use crate::cli::args::CleanArgs;
use crate::cli::workspace::{load, warn};
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::events::{Event, Level};
use crate::fs;
use crate::project::published;

/// Where packages stood in older versions.
const OLDER_FOLDER: &str = "dbt_modules";

pub(super) fn run(call: &Call, args: &CleanArgs) -> Outcome {
    let project = load(call)?;
    let file = &project.root().project;
    // No profile is read, so that dbt does not know the database: it looks at the keys for any.
    warn(call, &published::of_project(&file.document, &[]).warnings)?;
    let mut faults = Diagnostics::default();
    let mut paths = Vec::new();
    for target in &file.clean_targets {
        let path = project.root_dir.join(target);
        let inside = !Path::new(target).components().any(|c| c == Component::ParentDir)
            && path.starts_with(&project.root_dir);
        let sources: Vec<&String> = [
            &file.model_paths,
            &file.seed_paths,
            &file.test_paths,
            &file.macro_paths,
        ]
        .into_iter()
        .flatten()
        .collect();
        let protected = path == project.root_dir
            || sources
                .iter()
                .any(|s| project.root_dir.join(s).starts_with(&path));
        if protected || !(inside || args.no_clean_project_files_only) {
            faults.push(
                Diagnostic::error(
                    Code::PROJECT_KEY,
                    format!("clean-targets names `{target}`, which is not to be deleted"),
                )
                .hint("Name folders of generated files inside the project only."),
            );
            continue;
        }
        paths.push(path);
    }
    if faults.has_errors() {
        return Err(faults);
    }
    if let Some(warning) = older_folder(&file.clean_targets, &file.packages_install_path) {
        warn(call, &[warning])?;
    }
    let say = |message: String| {
        call.sink.send(Event::Log {
            level: Level::Info,
            message,
            node: None,
        });
    };
    for path in paths {
        if call.face.as_dbt {
            say(format!("Checking {}/*", path.display()));
            fs::remove_dir_all(&path)?;
            say(format!("Cleaned {}/*", path.display()));
        } else if fs::remove_dir_all(&path)? {
            let shown = path.strip_prefix(&project.root_dir).unwrap_or(&path);
            say(format!("Cleaned {}", shown.display()));
        }
    }
    if call.face.as_dbt {
        say("Finished cleaning all paths.".to_owned());
    }
    Ok(exit::OK)
}

/// Warns where the older folder of packages is cleaned, and today's is not.
fn older_folder(targets: &[String], install_path: &str) -> Option<Diagnostic> {
    let names = |folder: &str| targets.iter().any(|target| target == folder);
    if !names(OLDER_FOLDER) || names(install_path) {
        return None;
    }
    let message =
        format!("clean-targets names `{OLDER_FOLDER}`, but packages are installed in `{install_path}`");
    Some(
        Diagnostic::warning(Code::DEPRECATED, message)
            .event("PackageInstallPathDeprecation")
            .hint(format!(
                "Name `{install_path}` in clean-targets of dbt_project.yml instead."
            )),
    )
}
