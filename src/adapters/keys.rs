//! Which tables have keys, as each schema was when the run first asked; and whose turn it is to change tables that
//! foreign keys join.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::catalog::SchemaKey;

/// Kinds of keys by table.
pub(super) type KeysOfTables = HashMap<Arc<str>, Vec<String>>;

/// Shared by all sessions of a run.
#[derive(Default)]
pub(super) struct Keys {
    /// Guards the map; no call to a database happens while it is held.
    by_schema: Mutex<HashMap<SchemaKey, Arc<KeysOfTables>>>,
    /// Guards whether a session has the turn; the session that has it works with the database, others wait.
    is_taken: Mutex<bool>,
    given_back: Condvar,
}

/// The turn, given back when dropped.
pub(super) struct Turn(Arc<Keys>);

impl Keys {
    pub(super) fn of_schema(&self, key: &SchemaKey) -> Option<Arc<KeysOfTables>> {
        let known = self.by_schema.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).cloned()
    }

    /// Remembers the keys of a schema, unless another session was first; returns what is remembered.
    pub(super) fn remember(&self, key: SchemaKey, keys: KeysOfTables) -> Arc<KeysOfTables> {
        let mut known = self.by_schema.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(key).or_insert_with(|| Arc::new(keys)).clone()
    }

    /// Waits for the turn.
    pub(super) fn wait(self: &Arc<Self>) -> Turn {
        let taken = self.is_taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = self
            .given_back
            .wait_while(taken, |taken| *taken)
            .unwrap_or_else(PoisonError::into_inner);
        *taken = true;
        Turn(self.clone())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.is_taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.given_back.notify_one();
    }
}
