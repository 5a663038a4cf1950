//! Methods of `adapter` that are plain computation: constraints, grants, locations, deletes.

use std::sync::Arc;

use minijinja::{Error, Value};

use super::adapter::entry;
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{error, items, none, str_of};
use crate::jinja::render::Root;
use crate::jinja::values::{Dict, List, TableValue, pairs};

/// The helpers that a template may take without calling them.
pub(super) const METHODS: &[&str] = &[
    "get_hard_deletes_behavior",
    "standardize_grants_dict",
    "render_raw_columns_constraints",
    "render_raw_model_constraints",
    "escape_sql_string",
    "warn_once",
    "get_seed_file_path",
    "external_write_options",
    "external_read_location",
    "external_root",
    "disable_transactions",
    "is_motherduck",
    "is_ducklake",
    "use_ducklake_table_workarounds",
    "ensure_transaction",
    "valid_snapshot_target",
    "assert_valid_snapshot_target_given_strategy",
    "parse_index",
    "build_catalog_relation",
    "batch_id_for_model",
    "get_temp_relation_path",
    "convert_type",
    "get_binding_char",
    "existing_key_constraint_types",
    "take_foreign_key_turn",
    "give_foreign_key_turn_back",
    "catalog_supports_foreign_keys",
    "convert_datetimes_to_strs",
];

/// Runs such a method; none where there is none of this name.
pub(super) fn method(root: &Arc<Root>, method: &str, args: &Args) -> Option<Result<Value, Error>> {
    let args = args.clone();
    Some(match method {
        "get_hard_deletes_behavior" => args
            .exactly(method, ["config"])
            .and_then(|[c]| hard_deletes(root, &c)),
        "standardize_grants_dict" => args.exactly(method, ["grants_table"]).and_then(|[t]| grants(&t)),
        "render_raw_columns_constraints" => args
            .exactly(method, ["raw_columns"])
            .and_then(|[c]| column_constraints(root, &c)),
        "render_raw_model_constraints" => args
            .exactly(method, ["raw_constraints"])
            .and_then(|[c]| model_constraints(root, &c)),
        "escape_sql_string" => args
            .exactly(method, ["value"])
            .map(|[v]| Value::from(str_of(&v).replace('\'', "''"))),
        "warn_once" => args
            .exactly(method, ["msg"])
            .and_then(|[m]| warn(root, str_of(&m)).map(|()| none())),
        "get_seed_file_path" => args.exactly(method, ["model"]).map(|[model]| {
            let part = |name| entry(&model, name).map(|v| str_of(&v)).unwrap_or_default();
            Value::from(format!("{}/{}", part("root_path"), part("original_file_path")))
        }),
        "external_write_options" => args
            .exactly(method, ["write_location", "rendered_options"])
            .and_then(|[location, options]| write_options(&str_of(&location), &options)),
        "external_read_location" => args
            .exactly(method, ["write_location", "rendered_options"])
            .map(|[location, options]| read_location(&location, &options)),
        "external_root" => Ok(root
            .host
            .member("target")
            .and_then(|t| entry(&t, "external_root"))
            .unwrap_or_else(|| Value::from("."))),
        "disable_transactions" => Ok(Value::from(without_transactions(root))),
        "is_motherduck" | "is_ducklake" | "use_ducklake_table_workarounds" => Ok(Value::from(false)),
        "ensure_transaction" => ensure_transaction(root),
        "valid_snapshot_target" | "assert_valid_snapshot_target_given_strategy" => {
            snapshot_target(root, args)
        }
        "parse_index" => args.exactly(method, ["raw_index"]).map(|[raw]| raw),
        "build_catalog_relation" => Ok(none()),
        "batch_id_for_model" => args
            .exactly(method, ["model"])
            .map(|[model]| Value::from(batch_id(&model))),
        "get_temp_relation_path" => args
            .required(method, ["model", "batch_id"], 1)
            .map(|[model, batch]| temporary_path(root, &model.unwrap_or_default(), batch)),
        "convert_type" => args
            .exactly(method, ["agate_table", "col_idx"])
            .and_then(|[table, index]| converted_type(root, &table, &index)),
        "get_binding_char" => Ok(Value::from("?")),
        "existing_key_constraint_types" => args
            .exactly(method, ["relation"])
            .and_then(|[relation]| key_constraints(root, &relation)),
        "take_foreign_key_turn" | "give_foreign_key_turn_back" => {
            if let Some(session) = root.host.session() {
                if method == "take_foreign_key_turn" {
                    session.take_turn();
                } else {
                    session.give_turn_back();
                }
            }
            Ok(none())
        }
        "catalog_supports_foreign_keys" => Ok(Value::from(true)),
        "convert_datetimes_to_strs" => args.exactly(method, ["table"]).map(|[t]| {
            t.downcast_object_ref::<TableValue>()
                .map_or(t.clone(), TableValue::with_times_as_text)
        }),
        "is_before_version" | "is_at_or_after_version" => Ok(Value::from(method == "is_at_or_after_version")),
        _ => return None,
    })
}

