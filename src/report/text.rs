//! The terminal form: dbt-like lines, errors with their code frames at the end.

use std::sync::Mutex;

use super::Output;
use super::lines::{
    Line, Tint, answered, batch, deprecations, finished, is_described, long_duration, plural, sent,
};
use crate::diagnostic::{Diagnostic, Severity, render_text};
use crate::events::{Event, Level, NodeRef, Sink, Status};

/// How the text form looks.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions {
    pub colour: bool,
    /// Errors only, and what templates print.
    pub quiet: bool,
    /// Show debug lines too.
    pub debug: bool,
    /// Cells before the status in brackets.
    pub width: usize,
    /// Leave out what templates print.
    pub no_print: bool,
    /// Put the clock before each line, as dbt does.
    pub clock: bool,
}

/// Writes a run for a person.
pub struct TextSink {
    lines: Output,
    prints: Output,
    options: TextOptions,
    now: Box<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync>,
    /// Failures to show again at the end; guarded for pushes alone.
    failures: Mutex<Vec<Failure>>,
}

struct Failure {
    node: std::sync::Arc<NodeRef>,
    status: Status,
    message: String,
    diagnostic: Option<Box<Diagnostic>>,
}

impl TextSink {
    /// `lines` takes the progress, `prints` what templates print.
    pub fn new(
        lines: Output,
        prints: Output,
        options: TextOptions,
        now: impl Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync + 'static,
    ) -> Self {
        Self {
            lines,
            prints,
            options,
            now: Box::new(now),
            failures: Mutex::default(),
        }
    }

    fn say(&self, text: &str) {
        if self.options.quiet {
            return;
        }
        self.always(text);
    }

    fn always(&self, text: &str) {
        let mut out = String::with_capacity(text.len() + 12);
        if self.options.clock {
            out.push_str(&(self.now)().format("%H:%M:%S  ").to_string());
        }
        out.push_str(text);
        out.push('\n');
        self.lines.write(&out);
    }

    fn finish(&self, tally: &[(Status, usize)], elapsed: std::time::Duration, interrupted: bool) {
        let count = |wanted: &[Status]| -> usize {
            tally
                .iter()
                .filter(|(s, _)| wanted.contains(s))
                .map(|(_, n)| n)
                .sum()
        };
        let errors = count(&[Status::Error, Status::Fail]);
        let warnings = count(&[Status::Warn]);
        let partial = count(&[Status::PartialSuccess]);
        let partial_text = if partial == 1 {
            "1 partial success".into()
        } else {
            format!("{partial} partial successes")
        };
        let (summary, tint) = if interrupted {
            (
                "Interrupted: what was not finished did not happen".to_owned(),
                Tint::Yellow,
            )
        } else if errors > 0 {
            let text = format!(
                "Completed with {}, {partial_text}, and {}:",
                plural(errors, "error"),
                plural(warnings, "warning")
            );
            (text, Tint::Red)
        } else if partial > 0 {
            (
                format!(
                    "Completed with {partial_text} and {}",
                    plural(warnings, "warning")
                ),
                Tint::Yellow,
            )
        } else if warnings > 0 {
            (
                format!("Completed with {}:", plural(warnings, "warning")),
                Tint::Yellow,
            )
        } else {
            ("Completed successfully".to_owned(), Tint::Green)
        };
        self.say("");
        self.say(&format!("Finished in {}.", long_duration(elapsed)));
        self.say("");
        self.say(&tint.paint(&summary, self.options.colour));
        let failures = self
            .failures
            .lock()
            .map(|mut f| std::mem::take(&mut *f))
            .unwrap_or_default();
        for failure in failures {
            self.failure(&failure);
        }
        let total: usize = tally.iter().map(|(_, n)| n).sum();
        self.say("");
        self.say(&format!(
            "Done. PASS={} WARN={warnings} ERROR={errors} SKIP={} NO-OP={} TOTAL={total}",
            count(&[Status::Success, Status::Pass]),
            count(&[Status::Skipped]),
            count(&[Status::NoOp]),
        ));
    }

