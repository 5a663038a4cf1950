//! Tables of another shape: rows to columns and back, counts by keys, rows that were missing, tables of objects.

use minijinja::{Error, State, Value};

use super::operations::{given, is_function, keys, unique};
use super::types::{self, DataType};
use super::{Kind, TableValue, groups, row_values};
use crate::jinja::args::Args;
use crate::jinja::python::{Decimal, Number, error, items, none, number, operators, str_of, tuple};
use crate::jinja::values::{Dict, List, PyObject, pairs};

/// Objects within objects are followed so deep.
const DEPTH_MAX: usize = 60;

/// Cells of a row with the places of their columns.
type Cells = Vec<(usize, Value)>;

/// The name of a count's column.
const COUNT: &str = "Count";

/// Returns the types that a caller names.
fn named_types(value: Option<Value>) -> Result<Option<Vec<Kind>>, Error> {
    let Some(value) = given(value) else {
        return Ok(None);
    };
    let one = |v: &Value| PyObject::get::<DataType>(v).map(|t| t.0);
    let found: Option<Vec<Kind>> = items(&value)?.iter().map(one).collect();
    found
        .map(Some)
        .ok_or_else(|| error("column_types are types of columns, such as `table.column_types[0]`"))
}

/// Casts all values to the types of their columns; types that are not there are found.
fn build(
    names: &[Value],
    kinds: &[Option<Kind>],
    rows: Vec<Vec<Value>>,
    row_names: Option<Vec<Value>>,
) -> Result<Value, Error> {
    let kind = |(i, kind): (usize, &Option<Kind>)| {
        kind.unwrap_or_else(|| types::find(rows.iter().filter_map(|row| row.get(i))))
    };
    let kinds: Vec<Kind> = kinds.iter().enumerate().map(kind).collect();
    if kinds.len() != names.len() {
        return Err(error("a table needs as many types as it has columns"));
    }
    let rows = rows.into_iter().map(|row| {
        let cells = row
            .iter()
            .zip(&kinds)
            .map(|(value, kind)| types::cast(*kind, value));
        cells.collect::<Result<Vec<_>, _>>()
    });
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    if let Some(names) = &row_names
        && names.iter().any(|n| matches!(number(n), Some(Number::Int(_))))
    {
        return Err(error(
            "names of rows cannot be whole numbers: cast the key to text or decimal in the query",
        ));
    }
    let table = TableValue::of_rows(unique(names, "_"), kinds, rows);
    Ok(Value::from_object(table.named(row_names)))
}

/// `table.normalize(...)`: a row for each of some columns.
pub(super) fn normalize(table: &TableValue, args: Args) -> Result<Value, Error> {
    let names = [
        "key",
        "properties",
        "property_column",
        "value_column",
        "column_types",
    ];
    let [key, properties, property_column, value_column, kinds] = args.required("normalize", names, 2)?;
    let places = |names: Option<Value>| {
        let names = keys(&names.unwrap_or_default())?;
        let places = names.iter().map(|n| table.index_of(n));
        places
            .collect::<Result<Vec<_>, Error>>()
            .map(|places| (names, places))
    };
    let (key_names, key_places) = places(key)?;
    let (properties, property_places) = places(properties)?;
    let mut rows = Vec::new();
    for row in table.rows.iter() {
        let values = row_values(row);
        let left: Vec<Value> = key_places.iter().map(|i| values[*i].clone()).collect();
        for (name, at) in properties.iter().zip(&property_places) {
            rows.push([left.clone(), vec![name.clone(), values[*at].clone()]].concat());
        }
    }
    let name = |given_name: Option<Value>, otherwise: &str| {
        given(given_name).unwrap_or_else(|| Value::from(otherwise))
    };
    let mut all_names = key_names;
    all_names.push(name(property_column, "property"));
    all_names.push(name(value_column, "value"));
    let mut all_kinds: Vec<Option<Kind>> = key_places.iter().map(|i| Some(table.types[*i])).collect();
    match named_types(kinds)? {
        Some(kinds) => all_kinds.extend(kinds.into_iter().map(Some)),
        None => all_kinds.extend([None, None]),
    }
    build(&all_names, &all_kinds, rows, None)
}