/// Tells a warning of the database's adapter.
fn warn(root: &Arc<Root>, message: String) -> Result<(), Error> {
    let warning = Diagnostic::warning(Code::JINJA_RAISED, message).event("AdapterEventWarning");
    root.host.warn(warning).map_err(raise)
}

/// Says whether the profile wants each statement to stand alone.
fn without_transactions(root: &Arc<Root>) -> bool {
    let target = root.host.member("target");
    target
        .and_then(|t| entry(&t, "disable_transactions"))
        .is_some_and(|v| v.is_true())
}

fn ensure_transaction(root: &Arc<Root>) -> Result<Value, Error> {
    let Some(session) = root.host.session() else {
        return Ok(none());
    };
    if without_transactions(root) {
        let message = "disable_transactions is set, but a table with foreign keys is rebuilt in a transaction, so that a \
                       failure keeps the old one";
        warn(root, message.to_owned())?;
    }
    session
        .ensure_transaction()
        .map(|()| none())
        .map_err(super::adapter::failed)
}

/// Returns a name for the batch that a model is building: its start without marks; empty outside of batches.
fn batch_id(model: &Value) -> String {
    let batch = model.get_attr("batch").unwrap_or_default();
    let start = batch.get_attr("event_time_start").unwrap_or_default();
    if !start.is_true() {
        return String::new();
    }
    let marks = str_of(&start).replace(['-', ':', '+'], "");
    marks.replace(' ', "_")
}

/// Returns the path of a table beside a model's own, unique in the run.
fn temporary_path(root: &Arc<Root>, model: &Value, batch: Option<Value>) -> Value {
    let part = |name: &str| model.get_attr(name).unwrap_or_default();
    let run = root
        .host
        .member("invocation_id")
        .map(|id| str_of(&id).replace('-', "_"));
    let mut identifier = format!("{}__{}", str_of(&part("identifier")), run.unwrap_or_default());
    if let Some(batch) = batch.filter(Value::is_true) {
        identifier = format!("{identifier}__{}", str_of(&batch));
    }
    Dict::of_class(
        "Path",
        [
            ("database", part("database")),
            ("schema", Value::from("dbt_temp")),
            ("identifier", Value::from(identifier)),
        ],
    )
}

/// Returns the database's type for a column of a table.
fn converted_type(root: &Arc<Root>, table: &Value, index: &Value) -> Result<Value, Error> {
    let kind = table
        .downcast_object_ref::<TableValue>()
        .zip(index.as_usize())
        .and_then(|(table, index)| table.seed_type_of(index))
        .ok_or_else(|| error("convert_type() needs a table and the number of one of its columns"))?;
    let Some(kind) = kind else {
        return Ok(Value::from("time"));
    };
    Ok(root
        .host
        .session()
        .map_or_else(none, |s| Value::from(s.adapter().dialect().seed_type(kind))))
}

