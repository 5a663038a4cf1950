//! `identity show`: an entity's identifiers, and what the log says about it.

use super::{Answer, Questions};
use crate::cli::say::say;
use crate::cli::{Outcome, exit};

pub(super) fn run(questions: &Questions, text: &str) -> Outcome {
    let named = questions.ask("identifiers", &[text])?;
    let mut entities: Vec<&str> = named
        .rows
        .iter()
        .filter_map(|r| r.first().map(String::as_str))
        .collect();
    entities.dedup();
    if entities.is_empty() {
        // An id that was merged into another one stands in the log alone.
        let log = log(questions, text)?;
        if let Some(log) = log.filter(|l| !l.rows.is_empty()) {
            say!("{text} has no identifiers. The log says:\n{}", log.table());
            return Ok(exit::OK);
        }
        say!("`{text}` is neither an entity nor an identifier of one.");
        return Ok(exit::FAILED);
    }
    for entity in entities {
        say!("{entity}:\n{}", questions.ask("identifiers", &[entity])?.table());
        if let Some(log) = log(questions, entity)? {
            say!("The log says:\n{}", log.table());
        }
    }
    Ok(exit::OK)
}

fn log(questions: &Questions, entity: &str) -> Result<Option<Answer>, crate::diagnostic::Diagnostics> {
    if !questions.has_log {
        return Ok(None);
    }
    questions.ask("log", &[entity]).map(Some)
}
