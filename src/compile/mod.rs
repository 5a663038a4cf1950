//! A node's SQL with refs, sources, vars and ephemeral parents resolved (`execute` is true).
