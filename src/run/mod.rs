//! Runs a selection: scheduler, workers, and what each kind of node does.
