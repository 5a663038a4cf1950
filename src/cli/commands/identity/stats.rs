//! `identity stats`: how much there is of what.

use super::Questions;
use crate::cli::say::say;
use crate::cli::{Outcome, exit};

pub(super) fn run(questions: &Questions) -> Outcome {
    say!("{}", questions.ask("stats", &[])?.without_place().table());
    Ok(exit::OK)
}
