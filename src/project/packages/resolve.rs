//! From what projects ask for to one pinned version of each package, following the packages of packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::hub::Hub;
use super::spec::{self, Source, Wanted};
use super::{download, git, read, unpack};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result};
use crate::fs;
use crate::invocation::Invocation;
use crate::project::rendering::Rendering;
use crate::project::{load, project_keys};

/// How many packages may need packages in turn.
const DEPTH_MAX: usize = 64;

/// One version of a package.
#[derive(Debug, Clone)]
pub(super) enum Pin {
    Local {
        path: String,
    },
    Git {
        url: String,
        unrendered: String,
        revision: Option<String>,
        subdirectory: Option<String>,
    },
    Tarball {
        url: String,
        unrendered: String,
        name: String,
        sha256: Option<String>,
    },
    Hub {
        package: String,
        version: String,
        latest: String,
    },
}

impl Pin {
    fn key(&self) -> String {
        match self {
            Self::Local { path } => format!("local\n{path}"),
            Self::Git {
                url,
                revision,
                subdirectory,
                ..
            } => {
                format!("git\n{url}\n{revision:?}\n{subdirectory:?}")
            }
            Self::Tarball { url, .. } => format!("tarball\n{url}"),
            Self::Hub { package, version, .. } => format!("hub\n{package}\n{version}"),
        }
    }
}

/// What is known of a pinned package.
#[derive(Debug)]
pub(super) struct Fetched {
    /// The name of its project.
    pub name: String,
    /// Where its files are; those of the hub come when they are installed.
    folder: Option<PathBuf>,
    archive: Option<String>,
    /// The commit that a git revision turned out to be.
    pub commit: Option<String>,
    wanted: Vec<Wanted>,
}

/// A package with its pin and what is known of it.
pub(super) struct Resolved {
    pub wanted: Wanted,
    pub pin: Pin,
    pub fetched: Rc<Fetched>,
}

/// Fetches packages, each once, into a folder of its own.
pub(super) struct Fetcher<'a> {
    pub root: &'a Path,
    /// Where fetched packages are put; made when the first one is.
    pub staging: &'a Path,
    pub invocation: &'a Invocation,
    pub rendering: &'a Rendering<'a>,
    pub hub: Hub<'a>,
    pub known: BTreeMap<String, Rc<Fetched>>,
    pub warnings: Vec<Diagnostic>,
    pub fetched_count: usize,
}

