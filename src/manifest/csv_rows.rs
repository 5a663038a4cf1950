//! CSV text of unit tests as rows, read as Python's `csv.DictReader` reads it.

use serde_json::{Map, Value as Json};

/// A row: its fields by the names of the header; a field without text is null. Fields beyond the header are counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CsvRow {
    pub values: Map<String, Json>,
    /// How many fields stand beyond the header's last name.
    pub extra: usize,
}

/// Reads rows. Empty lines are passed over; fields that are missing at the end of a row are null.
pub(super) fn read(text: &str) -> Vec<CsvRow> {
    let mut records = records(text).into_iter();
    let Some(header) = records.next() else {
        return Vec::new();
    };
    records
        .map(|fields| {
            let extra = fields.len().saturating_sub(header.len());
            let mut fields = fields.into_iter();
            let mut values = Map::new();
            for name in &header {
                let value = fields.next().filter(|text| !text.is_empty());
                values.insert(name.clone(), value.map_or(Json::Null, Json::String));
            }
            CsvRow { values, extra }
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the start of a field.
    Start,
    Plain,
    Quoted,
    /// Behind a quote within a quoted field: the end of it, or the first half of a doubled one.
    Quote,
}

/// Splits a text into records of fields; records without any field are left out.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = Vec::new();
    let mut record: Vec<String> = Vec::new();
    let mut field = String::new();
    let mut state = State::Start;
    let mut is_blank = true;
    for c in text.chars() {
        match (state, c) {
            (State::Quoted, '"') => state = State::Quote,
            (State::Quoted, _) => field.push(c),
            (State::Quote, '"') => {
                field.push('"');
                state = State::Quoted;
            }
            (_, '\n' | '\r') => {
                if !is_blank {
                    record.push(std::mem::take(&mut field));
                    records.push(std::mem::take(&mut record));
                }
                state = State::Start;
                is_blank = true;
                continue;
            }
            (_, ',') => {
                record.push(std::mem::take(&mut field));
                state = State::Start;
            }
            (State::Start, '"') => state = State::Quoted,
            (_, _) => {
                field.push(c);
                state = State::Plain;
            }
        }
        is_blank = false;
    }
    if !is_blank {
        record.push(field);
        records.push(record);
    }
    records
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(text: &str) -> Json {
        read(text).into_iter().map(|r| Json::Object(r.values)).collect()
    }

    #[test]
    fn empty_and_missing_fields_are_null() {
        assert_eq!(
            values("a,b,c\n1,,x\n\n2\n"),
            json!([{"a": "1", "b": null, "c": "x"}, {"a": "2", "b": null, "c": null}])
        );
    }

    #[test]
    fn quotes_hold_commas_lines_and_doubled_quotes() {
        assert_eq!(
            values("a,b\r\n\"x, \"\"y\"\"\nz\",1 \"2\"\r\n"),
            json!([{"a": "x, \"y\"\nz", "b": "1 \"2\""}])
        );
    }

    #[test]
    fn fields_beyond_the_header_are_counted() {
        assert_eq!(read("a\n1,2,3")[0].extra, 2);
    }
}
