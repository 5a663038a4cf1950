//! `adapter`: the one way from macros to the database.
//!
//! While parsing there is no session: what would ask the database answers as dbt's parser does, with nothing.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use minijinja::{Error, State, Value};

use super::results::AnswerValue;
use super::{Group, adapter_helpers, api, python_job};
use crate::adapters::{AdapterError, Class, Column, CsvFile, Execute, Part, Relation, Session};
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{error, none, repr_of, str_of, tuple};
use crate::jinja::render::{MacroRef, Root};
use crate::jinja::values::{
    Absorbing, ColumnValue, Dict, List, RelationValue, TableValue, pairs, relation_part,
};

pub(super) const METHODS: &[&str] = &[
    "dispatch",
    "type",
    "quote",
    "quote_as_configured",
    "quote_seed_column",
    "execute",
    "add_query",
    "commit",
    "get_relation",
    "load_relation",
    "list_relations",
    "list_relations_without_caching",
    "get_columns_in_relation",
    "get_missing_columns",
    "get_column_schema_from_query",
    "expand_target_column_types",
    "drop_relation",
    "truncate_relation",
    "rename_relation",
    "create_schema",
    "drop_schema",
    "check_schema_exists",
    "cache_added",
    "cache_dropped",
    "cache_renamed",
    "get_incremental_strategy_macro",
    "valid_incremental_strategies",
    "builtin_incremental_strategies",
    "load_csv",
    "connected_components",
    "operation",
    "nice_connection_name",
    "verify_database",
    "already_exists",
    "get_columns_in_table",
    "location_exists",
    "get_partitions_metadata",
    "get_catalog_integration",
    "store_relation",
    "submit_python_job",
];

pub(super) fn value(root: &Arc<Root>) -> Value {
    Group {
        name: "adapter",
        root: root.clone(),
        member,
        method,
        call: None,
    }
    .value()
}

fn member(root: &Arc<Root>, name: &str) -> Option<Value> {
    match name {
        "Relation" => Some(api::relation(root)),
        "config" => Some(Dict::of([
            (
                "project_name",
                Value::from(&*root.index().resolution.root_package),
            ),
            ("credentials", root.host.member("target").unwrap_or_else(none)),
            (
                "quoting",
                Dict::of(quoting(root).map(|(part, yes)| (part.to_owned(), Value::from(yes)))),
            ),
        ])),
        "behavior" => Some(super::group(root, "behavior", |_, _| Some(Absorbing::value()))),
        _ => None,
    }
}

pub(super) fn failed(failure: AdapterError) -> Error {
    raise(failure.into())
}

/// As [`failed`], with the line of the statement at which the database stopped.
fn failed_at(failure: &AdapterError, sql: &str) -> Error {
    raise(failure.diagnostic(Some(("executed SQL", sql))))
}

fn no_session(method: &str) -> Error {
    raise(
        Diagnostic::error(
            Code::JINJA_DATABASE,
            format!("`adapter.{method}` needs the database, which is not there now"),
        )
        .hint("Put the call under `{% if execute %}`."),
    )
}

fn method(root: &Arc<Root>, state: &mut State, method: &str, args: Args) -> Option<Result<Value, Error>> {
    if let Some(result) = offline(root, state, method, &args) {
        return Some(result);
    }
    if let Some(result) = adapter_helpers::method(root, method, &args) {
        return Some(result);
    }
    if !METHODS.contains(&method) {
        if root.host.execute()
            && let Some(found) = own_macro(root, method)
        {
            let mut values = args.positional;
            if !args.named.is_empty() {
                values.push(minijinja::value::Kwargs::from_iter(args.named).into());
            }
            return Some(found.call(state, &values));
        }
        // A method of another database's adapter takes every use while parsing.
        return (!root.host.execute()).then(|| Ok(Absorbing::value()));
    }
    let Some(session) = root.host.session() else {
        return Some(match parse_time(method) {
            Some(value) if !root.host.execute() => Ok(value),
            _ => Err(no_session(method)),
        });
    };
    Some(online(root, session, state, method, args))
}

