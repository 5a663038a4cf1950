//! `manifest.json`, schema version 12: the parsed project, written by streaming.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use chrono::SecondsFormat;
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::{Map, Value as Json, json};

use super::object::Object;
use crate::diagnostic::Result;
use crate::fs;
use crate::graph::select::definitions;
use crate::invocation::Invocation;
use crate::jinja::{Engine, MacroInfo};
use crate::manifest::{CompiledView, DBT_VERSION, Manifest, Node, NodeId, NodeKind, NodeView};
use crate::project::Project;

const SCHEMA: &str = "https://schemas.getdbt.com/dbt/manifest/v12.json";

/// What compiling gave, by node.
pub type Compiled = std::collections::HashMap<NodeId, CompiledView>;

/// Writes the file, whole or not at all; `compiled` is empty right after parsing.
///
/// # Errors
/// `N0101` where it cannot be written.
pub fn write(
    path: &Path,
    project: &Project,
    manifest: &Manifest,
    engine: &Engine,
    invocation: &Invocation,
    adapter: &str,
    compiled: &Compiled,
) -> Result<()> {
    let artifact = Artifact {
        project,
        manifest,
        engine,
        invocation,
        adapter,
        compiled,
        defaults: [
            json!(""),
            json!({}),
            json!([]),
            json!({ "show": true, "node_color": null }),
        ],
    };
    fs::write_streaming(path, |out| artifact.write(Object::new(out)))
}

/// Gives a file that [`write`] wrote the id and the times of another call. They are as long as what stands there, so the
/// rest of the file stays as it is.
///
/// # Errors
/// The file cannot be read or written, or does not begin as [`write`] begins it.
pub fn renew(path: &Path, invocation: &Invocation) -> std::io::Result<()> {
    use std::io::Read;
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(4096).read_to_end(&mut head)?;
    let started = time_text(invocation.started_at);
    let values = [
        ("generated_at", time_text(invocation.now())),
        ("invocation_id", invocation.id.to_string()),
        ("invocation_started_at", started.clone()),
        ("run_started_at", started),
    ];
    let mut end = 0;
    for (key, value) in values {
        let before = format!("\"{key}\":\"");
        let at = memchr::memmem::find(&head, before.as_bytes()).map(|at| at + before.len());
        let place = at.and_then(|at| head.get_mut(at..at + value.len() + 1).map(|place| (at, place)));
        let Some((at, place)) = place.filter(|(_, place)| place.last() == Some(&b'"')) else {
            return Err(std::io::Error::other("the manifest does not begin as expected"));
        };
        place[..value.len()].copy_from_slice(value.as_bytes());
        end = end.max(at + value.len());
    }
    fs::write_at(path, 0, &head[..end])
}

/// A time as the artifact writes it.
fn time_text(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

struct Artifact<'a> {
    project: &'a Project,
    manifest: &'a Manifest,
    engine: &'a Engine,
    invocation: &'a Invocation,
    adapter: &'a str,
    compiled: &'a Compiled,
    /// What a macro has that no properties describe: its description, `meta`, arguments, `docs`.
    defaults: [Json; 4],
}

/// A macro, its fields in dbt's order.
#[derive(Serialize)]
struct OneMacro<'a> {
    name: &'a str,
    resource_type: &'a str,
    package_name: &'a str,
    path: &'a str,
    original_file_path: &'a str,
    unique_id: &'a str,
    macro_sql: &'a str,
    depends_on: DependsOn,
    description: &'a Json,
    meta: &'a Json,
    docs: &'a Json,
    config: MacroConfig<'a>,
    patch_path: &'a Json,
    arguments: &'a Json,
    created_at: f64,
    supported_languages: Option<&'a [String]>,
}

#[derive(Serialize)]
struct DependsOn {
    macros: Vec<Arc<str>>,
}

#[derive(Serialize)]
struct MacroConfig<'a> {
    meta: &'a Json,
    docs: &'a Json,
}

/// A node; once it is compiled, its foreign keys name relations.
struct OneNode<'a> {
    view: NodeView<'a>,
    manifest: &'a Manifest,
}

impl Serialize for OneNode<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let node = self.view.node;
        if self.view.compiled.is_none() || !node.has_foreign_keys() {
            return self.view.serialize(serializer);
        }
        let mut json = serde_json::to_value(&self.view).map_err(serde::ser::Error::custom)?;
        let of_node = |node: &Node| node.relation_name();
        crate::manifest::resolve_foreign_keys(self.manifest, &node.package, &mut json, &of_node);
        json.serialize(serializer)
    }
}

