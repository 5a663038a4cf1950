//! Refuses configuration of a source's table that dbt refuses, and tells of tags that are no texts.

use serde_json::Value as Json;

use super::Config;
use super::check_config::described;
use super::properties::Entry;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::yaml::Node as Yaml;

/// Checks the settled configuration of a table.
///
/// # Errors
/// `N0208` for the first value that does not fit, at the innermost place that gives it.
pub(super) fn check(entry: &Entry, table: &Yaml, name: &str, config: &Config) -> Result<()> {
    let is_text_or_null = |value: &Json| value.is_string() || value.is_null();
    let found = |key: &str| config.get(key).unwrap_or(&Json::Null);
    let (key, wanted) = if !found("enabled").is_boolean() {
        ("enabled", "true or false")
    } else if !is_text_or_null(found("loaded_at_field")) {
        ("loaded_at_field", "a text")
    } else if !is_text_or_null(found("loaded_at_query")) {
        ("loaded_at_query", "a text")
    } else {
        // That of the source is merged with others; dbt keeps whatever a table has.
        match entry.get("config").and_then(|c| c.get("meta")) {
            Some(meta) if !meta.is_null() && meta.as_map().is_none() => ("meta", "a mapping"),
            _ => return Ok(()),
        }
    };
    let value = match key {
        "meta" => entry
            .get("config")
            .and_then(|c| c.get(key))
            .map(Yaml::to_json)
            .unwrap_or_default(),
        _ => found(key).clone(),
    };
    let message = format!(
        "`{key}` of source `{}.{name}` must be {wanted}, but is {}",
        entry.name,
        described(&value)
    );
    let given = [table, &entry.node].into_iter().find_map(|node| {
        let config = node.get("config");
        config.and_then(|c| c.get(key)).or_else(|| node.get(key))
    });
    Err(entry.error(given.unwrap_or(table), Code::CONFIG, message))
}

/// Warns of tags in the `config` of a source or of a table that are no texts.
pub(super) fn warn_of_tags(entry: &Entry, node: &Yaml) -> Option<Diagnostic> {
    let tags = node.get("config")?.get("tags").filter(|tags| !tags.is_null())?;
    let is_text = |tag: &Json| tag.is_string();
    let fits = match tags.to_json() {
        Json::Array(tags) => tags.iter().all(is_text),
        tag => is_text(&tag),
    };
    if fits {
        return None;
    }
    let name = node.get("name").map(Yaml::key_text).unwrap_or_default();
    let message = format!(
        "`tags` of source `{name}` must be texts, but is {}: what is no text is left out",
        described(&tags.to_json())
    );
    let warning = Diagnostic::warning(Code::CONFIG, message).event("ValidationWarning");
    Some(warning.at(tags.span(&entry.file.document.file)))
}
