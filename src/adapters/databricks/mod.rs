//! Databricks, over the SQL Statement Execution API of a workspace: each statement is a request, no session is kept.
//!
//! `config` reads the profile as dbt-databricks defines it, `http` sends requests and tries again what may pass, `token`
//! gets OAuth tokens, `statement` runs one statement and follows it to its end, `rows` turns answers into Arrow.
//! `docs.md` lists the profile's fields.

mod config;
mod connection;
mod describe;
mod dialect;
mod error;
mod http;
mod rows;
mod seed;
mod statement;
mod token;

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use self::config::Config;
use self::connection::RestConnection;
use self::dialect::SparkDialect;
use self::http::Http;
use super::{Adapter, AdapterError, Capability, Connection};
use crate::diagnostic::Result;
use crate::invocation::{Cancel, Invocation, Proxies};
use crate::sql::Dialect;
use crate::yaml::{Document, Node};

/// The profile's `type`.
pub(super) const KIND: &str = "databricks";

struct Databricks {
    config: Arc<Config>,
    http: Arc<Http>,
}

/// Returns the adapter for a profile's output; nothing is sent yet.
pub(super) fn open(document: &Document, target: &Node, invocation: &Invocation) -> Result<Arc<dyn Adapter>> {
    let config = Arc::new(Config::read(document, target)?);
    let http = Arc::new(Http::new(&config, Proxies::of(invocation)));
    Ok(Arc::new(Databricks { config, http }))
}

impl Adapter for Databricks {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn parents(&self) -> &'static [&'static str] {
        &["spark"]
    }

    fn dialect(&self) -> &dyn Dialect {
        &SparkDialect
    }

    fn published_keys(&self) -> Option<&'static [&'static str]> {
        Some(&[])
    }

    fn capability(&self) -> Capability {
        Capability {
            transactional_ddl: false,
            concurrent_connections: true,
            incremental_strategies: &[
                "merge",
                "append",
                "insert_overwrite",
                "replace_where",
                "delete+insert",
                "microbatch",
            ],
            external_sources: false,
            local_foreign_keys: false,
            case_sensitive_names: false,
            keeps_case_of_names: false,
            other_catalogs: true,
        }
    }

    fn public_settings(&self) -> Map<String, Json> {
        self.config.public_settings()
    }

    fn database(&self) -> &str {
        &self.config.catalog
    }

    fn schema(&self) -> &str {
        &self.config.schema
    }

    fn config_aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[("catalog", "database"), ("target_catalog", "target_database")]
    }

    fn connect(&self, cancel: &Cancel) -> Result<Box<dyn Connection>, AdapterError> {
        Ok(Box::new(RestConnection::new(
            self.config.clone(),
            self.http.clone(),
            cancel.clone(),
        )))
    }
}
