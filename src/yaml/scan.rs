//! Splits YAML 1.1 into tokens with byte places, accepting and refusing what libyaml does (dbt reads with it).
//!
//! Structure only: indentation, keys that are recognised by the `:` after them, flow brackets. Scalars are read in
//! `scalar.rs`. The text has no NUL (checked before), so a zero byte means the end.

use std::collections::VecDeque;
use std::sync::Arc;

use super::fault;
use super::token::{Kind, Token};
use crate::diagnostic::{Diagnostic, Result, SourceFile};

/// How far a key may be from its `:`, in characters.
const KEY_LENGTH_MAX: usize = 1024;

/// A token that is a key if a `:` follows it on its line.
#[derive(Clone, Copy)]
struct SimpleKey {
    /// The place of its token among all tokens of the stream.
    number: usize,
    /// The line must be a key because of its indentation.
    required: bool,
    start: usize,
    line_start: usize,
}

pub(super) struct Scanner<'t> {
    pub(super) file: &'t Arc<SourceFile>,
    pub(super) text: &'t str,
    bytes: &'t [u8],
    pub(super) pos: usize,
    /// Where the current line starts: columns are counted from here.
    pub(super) line_start: usize,
    tokens: VecDeque<Token<'t>>,
    /// How many tokens were handed out.
    taken: usize,
    /// The column of the innermost block collection; -1 outside of all.
    pub(super) indent: i64,
    indents: Vec<i64>,
    /// One for the block context and one for each open flow bracket.
    simple_keys: Vec<Option<SimpleKey>>,
    pub(super) simple_key_allowed: bool,
    ended: bool,
}

impl<'t> Scanner<'t> {
    pub fn new(file: &'t Arc<SourceFile>) -> Self {
        let text: &'t str = file.text();
        Self {
            file,
            text,
            bytes: text.as_bytes(),
            pos: 0,
            line_start: 0,
            tokens: VecDeque::with_capacity(16),
            taken: 0,
            indent: -1,
            indents: Vec::new(),
            simple_keys: vec![None],
            simple_key_allowed: true,
            ended: false,
        }
    }

