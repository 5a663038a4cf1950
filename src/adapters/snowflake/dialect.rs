//! How Snowflake writes names and values.

use crate::sql::{Dialect, Lexis, RelationClass, SeedType};

/// What Snowflake reads as text or comment.
pub(super) const LEXIS: Lexis = Lexis {
    backslash_escapes: true,
    dollar_strings: true,
    slash_comments: true,
    backticks: false,
};

pub(super) struct SnowflakeDialect;

impl Dialect for SnowflakeDialect {
    fn quote_identifier(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A backslash in a string takes the next character, so it is doubled too.
    fn string_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
    }

    fn relation_class(&self) -> &'static RelationClass {
        &RelationClass {
            name: "SnowflakeRelation",
            renameable: &["table", "view", "dynamic_table", "interactive_table"],
            replaceable: &["dynamic_table", "table", "view", "interactive_table"],
            name_length_max: None,
        }
    }

    fn column_class(&self) -> Option<(&'static str, &'static [&'static str])> {
        Some((
            "SnowflakeColumn",
            &[
                "column",
                "dtype",
                "char_size",
                "numeric_precision",
                "numeric_scale",
            ],
        ))
    }

    fn quote_character(&self) -> char {
        '"'
    }

    fn quotes_names(&self) -> bool {
        false
    }

    fn one_at_a_time(&self) -> Option<Lexis> {
        Some(LEXIS)
    }

    /// Snowflake drops comments that stand before a statement.
    fn comments_behind(&self) -> bool {
        true
    }

    fn has_sized_strings(&self) -> bool {
        true
    }

    fn has_constraint(&self, kind: &str) -> bool {
        kind != "check"
    }

    fn seed_type(&self, kind: SeedType) -> &'static str {
        match kind {
            SeedType::Integer | SeedType::BigInteger => "integer",
            SeedType::Float => "float8",
            SeedType::Date => "date",
            SeedType::Timestamp => "timestamp without time zone",
            SeedType::Boolean => "boolean",
            SeedType::Text => "text",
        }
    }
}
