//! Loads a CSV file by COPY: the values are read as dbt reads seeds, and sent as the server's own text format.

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend::{self, CopyData};

use super::error;
use super::wire::Wire;
use crate::adapters::seed_cell;
use crate::adapters::{AdapterError, CsvFile, ErrorKind};

/// Rows are sent when so many bytes have come together.
const SEND_AT: usize = 256 * 1024;

/// What the statement came to, and the letter of the transaction's state after it.
type Outcome = (Result<u64, AdapterError>, u8);

/// Runs a `copy … from stdin` with the file's rows.
///
/// # Errors
/// Where the connection broke; what the server said of the rows is in the outcome.
pub(super) fn send(
    wire: &mut Wire,
    sql: &str,
    file: &CsvFile<'_>,
    look: &mut dyn FnMut() -> Result<(), AdapterError>,
) -> Result<Outcome, AdapterError> {
    wire.put(|buffer| frontend::query(sql, buffer))?;
    wire.flush()?;
    let mut answer: Result<u64, AdapterError> = Ok(0);
    loop {
        match wire.receive(look)? {
            Message::CopyInResponse(_) => match rows(wire, file, look) {
                Ok(()) => {
                    wire.put(|buffer| {
                        frontend::copy_done(buffer);
                        Ok(())
                    })?;
                    wire.flush()?;
                }
                Err(error) if error.kind == ErrorKind::Network => return Err(error),
                Err(error) => {
                    answer = Err(error);
                    wire.put(|buffer| frontend::copy_fail("the rows ended early", buffer))?;
                    wire.flush()?;
                }
            },
            Message::CommandComplete(body) => {
                let tag = body.tag().unwrap_or_default();
                if let (Ok(count), Some(word)) = (&mut answer, tag.rsplit(' ').next()) {
                    *count = word.parse().unwrap_or(0);
                }
            }
            Message::ErrorResponse(body) if answer.is_ok() => {
                answer = Err(error::of_response(&body, Some(sql)));
            }
            Message::ReadyForQuery(body) => return Ok((answer, body.status())),
            _ => {}
        }
    }
}

fn rows(
    wire: &mut Wire,
    file: &CsvFile<'_>,
    look: &mut dyn FnMut() -> Result<(), AdapterError>,
) -> Result<(), AdapterError> {
    let mut text = Vec::with_capacity(SEND_AT + 4096);
    each_record(file, &mut |record| {
        for index in 0..file.columns.len() {
            if index > 0 {
                text.push(b'\t');
            }
            match seed_cell(record, index) {
                Some(value) => escape(value, &mut text),
                None => text.extend_from_slice(b"\\N"),
            }
        }
        text.push(b'\n');
        if text.len() >= SEND_AT {
            flush(wire, &mut text)?;
            look()?;
        }
        Ok(())
    })?;
    flush(wire, &mut text)
}

/// Reads the file's rows, the header excluded.
pub(super) fn each_record(
    file: &CsvFile<'_>,
    take: &mut dyn FnMut(&csv::StringRecord) -> Result<(), AdapterError>,
) -> Result<(), AdapterError> {
    let unread = |e: csv::Error| {
        AdapterError::new(
            ErrorKind::Other,
            format!("the seed `{}` could not be read: {e}", file.path.display()),
        )
    };
    let delimiter = u8::try_from(file.delimiter).map_err(|_| {
        AdapterError::new(
            ErrorKind::Unsupported,
            format!(
                "the delimiter `{}` is not a character of one byte",
                file.delimiter
            ),
        )
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_path(file.path)
        .map_err(unread)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(unread)? {
        take(&record)?;
    }
    Ok(())
}

fn escape(value: &str, out: &mut Vec<u8>) {
    for byte in value.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            _ => out.push(byte),
        }
    }
}

fn flush(wire: &mut Wire, text: &mut Vec<u8>) -> Result<(), AdapterError> {
    if text.is_empty() {
        return Ok(());
    }
    let data = CopyData::new(&text[..]).map_err(|_| {
        AdapterError::new(
            ErrorKind::Limit,
            "a row of the seed is longer than a message can be",
        )
    })?;
    wire.put(|buffer: &mut BytesMut| {
        data.write(buffer);
        Ok(())
    })?;
    text.clear();
    wire.flush()
}
