//! Bars of letters, and numbers in bins.

use minijinja::{Error, Value};

use super::operations::{given, yes};
use super::print::decimal_text;
use super::{Kind, TableValue, row_values};
use crate::jinja::args::Args;
use crate::jinja::python::operators::Operator;
use crate::jinja::python::{Decimal, Number, error, items, none, number, str_of};
use crate::jinja::values::PyObject;

fn calculate(operator: Operator, a: Decimal, b: Decimal) -> Result<Decimal, Error> {
    let made = crate::jinja::python::operators::apply(operator, &a.value(), &b.value())?;
    PyObject::get::<Decimal>(&made)
        .copied()
        .ok_or_else(|| error("a number is too large"))
}

fn of_usize(n: usize) -> Decimal {
    Decimal::new(i128::try_from(n).unwrap_or(i128::MAX), 0)
}

fn less(a: Decimal, b: Decimal) -> bool {
    a.compare(Number::Decimal(b)).is_lt()
}

fn to_decimal(value: &Value) -> Result<Decimal, Error> {
    match number(value) {
        Some(Number::Decimal(d)) => Some(d),
        Some(Number::Int(i)) => Some(Decimal::new(i, 0)),
        Some(Number::Float(f)) => Decimal::of_float(f),
        None => value.as_str().and_then(Decimal::parse),
    }
    .ok_or_else(|| error(format!("`{value}` is not a number")))
}

/// Widens a range to round numbers.
fn round_limits(least: Decimal, most: Decimal) -> Result<(Decimal, Decimal), Error> {
    let digits = least.magnitude().max(most.magnitude());
    let too_long = || error("a number is too long");
    let (shift, normal) = if digits > 0 {
        (digits - 1, false)
    } else {
        (
            least.normalized().exponent().max(most.normalized().exponent()) + 1,
            true,
        )
    };
    let rounded = |d: Decimal, up: bool| {
        let whole = d.shifted(-shift).whole(up).ok_or_else(too_long)?;
        let made = Decimal::new(whole, 0).shifted(shift);
        Ok::<_, Error>(if normal { made.normalized() } else { made })
    };
    Ok((rounded(least, false)?, rounded(most, true)?))
}

/// Returns the numbers of a column, and the least and the greatest of them.
fn numbers(table: &TableValue, column: usize) -> Result<(Vec<Option<Decimal>>, Decimal, Decimal), Error> {
    if table.types.get(column) != Some(&Kind::Number) {
        return Err(error(format!(
            "the column {} has no decimal numbers, which agate's bars and bins are made of",
            table.names.get(column).map(str_of).unwrap_or_default()
        )));
    }
    let values: Vec<Option<Decimal>> = table
        .values_of(column)
        .iter()
        .map(|v| PyObject::get::<Decimal>(v).copied())
        .collect();
    let mut known = values.iter().flatten().copied();
    let first = known.next().ok_or_else(|| error("the column has no numbers"))?;
    let (least, most) = known.fold((first, first), |(least, most), d| {
        (
            if less(d, least) { d } else { least },
            if less(most, d) { d } else { most },
        )
    });
    Ok((values, least, most))
}

fn places_of(values: impl Iterator<Item = Decimal>) -> usize {
    values.map(Decimal::places).max().unwrap_or(0)
}

