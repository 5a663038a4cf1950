//! Turns a loaded project into a manifest: properties, docs, SQL files, sources, tests, links.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;
use rayon::prelude::*;
use serde_json::{Map, Value as Json};

use super::files::{self, Parsed, parse_file};
use super::host::{ParseHost, Shared};
use super::levels::Levels;
use super::names::Naming;
use super::properties::{self, Patches};
use super::{ColumnInfo, Doc, Manifest, NameSearch, Node, NodeId, NodeKind, SourceNode, Vars};
use super::{
    Refused, doc_blocks, exposures, generic_tests, groups, link, macro_patches, microbatch, names,
    operations, semantic, sources, unit_tests,
};
use crate::adapters::Adapter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, Span};
use crate::events::{Event, Level, Sink};
use crate::invocation::Invocation;
use crate::jinja::{BlockKind, Engine, Host, YamlRenderer};
use crate::project::{Project, RenderYaml, ResourceFile, ResourceKind, published};
use crate::yaml;

/// Merged vars by package.
type VarsByPackage = HashMap<Arc<str>, Arc<Map<String, Json>>>;

/// What parsing must know beside the project.
pub struct ParseOptions<'a> {
    pub invocation: &'a Invocation,
    pub adapter: Arc<dyn Adapter>,
    /// Values of `target`, `flags` and so on as templates see them, by name.
    pub context: Arc<Map<String, Json>>,
    pub sink: Arc<dyn Sink>,
}

/// What all steps of parsing share.
pub(super) struct Parsing<'a> {
    pub project: &'a Project,
    pub engine: &'a Arc<Engine>,
    pub options: &'a ParseOptions<'a>,
    pub levels: Levels<'a>,
    pub shared: Arc<Shared>,
    pub empty: Arc<str>,
    pub no_columns: Arc<IndexMap<Arc<str>, ColumnInfo>>,
    /// Seconds since 1970.
    pub created_at: f64,
    renderer: YamlRenderer,
    /// The vars that a package's YAML sees. Guards the map alone.
    yaml_vars: Mutex<VarsByPackage>,
    /// What models say by `config()` beyond the keys that dbt publishes; each thread adds what it found.
    pub beyond_published: Mutex<Vec<published::Found>>,
    /// Overriding naming macros by package, in the order of [`names::MACROS`]; none where the built-in is in force.
    naming: HashMap<Arc<str>, [Option<Arc<str>>; 3]>,
    /// What a node is built in unless it says otherwise.
    pub database: Arc<str>,
    pub schema: Arc<str>,
}

impl<'a> Parsing<'a> {
    fn new(project: &'a Project, engine: &'a Arc<Engine>, options: &'a ParseOptions<'a>, docs: Docs) -> Self {
        let by_package = project
            .packages
            .iter()
            .map(|p| (p.name.clone(), p.project.vars.clone()))
            .collect();
        let vars = Vars {
            command_line: project.vars.clone(),
            by_package,
            root: project.root().name.clone(),
        };
        let shared = Arc::new(Shared {
            name_search: name_search(project),
            vars: Arc::new(vars),
            docs: Arc::new(docs),
            env: Arc::new(options.invocation.env.clone()),
            asked: options.invocation.asked.clone(),
            context: options.context.clone(),
            sink: options.sink.clone(),
        });
        Self {
            project,
            engine,
            options,
            levels: Levels::new(project, options.adapter.config_aliases()),
            shared,
            empty: Arc::from(""),
            no_columns: Arc::default(),
            created_at: seconds(options.invocation),
            renderer: YamlRenderer::new(options.invocation),
            yaml_vars: Mutex::default(),
            beyond_published: Mutex::default(),
            naming: project
                .packages
                .iter()
                .map(|p| {
                    (
                        p.name.clone(),
                        names::MACROS.map(|name| naming(project, engine, &p.name, name)),
                    )
                })
                .collect(),
            database: Arc::from(options.adapter.database()),
            schema: Arc::from(options.adapter.schema()),
        }
    }

