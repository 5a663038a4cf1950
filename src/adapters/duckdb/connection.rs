//! One instance for the process, opened when first needed, and connections to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use duckdb::InterruptHandle;
use duckdb::arrow::record_batch::RecordBatch;

use super::config::{Config, Extension, Retries};
use super::dialect::DuckDialect;
use super::watch::Watch;
use super::{components, error, python, types};
use crate::adapters::error::mask;
use crate::adapters::pause::pause;
use crate::adapters::{
    AdapterError, Column, ComponentCounts, Connection, CsvFile, ErrorKind, Execute, PythonJob, Relation,
    Response,
};
use crate::invocation::Cancel;
use crate::sql::Dialect;

/// The database file (or memory), shared by all connections of the process.
pub(super) struct Instance {
    config: Arc<Config>,
    /// Guards the opening: two threads must not open one file twice, so this one lock is held while the database
    /// is opened and while a connection is made to it.
    open: Mutex<Open>,
    watch: Watch,
}

#[derive(Default)]
struct Open {
    root: Option<duckdb::Connection>,
    connections: usize,
}

impl Instance {
    pub(super) fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            open: Mutex::default(),
            watch: Watch::default(),
        }
    }

    /// Connects, opening the database first where nobody has.
    pub(super) fn connect(self: &Arc<Self>, cancel: &Cancel) -> Result<DuckConnection, AdapterError> {
        let mut open = self.lock();
        if open.root.is_none() {
            let retries = self.config.retries.as_ref();
            let attempts = retries.map_or(1, |r| r.connect_attempts);
            open.root = Some(retrying(retries, attempts, cancel, || self.open_database())?);
        }
        let Some(root) = &open.root else {
            return Err(AdapterError::new(
                ErrorKind::Other,
                "the database is not open: this is a bug in nexus",
            ));
        };
        let inner = root.try_clone().map_err(|e| self.failed(&e, None))?;
        for (key, value) in &self.config.settings {
            let sql = format!("SET {key} = {}", DuckDialect.string_literal(value));
            inner.execute_batch(&sql).map_err(|e| self.failed(&e, None))?;
        }
        open.connections += 1;
        let interrupt = inner.interrupt_handle();
        Ok(DuckConnection {
            instance: self.clone(),
            inner: Some(inner),
            interrupt,
            cancel: cancel.clone(),
            in_transaction: false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_database(&self) -> Result<duckdb::Connection, AdapterError> {
        let config = &*self.config;
        let mut flags = duckdb::Config::default();
        for (key, value) in &config.config_options {
            flags = flags.with(key, value).map_err(|e| self.failed(&e, None))?;
        }
        let root = duckdb::Connection::open_with_flags(&config.path, flags)
            .map_err(|e| self.explain_open(self.failed(&e, None)))?;
        components::register(&root).map_err(|e| self.failed(&e, None))?;
        for extension in &config.extensions {
            self.load(&root, extension)?;
        }
        for sql in &config.secrets {
            // A message about a secret's statement could show the statement.
            root.execute_batch(sql).map_err(|e| {
                let mut error = self.failed(&e, None);
                if let Some(at) = error.message.find("\nLINE ") {
                    error.message.truncate(at);
                }
                error
            })?;
        }
        for sql in &config.attach {
            root.execute_batch(sql)
                .map_err(|e| self.explain_open(self.failed(&e, None)))?;
        }
        Ok(root)
    }

    /// Loads an extension that is built in or installed; only else is it downloaded.
    fn load(&self, root: &duckdb::Connection, extension: &Extension) -> Result<(), AdapterError> {
        let [load, install] = load_statements(extension);
        if extension.repository.is_none() && root.execute_batch(&load).is_ok() {
            return Ok(());
        }
        root.execute_batch(&format!("{install}; {load}"))
            .map_err(|e| self.failed(&e, None))
    }

    /// A library error as ours, with the profile's secrets masked.
    fn failed(&self, error: &duckdb::Error, sql: Option<&str>) -> AdapterError {
        let mut error = error::translate(error, sql);
        error.message = self.masked(error.message);
        error
    }

    fn masked(&self, text: String) -> String {
        mask(text, &self.config.masks)
    }

    fn explain_open(&self, error: AdapterError) -> AdapterError {
        let path = &self.config.path;
        match error.kind {
            ErrorKind::Conflict => {
                let who = error
                    .message
                    .split_once("held in ")
                    .map_or(String::new(), |(_, who)| {
                        let who = who.split(". ").next().unwrap_or(who);
                        format!(" by {who}")
                    });
                AdapterError {
                    temporary: true,
                    ..AdapterError::new(
                        ErrorKind::Conflict,
                        format!("the database file `{path}` is in use by another process: it is locked{who}"),
                    )
                }
                .with_hint(
                    "End that process or close its connection, then run again; `retries: {connect_attempts: 5}` \
                     in the profile waits for it.",
                )
            }
            ErrorKind::Missing => error.with_hint(format!(
                "Create the folder of `{path}` first, or correct `path` in profiles.yml; it counts from the \
                 working directory."
            )),
            _ => error,
        }
    }
}

/// Runs `work` up to `attempts` times while its errors are of a class that the profile lists.
fn retrying<T>(
    retries: Option<&Retries>,
    attempts: u32,
    cancel: &Cancel,
    mut work: impl FnMut() -> Result<T, AdapterError>,
) -> Result<T, AdapterError> {
    let mut attempt = 1;
    loop {
        let error = match work() {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let listed = retries.is_some_and(|r| {
            let class = error::class_name(&error.message);
            error.temporary && error.kind == ErrorKind::Conflict || r.exceptions.contains(&class)
        });
        if !listed || attempt >= attempts {
            return Err(error);
        }
        pause(Duration::from_secs(1 << (attempt - 1).min(6)), cancel)?;
        attempt += 1;
    }
}

/// Returns the statements that load an extension and install it.
pub(super) fn load_statements(extension: &Extension) -> [String; 2] {
    let name = DuckDialect.string_literal(&extension.name);
    let from = match &extension.repository {
        Some(repository) if repository.contains(['/', '.', ':']) => {
            format!(" FROM {}", DuckDialect.string_literal(repository))
        }
        Some(repository) => format!(" FROM {}", DuckDialect.quote_identifier(repository)),
        None => String::new(),
    };
    [format!("LOAD {name}"), format!("INSTALL {name}{from}")]
}

/// A connection of one session.
pub(super) struct DuckConnection {
    instance: Arc<Instance>,
    /// None only while the connection is being dropped.
    inner: Option<duckdb::Connection>,
    interrupt: Arc<InterruptHandle>,
    cancel: Cancel,
    in_transaction: bool,
}

impl Drop for DuckConnection {
    fn drop(&mut self) {
        // Closing rolls back what is open.
        drop(self.inner.take());
        let mut open = self.instance.lock();
        open.connections = open.connections.saturating_sub(1);
        if open.connections == 0 && !self.instance.config.keep_open {
            open.root = None;
        }
    }
}

impl DuckConnection {
    fn inner(&self) -> Result<&duckdb::Connection, AdapterError> {
        self.inner.as_ref().ok_or_else(|| {
            AdapterError::new(
                ErrorKind::Other,
                "the connection is closed: this is a bug in nexus",
            )
        })
    }

    /// Runs a statement under the watch of the cancel token.
    pub(super) fn run<T>(
        &self,
        sql: &str,
        work: impl Fn(&duckdb::Connection) -> duckdb::Result<T>,
    ) -> Result<T, AdapterError> {
        let inner = self.inner()?;
        let once = || {
            if self.cancel.is_cancelled() {
                return Err(AdapterError::cancelled());
            }
            let _watched = self.instance.watch.statement(&self.cancel, &self.interrupt);
            work(inner).map_err(|e| {
                let error = self.instance.failed(&e, Some(sql));
                if error.kind == ErrorKind::Cancelled {
                    AdapterError::cancelled()
                } else {
                    error
                }
            })
        };
        let retries = self.instance.config.retries.as_ref();
        // A statement that failed in a transaction has ended the transaction: the whole node must be run again.
        let attempts = retries
            .filter(|_| !self.in_transaction)
            .map_or(1, |r| r.query_attempts);
        retrying(retries, attempts, &self.cancel, once)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    pub(super) fn config(&self) -> &Config {
        &self.instance.config
    }

    /// Returns a text without the profile's secrets.
    pub(super) fn masked(&self, text: String) -> String {
        self.instance.masked(text)
    }

    /// Returns another connection to the same database, outside of this one's transaction.
    pub(super) fn beside(&self) -> Result<Self, AdapterError> {
        self.instance.connect(&self.cancel)
    }

    /// Whether a catalog is kept in DuckDB's own format, and not in that of an extension.
    pub(super) fn is_own_format(&self, catalog: &str) -> Result<bool, AdapterError> {
        let sql = "select database_name from duckdb_databases() where database_name = ? and type = 'duckdb'";
        Ok(!self.strings::<1>(sql, &[catalog])?.is_empty())
    }

    /// Runs `BEGIN`, `COMMIT` or `ROLLBACK`; a statement that finds its work done already has done it.
    fn transact(&mut self, sql: &str, open_after: bool) -> Result<(), AdapterError> {
        let outcome = self.inner()?.execute_batch(sql);
        self.in_transaction = open_after;
        match outcome {
            Ok(()) => Ok(()),
            Err(e) => {
                let error = self.instance.failed(&e, None);
                let done = ["no transaction is active", "within a transaction"];
                if done.iter().any(|text| error.message.contains(text)) {
                    return Ok(());
                }
                Err(error)
            }
        }
    }

    fn strings<const N: usize>(&self, sql: &str, params: &[&str]) -> Result<Vec<[String; N]>, AdapterError> {
        self.run(sql, |inner| {
            let mut statement = inner.prepare(sql)?;
            let rows = statement.query_map(duckdb::params_from_iter(params), |row| {
                let mut out = [const { String::new() }; N];
                for (index, value) in out.iter_mut().enumerate() {
                    *value = row.get(index)?;
                }
                Ok(out)
            })?;
            rows.collect()
        })
    }
}

/// Fetches the rows of the last statement, all or so many.
fn fetch(inner: &duckdb::Connection, sql: &str, limit: Option<usize>) -> duckdb::Result<Response> {
    let mut response = Response {
        message: "OK".to_owned(),
        ..Response::default()
    };
    let mut statement = match inner.prepare(sql) {
        // Nothing but comments and white space.
        Err(duckdb::Error::DuckDBFailure(_, None)) => return Ok(response),
        other => other?,
    };
    match limit {
        Some(_) => drop(statement.stream_arrow([])?),
        None => drop(statement.query_arrow([])?),
    }
    response.schema = Some(statement.schema());
    let mut left = limit.unwrap_or(usize::MAX);
    while left > 0 {
        let Some(rows) = statement.step()? else { break };
        let batch = RecordBatch::from(&rows);
        let batch = if batch.num_rows() > left {
            batch.slice(0, left)
        } else {
            batch
        };
        left -= batch.num_rows();
        response.batches.push(batch);
    }
    Ok(response)
}

impl Connection for DuckConnection {
    fn execute(&mut self, sql: &str, options: Execute) -> Result<Response, AdapterError> {
        if options.fetch {
            return self.run(sql, |inner| fetch(inner, sql, options.limit));
        }
        self.run(sql, |inner| inner.execute_batch(sql))?;
        // dbt-duckdb reports nothing but this word, and artifacts are to be equal.
        Ok(Response {
            message: "OK".to_owned(),
            ..Response::default()
        })
    }

    fn begin(&mut self) -> Result<(), AdapterError> {
        if self.in_transaction || self.instance.config.disable_transactions {
            return Ok(());
        }
        self.transact("BEGIN", true)
    }

    fn ensure_transaction(&mut self) -> Result<(), AdapterError> {
        if self.in_transaction {
            return Ok(());
        }
        self.transact("BEGIN", true)
    }

    fn commit(&mut self) -> Result<(), AdapterError> {
        if !self.in_transaction {
            return Ok(());
        }
        self.transact("COMMIT", false)
    }

    fn rollback(&mut self) -> Result<(), AdapterError> {
        if !self.in_transaction {
            return Ok(());
        }
        self.transact("ROLLBACK", false)
    }

    fn list_relations(&mut self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError> {
        let sql = "select table_name, table_schema, table_type from system.information_schema.tables \
                   where lower(table_catalog) = lower(?) and lower(table_schema) = lower(?) order by all";
        let rows = self.strings(sql, &[database, schema])?;
        let relation = |[name, found, kind]: [String; 3]| {
            Relation::new(Some(database), Some(&found), Some(&name)).with_kind(types::relation_kind(&kind))
        };
        Ok(rows.into_iter().map(relation).collect())
    }

    fn columns(&mut self, relation: &Relation) -> Result<Vec<Column>, AdapterError> {
        let sql = format!(
            "select column_name, column_type from (describe {})",
            relation.path()
        );
        match self.strings(&sql, &[]) {
            Ok(rows) => Ok(rows
                .into_iter()
                .map(|[name, kind]| types::column(name, kind))
                .collect()),
            Err(error) if error.kind == ErrorKind::Missing => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn list_schemas(&mut self, database: &str) -> Result<Vec<String>, AdapterError> {
        let sql = "select schema_name from system.information_schema.schemata \
                   where lower(catalog_name) = lower(?) order by all";
        Ok(self
            .strings(sql, &[database])?
            .into_iter()
            .map(|[name]| name)
            .collect())
    }

    fn key_constraints(&mut self, database: &str, schema: &str) -> Result<Vec<[String; 2]>, AdapterError> {
        let sql = "select table_name, lower(replace(constraint_type, ' ', '_')) from duckdb_constraints() \
                   where lower(database_name) = lower(?) and lower(schema_name) = lower(?) \
                   and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') order by all";
        self.strings(sql, &[database, schema])
    }

    fn load_csv(&mut self, relation: &Relation, file: &CsvFile<'_>) -> Result<u64, AdapterError> {
        let text = |text: &str| DuckDialect.string_literal(text);
        let names: Vec<String> = file
            .columns
            .iter()
            .map(|name| DuckDialect.quote_identifier(name))
            .collect();
        // The dialect is said, not guessed from the data, so that a file loads the same way each time.
        let sql = format!(
            "COPY {} ({}) FROM {} (FORMAT csv, HEADER true, AUTO_DETECT false, DELIMITER {}, QUOTE '\"', ESCAPE '\"'{})",
            relation.path(),
            names.join(", "),
            text(&file.path.to_string_lossy()),
            text(&file.delimiter.to_string()),
            // Line ends in quotes and padding go together on one thread only.
            if file.has_short_rows {
                ", NULL_PADDING true, PARALLEL false"
            } else {
                ""
            },
        );
        let rows = self.run(&sql, |inner| inner.execute(&sql, []))?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }

    fn connected_components(
        &mut self,
        sql: &str,
        into: &Relation,
        columns: &[String; 4],
    ) -> Result<Option<ComponentCounts>, AdapterError> {
        components::fill(self, sql, into, columns).map(Some)
    }

    fn run_python(&mut self, job: &PythonJob<'_>) -> Result<Response, AdapterError> {
        python::run(self, job)
    }
}
