//! Rust source as the tidy rules read it: comments out, strings in or out.

/// What of a source is kept; the rest becomes spaces, line ends stay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    Code,
    CodeAndStrings,
}

/// Blanks comments, and strings where they are not kept.
pub fn strip(source: &str, keep: Keep) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let length = comment(&chars[at..]);
        if length > 0 {
            blank(&mut out, &chars[at..at + length]);
            at += length;
            continue;
        }
        let length = literal(&chars[at..], at.checked_sub(1).map(|before| chars[before]));
        if length > 0 {
            if keep == Keep::CodeAndStrings {
                out.extend(&chars[at..at + length]);
            } else {
                blank(&mut out, &chars[at..at + length]);
            }
            at += length;
            continue;
        }
        out.push(chars[at]);
        at += 1;
    }
    out
}

fn blank(out: &mut String, chars: &[char]) {
    out.extend(chars.iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
}

/// Returns the length of the comment that starts here; block comments nest.
fn comment(rest: &[char]) -> usize {
    match rest {
        ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => {
            let (mut depth, mut at) = (0_usize, 0);
            while at < rest.len() {
                match &rest[at..] {
                    ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
                    ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
                    _ => at += 1,
                }
                if depth == 0 {
                    return at;
                }
            }
            rest.len()
        }
        _ => 0,
    }
}

/// Returns the length of the string or character that starts here; a lifetime is none.
fn literal(rest: &[char], before: Option<char>) -> usize {
    let after_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match rest {
        ['"', ..] => quoted(rest, 0),
        ['r', '"' | '#', ..] if !after_word => raw(rest, 1),
        ['b', 'r', '"' | '#', ..] if !after_word => raw(rest, 2),
        ['b', '"', ..] if !after_word => quoted(rest, 1),
        ['\'', '\\', ..] => rest
            .iter()
            .skip(3)
            .position(|c| *c == '\'')
            .map_or(0, |end| end + 4),
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

fn quoted(rest: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw(rest: &[char], start: usize) -> usize {
    let hashes = rest[start..].iter().take_while(|c| **c == '#').count();
    if rest.get(start + hashes) != Some(&'"') {
        return 0;
    }
    let close: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let from = start + hashes + 1;
    let end = rest[from..]
        .windows(close.len())
        .position(|window| window == close);
    end.map_or(rest.len(), |end| from + end + close.len())
}

#[test]
fn comments_and_strings_are_told_apart() {
    let source = "a // b\n\"c // d\" /* e /* f */ g */ 'h' '\\'' r#\"i \" j\"# &'k l\n";
    assert_eq!(
        strip(source, Keep::CodeAndStrings)
            .split_whitespace()
            .collect::<Vec<_>>(),
        [
            "a", "\"c", "//", "d\"", "'h'", "'\\''", "r#\"i", "\"", "j\"#", "&'k", "l"
        ]
    );
    assert_eq!(
        strip(source, Keep::Code).split_whitespace().collect::<Vec<_>>(),
        ["a", "&'k", "l"]
    );
    assert_eq!(strip(source, Keep::Code).chars().count(), source.chars().count());
}
