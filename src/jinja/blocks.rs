//! The top-level blocks of a file, found by their tags alone: macros, tests, materializations, snapshots, docs.

use std::sync::Arc;

use memchr::memchr;

use super::engine::{BlockKind, BlockSource};
use super::lower::{Fault, comment_end, offset, raw_block, string_end};

/// A block's opening tag: its keyword and what stands after it.
pub(crate) struct Found {
    pub source: BlockSource,
    /// Bytes of what follows the name within the opening tag.
    pub rest: (u32, u32),
}

struct Tag<'a> {
    start: usize,
    end: usize,
    keyword: &'a str,
    /// Bytes after the keyword, whitespace marks and the closing mark excluded.
    rest: (usize, usize),
}

/// Finds all blocks; what stands between them is ignored.
pub(crate) fn find(text: &str) -> Result<Vec<Found>, Fault> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(tag) = next_tag(text, at)? {
        at = tag.end;
        let kind = match tag.keyword {
            "macro" => BlockKind::Macro,
            "materialization" => BlockKind::Materialization,
            "test" | "data_test" => BlockKind::Test,
            "snapshot" => BlockKind::Snapshot,
            "docs" => BlockKind::Docs,
            _ => continue,
        };
        let (name, rest) = name_of(text, &tag)?;
        let close = closing(text, &tag)?;
        at = close.end;
        blocks.push(Found {
            source: BlockSource {
                kind,
                name: Arc::from(name),
                outer: (offset(tag.start), offset(close.end)),
                inner: (offset(tag.end), offset(close.start)),
            },
            rest: (offset(rest.0), offset(rest.1)),
        });
    }
    Ok(blocks)
}

/// Finds the tags that stand outside of all blocks of the given kinds, where dbt expects none: keyword and bytes. A file
/// that does not parse has none here.
pub fn stray_tags<'a>(text: &'a str, allowed: &[&str]) -> Vec<(&'a str, u32, u32)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Ok(Some(tag)) = next_tag(text, at) {
        at = tag.end;
        if allowed.contains(&tag.keyword) {
            match closing(text, &tag) {
                Ok(close) => at = close.end,
                Err(_) => return Vec::new(),
            }
        } else {
            found.push((tag.keyword, offset(tag.start), offset(tag.end)));
        }
    }
    found
}

fn name_of<'a>(text: &'a str, tag: &Tag<'_>) -> Result<(&'a str, (usize, usize)), Fault> {
    let rest = &text[tag.rest.0..tag.rest.1];
    let trimmed = rest.trim_start();
    let length = trimmed
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(trimmed.len());
    if length == 0 {
        return Err(Fault::new(
            format!("the block `{}` has no name", tag.keyword),
            offset(tag.start),
            offset(tag.end),
        ));
    }
    let start = tag.rest.0 + rest.len() - trimmed.len();
    Ok((&text[start..start + length], (start + length, tag.rest.1)))
}

fn closing<'a>(text: &'a str, open: &Tag<'_>) -> Result<Tag<'a>, Fault> {
    let mut at = open.end;
    while let Some(tag) = next_tag(text, at)? {
        at = tag.end;
        if tag.keyword.strip_prefix("end") == Some(open.keyword) {
            return Ok(tag);
        }
        if tag.keyword == open.keyword && tag.keyword != "docs" {
            return Err(unclosed(open).hint(format!(
                "The next `{}` begins before this one is closed with `{{% end{} %}}`.",
                open.keyword, open.keyword
            )));
        }
    }
    Err(unclosed(open).hint(format!("Close it with `{{% end{} %}}`.", open.keyword)))
}

fn unclosed(open: &Tag<'_>) -> Fault {
    Fault::new(
        format!("the block `{}` is never closed", open.keyword),
        offset(open.start),
        offset(open.end),
    )
}

/// Returns the next `{% … %}` tag, past comments, raw blocks and expressions.
fn next_tag(text: &str, mut at: usize) -> Result<Option<Tag<'_>>, Fault> {
    let bytes = text.as_bytes();
    while let Some(found) = memchr(b'{', &bytes[at..]) {
        let start = at + found;
        match bytes.get(start + 1) {
            Some(b'#') => at = comment_end(text, start)?,
            Some(b'{') => at = tag_end(bytes, start + 2, b"}}").unwrap_or(start + 2),
            Some(b'%') => {
                if let Some(end) = raw_block(text, start) {
                    at = end?;
                    continue;
                }
                let Some(end) = tag_end(bytes, start + 2, b"%}") else {
                    return Err(Fault::new(
                        "the tag that `{%` opens is never closed",
                        offset(start),
                        offset(start + 2),
                    )
                    .hint("Close it with `%}`."));
                };
                return Ok(Some(read_tag(text, start, end)));
            }
            _ => at = start + 1,
        }
    }
    Ok(None)
}

fn read_tag(text: &str, start: usize, end: usize) -> Tag<'_> {
    let mut from = start + 2;
    let mut to = end - 2;
    if text[from..to].starts_with(['-', '+']) {
        from += 1;
    }
    if from < to && text[from..to].ends_with(['-', '+']) {
        to -= 1;
    }
    let inner = &text[from..to];
    let trimmed = inner.trim_start();
    let begin = from + inner.len() - trimmed.len();
    let length = trimmed
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(trimmed.len());
    Tag {
        start,
        end,
        keyword: &text[begin..begin + length],
        rest: (begin + length, to),
    }
}

/// Returns the offset after the closing mark, past strings.
fn tag_end(bytes: &[u8], mut at: usize, close: &[u8]) -> Option<usize> {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\'' | b'"' => at = string_end(bytes, at)?,
            _ if bytes[at..].starts_with(close) => return Some(at + 2),
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_keep_their_places() {
        let text = "{# {% macro no() %} #}\n{% docs a %}it's `{{ x }}`{% enddocs %}\n{%- macro m(a='%}') -%} b {%- endmacro -%}";
        let found = find(text).unwrap();
        let inner: Vec<&str> = found
            .iter()
            .map(|b| &text[b.source.inner.0 as usize..b.source.inner.1 as usize])
            .collect();
        assert_eq!(inner, ["it's `{{ x }}`", " b "]);
        assert_eq!(&*found[1].source.name, "m");
    }

    #[test]
    fn an_open_block_is_a_fault_at_its_tag() {
        let fault = find("x {% macro a() %} {% macro b() %} {% endmacro %}")
            .err()
            .unwrap();
        assert_eq!((fault.start, fault.end), (2, 17));
    }
}
