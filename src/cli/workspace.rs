//! From a command's options to a parsed project with its adapter, engine, manifest and graph.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use indexmap::IndexSet;
use serde_json::{Map, Value as Json, json};

use super::Call;
use super::args::SelectArgs;
use super::state::{self, Earlier};
use super::warnings;
use crate::adapters::{Adapter, Observer, Session, Spoken, adapter_for};
use crate::artifacts::manifest_v12::{self, Compiled};
use crate::artifacts::semantic_manifest;
use crate::compile::{Context, ContextOptions};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::events::{Counts, Event, Level, Sink};
use crate::graph::select::{IndirectSelection, SelectOptions, check_selectors, resource_types, select};
use crate::graph::state::Comparison;
use crate::graph::{Graph, link};
use crate::jinja::{Engine, MacroFile, Resolution, YamlRenderer};
use crate::manifest::{self, Manifest, NodeId, NodeKind, ParseOptions};
use crate::project::{self, Project, ResourceKind};
use crate::run::{Action, QueryComment, RunOptions};

/// A project ready to be listed, compiled or run.
pub(crate) struct Workspace {
    pub project: Project,
    pub adapter: Arc<dyn Adapter>,
    pub engine: Arc<Engine>,
    pub manifest: Arc<Manifest>,
    pub graph: Arc<Graph>,
    pub context_options: ContextOptions,
    pub threads: usize,
    pub target_name: String,
    pub earlier: Earlier,
}

/// Loads the project alone: files, profile, packages.
pub(crate) fn load(call: &Call) -> Result<Project, Diagnostics> {
    let renderer = YamlRenderer::new(&call.invocation);
    let check = |document: &_, target: &_| adapter_for(document, target, &call.invocation).map(drop);
    let project = project::load(&call.options.load, &call.invocation, &renderer, &check)?;
    check_selectors(&project)?;
    warn(call, &project.warnings)?;
    Ok(project)
}

/// Loads and parses the project, and links its graph. Writes `manifest.json` unless told not to.
pub(crate) fn open(call: &Call) -> Result<Workspace, Diagnostics> {
    open_writing(call, call.options.write_json)
}

/// As [`open`], and writes `manifest.json` where `writes` says so.
pub(crate) fn open_writing(call: &Call, writes: bool) -> Result<Workspace, Diagnostics> {
    // dbt says so before it reads anything.
    if !call.face.as_dbt {
        call.sink.send(Event::Started {
            version: env!("CARGO_PKG_VERSION"),
        });
    }
    let begun = Instant::now();
    let mut project = load(call)?;
    let Some(profile) = &project.profile else {
        return Err(Diagnostic::error(Code::PROFILE, "the project names no profile")
            .hint("Add `profile: name` to dbt_project.yml, or give --profile.")
            .into());
    };
    let adapter = adapter_for(&profile.document, &profile.output, &call.invocation)?;
    let (threads, target_name) = (profile.threads, profile.target_name.clone());
    let mut target = adapter.public_settings();
    for (key, value) in [
        ("profile_name", json!(profile.name)),
        ("name", json!(profile.target_name)),
        ("target_name", json!(profile.target_name)),
        ("threads", json!(profile.threads)),
        ("type", json!(adapter.kind())),
        ("database", json!(adapter.database())),
        ("schema", json!(adapter.schema())),
    ] {
        target.insert(key.to_owned(), value);
    }
    if !adapter.dialect().quotes_names() {
        project.quote_no_names_by_default();
    }
    call.sink.send(Event::AdapterRegistered {
        name: adapter.kind().to_owned(),
    });
    for message in adapter.cautions() {
        call.sink.send(Event::Log {
            level: Level::Debug,
            message,
            node: None,
        });
    }
    let engine = Arc::new(engine(call, &project, &*adapter)?);
    let flags = call.options.flags();
    let context_options = ContextOptions {
        target,
        flags,
        args: super::arguments::of_call(call, &project),
        strict_tests: call.options.warn_policy.fails_tests(),
        strict_keys: !call.face.as_dbt,
        empty: call.options.empty,
        sample: call.options.sample,
    };
    let manifest = parse(call, &project, &engine, &adapter, &context_options)?;
    let graph = Arc::new(link(&manifest)?);
    let manifest = Arc::new(manifest);
    if writes {
        let path = project.target_path.join("manifest.json");
        let compiled = Compiled::new();
        manifest_v12::write(
            &path,
            &project,
            &manifest,
            &engine,
            &call.invocation,
            adapter.kind(),
            &compiled,
        )?;
        semantic_manifest::write(&project.target_path.join("semantic_manifest.json"), &manifest)?;
    }
    if !counts_silently(call) {
        call.sink.send(Event::Parsed {
            counts: counts(call, &manifest, &engine),
            elapsed: begun.elapsed(),
        });
    }
    let earlier = state::load(call, &project, &engine, &manifest)?;
    Ok(Workspace {
        project,
        adapter,
        engine,
        manifest,
        graph,
        context_options,
        threads,
        target_name,
        earlier,
    })
}

