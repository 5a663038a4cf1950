//! The loop of a run: hooks, ready nodes to workers, results back, children of failures skipped.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use indexmap::{IndexMap, IndexSet};
use serde_json::Value as Json;

use super::batches::Stretch;
use super::comment::QueryComment;
use super::nodes::{microbatch, operation};
use super::permits::Permits;
use super::result::{Batches, NodeResult, Outcome};
use super::worker::work;
use crate::adapters::{Relation, Session};
use crate::compile::{Batch, CompiledNode, Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result};
use crate::events::{Event, NodeRef, SeedSample, Status};
use crate::fs;
use crate::graph::{Ready, RunOrder};
use crate::jinja::{Engine, Host, Value};
use crate::manifest::{Node, NodeId, NodeKind};

/// What is done with each node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Render and write the SQL.
    Compile,
    /// Render, write, and run it.
    Run,
    /// Stand another environment's relation in for it.
    Clone,
}

/// How a run goes.
#[derive(Debug, Clone)]
pub struct RunOptions {
    pub action: Action,
    pub threads: usize,
    pub fail_fast: bool,
    /// Nodes are skipped where an `on-run-start` hook failed (`skip_nodes_if_on_run_start_fails`).
    pub start_gates: bool,
    /// Tests of a node hold back its children, and a failing one skips them (`build`).
    pub tests_gate: bool,
    /// Compiling may ask the database.
    pub introspect: bool,
    /// Absolute `target/`.
    pub target_path: PathBuf,
    /// `project/target` as shown to people.
    pub target_shown: PathBuf,
    pub target_name: String,
    pub comment: QueryComment,
    /// What only `on-run-end` hooks see: `results` and the like; set by the runner itself.
    pub members: Vec<(&'static str, Value)>,
    /// `--event-time-start` and `--event-time-end`: the batches to build.
    pub event_time: Option<Stretch>,
    /// The batches to build again, by model (`retry`).
    pub batches: HashMap<NodeId, Batches>,
    /// How much may be worked on at once; set by the runner itself.
    pub permits: Permits,
    /// Rows of seeds are shown at the end.
    pub shows_seeds: bool,
    /// The project's `on-run-start` and `on-run-end` hooks are run.
    pub project_hooks: bool,
}

impl RunOptions {
    /// Returns where a node's compiled SQL is shown to stand.
    pub fn compiled_path(&self, node: &Node) -> Option<PathBuf> {
        (!matches!(node.kind, NodeKind::SqlOperation | NodeKind::Snapshot))
            .then(|| self.target_shown.join("compiled").join(node.build_path()))
    }

    pub(super) fn write_compiled(&self, compiled: &CompiledNode) -> Result<()> {
        let node = &compiled.node;
        if matches!(
            node.kind,
            NodeKind::Seed | NodeKind::SqlOperation | NodeKind::Snapshot
        ) || compiled.code.is_empty()
        {
            return Ok(());
        }
        fs::write_if_other(
            &self.target_path.join("compiled").join(node.build_path()),
            compiled.code.as_bytes(),
        )
    }

    pub(super) fn write_run(&self, node: &Node, sql: &str) -> Result<()> {
        fs::write_if_other(
            &self.target_path.join("run").join(node.build_path()),
            sql.as_bytes(),
        )
    }

