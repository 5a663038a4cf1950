//! What agate makes of values: the types that it tries where nobody names one, and how each reads a value.
//!
//! agate also takes English words for dates (`may`, `sat`, `tomorrow`); here these stay text.

use std::any::Any;

use chrono::Duration;
use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, State, Value};

use super::Kind;
use super::print::plain_text;
use crate::jinja::args::Args;
use crate::jinja::python::{Decimal, Number, error, none, number, str_of};
use crate::jinja::values::datetime::{Moment, from_iso, strptime};
use crate::jinja::values::{Opaque, PyObject};

/// Texts that stand for nothing, in lower case.
const NULLS: [&str; 6] = ["", "na", "n/a", "none", "null", "."];
const YES: [&str; 5] = ["yes", "y", "true", "t", "1"];
const NO: [&str; 5] = ["no", "n", "false", "f", "0"];
/// The types in the order in which they are tried.
const TRIED: [Kind; 6] = [
    Kind::Boolean,
    Kind::Number,
    Kind::TimeDelta,
    Kind::Date,
    Kind::DateTime,
    Kind::Text,
];
const CURRENCY_SYMBOLS: &str = "؋$ƒ៛¥₡₱£€¢﷼₪₩₭₮₦฿₤₫";

/// The type of a column, as templates see it.
#[derive(Debug)]
pub(crate) struct DataType(pub Kind);

impl DataType {
    pub fn value(kind: Kind) -> Value {
        PyObject::value(Self(kind))
    }
}

impl Opaque for DataType {
    fn text(&self) -> String {
        self.0.name().to_owned()
    }