impl Fetcher<'_> {
    /// Returns what is to be told of so far, each thing once.
    pub fn take_warnings(&mut self) -> Vec<Diagnostic> {
        let mut warnings = std::mem::take(&mut self.hub.warnings);
        warnings.append(&mut self.warnings);
        warnings
    }

    /// Chooses the one version that fulfils all that is asked of a package.
    pub fn pin(&mut self, wanted: &Wanted) -> Result<Pin> {
        Ok(match &wanted.source {
            Source::Local { path } => Pin::Local { path: path.clone() },
            Source::Git {
                url,
                unrendered,
                revisions,
                subdirectory,
                ..
            } => {
                let different: BTreeSet<&String> = revisions.iter().collect();
                if different.len() > 1 {
                    let shown: Vec<String> = different.iter().map(|r| format!("`{r}`")).collect();
                    return Err(wanted
                        .fail(format!(
                            "the git package `{url}` is asked for in {} revisions",
                            shown.len()
                        ))
                        .note(format!("they are {}", shown.join(", ")))
                        .hint("Give it the same `revision` everywhere."));
                }
                Pin::Git {
                    url: url.clone(),
                    unrendered: unrendered.clone(),
                    revision: revisions.first().cloned(),
                    subdirectory: subdirectory.clone(),
                }
            }
            Source::Tarball {
                url,
                unrendered,
                name,
                sha256,
            } => Pin::Tarball {
                url: url.clone(),
                unrendered: unrendered.clone(),
                name: name.clone(),
                sha256: sha256.clone(),
            },
            Source::Hub {
                package,
                versions,
                with_prereleases,
            } => {
                let chosen = self
                    .hub
                    .choose(package, versions, *with_prereleases)
                    .map_err(|e| wanted.fail(e))?;
                Pin::Hub {
                    package: package.clone(),
                    version: chosen.version,
                    latest: chosen.latest,
                }
            }
        })
    }

    /// Returns a pinned package's name and the packages that it needs.
    pub fn fetch(&mut self, pin: &Pin, wanted: &Wanted) -> Result<Rc<Fetched>> {
        if let Some(known) = self.known.get(&pin.key()) {
            return Ok(known.clone());
        }
        let fetched = Rc::new(match pin {
            Pin::Local { path } => {
                let folder = normal(&self.root.join(path));
                self.read_folder(folder, path, wanted)?
            }
            Pin::Git {
                url,
                revision,
                subdirectory,
                ..
            } => {
                self.warn_unpinned(url, revision.as_deref(), wanted);
                let checkout = self.next_folder();
                let fail = |e| wanted.fail(format!("the git package `{url}` could not be fetched: {e}"));
                let commit = git::fetch(url, revision.as_deref(), &checkout).map_err(fail)?;
                let folder = match subdirectory {
                    Some(subdirectory) => git::subdirectory(&checkout, subdirectory).map_err(fail)?,
                    None => checkout,
                };
                Fetched {
                    commit: Some(commit),
                    ..self.read_folder(folder, url, wanted)?
                }
            }
            Pin::Tarball {
                url, name, sha256, ..
            } => {
                let folder = self.download(url, sha256.as_deref(), wanted)?;
                Fetched {
                    name: name.clone(),
                    ..self.read_folder(folder, url, wanted)?
                }
            }
            Pin::Hub { package, version, .. } => {
                let about = self.hub.about(package, version).map_err(|e| wanted.fail(e))?;
                of_hub(package, version, &about, wanted)?
            }
        });
        let is_safe = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
        let name = &fetched.name;
        if !name.chars().all(is_safe)
            || name.starts_with(['.', ' '])
            || name.starts_with("__")
            || name.is_empty()
        {
            return Err(wanted.fail(format!(
                "the package's project is named `{name}`, which cannot be a folder"
            )));
        }
        self.known.insert(pin.key(), fetched.clone());
        // The lock file names the commit: it need not be fetched again.
        if let (
            Pin::Git {
                url,
                unrendered,
                subdirectory,
                ..
            },
            Some(commit),
        ) = (pin, &fetched.commit)
        {
            let by_commit = Pin::Git {
                url: url.clone(),
                unrendered: unrendered.clone(),
                revision: Some(commit.clone()),
                subdirectory: subdirectory.clone(),
            };
            self.known.insert(by_commit.key(), fetched.clone());
        }
        Ok(fetched)
    }

    /// Returns the folder with a package's files, fetching them if they are not here yet.
    pub fn files(&self, resolved: &Resolved, number: usize) -> Result<PathBuf> {
        if let Some(folder) = &resolved.fetched.folder {
            return Ok(folder.clone());
        }
        let url = resolved.fetched.archive.as_deref().unwrap_or_default();
        self.download_into(
            url,
            None,
            &self.staging.join(format!("hub-{number}")),
            &resolved.wanted,
        )
    }

    fn next_folder(&mut self) -> PathBuf {
        self.fetched_count += 1;
        self.staging.join(self.fetched_count.to_string())
    }

    fn download(&mut self, url: &str, sha256: Option<&str>, wanted: &Wanted) -> Result<PathBuf> {
        let into = self.next_folder();
        self.download_into(url, sha256, &into, wanted)
    }

    fn download_into(
        &self,
        url: &str,
        sha256: Option<&str>,
        into: &Path,
        wanted: &Wanted,
    ) -> Result<PathBuf> {
        let bytes = download::get(url, unpack::DOWNLOAD_BYTES_MAX, self.invocation)
            .map_err(|e| wanted.fail(format!("`{url}` could not be fetched: {e}")))?;
        if let Some(expected) = sha256 {
            let digest = hex(&Sha256::digest(&bytes));
            if !expected.eq_ignore_ascii_case(&digest) {
                return Err(wanted
                    .fail(format!(
                        "what was fetched from `{url}` has another SHA-256 than `{expected}`"
                    ))
                    .note(format!("it is `{digest}`"))
                    .hint("Find out why the file has changed before you change `sha256`."));
            }
        }
        fs::create_dir_all(into)?;
        unpack::unpack(&bytes, into)
            .map_err(|e| wanted.fail(format!("the package from `{url}` could not be unpacked: {e}")))
    }

    fn read_folder(&self, folder: PathBuf, shown: &str, wanted: &Wanted) -> Result<Fetched> {
        if !folder.join(project_keys::FILE_NAME).is_file() {
            let error = wanted.fail(format!(
                "the package `{shown}` has no `{}`",
                project_keys::FILE_NAME
            ));
            return Err(match &wanted.source {
                Source::Local { .. } => error
                    .note(format!("looked in `{}`", folder.display()))
                    .hint("Check the path: it is taken from the folder of the root project."),
                Source::Git { .. } => error.hint(
                    "If the package stands in a folder of the repository, name it with `subdirectory:`.",
                ),
                _ => error,
            });
        }
        let prefix = format!("{}/", shown.trim_end_matches('/'));
        let document = load::read_document(&folder, &prefix)?;
        let name = document
            .root
            .get("name")
            .and_then(|n| n.as_str())
            .map(str::to_owned);
        let name = name.ok_or_else(|| {
            document.error(
                &document.root,
                Code::PACKAGE,
                format!("the package `{shown}` has no `name`"),
            )
        })?;
        let mut found = Diagnostics::default();
        let asked = read(&folder, &prefix, self.rendering, &mut found);
        found.extend(asked.refused);
        if found.has_errors() {
            return Err(found.into_one());
        }
        Ok(Fetched {
            name,
            folder: Some(folder),
            archive: None,
            commit: None,
            wanted: asked.wanted,
        })
    }

    fn warn_unpinned(&mut self, url: &str, revision: Option<&str>, wanted: &Wanted) {
        let what = match revision {
            None | Some("HEAD") => "is not pinned, so its default branch is used".to_owned(),
            Some(branch @ ("main" | "master")) => format!("is pinned to the branch `{branch}`"),
            Some(_) => return,
        };
        if let Source::Git {
            warns_unpinned: true, ..
        } = wanted.source
        {
            self.warnings.push(
                Diagnostic::warning(Code::PACKAGE, format!("the git package `{url}` {what}"))
                    .event("DepsUnpinned")
                    .at(wanted.span.clone())
                    .hint("Give it a `revision` that does not move, a tag or a commit; or set `warn-unpinned: false`."),
            );
        }
    }
}