/// Says whether a call does not say what it found: `dbt parse` and `dbt list` count nothing, `dbt ls` does.
pub(super) fn counts_silently(call: &Call) -> bool {
    call.face.as_dbt && (call.options.which == "parse" || call.invocation.args.iter().any(|a| a == "list"))
}

fn engine(call: &Call, project: &Project, adapter: &dyn Adapter) -> Result<Engine, Diagnostics> {
    let files = project
        .packages
        .iter()
        .flat_map(|package| {
            package
                .files
                .iter()
                .filter(|f| f.kind == ResourceKind::Macro)
                .map(|f| MacroFile {
                    package: package.name.clone(),
                    original_path: f.original_path.clone(),
                    file: f.file.clone(),
                })
        })
        .collect();
    let dispatch: BTreeMap<String, Vec<String>> = project
        .root()
        .project
        .dispatch
        .iter()
        .map(|d| (d.macro_namespace.clone(), d.search_order.clone()))
        .collect();
    let internal = project
        .packages
        .iter()
        .filter(|p| p.kind == project::PackageKind::Internal)
        .map(|p| p.name.clone())
        .collect();
    let mut adapter_types = vec![adapter.kind().to_owned()];
    adapter_types.extend(adapter.parents().iter().map(|p| (*p).to_owned()));
    let quoting = &project.root().project.quoting;
    let resolution = Resolution {
        root_package: project.root().name.clone(),
        internal,
        dispatch,
        adapter_types,
        quoting: quoting
            .iter()
            .filter_map(|(part, yes)| Some((part.clone(), yes.as_bool()?)))
            .collect(),
        packages_override_built_ins: !project.behaviour(
            "require_explicit_package_overrides_for_builtin_materializations",
            true,
        ),
    };
    Engine::build(files, resolution, &call.invocation)
}

fn parse(
    call: &Call,
    project: &Project,
    engine: &Arc<Engine>,
    adapter: &Arc<dyn Adapter>,
    options: &ContextOptions,
) -> Result<Manifest, Diagnostics> {
    let mut context = Map::new();
    context.insert("target".into(), Json::Object(options.target.clone()));
    context.insert("flags".into(), Json::Object(options.flags.clone()));
    context.insert("invocation_args_dict".into(), Json::Object(options.args.clone()));
    context.insert("project_name".into(), json!(&*project.root().name));
    context.insert("invocation_id".into(), json!(&*call.invocation.id));
    let parse_options = ParseOptions {
        invocation: &call.invocation,
        adapter: adapter.clone(),
        context: Arc::new(context),
        sink: call.sink.clone(),
    };
    let manifest = manifest::parse(project, engine, &parse_options)?;
    warn(call, &manifest.warnings)?;
    Ok(manifest)
}

/// Shows warnings, or makes them errors where `--warn-error` says so.
pub(crate) fn warn(call: &Call, warnings: &[Diagnostic]) -> Result<(), Diagnostics> {
    let errors = warnings::show(call, warnings);
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Diagnostics(errors))
    }
}

/// Counts what was found, in the order in which dbt comes upon it: snapshots and tests in files of their own come before
/// those in properties.
pub(super) fn counts(call: &Call, manifest: &Manifest, engine: &Engine) -> Counts {
    let of = |kind: NodeKind| manifest.nodes.values().filter(|n| n.kind == kind).count();
    let in_sql = |kind: NodeKind| {
        let mut of_kind = manifest.nodes.values().filter(|n| n.kind == kind);
        of_kind.any(|n| n.original_path.ends_with(".sql"))
    };
    let when = |wanted: bool, count: usize| if wanted { count } else { 0 };
    let (snapshots, tests) = (of(NodeKind::Snapshot), of(NodeKind::Test));
    let early = (in_sql(NodeKind::Snapshot), in_sql(NodeKind::Test));
    let inline = when(call.face.as_dbt && call.options.inline, 1);
    let resources = [
        ("model", of(NodeKind::Model)),
        ("snapshot", when(early.0, snapshots)),
        ("analysis", of(NodeKind::Analysis)),
        ("data test", when(early.1, tests)),
        ("seed", of(NodeKind::Seed)),
        ("operation", of(NodeKind::Operation)),
        ("snapshot", when(!early.0, snapshots)),
        ("data test", when(!early.1, tests)),
        ("sql operation", inline),
        ("source", manifest.sources.len()),
        ("exposure", of(NodeKind::Exposure)),
        ("unit test", of(NodeKind::UnitTest)),
        ("function", of(NodeKind::Function)),
        ("metric", of(NodeKind::Metric)),
        ("semantic model", of(NodeKind::SemanticModel)),
        ("saved query", of(NodeKind::SavedQuery)),
        ("macro", engine.macros().count()),
    ];
    Counts {
        resources: resources
            .into_iter()
            .map(|(noun, n)| (noun.to_owned(), n))
            .collect(),
    }
}

impl Workspace {
    /// Resolves a command's selection, limited to the kinds of node that the command handles.
    pub(crate) fn select(
        &self,
        call: &Call,
        args: &SelectArgs,
        kinds: &[&str],
    ) -> Result<IndexSet<NodeId>, Diagnostics> {
        if let Some(only) = &call.only {
            return self.named(only);
        }
        let earlier = self.earlier.comparison.clone();
        select_in(
            call,
            args,
            kinds,
            (&self.project, &self.manifest, &self.graph),
            earlier,
        )
    }

