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

/// Levels of structs within structs that are taken apart.
const DEPTH_MAX: usize = 64;

/// Returns the fields of a struct, and theirs, as `column.field`; another column as it is. Fields are read as
/// dbt-duckdb reads them: a list of structs stays whole.
pub(super) fn flattened(name: &str, kind: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    flatten_into(name.to_owned(), kind, 0, &mut out);
    out
}

fn flatten_into(name: String, kind: &str, depth: usize, out: &mut Vec<(String, String)>) {
    let fields = kind
        .get(..7)
        .filter(|start| start.eq_ignore_ascii_case("struct(") && depth < DEPTH_MAX)
        .and_then(|_| Some(&kind[7..kind.rfind(')')?]));
    let Some(fields) = fields else {
        out.push((name, kind.to_owned()));
        return;
    };
    let mut brackets = 0_usize;
    let split = fields.split(|c: char| {
        match c {
            '(' => brackets += 1,
            ')' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        c == ',' && brackets == 0
    });
    for field in split {
        let (field, kind) = field.trim().split_once(' ').unwrap_or((field.trim(), ""));
        flatten_into(format!("{name}.{field}"), kind, depth + 1, out);
    }
}

#[cfg(test)]
mod tests {
    use super::flattened;

    #[test]
    fn fields_of_structs_are_columns() {
        let pairs = |kind| {
            flattened("a", kind)
                .into_iter()
                .map(|(name, kind)| format!("{name} {kind}"))
                .collect::<Vec<_>>()
                .join(" | ")
        };
        assert_eq!(pairs("INTEGER"), "a INTEGER");
        assert_eq!(
            pairs("STRUCT(b DECIMAL(10,2), c STRUCT(d VARCHAR))"),
            "a.b DECIMAL(10,2) | a.c.d VARCHAR"
        );
    }
}
