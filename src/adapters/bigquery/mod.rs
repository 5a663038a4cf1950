//! BigQuery, over its REST interface: statements are jobs, tables and datasets are resources.
//!
//! `config` reads the profile as dbt-bigquery defines it, `credentials` fetches tokens, `rest` makes calls, `jobs` runs
//! statements, `connection` and `operations` put them behind the traits. `docs.md` lists the profile's fields.

mod config;
mod config_fields;
mod connection;
mod credentials;
mod dialect;
mod error;
mod jobs;
mod operations;
mod rest;
mod rows;
mod schema;

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use self::config::Config;
use self::connection::BigQueryConnection;
use self::credentials::Tokens;
use self::dialect::BigQueryDialect;
use super::{Adapter, AdapterError, Capability, Connection};
use crate::diagnostic::Result;
use crate::invocation::{Cancel, Invocation};
use crate::sql::Dialect;
use crate::yaml::{Document, Node};

/// The profile's `type`.
pub(super) const KIND: &str = "bigquery";

struct BigQuery {
    config: Arc<Config>,
    tokens: Arc<Tokens>,
}

/// Returns the adapter for a profile's output; nothing is called yet.
pub(super) fn open(document: &Document, target: &Node, invocation: &Invocation) -> Result<Arc<dyn Adapter>> {
    let config = Arc::new(Config::read(document, target, invocation)?);
    let tokens = Arc::new(Tokens::new(&config));
    Ok(Arc::new(BigQuery { config, tokens }))
}

impl Adapter for BigQuery {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn parents(&self) -> &'static [&'static str] {
        &[]
    }

    fn dialect(&self) -> &dyn Dialect {
        &BigQueryDialect
    }

    fn published_keys(&self) -> Option<&'static [&'static str]> {
        Some(&["dataset", "project"])
    }

    fn capability(&self) -> Capability {
        Capability {
            transactional_ddl: false,
            concurrent_connections: true,
            incremental_strategies: &["merge", "insert_overwrite", "microbatch"],
            external_sources: false,
            local_foreign_keys: false,
            case_sensitive_names: true,
            keeps_case_of_names: false,
            other_catalogs: true,
        }
    }

    fn public_settings(&self) -> Map<String, Json> {
        self.config.public.clone()
    }

    fn database(&self) -> &str {
        &self.config.project
    }

    fn schema(&self) -> &str {
        &self.config.dataset
    }

    fn config_aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("project", "database"),
            ("dataset", "schema"),
            ("target_project", "target_database"),
            ("target_dataset", "target_schema"),
            ("retries", "job_retries"),
            ("timeout_seconds", "job_execution_timeout_seconds"),
            ("dataproc_region", "compute_region"),
        ]
    }

    fn connect(&self, cancel: &Cancel) -> std::result::Result<Box<dyn Connection>, AdapterError> {
        let connection = BigQueryConnection::new(self.config.clone(), self.tokens.clone(), cancel.clone())?;
        Ok(Box::new(connection))
    }
}
