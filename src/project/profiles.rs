//! `profiles.yml`: found, rendered, one target chosen.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use super::rendering::Rendering;
use super::{LoadOptions, RenderYaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile};
use crate::invocation::Invocation;
use crate::yaml::{self, Document, Mapping, Node, Value};

const FILE_NAME: &str = "profiles.yml";

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

impl Profile {
    /// Returns the name of the database's adapter (`type`), if the target says it.
    pub fn adapter(&self) -> Option<&str> {
        self.output.get("type").and_then(Node::as_str)
    }

    /// Returns `target` as project files see it: the target's keys without secrets, and its names.
    pub fn target_json(&self) -> Json {
        let secret = |key: &str| {
            ["pass", "token", "secret", "private_key", "keyfile_json"]
                .iter()
                .any(|part| key.contains(part))
        };
        let mut target = Map::new();
        if let Some(map) = self.output.as_map() {
            for (key, value) in map.iter().filter(|(key, _)| !secret(key)) {
                target.insert(key.to_owned(), value.to_json());
            }
        }
        for (key, value) in [
            ("name", &self.target_name),
            ("target_name", &self.target_name),
            ("profile_name", &self.name),
        ] {
            target.insert(key.to_owned(), Json::from(value.as_str()));
        }
        target.insert("threads".to_owned(), Json::from(self.threads));
        Json::Object(target)
    }
}

/// Finds the folder of `profiles.yml`: `--profiles-dir`, `DBT_PROFILES_DIR`, the working folder, `~/.dbt`.
///
/// Where dbt finds none of these, the project's folder is looked at as well.
///
/// # Errors
/// `N0106` with all folders that were looked at.
pub fn find_profiles(given: Option<&Path>, project_dir: &Path, invocation: &Invocation) -> Result<PathBuf> {
    let from_env = invocation
        .env_var("DBT_PROFILES_DIR")
        .filter(|d| !d.is_empty())
        .map(PathBuf::from);
    let (places, chosen) = match given.map(Path::to_path_buf).or(from_env) {
        Some(dir) => (vec![invocation.cwd.join(dir)], true),
        None => {
            let home = invocation.home.as_ref().map(|h| h.join(".dbt"));
            let mut places = vec![invocation.cwd.clone()];
            places.extend(home);
            places.push(project_dir.to_path_buf());
            (places, false)
        }
    };
    if let Some(found) = places.iter().find(|dir| dir.join(FILE_NAME).is_file()) {
        return Ok(found.clone());
    }
    let mut error = Diagnostic::error(Code::PROFILE, format!("no `{FILE_NAME}` was found"));
    let mut seen: Vec<&PathBuf> = Vec::new();
    for place in &places {
        if !seen.contains(&place) {
            error = error.note(format!("looked for `{}`", place.join(FILE_NAME).display()));
            seen.push(place);
        }
    }
    Err(if chosen {
        error.hint("Check the folder that `--profiles-dir` or `DBT_PROFILES_DIR` names.")
    } else {
        error.hint("Put a `profiles.yml` beside `dbt_project.yml`, or name its folder with `--profiles-dir`.")
    })
}

/// Reads the profile and chooses its target. `in_project` is the name that `dbt_project.yml` gives.
pub(super) fn load(
    options: &LoadOptions,
    in_project: Option<String>,
    project_dir: &Path,
    invocation: &Invocation,
    render: &dyn RenderYaml,
    found: &mut Diagnostics,
) -> Option<Profile> {
    let Some(name) = options.profile.clone().or(in_project) else {
        found.push(
            Diagnostic::error(Code::PROFILE, "the project names no profile")
                .hint("Add a line `profile: my_profile` to `dbt_project.yml`, or use `--profile`."),
        );
        return None;
    };
    let dir = found.take(find_profiles(
        options.profiles_dir.as_deref(),
        project_dir,
        invocation,
    ))?;
    let path = dir.join(FILE_NAME);
    let shown = path
        .strip_prefix(project_dir)
        .unwrap_or(&path)
        .display()
        .to_string();
    let text = found.take(crate::fs::read_as(&path, &shown))?;
    let document = found.take(yaml::parse(&SourceFile::new(shown, text)))?;
    found.extend(document.warnings.iter().cloned());
    let rendering = Rendering {
        render,
        vars: &options.vars,
        target: None,
    };
    let mut chooser = Chooser {
        document: &document,
        rendering,
        options,
        found,
    };
    let (target_name, mut output) = chooser.choose(&name)?;
    let threads = chooser.threads(&mut output);
    Some(Profile {
        name,
        target_name,
        threads,
        output,
        dir,
        document: document.clone(),
    })
}

