//! Databases: connect, execute, fetch, describe. One folder a database, one line in the registry.
//!
//! Nothing above this room knows which database it talks to: a difference is a value in [`Capability`], a
//! [`Dialect`](crate::sql::Dialect) method, or a macro override. Results are Arrow record batches. No Jinja value
//! ever comes in here: macros reach a database only through `jinja/context/adapter.rs`.

mod bigquery;
mod catalog;
mod column;
mod components;
mod databricks;
mod duckdb;
mod error;
mod keys;
mod masked;
mod pause;
mod postgres;
mod python;
mod redshift;
mod registry;
mod relation;
mod seed_cell;
mod seed_file;
mod session;
mod snowflake;
mod views;

#[cfg(test)]
mod tests;

pub use column::Column;
pub use components::ComponentCounts;
pub use error::{AdapterError, ErrorKind};
pub use python::PythonJob;
pub use registry::{adapter_for, adapter_types};
pub use relation::{Class, Part, Policy, Relation, RelationKind};
pub use seed_cell::seed_cell;
pub use seed_file::read_seed_file;
pub use session::{Observer, Session, Spoken};

use std::sync::Arc;

use crate::invocation::Cancel;
use crate::sql::Dialect;

/// What a database can do, where macros and the runner must choose.
#[derive(Debug, Clone, Copy)]
pub struct Capability {
    /// Data definition takes part in transactions.
    pub transactional_ddl: bool,
    /// Several threads may work on connections at once.
    pub concurrent_connections: bool,
    /// Incremental strategies by name, the default first.
    pub incremental_strategies: &'static [&'static str],
    /// A source may be a file or a function in place of a table (`external_location`).
    pub external_sources: bool,
    /// A foreign key names a table of its own database, without the database.
    pub local_foreign_keys: bool,
    /// Names that differ only in case are different names.
    pub case_sensitive_names: bool,
    /// The catalog shows names in the letter case that they were made with, although it does not tell names apart by it.
    pub keeps_case_of_names: bool,
    /// Relations may live in catalogs of other systems (`catalog_name`).
    pub other_catalogs: bool,
}

/// A kind of database with a profile's settings: makes connections, knows its dialect.
pub trait Adapter: Send + Sync {
    /// Returns the profile's `type`, for example `duckdb`.
    fn kind(&self) -> &'static str;

    /// Returns the kinds whose macros serve as a fallback in dispatch, nearest first (Redshift: `postgres`).
    fn parents(&self) -> &'static [&'static str];

    fn dialect(&self) -> &dyn Dialect;

    fn capability(&self) -> Capability;

    /// Returns the settings that templates see as `target` beyond name, schema, threads: never a secret.
    fn public_settings(&self) -> serde_json::Map<String, serde_json::Value>;

    /// Returns the database (catalog) name that relations get by default.
    fn database(&self) -> &str;

    /// Returns the schema that the target names.
    fn schema(&self) -> &str;

    /// Returns what a log should say of the target's settings, such as that a server's identity is not checked.
    fn cautions(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns other names that keys of configuration and of sources may have, each with the usual one.
    fn config_aliases(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Returns the names of its own that configuration has on this database beyond the keys that dbt publishes; none
    /// where dbt does not hold projects against those keys.
    fn published_keys(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// Kind `Auth` or `Network` when the database cannot be reached or refuses.
    fn connect(&self, cancel: &Cancel) -> Result<Box<dyn Connection>, AdapterError>;
}

/// How to execute a statement.
#[derive(Debug, Clone, Copy, Default)]
pub struct Execute {
    /// Bring the rows back.
    pub fetch: bool,
    /// Fetch at most so many rows.
    pub limit: Option<usize>,
}

/// What the database answered.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The short word for logs and `run_results.json`, for example `OK`.
    pub message: String,
    /// The statement's kind, for example `INSERT`, where the database says it.
    pub code: Option<String>,
    pub rows_affected: Option<i64>,
    pub query_id: Option<String>,
    /// Tries beyond the first that the answer took.
    pub retries: u32,
    /// What only this database says, under the names that dbt's adapter gives it.
    pub more: serde_json::Map<String, serde_json::Value>,
    /// The rows, where they were asked for; the schema is there even without a row.
    pub batches: Vec<arrow::record_batch::RecordBatch>,
    pub schema: Option<arrow::datatypes::SchemaRef>,
}

impl Response {
    /// Returns the response as `run_results.json` has it: what the database did not say is left out.
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut map = serde_json::Map::new();
        map.insert("_message".into(), self.message.as_str().into());
        if let Some(code) = &self.code {
            map.insert("code".into(), code.as_str().into());
        }
        if let Some(rows) = self.rows_affected {
            map.insert("rows_affected".into(), rows.into());
        }
        if let Some(id) = &self.query_id {
            map.insert("query_id".into(), id.as_str().into());
        }
        if self.retries > 0 {
            map.insert("retries".into(), self.retries.into());
        }
        map.extend(self.more.clone());
        map
    }
}

