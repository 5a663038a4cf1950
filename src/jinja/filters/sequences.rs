//! Filters on lists, dictionaries and other sequences.

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::{Filter, all, attribute, int_or};
use crate::jinja::args::Args;
use crate::jinja::checks;
use crate::jinja::python::{self, error, items, operators, str_of, tuple, type_name};
use crate::jinja::values::{BoundMethod, List, View, pairs};

#[expect(clippy::too_many_lines, reason = "one arm a filter")]
pub(super) fn find(name: &str) -> Option<Filter> {
    Some(match name {
        "length" | "count" => |_, args| {
            let [value] = args.exactly("length", ["obj"])?;
            if value.is_undefined() {
                return Ok(Value::from(0));
            }
            value
                .len()
                .map(Value::from)
                .ok_or_else(|| error(format!("object of type '{}' has no len()", type_name(&value))))
        },
        "list" => |_, args| {
            args.exactly("list", ["value"])
                .and_then(|[v]| Ok(List::value(items(&v)?)))
        },
        "first" => |_, args| {
            let value = args.positional.into_iter().next().unwrap_or_default();
            if value.kind() == ValueKind::Iterable {
                return Ok(value.try_iter()?.next().unwrap_or_default());
            }
            Ok(all(Some(value))?.into_iter().next().unwrap_or_default())
        },
        "last" => |_, args| Ok(all(args.positional.into_iter().next())?.pop().unwrap_or_default()),
        "random" => |_, args| {
            Ok(all(args.positional.into_iter().next())?
                .into_iter()
                .next()
                .unwrap_or_default())
        },
        "reverse" => |_, args| {
            let [value] = args.exactly("reverse", ["value"])?;
            if let Some(text) = value.as_str() {
                return Ok(Value::from(text.chars().rev().collect::<String>()));
            }
            let mut all = items(&value)?;
            all.reverse();
            Ok(View::value("list_reverseiterator", all))
        },
        "items" => |_, args| {
            let [value] = args.exactly("items", ["value"])?;
            if value.is_undefined() {
                return Ok(List::value(Vec::new()));
            }
            if value.kind() != ValueKind::Map {
                return Err(error("Can only get item pairs from a mapping."));
            }
            Ok(View::value(
                "items",
                pairs(&value)?
                    .into_iter()
                    .map(|(k, v)| tuple(vec![k, v]))
                    .collect(),
            ))
        },
        "sort" => |_, args| {
            let [value, reverse, case, by] =
                args.required("sort", ["value", "reverse", "case_sensitive", "attribute"], 1)?;
            let sorted = sort(
                all(value)?,
                by.as_ref(),
                yes(case.as_ref()),
                yes(reverse.as_ref()),
            )?;
            Ok(List::value(sorted))
        },
        "dictsort" => |_, args| {
            let [value, case, by, reverse] =
                args.required("dictsort", ["value", "case_sensitive", "by", "reverse"], 1)?;
            let at = usize::from(by.as_ref().and_then(Value::as_str) == Some("value"));
            let rows = pairs(&value.unwrap_or_default())?
                .into_iter()
                .map(|(k, v)| tuple(vec![k, v]))
                .collect();
            let by = Value::from(at);
            Ok(List::value(sort(
                rows,
                Some(&by),
                yes(case.as_ref()),
                yes(reverse.as_ref()),
            )?))
        },
        "unique" => |_, args| {
            let [value, case, by] = args.required("unique", ["value", "case_sensitive", "attribute"], 1)?;
            let mut seen: Vec<Value> = Vec::new();
            let mut out = Vec::new();
            for item in all(value)? {
                let key = key_of(&item, by.as_ref(), yes(case.as_ref()));
                if !seen.iter().any(|known| operators::equal(known, &key)) {
                    seen.push(key);
                    out.push(item);
                }
            }
            Ok(View::value("generator", out))
        },
        "min" => |_, args| extreme(args, false),
        "max" => |_, args| extreme(args, true),
        "batch" => |_, args| {
            let [value, size, fill] = args.required("batch", ["value", "linecount", "fill_with"], 2)?;
            let size = usize::try_from(int_or(size.as_ref(), 1)).unwrap_or(1).max(1);
            let mut out: Vec<Vec<Value>> = all(value)?.chunks(size).map(<[Value]>::to_vec).collect();
            if let (Some(last), Some(fill)) = (out.last_mut(), fill.filter(|f| !f.is_none())) {
                last.resize(size, fill);
            }
            Ok(View::value(
                "generator",
                out.into_iter().map(List::value).collect(),
            ))
        },
        "slice" => |_, args| {
            let [value, slices, fill] = args.required("slice", ["value", "slices", "fill_with"], 2)?;
            let all = all(value)?;
            let n = usize::try_from(int_or(slices.as_ref(), 1)).unwrap_or(1).max(1);
            let fill = fill.filter(|f| !f.is_none());
            let (size, extra) = (all.len() / n, all.len() % n);
            let mut out = Vec::new();
            let mut at = 0;
            for i in 0..n {
                let end = at + size + usize::from(i < extra);
                let mut part = all[at..end].to_vec();
                if i >= extra
                    && let Some(fill) = &fill
                {
                    part.push(fill.clone());
                }
                out.push(List::value(part));
                at = end;
            }
            Ok(View::value("generator", out))
        },
        "groupby" => |_, args| {
            let names = ["value", "attribute", "default", "case_sensitive"];
            let [value, by, default, case] = args.required("groupby", names, 2)?;
            groupby(
                all(value)?,
                &by.unwrap_or_default(),
                default.as_ref(),
                yes(case.as_ref()),
            )
        },
        "attr" => |_, args| {
            let [value, name] = args.exactly("attr", ["obj", "name"])?;
            if let Some(method) = BoundMethod::of(&value, &str_of(&name)) {
                return Ok(method);
            }
            // A dictionary's entries are no attributes.
            let entries = value
                .downcast_object_ref::<crate::jinja::values::Dict>()
                .is_some();
            Ok(if entries {
                Value::UNDEFINED
            } else {
                attribute(&value, &name)
            })
        },
        "map" => map,
        "select" => |state, args| filter(state, args, false, true),
        "reject" => |state, args| filter(state, args, false, false),
        "selectattr" => |state, args| filter(state, args, true, true),
        "rejectattr" => |state, args| filter(state, args, true, false),
        _ => return None,
    })
}