/// Returns the kinds of keys that a table had when the run began, sorted.
fn key_constraints(root: &Arc<Root>, relation: &Value) -> Result<Value, Error> {
    let relation = super::adapter::relation(relation, "existing_key_constraint_types")?;
    let Some(session) = root.host.session() else {
        return Ok(List::value(Vec::new()));
    };
    let mut found = session
        .key_constraints(relation)
        .map_err(super::adapter::failed)?;
    found.sort();
    found.dedup();
    Ok(List::value(found.into_iter().map(Value::from).collect()))
}

/// Reads a snapshot's settings from `config` of the context, or from a dictionary.
fn hard_deletes(root: &Arc<Root>, config: &Value) -> Result<Value, Error> {
    let given = |name: &str| match config.downcast_object_ref::<Dict>() {
        Some(_) => entry(config, name),
        None => root.host.get_config(name).filter(|v| !v.is_none()),
    };
    let invalidate = given("invalidate_hard_deletes");
    let behaviour = given("hard_deletes");
    if invalidate.is_some() && behaviour.is_some() {
        return Err(raise(Diagnostic::error(
            Code::CONFIG,
            "a snapshot may set `hard_deletes` or `invalidate_hard_deletes`, not both",
        )));
    }
    if invalidate.is_some_and(|v| v.is_true()) {
        return Ok(Value::from("invalidate"));
    }
    match behaviour.map(|b| str_of(&b)).as_deref() {
        None | Some("ignore") => Ok(Value::from("ignore")),
        Some("invalidate") => Ok(Value::from("invalidate")),
        Some("new_record") => Ok(Value::from("new_record")),
        Some(other) => Err(raise(
            Diagnostic::error(
                Code::CONFIG,
                format!("`hard_deletes` is `{other}`, which is not known"),
            )
            .hint("Use `ignore`, `invalidate` or `new_record`."),
        )),
    }
}

fn grants(table: &Value) -> Result<Value, Error> {
    let mut out: indexmap::IndexMap<String, Vec<Value>> = indexmap::IndexMap::new();
    for row in items(table)? {
        let cell = |name: &str| {
            row.get_item(&Value::from(name))
                .ok()
                .filter(|v| !v.is_undefined())
        };
        // Some databases list owners and shares as well, which no model grants.
        if let (Some(grantee), Some(privilege)) = (cell("grantee_name"), cell("privilege")) {
            let to = cell("granted_to").map(|to| str_of(&to)).unwrap_or_default();
            let privilege = str_of(&privilege);
            if privilege != "OWNERSHIP" && !matches!(to.as_str(), "SHARE" | "DATABASE_ROLE") {
                out.entry(privilege).or_default().push(grantee);
            }
            continue;
        }
        if let (Some(grantee), Some(privilege)) = (cell("Principal"), cell("ActionType")) {
            // What a schema or catalog grants is listed with it; it is not the relation's own.
            let on = cell("ObjectType")
                .map(|on| str_of(&on).to_uppercase())
                .unwrap_or_default();
            if str_of(&privilege) != "OWN" && matches!(on.as_str(), "" | "TABLE" | "VIEW") {
                out.entry(str_of(&privilege).to_lowercase())
                    .or_default()
                    .push(grantee);
            }
            continue;
        }
        let grantee = row.get_item(&Value::from("grantee"))?;
        let privilege = str_of(&row.get_item(&Value::from("privilege_type"))?);
        out.entry(privilege).or_default().push(grantee);
    }
    Ok(Dict::of(out.into_iter().map(|(k, v)| (k, List::value(v)))))
}

fn text(value: &Value, name: &str) -> Option<String> {
    entry(value, name).map(|v| str_of(&v))
}

fn kind(constraint: &Value) -> Result<String, Error> {
    text(constraint, "type").ok_or_else(|| error("a constraint has no `type`"))
}

/// Says whether the database has a kind of constraint; one that it lacks is left out with a warning.
fn has_constraint(root: &Arc<Root>, kind: &str) -> Result<bool, Error> {
    let Some(session) = root.host.session() else {
        return Ok(true);
    };
    let has = session.adapter().dialect().has_constraint(kind);
    if !has {
        let message =
            format!("constraints of the type `{kind}` are not there in this database: it is ignored");
        let warning = Diagnostic::warning(Code::JINJA_RAISED, message).event("ConstraintNotSupported");
        root.host.warn(warning).map_err(raise)?;
    }
    Ok(has)
}

