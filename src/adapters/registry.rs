//! The kinds of database, one line each.

use std::sync::Arc;

use super::masked::masked;
use super::{Adapter, bigquery, databricks, duckdb, postgres, redshift, snowflake};
use crate::diagnostic::{Code, Result};
use crate::invocation::Invocation;
use crate::yaml::{Document, Node};

type Open = fn(&Document, &Node, &Invocation) -> Result<Arc<dyn Adapter>>;

const ADAPTERS: &[(&str, Open)] = &[
    (bigquery::KIND, bigquery::open),
    (databricks::KIND, databricks::open),
    (duckdb::KIND, duckdb::open),
    (postgres::KIND, postgres::open),
    (redshift::KIND, redshift::open),
    (snowflake::KIND, snowflake::open),
];

/// Returns the adapter for a profile's output, its settings checked; `target` is the output's mapping, rendered.
/// What a database takes from the environment, it takes from the invocation.
///
/// # Errors
/// `N0106` where the type is unknown or a setting is missing or wrong, at its place in the file.
pub fn adapter_for(document: &Document, target: &Node, invocation: &Invocation) -> Result<Arc<dyn Adapter>> {
    let Some(node) = target.get("type") else {
        return Err(document
            .error(target, Code::PROFILE, "a target in profiles.yml has no `type`")
            .hint(format!(
                "Add `type:` with one of: {}.",
                adapter_types().join(", ")
            )));
    };
    let document = &*masked(document, target);
    let kind = document.expect_str(node, "`type` of a target")?;
    match ADAPTERS.iter().find(|(name, _)| *name == kind) {
        Some((_, open)) => open(document, target, invocation),
        None => Err(document
            .error(
                node,
                Code::PROFILE,
                format!("the database type `{kind}` of this target is not known"),
            )
            .did_you_mean(kind, adapter_types().iter().copied())
            .hint(format!(
                "The types that can be used are: {}.",
                adapter_types().join(", ")
            ))),
    }
}

/// Returns the types that profiles may name.
pub fn adapter_types() -> &'static [&'static str] {
    &[
        bigquery::KIND,
        databricks::KIND,
        duckdb::KIND,
        postgres::KIND,
        redshift::KIND,
        snowflake::KIND,
    ]
}
