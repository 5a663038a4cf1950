//! A session's connection: statements, transactions, retries, cancellation, and what the catalog is asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{DataRowBody, Message};
use postgres_protocol::message::frontend;

use super::config::Config;
use super::dialect::PgDialect;
use super::login::{Login, SessionKey, login, send_cancel};
use super::types::{self, Field, Rows};
use super::{copy, error, insert};
use crate::adapters::pause::pause;
use crate::adapters::{AdapterError, Column, Connection, CsvFile, ErrorKind, Execute, Relation, Response};
use crate::invocation::Cancel;
use crate::sql::Dialect;

/// How often a statement is run that a retry may help.
const ATTEMPTS: u32 = 4;
/// How long a cancelled statement may take to end before the connection is given up.
const CANCEL_WAIT: Duration = Duration::from_secs(5);

/// The questions about the catalog, which databases of one protocol do not share.
pub(in crate::adapters) struct Questions {
    /// Names, schemas and letters of kinds (as in `pg_class`) of a schema's relations.
    pub relations: fn(schema: &str) -> String,
    /// Names, types, sizes, precisions and scales of a relation's columns.
    pub columns: fn(&Relation) -> String,
    /// The same of a relation that has no columns there, where the database has such.
    pub columns_of_unbound: Option<fn(&Relation) -> String>,
    /// Schema and name of each view, and of each relation that it reads.
    pub dependencies: Option<&'static str>,
    pub seeds: Seeds,
}

/// How the rows of a seed come in.
pub(in crate::adapters) enum Seeds {
    Copy,
    /// By statements of many rows, written in this dialect.
    Insert(&'static dyn Dialect),
}

pub(in crate::adapters) struct PgConnection {
    config: Arc<Config>,
    questions: &'static Questions,
    cancel: Cancel,
    /// None after the line broke; the next statement outside of a transaction connects again.
    login: Option<Login>,
    /// The server's letter: idle `I`, in a transaction `T`, in a failed one `E`.
    status: u8,
    /// A transaction was asked for; it begins with the next statement, in one message.
    begin_pending: bool,
    /// How often connecting or a statement was tried again since a response said so.
    retries: u32,
}

/// What a message of statements came to.
#[derive(Default)]
struct Answer {
    tag: Option<String>,
    rows: Option<Rows>,
    fields: Vec<Field>,
    count: usize,
}

/// Why a statement failed, and whether it surely did nothing.
struct Failure {
    error: AdapterError,
    undone: bool,
}

impl From<AdapterError> for Failure {
    fn from(error: AdapterError) -> Self {
        Self { error, undone: false }
    }
}

impl PgConnection {
    pub(in crate::adapters) fn open(
        config: Arc<Config>,
        questions: &'static Questions,
        cancel: &Cancel,
    ) -> Result<Self, AdapterError> {
        let mut connection = Self {
            config,
            questions,
            cancel: cancel.clone(),
            login: None,
            status: b'I',
            begin_pending: false,
            retries: 0,
        };
        connection.reconnect()?;
        Ok(connection)
    }

    fn reconnect(&mut self) -> Result<(), AdapterError> {
        let mut attempt = 1;
        let login = loop {
            match login(&self.config, &self.cancel) {
                Ok(login) => break login,
                Err(error)
                    if (error.temporary || self.config.retry_all && error.kind != ErrorKind::Cancelled)
                        && attempt < self.config.attempts =>
                {
                    self.pause(Duration::from_secs(u64::from(attempt * attempt)))?;
                    attempt += 1;
                    self.retries += 1;
                }
                Err(error) => return Err(error),
            }
        };
        self.login = Some(login);
        self.status = b'I';
        if let Some(role) = &self.config.role {
            let sql = format!("set role {role}");
            self.send(&sql, None).map_err(|failure| failure.error)?;
        }
        let config = self.config.clone();
        for sql in &config.first {
            self.send(sql, None).map_err(|failure| failure.error)?;
        }
        Ok(())
    }

    /// Waits about so long, unless the run is cancelled.
    fn pause(&self, about: Duration) -> Result<(), AdapterError> {
        // Connections that failed together must not come back together.
        let share = u32::try_from(uuid::Uuid::new_v4().as_u128() % 50).unwrap_or(0);
        pause(about * (75 + share) / 100, &self.cancel)
    }

