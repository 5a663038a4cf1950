//! `identity dry-run`: what the rules that are configured now would make of the entities that are built.

use super::{Answer, Questions};
use crate::cli::say::say;
use crate::cli::{Outcome, exit};

/// Entities that are listed of each change.
const ENTITIES_MAX: usize = 20;

/// What happens to entities, as the macro names it, with what the last number says.
const CHANGES: [(&str, &str, &str); 3] = [
    ("falls apart", "would fall apart", "parts"),
    ("merges", "would merge with others", "identifiers of the whole"),
    (
        "loses identifiers",
        "would lose identifiers",
        "identifiers that stay",
    ),
];

pub(super) fn run(questions: &Questions) -> Outcome {
    // One more than is shown tells whether there are more.
    let answer = questions
        .ask("dry_run", &[&(ENTITIES_MAX + 1).to_string()])?
        .without_place()
        .without_place();
    let counts = answer.part(|what| CHANGES.iter().all(|(change, ..)| what != *change));
    let heads = ["", "of", "as built", "by these rules"];
    say!("{}", counts.renamed(&heads).table());
    let mut changes = 0;
    for (change, said, becomes) in CHANGES {
        let mut entities = answer.part(|what| what == change);
        if entities.rows.is_empty() {
            continue;
        }
        changes += 1;
        let has_more = entities.rows.len() > ENTITIES_MAX;
        entities.rows.truncate(ENTITIES_MAX);
        say!(
            "Entities that {said}{}:",
            if has_more { ", the largest" } else { "" }
        );
        let heads = ["entity", "identifiers", becomes];
        say!("{}", entities.without_place().renamed(&heads).table());
    }
    if changes == 0 {
        say!("No entity would change.");
    }
    Ok(exit::OK)
}

impl Answer {
    /// Returns the rows whose first column fits.
    fn part(&self, fits: impl Fn(&str) -> bool) -> Self {
        let rows = self
            .rows
            .iter()
            .filter(|r| r.first().is_some_and(|what| fits(what)));
        Self {
            columns: self.columns.clone(),
            numeric: self.numeric.clone(),
            rows: rows.cloned().collect(),
        }
    }

    fn renamed(mut self, heads: &[&str]) -> Self {
        self.columns = heads.iter().map(|head| (*head).to_owned()).collect();
        self
    }
}
