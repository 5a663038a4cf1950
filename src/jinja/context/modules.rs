//! `modules`: what dbt lends of Python's standard library.

use std::sync::Arc;

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, Utc};
use minijinja::{Error, Value};

use super::{Group, Method, group, itertools};
use crate::jinja::args::Args;
use crate::jinja::python::{Number, error, number, str_of};
use crate::jinja::render::Root;
use crate::jinja::values::datetime::{self, Moment, Zone};
use crate::jinja::values::regex::{self, Pattern};
use crate::jinja::values::{List, PyObject};

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
        "itertools" => Some(itertools::value(root)),
        _ => None,
    }
}

pub(super) fn class(root: &Arc<Root>, name: &'static str, method: Method, call: super::Function) -> Value {
    Group {
        name,
        root: root.clone(),
        member: match name {
            "datetime.date" => |_, member| limit(member, false),
            _ => |_, _| None,
        },
        method,
        call: Some(call),
    }
    .value()
}

fn datetime_member(root: &Arc<Root>, name: &str) -> Option<Value> {
    Some(match name {
        "datetime" => Group {
            name: "datetime.datetime",
            root: root.clone(),
            member: |_, name| limit(name, true),
            method: datetime_method,
            call: Some(|_, _, args| new_datetime(args)),
        }
        .value(),
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
        Number::Float(_) | Number::Decimal(_) => None,
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
        Some(Some(Moment::Zone(zone))) => Some(zone.given()),
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

/// The clock, which the host is told of: what it says decides is another thing at each call.
fn now(root: &Root) -> DateTime<Utc> {
    root.host.varies();
    root.shared.facts.now()
}

fn datetime_method(
    root: &Arc<Root>,
    state: &mut minijinja::State,
    method: &str,
    args: Args,
) -> Option<Result<Value, Error>> {
    Some(match method {
        "now" => args.optional("now", ["tz"]).and_then(|[zone]| {
            let now = now(root);
            let utc = datetime::utc(now);
            match zone.filter(|z| !z.is_none()) {
                None => Ok(Moment::DateTime(now.naive_utc(), None).value()),
                Some(zone) => utc.call_method(state, "astimezone", &[zone]),
            }
        }),
        "utcnow" | "today" => Ok(Moment::DateTime(now(root).naive_utc(), None).value()),
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

/// The first and the last moment that Python's dates reach.
fn limit(name: &str, time: bool) -> Option<Value> {
    let date = match name {
        "min" => NaiveDate::from_ymd_opt(1, 1, 1)?,
        "max" => NaiveDate::from_ymd_opt(9999, 12, 31)?,
        _ => return None,
    };
    if !time {
        return Some(Moment::Date(date).value());
    }
    let at = if name == "min" {
        date.and_hms_opt(0, 0, 0)?
    } else {
        date.and_hms_micro_opt(23, 59, 59, 999_999)?
    };
    Some(Moment::DateTime(at, None).value())
}

fn date_method(
    root: &Arc<Root>,
    _state: &mut minijinja::State,
    method: &str,
    args: Args,
) -> Option<Result<Value, Error>> {
    Some(match method {
        "today" => Ok(Moment::Date(now(root).date_naive()).value()),
        "fromordinal" => args.exactly(method, ["ordinal"]).and_then(|[n]| {
            int(&n)
                .and_then(|n| i32::try_from(n).ok())
                .and_then(NaiveDate::from_num_days_from_ce_opt)
                .map(|d| Moment::Date(d).value())
                .ok_or_else(|| error("the ordinal is out of range"))
        }),
        "fromtimestamp" => args.exactly(method, ["timestamp"]).and_then(|[at]| {
            let seconds = number(&at)
                .ok_or_else(|| error("a timestamp is a number"))?
                .float();
            #[expect(clippy::cast_possible_truncation, reason = "whole seconds alone make a date")]
            let seconds = seconds.floor() as i64;
            chrono::DateTime::from_timestamp(seconds, 0)
                .map(|at| Moment::Date(at.date_naive()).value())
                .ok_or_else(|| error("the timestamp is out of range"))
        }),
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
    datetime::strptime(text, format)
        .map(Moment::value)
        .ok_or_else(|| error(format!("time data '{text}' does not match format '{format}'")))
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
