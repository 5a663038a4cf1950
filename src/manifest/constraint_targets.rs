//! Constraints of models: what they refer to, and whether they fit together.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::parse::Parsing;
use super::{ColumnInfo, Config};
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile};
use crate::jinja::{RefCall, SourceCall};

const TYPES: [&str; 6] = [
    "check",
    "not_null",
    "unique",
    "primary_key",
    "foreign_key",
    "custom",
];

/// What the foreign keys of a model refer to.
#[derive(Default)]
pub(super) struct Targets {
    pub refs: Vec<RefCall>,
    pub sources: Vec<SourceCall>,
}

/// A model whose constraints are read.
pub(super) struct Constrained<'a> {
    pub package: &'a str,
    pub name: &'a str,
    pub config: &'a Config,
    /// `constraints` among them.
    pub extra: &'a Map<String, Json>,
    pub columns: Vec<&'a ColumnInfo>,
}

impl Constrained<'_> {
    fn of_model(&self) -> &[Json] {
        self.extra
            .get("constraints")
            .and_then(Json::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn all(&self) -> impl Iterator<Item = &Json> {
        let of_columns = self.columns.iter().flat_map(|c| &c.constraints);
        self.of_model().iter().chain(of_columns)
    }

    fn fault(&self, message: &str, hint: &str) -> Diagnostic {
        Diagnostic::error(Code::CONFIG, format!("model `{}` {message}", self.name)).hint(hint)
    }
}

/// Reads the constraints of a model: checks them and returns what its foreign keys refer to. A model that `is_described` has
/// an entry of properties, which has the columns of its contract.
///
/// # Errors
/// `N0208` where a type is not known, primary keys contradict each other, or `to` is neither a ref nor a source.
pub(super) fn read(cx: &Parsing<'_>, model: &Constrained<'_>, is_described: bool) -> Result<Targets> {
    let enforced = model
        .config
        .get("contract")
        .and_then(|c| c.get("enforced"))
        .and_then(Json::as_bool)
        == Some(true);
    if enforced && is_described && model.columns.is_empty() {
        return Err(model.fault(
            "has an enforced contract, and its properties name no columns",
            "List its columns with their `data_type`, or take `enforced: true` out.",
        ));
    }
    let kind = |constraint: &Json| constraint.get("type").and_then(Json::as_str).map(str::to_owned);
    if enforced
        && let Some(unknown) = model
            .all()
            .find(|c| !kind(c).is_some_and(|k| TYPES.contains(&&*k)))
    {
        let message = format!("has a constraint of a type that is not known: {unknown}");
        return Err(model.fault(&message, &format!("Types are {}.", TYPES.join(", "))));
    }
    let is_key = |c: &&Json| kind(c).as_deref() == Some("primary_key");
    let keyed = model
        .columns
        .iter()
        .filter(|c| c.constraints.iter().any(|c| is_key(&c)))
        .count();
    let once = "Declare it once: at a column, or with `columns:` at the model.";
    if keyed > 1 {
        return Err(model.fault(&format!("declares a primary key at {keyed} columns"), once));
    }
    if keyed == 1 && model.of_model().iter().any(|c| is_key(&c)) {
        return Err(model.fault("declares a primary key at the model and at a column", once));
    }
    let mut targets = Targets::default();
    for constraint in model.all().filter(|c| kind(c).as_deref() == Some("foreign_key")) {
        let Some(to) = constraint
            .get("to")
            .and_then(Json::as_str)
            .filter(|to| !to.is_empty())
        else {
            continue;
        };
        let file: Arc<SourceFile> = SourceFile::new("to", format!("{{{{ {to} }}}}"));
        let scan = cx.engine.scan(&file, model.package).ok();
        match scan.filter(|s| !s.must_render && s.refs.len() + s.sources.len() == 1) {
            Some(scan) => {
                targets.refs.extend(scan.refs.into_iter().map(|(call, _)| call));
                targets
                    .sources
                    .extend(scan.sources.into_iter().map(|(source, _)| source));
            }
            None => {
                return Err(model.fault(
                    &format!("has a foreign key to `{to}`, which is neither a ref nor a source"),
                    "Write `to: ref('name')` or `to: source('source', 'table')`.",
                ));
            }
        }
    }
    Ok(targets)
}
