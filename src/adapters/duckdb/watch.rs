//! Carries a cancellation to running statements: one thread an instance, asleep while nothing runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use duckdb::InterruptHandle;

use crate::invocation::Cancel;

/// How often a running statement's token is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// The statements that run now.
#[derive(Default)]
pub(super) struct Watch {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Guards the list; an interrupt only sets a flag in the library, so it may happen inside.
    running: Mutex<Running>,
    changed: Condvar,
}

#[derive(Default)]
struct Running {
    statements: BTreeMap<u64, (Cancel, Arc<InterruptHandle>)>,
    next: u64,
    thread_lives: bool,
    /// The thread waits for a statement, and not for the time to look again. It is woken only then: short statements that follow one another
    /// would have it woken thousands of times.
    sleeps: bool,
    closed: bool,
}

/// A statement that is being watched, until it is dropped.
pub(super) struct Watched {
    shared: Arc<Shared>,
    id: u64,
}

impl Watch {
    /// Watches the statement that the caller is about to run.
    pub(super) fn statement(&self, cancel: &Cancel, handle: &Arc<InterruptHandle>) -> Watched {
        let mut running = self.shared.lock();
        let id = running.next;
        running.next += 1;
        running.statements.insert(id, (cancel.clone(), handle.clone()));
        if !running.thread_lives {
            let shared = self.shared.clone();
            // Without the thread a cancellation takes effect at the next statement.
            running.thread_lives = std::thread::Builder::new()
                .name("interrupts".to_owned())
                .spawn(move || shared.watch())
                .is_ok();
        }
        let sleeps = running.sleeps;
        drop(running);
        if sleeps {
            self.shared.changed.notify_one();
        }
        Watched {
            shared: self.shared.clone(),
            id,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.shared.lock().statements.remove(&self.id);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        let mut running = self.lock();
        while !running.closed {
            // An interrupt that comes before the statement has really begun is lost, so it is repeated.
            for (cancel, handle) in running.statements.values() {
                if cancel.is_cancelled() {
                    handle.interrupt();
                }
            }
            running = if running.statements.is_empty() {
                running.sleeps = true;
                let mut woken = self.changed.wait(running).unwrap_or_else(PoisonError::into_inner);
                woken.sleeps = false;
                woken
            } else {
                let waited = self.changed.wait_timeout(running, LOOK_EVERY);
                waited.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }
}
