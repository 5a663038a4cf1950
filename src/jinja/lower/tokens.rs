//! Tokens of a template: what stands inside its tags; the text between tags is skipped over.
//!
//! Offsets are bytes of the original text, so that every later stage can point into the file. Comments and raw
//! blocks yield no tokens.

use memchr::memchr;

/// What a token is. Identifiers, strings and numbers are read from the source by their offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `{{`, with its whitespace mark.
    VariableStart,
    VariableEnd,
    /// `{%`, with its whitespace mark.
    BlockStart,
    BlockEnd,
    Name,
    /// A quoted string, quotes included.
    Text,
    Int,
    Float,
    /// An operator or a bracket; the two bytes of it (the second is 0 for a single one).
    Op(u8, u8),
}

/// A token and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    pub fn is(self, op: &str) -> bool {
        let bytes = op.as_bytes();
        let second = bytes.get(1).copied().unwrap_or(0);
        self.kind == Kind::Op(bytes[0], second)
    }

    pub fn text(self, source: &str) -> &str {
        &source[self.start as usize..self.end as usize]
    }
}

/// A syntax error with its place.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub message: String,
    pub start: u32,
    pub end: u32,
    pub hint: Option<String>,
}

impl Fault {
    pub fn new(message: impl Into<String>, start: u32, end: u32) -> Self {
        Self {
            message: message.into(),
            start,
            end,
            hint: None,
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

pub(crate) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Returns the tokens of all tags of a template.
pub(crate) fn tokenize(source: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer {
        source,
        bytes: source.as_bytes(),
        at: 0,
        tokens: Vec::new(),
    };
    lexer.run()?;
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), Fault> {
        while let Some(found) = memchr(b'{', &self.bytes[self.at..]) {
            let start = self.at + found;
            match self.bytes.get(start + 1) {
                Some(b'{') => self.tag(start, Kind::VariableStart)?,
                Some(b'%') => {
                    if let Some(end) = raw_block(self.source, start) {
                        self.at = end?;
                    } else {
                        self.tag(start, Kind::BlockStart)?;
                    }
                }
                Some(b'#') => self.at = comment_end(self.source, start)?,
                _ => self.at = start + 1,
            }
        }
        Ok(())
    }

    fn tag(&mut self, start: usize, kind: Kind) -> Result<(), Fault> {
        self.at = start + 2;
        if matches!(self.bytes.get(self.at), Some(b'-' | b'+')) {
            self.at += 1;
        }
        self.push(kind, start);
        let mut open: Vec<u8> = Vec::new();
        let close = if kind == Kind::VariableStart { b'}' } else { b'%' };
        loop {
            while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
                self.at += 1;
            }
            let Some(&byte) = self.bytes.get(self.at) else {
                return Err(unclosed(start, kind));
            };
            let from = self.at;
            // A closing brace inside of a dictionary is not the end of the tag.
            if open.is_empty() {
                let mark = usize::from(matches!(byte, b'-' | b'+'));
                if self.bytes.get(from + mark) == Some(&close)
                    && self.bytes.get(from + mark + 1) == Some(&b'}')
                {
                    self.at = from + mark + 2;
                    let end = if kind == Kind::VariableStart {
                        Kind::VariableEnd
                    } else {
                        Kind::BlockEnd
                    };
                    self.push(end, from);
                    return Ok(());
                }
            }
            match byte {
                b'(' | b'[' | b'{' => open.push(byte),
                b')' | b']' | b'}' => {
                    let wanted = match open.pop() {
                        Some(b'(') => b')',
                        Some(b'[') => b']',
                        Some(_) => b'}',
                        None => 0,
                    };
                    if wanted != byte {
                        let mut message = format!("unexpected `{}`", char::from(byte));
                        if wanted != 0 {
                            message.push_str(&format!(", expected `{}`", char::from(wanted)));
                        }
                        return Err(Fault::new(message, offset(from), offset(from + 1)));
                    }
                }
                b'%' if self.bytes.get(from + 1) == Some(&b'}') => return Err(unclosed(start, kind)),
                _ => {}
            }
            self.token(byte)?;
        }
    }

    fn token(&mut self, byte: u8) -> Result<(), Fault> {
        let from = self.at;
        match byte {
            b'\'' | b'"' => {
                self.at = string_end(self.bytes, from).ok_or_else(|| {
                    Fault::new("a string is never closed", offset(from), offset(from + 1))
                        .hint(format!("Close the string with `{}`.", char::from(byte)))
                })?;
                self.push(Kind::Text, from);
            }
            b'0'..=b'9' => {
                let kind = self.number();
                self.push(kind, from);
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                let rest = &self.source[from..];
                let end = rest
                    .char_indices()
                    .find(|(_, c)| !(c.is_alphanumeric() || *c == '_'))
                    .map_or(rest.len(), |(i, _)| i);
                if end == 0 {
                    return Err(self.unexpected(from));
                }
                self.at = from + end;
                self.push(Kind::Name, from);
            }
            _ => {
                let next = self.bytes.get(from + 1).copied().unwrap_or(0);
                let second = match (byte, next) {
                    (b'*', b'*') | (b'/', b'/') | (b'=' | b'!' | b'<' | b'>', b'=') => next,
                    _ => 0,
                };
                if second == 0 && !b"+-*/%~|.,:=<>()[]{};".contains(&byte) {
                    return Err(self.unexpected(from));
                }
                self.at = from + 1 + usize::from(second != 0);
                self.push(Kind::Op(byte, second), from);
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Kind {
        let digits = |bytes: &[u8], mut at: usize| {
            while bytes.get(at).is_some_and(|b| b.is_ascii_digit() || *b == b'_') {
                at += 1;
            }
            at
        };
        if self.bytes[self.at] == b'0'
            && matches!(
                self.bytes.get(self.at + 1),
                Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B')
            )
        {
            self.at += 2;
            while self.bytes.get(self.at).is_some_and(u8::is_ascii_alphanumeric) {
                self.at += 1;
            }
            return Kind::Int;
        }
        let mut kind = Kind::Int;
        // `x.0.1` is two subscripts, not a float.
        let after_dot = self
            .tokens
            .last()
            .is_some_and(|t| t.is(".") && t.end as usize == self.at);
        self.at = digits(self.bytes, self.at);
        if after_dot {
            return kind;
        }
        if self.bytes.get(self.at) == Some(&b'.')
            && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit)
        {
            self.at = digits(self.bytes, self.at + 1);
            kind = Kind::Float;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(self.at + 1), Some(b'+' | b'-')));
            if self.bytes.get(self.at + 1 + sign).is_some_and(u8::is_ascii_digit) {
                self.at = digits(self.bytes, self.at + 1 + sign);
                kind = Kind::Float;
            }
        }
        kind
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token {
            kind,
            start: offset(start),
            end: offset(self.at),
        });
    }

