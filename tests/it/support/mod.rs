//! What tests share: projects in temporary folders, runs of the binary, dbt beside it, redactions, Rust source without its comments.

pub mod dice;
pub mod environment;
pub mod front;
pub mod hub;
pub mod lab;
pub mod oracle;
pub mod redact;
pub mod rust_source;
pub mod shop;
pub mod shown;
pub mod unserved;
pub mod wire;
