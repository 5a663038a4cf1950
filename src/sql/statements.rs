//! Cuts a script into statements at its semicolons, for databases that take one statement at a time.

/// What a database reads as text or comment, where a semicolon ends nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lexis {
    /// A backslash in a string takes the next character as it is.
    pub backslash_escapes: bool,
    /// `$$…$$` is a string.
    pub dollar_strings: bool,
    /// `//` begins a comment.
    pub slash_comments: bool,
    /// Backticks quote a name.
    pub backticks: bool,
}

/// One statement of a script, without its semicolon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    pub text: &'a str,
    /// The line of the script on which the text begins, from 1.
    pub line: u32,
}

/// Returns the statements of a script; what is nothing but comments and white space is left out.
pub fn statements(script: &str, lexis: Lexis) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut says_something = false;
    while at < script.len() {
        let rest = &script[at..];
        if rest.starts_with(';') {
            if says_something {
                found.push(statement(script, start, at));
            }
            at += 1;
            start = at;
            says_something = false;
            continue;
        }
        match skipped(rest, lexis) {
            Some((length, is_comment)) => {
                says_something |= !is_comment;
                at += length;
            }
            None => {
                let c = rest.chars().next().unwrap_or(' ');
                says_something |= !c.is_whitespace();
                at += c.len_utf8();
            }
        }
    }
    if says_something {
        found.push(statement(script, start, script.len()));
    }
    found
}

fn statement(script: &str, start: usize, end: usize) -> Statement<'_> {
    let text = &script[start..end];
    let begin = start + text.len() - text.trim_start().len();
    let line = script[..begin].matches('\n').count() + 1;
    Statement {
        text: text.trim(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
    }
}

/// Returns the length of the comment, string or quoted name that begins here, and whether it is a comment.
fn skipped(rest: &str, lexis: Lexis) -> Option<(usize, bool)> {
    if rest.starts_with("--") || lexis.slash_comments && rest.starts_with("//") {
        return Some((rest.find('\n').unwrap_or(rest.len()), true));
    }
    if rest.starts_with("/*") {
        return Some((until(rest, 2, "*/"), true));
    }
    if lexis.dollar_strings && rest.starts_with("$$") {
        return Some((until(rest, 2, "$$"), false));
    }
    let quote = rest.chars().next()?;
    match quote {
        '\'' => Some((quoted(rest, quote, lexis.backslash_escapes), false)),
        '"' => Some((quoted(rest, quote, false), false)),
        '`' if lexis.backticks => Some((quoted(rest, quote, false), false)),
        _ => None,
    }
}

fn until(rest: &str, from: usize, end: &str) -> usize {
    rest[from..]
        .find(end)
        .map_or(rest.len(), |at| from + at + end.len())
}

/// The length up to the closing quote. A doubled quote reads as two quoted pieces side by side, which cuts the same.
fn quoted(rest: &str, quote: char, escapes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        if c == '\\' && escapes {
            characters.next();
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Lexis, statements};

    fn texts(script: &str, lexis: Lexis) -> Vec<(&str, u32)> {
        statements(script, lexis)
            .into_iter()
            .map(|s| (s.text, s.line))
            .collect()
    }

    #[test]
    fn semicolons_in_text_and_comments_end_nothing() {
        let script = "select ';' as \"a;b\" -- c;\n/* d; */ ;\n\nselect 2;";
        assert_eq!(
            texts(script, Lexis::default()),
            [("select ';' as \"a;b\" -- c;\n/* d; */", 1), ("select 2", 4)]
        );
    }

    #[test]
    fn comments_alone_are_no_statement() {
        assert_eq!(texts("-- nothing\n; /* here */ ;\n ;", Lexis::default()), []);
        assert_eq!(texts("", Lexis::default()), []);
    }

    #[test]
    fn each_database_has_its_own_strings() {
        let all = Lexis {
            backslash_escapes: true,
            dollar_strings: true,
            slash_comments: true,
            backticks: true,
        };
        assert_eq!(
            texts("a '\\';' // x;\n; $$;$$ `;`", all),
            [("a '\\';' // x;", 1), ("$$;$$ `;`", 2)]
        );
        assert_eq!(texts("a '\\'; b", Lexis::default()), [("a '\\'", 1), ("b", 1)]);
    }

    #[test]
    fn what_is_not_closed_runs_to_the_end() {
        assert_eq!(texts("a 'b; c", Lexis::default()), [("a 'b; c", 1)]);
        assert_eq!(texts("a /* b; c", Lexis::default()), [("a /* b; c", 1)]);
    }
}
