//! `identity check`: the invariants, held against the tables as they are.

use super::Questions;
use crate::cli::say::say;
use crate::cli::{Outcome, exit};

pub(super) fn run(questions: &Questions) -> Outcome {
    let answer = questions.ask("check", &[])?.without_place();
    let broken = answer
        .rows
        .iter()
        .filter(|r| r.last().is_some_and(|n| n != "0"))
        .count();
    say!("{}", answer.table());
    if broken == 0 {
        say!("All hold.");
        return Ok(exit::OK);
    }
    say!(
        "{broken} of {} are broken. Build `+nexus_resolved_identifiers nexus_identity_edges` anew; what stays broken is a bug in nexus.",
        answer.rows.len()
    );
    Ok(exit::FAILED)
}