    /// Takes over what was found beyond the published keys: warnings go with the faults, notes are told at once.
    pub fn note(&self, found: published::Found, faults: &mut Diagnostics) {
        for message in found.notes {
            self.shared.sink.send(Event::Log {
                level: Level::Info,
                message,
                node: None,
            });
        }
        faults.extend(found.warnings);
    }

    /// Renders a string of a properties file natively.
    pub fn render_yaml(&self, package: &Arc<str>, text: &str, span: Span) -> Result<yaml::Value> {
        let vars = self.vars_of(package);
        self.renderer
            .render(text, span, &vars, self.options.context.get("target"))
    }

    /// Renders a description, in which `doc()` may be called.
    pub fn render_description(&self, package: &Arc<str>, text: &str) -> Result<String> {
        let host: Arc<dyn Host> = Arc::new(ParseHost::new(self.shared.clone(), package.clone()));
        self.engine.render_str("description", text, &host)
    }

    /// Returns the ids of the docs blocks that a description of an entry calls.
    pub fn doc_blocks(&self, package: &str, node: &yaml::Node) -> Vec<Arc<str>> {
        let text = node
            .get("description")
            .filter(|n| !n.is_null())
            .map(yaml::Node::key_text);
        match text {
            Some(text) if text.contains("{{") => {
                let nearest = self.shared.name_search.packages(package);
                doc_blocks::called(&text, &nearest, &self.shared.docs)
            }
            _ => Vec::new(),
        }
    }

    fn vars_of(&self, package: &Arc<str>) -> Arc<Map<String, Json>> {
        let known = self.yaml_vars.lock().ok().and_then(|v| v.get(package).cloned());
        known.unwrap_or_else(|| {
            let made = Arc::new(self.shared.vars.seen_by(package));
            if let Ok(mut all) = self.yaml_vars.lock() {
                all.insert(package.clone(), made.clone());
            }
            made
        })
    }

    /// Returns the macro that names nodes of a package, where a project or package overrides the built-in one.
    pub fn naming(&self, package: &str, part: Naming) -> Option<&Arc<str>> {
        self.naming.get(package)?[part as usize].as_ref()
    }
}

/// Finds the macro that overrides a built-in naming macro for the nodes of a package.
fn naming(project: &Project, engine: &Engine, package: &str, name: &str) -> Option<Arc<str>> {
    let is_internal = |package: &str| {
        project
            .package(package)
            .is_none_or(|p| p.kind == crate::project::PackageKind::Internal)
    };
    let overridden = |name: &str| {
        engine
            .find_macro(package, name)
            .filter(|m| !is_internal(&m.package))
    };
    let dispatched = || {
        overridden(&format!("default__{name}"))
            .and_then(|_| engine.find_macro(package, name))
            .map(|m| m.unique_id.clone())
    };
    overridden(name).map(|m| m.unique_id.clone()).or_else(dispatched)
}

fn name_search(project: &Project) -> NameSearch {
    NameSearch {
        root: project.root().name.clone(),
        own_package_first: project.behaviour("require_ref_searches_node_package_before_root", false),
    }
}

type Docs = BTreeMap<Arc<str>, Doc>;

fn seconds(invocation: &Invocation) -> f64 {
    let now = invocation.started_at;
    now.timestamp_micros() as f64 / 1e6
}

