//! Commands and flags, with dbt's names.
//!
//! What stands here is what was typed; `options` adds the environment, the project's `flags:` and defaults.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Compile and run SQL models, test them, and resolve who is who.
#[derive(Debug, Parser)]
#[command(
    name = "nexus",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    args_override_self = true
)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command takes, before or after its name.
#[derive(Debug, Clone, Default, Args)]
pub struct GlobalArgs {
    /// Folder of dbt_project.yml [default: the working folder or one above it]
    #[arg(long, global = true, value_name = "DIR")]
    pub project_dir: Option<PathBuf>,
    /// Folder of profiles.yml [default: the working folder, then ~/.dbt]
    #[arg(long, global = true, value_name = "DIR")]
    pub profiles_dir: Option<PathBuf>,
    /// Profile to use in place of the project's
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Target of the profile to use
    #[arg(short, long, global = true, value_name = "NAME")]
    pub target: Option<String>,
    /// Folder for artifacts and compiled SQL [default: target]
    #[arg(long, global = true, value_name = "DIR")]
    pub target_path: Option<PathBuf>,
    /// Variables for the project, as a YAML dictionary: '{start: 2024-01-01}'
    #[arg(long, global = true, value_name = "YAML", allow_hyphen_values = true)]
    pub vars: Option<String>,
    /// Number of nodes to run at once [default: the target's threads]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub log: LogArgs,
    /// Stop at the first failure
    #[arg(short = 'x', long, global = true, overrides_with = "no_fail_fast")]
    pub fail_fast: bool,
    #[arg(long, global = true, hide = true)]
    pub no_fail_fast: bool,
    /// How tests follow the nodes they test
    #[arg(long, global = true, value_name = "MODE", value_parser = ["eager", "cautious", "buildable", "empty"], ignore_case = true)]
    pub indirect_selection: Option<String>,
    #[command(flatten)]
    pub state: StateArgs,
    /// Treat warnings as errors
    #[arg(long, global = true)]
    pub warn_error: bool,
    /// Which warnings are errors, warnings, or not shown: '{error: all, silence: [Name]}'
    #[arg(long, global = true, value_name = "YAML")]
    pub warn_error_options: Option<String>,
    /// Show each deprecation, not only the first of its kind
    #[arg(long, global = true, overrides_with = "no_show_all_deprecations")]
    pub show_all_deprecations: bool,
    #[arg(long, global = true, hide = true)]
    pub no_show_all_deprecations: bool,
    /// Do not write artifacts
    #[arg(long, global = true, overrides_with = "write_json")]
    pub no_write_json: bool,
    #[arg(long, global = true, hide = true)]
    pub write_json: bool,
    #[arg(long, global = true, hide = true, overrides_with = "no_version_check")]
    pub version_check: bool,
    /// Take packages that ask for another version of dbt
    #[arg(long, global = true)]
    pub no_version_check: bool,
    #[command(flatten)]
    pub accepted: AcceptedArgs,
}

/// What is shown, where, and how.
#[derive(Debug, Clone, Default, Args)]
pub struct LogArgs {
    /// Form of the log lines
    #[arg(long, global = true, value_enum, value_name = "FORMAT", ignore_case = true)]
    pub log_format: Option<LogFormat>,
    /// Least grave level of the log lines that are shown
    #[arg(long, global = true, value_enum, value_name = "LEVEL", ignore_case = true)]
    pub log_level: Option<LogLevel>,
    /// Folder of the log file, dbt.log [default: logs; nexus writes one where a flag for it is given]
    #[arg(long, global = true, value_name = "DIR")]
    pub log_path: Option<PathBuf>,
    /// Form of the lines of the log file
    #[arg(long, global = true, value_enum, value_name = "FORMAT", ignore_case = true)]
    pub log_format_file: Option<LogFormat>,
    /// Least grave level of the lines of the log file
    #[arg(long, global = true, value_enum, value_name = "LEVEL", ignore_case = true)]
    pub log_level_file: Option<LogLevel>,
    /// Most bytes of the log file before a next one is begun; 0 for no limit
    #[arg(long, global = true, hide = true, value_name = "BYTES")]
    pub log_file_max_bytes: Option<u64>,
    /// Show errors and printed text only
    #[arg(short, long, global = true, overrides_with = "no_quiet")]
    pub quiet: bool,
    #[arg(long, global = true, hide = true)]
    pub no_quiet: bool,
    /// Show debug lines too
    #[arg(short, long, global = true, overrides_with = "no_debug")]
    pub debug: bool,
    #[arg(long, global = true, hide = true)]
    pub no_debug: bool,
    /// Colour the output even where it is no terminal
    #[arg(long, global = true, overrides_with = "no_use_colors")]
    pub use_colors: bool,
    /// Never colour the output
    #[arg(long, global = true)]
    pub no_use_colors: bool,
    #[arg(long, global = true, hide = true, overrides_with = "no_use_colors_file")]
    pub use_colors_file: bool,
    #[arg(long, global = true, hide = true)]
    pub no_use_colors_file: bool,
    #[arg(long, global = true, hide = true, overrides_with = "no_print")]
    pub print: bool,
    /// Do not show what templates print
    #[arg(long, global = true)]
    pub no_print: bool,
    /// Cells of a line before its status
    #[arg(long, global = true, value_name = "CELLS")]
    pub printer_width: Option<usize>,
}

