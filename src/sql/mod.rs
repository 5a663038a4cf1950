//! Facts of SQL that hold without a connection: how a database writes names and values, and what a CSV column's type is.

mod csv;
mod seed_types;
mod statements;

pub use seed_types::{SeedColumn, SeedShape, SeedType, infer, read_seed};
pub use statements::{Lexis, Statement, statements};

/// What dbt's adapter says of its relations.
#[derive(Debug)]
pub struct RelationClass {
    /// The name that lists of relations show.
    pub name: &'static str,
    /// Kinds that a statement renames.
    pub renameable: &'static [&'static str],
    /// Kinds that a statement puts in the place of an older one.
    pub replaceable: &'static [&'static str],
    /// The most letters of a name, where the adapter says it.
    pub name_length_max: Option<u32>,
}

impl RelationClass {
    pub const BASE: Self = Self::named("BaseRelation");

    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            renameable: &[],
            replaceable: &[],
            name_length_max: None,
        }
    }
}

/// How a database writes names and values.
pub trait Dialect: Send + Sync {
    /// Returns the name quoted, with quotes inside it doubled (or escaped as the database wants).
    fn quote_identifier(&self, name: &str) -> String;

    /// Returns the text as a string literal with everything in it escaped.
    fn string_literal(&self, text: &str) -> String;

    /// Returns the character that opens and closes a quoted name.
    fn quote_character(&self) -> char;

    /// Says whether names of relations are quoted where the project says nothing of it.
    fn quotes_names(&self) -> bool {
        true
    }

    /// Returns how a script is cut, where the database takes one statement at a time.
    fn one_at_a_time(&self) -> Option<Lexis> {
        None
    }

    /// Says whether the comment that goes with a statement stands behind it, where the project says nothing of it.
    fn comments_behind(&self) -> bool {
        false
    }

    /// Says whether the database has a constraint of this kind: `check`, `unique`, `primary_key`, `foreign_key`, ….
    fn has_constraint(&self, kind: &str) -> bool {
        let _ = kind;
        true
    }

    /// Returns this database's own name of a type that projects may name in another database's word.
    fn translated_type<'a>(&self, kind: &'a str) -> &'a str {
        if kind.eq_ignore_ascii_case("string") {
            "TEXT"
        } else {
            kind
        }
    }

    /// Returns the type of a column as statements name it; none where its name and sizes together are it.
    fn column_type(&self, kind: &str, char_size: Option<i64>) -> Option<String> {
        let _ = (kind, char_size);
        None
    }

    /// Says whether strings of a table must be made longer before longer ones come in.
    fn has_sized_strings(&self) -> bool {
        false
    }

    /// Returns what dbt's adapter has for its class of relations.
    fn relation_class(&self) -> &'static RelationClass {
        &RelationClass::BASE
    }

    /// Returns the name of dbt's class of columns and its members, where they are shown as such.
    fn column_class(&self) -> Option<(&'static str, &'static [&'static str])> {
        None
    }

    /// Returns the words under which dbt's adapter reports what the database refused.
    fn error_title(&self) -> &'static str {
        "Database Error"
    }

    /// Returns the columns, by name and type, that contracts see in place of a column: its fields where it has some.
    fn flattened(&self, name: &str, kind: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), kind.to_owned())]
    }

    /// Returns the type that a column of a CSV file gets, as dbt's adapter for this database names it.
    fn seed_type(&self, kind: SeedType) -> &'static str;
}
