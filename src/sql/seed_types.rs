//! The types of a CSV file's columns, found as dbt finds them: every value of a column must fit, and the first
//! type that fits in the order number, date, timestamp, boolean, text wins.
//!
//! dbt reads seeds with the Python library agate; what counts as a number, a date or an empty value there is held
//! here by a table of cases that was made by running it (`seed_types/tests.rs`).

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile};

/// What the values of a column have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeedType {
    /// Whole numbers of 32 bits; also a column without any value.
    Integer,
    /// Whole numbers that need more than 32 bits. dbt makes these `integer` too and then fails to load them.
    BigInteger,
    Float,
    Date,
    Timestamp,
    Boolean,
    Text,
}

/// A column of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedColumn {
    pub name: String,
    pub kind: SeedType,
}

/// A CSV file's columns, and how many rows it has without its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedShape {
    pub columns: Vec<SeedColumn>,
    pub rows: usize,
    /// Some row has fewer values than the header; the rest of it is empty.
    pub has_short_rows: bool,
}

/// Reads the shape of a CSV file: names from its first row, types from all others.
///
/// # Errors
/// `N0111` at each row that has more values than the header, at quotes that are open or misplaced, or where there is no header.
pub fn read_seed(file: &Arc<SourceFile>, delimiter: char) -> Result<SeedShape, Diagnostics> {
    let text = file.text();
    let delimiter = u8::try_from(delimiter).map_err(|_| {
        Diagnostic::error(
            Code::CSV,
            format!("the delimiter `{delimiter}` of a CSV file is not an ASCII character"),
        )
        .hint("Set the seed's `delimiter` to a single character such as `,` or `;`.")
    })?;
    let has_short_rows = super::csv::check(file, delimiter)?;
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(body.as_bytes());
    let mut record = csv::StringRecord::new();
    read(&mut reader, &mut record)?;
    let names = column_names(record.iter());
    let mut columns: Vec<Candidates> = names.iter().map(|_| Candidates::default()).collect();
    let mut rows = 0;
    while read(&mut reader, &mut record)? {
        rows += 1;
        for (column, value) in columns.iter_mut().zip(record.iter()) {
            column.see(value);
        }
    }
    let columns = names
        .into_iter()
        .zip(&columns)
        .map(|(name, column)| SeedColumn {
            name,
            kind: column.winner(),
        })
        .collect();
    Ok(SeedShape {
        columns,
        rows,
        has_short_rows,
    })
}

fn read(reader: &mut csv::Reader<&[u8]>, record: &mut csv::StringRecord) -> Result<bool> {
    reader
        .read_record(record)
        .map_err(|e| Diagnostic::error(Code::CSV, format!("a CSV file could not be read: {e}")))
}

/// Returns the type of each column; `rows` may be shorter than the header.
pub fn infer<R, V>(columns: usize, rows: R) -> Vec<SeedType>
where
    R: IntoIterator<Item = V>,
    V: IntoIterator,
    V::Item: AsRef<str>,
{
    let mut found: Vec<Candidates> = (0..columns).map(|_| Candidates::default()).collect();
    for row in rows {
        for (column, value) in found.iter_mut().zip(row) {
            column.see(value.as_ref());
        }
    }
    found.iter().map(Candidates::winner).collect()
}

/// Names as agate makes them unique: an empty name becomes a letter, a repeated one gets a number.
fn column_names<'a>(header: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, name) in header.enumerate() {
        let base = if name.is_empty() {
            letter_name(index)
        } else {
            name.to_owned()
        };
        let mut unique = base.clone();
        let mut number = 2;
        while names.contains(&unique) {
            unique = format!("{base}_{number}");
            number += 1;
        }
        names.push(unique);
    }
    names
}

/// `a` to `z`, then `aa` to `zz`, and so on.
fn letter_name(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    letter.to_string().repeat(index / 26 + 1)
}

