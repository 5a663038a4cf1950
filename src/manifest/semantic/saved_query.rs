//! Saved queries: metrics with what they are grouped and filtered by, and where they are exported to.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::{Part, fields};
use crate::diagnostic::Result;
use crate::manifest::names::{self, Named};
use crate::manifest::parse::Parsing;
use crate::manifest::properties::Entry;
use crate::manifest::{Config, Node, NodeKind, described};
use crate::yaml::Node as Yaml;

/// Returns the saved query of an entry.
pub(super) fn read(cx: &Parsing<'_>, entry: &Entry) -> Result<Node> {
    let part = Part::of(cx, entry);
    let params = part.at(part.required("query_params")?);
    let query_params = json!({
        "metrics": params.texts("metrics")?,
        "group_by": params.texts("group_by")?,
        "where": params.filter("where")?,
        "order_by": params.texts("order_by")?,
        "limit": params.whole("limit")?,
    });
    let mut node = described::node(cx, entry, NodeKind::SavedQuery, Map::new())?;
    let exports = part.list("exports")?.iter();
    let exports: Vec<Json> = exports
        .map(|item| export(part.at(item), &node))
        .collect::<Result<_>>()?;
    node.tags = described::all_tags(&node.config, part.value("tags"));
    node.extra = fields([
        ("query_params", query_params),
        ("exports", exports.into()),
        ("description", Json::Null),
        ("label", part.text("label")?),
        ("metadata", Json::Null),
        ("config", Json::Null),
        ("unrendered_config", Json::Null),
        ("group", Json::Null),
        ("depends_on", Json::Null),
        ("refs", Json::Null),
        ("tags", Json::Null),
    ]);
    Ok(node)
}

fn export(part: Part<'_>, query: &Node) -> Result<Json> {
    let name: Arc<str> = part.required("name")?.key_text().into();
    let written = match part.get("config").map(Yaml::to_json) {
        Some(Json::Object(config)) => config,
        _ => Map::new(),
    };
    // A query's own configuration stands behind that of an export.
    let given = |key: &str| {
        let own = written.get(key).filter(|v| !v.is_null());
        own.or_else(|| query.config.get(key).filter(|v| !v.is_null()))
            .cloned()
            .unwrap_or_default()
    };
    let mut naming = Config::default();
    for key in ["alias", "database"] {
        naming.values.insert(key.to_owned(), given(key));
    }
    let (relation, alias) = names::relation(
        part.cx,
        &Named {
            kind: NodeKind::SavedQuery,
            package: &query.package,
            name: &name,
            fqn: &query.fqn,
            version: None,
            original_path: &query.original_path,
            config: &naming,
        },
    )?;
    let schema = match (given("schema_name"), given("schema")) {
        (Json::Null, Json::Null) => json!(relation.schema.as_deref()),
        (Json::Null, schema) => schema,
        (named, _) => named,
    };
    let alias = match given("alias") {
        Json::Null => json!(&*alias),
        own => own,
    };
    let export_as = match given("export_as") {
        Json::String(text) => text.to_lowercase(),
        other => other.to_string(),
    };
    if !matches!(export_as.as_str(), "table" | "view") {
        let place = part
            .get("config")
            .and_then(|c| c.get("export_as"))
            .unwrap_or(part.node);
        let what = format!("has the export `{name}` with `export_as: {export_as}`");
        return Err(part.fault(place, what).hint("It is `table` or `view`."));
    }
    Ok(json!({
        "name": &*name,
        "config": {
            "export_as": export_as, "schema_name": schema, "alias": alias,
            "database": relation.database.as_deref(),
        },
        "unrendered_config": written,
    }))
}
