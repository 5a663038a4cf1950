//! Unpacks a `.tar.gz` of a package: nothing gets outside of the folder, and nothing grows without limit.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

/// The largest archive that is fetched.
pub(super) const DOWNLOAD_BYTES_MAX: u64 = 256 << 20;
const UNPACKED_BYTES_MAX: u64 = 1 << 30;
const ENTRIES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 64;

/// Unpacks an archive into the empty folder `into` and returns the one folder that it holds.
///
/// # Errors
/// What is wrong with the archive, in words.
pub(super) fn unpack(archive: &[u8], into: &Path) -> Result<PathBuf, String> {
    let mut archive = Archive::new(GzDecoder::new(archive).take(UNPACKED_BYTES_MAX));
    let damaged = |e: io::Error| format!("the archive is damaged: {e}");
    let mut links: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut bytes_left = UNPACKED_BYTES_MAX;
    for (count, entry) in archive.entries().map_err(damaged)?.enumerate() {
        let mut entry = entry.map_err(damaged)?;
        if count >= ENTRIES_MAX {
            return Err(format!("the archive has more than {ENTRIES_MAX} entries"));
        }
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::XGlobalHeader | EntryType::XHeader) {
            continue;
        }
        let path = entry.path().map_err(damaged)?.into_owned();
        let Some(place) = inside(&path) else {
            return Err(format!(
                "the archive has the path `{}`, which leads out of its folder",
                path.display()
            ));
        };
        if place.as_os_str().is_empty() {
            continue;
        }
        let target = into.join(&place);
        match kind {
            EntryType::Directory => std::fs::create_dir_all(&target).map_err(|e| fault(&place, &e))?,
            EntryType::Regular | EntryType::Continuous => {
                bytes_left = write(&mut entry, &target, bytes_left)
                    .map_err(|e| fault(&place, &e))?
                    .ok_or_else(|| format!("the archive holds more than {UNPACKED_BYTES_MAX} bytes"))?;
            }
            EntryType::Symlink => {
                let to = entry
                    .link_name()
                    .map_err(damaged)?
                    .unwrap_or_default()
                    .into_owned();
                links.push((place, to));
            }
            _ => {
                return Err(format!(
                    "`{}` in the archive is neither a file nor a folder nor a link",
                    path.display()
                ));
            }
        }
    }
    // Links come last, so that nothing is ever written through one.
    for (place, to) in links {
        link(into, &place, &to)?;
    }
    check_links(into)?;
    only_folder(into)
}

fn fault(place: &Path, error: &io::Error) -> String {
    format!("could not write `{}`: {error}", place.display())
}

/// Returns the path without `.`; none where it is absolute or has `..`.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => clean.push(part),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (clean.components().count() <= DEPTH_MAX).then_some(clean)
}

/// Writes a file and returns how many bytes may still be written; none where there are too many.
fn write(entry: &mut impl Read, target: &Path, bytes_left: u64) -> io::Result<Option<u64>> {
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut file = File::create(target)?;
    let written = io::copy(&mut entry.take(bytes_left), &mut file)?;
    file.flush()?;
    // The limit itself counts as too much: whether more would follow is not read.
    Ok(bytes_left.checked_sub(written).filter(|left| *left > 0))
}

#[cfg(unix)]
fn link(into: &Path, place: &Path, to: &Path) -> Result<(), String> {
    let target = into.join(place);
    if let Some(parent) = target.parent() {
        // A link may stand on the way by now.
        std::fs::create_dir_all(parent).map_err(|e| fault(place, &e))?;
        let real = parent.canonicalize().map_err(|e| fault(place, &e))?;
        let root = into.canonicalize().map_err(|e| fault(place, &e))?;
        if !real.starts_with(root) {
            return Err(leads_out(place));
        }
    }
    std::os::unix::fs::symlink(to, &target).map_err(|e| fault(place, &e))
}

#[cfg(not(unix))]
fn link(_: &Path, place: &Path, _: &Path) -> Result<(), String> {
    Err(format!("`{}` in the archive is a link", place.display()))
}

fn leads_out(place: &Path) -> String {
    format!("the link `{}` leads out of the package", place.display())
}

/// Makes sure that no link below a folder leads out of it. Links to what does not exist are removed.
///
/// # Errors
/// The link that does, in words.
pub(super) fn check_links(root: &Path) -> Result<(), String> {
    let real_root = root.canonicalize().map_err(|e| fault(root, &e))?;
    let mut pending = vec![root.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| fault(&folder, &e))? {
            let entry = entry.map_err(|e| fault(&folder, &e))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(|e| fault(&path, &e))?;
            let shown = path.strip_prefix(root).unwrap_or(&path);
            if kind.is_dir() {
                pending.push(path);
            } else if kind.is_symlink() {
                match path.canonicalize() {
                    Ok(real) if real.starts_with(&real_root) => {}
                    Ok(_) => return Err(leads_out(shown)),
                    Err(_) => std::fs::remove_file(&path).map_err(|e| fault(shown, &e))?,
                }
            }
        }
    }
    Ok(())
}

fn only_folder(into: &Path) -> Result<PathBuf, String> {
    let entries = std::fs::read_dir(into).map_err(|e| fault(into, &e))?;
    let paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    match paths.as_slice() {
        [only] if only.is_dir() && !only.is_symlink() => Ok(only.clone()),
        _ => Err(format!(
            "the archive must hold one folder with the package in it, but holds {} entries",
            paths.len()
        )),
    }
}