    /// Returns the next token without taking it.
    pub fn peek(&mut self) -> Result<&Token<'t>> {
        self.fill()?;
        Ok(&self.tokens[0])
    }

    /// Takes the next token; after the end it is the end again.
    pub fn next(&mut self) -> Result<Token<'t>> {
        self.fill()?;
        self.taken += 1;
        Ok(self.tokens.pop_front().unwrap_or(Token {
            kind: Kind::StreamEnd,
            start: self.text.len(),
            end: self.text.len(),
        }))
    }

    /// Scans until the first token is certain: not still to be preceded by a key mark.
    fn fill(&mut self) -> Result<()> {
        loop {
            if self.ended {
                if self.tokens.is_empty() {
                    self.push(Kind::StreamEnd, self.text.len());
                }
                return Ok(());
            }
            if !self.tokens.is_empty() {
                self.forget_stale_keys()?;
                let head = self.taken;
                if !self.simple_keys.iter().flatten().any(|k| k.number == head) {
                    return Ok(());
                }
            }
            self.fetch()?;
        }
    }

    // Characters

    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    pub(super) fn column(&self) -> i64 {
        i64::try_from(self.pos - self.line_start).unwrap_or(i64::MAX)
    }

    /// Returns the length of the line break at a place, 0 where there is none.
    #[inline]
    pub(super) fn break_length(&self, at: usize) -> usize {
        match self.byte(at) {
            b'\n' => 1,
            b'\r' => 1 + usize::from(self.byte(at + 1) == b'\n'),
            0xC2 if self.byte(at + 1) == 0x85 => 2,
            0xE2 if self.byte(at + 1) == 0x80 && matches!(self.byte(at + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    pub(super) fn is_blank(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\t')
    }

    pub(super) fn is_end(&self, at: usize) -> bool {
        at >= self.bytes.len()
    }

    /// Says whether a blank, a line break or the end stands there.
    #[inline]
    pub(super) fn is_gap(&self, at: usize) -> bool {
        matches!(self.byte(at), 0 | b' ' | b'\t' | b'\n' | b'\r') || self.break_length(at) > 0
    }

    /// Moves over a line break.
    pub(super) fn skip_break(&mut self, length: usize) {
        self.pos += length;
        self.line_start = self.pos;
    }

    /// Moves to the end of the line.
    pub(super) fn skip_to_break(&mut self) {
        while !self.is_end(self.pos) && self.break_length(self.pos) == 0 {
            self.pos += 1;
        }
    }

    /// Says whether `---` or `...` starts the line here.
    pub(super) fn at_document_mark(&self) -> bool {
        self.pos == self.line_start
            && matches!(self.bytes.get(self.pos..self.pos + 3), Some(b"---" | b"..."))
            && self.is_gap(self.pos + 3)
    }

    pub(super) fn in_flow(&self) -> bool {
        self.simple_keys.len() > 1
    }

    pub(super) fn fail(&self, start: usize, end: usize, message: impl Into<String>) -> Diagnostic {
        fault::at(self.file, start, end, message)
    }

    // Keys and indentation

    fn forget_stale_keys(&mut self) -> Result<()> {
        for i in 0..self.simple_keys.len() {
            let Some(key) = self.simple_keys[i] else { continue };
            let far = self.pos - key.start > KEY_LENGTH_MAX
                && self.text[key.start..self.pos].chars().count() > KEY_LENGTH_MAX;
            if key.line_start != self.line_start || far {
                self.drop_key(i)?;
            }
        }
        Ok(())
    }

    /// Gives up the hope that a token is a key.
    fn drop_key(&mut self, level: usize) -> Result<()> {
        match self.simple_keys[level].take() {
            Some(key) if key.required => Err(fault::missing_colon(self.file, key.start)),
            _ => Ok(()),
        }
    }

    fn drop_current_key(&mut self) -> Result<()> {
        self.drop_key(self.simple_keys.len() - 1)
    }

    fn may_be_key(&mut self) -> Result<()> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        self.drop_current_key()?;
        let key = SimpleKey {
            number: self.taken + self.tokens.len(),
            required: !self.in_flow() && self.indent == self.column(),
            start: self.pos,
            line_start: self.line_start,
        };
        if let Some(last) = self.simple_keys.last_mut() {
            *last = Some(key);
        }
        Ok(())
    }

    /// Opens a block collection where the column is deeper than the current one.
    fn roll_indent(&mut self, column: i64, at: usize, number: Option<usize>, kind: Kind<'t>) {
        if self.in_flow() || self.indent >= column {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column;
        let token = Token {
            kind,
            start: at,
            end: at,
        };
        match number {
            Some(number) => self.tokens.insert(number - self.taken, token),
            None => self.tokens.push_back(token),
        }
    }

    /// Closes the block collections that are deeper than a column.
    fn unroll_indent(&mut self, column: i64) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.pos);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn push(&mut self, kind: Kind<'t>, start: usize) {
        let end = self.pos.max(start);
        self.tokens.push_back(Token { kind, start, end });
    }

    // Tokens

    fn fetch(&mut self) -> Result<()> {
        self.skip_to_token();
        self.forget_stale_keys()?;
        self.unroll_indent(self.column());
        let start = self.pos;
        let next_is_gap = self.is_gap(start + 1);
        match self.byte(start) {
            0 => self.fetch_end(),
            b'%' if start == self.line_start => self.fetch_directive(),
            b'-' | b'.' if self.at_document_mark() => {
                self.unroll_indent(-1);
                self.drop_current_key()?;
                self.simple_key_allowed = false;
                self.pos += 3;
                let kind = if self.byte(start) == b'-' {
                    Kind::DocumentStart
                } else {
                    Kind::DocumentEnd
                };
                self.push(kind, start);
                Ok(())
            }
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => {
                self.drop_current_key()?;
                self.simple_key_allowed = true;
                self.pos += 1;
                self.push(Kind::FlowEntry, start);
                Ok(())
            }
            b'-' if next_is_gap => self.fetch_block_entry(),
            b'?' if self.in_flow() || next_is_gap => self.fetch_key(),
            b':' if self.in_flow() || next_is_gap => self.fetch_value(),
            b'*' => self.fetch_name(Kind::Alias),
            b'&' => self.fetch_name(Kind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' | b'>' if !self.in_flow() => {
                self.drop_current_key()?;
                self.simple_key_allowed = true;
                let text = self.block_scalar()?;
                self.push(Kind::Scalar { text, plain: false }, start);
                Ok(())
            }
            b'\'' => {
                self.may_be_key()?;
                self.simple_key_allowed = false;
                let text = self.single_quoted()?;
                self.push(Kind::Scalar { text, plain: false }, start);
                Ok(())
            }
            b'"' => {
                self.may_be_key()?;
                self.simple_key_allowed = false;
                let text = self.double_quoted()?;
                self.push(Kind::Scalar { text, plain: false }, start);
                Ok(())
            }
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => Err(fault::cannot_start(self.file, start)),
            _ => {
                self.may_be_key()?;
                self.simple_key_allowed = false;
                let (text, end) = self.plain()?;
                self.tokens.push_back(Token {
                    kind: Kind::Scalar { text, plain: true },
                    start,
                    end,
                });
                Ok(())
            }
        }
    }

    /// Moves over blanks, comments and line breaks.
    fn skip_to_token(&mut self) {
        loop {
            if self.pos == self.line_start && self.text[self.pos..].starts_with('\u{feff}') {
                self.pos += 3;
                self.line_start = self.pos;
            }
            while self.byte(self.pos) == b' '
                || (self.byte(self.pos) == b'\t' && (self.in_flow() || !self.simple_key_allowed))
            {
                self.pos += 1;
            }
            if self.byte(self.pos) == b'#' {
                self.skip_to_break();
            }
            match self.break_length(self.pos) {
                0 => return,
                length => {
                    self.skip_break(length);
                    if !self.in_flow() {
                        self.simple_key_allowed = true;
                    }
                }
            }
        }
    }

    fn fetch_end(&mut self) -> Result<()> {
        self.unroll_indent(-1);
        self.drop_current_key()?;
        self.simple_key_allowed = false;
        self.push(Kind::StreamEnd, self.pos);
        self.ended = true;
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<()> {
        self.unroll_indent(-1);
        self.drop_current_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        self.skip_to_break();
        let text = self.text;
        let line = &text[start..self.pos];
        let mut words = line.split([' ', '\t']).filter(|w| !w.is_empty());
        let kind = match (words.next(), words.next(), words.next()) {
            (Some("%YAML"), Some(version), None | Some("#")) if version.starts_with("1.") => {
                Kind::VersionDirective
            }
            (Some("%TAG"), Some(handle), Some(prefix)) if handle.starts_with('!') => {
                Kind::TagDirective(handle, prefix)
            }
            // Other directives are reserved; libyaml refuses them.
            _ => return Err(fault::directive(self.file, start, self.pos)),
        };
        self.push(kind, start);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind<'t>) -> Result<()> {
        self.may_be_key()?;
        self.simple_keys.push(None);
        self.simple_key_allowed = true;
        let start = self.pos;
        self.pos += 1;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind<'t>) -> Result<()> {
        self.drop_current_key()?;
        if self.in_flow() {
            self.simple_keys.pop();
        }
        self.simple_key_allowed = false;
        let start = self.pos;
        self.pos += 1;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<()> {
        let start = self.pos;
        if !self.in_flow() {
            if !self.simple_key_allowed {
                return Err(fault::entry_not_allowed(self.file, start));
            }
            self.roll_indent(self.column(), start, None, Kind::BlockSequenceStart);
        }
        self.drop_current_key()?;
        self.simple_key_allowed = true;
        self.pos += 1;
        self.push(Kind::BlockEntry, start);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<()> {
        let start = self.pos;
        if !self.in_flow() {
            if !self.simple_key_allowed {
                return Err(self.fail(start, start + 1, "a mapping key is not allowed here"));
            }
            self.roll_indent(self.column(), start, None, Kind::BlockMappingStart);
        }
        self.drop_current_key()?;
        self.simple_key_allowed = !self.in_flow();
        self.pos += 1;
        self.push(Kind::Key, start);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<()> {
        let start = self.pos;
        if let Some(key) = self.simple_keys.last_mut().and_then(Option::take) {
            let mark = Token {
                kind: Kind::Key,
                start: key.start,
                end: key.start,
            };
            self.tokens.insert(key.number - self.taken, mark);
            let column = i64::try_from(key.start - key.line_start).unwrap_or(i64::MAX);
            self.roll_indent(column, key.start, Some(key.number), Kind::BlockMappingStart);
            self.simple_key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.simple_key_allowed {
                    return Err(fault::value_not_allowed(self.file, start));
                }
                self.roll_indent(self.column(), start, None, Kind::BlockMappingStart);
            }
            self.simple_key_allowed = !self.in_flow();
        }
        self.pos += 1;
        self.push(Kind::Value, start);
        Ok(())
    }

    /// Reads `*name` or `&name`.
    fn fetch_name(&mut self, kind: fn(&'t str) -> Kind<'t>) -> Result<()> {
        self.may_be_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        self.pos += 1;
        while matches!(self.byte(self.pos), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-') {
            self.pos += 1;
        }
        let name = &self.text[start + 1..self.pos];
        let ends = self.is_gap(self.pos)
            || matches!(
                self.byte(self.pos),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if name.is_empty() || !ends {
            return Err(fault::anchor_name(self.file, start, self.pos));
        }
        self.push(kind(name), start);
        Ok(())
    }

    /// Reads `!tag`, `!!tag`, `!handle!tag` or `!<verbatim>`.
    fn fetch_tag(&mut self) -> Result<()> {
        self.may_be_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        let text = self.text;
        self.pos += 1;
        let stop = |s: &Self| {
            s.is_gap(s.pos) || (s.in_flow() && matches!(s.byte(s.pos), b',' | b'[' | b']' | b'{' | b'}'))
        };
        let (handle, suffix) = if self.byte(self.pos) == b'<' {
            while !self.is_gap(self.pos) && self.byte(self.pos) != b'>' {
                self.pos += 1;
            }
            if self.byte(self.pos) != b'>' {
                return Err(self.fail(start, self.pos, "a tag that starts with `!<` must end with `>`"));
            }
            self.pos += 1;
            ("", &text[start + 2..self.pos - 1])
        } else {
            while !stop(self) {
                self.pos += 1;
            }
            let whole = &text[start..self.pos];
            match whole[1..].find('!') {
                Some(second) => whole.split_at(second + 2),
                None => whole.split_at(1),
            }
        };
        let ends = self.is_gap(self.pos) || (self.in_flow() && self.byte(self.pos) == b',');
        if !ends || suffix.contains('!') || (suffix.is_empty() && handle != "!") {
            return Err(fault::tag_form(self.file, start, self.pos));
        }
        self.push(Kind::Tag { handle, suffix }, start);
        Ok(())
    }
}
