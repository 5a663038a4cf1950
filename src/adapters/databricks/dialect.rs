//! How Databricks writes names and values.

use crate::sql::{Dialect, Lexis, RelationClass, SeedType};

/// Where a semicolon ends nothing.
pub(super) const LEXIS: Lexis = Lexis {
    backslash_escapes: true,
    dollar_strings: false,
    slash_comments: false,
    backticks: true,
};

pub(super) struct SparkDialect;

impl Dialect for SparkDialect {
    fn quote_identifier(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn string_literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
    }

    fn relation_class(&self) -> &'static RelationClass {
        &RelationClass {
            name: "DatabricksRelation",
            renameable: &["table", "view"],
            replaceable: &["table", "view", "materialized_view"],
            name_length_max: Some(255),
        }
    }

    fn quote_character(&self) -> char {
        '`'
    }

    fn one_at_a_time(&self) -> Option<Lexis> {
        Some(LEXIS)
    }

    fn has_constraint(&self, kind: &str) -> bool {
        kind != "unique"
    }

    fn translated_type<'a>(&self, kind: &'a str) -> &'a str {
        if kind.eq_ignore_ascii_case("long") {
            "BIGINT"
        } else {
            kind
        }
    }

    fn seed_type(&self, kind: SeedType) -> &'static str {
        match kind {
            SeedType::Integer | SeedType::BigInteger => "bigint",
            SeedType::Float => "double",
            SeedType::Date => "date",
            SeedType::Timestamp => "timestamp",
            SeedType::Boolean => "boolean",
            SeedType::Text => "string",
        }
    }
}