    /// Writes a batch's SQL below `compiled` or `run`: `daily.sql` becomes `daily/daily_2024-02-29.sql`.
    pub(super) fn write_batch(&self, folder: &str, node: &Node, batch: &Batch, sql: &str) -> Result<()> {
        let path = PathBuf::from(node.build_path());
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let file = format!("{stem}_{}.sql", batch.label);
        let path = path.with_file_name(&stem).join(file);
        fs::write_if_other(&self.target_path.join(folder).join(path), sql.as_bytes())
    }
}

/// Runs (or compiles) the selected nodes in the order of the graph.
///
/// A node's failure is a result; the run goes on with what does not stand on it.
///
/// # Errors
/// Only what concerns the run as a whole: schemas that cannot be made.
pub fn execute(
    cx: &Arc<Context>,
    session: &Session,
    selection: &IndexSet<NodeId>,
    options: &RunOptions,
) -> Result<Outcome, Diagnostics> {
    let begun = Instant::now();
    let wanted: IndexSet<NodeId> = selection
        .iter()
        .filter(|id| runs(cx, id, options.action))
        .cloned()
        .collect();
    let order = cx.graph.run_order(&wanted, options.tests_gate);
    let threads = options.threads.clamp(1, order.len().max(1));
    let total = order.len();
    let target = options.target_name.clone();
    cx.sink.send(Event::RunStarted {
        total,
        threads: options.threads,
        target,
    });
    let mut outcome = Outcome::default();
    let running = options.action == Action::Run;
    let main = Arc::new(session.sibling());
    let options = &RunOptions {
        permits: Permits::new(threads),
        ..options.clone()
    };
    if options.action != Action::Compile {
        create_schemas(cx, &main, &wanted)?;
    }
    if running {
        hooks(cx, &main, "on-run-start", options, &mut outcome);
    }
    let goes_on = may_go_on(&outcome, options);
    if goes_on {
        schedule(cx, session, &order, threads, options, &mut outcome);
    } else {
        for index in 0..order.len() {
            skip(cx, order.id(index), index + 1, total, None, &mut outcome);
        }
    }
    if running && hooks_of(cx, "on-run-end").next().is_some() {
        let mut last = options.clone();
        // Nodes that were all skipped are no results, as in dbt.
        let nothing = Outcome::default();
        last.members = super::results::for_hooks(if goes_on { &outcome } else { &nothing });
        hooks(cx, &main, "on-run-end", &last, &mut outcome);
    }
    outcome.interrupted = cx.invocation.cancel.is_cancelled();
    outcome.elapsed = begun.elapsed();
    // Compiling is talked about only where it failed.
    if options.action != Action::Compile || outcome.failed() || outcome.interrupted {
        let (tally, elapsed, interrupted) = (outcome.tally(), outcome.elapsed, outcome.interrupted);
        cx.sink.send(Event::RunFinished {
            tally,
            elapsed,
            interrupted,
            samples: samples(&outcome, options),
        });
    }
    Ok(outcome)
}

/// Returns rows of the seeds that went well, where they are to be shown.
fn samples(outcome: &Outcome, options: &RunOptions) -> Vec<SeedSample> {
    let loaded = outcome.results.iter().filter(|result| {
        options.shows_seeds && result.node.kind == NodeKind::Seed && result.status == Status::Success
    });
    loaded
        .filter_map(|result| super::seed_sample::of(&result.node))
        .collect()
}

/// Says whether a selected id is a node that this action works on.
fn runs(cx: &Context, id: &NodeId, action: Action) -> bool {
    match cx.manifest.nodes.get(id) {
        Some(node) => match action {
            Action::Compile => !node.kind.is_described(),
            Action::Clone => node.kind.is_refable() && !node.is_ephemeral(),
            Action::Run => {
                let is_idle = matches!(
                    node.kind,
                    NodeKind::Operation | NodeKind::Analysis | NodeKind::Metric | NodeKind::SemanticModel
                );
                !node.is_ephemeral() && !is_idle
            }
        },
        None => false,
    }
}

fn schedule(
    cx: &Arc<Context>,
    session: &Session,
    order: &RunOrder,
    threads: usize,
    options: &RunOptions,
    outcome: &mut Outcome,
) {
    let total = order.len();
    let mut ready = Ready::new(order);
    let (give, take) = crossbeam_channel::unbounded::<(usize, Arc<Node>)>();
    let (answer, answers) = crossbeam_channel::unbounded::<(usize, NodeResult)>();
    std::thread::scope(|scope| {
        for n in 0..threads {
            let (take, answer, session) = (take.clone(), answer.clone(), session.sibling());
            let worker = move || {
                let session = Arc::new(session);
                for (index, node) in take {
                    let _permit = options.permits.wait();
                    let result = work(cx, &node, &session, options);
                    if answer.send((index, result)).is_err() {
                        return;
                    }
                }
            };
            let name = format!("Thread-{} (worker)", n + 1);
            if let Err(error) = std::thread::Builder::new()
                .name(name)
                .stack_size(64 << 20)
                .spawn_scoped(scope, worker)
            {
                let fault = Diagnostic::error(
                    Code::INTERNAL,
                    format!("could not start a worker thread: {error}"),
                );
                cx.sink.send(Event::Diagnostic(Box::new(fault)));
            }
        }
        drop((take, answer));
        let mut numbers: IndexMap<usize, usize> = IndexMap::new();
        let mut busy = 0usize;
        let mut stopping = false;
        // What failed or was skipped, and so holds back all that stands behind it.
        let mut held_back = vec![false; total];
        loop {
            stopping |= cx.invocation.cancel.is_cancelled();
            while !stopping && busy < threads {
                let Some(index) = ready.take() else { break };
                let Some(node) = cx.manifest.nodes.get(order.id(index)) else {
                    continue;
                };
                let number = numbers.len() + 1;
                numbers.insert(index, number);
                if order.dependencies_of(index).any(|behind| held_back[behind]) {
                    held_back[index] = true;
                    skip(cx, order.id(index), number, total, None, outcome);
                    ready.finish(index);
                    continue;
                }
                if options.action == Action::Run {
                    cx.sink.send(Event::NodeStarted {
                        index: number,
                        total,
                        node: node_ref(cx, node),
                    });
                }
                if give.send((index, node.clone())).is_err() {
                    break;
                }
                busy += 1;
            }
            if busy == 0 {
                break;
            }
            // All workers gone means that none could be started.
            let Ok((index, result)) = answers.recv() else {
                break;
            };
            busy -= 1;
            held_back[index] = blocks(result.status, options);
            let is_failure = result.status.is_failure();
            if options.action == Action::Run || is_failure {
                let number = numbers.get(&index).copied().unwrap_or(0);
                finish(cx, number, total, result, outcome);
            } else {
                outcome.results.push(result);
            }
            ready.finish(index);
            stopping |= is_failure && options.fail_fast;
        }
        drop(give);
        // What was never begun: behind an interrupt or a first failure.
        let reason = if cx.invocation.cancel.is_cancelled() {
            "the run was interrupted"
        } else {
            "--fail-fast"
        };
        for index in 0..total {
            if !numbers.contains_key(&index) {
                let number = numbers.len() + 1;
                numbers.insert(index, number);
                skip(cx, order.id(index), number, total, Some(reason), outcome);
            }
        }
    });
}

/// Says whether a result holds back what stands behind the node.
fn blocks(status: Status, options: &RunOptions) -> bool {
    // A clone stands on nothing but the other environment.
    if options.action == Action::Clone {
        return false;
    }
    match status {
        Status::Error | Status::Skipped | Status::PartialSuccess => true,
        Status::Fail => options.tests_gate,
        _ => false,
    }
}

fn finish(cx: &Context, number: usize, total: usize, result: NodeResult, outcome: &mut Outcome) {
    cx.sink.send(Event::NodeFinished {
        index: number,
        total,
        node: node_ref(cx, &result.node),
        status: result.status,
        message: result.message.clone().unwrap_or_default(),
        failures: result.failures,
        elapsed: result.elapsed,
        compiled: result.compiled_at.clone(),
        ran: Box::new(result.ran()),
        diagnostic: result.diagnostic.clone(),
    });
    outcome.results.push(result);
}

fn skip(cx: &Context, id: &NodeId, number: usize, total: usize, why: Option<&str>, outcome: &mut Outcome) {
    if let Some(node) = cx.manifest.nodes.get(id) {
        let why = why.map(str::to_owned).or_else(|| behind_ephemeral(cx, node));
        finish(cx, number, total, NodeResult::skipped(node, why), outcome);
    }
}

/// Says why a node is skipped that stands on a broken ephemeral model. dbt forgets it where a test of that model was
/// skipped in between.
fn behind_ephemeral(cx: &Context, node: &Node) -> Option<String> {
    let model = cx.broken_ephemeral_of(node)?;
    let is_selected_test = |id: &&NodeId| {
        let is_test = cx
            .manifest
            .nodes
            .get(*id)
            .is_some_and(|n| n.kind == NodeKind::Test);
        is_test && cx.selected.contains(id)
    };
    let is_tested = cx.graph.children(&model.id).iter().any(is_selected_test);
    if is_tested { None } else { cx.skipped_because(node) }
}

/// Makes the schemas that the selected nodes build in, where they are missing.
fn create_schemas(cx: &Arc<Context>, session: &Arc<Session>, ids: &IndexSet<NodeId>) -> Result<()> {
    let mut wanted: IndexMap<(String, String), &Arc<Node>> = IndexMap::new();
    for node in ids.iter().filter_map(|id| cx.manifest.nodes.get(id)) {
        let keeps = match node.kind {
            NodeKind::Test => stores_failures(cx, node),
            kind => kind != NodeKind::UnitTest,
        };
        if let (true, Some(database), Some(schema)) = (keeps, &node.relation.database, &node.relation.schema)
        {
            wanted
                .entry((database.to_string(), schema.to_string()))
                .or_insert(node);
        }
    }
    let mut known: IndexMap<String, Vec<String>> = IndexMap::new();
    for ((database, schema), node) in wanted {
        if !known.contains_key(&database) {
            let listed = session.list_schemas(&database).map_err(|e| e.diagnostic(None))?;
            known.insert(database.clone(), listed);
        }
        if known
            .get(&database)
            .is_some_and(|s| s.iter().any(|s| s.eq_ignore_ascii_case(&schema)))
        {
            continue;
        }
        let Some(found) = cx.engine.find_macro(&node.package, "create_schema") else {
            return Err(Diagnostic::error(
                Code::INTERNAL,
                "the built-in macro `create_schema` is missing",
            ));
        };
        let mut relation = Relation::new(Some(&database), Some(&schema), None);
        (relation.quote, relation.quote_character) = (node.relation.quote, node.relation.quote_character);
        let relation = Engine::relation(relation);
        let host: Arc<dyn Host> = Arc::new(NodeHost::new(cx.clone(), node.clone(), Some(session.clone())));
        cx.engine
            .call(&found.unique_id, vec![relation], Vec::new(), &host)?;
        session.commit().map_err(|e| e.diagnostic(None))?;
    }
    Ok(())
}

fn stores_failures(cx: &Context, node: &Node) -> bool {
    let by_flag = cx
        .options
        .flags
        .get("STORE_FAILURES")
        .and_then(Json::as_bool)
        .unwrap_or(false);
    node.config.bool("store_failures").unwrap_or(by_flag)
}

/// Returns the hooks of a kind, in the order of packages and files.
fn hooks_of<'a>(cx: &'a Context, kind: &'a str) -> impl Iterator<Item = &'a Arc<Node>> {
    let nodes = cx.manifest.nodes.values();
    nodes.filter(move |n| n.kind == NodeKind::Operation && n.tags.iter().any(|t| **t == *kind))
}

/// Runs the hooks of a kind in order; says whether all went well.
pub(super) fn hooks(
    cx: &Arc<Context>,
    session: &Arc<Session>,
    kind: &str,
    options: &RunOptions,
    outcome: &mut Outcome,
) -> bool {
    let found: Vec<&Arc<Node>> = hooks_of(cx, kind).filter(|_| options.project_hooks).collect();
    let total = found.len();
    let mut well = true;
    for (i, node) in found.into_iter().enumerate() {
        if !well {
            let why = format!("{} skipped", operation::title(node));
            let mut result = NodeResult::skipped(node, Some(why));
            // dbt counts a hook as failed until it has run.
            result.failures = Some(1);
            finish(cx, i + 1, total, result, outcome);
            continue;
        }
        cx.sink.send(Event::NodeStarted {
            index: i + 1,
            total,
            node: node_ref(cx, node),
        });
        let result = work(cx, node, session, options);
        well = !result.status.is_failure();
        finish(cx, i + 1, total, result, outcome);
    }
    well
}

/// Says whether nodes are run behind the `on-run-start` hooks. As in dbt, what the database refuses in a hook holds nothing
/// back unless the project says so; a hook that cannot be rendered does.
pub(super) fn may_go_on(hooks: &Outcome, options: &RunOptions) -> bool {
    let mut failed = hooks.results.iter().filter(|r| r.status.is_failure());
    !failed.any(|hook| options.start_gates || hook.compiled_code.is_none())
}

/// Names a node for reports.
pub(super) fn node_ref(cx: &Context, node: &Arc<Node>) -> Arc<NodeRef> {
    let relation = &node.relation;
    let part = |p: &Option<Arc<str>>| p.as_deref().unwrap_or_default().to_owned();
    let same = cx.options.target.get("database").and_then(Json::as_str) == relation.database.as_deref();
    let mut shown = if same {
        String::new()
    } else {
        format!("{}.", part(&relation.database))
    };
    shown.push_str(&format!("{}.{}", part(&relation.schema), node.alias));
    let materialized = node.config.materialized();
    let label = match node.kind {
        NodeKind::Model => {
            let language = if node.is_python() { "python" } else { "sql" };
            let made = if microbatch::applies(cx, node) {
                "microbatch"
            } else {
                materialized
            };
            format!("{language} {made} model {shown}")
        }
        NodeKind::Seed => format!("seed file {shown}"),
        NodeKind::Snapshot => format!("snapshot {shown}"),
        NodeKind::Operation => format!("hook: {}", hook_name(node)),
        NodeKind::Function => format!("function {shown}"),
        NodeKind::UnitTest => {
            let model = node
                .test
                .as_ref()
                .and_then(|t| t.unit.as_ref())
                .map_or("", |unit| &*unit.model);
            format!("unit_test {model}::{}", node.versioned_name())
        }
        kind => format!("{} {}", kind.word().replace('_', " "), node.name),
    };
    Arc::new(NodeRef {
        unique_id: node.id.0.clone(),
        name: node.name.clone(),
        resource_type: node.kind.word(),
        label: label.into(),
        path: node.original_path.clone(),
        materialized: materialized.into(),
        relation: shown.into(),
        details: super::details::of_node(&cx.manifest, node),
    })
}

/// Writes `shop-on-run-start-0` as `shop.on-run-start.0`, as dbt shows hooks.
fn hook_name(node: &Node) -> String {
    let rest = node
        .name
        .strip_prefix(&*node.package)
        .unwrap_or(&node.name)
        .trim_start_matches('-');
    match rest.rsplit_once('-') {
        Some((kind, index)) => format!("{}.{kind}.{index}", node.package),
        None => node.name.to_string(),
    }
}