/// Warns of a method that has another name today.
fn warn_of_older(root: &Arc<Root>, method: &str, today: &str) -> Result<(), Error> {
    let message = format!("`adapter.{method}` is deprecated");
    let warning = Diagnostic::warning(Code::DEPRECATED, message)
        .event("AdapterDeprecationWarning")
        .hint(format!("Call `adapter.{today}`."));
    root.host.warn(warning).map_err(raise)
}

/// What dbt's parser answers in place of the database.
fn parse_time(method: &str) -> Option<Value> {
    Some(match method {
        "execute" => tuple(vec![Value::from(""), TableValue::of_batches(None, &[])]),
        "add_query" => tuple(vec![none(), none()]),
        "get_columns_in_relation"
        | "get_columns_in_table"
        | "get_missing_columns"
        | "get_column_schema_from_query"
        | "list_relations"
        | "list_relations_without_caching" => List::value(Vec::new()),
        "check_schema_exists" | "already_exists" => Value::from(false),
        "get_partitions_metadata" => TableValue::of_batches(None, &[]),
        "cache_added" | "cache_dropped" | "cache_renamed" => Value::from(""),
        "valid_incremental_strategies" | "builtin_incremental_strategies" => List::value(Vec::new()),
        "nice_connection_name" => Value::from("parse"),
        _ => none(),
    })
}

/// Methods that need no database.
fn offline(root: &Arc<Root>, state: &mut State, method: &str, args: &Args) -> Option<Result<Value, Error>> {
    let args = || args.clone();
    Some(match method {
        "dispatch" => dispatch(root, args()),
        "type" => Ok(root
            .index()
            .resolution
            .adapter_types
            .first()
            .map_or_else(none, |t| Value::from(t.as_str()))),
        "quote" => args()
            .exactly(method, ["identifier"])
            .map(|[name]| quote(root, &str_of(&name))),
        "quote_as_configured" => args()
            .exactly(method, ["identifier", "quote_key"])
            .map(|[name, key]| {
                let known = relation_part(&str_of(&key));
                match known {
                    Some(part) if quotes(root, part) => quote(root, &str_of(&name)),
                    _ => name,
                }
            }),
        "quote_seed_column" => {
            args()
                .required(method, ["column", "quote_config"], 1)
                .map(|[name, config]| {
                    let name = name.unwrap_or_default();
                    let by_default = || {
                        let session = root.host.session();
                        session.is_none_or(|s| s.adapter().dialect().quotes_names())
                    };
                    let config = config.filter(|c| !c.is_none() && !c.is_undefined());
                    if config.map_or_else(by_default, |c| c.is_true()) {
                        quote(root, &str_of(&name))
                    } else {
                        name
                    }
                })
        }
        "get_incremental_strategy_macro" if root.host.execute() => strategy_macro(root, args()),
        "Relation" | "Column" => return None,
        _ => {
            let _ = state;
            return None;
        }
    })
}

fn quote(root: &Arc<Root>, name: &str) -> Value {
    match root.host.session() {
        Some(session) => Value::from(session.adapter().dialect().quote_identifier(name)),
        None => Value::from(format!("\"{name}\"")),
    }
}

/// Says whether the project quotes a part of relations.
fn quotes(root: &Arc<Root>, part: Part) -> bool {
    let key = match part {
        Part::Database => "database",
        Part::Schema => "schema",
        Part::Identifier => "identifier",
    };
    root.index().resolution.quoting.get(key).copied().unwrap_or(true)
}

