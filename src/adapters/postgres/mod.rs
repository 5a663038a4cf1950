//! PostgreSQL: one connection a session, over the simple query protocol, so that several statements go in one execute.
//!
//! `config` reads the profile, `tls` turns its `sslmode` into rules, `wire` sends and receives messages, `login` opens a
//! session, `connection` is what the rest of nexus uses, `types` makes Arrow of text, `copy` and `insert` load seeds. What a database
//! with the same protocol needs is shared: `redshift` is built on it. `docs.md` lists the profile's fields.

mod config;
mod connection;
mod copy;
mod dialect;
mod error;
mod insert;
mod login;
mod tls;
mod types;
mod wire;

use std::sync::Arc;

use serde_json::{Map, Value as Json};

pub(super) use self::config::{Config, Fields, Logins};
use self::connection::PgConnection;
pub(super) use self::connection::{QUESTIONS, Questions, Seeds};
use self::dialect::PgDialect;
pub(super) use self::tls::Mode;
use super::{Adapter, AdapterError, Capability, Connection};
use crate::diagnostic::Result;
use crate::invocation::{Cancel, Invocation};
use crate::sql::Dialect;
use crate::yaml::{Document, Node};

/// The profile's `type`.
pub(super) const KIND: &str = "postgres";

/// A database of PostgreSQL's protocol, and what it has of its own.
pub(super) struct PgAdapter {
    pub config: Arc<Config>,
    pub kind: &'static str,
    pub parents: &'static [&'static str],
    pub dialect: &'static dyn Dialect,
    pub case_sensitive_names: bool,
    pub published_keys: Option<&'static [&'static str]>,
    pub questions: &'static Questions,
}

/// Returns the adapter for a profile's output; nothing is opened yet.
pub(super) fn open(document: &Document, target: &Node, _: &Invocation) -> Result<Arc<dyn Adapter>> {
    Ok(Arc::new(PgAdapter {
        config: Arc::new(Config::read(document, target)?),
        kind: KIND,
        parents: &[],
        dialect: &PgDialect,
        case_sensitive_names: true,
        published_keys: None,
        questions: &QUESTIONS,
    }))
}

impl Adapter for PgAdapter {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn parents(&self) -> &'static [&'static str] {
        self.parents
    }

    fn dialect(&self) -> &dyn Dialect {
        self.dialect
    }

    fn published_keys(&self) -> Option<&'static [&'static str]> {
        self.published_keys
    }

    fn capability(&self) -> Capability {
        Capability {
            transactional_ddl: true,
            concurrent_connections: true,
            incremental_strategies: &["append", "delete+insert", "merge", "microbatch"],
            external_sources: false,
            local_foreign_keys: false,
            case_sensitive_names: self.case_sensitive_names,
            keeps_case_of_names: false,
            other_catalogs: false,
        }
    }

    fn public_settings(&self) -> Map<String, Json> {
        self.config.public.clone()
    }

    fn database(&self) -> &str {
        &self.config.database
    }

    fn schema(&self) -> &str {
        &self.config.schema
    }

    fn cautions(&self) -> Vec<String> {
        tls::caution(&self.config).into_iter().collect()
    }

    fn config_aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[("dbname", "database"), ("pass", "password")]
    }

    fn connect(&self, cancel: &Cancel) -> Result<Box<dyn Connection>, AdapterError> {
        let connection = PgConnection::open(self.config.clone(), self.questions, cancel)?;
        Ok(Box::new(connection))
    }
}
