//! Source texts and places in them.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// A file that diagnostics can point into. Cheap to share.
pub struct SourceFile {
    /// The path to show: relative to the project, with forward slashes.
    path: Arc<str>,
    text: Arc<str>,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Arc<Self> {
        Arc::new(Self {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        })
    }

    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns the line and column of a byte offset, both counted from 1, the column in characters.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let starts = self.line_starts();
        let offset = offset.min(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let line = starts.partition_point(|start| *start <= offset).max(1) - 1;
        let start = starts[line] as usize;
        let end = floor_char_boundary(&self.text, offset as usize);
        let column = self.text.get(start..end).map_or(0, |s| s.chars().count());
        (
            u32::try_from(line).unwrap_or(0) + 1,
            u32::try_from(column).unwrap_or(0) + 1,
        )
    }

    /// Returns the byte offset of a line and column counted from 1; past the end it is the end.
    pub fn offset(&self, line: u32, column: u32) -> u32 {
        let starts = self.line_starts();
        let Some(start) = starts.get(line.saturating_sub(1) as usize) else {
            return u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        };
        let rest = &self.text[*start as usize..];
        let bytes = rest
            .char_indices()
            .nth(column.saturating_sub(1) as usize)
            .map_or(rest.len(), |(i, _)| i);
        start + u32::try_from(bytes).unwrap_or(0)
    }

    /// Returns the text of a line counted from 1, without its line end.
    pub fn line(&self, line: u32) -> &str {
        self.text
            .lines()
            .nth(line.saturating_sub(1) as usize)
            .unwrap_or("")
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0)
                .chain(ends.map(|i| u32::try_from(i + 1).unwrap_or(u32::MAX)))
                .collect()
        })
    }
}

fn floor_char_boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceFile({})", self.path)
    }
}

/// A stretch of a source file, in bytes: half-open.
#[derive(Clone)]
pub struct Span {
    pub file: Arc<SourceFile>,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: &Arc<SourceFile>, start: u32, end: u32) -> Self {
        Self {
            file: file.clone(),
            start,
            end: end.max(start),
        }
    }

    /// Returns the line and column of the start, both counted from 1.
    pub fn line_column(&self) -> (u32, u32) {
        self.file.line_column(self.start)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column}", self.file.path())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}+{}", self.end - self.start)
    }
}
