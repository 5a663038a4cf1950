//! Unit tests: the tested model's query, rendered over given rows in the place of its inputs.

use std::sync::{Arc, Mutex};

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value as Json, json};

use super::ephemeral::{Cte, cte_name, inject};
use super::{CompiledNode, Context, NodeHost};
use crate::adapters::{Policy, Relation, RelationKind, Session};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Level;
use crate::jinja::{Engine, Host, RefCall, Value};
use crate::manifest::{
    Config, Node, NodeId, NodeKind, RefTarget, SourceNode, UnitInput, UnitInputKind, UnitOverrides, UnitTest,
};

/// Compiles a unit test: the model's query, with each input that it reads as a common table expression.
///
/// # Errors
/// Inputs that are not there or not given, and what the model's template or a fixture raised.
pub(super) fn compile(
    cx: &Arc<Context>,
    node: &Arc<Node>,
    test: &Arc<UnitTest>,
    session: Option<&Arc<Session>>,
) -> Result<CompiledNode> {
    let Some(model) = node.depends_on.first().and_then(|id| cx.manifest.nodes.get(id)) else {
        return Err(fault(format!("unit test `{}` has no model", node.name)).at(node.declared_at.clone()));
    };
    let inputs = inputs(cx, node, test, model).map_err(|e| e.at(node.declared_at.clone()))?;
    // The rows for `this` come first, and whether or not the model asks for them, as in dbt.
    let first: IndexSet<NodeId> = inputs
        .contains_key(&model.id)
        .then(|| model.id.clone())
        .into_iter()
        .collect();
    let runtime = runtime_node(node, test, model);
    let host = Arc::new(UnitHost {
        inner: NodeHost::new(cx.clone(), runtime.clone(), session.cloned()),
        cx: cx.clone(),
        node: node.clone(),
        tested: model.id.clone(),
        replaced: replaced(cx, node, test.overrides.as_ref()),
        overrides: test.overrides.clone().unwrap_or_default(),
        used: Mutex::new(first),
        inputs,
    });
    let shared: Arc<dyn Host> = host.clone();
    let rendered = cx.engine.render(&model.file, model.range, &shared);
    let code = rendered.map_err(|e| e.at(node.declared_at.clone()))?.text;
    let used = host.used.lock().map(|used| used.clone()).unwrap_or_default();
    let mut ctes = Vec::new();
    for id in used {
        if let Some(input) = host.inputs.get(&id) {
            let code = fixture(cx, input, session)
                .map_err(|e| e.trace(format!("the rows of `{}`", input.given.input), None))
                .map_err(|e| e.at(node.declared_at.clone()))?;
            ctes.push(Cte {
                id,
                sql: format!(" {} as (\n{code}\n)", input.cte),
            });
        }
    }
    Ok(CompiledNode {
        node: runtime,
        code: inject(&code, &ctes),
        ctes,
        macros: Vec::new(),
    })
}

fn fault(message: String) -> Diagnostic {
    Diagnostic::error(Code::UNIT_TEST, message)
}

/// An input of the test: what stands in its place, and the rows.
struct Input {
    given: UnitInput,
    /// The input as a node, for its columns: a source is one too here.
    node: Arc<Node>,
    /// The name of its common table expression.
    cte: String,
}

type Inputs = IndexMap<NodeId, Input>;

/// Finds what each input of the test means.
fn inputs(cx: &Context, node: &Node, test: &UnitTest, model: &Arc<Node>) -> Result<Inputs> {
    let mut found = Inputs::new();
    for given in &test.given {
        let (id, stand_in, cte) = match &given.source {
            UnitInputKind::This => (model.id.clone(), model.clone(), cte_name(model)),
            UnitInputKind::Ref(call) => {
                let RefTarget::Found(target) = cx.manifest.resolve_ref(call, &node.package) else {
                    return Err(unknown_input(node, given)
                        .did_you_mean(&call.name, cx.manifest.refables.keys().map(|k| &**k)));
                };
                (target.id.clone(), target.clone(), cte_name(target))
            }
            UnitInputKind::Source(source, table) => {
                let Some(target) = cx.manifest.resolve_source(source, table, &node.package) else {
                    let full = format!("{source}.{table}");
                    let known: Vec<String> = cx
                        .manifest
                        .source_index
                        .keys()
                        .map(|(s, t)| format!("{s}.{t}"))
                        .collect();
                    return Err(
                        unknown_input(node, given).did_you_mean(&full, known.iter().map(String::as_str))
                    );
                };
                let cte = format!("__dbt__cte__{}__{}", target.source_name, target.name);
                (target.id.clone(), Arc::new(of_source(target)), cte)
            }
            UnitInputKind::Unknown => {
                return Err(fault(format!(
                    "unit test `{}` has an input `{}`, which names nothing",
                    node.name, given.input
                ))
                .hint("Write `ref('model')`, `source('source', 'table')` or `this`."));
            }
        };
        found.insert(
            id,
            Input {
                given: given.clone(),
                node: stand_in,
                cte,
            },
        );
    }
    Ok(found)
}

