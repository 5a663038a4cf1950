//! `dbt_project.yml`.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::RenderYaml;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceFile};
use crate::yaml::{self, Document, Node, Value};

/// An entry under `dispatch:`.
#[derive(Debug, Clone)]
pub struct Dispatch {
    pub macro_namespace: String,
    pub search_order: Vec<String>,
}

/// `dbt_project.yml`, its strings rendered where dbt renders them.
#[derive(Debug, Clone)]
pub struct ProjectFile {
    pub document: Document,
    pub name: String,
    pub version: Option<String>,
    pub profile: Option<String>,
    pub model_paths: Vec<String>,
    pub seed_paths: Vec<String>,
    pub snapshot_paths: Vec<String>,
    pub test_paths: Vec<String>,
    pub analysis_paths: Vec<String>,
    pub macro_paths: Vec<String>,
    pub docs_paths: Vec<String>,
    pub asset_paths: Vec<String>,
    pub packages_install_path: String,
    /// `target-path` where the file says it.
    pub target_path: Option<String>,
    pub clean_targets: Vec<String>,
    /// `vars:` as written: global ones and dictionaries by package name.
    pub vars: Map<String, Json>,
    /// The configuration trees by section (`models`, `seeds`, `snapshots`, `tests`, `data_tests`, `sources`, …),
    /// rendered; hooks in them stay unrendered. Places stay those of the file.
    pub sections: Vec<(String, Node)>,
    /// Unrendered twins of `sections`, for `unrendered_config`.
    pub unrendered_sections: Vec<(String, Node)>,
    pub on_run_start: Vec<Node>,
    pub on_run_end: Vec<Node>,
    pub dispatch: Vec<Dispatch>,
    /// `query-comment` as written: none where absent (dbt's default comment), null or empty switches it off.
    pub query_comment: Option<Json>,
    /// `quoting`: database, schema, identifier.
    pub quoting: Map<String, Json>,
    /// `flags:` of the root project.
    pub flags: Map<String, Json>,
    pub require_dbt_version: Option<Json>,
    pub restrict_access: bool,
}

/// The trees of configuration by kind of resource.
const SECTIONS: &[&str] = &[
    "models",
    "seeds",
    "snapshots",
    "tests",
    "data_tests",
    "sources",
    "exposures",
    "metrics",
    "semantic-models",
    "saved-queries",
    "unit_tests",
    "analyses",
    "functions",
];

/// All other keys that dbt knows.
const KEYS: &[&str] = &[
    "name",
    "version",
    "config-version",
    "profile",
    "model-paths",
    "seed-paths",
    "snapshot-paths",
    "test-paths",
    "analysis-paths",
    "macro-paths",
    "docs-paths",
    "asset-paths",
    "function-paths",
    "packages-install-path",
    "target-path",
    "log-path",
    "clean-targets",
    "vars",
    "on-run-start",
    "on-run-end",
    "dispatch",
    "query-comment",
    "quoting",
    "flags",
    "require-dbt-version",
    "restrict-access",
    "dbt-cloud",
    "source-paths",
    "data-paths",
    "project-root",
    "packages",
];

impl ProjectFile {
    /// Returns a rendered configuration tree.
    pub fn section(&self, name: &str) -> Option<&Node> {
        self.sections
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, node)| node)
    }

    /// Returns the project file of a package that has none: all defaults.
    pub(crate) fn synthetic(name: &str) -> Self {
        let file = SourceFile::new(format!("{name}://dbt_project.yml"), "");
        let root = Node {
            value: Value::Null,
            start: 0,
            end: 0,
        };
        let document = Document { file, root };
        let mut made = Self::defaults(document);
        name.clone_into(&mut made.name);
        made
    }

    fn defaults(document: Document) -> Self {
        let list = |items: &[&str]| items.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        Self {
            document,
            name: String::new(),
            version: None,
            profile: None,
            model_paths: list(&["models"]),
            seed_paths: list(&["seeds"]),
            snapshot_paths: list(&["snapshots"]),
            test_paths: list(&["tests"]),
            analysis_paths: list(&["analyses"]),
            macro_paths: list(&["macros"]),
            docs_paths: Vec::new(),
            asset_paths: Vec::new(),
            packages_install_path: "dbt_packages".into(),
            target_path: None,
            clean_targets: list(&["target"]),
            vars: Map::new(),
            sections: Vec::new(),
            unrendered_sections: Vec::new(),
            on_run_start: Vec::new(),
            on_run_end: Vec::new(),
            dispatch: Vec::new(),
            query_comment: None,
            quoting: Map::new(),
            flags: Map::new(),
            require_dbt_version: None,
            restrict_access: false,
        }
    }
}