/// A CSV file to load.
#[derive(Debug, Clone, Copy)]
pub struct CsvFile<'a> {
    pub path: &'a std::path::Path,
    /// The header's names in file order.
    pub columns: &'a [String],
    pub delimiter: char,
    /// Rows with fewer values than the header end in nulls.
    pub has_short_rows: bool,
}

/// One connection, used by one thread at a time.
///
/// # Behavior
/// - `execute` runs one or several statements (separated by semicolons) and answers for the last.
/// - A statement stops soon after the cancel token is set, with kind `Cancelled`.
/// - Dropping a connection rolls back what is open.
pub trait Connection: Send {
    fn execute(&mut self, sql: &str, options: Execute) -> Result<Response, AdapterError>;

    /// Begins a transaction; within one it does nothing.
    fn begin(&mut self) -> Result<(), AdapterError>;

    /// Begins a transaction even where the profile wants none; within one it does nothing.
    fn ensure_transaction(&mut self) -> Result<(), AdapterError> {
        self.begin()
    }

    /// Commits the open transaction; without one it does nothing.
    fn commit(&mut self) -> Result<(), AdapterError>;

    /// Rolls the open transaction back; without one it does nothing.
    fn rollback(&mut self) -> Result<(), AdapterError>;

    /// Returns all relations of a schema by one query.
    fn list_relations(&mut self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError>;

    /// Returns the columns of a relation in their order; none where it does not exist.
    fn columns(&mut self, relation: &Relation) -> Result<Vec<Column>, AdapterError>;

    /// Returns the columns that a query gives, where the answer to the query itself says them; none where the database
    /// has a `describe` for queries.
    fn columns_of_query(&mut self, sql: &str) -> Result<Option<Vec<Column>>, AdapterError> {
        let _ = sql;
        Ok(None)
    }

    /// Returns each view of a database: its schema and name, and schema and name of a relation that it reads.
    ///
    /// None where a relation can be dropped without the views that read it.
    fn view_dependencies(&mut self, database: &str) -> Result<Vec<[String; 4]>, AdapterError> {
        let _ = database;
        Ok(Vec::new())
    }

    /// Returns the schemas of a database.
    fn list_schemas(&mut self, database: &str) -> Result<Vec<String>, AdapterError>;

    /// Returns each key of a schema: its table, and `primary_key`, `unique` or `foreign_key`.
    ///
    /// None where the database can replace a table that foreign keys refer to.
    fn key_constraints(&mut self, database: &str, schema: &str) -> Result<Vec<[String; 2]>, AdapterError> {
        let _ = (database, schema);
        Ok(Vec::new())
    }

    /// Loads a CSV file's rows (header excluded) into an existing table by the fastest way the database has.
    fn load_csv(&mut self, relation: &Relation, file: &CsvFile<'_>) -> Result<u64, AdapterError>;

    /// Sets names and values that statements carry from here on, where the database keeps such labels.
    fn set_labels(&mut self, labels: Vec<(String, String)>) {
        let _ = labels;
    }

    /// Does what this database does by other ways than SQL; `name` says what, the database's folder lists the names.
    fn operation(
        &mut self,
        name: &str,
        relation: &Relation,
        arguments: &serde_json::Value,
    ) -> Result<serde_json::Value, AdapterError> {
        let _ = (relation, arguments);
        Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!("this database has no operation `{name}`"),
        ))
    }

    /// Finds connected components in memory, where the database runs in this process; none elsewhere.
    ///
    /// # Behavior
    /// - `sql` gives rows of four texts: group, kind, name, value. Members (kind, name, value) of one kind that are in
    ///   one group belong together; a null group links nothing; a row with another null is passed over.
    /// - `into` is made, with four text columns of the names given; each member gets one row: kind, name, value, and
    ///   component, the md5 in 32 hex digits of `kind|name|value` of the component's smallest member by (name, value) in
    ///   byte order.
    /// - It takes part in the open transaction, and stops soon after the cancel token is set.
    fn connected_components(
        &mut self,
        sql: &str,
        into: &Relation,
        columns: &[String; 4],
    ) -> Result<Option<ComponentCounts>, AdapterError> {
        let _ = (sql, into, columns);
        Ok(None)
    }

    /// Runs a model in Python.
    ///
    /// # Behavior
    /// - The tables that the code's `materialize` makes are there afterwards, as part of the open transaction.
    /// - It stops soon after the cancel token is set.
    fn run_python(&mut self, job: &PythonJob<'_>) -> Result<Response, AdapterError> {
        Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!(
                "model `{}` is written in Python, which nexus does not run on this database",
                job.name
            ),
        )
        .with_hint(format!(
            "Write it in SQL; or build it with dbt, and leave it out here with `--exclude {}`.",
            job.name
        )))
    }
}

/// A connection made when first needed, with the catalog shared by the whole run.
pub type SharedAdapter = Arc<dyn Adapter>;