    fn in_transaction(&self) -> bool {
        self.status != b'I' || self.begin_pending
    }

    /// Runs statements, again where that is safe: outside of a transaction, or as its first act, for what passes.
    fn run(&mut self, sql: &str, fetch: Option<Option<usize>>) -> Result<Answer, AdapterError> {
        let fresh = self.status == b'I';
        let mut attempt = 1;
        loop {
            if self.cancel.is_cancelled() {
                return Err(AdapterError::cancelled());
            }
            if fresh && self.login.as_mut().is_none_or(|login| login.wire.is_stale()) {
                self.retries += u32::from(attempt == 1 && self.login.is_some());
                self.reconnect()?;
            }
            let begins = self.begin_pending;
            let failure = match self.send(sql, fetch) {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let error = failure.error;
            if !(fresh && failure.undone && error.temporary && attempt < ATTEMPTS) {
                return Err(error);
            }
            if self.status != b'I' {
                self.rollback()?;
            }
            self.begin_pending = begins;
            self.pause(Duration::from_millis(100 << (2 * attempt)))?;
            attempt += 1;
            self.retries += 1;
        }
    }

    /// Sends statements, after the `BEGIN` that waits, and takes the answers.
    fn send(&mut self, sql: &str, fetch: Option<Option<usize>>) -> Result<Answer, Failure> {
        let begins = std::mem::take(&mut self.begin_pending);
        let login = self.login.as_mut().ok_or_else(|| {
            AdapterError::new(
                ErrorKind::Network,
                "the connection to the server was lost within a transaction",
            )
        })?;
        if begins {
            login.wire.put(|buffer| frontend::query("BEGIN", buffer))?;
        }
        login.wire.put(|buffer| frontend::query(sql, buffer))?;
        let outcome = login.wire.flush().map_err(Failure::from).and_then(|()| {
            if begins {
                self.answer("BEGIN", None)?;
            }
            self.answer(sql, fetch)
        });
        if let Err(failure) = &outcome
            && is_end(&failure.error)
        {
            self.login = None;
            self.status = b'I';
        }
        outcome
    }

    /// Takes messages to the end of one query's answer.
    fn answer(&mut self, sql: &str, fetch: Option<Option<usize>>) -> Result<Answer, Failure> {
        let Some(login) = self.login.as_mut() else {
            return Err(AdapterError::cancelled().into());
        };
        let mut watch = Watch::new(&self.config, &self.cancel, login.key);
        let mut answer = Answer::default();
        let mut failed: Option<AdapterError> = None;
        loop {
            let message = match login.wire.receive(&mut || watch.look()) {
                Ok(message) => message,
                // The server said why before it went.
                Err(error) => {
                    let undone = failed.is_some();
                    return Err(Failure {
                        error: failed.unwrap_or(error),
                        undone,
                    });
                }
            };
            match message {
                Message::RowDescription(body) => {
                    answer.fields = body
                        .fields()
                        .map(|field| {
                            Ok(Field {
                                name: field.name().to_owned(),
                                oid: field.type_oid(),
                                modifier: field.type_modifier(),
                            })
                        })
                        .collect()
                        .map_err(|e| super::wire::lost(&e))?;
                    answer.count = 0;
                    answer.rows = fetch.map(|_| Rows::new(answer.fields.clone()));
                }
                Message::DataRow(body) => {
                    let limit = fetch.flatten().unwrap_or(usize::MAX);
                    if let Some(rows) = answer.rows.as_mut().filter(|_| answer.count < limit) {
                        push(rows, &body).map_err(|e| super::wire::lost(&e))?;
                    }
                    answer.count += 1;
                }
                Message::CommandComplete(body) => {
                    let tag = body.tag().unwrap_or_default().to_owned();
                    if !tag.starts_with("SELECT")
                        && !tag.starts_with("SHOW")
                        && answer.count == 0
                        && answer.tag.is_some()
                    {
                        // What an earlier statement brought is not the last one's.
                        (answer.rows, answer.fields) = (None, Vec::new());
                    }
                    answer.tag = Some(tag);
                }
                Message::ErrorResponse(body) => {
                    failed.get_or_insert_with(|| error::of_response(&body, Some(sql)));
                }
                Message::CopyInResponse(_) => {
                    login.wire.put(|buffer| {
                        frontend::copy_fail("nexus sends no rows by a statement of a project", buffer)
                    })?;
                    login.wire.flush()?;
                }
                Message::ReadyForQuery(body) => {
                    self.status = body.status();
                    return match failed {
                        Some(error) => Err(Failure {
                            error: if watch.sent.is_some() {
                                AdapterError::cancelled()
                            } else {
                                explained(error)
                            },
                            undone: true,
                        }),
                        None => Ok(answer),
                    };
                }
                _ => {}
            }
        }
    }

    /// Runs `COMMIT` or `ROLLBACK` at once, even where the run is cancelled.
    fn end(&mut self, sql: &str) -> Result<Answer, AdapterError> {
        let token = std::mem::take(&mut self.cancel);
        let outcome = self.send(sql, None);
        self.cancel = token;
        outcome.map_err(|failure| failure.error)
    }

    /// Runs a question about the catalog; nulls come as none.
    fn ask<const N: usize>(&mut self, sql: &str) -> Result<Vec<[Option<String>; N]>, AdapterError> {
        use arrow::array::Array;
        let answer = self.run(sql, Some(None))?;
        let Some(rows) = answer.rows else {
            return Ok(Vec::new());
        };
        let (_, batches) = rows.finish("UTC").map_err(|e| own_fault(&e))?;
        let mut out = Vec::new();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let mut texts = [const { None }; N];
                for (text, column) in texts.iter_mut().zip(batch.columns()) {
                    if !column.is_null(row) {
                        *text = arrow::util::display::array_value_to_string(column, row).ok();
                    }
                }
                out.push(texts);
            }
        }
        Ok(out)
    }

