//! Unit tests: rows given for a model's inputs, and the rows that its query must make of them.

use std::collections::HashMap;
use std::sync::Arc;

use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value as Json, json};

use super::csv_rows;
use super::levels::settle;
use super::names::version_text;
use super::parse::Parsing;
use super::properties::{Entry, config_of};
use super::sources::folders;
use super::versions::Versions;
use super::{Manifest, Node, NodeId, NodeKind, RefTarget, TestInfo};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile};
use crate::jinja::{Engine, RefCall};
use crate::project::{ResourceFile, ResourceKind};
use crate::yaml::Node as Yaml;

/// What a unit test is made of.
#[derive(Debug, Clone)]
pub struct UnitTest {
    /// As it is written: `orders`.
    pub model: Arc<str>,
    pub given: Vec<UnitInput>,
    pub expect: UnitRows,
    pub overrides: Option<UnitOverrides>,
    /// `include` and `exclude`, as the artifact shows them.
    pub versions: Json,
    /// The version of the model that is tested.
    pub version: Json,
    pub checksum: Arc<str>,
}

/// An input and its rows.
#[derive(Debug, Clone)]
pub struct UnitInput {
    /// As it is written: `ref('orders')`.
    pub input: Arc<str>,
    pub source: UnitInputKind,
    pub rows: UnitRows,
}

/// What an input stands for.
#[derive(Debug, Clone)]
pub enum UnitInputKind {
    /// The tested model's own relation.
    This,
    Ref(RefCall),
    Source(Arc<str>, Arc<str>),
    /// Neither: the text does not name an input.
    Unknown,
}

/// Rows in one of three forms: dictionaries, or a query.
#[derive(Debug, Clone)]
pub struct UnitRows {
    /// A list of dictionaries, or the text of a query.
    pub rows: Json,
    /// `dict`, `csv` or `sql`.
    pub format: Arc<str>,
    pub fixture: Option<Arc<str>>,
}

/// What a unit test puts in the place of the project's macros, vars and environment.
#[derive(Debug, Clone, Default)]
pub struct UnitOverrides {
    pub macros: Map<String, Json>,
    pub vars: Map<String, Json>,
    pub env_vars: Map<String, Json>,
}

/// Parses all unit tests and adds them, one for each version of the model that is tested.
pub(super) fn parse(
    cx: &Parsing<'_>,
    manifest: &mut Manifest,
    entries: &[Entry],
    versions: &Versions<'_>,
    faults: &mut Diagnostics,
) {
    let fixtures = fixtures(cx);
    for entry in entries.iter().filter(|e| e.section == "unit_tests") {
        let Some(parsed) = faults.take(unit_test(cx, manifest, entry, &fixtures)) else {
            continue;
        };
        for node in faults
            .take(attach(manifest, entry, versions, parsed))
            .unwrap_or_default()
        {
            super::parse::add(manifest, Arc::new(node), faults);
        }
    }
}

impl UnitTest {
    /// Writes the definition as the artifact has it.
    pub(super) fn write<S: Serializer>(&self, node: &Node, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = |map: &mut Map<String, Json>, rows: &UnitRows| {
            map.insert("rows".into(), rows.rows.clone());
            map.insert("format".into(), (&*rows.format).into());
            map.insert("fixture".into(), rows.fixture.as_deref().into());
        };
        let given: Vec<Json> = self
            .given
            .iter()
            .map(|input| {
                let mut map = Map::new();
                map.insert("input".into(), (&*input.input).into());
                rows(&mut map, &input.rows);
                Json::Object(map)
            })
            .collect();
        let mut expect = Map::new();
        rows(&mut expect, &self.expect);
        let overrides = self
            .overrides
            .as_ref()
            .map(|o| json!({ "macros": o.macros, "vars": o.vars, "env_vars": o.env_vars }));
        let nodes: Vec<&str> = node.depends_on.iter().map(NodeId::as_str).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", &self.model)?;
        map.serialize_entry("given", &given)?;
        map.serialize_entry("expect", &expect)?;
        map.serialize_entry("name", &node.name)?;
        map.serialize_entry("resource_type", node.kind.word())?;
        map.serialize_entry("package_name", &node.package)?;
        map.serialize_entry("path", &node.path)?;
        map.serialize_entry("original_file_path", &node.original_path)?;
        map.serialize_entry("unique_id", node.id.as_str())?;
        map.serialize_entry("fqn", &node.fqn)?;
        map.serialize_entry("description", &node.description)?;
        map.serialize_entry("overrides", &overrides)?;
        map.serialize_entry("depends_on", &json!({ "macros": [], "nodes": nodes }))?;
        map.serialize_entry("config", &node.config.values)?;
        map.serialize_entry("checksum", &self.checksum)?;
        map.serialize_entry("schema", &node.relation.schema)?;
        map.serialize_entry("created_at", &node.created_at)?;
        map.serialize_entry("versions", &self.versions)?;
        map.serialize_entry("version", &self.version)?;
        map.end()
    }
}

