//! Generic tests: each test of a properties file becomes a node, named and hashed as dbt does.
//!
//! The nodes are made without rendering: what a test depends on follows from its `model` argument and from
//! arguments that hold `ref()` or `source()`.

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Map, Value as Json};

use super::arguments::test_arguments;
use super::check_config;
use super::host::{ParseHost, Recorded};
use super::levels::{Folder, Settled, settle};
use super::names::{self, Named, version_text};
use super::parse::{Parsing, add_call};
use super::properties::{self, Entry};
use super::sources::folders;
use super::test_entry;
use super::test_names::{Called, Names};
use super::versions::{Versions, suffix};
use super::{Manifest, Node, NodeId, NodeKind, TestInfo, TestMetadata};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile, Span};
use crate::jinja::{Host, RefCall};
use crate::yaml::Node as Yaml;

/// Keys of a test's entry that configure it, in dbt's order.
pub(super) const CONFIG_KEYS: &[&str] = &[
    "severity",
    "tags",
    "enabled",
    "where",
    "limit",
    "warn_if",
    "error_if",
    "fail_calc",
    "store_failures",
    "store_failures_as",
    "meta",
    "database",
    "schema",
    "alias",
];

/// What a test stands on.
struct Target<'e> {
    entry: &'e Entry,
    /// The name in test names: `orders`, `orders_v2`, `shop_raw` for a source's table.
    shown: String,
    /// The `model` argument.
    model: String,
    on: On,
    attached: Option<NodeId>,
    /// The group of the node that it is attached to, which is its own too.
    group: Option<Arc<str>>,
    /// Tags that all tests of it get.
    tags: Vec<Arc<str>>,
    shared: &'e OfEntry,
}

/// What all tests of an entry share.
struct OfEntry {
    /// The package and the folders.
    fqn: Vec<Arc<str>>,
    folder: Arc<Folder>,
    file_key_name: Arc<str>,
}

impl OfEntry {
    fn new(cx: &Parsing<'_>, entry: &Entry) -> Self {
        let mut fqn = vec![entry.package.clone()];
        fqn.extend(folders(entry));
        let folder = cx.levels.of_parents(NodeKind::Test, &entry.package, &fqn);
        Self {
            fqn,
            folder,
            file_key_name: format!("{}.{}", entry.section, entry.name).into(),
        }
    }
}

enum On {
    Node(RefCall),
    Source(Arc<str>, Arc<str>),
}

/// Makes the nodes of all tests in properties files, in parallel.
pub(super) fn parse(
    cx: &Parsing<'_>,
    manifest: &Manifest,
    entries: &[Entry],
    versions: &Versions<'_>,
    faults: &mut Diagnostics,
) -> Vec<Arc<Node>> {
    let made: Vec<(Vec<Arc<Node>>, Diagnostics)> = entries
        .par_iter()
        .filter(|e| matches!(e.section, "models" | "seeds" | "snapshots" | "sources"))
        .map(|entry| {
            let mut faults = Diagnostics::default();
            let mut nodes = Vec::new();
            of_entry(cx, manifest, entry, versions, &mut nodes, &mut faults);
            (nodes, faults)
        })
        .collect();
    let mut all = Vec::new();
    for (nodes, found) in made {
        all.extend(nodes);
        faults.extend(found.0);
    }
    all
}

