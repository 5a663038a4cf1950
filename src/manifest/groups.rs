//! Groups of models, and their owners.

use serde_json::{Map, Value as Json, json};

use super::levels::settle;
use super::parse::Parsing;
use super::properties::Entry;
use super::sources::folders;
use super::{Manifest, NodeKind, described};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result};
use crate::yaml::Node as Yaml;

/// Adds the groups of all properties files.
pub(super) fn parse(cx: &Parsing<'_>, manifest: &mut Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    for entry in entries.iter().filter(|e| e.section == "groups") {
        let id = format!("group.{}.{}", entry.package, entry.name);
        match faults.take(group(cx, entry, &id)) {
            Some(group) => {
                manifest.groups.insert(id, Json::Object(group));
            }
            None => manifest.refused.entry(entry.section, &entry.node),
        }
    }
}

fn group(cx: &Parsing<'_>, entry: &Entry, id: &str) -> Result<Map<String, Json>> {
    let mut owner = match entry.get("owner").map(Yaml::to_json) {
        Some(Json::Object(owner)) => owner,
        _ => return Err(no_owner(entry)),
    };
    for key in ["email", "name"] {
        owner.entry(key).or_insert(Json::Null);
    }
    // dbt has no tree of configuration for groups: that of models, without its defaults, stands in.
    let mut fqn = vec![entry.package.clone()];
    fqn.extend(folders(entry));
    fqn.push(entry.name.clone());
    let folder = cx.levels.folder(NodeKind::Model, &entry.package, &fqn);
    let patch = described::own_config(entry);
    let settled = settle(&folder, Some(&patch), &Map::new());
    let mut config = Map::new();
    config.insert(
        "meta".into(),
        settled.config.get("meta").cloned().unwrap_or_else(|| json!({})),
    );
    for (key, value) in settled.unrendered.iter().filter(|(key, _)| *key != "meta") {
        config.insert(key.clone(), value.clone());
    }
    let mut group = Map::new();
    for (key, value) in [
        ("name", json!(&*entry.name)),
        ("resource_type", json!("group")),
        ("package_name", json!(&*entry.package)),
        ("path", json!(&*entry.file.resource.path)),
        ("original_file_path", json!(&*entry.file.resource.original_path)),
        ("unique_id", json!(id)),
        ("owner", Json::Object(owner)),
        (
            "description",
            entry.get("description").map_or(Json::Null, Yaml::to_json),
        ),
        ("config", Json::Object(config)),
    ] {
        group.insert(key.to_owned(), value);
    }
    Ok(group)
}

fn no_owner(entry: &Entry) -> Diagnostic {
    let message = format!("the group `{}` has no `owner`", entry.name);
    entry
        .error(&entry.node, Code::YAML_SHAPE, message)
        .hint("Write owner: {email: someone@example.com}; a name may stand beside it.")
}
