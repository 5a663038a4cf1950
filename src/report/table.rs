//! Rows as a table for people and as JSON for programs.

use serde_json::{Map, Value as Json};

/// Lays rows out as `| a | b |` with a rule under the head; numbers to the right. Ends in a newline.
///
/// `numeric` says for each column whether its values are numbers.
pub fn render_table(columns: &[String], numeric: &[bool], rows: &[Vec<String>]) -> String {
    let width = |text: &str| {
        text.chars()
            .map(|c| if is_wide(c) { 2 } else { 1 })
            .sum::<usize>()
    };
    let mut widths: Vec<usize> = columns.iter().map(|c| width(c)).collect();
    for row in rows {
        for (cell, most) in row.iter().zip(widths.iter_mut()) {
            *most = (*most).max(width(cell));
        }
    }
    let mut out = String::new();
    let mut push = |cells: &[String], right: bool| {
        for (i, cell) in cells.iter().enumerate() {
            let pad = widths.get(i).copied().unwrap_or(0).saturating_sub(width(cell));
            let (left, after) = if right && numeric.get(i) == Some(&true) {
                (pad, 0)
            } else {
                (0, pad)
            };
            out.push_str("| ");
            out.extend(std::iter::repeat_n(' ', left));
            out.push_str(cell);
            out.extend(std::iter::repeat_n(' ', after + 1));
        }
        out.push_str("|\n");
    };
    push(columns, false);
    let rule: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let cells = rows
                .iter()
                .filter_map(|r| r.get(i))
                .map(|c| width(c))
                .max()
                .unwrap_or(0);
            "-".repeat(cells.max(width(c)))
        })
        .collect();
    push(&rule, false);
    for row in rows {
        push(row, true);
    }
    out
}

/// Returns the rows as a list of objects, in dbt's indentation.
pub fn rows_as_json(columns: &[String], rows: &[Vec<Json>]) -> Json {
    let object =
        |row: &Vec<Json>| -> Map<String, Json> { columns.iter().cloned().zip(row.iter().cloned()).collect() };
    Json::Array(rows.iter().map(|row| Json::Object(object(row))).collect())
}

/// Says whether a character takes two cells (East Asian wide ranges and emoji, roughly).
fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF)
}
