//! Models in Python: a process of its own with a DuckDB of its own, since Python's module cannot share this one's file.
//!
//! `python/runner.py` asks for the rows of each parent when the model first refers to it, and gets them as a database
//! file, which keeps every type. What the model builds comes back the same way and is copied within the node's
//! transaction. Files live in a folder that only this user can read, and go with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::connection::DuckConnection;
use super::dialect::DuckDialect;
use crate::adapters::{AdapterError, Connection, ErrorKind, Execute, PythonJob, Response};
use crate::sql::Dialect;

const RUNNER: &str = include_str!("python/runner.py");

/// How often the token of a waiting node is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// Makes the names of attached files differ between threads.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// What the process says on its stdout.
#[derive(Debug, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
enum Said {
    NoModule {
        why: String,
        python: String,
    },
    Load {
        table: String,
    },
    Failed {
        kind: String,
        message: String,
        trace: String,
        line: Option<u32>,
        column: Option<u32>,
    },
    Made {
        tables: Vec<Made>,
    },
}

/// A table that the model's code has made.
#[derive(Debug, Deserialize)]
struct Made {
    schema: String,
    name: String,
    temporary: bool,
}

/// A line of the process.
enum Heard {
    Said(String),
    Printed(String),
}

/// Runs a model and copies what it built.
pub(super) fn run(connection: &mut DuckConnection, job: &PythonJob<'_>) -> Result<Response, AdapterError> {
    let folder = tempfile::Builder::new()
        .prefix("nexus-python-")
        .tempdir()
        .map_err(|e| fault(format!("a folder for the model's rows could not be made: {e}")))?;
    let mut exchange = Exchange {
        connection,
        folder: folder.path(),
        files: 0,
    };
    let order = exchange.order(job)?;
    let made = exchange.talk(job, &order)?;
    exchange.fetch(&made)?;
    Ok(Response {
        message: "OK".to_owned(),
        ..Response::default()
    })
}

struct Exchange<'a> {
    connection: &'a mut DuckConnection,
    folder: &'a Path,
    files: usize,
}

