//! Patterns as Python's `fnmatch` has them: `*`, `?`, `[abc]`, `[!a-z]`; a bracket that is not closed is itself.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Literal(char),
    AnyOne,
    AnyMany,
    /// Ranges, both ends included; negated where true.
    Class(bool, Vec<(char, char)>),
}

/// A compiled pattern that must fit a whole text, upper and lower case apart.
#[derive(Debug, Clone)]
pub(super) enum Glob {
    /// No wildcard: equality.
    Exact(String),
    /// Stars only, the frequent case: what stands in front, between and behind them.
    Stars {
        front: String,
        between: Vec<String>,
        behind: String,
    },
    Pattern(Vec<Token>),
}

/// Says whether a text has a character that makes it a pattern.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', ']'])
}

impl Glob {
    pub fn new(pattern: &str) -> Self {
        if !pattern.contains(['*', '?', '[']) {
            return Self::Exact(pattern.to_owned());
        }
        if !pattern.contains(['?', '[']) {
            let mut parts = pattern.split('*').map(str::to_owned);
            let front = parts.next().unwrap_or_default();
            let behind = parts.next_back().unwrap_or_default();
            let between = parts.filter(|part| !part.is_empty()).collect();
            return Self::Stars {
                front,
                between,
                behind,
            };
        }
        let chars: Vec<char> = pattern.chars().collect();
        let mut tokens = Vec::with_capacity(chars.len());
        let mut at = 0;
        while let Some(c) = chars.get(at) {
            at += 1;
            match c {
                '*' => {
                    if tokens.last() != Some(&Token::AnyMany) {
                        tokens.push(Token::AnyMany);
                    }
                }
                '?' => tokens.push(Token::AnyOne),
                '[' => match class(&chars[at..]) {
                    Some((token, length)) => {
                        tokens.push(token);
                        at += length;
                    }
                    None => tokens.push(Token::Literal('[')),
                },
                other => tokens.push(Token::Literal(*other)),
            }
        }
        Self::Pattern(tokens)
    }

    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == text,
            Self::Stars {
                front,
                between,
                behind,
            } => fits_stars(front, between, behind, text),
            Self::Pattern(tokens) => fits(tokens, text),
        }
    }
}

/// Takes each part at its first place: what fits at all fits so.
fn fits_stars(front: &str, between: &[String], behind: &str, text: &str) -> bool {
    let inside = text
        .strip_prefix(front)
        .and_then(|rest| rest.strip_suffix(behind));
    let mut rest = inside;
    for part in between {
        rest = rest.and_then(|text| text.find(part.as_str()).map(|at| &text[at + part.len()..]));
    }
    rest.is_some()
}

/// Reads a class behind its `[`; returns it with the number of characters up to and with its `]`.
fn class(rest: &[char]) -> Option<(Token, usize)> {
    let negated = rest.first() == Some(&'!');
    let start = usize::from(negated);
    // A bracket right at the start is a member.
    let search_from = start + usize::from(rest.get(start) == Some(&']'));
    let end = search_from + rest.get(search_from..)?.iter().position(|c| *c == ']')?;
    let members = &rest[start..end];
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < members.len() {
        if at + 2 < members.len() && members[at + 1] == '-' {
            ranges.push((members[at], members[at + 2]));
            at += 3;
        } else {
            ranges.push((members[at], members[at]));
            at += 1;
        }
    }
    Some((Token::Class(negated, ranges), end + 1))
}

/// Matches with one point of return, the last `*`: linear in the text for each token.
fn fits(tokens: &[Token], text: &str) -> bool {
    let mut token = 0;
    let mut rest = text.chars();
    let mut back: Option<(usize, std::str::Chars<'_>)> = None;
    loop {
        if tokens.get(token) == Some(&Token::AnyMany) {
            back = Some((token, rest.clone()));
            token += 1;
            continue;
        }
        let mut ahead = rest.clone();
        match (tokens.get(token), ahead.next()) {
            (None, None) => return true,
            (Some(one), Some(c)) if fits_one(one, c) => {
                token += 1;
                rest = ahead;
            }
            _ => {
                let Some((star, from)) = &mut back else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                token = *star + 1;
                rest = from.clone();
            }
        }
    }
}

fn fits_one(token: &Token, c: char) -> bool {
    match token {
        Token::Literal(literal) => *literal == c,
        Token::AnyOne => true,
        Token::AnyMany => false,
        Token::Class(negated, ranges) => {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
        }
    }
}

#[cfg(test)]
mod tests;
