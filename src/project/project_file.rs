//! `dbt_project.yml`: its keys, their defaults as in dbt 1.11, and what is wrong with them.

use std::path::Path;

use serde_json::{Map, Value as Json};

use super::project_keys::{FILE_NAME, KEYS, QUOTING, QUOTING_SUFFIX, RESERVED, SECTIONS, SHAPES};
use super::rendering::{Key, Rendering};
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
    pub function_paths: Vec<String>,
    pub docs_paths: Vec<String>,
    pub asset_paths: Vec<String>,
    pub packages_install_path: String,
    pub clean_targets: Vec<String>,
    pub target_path: Option<String>,
    pub log_path: Option<String>,
    /// `vars:` as written: global ones and dictionaries by package name.
    pub vars: Map<String, Json>,
    /// The configuration trees by section (`models`, `seeds`, `snapshots`, `data_tests`, `sources`, …),
    /// rendered; hooks in them stay unrendered. Places stay those of the file. `tests` is found as `data_tests`.
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

impl ProjectFile {
    /// Returns a project with dbt's defaults for everything but its name.
    pub fn named(document: Document, name: impl Into<String>) -> Self {
        let one = |path: &str| vec![path.to_owned()];
        let mut made = Self {
            document,
            name: name.into(),
            version: None,
            profile: None,
            model_paths: one("models"),
            seed_paths: one("seeds"),
            snapshot_paths: one("snapshots"),
            test_paths: one("tests"),
            analysis_paths: one("analyses"),
            macro_paths: one("macros"),
            function_paths: one("functions"),
            docs_paths: Vec::new(),
            asset_paths: Vec::new(),
            packages_install_path: "dbt_packages".to_owned(),
            clean_targets: one("target"),
            target_path: None,
            log_path: None,
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
        };
        made.docs_paths = made.all_source_paths();
        made
    }

    /// Returns the project file of a package that has none: all defaults.
    pub(crate) fn synthetic(name: &str) -> Self {
        let document = Document {
            file: SourceFile::new(format!("{name}://{FILE_NAME}"), ""),
            root: Node {
                value: Value::Null,
                start: 0,
                end: 0,
            },
            warnings: Vec::new(),
        };
        Self::named(document, name)
    }

    /// Returns a rendered configuration tree.
    pub fn section(&self, name: &str) -> Option<&Node> {
        find(&self.sections, name)
    }

    /// Returns a configuration tree as written.
    pub fn unrendered_section(&self, name: &str) -> Option<&Node> {
        find(&self.unrendered_sections, name)
    }

    /// Returns all folders that may hold resources, sorted, each once.
    pub fn all_source_paths(&self) -> Vec<String> {
        let mut all: Vec<String> = [
            &self.model_paths,
            &self.seed_paths,
            &self.snapshot_paths,
            &self.analysis_paths,
            &self.macro_paths,
            &self.test_paths,
            &self.function_paths,
        ]
        .into_iter()
        .flatten()
        .map(|p| p.trim_end_matches('/').to_owned())
        .collect();
        all.sort();
        all.dedup();
        all
    }
}

fn find<'a>(sections: &'a [(String, Node)], name: &str) -> Option<&'a Node> {
    let name = if name == "tests" { "data_tests" } else { name };
    sections.iter().find(|(n, _)| n == name).map(|(_, node)| node)
}