/// Parses all files of all packages into nodes, in parallel, and links them.
///
/// # Errors
/// All faults together: syntax, unknown refs, duplicates, configuration.
pub fn parse(
    project: &Project,
    engine: &Arc<Engine>,
    options: &ParseOptions<'_>,
) -> Result<Manifest, Diagnostics> {
    let mut faults = Diagnostics::default();
    let docs = docs(project, engine, &mut faults);
    let cx = Parsing::new(project, engine, options, docs);
    if let Some(aliases) = options.adapter.published_keys() {
        let document = &project.root().project.document;
        cx.note(published::of_project(document, aliases), &mut faults);
    }
    let mut refused = Refused::default();
    let entries = properties::read(&cx, &mut refused, &mut faults);
    let patches = Patches::new(&entries, &mut faults);
    let files: Vec<(&Arc<str>, &ResourceFile)> = project
        .packages
        .iter()
        .flat_map(|p| p.files.iter().map(move |f| (&p.name, f)))
        .filter(|(_, f)| {
            !matches!(
                f.kind,
                ResourceKind::Macro | ResourceKind::Properties | ResourceKind::Docs | ResourceKind::Fixture
            )
        })
        .collect();
    let models: HashSet<(&str, &str)> = files
        .iter()
        .filter(|(_, f)| f.kind == ResourceKind::Model)
        .map(|(package, f)| (&***package, files::stem(&f.path)))
        .collect();
    let has_file = |package: &str, stem: &str| models.contains(&(package, stem));
    let versions = super::versions::Versions::new(&entries, &has_file, &mut faults);
    let parsed: Vec<Result<Vec<Parsed>, Diagnostics>> = files
        .par_iter()
        .map(|(package, file)| parse_file(&cx, package, file, &patches, &versions))
        .collect();
    let mut nodes: Vec<Parsed> = Vec::with_capacity(parsed.len());
    for ((package, file), result) in files.iter().zip(parsed) {
        match result {
            Ok(made) => nodes.extend(made),
            Err(found) => {
                for name in files::names(&cx, package, file, &versions) {
                    refused.name(name);
                }
                faults.extend(found.0);
            }
        }
    }
    let mut beyond = cx
        .beyond_published
        .lock()
        .map(|mut all| std::mem::take(&mut *all))
        .unwrap_or_default();
    beyond.sort_by(|a, b| a.file.cmp(&b.file));
    for found in beyond {
        cx.note(found, &mut faults);
    }
    for entry in &entries {
        match super::files::snapshot_in_yaml(&cx, entry, &patches) {
            Ok(made) => nodes.extend(made),
            Err(found) => {
                refused.name(&*entry.name);
                faults.extend(found.0);
            }
        }
    }
    // Where a file could not be parsed, what is said of its nodes would be blamed in vain.
    let files_are_sound = !faults.has_errors();
    nodes.extend(operations::parse(&cx, &mut faults).into_iter().map(Arc::new));
    let mut warnings = Vec::new();
    let mut manifest = Manifest {
        batches_own_strategy: project.behaviour(microbatch::OWN_STRATEGY_FLAG, false),
        project_name: project.root().name.clone(),
        nodes: IndexMap::with_capacity(nodes.len() * 3),
        sources: IndexMap::new(),
        docs: cx
            .shared
            .docs
            .iter()
            .map(|(id, doc)| (id.clone(), doc.clone()))
            .collect(),
        disabled: IndexMap::new(),
        disabled_sources: Vec::new(),
        groups: serde_json::Map::new(),
        macro_patches: BTreeMap::new(),
        vars: cx.shared.vars.clone(),
        warnings: Vec::new(),
        refables: BTreeMap::new(),
        refused,
        source_index: BTreeMap::new(),
        name_search: cx.shared.name_search.clone(),
        env_vars: BTreeMap::new(),
    };
    for node in nodes {
        add(&mut manifest, node, &mut faults);
    }
    for source in sources::parse(&cx, &entries, &mut manifest.refused, &mut faults) {
        add_source(&mut manifest, source, &mut faults);
    }
    super::one_relation::check(&manifest, &mut faults);
    index(&mut manifest);
    unused_patches(&manifest, &entries, &versions, &mut warnings);
    for test in generic_tests::parse(&cx, &manifest, &entries, &versions, &mut faults) {
        add(&mut manifest, test, &mut faults);
    }
    unit_tests::parse(&cx, &mut manifest, &entries, &versions, &mut faults);
    exposures::parse(&cx, &mut manifest, &entries, &mut faults);
    groups::parse(&cx, &mut manifest, &entries, &mut faults);
    semantic::parse(&cx, &mut manifest, &entries, &mut faults);
    for entry in &entries {
        if entry.section == "macros"
            && let Some(patch) = faults.take(macro_patches::patch(&cx, entry))
        {
            manifest
                .macro_patches
                .insert(macro_patches::macro_id(entry), patch);
        }
    }
    super::primary_keys::infer(&mut manifest);
    super::deprecations::find(&cx, &manifest, &entries, &mut faults);
    link::link(&cx, &mut manifest, &mut faults);
    semantic::link(&cx, &mut manifest, &entries, &mut faults);
    super::access::check(&cx, &mut manifest, &mut faults);
    microbatch::check(&mut manifest, engine, &mut faults);
    faults.take(super::query_comment::check(&cx));
    warnings.append(&mut manifest.warnings);
    manifest.warnings = warnings;
    if faults.has_errors() {
        if files_are_sound {
            faults.0.splice(0..0, manifest.warnings);
        }
        Err(faults)
    } else {
        // What is left are warnings.
        manifest.warnings.append(&mut faults.0);
        Ok(manifest)
    }
}