/// Reads a project file; what is wrong or unknown goes to `faults` and `warnings`.
pub(super) fn parse(
    file: &Arc<SourceFile>,
    render: &Renderer<'_>,
    faults: &mut Diagnostics,
    warnings: &mut Vec<Diagnostic>,
) -> Option<ProjectFile> {
    let document = faults.take(yaml::parse(file))?;
    let map = faults
        .take(document.expect_map(&document.root, "dbt_project.yml"))?
        .clone();
    let mut project = ProjectFile::defaults(document.clone());
    let mut paths_given = (false, false);
    for (key, node) in &map.entries {
        let Some(name) = key.as_str() else { continue };
        if SECTIONS.contains(&name) {
            project.unrendered_sections.push((name.to_owned(), node.clone()));
            if let Some(rendered) = faults.take(render.tree(&document, node)) {
                project.sections.push((name.to_owned(), rendered));
            }
            continue;
        }
        let raw = matches!(name, "vars" | "on-run-start" | "on-run-end" | "query-comment");
        let node = if raw {
            node.clone()
        } else {
            faults.take(render.tree(&document, node))?
        };
        match name {
            "name" => faults
                .take(document.expect_str(&node, "name").map(str::to_owned))
                .unwrap_or_default()
                .clone_into(&mut project.name),
            "version" => project.version = Some(node.key_text()),
            "profile" if !node.is_null() => project.profile = Some(node.key_text()),
            "model-paths" | "source-paths" => faults
                .take(paths(&document, &node, &mut project.model_paths))
                .unwrap_or_default(),
            "seed-paths" | "data-paths" => faults
                .take(paths(&document, &node, &mut project.seed_paths))
                .unwrap_or_default(),
            "snapshot-paths" => faults
                .take(paths(&document, &node, &mut project.snapshot_paths))
                .unwrap_or_default(),
            "test-paths" => faults
                .take(paths(&document, &node, &mut project.test_paths))
                .unwrap_or_default(),
            "analysis-paths" => faults
                .take(paths(&document, &node, &mut project.analysis_paths))
                .unwrap_or_default(),
            "macro-paths" => faults
                .take(paths(&document, &node, &mut project.macro_paths))
                .unwrap_or_default(),
            "docs-paths" => {
                paths_given.0 = true;
                faults
                    .take(paths(&document, &node, &mut project.docs_paths))
                    .unwrap_or_default();
            }
            "asset-paths" => faults
                .take(paths(&document, &node, &mut project.asset_paths))
                .unwrap_or_default(),
            "clean-targets" => {
                paths_given.1 = true;
                faults
                    .take(paths(&document, &node, &mut project.clean_targets))
                    .unwrap_or_default();
            }
            "packages-install-path" => project.packages_install_path = node.key_text(),
            "target-path" if !node.is_null() => project.target_path = Some(node.key_text()),
            "vars" => match node.to_json() {
                Json::Object(map) => project.vars = map,
                Json::Null => {}
                _ => faults.push(document.error(&node, Code::YAML_SHAPE, "vars must be a mapping")),
            },
            "on-run-start" => project.on_run_start = hooks(node),
            "on-run-end" => project.on_run_end = hooks(node),
            "dispatch" => faults
                .take(dispatch(&document, &node).map(|d| project.dispatch = d))
                .unwrap_or_default(),
            "query-comment" => project.query_comment = Some(node.to_json()),
            "quoting" => object(&node, &mut project.quoting),
            "flags" => object(&node, &mut project.flags),
            "require-dbt-version" => project.require_dbt_version = Some(node.to_json()),
            "restrict-access" => project.restrict_access = node.as_bool().unwrap_or(false),
            _ if KEYS.contains(&name) => {}
            _ => warnings.push(unknown_key(&document, key, name)),
        }
    }
    if !paths_given.0 {
        let all = [
            &project.model_paths,
            &project.seed_paths,
            &project.snapshot_paths,
            &project.analysis_paths,
            &project.macro_paths,
        ];
        project.docs_paths = all.into_iter().flatten().cloned().collect();
    }
    if !paths_given.1
        && let Some(target) = &project.target_path
    {
        project.clean_targets = vec![target.clone()];
    }
    check_name(&document, &map, &project.name, faults)?;
    Some(project)
}

