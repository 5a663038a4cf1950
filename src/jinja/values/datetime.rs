//! Dates, times and time spans with Python's arithmetic and printing.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt::Write;

use chrono::{
    DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone,
    Timelike, Utc,
};
use minijinja::{Error, ErrorKind, State, Value};

use crate::jinja::args::Args;
use crate::jinja::python::operators::Operator;
use crate::jinja::python::{Number, error, none, number, str_of, tuple};

use super::dict::Dict;
use super::object::{Opaque, PyObject};
pub(crate) use super::strptime::parse as strptime;

/// A time zone: a fixed offset or a named zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Zone {
    Utc,
    Fixed(FixedOffset),
    Named(chrono_tz::Tz),
    /// A zone of pytz that was given to a datetime as it is: it keeps the offset that the zone had first, its local time.
    First(chrono_tz::Tz),
}

impl Zone {
    fn offset_at_utc(self, utc: NaiveDateTime) -> FixedOffset {
        match self {
            Self::Utc => Utc.fix(),
            Self::Fixed(offset) => offset,
            Self::Named(zone) => zone.offset_from_utc_datetime(&utc).fix(),
            Self::First(zone) => {
                // pytz knows whole minutes.
                let seconds = first_of(zone).fix().local_minus_utc();
                let minutes = (seconds + 30).div_euclid(60);
                FixedOffset::east_opt(minutes * 60).unwrap_or_else(|| Utc.fix())
            }
        }
    }

    /// Returns the zone as a datetime has it that was given the zone itself.
    pub fn given(self) -> Self {
        match self {
            Self::Named(zone) => Self::First(zone),
            other => other,
        }
    }

    /// Returns the zone with the offsets of each time.
    fn whole(self) -> Self {
        match self {
            Self::First(zone) => Self::Named(zone),
            other => other,
        }
    }

    fn offset_at_local(self, local: NaiveDateTime) -> FixedOffset {
        match self {
            Self::Named(zone) => zone
                .offset_from_local_datetime(&local)
                .latest()
                .map_or_else(|| zone.offset_from_utc_datetime(&local).fix(), |o| o.fix()),
            other => other.offset_at_utc(local),
        }
    }

    fn name_at(self, local: NaiveDateTime) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Fixed(offset) => format!("UTC{offset}"),
            Self::Named(zone) => zone
                .offset_from_local_datetime(&local)
                .latest()
                .map_or_else(|| zone.name().to_owned(), |o| o.to_string()),
            Self::First(zone) => first_of(zone).to_string(),
        }
    }
}

/// Returns the offset that a zone had before any that was decreed.
fn first_of(zone: chrono_tz::Tz) -> <chrono_tz::Tz as TimeZone>::Offset {
    let early = NaiveDate::from_ymd_opt(1800, 1, 1).unwrap_or_default();
    zone.offset_from_utc_datetime(&early.and_time(NaiveTime::MIN))
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Moment {
    Date(NaiveDate),
    Time(NaiveTime),
    DateTime(NaiveDateTime, Option<Zone>),
    Delta(Duration),
    Zone(Zone),
}

impl Moment {
    pub fn value(self) -> Value {
        PyObject::value(self)
    }

    pub fn of(value: &Value) -> Option<&Self> {
        PyObject::get(value)
    }

    fn utc(&self) -> Option<NaiveDateTime> {
        match self {
            Self::DateTime(local, Some(zone)) => Some(*local - zone.offset_at_local(*local)),
            _ => None,
        }
    }

    /// Returns the moment of a date with a time; one without a zone counts as UTC.
    pub fn instant(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::DateTime(at, None) => Some(at.and_utc()),
            other => other.utc().map(|at| at.and_utc()),
        }
    }

    fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            Self::DateTime(at, _) => Some(at.date()),
            _ => None,
        }
    }

    fn time(&self) -> Option<NaiveTime> {
        match self {
            Self::Time(time) => Some(*time),
            Self::DateTime(at, _) => Some(at.time()),
            _ => None,
        }
    }

    pub fn iso(&self, separator: char) -> String {
        match self {
            Self::Date(date) => date.format("%Y-%m-%d").to_string(),
            Self::Time(time) => iso_time(*time),
            Self::DateTime(at, zone) => {
                let mut out = format!("{}{separator}{}", at.format("%Y-%m-%d"), iso_time(at.time()));
                if let Some(zone) = zone {
                    out.push_str(&iso_offset(zone.offset_at_local(*at)));
                }
                out
            }
            Self::Delta(delta) => delta_text(*delta),
            Self::Zone(Zone::Utc) => "UTC".to_owned(),
            Self::Zone(Zone::Fixed(offset)) => format!("UTC{}", iso_offset(*offset)),
            Self::Zone(Zone::Named(zone) | Zone::First(zone)) => zone.name().to_owned(),
        }
    }
}

