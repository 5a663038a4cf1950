//! `on-run-start` and `on-run-end`: each hook is a node.

use std::sync::Arc;

use serde_json::{Map, json};

use super::files::sha256;
use super::hooks;
use super::host::ParseHost;
use super::levels::settle;
use super::names::{self, Named};
use super::parse::Parsing;
use super::{Node, NodeId, NodeKind};
use crate::diagnostic::{Diagnostics, Result, SourceFile, Span};
use crate::jinja::Host;
use crate::project::Package;
use crate::yaml::Node as Yaml;

/// Parses the hooks of all packages, in the order of packages.
pub(super) fn parse(cx: &Parsing<'_>, faults: &mut Diagnostics) -> Vec<Node> {
    let mut nodes = Vec::new();
    for package in &cx.project.packages {
        for (kind, hooks) in [
            ("on-run-start", &package.project.on_run_start),
            ("on-run-end", &package.project.on_run_end),
        ] {
            for (index, hook) in hooks.iter().enumerate() {
                nodes.extend(faults.take(node(cx, package, kind, index, hook)));
            }
        }
    }
    nodes
}

fn node(cx: &Parsing<'_>, package: &Package, kind: &str, index: usize, hook: &Yaml) -> Result<Node> {
    let name: Arc<str> = format!("{}-{kind}-{index}", package.name).into();
    let document = &package.project.document;
    let declared_at = hook.span(&document.file);
    let text: Arc<str> = hook.key_text().trim().into();
    let (file, range) = place(&declared_at, &text, &name);
    let host = Arc::new(ParseHost::new(cx.shared.clone(), package.name.clone()));
    let shared: Arc<dyn Host> = host.clone();
    let rendered = cx.engine.render(&file, range, &shared);
    rendered.map_err(|e| e.at(declared_at.clone()))?;
    let mut recorded = host.recorded();
    let fqn = vec![package.name.clone(), Arc::from("hooks"), name.clone()];
    let folder = cx.levels.folder(NodeKind::Operation, &package.name, &fqn);
    let settled = settle(&folder, None, &Map::new());
    let config = settled.config;
    let original_path: Arc<str> = "./dbt_project.yml".into();
    let named = Named {
        kind: NodeKind::Operation,
        package: &package.name,
        name: &name,
        fqn: &fqn,
        version: None,
        original_path: &original_path,
        config: &config,
    };
    let (relation, alias) = names::relation(cx, &named)?;
    // dbt configures run hooks as models of a folder `hooks`: hooks of that folder are theirs too.
    recorded.add_hooks(hooks::calls(
        cx,
        &hooks::Owner {
            kind: NodeKind::Operation,
            package: &package.name,
            name: &name,
            alias: &alias,
            fqn: &fqn,
            original_path: &original_path,
            relation: &relation,
            config: &config,
        },
    )?);
    Ok(Node {
        id: NodeId::new(format!("operation.{}.{name}", package.name)),
        kind: NodeKind::Operation,
        path: format!("hooks/{name}.sql").into(),
        original_path,
        fqn,
        relation,
        alias,
        // The file that holds the hook is what dbt hashes.
        checksum: ("sha256", sha256(document.file.text().trim())),
        raw_code: text,
        file,
        range,
        declared_at: Some(declared_at),
        unrendered_config: settled.unrendered,
        tags: vec![Arc::from(kind)],
        description: cx.empty.clone(),
        columns: cx.no_columns.clone(),
        group: None,
        access: None,
        version: None,
        latest_version: None,
        patch_path: None,
        ref_spans: vec![None; recorded.refs.len()],
        source_spans: vec![None; recorded.sources.len()],
        refs: recorded.refs,
        sources: recorded.sources,
        depends_on_macros: recorded.macros,
        depends_on: Vec::new(),
        created_at: cx.created_at,
        test: None,
        extra: super::files::map(json!({ "index": index })),
        package: package.name.clone(),
        name,
        config,
    })
}

/// Returns the file and stretch to render: the project file where the hook stands there as it is, else its text.
fn place(declared_at: &Span, text: &Arc<str>, name: &str) -> (Arc<SourceFile>, Option<(u32, u32)>) {
    let whole = declared_at.file.text();
    let slice = whole
        .get(declared_at.start as usize..declared_at.end as usize)
        .unwrap_or_default();
    match slice.find(&**text) {
        Some(at) => {
            let start = declared_at.start + u32::try_from(at).unwrap_or(0);
            (
                declared_at.file.clone(),
                Some((start, start + u32::try_from(text.len()).unwrap_or(0))),
            )
        }
        None => (SourceFile::new(name, text.clone()), None),
    }
}