/// `table.denormalize(...)`: a column for each value of one.
pub(super) fn denormalize(table: &TableValue, args: Args) -> Result<Value, Error> {
    let names = [
        "key",
        "property_column",
        "value_column",
        "default_value",
        "column_types",
    ];
    let [key, property, value, default, kinds] = args.optional("denormalize", names)?;
    let key = given(key).map(|k| keys(&k)).transpose()?.unwrap_or_default();
    let property = given(property).unwrap_or_else(|| Value::from("property"));
    let value = given(value).unwrap_or_else(|| Value::from("value"));
    spread(table, &key, &property, &value, default, named_types(kinds)?)
}

fn spread(
    table: &TableValue,
    key: &[Value],
    property: &Value,
    value: &Value,
    default: Option<Value>,
    kinds: Option<Vec<Kind>>,
) -> Result<Value, Error> {
    let key_places: Vec<usize> = key.iter().map(|k| table.index_of(k)).collect::<Result<_, _>>()?;
    let (property, value) = (table.index_of(property)?, table.index_of(value)?);
    let mut fields: Vec<String> = Vec::new();
    let mut found: Vec<(Vec<Value>, Cells)> = Vec::new();
    for row in table.rows.iter() {
        let values = row_values(row);
        let of_row: Vec<Value> = key_places.iter().map(|i| values[*i].clone()).collect();
        let field = str_of(&values[property]);
        let at = fields.iter().position(|f| *f == field).unwrap_or_else(|| {
            fields.push(field);
            fields.len() - 1
        });
        let cell = (at, values[value].clone());
        let same = |other: &[Value]| other.iter().zip(&of_row).all(|(a, b)| operators::equal(a, b));
        match found.iter_mut().find(|(other, _)| same(other)) {
            Some((_, cells)) => cells.push(cell),
            None => found.push((of_row, vec![cell])),
        }
    }
    let default = default.unwrap_or_else(|| match table.types[value] {
        Kind::Number => Decimal::new(0, 0).value(),
        _ => none(),
    });
    let mut row_names = Vec::new();
    let mut rows = Vec::new();
    for (of_row, cells) in found {
        row_names.push(match of_row.as_slice() {
            [one] => one.clone(),
            several => tuple(several.to_vec()),
        });
        let mut row = of_row;
        for field in 0..fields.len() {
            let last = cells.iter().rev().find(|(at, _)| *at == field);
            row.push(last.map_or_else(|| default.clone(), |(_, value)| value.clone()));
        }
        rows.push(row);
    }
    let mut names = key.to_vec();
    names.extend(fields.iter().map(|f| Value::from(f.as_str())));
    let mut all_kinds: Vec<Option<Kind>> = key_places.iter().map(|i| Some(table.types[*i])).collect();
    match kinds {
        Some(kinds) => all_kinds.extend(kinds.into_iter().map(Some)),
        None => all_kinds.extend(fields.iter().map(|_| None)),
    }
    build(&names, &all_kinds, rows, Some(row_names))
}

/// The columns of a table of counts, and its rows.
#[derive(Default)]
struct Counts {
    names: Vec<Value>,
    kinds: Vec<Kind>,
    rows: Vec<Vec<Value>>,
}

fn count(
    table: &TableValue,
    state: &mut State,
    keys: &[(Value, Option<Value>)],
    before: &[Value],
    counts: &mut Counts,
) -> Result<(), Error> {
    let Some(((key, name), rest)) = keys.split_first() else {
        let number = i128::try_from(table.rows.len()).unwrap_or(i128::MAX);
        counts
            .rows
            .push([before, &[Decimal::new(number, 0).value()]].concat());
        return Ok(());
    };
    let found = groups::group(table, state, key, name.clone(), None)?;
    if counts.names.len() == before.len() {
        counts.names.push(found.name);
        counts.kinds.push(found.kind);
    }
    for (value, rows) in &found.tables {
        let before = [before, std::slice::from_ref(value)].concat();
        count(rows, state, rest, &before, counts)?;
    }
    Ok(())
}