fn iso_time(time: NaiveTime) -> String {
    let micros = time.nanosecond() / 1000;
    let base = time.format("%H:%M:%S").to_string();
    if micros == 0 {
        base
    } else {
        format!("{base}.{micros:06}")
    }
}

fn iso_offset(offset: FixedOffset) -> String {
    let seconds = offset.local_minus_utc();
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
}

/// `str(timedelta)`.
fn delta_text(delta: Duration) -> String {
    let days = delta.num_microseconds().unwrap_or(0).div_euclid(86_400_000_000);
    let rest = delta.num_microseconds().unwrap_or(0).rem_euclid(86_400_000_000);
    let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
    let mut out = String::new();
    if days != 0 {
        let plural = if days.abs() == 1 { "" } else { "s" };
        let _ = write!(out, "{days} day{plural}, ");
    }
    let _ = write!(
        out,
        "{}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if micros != 0 {
        let _ = write!(out, ".{micros:06}");
    }
    out
}

impl Opaque for Moment {
    fn text(&self) -> String {
        self.iso(' ')
    }

    fn repr(&self) -> String {
        match self {
            Self::Date(d) => format!("datetime.date({}, {}, {})", d.year(), d.month(), d.day()),
            Self::DateTime(at, zone) => {
                let mut out = format!(
                    "datetime.datetime({}, {}, {}, {}, {}",
                    at.year(),
                    at.month(),
                    at.day(),
                    at.hour(),
                    at.minute()
                );
                let micros = at.nanosecond() / 1000;
                if at.second() != 0 || micros != 0 {
                    let _ = write!(out, ", {}", at.second());
                }
                if micros != 0 {
                    let _ = write!(out, ", {micros}");
                }
                match zone {
                    Some(Zone::Utc) => out.push_str(", tzinfo=<UTC>"),
                    Some(zone) => {
                        let _ = write!(out, ", tzinfo=<{}>", zone.name_at(*at));
                    }
                    None => {}
                }
                out.push(')');
                out
            }
            Self::Time(t) => format!("datetime.time({}, {})", t.hour(), t.minute()),
            Self::Delta(delta) => {
                let micros = delta.num_microseconds().unwrap_or(0);
                let days = micros.div_euclid(86_400_000_000);
                let rest = micros.rem_euclid(86_400_000_000);
                let mut parts = Vec::new();
                if days != 0 {
                    parts.push(format!("days={days}"));
                }
                if rest / 1_000_000 != 0 {
                    parts.push(format!("seconds={}", rest / 1_000_000));
                }
                if rest % 1_000_000 != 0 {
                    parts.push(format!("microseconds={}", rest % 1_000_000));
                }
                let inner = if parts.is_empty() {
                    "0".to_owned()
                } else {
                    parts.join(", ")
                };
                format!("datetime.timedelta({inner})")
            }
            Self::Zone(_) => format!("<{}>", self.text()),
        }
    }

