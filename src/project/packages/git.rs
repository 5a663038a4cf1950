//! Fetches packages with the `git` program: nothing of the user's hooks runs, nothing is asked, and no value that a
//! user wrote can be taken for an option.

use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::unpack::check_links;

/// Fetches a revision (none: the default branch) into the folder `into` and returns the id of its commit.
///
/// # Errors
/// What git said, in words.
pub(super) fn fetch(url: &str, revision: Option<&str>, into: &Path) -> Result<String, String> {
    check_url(url)?;
    std::fs::create_dir_all(into).map_err(|e| format!("could not make `{}`: {e}", into.display()))?;
    git(into, &["init", "--quiet", "--template="])?;
    let candidates = match revision {
        None | Some("HEAD") => vec!["HEAD".to_owned()],
        Some(revision) if is_commit(revision) => vec![revision.to_owned()],
        Some(revision) => {
            let fits = |c: char| !c.is_control() && !c.is_whitespace() && !":*?[\\^~+".contains(c);
            if revision.is_empty() || revision.starts_with('-') || !revision.chars().all(fits) {
                return Err(format!(
                    "`{revision}` is not a name of a branch, a tag or a commit"
                ));
            }
            // dbt takes a tag before a branch of the same name.
            vec![format!("refs/tags/{revision}"), format!("refs/heads/{revision}")]
        }
    };
    let mut last = String::new();
    for candidate in &candidates {
        match git(
            into,
            &[
                "fetch",
                "--quiet",
                "--depth",
                "1",
                "--no-tags",
                "--",
                url,
                candidate,
            ],
        ) {
            Ok(_) => {
                git(into, &["checkout", "--quiet", "--detach", "FETCH_HEAD"])?;
                let commit = git(into, &["rev-parse", "HEAD"])?.trim().to_owned();
                std::fs::remove_dir_all(into.join(".git"))
                    .map_err(|e| format!("could not remove `.git` of the package: {e}"))?;
                check_links(into)?;
                return Ok(commit);
            }
            Err(error) if error.contains("couldn't find remote ref") => last = error,
            Err(error) => return Err(error),
        }
    }
    match revision {
        Some(revision) if candidates.len() > 1 => {
            Err(format!("it has no branch and no tag named `{revision}`"))
        }
        _ => Err(last),
    }
}

/// Returns the folder of a subdirectory of a checkout.
///
/// # Errors
/// Where the path leads out of the checkout or there is no such folder.
pub(super) fn subdirectory(checkout: &Path, path: &str) -> Result<PathBuf, String> {
    let is_plain = Path::new(path)
        .components()
        .all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    let folder = checkout.join(path);
    if !is_plain {
        return Err(format!("the subdirectory `{path}` leads out of the repository"));
    }
    if !folder.is_dir() || folder.is_symlink() {
        return Err(format!("the repository has no folder `{path}`"));
    }
    Ok(folder)
}

/// Says whether a revision is the whole id of a commit.
pub(super) fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_url(url: &str) -> Result<(), String> {
    if url.starts_with('-') || url.chars().any(char::is_control) {
        return Err("it is not an address of a repository".to_owned());
    }
    let refused = match url.split_once("://") {
        Some((scheme, _)) if !matches!(scheme, "https" | "ssh" | "file" | "git" | "git+ssh" | "ssh+git") => {
            Some(scheme)
        }
        _ => url.split_once("::").map(|(helper, _)| helper),
    };
    match refused {
        Some(scheme) => Err(format!(
            "the protocol `{scheme}` is not allowed; use `https`, `ssh`, `git` or `file`"
        )),
        None => Ok(()),
    }
}

/// Runs git in a folder and returns its output.
fn git(folder: &Path, args: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never"])
        .args([
            "-c",
            "protocol.https.allow=always",
            "-c",
            "protocol.ssh.allow=always",
        ])
        .args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "protocol.git.allow=always",
        ])
        .args(["-c", "advice.detachedHead=false", "-c", "gc.auto=0"])
        .args(args)
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("SSH_ASKPASS_REQUIRE", "never")
        .stdin(Stdio::null());
    // A git of an outer repository's hook must not act on that repository.
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    ] {
        command.env_remove(name);
    }
    let done = command.output().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            "the program `git` was not found; install it, or check PATH".to_owned()
        }
        _ => format!("the program `git` could not be started: {e}"),
    })?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .take(4)
        .collect();
    Err(format!("git said: {}", lines.join(" ")))
}
