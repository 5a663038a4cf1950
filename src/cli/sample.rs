//! `--sample`: the stretch of time whose rows a run reads.

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde_json::Value as Json;

use super::options::dictionary;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::manifest::time_of;

/// Reads `3 days` or `{start: 2024-01-01, end: 2024-02-01}`; the first ends now.
///
/// # Errors
/// `N0701` for anything else.
pub fn window(text: &str, now: DateTime<Utc>) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    if text.trim_start().starts_with('{') {
        let map = dictionary("--sample", text)?;
        let time = |key: &str| map.get(key).and_then(Json::as_str).and_then(time_of);
        return match (time("start"), time("end")) {
            (Some(start), Some(end)) => Ok((start, end)),
            _ => Err(fault(text, "lacks a `start` or an `end` that is a time")),
        };
    }
    let words: Vec<&str> = text.split(' ').collect();
    let [count, grain] = words.as_slice() else {
        return Err(fault(text, "is not of the form NUMBER GRAIN"));
    };
    let count: i64 = count
        .parse()
        .map_err(|_| fault(text, "does not begin with a whole number"))?;
    let back = |at: DateTime<Utc>, months: i64| {
        let span = u32::try_from(months.unsigned_abs()).ok().map(Months::new)?;
        if months < 0 {
            at.checked_add_months(span)
        } else {
            at.checked_sub_months(span)
        }
    };
    let start = match grain.to_lowercase().trim_end_matches('s') {
        "hour" => TimeDelta::try_hours(count).and_then(|d| now.checked_sub_signed(d)),
        "day" => TimeDelta::try_days(count).and_then(|d| now.checked_sub_signed(d)),
        "month" => back(now, count),
        "year" => count.checked_mul(12).and_then(|months| back(now, months)),
        _ => {
            return Err(fault(
                text,
                "has a grain that is neither hour, day, month nor year",
            ));
        }
    };
    let start = start.ok_or_else(|| fault(text, "reaches further than the calendar"))?;
    Ok((start, now))
}

fn fault(text: &str, what: &str) -> Diagnostic {
    Diagnostic::error(Code::USAGE, format!("`{text}` given with --sample {what}"))
        .hint("Write it so: --sample '3 days', or --sample '{start: 2024-01-01, end: 2024-02-01}'.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let now = time_of("2024-03-31 12:00:00").unwrap();
        match window(text, now) {
            Ok((start, end)) => format!("{} {}", start.format("%F %T"), end.format("%F %T")),
            Err(fault) => fault.message().to_owned(),
        }
    }

    #[test]
    fn a_window_ends_now_or_where_it_says() {
        assert_eq!(shown("3 days"), "2024-03-28 12:00:00 2024-03-31 12:00:00");
        assert_eq!(shown("1 Month"), "2024-02-29 12:00:00 2024-03-31 12:00:00");
        assert_eq!(shown("1 year"), "2023-03-31 12:00:00 2024-03-31 12:00:00");
        assert_eq!(
            shown("{'start': '2024-01-01', 'end': '2024-01-02T03:04:05'}"),
            "2024-01-01 00:00:00 2024-01-02 03:04:05"
        );
    }

    #[test]
    fn what_is_no_window_says_why() {
        assert!(shown("days").ends_with("is not of the form NUMBER GRAIN"));
        assert!(shown("x days").ends_with("does not begin with a whole number"));
        assert!(shown("3 weeks").ends_with("neither hour, day, month nor year"));
        assert!(shown("{start: 2024-01-01}").ends_with("that is a time"));
    }
}
