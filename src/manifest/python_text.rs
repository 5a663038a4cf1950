//! The text of a model in Python as far as it must be understood without Python: where code is and where text is, its
//! calls in the order in which dbt meets them, and its lines.

use std::ops::Range;

/// Texts within texts (`f"{f'{x}'}"`) and brackets are followed so deep.
const DEPTH_MAX: usize = 100;

/// What does not fit, and at which byte.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub at: usize,
    pub message: String,
}

/// A call by a dotted name: the name, and what stands between its brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub name: String,
    pub inside: Range<usize>,
}

/// A line with what is continued in brackets.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub indent: usize,
    pub text: &'a str,
    /// Where the text begins.
    pub at: usize,
}

/// Returns the text with blanks in place of comments and of what stands within quotes, byte for byte. What an f-string
/// computes is code.
///
/// # Errors
/// A quote or bracket that is never closed, or a bracket that closes nothing.
pub(super) fn code_of(text: &str) -> Result<String, Fault> {
    let mut blanking = Blanking {
        text: text.as_bytes(),
        out: text.as_bytes().to_vec(),
    };
    blanking.code(0, false, 0)?;
    // Letters beyond ASCII are blanked too: no name that counts has them.
    blanking
        .out
        .iter_mut()
        .filter(|b| !b.is_ascii())
        .for_each(|b| *b = b' ');
    Ok(String::from_utf8(blanking.out).unwrap_or_default())
}

struct Blanking<'a> {
    text: &'a [u8],
    out: Vec<u8>,
}

