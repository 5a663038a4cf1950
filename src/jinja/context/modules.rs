//! `modules`: what dbt lends of Python's standard library.

use std::sync::Arc;

use chrono::{Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use minijinja::{Error, Value};

use super::{Group, Method, group};
use crate::jinja::args::Args;
use crate::jinja::python::operators::{self, Operator};
use crate::jinja::python::{Number, error, items, none, number, str_of, tuple};
use crate::jinja::render::Root;
use crate::jinja::values::datetime::{self, Moment, Zone};
use crate::jinja::values::regex::{self, Pattern};
use crate::jinja::values::{List, PyObject, View};

const PRODUCT_MAX: usize = 1_000_000;

pub(super) fn value(root: &Arc<Root>) -> Value {
    let method: Method = |_, _, name, args| {
        (name == "keys").then(|| {
            args.exactly::<0>("keys", [])?;
            Ok(List::value(NAMES.iter().map(|name| Value::from(*name)).collect()))
        })
    };
    Group {
        name: "modules",
        root: root.clone(),
        member,
        method,
        call: None,
    }
    .value()
}

/// The modules, in dbt's order.
const NAMES: [&str; 4] = ["pytz", "datetime", "re", "itertools"];

fn member(root: &Arc<Root>, name: &str) -> Option<Value> {
    match name {
        "datetime" => Some(group(root, "datetime", datetime_member)),
        "pytz" => Some(pytz(root)),
        "re" => Some(re(root)),
        "itertools" => Some(itertools(root)),
        _ => None,
    }
}

fn class(root: &Arc<Root>, name: &'static str, method: Method, call: super::Function) -> Value {
    Group {
        name,
        root: root.clone(),
        member: |_, _| None,
        method,
        call: Some(call),
    }
    .value()
}

fn datetime_member(root: &Arc<Root>, name: &str) -> Option<Value> {
    Some(match name {
        "datetime" => class(root, "datetime.datetime", datetime_method, |_, _, args| {
            new_datetime(args)
        }),
        "date" => class(root, "datetime.date", date_method, |_, _, args| {
            let [year, month, day] = args.exactly("date", ["year", "month", "day"])?;
            let part = |v: &Value| int(v).and_then(|i| u32::try_from(i).ok()).unwrap_or(u32::MAX);
            let year = int(&year).and_then(|y| i32::try_from(y).ok()).unwrap_or(0);
            NaiveDate::from_ymd_opt(year, part(&month), part(&day))
                .map(|d| Moment::Date(d).value())
                .ok_or_else(|| error("a part of the date is out of range"))
        }),
        "time" => class(
            root,
            "datetime.time",
            |_, _, _, _| None,
            |_, _, args| {
                let parts = args.optional("time", ["hour", "minute", "second", "microsecond"])?;
                let part = |i: usize| {
                    parts[i]
                        .as_ref()
                        .and_then(int)
                        .and_then(|i| u32::try_from(i).ok())
                        .unwrap_or(0)
                };
                NaiveTime::from_hms_micro_opt(part(0), part(1), part(2), part(3))
                    .map(|t| Moment::Time(t).value())
                    .ok_or_else(|| error("a part of the time is out of range"))
            },
        ),
        "timedelta" => class(
            root,
            "datetime.timedelta",
            |_, _, _, _| None,
            |_, _, args| timedelta(args),
        ),
        "timezone" => class(
            root,
            "datetime.timezone",
            |_, _, _, _| None,
            |_, _, args| {
                let [offset] = args.exactly("timezone", ["offset"])?;
                match Moment::of(&offset) {
                    Some(Moment::Delta(delta)) => i32::try_from(delta.num_seconds())
                        .ok()
                        .and_then(FixedOffset::east_opt)
                        .map(|o| Moment::Zone(Zone::Fixed(o)).value())
                        .ok_or_else(|| error("the offset is out of range")),
                    _ => Err(error("timezone() needs a timedelta")),
                }
            },
        ),
        _ => return None,
    })
}

fn int(value: &Value) -> Option<i128> {
    match number(value)? {
        Number::Int(i) => Some(i),
        Number::Float(_) => None,
    }
}

fn new_datetime(args: Args) -> Result<Value, Error> {
    let names = [
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "microsecond",
        "tzinfo",
    ];
    let parts = args.required("datetime", names, 3)?;
    let part = |i: usize| match &parts[i] {
        None => Some(0),
        Some(v) => int(v).and_then(|i| u32::try_from(i).ok()),
    };
    let zone = match parts[7].as_ref().map(Moment::of) {
        Some(Some(Moment::Zone(zone))) => Some(*zone),
        _ => None,
    };
    let made = || {
        let year = i32::try_from(int(parts[0].as_ref()?)?).ok()?;
        NaiveDate::from_ymd_opt(year, part(1)?, part(2)?)?.and_hms_micro_opt(
            part(3)?,
            part(4)?,
            part(5)?,
            part(6)?,
        )
    };
    made()
        .map(|at| Moment::DateTime(at, zone).value())
        .ok_or_else(|| error("a part of the date is out of range"))
}

fn timedelta(args: Args) -> Result<Value, Error> {
    let names = [
        "days",
        "seconds",
        "microseconds",
        "milliseconds",
        "minutes",
        "hours",
        "weeks",
    ];
    let micros = [86_400e6, 1e6, 1.0, 1e3, 60e6, 3_600e6, 604_800e6];
    let parts = args.optional("timedelta", names)?;
    let mut total = 0.0;
    for (part, unit) in parts.iter().zip(micros) {
        if let Some(value) = part {
            total += number(value)
                .ok_or_else(|| error("timedelta() needs numbers"))?
                .float()
                * unit;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "rounded to whole microseconds")]
    let total = total.round_ties_even() as i64;
    Ok(Moment::Delta(Duration::microseconds(total)).value())
}

fn datetime_method(
    root: &Arc<Root>,
    state: &mut minijinja::State,
    method: &str,
    args: Args,
) -> Option<Result<Value, Error>> {
    let now = root.shared.facts.now();
    Some(match method {
        "now" => args.optional("now", ["tz"]).and_then(|[zone]| {
            let utc = datetime::utc(now);
            match zone.filter(|z| !z.is_none()) {
                None => Ok(Moment::DateTime(now.naive_utc(), None).value()),
                Some(zone) => utc.call_method(state, "astimezone", &[zone]),
            }
        }),
        "utcnow" => Ok(Moment::DateTime(now.naive_utc(), None).value()),
        "today" => Ok(Moment::DateTime(now.naive_utc(), None).value()),
        "strptime" => args
            .exactly("strptime", ["date_string", "format"])
            .and_then(|[text, format]| strptime(&str_of(&text), &str_of(&format))),
        "fromisoformat" => args.exactly("fromisoformat", ["date_string"]).and_then(|[text]| {
            let text = str_of(&text);
            datetime::from_iso(&text, false)
                .ok_or_else(|| error(format!("Invalid isoformat string: '{text}'")))
        }),
        "fromtimestamp" | "utcfromtimestamp" => {
            args.required(method, ["timestamp", "tz"], 1).and_then(|[at, _]| {
                let seconds = at
                    .as_ref()
                    .and_then(number)
                    .ok_or_else(|| error("a timestamp is a number"))?
                    .float();
                #[expect(clippy::cast_possible_truncation, reason = "rounded to whole microseconds")]
                let micros = (seconds * 1e6).round() as i64;
                chrono::DateTime::from_timestamp_micros(micros)
                    .map(|at| Moment::DateTime(at.naive_utc(), None).value())
                    .ok_or_else(|| error("the timestamp is out of range"))
            })
        }
        "combine" => args
            .exactly("combine", ["date", "time"])
            .and_then(|[date, time]| match (Moment::of(&date), Moment::of(&time)) {
                (Some(Moment::Date(d)), Some(Moment::Time(t))) => {
                    Ok(Moment::DateTime(d.and_time(*t), None).value())
                }
                (Some(Moment::DateTime(d, _)), Some(Moment::Time(t))) => {
                    Ok(Moment::DateTime(d.date().and_time(*t), None).value())
                }
                _ => Err(error("combine() needs a date and a time")),
            }),
        _ => return None,
    })
}

fn date_method(
    root: &Arc<Root>,
    _state: &mut minijinja::State,
    method: &str,
    args: Args,
) -> Option<Result<Value, Error>> {
    Some(match method {
        "today" => Ok(Moment::Date(root.shared.facts.now().date_naive()).value()),
        "fromisoformat" => args.exactly("fromisoformat", ["date_string"]).and_then(|[text]| {
            let text = str_of(&text);
            NaiveDate::parse_from_str(&text, "%Y-%m-%d")
                .map(|d| Moment::Date(d).value())
                .map_err(|_| error(format!("Invalid isoformat string: '{text}'")))
        }),
        _ => return None,
    })
}

fn strptime(text: &str, format: &str) -> Result<Value, Error> {
    let wrong = || error(format!("time data '{text}' does not match format '{format}'"));
    // Python's %f takes one to six digits after a point that stands in the format.
    let format = format.replace(".%f", "%.f").replace("%f", "%6f");
    if format.contains("%z") {
        let at = chrono::DateTime::parse_from_str(text, &format).map_err(|_| wrong())?;
        return Ok(Moment::DateTime(at.naive_local(), Some(Zone::Fixed(*at.offset()))).value());
    }
    if let Ok(at) = NaiveDateTime::parse_from_str(text, &format) {
        return Ok(Moment::DateTime(at, None).value());
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, &format) {
        return Ok(Moment::DateTime(date.and_time(NaiveTime::MIN), None).value());
    }
    // A format without a day means the first.
    if let Ok(date) = NaiveDate::parse_from_str(&format!("{text} 1"), &format!("{format} %d")) {
        return Ok(Moment::DateTime(date.and_time(NaiveTime::MIN), None).value());
    }
    Err(wrong())
}

fn pytz(root: &Arc<Root>) -> Value {
    Group {
        name: "pytz",
        root: root.clone(),
        member: |_, name| match name {
            "utc" | "UTC" => Some(Moment::Zone(Zone::Utc).value()),
            "all_timezones" => Some(List::value(
                chrono_tz::TZ_VARIANTS
                    .iter()
                    .map(|z| Value::from(z.name()))
                    .collect(),
            )),
            _ => None,
        },
        method: |_, _, method, args| {
            (method == "timezone").then(|| {
                let [name] = args.exactly("timezone", ["zone"])?;
                let name = str_of(&name);
                if name.eq_ignore_ascii_case("utc") {
                    return Ok(Moment::Zone(Zone::Utc).value());
                }
                name.parse::<chrono_tz::Tz>()
                    .map(|zone| Moment::Zone(Zone::Named(zone)).value())
                    .map_err(|_| error(format!("the time zone `{name}` is not known")))
            })
        },
        call: None,
    }
    .value()
}

fn re(root: &Arc<Root>) -> Value {
    Group {
        name: "re",
        root: root.clone(),
        member: |_, name| {
            let flag = regex::FLAGS.iter().find(|(n, _)| *n == name)?;
            Some(Value::from(flag.1))
        },
        method: |_, state, method, args| {
            Some(match method {
                "compile" => args
                    .required("compile", ["pattern", "flags"], 1)
                    .and_then(|[p, flags]| {
                        Pattern::compile(&p.unwrap_or_default(), flags.as_ref()).map(PyObject::value)
                    }),
                "escape" => args
                    .exactly("escape", ["pattern"])
                    .map(|[text]| Value::from(regex::escape(&str_of(&text)))),
                "sub" | "subn" => args
                    .required(method, ["pattern", "repl", "string", "count", "flags"], 3)
                    .and_then(|[p, by, text, count, flags]| {
                        let pattern = Pattern::compile(&p.unwrap_or_default(), flags.as_ref())?;
                        pattern.run(state, method, &str_of(&text.unwrap_or_default()), &[by, count])
                    }),
                "split" => args
                    .required(method, ["pattern", "string", "maxsplit", "flags"], 2)
                    .and_then(|[p, text, count, flags]| {
                        let pattern = Pattern::compile(&p.unwrap_or_default(), flags.as_ref())?;
                        pattern.run(state, method, &str_of(&text.unwrap_or_default()), &[count])
                    }),
                "search" | "match" | "fullmatch" | "findall" | "finditer" => args
                    .required(method, ["pattern", "string", "flags"], 2)
                    .and_then(|[p, text, flags]| {
                        let pattern = Pattern::compile(&p.unwrap_or_default(), flags.as_ref())?;
                        pattern.run(state, method, &str_of(&text.unwrap_or_default()), &[])
                    }),
                _ => return None,
            })
        },
        call: None,
    }
    .value()
}

fn itertools(root: &Arc<Root>) -> Value {
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
                    |_, _, args| {
                        let lists = args.positional.iter().map(items).collect::<Result<Vec<_>, _>>()?;
                        Ok(made(lists.concat()))
                    },
                )
            })
        },
        method: |_, state, method, args| itertool(state, method, args),
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
                let list = items(args.positional.first().unwrap_or(&Value::UNDEFINED))?;
                let part = |i: usize| {
                    args.positional
                        .get(i)
                        .filter(|v| !v.is_none())
                        .and_then(Value::as_usize)
                };
                let (start, stop, step) = match args.positional.len() {
                    2 => (0, part(1).unwrap_or(list.len()), 1),
                    _ => (
                        part(1).unwrap_or(0),
                        part(2).unwrap_or(list.len()),
                        part(3).unwrap_or(1).max(1),
                    ),
                };
                made(list.into_iter().take(stop).skip(start).step_by(step).collect())
            }
            "repeat" => {
                let [item, times] = args.exactly(method, ["object", "times"])?;
                let times = times.as_usize().unwrap_or(0).min(PRODUCT_MAX);
                made(vec![item; times])
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
            "count" | "cycle" => {
                return Err(error(format!(
                    "itertools.{method} never ends and is not supported"
                )));
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
