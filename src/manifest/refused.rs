//! What stands in the files but was refused: who reads it is not told as well that it is not there.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::yaml::Node as Yaml;

/// Names of refused resources, and files that could not be read at all.
#[derive(Debug, Default)]
pub struct Refused {
    names: BTreeSet<String>,
    /// `source.table`; `source.` where the whole source was refused.
    tables: BTreeSet<String>,
    /// Measures of refused semantic models.
    measures: BTreeSet<String>,
    /// Texts of properties files that do not parse.
    unread: Vec<Arc<str>>,
}

impl Refused {
    /// Adds what a resource is read by.
    pub fn name(&mut self, name: impl Into<String>) {
        self.names.insert(name.into());
    }

    /// Adds a table of a source.
    pub fn table(&mut self, source: &str, table: &str) {
        self.tables.insert(format!("{source}.{table}"));
    }

    /// Adds an entry of a section of a properties file.
    pub fn entry(&mut self, section: &str, entry: &Yaml) {
        let Some(name) = entry.get("name").filter(|name| !name.is_null()) else {
            return;
        };
        match section {
            "sources" => self.table(&name.key_text(), ""),
            "semantic_models" => {
                let measures = entry.get("measures").and_then(Yaml::as_seq).unwrap_or_default();
                let names = measures.iter().filter_map(|measure| measure.get("name"));
                self.measures.extend(names.map(Yaml::key_text));
            }
            _ => self.name(name.key_text()),
        }
    }

    /// Adds a properties file that does not parse.
    pub fn file(&mut self, text: &Arc<str>) {
        self.unread.push(text.clone());
    }

    pub fn extend(&mut self, other: Self) {
        self.names.extend(other.names);
        self.tables.extend(other.tables);
        self.measures.extend(other.measures);
        self.unread.extend(other.unread);
    }

    /// Says whether a node, metric or group of this name was refused, or may stand in a file that does not parse.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name) || self.is_in_unread(name)
    }

    pub fn has_table(&self, source: &str, table: &str) -> bool {
        let known = |name: &str| self.tables.contains(name);
        known(&format!("{source}.{table}")) || known(&format!("{source}.")) || self.is_in_unread(source)
    }

    pub fn has_measure(&self, name: &str) -> bool {
        self.measures.contains(name) || self.is_in_unread(name)
    }

    fn is_in_unread(&self, name: &str) -> bool {
        self.unread.iter().any(|text| text.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Refused;

    #[test]
    fn names_of_files_that_do_not_parse_are_found_in_their_text() {
        let mut refused = Refused::default();
        refused.table("shop", "");
        refused.table("web", "visits");
        refused.file(&"sources: [{name: crm".into());
        assert!(refused.has_table("shop", "orders") && refused.has_table("crm", "people"));
        assert!(refused.has_table("web", "visits") && !refused.has_table("web", "pages"));
        assert!(!refused.has("shop") && !refused.has_measure("revenue"));
    }
}
