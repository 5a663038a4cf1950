//! DuckDB, embedded: one database instance a process, one connection a session.
//!
//! `config` reads the profile as dbt-duckdb defines it, `connection` talks to the library, `watch` carries a
//! cancellation to running statements, `components` resolves identities in memory, `python` runs models in Python. `docs.md` lists the profile's fields.

mod components;
mod config;
mod connection;
mod dialect;
mod error;
mod python;
mod types;
mod watch;

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use self::config::Config;
use self::connection::Instance;
use self::dialect::DuckDialect;
use super::{Adapter, AdapterError, Capability, Connection};
use crate::diagnostic::Result;
use crate::invocation::{Cancel, Invocation};
use crate::sql::Dialect;
use crate::yaml::{Document, Node};

/// The profile's `type`.
pub(super) const KIND: &str = "duckdb";

struct DuckDb {
    config: Arc<Config>,
    instance: Arc<Instance>,
}

/// Returns the adapter for a profile's output; nothing is opened yet.
pub(super) fn open(document: &Document, target: &Node, _: &Invocation) -> Result<Arc<dyn Adapter>> {
    let config = Arc::new(Config::read(document, target)?);
    let instance = Arc::new(Instance::new(config.clone()));
    Ok(Arc::new(DuckDb { config, instance }))
}

impl Adapter for DuckDb {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn parents(&self) -> &'static [&'static str] {
        &[]
    }

    fn dialect(&self) -> &dyn Dialect {
        &DuckDialect
    }

    fn capability(&self) -> Capability {
        Capability {
            transactional_ddl: true,
            concurrent_connections: true,
            incremental_strategies: &["delete+insert", "append", "merge", "microbatch"],
            external_sources: true,
            local_foreign_keys: true,
            case_sensitive_names: false,
            keeps_case_of_names: true,
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

    fn connect(&self, cancel: &Cancel) -> Result<Box<dyn Connection>, AdapterError> {
        Ok(Box::new(self.instance.connect(cancel)?))
    }
}