/// Refuses a relation that differs from the one asked for in letter case alone: on this database it is the same, and
/// one of two nodes would take the other's place without a word.
fn same_case(root: &Arc<Root>, session: &Session, found: &Relation, asked: &str) -> Result<(), Error> {
    let Some(name) = found.identifier.as_deref() else {
        return Ok(());
    };
    let is_told_apart = session.adapter().capability().keeps_case_of_names && quotes(root, Part::Identifier);
    if !is_told_apart || name == asked {
        return Ok(());
    }
    let message =
        format!("the relation `{asked}` is there as `{name}`, which is the same name for this database");
    Err(raise(Diagnostic::error(Code::DATABASE, message).hint(
        "Give one of the two another name or `alias`; if nothing else makes the old one, drop it.",
    )))
}

/// Returns the parts that the project's `quoting` names.
fn quoting(root: &Arc<Root>) -> impl Iterator<Item = (&str, bool)> {
    let quoting = &root.index().resolution.quoting;
    quoting.iter().map(|(part, yes)| (part.as_str(), *yes))
}

fn dispatch(root: &Arc<Root>, args: Args) -> Result<Value, Error> {
    let [name, namespace, packages] = args.required(
        "adapter.dispatch",
        ["macro_name", "macro_namespace", "packages"],
        1,
    )?;
    let name = str_of(&name.unwrap_or_default());
    if let Some((package, rest)) = name.split_once('.') {
        return Err(raise(
            Diagnostic::error(
                Code::DISPATCH,
                format!("`{name}` is no name of a macro to dispatch to"),
            )
            .hint(format!(
                "Write `adapter.dispatch('{rest}', macro_namespace='{package}')`."
            )),
        ));
    }
    if packages.is_some_and(|p| !p.is_none()) {
        return Err(raise(
            Diagnostic::error(Code::DISPATCH, "`adapter.dispatch` takes no `packages` any more")
                .hint("Use `macro_namespace` and the `dispatch` setting of dbt_project.yml."),
        ));
    }
    let namespace = namespace
        .filter(|n| !n.is_none() && !n.is_undefined())
        .map(|n| str_of(&n));
    match root
        .index()
        .dispatch(root.host.package(), &name, namespace.as_deref())
    {
        Ok(entry) => Ok(root.macro_value(entry)),
        Err(tried) => {
            let tried: Vec<String> = tried.iter().map(|t| format!("`{t}`")).collect();
            Err(raise(
                Diagnostic::error(
                    Code::DISPATCH,
                    format!("no macro was found to dispatch `{name}` to"),
                )
                .note(format!("searched for {}", tried.join(", ")))
                .did_you_mean(
                    &format!("default__{name}"),
                    root.index().names(root.host.package()),
                ),
            ))
        }
    }
}

fn strategy_macro(root: &Arc<Root>, args: Args) -> Result<Value, Error> {
    let [_, strategy] = args.required("get_incremental_strategy_macro", ["model_context", "strategy"], 1)?;
    let strategy = strategy
        .filter(|s| !s.is_none())
        .map_or_else(|| "default".to_owned(), |s| str_of(&s));
    let name = format!("get_incremental_{}_sql", strategy.replace('+', "_"));
    if let Some(session) = root.host.session() {
        let valid = session.adapter().capability().incremental_strategies;
        let known = [
            "append",
            "delete+insert",
            "merge",
            "insert_overwrite",
            "microbatch",
        ];
        if known.contains(&&*strategy) && !valid.contains(&&*strategy) {
            return Err(raise(
                Diagnostic::error(
                    Code::CONFIG,
                    format!("the incremental strategy `{strategy}` is not one that this database has"),
                )
                .hint(format!("Use one of: {}.", valid.join(", "))),
            ));
        }
    }
    root.lookup(&name).ok_or_else(|| {
        raise(Diagnostic::error(
            Code::JINJA_UNDEFINED,
            format!("the incremental strategy `{strategy}` has no macro `{name}`"),
        ))
    })
}

pub(super) fn relation<'a>(value: &'a Value, method: &str) -> Result<&'a Relation, Error> {
    RelationValue::get(value).ok_or_else(|| {
        raise(Diagnostic::error(
            Code::JINJA_CALL,
            format!("`adapter.{method}` needs a relation, but got {}", repr_of(value)),
        ))
    })
}

