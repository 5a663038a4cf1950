//! The batches of a model: how its time is cut. Pure: takes times, gives times.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};

/// How long a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchSize {
    Hour,
    Day,
    Month,
    Year,
}

/// A batch: from the first time, up to and without the second.
pub type Stretch = (DateTime<Utc>, DateTime<Utc>);

impl BatchSize {
    /// Returns the size with this name in configurations.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "hour" => Self::Hour,
            "day" => Self::Day,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return None,
        })
    }

    /// Returns the start of the batch in which a time lies.
    pub fn floor(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let naive = at.naive_utc();
        let hour = if self == Self::Hour { naive.hour() } else { 0 };
        let day = match self {
            Self::Hour | Self::Day => naive.day(),
            Self::Month | Self::Year => 1,
        };
        let month = if self == Self::Year { 1 } else { naive.month() };
        let date = NaiveDate::from_ymd_opt(naive.year(), month, day).unwrap_or_default();
        date.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default())
            .and_utc()
    }

    /// Returns the time itself where a batch starts at it, else the start of the next batch.
    pub fn ceil(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let floor = self.floor(at);
        if floor == at { at } else { self.add(floor, 1) }
    }

    /// Returns the start of the batch that lies so many batches from that of a time.
    pub fn add(self, at: DateTime<Utc>, batches: i64) -> DateTime<Utc> {
        let floor = self.floor(at);
        let count = u32::try_from(batches.unsigned_abs()).unwrap_or(u32::MAX);
        let moved = match self {
            Self::Hour => TimeDelta::try_hours(batches).and_then(|d| floor.checked_add_signed(d)),
            Self::Day if batches < 0 => floor.checked_sub_days(Days::new(count.into())),
            Self::Day => floor.checked_add_days(Days::new(count.into())),
            Self::Month | Self::Year => {
                let months = Months::new(count.saturating_mul(if self == Self::Year { 12 } else { 1 }));
                if batches < 0 {
                    floor.checked_sub_months(months)
                } else {
                    floor.checked_add_months(months)
                }
            }
        };
        // Past the end of the calendar there is nothing to build.
        moved.unwrap_or(floor)
    }

    /// Writes a batch's start as files and log lines show it.
    pub fn label(self, start: DateTime<Utc>) -> String {
        let format = match self {
            Self::Hour => "%Y-%m-%dT%H",
            Self::Day => "%Y-%m-%d",
            Self::Month => "%Y-%m",
            Self::Year => "%Y",
        };
        start.format(format).to_string()
    }
}

/// What decides the batches of a run.
#[derive(Debug, Clone)]
pub struct Span {
    pub size: BatchSize,
    /// The model's `begin`.
    pub begin: DateTime<Utc>,
    /// `--event-time-start`.
    pub start: Option<DateTime<Utc>>,
    /// `--event-time-end`, or the present.
    pub end: DateTime<Utc>,
    pub lookback: i64,
    /// The table is there and is added to.
    pub incremental: bool,
}

impl Span {
    /// Cuts the time into batches, first to last; there is always one.
    pub fn batches(&self) -> Vec<Stretch> {
        let end = self.size.ceil(self.end);
        let start = match self.start {
            Some(start) => self.size.floor(start),
            None if !self.incremental => self.size.floor(self.begin),
            // An end always falls on a batch's start, so the batch that ends there is one more back.
            None => self.size.add(end, -(self.lookback + 1)),
        };
        let mut batches = Vec::new();
        let mut from = start;
        loop {
            let to = self.size.add(from, 1);
            if to >= end || to <= from {
                batches.push((from, end));
                return batches;
            }
            batches.push((from, to));
            from = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::time_of;

    fn at(text: &str) -> DateTime<Utc> {
        time_of(text).unwrap()
    }

    fn labels(span: &Span) -> Vec<String> {
        span.batches()
            .iter()
            .map(|(from, _)| span.size.label(*from))
            .collect()
    }

    fn span(size: BatchSize, end: &str) -> Span {
        Span {
            size,
            begin: at("2024-01-31"),
            start: None,
            end: at(end),
            lookback: 1,
            incremental: false,
        }
    }

    #[test]
    fn a_first_run_begins_at_begin() {
        assert_eq!(
            labels(&span(BatchSize::Month, "2024-03-01 00:00:01")),
            ["2024-01", "2024-02", "2024-03"]
        );
        assert_eq!(
            labels(&span(BatchSize::Month, "2024-03-01")),
            ["2024-01", "2024-02"]
        );
        assert_eq!(labels(&span(BatchSize::Year, "2025-06-01")), ["2024", "2025"]);
    }

    #[test]
    fn a_later_run_looks_back() {
        let mut later = span(BatchSize::Day, "2024-03-01 10:00:00");
        later.incremental = true;
        assert_eq!(labels(&later), ["2024-02-29", "2024-03-01"]);
        later.lookback = 0;
        assert_eq!(labels(&later), ["2024-03-01"]);
    }

    #[test]
    fn hours_cross_days() {
        let mut hours = span(BatchSize::Hour, "2024-03-01 01:00:00");
        hours.start = Some(at("2024-02-29T23:30:00"));
        assert_eq!(labels(&hours), ["2024-02-29T23", "2024-03-01T00"]);
    }

    #[test]
    fn an_end_before_the_start_is_one_batch() {
        assert_eq!(span(BatchSize::Day, "2020-01-01").batches().len(), 1);
    }

    #[test]
    fn the_calendars_end_ends_the_batches() {
        let mut far = span(BatchSize::Year, "2024-03-01");
        far.begin = DateTime::<Utc>::MAX_UTC;
        assert_eq!(far.batches().len(), 1);
    }
}
