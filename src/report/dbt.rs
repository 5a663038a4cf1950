//! What dbt says of a run, word for word: for the terminal and the log file of a program that is called as `dbt`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::Output;
use super::lines::{
    Line, Tint, answered, batch, connection_name, deprecations, finished, is_described, long_duration,
    plural, sample_header, sent,
};
use crate::diagnostic::{Code, Diagnostic, Severity, render_text};
use crate::events::{Event, Level, NodeRef, SeedSample, Sink, Status};
use crate::{COMPATIBLE_ADAPTER_VERSION, COMPATIBLE_VERSION};

/// How dbt's lines look.
#[derive(Debug, Clone)]
pub struct DbtOptions {
    pub invocation_id: std::sync::Arc<str>,
    pub colour: bool,
    /// Lines below this level are left out; none: only what templates print.
    pub level: Option<Level>,
    /// Put time, level and thread before each line, as dbt does in its log file.
    pub detailed: bool,
    /// Cells before the status in brackets.
    pub width: usize,
    /// Leave out what templates print.
    pub no_print: bool,
}

/// Writes a run as dbt does.
pub struct DbtSink {
    out: Output,
    options: DbtOptions,
    now: Box<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync>,
    /// What the end of the run sums up; guarded for pushes alone.
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    kinds: BTreeMap<String, usize>,
    failures: Vec<Ended>,
    warnings: Vec<Ended>,
}

/// A node that failed or warned.
struct Ended {
    node: std::sync::Arc<NodeRef>,
    message: String,
    compiled: Option<String>,
}

impl DbtSink {
    pub fn new(
        out: Output,
        options: DbtOptions,
        now: impl Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync + 'static,
    ) -> Self {
        Self {
            out,
            options,
            now: Box::new(now),
            kept: Mutex::default(),
        }
    }

    fn say(&self, level: Level, text: &str) {
        if self.options.level.is_none_or(|least| level < least) {
            return;
        }
        let reset = if self.options.colour { "\x1b[0m" } else { "" };
        let now = (self.now)();
        if self.options.detailed {
            let word = match level {
                Level::Debug => "debug",
                Level::Info => "info",
                Level::Warn => "warn",
                Level::Error => "error",
            };
            let thread = std::thread::current();
            let thread: String = thread.name().unwrap_or("MainThread").chars().take(10).collect();
            let thread = if thread == "main" { "MainThread" } else { &thread };
            let time = now.format("%H:%M:%S%.6f");
            self.out
                .write(&format!("{reset}{time} [{word:<5}] [{thread:<10}]: {text}\n"));
        } else {
            self.out
                .write(&format!("{reset}{}  {text}\n", now.format("%H:%M:%S")));
        }
    }

    fn info(&self, text: &str) {
        self.say(Level::Info, text);
    }

    /// Writes what templates print and what commands show, without the clock on a terminal.
    fn print(&self, text: &str) {
        if self.options.detailed {
            self.say(Level::Error, text);
        } else if self.options.level.is_some() {
            self.out.write(&format!("{text}\n"));
        }
    }

    fn node_finished(&self, event: Event) {
        let Event::NodeFinished {
            index,
            total,
            node,
            status,
            message,
            failures,
            elapsed,
            compiled,
            ..
        } = event
        else {
            return;
        };
        let (head, word, tint) = finished(&node, status, &message, failures);
        let line = Line {
            index,
            total,
            head: &head,
            status: &word,
            tint,
            elapsed: (status != Status::Skipped).then_some(elapsed),
        };
        let level = match status {
            Status::Warn => Level::Warn,
            s if s.is_failure() => Level::Error,
            _ => Level::Info,
        };
        self.say(level, &line.render(self.options.width, self.options.colour));
        let Ok(mut kept) = self.kept.lock() else { return };
        *kept.kinds.entry(kind(&node)).or_default() += 1;
        let is_source = node.resource_type == "source";
        let ended = Ended {
            node,
            message,
            compiled,
        };
        if status.is_failure() && status != Status::PartialSuccess {
            kept.failures.push(ended);
        } else if status == Status::Warn && !is_source {
            kept.warnings.push(ended);
        }
    }

