//! `_refuse_keys()`: the error of null and duplicate keys, at the model's own `unique_key`.

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::Function;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::str_of;
use crate::jinja::render::Root;

pub(super) fn function(name: &str) -> Option<(&'static str, Function)> {
    (name == "_refuse_keys").then_some(("_refuse_keys", refuse))
}

fn refuse(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [message, config] = args.exactly("_refuse_keys", ["message", "config"])?;
    let config = str_of(&config);
    let hint = format!(
        "Make the query give each row a key of its own. If it is meant, `{config}: true` builds the rows as dbt does: in \
         the config of the model or snapshot, as `+{config}: true` in dbt_project.yml for many, or under `meta` where dbt \
         reads the project too."
    );
    let fault = Diagnostic::error(Code::KEYS, str_of(&message)).hint(hint);
    Err(raise(fault.at(place(root))))
}

/// Returns where the node's file sets the key; its first line where something else does.
fn place(root: &Arc<Root>) -> Option<Span> {
    let (file, start) = root.host.written_in()?;
    let name = "unique_key";
    let own = file.text().get(start as usize..)?;
    let (found, length) = match own.find(name) {
        Some(found) => (found, name.len()),
        None => (0, own.lines().next().map_or(0, str::len)),
    };
    let found = start + u32::try_from(found).ok()?;
    Some(Span::new(&file, found, found + u32::try_from(length).ok()?))
}
