//! How Redshift writes names and values.

use crate::sql::{Dialect, RelationClass, SeedType};

pub(super) struct RedshiftDialect;

impl Dialect for RedshiftDialect {
    fn quote_identifier(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A backslash begins an escape in every literal.
    fn string_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
    }

    fn relation_class(&self) -> &'static RelationClass {
        &RelationClass {
            name: "RedshiftRelation",
            renameable: &["view", "table"],
            replaceable: &["view"],
            name_length_max: Some(127),
        }
    }

    fn quote_character(&self) -> char {
        '"'
    }

    fn column_type(&self, kind: &str, char_size: Option<i64>) -> Option<String> {
        (kind.eq_ignore_ascii_case("character varying") && char_size.is_none()).then(|| kind.to_owned())
    }

    fn has_sized_strings(&self) -> bool {
        true
    }

    /// `text` would be 256 bytes.
    fn seed_type(&self, kind: SeedType) -> &'static str {
        match kind {
            SeedType::Integer => "integer",
            SeedType::BigInteger => "bigint",
            SeedType::Float => "float8",
            SeedType::Date => "date",
            SeedType::Timestamp => "timestamp without time zone",
            SeedType::Boolean => "boolean",
            SeedType::Text => "varchar(65535)",
        }
    }
}