fn of_hub(package: &str, version: &str, about: &Json, wanted: &Wanted) -> Result<Fetched> {
    let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
    let archive = text(about.get("downloads").and_then(|d| d.get("tarball")));
    let (Some(name), Some(archive)) = (text(about.get("name")), archive) else {
        return Err(wanted.fail(format!(
            "what the hub says of `{package}` {version} lacks its name or its address"
        )));
    };
    let needed = about
        .get("packages")
        .and_then(Json::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let needed = needed.iter().map(|entry| {
        spec::parse(entry, entry, wanted.span.clone())
            .map_err(|e| e.note(format!("`{package}` {version} asks for it")))
    });
    Ok(Fetched {
        name,
        folder: None,
        archive: Some(archive),
        commit: None,
        wanted: needed.collect::<Result<_>>()?,
    })
}

/// Packages by the names under which they are asked for, in the order in which they are first.
#[derive(Default)]
struct Listing(IndexMap<String, Wanted>);

impl Listing {
    fn key(&self, wanted: &Wanted) -> String {
        let mut names = wanted.source.names();
        match names.iter().position(|name| self.0.contains_key(name)) {
            Some(at) => names.swap_remove(at),
            None => names.swap_remove(0),
        }
    }

    /// Adds what is asked of a package to what is asked already, and returns its key.
    fn add(&mut self, wanted: &Wanted) -> Result<String> {
        let key = self.key(wanted);
        let Some(known) = self.0.get_mut(&key) else {
            self.0.insert(key.clone(), wanted.clone());
            return Ok(key);
        };
        match (&mut known.source, &wanted.source) {
            (
                Source::Git {
                    revisions,
                    warns_unpinned,
                    ..
                },
                Source::Git {
                    revisions: more,
                    warns_unpinned: warns,
                    ..
                },
            ) => {
                revisions.extend(more.iter().cloned());
                *warns_unpinned &= warns;
            }
            (
                Source::Hub {
                    versions,
                    with_prereleases,
                    ..
                },
                Source::Hub {
                    versions: more,
                    with_prereleases: too,
                    ..
                },
            ) => {
                versions.extend(more.iter().cloned());
                *with_prereleases |= too;
            }
            (Source::Local { .. }, Source::Local { .. })
            | (Source::Tarball { .. }, Source::Tarball { .. }) => {}
            (old, new) => {
                let message = format!(
                    "`{key}` is asked for both with `{}:` and with `{}:`",
                    old.kind(),
                    new.kind()
                );
                return Err(wanted.fail(message).hint("Ask for it in one way."));
            }
        }
        Ok(key)
    }
}

/// Resolves what a project asks for. All faults that can be found together are reported together.
pub(super) fn resolve(
    asked: &[Wanted],
    project: &str,
    fetcher: &mut Fetcher<'_>,
    found: &mut Diagnostics,
) -> Vec<Resolved> {
    let mut listing = Listing::default();
    let mut pending = Listing::default();
    let mut followed: BTreeSet<String> = BTreeSet::new();
    for wanted in asked {
        found.take(pending.add(wanted));
    }
    for _ in 0..DEPTH_MAX {
        let mut next = Listing::default();
        for wanted in std::mem::take(&mut pending.0).into_values() {
            let Some(key) = found.take(listing.add(&wanted)) else {
                continue;
            };
            let Some(joined) = listing.0.get(&key).cloned() else {
                continue;
            };
            let Some(pin) = found.take(fetcher.pin(&joined)) else {
                continue;
            };
            let Some(fetched) = found.take(fetcher.fetch(&pin, &joined)) else {
                continue;
            };
            if !followed.insert(pin.key()) {
                continue;
            }
            for needed in &fetched.wanted {
                found.take(next.add(needed));
            }
        }
        if next.0.is_empty() || found.has_errors() {
            break;
        }
        pending = next;
    }
    if found.has_errors() {
        return Vec::new();
    }
    pin_all(listing.0.into_values(), project, fetcher, found)
}

/// Pins packages without following what they need, and makes sure that no two have one name.
pub(super) fn pin_all(
    wanted: impl Iterator<Item = Wanted>,
    project: &str,
    fetcher: &mut Fetcher<'_>,
    found: &mut Diagnostics,
) -> Vec<Resolved> {
    let mut resolved: Vec<Resolved> = Vec::new();
    for wanted in wanted {
        let Some(pin) = found.take(fetcher.pin(&wanted)) else {
            continue;
        };
        let Some(fetched) = found.take(fetcher.fetch(&pin, &wanted)) else {
            continue;
        };
        let name = &fetched.name;
        if name == project {
            found.push(wanted.fail(format!("the package `{name}` has the name of the project itself")));
        } else if let Some(other) = resolved.iter().find(|r| r.fetched.name == *name) {
            let place = other.wanted.source.names().swap_remove(0);
            found.push(
                wanted
                    .fail(format!("two packages are named `{name}`"))
                    .note(format!("the other is `{place}`")),
            );
        }
        resolved.push(Resolved { wanted, pin, fetched });
    }
    resolved
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Takes `.` and `..` out of a path without asking the disk.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
