//! `profiles.yml`: found, rendered, one target chosen.

use std::path::{Path, PathBuf};

use super::project_file::Renderer;
use super::{LoadOptions, RenderYaml};
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile};
use crate::fs;
use crate::invocation::Invocation;
use crate::yaml::{self, Document, Node, Value};

/// The chosen target of a profile.
#[derive(Debug, Clone)]
pub struct Profile {
    pub name: String,
    pub target_name: String,
    pub threads: usize,
    /// The file, for places in messages.
    pub document: Document,
    /// The target's mapping with its strings rendered.
    pub output: Node,
    /// The folder in which `profiles.yml` stands.
    pub dir: PathBuf,
}

/// Finds the folder of `profiles.yml`: as given, else the working folder, the project's, `~/.dbt`.
///
/// `DBT_PROFILES_DIR` comes in as `given`.
///
/// # Errors
/// `N0106` with the folders that were searched.
pub fn find_profiles(given: Option<&Path>, project_dir: &Path, invocation: &Invocation) -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    match given {
        Some(dir) => folders.push(invocation.cwd.join(dir)),
        None => {
            folders.push(invocation.cwd.clone());
            if project_dir != invocation.cwd {
                folders.push(project_dir.to_path_buf());
            }
            folders.extend(invocation.home.as_ref().map(|h| h.join(".dbt")));
        }
    }
    match folders.iter().find(|dir| dir.join("profiles.yml").is_file()) {
        Some(dir) => Ok(dir.clone()),
        None => {
            let searched: Vec<String> = folders.iter().map(|d| d.display().to_string()).collect();
            Err(Diagnostic::error(Code::PROFILE, "no profiles.yml was found")
                .note(format!("searched in {}", searched.join(", ")))
                .hint("Write one there, or name its folder with --profiles-dir."))
        }
    }
}

/// Reads the profile that the project names and renders the chosen target alone.
pub(super) fn choose(
    options: &LoadOptions,
    wanted: Option<(&str, Option<crate::diagnostic::Span>)>,
    project_dir: &Path,
    invocation: &Invocation,
    render: &dyn RenderYaml,
) -> Result<Profile> {
    let Some((name, asked_at)) = wanted else {
        return Err(
            Diagnostic::error(Code::PROFILE, "dbt_project.yml names no profile")
                .hint("Add `profile: name` to dbt_project.yml, or give --profile."),
        );
    };
    let dir = find_profiles(options.profiles_dir.as_deref(), project_dir, invocation)?;
    let path = dir.join("profiles.yml");
    let shown = path
        .strip_prefix(project_dir)
        .unwrap_or(&path)
        .display()
        .to_string();
    let document = yaml::parse(&SourceFile::new(shown, fs::read(&path)?))?;
    let map = document.expect_map(&document.root, "profiles.yml")?.clone();
    let Some(profile) = map.get(name) else {
        let known: Vec<&str> = map.iter().map(|(k, _)| k).filter(|k| *k != "config").collect();
        return Err(Diagnostic::error(
            Code::PROFILE,
            format!("the profile `{name}` was not found in {}", document.file.path()),
        )
        .at(asked_at)
        .note(format!("profiles there: {}", known.join(", ")))
        .did_you_mean(name, known));
    };
    let renderer = Renderer {
        render,
        vars: &options.vars,
        target: None,
    };
    let target_name = match &options.target {
        Some(target) => target.clone(),
        None => match profile.get("target") {
            Some(node) => renderer.tree(&document, node)?.key_text(),
            None => "default".to_owned(),
        },
    };
    let missing = || {
        document.error(
            profile,
            Code::PROFILE,
            format!("the profile `{name}` has no `outputs`"),
        )
    };
    let outputs = profile
        .get("outputs")
        .and_then(Node::as_map)
        .ok_or_else(missing)?;
    let Some(output) = outputs.get(&target_name) else {
        let known: Vec<&str> = outputs.iter().map(|(k, _)| k).collect();
        return Err(document
            .error(
                profile.get("target").unwrap_or(profile),
                Code::PROFILE,
                format!("the profile `{name}` has no target named `{target_name}`"),
            )
            .note(format!("targets there: {}", known.join(", ")))
            .did_you_mean(&target_name, known));
    };
    let output = renderer.tree(&document, output)?;
    document.expect_map(&output, "a target")?;
    let threads = match output.get("threads").map(|n| (&n.value, n)) {
        None | Some((Value::Null, _)) => 1,
        Some((Value::Int(n), node)) => usize::try_from(*n).ok().filter(|n| *n > 0).ok_or_else(|| {
            document.error(node, Code::PROFILE, "threads must be a whole number above zero")
        })?,
        Some((_, node)) => {
            return Err(document.error(node, Code::PROFILE, "threads must be a whole number above zero"));
        }
    };
    let threads = options.threads.unwrap_or(threads);
    Ok(Profile {
        name: name.to_owned(),
        target_name,
        threads,
        document,
        output,
        dir,
    })
}