    fn unexpected(&self, at: usize) -> Fault {
        let c = self.source[at..].chars().next().unwrap_or(' ');
        Fault::new(
            format!("unexpected character `{c}`"),
            offset(at),
            offset(at + c.len_utf8()),
        )
    }
}

fn unclosed(start: usize, kind: Kind) -> Fault {
    let (open, close) = if kind == Kind::VariableStart {
        ("{{", "}}")
    } else {
        ("{%", "%}")
    };
    Fault::new(
        format!("the tag that `{open}` opens is never closed"),
        offset(start),
        offset(start + 2),
    )
    .hint(format!("Close it with `{close}`."))
}

/// Returns the end of a string literal that begins at `from`.
pub(crate) fn string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let quote = bytes[from];
    let mut at = from + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b if b == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Returns the end of a comment that begins at `start`.
pub(crate) fn comment_end(source: &str, start: usize) -> Result<usize, Fault> {
    memchr::memmem::find(&source.as_bytes()[start + 2..], b"#}")
        .map(|i| start + 2 + i + 2)
        .ok_or_else(|| {
            Fault::new(
                "the comment that `{#` opens is never closed",
                offset(start),
                offset(start + 2),
            )
            .hint("Close it with `#}`.")
        })
}

/// Returns the end of a raw block where one begins at `start`.
pub(crate) fn raw_block(source: &str, start: usize) -> Option<Result<usize, Fault>> {
    let inner = plain_tag(source, start, "raw")?;
    let mut at = inner;
    while let Some(found) = memchr::memmem::find(&source.as_bytes()[at..], b"{%") {
        let tag = at + found;
        if let Some(end) = plain_tag(source, tag, "endraw") {
            return Some(Ok(end));
        }
        at = tag + 2;
    }
    Some(Err(Fault::new(
        "the block `raw` is never closed",
        offset(start),
        offset(inner),
    )
    .hint("Close it with `{% endraw %}`.")))
}

/// Returns the end of the tag at `start` where it holds just this word.
fn plain_tag(source: &str, start: usize, word: &str) -> Option<usize> {
    let mark = |s: &'_ str| s.starts_with(['-', '+']);
    let mut rest = source.get(start + 2..)?;
    if mark(rest) {
        rest = &rest[1..];
    }
    rest = rest.trim_start().strip_prefix(word)?.trim_start();
    if mark(rest) {
        rest = &rest[1..];
    }
    let rest = rest.strip_prefix("%}")?;
    Some(source.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokenize(source).unwrap().iter().map(|t| t.text(source)).collect()
    }

    #[test]
    fn braces_inside_of_a_dictionary_do_not_end_the_tag() {
        assert_eq!(
            texts("a {{ {'x': {'y': 1}} }} b"),
            ["{{", "{", "'x'", ":", "{", "'y'", ":", "1", "}", "}", "}}"]
        );
    }

    #[test]
    fn comments_and_raw_blocks_yield_nothing() {
        assert_eq!(
            texts("{# {{ x }} #}{%- raw -%}{{ y }}{% endraw %}{{ z }}"),
            ["{{", "z", "}}"]
        );
    }

    #[test]
    fn a_string_may_hold_a_closing_tag() {
        assert_eq!(texts("{{ '}}' ~ \"%}\" }}"), ["{{", "'}}'", "~", "\"%}\"", "}}"]);
    }

    #[test]
    fn an_open_tag_is_a_fault_at_its_start() {
        let fault = tokenize("ab {{ x ").unwrap_err();
        assert_eq!((fault.start, fault.end), (3, 5));
    }
}
