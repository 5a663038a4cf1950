//! Columns as BigQuery describes them, and the types that SQL writes for them.

use serde_json::Value as Json;

use crate::adapters::Column;

/// Levels of structures within structures that are read.
const DEPTH_MAX: usize = 64;

/// Returns the columns of a table's or a result's schema.
pub(super) fn columns(schema: &Json) -> Vec<Column> {
    let fields = schema["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
    fields
        .iter()
        .map(|field| plain(text(field, "name").to_owned(), data_type(field, 0)))
        .collect()
}

pub(super) fn plain(name: String, dtype: String) -> Column {
    Column {
        name,
        dtype,
        char_size: None,
        numeric_precision: None,
        numeric_scale: None,
    }
}

fn text<'a>(field: &'a Json, name: &str) -> &'a str {
    field[name].as_str().unwrap_or_default()
}

/// Returns the type of a column as SQL writes it: `ARRAY<STRUCT<`a` INT64>>`.
fn data_type(field: &Json, depth: usize) -> String {
    let inner = match text(field, "type").to_ascii_uppercase().as_str() {
        "RECORD" | "STRUCT" if depth < DEPTH_MAX => {
            let fields = field["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
            let parts: Vec<String> = fields
                .iter()
                .map(|part| format!("`{}` {}", text(part, "name"), data_type(part, depth + 1)))
                .collect();
            format!("STRUCT<{}>", parts.join(", "))
        }
        "INTEGER" => "INT64".to_owned(),
        "FLOAT" => "FLOAT64".to_owned(),
        "BOOLEAN" => "BOOL".to_owned(),
        other => other.to_owned(),
    };
    if text(field, "mode").eq_ignore_ascii_case("REPEATED") {
        format!("ARRAY<{inner}>")
    } else {
        inner
    }
}

/// Returns the fields of a structure, and theirs, as `column.field`; another column as it is.
pub(super) fn flattened(name: &str, kind: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    flatten_into(name.to_owned(), kind, 0, &mut out);
    out
}

fn flatten_into(name: String, kind: &str, depth: usize, out: &mut Vec<(String, String)>) {
    let fields = kind
        .get(..7)
        .filter(|start| start.eq_ignore_ascii_case("struct<") && depth < DEPTH_MAX)
        .and_then(|_| kind.get(7..kind.rfind('>')?));
    let Some(fields) = fields else {
        out.push((name, kind.to_owned()));
        return;
    };
    let mut brackets = 0_usize;
    let split = fields.split(|c: char| {
        match c {
            '<' | '(' => brackets += 1,
            '>' | ')' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        c == ',' && brackets == 0
    });
    for field in split {
        let (field, kind) = field.trim().split_once(' ').unwrap_or((field.trim(), ""));
        flatten_into(
            format!("{name}.{}", field.trim_matches('`')),
            kind,
            depth + 1,
            out,
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{columns, flattened};

    #[test]
    fn types_are_written_as_sql_does() {
        let schema = json!({"fields": [
            {"name": "a", "type": "INTEGER"},
            {"name": "b", "type": "RECORD", "mode": "REPEATED", "fields": [{"name": "c", "type": "FLOAT"}]},
        ]});
        let found: Vec<String> = columns(&schema)
            .iter()
            .map(|c| format!("{} {}", c.name, c.dtype))
            .collect();
        assert_eq!(found, ["a INT64", "b ARRAY<STRUCT<`c` FLOAT64>>"]);
    }

    #[test]
    fn fields_of_structures_are_columns() {
        let found = flattened("a", "STRUCT<`b` NUMERIC(10, 2), `c` STRUCT<`d` STRING>>");
        let shown: Vec<String> = found
            .iter()
            .map(|(name, kind)| format!("{name} {kind}"))
            .collect();
        assert_eq!(shown, ["a.b NUMERIC(10, 2)", "a.c.d STRING"]);
    }
}