impl Artifact<'_> {
    fn write(&self, mut out: Object<impl Write>) -> std::io::Result<()> {
        let manifest = self.manifest;
        out.member("metadata", &self.metadata())?;
        out.object("nodes", &self.nodes())?;
        out.member(
            "sources",
            &Entries(|| manifest.sources.iter().map(|(id, s)| (id.as_str(), &**s))),
        )?;
        out.member(
            "macros",
            &Entries(|| self.engine.macros().map(|m| (&*m.unique_id, self.one_macro(m)))),
        )?;
        out.member(
            "docs",
            &Entries(|| manifest.docs.iter().map(|(id, doc)| (&**id, one_doc(doc)))),
        )?;
        out.member("exposures", &self.of_kind(NodeKind::Exposure))?;
        out.member("metrics", &self.of_kind(NodeKind::Metric))?;
        out.member("groups", &manifest.groups)?;
        let empty = Map::new();
        let selectors = self
            .project
            .selectors
            .as_ref()
            .map(|file| definitions(&file.document));
        out.member("selectors", selectors.as_ref().unwrap_or(&empty))?;
        out.member("disabled", &Entries(|| self.disabled()))?;
        let (parents, children) = self.links();
        out.member("parent_map", &parents)?;
        out.member("child_map", &children)?;
        out.member("group_map", &self.group_map())?;
        out.member("saved_queries", &self.of_kind(NodeKind::SavedQuery))?;
        out.member("semantic_models", &self.of_kind(NodeKind::SemanticModel))?;
        out.member("unit_tests", &self.of_kind(NodeKind::UnitTest))?;
        out.member("functions", &self.of_kind(NodeKind::Function))?;
        out.end()
    }
}

/// A map written from an iterator, without a copy of its values.
struct Entries<F>(F);

impl<'a, F, I, V> Serialize for Entries<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (&'a str, V)>,
    V: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

/// Ids by id, borrowed from the manifest.
type Links<'a> = BTreeMap<&'a str, Vec<&'a str>>;

impl<'a> Artifact<'a> {
    fn nodes(&self) -> Vec<(&'a str, OneNode<'a>)> {
        let manifest = self.manifest;
        // dbt keeps a test of a disabled or missing model among the nodes, switched off.
        let dead = manifest
            .disabled
            .iter()
            .flat_map(|(id, nodes)| nodes.iter().map(move |node| (id, node)));
        let dead = dead.filter(|(_, node)| node.is_test_without_target());
        let alive = manifest
            .nodes
            .iter()
            .filter(|(_, node)| node.kind.is_among_nodes());
        let one = |(id, node): (&'a NodeId, &'a Arc<Node>)| {
            let compiled = self.compiled.get(id);
            let view = NodeView { node, compiled };
            (id.as_str(), OneNode { view, manifest })
        };
        alive.chain(dead).map(one).collect()
    }

    fn of_kind(&self, kind: NodeKind) -> impl Serialize {
        let (manifest, compiled) = (self.manifest, self.compiled);
        Entries(move || {
            let found = manifest.nodes.iter().filter(move |(_, node)| node.kind == kind);
            found.map(move |(id, node)| {
                let compiled = compiled.get(id);
                (id.as_str(), NodeView { node, compiled })
            })
        })
    }

    fn disabled(&self) -> impl Iterator<Item = (&'a str, Json)> {
        let gone = self
            .manifest
            .disabled
            .iter()
            .filter(|(_, nodes)| nodes.iter().any(|n| !n.is_test_without_target()));
        let nodes =
            gone.map(|(id, nodes)| (id.as_str(), json!(nodes.iter().map(|n| &**n).collect::<Vec<_>>())));
        let sources = self.manifest.disabled_sources.iter();
        nodes.chain(sources.map(|s| (s.id.as_str(), json!([&**s]))))
    }

    fn metadata(&self) -> Json {
        let name = &*self.manifest.project_name;
        let quoting = &self.project.root().project.quoting;
        let quote = |part: &str| quoting.get(part).cloned().unwrap_or(Json::Bool(true));
        json!({
            "dbt_schema_version": SCHEMA,
            "dbt_version": DBT_VERSION,
            "generated_at": time_text(self.invocation.now()),
            "invocation_id": &*self.invocation.id,
            "invocation_started_at": time_text(self.invocation.started_at),
            "env": {},
            "project_name": name,
            "project_id": project_id(name),
            "user_id": null,
            "send_anonymous_usage_stats": false,
            "adapter_type": self.adapter,
            "quoting": {
                "database": quote("database"), "schema": quote("schema"), "identifier": quote("identifier"),
                "column": quoting.get("column"),
            },
            "run_started_at": time_text(self.invocation.started_at),
        })
    }