struct Chooser<'a> {
    document: &'a Document,
    rendering: Rendering<'a>,
    options: &'a LoadOptions,
    found: &'a mut Diagnostics,
}

impl Chooser<'_> {
    fn fail(&mut self, node: &Node, message: String) -> Diagnostic {
        self.document.error(node, Code::PROFILE, message)
    }

    fn choose(&mut self, name: &str) -> Option<(String, Node)> {
        let root = &self.document.root;
        if root.is_null() {
            let error = self.fail(root, format!("`{FILE_NAME}` is empty"));
            self.found.push(error);
            return None;
        }
        let profiles = self
            .found
            .take(self.document.expect_map(root, &format!("`{FILE_NAME}`")))?;
        let Some(profile) = profiles.get(name) else {
            let names: Vec<&str> = profiles
                .iter()
                .map(|(n, _)| n)
                .filter(|n| *n != "config")
                .collect();
            let start = Node {
                value: Value::Null,
                start: root.start,
                end: root.start,
            };
            let error = self
                .fail(&start, format!("no profile named `{name}` was found"))
                .note(available("profiles", &names))
                .did_you_mean(name, names.iter().copied());
            self.found.push(error);
            return None;
        };
        let mapping = self.found.take(
            self.document
                .expect_map(profile, &format!("the profile `{name}`")),
        )?;
        let target_name = self.target_name(mapping)?;
        let Some(outputs) = mapping.get("outputs") else {
            let error = self.fail(profile, format!("the profile `{name}` has no `outputs`"));
            self.found.push(error);
            return None;
        };
        let what = format!("`outputs` of the profile `{name}`");
        let outputs = self.found.take(self.document.expect_map(outputs, &what))?;
        let Some(output) = outputs.get(&target_name) else {
            let names: Vec<&str> = outputs.iter().map(|(n, _)| n).collect();
            let place = mapping
                .get("target")
                .filter(|_| self.options.target.is_none())
                .unwrap_or(profile);
            let start = Node {
                value: Value::Null,
                start: place.start,
                end: place.start,
            };
            let error = self
                .fail(
                    &start,
                    format!("the profile `{name}` has no target named `{target_name}`"),
                )
                .note(available("targets", &names))
                .did_you_mean(&target_name, names.iter().copied());
            self.found.push(match names[..] {
                [only] if self.options.target.is_none() => {
                    error.hint(format!("Add `target: {only}` to the profile."))
                }
                _ => error,
            });
            return None;
        };
        let what = format!("the target `{target_name}` of the profile `{name}`");
        self.found.take(self.document.expect_map(output, &what))?;
        let output = self.rendering.node(self.document, output, &|_| true, self.found);
        if output.get("type").is_none() {
            let error = self
                .fail(&output, format!("{what} has no `type`"))
                .hint("Add a line `type:` with the name of the database.");
            self.found.push(error);
            return None;
        }
        Some((target_name, output))
    }

    fn target_name(&mut self, profile: &Mapping) -> Option<String> {
        if let Some(target) = &self.options.target {
            return Some(target.clone());
        }
        let Some(node) = profile.get("target") else {
            return Some("default".to_owned());
        };
        let rendered = self.rendering.node(self.document, node, &|_| true, self.found);
        self.found
            .take(self.document.expect_str(&rendered, "`target`"))
            .map(str::to_owned)
    }

    /// Takes `threads` out of the target: the command line's, the target's, or 1.
    fn threads(&mut self, output: &mut Node) -> usize {
        let node = output.get("threads").cloned();
        if let Value::Map(map) = &mut output.value {
            map.entries.retain(|(k, _)| k.as_str() != Some("threads"));
        }
        if let Some(threads) = self.options.threads {
            return threads.max(1);
        }
        let Some(node) = node.filter(|n| !n.is_null()) else {
            return 1;
        };
        let count = match &node.value {
            Value::Int(count) => usize::try_from(*count).ok(),
            _ => None,
        };
        if let Some(count) = count.filter(|c| *c > 0) {
            return count;
        }
        let message = format!(
            "`threads` must be a whole number from 1 on, but is `{}`",
            node.key_text()
        );
        let error = self.fail(&node, message);
        self.found.push(error);
        1
    }
}

fn available(what: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return format!("there are no {what}");
    }
    let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    format!("the {what} are {}", names.join(", "))
}
