//! SQL files and seeds: each becomes a node.

use std::sync::Arc;

use md5::Digest;
use serde_json::{Map, Value as Json, json};

use super::check_config;
use super::constraint_targets::{self, Constrained};
use super::hooks;
use super::host::{ParseHost, Recorded};
use super::levels::{Settled, settle};
use super::names::{self, Named};
use super::node::is_python;
use super::parse::{Parsing, add_call};
use super::properties::{self, Patches};
use super::python_models;
use super::versions::{Version, Versions, suffix};
use super::{Node, NodeId, NodeKind, TestInfo};
use crate::diagnostic::{Code, Diagnostics, Result, SourceFile, Span};
use crate::fs;
use crate::jinja::{BlockKind, Host, RefCall};
use crate::project::{ResourceFile, ResourceKind, published};

/// A parsed node; a file of snapshot blocks gives several.
pub(super) type Parsed = Arc<Node>;

/// What a template says, found by reading it or by rendering it.
#[derive(Default)]
pub(super) struct Said {
    pub recorded: Recorded,
    pub ref_spans: Vec<Option<Span>>,
    pub source_spans: Vec<Option<Span>>,
}

/// Returns a file's name without its ending.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Parses a file into its nodes.
pub(super) fn parse_file(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    resource: &ResourceFile,
    patches: &Patches<'_>,
    versions: &Versions<'_>,
) -> Result<Vec<Parsed>, Diagnostics> {
    let kind = match resource.kind {
        ResourceKind::Seed => NodeKind::Seed,
        ResourceKind::SingularTest => NodeKind::Test,
        ResourceKind::Analysis => NodeKind::Analysis,
        ResourceKind::Function => NodeKind::Function,
        ResourceKind::Snapshot => return snapshots(cx, package, resource, patches),
        _ => NodeKind::Model,
    };
    let stem = stem(&resource.path);
    let version = (kind == NodeKind::Model)
        .then(|| versions.of_file(package, stem))
        .flatten();
    let name: Arc<str> = version.map_or_else(|| Arc::from(stem), |v| v.entry.name.clone());
    let piece = Piece {
        kind,
        name,
        range: None,
        version,
        in_yaml: None,
    };
    Ok(vec![Arc::new(node(cx, package, resource, patches, piece)?)])
}

/// Returns the names that a file gives to its nodes, whether or not it can be parsed.
pub(super) fn names(
    cx: &Parsing<'_>,
    package: &str,
    resource: &ResourceFile,
    versions: &Versions<'_>,
) -> Vec<String> {
    let stem = stem(&resource.path);
    let of_model = versions.of_file(package, stem).map(|v| v.entry.name.to_string());
    let blocks = (resource.kind == ResourceKind::Snapshot)
        .then(|| cx.engine.blocks(&resource.file).ok())
        .flatten();
    let of_blocks = blocks.into_iter().flatten().map(|block| block.name.to_string());
    std::iter::once(of_model.unwrap_or_else(|| stem.to_owned()))
        .chain(of_blocks)
        .collect()
}

struct Piece<'v, 'e> {
    kind: NodeKind,
    name: Arc<str>,
    /// The stretch of the file, where the node is not all of it.
    range: Option<(u32, u32)>,
    version: Option<&'v Version<'e>>,
    /// The entry of a snapshot that is written in YAML alone.
    in_yaml: Option<&'v properties::Entry>,
}