fn yes(value: Option<&Value>) -> bool {
    value.is_some_and(Value::is_true)
}

fn fold(value: Value, case: bool) -> Value {
    match value.as_str() {
        Some(text) if !case => Value::from(text.to_lowercase()),
        _ => value,
    }
}

/// Returns what an item is compared by: itself, or its attributes.
fn key_of(item: &Value, by: Option<&Value>, case: bool) -> Value {
    let Some(by) = by.filter(|b| !b.is_none()) else {
        return fold(item.clone(), case);
    };
    match by.as_str() {
        Some(names) if names.contains(',') => {
            let parts = names
                .split(',')
                .map(|name| fold(attribute(item, &Value::from(name.trim())), case));
            tuple(parts.collect())
        }
        _ => fold(attribute(item, by), case),
    }
}

fn sort(items: Vec<Value>, by: Option<&Value>, case: bool, reverse: bool) -> Result<Vec<Value>, Error> {
    let mut keyed: Vec<(Value, Value)> = items
        .into_iter()
        .map(|item| (key_of(&item, by, case), item))
        .collect();
    operators::sort_by_key(&mut keyed, reverse)?;
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

fn extreme(args: Args, largest: bool) -> Result<Value, Error> {
    let [value, case, by] = args.required("max", ["value", "case_sensitive", "attribute"], 1)?;
    let mut best: Option<(Value, Value)> = None;
    for item in all(value)? {
        let key = key_of(&item, by.as_ref(), yes(case.as_ref()));
        let better = match &best {
            None => true,
            Some((old, _)) => {
                let order = operators::order(&key, old)?;
                if largest { order.is_gt() } else { order.is_lt() }
            }
        };
        if better {
            best = Some((key, item));
        }
    }
    Ok(best.map(|(_, item)| item).unwrap_or_default())
}

fn groupby(items: Vec<Value>, by: &Value, default: Option<&Value>, case: bool) -> Result<Value, Error> {
    let own = |item: &Value| {
        let found = attribute(item, by);
        match default {
            Some(default) if found.is_undefined() => default.clone(),
            _ => found,
        }
    };
    let mut keyed: Vec<(Value, Value)> = items
        .into_iter()
        .map(|item| (fold(own(&item), case), item))
        .collect();
    operators::sort_by_key(&mut keyed, false)?;
    let mut groups: Vec<(Value, Value, Vec<Value>)> = Vec::new();
    for (key, item) in keyed {
        match groups.last_mut() {
            Some((last, _, members)) if *last == key => members.push(item),
            _ => groups.push((key, own(&item), vec![item])),
        }
    }
    let rows = groups.into_iter().map(|(_, grouper, members)| {
        Value::from_object(Group {
            grouper,
            list: List::value(members),
        })
    });
    Ok(List::value(rows.collect()))
}

/// A group of `groupby`: a pair that also has names.
#[derive(Debug)]
struct Group {
    grouper: Value,
    list: Value,
}

impl minijinja::value::Object for Group {
    fn repr(self: &std::sync::Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Seq
    }

    fn get_value(self: &std::sync::Arc<Self>, key: &Value) -> Option<Value> {
        match (key.as_str(), key.as_usize()) {
            (Some("grouper"), _) | (_, Some(0)) => Some(self.grouper.clone()),
            (Some("list"), _) | (_, Some(1)) => Some(self.list.clone()),
            _ => None,
        }
    }

    fn enumerate(self: &std::sync::Arc<Self>) -> minijinja::value::Enumerator {
        minijinja::value::Enumerator::Values(vec![self.grouper.clone(), self.list.clone()])
    }
}

/// Returns the items of what `map` and the filters that choose are given: `none` and 0 have none, as in Jinja.
fn all_or_none(value: Option<Value>) -> Result<Vec<Value>, Error> {
    match value {
        Some(value)
            if value.is_none()
                || matches!(value.kind(), ValueKind::Bool | ValueKind::Number) && !value.is_true() =>
        {
            Ok(Vec::new())
        }
        value => all(value),
    }
}

fn map(state: &mut State, args: Args) -> Result<Value, Error> {
    let mut positional = args.positional.into_iter();
    let list = all_or_none(positional.next())?;
    let rest: Vec<Value> = positional.collect();
    let named = |name: &str| args.named.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let mut out = Vec::with_capacity(list.len());
    if rest.is_empty() {
        let Some(by) = named("attribute") else {
            return Err(error("map requires a filter argument"));
        };
        let default = named("default");
        for item in list {
            let found = match by.as_str() {
                Some(names) if names.contains(',') => tuple(
                    names
                        .split(',')
                        .map(|n| attribute(&item, &Value::from(n.trim())))
                        .collect(),
                ),
                _ => attribute(&item, &by),
            };
            out.push(match &default {
                Some(default) if found.is_undefined() => default.clone(),
                _ => found,
            });
        }
    } else {
        let name = str_of(&rest[0]);
        for item in list {
            let args = Args {
                positional: rest[1..].to_vec(),
                named: args.named.clone(),
            };
            out.push(super::run(state, &name, item, args)?);
        }
    }
    Ok(View::value("generator", out))
}

fn filter(_state: &mut State, args: Args, by_attribute: bool, keep: bool) -> Result<Value, Error> {
    let mut positional = args.positional.into_iter();
    let list = all_or_none(positional.next())?;
    let by = if by_attribute {
        Some(
            positional
                .next()
                .ok_or_else(|| error("Missing parameter for attribute name"))?,
        )
    } else {
        None
    };
    let test = positional.next().map(|t| python::str_of(&t));
    let rest: Vec<Value> = positional.collect();
    let mut out = Vec::new();
    for item in list {
        let subject = by
            .as_ref()
            .map_or_else(|| item.clone(), |by| attribute(&item, by));
        let fits = match &test {
            None => subject.is_true(),
            Some(test) => {
                let mut args = vec![subject];
                args.extend(rest.iter().cloned());
                checks::test(test, &args)?
            }
        };
        if fits == keep {
            out.push(item);
        }
    }
    Ok(View::value("generator", out))
}
