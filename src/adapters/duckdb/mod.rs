//! DuckDB, embedded.
