//! Exposures, groups, and the kinds of resource that are carried along without being run.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::parse::Parsing;
use super::properties::Entry;
use super::sources::folders;
use super::{Exposure, Manifest, NodeId};
use crate::diagnostic::{Code, Diagnostics, SourceFile};
use crate::yaml::Node as Yaml;

/// Adds exposures and keeps other kinds as their files have them.
pub(super) fn parse(cx: &Parsing<'_>, manifest: &mut Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    for entry in entries {
        let kept = match entry.section {
            "exposures" => {
                if let Some(made) = faults.take(exposure(cx, entry)) {
                    manifest.exposures.insert(made.id.clone(), Arc::new(made));
                }
                continue;
            }
            "groups" => ("groups", "group"),
            "metrics" => ("metrics", "metric"),
            "semantic_models" => ("semantic_models", "semantic_model"),
            "saved_queries" => ("saved_queries", "saved_query"),
            _ => continue,
        };
        let (section, word) = kept;
        let id = format!("{word}.{}.{}", entry.package, entry.name);
        let mut value = match entry.node.to_json() {
            Json::Object(map) => map,
            _ => Map::new(),
        };
        if section == "groups" {
            let meta = entry.config().get("meta").cloned().unwrap_or_else(|| json!({}));
            value.insert("config".into(), json!({ "meta": meta }));
            value.entry("description").or_insert(Json::Null);
            if let Some(Json::Object(owner)) = value.get_mut("owner") {
                owner.entry("name").or_insert(Json::Null);
            }
        }
        value.insert("unique_id".into(), id.as_str().into());
        value.insert("resource_type".into(), word.into());
        value.insert("package_name".into(), (&*entry.package).into());
        value.insert(
            "original_file_path".into(),
            (&*entry.file.resource.original_path).into(),
        );
        value.insert("path".into(), (&*entry.file.resource.path).into());
        manifest
            .other
            .entry(section)
            .or_default()
            .insert(id, Json::Object(value));
    }
}

fn exposure(cx: &Parsing<'_>, entry: &Entry) -> Result<Exposure, crate::diagnostic::Diagnostic> {
    let mut fqn = vec![entry.package.clone()];
    fqn.extend(folders(entry));
    fqn.push(entry.name.clone());
    let mut made = Exposure {
        id: NodeId::new(format!("exposure.{}.{}", entry.package, entry.name)),
        name: entry.name.clone(),
        package: entry.package.clone(),
        path: entry.file.resource.path.clone(),
        original_path: entry.file.resource.original_path.clone(),
        fqn,
        refs: Vec::new(),
        sources: Vec::new(),
        depends_on: Vec::new(),
        tags: entry
            .config()
            .get("tags")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .map(Arc::from)
            .collect(),
        declared_at: Some(entry.node.span(&entry.file.document.file)),
        extra: match entry.node.to_json() {
            Json::Object(map) => map,
            _ => Map::new(),
        },
    };
    let list = entry.get("depends_on").and_then(Yaml::as_seq).unwrap_or_default();
    for item in list {
        let text = entry.file.document.expect_str(item, "an entry of depends_on")?;
        let file = SourceFile::new(format!("{}", made.id), format!("{{{{ {text} }}}}"));
        let scan = cx.engine.scan(&file, &entry.package)?;
        if scan.refs.is_empty() && scan.sources.is_empty() {
            return Err(entry
                .error(
                    item,
                    Code::YAML_SHAPE,
                    format!("the exposure depends on `{text}`, which is no ref() or source()"),
                )
                .hint("Write ref('model') or source('source', 'table')."));
        }
        made.refs.extend(scan.refs.into_iter().map(|(call, _)| call));
        made.sources
            .extend(scan.sources.into_iter().map(|(source, _)| source));
    }
    Ok(made)
}
