//! Exit codes: the program's promise to scripts.

/// All went well; warnings may have been shown.
pub const OK: u8 = 0;
/// A node or a test failed.
pub const FAILED: u8 = 1;
/// The command line, the project or the program itself was at fault; nothing or not all was run.
pub const FAULT: u8 = 2;
/// The user interrupted the run.
pub const INTERRUPTED: u8 = 130;
