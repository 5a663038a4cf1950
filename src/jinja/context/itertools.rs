//! `modules.itertools`.

use std::sync::Arc;

use minijinja::{Error, Value};

use super::Group;
use super::modules::class;
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::operators::{self, Operator};
use crate::jinja::python::{error, items, none, tuple};
use crate::jinja::render::Root;
use crate::jinja::values::{Endless, View};

const PRODUCT_MAX: usize = 1_000_000;
const NAMES: [&str; 14] = [
    "accumulate",
    "chain",
    "combinations",
    "combinations_with_replacement",
    "compress",
    "count",
    "cycle",
    "islice",
    "permutations",
    "product",
    "repeat",
    "starmap",
    "tee",
    "zip_longest",
];

/// Every function of the module is deprecated.
fn warn(root: &Arc<Root>, function: &str) -> Result<(), Error> {
    let message = format!("`modules.itertools.{function}` is deprecated");
    let warning = Diagnostic::warning(Code::DEPRECATED, message)
        .event("ModulesItertoolsUsageDeprecation")
        .hint("Write the loop in Jinja, or use a list's own methods and filters.");
    root.host.warn(warning).map_err(raise)
}

pub(super) fn value(root: &Arc<Root>) -> Value {
    Group {
        name: "itertools",
        root: root.clone(),
        member: |root, name| {
            (name == "chain").then(|| {
                class(
                    root,
                    "chain",
                    |_, _, method, args| {
                        (method == "from_iterable").then(|| {
                            let [lists] = args.exactly("from_iterable", ["iterable"])?;
                            Ok(made(
                                items(&lists)?
                                    .iter()
                                    .map(items)
                                    .collect::<Result<Vec<_>, _>>()?
                                    .concat(),
                            ))
                        })
                    },
                    |root, _, args| {
                        warn(root, "chain")?;
                        let lists = args.positional.iter().map(items).collect::<Result<Vec<_>, _>>()?;
                        Ok(made(lists.concat()))
                    },
                )
            })
        },
        method: |root, state, method, args| {
            if method != "chain"
                && NAMES.contains(&method)
                && let Err(error) = warn(root, method)
            {
                return Some(Err(error));
            }
            itertool(state, method, args)
        },
        call: None,
    }
    .value()
}

fn made(items: Vec<Value>) -> Value {
    View::value("iterator", items)
}

fn tuples(items: Vec<Vec<Value>>) -> Value {
    made(items.into_iter().map(tuple).collect())
}

