//! Sources: each table of a `sources:` entry is a node that nothing builds.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::levels::Levels;
use super::parse::Parsing;
use super::properties::{self, Entry, config_of};
use super::{Config, NodeId, Refused, SourceNode, check_source};
use crate::adapters::{Policy, Relation};
use crate::diagnostic::{Code, Diagnostics, Result};
use crate::yaml::Node as Yaml;

/// Parses the tables of all sources.
pub(super) fn parse(
    cx: &Parsing<'_>,
    entries: &[Entry],
    refused: &mut Refused,
    faults: &mut Diagnostics,
) -> Vec<SourceNode> {
    let mut sources = Vec::new();
    for entry in entries.iter().filter(|e| e.section == "sources") {
        let Some(tables) = entry.get("tables") else {
            continue;
        };
        faults.extend(check_source::warn_of_tags(entry, &entry.node));
        for table in faults
            .take(entry.file.document.expect_seq(tables, "tables"))
            .unwrap_or_default()
        {
            faults.extend(check_source::warn_of_tags(entry, table));
            match source(cx, entry, table) {
                Ok(made) => sources.push(made),
                Err(found) => {
                    let name = table.get("name").map(Yaml::key_text).unwrap_or_default();
                    refused.table(&entry.name, &name);
                    faults.push(found);
                }
            }
        }
    }
    sources
}

/// Returns the folders of a properties file below its search path.
pub(super) fn folders(entry: &Entry) -> impl Iterator<Item = Arc<str>> {
    let path = entry.file.resource.path.clone();
    let folders: Vec<Arc<str>> = match path.rsplit_once('/') {
        Some((folders, _)) => folders.split('/').map(Arc::from).collect(),
        None => Vec::new(),
    };
    folders.into_iter()
}

fn source(cx: &Parsing<'_>, entry: &Entry, table: &Yaml) -> Result<SourceNode> {
    let Some(name) = table.get("name").filter(|n| !n.is_null()) else {
        return Err(entry.error(
            table,
            Code::YAML_SHAPE,
            format!("a table of source `{}` has no `name`", entry.name),
        ));
    };
    let name: Arc<str> = name.key_text().into();
    let text = |node: Option<&Yaml>| node.filter(|n| !n.is_null()).map(Yaml::key_text);
    let mut fqn = vec![entry.package.clone()];
    fqn.extend(folders(entry));
    fqn.extend([entry.name.clone(), name.clone()]);
    let (config, unrendered_config) = config(&cx.levels, entry, table, &fqn);
    check_source::check(entry, table, &name, &config)?;
    let config = Arc::new(config);
    let database = text(entry.get("database"));
    let database = database
        .filter(|d| !d.is_empty())
        .unwrap_or_else(|| cx.options.adapter.database().to_owned());
    let schema = text(entry.get("schema"))
        .filter(|s| !s.is_empty())
        .unwrap_or_else(|| entry.name.to_string());
    let identifier: Arc<str> = text(table.get("identifier")).map_or_else(|| name.clone(), Arc::from);
    let quoting = |part: &str| {
        [table.get("quoting"), entry.get("quoting")]
            .into_iter()
            .flatten()
            .find_map(|q| q.get(part).and_then(Yaml::as_bool))
    };
    let quote = |part: &str| {
        let project = cx
            .project
            .root()
            .project
            .quoting
            .get(part)
            .and_then(Json::as_bool);
        quoting(part).or(project).unwrap_or(true)
    };
    let mut relation = Relation::new(Some(&database), Some(&schema), Some(&identifier));
    relation.belong_to(cx.options.adapter.dialect());
    relation.quote = Policy {
        database: quote("database"),
        schema: quote("schema"),
        identifier: quote("identifier"),
    };
    if cx.options.adapter.capability().external_sources {
        let mut values = Map::new();
        values.insert("name".into(), json!(name));
        values.insert("identifier".into(), json!(identifier));
        values.insert("schema".into(), json!(schema));
        values.insert("database".into(), json!(database));
        values.extend(
            config
                .get("meta")
                .and_then(Json::as_object)
                .cloned()
                .unwrap_or_default(),
        );
        values.extend(config.values.clone());
        let location = super::external::location(&values).map_err(|what| {
            entry.error(
                table,
                Code::CONFIG,
                format!("source `{}.{name}` {what}", entry.name),
            )
        })?;
        relation.replacement = location.map(Arc::from);
    }
    let mut extra = Map::new();
    extra.insert("quoting".into(), json!({
        "database": quoting("database"), "schema": quoting("schema"), "identifier": quoting("identifier"), "column": null,
    }));
    if let Some(value) = table.get("external").filter(|n| !n.is_null()) {
        extra.insert("external".into(), external(value.to_json()));
    }
    for key in ["freshness", "loaded_at_field", "loaded_at_query"] {
        extra.insert(key.into(), config.get(key).cloned().unwrap_or_default());
    }
    extra.insert(
        "source_meta".into(),
        config_of(&entry.node)
            .get("meta")
            .cloned()
            .unwrap_or_else(|| json!({})),
    );
    let written = |key: &str| {
        entry
            .raw
            .as_ref()
            .unwrap_or(&entry.node)
            .get(key)
            .map_or(Json::Null, Yaml::to_json)
    };
    extra.insert("unrendered_database".into(), written("database"));
    extra.insert("unrendered_schema".into(), written("schema"));
    let blocks = cx.doc_blocks(&entry.package, table);
    if !blocks.is_empty() {
        extra.insert("doc_blocks".into(), json!(blocks));
    }
    let file = &entry.file;
    Ok(SourceNode {
        id: NodeId::new(format!("source.{}.{}.{name}", entry.package, entry.name)),
        source_name: entry.name.clone(),
        package: entry.package.clone(),
        path: file.resource.original_path.clone(),
        original_path: file.resource.original_path.clone(),
        fqn,
        relation,
        identifier,
        unrendered_config: Arc::new(unrendered_config),
        description: properties::description(cx, &entry.package, file, table)?,
        source_description: entry.description(cx)?,
        columns: properties::columns(cx, &entry.package, file, table)?,
        declared_at: Some(table.span(&file.document.file)),
        tags: config.tags().into_iter().map(Arc::from).collect(),
        loader: text(entry.get("loader")).map_or_else(|| cx.empty.clone(), Arc::from),
        created_at: cx.created_at,
        extra,
        name,
        config,
    })
}