    fn zone(&self) -> String {
        let known = self
            .login
            .as_ref()
            .and_then(|login| login.wire.parameters.get("TimeZone"));
        known.cloned().unwrap_or_else(|| "UTC".to_owned())
    }

    fn response(&mut self, answer: Answer) -> Result<Response, AdapterError> {
        let zone = self.zone();
        // Rows that are brought count even where the command has no number.
        let message = answer.tag.unwrap_or_default();
        let rows = message.rsplit(' ').next().and_then(|word| word.parse().ok());
        let words: Vec<&str> = message
            .split_whitespace()
            .filter(|word| !word.bytes().all(|b| b.is_ascii_digit()))
            .collect();
        let (schema, batches) = match answer.rows {
            Some(rows) => {
                let (schema, batches) = rows.finish(&zone).map_err(|e| own_fault(&e))?;
                (Some(schema), batches)
            }
            None => (None, Vec::new()),
        };
        Ok(Response {
            code: Some(words.join(" ")),
            rows_affected: Some(rows.unwrap_or(-1)),
            message,
            query_id: None,
            retries: std::mem::take(&mut self.retries),
            more: serde_json::Map::new(),
            batches,
            schema,
        })
    }
}

/// Whether the connection is of no more use.
fn is_end(error: &AdapterError) -> bool {
    error.kind == ErrorKind::Network || error.kind == ErrorKind::Cancelled && error.temporary
}

fn own_fault(error: &arrow::error::ArrowError) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("the answer could not be read: {error}: this is a bug in nexus"),
    )
}

/// A statement that someone else ended, or a limit of time, is not a cancellation of ours.
fn explained(error: AdapterError) -> AdapterError {
    match error.kind {
        ErrorKind::Cancelled => AdapterError {
            kind: ErrorKind::Limit,
            ..error
        }
        .with_hint(
            "The server ended the statement: it ran longer than the `statement_timeout` of its role, database or \
             session, or somebody cancelled it.",
        ),
        _ => error,
    }
}

fn push(rows: &mut Rows, body: &DataRowBody) -> std::io::Result<()> {
    let buffer = body.buffer();
    let ranges: Vec<_> = body.ranges().collect()?;
    rows.push(|column| {
        ranges
            .get(column)
            .cloned()
            .flatten()
            .and_then(|range| buffer.get(range))
    });
    Ok(())
}

