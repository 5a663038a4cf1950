//! What commands print to standard output themselves: one place, so that a reader that went away (`| head`) ends nothing.

use std::fmt::Arguments;
use std::io::Write;

/// Prints a line. Where nobody reads any more the text is lost, and the command ends as it would have.
pub(crate) fn line(text: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_fmt(text).and_then(|()| out.write_all(b"\n"));
}

/// Prints a line as `println!` does, without a panic where nobody reads it.
macro_rules! say {
    ($($part:tt)*) => { $crate::cli::say::line(format_args!($($part)*)) };
}

pub(crate) use say;
