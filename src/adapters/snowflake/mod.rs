//! Snowflake, over its clients' REST protocol.
//!
//! `config` reads the profile as dbt-snowflake defines it, `key` private keys; `transport` is the way to the server,
//! `session` what is said there, `results` its rows as Arrow, `connection` what nexus asks. `docs.md` lists the
//! profile's fields.

mod config;
mod connection;
mod dialect;
mod error;
mod key;
mod results;
mod session;
mod transport;
mod types;

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use self::config::Config;
use self::connection::SnowflakeConnection;
use self::dialect::SnowflakeDialect;
use super::{Adapter, AdapterError, Capability, Connection};
use crate::diagnostic::Result;
use crate::invocation::{Cancel, Invocation, Proxies};
use crate::sql::Dialect;
use crate::yaml::{Document, Node};

/// The profile's `type`.
pub(super) const KIND: &str = "snowflake";

struct Snowflake {
    config: Arc<Config>,
}

/// Returns the adapter for a profile's output; nothing is connected yet.
pub(super) fn open(document: &Document, target: &Node, invocation: &Invocation) -> Result<Arc<dyn Adapter>> {
    let config = Arc::new(Config::read(document, target, Proxies::of(invocation))?);
    Ok(Arc::new(Snowflake { config }))
}

impl Adapter for Snowflake {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn parents(&self) -> &'static [&'static str] {
        &[]
    }

    fn dialect(&self) -> &dyn Dialect {
        &SnowflakeDialect
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
                "delete+insert",
                "microbatch",
                "insert_overwrite",
            ],
            external_sources: false,
            local_foreign_keys: false,
            case_sensitive_names: false,
            keeps_case_of_names: false,
            other_catalogs: true,
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
        Ok(Box::new(SnowflakeConnection::open(&self.config, cancel)?))
    }
}