/// `table.pivot(...)`: how many rows there are by keys, with a column for each value of another.
pub(super) fn pivot(table: &TableValue, state: &mut State, args: Args) -> Result<Value, Error> {
    let names = [
        "key",
        "pivot",
        "aggregation",
        "computation",
        "default_value",
        "key_name",
    ];
    let [key, pivot, aggregation, computation, default, key_name] = args.optional("pivot", names)?;
    if given(aggregation).is_some() || given(computation).is_some() {
        return Err(super::operations::refused("Table", "aggregate"));
    }
    let (key, key_name) = (given(key), given(key_name));
    let key: Vec<Value> = match key {
        None => Vec::new(),
        Some(key) if is_function(&key) || key.as_str().is_some() || number(&key).is_some() => vec![key],
        Some(_) if key_name.is_some() => {
            return Err(error("key_name does not go with a sequence of keys"));
        }
        Some(key) => keys(&key)?,
    };
    let pivot = given(pivot);
    let mut all: Vec<(Value, Option<Value>)> = key.iter().map(|k| (k.clone(), key_name.clone())).collect();
    all.extend(pivot.iter().map(|p| (p.clone(), None)));
    if all.is_empty() {
        return Ok(Dict::ordered(vec![(
            Value::from(COUNT),
            Value::from(table.rows.len()),
        )]));
    }
    let counted = counted(table, state, &all)?;
    let Some(pivot) = pivot else {
        return Ok(counted);
    };
    let Some(table) = counted.downcast_object_ref::<TableValue>() else {
        return Ok(counted);
    };
    let at = table.index_of(&pivot)?;
    let mut fields: Vec<String> = table.values_of(at).iter().map(str_of).collect();
    fields.sort();
    fields.dedup();
    let kinds = vec![Kind::Number; fields.len()];
    spread(table, &key, &pivot, &Value::from(COUNT), default, Some(kinds))
}

/// Counts rows by keys, each with another name or none.
pub(super) fn counted(
    table: &TableValue,
    state: &mut State,
    keys: &[(Value, Option<Value>)],
) -> Result<Value, Error> {
    let mut counts = Counts::default();
    count(table, state, keys, &[], &mut counts)?;
    counts.names.push(Value::from(COUNT));
    counts.kinds.push(Kind::Number);
    let names = counts.rows.iter().map(|row| match &row[..row.len() - 1] {
        [one] => one.clone(),
        several => tuple(several.to_vec()),
    });
    let names = names.collect();
    let kinds: Vec<Option<Kind>> = counts.kinds.into_iter().map(Some).collect();
    build(&counts.names, &kinds, counts.rows, Some(names))
}

/// `table.homogenize(...)`: rows for keys that are not there.
pub(super) fn homogenize(table: &TableValue, state: &mut State, args: Args) -> Result<Value, Error> {
    let [key, wanted, default] = args.required("homogenize", ["key", "compare_values", "default_row"], 2)?;
    let places: Vec<usize> = keys(&key.unwrap_or_default())?
        .iter()
        .map(|k| table.index_of(k))
        .collect::<Result<_, _>>()?;
    let default = given(default);
    let mut seen: Vec<Vec<Value>> = Vec::new();
    for row in table.rows.iter() {
        let values = row_values(row);
        seen.push(places.iter().map(|i| values[*i].clone()).collect());
    }
    let mut rows: Vec<Vec<Value>> = table.rows.iter().map(row_values).collect();
    for values in items(&wanted.unwrap_or_default())? {
        let values = if places.len() == 1 {
            keys(&values)?
        } else {
            items(&values)?
        };
        let cells = values
            .iter()
            .zip(&places)
            .map(|(v, i)| types::cast(table.types[*i], v));
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        if seen
            .iter()
            .any(|s| s.iter().zip(&cells).all(|(a, b)| operators::equal(a, b)))
        {
            continue;
        }
        let mut made = match &default {
            Some(make) if is_function(make) => items(&make.call(state, &[tuple(cells.clone())])?)?,
            Some(rest) => items(rest)?,
            None => vec![none(); table.names.len().saturating_sub(places.len())],
        };
        if !default.as_ref().is_some_and(is_function) {
            for (at, cell) in places.iter().zip(&cells) {
                made.insert((*at).min(made.len()), cell.clone());
            }
        }
        made.resize(table.names.len(), none());
        let made = made
            .iter()
            .zip(table.types.iter())
            .map(|(v, kind)| types::cast(*kind, v));
        rows.push(made.collect::<Result<_, _>>()?);
        seen.push(cells);
    }
    Ok(TableValue::value(
        table.names.to_vec(),
        table.types.to_vec(),
        rows,
    ))
}

