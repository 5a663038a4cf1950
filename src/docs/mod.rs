//! The documentation page: one file that shows manifest and catalog to people, and the server that shows it.
//!
//! The page needs nothing from elsewhere. This room never reads a project: it works on the artifacts' text.

mod page;
mod server;

pub use page::write;
pub use server::Server;
