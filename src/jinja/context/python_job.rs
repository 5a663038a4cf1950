//! `submit_python_job`: hands a model in Python to the database.

use std::sync::Arc;

use minijinja::{Error, Value};

use super::Function;
use super::adapter::entry;
use super::results::AnswerValue;
use crate::adapters::{AdapterError, ErrorKind, PythonJob, Session};
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::str_of;
use crate::jinja::render::Root;
use crate::jinja::values::RelationValue;

pub(super) fn function(name: &str) -> Option<(&'static str, Function)> {
    (name == "submit_python_job").then_some(("submit_python_job", |root, _, args| submit(root, args)))
}

/// Runs a model's compiled code; answers as a statement does.
pub(super) fn submit(root: &Arc<Root>, args: Args) -> Result<Value, Error> {
    let [model, code] = args.exactly("submit_python_job", ["parsed_model", "compiled_code"])?;
    let Some(session) = root.host.session() else {
        return Err(raise(
            Diagnostic::error(
                Code::JINJA_DATABASE,
                "`submit_python_job` needs the database, which is not there now",
            )
            .hint("Put the call under `{% if execute %}`."),
        ));
    };
    let part = |name| entry(&model, name).map(|v| str_of(&v)).unwrap_or_default();
    let this = match part("raw_code").contains("dbt.this") {
        true => existing(root, session).map_err(|e| raise(e.into()))?,
        false => None,
    };
    let interpreter = interpreter(root);
    let job = PythonJob {
        name: &part("alias"),
        code: &str_of(&code),
        this: this.as_ref(),
        interpreter: &interpreter,
        print: &|line| root.host.print(line),
    };
    session
        .run_python(&job)
        .map(|response| AnswerValue::value(&response))
        .map_err(|failure| failed(root, failure))
}

/// Returns the relation that the model builds, where it is there.
fn existing(root: &Arc<Root>, session: &Session) -> Result<Option<crate::adapters::Relation>, AdapterError> {
    let this = root.host.member("this");
    let Some(this) = this.as_ref().and_then(RelationValue::get) else {
        return Ok(None);
    };
    let part = |part: &Option<Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
    session.get_relation(
        &part(&this.database),
        &part(&this.schema),
        &part(&this.identifier),
    )
}

/// Returns the interpreter that the environment names, else that of the virtual environment, else `python3`.
fn interpreter(root: &Arc<Root>) -> String {
    let given = |name| root.host.env_var(name).filter(|value| !value.is_empty());
    given("NEXUS_PYTHON")
        .or_else(|| given("VIRTUAL_ENV").map(|folder| format!("{folder}/bin/python3")))
        .unwrap_or_else(|| "python3".to_owned())
}

/// Shows an error in the model's own file, at the line that took part where that is known.
fn failed(root: &Arc<Root>, mut failure: AdapterError) -> Error {
    let is_of_model = matches!(failure.kind, ErrorKind::Python | ErrorKind::Unsupported);
    let Some((file, start)) = root.host.written_in().filter(|_| is_of_model) else {
        return raise(failure.into());
    };
    // The database sees the model without the blanks before it.
    let before = file.line_column(start).0.saturating_sub(1);
    let (line, column) = failure.position.unwrap_or((1, 1));
    failure.position = Some((line + before, column));
    raise(failure.diagnostic(Some((file.path(), file.text()))))
}
