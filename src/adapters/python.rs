//! Models in Python, as a database is asked to run them.

use super::Relation;

/// A model's code, and what it needs to be run.
pub struct PythonJob<'a> {
    /// The model's alias.
    pub name: &'a str,
    /// The model with what dbt adds to it: it defines `model`, `dbtObj` and `materialize`.
    pub code: &'a str,
    /// The relation that the model builds, where it is there and the model may read it.
    pub this: Option<&'a Relation>,
    /// The interpreter, where the database has no Python of its own.
    pub interpreter: &'a str,
    /// Is told each line that the model prints, while it runs.
    pub print: &'a dyn Fn(&str),
}
