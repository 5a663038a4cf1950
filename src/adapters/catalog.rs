//! Which relations exist: each schema read once a run, kept true by what nodes create and drop.
//!
//! A schema is read by the first session that asks; others wait for its answer. What nodes do to a schema that
//! nobody has read yet, or that is being read at the moment, is remembered and laid over the answer, because the
//! reader's transaction may not see it.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;

use super::{AdapterError, Relation};

/// A schema's name, folded as the database compares names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SchemaKey {
    pub(super) database: Arc<str>,
    pub(super) schema: Arc<str>,
}

/// What is known of one identifier: it is there, or it is known not to be.
pub(super) type Known = Option<Relation>;

#[derive(Default)]
struct Schema {
    state: State,
    /// What the database said, with later changes; before the schema is read, the changes alone.
    relations: IndexMap<Arc<str>, Known>,
}

#[derive(Default, PartialEq, Clone, Copy)]
enum State {
    #[default]
    Unread,
    Reading,
    Read,
}

/// Relations by schema, shared by all sessions of a run.
#[derive(Default)]
pub struct Catalog {
    /// Guards the map; no call to a database happens while it is held.
    schemas: Mutex<HashMap<SchemaKey, Schema>>,
    /// Rings when a reader has finished.
    read: Condvar,
}

impl Catalog {
    fn lock(&self) -> MutexGuard<'_, HashMap<SchemaKey, Schema>> {
        self.schemas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a schema, reading it first with `read` where nobody has; `fold` makes a name comparable.
    ///
    /// Returns what `look` makes of its relations, and whether this call was the one that read.
    pub(super) fn with_schema<T>(
        &self,
        key: &SchemaKey,
        fold: impl Fn(&str) -> Arc<str>,
        read: impl FnOnce() -> Result<Vec<Relation>, AdapterError>,
        look: impl FnOnce(&IndexMap<Arc<str>, Known>) -> T,
    ) -> Result<(T, bool), AdapterError> {
        let mut schemas = self.lock();
        loop {
            let schema = schemas.entry(key.clone()).or_default();
            match schema.state {
                State::Read => return Ok((look(&schema.relations), false)),
                State::Reading => schemas = self.read.wait(schemas).unwrap_or_else(PoisonError::into_inner),
                State::Unread => break,
            }
        }
        if let Some(schema) = schemas.get_mut(key) {
            schema.state = State::Reading;
        }
        drop(schemas);
        // A reader that unwinds must not leave the others waiting.
        let mut guard = Reading {
            catalog: self,
            key,
            done: false,
        };
        let answer = read();
        let mut schemas = self.lock();
        let schema = schemas.entry(key.clone()).or_default();
        guard.done = true;
        self.read.notify_all();
        match answer {
            Err(error) => {
                schema.state = State::Unread;
                Err(error)
            }
            Ok(found) => {
                let changes = std::mem::take(&mut schema.relations);
                schema.relations = found
                    .into_iter()
                    .filter_map(|r| Some((fold(r.identifier.as_deref()?), Some(r))))
                    .collect();
                schema.relations.extend(changes);
                schema.state = State::Read;
                Ok((look(&schema.relations), true))
            }
        }
    }

    /// Notes that an identifier is there or is gone; returns what was known of it before.
    pub(super) fn set(&self, key: &SchemaKey, identifier: Arc<str>, known: Known) -> Option<Known> {
        self.lock()
            .entry(key.clone())
            .or_default()
            .relations
            .insert(identifier, known)
    }

    /// Puts back what was known of an identifier.
    pub(super) fn restore(&self, key: &SchemaKey, identifier: &Arc<str>, before: Option<Known>) {
        let mut schemas = self.lock();
        let schema = schemas.entry(key.clone()).or_default();
        match before {
            Some(known) => {
                schema.relations.insert(identifier.clone(), known);
            }
            // The schema was read since: what the database has under this name is hidden, so it is read anew.
            None if schema.state == State::Read => {
                schemas.remove(key);
            }
            None => {
                schema.relations.shift_remove(identifier);
            }
        }
    }

    /// Forgets a schema, so that the next look reads the database.
    pub(super) fn forget(&self, key: &SchemaKey) {
        self.lock().remove(key);
        self.read.notify_all();
    }

    pub(super) fn forget_all(&self) {
        self.lock().clear();
        self.read.notify_all();
    }
}

struct Reading<'a> {
    catalog: &'a Catalog,
    key: &'a SchemaKey,
    done: bool,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if !self.done {
            if let Some(schema) = self.catalog.lock().get_mut(self.key) {
                schema.state = State::Unread;
            }
            self.catalog.read.notify_all();
        }
    }
}
