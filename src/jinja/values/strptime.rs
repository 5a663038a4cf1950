//! Python's `datetime.strptime`.

use chrono::{Datelike, Duration, FixedOffset, NaiveDate, Weekday};

use super::datetime::{Moment, Zone};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// What was read so far; what a format leaves out stays at Python's start, the first of January 1900.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    of_year: Option<u32>,
    /// A week of the year, and whether it begins on Monday.
    week: Option<(u32, bool)>,
    weekday: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    afternoon: Option<bool>,
    zone: Option<Zone>,
}

/// Reads a text by a format; none where it does not match.
pub(crate) fn parse(text: &str, format: &str) -> Option<Moment> {
    let mut parts = Parts::default();
    let rest = read(text, format, &mut parts)?;
    rest.is_empty().then(|| parts.moment()).flatten()
}

fn read<'a>(text: &'a str, format: &str, parts: &mut Parts) -> Option<&'a str> {
    let mut rest = text;
    let mut format = format.chars();
    while let Some(c) = format.next() {
        if c.is_whitespace() {
            // Any space fits any other, but one must be there.
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() && !format.as_str().starts_with(char::is_whitespace) {
                return None;
            }
            rest = trimmed;
        } else if c == '%' {
            rest = directive(format.next()?, rest, parts)?;
        } else {
            let first = rest.chars().next()?;
            if first.to_lowercase().ne(c.to_lowercase()) {
                return None;
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    Some(rest)
}

fn directive<'a>(name: char, rest: &'a str, parts: &mut Parts) -> Option<&'a str> {
    let number = |most: usize| {
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let value: u32 = rest.get(..digits)?.parse().ok()?;
        Some((value, &rest[digits..]))
    };
    let (value, left) = match name {
        'Y' => {
            let (year, left) = number(4)?;
            if rest.len() - left.len() != 4 {
                return None;
            }
            parts.year = i32::try_from(year).ok();
            return Some(left);
        }
        'm' | 'd' | 'H' | 'I' | 'M' | 'S' | 'y' | 'U' | 'W' => number(2)?,
        'j' => number(3)?,
        'w' | 'u' => number(1)?,
        'f' => {
            let (value, left) = number(6)?;
            let digits = u32::try_from(rest.len() - left.len()).ok()?;
            parts.micros = value * 10u32.pow(6 - digits);
            return Some(left);
        }
        'b' | 'B' | 'h' => {
            let (at, left) = word(&MONTHS, rest, name == 'B')?;
            parts.month = Some(at + 1);
            return Some(left);
        }
        'a' | 'A' => {
            let (at, left) = word(&DAYS, rest, name == 'A')?;
            parts.weekday = Some(at);
            return Some(left);
        }
        'p' => {
            let half = rest.get(..2)?.to_lowercase();
            parts.afternoon = Some(half == "pm");
            return matches!(&*half, "am" | "pm").then(|| &rest[2..]);
        }
        'z' => return zone(rest, parts),
        'Z' => {
            let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            let known = matches!(&*rest[..length].to_lowercase(), "utc" | "gmt" | "");
            return known.then(|| &rest[length..]);
        }
        'T' | 'X' => return read(rest, "%H:%M:%S", parts),
        'D' | 'x' => return read(rest, "%m/%d/%y", parts),
        'F' => return read(rest, "%Y-%m-%d", parts),
        'R' => return read(rest, "%H:%M", parts),
        'c' => return read(rest, "%a %b %d %H:%M:%S %Y", parts),
        '%' => return rest.strip_prefix('%'),
        _ => return None,
    };
    match name {
        'm' => parts.month = Some(value),
        'd' => parts.day = Some(value),
        'H' | 'I' => parts.hour = value,
        'M' => parts.minute = value,
        // A leap second is the last one of its minute.
        'S' => parts.second = value.min(59),
        'j' => parts.of_year = Some(value),
        'U' | 'W' => parts.week = Some((value, name == 'W')),
        'w' => parts.weekday = Some((value + 6) % 7),
        'u' => parts.weekday = Some(value.checked_sub(1)?),
        _ => {
            let century = if value < 69 { 2000 } else { 1900 };
            parts.year = i32::try_from(value).ok().map(|y| y + century);
        }
    }
    Some(left)
}

