//! Python's pattern syntax, written as the pattern engine here reads it.

use std::iter::Peekable;
use std::str::Chars;

type Rest<'a> = Peekable<Chars<'a>>;

/// Rewrites a pattern; `multiline` is what the flags say of `$`.
pub(super) fn translate(pattern: &str, multiline: bool) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern.chars().peekable();
    let mut multiline = multiline;
    while let Some(c) = rest.next() {
        match c {
            '\\' => escape(&mut rest, false, &mut out)?,
            '[' => class(&mut rest, &mut out)?,
            '(' if rest.peek() == Some(&'?') => {
                rest.next();
                group(&mut rest, &mut out, &mut multiline);
            }
            // Before a last line break as well, as in Python.
            '$' if !multiline => out.push_str(r"(?=\n?\z)"),
            '{' => braces(&mut rest, &mut out),
            '}' => out.push_str(r"\}"),
            c => out.push(c),
        }
    }
    Ok(out)
}

/// Reads what follows `(?`.
fn group(rest: &mut Rest, out: &mut String, multiline: &mut bool) {
    let ahead: String = rest.clone().take(2).collect();
    if ahead.starts_with('#') {
        for c in rest.by_ref() {
            if c == ')' {
                break;
            }
        }
    } else if ahead == "P=" {
        rest.nth(1);
        let name: String = rest.by_ref().take_while(|c| *c != ')').collect();
        out.push_str(&format!(r"\k<{name}>"));
    } else {
        out.push_str("(?");
        // Flags: those that say what holds here anyway are left out.
        let flags: String = rest
            .clone()
            .take_while(|c| c.is_ascii_alphabetic() || *c == '-')
            .collect();
        if !flags.is_empty() && !ahead.starts_with('P') {
            for _ in flags.chars() {
                rest.next();
            }
            let (on, _) = flags.split_once('-').unwrap_or((&flags, ""));
            *multiline = *multiline || on.contains('m');
            out.extend(flags.chars().filter(|c| !matches!(c, 'a' | 'L' | 'u')));
        }
    }
}

/// Reads what follows `{`: a count, or else the character itself.
fn braces(rest: &mut Rest, out: &mut String) {
    let inner: String = rest.clone().take_while(|c| *c != '}').collect();
    let closed = rest.clone().nth(inner.chars().count()) == Some('}');
    let counts = inner
        .split_once(',')
        .map_or_else(|| (&*inner, "0"), |(a, b)| (a, b));
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_count = closed && !inner.is_empty() && inner != "," && number(counts.0) && number(counts.1);
    if !is_count {
        out.push_str(r"\{");
        return;
    }
    for _ in 0..=inner.chars().count() {
        rest.next();
    }
    let zero = if inner.starts_with(',') { "0" } else { "" };
    out.push_str(&format!("{{{zero}{inner}}}"));
}

/// Reads a set of characters, in which the engine sees operators and sets within.
fn class(rest: &mut Rest, out: &mut String) -> Result<(), String> {
    out.push('[');
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    while let Some(c) = rest.next() {
        match c {
            ']' if !first => {
                out.push(']');
                return Ok(());
            }
            '\\' => escape(rest, true, out)?,
            '[' | ']' | '&' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '-' if first || matches!(rest.peek(), Some(']' | '-')) => out.push_str(r"\-"),
            c => out.push(c),
        }
        first = false;
    }
    Err("unterminated character set".to_owned())
}

fn escape(rest: &mut Rest, in_class: bool, out: &mut String) -> Result<(), String> {
    let Some(c) = rest.next() else {
        return Err("bad escape (end of pattern)".to_owned());
    };
    match c {
        'Z' if !in_class => out.push_str(r"\z"),
        'b' if in_class => out.push_str(r"\x08"),
        'a' | 'f' | 'n' | 'r' | 't' | 'v' | 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'x' | 'A' | 'b' | 'B' => {
            out.push('\\');
            out.push(c);
        }
        'u' | 'U' => {
            let width = if c == 'u' { 4 } else { 8 };
            let digits: String = rest.by_ref().take(width).collect();
            out.push_str(&format!(r"\x{{{digits}}}"));
        }
        '0'..='9' => digits(c, rest, in_class, out),
        c if c.is_ascii_alphabetic() => return Err(format!("bad escape \\{c}")),
        // The engine takes these two for the edges of a word.
        '<' | '>' => out.push(c),
        ' ' => out.push_str(r"\x20"),
        c if c.is_ascii_punctuation() && !matches!(c, '"' | '\'' | '_' | '`') => {
            out.push('\\');
            out.push(c);
        }
        c => out.push(c),
    }
    Ok(())
}

/// Reads a reference to a group, or the number of a character in base eight.
fn digits(first: char, rest: &mut Rest, in_class: bool, out: &mut String) {
    let mut text = String::from(first);
    while text.len() < 3
        && let Some(digit) = rest.next_if(|c| ('0'..='7').contains(c))
    {
        text.push(digit);
    }
    if in_class || first == '0' || text.len() == 3 {
        let code = u32::from_str_radix(&text, 8).unwrap_or(0);
        out.push_str(&format!(r"\x{{{code:x}}}"));
        return;
    }
    out.push_str(&format!(r"(?:\{text})"));
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn what_python_reads_otherwise_is_rewritten() {
        let cases = [
            (r"a{2,}b{,3}c{d}", r"a{2,}b{0,3}c\{d\}"),
            (r"[[a&&b]", r"[\[a\&\&b]"),
            (r"[]a-]", r"[\]a\-]"),
            (r"(?P<x>.)(?P=x)\Z", r"(?P<x>.)\k<x>\z"),
            (r"(.)\1", r"(.)(?:\1)"),
            (r"\<a\>(?#note)", r"<a>"),
            (r"\/\_\-", r"\/_\-"),
        ];
        for (python, wanted) in cases {
            assert_eq!(translate(python, true).unwrap(), wanted);
        }
        assert!(translate(r"\q", false).is_err());
    }
}
