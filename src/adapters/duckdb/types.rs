//! What DuckDB's catalog rows mean.

use crate::adapters::{Column, RelationKind};

/// Returns the kind of relation for a row of the relation list.
pub(super) fn relation_kind(word: &str) -> Option<RelationKind> {
    match word {
        "BASE TABLE" | "LOCAL TEMPORARY" => Some(RelationKind::Table),
        "VIEW" => Some(RelationKind::View),
        _ => None,
    }
}

/// Returns a column as `describe` shows it. DuckDB's type text carries its sizes, `DECIMAL(18,3)`, and dbt-duckdb
/// keeps it whole, so the separate sizes stay empty.
pub(super) fn column(name: String, data_type: String) -> Column {
    Column {
        name,
        dtype: data_type,
        char_size: None,
        numeric_precision: None,
        numeric_scale: None,
    }
}