/// Parses a snapshot that is written in YAML alone: all rows of its `relation`.
///
/// # Errors
/// `N0208` where `relation` is neither a ref nor a source; what its configuration gives.
pub(super) fn snapshot_in_yaml(
    cx: &Parsing<'_>,
    entry: &properties::Entry,
    patches: &Patches<'_>,
) -> Result<Option<Parsed>, Diagnostics> {
    let Some(relation) = entry.get("relation").filter(|_| entry.section == "snapshots") else {
        return Ok(None);
    };
    let text = relation.as_str().unwrap_or_default();
    let of_file = &entry.file.resource;
    let resource = ResourceFile {
        kind: ResourceKind::Snapshot,
        path: format!("{}/{}.sql", of_file.path, entry.name).into(),
        file: SourceFile::new(
            of_file.file.path().clone(),
            format!("select * from {{{{ {text} }}}}"),
        ),
        ..of_file.clone()
    };
    let scan = cx.engine.scan(&resource.file, &entry.package).ok();
    if !scan.is_some_and(|s| !s.must_render && s.refs.len() + s.sources.len() == 1) {
        return Err(entry
            .error(
                relation,
                crate::diagnostic::Code::CONFIG,
                format!(
                    "the relation of snapshot `{}` is neither a ref nor a source",
                    entry.name
                ),
            )
            .hint("Write `relation: ref('name')` or `relation: source('source', 'table')`.")
            .into());
    }
    let piece = Piece {
        kind: NodeKind::Snapshot,
        name: entry.name.clone(),
        range: None,
        version: None,
        in_yaml: Some(entry),
    };
    node(cx, &entry.package, &resource, patches, piece).map(|node| Some(Arc::new(node)))
}

fn snapshots(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    resource: &ResourceFile,
    patches: &Patches<'_>,
) -> Result<Vec<Parsed>, Diagnostics> {
    let blocks = cx.engine.blocks(&resource.file)?;
    blocks
        .into_iter()
        .filter(|b| b.kind == BlockKind::Snapshot)
        .map(|b| {
            let piece = Piece {
                kind: NodeKind::Snapshot,
                name: b.name,
                range: Some(b.inner),
                version: None,
                in_yaml: None,
            };
            node(cx, package, resource, patches, piece).map(Arc::new)
        })
        .collect()
}

/// Returns the range of a text without blanks at its ends, as dbt strips files.
fn stripped(text: &str) -> (u32, u32) {
    let left = text.len() - text.trim_start().len();
    let from = u32::try_from(left).unwrap_or(0);
    (from, from + u32::try_from(text.trim().len()).unwrap_or(0))
}