/// Finds the month or day that a text begins with, in whole or by three letters.
fn word<'a>(words: &[&str], rest: &'a str, whole: bool) -> Option<(u32, &'a str)> {
    let lower = rest.to_lowercase();
    words.iter().zip(0..).find_map(|(word, at)| {
        let word = if whole { word } else { &word[..3] };
        lower
            .starts_with(word)
            .then(|| Some((at, rest.get(word.len()..)?)))
            .flatten()
    })
}

fn zone<'a>(rest: &'a str, parts: &mut Parts) -> Option<&'a str> {
    if let Some(left) = rest.strip_prefix('Z') {
        parts.zone = Some(Zone::Utc);
        return Some(left);
    }
    let sign = match rest.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours: i32 = rest.get(1..3)?.parse().ok()?;
    let after = rest.get(3..)?;
    let colon = usize::from(after.starts_with(':'));
    let minutes: i32 = after.get(colon..colon + 2)?.parse().ok()?;
    let seconds = sign * (hours * 3600 + minutes * 60);
    parts.zone = Some(if seconds == 0 {
        Zone::Utc
    } else {
        Zone::Fixed(FixedOffset::east_opt(seconds)?)
    });
    after.get(colon + 2..)
}

impl Parts {
    fn moment(self) -> Option<Moment> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let at = self
            .date()?
            .and_hms_micro_opt(hour, self.minute, self.second, self.micros)?;
        Some(Moment::DateTime(at, self.zone))
    }

    fn date(&self) -> Option<NaiveDate> {
        let year = self.year.unwrap_or(1900);
        if let Some(day) = self.of_year {
            return NaiveDate::from_yo_opt(year, day);
        }
        if let (Some((week, monday)), Some(weekday), None) = (self.week, self.weekday, self.day) {
            let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
            let start = if monday { Weekday::Mon } else { Weekday::Sun };
            let until = (7 + start.num_days_from_monday() - first.weekday().num_days_from_monday()) % 7;
            let in_week = (7 + weekday - start.num_days_from_monday()) % 7;
            let days = i64::from(until) + i64::from(in_week) + 7 * (i64::from(week) - 1);
            return first.checked_add_signed(Duration::days(days));
        }
        NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_as_in_python() {
        let cases = [
            ("2024", "%Y", "2024-01-01 00:00:00"),
            ("5/6/24 1:02 PM", "%m/%d/%y %I:%M %p", "2024-05-06 13:02:00"),
            ("Feb 3, 2021", "%b %d, %Y", "2021-02-03 00:00:00"),
            ("2024-060", "%Y-%j", "2024-02-29 00:00:00"),
            ("2024-W10-1", "%Y-W%W-%w", "2024-03-04 00:00:00"),
            ("12:30", "%H:%M", "1900-01-01 12:30:00"),
            (
                "2024-01-02T03:04:05.6",
                "%Y-%m-%dT%H:%M:%S.%f",
                "2024-01-02 03:04:05.600000",
            ),
        ];
        for (text, format, wanted) in cases {
            let Some(Moment::DateTime(at, _)) = parse(text, format) else {
                panic!("{text} by {format}")
            };
            assert_eq!(
                at.format("%Y-%m-%d %H:%M:%S%.6f")
                    .to_string()
                    .trim_end_matches(".000000"),
                wanted
            );
        }
        for (text, format) in [
            ("2024-13-01", "%Y-%m-%d"),
            ("24", "%Y"),
            ("2024-01-01 x", "%Y-%m-%d"),
        ] {
            assert!(parse(text, format).is_none(), "{text} by {format}");
        }
    }
}
