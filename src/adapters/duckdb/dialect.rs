//! How DuckDB writes names and values.

use super::types;
use crate::sql::{Dialect, RelationClass, SeedType};

pub(super) struct DuckDialect;

impl Dialect for DuckDialect {
    fn quote_identifier(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn string_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    fn relation_class(&self) -> &'static RelationClass {
        const CLASS: RelationClass = RelationClass::named("DuckDBRelation");
        &CLASS
    }

    fn column_class(&self) -> Option<(&'static str, &'static [&'static str])> {
        Some((
            "DuckDBColumn",
            &[
                "column",
                "dtype",
                "char_size",
                "numeric_precision",
                "numeric_scale",
                "fields",
            ],
        ))
    }

    fn quote_character(&self) -> char {
        '"'
    }

    fn error_title(&self) -> &'static str {
        "Runtime Error"
    }

    fn flattened(&self, name: &str, kind: &str) -> Vec<(String, String)> {
        types::flattened(name, kind)
    }

    fn seed_type(&self, kind: SeedType) -> &'static str {
        match kind {
            SeedType::Integer => "integer",
            SeedType::BigInteger => "bigint",
            SeedType::Float => "float8",
            SeedType::Date => "date",
            SeedType::Timestamp => "timestamp without time zone",
            SeedType::Boolean => "boolean",
            SeedType::Text => "text",
        }
    }
}