#[expect(
    clippy::too_many_lines,
    reason = "one field after the other of a node with many"
)]
fn node(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    resource: &ResourceFile,
    patches: &Patches<'_>,
    piece: Piece<'_, '_>,
) -> Result<Node, Diagnostics> {
    let Piece {
        kind,
        name,
        range,
        version,
        in_yaml,
    } = piece;
    let is_seed = kind == NodeKind::Seed;
    let text: &str = resource.file.text();
    // A file is stripped, a block is not, as in dbt.
    let range = range.unwrap_or_else(|| stripped(text));
    let raw_code: Arc<str> = if is_seed {
        cx.empty.clone()
    } else if range.0 == 0 && range.1 as usize == text.len() {
        resource.file.text().clone()
    } else {
        Arc::from(&text[range.0 as usize..range.1 as usize])
    };
    let fqn = match in_yaml {
        Some(entry) => fqn_in_yaml(entry),
        None => fqn(package, resource, &name, kind, version),
    };
    let section = match kind {
        NodeKind::Seed => "seeds",
        NodeKind::Snapshot => "snapshots",
        NodeKind::Analysis => "analyses",
        NodeKind::Function => "functions",
        NodeKind::Test => "data_tests",
        _ => "models",
    };
    let entry = match version {
        Some(version) => Some(version.entry),
        None => patches.get(section, package, &name).or_else(|| {
            patches
                .get("tests", package, &name)
                .filter(|_| kind == NodeKind::Test)
        }),
    };
    let mut patch = entry.map(properties::Entry::config).unwrap_or_default();
    if let Some(version) = version {
        super::versions::merge_config(&mut patch, properties::node_config_of(version.node));
    }
    if kind == NodeKind::Model && is_python(&resource.original_path) {
        // What a folder says of it is passed over, as in dbt: views are not for Python.
        patch.entry("materialized").or_insert_with(|| "table".into());
    }
    let mut said = if is_seed {
        Said::default()
    } else {
        says(cx, package, resource, range, kind, &name)?
    };
    let call = &said.recorded.config;
    if kind == NodeKind::Model
        && let Some(aliases) = cx.options.adapter.published_keys()
    {
        let is_python = is_python(&resource.original_path);
        let found = published::of_call(call, &resource.file, is_python, aliases);
        if let Ok(mut all) = cx.beyond_published.lock() {
            all.push(found);
        }
    }
    let folder = cx.levels.folder(kind, package, &fqn);
    let settled = settle(&folder, Some(&patch), call);
    let arguments = || {
        let scan = cx.engine.scan_range(&resource.file, Some(range), package);
        scan.map(|s| s.config).unwrap_or_default()
    };
    let origin = check_config::Origin {
        kind,
        name: &name,
        file: &resource.file,
        entry,
        aliases: cx.levels.aliases,
        arguments: &arguments,
    };
    check_config::check(&settled, &origin)?;
    // A project's own `generate_database_name` need not ask for the catalog.
    if !cx.options.adapter.capability().other_catalogs
        && cx.naming(package, names::Naming::Database).is_none()
    {
        check_config::check_catalog(&settled.config, &origin)?;
    }
    let Settled {
        config,
        unrendered: unrendered_config,
        ..
    } = settled;
    let named = Named {
        kind,
        package,
        name: &name,
        fqn: &fqn,
        version: version.map(|v| &v.v),
        original_path: &resource.original_path,
        config: &config,
    };
    let (mut relation, alias) = names::relation(cx, &named)?;
    if kind == NodeKind::Snapshot {
        // These are taken as they stand, past the naming macros.
        let given = |key: &str| config.str(key).filter(|t| !t.is_empty()).map(Arc::from);
        relation.database = given("target_database").or(relation.database);
        relation.schema = given("target_schema").or(relation.schema);
    }
    let config = keep_folder_values(config, &folder);
    let mut id = format!("{}.{package}.{name}", kind.word());
    if let Some(version) = version {
        id.push_str(&format!(".{}", suffix(&version.v)));
    }
    let (description, columns) = match entry {
        Some(entry) => {
            let described = match version.filter(|v| v.node.get("description").is_some()) {
                Some(version) => properties::description(cx, package, &entry.file, version.node)?,
                // dbt does not render what functions say of themselves.
                None if kind == NodeKind::Function => entry
                    .get("description")
                    .map_or_else(|| cx.empty.clone(), |n| Arc::from(n.key_text())),
                None => entry.description(cx)?,
            };
            let columns = match version {
                Some(version) => {
                    let merged = super::versions::columns(&entry.node, version.node);
                    properties::columns_of(cx, package, &entry.file, &merged)?
                }
                None => properties::columns(cx, package, &entry.file, &entry.node)?,
            };
            (described, columns)
        }
        None => (cx.empty.clone(), cx.no_columns.clone()),
    };
    let mut extra = Map::new();
    if let Some(entry) = entry {
        if let Some(value) = entry.get("constraints") {
            extra.insert("constraints".into(), value.to_json());
        }
        if let Some(value) = entry.get("time_spine").filter(|v| !v.is_null()) {
            let spine = super::time_spine::read(entry, value, columns.values())?;
            extra.insert("time_spine".into(), spine);
        }
        // A version has its own date or none.
        let dated = version.map_or(&entry.node, |v| v.node).get("deprecation_date");
        if let Some(date) = dated.filter(|n| !n.is_null()) {
            extra.insert("deprecation_date".into(), moment(entry, date)?.into());
        }
        if let Some(Json::Array(constraints)) = extra.get_mut("constraints") {
            for constraint in constraints {
                *constraint = super::constraints::full(constraint, true);
            }
        }
        let own = version.map_or(&entry.node, |v| v.node);
        let described = if own.get("description").is_some() {
            own
        } else {
            &entry.node
        };
        let blocks = cx.doc_blocks(package, described);
        if !blocks.is_empty() && kind != NodeKind::Function {
            extra.insert("doc_blocks".into(), json!(blocks));
        }
    }
    let place = in_yaml.map_or_else(
        || Span::new(&resource.file, range.0, range.0),
        |entry| entry.node.span(&entry.file.document.file),
    );
    if in_yaml.is_some() {
        said.ref_spans = vec![None; said.recorded.refs.len()];
        said.source_spans = vec![None; said.recorded.sources.len()];
    }
    if kind == NodeKind::Model {
        let model = Constrained {
            package,
            name: &name,
            config: &config,
            extra: &extra,
            columns: columns.values().collect(),
        };
        let place = || entry.map_or_else(|| place.clone(), |e| e.node.span(&e.file.document.file));
        let targets =
            constraint_targets::read(cx, &model, entry.is_some() && !is_python(&resource.original_path))
                .map_err(|e| e.at(place()))?;
        // Places stand beside refs one by one, so those without one are filled up.
        said.ref_spans.resize(said.recorded.refs.len(), None);
        said.source_spans.resize(said.recorded.sources.len(), None);
        said.recorded.refs.extend(targets.refs);
        said.recorded.sources.extend(targets.sources);
    }
    if kind == NodeKind::Function {
        extra.extend(function_fields(entry));
    }
    if !said.recorded.functions.is_empty() {
        let calls = said
            .recorded
            .functions
            .iter()
            .map(|(package, name)| match package {
                Some(package) => json!([&**package, &**name]),
                None => json!([&**name]),
            });
        extra.insert("functions".into(), calls.collect());
    }
    if is_seed {
        let root = cx
            .project
            .package(package)
            .map(|p| p.root_dir.display().to_string())
            .unwrap_or_default();
        extra.insert("root_path".into(), json!(root));
    }
    let hooked = hooks::calls(
        cx,
        &hooks::Owner {
            kind,
            package,
            name: &name,
            alias: &alias,
            fqn: &fqn,
            original_path: &resource.original_path,
            relation: &relation,
            config: &config,
        },
    )?;
    // dbt lists the file's own tags before those of the properties; the configuration has them the other way round.
    let own_tags = strings_of(call.get("tags"));
    let patch_tags = strings_of(patch.get("tags"));
    let text_of = |key: &str| config.str(key).map(Arc::from);
    let checksum = if is_seed {
        seed_checksum(resource)?
    } else if kind == NodeKind::Snapshot {
        let file = in_yaml.map_or(&resource.file, |entry| &entry.file.resource.file);
        ("sha256", sha256(file.text().trim()))
    } else {
        ("sha256", sha256(&raw_code))
    };
    let tags = tags_of(&config, &own_tags, &patch_tags);
    let Said {
        mut recorded,
        mut ref_spans,
        mut source_spans,
    } = said;
    recorded.add_hooks(hooked);
    ref_spans.resize(recorded.refs.len(), None);
    source_spans.resize(recorded.sources.len(), None);
    Ok(Node {
        id: NodeId::new(id),
        kind,
        path: path_of(resource, kind),
        original_path: resource.original_path.clone(),
        fqn,
        relation,
        alias,
        raw_code,
        file: resource.file.clone(),
        range: Some(range),
        declared_at: Some(place),
        unrendered_config,
        tags,
        description,
        columns,
        group: text_of("group"),
        access: (kind == NodeKind::Model).then(|| text_of("access")).flatten(),
        version: version.map(|v| v.v.clone()),
        latest_version: version.map(|v| v.latest.clone()),
        patch_path: entry.map(properties::Entry::patch_path),
        refs: recorded.refs,
        sources: recorded.sources,
        ref_spans,
        source_spans,
        depends_on_macros: recorded.macros,
        depends_on: Vec::new(),
        checksum,
        created_at: cx.created_at,
        test: (kind == NodeKind::Test).then(|| Box::new(TestInfo::default())),
        extra,
        name,
        package: package.clone(),
        config,
    })
}