type Fixtures<'a> = HashMap<(&'a str, &'a str), &'a ResourceFile>;

/// Returns the fixture files by package and name.
fn fixtures<'a>(cx: &'a Parsing<'_>) -> Fixtures<'a> {
    let mut found = HashMap::new();
    for package in &cx.project.packages {
        for file in package.files.iter().filter(|f| f.kind == ResourceKind::Fixture) {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            found.insert((&*package.name, stem), file);
        }
    }
    found
}

/// Where a unit test is read: for messages, and for what its rows refer to.
struct Reading<'a> {
    cx: &'a Parsing<'a>,
    manifest: &'a Manifest,
    entry: &'a Entry,
    fixtures: &'a Fixtures<'a>,
}

fn unit_test(cx: &Parsing<'_>, manifest: &Manifest, entry: &Entry, fixtures: &Fixtures<'_>) -> Result<Node> {
    let reading = Reading {
        cx,
        manifest,
        entry,
        fixtures,
    };
    let Some(model) = entry.get("model") else {
        return Err(reading
            .fault(&entry.node, format!("unit test `{}` names no model", entry.name))
            .hint("Add `model:` with the name of the model that it tests."));
    };
    let model: Arc<str> = model.key_text().into();
    // That these are there, and of their types, was checked when the file was read.
    let given: Vec<UnitInput> = entry
        .get("given")
        .and_then(Yaml::as_seq)
        .unwrap_or_default()
        .iter()
        .map(|item| reading.input(item))
        .collect::<Result<_>>()?;
    let expect = reading.rows(entry.get("expect").unwrap_or(&entry.node), None)?;
    let overrides = entry.get("overrides").map(|o| reading.overrides(o)).transpose()?;
    let versions = match entry.get("versions").map(Yaml::to_json) {
        Some(Json::Object(map)) => json!({
            "include": map.get("include"), "exclude": map.get("exclude"),
        }),
        _ => Json::Null,
    };
    let mut fqn = vec![entry.package.clone()];
    fqn.extend(folders(entry));
    fqn.extend([model.clone(), entry.name.clone()]);
    let folder = cx.levels.folder(NodeKind::UnitTest, &entry.package, &fqn);
    let patch = config_of(&entry.node);
    let settled = settle(&folder, Some(&patch), &Map::new());
    let mut test = UnitTest {
        model,
        given,
        expect,
        overrides,
        versions,
        version: Json::Null,
        checksum: cx.empty.clone(),
    };
    test.checksum = super::files::sha256(&hashed(&test));
    let document = &entry.file.document;
    let relation = crate::adapters::Relation::new(None, None, Some(&entry.name));
    Ok(Node {
        id: NodeId::new(format!(
            "unit_test.{}.{}.{}",
            entry.package, test.model, entry.name
        )),
        kind: NodeKind::UnitTest,
        name: entry.name.clone(),
        package: entry.package.clone(),
        path: entry.file.resource.path.clone(),
        original_path: entry.file.resource.original_path.clone(),
        fqn,
        relation,
        alias: entry.name.clone(),
        raw_code: cx.empty.clone(),
        file: SourceFile::new(&*entry.name, ""),
        range: None,
        declared_at: Some(entry.node.span(&document.file)),
        tags: settled.config.tags().into_iter().map(Arc::from).collect(),
        config: settled.config,
        unrendered_config: Arc::default(),
        description: entry.description(cx)?,
        columns: cx.no_columns.clone(),
        group: None,
        access: None,
        version: None,
        latest_version: None,
        patch_path: None,
        refs: Vec::new(),
        sources: Vec::new(),
        ref_spans: Vec::new(),
        source_spans: Vec::new(),
        depends_on_macros: Vec::new(),
        depends_on: Vec::new(),
        checksum: ("none", cx.empty.clone()),
        created_at: cx.created_at,
        test: Some(Box::new(TestInfo {
            unit: Some(Arc::new(test)),
            ..TestInfo::default()
        })),
        extra: Map::new(),
    })
}