/// The types that a column may still have.
struct Candidates {
    empty: bool,
    number: bool,
    date: bool,
    timestamp: bool,
    iso_timestamp: bool,
    boolean: bool,
    whole_places_max: i64,
    decimal_places_max: i64,
    beyond_32_bits: bool,
}

impl Default for Candidates {
    fn default() -> Self {
        Self {
            empty: true,
            number: true,
            date: true,
            timestamp: true,
            iso_timestamp: true,
            boolean: true,
            whole_places_max: 1,
            decimal_places_max: 0,
            beyond_32_bits: false,
        }
    }
}

/// Python's decimal arithmetic keeps so many digits.
const PRECISION: i64 = 28;

impl Candidates {
    fn see(&mut self, raw: &str) {
        self.empty = false;
        if self.boolean && !fits_boolean(raw) {
            self.boolean = false;
        }
        let value = raw.trim();
        if is_null(value) {
            return;
        }
        if self.number {
            match number(value) {
                Some(places) => self.widen(places),
                None => self.number = false,
            }
        }
        self.date = self.date && fits_date(value);
        self.timestamp = self.timestamp && fits_timestamp(value);
        self.iso_timestamp = self.iso_timestamp && fits_iso_timestamp(value);
    }

    fn widen(&mut self, places: Places) {
        self.whole_places_max = self.whole_places_max.max(places.whole);
        self.decimal_places_max = self.decimal_places_max.max(places.decimal);
        self.beyond_32_bits = self.beyond_32_bits || places.beyond_32_bits;
    }

    fn winner(&self) -> SeedType {
        if self.empty {
            SeedType::Integer
        } else if self.number {
            let decimals = if self.whole_places_max + self.decimal_places_max > PRECISION {
                PRECISION - self.whole_places_max
            } else {
                self.decimal_places_max
            };
            match (decimals, self.beyond_32_bits) {
                (0, false) => SeedType::Integer,
                (0, true) => SeedType::BigInteger,
                _ => SeedType::Float,
            }
        } else if self.date {
            SeedType::Date
        } else if self.timestamp || self.iso_timestamp {
            SeedType::Timestamp
        } else if self.boolean {
            SeedType::Boolean
        } else {
            SeedType::Text
        }
    }
}

fn is_null(value: &str) -> bool {
    value.is_empty() || value.eq_ignore_ascii_case("null")
}

fn fits_boolean(raw: &str) -> bool {
    let value = raw.replace(',', "");
    let value = value.trim();
    is_null(value) || value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
}

/// How many digits a number has before and after the point.
#[derive(Debug, Default, PartialEq)]
struct Places {
    whole: i64,
    decimal: i64,
    beyond_32_bits: bool,
}

const CURRENCY_SYMBOLS: &str = "؋$ƒ៛¥₡₱£€¢﷼₪₩₭₮₦฿₤₫";

/// Reads a number as agate does: a percent sign, currency symbols and thousands commas are ignored.
fn number(value: &str) -> Option<Places> {
    if value.len() < 10 && value.bytes().all(|b| b.is_ascii_digit()) {
        let whole = value.trim_start_matches('0').len().max(1);
        return Some(Places {
            whole: i64::try_from(whole).ok()?,
            ..Places::default()
        });
    }
    let mut rest = value.trim_matches('%');
    let negative = rest.starts_with('-');
    rest = rest.strip_prefix('-').unwrap_or(rest);
    for symbol in CURRENCY_SYMBOLS.chars() {
        rest = rest.trim_matches(symbol);
    }
    let plain: String = rest.trim().chars().filter(|c| *c != ',' && *c != '_').collect();
    let (sign, unsigned) = match plain.as_bytes().first()? {
        b'-' => (!negative, &plain[1..]),
        b'+' => (negative, &plain[1..]),
        _ => (negative, plain.as_str()),
    };
    decimal(unsigned, sign)
}

