//! One thread's view of the database: a connection made when first needed, and the run's shared catalog.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indexmap::IndexMap;

use super::catalog::{Catalog, Known, SchemaKey};
use super::keys::{Keys, Turn};
use super::views::{Name, Views};
use super::{
    Adapter, AdapterError, Column, ComponentCounts, Connection, CsvFile, ErrorKind, Execute, PythonJob,
    Relation, Response,
};
use crate::invocation::Cancel;
use crate::sql;

/// A statement on its way to the database, or the answer to it.
#[derive(Debug, Clone, Copy)]
pub enum Spoken<'a> {
    /// The final text, with its comment.
    Sent { sql: &'a str },
    /// The database's word, and the time until it came.
    Answered { message: &'a str, elapsed: Duration },
}

/// Called with the name of the connection, see [`Session::set_name`], when a statement leaves and when it is answered.
/// One that fails is not answered: its error goes to who asked.
pub type Observer = Arc<dyn Fn(&str, Spoken<'_>) + Send + Sync>;

/// What macros and the runner use to reach the database. Used by one thread at a time, shared by reference.
///
/// # Behavior
/// - The connection is opened by the first call that needs it.
/// - A schema is listed by one query a run, whichever session asks first.
/// - What the catalog learnt in a transaction that is rolled back is forgotten.
pub struct Session {
    adapter: Arc<dyn Adapter>,
    catalog: Arc<Catalog>,
    keys: Arc<Keys>,
    views: Arc<Views>,
    cancel: Cancel,
    /// Guards what changes during the session; the connection is taken out before the database is called.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the connection is used for, as logs call it; empty: nothing of its own.
    name: Arc<str>,
    connection: Slot,
    comment: Option<(String, bool)>,
    labels: Vec<(String, String)>,
    observer: Option<Observer>,
    in_transaction: bool,
    /// Held while tables that foreign keys join are changed, to the end of the transaction.
    turn: Option<Turn>,
    /// What to undo in the catalog if the transaction is rolled back, in order of change.
    learnt: Vec<Learnt>,
}

#[derive(Default)]
enum Slot {
    #[default]
    Closed,
    Open(Box<dyn Connection>),
    Busy,
}

enum Learnt {
    Schema(SchemaKey),
    Relation(SchemaKey, Arc<str>, Option<Known>),
}

impl Session {
    /// Returns a session that is not connected; sessions made by [`Session::sibling`] share its catalog.
    pub fn new(adapter: Arc<dyn Adapter>, cancel: Cancel) -> Self {
        Self {
            adapter,
            catalog: Arc::new(Catalog::default()),
            keys: Arc::default(),
            views: Arc::default(),
            cancel,
            state: Mutex::default(),
        }
    }

    /// Returns a session for another thread, with a connection of its own, the same catalog and the same observer.
    pub fn sibling(&self) -> Self {
        let state = State {
            observer: self.lock().observer.clone(),
            ..State::default()
        };
        Self {
            adapter: self.adapter.clone(),
            catalog: self.catalog.clone(),
            keys: self.keys.clone(),
            views: self.views.clone(),
            cancel: self.cancel.clone(),
            state: Mutex::new(state),
        }
    }

    pub fn adapter(&self) -> &Arc<dyn Adapter> {
        &self.adapter
    }

    /// Sets the text that is put before (or after) every statement; none for no comment.
    pub fn set_query_comment(&self, comment: Option<String>, append: bool) {
        self.lock().comment = comment
            .filter(|text| !text.trim().is_empty())
            .map(|text| (text.trim().replace("*/", ""), append));
    }

    /// Sets names and values that statements carry, where the database keeps such labels.
    pub fn set_labels(&self, labels: Vec<(String, String)>) {
        self.lock().labels = labels;
    }

    /// Sets what the connection is used for from now on: the id of a node.
    pub fn set_name(&self, name: &Arc<str>) {
        self.lock().name = name.clone();
    }

    /// Sets who is told of each statement and its answer.
    pub fn set_observer(&self, observer: Option<Observer>) {
        self.lock().observer = observer;
    }

    /// Says whether [`Session::begin`] was called without a commit or rollback since.
    pub fn in_transaction(&self) -> bool {
        self.lock().in_transaction
    }

    /// Runs SQL and answers for the last statement. Positions in errors count in `sql`, without the comment.
    pub fn execute(&self, sql: &str, options: Execute) -> Result<Response, AdapterError> {
        let (text, lines) = self.commented(sql);
        let labels = self.lock().labels.clone();
        self.told(&text, || {
            self.with_connection(|connection| {
                connection.set_labels(labels);
                connection.execute(&text, options)
            })
        })
        .map_err(|mut error| {
            error.position = error
                .position
                .and_then(|(line, column)| Some((lines.of_sql(line)?, column)));
            error
        })
    }

    /// Begins a transaction; within one it does nothing.
    pub fn begin(&self) -> Result<(), AdapterError> {
        if self.in_transaction() {
            return Ok(());
        }
        self.told_in_transaction("BEGIN", || self.with_connection(|connection| connection.begin()))?;
        self.lock().in_transaction = true;
        Ok(())
    }

    /// Begins a transaction even where the profile wants none; within one it does nothing.
    pub fn ensure_transaction(&self) -> Result<(), AdapterError> {
        let begin = || self.with_connection(|connection| connection.ensure_transaction());
        if self.in_transaction() {
            begin()?;
        } else {
            self.told_in_transaction("BEGIN", begin)?;
        }
        self.lock().in_transaction = true;
        Ok(())
    }

    /// Commits the open transaction; without one it does nothing.
    pub fn commit(&self) -> Result<(), AdapterError> {
        if !self.in_transaction() {
            return Ok(());
        }
        self.told_in_transaction("COMMIT", || {
            self.with_connection(|connection| connection.commit())
        })?;
        let mut state = self.lock();
        state.turn = None;
        state.in_transaction = false;
        state.learnt.clear();
        Ok(())
    }

    /// Rolls back what is open and forgets what the catalog learnt inside it; used after a failed node.
    pub fn rollback(&self) -> Result<(), AdapterError> {
        let (learnt, was_open) = {
            let mut state = self.lock();
            let was_open = std::mem::take(&mut state.in_transaction);
            (std::mem::take(&mut state.learnt), was_open)
        };
        for entry in learnt.into_iter().rev() {
            match entry {
                Learnt::Schema(key) => self.catalog.forget(&key),
                Learnt::Relation(key, identifier, before) => self.catalog.restore(&key, &identifier, before),
            }
        }
        let outcome = if matches!(self.lock().connection, Slot::Open(_)) {
            let rollback = || self.with_connection(|connection| connection.rollback());
            if was_open {
                self.told_in_transaction("ROLLBACK", rollback)
            } else {
                rollback()
            }
        } else {
            Ok(())
        };
        self.lock().turn = None;
        outcome
    }

    /// Waits until no other session changes tables that foreign keys join. The turn ends with the transaction, or by
    /// [`Session::give_turn_back`].
    pub fn take_turn(&self) {
        if self.lock().turn.is_none() {
            let turn = self.keys.wait();
            self.lock().turn = Some(turn);
        }
    }

    pub fn give_turn_back(&self) {
        self.lock().turn = None;
    }

    /// Returns the kinds of keys that a table had when the run first asked about its schema: `primary_key`, `unique`,
    /// `foreign_key`.
    pub fn key_constraints(&self, relation: &Relation) -> Result<Vec<String>, AdapterError> {
        let (Some(schema), Some(identifier)) = (&relation.schema, &relation.identifier) else {
            return Ok(Vec::new());
        };
        let database = relation.database.as_deref().unwrap_or(self.adapter.database());
        let key = self.key(database, schema);
        let known = match self.keys.of_schema(&key) {
            Some(known) => known,
            None => {
                let mut found: HashMap<Arc<str>, Vec<String>> = HashMap::new();
                for [table, kind] in self.with_connection(|c| c.key_constraints(database, schema))? {
                    found.entry(self.fold(&table)).or_default().push(kind);
                }
                self.keys.remember(key, found)
            }
        };
        Ok(known.get(&self.fold(identifier)).cloned().unwrap_or_default())
    }

    /// Returns the relations of a schema from the catalog, which reads each schema once a run.
    pub fn list_relations(&self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError> {
        self.look(database, schema, |relations| {
            relations.values().flatten().cloned().collect()
        })
    }

    /// Returns the relation with this name, or none. Names compare as the database compares them.
    pub fn get_relation(
        &self,
        database: &str,
        schema: &str,
        identifier: &str,
    ) -> Result<Option<Relation>, AdapterError> {
        let identifier = self.fold(identifier);
        self.look(database, schema, |relations| {
            relations.get(&identifier).cloned().flatten()
        })
    }

    /// Does what this database does by other ways than SQL, see [`Connection::operation`].
    pub fn operation(
        &self,
        name: &str,
        relation: &Relation,
        arguments: &serde_json::Value,
    ) -> Result<serde_json::Value, AdapterError> {
        self.with_connection(|connection| connection.operation(name, relation, arguments))
    }

    pub fn columns(&self, relation: &Relation) -> Result<Vec<Column>, AdapterError> {
        self.with_connection(|connection| connection.columns(relation))
    }

    /// Returns the columns that a query gives, see [`Connection::columns_of_query`].
    pub fn columns_of_query(&self, sql: &str) -> Result<Option<Vec<Column>>, AdapterError> {
        self.with_connection(|connection| connection.columns_of_query(sql))
    }

    /// Returns the schemas of a database; asked of the database each time.
    pub fn list_schemas(&self, database: &str) -> Result<Vec<String>, AdapterError> {
        self.with_connection(|connection| connection.list_schemas(database))
    }

    /// Tells the catalog that a relation exists now.
    pub fn cache_added(&self, relation: &Relation) {
        self.learn(relation, Some(relation.clone()));
    }

    /// Tells the catalog that a relation is gone, and its views where they go with it.
    pub fn cache_dropped(&self, relation: &Relation) {
        self.learn(relation, None);
        let Some(name) = self.name(relation) else { return };
        self.read_views();
        for (key, identifier) in self.views.remove(&name) {
            self.learn_name(key, identifier, None);
        }
    }

    pub fn cache_renamed(&self, from: &Relation, to: &Relation) {
        if let (Some(from), Some(to)) = (self.name(from), self.name(to)) {
            self.read_views();
            self.views.rename(&from, &to);
        }
        self.learn(from, None);
        self.learn(to, Some(to.clone().with_kind(to.kind.or(from.kind))));
    }

    /// Forgets a schema, or all of them, so that the next look reads the database.
    pub fn cache_forget(&self, schema: Option<(&str, &str)>) {
        match schema {
            Some((database, schema)) => self.catalog.forget(&self.key(database, schema)),
            None => self.catalog.forget_all(),
        }
    }

    /// Loads a CSV file's rows (header excluded) into an existing table.
    pub fn load_csv(&self, relation: &Relation, file: &CsvFile<'_>) -> Result<u64, AdapterError> {
        self.with_connection(|connection| connection.load_csv(relation, file))
    }

    /// Finds connected components in memory, see [`Connection::connected_components`]; none where that is not possible.
    pub fn connected_components(
        &self,
        sql: &str,
        into: &Relation,
        columns: &[String; 4],
    ) -> Result<Option<ComponentCounts>, AdapterError> {
        self.with_connection(|connection| connection.connected_components(sql, into, columns))
    }

    /// Runs a model in Python, see [`Connection::run_python`].
    pub fn run_python(&self, job: &PythonJob<'_>) -> Result<Response, AdapterError> {
        self.with_connection(|connection| connection.run_python(job))
    }

    /// Tells the observer of a statement that `send` sends.
    fn told(
        &self,
        sql: &str,
        send: impl FnOnce() -> Result<Response, AdapterError>,
    ) -> Result<Response, AdapterError> {
        let (observer, name) = {
            let state = self.lock();
            (state.observer.clone(), state.name.clone())
        };
        let Some(observer) = observer else {
            return send();
        };
        observer(&name, Spoken::Sent { sql });
        let begun = Instant::now();
        let response = send()?;
        let (message, elapsed) = (response.message.as_str(), begun.elapsed());
        observer(&name, Spoken::Answered { message, elapsed });
        Ok(response)
    }

    /// The same of a word that only databases with transactions are sent.
    fn told_in_transaction(
        &self,
        sql: &str,
        send: impl FnOnce() -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        if !self.adapter.capability().transactional_ddl {
            return send();
        }
        let ok = || Response {
            message: "OK".to_owned(),
            ..Response::default()
        };
        self.told(sql, || send().map(|()| ok())).map(drop)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text with its comment, and where its lines come from. A database that takes one statement at a time gets the
    /// comment with each of them.
    fn commented(&self, sql: &str) -> (String, Lines) {
        let state = self.lock();
        let Some((comment, behind)) = &state.comment else {
            return (sql.to_owned(), Lines(vec![(1, 1)]));
        };
        let Some(lexis) = self.adapter.dialect().one_at_a_time() else {
            let (text, before) = commented(sql, comment, *behind);
            return (text, Lines(vec![(1 + before, 1)]));
        };
        let mut out = String::with_capacity(sql.len() + comment.len() + 8);
        let mut lines = Vec::new();
        let mut next = 1;
        for statement in sql::statements(sql, lexis) {
            let (text, before) = commented(statement.text, comment, *behind);
            lines.push((next + before, statement.line));
            next += u32::try_from(text.matches('\n').count() + 1).unwrap_or(1);
            out.push_str(&text);
            out.push_str(";\n");
        }
        (out, Lines(lines))
    }

    fn with_connection<T>(
        &self,
        work: impl FnOnce(&mut dyn Connection) -> Result<T, AdapterError>,
    ) -> Result<T, AdapterError> {
        let slot = std::mem::replace(&mut self.lock().connection, Slot::Busy);
        // The slot is filled again even if the work unwinds.
        let mut returned = Returned {
            session: self,
            connection: None,
        };
        let connection = match slot {
            Slot::Open(connection) => connection,
            Slot::Closed => self.adapter.connect(&self.cancel)?,
            Slot::Busy => {
                std::mem::forget(returned);
                return Err(AdapterError::new(
                    ErrorKind::Other,
                    "a database session was used by two threads at once: this is a bug in nexus",
                ));
            }
        };
        work(returned.connection.insert(connection).as_mut())
    }

    fn fold(&self, name: &str) -> Arc<str> {
        if self.adapter.capability().case_sensitive_names {
            Arc::from(name)
        } else {
            Arc::from(name.to_lowercase())
        }
    }

    fn key(&self, database: &str, schema: &str) -> SchemaKey {
        SchemaKey {
            database: self.fold(database),
            schema: self.fold(schema),
        }
    }

    fn look<T>(
        &self,
        database: &str,
        schema: &str,
        look: impl FnOnce(&IndexMap<Arc<str>, Known>) -> T,
    ) -> Result<T, AdapterError> {
        let key = self.key(database, schema);
        let read = || self.with_connection(|connection| connection.list_relations(database, schema));
        let (answer, was_read) = self
            .catalog
            .with_schema(&key, |name| self.fold(name), read, look)?;
        if was_read {
            let mut state = self.lock();
            if state.in_transaction {
                state.learnt.push(Learnt::Schema(key));
            }
        }
        Ok(answer)
    }

    /// Names of a relation; none of a temporary one, which has no schema, belongs to one connection and is not listed.
    fn name(&self, relation: &Relation) -> Option<Name> {
        let (Some(schema), Some(identifier)) = (&relation.schema, &relation.identifier) else {
            return None;
        };
        let database = relation.database.as_deref().unwrap_or(self.adapter.database());
        Some((self.key(database, schema), self.fold(identifier)))
    }

    /// Asks once a run which views read what. Without an answer the catalog keeps views that are gone.
    fn read_views(&self) {
        if self.views.is_known() {
            return;
        }
        let database = self.adapter.database();
        if let Ok(found) = self.with_connection(|connection| connection.view_dependencies(database)) {
            let name = |schema: &str, identifier: &str| (self.key(database, schema), self.fold(identifier));
            self.views.remember(
                found
                    .iter()
                    .map(|[schema, view, of, read]| (name(schema, view), name(of, read))),
            );
        }
    }

    fn learn(&self, relation: &Relation, known: Known) {
        if let Some((key, identifier)) = self.name(relation) {
            self.learn_name(key, identifier, known);
        }
    }

    fn learn_name(&self, key: SchemaKey, identifier: Arc<str>, known: Known) {
        let before = self.catalog.set(&key, identifier.clone(), known);
        let mut state = self.lock();
        if state.in_transaction {
            state.learnt.push(Learnt::Relation(key, identifier, before));
        }
    }
}

/// Where the lines of a commented text come from: pairs of its line and the line of the text without comments.
struct Lines(Vec<(u32, u32)>);

impl Lines {
    fn of_sql(&self, line: u32) -> Option<u32> {
        let (from, original) = self.0.iter().rev().find(|(from, _)| *from <= line)?;
        Some(original + (line - from))
    }
}

/// The statement with its comment, and how many lines stand before it.
fn commented(sql: &str, comment: &str, behind: bool) -> (String, u32) {
    if !behind {
        let lines = comment.matches('\n').count() + 1;
        return (
            format!("/* {comment} */\n{sql}"),
            u32::try_from(lines).unwrap_or(0),
        );
    }
    let body = sql.trim_end();
    match body.strip_suffix(';') {
        Some(body) => (format!("{body}\n/* {comment} */;"), 0),
        None => (format!("{body}\n/* {comment} */"), 0),
    }
}

struct Returned<'a> {
    session: &'a Session,
    connection: Option<Box<dyn Connection>>,
}

impl Drop for Returned<'_> {
    fn drop(&mut self) {
        self.session.lock().connection = match self.connection.take() {
            Some(connection) => Slot::Open(connection),
            None => Slot::Closed,
        };
    }
}
