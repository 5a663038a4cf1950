//! `deps --add-package`: writes a package into `packages.yml`, in place of entries for the same one.

use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::{DEPENDENCIES, PACKAGES, yaml_text};
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile};
use crate::fs;
use crate::yaml;

/// Where a package to add comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdditionSource {
    #[default]
    Hub,
    Git,
    Local,
}

/// A package to add.
#[derive(Debug, Clone)]
pub struct Addition {
    pub name: String,
    pub version: Option<String>,
    pub source: AdditionSource,
}

/// Writes a package into the file that names a project's packages. Returns lines that say what was done.
pub(super) fn add(root: &Path, addition: &Addition) -> Result<Vec<String>> {
    let named = |name: &str| read(root, name).map(|d| d.filter(|d| d.get("packages").is_some()));
    let (file_name, content) = match named(DEPENDENCIES)? {
        Some(content) => (DEPENDENCIES, content),
        None => (PACKAGES, read(root, PACKAGES)?.unwrap_or_default()),
    };
    let mut content = content;
    let list = content.entry("packages").or_insert_with(|| json!([]));
    if list.is_null() {
        *list = json!([]);
    }
    let Some(entries) = list.as_array_mut() else {
        return Err(Diagnostic::error(
            Code::PACKAGE,
            format!("`packages` of `{file_name}` is not a list"),
        ));
    };
    let mut said = Vec::new();
    entries.retain(|entry| {
        let same = is_same(entry, &addition.name);
        if same {
            said.push(format!("Removed the entry of the same package: {entry}"));
        }
        !same
    });
    entries.push(entry(addition)?);
    let version = addition
        .version
        .as_deref()
        .map(|v| format!(" {v}"))
        .unwrap_or_default();
    said.push(format!("Added {}{version} to {file_name}", addition.name));
    fs::write_atomic(
        &root.join(file_name),
        yaml_text::write(&Json::Object(content)).as_bytes(),
    )?;
    Ok(said)
}

fn read(root: &Path, name: &str) -> Result<Option<Map<String, Json>>> {
    let path = root.join(name);
    if !path.is_file() {
        return Ok(None);
    }
    let document = yaml::parse(&SourceFile::new(name, fs::read_as(&path, name)?))?;
    if document.root.is_null() {
        return Ok(Some(Map::new()));
    }
    document.expect_map(&document.root, &format!("`{name}`"))?;
    Ok(document.root.to_json().as_object().cloned())
}

fn entry(addition: &Addition) -> Result<Json> {
    let (kind, version_key) = match addition.source {
        AdditionSource::Hub => ("package", "version"),
        AdditionSource::Git => ("git", "revision"),
        AdditionSource::Local => ("local", "version"),
    };
    let mut entry = Map::new();
    entry.insert(kind.to_owned(), json!(addition.name));
    match (&addition.version, addition.source) {
        (None, AdditionSource::Hub) => {
            let message = format!("`--add-package {}` names no version", addition.name);
            let hint = format!(
                "Write `--add-package {}@1.0.0`, or a range such as `@\">=1.0.0,<2.0.0\"`.",
                addition.name
            );
            return Err(Diagnostic::error(Code::USAGE, message).hint(hint));
        }
        (None, _) | (_, AdditionSource::Local) => {}
        (Some(version), _) if version.contains(',') => {
            let all: Vec<&str> = version.split(',').collect();
            entry.insert(version_key.to_owned(), json!(all));
        }
        (Some(version), _) => {
            entry.insert(version_key.to_owned(), json!(version));
        }
    }
    Ok(Json::Object(entry))
}

/// Says whether an entry is for a package, whichever way it is fetched: `dbt-labs/dbt_utils` is also
/// `https://github.com/dbt-labs/dbt-utils.git`.
fn is_same(entry: &Json, name: &str) -> bool {
    let kinds = ["package", "git", "local", "tarball", "private"];
    let Some(place) = kinds.iter().find_map(|kind| entry.get(kind)?.as_str()) else {
        return false;
    };
    let short = name.rsplit('/').next().unwrap_or(name);
    [name, short]
        .iter()
        .flat_map(|n| [(*n).to_owned(), n.replace('_', "-"), n.replace('-', "_")])
        .filter(|n| !n.is_empty())
        .any(|n| {
            let Some(at) = place.find(&n) else { return false };
            let is_edge = |c: Option<char>| c.is_none_or(|c| matches!(c, '/' | '.'));
            is_edge(place[..at].chars().next_back()) && is_edge(place[at + n.len()..].chars().next())
        })
}