impl Exchange<'_> {
    fn result(&self) -> PathBuf {
        self.folder.join("result.duckdb")
    }

    /// Returns the first line for the process: the model, and how its database is to be set up.
    fn order(&mut self, job: &PythonJob<'_>) -> Result<String, AdapterError> {
        let model = self.folder.join("model.py");
        std::fs::write(&model, job.code.trim_start())
            .map_err(|e| fault(format!("the model's code could not be written: {e}")))?;
        let this = match job.this {
            Some(this) => {
                let file = self.export(&this.path())?;
                json!({ "schema": this.schema.as_deref(), "name": this.identifier.as_deref(), "file": file })
            }
            None => json!(null),
        };
        let config = self.connection.config();
        let options = config
            .config_options
            .iter()
            .filter(|(key, _)| key != "access_mode");
        let settings = config.settings.iter();
        let extensions = config.extensions.iter().map(super::connection::load_statements);
        let order = json!({
            "name": job.name,
            "model": model.to_string_lossy(),
            "database": config.database,
            "schema": config.schema,
            "result": self.result().to_string_lossy(),
            "this": this,
            "options": options.cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "settings": settings
                .map(|(key, value)| format!("SET {key} = {}", DuckDialect.string_literal(value)))
                .collect::<Vec<_>>(),
            "secrets": config.secrets,
            "extensions": extensions.collect::<Vec<_>>(),
        });
        Ok(order.to_string())
    }

    /// Writes the rows of a relation, as others see them, to a file of their own.
    fn export(&mut self, relation: &str) -> Result<String, AdapterError> {
        self.files += 1;
        let file = self.folder.join(format!("parent_{}.duckdb", self.files));
        let file = file.to_string_lossy().into_owned();
        let inside = alias();
        // One transaction writes to one database only, so this cannot be done by the node's own.
        let mut beside = self.connection.beside()?;
        beside.execute(
            &format!("ATTACH {} AS {inside}", DuckDialect.string_literal(&file)),
            Execute::default(),
        )?;
        let copied = beside.execute(
            &format!("CREATE TABLE {inside}.main.parent AS SELECT * FROM {relation}"),
            Execute::default(),
        );
        beside.execute(&format!("DETACH {inside}"), Execute::default())?;
        copied.map(|_| file)
    }

    /// Starts the process and serves it to its end.
    fn talk(&mut self, job: &PythonJob<'_>, order: &str) -> Result<Vec<Made>, AdapterError> {
        let (mut process, mut stdin, heard) = start(job.interpreter)?;
        let mut outcome = write_line(&mut stdin, order).map(|()| Vec::new());
        let mut last_words = Vec::new();
        let mut has_ended = outcome.is_err();
        loop {
            if self.connection.is_cancelled() {
                process.end();
                return Err(AdapterError::cancelled());
            }
            let line = match heard.recv_timeout(LOOK_EVERY) {
                Ok(Heard::Said(line)) => line,
                Ok(Heard::Printed(line)) => {
                    (job.print)(&line);
                    last_words.push(line);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            match serde_json::from_str(&line) {
                Ok(Said::Load { table }) => {
                    let answer = match self.export(&table) {
                        Ok(file) => json!({ "file": file }),
                        Err(error) if error.kind == ErrorKind::Cancelled => continue,
                        Err(error) => json!({ "error": error.message }),
                    };
                    // A process that is gone says so by closing its side.
                    let _ = write_line(&mut stdin, &answer.to_string());
                }
                Ok(Said::Made { tables }) => (outcome, has_ended) = (Ok(tables), true),
                Ok(said) => (outcome, has_ended) = (Err(self.failure(job, said)), true),
                Err(error) => {
                    let message = format!("the runner of Python models said what is not known: {error}");
                    (outcome, has_ended) = (Err(fault(message)), true);
                }
            }
        }
        process.end();
        if has_ended {
            return outcome;
        }
        let mut error = AdapterError::new(
            ErrorKind::Python,
            format!("the Python of `{}` ended before the model did", job.name),
        );
        if !last_words.is_empty() {
            error.message = format!("{}\n{}", error.message, last_words.join("\n"));
        }
        Err(error)
    }

    fn failure(&self, job: &PythonJob<'_>, said: Said) -> AdapterError {
        match said {
            Said::NoModule { why, python } => AdapterError::new(
                ErrorKind::Unsupported,
                format!("a model in Python cannot run: `{python}` lacks the module `duckdb` ({why})"),
            )
            .with_hint(format!(
                "Install it with `{python} -m pip install duckdb`, or name another interpreter in the environment \
                 variable NEXUS_PYTHON."
            )),
            Said::Failed {
                kind,
                message,
                trace,
                line,
                column,
            } => {
                let shown = trace.replace(&*self.folder.join("model.py").to_string_lossy(), job.name);
                let first = message.lines().next().unwrap_or_default();
                let error = AdapterError::new(
                    ErrorKind::Python,
                    format!("the model failed in Python: {kind}: {first}\n{}", shown.trim_end()),
                );
                AdapterError {
                    position: line.map(|line| (line, column.unwrap_or(1))),
                    message: self.connection.masked(error.message),
                    ..error
                }
            }
            Said::Load { .. } | Said::Made { .. } => fault("this is a bug in nexus".to_owned()),
        }
    }

    /// Copies the tables that were made, within the node's transaction.
    fn fetch(&mut self, made: &[Made]) -> Result<(), AdapterError> {
        let inside = alias();
        let database = DuckDialect.quote_identifier(&self.connection.config().database);
        let mut beside = self.connection.beside()?;
        let file = self.result();
        let attach = format!(
            "ATTACH {} AS {inside} (READ_ONLY)",
            DuckDialect.string_literal(&file.to_string_lossy())
        );
        beside.execute(&attach, Execute::default())?;
        let copied = made.iter().try_for_each(|table| {
            let schema = DuckDialect.quote_identifier(&table.schema);
            let name = DuckDialect.quote_identifier(&table.name);
            let create = if table.temporary {
                format!("CREATE TEMPORARY TABLE {name}")
            } else {
                format!("CREATE TABLE {database}.{schema}.{name}")
            };
            let sql = format!("{create} AS SELECT * FROM {inside}.{schema}.{name}");
            self.connection.execute(&sql, Execute::default()).map(|_| ())
        });
        beside.execute(&format!("DETACH {inside}"), Execute::default())?;
        copied
    }
}

/// A process that does not outlive its node.
struct Process(std::process::Child);

impl Process {
    fn end(&mut self) {
        // Both fail only where the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn start(interpreter: &str) -> Result<(Process, ChildStdin, Receiver<Heard>), AdapterError> {
    let mut child = Command::new(interpreter)
        .args(["-u", "-c", RUNNER])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| {
            AdapterError::new(
                ErrorKind::Unsupported,
                format!("a model in Python cannot run: `{interpreter}` could not be started: {e}"),
            )
            .with_hint(
                "Install Python 3 with the module `duckdb`, or name an interpreter that has it in the environment \
                 variable NEXUS_PYTHON.",
            )
        })?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let process = Process(child);
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(fault("the process of a model in Python has no pipes".to_owned()));
    };
    let (sender, heard) = channel();
    listen(stdout, sender.clone(), Heard::Said)?;
    listen(stderr, sender, Heard::Printed)?;
    Ok((process, stdin, heard))
}

/// Passes on the lines of a pipe, until it is closed.
fn listen(
    pipe: impl Read + Send + 'static,
    sender: Sender<Heard>,
    heard: fn(String) -> Heard,
) -> Result<(), AdapterError> {
    let pass_on = move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line);
            if sender
                .send(heard(text.trim_end_matches(['\r', '\n']).to_owned()))
                .is_err()
            {
                return;
            }
            line.clear();
        }
    };
    std::thread::Builder::new()
        .name("python".to_owned())
        .spawn(pass_on)
        .map(|_| ())
        .map_err(|e| {
            fault(format!(
                "a thread for a model in Python could not be started: {e}"
            ))
        })
}

fn write_line(stdin: &mut ChildStdin, line: &str) -> Result<(), AdapterError> {
    stdin
        .write_all(format!("{line}\n").as_bytes())
        .and_then(|()| stdin.flush())
        .or_else(|e| match e.kind() {
            // The process ended first; what it said tells why.
            std::io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(fault(format!(
                "the process of a model in Python could not be told its work: {e}"
            ))),
        })
}

fn alias() -> String {
    format!("nexus_python_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn fault(message: String) -> AdapterError {
    AdapterError::new(ErrorKind::Other, message)
}
