//! Where a CSV file is malformed, and whether it has short rows.
//!
//! dbt reads seeds with Python's `csv`, which takes an open quote at the end of a file for the rest of the file; here that is a
//! fault. A row with fewer values than the header ends in empty values, as in dbt.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceFile, Span};

/// After so many faults the rest of a file is not looked at.
const FAULTS_MAX: usize = 20;

/// A record: where it ends and its fields' places.
struct Record {
    end: usize,
    fields: Vec<(usize, usize)>,
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    bytes: &'a [u8],
    pos: usize,
    delimiter: u8,
    found: Diagnostics,
}

/// Checks a CSV text; says whether some row has fewer values than the header.
///
/// # Errors
/// `N0111` for rows with too many values, quotes that are open or misplaced, and a file without a header.
pub fn check(file: &Arc<SourceFile>, delimiter: u8) -> Result<bool, Diagnostics> {
    let text = file.text().clone();
    let mut reader = Reader {
        file,
        bytes: text.as_bytes(),
        pos: if text.starts_with('\u{feff}') { 3 } else { 0 },
        delimiter,
        found: Diagnostics::default(),
    };
    let Some(header) = reader.record() else {
        if reader.found.0.is_empty() {
            let fault = reader.fault(0, 0, "the file has no header".to_owned());
            reader
                .found
                .push(fault.hint("Write the names of the columns into the first line."));
        }
        return Err(reader.found);
    };
    let mut has_short_rows = false;
    while let Some(record) = reader.record() {
        has_short_rows |= record.fields.len() < header.fields.len();
        reader.check_count(&record, header.fields.len());
        if reader.found.0.len() >= FAULTS_MAX {
            break;
        }
    }
    if reader.found.0.is_empty() {
        Ok(has_short_rows)
    } else {
        Err(reader.found)
    }
}

impl Reader<'_> {
    fn fault(&self, start: usize, end: usize, message: String) -> Diagnostic {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Diagnostic::error(Code::CSV, message).at(Span::new(self.file, place(start), place(end)))
    }

    /// Reads the next record that is not an empty line; none at the end, or where quotes never close.
    fn record(&mut self) -> Option<Record> {
        while matches!(self.bytes.get(self.pos), Some(b'\n' | b'\r')) {
            self.pos += 1;
        }
        if self.pos >= self.bytes.len() {
            return None;
        }
        let mut fields = Vec::new();
        loop {
            let field = self.pos;
            if self.bytes.get(field) == Some(&b'"') {
                self.quoted()?;
            } else {
                while !self.at_field_end() {
                    self.pos += 1;
                }
            }
            fields.push((field, self.pos));
            if self.bytes.get(self.pos) == Some(&self.delimiter) {
                self.pos += 1;
            } else {
                return Some(Record {
                    end: self.pos,
                    fields,
                });
            }
        }
    }

    fn at_field_end(&self) -> bool {
        match self.bytes.get(self.pos) {
            None | Some(b'\n' | b'\r') => true,
            Some(byte) => *byte == self.delimiter,
        }
    }

    /// Moves over a quoted field; none where it never closes.
    fn quoted(&mut self) -> Option<()> {
        let start = self.pos;
        self.pos += 1;
        loop {
            let Some(next) = memchr::memchr(b'"', &self.bytes[self.pos..]) else {
                self.pos = self.bytes.len();
                let fault = self.fault(
                    start,
                    start + 1,
                    "a quoted value that starts here is never closed".to_owned(),
                );
                self.found
                    .push(fault.hint("Close the quote; a quote within quotes is written twice."));
                return None;
            };
            self.pos += next + 1;
            if self.bytes.get(self.pos) == Some(&b'"') {
                self.pos += 1;
            } else {
                break;
            }
        }
        if !self.at_field_end() {
            let after = self.pos;
            let fault = self.fault(
                after,
                after + 1,
                "a quoted value goes on after its closing quote".to_owned(),
            );
            self.found
                .push(fault.hint("Write a quote within quotes twice, or quote the whole value."));
            while !self.at_field_end() {
                self.pos += 1;
            }
        }
        Some(())
    }

    fn check_count(&mut self, record: &Record, wanted: usize) {
        let Some((start, _)) = record.fields.get(wanted) else {
            return;
        };
        let columns = if wanted == 1 { "column" } else { "columns" };
        let message = format!(
            "this row has {} values, the header has {wanted} {columns}",
            record.fields.len()
        );
        let fault = self.fault(*start, record.end.max(start + 1), message);
        self.found
            .push(fault.hint("Put a value that holds the delimiter in quotes."));
    }
}

#[cfg(test)]
mod tests;