    fn member(&self, name: &str) -> Option<Value> {
        if let Self::Delta(delta) = self {
            let micros = delta.num_microseconds()?;
            return Some(match name {
                "days" => Value::from(micros.div_euclid(86_400_000_000)),
                "seconds" => Value::from(micros.rem_euclid(86_400_000_000) / 1_000_000),
                "microseconds" => Value::from(micros.rem_euclid(1_000_000)),
                _ => return None,
            });
        }
        if let Some(date) = self.date() {
            match name {
                "year" => return Some(Value::from(date.year())),
                "month" => return Some(Value::from(date.month())),
                "day" => return Some(Value::from(date.day())),
                _ => {}
            }
        }
        if let Some(time) = self.time() {
            match name {
                "hour" => return Some(Value::from(time.hour())),
                "minute" => return Some(Value::from(time.minute())),
                "second" => return Some(Value::from(time.second())),
                "microsecond" => return Some(Value::from(time.nanosecond() / 1000)),
                _ => {}
            }
        }
        match (self, name) {
            (Self::DateTime(_, zone), "tzinfo") => Some(zone.map_or_else(none, |z| Self::Zone(z).value())),
            (Self::Zone(_), "zone") => Some(Value::from(self.text())),
            _ => None,
        }
    }

    fn method(&self, state: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let args = Args::new(args)?;
        if name == "strftime" {
            let [format] = args.exactly(name, ["format"])?;
            return Ok(Value::from(strftime(self, &str_of(&format))));
        }
        if name == "isoformat" {
            let [separator] = args.optional(name, ["sep"])?;
            let separator = separator.map_or('T', |s| str_of(&s).chars().next().unwrap_or('T'));
            return Ok(Value::from(self.iso(separator)));
        }
        match self {
            Self::Delta(delta) if name == "total_seconds" => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "Python's total_seconds is a float as well"
                )]
                let seconds = delta.num_microseconds().unwrap_or(0) as f64 / 1e6;
                Ok(Value::from(seconds))
            }
            Self::Zone(zone) => zone_method(*zone, name, args),
            Self::Date(_) | Self::DateTime(..) => self.date_method(state, name, args),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn order(&self, other: &dyn Opaque) -> Option<Ordering> {
        let other = other.as_any().downcast_ref::<Self>()?;
        match (self, other) {
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Delta(a), Self::Delta(b)) => Some(a.cmp(b)),
            (Self::DateTime(a, x), Self::DateTime(b, y)) => match (x, y) {
                (Some(_), Some(_)) => Some(self.utc()?.cmp(&other.utc()?)),
                _ => Some(a.cmp(b)),
            },
            _ => None,
        }
    }

    fn class(&self) -> &'static str {
        match self {
            Self::Date(_) => "datetime.date",
            Self::Time(_) => "datetime.time",
            Self::DateTime(..) => "datetime.datetime",
            Self::Delta(_) => "datetime.timedelta",
            Self::Zone(_) => "datetime.tzinfo",
        }
    }

    fn formatted(&self, spec: &str) -> Option<String> {
        matches!(self, Self::Date(_) | Self::Time(_) | Self::DateTime(..)).then(|| strftime(self, spec))
    }

    fn truth(&self) -> bool {
        *self != Self::Delta(Duration::zero())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Moment {
    fn date_method(&self, _state: &mut State, name: &str, args: Args) -> Result<Value, Error> {
        let Some(date) = self.date() else {
            return Err(Error::from(ErrorKind::UnknownMethod));
        };
        Ok(match (self, name) {
            (_, "weekday") => Value::from(date.weekday().num_days_from_monday()),
            (_, "isoweekday") => Value::from(date.weekday().number_from_monday()),
            (_, "isocalendar") => {
                let week = date.iso_week();
                tuple(vec![
                    Value::from(week.year()),
                    Value::from(week.week()),
                    Value::from(date.weekday().number_from_monday()),
                ])
            }
            (_, "ctime") => {
                let time = self.time().unwrap_or_default();
                Value::from(date.and_time(time).format("%a %b %e %H:%M:%S %Y").to_string())
            }
            (_, "timetuple") => {
                let time = self.time().unwrap_or_default();
                Dict::of([
                    ("tm_year", Value::from(date.year())),
                    ("tm_mon", Value::from(date.month())),
                    ("tm_mday", Value::from(date.day())),
                    ("tm_hour", Value::from(time.hour())),
                    ("tm_min", Value::from(time.minute())),
                    ("tm_sec", Value::from(time.second())),
                    ("tm_wday", Value::from(date.weekday().num_days_from_monday())),
                    ("tm_yday", Value::from(date.ordinal())),
                    ("tm_isdst", Value::from(-1)),
                ])
            }
            (_, "toordinal") => Value::from(date.num_days_from_ce()),
            (_, "replace") => self.replaced(args)?,
            (Self::DateTime(at, _), "date") => Self::Date(at.date()).value(),
            (Self::DateTime(at, _), "time") => Self::Time(at.time()).value(),
            (Self::DateTime(at, _), "timestamp") => {
                let utc = self.utc().unwrap_or(*at).and_utc();
                #[expect(clippy::cast_precision_loss, reason = "Python's timestamp is a float as well")]
                let seconds = utc.timestamp_micros() as f64 / 1e6;
                Value::from(seconds)
            }
            (Self::DateTime(at, own), "astimezone") => {
                let [zone] = args.optional(name, ["tz"])?;
                let zone = match zone.as_ref().map(Self::of) {
                    Some(Some(Self::Zone(zone))) => zone.whole(),
                    None => Zone::Utc,
                    _ => return Err(error("astimezone() needs a time zone")),
                };
                // In Python it is the same zone already.
                if *own == Some(zone.given()) {
                    return Ok(self.clone().value());
                }
                let utc = self.utc().unwrap_or(*at);
                Self::DateTime(utc + zone.offset_at_utc(utc), Some(zone)).value()
            }
            (Self::DateTime(at, zone), "utcoffset") => zone.map_or_else(none, |z| {
                Self::Delta(Duration::seconds(i64::from(
                    z.offset_at_local(*at).local_minus_utc(),
                )))
                .value()
            }),
            (Self::DateTime(at, zone), "tzname") => zone.map_or_else(none, |z| Value::from(z.name_at(*at))),
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        })
    }

    fn replaced(&self, args: Args) -> Result<Value, Error> {
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
        let given = args.optional("replace", names)?;
        let field = |i: usize, old: u32| match given[i].as_ref().and_then(number) {
            Some(Number::Int(n)) => u32::try_from(n).unwrap_or(u32::MAX),
            _ => old,
        };
        let Some(date) = self.date() else {
            return Err(Error::from(ErrorKind::UnknownMethod));
        };
        let year = match given[0].as_ref().and_then(number) {
            Some(Number::Int(n)) => i32::try_from(n).unwrap_or(0),
            _ => date.year(),
        };
        let date = NaiveDate::from_ymd_opt(year, field(1, date.month()), field(2, date.day()))
            .ok_or_else(|| error("replace() makes no valid date"))?;
        let Self::DateTime(at, zone) = self else {
            return Ok(Self::Date(date).value());
        };
        let micros = field(6, at.nanosecond() / 1000);
        let at = date
            .and_hms_micro_opt(
                field(3, at.hour()),
                field(4, at.minute()),
                field(5, at.second()),
                micros,
            )
            .ok_or_else(|| error("replace() makes no valid time"))?;
        let zone = match &given[7] {
            None => *zone,
            Some(value) => match Self::of(value) {
                Some(Self::Zone(zone)) => Some(zone.given()),
                _ => None,
            },
        };
        Ok(Self::DateTime(at, zone).value())
    }
}

fn zone_method(zone: Zone, name: &str, args: Args) -> Result<Value, Error> {
    match name {
        "localize" | "normalize" => {
            let [at] = args
                .required(name, ["dt", "is_dst"], 1)
                .map(|[at, _]| [at.unwrap_or_default()])?;
            match Moment::of(&at) {
                Some(Moment::DateTime(local, _)) if name == "localize" => {
                    Ok(Moment::DateTime(*local, Some(zone.whole())).value())
                }
                Some(moment @ Moment::DateTime(_, Some(Zone::First(_)))) => {
                    let utc = moment.utc().unwrap_or_default();
                    let zone = zone.whole();
                    Ok(Moment::DateTime(utc + zone.offset_at_utc(utc), Some(zone)).value())
                }
                Some(_) => Ok(at),
                None => Err(error(format!("{name}() needs a datetime"))),
            }
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Applies an operator where an operand is a time; none where neither is.
pub(crate) fn operate(operator: Operator, a: &Value, b: &Value) -> Option<Result<Value, Error>> {
    use Moment::{Date, DateTime as At, Delta};
    let (x, y) = (Moment::of(a), Moment::of(b));
    if x.is_none() && y.is_none() {
        return None;
    }
    let made =
        match (operator, x, y) {
            (Operator::Add, Some(Date(d)), Some(Delta(t)))
            | (Operator::Add, Some(Delta(t)), Some(Date(d))) => Date(*d + Duration::days(t.num_days())),
            (Operator::Sub, Some(Date(d)), Some(Delta(t))) => Date(*d - Duration::days(t.num_days())),
            (Operator::Add, Some(At(d, z)), Some(Delta(t)))
            | (Operator::Add, Some(Delta(t)), Some(At(d, z))) => At(*d + *t, *z),
            (Operator::Sub, Some(At(d, z)), Some(Delta(t))) => At(*d - *t, *z),
            (Operator::Sub, Some(Date(d)), Some(Date(e))) => Delta(*d - *e),
            (Operator::Sub, Some(first @ At(d, z)), Some(second @ At(e, w))) => match (z, w) {
                (Some(_), Some(_)) => Delta(first.utc()? - second.utc()?),
                (None, None) => Delta(*d - *e),
                _ => {
                    return Some(Err(error(
                        "can't subtract offset-naive and offset-aware datetimes",
                    )));
                }
            },
            (Operator::Add, Some(Delta(t)), Some(Delta(u))) => Delta(*t + *u),
            (Operator::Sub, Some(Delta(t)), Some(Delta(u))) => Delta(*t - *u),
            (Operator::Mul | Operator::Div | Operator::FloorDiv, Some(Delta(t)), None) => {
                let factor = number(b)?.float();
                return Some(scaled(operator, *t, factor));
            }
            (Operator::Mul, None, Some(Delta(t))) => return Some(scaled(operator, *t, number(a)?.float())),
            (Operator::Div, Some(Delta(t)), Some(Delta(u))) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "Python divides spans as floats as well"
                )]
                let ratio = t.num_microseconds()? as f64 / u.num_microseconds()? as f64;
                return Some(Ok(Value::from(ratio)));
            }
            _ => return None,
        };
    Some(Ok(made.value()))
}

fn scaled(operator: Operator, delta: Duration, factor: f64) -> Result<Value, Error> {
    if operator != Operator::Mul && factor == 0.0 {
        return Err(error("integer division or modulo by zero"));
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "rounded to whole microseconds"
    )]
    let micros = {
        let micros = delta.num_microseconds().unwrap_or(0) as f64;
        let result = if operator == Operator::Mul {
            micros * factor
        } else {
            micros / factor
        };
        result.round_ties_even() as i64
    };
    Ok(Moment::Delta(Duration::microseconds(micros)).value())
}

