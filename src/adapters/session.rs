//! One thread's view of the database: a connection made when first needed, and the run's shared catalog.

use std::sync::Arc;

use super::catalog::Catalog;
use super::{Adapter, AdapterError, Column, Execute, Relation, Response};
use crate::invocation::Cancel;

/// Called before each statement leaves, with the final text: for `target/run`, logs, and query comments.
pub type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// What macros and the runner use to reach the database. Used by one thread at a time, shared by reference.
pub struct Session {
    adapter: Arc<dyn Adapter>,
    catalog: Arc<Catalog>,
    cancel: Cancel,
}

impl Session {
    /// Returns a session that is not connected; sessions made by [`Session::sibling`] share its catalog.
    pub fn new(adapter: Arc<dyn Adapter>, cancel: Cancel) -> Self {
        Self {
            adapter,
            catalog: Arc::new(Catalog::default()),
            cancel,
        }
    }

    /// Returns a session for another thread, with a connection of its own and the same catalog.
    pub fn sibling(&self) -> Self {
        Self {
            adapter: self.adapter.clone(),
            catalog: self.catalog.clone(),
            cancel: self.cancel.clone(),
        }
    }

    pub fn adapter(&self) -> &Arc<dyn Adapter> {
        &self.adapter
    }

    /// Sets the text that is put before (or after) every statement; none for no comment.
    pub fn set_query_comment(&self, _comment: Option<String>, _append: bool) {
        todo!()
    }

    /// Runs SQL and answers for the last statement.
    pub fn execute(&self, _sql: &str, _options: Execute) -> Result<Response, AdapterError> {
        todo!()
    }

    pub fn begin(&self) -> Result<(), AdapterError> {
        todo!()
    }

    pub fn commit(&self) -> Result<(), AdapterError> {
        todo!()
    }

    /// Rolls back what is open and forgets what the catalog learnt inside it; used after a failed node.
    pub fn rollback(&self) -> Result<(), AdapterError> {
        todo!()
    }

    /// Returns the relations of a schema from the catalog, which reads each schema once a run.
    pub fn list_relations(&self, _database: &str, _schema: &str) -> Result<Vec<Relation>, AdapterError> {
        todo!()
    }

    /// Returns the relation with this name, or none. Names compare as the database compares them.
    pub fn get_relation(
        &self,
        _database: &str,
        _schema: &str,
        _identifier: &str,
    ) -> Result<Option<Relation>, AdapterError> {
        todo!()
    }

    pub fn columns(&self, _relation: &Relation) -> Result<Vec<Column>, AdapterError> {
        todo!()
    }

    pub fn list_schemas(&self, _database: &str) -> Result<Vec<String>, AdapterError> {
        todo!()
    }

    /// Tells the catalog that a relation exists now.
    pub fn cache_added(&self, _relation: &Relation) {
        todo!()
    }

    /// Tells the catalog that a relation is gone.
    pub fn cache_dropped(&self, _relation: &Relation) {
        todo!()
    }

    pub fn cache_renamed(&self, _from: &Relation, _to: &Relation) {
        todo!()
    }

    /// Forgets a schema, or all of them, so that the next look reads the database.
    pub fn cache_forget(&self, _schema: Option<(&str, &str)>) {
        todo!()
    }

    pub fn load_csv(
        &self,
        _relation: &Relation,
        _path: &std::path::Path,
        _columns: &[String],
        _delimiter: char,
    ) -> Result<u64, AdapterError> {
        todo!()
    }
}
