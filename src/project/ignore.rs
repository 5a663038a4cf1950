//! `.dbtignore`: patterns as in `.gitignore` that keep files out of the project.

use regex::Regex;

use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};

/// The patterns of a file, in order: the last one that fits decides.
#[derive(Debug, Default)]
pub(super) struct Ignore {
    patterns: Vec<(Regex, bool)>,
}

impl Ignore {
    /// Reads the patterns of a `.dbtignore`.
    pub fn parse(file: &std::sync::Arc<SourceFile>) -> Result<Self> {
        let mut patterns = Vec::new();
        let text = file.text();
        for line in text.lines() {
            let at = line.as_ptr() as usize - text.as_ptr() as usize;
            let trimmed = line.trim_end();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let (ignores, pattern) = match trimmed.strip_prefix('!') {
                Some(rest) => (false, rest),
                None => (true, trimmed.strip_prefix('\\').unwrap_or(trimmed)),
            };
            let regex = Regex::new(&translate(pattern)).map_err(|_| {
                let start = u32::try_from(at).unwrap_or(u32::MAX);
                let end = u32::try_from(at + trimmed.len()).unwrap_or(u32::MAX);
                Diagnostic::error(
                    Code::FILE,
                    format!("the pattern `{pattern}` cannot be understood"),
                )
                .at(Span::new(file, start, end))
                .hint("Write patterns as in a `.gitignore`.")
            })?;
            patterns.push((regex, ignores));
        }
        Ok(Self { patterns })
    }

    /// Says whether a file, relative to the project with forward slashes, is kept out.
    pub fn ignores(&self, path: &str) -> bool {
        self.patterns
            .iter()
            .rev()
            .find(|(regex, _)| regex.is_match(path))
            .is_some_and(|(_, ignores)| *ignores)
    }
}

/// Turns a pattern into a regular expression over whole paths; a folder's pattern fits all that is in it.
fn translate(pattern: &str) -> String {
    let only_folders = pattern.ends_with('/');
    let pattern = pattern.trim_end_matches('/');
    let anchored = pattern.contains('/');
    let mut rest = pattern.strip_prefix('/').unwrap_or(pattern);
    let mut out = String::from(if anchored { "^" } else { "^(?:.*/)?" });
    if let Some(after) = rest.strip_prefix("**/") {
        out.push_str("(?:.*/)?");
        rest = after;
    }
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.clone().take(3).eq("**/".chars()) => {
                chars.by_ref().take(3).for_each(drop);
                out.push_str("/(?:.*/)?");
            }
            '/' if chars.clone().eq("**".chars()) => {
                chars.by_ref().for_each(drop);
                out.push_str("/.*");
            }
            '*' => {
                while chars.next_if_eq(&'*').is_some() {}
                out.push_str("[^/]*");
            }
            '?' => out.push_str("[^/]"),
            '[' => class(&mut chars, &mut out),
            '\\' => {
                if let Some(escaped) = chars.next() {
                    out.push_str(&regex::escape(&escaped.to_string()));
                }
            }
            c => out.push_str(&regex::escape(&c.to_string())),
        }
    }
    out.push_str(if only_folders { "/.*$" } else { "(?:/.*)?$" });
    out
}

/// Translates `[…]`; a bracket that is never closed is itself.
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    let inside: String = chars.clone().take_while(|c| *c != ']').collect();
    if chars.clone().nth(inside.chars().count()) != Some(']') || inside.is_empty() {
        out.push_str("\\[");
        return;
    }
    chars.by_ref().take(inside.chars().count() + 1).for_each(drop);
    let (negated, members) = match inside.strip_prefix(['!', '^']) {
        Some(rest) => ("^/", rest),
        None => ("", inside.as_str()),
    };
    let members = members
        .replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace("&&", "&\\&");
    out.push('[');
    out.push_str(negated);
    out.push_str(&members);
    out.push(']');
}
