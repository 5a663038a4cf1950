//! What differs between two tables with the same columns, drawn as dbt draws it: in the form of daff.
//!
//! Rows are matched by the values that name them best, as daff does, so that one changed cell shows as a change and not as
//! a row that is gone and another that came. A marker begins each line: `+++` only actual, `---` only expected, `→`
//! changed.

use std::collections::{BTreeMap, HashMap};

/// A cell: its text as Python shows it, or nothing for null.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cell {
    pub text: Option<String>,
    /// The text within a row that is new or gone as a whole, where it is another.
    pub in_whole_row: Option<String>,
}

impl Cell {
    fn plain(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            in_whole_row: None,
        }
    }

    fn shown(&self) -> &str {
        self.text.as_deref().unwrap_or("")
    }
}

type Row = Vec<Cell>;

/// Columns that name rows are looked for among so many.
const KEY_COLUMNS_MAX: usize = 5;

/// Lines wider than this are not aligned.
const WIDTH_MAX: usize = 130;

/// Returns the drawn difference of two tables whose rows are sorted; none where they are equal.
pub(super) fn difference(names: &[&str], expected: Vec<Row>, actual: Vec<Row>) -> Option<String> {
    let header: Row = names.iter().map(|n| Cell::plain(*n)).collect();
    let with_header = |rows: Vec<Row>| {
        let mut all = vec![header.clone()];
        all.extend(rows);
        all
    };
    let tables = Tables {
        a: with_header(expected),
        b: with_header(actual),
        width: names.len(),
    };
    let (matched, key_columns) = tables.align();
    tables.draw(&order(&matched, &tables), &key_columns)
}

struct Tables {
    /// Expected rows, the header first.
    a: Vec<Row>,
    /// Actual rows, the header first.
    b: Vec<Row>,
    width: usize,
}

/// A row of both tables, or of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    a: Option<usize>,
    b: Option<usize>,
}

/// Rows that were matched, by both sides.
#[derive(Default)]
struct Matched {
    a_to_b: BTreeMap<usize, usize>,
    b_to_a: BTreeMap<usize, usize>,
}

impl Matched {
    fn link(&mut self, a: usize, b: usize) {
        self.a_to_b.insert(a, b);
        self.b_to_a.insert(b, a);
    }
}

/// The rows of a table by the values of some columns.
struct Index {
    rows: HashMap<String, Vec<usize>>,
    most: usize,
}

fn key(row: &Row, at: usize, columns: &[usize]) -> String {
    let mut key = if at == 0 { "_".to_owned() } else { String::new() };
    for (i, column) in columns.iter().enumerate() {
        if i > 0 {
            key.push_str(" // ");
        }
        let text = row[*column].shown();
        if !matches!(text, "null" | "undefined") {
            key.push_str(text);
        }
    }
    key
}

fn index(rows: &[Row], columns: &[usize]) -> Index {
    let mut found: HashMap<String, Vec<usize>> = HashMap::new();
    let mut most = 0;
    for (at, row) in rows.iter().enumerate() {
        let list = found.entry(key(row, at, columns)).or_default();
        list.push(at);
        most = most.max(list.len());
    }
    Index { rows: found, most }
}

impl Tables {
    /// Matches the rows; says which columns were looked at as keys.
    fn align(&self) -> (Matched, Vec<bool>) {
        let mut matched = Matched::default();
        let mut key_columns = vec![false; self.width];
        let columns = self.candidates();
        let top = 1usize << columns.len();
        let mut pending: Vec<usize> = (0..self.a.len()).collect();
        let mut indexes = 0;
        let mut reached_top = false;
        for k in 1..top {
            if pending.is_empty() {
                break;
            }
            let active: Vec<usize> = columns
                .iter()
                .enumerate()
                .filter(|(bit, _)| k & (1 << bit) != 0)
                .map(|(_, column)| *column)
                .collect();
            for column in &active {
                key_columns[*column] = true;
            }
            let (ia, ib) = (index(&self.a, &active), index(&self.b, &active));
            reached_top |= k == top - 1;
            let height = self.a.len().max(self.b.len()).max(1);
            let is_vague = ia.most.max(ib.most) as f64 / (height as f64 + 20.0) >= 0.1;
            if is_vague && (indexes > 0 || k < top - 1) {
                continue;
            }
            indexes += 1;
            pending.retain(|at| {
                let name = key(&self.a[*at], *at, &active);
                let one = |index: &Index| match index.rows.get(&name).map(Vec::as_slice) {
                    Some([only]) => Some(*only),
                    _ => None,
                };
                match (one(&ia), one(&ib)) {
                    (Some(_), Some(b)) if !name.is_empty() && !matched.b_to_a.contains_key(&b) => {
                        matched.link(*at, b);
                        false
                    }
                    _ => true,
                }
            });
        }
        if reached_top {
            self.match_neighbours(&mut matched, &columns);
        }
        matched.link(0, 0);
        (matched, key_columns)
    }

