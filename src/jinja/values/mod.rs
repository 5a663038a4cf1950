//! Values that templates see: Python's mutable containers, and dbt's relations, columns, tables and times.

mod absorbing;
mod bound_method;
mod column;
mod convert;
pub(crate) mod datetime;
mod dict;
mod endless;
mod list;
mod object;
mod pattern_syntax;
pub(crate) mod regex;
mod relation;
mod set;
mod strptime;
mod table;
mod watched;

pub(crate) use absorbing::Absorbing;
pub(crate) use bound_method::{BoundMethod, may_be_method};
pub(crate) use column::{ColumnValue, class_method as column_class_method, create as create_column};
pub(crate) use convert::{first_beyond_64_bits, from_json, from_yaml, key_text, to_json};
pub(crate) use dict::{Dict, ORDERED, View, pairs};
pub(crate) use endless::Endless;
pub(crate) use list::List;
pub(crate) use object::{Opaque, PyObject};
pub(crate) use relation::{
    RelationValue, create as create_relation, kind_constant as relation_constant, part as relation_part,
};
pub(crate) use set::PySet;
pub(crate) use table::{Mapped, SeedSource, TableValue, cell};
pub(crate) use watched::Watched;
