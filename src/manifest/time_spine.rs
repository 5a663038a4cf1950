//! Time spines: the models whose rows are the moments that metrics are shown by.

use serde_json::{Value as Json, json};

use super::ColumnInfo;
use super::properties::Entry;
use super::semantic::GRAINS;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::yaml::Node as Yaml;

/// Reads a column's grain, in lower case.
///
/// # Errors
/// `N0218` where it is none that dbt knows.
pub(super) fn grain(node: &Yaml, error: impl FnOnce(String) -> Diagnostic) -> Result<String> {
    let text = node.key_text().to_lowercase();
    if GRAINS.contains(&text.as_str()) {
        return Ok(text);
    }
    Err(error(format!("`{text}` is no granularity"))
        .did_you_mean(&text, GRAINS)
        .hint(format!("It is one of {}.", GRAINS.join(", "))))
}

/// Reads the `time_spine` of a model, with all the keys that dbt knows.
///
/// # Errors
/// `N0218` where its columns are not those of the model.
pub(super) fn read<'c>(
    entry: &Entry,
    spine: &Yaml,
    columns: impl Iterator<Item = &'c ColumnInfo> + Clone,
) -> Result<Json> {
    let fault = |place: &Yaml, message: String| entry.error(place, Code::SEMANTIC, message);
    let column = |name: &str| columns.clone().find(|column| &*column.name == name);
    let names = || columns.clone().map(|column| &*column.name);
    let Some(standard) = spine.get("standard_granularity_column").filter(|n| !n.is_null()) else {
        return Err(fault(
            spine,
            format!(
                "the time spine `{}` lacks `standard_granularity_column`",
                entry.name
            ),
        )
        .hint("Name the column of dates or times, which has a `granularity`."));
    };
    let name = standard.key_text();
    match column(&name) {
        None => {
            let message = format!("the time spine `{}` has no column `{name}`", entry.name);
            return Err(fault(standard, message)
                .did_you_mean(&name, names())
                .hint(format!(
                    "List it under `columns`: {{name: {name}, granularity: day}}."
                )));
        }
        Some(column) if column.granularity.is_none() => {
            let message = format!(
                "the column `{name}` of the time spine `{}` has no granularity",
                entry.name
            );
            return Err(fault(standard, message).hint("Write `granularity: day`, or another, at the column."));
        }
        Some(_) => {}
    }
    let mut custom = Vec::new();
    for item in spine
        .get("custom_granularities")
        .and_then(Yaml::as_seq)
        .unwrap_or_default()
    {
        let text = |key: &str| item.get(key).filter(|n| !n.is_null()).map(Yaml::key_text);
        let Some(grain) = text("name") else {
            return Err(fault(item, "a granularity of one's own has no `name`".to_owned()));
        };
        let wanted = text("column_name").unwrap_or_else(|| grain.clone());
        if column(&wanted).is_none() {
            let message = format!(
                "the granularity `{grain}` stands on the column `{wanted}`, which the time spine `{}` does not have",
                entry.name
            );
            return Err(fault(item, message)
                .did_you_mean(&wanted, names())
                .hint("Name its column by `column_name`, and list that under `columns`."));
        }
        custom.push(json!({ "name": grain, "column_name": text("column_name") }));
    }
    Ok(json!({ "standard_granularity_column": name, "custom_granularities": custom }))
}