fn unknown_input(node: &Node, given: &UnitInput) -> Diagnostic {
    fault(format!(
        "unit test `{}` has an input `{}`, which was not found",
        node.name, given.input
    ))
}

/// Makes a node of a source's table: the fixture's macro asks for its name and columns.
fn of_source(source: &SourceNode) -> Node {
    let empty: Arc<str> = "".into();
    Node {
        id: source.id.clone(),
        kind: NodeKind::Model,
        name: source.name.clone(),
        package: source.package.clone(),
        path: source.path.clone(),
        original_path: source.original_path.clone(),
        fqn: source.fqn.clone(),
        relation: source.relation.clone(),
        alias: source.identifier.clone(),
        raw_code: empty.clone(),
        file: crate::diagnostic::SourceFile::new(&*source.name, ""),
        range: None,
        declared_at: source.declared_at.clone(),
        config: Arc::new(Config {
            values: object(json!({ "enabled": true, "materialized": "ephemeral" })),
        }),
        unrendered_config: Arc::default(),
        tags: Vec::new(),
        description: empty.clone(),
        columns: source.columns.clone(),
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
        checksum: ("none", empty),
        created_at: source.created_at,
        test: None,
        extra: Map::new(),
    }
}

/// Makes the node that runs: the model's query under the test's name, with the materialization `unit`.
fn runtime_node(node: &Arc<Node>, test: &UnitTest, model: &Node) -> Arc<Node> {
    let mut runtime = (**node).clone();
    let name: Arc<str> = node.versioned_name().into();
    let (rows, sql) = match &test.expect.rows {
        Json::String(sql) => (json!([]), Json::from(sql.as_str())),
        rows => (rows.clone(), Json::Null),
    };
    let mut config = object(json!({ "enabled": true, "materialized": "unit" }));
    for (key, value) in &node.config.values {
        config.insert(key.clone(), value.clone());
    }
    config.insert("expected_rows".into(), rows);
    config.insert("expected_sql".into(), sql);
    runtime.config = Arc::new(Config { values: config });
    runtime.relation = model.relation.clone();
    runtime.relation.identifier = Some(name.clone());
    runtime.alias = name.clone();
    runtime.raw_code = model.raw_code.clone();
    runtime.columns = model.columns.clone();
    runtime.name = name;
    runtime.version = None;
    runtime.test = None;
    Arc::new(runtime)
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// Renders the rows of an input as a query.
fn fixture(cx: &Arc<Context>, input: &Input, session: Option<&Arc<Session>>) -> Result<String> {
    let node = &input.node;
    let host: Arc<dyn Host> = Arc::new(NodeHost::new(cx.clone(), node.clone(), session.cloned()));
    let rows = match &input.given.rows.rows {
        Json::String(sql) => return cx.engine.render_str(&node.name, sql, &host),
        rows => Engine::value(rows),
    };
    let Some(found) = cx.engine.find_macro(&node.package, "get_fixture_sql") else {
        return Err(Diagnostic::error(
            Code::INTERNAL,
            "the built-in macro `get_fixture_sql` is missing",
        ));
    };
    let called = cx
        .engine
        .call(&found.unique_id, vec![rows, Value::from(())], Vec::new(), &host)?;
    Ok(match called.returned {
        Some(value) => Engine::text(&value),
        None => called.text,
    })
}

/// Returns what stands in the place of macros, by their unique ids, and of other names.
fn replaced(cx: &Context, node: &Node, overrides: Option<&UnitOverrides>) -> Map<String, Json> {
    let mut replaced = Map::new();
    let Some(overrides) = overrides else {
        return replaced;
    };
    for (name, value) in &overrides.macros {
        let own = cx.engine.find_macro(&node.package, name);
        let Some(found) = own else {
            replaced.insert(name.clone(), value.clone());
            continue;
        };
        replaced.insert(found.unique_id.to_string(), value.clone());
        // The package `dbt` and the names without a package stand for each other.
        let twin = match name.strip_prefix("dbt.") {
            Some(bare) => cx.engine.find_macro(&node.package, bare),
            None if !name.contains('.') => cx.engine.find_macro(&node.package, &format!("dbt.{name}")),
            None => None,
        };
        if let Some(twin) = twin {
            replaced
                .entry(twin.unique_id.to_string())
                .or_insert_with(|| value.clone());
        }
    }
    replaced
}

/// Serves the tested model's template: its inputs are the test's rows, and what the test overrides is answered here.
struct UnitHost {
    inner: NodeHost,
    cx: Arc<Context>,
    node: Arc<Node>,
    tested: NodeId,
    inputs: Inputs,
    overrides: UnitOverrides,
    replaced: Map<String, Json>,
    /// The inputs that were read, in order; guards the set alone.
    used: Mutex<IndexSet<NodeId>>,
}

impl UnitHost {
    fn not_given(&self, what: &str, call: &str) -> Diagnostic {
        fault(format!(
            "unit test `{}` gives no rows for {what}, which its model reads",
            self.node.name
        ))
        .hint(format!("Add `- input: {call}` with `rows:` under `given:`."))
    }

    fn take(&self, id: &NodeId) {
        if let Ok(mut used) = self.used.lock() {
            used.insert(id.clone());
        }
    }

    fn relation(&self, input: &Input) -> Value {
        let mut relation = Relation::new(None, None, Some(&input.cte));
        relation.kind = Some(RelationKind::Cte);
        relation.include = Policy {
            database: false,
            schema: false,
            identifier: true,
        };
        relation.quote.identifier = false;
        Engine::relation(relation)
    }
}

impl Host for UnitHost {
    fn execute(&self) -> bool {
        true
    }

    fn package(&self) -> &str {
        &self.node.package
    }

    fn reference(&self, call: &RefCall) -> Result<Value> {
        let target = match self.cx.manifest.resolve_ref(call, &self.node.package) {
            RefTarget::Found(target) => target,
            _ => return Err(self.not_given(&format!("`{}`", call.name), &format!("ref('{}')", call.name))),
        };
        match self.inputs.get(&target.id) {
            Some(input) => {
                self.take(&target.id);
                Ok(self.relation(input))
            }
            None => Err(self.not_given(&format!("`{}`", call.name), &format!("ref('{}')", call.name))),
        }
    }

    fn source(&self, source: &str, table: &str) -> Result<Value> {
        let target = self.cx.manifest.resolve_source(source, table, &self.node.package);
        let input = target.and_then(|target| Some((target, self.inputs.get(&target.id)?)));
        match input {
            Some((target, input)) => {
                self.take(&target.id);
                Ok(self.relation(input))
            }
            None => Err(self.not_given(
                &format!("the source `{source}.{table}`"),
                &format!("source('{source}', '{table}')"),
            )),
        }
    }

    fn function(&self, package: Option<&str>, name: &str) -> Result<Value> {
        self.inner.function(package, name)
    }

    fn set_config(&self, entries: Vec<(Arc<str>, Value)>) -> Result<()> {
        self.inner.set_config(entries)
    }

    fn get_config(&self, key: &str) -> Option<Value> {
        self.inner.get_config(key)
    }

    fn var(&self, name: &str) -> Option<Value> {
        match self.overrides.vars.get(name) {
            Some(value) => Some(Engine::value(value)),
            None => self.inner.var(name),
        }
    }

    fn env_var(&self, name: &str) -> Option<String> {
        match self.overrides.env_vars.get(name) {
            Some(value) => Some(Engine::text(&Engine::value(value))),
            None => self.inner.env_var(name),
        }
    }

    fn doc(&self, package: Option<&str>, name: &str) -> Result<String> {
        self.inner.doc(package, name)
    }

    fn macro_called(&self, unique_id: &Arc<str>, depth: usize) {
        self.inner.macro_called(unique_id, depth);
    }

    fn replaced_macro(&self, unique_id: &str) -> Option<Value> {
        self.replaced.get(unique_id).map(Engine::value)
    }

    fn member(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.replaced.get(name) {
            return Some(Engine::value(value));
        }
        if name != "this" {
            return self.inner.member(name);
        }
        // Without rows for it, the model's own relation is nothing.
        let Some(input) = self.inputs.get(&self.tested) else {
            return Some(Value::from(()));
        };
        self.take(&self.tested);
        Some(Value::from(input.cte.as_str()))
    }

    fn log(&self, level: Level, message: &str) {
        self.inner.log(level, message);
    }

    fn print(&self, message: &str) {
        self.inner.print(message);
    }

    fn warn(&self, warning: Diagnostic) -> Result<()> {
        self.inner.warn(warning)
    }

    fn session(&self) -> Option<&Session> {
        self.inner.session()
    }

    fn write(&self, payload: &str) {
        self.inner.write(payload);
    }
}
