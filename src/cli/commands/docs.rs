//! `docs`: the catalog of the database with a page that shows project and catalog, and a server of that page.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use indexmap::IndexSet;

use super::run::finish;
use crate::artifacts::catalog_v1;
use crate::cli::args::{DocsGenerateArgs, DocsServeArgs, SelectArgs};
use crate::cli::workspace::{Workspace, load, open_writing};
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result};
use crate::docs::{self, Server};
use crate::events::{Event, Level};
use crate::fs;
use crate::manifest::NodeId;
use crate::project::Project;
use crate::run::{self, Action};

/// The kinds of node that are compiled for the page.
const KINDS: &[&str] = &["model", "seed", "snapshot", "test", "analysis", "operation"];

pub(super) fn generate(call: &Call, args: &DocsGenerateArgs) -> Outcome {
    // Without compiling, an earlier manifest stays as it is, as in dbt.
    let workspace = open_writing(call, call.options.write_json && !args.no_compile)?;
    let selection = workspace.select(call, &args.select, KINDS)?;
    let context = workspace.context(call, &selection);
    if !args.no_compile {
        let session = workspace.session(call);
        let options = workspace.run_options(call, Action::Compile);
        let outcome = run::execute(&context, &session, &selection, &options)?;
        let code = finish(call, &workspace, &outcome)?;
        if code != exit::OK {
            return Ok(code);
        }
    }
    let rows = if args.empty_catalog {
        Vec::new()
    } else {
        run::catalog(&context, &Arc::new(workspace.session(call)))?
    };
    let wanted = chosen(call, &workspace, args, selection)?;
    let catalog = catalog_v1::catalog(&workspace.manifest, &rows, wanted.as_ref(), &call.invocation);
    let path = workspace.project.target_path.join("catalog.json");
    catalog_v1::write(&path, &catalog)?;
    copy_assets(&workspace.project)?;
    pages(&workspace.project, args, &catalog)?;
    say(call, format!("Catalog written to {}", path.display()));
    Ok(exit::OK)
}

/// Returns what the catalog is limited to: nothing, unless nodes were asked for and compiled.
fn chosen(
    call: &Call,
    workspace: &Workspace,
    args: &DocsGenerateArgs,
    mut selection: IndexSet<NodeId>,
) -> Result<Option<IndexSet<NodeId>>, Diagnostics> {
    let SelectArgs {
        select,
        exclude,
        selector,
        ..
    } = &args.select;
    if args.no_compile || (select.is_empty() && exclude.is_empty() && selector.is_none()) {
        return Ok(None);
    }
    selection.extend(workspace.select(call, &args.select, &["source"])?);
    Ok(Some(selection))
}

/// Copies the project's `asset-paths`, which descriptions may show pictures of, beside the page.
fn copy_assets(project: &Project) -> Result<()> {
    for path in &project.root().project.asset_paths {
        let from = project.root_dir.join(path);
        let to = project.target_path.join(path);
        let stays = Path::new(path).components().all(|part| {
            matches!(
                part,
                std::path::Component::Normal(_) | std::path::Component::CurDir
            )
        });
        if stays && from.is_dir() && to != project.target_path {
            fs::remove(&to)?;
            fs::copy_all(&from, &to)?;
        }
    }
    Ok(())
}

fn pages(project: &Project, args: &DocsGenerateArgs, catalog: &serde_json::Value) -> Result<()> {
    let target = &project.target_path;
    docs::write(&target.join("index.html"), None)?;
    if args.r#static {
        let manifest = fs::read(&target.join("manifest.json"))?;
        let artifacts = (manifest.as_str(), &*catalog.to_string());
        docs::write(&target.join("static_index.html"), Some(artifacts))?;
    }
    Ok(())
}

pub(super) fn serve(call: &Call, args: &DocsServeArgs) -> Outcome {
    let project = load(call)?;
    let target = &project.target_path;
    if !target.join("catalog.json").is_file() {
        let message = format!("there is no catalog in `{}`", target.display());
        return Err(Diagnostic::error(Code::FILE, message)
            .hint("Run `nexus docs generate` first.")
            .into());
    }
    docs::write(&target.join("index.html"), None)?;
    let of_environment = call.invocation.env_var("DBT_HOST");
    let host = args.host.as_deref().or(of_environment).unwrap_or("127.0.0.1");
    let server = Server::listen(host, args.port, target)?;
    let url = server.url();
    say(
        call,
        format!("Serving the documentation at {url} (Ctrl-C ends it)"),
    );
    if !args.no_browser {
        open_browser(call, &url);
    }
    server.serve(&|| call.invocation.cancel.is_cancelled());
    Ok(exit::OK)
}

/// Opens a browser where the system knows one; the page can always be opened by hand.
fn open_browser(call: &Call, url: &str) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let started = Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if started.is_err() {
        say(call, format!("No browser could be opened; open {url} yourself"));
    }
}

fn say(call: &Call, message: String) {
    call.sink.send(Event::Log {
        level: Level::Info,
        message,
        node: None,
    });
}
