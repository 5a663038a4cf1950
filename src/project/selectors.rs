//! `selectors.yml`, unresolved: `graph::select` gives it meaning.

use crate::yaml::Document;

#[derive(Debug, Clone)]
pub struct SelectorFile {
    pub document: Document,
}