    fn class(&self) -> &'static str {
        self.0.name()
    }

    fn method(&self, _state: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let [value] = match name {
            "cast" | "test" | "csvify" | "jsonify" => Args::new(args)?.exactly(name, ["d"])?,
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        };
        match name {
            "test" => Ok(Value::from(read(self.0, &value).is_some())),
            "cast" => cast(self.0, &value),
            _ if value.is_none() => Ok(none()),
            "jsonify" => Ok(super::print::json_value(&value)),
            _ => Ok(Value::from(plain_text(&value))),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Returns the first type that all values have.
pub(super) fn find<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> Kind {
    TRIED
        .into_iter()
        .find(|kind| values.clone().all(|value| read(*kind, value).is_some()))
        .unwrap_or(Kind::Text)
}

/// Makes a value one of a type.
pub(super) fn cast(kind: Kind, value: &Value) -> Result<Value, Error> {
    read(kind, value).ok_or_else(|| {
        error(format!(
            "agate cannot read \"{}\" as {}",
            str_of(value),
            kind.name()
        ))
    })
}

/// Reads a value as one of a type; none where it is not.
pub(super) fn read(kind: Kind, value: &Value) -> Option<Value> {
    if value.is_none() || value.is_undefined() {
        return Some(none());
    }
    if kind == Kind::Integer {
        return matches!(number(value), Some(Number::Int(_))).then(|| value.clone());
    }
    if let Some(text) = value.as_str() {
        if NULLS.contains(&text.trim().to_lowercase().as_str()) {
            return Some(none());
        }
        return match kind {
            Kind::Text => Some(value.clone()),
            Kind::Boolean => boolean(text),
            Kind::Number => decimal(text).map(Decimal::value),
            Kind::TimeDelta => span(text.trim()).map(|d| Moment::Delta(d).value()),
            Kind::Date => date(text.trim()),
            _ => moment(text.trim()),
        };
    }
    match (kind, Moment::of(value)) {
        (Kind::Text, _) => Some(Value::from(str_of(value))),
        (Kind::Date, Some(Moment::Date(_)))
        | (Kind::DateTime, Some(Moment::DateTime(..)))
        | (Kind::TimeDelta, Some(Moment::Delta(_))) => Some(value.clone()),
        (Kind::DateTime, Some(Moment::Date(date))) => {
            Some(Moment::DateTime(date.and_time(chrono::NaiveTime::MIN), None).value())
        }
        (_, Some(_)) => None,
        _ => of_number(kind, value),
    }
}

fn of_number(kind: Kind, value: &Value) -> Option<Value> {
    if value.kind() == ValueKind::Bool {
        return match kind {
            Kind::Boolean => Some(value.clone()),
            Kind::Number => Some(Decimal::new(i128::from(value.is_true()), 0).value()),
            _ => None,
        };
    }
    match (kind, number(value)?) {
        (Kind::Number, Number::Int(i)) => Some(Decimal::new(i, 0).value()),
        (Kind::Number, Number::Float(f)) => Decimal::of_float(f).map(Decimal::value),
        (Kind::Number, Number::Decimal(_)) => Some(value.clone()),
        (Kind::Boolean, Number::Int(i)) => truth(i),
        (Kind::Boolean, Number::Decimal(d)) => match d.normalized().truncated() {
            Some(i) if d.compare(Number::Int(i)).is_eq() => truth(i),
            _ => None,
        },
        _ => None,
    }
}

fn truth(i: i128) -> Option<Value> {
    matches!(i, 0 | 1).then(|| Value::from(i == 1))
}

fn boolean(text: &str) -> Option<Value> {
    let word = text.replace(',', "").trim().to_lowercase();
    if NULLS.contains(&word.as_str()) {
        return Some(none());
    }
    let yes = YES.contains(&word.as_str());
    (yes || NO.contains(&word.as_str())).then(|| Value::from(yes))
}

/// Reads a number: a percent sign, currency symbols and commas do not count.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim().trim_matches('%');
    let (text, negative) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
    let mut text = text;
    for symbol in CURRENCY_SYMBOLS.chars() {
        text = text.trim_matches(symbol);
    }
    let found = Decimal::parse(&text.replace(',', ""))?;
    Some(if negative { found.negated() } else { found })
}

fn date(text: &str) -> Option<Value> {
    let found = ["%Y-%m-%d", "%m/%d/%Y"]
        .into_iter()
        .find_map(|f| strptime(text, f))?;
    match found {
        Moment::DateTime(at, _) => Some(Moment::Date(at.date()).value()),
        found => Some(found.value()),
    }
}

fn moment(text: &str) -> Option<Value> {
    from_iso(text, true)
}

/// Reads a span of time: `1:30`, `2:04:13`, `5m`, `1 day 2 hours`.
fn span(text: &str) -> Option<Duration> {
    if text.contains(':') {
        let parts: Vec<u32> = text.split(':').map(|p| p.parse().ok()).collect::<Option<_>>()?;
        let (seconds, larger) = parts.split_last()?;
        let units = [60, 3_600, 86_400];
        if larger.len() > units.len() || text.split(':').skip(1).any(|p| p.len() != 2) {
            return None;
        }
        let whole: i64 = larger
            .iter()
            .rev()
            .zip(units)
            .map(|(n, unit)| i64::from(*n) * unit)
            .sum();
        return Some(Duration::seconds(whole + i64::from(*seconds)));
    }
    let mut rest = text;
    let mut last = usize::MAX;
    let mut total = Duration::zero();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let amount: i64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let end = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let (rank, unit) = unit(&rest[..end].to_lowercase())?;
        if rank >= last {
            return None;
        }
        last = rank;
        total = total.checked_add(&Duration::seconds(amount.checked_mul(unit)?))?;
        rest = rest[end..].trim_start_matches([' ', ',']);
    }
    (last != usize::MAX).then_some(total)
}

/// Returns a unit's rank and its seconds.
fn unit(name: &str) -> Option<(usize, i64)> {
    Some(match name {
        "s" | "sec" | "secs" | "second" | "seconds" => (0, 1),
        "m" | "min" | "mins" | "minute" | "minutes" => (1, 60),
        "h" | "hr" | "hrs" | "hour" | "hours" => (2, 3_600),
        "d" | "day" | "days" => (3, 86_400),
        "w" | "wk" | "week" | "weeks" => (4, 604_800),
        _ => return None,
    })
}