/// A null that a file says counts for the node's names alone: its configuration keeps what the folders say.
fn keep_folder_values(config: Arc<super::Config>, folder: &super::levels::Folder) -> Arc<super::Config> {
    let of_folder = |key: &str| folder.base.get(key).filter(|v| !v.is_null());
    let nulls = config.values.iter().filter(|(_, v)| v.is_null());
    let lost: Vec<(String, Json)> = nulls
        .filter_map(|(key, _)| of_folder(key).map(|v| (key.clone(), v.clone())))
        .collect();
    if lost.is_empty() {
        return config;
    }
    let mut kept = Arc::unwrap_or_clone(config);
    kept.values.extend(lost);
    Arc::new(kept)
}

fn strings_of(value: Option<&Json>) -> Vec<&str> {
    match value {
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
        Some(Json::String(one)) => vec![one],
        _ => Vec::new(),
    }
}

/// Returns a node's tags: those of folders, then the file's own, then those of its properties.
fn tags_of(config: &super::Config, own: &[&str], of_patch: &[&str]) -> Vec<Arc<str>> {
    let mut tags: Vec<&str> = config.tags();
    let (patched, owned) = (of_patch.len(), own.len());
    // What the root project says of a package's node stands at the end and stays there.
    if patched > 0 && owned > 0 {
        let at = tags
            .windows(patched + owned)
            .position(|w| w[..patched] == *of_patch && w[patched..] == *own);
        if let Some(at) = at {
            tags[at..at + patched + owned].rotate_left(patched);
        }
    }
    tags.into_iter().map(Arc::from).collect()
}