fn columns(session: &Session, relation: &Relation) -> Result<Vec<Column>, Error> {
    session.columns(relation).map_err(failed)
}

fn column_values(session: &Session, columns: impl IntoIterator<Item = Column>) -> Value {
    let dialect = Some(session.adapter().dialect());
    List::value(columns.into_iter().map(|c| ColumnValue::of(c, dialect)).collect())
}

/// Returns what templates see of a relation that the database has.
fn of_database(session: &Session, mut relation: Relation) -> Value {
    relation.class = Class(session.adapter().dialect().relation_class());
    RelationValue::value(relation)
}

/// Widens strings of `to_relation` to those of `from_relation`, where the database keeps lengths.
fn widen(root: &Arc<Root>, session: &Session, state: &mut State, args: Args) -> Result<Value, Error> {
    let [from, to] = args.exactly("expand_target_column_types", ["from_relation", "to_relation"])?;
    if !session.adapter().dialect().has_sized_strings() {
        return Ok(none());
    }
    let wanted = columns(session, relation(&from, "expand_target_column_types")?)?;
    for column in columns(session, relation(&to, "expand_target_column_types")?)? {
        let other = wanted.iter().find(|other| other.name == column.name);
        if let Some(kind) = other.and_then(|other| ColumnValue::widened(&column, other))
            && let Some(alter) = root.lookup("alter_column_type")
        {
            alter.call(state, &[to.clone(), Value::from(column.name), Value::from(kind)])?;
        }
    }
    Ok(none())
}

fn text(value: Option<Value>, otherwise: &str) -> String {
    match value.filter(|v| !v.is_none() && !v.is_undefined()) {
        Some(value) => str_of(&value),
        None => otherwise.to_owned(),
    }
}

