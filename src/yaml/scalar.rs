//! Reads scalars: plain, quoted, block. What needs no folding and no escapes is borrowed from the text.

use std::borrow::Cow;

use super::fault;
use super::scan::Scanner;
use crate::diagnostic::Result;

/// Line breaks inside of a scalar, waiting to become a space or newlines.
#[derive(Default)]
struct Fold {
    /// The first break as text; none where an escape took it away.
    first: &'static str,
    /// The further ones.
    rest: String,
}

impl Fold {
    fn apply(&self, out: &mut String) {
        match self.first {
            "\n" if self.rest.is_empty() => out.push(' '),
            "\n" => out.push_str(&self.rest),
            first => {
                out.push_str(first);
                out.push_str(&self.rest);
            }
        }
    }
}

impl<'t> Scanner<'t> {
    /// Takes a line break and returns what it means: all are `\n`, but Unicode's separators stay.
    fn take_break(&mut self, length: usize) -> &'static str {
        let meaning = match (length, self.byte(self.pos + 2)) {
            (3, 0xA8) => "\u{2028}",
            (3, _) => "\u{2029}",
            _ => "\n",
        };
        self.skip_break(length);
        meaning
    }

    /// Reads an unquoted scalar; returns it with the byte after its last character.
    pub(super) fn plain(&mut self) -> Result<(Cow<'t, str>, usize)> {
        let text = self.text;
        let indent = self.indent + 1;
        let mut folded: Option<String> = None;
        // The stretch that is not yet in `folded`.
        let mut chunk = self.pos;
        let mut end = self.pos;
        let mut fold: Option<Fold> = None;
        loop {
            if self.byte(self.pos) == b'#' || self.at_document_mark() {
                break;
            }
            let word = self.pos;
            self.plain_word()?;
            if self.pos == word {
                break;
            }
            if let Some(fold) = fold.take() {
                let out = folded.get_or_insert_with(String::new);
                out.push_str(&text[chunk..end]);
                fold.apply(out);
                chunk = word;
            }
            end = self.pos;
            if !self.is_gap(self.pos) || self.is_end(self.pos) {
                break;
            }
            fold = self.plain_gap(indent)?;
            if !self.in_flow() && self.column() < indent {
                break;
            }
        }
        if fold.is_some() {
            self.simple_key_allowed = true;
        }
        let value = match folded {
            None => Cow::Borrowed(&text[chunk..end]),
            Some(mut out) => {
                out.push_str(&text[chunk..end]);
                Cow::Owned(out)
            }
        };
        Ok((value, end))
    }

    /// Moves over the characters of a plain scalar up to a blank, a break or an indicator.
    fn plain_word(&mut self) -> Result<()> {
        loop {
            match self.byte(self.pos) {
                0 | b' ' | b'\t' | b'\n' | b'\r' => return Ok(()),
                0xC2 | 0xE2 if self.break_length(self.pos) > 0 => return Ok(()),
                b':' => {
                    if self.is_gap(self.pos + 1) {
                        return Ok(());
                    }
                    if self.in_flow()
                        && matches!(self.byte(self.pos + 1), b',' | b'?' | b'[' | b']' | b'{' | b'}')
                    {
                        return Err(fault::colon_in_flow(self.file, self.pos));
                    }
                }
                b',' | b'[' | b']' | b'{' | b'}' if self.in_flow() => return Ok(()),
                _ => {}
            }
            self.pos += 1;
        }
    }

    /// Moves over blanks and breaks within a plain scalar.
    fn plain_gap(&mut self, indent: i64) -> Result<Option<Fold>> {
        let mut fold: Option<Fold> = None;
        loop {
            match self.byte(self.pos) {
                b'\t' if fold.is_some() && self.column() < indent => {
                    return Err(fault::tab_indent(self.file, self.pos));
                }
                b' ' | b'\t' => self.pos += 1,
                _ => match self.break_length(self.pos) {
                    0 => return Ok(fold),
                    length => {
                        let meaning = self.take_break(length);
                        match &mut fold {
                            None => {
                                fold = Some(Fold {
                                    first: meaning,
                                    rest: String::new(),
                                });
                            }
                            Some(fold) => fold.rest.push_str(meaning),
                        }
                    }
                },
            }
        }
    }

    /// Reads `'…'`.
    pub(super) fn single_quoted(&mut self) -> Result<Cow<'t, str>> {
        let start = self.pos;
        self.pos += 1;
        if let Some(whole) = self.quoted_on_one_line(b'\'') {
            return Ok(whole);
        }
        let mut out = String::new();
        loop {
            self.check_inside_quotes(start)?;
            let word = self.pos;
            while !self.is_gap(self.pos) && self.byte(self.pos) != b'\'' {
                self.pos += 1;
            }
            out.push_str(&self.text[word..self.pos]);
            if self.byte(self.pos) == b'\'' {
                self.pos += 1;
                if self.byte(self.pos) == b'\'' {
                    out.push('\'');
                    self.pos += 1;
                    continue;
                }
                return Ok(Cow::Owned(out));
            }
            self.quoted_gap(&mut out, None);
        }
    }

    /// Reads `"…"`.
    pub(super) fn double_quoted(&mut self) -> Result<Cow<'t, str>> {
        let start = self.pos;
        self.pos += 1;
        if let Some(whole) = self.quoted_on_one_line(b'"') {
            return Ok(whole);
        }
        let mut out = String::new();
        loop {
            self.check_inside_quotes(start)?;
            let mut escaped_break = None;
            while !self.is_gap(self.pos) {
                match self.byte(self.pos) {
                    b'"' => {
                        self.pos += 1;
                        return Ok(Cow::Owned(out));
                    }
                    b'\\' => {
                        let length = self.break_length(self.pos + 1);
                        if length > 0 {
                            self.pos += 1;
                            self.skip_break(length);
                            escaped_break = Some(Fold::default());
                            break;
                        }
                        self.escape(&mut out)?;
                    }
                    _ => {
                        let word = self.pos;
                        while !self.is_gap(self.pos) && !matches!(self.byte(self.pos), b'"' | b'\\') {
                            self.pos += 1;
                        }
                        out.push_str(&self.text[word..self.pos]);
                    }
                }
            }
            self.quoted_gap(&mut out, escaped_break);
        }
    }

    /// Returns a quoted scalar that needs no change, if it is one.
    fn quoted_on_one_line(&mut self, quote: u8) -> Option<Cow<'t, str>> {
        let text = self.text;
        let rest = &text.as_bytes()[self.pos..];
        let length = memchr::memchr(quote, rest)?;
        let simple = rest[..length]
            .iter()
            .all(|b| !matches!(b, b'\n' | b'\r' | 0xC2 | 0xE2) && (quote == b'\'' || *b != b'\\'));
        if !simple || (quote == b'\'' && rest.get(length + 1) == Some(&b'\'')) {
            return None;
        }
        let value = &text[self.pos..self.pos + length];
        self.pos += length + 1;
        Some(Cow::Borrowed(value))
    }

    fn check_inside_quotes(&self, start: usize) -> Result<()> {
        if self.is_end(self.pos) {
            return Err(fault::quote_open(self.file, start));
        }
        if self.at_document_mark() {
            return Err(self.fail(
                self.pos,
                self.pos + 3,
                "a document mark stands within quotes that are still open",
            ));
        }
        Ok(())
    }

    /// Takes blanks and breaks within quotes and appends what they mean.
    fn quoted_gap(&mut self, out: &mut String, escaped_break: Option<Fold>) {
        let start = self.pos;
        let mut blank_end = self.pos;
        let mut fold = escaped_break;
        loop {
            match self.byte(self.pos) {
                b' ' | b'\t' => {
                    self.pos += 1;
                    if fold.is_none() {
                        blank_end = self.pos;
                    }
                }
                _ => match self.break_length(self.pos) {
                    0 => break,
                    length => {
                        let meaning = self.take_break(length);
                        match &mut fold {
                            None => {
                                fold = Some(Fold {
                                    first: meaning,
                                    rest: String::new(),
                                });
                            }
                            Some(fold) => fold.rest.push_str(meaning),
                        }
                    }
                },
            }
        }
        match fold {
            None => out.push_str(&self.text[start..blank_end]),
            Some(fold) => fold.apply(out),
        }
    }

    /// Reads a backslash and what follows it.
    fn escape(&mut self, out: &mut String) -> Result<()> {
        let start = self.pos;
        let digits = match self.byte(start + 1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            0 => return Err(fault::quote_open(self.file, start)),
            other => {
                let Some(meaning) = escaped(other) else {
                    return Err(fault::escape(self.file, start));
                };
                out.push(meaning);
                self.pos += 2;
                return Ok(());
            }
        };
        let code = self.text.get(start + 2..start + 2 + digits);
        let meaning = code
            .filter(|c| c.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|c| u32::from_str_radix(c, 16).ok())
            .and_then(char::from_u32);
        let Some(meaning) = meaning else {
            return Err(fault::escape_code(self.file, start, start + 2 + digits));
        };
        out.push(meaning);
        self.pos += 2 + digits;
        Ok(())
    }

    /// Reads `|…` or `>…`.
    pub(super) fn block_scalar(&mut self) -> Result<Cow<'t, str>> {
        let literal = self.byte(self.pos) == b'|';
        self.pos += 1;
        let (keep, explicit) = self.block_header()?;
        let outer = self.indent;
        let mut indent = explicit.map(|n| if outer >= 0 { outer + n } else { n });
        let mut out = String::new();
        let mut first_break = "";
        let mut breaks = String::new();
        self.block_breaks(&mut indent, outer, &mut breaks)?;
        let column = indent.unwrap_or(1);
        let mut after_blank = false;
        while self.column() == column && !self.is_end(self.pos) {
            let blank = self.is_blank(self.pos);
            if !literal && first_break == "\n" && !after_blank && !blank {
                if breaks.is_empty() {
                    out.push(' ');
                }
            } else {
                out.push_str(first_break);
            }
            out.push_str(&breaks);
            breaks.clear();
            after_blank = blank;
            let line = self.pos;
            self.skip_to_break();
            out.push_str(&self.text[line..self.pos]);
            first_break = match self.break_length(self.pos) {
                0 => "",
                length => self.take_break(length),
            };
            self.block_breaks(&mut indent, outer, &mut breaks)?;
        }
        match keep {
            Some(false) => {}
            None => out.push_str(first_break),
            Some(true) => {
                out.push_str(first_break);
                out.push_str(&breaks);
            }
        }
        Ok(Cow::Owned(out))
    }

    /// Reads the rest of the line after `|` or `>`: what happens to the last breaks, and the indentation if given.
    fn block_header(&mut self) -> Result<(Option<bool>, Option<i64>)> {
        let start = self.pos - 1;
        let mut keep = None;
        let mut indent = None;
        for _ in 0..2 {
            match self.byte(self.pos) {
                b'+' if keep.is_none() => keep = Some(true),
                b'-' if keep.is_none() => keep = Some(false),
                digit @ b'1'..=b'9' if indent.is_none() => indent = Some(i64::from(digit - b'0')),
                _ => break,
            }
            self.pos += 1;
        }
        if self.byte(self.pos) == b'0' {
            return Err(self.fail(
                self.pos,
                self.pos + 1,
                "the indentation of a block must be 1 to 9",
            ));
        }
        while self.is_blank(self.pos) {
            self.pos += 1;
        }
        if self.byte(self.pos) == b'#' {
            self.skip_to_break();
        }
        match self.break_length(self.pos) {
            0 if self.is_end(self.pos) => {}
            0 => return Err(fault::block_header(self.file, start, self.pos)),
            length => self.skip_break(length),
        }
        Ok((keep, indent))
    }

    /// Moves over empty lines and the next line's indentation; finds the indentation where it is not yet known.
    fn block_breaks(&mut self, indent: &mut Option<i64>, outer: i64, breaks: &mut String) -> Result<()> {
        let mut deepest = 0;
        loop {
            while self.byte(self.pos) == b' ' && indent.is_none_or(|i| self.column() < i) {
                self.pos += 1;
            }
            deepest = deepest.max(self.column());
            if self.byte(self.pos) == b'\t' && indent.is_none_or(|i| self.column() < i) {
                return Err(fault::tab_indent(self.file, self.pos));
            }
            match self.break_length(self.pos) {
                0 => break,
                length => {
                    let meaning = self.take_break(length);
                    breaks.push_str(meaning);
                }
            }
        }
        if indent.is_none() {
            *indent = Some(deepest.max(outer + 1).max(1));
        }
        Ok(())
    }
}

/// Returns what a letter after a backslash means.
fn escaped(letter: u8) -> Option<char> {
    Some(match letter {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0b',
        b'f' => '\x0c',
        b'r' => '\r',
        b'e' => '\x1b',
        b' ' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
