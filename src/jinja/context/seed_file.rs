//! `load_agate_table()`: the file of the seed that is built, as a table.

use std::path::Path;
use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::Function;
use super::adapter::entry;
use crate::adapters::read_seed_file;
use crate::diagnostic::{Code, Diagnostic};
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
    let mut characters = delimiter.chars();
    let (Some(delimiter), None) = (characters.next(), characters.next()) else {
        return Err(raise(Diagnostic::error(
            Code::CONFIG,
            format!("the delimiter of a seed must be one character, but is '{delimiter}'"),
        )));
    };
    let shown = part("original_file_path");
    let path = Path::new(&part("root_path")).join(&shown);
    let file = read_seed_file(&path, &shown).map_err(raise)?;
    let mut shape = read_seed(&file, delimiter).map_err(|faults| raise(faults.into_one()))?;
    let texts = entry(&config, "column_types")
        .map(|types| pairs(&types))
        .transpose()?;
    for (name, _) in texts.unwrap_or_default() {
        // What has a type of its own is read as text: the database makes the values.
        for column in shape
            .columns
            .iter_mut()
            .filter(|c| Some(&*c.name) == name.as_str())
        {
            column.kind = SeedType::Text;
        }
    }
    Ok(TableValue::of_seed(SeedSource {
        file,
        path: path.display().to_string(),
        delimiter,
        shape,
    }))
}