/// Declares flags that are taken and change nothing.
macro_rules! accepted {
    ($($name:ident)*) => {
        /// Flags of dbt that change nothing here; taken so that scripts keep working.
        #[derive(Debug, Clone, Default, Args)]
        pub struct AcceptedArgs {
            $(#[arg(long, global = true, hide = true)] pub $name: bool,)*
            #[arg(short, long, global = true, hide = true, value_name = "FILE")]
            pub record_timing_info: Option<PathBuf>,
            #[arg(long, global = true, hide = true, value_name = "FILE")]
            pub partial_parse_file_path: Option<PathBuf>,
            #[arg(long, global = true, hide = true, value_name = "YAML")]
            pub sqlparse: Option<String>,
        }
    };
}

// Every run but a warm `ls` parses all files, asks the database for what it needs, and sends nothing to anyone.
accepted! {
    partial_parse no_partial_parse
    partial_parse_file_diff no_partial_parse_file_diff
    static_parser no_static_parser
    use_experimental_parser no_use_experimental_parser
    populate_cache no_populate_cache
    cache_selected_only no_cache_selected_only
    log_cache_events no_log_cache_events
    macro_debugging no_macro_debugging
    send_anonymous_usage_stats no_send_anonymous_usage_stats
    single_threaded no_single_threaded
    use_fast_test_edges no_use_fast_test_edges
    upload_to_artifacts_ingest_api no_upload_to_artifacts_ingest_api
    show_resource_report no_show_resource_report
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Default,
    Debug,
    Json,
}

/// From the least grave to the gravest, and none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
    None,
}

/// What `--resource-type` takes: kinds of node, and `default` and `all` for the command's own lists.
const KINDS: [&str; 14] = [
    "metric",
    "semantic_model",
    "saved_query",
    "source",
    "analysis",
    "model",
    "test",
    "unit_test",
    "exposure",
    "snapshot",
    "seed",
    "function",
    "default",
    "all",
];

/// Which nodes.
#[derive(Debug, Clone, Default, Args)]
pub struct SelectArgs {
    /// Nodes to take: names, paths, tag:x, +parents, children+
    #[arg(short, long, short_alias = 'm', alias = "models", alias = "model", num_args = 1.., value_name = "SPEC")]
    pub select: Vec<String>,
    /// Nodes to leave out
    #[arg(long, num_args = 1.., value_name = "SPEC")]
    pub exclude: Vec<String>,
    /// Named selector of selectors.yml
    #[arg(long, value_name = "NAME")]
    pub selector: Option<String>,
    /// Kinds of node to take
    #[arg(long, alias = "resource-types", num_args = 1.., value_name = "KIND", value_parser = KINDS, ignore_case = true, hide_possible_values = true)]
    pub resource_type: Vec<String>,
    /// Kinds of node to leave out
    #[arg(long, alias = "exclude-resource-types", num_args = 1.., value_name = "KIND", value_parser = KINDS, ignore_case = true, hide_possible_values = true)]
    pub exclude_resource_type: Vec<String>,
}

/// Flags that compare with another run's artifacts.
#[derive(Debug, Clone, Default, Args)]
pub struct StateArgs {
    /// Folder of an earlier run's artifacts, for `state:`, `result:` and --defer
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Folder of the artifacts to defer to, where it is not that of --state
    #[arg(long, global = true, value_name = "DIR")]
    pub defer_state: Option<PathBuf>,
    /// Let refs to nodes that are not built here read the earlier run's relations
    #[arg(long, global = true, overrides_with = "no_defer")]
    pub defer: bool,
    #[arg(long, global = true, hide = true)]
    pub no_defer: bool,
    /// Defer for all nodes that are not selected, built here or not
    #[arg(long, global = true, overrides_with = "no_favor_state")]
    pub favor_state: bool,
    #[arg(long, global = true, hide = true)]
    pub no_favor_state: bool,
}