/// Returns what the properties of a function say of its arguments and its result.
fn function_fields(entry: Option<&properties::Entry>) -> Map<String, Json> {
    let text = |node: &crate::yaml::Node, key: &str| {
        let found = node.get(key).filter(|n| !n.is_null());
        found.map_or(Json::Null, |n| Json::from(n.key_text()))
    };
    let listed = entry
        .and_then(|e| e.get("arguments")?.as_seq())
        .unwrap_or_default();
    let arguments: Vec<Json> = listed
        .iter()
        .map(|argument| {
            json!({
                "name": text(argument, "name"),
                "data_type": text(argument, "data_type"),
                "description": text(argument, "description"),
                "default_value": argument.get("default_value").map(crate::yaml::Node::to_json),
            })
        })
        .collect();
    let returns = match entry.and_then(|e| e.get("returns")) {
        Some(returns) => json!({
            "data_type": text(returns, "data_type"), "description": text(returns, "description"),
        }),
        None => json!({ "data_type": "", "description": null }),
    };
    map(json!({ "arguments": arguments, "returns": returns }))
}

/// Writes the date of an entry as the artifact has it: `2024-02-03T00:00:00+00:00`, in UTC unless it says otherwise.
fn moment(entry: &properties::Entry, date: &crate::yaml::Node) -> Result<String> {
    let text = date.key_text();
    let fault = || {
        entry
            .error(date, Code::YAML_SHAPE, format!("`{text}` is no date"))
            .hint("Write it so: deprecation_date: 2030-12-31")
    };
    let at = super::time_of(&text).ok_or_else(fault)?;
    Ok(at.format("%Y-%m-%dT%H:%M:%S+00:00").to_string())
}

fn path_of(resource: &ResourceFile, kind: NodeKind) -> Arc<str> {
    match kind {
        NodeKind::Analysis => format!("analysis/{}", resource.path).into(),
        _ => resource.path.clone(),
    }
}

/// Returns the name of a snapshot in YAML for selection: without its file, unlike that of a block.
fn fqn_in_yaml(entry: &properties::Entry) -> Vec<Arc<str>> {
    let mut fqn = vec![entry.package.clone()];
    if let Some((folders, _)) = entry.file.resource.path.rsplit_once('/') {
        fqn.extend(folders.split('/').map(Arc::from));
    }
    fqn.push(entry.name.clone());
    fqn
}

fn fqn(
    package: &Arc<str>,
    resource: &ResourceFile,
    name: &Arc<str>,
    kind: NodeKind,
    version: Option<&Version<'_>>,
) -> Vec<Arc<str>> {
    let mut fqn = vec![package.clone()];
    if kind == NodeKind::Analysis {
        fqn.push(Arc::from("analysis"));
    }
    if let Some((folders, file)) = resource.path.rsplit_once('/') {
        fqn.extend(folders.split('/').map(Arc::from));
        if kind == NodeKind::Snapshot {
            let stem = file.rsplit_once('.').map_or(file, |(s, _)| s);
            fqn.push(Arc::from(stem));
        }
    } else if kind == NodeKind::Snapshot {
        fqn.push(Arc::from(
            resource.path.rsplit_once('.').map_or(&*resource.path, |(s, _)| s),
        ));
    }
    fqn.push(name.clone());
    if let Some(version) = version {
        fqn.push(suffix(&version.v));
    }
    fqn
}