impl Blanking<'_> {
    /// Passes over code from a byte on; within an f-string to the bracket that ends the expression, which it returns.
    fn code(&mut self, from: usize, in_text: bool, depth: usize) -> Result<usize, Fault> {
        let mut open: Vec<(u8, usize)> = Vec::new();
        let mut at = from;
        while let Some(&byte) = self.text.get(at) {
            match byte {
                b'#' if !in_text => at = self.blank(at, |byte| byte == b'\n'),
                b'"' | b'\'' => at = self.quoted(at, depth)?,
                b'(' | b'[' | b'{' => {
                    open.push((byte, at));
                    at += 1;
                }
                b'}' if in_text && open.is_empty() => return Ok(at),
                // What follows says how the value is shown.
                b':' if in_text && open.is_empty() => {
                    at = self.blank(at, |byte| matches!(byte, b'}' | b'"' | b'\''));
                }
                b')' | b']' | b'}' => {
                    let fits = open.pop().is_some_and(|(opened, _)| closer(opened) == byte);
                    if !fits {
                        return Err(fault(at, format!("`{}` closes nothing", char::from(byte))));
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        }
        match open.pop() {
            Some((byte, at)) => Err(fault(at, format!("`{}` is never closed", char::from(byte)))),
            None => Ok(at),
        }
    }

    fn blank(&mut self, from: usize, ends: fn(u8) -> bool) -> usize {
        let length = self.text[from..].iter().position(|b| ends(*b));
        let end = length.map_or(self.text.len(), |length| from + length);
        self.out[from..end].fill(b' ');
        end
    }

    /// Blanks a text and returns the byte behind it.
    fn quoted(&mut self, from: usize, depth: usize) -> Result<usize, Fault> {
        let quote = self.text[from];
        let prefix = self.text[..from]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphabetic());
        let has_code = depth < DEPTH_MAX && prefix.take(2).any(|b| matches!(b, b'f' | b'F'));
        let triple = [quote; 3];
        let length = if self.text[from..].starts_with(&triple) {
            3
        } else {
            1
        };
        let mut at = from + length;
        loop {
            match self.text.get(at) {
                None => return Err(fault(from, "a text is never closed".to_owned())),
                Some(b'\n') if length == 1 => {
                    return Err(fault(from, "a text is not closed on its line".to_owned()));
                }
                Some(_) if self.text[at..].starts_with(&triple[..length]) => return Ok(at + length),
                Some(b'\\') => {
                    let end = (at + 2).min(self.text.len());
                    self.out[at..end].fill(b' ');
                    at = end;
                }
                Some(b'{') if has_code && self.text.get(at + 1) == Some(&b'{') => {
                    self.out[at..at + 2].fill(b' ');
                    at += 2;
                }
                Some(b'{') if has_code => at = self.code(at + 1, true, depth + 1)? + 1,
                Some(_) => {
                    self.out[at] = b' ';
                    at += 1;
                }
            }
        }
    }
}

fn closer(opened: u8) -> u8 {
    match opened {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn fault(at: usize, message: String) -> Fault {
    Fault { at, message }
}

/// Finds all calls of dotted names. Of a chain `a().b().c()` dbt meets the last call first, with its arguments.
pub(super) fn calls(code: &str) -> Vec<Call> {
    let mut out = Vec::new();
    walk(code, 0..code.len(), 0, &mut out);
    out
}

fn walk(code: &str, range: Range<usize>, depth: usize, out: &mut Vec<Call>) {
    if depth > DEPTH_MAX {
        return;
    }
    let bytes = code.as_bytes();
    let mut at = range.start;
    while at < range.end {
        if !is_word(bytes[at]) && !matches!(bytes[at], b'(' | b'[' | b'{') {
            at += 1;
            continue;
        }
        let (links, end) = chain(code, at, range.end);
        for (name, inside, is_call) in links.into_iter().rev() {
            let inner = inside.clone();
            if is_call && !name.is_empty() {
                out.push(Call { name, inside });
            }
            walk(code, inner, depth + 1, out);
        }
        at = end.max(at + 1);
    }
}

/// Reads a word with all that is chained to it: for each pair of brackets the dotted name before it (empty where
/// there is more than a name) and its inside.
fn chain(code: &str, from: usize, to: usize) -> (Vec<(String, Range<usize>, bool)>, usize) {
    let bytes = code.as_bytes();
    let mut links = Vec::new();
    let mut name = Some(String::new());
    let mut at = from;
    loop {
        let start = at;
        while at < to && is_word(bytes[at]) {
            at += 1;
        }
        if let Some(name) = &mut name {
            name.push_str(&code[start..at]);
        }
        let next = skip_blanks(bytes, at, to);
        match bytes.get(next).filter(|_| next < to) {
            Some(b'.') => {
                if let Some(name) = &mut name {
                    name.push('.');
                }
                at = skip_blanks(bytes, next + 1, to);
            }
            Some(bracket @ (b'(' | b'[' | b'{')) if *bracket != b'{' || next == from => {
                let Some(length) = closing(&code[next + 1..to]) else {
                    return (links, next + 1);
                };
                let inside = next + 1..next + 1 + length;
                at = inside.end + 1;
                links.push((name.take().unwrap_or_default(), inside, *bracket == b'('));
                // Only brackets and dots go on with the chain; a word behind a bracket is something else.
                let next = skip_blanks(bytes, at, to);
                if !matches!(bytes.get(next).filter(|_| next < to), Some(b'.' | b'(' | b'[')) {
                    return (links, at);
                }
            }
            _ => return (links, at),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Passes over blanks of a line: what is chained stands on the same line, or within brackets on another.
fn skip_blanks(bytes: &[u8], mut at: usize, to: usize) -> usize {
    let mut has_break = false;
    while at < to && bytes[at].is_ascii_whitespace() {
        has_break |= bytes[at] == b'\n';
        at += 1;
    }
    match bytes.get(at) {
        // At the start of a line brackets begin a statement of their own, and only a dot goes on with a chain.
        Some(b'.') => at,
        _ if has_break => to,
        _ => at,
    }
}

/// Returns how many bytes stand before the bracket that closes what was open at the start.
pub(super) fn closing(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return Some(at),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Splits code at a sign that stands in no brackets; returns each part with where it begins.
pub(super) fn split(code: &str, sign: char) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            c if c == sign && depth == 0 => {
                out.push((start, &code[start..at]));
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    out.push((start, &code[start..]));
    out
}

/// Returns the lines that have code, each with what is continued in brackets or behind a backslash.
pub(super) fn lines(code: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut is_escaped = false;
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, c) in code.char_indices().chain([(code.len(), '\n')]) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '\n' if (depth == 0 && !is_escaped) || at == code.len() => {
                let line = &code[start..at];
                let text = line.trim();
                if !text.is_empty() {
                    let indent = line.len() - line.trim_start().len();
                    out.push(Line {
                        indent,
                        text,
                        at: start + indent,
                    });
                }
                start = at + 1;
            }
            _ => {}
        }
        is_escaped = c == '\\';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let code = code_of(text).unwrap_or_default();
        calls(&code).into_iter().map(|c| c.name).collect()
    }

    #[test]
    fn of_a_chain_the_last_call_comes_first() {
        assert_eq!(names("a.f(b.g()).h(c())\nd()"), ["c", "a.f", "b.g", "d"]);
        assert_eq!(names("x = [f(1), g(2)]"), ["f", "g"]);
        assert_eq!(names("(f(1)).g(h())\n(k())"), ["h", "f", "k"]);
        assert_eq!(names("f(\n  a\n  .g()\n)"), ["f", "a.g"]);
    }

    #[test]
    fn code_within_texts_counts_in_f_strings_alone() {
        assert_eq!(
            names("f'{g(1):>{w}} {{h(2)}}' 'k(3)' \"\"\"\nl()\n\"\"\" # m()"),
            ["g"]
        );
        assert_eq!(names("rf'{a.b(1)!r}' + b'{c()}' + f'{{d()}}'"), ["a.b"]);
    }

    #[test]
    fn what_is_not_closed_is_told_at_its_place() {
        let at = |text: &str| code_of(text).err().map(|fault| (fault.at, fault.message));
        assert_eq!(at("f(1"), Some((1, "`(` is never closed".to_owned())));
        assert_eq!(at("x = ]"), Some((4, "`]` closes nothing".to_owned())));
        assert_eq!(
            at("x = 'a\n'"),
            Some((4, "a text is not closed on its line".to_owned()))
        );
        assert_eq!(at("'''a"), Some((0, "a text is never closed".to_owned())));
        assert_eq!(at("'a\\'b' + \"\" + '''c'd'''"), None);
    }
}