    fn failure(&self, failure: &Failure) {
        let (word, tint) = if failure.status == Status::Warn {
            ("Warning", Tint::Yellow)
        } else {
            ("Failure", Tint::Red)
        };
        let Failure {
            node,
            message,
            diagnostic,
            ..
        } = failure;
        let head = format!("{word} in {} {} ({})", node.resource_type, node.name, node.path);
        let mut out = format!("\n{}\n", tint.paint(&head, self.options.colour));
        match diagnostic {
            Some(diagnostic) => out.push_str(&render_text(diagnostic, self.options.colour)),
            None => {
                for text in message.lines() {
                    out.push_str("  ");
                    out.push_str(text);
                    out.push('\n');
                }
            }
        }
        self.lines.write(&out);
    }
}

impl Sink for TextSink {
    fn wants_statements(&self) -> bool {
        self.options.debug && !self.options.quiet
    }

    fn send(&self, event: Event) {
        let TextOptions {
            colour,
            width,
            debug,
            quiet,
            ..
        } = self.options;
        match event {
            Event::Started { version } => self.say(&format!("Running with nexus={version}")),
            Event::AdapterRegistered { .. } => {}
            Event::Parsed { counts, .. } => {
                let found: Vec<String> = counts
                    .resources
                    .iter()
                    .filter(|(_, n)| *n > 0)
                    .map(|(noun, n)| plural(*n, noun))
                    .collect();
                self.say(&format!("Found {}", found.join(", ")));
                self.say("");
            }
            Event::RunStarted { threads, target, .. } => {
                self.say(&format!(
                    "Concurrency: {} (target='{target}')",
                    plural(threads, "thread")
                ));
                self.say("");
            }
            Event::StatementSent { connection, sql, .. } => self.say(&sent(&connection, &sql)),
            Event::StatementAnswered { message, elapsed, .. } => self.say(&answered(&message, elapsed)),
            Event::Batch {
                index,
                total,
                description,
                ended,
                ..
            } => self.say(&batch(
                (index, total),
                &description,
                ended.as_ref(),
                (width, colour),
            )),
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
                self.say(&line.render(width, colour));
            }
            Event::NodeFinished {
                index,
                total,
                node,
                status,
                message,
                failures,
                elapsed,
                diagnostic,
                ..
            } => {
                let (head, word, tint) = finished(&node, status, &message, failures);
                let elapsed = (status != Status::Skipped).then_some(elapsed);
                let text = Line {
                    index,
                    total,
                    head: &head,
                    status: &word,
                    tint,
                    elapsed,
                }
                .render(width, colour);
                if status.is_failure() {
                    self.always(&text)
                } else {
                    self.say(&text)
                }
                // What is skipped behind an ephemeral model shows why that failed.
                let behind_error = status == Status::Skipped && diagnostic.is_some();
                let keep = status.is_failure() || behind_error || (status == Status::Warn && !quiet);
                if keep && let Ok(mut failures) = self.failures.lock() {
                    failures.push(Failure {
                        node,
                        status,
                        message,
                        diagnostic,
                    });
                }
            }
            Event::RunFinished {
                tally,
                elapsed,
                interrupted,
                samples,
            } => {
                for sample in &samples {
                    self.prints.write(&format!(
                        "First rows of {}:\n{}\n",
                        sample.relation,
                        sample.table.trim_end()
                    ));
                }
                self.finish(&tally, elapsed, interrupted);
            }
            Event::Log { level, message, .. } => match level {
                Level::Debug if !debug => {}
                Level::Error => self.always(&message),
                _ => self.say(&message),
            },
            Event::Print { message } => {
                if !self.options.no_print {
                    self.prints.write(&format!("{message}\n"));
                }
            }
            Event::Shown { text, .. } => self.prints.write(&format!("{text}\n")),
            Event::Deprecations { counts, more } => {
                if !quiet {
                    self.lines.write(&format!("\n{}\n", deprecations(&counts, more)));
                }
            }
            Event::Diagnostic(diagnostic) => {
                if !quiet || diagnostic.severity() == Severity::Error {
                    self.lines.write(&render_text(&diagnostic, colour));
                }
            }
        }
    }
}