    fn one_macro<'m>(&'m self, found: &'m MacroInfo) -> OneMacro<'m> {
        let patch = self.manifest.macro_patches.get(&found.unique_id);
        let part = |key: &str, otherwise: &'m Json| patch.and_then(|p| p.get(key)).unwrap_or(otherwise);
        let [blank, empty, none, docs] = &self.defaults;
        let (meta, docs) = (part("meta", empty), part("docs", docs));
        OneMacro {
            name: &found.name,
            resource_type: "macro",
            package_name: &found.package,
            path: &found.original_path,
            original_file_path: &found.original_path,
            unique_id: &found.unique_id,
            macro_sql: macro_text(found),
            depends_on: DependsOn {
                macros: self.engine.macro_dependencies(found),
            },
            description: part("description", blank),
            meta,
            docs,
            config: MacroConfig { meta, docs },
            patch_path: part("patch_path", &Json::Null),
            arguments: part("arguments", none),
            created_at: self.invocation.started_at.timestamp_micros() as f64 / 1e6,
            supported_languages: found.supported_languages.as_deref(),
        }
    }

    fn links(&self) -> (Links<'a>, Links<'a>) {
        let manifest = self.manifest;
        let mut parents = Links::new();
        let mut children = Links::new();
        let all = manifest
            .nodes
            .iter()
            .map(|(id, n)| (id, n.depends_on.as_slice()))
            .chain(
                manifest
                    .disabled
                    .iter()
                    .filter(|(_, nodes)| nodes.iter().any(|n| n.is_test_without_target()))
                    .map(|(id, _)| (id, [].as_slice())),
            )
            .chain(manifest.sources.keys().map(|id| (id, [].as_slice())));
        for (id, on) in all {
            children.entry(id.as_str()).or_default();
            let mut sorted: Vec<&str> = on.iter().map(NodeId::as_str).collect();
            sorted.sort_unstable();
            for parent in &sorted {
                children.entry(parent).or_default().push(id.as_str());
            }
            parents.insert(id.as_str(), sorted);
        }
        for list in children.values_mut() {
            list.sort_unstable();
        }
        (parents, children)
    }

    fn group_map(&self) -> BTreeMap<&'a str, Vec<&'a str>> {
        let names = self
            .manifest
            .groups
            .values()
            .filter_map(|group| group["name"].as_str());
        let mut groups: BTreeMap<&str, Vec<&str>> = names.map(|name| (name, Vec::new())).collect();
        for (id, node) in &self.manifest.nodes {
            if let Some(group) = &node.group {
                groups.entry(group).or_default().push(id.as_str());
            }
        }
        groups
    }
}

/// Returns a macro's block with the white space that its tags take away: dbt's reader of blocks counts it in. White space
/// between two such tags belongs to the first.
fn macro_text(found: &MacroInfo) -> &str {
    // A file is read without the white space around it.
    let whole = found.file.text().trim_end();
    let (mut start, mut end) = (found.span.start as usize, found.span.end as usize);
    let block = whole.get(start..end).unwrap_or_default();
    if block.starts_with("{%-") {
        let before = whole.get(..start).unwrap_or_default().trim_end();
        if !before.is_empty() && !before.ends_with("-%}") {
            start = before.len();
        }
    }
    if block.ends_with("-%}") {
        let behind = whole.get(end..).unwrap_or_default();
        end += behind.len() - behind.trim_start().len();
    }
    whole.get(start..end).unwrap_or_default()
}

fn one_doc(doc: &crate::manifest::Doc) -> Json {
    json!({
        "name": &*doc.name,
        "resource_type": "doc",
        "package_name": &*doc.package,
        "path": &*doc.path,
        "original_file_path": &*doc.original_path,
        "unique_id": &*doc.unique_id,
        "block_contents": &*doc.contents,
    })
}

/// dbt's id of a project: the MD5 of its name.
fn project_id(name: &str) -> String {
    use md5::Digest;
    md5::Md5::digest(name.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}