/// Reads the docs blocks of all packages.
fn docs(project: &Project, engine: &Engine, faults: &mut Diagnostics) -> Docs {
    let mut docs = Docs::new();
    for package in &project.packages {
        for file in package.files.iter().filter(|f| f.kind == ResourceKind::Docs) {
            for block in faults.take(engine.blocks(&file.file)).unwrap_or_default() {
                if block.kind != BlockKind::Docs {
                    continue;
                }
                let id: Arc<str> = format!("doc.{}.{}", package.name, block.name).into();
                let (start, end) = (block.inner.0 as usize, block.inner.1 as usize);
                let contents = file.file.text().get(start..end).unwrap_or_default().trim();
                let doc = Doc {
                    unique_id: id.clone(),
                    package: package.name.clone(),
                    name: block.name.clone(),
                    path: file.path.clone(),
                    original_path: file.original_path.clone(),
                    contents: contents.into(),
                };
                if let Some(first) = docs.insert(id, doc) {
                    faults.push(
                        Diagnostic::error(
                            Code::DUPLICATE,
                            format!("the docs block `{}` is defined twice", block.name),
                        )
                        .at(Span::new(&file.file, block.outer.0, block.inner.0))
                        .note(format!("the first definition stands in {}", first.original_path)),
                    );
                }
            }
        }
    }
    docs
}

/// Adds a key of a `config()` call: lists of tags and hooks grow, `meta` merges, the rest gives way.
pub(super) fn add_call(config: &mut Map<String, Json>, key: &str, value: Json) {
    let key = super::config::canonical(key, &[]);
    if matches!(key, "tags" | "pre-hook" | "post-hook" | "packages")
        && let Some(old) = config.get_mut(key)
    {
        let mut all = match old.take() {
            Json::Array(items) => items,
            other => vec![other],
        };
        match value {
            Json::Array(items) => all.extend(items),
            other => all.push(other),
        }
        *old = Json::Array(all);
        return;
    }
    if key == "meta"
        && let (Some(Json::Object(old)), Json::Object(new)) = (config.get_mut(key), &value)
    {
        old.extend(new.clone());
        return;
    }
    config.insert(key.to_owned(), value);
}

/// Adds a node; two enabled nodes with one id are a fault.
pub(super) fn add(manifest: &mut Manifest, node: Arc<Node>, faults: &mut Diagnostics) {
    if !node.config.enabled() {
        manifest.disabled.entry(node.id.clone()).or_default().push(node);
        return;
    }
    if let Some(first) = manifest.nodes.get(&node.id) {
        faults.push(duplicate(first, &node));
        return;
    }
    manifest.nodes.insert(node.id.clone(), node);
}

