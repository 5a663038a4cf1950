//! How BigQuery writes names and values.

use super::schema;
use crate::sql::{Dialect, RelationClass, SeedType};

pub(super) struct BigQueryDialect;

impl Dialect for BigQueryDialect {
    fn quote_identifier(&self, name: &str) -> String {
        format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
    }

    fn string_literal(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 2);
        out.push('\'');
        for c in text.chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '\'' => out.push_str("\\'"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                c => out.push(c),
            }
        }
        out.push('\'');
        out
    }

    fn relation_class(&self) -> &'static RelationClass {
        &RelationClass {
            name: "BigQueryRelation",
            renameable: &["table"],
            replaceable: &["view", "table"],
            name_length_max: None,
        }
    }

    fn quote_character(&self) -> char {
        '`'
    }

    fn translated_type<'a>(&self, kind: &'a str) -> &'a str {
        match kind.to_ascii_uppercase().as_str() {
            "TEXT" => "STRING",
            "FLOAT" => "FLOAT64",
            "INTEGER" => "INT64",
            _ => kind,
        }
    }

    fn flattened(&self, name: &str, kind: &str) -> Vec<(String, String)> {
        schema::flattened(name, kind)
    }

    fn seed_type(&self, kind: SeedType) -> &'static str {
        match kind {
            SeedType::Integer | SeedType::BigInteger => "int64",
            SeedType::Float => "float64",
            SeedType::Date => "date",
            SeedType::Timestamp => "datetime",
            SeedType::Boolean => "bool",
            SeedType::Text => "string",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BigQueryDialect;
    use crate::sql::Dialect;

    #[test]
    fn nothing_in_a_value_ends_its_literal() {
        let dialect = BigQueryDialect;
        assert_eq!(dialect.string_literal("it's\\ \n"), "'it\\'s\\\\ \\n'");
        assert_eq!(dialect.quote_identifier("a`b"), "`a\\`b`");
    }
}
