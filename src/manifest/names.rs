//! Database, schema and alias of a node, by the macros that projects override.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::host::ParseHost;
use super::parse::Parsing;
use super::{Config, NodeKind};
use crate::adapters::{Policy, Relation};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::jinja::{Engine, Host};

/// What a naming macro sees of a node.
pub(super) struct Named<'a> {
    pub kind: NodeKind,
    pub package: &'a Arc<str>,
    pub name: &'a Arc<str>,
    pub fqn: &'a [Arc<str>],
    pub version: Option<&'a Json>,
    pub original_path: &'a Arc<str>,
    pub config: &'a Config,
}

/// Returns the relation that a node builds, and its alias.
pub(super) fn relation(cx: &Parsing<'_>, node: &Named<'_>) -> Result<(Relation, Arc<str>)> {
    let custom = |key: &str| node.config.get(key).filter(|v| !v.is_null()).cloned().unwrap_or(Json::Null);
    let database = name(cx, node, "generate_database_name", &custom("database"), |given| match given {
        Some(given) => given.trim().to_owned(),
        None => cx.options.adapter.database().to_owned(),
    })?;
    let schema = name(cx, node, "generate_schema_name", &custom("schema"), |given| match given {
        Some(given) => format!("{}_{}", cx.options.adapter.schema(), given.trim()),
        None => cx.options.adapter.schema().to_owned(),
    })?;
    let alias = name(cx, node, "generate_alias_name", &custom("alias"), |given| match (given, node.version) {
        (Some(given), _) => given.trim().to_owned(),
        (None, Some(version)) => format!("{}_v{}", node.name, version_text(version).replace('.', "_")),
        (None, None) => node.name.to_string(),
    })?;
    let quoting = node.config.get("quoting");
    let quote = |part: &str, otherwise: bool| {
        let own = quoting.and_then(|q| q.get(part)).and_then(Json::as_bool);
        own.or_else(|| cx.project.root().project.quoting.get(part).and_then(Json::as_bool)).unwrap_or(otherwise)
    };
    let mut relation = Relation::new(Some(&database), Some(&schema), Some(&alias));
    relation.quote_character = cx.options.adapter.dialect().quote_character();
    relation.quote =
        Policy { database: quote("database", true), schema: quote("schema", true), identifier: quote("identifier", true) };
    Ok((relation, Arc::from(alias)))
}

/// Returns a version as it stands in names.
pub(super) fn version_text(version: &Json) -> String {
    match version {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Calls a naming macro, or works the name out here where the built-in one is in force.
fn name(
    cx: &Parsing<'_>,
    node: &Named<'_>,
    macro_name: &'static str,
    custom: &Json,
    built_in: impl Fn(Option<&str>) -> String,
) -> Result<String> {
    let Some(found) = cx.naming(node.package, macro_name) else {
        // An empty string is "no name" for the built-in alias and database, but a name for the schema.
        let given = custom.as_str().filter(|t| !t.is_empty() || macro_name == "generate_schema_name");
        return Ok(built_in(given));
    };
    let host: Arc<dyn Host> = Arc::new(ParseHost::new(cx.shared.clone(), node.package.clone()));
    let custom = Engine::value(custom);
    let called = cx.engine.call(&found, vec![custom, Engine::value(&Json::Object(view(node)))], Vec::new(), &host);
    let called = called.map_err(|e| e.trace(format!("{macro_name} for `{}`", node.name), None))?;
    let text = match called.returned {
        Some(value) if value.is_none() => String::new(),
        Some(value) => Engine::text(&value),
        None => called.text,
    };
    let text = text.trim().to_owned();
    if text.is_empty() && macro_name == "generate_alias_name" {
        return Err(Diagnostic::error(Code::CONFIG, format!("{macro_name} gave no name for `{}`", node.name)));
    }
    Ok(text)
}

fn view(node: &Named<'_>) -> Map<String, Json> {
    let text = |s: &Arc<str>| Json::from(&**s);
    let mut map = Map::new();
    map.insert("resource_type".into(), node.kind.word().into());
    map.insert("name".into(), text(node.name));
    map.insert("package_name".into(), text(node.package));
    map.insert("original_file_path".into(), text(node.original_path));
    map.insert("path".into(), text(node.original_path));
    map.insert("fqn".into(), Json::Array(node.fqn.iter().map(text).collect()));
    map.insert("version".into(), node.version.cloned().unwrap_or_default());
    map.insert("unique_id".into(), format!("{}.{}.{}", node.kind.word(), node.package, node.name).into());
    map.insert("config".into(), Json::Object(node.config.values.clone()));
    map.insert("tags".into(), node.config.get("tags").cloned().unwrap_or_default());
    map.insert("meta".into(), node.config.get("meta").cloned().unwrap_or_default());
    map
}

