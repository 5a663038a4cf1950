//! What `ls` needs of a parsed project, kept from call to call: where nothing that decided it has changed, the project
//! is not read again.
//!
//! The file `partial_parse.nexus` in the target folder holds an outline of the manifest, the stamps of all files and
//! folders that the project was read from (see [`project::witnesses`]), a digest of each environment variable that was
//! asked for, and the binary's own stamp. It is used only where all of these are as they were. It is not written where
//! a template asked for what changes from call to call, where there was a warning to show, or where a file is so new
//! that a later change might go unseen.

use std::path::PathBuf;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Call;
use super::workspace::Workspace;
use crate::artifacts::manifest_v12;
use crate::events::{Counts, Event};
use crate::fs::{self, Stamp};
use crate::graph::{Graph, link};
use crate::invocation::Invocation;
use crate::manifest::{self, Manifest};
use crate::project::{self, Project};

const FILE_NAME: &str = "partial_parse.nexus";

/// Begins the file; the number is that of the form.
const MAGIC: &[u8; 8] = b"nexus 2\n";

/// Bytes of the stamp of `manifest.json`, which stands behind the magic so that it can be renewed in place.
const STAMP_BYTES: usize = 256;

/// A project as `ls` sees it.
pub(super) struct Listing {
    pub project: Project,
    pub manifest: Manifest,
    pub graph: Graph,
}

/// What decides whether the outline still holds.
#[derive(Serialize, Deserialize)]
struct Facts {
    /// Digest of version, working folder and options.
    call: [u8; 32],
    binary: Option<Stamp>,
    variables: Vec<(String, Option<[u8; 32]>)>,
    witnesses: Vec<(PathBuf, Option<Stamp>)>,
    root_dir: PathBuf,
    target_path: PathBuf,
    /// The root project's own files, relative to it: what the method `path` knows.
    files: Vec<String>,
    adapter: String,
    counts: Vec<(String, usize)>,
}

/// Returns the listing that an earlier call left, where it still holds; tells the sink what opening would tell it, and
/// gives `manifest.json` this call's id and time.
pub(super) fn recall(call: &Call) -> Option<Listing> {
    if !is_used(call) {
        return None;
    }
    let begun = std::time::Instant::now();
    let path = project::target_folder(&call.options.load, &call.invocation)?.join(FILE_NAME);
    let bytes = std::fs::read(&path).ok()?;
    let (head, body) = bytes.split_at_checked(MAGIC.len() + STAMP_BYTES)?;
    let kept_manifest: Option<Stamp> = serde_json::from_slice(head.strip_prefix(MAGIC.as_slice())?).ok()?;
    let (length, body) = body.split_first_chunk::<8>()?;
    let (facts, outline) = body.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let facts: Facts = serde_json::from_slice(facts).ok()?;
    // Most calls find that it holds, so it is read meanwhile.
    let (holds, outline) = rayon::join(|| holds(&facts, call), || manifest::read_outline(outline));
    let manifest = outline.filter(|_| holds)?;
    let manifest_path = facts.target_path.join("manifest.json");
    if call.options.write_json && (kept_manifest.is_none() || Stamp::of(&manifest_path) != kept_manifest) {
        return None;
    }
    let graph = link(&manifest).ok()?;
    if call.options.write_json {
        manifest_v12::renew(&manifest_path, &call.invocation).ok()?;
        // Where this fails the stamps differ, and the next call reads the project.
        let _ = fs::write_at(&path, MAGIC.len() as u64, &head_of(Stamp::of(&manifest_path))?);
    }
    if !call.face.as_dbt {
        call.sink.send(Event::Started {
            version: env!("CARGO_PKG_VERSION"),
        });
    }
    call.sink.send(Event::AdapterRegistered { name: facts.adapter });
    if !super::workspace::counts_silently(call) {
        call.sink.send(Event::Parsed {
            counts: Counts {
                resources: facts.counts,
            },
            elapsed: begun.elapsed(),
        });
    }
    let project = Project::outline(
        &manifest.project_name,
        facts.root_dir,
        facts.target_path,
        facts.files,
    );
    Some(Listing {
        project,
        manifest,
        graph,
    })
}