impl Reading<'_> {
    fn fault(&self, node: &Yaml, message: String) -> Diagnostic {
        self.entry.error(node, Code::UNIT_TEST, message)
    }

    fn what(&self) -> String {
        format!("unit test `{}`", self.entry.name)
    }

    fn input(&self, item: &Yaml) -> Result<UnitInput> {
        let Some(named) = item.get("input").filter(|n| !n.is_null()) else {
            return Err(self
                .fault(item, format!("{} has given rows without `input`", self.what()))
                .hint("Write `input: ref('model')`, `source('source', 'table')` or `this`."));
        };
        let input: Arc<str> = named.key_text().into();
        let source = self.kind_of(&input);
        let rows = self.rows(item, Some((named, &source)))?;
        Ok(UnitInput { input, source, rows })
    }

    /// Reads `ref('x')`, `source('x', 'y')` or `this`.
    fn kind_of(&self, input: &str) -> UnitInputKind {
        if input.trim() == "this" {
            return UnitInputKind::This;
        }
        let file = SourceFile::new("input", format!("{{{{ {input} }}}}"));
        let Ok(scan) = self.cx.engine.scan(&file, &self.entry.package) else {
            return UnitInputKind::Unknown;
        };
        if let Some((call, _)) = scan.refs.into_iter().next() {
            return UnitInputKind::Ref(call);
        }
        match scan.sources.into_iter().next() {
            Some(((source, table), _)) => UnitInputKind::Source(source, table),
            None => UnitInputKind::Unknown,
        }
    }

    /// Reads the rows of an input or of the expectation, from the properties, a fixture, or a seed's file.
    fn rows(&self, item: &Yaml, input: Option<(&Yaml, &UnitInputKind)>) -> Result<UnitRows> {
        let format: Arc<str> = match item.get("format").filter(|n| !n.is_null()) {
            Some(format) => format.key_text().into(),
            None => "dict".into(),
        };
        let given = item.get("rows").filter(|n| !n.is_null());
        let named = item.get("fixture").filter(|n| !n.is_null());
        let fixture: Option<Arc<str>> = named.map(|n| n.key_text().into());
        let text = |node: Option<&Yaml>| -> Result<String> {
            match node {
                Some(node) => {
                    let text = self.entry.file.document.expect_str(node, "rows")?;
                    Ok(rendered(text).to_owned())
                },
                None => Err(self
                    .fault(item, format!("{} has `format: {format}`, but neither rows nor a fixture", self.what()))
                    .hint("Give the rows as a text under `rows:`, or name a file of tests/fixtures under `fixture:`.")),
            }
        };
        let mut rows = match &*format {
            "dict" => match (given, named, input) {
                (Some(rows), ..) => self.dictionaries(rows)?,
                (None, None, Some((place, UnitInputKind::Ref(call)))) => self.seed_rows(place, call)?,
                _ => return Err(self
                    .fault(item, format!("{} has `format: dict`, but no rows", self.what()))
                    .hint("List the rows under `rows:`, or write `format: csv` or `format: sql` beside `fixture:`.")),
            },
            "csv" => match named {
                Some(named) => {
                    let file = self.fixture(named)?;
                    self.csv(file.file.text().trim(), named)?
                }
                None => self.csv(&text(given)?, given.unwrap_or(item))?,
            },
            _ => match named {
                Some(named) => Json::from(self.fixture(named)?.file.text().trim()),
                None => Json::from(text(given)?),
            },
        };
        if let Json::Array(list) = &mut rows {
            promote(list);
        }
        Ok(UnitRows {
            rows,
            format,
            fixture,
        })
    }

    fn dictionaries(&self, rows: &Yaml) -> Result<Json> {
        let list = self.entry.file.document.expect_seq(rows, "rows")?;
        for row in list {
            self.entry.file.document.expect_map(row, "a row")?;
        }
        Ok(list.iter().map(value_of).collect())
    }

    fn csv(&self, text: &str, place: &Yaml) -> Result<Json> {
        let rows = csv_rows::read(text);
        if let Some((at, row)) = rows.iter().enumerate().find(|(_, row)| row.extra > 0) {
            return Err(self
                .fault(
                    place,
                    format!(
                        "row {} of the CSV rows of {} has more fields than the header",
                        at + 1,
                        self.what()
                    ),
                )
                .note(format!("fields beyond the header: {}", row.extra))
                .hint("Put a field that holds a comma into double quotes."));
        }
        Ok(rows.into_iter().map(|row| Json::Object(row.values)).collect())
    }

    fn fixture(&self, named: &Yaml) -> Result<&ResourceFile> {
        let name = named.key_text();
        let package = &*self.entry.package;
        self.fixtures.get(&(package, &*name)).copied().ok_or_else(|| {
            let known = self
                .fixtures
                .keys()
                .filter(|(p, _)| *p == package)
                .map(|(_, n)| *n);
            self.fault(
                named,
                format!("{} names a fixture `{name}`, which was not found", self.what()),
            )
            .note("fixtures are files `.csv` or `.sql` below `tests/fixtures`")
            .did_you_mean(&name, known)
        })
    }

    /// Returns the rows of a seed's file, for an input without rows.
    fn seed_rows(&self, place: &Yaml, call: &RefCall) -> Result<Json> {
        let package = call.package.as_deref().unwrap_or(&self.entry.package);
        let id = format!("seed.{package}.{}", call.name);
        let file = self.manifest.nodes.contains_key(id.as_str()).then(|| {
            let files = &self.cx.project.package(package)?.files;
            files.iter().find(|f| {
                let name = f.path.rsplit('/').next().unwrap_or(&f.path);
                f.kind == ResourceKind::Seed
                    && name.rsplit_once('.').map_or(name, |(stem, _)| stem) == &*call.name
            })
        });
        let Some(file) = file.flatten() else {
            return Err(self
                .fault(
                    place,
                    format!(
                        "{} gives no rows for `{}`, which is no seed",
                        self.what(),
                        call.name
                    ),
                )
                .hint(
                    "Add `rows:`; only an input that is a seed can do without, its own rows are used then.",
                ));
        };
        let text = crate::fs::read_as(&file.absolute, file.file.path())?;
        // A seed's empty fields stay empty texts here, as in dbt.
        let rows = csv_rows::read(&text).into_iter().map(|row| {
            let filled = row.values.into_iter().map(|(name, value)| match value {
                Json::Null => (name, Json::from("")),
                other => (name, other),
            });
            Json::Object(filled.collect())
        });
        Ok(rows.collect())
    }

    fn overrides(&self, node: &Yaml) -> Result<UnitOverrides> {
        let part = |key: &str| -> Result<Map<String, Json>> {
            let Some(node) = node.get(key).filter(|n| !n.is_null()) else {
                return Ok(Map::new());
            };
            self.entry.file.document.expect_map(node, key)?;
            Ok(match value_of(node) {
                Json::Object(map) => map,
                _ => Map::new(),
            })
        };
        Ok(UnitOverrides {
            macros: part("macros")?,
            vars: part("vars")?,
            env_vars: part("env_vars")?,
        })
    }
}