/// How a run goes.
#[derive(Debug, Clone, Default, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// Build incremental models and seeds anew
    #[arg(short, long, overrides_with = "no_full_refresh")]
    pub full_refresh: bool,
    #[arg(long, hide = true)]
    pub no_full_refresh: bool,
    /// Keep the rows that fail a test in a table
    #[arg(long, overrides_with = "no_store_failures")]
    pub store_failures: bool,
    #[arg(long, hide = true)]
    pub no_store_failures: bool,
    /// Build with no rows: refs and sources are empty
    #[arg(long)]
    pub empty: bool,
    #[arg(long, hide = true)]
    pub no_empty: bool,
    /// Read only the rows of a stretch of time: '3 days', '{start: 2024-01-01, end: 2024-02-01}'
    #[arg(long, value_name = "WINDOW")]
    pub sample: Option<String>,
    /// Start of the batches to build: a date, or date and time in UTC
    #[arg(long, value_name = "TIME")]
    pub event_time_start: Option<String>,
    /// End of the batches to build, not itself among them
    #[arg(long, value_name = "TIME")]
    pub event_time_end: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the selected models
    Run(RunArgs),
    /// Build and test seeds, models and snapshots in the order of the graph
    Build(BuildArgs),
    /// Run the selected data tests
    Test(RunArgs),
    /// Load the selected seeds
    Seed(SeedArgs),
    /// Record changed rows in the selected snapshots
    Snapshot(RunArgs),
    /// Write the selected nodes' SQL to target/compiled without running it
    Compile(CompileArgs),
    /// Show the first rows of a query
    Show(ShowArgs),
    /// List the selected nodes
    #[command(name = "ls", alias = "list")]
    Ls(LsArgs),
    /// Check how old the data of sources is; put a source of the framework into the project
    Source(SourceArgs),
    /// Ask why identifiers are one entity, and whether all resolved identities are sound
    Identity(IdentityArgs),
    /// Write or show the project's documentation
    Docs(DocsArgs),
    /// Check the project and write its manifest
    Parse(ParseArgs),
    /// Run the last command again for what failed or was skipped
    Retry(RetryArgs),
    /// Stand an earlier run's relations in for the selected nodes
    Clone(RunArgs),
    /// Call a macro
    RunOperation(OperationArgs),
    /// Check project, profile and connection
    Debug(DebugArgs),
    /// Delete the folders in clean-targets
    Clean(CleanArgs),
    /// Start a project
    Init(InitArgs),
    /// Install the packages of packages.yml
    Deps(DepsArgs),
    /// Write the customer-data framework as a dbt package, to read or change
    Eject(EjectArgs),
}

#[derive(Debug, Clone, Default, Args)]
pub struct BuildArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// Show the first rows of each seed
    #[arg(long)]
    pub show: bool,
    #[arg(long, hide = true)]
    pub export_saved_queries: bool,
    #[arg(long, hide = true)]
    pub no_export_saved_queries: bool,
    #[arg(long, hide = true)]
    pub include_saved_query: bool,
    #[arg(long, hide = true)]
    pub no_include_saved_query: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct SeedArgs {
    #[command(flatten)]
    pub run: RunArgs,
    /// Show the first rows of each seed
    #[arg(long)]
    pub show: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct CompileArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// SQL to compile in place of nodes
    #[arg(
        long,
        value_name = "SQL",
        conflicts_with = "select",
        allow_hyphen_values = true
    )]
    pub inline: Option<String>,
    /// Form in which a single node is shown
    #[arg(long, value_name = "FORM", value_parser = ["text", "json"], default_value = "text", ignore_case = true)]
    pub output: String,
    /// Treat incremental models as not yet built
    #[arg(short, long)]
    pub full_refresh: bool,
    /// Let refs and sources give no rows
    #[arg(long, overrides_with = "no_empty")]
    pub empty: bool,
    #[arg(long, hide = true)]
    pub no_empty: bool,
    #[arg(long, hide = true, overrides_with = "no_introspect")]
    pub introspect: bool,
    /// Do not ask the database while compiling
    #[arg(long)]
    pub no_introspect: bool,
    #[arg(long, hide = true)]
    pub inject_ephemeral_ctes: bool,
    #[arg(long, hide = true, overrides_with = "inject_ephemeral_ctes")]
    pub no_inject_ephemeral_ctes: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct ShowArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// SQL to run in place of a node
    #[arg(
        long,
        value_name = "SQL",
        conflicts_with = "select",
        allow_hyphen_values = true
    )]
    pub inline: Option<String>,
    /// SQL to run as it is, without templates
    #[arg(long, value_name = "SQL", conflicts_with_all = ["select", "inline"], hide = true, allow_hyphen_values = true)]
    pub inline_direct: Option<String>,
    #[arg(long, hide = true, overrides_with = "no_introspect")]
    pub introspect: bool,
    /// Do not ask the database while compiling
    #[arg(long)]
    pub no_introspect: bool,
    /// Most rows to show; -1 for all
    #[arg(long, default_value_t = 5, allow_negative_numbers = true, value_name = "ROWS")]
    pub limit: i64,
    /// Form of the rows
    #[arg(long, value_name = "FORM", value_parser = ["text", "json"], default_value = "text", ignore_case = true)]
    pub output: String,
    #[arg(short, long, hide = true)]
    pub full_refresh: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct LsArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// Form of the rows
    #[arg(long, value_name = "FORM", value_parser = ["selector", "name", "path", "json"], default_value = "selector", ignore_case = true)]
    pub output: String,
    /// Keys to show with --output json
    #[arg(long, num_args = 1.., value_name = "KEY")]
    pub output_keys: Vec<String>,
}