    /// Returns the columns that may name rows: all, or those with the most distinct values.
    fn candidates(&self) -> Vec<usize> {
        if self.width <= KEY_COLUMNS_MAX {
            return (0..self.width).collect();
        }
        let distinct = |rows: &[Row], column: usize| {
            let values: std::collections::HashSet<&str> = rows.iter().map(|r| r[column].shown()).collect();
            values.len()
        };
        let mut columns: Vec<(usize, usize)> = (0..self.width)
            .map(|c| (c, distinct(&self.a, c) + distinct(&self.b, c)))
            .collect();
        columns.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
        columns.iter().take(KEY_COLUMNS_MAX).map(|(c, _)| *c).collect()
    }

    /// Matches equal rows that stand beside matched ones, from both ends and both sides.
    fn match_neighbours(&self, matched: &mut Matched, columns: &[usize]) {
        for from_a in [true, false] {
            for backward in [false, true] {
                self.walk(matched, columns, from_a, backward);
            }
        }
    }

    fn walk(&self, matched: &mut Matched, columns: &[usize], from_a: bool, backward: bool) {
        let (own, other) = if from_a {
            (&self.a, &self.b)
        } else {
            (&self.b, &self.a)
        };
        let step = |at: usize| {
            if backward {
                at.checked_sub(1)
            } else {
                Some(at + 1).filter(|next| *next < other.len())
            }
        };
        let mut next = if backward {
            other.len().checked_sub(1)
        } else {
            None
        };
        for i in 0..own.len() {
            let at = if backward { own.len() - 1 - i } else { i };
            let known = if from_a {
                matched.a_to_b.get(&at)
            } else {
                matched.b_to_a.get(&at)
            };
            if let Some(there) = known {
                next = step(*there);
                if next.is_none() {
                    break;
                }
                continue;
            }
            let Some(there) = next else { continue };
            if key(&own[at], at, columns) != key(&other[there], there, columns) {
                continue;
            }
            let is_used = if from_a {
                matched.b_to_a.contains_key(&there)
            } else {
                matched.a_to_b.contains_key(&there)
            };
            if is_used {
                continue;
            }
            if from_a {
                matched.link(at, there);
            } else {
                matched.link(there, at);
            }
            next = step(there);
            if next.is_none() {
                break;
            }
        }
    }

    fn is_changed(&self, pair: Pair, column: usize) -> bool {
        match (pair.a, pair.b) {
            (Some(a), Some(b)) => same_text(&self.a[a][column]) != same_text(&self.b[b][column]),
            _ => false,
        }
    }

    /// Draws what differs; none where nothing does.
    fn draw(&self, order: &[Pair], key_columns: &[bool]) -> Option<String> {
        let mut rows: Vec<Mark> = vec![Mark::Off; order.len()];
        let mut columns: Vec<Mark> = key_columns
            .iter()
            .map(|is_key| if *is_key { Mark::On } else { Mark::Off })
            .collect();
        for (i, pair) in order.iter().enumerate() {
            match (pair.a, pair.b) {
                (Some(0), Some(0)) => {}
                (Some(_), Some(_)) => {
                    for (column, mark) in columns.iter_mut().enumerate() {
                        if self.is_changed(*pair, column) {
                            *mark = Mark::On;
                            rows[i] = Mark::On;
                        }
                    }
                }
                (None, _) => {
                    columns.fill(Mark::On);
                    rows[i] = Mark::On;
                }
                (_, None) => rows[i] = Mark::On,
            }
        }
        if rows.iter().all(|mark| *mark == Mark::Off) {
            return None;
        }
        spread(&mut rows);
        spread(&mut columns);
        let separator = self.separator();
        let mut lines = vec![Line::header(&self.b[0])];
        let mut was_gap = false;
        for (pair, mark) in order.iter().zip(&rows) {
            if *pair
                == (Pair {
                    a: Some(0),
                    b: Some(0),
                })
            {
                continue;
            }
            match mark {
                Mark::Off => {}
                Mark::Gap if was_gap => {}
                Mark::Gap => {
                    lines.push(Line::gap(self.width));
                    was_gap = true;
                }
                Mark::On | Mark::Near => {
                    was_gap = false;
                    lines.push(self.line(*pair, &separator));
                }
            }
        }
        Some(render(&elide(lines, &columns)))
    }