/// Returns a text as dbt has it after rendering: without its last newline.
fn rendered(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// Returns a value of the rows; a timestamp as ISO 8601, as dbt writes it.
fn value_of(node: &Yaml) -> Json {
    use crate::yaml::Value;
    match &node.value {
        Value::Date(text) => Json::from(text.replacen(' ', "T", 1)),
        Value::Str(text) => Json::from(rendered(text)),
        Value::Seq(items) => items.iter().map(value_of).collect(),
        Value::Map(map) => Json::Object(
            map.entries
                .iter()
                .map(|(k, v)| (k.key_text(), value_of(v)))
                .collect(),
        ),
        _ => node.to_json(),
    }
}

/// Swaps the first row without a null to the top: databases take the types of columns from the first row.
fn promote(rows: &mut [Json]) {
    let full = rows.iter().position(|row| {
        row.as_object()
            .is_some_and(|row| row.values().all(|value| !value.is_null()))
    });
    if let Some(at) = full {
        rows.swap(0, at);
    }
}

/// Returns the text whose hash tells whether a unit test changed: dbt's, in the spelling of Python.
fn hashed(test: &UnitTest) -> String {
    let python = |value: &Json| Engine::text(&crate::jinja::list(vec![Engine::value(value)]));
    // The list around it makes a text show its quotes.
    let repr = |value: &Json| {
        let listed = python(value);
        listed[1..listed.len() - 1].to_owned()
    };
    let text = |value: Option<&Arc<str>>| repr(&value.map_or(Json::Null, |v| Json::from(&**v)));
    let format = |rows: &UnitRows| {
        let member = match &*rows.format {
            "csv" => "CSV",
            "sql" => "SQL",
            _ => "Dict",
        };
        format!("<UnitTestFormat.{member}: '{}'>", rows.format)
    };
    let fixed = |rows: &UnitRows| {
        format!(
            "rows={}, format={}, fixture={}",
            repr(&rows.rows),
            format(rows),
            text(rows.fixture.as_ref())
        )
    };
    let given: Vec<String> = test
        .given
        .iter()
        .map(|g| {
            format!(
                "UnitTestInputFixture(input={}, {})",
                text(Some(&g.input)),
                fixed(&g.rows)
            )
        })
        .collect();
    let versions = match &test.versions {
        Json::Object(map) => {
            let part = |key: &str| repr(map.get(key).unwrap_or(&Json::Null));
            format!(
                "UnitTestNodeVersions(include={}, exclude={})",
                part("include"),
                part("exclude")
            )
        }
        _ => "None".to_owned(),
    };
    let overrides = match &test.overrides {
        Some(o) => {
            let part = |map: &Map<String, Json>| repr(&Json::Object(map.clone()));
            format!(
                "UnitTestOverrides(macros={}, vars={}, env_vars={})",
                part(&o.macros),
                part(&o.vars),
                part(&o.env_vars)
            )
        }
        None => "None".to_owned(),
    };
    let mut data = format!(
        "{}-{versions}-[{}]-UnitTestOutputFixture({})-{overrides}",
        test.model,
        given.join(", "),
        fixed(&test.expect)
    );
    for input in test.given.iter().filter(|g| g.rows.fixture.is_some()) {
        data.push_str(&format!("-{}", Engine::text(&Engine::value(&input.rows.rows))));
    }
    data
}

/// Finds the tested model and makes a node for each of its versions that is tested; none where it is switched off.
fn attach(manifest: &Manifest, entry: &Entry, versions: &Versions<'_>, mut node: Node) -> Result<Vec<Node>> {
    let Some(test) = node.test.as_ref().and_then(|t| t.unit.clone()) else {
        return Ok(vec![node]);
    };
    let mut words = test.model.split_whitespace();
    let call = RefCall {
        package: None,
        name: words.next().unwrap_or_default().into(),
        version: words.next().map(Arc::from),
        numeric: false,
    };
    let place = entry.get("model").unwrap_or(&entry.node);
    let tested = match manifest.resolve_ref(&call, &entry.package) {
        RefTarget::Found(tested) if tested.kind == NodeKind::Model => tested,
        RefTarget::Missing if manifest.refused.has(&call.name) => return Ok(Vec::new()),
        RefTarget::Disabled(_) => {
            switch_off(&mut node);
            return Ok(vec![node]);
        }
        _ => {
            let models = manifest.nodes.values().filter(|n| n.kind == NodeKind::Model);
            return Err(entry
                .error(
                    place,
                    Code::UNIT_TEST,
                    format!(
                        "unit test `{}` tests a model named `{}`, which was not found",
                        entry.name, test.model
                    ),
                )
                .did_you_mean(&test.model, models.map(|n| &*n.name)));
        }
    };
    node.depends_on = vec![tested.id.clone()];
    node.relation.schema.clone_from(&tested.relation.schema);
    node.relation.database.clone_from(&tested.relation.database);
    if !node.config.enabled() {
        // A test that is off itself does not learn where its model is built.
        node.depends_on.clear();
        node.relation.schema = None;
        return Ok(vec![node]);
    }
    check_incremental(entry, &test, tested)?;
    let wanted = |key: &str| {
        test.versions
            .get(key)
            .and_then(Json::as_array)
            .filter(|l| !l.is_empty())
    };
    if tested.version.is_none() {
        if wanted("include").is_some() || wanted("exclude").is_some() {
            return Err(entry
                .error(
                    entry.get("versions").unwrap_or(place),
                    Code::UNIT_TEST,
                    format!(
                        "unit test `{}` names versions, but model `{}` has none",
                        entry.name, tested.name
                    ),
                )
                .hint("Remove `versions:`."));
        }
        return Ok(vec![node]);
    }
    let listed = |list: &[Json], v: &Json| list.iter().any(|w| version_text(w) == version_text(v));
    let chosen = versions
        .of_model(&tested.package, &tested.name)
        .iter()
        .filter(|v| match (wanted("exclude"), wanted("include")) {
            (Some(not), _) => !listed(not, v),
            (None, Some(these)) => listed(these, v),
            (None, None) => test.versions.is_null(),
        });
    let mut made = Vec::new();
    for v in chosen {
        let id = NodeId::new(format!(
            "model.{}.{}.v{}",
            tested.package,
            tested.name,
            version_text(v)
        ));
        let Some(model) = manifest.nodes.get(&id) else {
            continue;
        };
        let mut one = node.clone();
        let mut own = (*test).clone();
        own.version = v.clone();
        one.id = NodeId::new(format!("{}_v{}", node.id, version_text(v)));
        one.version = Some(v.clone());
        one.relation.database.clone_from(&model.relation.database);
        one.depends_on = vec![id];
        one.test = Some(Box::new(TestInfo {
            unit: Some(Arc::new(own)),
            ..TestInfo::default()
        }));
        made.push(one);
    }
    if made.is_empty() {
        return Err(entry.error(
            entry.get("versions").unwrap_or(place),
            Code::UNIT_TEST,
            format!(
                "unit test `{}` tests versions of `{}` that were not found",
                entry.name, tested.name
            ),
        ));
    }
    Ok(made)
}

/// Refuses a test of a model that asks `is_incremental()` and does not say what the answer shall be.
fn check_incremental(entry: &Entry, test: &UnitTest, tested: &Node) -> Result<()> {
    if !tested
        .depends_on_macros
        .iter()
        .any(|m| **m == *"macro.dbt.is_incremental")
    {
        return Ok(());
    }
    let answer = test
        .overrides
        .as_ref()
        .and_then(|o| o.macros.get("is_incremental"))
        .and_then(Json::as_bool);
    let Some(answer) = answer else {
        return Err(entry
            .error(
                entry.get("overrides").unwrap_or(&entry.node),
                Code::UNIT_TEST,
                format!(
                    "unit test `{}` does not say whether model `{}` runs incrementally",
                    entry.name, tested.name
                ),
            )
            .hint("Add `overrides: {macros: {is_incremental: true}}`, or `false`."));
    };
    let has_this = test.given.iter().any(|g| *g.input == *"this");
    if answer && !has_this {
        return Err(entry
            .error(
                entry.get("given").unwrap_or(&entry.node),
                Code::UNIT_TEST,
                format!(
                    "unit test `{}` of an incremental run gives no rows for `this`",
                    entry.name
                ),
            )
            .hint("Add `- input: this` with the rows that the table holds before the run."));
    }
    Ok(())
}

fn switch_off(node: &mut Node) {
    Arc::make_mut(&mut node.config)
        .values
        .insert("enabled".into(), false.into());
}