    fn run_finished(
        &self,
        tally: &[(Status, usize)],
        elapsed: std::time::Duration,
        interrupted: bool,
        samples: &[SeedSample],
    ) {
        let kept = self
            .kept
            .lock()
            .map(|mut kept| std::mem::take(&mut *kept))
            .unwrap_or_default();
        let ran: Vec<String> = kept
            .kinds
            .iter()
            .map(|(kind, count)| plural(*count, &shown_kind(kind)))
            .collect();
        let is_freshness = kept.kinds.keys().any(|kind| kind == "source");
        self.info("");
        let ran = if ran.is_empty() {
            String::new()
        } else {
            format!(" {}", ran.join(", "))
        };
        self.info(&format!("Finished running{ran} in {}.", long_duration(elapsed)));
        for sample in samples {
            let header = sample_header(sample);
            self.info("");
            self.info(&header);
            self.info(&"-".repeat(header.chars().count()));
            self.print(sample.table.trim_end_matches('\n'));
            self.info("");
        }
        let count = |wanted: &[Status]| -> usize {
            let fitting = tally.iter().filter(|(status, _)| wanted.contains(status));
            fitting.map(|(_, count)| count).sum()
        };
        if is_freshness {
            for failure in &kept.failures {
                self.ended(failure, Level::Error);
            }
            self.info("Done.");
            return;
        }
        let errors = count(&[Status::Error, Status::Fail]);
        let warnings = count(&[Status::Warn]);
        let partial = count(&[Status::PartialSuccess]);
        self.info("");
        let (summary, tint) = summary(errors, partial, warnings, interrupted);
        self.info(&tint.paint(&summary, self.options.colour));
        for failure in &kept.failures {
            self.ended(failure, Level::Error);
        }
        for warning in &kept.warnings {
            self.ended(warning, Level::Warn);
        }
        let total: usize = tally.iter().map(|(_, count)| count).sum();
        self.info("");
        self.info(&format!(
            "Done. PASS={} WARN={warnings} ERROR={} SKIP={} NO-OP={} TOTAL={total}",
            count(&[Status::Success, Status::Pass]),
            errors + partial,
            count(&[Status::Skipped]),
            count(&[Status::NoOp]),
        ));
    }

    fn ended(&self, ended: &Ended, level: Level) {
        let (word, tint, indent) = if level == Level::Warn {
            ("Warning", Tint::Yellow, "")
        } else {
            ("Failure", Tint::Red, "  ")
        };
        let Ended {
            node,
            message,
            compiled,
        } = ended;
        self.info("");
        let head = format!("{word} in {} {} ({})", node.resource_type, node.name, node.path);
        self.say(level, &tint.paint(&head, self.options.colour));
        self.say(level, &format!("{indent}{message}"));
        if let Some(path) = compiled {
            self.info("");
            self.info(&format!("  compiled code at {path}"));
        }
    }
}

impl Sink for DbtSink {
    fn wants_statements(&self) -> bool {
        self.options.level == Some(Level::Debug)
    }

    fn send(&self, event: Event) {
        let (width, colour) = (self.options.width, self.options.colour);
        match event {
            Event::Started { .. } => {
                if self.options.detailed && self.options.level.is_some_and(|least| least <= Level::Info) {
                    let rule = "=".repeat(30);
                    let time = (self.now)().format("%H:%M:%S%.6f");
                    self.out.write(&format!(
                        "\n\n{rule} {time} | {} {rule}\n",
                        self.options.invocation_id
                    ));
                }
                self.info(&format!("Running with dbt={}", COMPATIBLE_VERSION));
            }
            Event::AdapterRegistered { name } => {
                self.info(&format!(
                    "Registered adapter: {name}={COMPATIBLE_ADAPTER_VERSION}"
                ));
            }
            Event::Parsed { counts, .. } => {
                let found: Vec<String> = counts
                    .resources
                    .iter()
                    .filter(|(_, count)| *count > 0)
                    .map(|(noun, count)| plural(*count, noun))
                    .collect();
                self.info(&format!("Found {}", found.join(", ")));
            }
            Event::RunStarted { threads, target, .. } => {
                self.info("");
                self.info(&format!("Concurrency: {threads} threads (target='{target}')"));
                self.info("");
            }
            Event::NodeStarted { node, .. } if is_described(&node) => {}
            Event::NodeStarted { index, total, node } => {
                let head = format!("START {}", node.label);
                let line = Line {
                    index,
                    total,
                    head: &head,
                    status: "RUN",
                    tint: Tint::Plain,
                    elapsed: None,
                };
                self.info(&line.render(width, colour));
            }
            Event::Batch {
                index,
                total,
                description,
                ended,
                ..
            } => self.info(&batch(
                (index, total),
                &description,
                ended.as_ref(),
                (width, colour),
            )),
            event @ Event::NodeFinished { .. } => self.node_finished(event),
            Event::StatementSent {
                connection,
                adapter,
                sql,
            } => {
                let name = connection_name(&connection);
                self.say(Level::Debug, &format!("Using {adapter} connection \"{name}\""));
                self.say(Level::Debug, &sent(&connection, &sql));
            }
            Event::StatementAnswered { message, elapsed, .. } => {
                self.say(Level::Debug, &answered(&message, elapsed));
            }
            Event::RunFinished {
                tally,
                elapsed,
                interrupted,
                samples,
            } => self.run_finished(&tally, elapsed, interrupted, &samples),
            Event::Log { level, message, .. } => self.say(level, &message),
            Event::Print { message } => {
                if !self.options.no_print {
                    self.print(&message);
                }
            }
            Event::Shown { text, .. } => self.print(&text),
            Event::Deprecations { counts, more } => {
                let tag = Tint::Yellow.paint("WARNING", colour);
                let text = deprecations(&counts, more);
                self.say(
                    Level::Warn,
                    &format!("[{tag}][DeprecationsSummary]: Deprecated functionality\n{text}"),
                );
            }
            Event::Diagnostic(diagnostic) => {
                let text = render_text(&diagnostic, colour);
                match diagnostic.severity() {
                    Severity::Error => {
                        self.say(
                            Level::Error,
                            &format!("Encountered an error:\n{}", told(&diagnostic, colour)),
                        );
                    }
                    // What is wrong with a selection is dbt's own sentence, which says all.
                    Severity::Warning if diagnostic.code() == Code::NOTHING_SELECTED => {
                        self.say(Level::Warn, diagnostic.message());
                    }
                    Severity::Warning => {
                        let tag = Tint::Yellow.paint("WARNING", colour);
                        let rest = text.trim_end().split_once('\n').map_or("", |(_, rest)| rest);
                        let message = diagnostic.message();
                        let text = match diagnostic.event_name().filter(|_| diagnostic.is_deprecation()) {
                            Some(name) => {
                                format!("[{tag}][{name}]: Deprecated functionality\n{message}\n{rest}")
                            }
                            None => format!("[{tag}]: {message}\n{rest}"),
                        };
                        self.say(Level::Warn, text.trim_end());
                    }
                }
            }
        }
    }
}

