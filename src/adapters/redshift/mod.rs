//! Redshift: PostgreSQL's protocol and much of its SQL, by its connection; what differs is here and in macros.
//!
//! `config` reads the profile, `iam` gets passwords that AWS gives for a while, by requests that `aws` signs, `dialect` writes
//! names and values. `docs.md` lists the profile's fields.

mod aws;
mod config;
mod dialect;
mod iam;

use std::sync::Arc;

use self::dialect::RedshiftDialect;
use super::postgres::{self, PgAdapter, Questions, Seeds};
use super::{Adapter, Relation};
use crate::diagnostic::Result;
use crate::invocation::Invocation;
use crate::sql::Dialect;
use crate::yaml::{Document, Node};

/// The profile's `type`.
pub(super) const KIND: &str = "redshift";

/// Returns the adapter for a profile's output; nothing is opened yet.
pub(super) fn open(document: &Document, target: &Node, invocation: &Invocation) -> Result<Arc<dyn Adapter>> {
    Ok(Arc::new(PgAdapter {
        config: Arc::new(config::read(document, target, invocation)?),
        kind: KIND,
        parents: &[postgres::KIND],
        dialect: &RedshiftDialect,
        // Quoted names are folded to lower case as well.
        case_sensitive_names: false,
        published_keys: Some(&[]),
        questions: &QUESTIONS,
    }))
}

fn literal(text: &str) -> String {
    RedshiftDialect.string_literal(text)
}

/// Where a relation is looked for: by its name, and by its schema where it has one.
fn place(relation: &Relation, name: &str, schema: &str) -> String {
    let identifier = literal(relation.identifier.as_deref().unwrap_or_default());
    let mut condition = format!("lower({name}) = lower({identifier})");
    if let Some(of) = &relation.schema {
        condition.push_str(&format!(" and lower({schema}) = lower({})", literal(of)));
    }
    condition
}

/// The catalog that Redshift has of PostgreSQL 8; late-binding views have their columns in a function.
const QUESTIONS: Questions = Questions {
    relations: |schema| {
        format!(
            "select c.relname, n.nspname, \
             case when c.relkind = 'v' and pg_get_viewdef(c.oid) ilike '%create materialized view%' then 'm' \
             else cast(c.relkind as varchar) end \
             from pg_class as c join pg_namespace as n on n.oid = c.relnamespace \
             where c.relkind in ('r', 'p', 'f', 'v', 'm') and lower(n.nspname) = lower({}) order by 1",
            literal(schema)
        )
    },
    columns: |relation| {
        format!(
            "select a.attname, format_type(a.atttypid, null), \
             case when a.atttypid in (1042, 1043) and a.atttypmod > 4 then a.atttypmod - 4 end, \
             case when a.atttypid = 1700 and a.atttypmod > 4 then ((a.atttypmod - 4) >> 16) & 65535 end, \
             case when a.atttypid = 1700 and a.atttypmod > 4 then (a.atttypmod - 4) & 65535 end \
             from pg_attribute as a join pg_class as c on c.oid = a.attrelid \
             join pg_namespace as n on n.oid = c.relnamespace \
             where {} and a.attnum > 0 and not a.attisdropped order by a.attnum",
            place(relation, "c.relname", "n.nspname")
        )
    },
    columns_of_unbound: Some(|relation| {
        format!(
            "select col_name, col_type, null, null, null from pg_get_late_binding_view_cols() \
             cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int) \
             where {} order by col_num",
            place(relation, "view_name", "view_schema")
        )
    }),
    dependencies: postgres::QUESTIONS.dependencies,
    seeds: Seeds::Insert(&RedshiftDialect),
};
