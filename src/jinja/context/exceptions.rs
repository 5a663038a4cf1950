//! `exceptions`: errors and warnings that templates raise.

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::Group;
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{items, repr_of, str_of};
use crate::jinja::render::Root;
use crate::jinja::values::TableValue;

pub(super) const METHODS: &[&str] = &[
    "warn",
    "raise_compiler_error",
    "raise_not_implemented",
    "raise_database_error",
    "raise_fail_fast_error",
    "raise_contract_error",
    "raise_cache_inconsistent",
    "raise_dependency_error",
    "missing_config",
    "missing_relation",
    "missing_materialization",
    "relation_wrong_type",
    "column_type_missing",
    "raise_ambiguous_alias",
    "raise_ambiguous_catalog_match",
    "raise_dataclass_not_dict",
    "raise_dep_not_found",
    "raise_duplicate_patch_name",
    "raise_duplicate_resource_name",
    "raise_invalid_property_yml_version",
    "warn_snapshot_timestamp_data_types",
];

pub(super) fn value(root: &Arc<Root>) -> Value {
    Group {
        name: "exceptions",
        root: root.clone(),
        member: |_, _| None,
        method,
        call: None,
    }
    .value()
}

fn method(root: &Arc<Root>, _state: &mut State, method: &str, args: Args) -> Option<Result<Value, Error>> {
    if !METHODS.contains(&method) {
        return None;
    }
    let at = |i: usize| {
        args.positional
            .get(i)
            .or_else(|| args.named.get(i).map(|(_, v)| v))
            .map(str_of)
            .unwrap_or_default()
    };
    let (code, message) = match method {
        "warn" => {
            root.host.warn(Diagnostic::warning(Code::JINJA_RAISED, at(0)));
            return Some(Ok(Value::from("")));
        }
        "warn_snapshot_timestamp_data_types" => {
            let message = format!(
                "the types of the snapshot's timestamps differ: the database has `{}`, `updated_at` has `{}`",
                at(0),
                at(1)
            );
            root.host.warn(Diagnostic::warning(Code::JINJA_RAISED, message));
            return Some(Ok(Value::from("")));
        }
        "raise_database_error" => (Code::DATABASE, at(0)),
        "raise_contract_error" => (Code::CONFIG, contract(&args)),
        "missing_config" => (
            Code::CONFIG,
            format!("the required config `{}` is not set", at(1)),
        ),
        "missing_relation" => (
            Code::JINJA_RAISED,
            format!("the relation {} was not found", at(0)),
        ),
        "missing_materialization" => (
            Code::MATERIALIZATION,
            format!("no materialization was found for the adapter `{}`", at(1)),
        ),
        "relation_wrong_type" => (
            Code::JINJA_RAISED,
            format!(
                "the relation {} is not a {}, which was expected here",
                at(0),
                at(1)
            ),
        ),
        "column_type_missing" => {
            let names: Vec<String> = args
                .positional
                .first()
                .and_then(|v| items(v).ok())
                .unwrap_or_default()
                .iter()
                .map(str_of)
                .collect();
            (
                Code::CONFIG,
                format!(
                    "the contract needs a data type for each column; none is given for: {}",
                    names.join(", ")
                ),
            )
        }
        _ => (Code::JINJA_RAISED, at(0)),
    };
    Some(Err(raise(Diagnostic::error(code, message))))
}

fn contract(args: &Args) -> String {
    let show = |value: Option<&Value>| match value {
        Some(v) if v.downcast_object_ref::<TableValue>().is_some() => str_of(v),
        Some(v) => items(v)
            .unwrap_or_default()
            .iter()
            .map(repr_of)
            .collect::<Vec<_>>()
            .join(", "),
        None => String::new(),
    };
    format!(
        "the model's columns do not fit its contract: the contract has [{}], the query gives [{}]",
        show(args.positional.first()),
        show(args.positional.get(1))
    )
}