/// Brings the tags of a source into dbt's order, each once.
fn sort_tags(config: &mut Config) {
    let mut tags = config
        .get("tags")
        .and_then(Json::as_array)
        .cloned()
        .unwrap_or_default();
    tags.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    tags.dedup();
    config.values.insert("tags".into(), Json::Array(tags));
}

/// An `external:` with all the keys that dbt knows, and whatever else is written.
fn external(written: Json) -> Json {
    let Json::Object(mut given) = written else {
        return written;
    };
    let mut whole = Map::new();
    for key in [
        "location",
        "file_format",
        "row_format",
        "tbl_properties",
        "partitions",
    ] {
        whole.insert(key.to_owned(), given.shift_remove(key).unwrap_or_default());
    }
    whole.extend(given);
    Json::Object(whole)
}

/// Returns what of an entry and a table counts as configuration although it stands outside `config:`.
fn beside_config(entry: &Entry, table: &Yaml) -> Map<String, Json> {
    let mut found = Map::new();
    let empty = || json!({ "count": null, "period": null });
    let mut freshness = json!({ "warn_after": empty(), "error_after": empty(), "filter": null });
    let mut switched_off = false;
    for node in [&entry.node, table] {
        let places = [
            node.get("freshness"),
            node.get("config").and_then(|c| c.get("freshness")),
        ];
        for given in places.into_iter().flatten() {
            switched_off = given.is_null();
            for (key, value) in given.as_map().into_iter().flat_map(crate::yaml::Mapping::iter) {
                match (freshness.get_mut(key), value.to_json()) {
                    (Some(Json::Object(old)), Json::Object(new)) => old.extend(new),
                    (Some(old), new) => *old = new,
                    (None, _) => {}
                }
            }
        }
    }
    found.insert(
        "freshness".into(),
        if switched_off { Json::Null } else { freshness },
    );
    for key in ["loaded_at_field", "loaded_at_query"] {
        let of = |node: &Yaml| {
            let in_config = node.get("config").and_then(|c| c.get(key));
            in_config
                .or_else(|| node.get(key))
                .filter(|n| !n.is_null())
                .map(Yaml::to_json)
        };
        found.insert(
            key.into(),
            of(table).or_else(|| of(&entry.node)).unwrap_or_default(),
        );
    }
    found
}

/// Folder configuration, then the source's, then the table's; and the same as written.
fn config(levels: &Levels<'_>, entry: &Entry, table: &Yaml, fqn: &[Arc<str>]) -> (Config, Map<String, Json>) {
    let mut values = Map::new();
    for (key, value) in [
        ("enabled", json!(true)),
        ("event_time", Json::Null),
        ("freshness", Json::Null),
        ("loaded_at_field", Json::Null),
        ("loaded_at_query", Json::Null),
        ("meta", json!({})),
        ("tags", json!([])),
        ("static_analysis", Json::Null),
    ] {
        values.insert(key.to_owned(), value);
    }
    let mut config = Config { values };
    let beside = beside_config(entry, table);
    let mut unrendered = Map::new();
    for level in levels.of_sources(&entry.package, fqn) {
        config.lay(&level, levels.aliases);
        super::levels::lay_unrendered(&mut unrendered, level, levels.aliases);
    }
    for level in [config_of(&entry.node), config_of(table), beside] {
        config.lay(&level, levels.aliases);
        super::levels::lay_unrendered(&mut unrendered, level, levels.aliases);
    }
    sort_tags(&mut config);
    // Of these two, dbt keeps what the properties say, without the folders.
    let mut of_properties = Config {
        values: super::files::map(json!({ "meta": {}, "tags": [] })),
    };
    for level in [config_of(&entry.node), config_of(table)] {
        of_properties.lay(&level, levels.aliases);
    }
    sort_tags(&mut of_properties);
    for key in ["meta", "tags"] {
        unrendered.insert(
            key.to_owned(),
            of_properties.get(key).cloned().unwrap_or_default(),
        );
    }
    let set = |part: &str| {
        unrendered["freshness"]
            .get(part)
            .is_some_and(|p| p.get("count").is_some_and(|c| !c.is_null()))
    };
    if unrendered.get("freshness").is_some_and(Json::is_object) && !set("warn_after") && !set("error_after") {
        unrendered.remove("freshness");
    }
    (config, unrendered)
}