    /// Returns the nodes with these ids.
    fn named(&self, ids: &[String]) -> Result<IndexSet<NodeId>, Diagnostics> {
        let mut faults = Diagnostics::default();
        let mut found = IndexSet::new();
        for id in ids {
            match self.manifest.nodes.get_key_value(id.as_str()) {
                Some((id, _)) => {
                    found.insert(id.clone());
                }
                None => faults.push(
                    Diagnostic::error(
                        Code::STATE,
                        format!("`{id}` of the earlier run is no enabled node of the project"),
                    )
                    .hint("Was it renamed, removed or disabled? Run the command itself, with --select."),
                ),
            }
        }
        if faults.has_errors() {
            Err(faults)
        } else {
            Ok(found)
        }
    }

    /// Returns the shared context of a run over a selection.
    pub(crate) fn context(&self, call: &Call, selection: &IndexSet<NodeId>) -> Arc<Context> {
        let mut context = Context::new(
            self.manifest.clone(),
            self.graph.clone(),
            self.engine.clone(),
            call.invocation.clone(),
            call.sink.clone(),
            self.context_options.clone(),
        );
        context.selected = selection.iter().cloned().collect();
        context.selected.sort();
        context.deferral.clone_from(&self.earlier.deferral);
        Arc::new(context)
    }

    /// Returns a session that is not connected yet; its statements are told where logs want them.
    pub(crate) fn session(&self, call: &Call) -> Session {
        let session = Session::new(self.adapter.clone(), call.invocation.cancel.clone());
        if call.sink.wants_statements() {
            session.set_observer(Some(teller(call.sink.clone(), self.adapter.kind())));
        }
        session
    }

    pub(crate) fn run_options(&self, call: &Call, action: Action) -> RunOptions {
        let target_path = self.project.target_path.clone();
        let shown = target_path
            .strip_prefix(&self.project.root_dir)
            .map_or(target_path.clone(), PathBuf::from);
        RunOptions {
            action,
            threads: call.options.load.threads.unwrap_or(self.threads),
            fail_fast: call.options.fail_fast,
            start_gates: self.project.behaviour("skip_nodes_if_on_run_start_fails", false),
            tests_gate: false,
            introspect: call.options.introspect,
            target_shown: shown,
            target_path,
            target_name: self.target_name.clone(),
            comment: QueryComment::of(self.project.root().project.query_comment.as_ref()),
            members: Vec::new(),
            event_time: call.options.event_time,
            batches: call
                .batches
                .iter()
                .map(|(id, batches)| (NodeId::new(id.as_str()), batches.clone()))
                .collect(),
            permits: Default::default(),
            project_hooks: true,
            shows_seeds: call.options.shows_seeds,
        }
    }
}

/// Resolves a command's selection among the nodes of a project, limited to the kinds that the command handles.
pub(super) fn select_in(
    call: &Call,
    args: &SelectArgs,
    kinds: &[&str],
    (project, manifest, graph): (&Project, &Manifest, &Graph),
    earlier: Option<Arc<Comparison>>,
) -> Result<IndexSet<NodeId>, Diagnostics> {
    // `ls` shows analyses only where they are asked for.
    let is_list = call.options.which == "list";
    let default: Vec<&str> = kinds
        .iter()
        .copied()
        .filter(|k| !(is_list && *k == "analysis"))
        .collect();
    let options = SelectOptions {
        select: args.select.clone(),
        exclude: args.exclude.clone(),
        selector: args.selector.clone(),
        indirect: match call.options.indirect_selection.as_str() {
            "cautious" => IndirectSelection::Cautious,
            "buildable" => IndirectSelection::Buildable,
            "empty" => IndirectSelection::Empty,
            _ => IndirectSelection::Eager,
        },
        resource_types: resource_types(&args.resource_type, &default, kinds),
        include_empty: is_list,
        exclude_resource_types: args
            .exclude_resource_type
            .iter()
            .map(|kind| kind.to_lowercase())
            .collect(),
        state: earlier,
    };
    let selection = select(project, manifest, graph, &options)?;
    let warned = selection
        .warnings
        .iter()
        .any(|w| w.code() == Code::NOTHING_SELECTED);
    call.warned_of_selection
        .store(warned, std::sync::atomic::Ordering::Relaxed);
    warn(call, &selection.warnings)?;
    Ok(selection.ids)
}

/// Returns an observer that passes statements on as events.
fn teller(sink: Arc<dyn Sink>, adapter: &'static str) -> Observer {
    Arc::new(move |connection, spoken| {
        let connection = Arc::from(connection);
        sink.send(match spoken {
            Spoken::Sent { sql } => Event::StatementSent {
                connection,
                adapter,
                sql: sql.to_owned(),
            },
            Spoken::Answered { message, elapsed } => Event::StatementAnswered {
                connection,
                message: message.to_owned(),
                elapsed,
            },
        });
    })
}