/// Looks at the cancel token while a statement runs, and carries it to the server once.
struct Watch<'a> {
    config: &'a Config,
    cancel: &'a Cancel,
    key: Option<SessionKey>,
    sent: Option<Instant>,
}

impl<'a> Watch<'a> {
    fn new(config: &'a Config, cancel: &'a Cancel, key: Option<SessionKey>) -> Self {
        Self {
            config,
            cancel,
            key,
            sent: None,
        }
    }

    fn look(&mut self) -> Result<(), AdapterError> {
        if !self.cancel.is_cancelled() {
            return Ok(());
        }
        match self.sent {
            None => {
                self.sent = Some(Instant::now());
                if let Some(key) = self.key {
                    // Without this way the wait below ends the session.
                    let _ = send_cancel(self.config, key);
                }
                Ok(())
            }
            Some(sent) if sent.elapsed() < CANCEL_WAIT => Ok(()),
            // `temporary` marks that the connection is given up.
            Some(_) => Err(AdapterError {
                temporary: true,
                ..AdapterError::cancelled()
            }),
        }
    }
}

impl Drop for PgConnection {
    fn drop(&mut self) {
        // The server rolls back what is open.
        if let Some(login) = &mut self.login {
            let _ = login.wire.put(|buffer| {
                frontend::terminate(buffer);
                Ok(())
            });
            let _ = login.wire.flush();
        }
    }
}

impl Connection for PgConnection {
    fn execute(&mut self, sql: &str, options: Execute) -> Result<Response, AdapterError> {
        let answer = self.run(sql, options.fetch.then_some(options.limit))?;
        self.response(answer)
    }