fn online(
    root: &Arc<Root>,
    session: &Session,
    state: &mut State,
    method: &str,
    args: Args,
) -> Result<Value, Error> {
    let database = session.adapter().database();
    match method {
        "execute" => execute(session, args),
        "add_query" => {
            let [sql, auto_begin, bindings, ..] =
                args.required(method, ["sql", "auto_begin", "bindings", "abridge_sql_log"], 1)?;
            if auto_begin.is_none_or(|a| a.is_true()) {
                session.begin().map_err(failed)?;
            }
            let mut sql = str_of(&sql.unwrap_or_default());
            if let Some(bindings) = bindings.filter(|b| !b.is_none()) {
                let values = crate::jinja::python::items(&bindings)?;
                let dialect = session.adapter().dialect();
                sql = super::bindings::bind(&sql, &values, &|text| dialect.string_literal(text))
                    .map_err(raise)?;
            }
            session
                .execute(&sql, Execute::default())
                .map_err(|failure| failed_at(&failure, &sql))?;
            Ok(tuple(vec![none(), none()]))
        }
        "submit_python_job" => python_job::submit(root, args),
        "commit" => session.commit().map(|()| none()).map_err(failed),
        "get_relation" | "load_relation" => {
            let [db, schema, identifier] = args.required(method, ["database", "schema", "identifier"], 3)?;
            let identifier = text(identifier, "");
            let found = session
                .get_relation(&text(db, database), &text(schema, ""), &identifier)
                .map_err(failed)?;
            if let Some(found) = &found {
                same_case(root, session, found, &identifier)?;
            }
            Ok(found.map_or_else(none, |found| of_database(session, found)))
        }
        "list_relations_without_caching" | "list_relations" => {
            let (db, schema) = match args.positional.as_slice() {
                [one] if RelationValue::get(one).is_some() => {
                    let relation = relation(one, method)?;
                    (
                        relation.database.as_deref().unwrap_or(database).to_owned(),
                        relation.schema.as_deref().unwrap_or_default().to_owned(),
                    )
                }
                _ => {
                    let [db, schema] = args.optional(method, ["database", "schema"])?;
                    (text(db, database), text(schema, ""))
                }
            };
            let found = session.list_relations(&db, &schema).map_err(failed)?;
            let found = found.into_iter().map(|found| of_database(session, found));
            Ok(List::value(found.collect()))
        }
        "get_columns_in_relation" => {
            let [of] = args.exactly(method, ["relation"])?;
            let found = columns(session, relation(&of, method)?)?;
            Ok(column_values(session, found))
        }
        "get_columns_in_table" => {
            warn_of_older(root, method, "get_columns_in_relation")?;
            let [schema, identifier] = args.exactly(method, ["schema", "identifier"])?;
            let table = Relation::new(Some(database), Some(&str_of(&schema)), Some(&str_of(&identifier)));
            let found = columns(session, &table)?;
            Ok(column_values(session, found))
        }
        "already_exists" => {
            warn_of_older(root, method, "get_relation")?;
            let [schema, name] = args.exactly(method, ["schema", "name"])?;
            let found = session.get_relation(database, &str_of(&schema), &str_of(&name));
            Ok(Value::from(found.map_err(failed)?.is_some()))
        }
        "location_exists" => {
            let [location] = args.exactly(method, ["location"])?;
            let text = session.adapter().dialect().string_literal(&str_of(&location));
            let sql = format!("select 1 from {text} where 1=0");
            Ok(Value::from(session.execute(&sql, Execute::default()).is_ok()))
        }
        "get_partitions_metadata" | "get_catalog_integration" | "store_relation" => Err(raise(
            Diagnostic::error(
                Code::UNSUPPORTED,
                format!("`adapter.{method}` is not there for this database"),
            )
            .hint("It serves partitions and catalogs of other databases, or plugins in Python."),
        )),
        "get_missing_columns" => {
            let [from, to] = args.exactly(method, ["from_relation", "to_relation"])?;
            let to = columns(session, relation(&to, method)?)?;
            let from = columns(session, relation(&from, method)?)?;
            let missing = from.into_iter().filter(|c| !to.iter().any(|t| t.name == c.name));
            Ok(column_values(session, missing))
        }
        "get_column_schema_from_query" => {
            let [sql] = args.exactly(method, ["sql"])?;
            column_schema(session, &str_of(&sql))
        }
        "expand_target_column_types" => widen(root, session, state, args),
        "verify_database" => Ok(none()),
        "check_schema_exists" => {
            let [db, schema] = args.exactly(method, ["database", "schema"])?;
            let schemas = session.list_schemas(&text(Some(db), database)).map_err(failed)?;
            let wanted = str_of(&schema);
            Ok(Value::from(
                schemas.iter().any(|s| s.eq_ignore_ascii_case(&wanted)),
            ))
        }
        "cache_added" | "cache_dropped" => {
            let [of] = args.exactly(method, ["relation"])?;
            if !of.is_none() {
                let relation = relation(&of, method)?;
                if method == "cache_added" {
                    session.cache_added(relation);
                } else {
                    session.cache_dropped(relation);
                }
            }
            Ok(Value::from(""))
        }
        "cache_renamed" => {
            let [from, to] = args.exactly(method, ["from_relation", "to_relation"])?;
            session.cache_renamed(relation(&from, method)?, relation(&to, method)?);
            Ok(Value::from(""))
        }
        "drop_relation" | "truncate_relation" | "rename_relation" | "create_schema" | "drop_schema" => {
            by_macro(root, session, state, method, args)
        }
        "valid_incremental_strategies" | "builtin_incremental_strategies" => {
            let all = session.adapter().capability().incremental_strategies;
            Ok(List::value(all.iter().map(|s| Value::from(*s)).collect()))
        }
        "get_incremental_strategy_macro" => strategy_macro(root, args),
        "load_csv" => load_csv(session, args),
        "connected_components" => connected_components(session, args),
        "operation" => operation(session, args),
        "nice_connection_name" => Ok(Value::from("master")),
        _ => Err(error(format!("`adapter` has no method named `{method}`"))),
    }
}