#[expect(clippy::too_many_lines, reason = "one arm a function")]
fn itertool(state: &mut minijinja::State, method: &str, args: Args) -> Option<Result<Value, Error>> {
    let size = |v: Option<Value>, otherwise: usize| v.and_then(|v| v.as_usize()).unwrap_or(otherwise);
    let run = || -> Result<Value, Error> {
        Ok(match method {
            "product" => {
                let repeat = args
                    .named
                    .iter()
                    .find(|(n, _)| n == "repeat")
                    .and_then(|(_, v)| v.as_usize())
                    .unwrap_or(1);
                let lists = args.positional.iter().map(items).collect::<Result<Vec<_>, _>>()?;
                let mut out: Vec<Vec<Value>> = vec![Vec::new()];
                for list in lists.iter().cycle().take(lists.len() * repeat) {
                    if out.len() * list.len() > PRODUCT_MAX {
                        return Err(error("the product is too large"));
                    }
                    out = out
                        .iter()
                        .flat_map(|head| {
                            list.iter()
                                .map(move |x| [head.as_slice(), std::slice::from_ref(x)].concat())
                        })
                        .collect();
                }
                tuples(out)
            }
            "combinations" | "permutations" | "combinations_with_replacement" => {
                let [list, r] = args.required(method, ["iterable", "r"], 1)?;
                let list = items(&list.unwrap_or_default())?;
                let r = size(r, list.len());
                let mut out = Vec::new();
                choose(&list, r, method, &mut Vec::new(), &mut out)?;
                tuples(out)
            }
            "zip_longest" => {
                let fill = args
                    .named
                    .iter()
                    .find(|(n, _)| n == "fillvalue")
                    .map_or_else(none, |(_, v)| v.clone());
                let lists = args.positional.iter().map(items).collect::<Result<Vec<_>, _>>()?;
                let length = lists.iter().map(Vec::len).max().unwrap_or(0);
                tuples(
                    (0..length)
                        .map(|i| {
                            lists
                                .iter()
                                .map(|l| l.get(i).cloned().unwrap_or_else(|| fill.clone()))
                                .collect()
                        })
                        .collect(),
                )
            }
            "accumulate" => {
                let [list, function] = args.required(method, ["iterable", "func"], 1)?;
                let mut total: Option<Value> = None;
                let mut out = Vec::new();
                for item in items(&list.unwrap_or_default())? {
                    let next = match (&total, &function) {
                        (None, _) => item,
                        (Some(sum), Some(f)) => f.call(state, &[sum.clone(), item])?,
                        (Some(sum), None) => operators::apply(Operator::Add, sum, &item)?,
                    };
                    out.push(next.clone());
                    total = Some(next);
                }
                made(out)
            }
            "compress" => {
                let [data, selectors] = args.exactly(method, ["data", "selectors"])?;
                let pairs = items(&data)?.into_iter().zip(items(&selectors)?);
                made(pairs.filter(|(_, s)| s.is_true()).map(|(d, _)| d).collect())
            }
            "islice" => {
                let source = args.positional.first().cloned().unwrap_or_default();
                let part = |i: usize| {
                    args.positional
                        .get(i)
                        .filter(|v| !v.is_none())
                        .and_then(Value::as_usize)
                };
                let (start, stop, step) = match args.positional.len() {
                    2 => (0, part(1), 1),
                    _ => (part(1).unwrap_or(0), part(2), part(3).unwrap_or(1).max(1)),
                };
                let list = match (Endless::of(&source), stop) {
                    (Some(endless), Some(stop)) => endless.take(stop.min(PRODUCT_MAX)),
                    _ => items(&source)?,
                };
                let stop = stop.unwrap_or(list.len());
                made(list.into_iter().take(stop).skip(start).step_by(step).collect())
            }
            "repeat" => {
                let [item, times] = args.required(method, ["object", "times"], 1)?;
                let item = item.unwrap_or_default();
                match times {
                    Some(times) => made(vec![item; times.as_usize().unwrap_or(0).min(PRODUCT_MAX)]),
                    None => Endless::repeat(item),
                }
            }
            "starmap" => {
                let [function, list] = args.exactly(method, ["function", "iterable"])?;
                let rows = items(&list)?;
                let results = rows.iter().map(|row| function.call(state, &items(row)?));
                made(results.collect::<Result<Vec<_>, _>>()?)
            }
            "tee" => {
                let [list, n] = args.required(method, ["iterable", "n"], 1)?;
                let list = items(&list.unwrap_or_default())?;
                tuple(vec![made(list); size(n, 2)])
            }
            "count" => {
                let [start, step] = args.optional(method, ["start", "step"])?;
                let number = |v: Option<Value>, default: i64| v.unwrap_or_else(|| Value::from(default));
                Endless::count(number(start, 0), number(step, 1))?
            }
            "cycle" => {
                let [list] = args.exactly(method, ["iterable"])?;
                Endless::cycle(items(&list)?)
            }
            _ => return Err(Error::from(minijinja::ErrorKind::UnknownMethod)),
        })
    };
    Some(run())
}

fn choose(
    list: &[Value],
    r: usize,
    method: &str,
    picked: &mut Vec<usize>,
    out: &mut Vec<Vec<Value>>,
) -> Result<(), Error> {
    if picked.len() == r {
        if out.len() >= PRODUCT_MAX {
            return Err(error("there are too many combinations"));
        }
        out.push(picked.iter().map(|i| list[*i].clone()).collect());
        return Ok(());
    }
    let first = match (method, picked.last()) {
        ("combinations", Some(last)) => last + 1,
        ("combinations_with_replacement", Some(last)) => *last,
        _ => 0,
    };
    for i in first..list.len() {
        if method == "permutations" && picked.contains(&i) {
            continue;
        }
        picked.push(i);
        choose(list, r, method, picked, out)?;
        picked.pop();
    }
    Ok(())
}
