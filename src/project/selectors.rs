//! `selectors.yml`, unresolved: `graph::select` gives it meaning.

use std::path::Path;

use super::rendering::Rendering;
use crate::diagnostic::{Code, Diagnostics, SourceFile};
use crate::yaml::{self, Document};

const FILE_NAME: &str = "selectors.yml";

#[derive(Debug, Clone)]
pub struct SelectorFile {
    pub document: Document,
}

/// Reads and renders the file, if there is one.
pub(super) fn load(root: &Path, rendering: &Rendering<'_>, found: &mut Diagnostics) -> Option<SelectorFile> {
    let path = root.join(FILE_NAME);
    if !path.is_file() {
        return None;
    }
    let text = found.take(crate::fs::read_as(&path, FILE_NAME))?;
    let document = found.take(yaml::parse(&SourceFile::new(FILE_NAME, text)))?;
    found.extend(document.warnings.iter().cloned());
    if document.root.is_null() {
        return None;
    }
    if document
        .root
        .get("selectors")
        .is_none_or(|s| s.as_seq().is_none())
    {
        found.push(
            document
                .error(
                    &document.root,
                    Code::SELECTORS,
                    format!("`{FILE_NAME}` needs a list `selectors`"),
                )
                .hint("Write `selectors:` and under it one `- name: …` with a `definition:` for each."),
        );
        return None;
    }
    let root = rendering.node(&document, &document.root, &|_| true, found);
    Some(SelectorFile {
        document: Document { root, ..document },
    })
}
