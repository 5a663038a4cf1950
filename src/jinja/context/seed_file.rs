//! `load_agate_table()`: the file of the seed that is built, as a table.

use std::path::Path;
use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::Function;
use super::adapter::entry;
use crate::adapters::read_seed_file;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::str_of;
use crate::jinja::render::Root;
use crate::jinja::values::{SeedSource, TableValue, pairs};
use crate::sql::{SeedType, read_seed};

pub(super) fn function(name: &str) -> Option<(&'static str, Function)> {
    (name == "load_agate_table").then_some(("load_agate_table", load))
}

fn load(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    args.optional::<0>("load_agate_table", [])?;
    let model = root.host.member("model").unwrap_or_default();
    let part = |name: &str| entry(&model, name).map(|v| str_of(&v)).unwrap_or_default();
    if part("resource_type") != "seed" {
        return Err(raise(
            Diagnostic::error(
                Code::JINJA_RUNTIME,
                format!(
                    "`load_agate_table` reads the file of a seed, but this is a {}",
                    part("resource_type")
                ),
            )
            .hint("Call it in the materialization `seed`, or query the seed by `run_query`."),
        ));
    }
    let config = entry(&model, "config").unwrap_or_default();
    let delimiter = entry(&config, "delimiter").map_or_else(|| ",".to_owned(), |d| str_of(&d));
    let shown = part("original_file_path");
    let path = Path::new(&part("root_path")).join(&shown);
    let typed = entry(&config, "column_types")
        .map(|types| pairs(&types))
        .transpose()?
        .unwrap_or_default();
    let typed: Vec<&str> = typed.iter().filter_map(|(name, _)| name.as_str()).collect();
    table(&path, &shown, &delimiter, &typed).map_err(raise)
}

/// Reads a seed's file. Columns that have a type of their own are text: the database makes the values.
fn table(path: &Path, shown: &str, delimiter: &str, typed: &[&str]) -> Result<Value, Diagnostic> {
    let mut characters = delimiter.chars();
    let (Some(delimiter), None) = (characters.next(), characters.next()) else {
        return Err(Diagnostic::error(
            Code::CONFIG,
            format!("the delimiter of a seed must be one character, but is '{delimiter}'"),
        ));
    };
    let file = read_seed_file(path, shown)?;
    let mut shape = read_seed(&file, delimiter).map_err(Diagnostics::into_one)?;
    for column in shape.columns.iter_mut().filter(|c| typed.contains(&&*c.name)) {
        column.kind = SeedType::Text;
    }
    Ok(TableValue::of_seed(SeedSource {
        file,
        path: path.display().to_string(),
        delimiter,
        shape,
    }))
}

/// Returns the first rows of a seed's file as agate prints a table.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn seed_table(
    path: &Path,
    shown: &str,
    delimiter: &str,
    typed: &[&str],
    rows_max: usize,
) -> Result<String, Diagnostic> {
    let table = table(path, shown, delimiter, typed)?;
    let printed = table.downcast_object_ref::<TableValue>();
    Ok(printed
        .map(|table| table.first_rows(rows_max))
        .unwrap_or_default())
}
