//! How many nodes and batches may be worked on at once: one permit for each of the run's threads.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// The permits of one run. Clones share them.
#[derive(Debug, Clone)]
pub struct Permits {
    /// Guards the number of free permits alone; nothing is run while it is held.
    free: Arc<(Mutex<usize>, Condvar)>,
}

/// A permit, given back when dropped.
#[derive(Debug)]
pub struct Permit(Permits);

impl Permits {
    pub fn new(count: usize) -> Self {
        Self {
            free: Arc::new((Mutex::new(count.max(1)), Condvar::new())),
        }
    }

    /// Waits for a permit.
    pub fn wait(&self) -> Permit {
        let (free, given_back) = &*self.free;
        let guard = free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut guard = given_back
            .wait_while(guard, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *guard -= 1;
        Permit(self.clone())
    }

    /// Returns a permit if one is free.
    pub fn take(&self) -> Option<Permit> {
        let mut free = self.free.0.lock().unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Permit(self.clone()))
    }
}

impl Default for Permits {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (free, given_back) = &*self.0.free;
        *free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        given_back.notify_one();
    }
}