#[derive(Debug, Clone, Args)]
pub struct SourceArgs {
    #[command(subcommand)]
    pub command: SourceCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum SourceCommand {
    /// Compare the newest row of each source with the limits in its properties
    #[command(alias = "snapshot-freshness")]
    Freshness(FreshnessArgs),
    /// Copy a shipped source of the framework into the project, as models or as a declaration
    Add(SourceAddArgs),
    /// Start a source of the framework of your own: a declaration, raw records, a test
    New(SourceNewArgs),
    /// Write the models of a declared source as SQL, in place of its declaration
    Eject(SourceNameArgs),
}

#[derive(Debug, Clone, Default, Args)]
pub struct FreshnessArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// File for the result [default: target/sources.json]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct IdentityArgs {
    #[command(subcommand)]
    pub command: IdentityCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum IdentityCommand {
    /// Show the shortest chain of edges between two identifiers; exit 1 if they are not one entity
    Explain(IdentityExplainArgs),
    /// Show an entity's identifiers, and what the log says about it
    Show(IdentityShowArgs),
    /// Count entities, identifiers, edges, quarantine
    Stats,
    /// Hold the invariants against the tables; exit 1 if one is broken
    Check,
    /// Say which entities would split or merge by the rules that are configured now
    DryRun,
    /// Remove an identifier and all that came from it alone, for good
    Forget(IdentityForgetArgs),
}

#[derive(Debug, Clone, Args)]
pub struct IdentityExplainArgs {
    /// Identifier: value as it is compared, or type:value
    #[arg(value_name = "A")]
    pub a: String,
    /// The other one
    #[arg(value_name = "B")]
    pub b: String,
}

#[derive(Debug, Clone, Args)]
pub struct IdentityForgetArgs {
    /// Identifier: value, type:value or entity type:type:value
    #[arg(value_name = "IDENTIFIER")]
    pub identifier: String,
}

#[derive(Debug, Clone, Args)]
pub struct IdentityShowArgs {
    /// Id of an entity, or one of its identifiers
    #[arg(value_name = "ENTITY")]
    pub entity: String,
}

#[derive(Debug, Clone, Args)]
pub struct DocsArgs {
    #[command(subcommand)]
    pub command: DocsCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum DocsCommand {
    /// Write target/catalog.json and a page that shows the project
    Generate(DocsGenerateArgs),
    /// Show the page in a browser, from a server of this machine
    Serve(DocsServeArgs),
}

#[derive(Debug, Clone, Default, Args)]
pub struct DocsGenerateArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    #[arg(long, hide = true)]
    pub compile: bool,
    /// Do not compile the nodes
    #[arg(long, overrides_with = "compile")]
    pub no_compile: bool,
    /// Do not ask the database for tables and columns
    #[arg(long)]
    pub empty_catalog: bool,
    /// Write target/static_index.html too, a page that needs no other file
    #[arg(long)]
    pub r#static: bool,
}

#[derive(Debug, Clone, Args)]
pub struct DocsServeArgs {
    /// Port to serve on; 0 for any free one
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Address to serve on [default: 127.0.0.1, which only this machine reaches]
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<String>,
    #[arg(long, hide = true)]
    pub browser: bool,
    /// Do not open a browser
    #[arg(long, overrides_with = "browser")]
    pub no_browser: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct ParseArgs {
    #[command(flatten)]
    pub select: SelectArgs,
}

#[derive(Debug, Clone, Default, Args)]
pub struct RetryArgs {
    /// Build incremental models and seeds anew
    #[arg(short, long)]
    pub full_refresh: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct OperationArgs {
    /// The macro: name or package.name
    #[arg(value_name = "MACRO")]
    pub name: String,
    /// Its arguments, as a YAML dictionary
    #[arg(long, default_value = "{}", value_name = "YAML", allow_hyphen_values = true)]
    pub args: String,
}

#[derive(Debug, Clone, Default, Args)]
pub struct DebugArgs {
    /// Check the connection only
    #[arg(long)]
    pub connection: bool,
    /// Show the folder of profiles.yml only
    #[arg(long)]
    pub config_dir: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct CleanArgs {
    #[arg(long, hide = true)]
    pub clean_project_files_only: bool,
    /// Allow folders outside of the project
    #[arg(long)]
    pub no_clean_project_files_only: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct InitArgs {
    /// Name of the project: letters, digits, underscores
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    #[arg(short, long, hide = true)]
    pub skip_profile_setup: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct DepsArgs {
    /// Write package-lock.yml without installing anything
    #[arg(long)]
    pub lock: bool,
    /// Choose versions anew, whatever package-lock.yml says
    #[arg(long)]
    pub upgrade: bool,
    /// Add a package to packages.yml first
    #[arg(long, value_name = "NAME@VERSION")]
    pub add_package: Option<String>,
    /// Where the package of --add-package comes from
    #[arg(long, value_name = "SOURCE", default_value = "hub", value_parser = ["hub", "git", "local"])]
    pub source: String,
    /// Say what would be installed, and change nothing
    #[arg(long, conflicts_with = "add_package")]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Default, Args)]
pub struct EjectArgs {
    /// Folder of the package [default: packages/nexus]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct SourceAddArgs {
    /// Name of the source
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Write sources/NAME.nexus.yml instead of models
    #[arg(long)]
    pub declared: bool,
}

#[derive(Debug, Clone, Args)]
pub struct SourceNewArgs {
    /// Name of the source
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Write models in SQL instead of a declaration
    #[arg(long)]
    pub sql: bool,
}

#[derive(Debug, Clone, Args)]
pub struct SourceNameArgs {
    /// Name of the source
    #[arg(value_name = "NAME")]
    pub name: String,
}

impl Command {
    /// Returns the name that templates see as `flags.WHICH`.
    pub fn which(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Build(_) => "build",
            Self::Test(_) => "test",
            Self::Seed(_) => "seed",
            Self::Snapshot(_) => "snapshot",
            Self::Compile(_) => "compile",
            Self::Show(_) => "show",
            Self::Ls(_) => "list",
            Self::Source(args) => match &args.command {
                SourceCommand::Freshness(_) => "freshness",
                SourceCommand::Add(_) | SourceCommand::New(_) | SourceCommand::Eject(_) => "source",
            },
            Self::Identity(_) => "identity",
            Self::Docs(args) => match &args.command {
                DocsCommand::Generate(_) => "generate",
                DocsCommand::Serve(_) => "serve",
            },
            Self::Parse(_) => "parse",
            Self::Retry(_) => "retry",
            Self::Clone(_) => "clone",
            Self::RunOperation(_) => "run-operation",
            Self::Debug(_) => "debug",
            Self::Clean(_) => "clean",
            Self::Init(_) => "init",
            Self::Deps(_) => "deps",
            Self::Eject(_) => "eject",
        }
    }

    /// Returns the selection flags of the command, if it has them.
    pub fn select(&self) -> Option<&SelectArgs> {
        match self {
            Self::Run(run) | Self::Test(run) | Self::Snapshot(run) | Self::Clone(run) => Some(&run.select),
            Self::Build(build) => Some(&build.run.select),
            Self::Seed(seed) => Some(&seed.run.select),
            Self::Compile(args) => Some(&args.select),
            Self::Show(args) => Some(&args.select),
            Self::Ls(args) => Some(&args.select),
            Self::Source(args) => match &args.command {
                SourceCommand::Freshness(args) => Some(&args.select),
                SourceCommand::Add(_) | SourceCommand::New(_) | SourceCommand::Eject(_) => None,
            },
            Self::Docs(args) => match &args.command {
                DocsCommand::Generate(args) => Some(&args.select),
                DocsCommand::Serve(_) => None,
            },
            Self::Parse(args) => Some(&args.select),
            _ => None,
        }
    }

    /// Returns the run flags of the command, if it has them.
    pub fn run(&self) -> Option<&RunArgs> {
        match self {
            Self::Run(run) | Self::Test(run) | Self::Snapshot(run) | Self::Clone(run) => Some(run),
            Self::Build(build) => Some(&build.run),
            Self::Seed(seed) => Some(&seed.run),
            _ => None,
        }
    }
}