fn execute(session: &Session, args: Args) -> Result<Value, Error> {
    let [sql, auto_begin, fetch, limit] =
        args.required("execute", ["sql", "auto_begin", "fetch", "limit"], 1)?;
    if auto_begin.is_some_and(|a| a.is_true()) {
        session.begin().map_err(failed)?;
    }
    let options = Execute {
        fetch: fetch.is_some_and(|f| f.is_true()),
        limit: limit.and_then(|l| l.as_usize()),
    };
    let sql = str_of(&sql.unwrap_or_default());
    let response = session
        .execute(&sql, options)
        .map_err(|failure| failed_at(&failure, &sql))?;
    let table = if options.fetch {
        TableValue::of_batches(response.schema.as_ref(), &response.batches)
    } else {
        TableValue::of_batches(None, &[])
    };
    Ok(tuple(vec![AnswerValue::value(&response), table]))
}

/// Returns the columns that a query would give.
fn column_schema(session: &Session, sql: &str) -> Result<Value, Error> {
    let told = session
        .columns_of_query(sql)
        .map_err(|failure| failed_at(&failure, sql))?;
    if let Some(columns) = told {
        let dialect = session.adapter().dialect();
        let mut values = Vec::new();
        for column in columns {
            let parts = dialect.flattened(&column.name, &column.dtype);
            if parts.len() == 1 && parts[0].0 == column.name {
                values.push(ColumnValue::value(column));
                continue;
            }
            values.extend(parts.into_iter().map(|(name, dtype)| {
                ColumnValue::value(Column {
                    name,
                    dtype,
                    char_size: None,
                    numeric_precision: None,
                    numeric_scale: None,
                })
            }));
        }
        return Ok(List::value(values));
    }
    let response = session
        .execute(
            &format!("describe {}", sql.trim().trim_end_matches(';')),
            Execute {
                fetch: true,
                limit: None,
            },
        )
        .map_err(failed)?;
    let mut out = Vec::new();
    for batch in &response.batches {
        for row in 0..batch.num_rows() {
            let text = |i: usize| str_of(&crate::jinja::values::cell(batch.column(i), row));
            if batch.num_columns() >= 2 {
                let flat = session.adapter().dialect().flattened(&text(0), &text(1));
                out.extend(flat.into_iter().map(|(name, dtype)| {
                    ColumnValue::value(Column {
                        name,
                        dtype,
                        char_size: None,
                        numeric_precision: None,
                        numeric_scale: None,
                    })
                }));
            }
        }
    }
    Ok(List::value(out))
}

/// Does what an adapter does through a macro of the same name, and keeps the catalog true.
fn by_macro(
    root: &Arc<Root>,
    session: &Session,
    state: &mut State,
    method: &str,
    args: Args,
) -> Result<Value, Error> {
    let values = if method == "rename_relation" {
        let [from, to] = args.exactly(method, ["from_relation", "to_relation"])?;
        session.cache_renamed(relation(&from, method)?, relation(&to, method)?);
        vec![from, to]
    } else {
        let [of] = args.exactly(method, ["relation"])?;
        if of.is_none() {
            return Ok(none());
        }
        let relation = relation(&of, method)?;
        if method == "drop_relation" {
            session.cache_dropped(relation);
        }
        vec![of]
    };
    let name = root
        .lookup(method)
        .filter(|v| v.downcast_object_ref::<MacroRef>().is_some())
        .ok_or_else(|| {
            raise(Diagnostic::error(
                Code::JINJA_UNDEFINED,
                format!("`adapter.{method}` needs the macro `{method}`, which was not found"),
            ))
        })?;
    // What the adapter calls is no call of the template's own, of which the manifest tells.
    root.depth.fetch_add(1, Ordering::Relaxed);
    let called = name.call(state, &values);
    root.depth.fetch_sub(1, Ordering::Relaxed);
    called?;
    if matches!(method, "create_schema" | "drop_schema")
        && let Some(relation) = RelationValue::get(&values[0])
    {
        let database = relation
            .database
            .as_deref()
            .unwrap_or(session.adapter().database());
        if method == "drop_schema" {
            session.cache_forget(Some((database, relation.schema.as_deref().unwrap_or_default())));
        }
        if method == "create_schema" {
            session.commit().map_err(failed)?;
        }
    }
    Ok(none())
}

