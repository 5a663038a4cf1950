//! What commands that write files into a project keep to: nothing that stands there is overwritten.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};
use crate::fs;

/// Refuses a place where there is a file, or a folder that is not empty. `shown` is how the user wrote it.
pub(super) fn refuse_to_overwrite(folder: &Path, shown: &Path) -> Result<(), Diagnostic> {
    let is_empty = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if !folder.exists() || is_empty {
        return Ok(());
    }
    let shown = shown.display();
    Err(Diagnostic::error(
        Code::FILE,
        format!("`{shown}` exists already, and what stands there is not overwritten"),
    )
    .hint("Choose another place, or move it away first."))
}

/// Writes files that do not exist yet: none is written where one of them does.
pub(super) fn write_all(root: &Path, files: &[(PathBuf, String)]) -> Result<(), Diagnostic> {
    for (path, _) in files {
        if root.join(path).exists() {
            refuse_to_overwrite(&root.join(path), path)?;
        }
    }
    for (path, text) in files {
        fs::write_atomic(&root.join(path), text.as_bytes())?;
    }
    Ok(())
}
