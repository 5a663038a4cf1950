//! A relation's name: database, schema, identifier, with how each is quoted and shown.

use std::fmt;
use std::sync::Arc;

use crate::sql::{Dialect, RelationClass};

/// What a relation is, in dbt's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationKind {
    Table,
    View,
    Cte,
    MaterializedView,
    DynamicTable,
    External,
    Function,
}

impl RelationKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::Cte => "cte",
            Self::MaterializedView => "materialized_view",
            Self::DynamicTable => "dynamic_table",
            Self::External => "external",
            Self::Function => "function",
        }
    }

    /// Returns the kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "table" => Self::Table,
            "view" => Self::View,
            "cte" => Self::Cte,
            "materialized_view" => Self::MaterializedView,
            "dynamic_table" => Self::DynamicTable,
            "external" => Self::External,
            "function" => Self::Function,
            _ => return None,
        })
    }
}

/// A part of a relation's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Database,
    Schema,
    Identifier,
}

/// A yes or no for each part: whether it is quoted, or shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policy {
    pub database: bool,
    pub schema: bool,
    pub identifier: bool,
}

impl Policy {
    pub const ALL: Self = Self {
        database: true,
        schema: true,
        identifier: true,
    };
}

/// What dbt knows of all relations of a database; no part of what a relation is.
#[derive(Debug, Clone, Copy)]
pub struct Class(pub &'static RelationClass);

impl Default for Class {
    fn default() -> Self {
        Self(&RelationClass::BASE)
    }
}

impl PartialEq for Class {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Class {}

impl std::hash::Hash for Class {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// A relation's name. It renders as the database wants it: `"db"."schema"."name"`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Relation {
    pub database: Option<Arc<str>>,
    pub schema: Option<Arc<str>>,
    pub identifier: Option<Arc<str>>,
    pub kind: Option<RelationKind>,
    pub quote: Policy,
    pub include: Policy,
    pub quote_character: char,
    pub class: Class,
    /// Text that stands in the relation's place, such as a limited subquery; empty for a plain relation.
    pub replacement: Option<Arc<str>>,
}

impl Relation {
    /// Returns database, schema and identifier in lower case, empty where there is none: names to compare by.
    pub fn folded(&self) -> [String; 3] {
        [&self.database, &self.schema, &self.identifier]
            .map(|part| part.as_deref().unwrap_or_default().to_lowercase())
    }

    /// Returns a relation with all parts quoted and shown.
    pub fn new(database: Option<&str>, schema: Option<&str>, identifier: Option<&str>) -> Self {
        Self {
            database: database.map(Arc::from),
            schema: schema.map(Arc::from),
            identifier: identifier.map(Arc::from),
            kind: None,
            quote: Policy::ALL,
            include: Policy::ALL,
            quote_character: '"',
            class: Class::default(),
            replacement: None,
        }
    }

    /// Makes it a relation of a database: its quotation mark, its class.
    pub fn belong_to(&mut self, dialect: &dyn Dialect) {
        self.quote_character = dialect.quote_character();
        self.class = Class(dialect.relation_class());
    }

    #[must_use]
    pub fn with_kind(mut self, kind: Option<RelationKind>) -> Self {
        self.kind = kind;
        self
    }

    /// Returns the path without regard to what it is replaced by.
    pub fn path(&self) -> String {
        let parts = [
            (self.include.database, self.quote.database, &self.database),
            (self.include.schema, self.quote.schema, &self.schema),
            (self.include.identifier, self.quote.identifier, &self.identifier),
        ];
        let mut out = String::new();
        for (include, quote, part) in parts {
            let Some(part) = part.as_deref().filter(|_| include) else {
                continue;
            };
            if !out.is_empty() {
                out.push('.');
            }
            if quote {
                let q = self.quote_character;
                out.push(q);
                for c in part.chars() {
                    if c == q {
                        out.push(q);
                    }
                    out.push(c);
                }
                out.push(q);
            } else {
                out.push_str(part);
            }
        }
        out
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.replacement {
            Some(text) => f.write_str(text),
            None => f.write_str(&self.path()),
        }
    }
}