fn of_entry(
    cx: &Parsing<'_>,
    manifest: &Manifest,
    entry: &Entry,
    versions: &Versions<'_>,
    nodes: &mut Vec<Arc<Node>>,
    faults: &mut Diagnostics,
) {
    let shared = &OfEntry::new(cx, entry);
    if entry.section == "sources" {
        for table in entry.get("tables").and_then(Yaml::as_seq).unwrap_or_default() {
            let Some(name) = table.get("name").map(Yaml::key_text) else {
                continue;
            };
            let id = NodeId::new(format!("source.{}.{}.{name}", entry.package, entry.name));
            let Some(source) = manifest.sources.get(&id) else {
                continue;
            };
            let target = Target {
                entry,
                shown: format!("{}_{name}", entry.name),
                model: format!("{{{{ get_where_subquery(source('{}', '{name}')) }}}}", entry.name),
                on: On::Source(entry.name.clone(), Arc::from(name)),
                attached: None,
                group: None,
                tags: source.tags.clone(),
                shared,
            };
            let described = Described {
                columns: columns_of(table),
                tests: tests_of(table),
            };
            of_target(cx, &target, &described, nodes, faults);
        }
        return;
    }
    let numbers = versions.of_model(&entry.package, &entry.name);
    if numbers.is_empty() {
        let call = RefCall {
            package: None,
            name: entry.name.clone(),
            version: None,
            numeric: false,
        };
        let attached = attached(manifest, entry, None);
        let target = Target {
            entry,
            shown: entry.name.to_string(),
            model: format!("{{{{ get_where_subquery(ref('{}')) }}}}", entry.name),
            group: group_of(manifest, attached.as_ref()),
            attached,
            on: On::Node(call),
            tags: Vec::new(),
            shared,
        };
        let described = Described {
            columns: columns_of(&entry.node),
            tests: tests_of(&entry.node),
        };
        of_target(cx, &target, &described, nodes, faults);
        return;
    }
    let declared = entry
        .get("versions")
        .and_then(Yaml::as_seq)
        .unwrap_or_default()
        .iter()
        .filter(|n| n.get("v").is_some());
    for (v, own) in numbers.iter().zip(declared) {
        let text = version_text(v);
        let call = RefCall {
            package: None,
            name: entry.name.clone(),
            version: Some(Arc::from(text.as_str())),
            numeric: v.is_number(),
        };
        let attached = attached(manifest, entry, Some(v));
        let target = Target {
            entry,
            shown: format!("{}_v{text}", entry.name),
            model: format!(
                "{{{{ get_where_subquery(ref('{}', version='{text}')) }}}}",
                entry.name
            ),
            group: group_of(manifest, attached.as_ref()),
            attached,
            on: On::Node(call),
            tags: Vec::new(),
            shared,
        };
        // A version's own tests take the place of the model's; its columns are laid over the model's.
        let described = Described {
            columns: super::versions::columns(&entry.node, own),
            tests: tests_of(own).or_else(|| tests_of(&entry.node)),
        };
        of_target(cx, &target, &described, nodes, faults);
    }
}

/// Returns the node that a test is attached to; one that is disabled is marked so.
fn attached(manifest: &Manifest, entry: &Entry, version: Option<&Json>) -> Option<NodeId> {
    let ending = version.map(|v| format!(".{}", suffix(v))).unwrap_or_default();
    ["model", "seed", "snapshot"].iter().find_map(|kind| {
        let id = format!("{kind}.{}.{}{ending}", entry.package, entry.name);
        if manifest.nodes.contains_key(id.as_str()) {
            Some(NodeId::new(id))
        } else if manifest.disabled.contains_key(id.as_str()) {
            Some(NodeId::new(format!("{id}{}", super::link::DISABLED)))
        } else {
            None
        }
    })
}

fn group_of(manifest: &Manifest, id: Option<&NodeId>) -> Option<Arc<str>> {
    manifest.nodes.get(id?)?.group.clone()
}

fn tests_of(node: &Yaml) -> Option<&Yaml> {
    ["data_tests", "tests"]
        .iter()
        .find_map(|key| node.get(key))
        .filter(|n| !n.is_null())
}

/// What an entry says that tests come from.
struct Described<'y> {
    columns: Vec<&'y Yaml>,
    tests: Option<&'y Yaml>,
}

fn columns_of(node: &Yaml) -> Vec<&Yaml> {
    node.get("columns")
        .and_then(Yaml::as_seq)
        .unwrap_or_default()
        .iter()
        .collect()
}

fn of_target(
    cx: &Parsing<'_>,
    target: &Target<'_>,
    described: &Described<'_>,
    nodes: &mut Vec<Arc<Node>>,
    faults: &mut Diagnostics,
) {
    let document = &target.entry.file.document;
    let mut each = |list: Option<&Yaml>, column: Option<&Yaml>, faults: &mut Diagnostics| {
        let Some(list) = list else { return };
        for test in faults
            .take(document.expect_seq(list, "tests"))
            .unwrap_or_default()
        {
            if let Some(made) = faults.take(test_node(cx, target, test, column)) {
                nodes.push(Arc::new(made));
                let (name, file) = (&target.entry.name, document);
                faults.extend(super::deprecations::of_test(cx, test, name, file));
            }
        }
    };
    for column in &described.columns {
        each(tests_of(column), Some(column), faults);
    }
    each(described.tests, None, faults);
}

/// A test's entry, taken apart.
struct Spec {
    namespace: Option<String>,
    name: String,
    custom_name: Option<String>,
    /// Arguments in dbt's order, `model` last.
    args: Map<String, Json>,
    config: Map<String, Json>,
    description: String,
}