fn duplicate(first: &Node, second: &Node) -> Diagnostic {
    let kind = second.kind.word();
    let place = first
        .declared_at
        .as_ref()
        .map_or_else(|| first.original_path.to_string(), ToString::to_string);
    let found = Diagnostic::error(
        Code::DUPLICATE,
        format!("two {kind}s are named `{}`", second.name),
    )
    .at(second.declared_at.clone())
    .note(format!("the first one stands in {place}"));
    if second.kind == NodeKind::Test {
        found.hint("Give one of the two tests a `name:`, or remove it.")
    } else {
        found.hint(format!(
            "Rename one of the two files: {kind} names are unique in a package."
        ))
    }
}

fn add_source(manifest: &mut Manifest, source: SourceNode, faults: &mut Diagnostics) {
    let source = Arc::new(source);
    if !source.config.enabled() {
        manifest.disabled_sources.push(source);
        return;
    }
    if let Some(first) = manifest.sources.get(&source.id) {
        let place = first
            .declared_at
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        faults.push(
            Diagnostic::error(
                Code::DUPLICATE,
                format!(
                    "the source `{}.{}` is declared twice",
                    source.source_name, source.name
                ),
            )
            .at(source.declared_at.clone())
            .note(format!("the first declaration stands at {place}")),
        );
        return;
    }
    manifest.sources.insert(source.id.clone(), source);
}

/// Builds the indexes for `ref` and `source`.
fn index(manifest: &mut Manifest) {
    for node in manifest.nodes.values().filter(|n| n.kind.is_refable()) {
        manifest
            .refables
            .entry(node.name.clone())
            .or_default()
            .push(node.id.clone());
    }
    for source in manifest.sources.values() {
        let key = (source.source_name.clone(), source.name.clone());
        manifest
            .source_index
            .entry(key)
            .or_default()
            .push(source.id.clone());
    }
}

/// Warns of properties that describe nothing.
fn unused_patches(
    manifest: &Manifest,
    entries: &[properties::Entry],
    versions: &super::versions::Versions<'_>,
    warnings: &mut Vec<Diagnostic>,
) {
    for entry in entries {
        let (kind, word) = match entry.section {
            "models" => ("model", "model"),
            "seeds" => ("seed", "seed"),
            "snapshots" => ("snapshot", "snapshot"),
            "analyses" => ("analysis", "analysis"),
            _ => continue,
        };
        let id = format!("{kind}.{}.{}", entry.package, entry.name);
        let known = |id: &str| manifest.nodes.contains_key(id) || manifest.disabled.contains_key(id);
        let by_other_kind = ["model", "seed", "snapshot"]
            .iter()
            .any(|k| known(&format!("{k}.{}.{}", entry.package, entry.name)));
        if known(&id) || versions.has(&entry.package, &entry.name) {
            continue;
        }
        let found = Diagnostic::warning(
            Code::PROPERTY_TARGET,
            format!(
                "properties describe {} {word} named `{}`, which was not found in package `{}`",
                if word.starts_with(['a', 'e', 'u']) {
                    "an"
                } else {
                    "a"
                },
                entry.name,
                entry.package
            ),
        )
        .event("NoNodeForYamlKey");
        let found = found.at(entry.node.get("name").map(|n| n.span(&entry.file.document.file)));
        warnings.push(if by_other_kind {
            found.hint(format!(
                "A resource of another kind has that name: move the entry out of `{}:`.",
                entry.section
            ))
        } else {
            found.did_you_mean(&entry.name, manifest.refables.keys().map(|k| &**k))
        });
    }
}

impl Manifest {
    /// Says whether an id is a node or a source that is enabled.
    pub fn knows(&self, id: &NodeId) -> bool {
        self.nodes.contains_key(id) || self.sources.contains_key(id)
    }
}