pub(crate) fn negate(value: &Value) -> Option<Value> {
    match Moment::of(value)? {
        Moment::Delta(delta) => Some(Moment::Delta(-*delta).value()),
        _ => None,
    }
}

pub(crate) fn utc(at: DateTime<Utc>) -> Value {
    Moment::DateTime(at.naive_utc(), Some(Zone::Utc)).value()
}

pub(crate) fn date_from_days(days: i32) -> Value {
    NaiveDate::from_ymd_opt(1970, 1, 1)
        .and_then(|epoch| epoch.checked_add_signed(Duration::days(i64::from(days))))
        .map_or_else(none, |d| Moment::Date(d).value())
}

/// Reads a moment of UTC in the ISO form and shows it in a zone.
pub(crate) fn at_zone(text: &str, zone: &str) -> Option<Value> {
    let utc = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    let zone = match zone.parse::<chrono_tz::Tz>() {
        Ok(chrono_tz::Tz::UTC | chrono_tz::Tz::Etc__UTC) => Zone::Utc,
        Ok(zone) => Zone::Named(zone),
        Err(_) => Zone::Fixed(zone.parse().ok()?),
    };
    Some(Moment::DateTime(utc + zone.offset_at_utc(utc), Some(zone)).value())
}

/// Reads a time of day in the ISO form.
pub(crate) fn time_from_iso(text: &str) -> Option<Value> {
    NaiveTime::parse_from_str(text, "%H:%M:%S%.f")
        .ok()
        .map(|t| Moment::Time(t).value())
}

