//! Declared sources: `sources/<name>.nexus.yml` of the root project, from which the models of a source are made.
//!
//! The models are ordinary files of the project, `models/<name>/…`, as [`generate`] writes them: whoever ejects them
//! has what was built before. dbt reads neither the folder nor the ending, so a declaration never disturbs it.

mod fields;
mod models;
mod parts;
mod read;
mod shape;
mod sql;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::{Package, ResourceFile, ResourceKind, builtin};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceFile};
use crate::{fs, yaml};

/// Where declarations stand.
pub const FOLDER: &str = "sources";
/// How their names end.
pub const ENDING: &str = ".nexus.yml";

/// The models of a declared source.
#[derive(Debug)]
pub struct Generated {
    pub name: String,
    /// Relative to the models' folder, with the text.
    pub files: Vec<(String, String)>,
    /// The parts of the contract that it has.
    pub parts: Vec<&'static str>,
}

/// Reads a declaration and makes its models. `entity_types` are those that the project has.
///
/// # Errors
/// All faults of the declaration.
fn generate(
    name: &str,
    file: &Arc<SourceFile>,
    root: &Path,
    entity_types: &[String],
) -> Result<Generated, Diagnostics> {
    let document = yaml::parse(file)?;
    let declaration = read::declaration(name, &document, root, entity_types)?;
    Ok(models::generate(&declaration))
}

/// Returns the names of the declared sources, in order.
pub fn names(root: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root.join(FOLDER)) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(ENDING)?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Reads the declaration of a source and makes its models, with the entity types of these variables.
///
/// # Errors
/// The file cannot be read, or has faults.
pub fn load(root: &Path, name: &str, vars: &[&Map<String, Json>]) -> Result<Generated, Diagnostics> {
    let shown = format!("{FOLDER}/{name}{ENDING}");
    let text = fs::read(&root.join(&shown))?;
    generate(name, &SourceFile::new(shown, text), root, &entity_types(vars))
}

/// Adds the models of every declared source to the root package, and to its variables what they say of the source.
pub(super) fn add(root: &mut Package, vars: &mut Map<String, Json>, is_used: bool, found: &mut Diagnostics) {
    for name in names(&root.root_dir) {
        let shown = format!("{FOLDER}/{name}{ENDING}");
        if !is_used {
            found.push(
                Diagnostic::warning(
                    Code::DECLARED_SOURCE,
                    format!("`{shown}` is not read: the framework is not switched on"),
                )
                .hint(format!(
                    "Add `vars: {{nexus: {{sources: {{{name}: {{enabled: true}}}}}}}}` to dbt_project.yml."
                )),
            );
            continue;
        }
        let generated = match load(&root.root_dir, &name, &[&root.project.vars, vars]) {
            Ok(generated) => generated,
            Err(faults) => {
                found.extend(faults.0);
                continue;
            }
        };
        let search_path = root
            .project
            .model_paths
            .first()
            .map_or("models", String::as_str)
            .to_owned();
        for (path, text) in generated.files {
            root.files
                .push(resource(&root.root_dir, &search_path, &path, text));
        }
        for vars in [&mut root.project.vars, &mut *vars] {
            complete(vars, &name, &generated.parts);
        }
    }
    root.files
        .sort_by(|a, b| (a.kind, &a.original_path).cmp(&(b.kind, &b.original_path)));
}

fn resource(root: &Path, search_path: &str, path: &str, text: String) -> ResourceFile {
    let kind = if path.ends_with(".yml") {
        ResourceKind::Properties
    } else {
        ResourceKind::Model
    };
    let original_path = format!("{search_path}/{path}");
    ResourceFile {
        kind,
        search_path: search_path.into(),
        path: path.into(),
        absolute: PathBuf::from(root).join(&original_path),
        file: SourceFile::new(original_path.clone(), text),
        original_path: original_path.into(),
    }
}

/// Says of a source which parts it has, where its settings do not, and that the built-in models of its name step aside.
fn complete(vars: &mut Map<String, Json>, name: &str, parts: &[&str]) {
    let settings = vars
        .get_mut("nexus")
        .and_then(|nexus| nexus.get_mut("sources"))
        .and_then(|sources| sources.get_mut(name))
        .and_then(Json::as_object_mut);
    if let Some(settings) = settings {
        settings
            .entry("models")
            .or_insert_with(|| Json::from(parts.to_vec()));
        if is_shipped(name) {
            settings.insert("shipped".to_owned(), Json::Bool(false));
        }
    }
}

/// Returns whether the built-in package has a source of this name.
fn is_shipped(name: &str) -> bool {
    let folder = format!("models/sources/{name}/");
    builtin::builtin_files("nexus")
        .iter()
        .any(|(path, _)| path.starts_with(&folder))
}

/// Returns the entity types of the framework and those that the variables declare.
fn entity_types(vars: &[&Map<String, Json>]) -> Vec<String> {
    let mut types = vec!["person".to_owned(), "group".to_owned()];
    for vars in vars {
        match vars.get("nexus").and_then(|nexus| nexus.get("entity_types")) {
            Some(Json::Array(names)) => {
                types.extend(names.iter().filter_map(|n| n.as_str().map(str::to_owned)))
            }
            Some(Json::Object(names)) => types.extend(names.keys().cloned()),
            _ => {}
        }
    }
    types
}