    fn begin(&mut self) -> Result<(), AdapterError> {
        if !self.in_transaction() {
            self.begin_pending = true;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), AdapterError> {
        if std::mem::take(&mut self.begin_pending) || self.status == b'I' {
            return Ok(());
        }
        let answer = self.end("COMMIT").map_err(|error| match error.kind {
            ErrorKind::Network => error.with_hint(
                "Whether the transaction was kept is not known; what it built is built again by the next run.",
            ),
            _ => error,
        })?;
        if answer.tag.as_deref() == Some("ROLLBACK") {
            return Err(AdapterError::new(
                ErrorKind::Conflict,
                "the transaction had failed before, so that nothing of it was kept",
            ));
        }
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), AdapterError> {
        if std::mem::take(&mut self.begin_pending) || self.status == b'I' || self.login.is_none() {
            return Ok(());
        }
        if let Err(error) = self.end("ROLLBACK") {
            // The server does it by itself when the connection ends.
            self.login = None;
            self.status = b'I';
            if !is_end(&error) {
                return Err(error);
            }
        }
        Ok(())
    }

    fn list_relations(&mut self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError> {
        let sql = (self.questions.relations)(schema);
        let rows = self.ask(&sql)?;
        Ok(rows
            .into_iter()
            .map(|[name, schema, kind]| {
                Relation::new(Some(database), schema.as_deref(), name.as_deref())
                    .with_kind(Some(types::relation_kind(kind.as_deref().unwrap_or_default())))
            })
            .collect())
    }

    fn columns(&mut self, relation: &Relation) -> Result<Vec<Column>, AdapterError> {
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok());
        let mut rows = self.ask(&(self.questions.columns)(relation))?;
        if let Some(question) = self.questions.columns_of_unbound.filter(|_| rows.is_empty()) {
            rows = match self.ask(&question(relation)) {
                Err(error) if error.kind == ErrorKind::Missing => Vec::new(),
                other => other?,
            };
        }
        Ok(rows
            .into_iter()
            .map(|[name, dtype, size, precision, scale]| Column {
                name: name.unwrap_or_default(),
                dtype: dtype.unwrap_or_default(),
                char_size: number(size),
                numeric_precision: number(precision),
                numeric_scale: number(scale),
            })
            .collect())
    }

    fn columns_of_query(&mut self, sql: &str) -> Result<Option<Vec<Column>>, AdapterError> {
        let answer = self.run(sql, Some(Some(0)))?;
        let columns = answer.fields.into_iter().map(|field| Column {
            dtype: types::python_name(field.oid),
            name: field.name,
            char_size: None,
            numeric_precision: None,
            numeric_scale: None,
        });
        Ok(Some(columns.collect()))
    }

    fn view_dependencies(&mut self, _database: &str) -> Result<Vec<[String; 4]>, AdapterError> {
        let Some(sql) = self.questions.dependencies else {
            return Ok(Vec::new());
        };
        let rows = self.ask(sql)?;
        Ok(rows
            .into_iter()
            .map(|row| row.map(Option::unwrap_or_default))
            .collect())
    }

    fn list_schemas(&mut self, _database: &str) -> Result<Vec<String>, AdapterError> {
        let rows = self.ask("select nspname from pg_catalog.pg_namespace order by 1")?;
        Ok(rows.into_iter().filter_map(|[name]| name).collect())
    }

    fn load_csv(&mut self, relation: &Relation, file: &CsvFile<'_>) -> Result<u64, AdapterError> {
        if let Seeds::Insert(dialect) = self.questions.seeds {
            return insert::send(relation, file, dialect, &mut |sql| self.run(sql, None).map(drop));
        }
        let names: Vec<String> = file
            .columns
            .iter()
            .map(|name| PgDialect.quote_identifier(name))
            .collect();
        let sql = format!("copy {} ({}) from stdin", relation.path(), names.join(", "));
        if self.begin_pending {
            // The rows that follow must not cross the answer to `BEGIN`.
            self.run("select 1", None)?;
        }
        let Some(login) = self.login.as_mut() else {
            return Err(AdapterError::new(
                ErrorKind::Network,
                "the connection to the server was lost within a transaction",
            ));
        };
        let mut watch = Watch::new(&self.config, &self.cancel, login.key);
        let outcome = copy::send(&mut login.wire, &sql, file, &mut || watch.look());
        match outcome {
            Ok((rows, status)) => {
                self.status = status;
                rows
            }
            Err(error) => {
                self.login = None;
                self.status = b'I';
                Err(error)
            }
        }
    }
}

/// PostgreSQL's own catalog.
pub(in crate::adapters) const QUESTIONS: Questions = Questions {
    columns_of_unbound: None,
    seeds: Seeds::Copy,
    relations: |schema| {
        format!(
            "select c.relname, n.nspname, c.relkind from pg_catalog.pg_class as c \
             join pg_catalog.pg_namespace as n on n.oid = c.relnamespace \
             where c.relkind in ('r', 'p', 'f', 'v', 'm') and lower(n.nspname) = lower({}) order by 1",
            PgDialect.string_literal(schema)
        )
    },
    columns: |relation| {
        let path = Relation {
            database: None,
            ..relation.clone()
        }
        .path();
        format!(
            "select a.attname, pg_catalog.format_type(a.atttypid, null), \
             information_schema._pg_char_max_length(a.atttypid, a.atttypmod), \
             information_schema._pg_numeric_precision(a.atttypid, a.atttypmod), \
             information_schema._pg_numeric_scale(a.atttypid, a.atttypmod) \
             from pg_catalog.pg_attribute as a \
             where a.attrelid = pg_catalog.to_regclass({}) and a.attnum > 0 and not a.attisdropped \
             order by a.attnum",
            PgDialect.string_literal(&path)
        )
    },
    dependencies: Some(
        "select distinct vn.nspname, v.relname, rn.nspname, r.relname from pg_catalog.pg_rewrite as w \
         join pg_catalog.pg_class as v on v.oid = w.ev_class \
         join pg_catalog.pg_namespace as vn on vn.oid = v.relnamespace \
         join pg_catalog.pg_depend as d on d.objid = w.oid and d.classid = 'pg_catalog.pg_rewrite'::regclass \
         and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> w.ev_class \
         join pg_catalog.pg_class as r on r.oid = d.refobjid \
         join pg_catalog.pg_namespace as rn on rn.oid = r.relnamespace \
         where rn.nspname not in ('pg_catalog', 'information_schema')",
    ),
};