    fn line(&self, pair: Pair, separator: &str) -> Line {
        let (kind, row) = match (pair.a, pair.b) {
            (None, Some(b)) => (LineKind::Added, &self.b[b]),
            (Some(a), None) => (LineKind::Removed, &self.a[a]),
            (Some(a), Some(b)) => return self.changed(pair, &self.a[a], &self.b[b], separator),
            (None, None) => return Line::gap(self.width),
        };
        Line {
            kind,
            cells: row
                .iter()
                .map(|cell| LineCell {
                    plain: cell.text.clone(),
                    coloured: Some(
                        cell.in_whole_row
                            .clone()
                            .or_else(|| cell.text.clone())
                            .unwrap_or_else(|| "null".to_owned()),
                    ),
                    has_colour: true,
                })
                .collect(),
        }
    }

    fn changed(&self, pair: Pair, a: &Row, b: &Row, separator: &str) -> Line {
        let any = (0..self.width).any(|column| self.is_changed(pair, column));
        let cells = (0..self.width).map(|column| {
            if !self.is_changed(pair, column) {
                return LineCell {
                    plain: a[column].text.clone(),
                    coloured: a[column].text.clone(),
                    has_colour: false,
                };
            }
            let (left, right) = (quoted(&a[column]), quoted(&b[column]));
            let text = format!("{}→{}", mark_spaces(&left, &right), mark_spaces(&right, &left));
            LineCell {
                plain: Some(text.clone()),
                coloured: Some(text),
                has_colour: true,
            }
        });
        Line {
            kind: if any {
                LineKind::Changed(separator.to_owned())
            } else {
                LineKind::Same
            },
            cells: cells.collect(),
        }
    }

    /// Returns the arrow that no cell holds.
    fn separator(&self) -> String {
        let mut separator = "->".to_owned();
        for cell in self.a.iter().chain(&self.b).flatten() {
            while cell.shown().contains(&separator) {
                separator.insert(0, '-');
            }
        }
        separator
    }
}

/// Null counts as the text that Python has for it.
fn same_text(cell: &Cell) -> &str {
    cell.text.as_deref().unwrap_or("None")
}

/// Returns a cell's text in a change: null in capitals, and a text that says so with a mark.
fn quoted(cell: &Cell) -> String {
    match cell.text.as_deref() {
        None | Some("None") => "NULL".to_owned(),
        Some(text) if text.trim_start_matches('_') == "NULL" => format!("_{text}"),
        Some(text) => text.to_owned(),
    }
}

/// Shows the blanks of a text that differs from another in blanks alone.
fn mark_spaces(text: &str, other: &str) -> String {
    if text == other || text.replace(' ', "") != other.replace(' ', "") {
        return text.to_owned();
    }
    let other: Vec<char> = other.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let mut marked = String::new();
    let (mut at, mut there) = (0, 0);
    while at < text.len() {
        match other.get(there) {
            Some(c) if *c == text[at] => {
                marked.push(*c);
                at += 1;
                there += 1;
            }
            Some(' ') => there += 1,
            _ => {
                marked.push('␣');
                at += 1;
            }
        }
    }
    marked
}

/// Brings matched and single rows into one order: that of the actual rows, expected ones before those that follow them.
fn order(matched: &Matched, tables: &Tables) -> Vec<Pair> {
    let mut single = (0..tables.a.len())
        .filter(|a| !matched.a_to_b.contains_key(a))
        .peekable();
    let mut order = Vec::new();
    for b in 0..tables.b.len() {
        let a = matched.b_to_a.get(&b).copied();
        while let Some(before) = single.peek().copied().filter(|s| a.is_some_and(|a| a > *s)) {
            order.push(Pair {
                a: Some(before),
                b: None,
            });
            single.next();
        }
        order.push(Pair { a, b: Some(b) });
    }
    order.extend(single.map(|a| Pair { a: Some(a), b: None }));
    order
}

/// Whether a row or column is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Off,
    On,
    /// Shown because its neighbour is.
    Near,
    /// Stands for what is left out.
    Gap,
}