fn take_apart(cx: &Parsing<'_>, target: &Target<'_>, test: &Yaml, column: Option<&str>) -> Result<Spec> {
    let nests = super::deprecations::nests_arguments(cx);
    let said = test_entry::take_apart(&target.entry.file.document, test, column, nests)?;
    let mut args = said.args;
    args.insert("model".into(), target.model.as_str().into());
    Ok(Spec {
        namespace: said.namespace,
        name: said.name,
        custom_name: said.custom_name,
        args,
        config: said.config,
        description: said.description,
    })
}

impl Spec {
    fn called(&self) -> Called<'_> {
        Called {
            namespace: self.namespace.as_deref(),
            name: &self.name,
            args: &self.args,
        }
    }
}

/// Refuses an argument that the test's macro does not take, which the macro would refuse when the test is run.
fn check_arguments(
    cx: &Parsing<'_>,
    target: &Target<'_>,
    test: &Yaml,
    spec: &Spec,
    macro_id: &Arc<str>,
) -> Result<()> {
    let Some(info) = cx.engine.macro_by_id(macro_id) else {
        return Ok(());
    };
    let params = cx.engine.parameters(&info)?;
    let takes = |name: &str| params.iter().any(|p| **p == *name);
    let Some(name) = spec.args.keys().find(|k| !takes(k)) else {
        return Ok(());
    };
    if cx.engine.takes_any_keyword(&info)? {
        return Ok(());
    }
    let names = params.iter().map(|p| &**p).filter(|p| *p != "model");
    Err(target
        .entry
        .error(
            argument_node(test, name),
            Code::GENERIC_TEST,
            format!("the test `{}` takes no argument `{name}`", spec.name),
        )
        .did_you_mean(name, names.chain(CONFIG_KEYS.iter().copied())))
}

/// Returns the key of an argument in a test's entry; the entry itself where the argument comes from elsewhere.
fn argument_node<'y>(test: &'y Yaml, name: &str) -> &'y Yaml {
    let key_in = |node: &'y Yaml| -> Option<&'y Yaml> {
        let (key, _) = node
            .as_map()?
            .entries
            .iter()
            .find(|(k, _)| k.key_text() == name)?;
        Some(key)
    };
    let given = match test.as_map().map(|m| m.entries.as_slice()) {
        Some([(_, value)]) => value,
        _ => test,
    };
    given
        .get("arguments")
        .and_then(key_in)
        .or_else(|| key_in(given))
        .unwrap_or(test)
}