/// Makes a date, or a date with time, of what Python's `str` writes for it.
pub(crate) fn from_text(text: &str) -> Value {
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) => Moment::Date(date).value(),
        Err(_) => from_iso(text, false).unwrap_or_else(|| Value::from(text)),
    }
}

/// Reads a date or a date with time in the ISO form.
pub(crate) fn from_iso(text: &str, zoned: bool) -> Option<Value> {
    if zoned && let Ok(at) = DateTime::parse_from_rfc3339(text) {
        let offset = *at.offset();
        let zone = if offset.local_minus_utc() == 0 {
            Zone::Utc
        } else {
            Zone::Fixed(offset)
        };
        return Some(Moment::DateTime(at.naive_local(), Some(zone)).value());
    }
    for format in [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ] {
        if let Ok(at) = NaiveDateTime::parse_from_str(text, format) {
            return Some(Moment::DateTime(at, None).value());
        }
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Moment::DateTime(date.and_time(NaiveTime::MIN), None).value());
    }
    (!zoned).then(|| from_iso(text, true)).flatten()
}

/// Formats as Python's `strftime` does.
fn strftime(moment: &Moment, format: &str) -> String {
    let (at, zone) = match moment {
        Moment::DateTime(at, zone) => (*at, *zone),
        Moment::Date(date) => (date.and_time(NaiveTime::MIN), None),
        Moment::Time(time) => (NaiveDate::default().and_time(*time), None),
        _ => return moment.text(),
    };
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            None => out.push('%'),
            Some('f') => {
                let _ = write!(out, "{:06}", at.nanosecond() / 1000);
            }
            Some('z') => {
                if let Some(zone) = zone {
                    out.push_str(&iso_offset(zone.offset_at_local(at)).replace(':', ""));
                }
            }
            Some('Z') => {
                if let Some(zone) = zone {
                    out.push_str(&zone.name_at(at));
                }
            }
            Some('c') => out.push_str(&at.format("%a %b %e %H:%M:%S %Y").to_string()),
            Some('x') => out.push_str(&at.format("%m/%d/%y").to_string()),
            Some('X') => out.push_str(&at.format("%H:%M:%S").to_string()),
            Some('s') => {
                let _ = write!(out, "{}", at.and_utc().timestamp());
            }
            Some('-') => {
                let spec = format!("%-{}", chars.next().unwrap_or('d'));
                push_format(&mut out, at, &spec);
            }
            Some(spec) => push_format(&mut out, at, &format!("%{spec}")),
        }
    }
    out
}

fn push_format(out: &mut String, at: NaiveDateTime, spec: &str) {
    let mark = out.len();
    if write!(out, "{}", at.format(spec)).is_err() {
        out.truncate(mark);
        out.push_str(spec);
    }
}
