//! A selection as an expression: criteria, unions, intersections, differences.

use std::fmt;

use serde_json::Value as Json;

use super::IndirectSelection;
use crate::diagnostic::Span;

/// What a criterion looks at. The words are dbt's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Fqn,
    Tag,
    Group,
    Access,
    Source,
    Path,
    File,
    Package,
    Config,
    TestName,
    TestType,
    ResourceType,
    State,
    Exposure,
    Metric,
    Result,
    SourceStatus,
    Version,
    SemanticModel,
    SavedQuery,
    UnitTest,
    Selector,
}

impl Method {
    pub const ALL: [Self; 22] = [
        Self::Fqn,
        Self::Tag,
        Self::Group,
        Self::Access,
        Self::Source,
        Self::Path,
        Self::File,
        Self::Package,
        Self::Config,
        Self::TestName,
        Self::TestType,
        Self::ResourceType,
        Self::State,
        Self::Exposure,
        Self::Metric,
        Self::Result,
        Self::SourceStatus,
        Self::Version,
        Self::SemanticModel,
        Self::SavedQuery,
        Self::UnitTest,
        Self::Selector,
    ];

    /// Returns the word before the colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fqn => "fqn",
            Self::Tag => "tag",
            Self::Group => "group",
            Self::Access => "access",
            Self::Source => "source",
            Self::Path => "path",
            Self::File => "file",
            Self::Package => "package",
            Self::Config => "config",
            Self::TestName => "test_name",
            Self::TestType => "test_type",
            Self::ResourceType => "resource_type",
            Self::State => "state",
            Self::Exposure => "exposure",
            Self::Metric => "metric",
            Self::Result => "result",
            Self::SourceStatus => "source_status",
            Self::Version => "version",
            Self::SemanticModel => "semantic_model",
            Self::SavedQuery => "saved_query",
            Self::UnitTest => "unit_test",
            Self::Selector => "selector",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.word() == word)
    }

    /// Returns the method of a value without one: a path where it has a slash, a file by its ending, else a name.
    pub fn of_bare_value(value: &str) -> Self {
        let lower = value.to_lowercase();
        if value.contains('/') {
            Self::Path
        } else if [".sql", ".py", ".csv"]
            .iter()
            .any(|ending| lower.ends_with(ending))
        {
            Self::File
        } else {
            Self::Fqn
        }
    }
}

/// How far a graph operator reaches: none is without bound.
pub type Depth = Option<usize>;

/// One `method:value` with its graph operators.
#[derive(Debug, Clone)]
pub struct Criterion {
    pub method: Method,
    /// What follows the method after dots: `meta`, `owner` of `config.meta.owner:x`.
    pub arguments: Vec<String>,
    pub value: String,
    /// The value of YAML where it is no string: a number equals a number there, not its digits.
    pub typed_value: Option<Json>,
    /// `@`: the descendants and all that they need.
    pub childrens_parents: bool,
    pub parents: Option<Depth>,
    pub children: Option<Depth>,
    /// Set where YAML says it; else what the command line says applies.
    pub indirect: Option<IndirectSelection>,
    pub span: Option<Span>,
}

impl Criterion {
    /// Returns a criterion without operators.
    pub fn new(method: Method, value: impl Into<String>) -> Self {
        Self {
            method,
            arguments: Vec::new(),
            value: value.into(),
            typed_value: None,
            childrens_parents: false,
            parents: None,
            children: None,
            indirect: None,
            span: None,
        }
    }
}

impl PartialEq for Criterion {
    /// Compares what is meant, not where it stands.
    fn eq(&self, other: &Self) -> bool {
        self.method == other.method
            && self.arguments == other.arguments
            && self.value == other.value
            && self.typed_value == other.typed_value
            && self.childrens_parents == other.childrens_parents
            && self.parents == other.parents
            && self.children == other.children
            && self.indirect == other.indirect
    }
}

impl fmt::Display for Criterion {
    /// Writes the form that the command line takes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let depth = |depth: &Depth| depth.map_or_else(String::new, |d| d.to_string());
        if self.childrens_parents {
            f.write_str("@")?;
        }
        if let Some(parents) = &self.parents {
            write!(f, "{}+", depth(parents))?;
        }
        f.write_str(self.method.word())?;
        for argument in &self.arguments {
            write!(f, ".{argument}")?;
        }
        write!(f, ":{}", self.value)?;
        if let Some(children) = &self.children {
            write!(f, "+{}", depth(children))?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combine {
    Union,
    Intersection,
    /// The first without all others.
    Difference,
}

/// A selection.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    Criterion(Criterion),
    Group(Group),
}

/// Several selections as one.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub combine: Combine,
    pub parts: Vec<Expr>,
    /// How tests that no part selects alone may still join.
    pub indirect: IndirectSelection,
    /// Set where it is worth a warning that no node fits: the text as given, and its place.
    pub expected: Option<Span>,
}

impl Expr {
    /// Returns a group whose tests follow eagerly, as dbt has it for all that is not written on the command line.
    pub fn group(combine: Combine, parts: Vec<Self>) -> Self {
        Self::Group(Group {
            combine,
            parts,
            indirect: IndirectSelection::Eager,
            expected: None,
        })
    }
}