fn decimal(text: &str, negative: bool) -> Option<Places> {
    let lower = text.to_ascii_lowercase();
    if lower == "inf" || lower == "infinity" {
        return Some(Places::default());
    }
    if let Some(payload) = lower.strip_prefix("nan") {
        return payload.bytes().all(|b| b.is_ascii_digit()).then(Places::default);
    }
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (lower.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut exponent = exponent - i64::try_from(fraction.len()).ok()?;
    let significant = digits.trim_start_matches('0');
    let mut kept = round_half_even(significant, &mut exponent);
    while kept.len() > 1 && kept.ends_with('0') {
        kept.pop();
        exponent += 1;
    }
    if kept.is_empty() || kept == "0" {
        return Some(Places {
            whole: 1,
            ..Places::default()
        });
    }
    let length = i64::try_from(kept.len()).ok()?;
    let whole = length + exponent;
    let beyond_32_bits = whole > 10
        || whole == 10 && {
            let padded = format!("{kept:0<10}");
            padded[..10]
                .parse::<i64>()
                .is_ok_and(|n| n > i64::from(i32::MAX) + i64::from(negative))
        };
    Some(Places {
        whole,
        decimal: -exponent,
        beyond_32_bits,
    })
}

/// Keeps 28 digits, as Python's default decimal context does, and moves the exponent accordingly.
fn round_half_even(digits: &str, exponent: &mut i64) -> String {
    let keep = usize::try_from(PRECISION).unwrap_or(0);
    if digits.len() <= keep {
        return digits.to_owned();
    }
    *exponent += i64::try_from(digits.len() - keep).unwrap_or(0);
    let (head, tail) = digits.split_at(keep);
    let odd = head.bytes().last().is_some_and(|b| b % 2 == 1);
    let half = format!("5{}", "0".repeat(tail.len() - 1));
    let up = match tail.cmp(half.as_str()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => odd,
        std::cmp::Ordering::Less => false,
    };
    match head.parse::<u128>() {
        Ok(n) if up => (n + 1).to_string(),
        _ => head.to_owned(),
    }
}

/// A reader of short fixed forms: digits and characters from the left.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn digit(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first()?;
        first.is_ascii_digit().then(|| {
            self.0 = rest;
            u32::from(first - b'0')
        })
    }

    /// Reads exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        (0..count).try_fold(0, |n, _| self.digit().map(|d| n * 10 + d))
    }

    /// Reads one or two digits that make at most `max`; of two that make more, only the first is read.
    fn up_to_two(&mut self, max: u32) -> Option<u32> {
        let first = self.digit()?;
        let before = self.0;
        match self.digit() {
            Some(second) if first * 10 + second <= max => Some(first * 10 + second),
            Some(_) => {
                self.0 = before;
                Some(first)
            }
            None => Some(first),
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let rest = self.0.strip_prefix(&[byte])?;
        self.0 = rest;
        Some(())
    }

    fn spaces(&mut self) -> Option<()> {
        let trimmed = self.0.trim_ascii_start();
        (trimmed.len() < self.0.len()).then(|| self.0 = trimmed)
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    year >= 1 && (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month)
}

/// `%Y-%m-%d` as Python reads it: months and days may have one digit.
fn date_part(cursor: &mut Cursor) -> Option<()> {
    let year = cursor.digits(4)?;
    cursor.take(b'-')?;
    let month = cursor.up_to_two(12)?;
    cursor.take(b'-')?;
    if cursor.0.first() == Some(&b' ') {
        cursor.take(b' ')?;
        let day = cursor.digit()?;
        return is_date(year, month, day).then_some(());
    }
    let day = cursor.up_to_two(31)?;
    is_date(year, month, day).then_some(())
}

fn fits_date(value: &str) -> bool {
    let mut cursor = Cursor(value.as_bytes());
    date_part(&mut cursor).and_then(|()| cursor.end()).is_some()
}

/// `%Y-%m-%d %H:%M:%S`.
fn fits_timestamp(value: &str) -> bool {
    let read = || {
        let mut cursor = Cursor(value.as_bytes());
        date_part(&mut cursor)?;
        cursor.spaces()?;
        cursor.up_to_two(23)?;
        cursor.take(b':')?;
        cursor.up_to_two(59)?;
        cursor.take(b':')?;
        let second = cursor.up_to_two(61)?;
        cursor.end()?;
        (second <= 59).then_some(())
    };
    read().is_some()
}

fn fits_iso_timestamp(value: &str) -> bool {
    match value.split_once('T') {
        Some((date, time)) => !time.contains('T') && fits_iso_date(date) && fits_iso_time(time),
        None => false,
    }
}

/// Dates of ISO 8601: by month, week or ordinal day, whole or shortened.
fn fits_iso_date(date: &str) -> bool {
    let bytes = date.as_bytes();
    let digits = |range: std::ops::Range<usize>| -> Option<u32> {
        let part = date.get(range)?;
        (!part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
    };
    if bytes.len() == 2 {
        return digits(0..2).is_some();
    }
    let Some(year) = digits(0..4).filter(|y| *y >= 1) else {
        return false;
    };
    let rest = &date[4..];
    let dashed = rest.strip_prefix('-');
    let part = dashed.unwrap_or(rest);
    if let Some(week) = part.strip_prefix('W') {
        let day = match (week.len(), dashed.is_some()) {
            (2, _) => Some("1"),
            (3, false) => week.get(2..),
            (4, true) => week.get(2..).and_then(|d| d.strip_prefix('-')),
            _ => None,
        };
        let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        return day.is_some_and(is_number) && week.get(..2).is_some_and(is_number);
    }
    // The first day of the month stands in where the month is `00` and in shortened forms.
    match (part.len(), dashed.is_some()) {
        (0, dashed) => !dashed,
        (2, _) => part
            .parse()
            .is_ok_and(|month: u32| is_date(year, month.max(1), 1)),
        (3, _) => part.bytes().all(|b| b.is_ascii_digit()),
        (4, false) | (5, true) => {
            let day = if dashed.is_some() {
                part.get(2..).and_then(|d| d.strip_prefix('-'))
            } else {
                part.get(2..)
            };
            let number = |text: Option<&str>| {
                text.filter(|t| t.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|t| t.parse::<u32>().ok())
            };
            match (number(part.get(..2)), number(day)) {
                (Some(month), Some(day)) => is_date(year, month.max(1), day),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Times of ISO 8601, with or without colons, a fraction at the last part, and a zone.
fn fits_iso_time(time: &str) -> bool {
    let read = || {
        let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
        let (clock, zone) = time.split_at(zone_at);
        let mut cursor = Cursor(clock.as_bytes());
        let hour = cursor.digits(2)?;
        let mut limits_hold = hour <= 23;
        let colons = cursor.take(b':').is_some();
        if colons || cursor.0.first().is_some_and(u8::is_ascii_digit) {
            limits_hold &= cursor.digits(2)? <= 59;
            let more = if colons {
                cursor.take(b':').is_some()
            } else {
                cursor.0.first().is_some_and(u8::is_ascii_digit)
            };
            if more {
                limits_hold &= cursor.digits(2)? <= 59;
            }
        }
        if cursor.take(b'.').or_else(|| cursor.take(b',')).is_some() {
            cursor.digit()?;
            while cursor.digit().is_some() {}
        }
        cursor.end()?;
        (limits_hold && fits_zone(zone)).then_some(())
    };
    read().is_some()
}

fn fits_zone(zone: &str) -> bool {
    let read = || {
        let mut cursor = Cursor(zone.get(1..)?.as_bytes());
        let hours = cursor.digits(2)?;
        if cursor.end().is_none() {
            let _ = cursor.take(b':');
            cursor.digits(2)?;
        }
        cursor.end()?;
        // A zone of a day or more is refused when the value is used.
        (hours < 100).then_some(())
    };
    zone.is_empty() || zone == "Z" || !zone.starts_with('Z') && read().is_some()
}

#[cfg(test)]
mod tests;