fn test_node(cx: &Parsing<'_>, target: &Target<'_>, test: &Yaml, column: Option<&Yaml>) -> Result<Node> {
    let entry = target.entry;
    let file = &entry.file;
    let place = test.span(&file.document.file);
    let column_name: Option<Arc<str>> = column
        .and_then(|c| c.get("name"))
        .map(|n| Arc::from(n.key_text()));
    // `quote: true` on a column quotes it in its tests.
    let quoted = column.and_then(|c| c.get("quote")).and_then(Yaml::as_bool) == Some(true);
    let argument = column_name.as_deref().map(|name| {
        if quoted {
            cx.options.adapter.dialect().quote_identifier(name)
        } else {
            name.to_owned()
        }
    });
    let mut spec = take_apart(cx, target, test, argument.as_deref())?;
    for value in spec.config.values_mut() {
        render_config(cx, &entry.package, value, &place)?;
    }
    spec.config.retain(|_, value| !value.is_null());
    let Names { short, full: name } = match &spec.custom_name {
        Some(custom) => Names {
            short: None,
            full: custom.clone(),
        },
        None => spec
            .called()
            .names(&target.shown, matches!(target.on, On::Source(..))),
    };
    let mut config = spec.config.clone();
    if let Some(short) = &short
        && !config.contains_key("alias")
    {
        config.insert("alias".into(), short.as_str().into());
    }
    let macro_id = test_macro(cx, &entry.package, &spec, &place)?;
    check_arguments(cx, target, test, &spec, &macro_id)?;
    let hash = spec.called().hash(&name);
    let id: Arc<str> = format!("test.{}.{name}.{hash}", entry.package).into();
    let name: Arc<str> = name.into();
    let shared = target.shared;
    let mut fqn = Vec::with_capacity(shared.fqn.len() + 1);
    fqn.extend_from_slice(&shared.fqn);
    fqn.push(name.clone());
    let folder = if shared.folder.by_name {
        cx.levels.folder(NodeKind::Test, &entry.package, &fqn)
    } else {
        shared.folder.clone()
    };
    let said = said_by_macro(cx, &entry.package, &id, &macro_id, &spec).map_err(|e| e.at(place.clone()))?;
    let mut call = said.config;
    for (key, value) in &config {
        add_call(&mut call, key, value.clone());
    }
    let settled = settle(&folder, None, &call);
    check_config::check_test(&settled, &name, &place)?;
    let Settled {
        config: settled,
        unrendered,
        ..
    } = settled;
    let named = Named {
        kind: NodeKind::Test,
        package: &entry.package,
        name: &name,
        fqn: &fqn,
        version: None,
        original_path: &file.resource.original_path,
        config: &settled,
    };
    let (relation, alias) = names::relation(cx, &named)?;
    let raw_code: Arc<str> = spec.called().raw_code(&config).into();
    let mut depends = depends(cx, target, &spec, &macro_id)?;
    depends.refs.extend(said.refs);
    depends.sources.extend(said.sources);
    let column_tags = column.map(properties::config_of).unwrap_or_default();
    let description = description(cx, &entry.package, &spec.description)?;
    Ok(Node {
        id: NodeId(id.clone()),
        kind: NodeKind::Test,
        path: format!("{}.sql", short.as_deref().unwrap_or(&name)).into(),
        original_path: file.resource.original_path.clone(),
        tags: tags(target, &column_tags, &spec.config, &settled),
        unrendered_config: unrendered,
        file: SourceFile::new(id, raw_code.clone()),
        range: None,
        declared_at: Some(place),
        description,
        columns: cx.no_columns.clone(),
        group: target.group.clone(),
        access: None,
        version: None,
        latest_version: None,
        patch_path: None,
        ref_spans: vec![None; depends.refs.len()],
        source_spans: vec![None; depends.sources.len()],
        refs: depends.refs,
        sources: depends.sources,
        depends_on_macros: depends.macros,
        depends_on: Vec::new(),
        checksum: ("none", cx.empty.clone()),
        created_at: cx.created_at,
        test: Some(Box::new(TestInfo {
            metadata: Some(TestMetadata {
                name: spec.name.into(),
                namespace: spec.namespace.map(Arc::from),
                kwargs: spec.args,
                macro_id,
            }),
            column_name: argument.map(Arc::from),
            file_key_name: Some(shared.file_key_name.clone()),
            attached_node: target.attached.clone(),
            unit: None,
        })),
        extra: Map::new(),
        package: entry.package.clone(),
        config: settled,
        fqn,
        relation,
        alias,
        raw_code,
        name,
    })
}

/// Returns what a test macro, or one that it calls, says by `config()`, `ref()` and `source()`: only such a macro is
/// rendered while parsing.
fn said_by_macro(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    id: &str,
    macro_id: &str,
    spec: &Spec,
) -> Result<Recorded> {
    if !cx.engine.records(macro_id) {
        return Ok(Recorded::default());
    }
    let host = Arc::new(ParseHost::new(cx.shared.clone(), package.clone()));
    let shared: Arc<dyn Host> = host.clone();
    let kwargs = test_arguments(cx.engine, id, &spec.args, &shared)?;
    let of_arguments = host.recorded();
    cx.engine.call_test(macro_id, kwargs, &shared)?;
    let mut said = host.recorded();
    said.refs.drain(..of_arguments.refs.len());
    said.sources.drain(..of_arguments.sources.len());
    Ok(said)
}

fn description(cx: &Parsing<'_>, package: &Arc<str>, text: &str) -> Result<Arc<str>> {
    match text {
        "" => Ok(cx.empty.clone()),
        text if text.contains("{{") => cx.render_description(package, text).map(Arc::from),
        text => Ok(Arc::from(text)),
    }
}

fn render_config(cx: &Parsing<'_>, package: &Arc<str>, value: &mut Json, place: &Span) -> Result<()> {
    if let Json::String(text) = value
        && text.contains("{{")
    {
        let rendered = cx.render_yaml(package, text, place.clone())?;
        *value = Yaml {
            value: rendered,
            start: 0,
            end: 0,
        }
        .to_json();
    }
    Ok(())
}

/// Column and source tags with the test's own, sorted; then those of folders.
fn tags(
    target: &Target<'_>,
    column: &Map<String, Json>,
    own: &Map<String, Json>,
    settled: &super::Config,
) -> Vec<Arc<str>> {
    let of = |config: &Map<String, Json>| -> Vec<Arc<str>> {
        match config.get("tags") {
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(Arc::from).collect(),
            Some(Json::String(one)) => vec![Arc::from(one.as_str())],
            _ => Vec::new(),
        }
    };
    let mut tags: Vec<Arc<str>> = target
        .tags
        .iter()
        .cloned()
        .chain(of(column))
        .chain(of(own))
        .collect();
    tags.sort();
    tags.dedup();
    for tag in settled.tags() {
        if !tags.iter().any(|t| **t == *tag) {
            tags.push(Arc::from(tag));
        }
    }
    tags
}