fn load_csv(session: &Session, args: Args) -> Result<Value, Error> {
    let [of, path, names, delimiter, short] = args.required(
        "load_csv",
        ["relation", "path", "columns", "delimiter", "has_short_rows"],
        3,
    )?;
    let of = of.unwrap_or_default();
    let names: Vec<String> = crate::jinja::python::items(&names.unwrap_or_default())?
        .iter()
        .map(str_of)
        .collect();
    let delimiter = text(delimiter, ",").chars().next().unwrap_or(',');
    let path = str_of(&path.unwrap_or_default());
    let file = CsvFile {
        path: std::path::Path::new(&path),
        columns: &names,
        delimiter,
        has_short_rows: short.is_some_and(|s| s.is_true()),
    };
    let rows = session
        .load_csv(relation(&of, "load_csv")?, &file)
        .map_err(failed)?;
    Ok(Value::from(rows))
}

/// Does what the database does by other ways than SQL.
fn operation(session: &Session, args: Args) -> Result<Value, Error> {
    let [name, of, arguments] = args.required("operation", ["name", "relation", "arguments"], 2)?;
    let of = of.unwrap_or_default();
    let arguments = arguments.map_or(serde_json::Value::Null, |value| {
        crate::jinja::Engine::json(&value)
    });
    let answer = session
        .operation(
            &str_of(&name.unwrap_or_default()),
            relation(&of, "operation")?,
            &arguments,
        )
        .map_err(failed)?;
    Ok(crate::jinja::Engine::value(&answer))
}

/// Returns the macro that stands for a method which only the adapter of this kind of database has: `<kind>__<method>`.
fn own_macro(root: &Arc<Root>, method: &str) -> Option<Value> {
    let kinds = &root.index().resolution.adapter_types;
    kinds
        .iter()
        .find_map(|kind| root.lookup(&format!("{kind}__{method}")))
}

/// Makes a table of the components of a query's members, in memory: returns how many `members`, `sightings` and
/// `components` there are; none where the database cannot (then SQL must do it).
fn connected_components(session: &Session, args: Args) -> Result<Value, Error> {
    let [sql, into, names] = args.exactly("connected_components", ["sql", "relation", "columns"])?;
    let sql = str_of(&sql);
    let names: Vec<String> = crate::jinja::python::items(&names)?.iter().map(str_of).collect();
    let Ok(names) = <[String; 4]>::try_from(names) else {
        return Err(error(
            "`adapter.connected_components` needs four names of columns".to_owned(),
        ));
    };
    let counts = session
        .connected_components(&sql, relation(&into, "connected_components")?, &names)
        .map_err(|failure| failed_at(&failure, &sql))?;
    Ok(counts.map_or_else(none, |counts| {
        Dict::of([
            ("members", Value::from(counts.members)),
            ("sightings", Value::from(counts.sightings)),
            ("components", Value::from(counts.components)),
        ])
    }))
}

/// Returns a member of a dictionary as text; none where it is unset.
pub(super) fn entry(value: &Value, name: &str) -> Option<Value> {
    let found = pairs(value)
        .ok()?
        .into_iter()
        .find(|(k, _)| k.as_str() == Some(name))?;
    (!found.1.is_none() && !found.1.is_undefined()).then_some(found.1)
}