/// Writes an error under dbt's word for its kind.
pub fn told(diagnostic: &Diagnostic, colour: bool) -> String {
    let kind = match diagnostic.code().0.get(..3) {
        _ if diagnostic.code() == Code::JINJA_RAISED_DATABASE => "Database Error",
        Some("N02" | "N03") => "Compilation Error",
        _ => "Runtime Error",
    };
    let text = render_text(diagnostic, colour);
    format!("{kind}\n  {}", text.trim_end().replace('\n', "\n  "))
}

/// Names the kind of a node as the last lines count it, in the order of these names.
pub(super) fn kind(node: &NodeRef) -> String {
    match node.resource_type {
        "model" => format!("{} model", node.materialized),
        "operation" => "project hook".to_owned(),
        other => other.to_owned(),
    }
}

/// Returns the words that are shown for a kind.
pub(super) fn shown_kind(kind: &str) -> String {
    match kind {
        "test" => "data test".to_owned(),
        other => other.replace('_', " "),
    }
}

pub(super) fn summary(errors: usize, partial: usize, warnings: usize, interrupted: bool) -> (String, Tint) {
    let partial_text = if partial == 1 {
        "1 partial success".to_owned()
    } else {
        format!("{partial} partial successes")
    };
    if interrupted {
        ("Exited because of keyboard interrupt".to_owned(), Tint::Yellow)
    } else if errors > 0 {
        let errors = plural(errors, "error");
        let warnings = plural(warnings, "warning");
        let text = format!("Completed with {errors}, {partial_text}, and {warnings}:");
        (text, Tint::Red)
    } else if partial > 0 {
        let text = format!(
            "Completed with {partial_text} and {}",
            plural(warnings, "warning")
        );
        (text, Tint::Yellow)
    } else if warnings > 0 {
        let text = format!("Completed with {}:", plural(warnings, "warning"));
        (text, Tint::Yellow)
    } else {
        ("Completed successfully".to_owned(), Tint::Green)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_count_models_by_what_they_are_built_as() {
        let node = |resource_type: &'static str, materialized: &str| NodeRef {
            unique_id: "x".into(),
            name: "x".into(),
            resource_type,
            label: "x".into(),
            path: "x".into(),
            materialized: materialized.into(),
            relation: "x".into(),
            details: crate::events::NodeDetails::default(),
        };
        assert_eq!(kind(&node("model", "view")), "view model");
        assert_eq!(kind(&node("operation", "view")), "project hook");
        assert_eq!(shown_kind(&kind(&node("unit_test", ""))), "unit test");
    }
}