/// Returns the table of a foreign key as the database takes it.
fn foreign_table(root: &Arc<Root>, constraint: &Value) -> Option<String> {
    let to = text(constraint, "to").filter(|to| !to.is_empty())?;
    let local = root
        .host
        .session()
        .is_some_and(|s| s.adapter().capability().local_foreign_keys);
    let parts: Vec<&str> = to.split('.').collect();
    Some(if local && parts.len() == 3 {
        parts[1..].join(".")
    } else {
        to
    })
}

/// Returns what a foreign key refers to: a table with its columns, or the key of a table, or what an expression says.
fn referred(root: &Arc<Root>, constraint: &Value) -> Result<Option<String>, Error> {
    let table = foreign_table(root, constraint);
    let columns = entry(constraint, "to_columns").filter(Value::is_true);
    Ok(match (table, columns, text(constraint, "expression")) {
        (Some(table), Some(columns), _) => Some(format!("{table} ({})", names(&columns)?)),
        (_, _, Some(expression)) if !expression.is_empty() => Some(expression),
        (table, ..) => table,
    })
}

fn column_constraints(root: &Arc<Root>, columns: &Value) -> Result<Value, Error> {
    let mut out = Vec::new();
    for (_, column) in pairs(columns)? {
        let name = text(&column, "name").unwrap_or_default();
        let name = if entry(&column, "quote").is_some_and(|q| q.is_true()) {
            format!("\"{name}\"")
        } else {
            name
        };
        let mut parts = vec![format!(
            "{name} {}",
            text(&column, "data_type").unwrap_or_default()
        )];
        for constraint in entry(&column, "constraints")
            .map(|c| items(&c))
            .transpose()?
            .unwrap_or_default()
        {
            let expression = text(&constraint, "expression").unwrap_or_default();
            if !has_constraint(root, &kind(&constraint)?)? {
                continue;
            }
            let rendered = match &*kind(&constraint)? {
                "check" if !expression.is_empty() => Some(format!("check ({expression})")),
                "not_null" => Some(format!("not null {expression}")),
                "unique" => Some(format!("unique {expression}")),
                "primary_key" => Some(format!("primary key {expression}")),
                "foreign_key" => referred(root, &constraint)?.map(|to| format!("references {to}")),
                "custom" if !expression.is_empty() => Some(expression),
                _ => None,
            };
            parts.extend(rendered.map(|r| r.trim().to_owned()));
        }
        out.push(Value::from(parts.join(" ")));
    }
    Ok(List::value(out))
}

fn names(columns: &Value) -> Result<String, Error> {
    Ok(items(columns)?.iter().map(str_of).collect::<Vec<_>>().join(", "))
}

fn model_constraints(root: &Arc<Root>, constraints: &Value) -> Result<Value, Error> {
    let mut out = Vec::new();
    for constraint in items(constraints)? {
        if !has_constraint(root, &kind(&constraint)?)? {
            continue;
        }
        let prefix = text(&constraint, "name").map_or_else(String::new, |n| format!("constraint {n} "));
        let columns = entry(&constraint, "columns")
            .map(|c| names(&c))
            .transpose()?
            .unwrap_or_default();
        let expression = text(&constraint, "expression");
        let spaced = expression.as_ref().map_or_else(String::new, |e| format!(" {e}"));
        let rendered = match &*kind(&constraint)? {
            "check" => expression.map(|e| format!("{prefix}check ({e})")),
            "unique" => Some(format!("{prefix}unique{spaced} ({columns})")),
            "primary_key" => Some(format!("{prefix}primary key{spaced} ({columns})")),
            "foreign_key" => referred(root, &constraint)?
                .map(|to| format!("{prefix}foreign key ({columns}) references {to}")),
            "custom" => expression.map(|e| format!("{prefix}{e}")),
            _ => None,
        };
        out.extend(rendered.map(Value::from));
    }
    Ok(List::value(out))
}

