//! The wording of a run's lines, after dbt's.

use std::time::Duration;

use crate::events::{NodeRef, SeedSample, Status};

/// The colour that a status has, where colours are on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tint {
    Plain,
    Green,
    Yellow,
    Red,
}

impl Tint {
    pub fn paint(self, text: &str, colour: bool) -> String {
        let code = match self {
            Self::Plain => return text.to_owned(),
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Red => 31,
        };
        if colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// What is said of a finished node: the words before the dots, the word in brackets, and its tint.
pub fn finished(
    node: &NodeRef,
    status: Status,
    message: &str,
    failures: Option<u64>,
) -> (String, String, Tint) {
    let label = &*node.label;
    if status == Status::Skipped {
        let head = match node.resource_type {
            "model" | "seed" | "snapshot" => format!("SKIP relation {}", node.relation),
            "operation" => format!("SKIP {label}"),
            kind => format!("SKIP {kind} {}", node.name),
        };
        return (head, "SKIP".into(), Tint::Yellow);
    }
    if status == Status::NoOp {
        return (format!("NO-OP {label}"), "NO-OP".into(), Tint::Yellow);
    }
    if matches!(node.resource_type, "test" | "unit_test") {
        let name = label.strip_prefix("unit_test ").unwrap_or(&node.name);
        let count = failures.unwrap_or(0);
        let (word, tint) = match status {
            Status::Pass => ("PASS".to_owned(), Tint::Green),
            Status::Warn => (format!("WARN {count}"), Tint::Yellow),
            Status::Fail => (format!("FAIL {count}"), Tint::Red),
            _ => ("ERROR".to_owned(), Tint::Red),
        };
        return (format!("{word} {name}"), word, tint);
    }
    if status == Status::PartialSuccess {
        return (
            format!("PARTIALLY created {label}"),
            message.to_owned(),
            Tint::Yellow,
        );
    }
    if node.resource_type == "source" {
        let tint = match status {
            Status::Pass => Tint::Green,
            Status::Warn => Tint::Yellow,
            _ => Tint::Red,
        };
        return (format!("{message} {label}"), message.to_owned(), tint);
    }
    let failed = status == Status::Error;
    let verb = match (node.resource_type, failed) {
        ("seed", false) => "OK loaded",
        ("seed", true) => "ERROR loading",
        ("snapshot", false) => "OK snapshotted",
        ("snapshot", true) => "ERROR snapshotting",
        ("operation", false) => "OK",
        (_, false) => "OK created",
        ("operation", true) => "ERROR",
        (_, true) => "ERROR creating",
    };
    let word = if failed {
        "ERROR".to_owned()
    } else if node.resource_type == "operation" {
        "OK".to_owned()
    } else {
        message.to_owned()
    };
    // "snapshotted" says what it is.
    let label = label.strip_prefix("snapshot ").unwrap_or(label);
    (
        format!("{verb} {label}"),
        word,
        if failed { Tint::Red } else { Tint::Green },
    )
}

/// Says that a statement leaves: `On model.shop.orders: select 1`.
pub fn sent(connection: &str, sql: &str) -> String {
    format!("On {}: {sql}", connection_name(connection))
}

/// Says that it was answered: `SQL status: OK in 0.012 seconds`.
pub fn answered(message: &str, elapsed: Duration) -> String {
    format!("SQL status: {message} in {:.3} seconds", elapsed.as_secs_f64())
}

/// Returns what a connection is called: the node that it is used for, as dbt `master` where there is none.
pub fn connection_name(connection: &str) -> &str {
    if connection.is_empty() {
        "master"
    } else {
        connection
    }
}

/// Says whether nothing is done for a node, so that nothing is said of its start.
pub fn is_described(node: &NodeRef) -> bool {
    matches!(
        node.resource_type,
        "exposure" | "saved_query" | "metric" | "semantic_model"
    )
}

/// A line of progress: `3 of 10 OK created … [OK in 0.12s]`.
pub struct Line<'a> {
    pub index: usize,
    pub total: usize,
    pub head: &'a str,
    pub status: &'a str,
    pub tint: Tint,
    pub elapsed: Option<Duration>,
}

impl Line<'_> {
    /// Lays the line out with dots up to a width; only the status is coloured.
    pub fn render(&self, width: usize, colour: bool) -> String {
        let mut out = format!("{} of {} {} ", self.index, self.total, self.head);
        let used = out.chars().count();
        out.extend(std::iter::repeat_n('.', width.saturating_sub(used)));
        let painted = self.tint.paint(self.status, colour);
        match self.elapsed {
            Some(elapsed) => out.push_str(&format!(" [{painted} in {:.2}s]", elapsed.as_secs_f64())),
            None => out.push_str(&format!(" [{painted}]")),
        }
        out
    }
}

/// The line of a batch: at its beginning, or with how it ended.
pub fn batch(
    (index, total): (usize, usize),
    description: &str,
    ended: Option<&(Status, String, Duration)>,
    (width, colour): (usize, bool),
) -> String {
    let (verb, status, tint) = match ended {
        None => ("START", "RUN", Tint::Plain),
        Some((Status::Error, _, _)) => ("ERROR creating", "ERROR", Tint::Red),
        Some((Status::Skipped, _, _)) => ("SKIP", "SKIPPED", Tint::Yellow),
        Some((_, word, _)) => ("OK created", word.as_str(), Tint::Green),
    };
    let line = Line {
        index,
        total,
        head: &format!("{verb} {description}"),
        status,
        tint,
        elapsed: ended.map(|(_, _, elapsed)| *elapsed),
    };
    format!("Batch {}", line.render(width, colour))
}

/// Sums up the deprecations of a call.
pub fn deprecations(counts: &[(&'static str, &'static str, usize)], more: bool) -> String {
    let mut out = "Summary of encountered deprecations:".to_owned();
    for (name, _, count) in counts {
        out.push_str(&format!("\n- {name}: {}", plural(*count, "occurrence")));
    }
    if more {
        out.push_str("\nTo see all of them, not only the first of each kind, add --show-all-deprecations.");
    }
    out
}

/// Heads the rows of a seed.
pub fn sample_header(sample: &SeedSample) -> String {
    format!("Random sample of table: {}", sample.relation)
}

/// Writes "1 error", "2 errors", "2 analyses".
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        // dbt's word for one of them.
        let noun = if noun == "data test" { "test" } else { noun };
        format!("{count} {noun}")
    } else if let Some(stem) = noun.strip_suffix("is") {
        format!("{count} {stem}es")
    } else if let Some(stem) = noun.strip_suffix('y') {
        format!("{count} {stem}ies")
    } else {
        format!("{count} {noun}s")
    }
}

/// Writes a duration as dbt's last line does: "0 hours 0 minutes and 0.43 seconds (0.43s)".
pub fn long_duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let whole = elapsed.as_secs();
    let rest = seconds - ((whole / 60) * 60) as f64;
    format!(
        "{} hours {} minutes and {rest:.2} seconds ({seconds:.2}s)",
        whole / 3600,
        whole % 3600 / 60
    )
}
