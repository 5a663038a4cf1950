//! CSV files: their header, and where they are malformed.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceFile, Span};
use crate::fs;

/// After so many faults the rest of a file is not looked at.
const FAULTS_MAX: usize = 20;

/// The first line of a CSV file and how many rows follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvHeader {
    pub columns: Vec<String>,
    pub rows: usize,
}

/// Reads a seed file whole: its header, and every fault with line and column. `shown` is the path in messages.
///
/// # Errors
/// `N0111` for rows with too many or too few fields, quotes that are open or misplaced, columns without a name or
/// with the name of another.
pub fn csv_header(path: &Path, shown: &str, delimiter: u8) -> Result<CsvHeader, Diagnostics> {
    let text = fs::read(path)?;
    check(&SourceFile::new(shown, text), delimiter)
}

/// A record: where it starts and its fields' places.
struct Record {
    start: usize,
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

/// Checks a CSV text.
///
/// # Errors
/// As [`csv_header`].
pub fn check(file: &Arc<SourceFile>, delimiter: u8) -> Result<CsvHeader, Diagnostics> {
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
    let columns: Vec<String> = header
        .fields
        .iter()
        .map(|(start, end)| unquoted(&text[*start..*end]))
        .collect();
    reader.check_names(&header, &columns);
    let mut rows = 0;
    while let Some(record) = reader.record() {
        rows += 1;
        reader.check_count(&record, &columns);
        if reader.found.0.len() >= FAULTS_MAX {
            break;
        }
    }
    if reader.found.0.is_empty() {
        Ok(CsvHeader { columns, rows })
    } else {
        Err(reader.found)
    }
}

/// Returns the text of a field without its quotes.
fn unquoted(field: &str) -> String {
    match field.strip_prefix('"').and_then(|f| f.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => field.to_owned(),
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
        let start = self.pos;
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
                    start,
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
                    "a quote opens here and is never closed".to_owned(),
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
                "a quoted field goes on after its closing quote".to_owned(),
            );
            self.found
                .push(fault.hint("Write a quote within quotes twice, or quote the whole field."));
            while !self.at_field_end() {
                self.pos += 1;
            }
        }
        Some(())
    }

    fn check_names(&mut self, header: &Record, columns: &[String]) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (i, (name, (start, end))) in columns.iter().zip(&header.fields).enumerate() {
            let message = if name.trim().is_empty() {
                format!("column {} has no name", i + 1)
            } else if let Some(first) = seen.insert(name, i) {
                format!("the columns {} and {} are both named `{name}`", first + 1, i + 1)
            } else {
                continue;
            };
            let fault = self.fault(*start, (*end).max(start + 1), message);
            self.found
                .push(fault.hint("Give each column a name of its own in the first line."));
        }
    }

    fn check_count(&mut self, record: &Record, columns: &[String]) {
        let (count, wanted) = (record.fields.len(), columns.len());
        if count == wanted {
            return;
        }
        let number = |n: usize| {
            if n == 1 {
                "1 field".to_owned()
            } else {
                format!("{n} fields")
            }
        };
        let message = format!(
            "this row has {}, but the header has {}",
            number(count),
            number(wanted)
        );
        let place = match record.fields.get(wanted) {
            Some((start, _)) => (*start, record.end),
            None => (record.start, record.end),
        };
        let fault = self.fault(place.0, place.1.max(place.0 + 1), message);
        self.found.push(if count > wanted {
            fault.hint("Put a field that holds the delimiter in quotes.")
        } else {
            let missing = &columns[count.min(columns.len() - 1)];
            fault.hint(format!(
                "Add a value, or an empty field, for `{missing}` and what follows it."
            ))
        });
    }
}