fn write_options(location: &str, options: &Value) -> Result<Value, Error> {
    let Some(dict) = options.downcast_object_ref::<Dict>() else {
        return Err(error("external_write_options() needs a dictionary"));
    };
    let set = |name: &str, value: Value| dict.insert(Value::from(name), value);
    if entry(options, "format").is_none() {
        let file = location.rsplit('/').next().unwrap_or(location);
        let (file, compression) = match file.rsplit_once('.') {
            Some((rest, ending)) if ending.eq_ignore_ascii_case("gz") => (rest, Some("gzip")),
            Some((rest, ending)) if ending.eq_ignore_ascii_case("zst") => (rest, Some("zstd")),
            _ => (file, None),
        };
        let format = match file.rsplit_once('.') {
            Some((_, ending)) => ending.to_lowercase(),
            None if entry(options, "delimiter").is_some() => "csv".to_owned(),
            None => "parquet".to_owned(),
        };
        set("format", Value::from(format));
        if let Some(compression) = compression
            && entry(options, "compression").is_none()
        {
            set("compression", Value::from(compression));
        }
    }
    if text(options, "format").as_deref() == Some("csv") && entry(options, "header").is_none() {
        set("header", Value::from(1));
    }
    if let Some(by) = text(options, "partition_by")
        && by.contains(',')
        && !by.starts_with('(')
    {
        set("partition_by", Value::from(format!("({by})")));
    }
    let shown = dict.snapshot().into_iter().map(|(key, value)| {
        let (key, value) = (str_of(&key), str_of(&value));
        let quoted = matches!(&*key.to_lowercase(), "delimiter" | "quote" | "escape" | "null")
            && !value.starts_with('\'');
        if quoted {
            format!("{key} '{value}'")
        } else {
            format!("{key} {value}")
        }
    });
    Ok(Value::from(shown.collect::<Vec<_>>().join(", ")))
}

fn read_location(location: &Value, options: &Value) -> Value {
    let by = entry(options, "partition_by").filter(Value::is_true);
    if by.is_none() && !entry(options, "per_thread_output").is_some_and(|v| v.is_true()) {
        return location.clone();
    }
    let depth = 1 + by.map_or(0, |b| str_of(&b).split(',').count());
    let format = text(options, "format").unwrap_or_else(|| "parquet".to_owned());
    Value::from(format!("{}{}.{format}", str_of(location), "/*".repeat(depth)))
}

/// Checks that a snapshot's table has the columns that snapshots keep.
fn snapshot_target(root: &Arc<Root>, args: Args) -> Result<Value, Error> {
    let [of, names, strategy] = args.required(
        "valid_snapshot_target",
        ["relation", "column_names", "strategy"],
        1,
    )?;
    let Some(session) = root.host.session() else {
        return Ok(none());
    };
    let of = of.unwrap_or_default();
    let Some(relation) = crate::jinja::values::RelationValue::get(&of) else {
        return Err(error("a snapshot's target must be a relation"));
    };
    let have = session.columns(relation).map_err(super::adapter::failed)?;
    let mut wanted = vec!["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"];
    if strategy.and_then(|s| text(&s, "hard_deletes")).as_deref() == Some("new_record") {
        wanted.push("dbt_is_deleted");
    }
    let missing: Vec<String> = wanted
        .into_iter()
        .map(|name| {
            names
                .as_ref()
                .and_then(|n| text(n, name))
                .unwrap_or_else(|| name.to_owned())
        })
        .filter(|name| !have.iter().any(|c| c.name.eq_ignore_ascii_case(name)))
        .collect();
    if missing.is_empty() {
        return Ok(none());
    }
    Err(raise(
        Diagnostic::error(
            Code::JINJA_RAISED,
            format!(
                "the table {relation} is not one of a snapshot: it lacks {}",
                missing.join(", ")
            ),
        )
        .hint("Drop or rename the table, then run the snapshot again."),
    ))
}