/// `table.bins(...)`: how many numbers of a column lie in ranges of equal size.
pub(super) fn bins(table: &TableValue, args: Args) -> Result<Value, Error> {
    let [column, count, start, end] = args.required("bins", ["column_name", "count", "start", "end"], 1)?;
    let column = table.index_of(&column.unwrap_or_default())?;
    let count = given(count).and_then(|c| c.as_usize()).unwrap_or(10);
    if count == 0 || count > 10_000 {
        return Err(error("bins() makes from 1 to 10,000 bins"));
    }
    let (values, least, most) = numbers(table, column)?;
    let (least, most) = round_limits(least, most)?;
    let limit = |given_limit: Option<Value>, otherwise: Decimal| match given_limit.filter(Value::is_true) {
        Some(value) => to_decimal(&value),
        None => Ok(otherwise),
    };
    let (start, end) = (limit(start, least)?, limit(end, most)?);
    let size = calculate(
        Operator::Div,
        calculate(Operator::Sub, end, start)?.abs(),
        of_usize(count),
    )?;
    let mut breaks = vec![start];
    for i in 1..=count {
        breaks.push(calculate(
            Operator::Add,
            start,
            calculate(Operator::Mul, size, of_usize(i))?,
        )?);
    }
    let places = places_of(breaks.iter().copied());
    let shown = |d: Decimal| decimal_text(d, places, false);
    let names: Vec<Value> = (1..=count)
        .map(|i| {
            let from = if i == 1 && less(least, start) {
                least
            } else {
                breaks[i - 1]
            };
            // agate looks at the lower end first: a single bin keeps its upper one.
            let beyond = i == count && !(i == 1 && less(least, start)) && less(end, most);
            let to = if beyond { most } else { breaks[i] };
            let close = if i == count { ']' } else { ')' };
            Value::from(format!("[{} - {}{close}", shown(from), shown(to)))
        })
        .collect();
    let mut counts = vec![0i128; count + 1];
    for value in values {
        let at = match value {
            None => count,
            Some(value) => breaks[1..count]
                .iter()
                .position(|b| less(value, *b))
                .unwrap_or(count - 1),
        };
        counts[at] += 1;
    }
    let rows: Vec<Vec<Value>> = names
        .into_iter()
        .chain([none()])
        .zip(counts)
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| vec![name, Decimal::new(n, 0).value()])
        .collect();
    let row_names = rows.iter().map(|row| row[0].clone()).collect();
    let heads = vec![table.names[column].clone(), Value::from("Count")];
    let made = TableValue::of_rows(heads, vec![Kind::Text, Kind::Number], rows);
    Ok(Value::from_object(made.named(Some(row_names))))
}

/// Where values stand on the line of a plot.
struct Plot {
    least: Decimal,
    most: Decimal,
    width: usize,
    left: usize,
    right: usize,
}

impl Plot {
    fn of(least: Decimal, most: Decimal, width: usize) -> Result<Self, Error> {
        let zero = Decimal::new(0, 0);
        let room = width.saturating_sub(1);
        let (least, most, left, right) = if !less(least, zero) {
            (zero, most, 0, room)
        } else if !less(zero, most) {
            (least, zero, room, 0)
        } else {
            let part = calculate(Operator::Div, least.abs(), calculate(Operator::Sub, most, least)?)?;
            let left = whole(calculate(Operator::Mul, of_usize(room), part)?)?;
            (least, most, left, room.saturating_sub(left))
        };
        Ok(Self {
            least,
            most,
            width,
            left,
            right,
        })
    }

    fn place(&self, value: Decimal) -> Result<usize, Error> {
        let part = |room: usize, end: Decimal| {
            if end.is_zero() {
                return Err(error("division by zero"));
            }
            whole(calculate(
                Operator::Mul,
                of_usize(room),
                calculate(Operator::Div, value, end)?,
            )?)
        };
        Ok(if value.is_negative() {
            self.left.saturating_sub(part(self.left, self.least)?)
        } else {
            self.left + part(self.right, self.most)?
        })
    }

    /// Returns the marks of the axis in the order in which they are written.
    fn ticks(&self) -> Result<Vec<(usize, Decimal)>, Error> {
        let mut ticks: Vec<(usize, Decimal)> =
            vec![(0, self.least), (self.width.saturating_sub(1), self.most)];
        let mut put = |at: usize, value: Decimal| match ticks.iter_mut().find(|(known, _)| *known == at) {
            Some(tick) => tick.1 = value,
            None => ticks.push((at, value)),
        };
        let half = Decimal::new(5, -1);
        let parts = |end: Decimal| {
            let parts = [Decimal::new(25, -2), half, Decimal::new(75, -2)];
            parts.map(|part| calculate(Operator::Mul, end, part))
        };
        let inner: Vec<Decimal> = if !self.least.is_negative() {
            parts(self.most).into_iter().collect::<Result<_, _>>()?
        } else if self.most.is_zero() {
            parts(self.least).into_iter().collect::<Result<_, _>>()?
        } else {
            put(self.left, Decimal::new(0, 0));
            vec![
                calculate(Operator::Mul, self.least, half)?,
                calculate(Operator::Mul, self.most, half)?,
            ]
        };
        for value in inner {
            put(self.place(value)?, value);
        }
        Ok(ticks)
    }
}

