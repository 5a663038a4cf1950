//! What properties files say of macros, in the form that artifacts show.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::parse::Parsing;
use super::properties::{self, Entry};
use crate::diagnostic::Result;

/// Returns a macro's description, `meta`, `docs`, arguments and `patch_path`, descriptions rendered.
///
/// # Errors
/// What a description's template raised, at its place.
pub(super) fn patch(cx: &Parsing<'_>, entry: &Entry) -> Result<Json> {
    let config = properties::config_of(&entry.node);
    let mut docs = object(json!({ "show": true, "node_color": null }));
    docs.extend(
        config
            .get("docs")
            .and_then(Json::as_object)
            .cloned()
            .unwrap_or_default(),
    );
    let meta = config.get("meta").cloned().unwrap_or_else(|| json!({}));
    let mut arguments = Vec::new();
    for argument in entry
        .get("arguments")
        .and_then(crate::yaml::Node::as_seq)
        .unwrap_or_default()
    {
        let text = |key: &str| {
            argument
                .get(key)
                .filter(|n| !n.is_null())
                .map(crate::yaml::Node::key_text)
        };
        arguments.push(json!({
            "name": text("name"),
            "type": text("type"),
            "description": &*properties::description(cx, &entry.package, &entry.file, argument)?,
        }));
    }
    Ok(json!({
        "description": &*entry.description(cx)?,
        "meta": meta,
        "docs": docs,
        "arguments": arguments,
        "patch_path": &*entry.patch_path(),
    }))
}

/// Returns the id of the macro that an entry describes.
pub(super) fn macro_id(entry: &Entry) -> Arc<str> {
    format!("macro.{}.{}", entry.package, entry.name).into()
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