/// Says whether dbt renders what stands under a path of keys.
fn is_rendered(path: &[Key<'_>]) -> bool {
    let Some(Key::Name(first)) = path.first() else {
        return true;
    };
    match *first {
        "on-run-start" | "on-run-end" | "query-comment" | "vars" => false,
        "seeds" | "models" | "snapshots" | "tests" | "data_tests" => !path.iter().any(|key| {
            let Key::Name(name) = key else { return false };
            matches!(
                name.trim_start_matches(['+', ' ']),
                "pre-hook" | "post-hook" | "pre_hook" | "post_hook"
            )
        }),
        _ => true,
    }
}

/// Reads the profile's name before a target is known, rendered without one.
pub(super) fn profile_name(
    document: &Document,
    rendering: &Rendering<'_>,
    found: &mut Diagnostics,
) -> Option<String> {
    let node = document.root.get("profile")?;
    let rendered = rendering.node(document, node, &|_| true, found);
    found
        .take(document.expect_str(&rendered, "`profile`"))
        .map(str::to_owned)
}

/// Gives meaning to a parsed `dbt_project.yml`. All faults are collected; none is returned where it has no name.
pub(super) fn interpret(
    document: Document,
    rendering: &Rendering<'_>,
    found: &mut Diagnostics,
) -> Option<ProjectFile> {
    found.extend(document.warnings.iter().cloned());
    if document.root.as_map().is_none() {
        let root = &document.root;
        let message = format!("`{FILE_NAME}` must be a mapping of keys, but is {}", root.kind());
        found.push(
            document
                .error(root, Code::YAML_SHAPE, message)
                .hint("Give the project a name: `name: my_project`."),
        );
        return None;
    }
    let root = rendering.node(&document, &document.root, &is_rendered, found);
    let mut reader = Reader {
        document: &document,
        root: &root,
        found,
    };
    reader.check_keys();
    reader.check_shapes();
    reader.check_quoting();
    let name = reader.name();
    let mut project = ProjectFile::named(document.clone(), name.clone().unwrap_or_default());
    reader.fill(&mut project);
    name.map(|_| project)
}

struct Reader<'a> {
    document: &'a Document,
    root: &'a Node,
    found: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn check_keys(&mut self) {
        let Some(map) = self.root.as_map() else { return };
        for (key, _) in &map.entries {
            let text = key.key_text();
            if KEYS.contains(&text.as_str()) || SECTIONS.contains(&text.as_str()) {
                continue;
            }
            let known = KEYS.iter().chain(SECTIONS).copied();
            let dashed = text.replace('_', "-");
            let message = format!("`{text}` is not a key of `{FILE_NAME}`");
            let fault = self.document.error(key, Code::PROJECT_KEY, message);
            self.found
                .push(match KEYS.iter().chain(SECTIONS).find(|k| **k == dashed) {
                    Some(meant) => fault.hint(format!("Did you mean `{meant}`?")),
                    None => fault.did_you_mean(&text, known),
                });
        }
    }

    /// Checks values that nothing else looks at while the project is loaded.
    fn check_shapes(&mut self) {
        let Some(map) = self.root.as_map() else { return };
        for (key, value) in map.iter() {
            let shape = SHAPES.iter().find(|(known, _)| *known == key);
            if let Some((_, shape)) = shape {
                let what = format!("`{key}`");
                self.found.extend(yaml::misfits(
                    self.document,
                    value,
                    shape,
                    &what,
                    Code::YAML_SHAPE,
                ));
            }
        }
    }

    fn check_quoting(&mut self) {
        let map = self.root.get("quoting").and_then(Node::as_map);
        for (key, _) in map.into_iter().flat_map(|map| &map.entries) {
            let Some(name) = key.as_str() else { continue };
            if QUOTING.contains(&name) || name.ends_with(QUOTING_SUFFIX) {
                continue;
            }
            let message = format!("`quoting` has no key `{name}`");
            let fault = self.document.error(key, Code::YAML_SHAPE, message);
            self.found.push(
                fault
                    .did_you_mean(name, QUOTING)
                    .note(format!("the keys of `quoting` are {}", QUOTING.join(", "))),
            );
        }
    }

    fn name(&mut self) -> Option<String> {
        let Some(node) = self.root.get("name") else {
            let message = format!("`{FILE_NAME}` has no `name`");
            let start = Node {
                value: Value::Null,
                start: 0,
                end: 0,
            };
            self.found.push(
                self.document
                    .error(&start, Code::PROJECT_KEY, message)
                    .hint("Add a line `name: my_project`."),
            );
            return None;
        };
        let name = self.found.take(self.document.expect_str(node, "`name`"))?;
        let mut letters = name.chars();
        let starts = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if !starts || !letters.all(|c| c.is_alphanumeric() || c == '_') {
            let message = format!(
                "the project's name `{name}` must be letters, digits and underscores, a letter first"
            );
            let fixed: String = name
                .chars()
                .map(|c| if c.is_alphanumeric() { c } else { '_' })
                .collect();
            self.found.push(
                self.document
                    .error(node, Code::PROJECT_KEY, message)
                    .hint(format!("Name it `{fixed}`, for example.")),
            );
            return None;
        }
        if RESERVED.contains(&name) {
            let message = format!("a project cannot be named `{name}`, because templates use that name");
            self.found.push(
                self.document
                    .error(node, Code::PROJECT_KEY, message)
                    .hint(format!("Name it `{name}_project`, for example.")),
            );
            return None;
        }
        Some(name.to_owned())
    }

    fn fill(&mut self, project: &mut ProjectFile) {
        self.paths(project);
        project.version = self.version();
        project.profile = self.text("profile");
        project.target_path = self.text("target-path");
        project.log_path = self.text("log-path");
        for (key, usual, variable, event) in [
            ("log-path", "logs", "DBT_LOG_PATH", "ConfigLogPathDeprecation"),
            (
                "target-path",
                "target",
                "DBT_TARGET_PATH",
                "ConfigTargetPathDeprecation",
            ),
        ] {
            if self
                .root
                .get(key)
                .is_some_and(|node| node.as_str() != Some(usual))
            {
                let instead = format!("Take it out, and give the flag `--{key}` or set `{variable}`.");
                self.deprecated(key, instead, event);
            }
        }
        if let Some(path) = self.text("packages-install-path") {
            project.packages_install_path = path;
        }
        project.clean_targets = self
            .list("clean-targets")
            .unwrap_or_else(|| vec![project.target_path.clone().unwrap_or_else(|| "target".to_owned())]);
        project.vars = self.vars();
        project.quoting = self.map("quoting");
        project.flags = self.map("flags");
        project.on_run_start = self.hooks("on-run-start");
        project.on_run_end = self.hooks("on-run-end");
        project.dispatch = self.dispatch();
        project.query_comment = self.root.get("query-comment").map(Node::to_json);
        project.restrict_access = self.flag("restrict-access");
        project.require_dbt_version = self
            .root
            .get("require-dbt-version")
            .filter(|n| !n.is_null())
            .map(Node::to_json);
        if let Some(node) = self.root.get("config-version")
            && !matches!(node.value, Value::Int(1 | 2) | Value::Null)
        {
            let message = format!("`config-version` must be 2, but is {}", node.key_text());
            self.found
                .push(self.document.error(node, Code::PROJECT_KEY, message));
        }
        project.sections = self.sections(self.root);
        project.unrendered_sections = self.sections(&self.document.root);
        self.check_sections();
    }

    fn version(&mut self) -> Option<String> {
        let node = self.root.get("version").filter(|node| !node.is_null())?;
        let text = node.key_text();
        let is_scalar = matches!(node.value, Value::Str(_) | Value::Int(_) | Value::Float(_));
        if !is_scalar || !is_version(&text) {
            let message = format!("`version` must be two or three numbers with dots, but is `{text}`");
            let fault = self.document.error(node, Code::PROJECT_KEY, message);
            self.found.push(fault.hint("Write it so: `version: \"1.0.0\"`."));
        }
        Some(text)
    }

    fn paths(&mut self, project: &mut ProjectFile) {
        let mut set = |key: &str, old: Option<&str>, place: &mut Vec<String>| {
            let used = match old {
                Some(old) if self.root.get(key).is_none() && self.root.get(old).is_some() => {
                    let event = if old == "source-paths" {
                        "ConfigSourcePathDeprecation"
                    } else {
                        "ConfigDataPathDeprecation"
                    };
                    self.deprecated(old, format!("Rename it to `{key}`."), event);
                    old
                }
                _ => key,
            };
            if let Some(list) = self.list(used) {
                *place = list;
            }
        };
        set("model-paths", Some("source-paths"), &mut project.model_paths);
        set("seed-paths", Some("data-paths"), &mut project.seed_paths);
        set("snapshot-paths", None, &mut project.snapshot_paths);
        set("test-paths", None, &mut project.test_paths);
        set("analysis-paths", None, &mut project.analysis_paths);
        set("macro-paths", None, &mut project.macro_paths);
        set("function-paths", None, &mut project.function_paths);
        set("asset-paths", None, &mut project.asset_paths);
        project.docs_paths = self
            .list("docs-paths")
            .unwrap_or_else(|| project.all_source_paths());
    }

    fn deprecated(&mut self, old: &str, replacement: String, event: &'static str) {
        let place = self
            .root
            .as_map()
            .and_then(|m| m.entries.iter().find(|(k, _)| k.as_str() == Some(old)));
        let span = place.map(|(key, _)| key.span(&self.document.file));
        self.found.push(
            Diagnostic::warning(Code::DEPRECATED, format!("`{old}` is deprecated"))
                .at(span)
                .hint(replacement)
                .event(event),
        );
    }

    /// Returns a key's value unless it is absent or null.
    fn value(&self, key: &str) -> Option<&Node> {
        self.root.get(key).filter(|n| !n.is_null())
    }

    fn text(&mut self, key: &str) -> Option<String> {
        let node = self.root.get(key).filter(|n| !n.is_null())?;
        let text = self.document.expect_str(node, &format!("`{key}`"));
        self.found.take(text).map(str::to_owned)
    }

    fn flag(&mut self, key: &str) -> bool {
        let Some(node) = self.root.get(key).filter(|n| !n.is_null()) else {
            return false;
        };
        node.as_bool().unwrap_or_else(|| {
            let message = format!("`{key}` must be true or false, but is {}", node.kind());
            self.found
                .push(self.document.error(node, Code::YAML_SHAPE, message));
            false
        })
    }

    fn list(&mut self, key: &str) -> Option<Vec<String>> {
        let node = self.root.get(key).filter(|n| !n.is_null())?;
        let what = format!("`{key}`");
        let items = match self.document.expect_seq(node, &what) {
            Ok(items) => items,
            Err(error) => {
                let hint = node.as_str().map(|s| format!("Write `{key}: [\"{s}\"]`."));
                self.found.push(match hint {
                    Some(hint) => error.hint(hint),
                    None => error,
                });
                return None;
            }
        };
        let what = format!("an entry of `{key}`");
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            if let Some(text) = self.found.take(self.document.expect_str(item, &what)) {
                texts.push(clean(text));
            }
        }
        Some(texts)
    }

    /// Returns `vars`, whose numbers are those of Python.
    fn vars(&mut self) -> Map<String, Json> {
        let exact = self.root.get("vars").map(Node::to_exact_json);
        match exact {
            Some(Err(number)) => self.found.push(number.beyond_128_bits(self.document)),
            Some(Ok(Json::Object(vars))) => return vars,
            _ => {}
        }
        self.map("vars")
    }

    fn map(&mut self, key: &str) -> Map<String, Json> {
        let Some(node) = self.root.get(key).filter(|n| !n.is_null()) else {
            return Map::new();
        };
        if let Err(error) = self.document.expect_map(node, &format!("`{key}`")) {
            self.found.push(error);
        }
        match node.to_json() {
            Json::Object(map) => map,
            _ => Map::new(),
        }
    }

    fn hooks(&mut self, key: &str) -> Vec<Node> {
        let Some(node) = self.root.get(key).filter(|n| !n.is_null()) else {
            return Vec::new();
        };
        match &node.value {
            Value::Str(_) => vec![node.clone()],
            Value::Seq(items) => {
                for item in items {
                    if let Err(error) = self.document.expect_str(item, &format!("an entry of `{key}`")) {
                        self.found.push(error);
                    }
                }
                items.iter().filter(|i| i.as_str().is_some()).cloned().collect()
            }
            _ => {
                let message = format!(
                    "`{key}` must be a string or a list of strings, but is {}",
                    node.kind()
                );
                self.found
                    .push(self.document.error(node, Code::YAML_SHAPE, message));
                Vec::new()
            }
        }
    }

    fn dispatch(&mut self) -> Vec<Dispatch> {
        let Some(node) = self.value("dispatch") else {
            return Vec::new();
        };
        let read = |entry: &Node| {
            let names = entry.get("search_order")?.as_seq()?;
            Some(Dispatch {
                macro_namespace: entry.get("macro_namespace")?.as_str()?.to_owned(),
                search_order: names
                    .iter()
                    .map(|n| n.as_str().map(str::to_owned))
                    .collect::<Option<_>>()?,
            })
        };
        let fault = |node: &Node| {
            self.document
                .error(
                    node,
                    Code::YAML_SHAPE,
                    "an entry of `dispatch` needs `macro_namespace`, a string, and `search_order`, a list of packages",
                )
                .hint("Write `dispatch: [{macro_namespace: dbt_utils, search_order: [my_project, dbt_utils]}]`.")
        };
        let mut entries = Vec::new();
        let mut faults = Vec::new();
        match node.as_seq() {
            Some(items) => {
                for item in items {
                    match read(item) {
                        Some(entry) => entries.push(entry),
                        None => faults.push(fault(item)),
                    }
                }
            }
            None => faults.push(fault(node)),
        }
        self.found.extend(faults);
        entries
    }

    fn sections(&self, root: &Node) -> Vec<(String, Node)> {
        let twice = root.get("data_tests").is_some();
        let mut sections = Vec::new();
        for name in SECTIONS {
            let Some(node) = root.get(name).filter(|n| n.as_map().is_some()) else {
                continue;
            };
            match *name {
                "tests" if twice => {}
                "tests" => sections.push(("data_tests".to_owned(), node.clone())),
                _ => sections.push(((*name).to_owned(), node.clone())),
            }
        }
        sections
    }

    fn check_sections(&mut self) {
        for name in SECTIONS {
            if let Some(node) = self.root.get(name).filter(|n| !n.is_null())
                && let Err(error) = self.document.expect_map(node, &format!("`{name}`"))
            {
                self.found.push(error);
            }
            let number = self.root.get(name).and_then(Node::first_beyond_64_bits);
            if let Some(number) = number {
                let message = format!("the whole number {} does not fit into 64 bits", number.key_text());
                self.found.push(
                    self.document
                        .error(number, Code::YAML_SHAPE, message)
                        .hint("Put it in quotes to make it a string."),
                );
            }
        }
        let both = self
            .root
            .get("tests")
            .filter(|n| !n.is_null())
            .zip(self.root.get("data_tests"));
        if let Some((node, _)) = both {
            self.found.push(
                self.document
                    .error(
                        node,
                        Code::PROJECT_KEY,
                        "`tests` and `data_tests` cannot both be set",
                    )
                    .hint("Move what stands under `tests` to `data_tests`."),
            );
        }
    }
}

/// Returns a path setting with forward slashes, without `./` before and `/` after it.
fn clean(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() && Path::new(path).has_root() {
        path.to_owned()
    } else {
        trimmed.to_owned()
    }
}

/// Says whether a text is a semantic version, whose third number may be left out.
fn is_version(text: &str) -> bool {
    let is_word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_number = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let (text, build) = text
        .split_once('+')
        .map_or((text, None), |(text, build)| (text, Some(build)));
    let (core, early) = text
        .split_once('-')
        .map_or((text, None), |(core, early)| (core, Some(early)));
    let numbers: Vec<&str> = core.split('.').collect();
    let has_more = build.is_some() || early.is_some();
    let fits = match numbers.len() {
        2 => !has_more,
        3 => true,
        _ => false,
    };
    let early_fits =
        |part: &str| is_word(part) && (is_number(part) || part.chars().any(|c| !c.is_ascii_digit()));
    fits && numbers.iter().all(|part| is_number(part))
        && early.is_none_or(|early| early.split('.').all(early_fits))
        && build.is_none_or(|build| build.split('.').all(is_word))
}
