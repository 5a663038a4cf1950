//! Joins of two tables, as agate makes them.

use minijinja::{Error, State, Value};

use super::operations::{given, is_function, keys, yes};
use super::{TableValue, row_values};
use crate::jinja::args::Args;
use crate::jinja::python::{error, none, operators, str_of};

/// What rows are joined by.
struct Side {
    /// The key of each row.
    keys: Vec<Vec<Value>>,
    /// The columns that the key is.
    places: Vec<usize>,
}

/// Returns the keys of a table's rows: columns, what a function makes of them, or their numbers.
fn side(table: &TableValue, state: &mut State, key: Option<&Value>) -> Result<Side, Error> {
    let Some(key) = key else {
        return Ok(Side {
            keys: (0..table.rows.len()).map(|i| vec![Value::from(i)]).collect(),
            places: Vec::new(),
        });
    };
    let places = if is_function(key) {
        Vec::new()
    } else {
        keys(key)?
            .iter()
            .map(|k| table.index_of(k))
            .collect::<Result<_, _>>()?
    };
    let keys = table.rows.iter().map(|row| table.key_of(state, row, key));
    Ok(Side {
        keys: keys.collect::<Result<_, _>>()?,
        places,
    })
}

pub(super) fn join(left: &TableValue, state: &mut State, args: Args) -> Result<Value, Error> {
    let names = [
        "right_table",
        "left_key",
        "right_key",
        "inner",
        "full_outer",
        "require_match",
        "columns",
    ];
    let [right, left_key, right_key, inner, full_outer, require, columns] =
        args.required("join", names, 1)?;
    let right = right.unwrap_or_default();
    let Some(right) = right.downcast_object_ref::<TableValue>() else {
        return Err(error("join() needs a table"));
    };
    let (inner, full_outer, require) = (yes(inner), yes(full_outer), yes(require));
    if inner && full_outer {
        return Err(error("a join is either inner or full outer, not both"));
    }
    let left_key = given(left_key);
    let right_key = left_key
        .as_ref()
        .and(given(right_key).or_else(|| left_key.clone()));
    let left_side = side(left, state, left_key.as_ref())?;
    let right_side = side(right, state, right_key.as_ref())?;
    let wanted = given(columns).map(|c| keys(&c)).transpose()?;
    // The right key is shown only where rows without a partner on the left are kept.
    let shown: Vec<usize> = (0..right.names.len())
        .filter(|i| match &wanted {
            _ if full_outer => true,
            Some(wanted) => wanted.contains(&right.names[*i]),
            None => !right_side.places.contains(i),
        })
        .collect();
    let right_cells: Vec<Vec<Value>> = right
        .rows
        .iter()
        .map(|row| {
            let values = row_values(row);
            shown.iter().filter_map(|i| values.get(*i).cloned()).collect()
        })
        .collect();
    let mut matched = vec![false; right_cells.len()];
    let mut out = Vec::new();
    let mut row_names = Vec::new();
    let name_of = |i: usize| left.row_names.as_ref().and_then(|names| names.get(i).cloned());
    for (at, (row, key)) in left.rows.iter().zip(&left_side.keys).enumerate() {
        let values = row_values(row);
        let before = out.len();
        for (i, (other, cells)) in right_side.keys.iter().zip(&right_cells).enumerate() {
            if key.iter().zip(other).all(|(a, b)| operators::equal(a, b)) {
                matched[i] = true;
                out.push([values.as_slice(), cells.as_slice()].concat());
            }
        }
        if out.len() == before {
            if require {
                let key: Vec<String> = key.iter().map(str_of).collect();
                return Err(error(format!(
                    "the key `{}` of the left table has no match in the right one",
                    key.join(", ")
                )));
            }
            if !inner {
                out.push([values, vec![none(); shown.len()]].concat());
            }
        }
        row_names.extend((before..out.len()).filter_map(|_| name_of(at)));
    }
    if full_outer {
        let alone = right_cells.iter().zip(&matched).filter(|(_, matched)| !**matched);
        out.extend(alone.map(|(cells, _)| [vec![none(); left.names.len()], cells.clone()].concat()));
        row_names = left.row_names.as_ref().map(|n| n.to_vec()).unwrap_or_default();
    }
    let mut all_names = left.names.to_vec();
    for i in &shown {
        let name = &right.names[*i];
        let taken = left.names.contains(name);
        all_names.push(if taken {
            Value::from(format!("{name}2"))
        } else {
            name.clone()
        });
    }
    let mut types = left.types.to_vec();
    types.extend(shown.iter().map(|i| right.types[*i]));
    let joined = TableValue::of_rows(all_names, types, out);
    Ok(Value::from_object(
        joined.named(left.row_names.is_some().then_some(row_names)),
    ))
}
