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

/// A part of a relation's name that a macro of the project may give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    Database,
    Schema,
    Alias,
}

/// The macros that give the parts, in the order of [`Naming`].
pub(super) const MACROS: [&str; 3] = [
    "generate_database_name",
    "generate_schema_name",
    "generate_alias_name",
];

/// Returns the relation that a node builds, and its alias.
pub(super) fn relation(cx: &Parsing<'_>, node: &Named<'_>) -> Result<(Relation, Arc<str>)> {
    let database = name(cx, node, Naming::Database, "database", |given| match given {
        Some(given) => given.trim().into(),
        None => cx.database.clone(),
    })?;
    let schema = name(cx, node, Naming::Schema, "schema", |given| match given {
        Some(given) => format!("{}_{}", cx.schema, given.trim()).into(),
        None => cx.schema.clone(),
    })?;
    let alias = name(cx, node, Naming::Alias, "alias", |given| {
        match (given, node.version) {
            (Some(given), _) => given.trim().into(),
            (None, Some(version)) => {
                format!("{}_v{}", node.name, version_text(version).replace('.', "_")).into()
            }
            (None, None) => node.name.clone(),
        }
    })?;
    let quoting = node.config.get("quoting");
    let quote = |part: &str, otherwise: bool| {
        let own = quoting.and_then(|q| q.get(part)).and_then(Json::as_bool);
        own.or_else(|| {
            cx.project
                .root()
                .project
                .quoting
                .get(part)
                .and_then(Json::as_bool)
        })
        .unwrap_or(otherwise)
    };
    let mut relation = Relation::new(None, None, None);
    (relation.database, relation.schema) = (Some(database), Some(schema));
    relation.identifier = Some(alias.clone());
    relation.belong_to(cx.options.adapter.dialect());
    relation.quote = Policy {
        database: quote("database", true),
        schema: quote("schema", true),
        identifier: quote("identifier", true),
    };
    Ok((relation, alias))
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
    part: Naming,
    key: &str,
    built_in: impl Fn(Option<&str>) -> Arc<str>,
) -> Result<Arc<str>> {
    let custom = node.config.get(key);
    let Some(found) = cx.naming(node.package, part) else {
        // An empty string is "no name" for the built-in alias and database, but a name for the schema.
        let given = custom
            .and_then(Json::as_str)
            .filter(|t| !t.is_empty() || part == Naming::Schema);
        return Ok(built_in(given));
    };
    let macro_name = MACROS[part as usize];
    let host: Arc<dyn Host> = Arc::new(ParseHost::new(cx.shared.clone(), node.package.clone()));
    let custom = Engine::value(custom.unwrap_or(&Json::Null));
    let called = cx.engine.call(
        found,
        vec![custom, Engine::value(&Json::Object(view(node)))],
        Vec::new(),
        &host,
    );
    let called = called.map_err(|e| e.trace(format!("{macro_name} for `{}`", node.name), None))?;
    let text = match called.returned {
        Some(value) if value.is_none() => String::new(),
        Some(value) => Engine::text(&value),
        None => called.text,
    };
    let text = text.trim();
    if text.is_empty() && part == Naming::Alias {
        return Err(Diagnostic::error(
            Code::CONFIG,
            format!("{macro_name} gave no name for `{}`", node.name),
        ));
    }
    Ok(text.into())
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
    map.insert(
        "unique_id".into(),
        format!("{}.{}.{}", node.kind.word(), node.package, node.name).into(),
    );
    map.insert("config".into(), Json::Object(node.config.values.clone()));
    map.insert(
        "tags".into(),
        node.config.get("tags").cloned().unwrap_or_default(),
    );
    map.insert(
        "meta".into(),
        node.config.get("meta").cloned().unwrap_or_default(),
    );
    map
}
