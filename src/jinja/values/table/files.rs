//! Tables as files: `to_csv`, `to_json`.

use std::path::{Path, PathBuf};

use minijinja::{Error, State, Value};

use super::TableValue;
use super::operations::given;
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{error, none, str_of};

/// Writes the table to a file, whose path counts from the project's folder.
pub(super) fn write(table: &TableValue, state: &State, method: &str, args: Args) -> Result<Value, Error> {
    let (path, text) = if method == "to_csv" {
        let [path] = args.exactly(method, ["path"])?;
        (path, table.csv())
    } else {
        let [path, key, newline, indent] = args.required(method, ["path", "key", "newline", "indent"], 1)?;
        let named: Vec<(String, Value)> = [("key", key), ("newline", newline), ("indent", indent)]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), given(value)?)))
            .collect();
        let rest = Args {
            positional: Vec::new(),
            named,
        };
        (path.unwrap_or_default(), table.printed("print_json", rest)?)
    };
    if path.as_str().is_none() {
        return Err(error(format!("{method}() needs the path of a file")));
    }
    let path = folder(state).join(str_of(&path));
    save(&path, &text).map_err(raise)?;
    Ok(none())
}

/// Returns the project's folder, as far as the call names it.
fn folder(state: &State) -> PathBuf {
    let flags = crate::jinja::render::root(state).and_then(|root| root.host.member("flags"));
    let named = flags.and_then(|flags| flags.get_attr("PROJECT_DIR").ok());
    let named = named.filter(|dir| dir.as_str().is_some());
    named.map_or_else(PathBuf::new, |dir| PathBuf::from(str_of(&dir)))
}

fn save(path: &Path, text: &str) -> crate::diagnostic::Result<()> {
    let failed = |e: std::io::Error| {
        Diagnostic::error(
            Code::FILE,
            format!("the table could not be written to `{}`: {e}", path.display()),
        )
    };
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}