fn check_name(document: &Document, map: &yaml::Mapping, name: &str, faults: &mut Diagnostics) -> Option<()> {
    let Some(node) = map.get("name") else {
        faults.push(
            document
                .error(&document.root, Code::PROJECT_KEY, "dbt_project.yml has no `name`")
                .hint("Add `name: my_project`: letters, digits and underscores."),
        );
        return None;
    };
    let fits = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if fits {
        return Some(());
    }
    faults.push(
        document
            .error(
                node,
                Code::PROJECT_KEY,
                format!("`{name}` cannot be the name of a project"),
            )
            .hint("Use letters, digits and underscores, not beginning with a digit."),
    );
    None
}

fn unknown_key(document: &Document, key: &Node, name: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::PROJECT_KEY,
        format!("`{name}` is no key of dbt_project.yml; it is ignored"),
    )
    .at(key.span(&document.file))
    .did_you_mean(name, SECTIONS.iter().chain(KEYS).copied())
}

fn paths(document: &Document, node: &Node, into: &mut Vec<String>) -> Result<(), Diagnostic> {
    let items = document.expect_seq(node, "a list of paths")?;
    *into = items
        .iter()
        .map(|n| {
            document
                .expect_str(n, "a path")
                .map(|s| s.trim_end_matches('/').to_owned())
        })
        .collect::<Result<_, _>>()?;
    into.dedup();
    Ok(())
}

fn hooks(node: Node) -> Vec<Node> {
    match node.value {
        Value::Null => Vec::new(),
        Value::Seq(items) => items,
        _ => vec![node],
    }
}

fn object(node: &Node, into: &mut Map<String, Json>) {
    if let Json::Object(map) = node.to_json() {
        *into = map;
    }
}

fn dispatch(document: &Document, node: &Node) -> Result<Vec<Dispatch>, Diagnostic> {
    let entries = document.expect_seq(node, "dispatch")?;
    entries
        .iter()
        .map(|entry| {
            let missing = |key: &str| {
                document.error(
                    entry,
                    Code::YAML_SHAPE,
                    format!("an entry of dispatch lacks `{key}`"),
                )
            };
            let namespace = entry
                .get("macro_namespace")
                .ok_or_else(|| missing("macro_namespace"))?;
            let order = entry.get("search_order").ok_or_else(|| missing("search_order"))?;
            let names = document
                .expect_seq(order, "search_order")?
                .iter()
                .map(Node::key_text)
                .collect();
            Ok(Dispatch {
                macro_namespace: namespace.key_text(),
                search_order: names,
            })
        })
        .collect()
}

/// Renders the strings of a YAML tree, hooks excepted.
pub(super) struct Renderer<'a> {
    pub render: &'a dyn RenderYaml,
    pub vars: &'a Map<String, Json>,
    pub target: Option<&'a Json>,
}

impl Renderer<'_> {
    /// Returns the tree with its strings rendered; keys named like hooks keep their templates.
    pub fn tree(&self, document: &Document, node: &Node) -> Result<Node, Diagnostic> {
        let value = match &node.value {
            Value::Str(text) if text.contains("{{") || text.contains("{%") => {
                self.render
                    .render(text, node.span(&document.file), self.vars, self.target)?
            }
            Value::Seq(items) => Value::Seq(
                items
                    .iter()
                    .map(|n| self.tree(document, n))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Map(map) => {
                let entry = |(key, value): &(Node, Node)| {
                    let hook = matches!(
                        key.as_str().map(|k| k.trim_start_matches('+')),
                        Some("pre-hook" | "post-hook" | "pre_hook" | "post_hook")
                    );
                    let value = if hook {
                        value.clone()
                    } else {
                        self.tree(document, value)?
                    };
                    Ok((key.clone(), value))
                };
                Value::Map(yaml::Mapping {
                    entries: map.entries.iter().map(entry).collect::<Result<_, Diagnostic>>()?,
                })
            }
            other => other.clone(),
        };
        Ok(Node {
            value,
            start: node.start,
            end: node.end,
        })
    }
}

/// Says whether a folder holds a project.
pub(super) fn is_project(dir: &Path) -> bool {
    dir.join("dbt_project.yml").is_file()
}
