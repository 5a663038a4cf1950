//! Which views read which relations, as the database was when the run first changed one: dropping a relation there takes
//! its views along.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::catalog::SchemaKey;

/// A relation's schema and identifier, folded as the database compares names.
pub(super) type Name = (SchemaKey, Arc<str>);

/// Shared by all sessions of a run.
#[derive(Default)]
pub(super) struct Views {
    /// Guards the views by what they read; none until the database was asked. No call to a database happens inside.
    by_relation: Mutex<Option<HashMap<Name, Vec<Name>>>>,
}

impl Views {
    fn lock(&self) -> MutexGuard<'_, Option<HashMap<Name, Vec<Name>>>> {
        self.by_relation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_known(&self) -> bool {
        self.lock().is_some()
    }

    /// Remembers pairs of a view and what it reads, unless another session was first.
    pub(super) fn remember(&self, pairs: impl Iterator<Item = (Name, Name)>) {
        self.lock().get_or_insert_with(|| {
            let mut found: HashMap<Name, Vec<Name>> = HashMap::new();
            for (view, read) in pairs {
                found.entry(read).or_default().push(view);
            }
            found
        });
    }

    /// Moves a relation's views to its new name.
    pub(super) fn rename(&self, from: &Name, to: &Name) {
        if let Some(known) = self.lock().as_mut()
            && let Some(views) = known.remove(from)
        {
            known.entry(to.clone()).or_default().extend(views);
        }
    }

    /// Forgets a relation; returns the views that go with it, and the views of those.
    pub(super) fn remove(&self, name: &Name) -> Vec<Name> {
        let mut lock = self.lock();
        let Some(known) = lock.as_mut() else {
            return Vec::new();
        };
        let mut gone: Vec<Name> = Vec::new();
        let mut pending = known.remove(name).unwrap_or_default();
        while let Some(view) = pending.pop() {
            pending.extend(known.remove(&view).unwrap_or_default());
            if !gone.contains(&view) {
                gone.push(view);
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Name, SchemaKey, Views};

    fn name(identifier: &str) -> Name {
        let schema = SchemaKey {
            database: Arc::from("d"),
            schema: Arc::from("s"),
        };
        (schema, Arc::from(identifier))
    }

    #[test]
    fn views_of_views_go_with_a_renamed_relation() {
        let views = Views::default();
        let pairs = [("v", "t"), ("w", "v"), ("other", "u")];
        views.remember(pairs.into_iter().map(|(view, read)| (name(view), name(read))));
        views.rename(&name("t"), &name("t_old"));
        assert!(views.remove(&name("t")).is_empty());
        assert_eq!(views.remove(&name("t_old")), [name("v"), name("w")]);
        assert!(views.remove(&name("t_old")).is_empty());
    }
}
