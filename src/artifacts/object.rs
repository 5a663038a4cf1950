//! Writes a JSON object member by member; a member of many entries is turned into text by several threads.

use std::io::{Result, Write};

use rayon::prelude::*;
use serde::Serialize;

/// How many entries one thread turns into text at a time: a node takes about two kilobytes.
const BATCH: usize = 64;

/// An object whose members are written as they come.
pub struct Object<W: Write> {
    out: W,
    begun: bool,
}

impl<W: Write> Object<W> {
    pub fn new(out: W) -> Self {
        Self { out, begun: false }
    }

    /// Writes a member.
    ///
    /// # Errors
    /// The value cannot be JSON, or the file cannot be written.
    pub fn member(&mut self, key: &str, value: &impl Serialize) -> Result<()> {
        self.key(key)?;
        serde_json::to_writer(&mut self.out, value)?;
        Ok(())
    }

    /// Writes a member that is an object of many entries, in their order. Only a few batches of them are text at a time.
    ///
    /// # Errors
    /// A value cannot be JSON, or the file cannot be written.
    pub fn object(&mut self, key: &str, entries: &[(&str, impl Serialize + Sync)]) -> Result<()> {
        self.key(key)?;
        self.out.write_all(b"{")?;
        let at_once = BATCH * 4 * rayon::current_num_threads();
        for (turn, entries) in entries.chunks(at_once).enumerate() {
            let texts: Vec<Result<Vec<u8>>> = entries.par_chunks(BATCH).map(text).collect();
            for (i, text) in texts.into_iter().enumerate() {
                if turn + i > 0 {
                    self.out.write_all(b",")?;
                }
                self.out.write_all(&text?)?;
            }
        }
        self.out.write_all(b"}")
    }

    /// Writes the end.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn end(mut self) -> Result<()> {
        if !self.begun {
            self.out.write_all(b"{")?;
        }
        self.out.write_all(b"}")
    }

    fn key(&mut self, key: &str) -> Result<()> {
        self.out.write_all(if self.begun { b"," } else { b"{" })?;
        self.begun = true;
        serde_json::to_writer(&mut self.out, key)?;
        self.out.write_all(b":")
    }
}

/// Returns entries as the inside of an object.
fn text(entries: &[(&str, impl Serialize)]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(entries.len() << 11);
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut out, key)?;
        out.push(b':');
        serde_json::to_writer(&mut out, value)?;
    }
    Ok(out)
}
