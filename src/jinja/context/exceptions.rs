//! `exceptions`: errors and warnings that templates raise.

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::Group;
use super::adapter::entry;
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{items, str_of};
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
            // A warning is told by each call, so what was read may not be kept in its place.
            root.host.varies();
            let warning = Diagnostic::warning(Code::JINJA_RAISED, at(0)).event("JinjaLogWarning");
            return Some(root.host.warn(warning).map(|()| Value::from("")).map_err(raise));
        }
        "warn_snapshot_timestamp_data_types" => {
            let message = format!(
                "the types of the snapshot's timestamps differ: the database has `{}`, `updated_at` has `{}`",
                at(0),
                at(1)
            );
            let warning = Diagnostic::warning(Code::JINJA_RAISED, message).event("SnapshotTimestampWarning");
            return Some(root.host.warn(warning).map(|()| Value::from("")).map_err(raise));
        }
        "raise_database_error" => (Code::JINJA_RAISED_DATABASE, at(0)),
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
        "raise_dependency_error" => (Code::PACKAGE, at(0)),
        _ => (
            Code::JINJA_RAISED,
            of_resources(method, &args).unwrap_or_else(|| at(0)),
        ),
    };
    Some(Err(raise(Diagnostic::error(code, message))))
}

/// Says what the methods say that dbt raises of resources and of its own objects; none for another method.
fn of_resources(method: &str, args: &Args) -> Option<String> {
    let given = |i: usize| {
        args.positional
            .get(i)
            .or_else(|| args.named.get(i).map(|(_, value)| value))
    };
    let text = |i: usize| given(i).map(str_of).unwrap_or_default();
    // A node is told by its id, not by all that is known of it.
    let id = |i: usize| {
        let node = given(i)?;
        Some(entry(node, "unique_id").map_or_else(|| str_of(node), |id| str_of(&id)))
    };
    let id = |i: usize| id(i).unwrap_or_default();
    Some(match method {
        "raise_ambiguous_alias" => {
            format!(
                "`{}` and `{}` would both be the relation `{}`",
                id(0),
                id(1),
                text(2)
            )
        }
        "raise_ambiguous_catalog_match" => {
            format!(
                "two relations of the database fit `{}`: {} and {}",
                text(0),
                text(1),
                text(2)
            )
        }
        "raise_cache_inconsistent" => format!("what is known of the database is wrong: {}", text(0)),
        "raise_dataclass_not_dict" => format!("{} is no dictionary", text(0)),
        "raise_dep_not_found" => {
            format!("{} needs the package `{}`, which was not found", text(1), text(2))
        }
        "raise_duplicate_patch_name" => {
            format!(
                "`{}` has properties at two places, of which one is {}",
                id(0),
                text(1)
            )
        }
        "raise_duplicate_resource_name" => format!("`{}` and `{}` have the same name", id(0), id(1)),
        "raise_invalid_property_yml_version" => {
            format!("the properties file {} does not fit: {}", text(0), text(1))
        }
        _ => return None,
    })
}

/// Says how a query's columns differ from those of the contract, in dbt's table.
fn contract(args: &Args) -> String {
    let columns = |index: usize| -> Vec<(String, String)> {
        let given = args.positional.get(index).and_then(|v| items(v).ok());
        let part = |column: &Value, name: &str| entry(column, name).map(|v| str_of(&v)).unwrap_or_default();
        given
            .unwrap_or_default()
            .iter()
            .map(|column| (part(column, "name"), part(column, "data_type")))
            .collect()
    };
    let (declared, actual) = (columns(0), columns(1));
    if declared.is_empty() {
        return "the model has an enforced contract, but declares no columns".to_owned();
    }
    let mut rows: Vec<[&str; 4]> = Vec::new();
    for (name, kind) in &actual {
        match declared.iter().find(|(other, _)| other == name) {
            Some((_, wanted)) if wanted == kind => {}
            Some((_, wanted)) => rows.push([name, kind, wanted, "data type mismatch"]),
            None => rows.push([name, kind, "", "missing in contract"]),
        }
    }
    for (name, kind) in &declared {
        if !actual.iter().any(|(other, _)| other == name) {
            rows.push([name, "", kind, "missing in definition"]);
        }
    }
    rows.sort_by_key(|row| row[0]);
    let heads = [
        "column_name",
        "definition_type",
        "contract_type",
        "mismatch_reason",
    ];
    format!(
        "the columns of the model's query are not those of its enforced contract\n\n{}",
        TableValue::of_texts(&heads, &rows)
    )
}
