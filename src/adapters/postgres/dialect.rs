//! How PostgreSQL writes names and values.

use crate::sql::{Dialect, RelationClass, SeedType};

pub(super) struct PgDialect;

impl Dialect for PgDialect {
    fn quote_identifier(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A backslash means itself: `standard_conforming_strings` is on since PostgreSQL 9.1.
    fn string_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    fn relation_class(&self) -> &'static RelationClass {
        &RelationClass {
            name: "PostgresRelation",
            renameable: &["view", "table"],
            replaceable: &["view", "table"],
            name_length_max: Some(63),
        }
    }

    fn quote_character(&self) -> char {
        '"'
    }

    fn column_type(&self, kind: &str, char_size: Option<i64>) -> Option<String> {
        let unsized_text = kind.eq_ignore_ascii_case("text")
            || kind.eq_ignore_ascii_case("character varying") && char_size.is_none();
        unsized_text.then(|| kind.to_owned())
    }

    fn has_sized_strings(&self) -> bool {
        true
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
