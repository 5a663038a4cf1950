//! `identity explain`: why two identifiers are one entity.

use super::chain::{Edge, Identifier, shortest};
use super::{Answer, Questions};
use crate::cli::say::say;
use crate::cli::{Outcome, exit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::report::render_table;

/// Columns of `nexus_question_identifiers`.
const ENTITY: usize = 0;
const TYPE: usize = 2;
const VALUE: usize = 3;

pub(super) fn run(questions: &Questions, a: &str, b: &str) -> Outcome {
    let (of_a, of_b) = (
        questions.ask("identifiers", &[a])?,
        questions.ask("identifiers", &[b])?,
    );
    let known_a = known(questions, a, &of_a)?;
    let known_b = known(questions, b, &of_b)?;
    if !(known_a && known_b) {
        return Ok(exit::FAILED);
    }
    let together = of_a
        .rows
        .iter()
        .find_map(|x| of_b.rows.iter().find(|y| x[ENTITY] == y[ENTITY]).map(|y| (x, y)));
    let Some((x, y)) = together else {
        say!("Not one entity:");
        for (name, answer) in [(a, &of_a), (b, &of_b)] {
            for row in &answer.rows {
                say!("  `{name}` is {} `{}` of {}", row[TYPE], row[VALUE], row[ENTITY]);
            }
        }
        return Ok(exit::FAILED);
    };
    let answer = questions.ask("edges", &[&x[ENTITY]])?;
    let edges: Vec<Edge> = answer
        .rows
        .iter()
        .map(|r| ((r[0].clone(), r[1].clone()), (r[2].clone(), r[3].clone())))
        .collect();
    let (from, to) = (identifier(x), identifier(y));
    let Some(chain) = shortest(&edges, &from, &to) else {
        return Err(torn(&x[ENTITY]).into());
    };
    say!(
        "`{}` and `{}` are one entity, {}, by {} {}:",
        from.1,
        to.1,
        x[ENTITY],
        chain.len(),
        if chain.len() == 1 { "edge" } else { "edges" }
    );
    print_chain(&from, &chain, &answer);
    Ok(exit::OK)
}

fn print_chain(from: &Identifier, chain: &[(usize, Identifier)], answer: &Answer) {
    let columns = ["from", "to", "event", "source", "time", "sightings", "rule"].map(str::to_owned);
    let numeric = [false, false, false, false, false, true, false];
    let mut here = from;
    let mut rows = Vec::new();
    for (index, there) in chain {
        let edge = &answer.rows[*index];
        let mut row = vec![
            format!("{}:{}", here.0, here.1),
            format!("{}:{}", there.0, there.1),
        ];
        row.extend(edge[4..].iter().cloned());
        rows.push(row);
        here = there;
    }
    if !rows.is_empty() {
        say!("{}", render_table(&columns, &numeric, &rows));
    }
}

fn identifier(row: &[String]) -> Identifier {
    (row[TYPE].clone(), row[VALUE].clone())
}

/// Says so where a text names no identifier, and why, as far as quarantine tells.
fn known(questions: &Questions, text: &str, answer: &Answer) -> Result<bool, Diagnostics> {
    if !answer.rows.is_empty() {
        return Ok(true);
    }
    let quarantine = questions.ask("quarantine", &[text])?;
    if quarantine.rows.is_empty() {
        say!("`{text}` is no identifier that was seen. Give it as it is compared: value, or type:value.");
    }
    for row in &quarantine.rows {
        say!(
            "`{text}` joins nothing: {} ({} sightings in quarantine)",
            row[0],
            row[1]
        );
    }
    Ok(false)
}

fn torn(entity: &str) -> Diagnostic {
    Diagnostic::error(
        Code::USAGE,
        format!("no chain of edges leads from one identifier to the other, though both are of {entity}"),
    )
    .hint("The tables are of different builds: build `+nexus_resolved_identifiers nexus_identity_edges`, and ask `nexus identity check`.")
}