fn test_macro(cx: &Parsing<'_>, package: &Arc<str>, spec: &Spec, place: &Span) -> Result<Arc<str>> {
    let wanted = match &spec.namespace {
        Some(namespace) => format!("{namespace}.test_{}", spec.name),
        None => format!("test_{}", spec.name),
    };
    if let Some(found) = cx.engine.find_macro(package, &wanted) {
        return Ok(found.unique_id.clone());
    }
    let known = cx.engine.macros().filter_map(|m| m.name.strip_prefix("test_"));
    Err(Diagnostic::error(
        Code::GENERIC_TEST,
        format!("no generic test named `{}` was found", spec.name),
    )
    .at(place.clone())
    .did_you_mean(&spec.name, known))
}

#[derive(Default)]
struct Depends {
    refs: Vec<RefCall>,
    sources: Vec<(Arc<str>, Arc<str>)>,
    macros: Vec<Arc<str>>,
}

/// Finds what a test stands on: `ref()` and `source()` in its arguments, in their order, `model` last.
fn depends(cx: &Parsing<'_>, target: &Target<'_>, spec: &Spec, macro_id: &Arc<str>) -> Result<Depends> {
    // dbt looks first for a test of that name in any package, whichever one the test is said to be of.
    let by_name = cx
        .engine
        .macro_of_any_package(&target.entry.package, &format!("test_{}", spec.name));
    let first = by_name.map_or_else(|| macro_id.clone(), |found| found.unique_id.clone());
    let shortcut = matches!(&*first, "macro.dbt.test_not_null" | "macro.dbt.test_unique");
    let mut depends = Depends {
        macros: vec![first],
        ..Depends::default()
    };
    if !shortcut {
        for (key, value) in &spec.args {
            if !matches!(key.as_str(), "model" | "column_name") {
                scan_argument(cx, target, value, &mut depends)?;
            }
        }
    }
    // A shortcut's `model` is rendered only where the test is compiled.
    let dead = matches!(target.on, On::Node(_))
        && target
            .attached
            .as_ref()
            .is_none_or(|id| id.as_str().ends_with(super::link::DISABLED));
    if !(shortcut && dead)
        && let Some(found) = cx.engine.find_macro(&target.entry.package, "get_where_subquery")
    {
        // A project's own `ref` or `source` is a macro that the test's `model` calls.
        let naming = if matches!(target.on, On::Node(_)) {
            "ref"
        } else {
            "source"
        };
        let named = cx.engine.find_macro(&target.entry.package, naming);
        if !shortcut {
            depends.macros.push(found.unique_id.clone());
        }
        depends.macros.extend(named.map(|m| m.unique_id.clone()));
    }
    if !depends.macros.contains(macro_id) {
        depends.macros.push(macro_id.clone());
    }
    match &target.on {
        // Only the shortcut sees the version as it is declared: the others read it from the text of `model`.
        On::Node(call) => depends.refs.push(RefCall {
            numeric: call.numeric && shortcut,
            ..call.clone()
        }),
        On::Source(source, table) => depends.sources.push((source.clone(), table.clone())),
    }
    Ok(depends)
}

fn scan_argument(cx: &Parsing<'_>, target: &Target<'_>, value: &Json, depends: &mut Depends) -> Result<()> {
    match value {
        Json::Array(items) => items
            .iter()
            .try_for_each(|v| scan_argument(cx, target, v, depends)),
        Json::Object(map) => map
            .values()
            .try_for_each(|v| scan_argument(cx, target, v, depends)),
        Json::String(text) if text.contains("ref") || text.contains("source") => {
            let trimmed = text.trim();
            let is_call =
                (trimmed.starts_with("ref") || trimmed.starts_with("source")) && trimmed.ends_with(')');
            let template = match text.contains("{{") {
                true => text.clone(),
                false if is_call => format!("{{{{ {text} }}}}"),
                false => return Ok(()),
            };
            let file = SourceFile::new(target.shown.as_str(), template);
            let scan = cx.engine.scan(&file, &target.entry.package)?;
            depends.refs.extend(scan.refs.into_iter().map(|(call, _)| call));
            depends
                .sources
                .extend(scan.sources.into_iter().map(|(source, _)| source));
            depends.macros.extend(scan.macros);
            Ok(())
        }
        _ => Ok(()),
    }
}