/// Shows the neighbours of what is shown, and a gap behind them.
fn spread(marks: &mut [Mark]) {
    for backward in [false, true] {
        let mut since: Option<usize> = None;
        for i in 0..marks.len() {
            let at = if backward { marks.len() - 1 - i } else { i };
            if marks[at] == Mark::On {
                since = Some(i);
            } else if let (Mark::Off | Mark::Gap, Some(since)) = (marks[at], since) {
                match i - since {
                    1 => marks[at] = Mark::Near,
                    2 => marks[at] = Mark::Gap,
                    _ => {}
                }
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum LineKind {
    Header,
    Gap,
    Added,
    Removed,
    Changed(String),
    Same,
}

struct LineCell {
    /// As its width is measured.
    plain: Option<String>,
    /// As it is printed.
    coloured: Option<String>,
    /// Colour codes hide blanks at its ends, so that they ask for no quotes.
    has_colour: bool,
}

struct Line {
    kind: LineKind,
    cells: Vec<LineCell>,
}

impl Line {
    fn header(names: &Row) -> Self {
        let cells = names.iter().map(|name| LineCell {
            plain: name.text.clone(),
            coloured: name.text.clone(),
            has_colour: true,
        });
        Self {
            kind: LineKind::Header,
            cells: cells.collect(),
        }
    }

    fn gap(width: usize) -> Self {
        let dots = || LineCell {
            plain: Some("...".to_owned()),
            coloured: Some("...".to_owned()),
            has_colour: false,
        };
        Self {
            kind: LineKind::Gap,
            cells: (0..width).map(|_| dots()).collect(),
        }
    }

    fn marker(&self) -> LineCell {
        let (text, has_colour) = match &self.kind {
            LineKind::Header => ("@@", true),
            LineKind::Gap => ("...", false),
            LineKind::Added => ("+++", true),
            LineKind::Removed => ("---", true),
            LineKind::Changed(_) => ("→", true),
            LineKind::Same => ("", false),
        };
        LineCell {
            plain: Some(text.to_owned()),
            coloured: Some(text.to_owned()),
            has_colour,
        }
    }
}

/// Leaves out columns in which nothing is to be seen: dots stand for each run of them.
fn elide(lines: Vec<Line>, columns: &[Mark]) -> Vec<Vec<LineCell>> {
    lines
        .into_iter()
        .map(|line| {
            let mut cells = vec![line.marker()];
            let mut was_off = false;
            for (cell, mark) in line.cells.into_iter().zip(columns) {
                let is_off = matches!(mark, Mark::Off | Mark::Gap);
                match (is_off, was_off) {
                    (false, _) => cells.push(cell),
                    (true, false) => cells.push(LineCell {
                        plain: Some("...".to_owned()),
                        coloured: Some("...".to_owned()),
                        has_colour: cell.has_colour,
                    }),
                    (true, true) => {}
                }
                was_off = is_off;
            }
            cells
        })
        .collect()
}

/// Writes a cell as CSV.
fn csv(text: Option<&str>, has_colour: bool) -> String {
    let Some(text) = text else {
        return "NULL".to_owned();
    };
    let at_end = !has_colour && (text.starts_with(' ') || text.ends_with(' '));
    if !at_end && !text.contains(['"', '\r', '\n', '\t', ',']) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// Prints lines, columns aligned where they are not too wide.
fn render(lines: &[Vec<LineCell>]) -> String {
    let plain = |cell: &LineCell| csv(cell.plain.as_deref(), false);
    let width = lines.first().map_or(0, Vec::len);
    let mut sizes: Vec<usize> = Vec::new();
    for column in 0..width {
        let lengths: Vec<usize> = lines.iter().map(|line| length(&plain(&line[column]))).collect();
        sizes.push(usual_width(&lengths));
    }
    let total = width.saturating_sub(1) + sizes.iter().sum::<usize>();
    let is_aligned = total <= WIDTH_MAX;
    let mut out = String::new();
    for line in lines {
        let (mut target, mut at) = (0usize, 0usize);
        for (x, cell) in line.iter().enumerate() {
            if is_aligned {
                while at < target {
                    out.push(' ');
                    at += 1;
                }
            }
            if x > 0 {
                out.push(',');
            }
            out.push_str(&csv(cell.coloured.as_deref(), cell.has_colour));
            at += length(&plain(cell));
            target += sizes[x];
        }
        out.push_str("\r\n");
    }
    out
}

/// Returns the width for a column: that of its cells without the few that are far longer, and not below its header's.
fn usual_width(lengths: &[usize]) -> usize {
    let count = lengths.len().max(1) as f64;
    let mean = lengths.iter().sum::<usize>() as f64 / count;
    let squares = lengths.iter().map(|l| l * l).sum::<usize>() as f64 / count;
    let variance = squares - mean * mean;
    let most = (variance >= 0.0).then(|| (mean + variance.sqrt() * 2.0 + 0.5) as usize);
    let usual = lengths
        .iter()
        .copied()
        .filter(|l| most.is_none_or(|most| *l <= most))
        .max()
        .unwrap_or(0);
    usual.max(lengths.first().copied().unwrap_or(0))
}

#[cfg(test)]
mod tests;