/// Finds what a template says: by reading where that is enough, else by rendering it once.
pub(super) fn says(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    resource: &ResourceFile,
    range: (u32, u32),
    kind: NodeKind,
    name: &Arc<str>,
) -> Result<Said> {
    if kind == NodeKind::Model && is_python(&resource.original_path) {
        let read = python_models::read(&resource.file)?;
        let mut said = Said {
            ref_spans: read.ref_spans,
            source_spans: read.source_spans,
            ..Said::default()
        };
        for (key, value) in read.config {
            add_call(&mut said.recorded.config, &key, value);
        }
        (said.recorded.refs, said.recorded.sources) = (read.refs, read.sources);
        return Ok(said);
    }
    let scan = cx.engine.scan_range(&resource.file, Some(range), package)?;
    if !scan.must_render {
        let mut said = Said::default();
        for (call, span) in scan.refs {
            said.recorded.refs.push(call);
            said.ref_spans.push(span);
        }
        for (source, span) in scan.sources {
            said.recorded.sources.push(source);
            said.source_spans.push(span);
        }
        for entry in scan.config {
            add_call(&mut said.recorded.config, &entry.key, entry.value);
        }
        said.recorded.macros = scan.macros;
        return Ok(said);
    }
    // The names are settled after the configuration is known; until then a template sees the defaults.
    let fqn = [package.clone(), name.clone()];
    let defaults = cx.levels.folder(kind, package, &fqn);
    let named = Named {
        kind,
        package,
        name,
        fqn: &fqn,
        version: None,
        original_path: &resource.original_path,
        config: &defaults.base,
    };
    let (this, _) = names::relation(cx, &named)?;
    let model = json!({
        "resource_type": kind.word(), "name": &**name, "package_name": &**package, "path": &*resource.path,
        "original_file_path": &*resource.original_path, "alias": &**name, "fqn": [&**package, &**name],
        "unique_id": format!("{}.{package}.{name}", kind.word()), "database": this.database.as_deref(),
        "schema": this.schema.as_deref(), "config": defaults.base.values, "columns": {}, "tags": [], "meta": {},
        "description": "", "raw_code": resource.file.text().get(range.0 as usize..range.1 as usize),
        "language": "sql", "refs": [], "sources": [], "depends_on": { "macros": [], "nodes": [] },
    });
    let host = Arc::new(ParseHost::new(cx.shared.clone(), package.clone()).with_node(this, model));
    let shared: Arc<dyn Host> = host.clone();
    cx.engine.render(&resource.file, Some(range), &shared)?;
    let recorded = host.recorded();
    // Literal calls keep their places, so that an unknown name can be shown where it stands.
    let place_of = |call: &RefCall| {
        scan.refs
            .iter()
            .find(|(c, _)| c == call)
            .and_then(|(_, span)| span.clone())
    };
    let ref_spans = recorded.refs.iter().map(place_of).collect();
    let source_spans = recorded
        .sources
        .iter()
        .map(|s| {
            scan.sources
                .iter()
                .find(|(c, _)| c == s)
                .and_then(|(_, span)| span.clone())
        })
        .collect();
    Ok(Said {
        recorded,
        ref_spans,
        source_spans,
    })
}

fn seed_checksum(resource: &ResourceFile) -> Result<(&'static str, Arc<str>)> {
    /// Larger seeds are known by their path, as in dbt.
    const BYTES_MAX: u64 = 1024 * 1024;
    if std::fs::metadata(&resource.absolute).is_ok_and(|m| m.len() > BYTES_MAX) {
        return Ok(("path", resource.original_path.clone()));
    }
    Ok((
        "sha256",
        sha256(fs::read_as(&resource.absolute, resource.file.path())?.trim()),
    ))
}

/// Returns the hex SHA-256 of a text.
pub(super) fn sha256(text: &str) -> Arc<str> {
    let digest = sha2::Sha256::digest(text.as_bytes());
    hex(&digest).into()
}

/// Returns the hex MD5 of a text.
pub(super) fn md5_hex(text: &str) -> String {
    hex(&md5::Md5::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}

/// Returns the object of a `json!` literal.
pub(super) fn map(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
