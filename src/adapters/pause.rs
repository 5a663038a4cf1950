//! Waits that end early where the run is cancelled.

use std::time::{Duration, Instant};

use super::AdapterError;
use crate::invocation::Cancel;

/// How often a wait looks at the token.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits so long.
///
/// # Errors
/// Kind `Cancelled` as soon as the run is cancelled.
pub(super) fn pause(time: Duration, cancel: &Cancel) -> Result<(), AdapterError> {
    let until = Instant::now() + time;
    loop {
        if cancel.is_cancelled() {
            return Err(AdapterError::cancelled());
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(LOOK_EVERY));
    }
}
