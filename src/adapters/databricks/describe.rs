//! What the catalog says of relations: kinds from the information schema, columns from `describe … as json`.

use serde_json::Value as Json;

use crate::adapters::{Column, RelationKind};

/// Levels of structs, arrays and maps within each other that are written out.
const DEPTH_MAX: usize = 64;

/// Returns the kind of relation for a row of `information_schema.tables`.
pub(super) fn relation_kind(word: &str) -> RelationKind {
    match word {
        "VIEW" | "METRIC_VIEW" => RelationKind::View,
        "MATERIALIZED_VIEW" => RelationKind::MaterializedView,
        _ => RelationKind::Table,
    }
}

/// Returns the columns in a description, in their order.
pub(super) fn columns(description: &str) -> Vec<Column> {
    let json: Json = serde_json::from_str(description).unwrap_or(Json::Null);
    let columns = json.get("columns").and_then(Json::as_array);
    columns
        .into_iter()
        .flatten()
        .map(|description| {
            let kind = type_text(description.get("type").unwrap_or(&Json::Null), 0);
            column(text(description, "name").to_owned(), kind)
        })
        .collect()
}

/// Returns a column whose type's text has its sizes, as dbt-databricks keeps it.
pub(super) fn column(name: String, dtype: String) -> Column {
    Column {
        name,
        dtype,
        char_size: None,
        numeric_precision: None,
        numeric_scale: None,
    }
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// Writes a type as SQL has it: `array<struct<a: int>>`.
fn type_text(kind: &Json, depth: usize) -> String {
    let inner = |key: &str| type_text(kind.get(key).unwrap_or(&Json::Null), depth + 1);
    let number = |key: &str| kind.get(key).and_then(Json::as_u64).unwrap_or_default();
    match text(kind, "name") {
        "array" if depth < DEPTH_MAX => format!("array<{}>", inner("element_type")),
        "map" if depth < DEPTH_MAX => format!("map<{},{}>", inner("key_type"), inner("value_type")),
        "struct" if depth < DEPTH_MAX => {
            let fields = kind.get("fields").and_then(Json::as_array);
            let fields: Vec<String> = fields
                .into_iter()
                .flatten()
                .map(|field| {
                    let kind = type_text(field.get("type").unwrap_or(&Json::Null), depth + 1);
                    format!("{}:{kind}", text(field, "name"))
                })
                .collect();
            format!("struct<{}>", fields.join(","))
        }
        "decimal" => format!("decimal({},{})", number("precision"), number("scale")),
        name @ ("varchar" | "char") => format!("{name}({})", number("length")),
        "timestamp_ltz" => "timestamp".to_owned(),
        "interval" => match (text(kind, "start_unit"), text(kind, "end_unit")) {
            (start, end) if start == end || end.is_empty() => format!("interval {start}"),
            (start, end) => format!("interval {start} to {end}"),
        },
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn types_are_written_as_sql_has_them() {
        let described = r#"{"columns": [
            {"name": "a", "type": {"name": "decimal", "precision": 10, "scale": 2}},
            {"name": "b", "type": {"name": "array", "element_type": {"name": "struct", "fields": [
                {"name": "x", "type": {"name": "timestamp_ltz"}},
                {"name": "y", "type": {"name": "map", "key_type": {"name": "string"}, "value_type": {"name": "int"}}}]}}}
        ]}"#;
        let found: Vec<String> = columns(described)
            .iter()
            .map(|c| format!("{} {}", c.name, c.dtype))
            .collect();
        assert_eq!(
            found,
            [
                "a decimal(10,2)",
                "b array<struct<x:timestamp,y:map<string,int>>>"
            ]
        );
        assert!(columns("no json").is_empty());
    }
}