/// `table.from_object(...)`: a table of dictionaries; what is within them gets names with a slash.
pub(super) fn from_object(args: Args) -> Result<Value, Error> {
    let [objects, row_names, kinds] =
        args.required("from_object", ["obj", "row_names", "column_types"], 1)?;
    let mut names: Vec<Value> = Vec::new();
    let mut found = Vec::new();
    for object in items(&objects.unwrap_or_default())? {
        let mut flat = Vec::new();
        flatten(&object, "", 0, &mut flat)?;
        for (name, _) in &flat {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        found.push(flat);
    }
    let cell = |flat: &[(Value, Value)], name: &Value| {
        let found = flat.iter().rev().find(|(n, _)| n == name);
        found.map_or_else(none, |(_, value)| value.clone())
    };
    let rows: Vec<Vec<Value>> = found
        .iter()
        .map(|flat| names.iter().map(|n| cell(flat, n)).collect())
        .collect();
    let kinds = match named_types(kinds)? {
        Some(kinds) => kinds.into_iter().map(Some).collect(),
        None => vec![None; names.len()],
    };
    let table = build(&names, &kinds, rows, None)?;
    match (given(row_names), table.downcast_object_ref::<TableValue>()) {
        (Some(row_names), Some(table)) => named_rows(table.clone(), &row_names),
        _ => Ok(table),
    }
}

/// Names rows by a column or by a sequence.
fn named_rows(table: TableValue, names: &Value) -> Result<Value, Error> {
    let names = match names.as_str() {
        Some(_) => table.values_of(table.index_of(names)?),
        None => items(names)?,
    };
    Ok(Value::from_object(table.named(Some(names))))
}

fn flatten(object: &Value, path: &str, depth: usize, out: &mut Vec<(Value, Value)>) -> Result<(), Error> {
    if depth > DEPTH_MAX {
        return Err(error("the objects are nested too deeply for a table"));
    }
    let entries = if object.downcast_object_ref::<Dict>().is_some() {
        pairs(object)?
    } else if object.downcast_object_ref::<List>().is_some() || object.is_tuple() {
        items(object)?
            .into_iter()
            .enumerate()
            .map(|(i, item)| (Value::from(i), item))
            .collect()
    } else {
        out.push((Value::from(path.trim_matches('/')), object.clone()));
        return Ok(());
    };
    for (key, value) in entries {
        flatten(&value, &format!("{path}{}/", str_of(&key)), depth + 1, out)?;
    }
    Ok(())
}

/// `table.merge(...)`: puts the rows of tables one after another; columns are found by their names.
pub(super) fn merge(args: Args) -> Result<Value, Error> {
    let [tables, row_names, wanted] = args.required("merge", ["tables", "row_names", "column_names"], 1)?;
    let tables = items(&tables.unwrap_or_default())?;
    let tables: Vec<&TableValue> = tables
        .iter()
        .map(|t| {
            t.downcast_object_ref()
                .ok_or_else(|| error("merge() needs tables"))
        })
        .collect::<Result<_, _>>()?;
    let wanted = given(wanted).map(|w| items(&w)).transpose()?;
    let mut names: Vec<Value> = Vec::new();
    let mut kinds: Vec<Kind> = Vec::new();
    for table in &tables {
        for (name, kind) in table.names.iter().zip(table.types.iter()) {
            if wanted.as_ref().is_some_and(|w| !w.contains(name)) {
                continue;
            }
            match names.iter().position(|n| n == name) {
                None => {
                    names.push(name.clone());
                    kinds.push(*kind);
                }
                Some(at) if kinds[at] != *kind => {
                    return Err(error(format!(
                        "the tables have a column `{name}` of different types: {} and {}",
                        kinds[at].name(),
                        kind.name()
                    )));
                }
                Some(_) => {}
            }
        }
    }
    let mut rows = Vec::new();
    for table in &tables {
        let places: Vec<Option<usize>> = names
            .iter()
            .map(|name| table.names.iter().position(|n| n == name))
            .collect();
        for row in table.rows.iter() {
            let values = row_values(row);
            let cell = |at: &Option<usize>| at.and_then(|i| values.get(i).cloned()).unwrap_or_else(none);
            rows.push(places.iter().map(cell).collect());
        }
    }
    let table = TableValue::of_rows(names, kinds, rows);
    match given(row_names) {
        Some(names) => named_rows(table, &names),
        None => Ok(Value::from_object(table)),
    }
}
