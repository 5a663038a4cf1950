//! What the words of Snowflake's `show` and `describe` mean.

use crate::adapters::{Column, RelationKind};

/// Returns the kind of relation for a row of `show objects`.
pub(super) fn relation_kind(kind: &str, is_dynamic: bool) -> RelationKind {
    match kind {
        "TABLE" | "TRANSIENT" | "TEMPORARY" if is_dynamic => RelationKind::DynamicTable,
        "TABLE" | "TRANSIENT" | "TEMPORARY" => RelationKind::Table,
        "VIEW" => RelationKind::View,
        "MATERIALIZED_VIEW" => RelationKind::MaterializedView,
        _ => RelationKind::External,
    }
}

/// Returns a column of `describe table`: `VARCHAR(20)` and `NUMBER(38,0)` with their sizes apart.
pub(super) fn column(name: String, description: &str) -> Column {
    let whole = Column {
        name,
        dtype: description.to_owned(),
        char_size: None,
        numeric_precision: None,
        numeric_scale: None,
    };
    // The types of composite types' parts are not its own sizes.
    let composite = ["array", "object", "map", "vector"];
    let lower = description.to_lowercase();
    if composite.iter().any(|kind| lower.starts_with(kind)) {
        return whole;
    }
    let description = match lower.find(" collate ") {
        Some(at) => description.get(..at).unwrap_or(description),
        None => description,
    };
    let Some((dtype, sizes)) = description.split_once('(') else {
        return Column {
            dtype: description.to_owned(),
            ..whole
        };
    };
    let sizes: Vec<Option<i64>> = sizes
        .trim_end_matches(')')
        .split(',')
        .map(|size| size.trim().parse().ok())
        .collect();
    let mut column = Column {
        dtype: dtype.to_owned(),
        ..whole
    };
    match sizes.as_slice() {
        [size] => column.char_size = *size,
        [precision, scale] => (column.numeric_precision, column.numeric_scale) = (*precision, *scale),
        _ => {}
    }
    column
}

#[cfg(test)]
mod tests {
    use super::column;

    #[test]
    fn sizes_are_taken_apart() {
        let text = column("A".to_owned(), "VARCHAR(20) COLLATE 'en-ci'");
        assert_eq!((text.dtype.as_str(), text.char_size), ("VARCHAR", Some(20)));
        let number = column("B".to_owned(), "NUMBER(38,2)");
        assert_eq!(
            (
                number.dtype.as_str(),
                number.numeric_precision,
                number.numeric_scale
            ),
            ("NUMBER", Some(38), Some(2))
        );
        let array = column("C".to_owned(), "ARRAY(NUMBER(38,0))");
        assert_eq!(
            (array.dtype.as_str(), array.numeric_precision),
            ("ARRAY(NUMBER(38,0))", None)
        );
    }
}
