//! Which relations exist: each schema read once a run, kept true by what nodes create and drop.

/// Relations by schema, shared by all sessions of a run.
#[derive(Default)]
pub struct Catalog {}
