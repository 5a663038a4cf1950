//! Projects in real folders.