/// Keeps what a call found out, for the next one. `begun` is the moment at which the call began to read files. What
/// cannot be kept is not: that is no fault.
pub(super) fn keep(call: &Call, workspace: &Workspace, begun: (i64, i64)) {
    let asked = &call.invocation.asked;
    let project = &workspace.project;
    let has_warnings = !project.warnings.is_empty() || !workspace.manifest.warnings.is_empty();
    if !is_used(call) || asked.is_varying() || has_warnings || project.selectors.is_some() {
        return;
    }
    let Some((facts, outline)) = gather(call, workspace, begun) else {
        return;
    };
    let manifest_path = project.target_path.join("manifest.json");
    let stamp = Some(manifest_path).filter(|_| call.options.write_json);
    let Some(head) = head_of(stamp.and_then(|path| Stamp::of(&path))) else {
        return;
    };
    let length = (facts.len() as u64).to_le_bytes();
    let bytes = [MAGIC.as_slice(), &head, &length, &facts, &outline].concat();
    let _ = fs::write_atomic(&project.target_path.join(FILE_NAME), &bytes);
}

fn gather(call: &Call, workspace: &Workspace, begun: (i64, i64)) -> Option<(Vec<u8>, Vec<u8>)> {
    let project = &workspace.project;
    // The next call looks for the file where this one would.
    if project::target_folder(&call.options.load, &call.invocation)? != project.target_path {
        return None;
    }
    let witnesses = project::witnesses(project, &call.options.load, &call.invocation).ok()??;
    let witnesses: Vec<(PathBuf, Option<Stamp>)> = witnesses
        .into_par_iter()
        .map(|path| {
            let stamp = Stamp::of(&path);
            (path, stamp)
        })
        .collect();
    if !witnesses
        .iter()
        .all(|(_, stamp)| stamp.is_none_or(|s| s.is_older_than(begun)))
    {
        return None;
    }
    let root = project.packages.first()?;
    let facts = Facts {
        call: digest_of_call(call),
        binary: binary(),
        variables: variables(&call.invocation, call.invocation.asked.variables()),
        witnesses,
        root_dir: project.root_dir.clone(),
        target_path: project.target_path.clone(),
        files: root
            .files
            .iter()
            .map(|file| file.original_path.to_string())
            .collect(),
        adapter: workspace.adapter.kind().to_owned(),
        counts: super::workspace::counts(call, &workspace.manifest, &workspace.engine).resources,
    };
    Some((
        serde_json::to_vec(&facts).ok()?,
        manifest::write_outline(&workspace.manifest)?,
    ))
}

/// Says whether this call may go by an earlier one.
fn is_used(call: &Call) -> bool {
    let state = &call.options.state;
    call.options.partial_parse
        && !call.invocation.env.contains_key("NEXUS_DEV_CHECKOUT")
        && call.only.is_none()
        && state.state.is_none()
        && state.defer_state.is_none()
        && !state.defer
}

fn holds(facts: &Facts, call: &Call) -> bool {
    let names = facts.variables.iter().map(|(name, _)| name.clone());
    facts.call == digest_of_call(call)
        && facts.binary.is_some()
        && facts.binary == binary()
        && facts.variables == variables(&call.invocation, names)
        && facts
            .witnesses
            .par_iter()
            .all(|(path, stamp)| Stamp::of(path) == *stamp)
}

fn digest_of_call(call: &Call) -> [u8; 32] {
    let invocation = &call.invocation;
    let load = &call.options.load;
    let custom: Vec<_> = invocation
        .env
        .iter()
        .filter(|(name, _)| name.starts_with("DBT_ENV_CUSTOM_ENV_"))
        .collect();
    let text = format!(
        "{}\n{:?}\n{:?}\n{load:?}\n{custom:?}\n{}",
        env!("CARGO_PKG_VERSION"),
        invocation.cwd,
        invocation.home,
        call.options.write_json,
    );
    Sha256::digest(text).into()
}

/// The digests of environment variables: values may be secrets.
fn variables(
    invocation: &Invocation,
    names: impl IntoIterator<Item = String>,
) -> Vec<(String, Option<[u8; 32]>)> {
    let digest = |value: &String| Sha256::digest(value).into();
    names
        .into_iter()
        .map(|name| {
            let value = invocation.env.get(&name).map(digest);
            (name, value)
        })
        .collect()
}

fn binary() -> Option<Stamp> {
    Stamp::of(&std::env::current_exe().ok()?)
}

fn head_of(stamp: Option<Stamp>) -> Option<[u8; STAMP_BYTES]> {
    let written = serde_json::to_vec(&stamp).ok()?;
    let mut head = [b' '; STAMP_BYTES];
    head.get_mut(..written.len())?.copy_from_slice(&written);
    Some(head)
}