/// Rounds half to even.
fn whole(d: Decimal) -> Result<usize, Error> {
    d.round(0)?
        .truncated()
        .and_then(|n| usize::try_from(n).ok())
        .ok_or_else(|| error("a bar is too long"))
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// `table.print_bars(...)`.
pub(super) fn text(table: &TableValue, args: Args) -> Result<String, Error> {
    let names = [
        "label_column_name",
        "value_column_name",
        "domain",
        "width",
        "output",
        "printable",
    ];
    let [label, value, domain, width, _, printable] = args.optional("print_bars", names)?;
    let label_at = table.index_of(&given(label).unwrap_or_else(|| Value::from("group")))?;
    let value_at = table.index_of(&given(value).unwrap_or_else(|| Value::from("Count")))?;
    let width = given(width)
        .and_then(|w| w.as_usize())
        .unwrap_or(120)
        .min(100_000);
    let (values, least, most) = numbers(table, value_at)?;
    let (bar_mark, zero_mark) = if yes(printable) {
        (":", "|")
    } else {
        ("░", "▓")
    };
    let (x_least, x_most) = match given(domain).map(|d| items(&d)).transpose()?.as_deref() {
        Some([from, to, ..]) => (to_decimal(from)?, to_decimal(to)?),
        Some(_) => return Err(error("the domain of print_bars() has two numbers")),
        None => round_limits(least, most)?,
    };
    if less(least, x_least) || less(x_most, most) {
        return Err(error("the column has values outside of the domain"));
    }
    let places = places_of(values.iter().flatten().copied());
    let labels: Vec<String> = table
        .rows
        .iter()
        .map(|row| str_of(&row_values(row)[label_at]))
        .collect();
    let shown: Vec<String> = values
        .iter()
        .map(|v| v.map_or_else(|| "-".to_owned(), |d| decimal_text(d, places, false)))
        .collect();
    let (label_head, value_head) = (str_of(&table.names[label_at]), str_of(&table.names[value_at]));
    let widest = |texts: &[String], head: &str| {
        texts
            .iter()
            .map(|t| length(t))
            .max()
            .unwrap_or(0)
            .max(length(head))
    };
    let (label_width, value_width) = (widest(&labels, &label_head), widest(&shown, &value_head));
    let plot_width = width.saturating_sub(label_width + value_width + 2);
    if plot_width < 2 {
        return Err(error("the width of print_bars() leaves no room for bars"));
    }
    let plot = Plot::of(x_least, x_most, plot_width)?;
    let mut out = format!("{label_head:<label_width$} {value_head:>value_width$}\n");
    for ((label, shown), value) in labels.iter().zip(&shown).zip(&values) {
        let bar = bar(&plot, *value, bar_mark, zero_mark)?;
        out.push_str(&format!(
            "{label:<label_width$} {shown:>value_width$} {bar:<plot_width$}\n"
        ));
    }
    axis(&plot, width, &mut out)?;
    Ok(out)
}

fn bar(plot: &Plot, value: Option<Decimal>, bar_mark: &str, zero_mark: &str) -> Result<String, Error> {
    let size = match value {
        Some(value) if !value.is_zero() => plot.place(value)?.abs_diff(plot.left),
        _ => 0,
    };
    let bar = bar_mark.repeat(size);
    let gap = " ".repeat(plot.left);
    Ok(match value {
        Some(value) if !value.is_negative() => {
            if less(Decimal::new(0, 0), plot.least) {
                format!("{bar}{gap}{zero_mark}")
            } else {
                format!("{gap}{zero_mark}{bar}")
            }
        }
        _ => {
            let gap = " ".repeat(plot.left.saturating_sub(size));
            let ends = value.is_none_or(|value| less(value, plot.most));
            format!("{gap}{bar}{}", if ends { zero_mark } else { "" })
        }
    })
}

/// Writes the line below the bars and its numbers.
fn axis(plot: &Plot, width: usize, out: &mut String) -> Result<(), Error> {
    let ticks = plot.ticks()?;
    let places = places_of(ticks.iter().map(|(_, value)| *value));
    let mut line = vec!['-'; plot.width];
    let mut text = vec![' '; width];
    for (at, value) in ticks {
        let label: Vec<char> = decimal_text(value, places, false).chars().collect();
        let is_end = at == 0 || at == plot.width - 1;
        let back = match at {
            0 => 0,
            _ if is_end => label.len() - 1,
            _ => label.len() / 2,
        };
        let start = (width - plot.width + at).saturating_sub(back);
        let end = start + label.len();
        let free = text
            .get(start.saturating_sub(1)..end + 1)
            .is_some_and(|around| around.iter().all(|c| *c == ' '));
        if !is_end && !free {
            continue;
        }
        if end > text.len() {
            text.resize(end, ' ');
        }
        text[start..end].copy_from_slice(&label);
        line[at] = '+';
    }
    let line: String = line.into_iter().collect();
    out.push_str(&format!(
        "{line:>width$}\n{}\n",
        text.into_iter().collect::<String>()
    ));
    Ok(())
}
