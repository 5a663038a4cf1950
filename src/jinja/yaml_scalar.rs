//! Texts as PyYAML's emitter writes them: plain where that reads back the same, else quoted, folded at 80 columns.

use crate::yaml::{self, Value as Yaml};

const WIDTH: usize = 80;

/// What of a text decides how it may be written.
#[derive(Debug, Default)]
struct Analysis {
    plain: bool,
    single: bool,
    multiline: bool,
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(c: Option<&char>) -> bool {
    c.is_none_or(|c| matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(*c))
}

fn analyze(text: &[char]) -> Analysis {
    let starts = |mark: &str| text.iter().take(3).copied().eq(mark.chars());
    let mut indicators = starts("---") || starts("...");
    let (mut special, mut line_breaks) = (false, false);
    let (mut break_space, mut space_break) = (false, false);
    let (mut after_space, mut after_break) = (false, false);
    for (i, c) in text.iter().enumerate() {
        let blank_before = i == 0 || is_blank(text.get(i - 1));
        let blank_after = is_blank(text.get(i + 1));
        indicators |= match c {
            '#' if blank_before => true,
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                i == 0
            }
            ':' => blank_after,
            '?' | '-' => i == 0 && blank_after,
            _ => false,
        };
        line_breaks |= is_break(*c);
        special |= !(*c == '\n' || (' '..='~').contains(c));
        if *c == ' ' {
            break_space |= after_break;
        } else if is_break(*c) {
            space_break |= after_space;
        }
        (after_space, after_break) = (*c == ' ', is_break(*c));
    }
    let edge = |c: Option<&char>| c.is_some_and(|c| *c == ' ' || is_break(*c));
    let edges = edge(text.first()) || edge(text.last());
    let quotable = !(break_space || space_break || special);
    Analysis {
        plain: quotable && !edges && !line_breaks && !indicators,
        single: quotable,
        multiline: line_breaks,
    }
}

/// Says whether a plain text is read back as the same text.
fn is_text(text: &str) -> bool {
    match yaml::parse_text("<text>", text) {
        Ok(document) => matches!(&document.root.value, Yaml::Str(read) if **read == *text),
        Err(_) => false,
    }
}

/// Writes a text that begins at a column; its further lines are indented.
pub(super) fn write(text: &str, is_key: bool, indent: usize, out: &mut String) {
    let chars: Vec<char> = text.chars().collect();
    let analysis = analyze(&chars);
    let mut writer = Writer {
        text: &chars,
        split: !is_key,
        indent,
        out,
    };
    if analysis.plain && !text.is_empty() && is_text(text) {
        writer.plain();
    } else if analysis.single && !(is_key && analysis.multiline) {
        writer.single();
    } else {
        writer.double();
    }
}

struct Writer<'a> {
    text: &'a [char],
    /// Long lines may be folded.
    split: bool,
    indent: usize,
    out: &'a mut String,
}

impl Writer<'_> {
    fn column(&self) -> usize {
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        line.chars().count()
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        self.out.push_str(&" ".repeat(self.indent));
    }

    fn push(&mut self, from: usize, to: usize) {
        self.out.extend(&self.text[from..to]);
    }

    fn plain(&mut self) {
        let mut start = 0;
        let mut spaces = false;
        for end in 0..=self.text.len() {
            let c = self.text.get(end).copied();
            if spaces {
                if c != Some(' ') {
                    if start + 1 == end && self.column() > WIDTH && self.split {
                        self.new_line();
                    } else {
                        self.push(start, end);
                    }
                    start = end;
                }
            } else if c.is_none_or(|c| c == ' ') {
                self.push(start, end);
                start = end;
            }
            spaces = c == Some(' ');
        }
    }

    fn single(&mut self) {
        self.out.push('\'');
        let length = self.text.len();
        let mut start = 0;
        let (mut spaces, mut breaks) = (false, false);
        for end in 0..=length {
            let c = self.text.get(end).copied();
            if spaces {
                if c != Some(' ') {
                    let fold = start + 1 == end && self.column() > WIDTH && self.split;
                    if fold && start != 0 && end != length {
                        self.new_line();
                    } else {
                        self.push(start, end);
                    }
                    start = end;
                }
            } else if breaks {
                if c.is_none_or(|c| !is_break(c)) {
                    // One break more than there are: a single one would be read as a space.
                    self.out.extend(std::iter::repeat_n('\n', end - start));
                    self.new_line();
                    start = end;
                }
            } else if c.is_none_or(|c| c == ' ' || c == '\'' || is_break(c)) {
                self.push(start, end);
                start = end;
            }
            if c == Some('\'') {
                self.out.push_str("''");
                start = end + 1;
            }
            if let Some(c) = c {
                (spaces, breaks) = (c == ' ', is_break(c));
            }
        }
        self.out.push('\'');
    }

    fn double(&mut self) {
        self.out.push('"');
        let length = self.text.len();
        let mut start = 0;
        for end in 0..=length {
            let c = self.text.get(end).copied();
            let stands = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
            if c.is_none_or(|c| !stands(c)) {
                self.push(start, end);
                start = end;
                if let Some(c) = c {
                    self.out.push_str(&escaped(c));
                    start = end + 1;
                }
            }
            let inside = 0 < end && end + 1 < length && (c == Some(' ') || start >= end);
            if inside && self.column() + end > WIDTH + start && self.split {
                if start < end {
                    self.push(start, end);
                    start = end;
                }
                self.out.push('\\');
                self.new_line();
                if self.text.get(start) == Some(&' ') {
                    self.out.push('\\');
                }
            }
        }
        self.out.push('"');
    }
}

fn escaped(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        c => {
            let code = u32::from(c);
            return match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}
