//! Filters on strings, and conversions to them.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::{Filter, int_or, links};
use crate::jinja::python::{self, format, items, markup, str_of, strings};
use crate::jinja::values::{Absorbing, List, pairs};

#[expect(clippy::too_many_lines, reason = "one arm a filter")]
pub(super) fn find(name: &str) -> Option<Filter> {
    Some(match name {
        "lower" => |_, args| {
            args.exactly("lower", ["s"])
                .map(|[v]| markup::like(&v, str_of(&v).to_lowercase()))
        },
        "upper" => |_, args| {
            args.exactly("upper", ["s"])
                .map(|[v]| markup::like(&v, str_of(&v).to_uppercase()))
        },
        "capitalize" => |_, args| {
            args.exactly("capitalize", ["s"])
                .map(|[v]| Value::from(strings::capitalize(&str_of(&v))))
        },
        "title" => |_, args| {
            args.exactly("title", ["s"])
                .map(|[v]| Value::from(title(&str_of(&v))))
        },
        "trim" => |_, args| {
            let [value, chars] = args.required("trim", ["value", "chars"], 1)?;
            let text = str_of(&value.unwrap_or_default());
            Ok(Value::from(match chars.filter(|c| !c.is_none()) {
                Some(set) => {
                    let set = str_of(&set);
                    text.trim_matches(|c| set.contains(c)).to_owned()
                }
                None => text.trim().to_owned(),
            }))
        },
        "string" => |_, args| {
            args.exactly("string", ["value"])
                .map(|[v]| markup::like(&v, str_of(&v)))
        },
        "safe" => |_, args| {
            args.exactly("safe", ["value"])
                .map(|[v]| markup::safe(str_of(&v)))
        },
        "as_text" | "as_bool" | "as_native" | "as_number" => {
            |_, args| args.exactly("as_text", ["value"]).map(|[v]| v)
        }
        "is_list" => |_, args| {
            let [value] = args.exactly("is_list", ["value"])?;
            Ok(Value::from(value.downcast_object_ref::<List>().is_some()))
        },
        "default" | "d" => |_, args| {
            let [value, default, boolean] =
                args.required("default", ["value", "default_value", "boolean"], 1)?;
            let value = value.unwrap_or_default();
            let missing = value.is_undefined() || Absorbing::is(&value);
            if missing || (boolean.is_some_and(|b| b.is_true()) && !value.is_true()) {
                return Ok(default.unwrap_or_else(|| Value::from("")));
            }
            Ok(value)
        },
        "replace" => |_, args| {
            let [value, old, new, count] = args.required("replace", ["s", "old", "new", "count"], 3)?;
            let text = str_of(&value.unwrap_or_default());
            let (old, new) = (str_of(&old.unwrap_or_default()), str_of(&new.unwrap_or_default()));
            Ok(Value::from(match count.filter(|c| !c.is_none()) {
                Some(n) => text.replacen(
                    &old,
                    &new,
                    usize::try_from(int_or(Some(&n), 0)).unwrap_or(usize::MAX),
                ),
                None => text.replace(&old, &new),
            }))
        },
        "format" => |_, args| {
            let mut values = args.positional.into_iter();
            let text = str_of(&values.next().unwrap_or_default());
            let rest: Vec<Value> = values.collect();
            if args.named.is_empty() {
                return format::percent(&text, &python::tuple(rest));
            }
            let map = crate::jinja::values::Dict::of(args.named);
            format::percent(&text, &map)
        },
        "indent" => |_, args| {
            let [value, width, first, blank] =
                args.required("indent", ["s", "width", "first", "blank"], 1)?;
            let yes = |v: Option<Value>| v.is_some_and(|v| v.is_true());
            let pad = match width.as_ref().and_then(Value::as_str) {
                Some(text) => text.to_owned(),
                None => " ".repeat(usize::try_from(int_or(width.as_ref(), 4)).unwrap_or(0)),
            };
            Ok(Value::from(indent(
                &str_of(&value.unwrap_or_default()),
                &pad,
                yes(first),
                yes(blank),
            )))
        },
        "center" => |state, args| {
            let [value, width] = args.required("center", ["value", "width"], 1)?;
            let width = width.unwrap_or_else(|| Value::from(80));
            strings::method(
                state,
                &Value::from(str_of(&value.unwrap_or_default())),
                "center",
                &[width],
            )
        },
        "truncate" => |_, args| {
            let [value, length, kill, end, leeway] =
                args.required("truncate", ["s", "length", "killwords", "end", "leeway"], 1)?;
            let end = end.map_or_else(|| "...".to_owned(), |e| str_of(&e));
            let size =
                |v: Option<&Value>, n| usize::try_from(int_or(v.filter(|v| !v.is_none()), n)).unwrap_or(0);
            let text = str_of(&value.unwrap_or_default());
            let kill = kill.is_some_and(|k| k.is_true());
            Ok(Value::from(truncate(
                &text,
                size(length.as_ref(), 255),
                kill,
                &end,
                size(leeway.as_ref(), 5),
            )))
        },
        "wordcount" => |_, args| {
            let [value] = args.exactly("wordcount", ["s"])?;
            let text = str_of(&value);
            let words = text
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .filter(|w| !w.is_empty());
            Ok(Value::from(words.count()))
        },
        "wordwrap" => |_, args| {
            let names = ["s", "width", "break_long_words", "wrapstring", "break_on_hyphens"];
            let [value, width, break_long, with, _] = args.required("wordwrap", names, 1)?;
            let width = usize::try_from(int_or(width.as_ref(), 79)).unwrap_or(79).max(1);
            let with = with
                .filter(|w| !w.is_none())
                .map_or_else(|| "\n".to_owned(), |w| str_of(&w));
            let break_long = break_long.is_none_or(|b| b.is_true());
            let text = str_of(&value.unwrap_or_default());
            let lines: Vec<String> = text
                .lines()
                .flat_map(|line| wrap(line, width, break_long))
                .collect();
            Ok(Value::from(lines.join(&with)))
        },
        "striptags" => |_, args| {
            args.exactly("striptags", ["value"])
                .map(|[v]| Value::from(strip_tags(&str_of(&v))))
        },
        "escape" | "e" => |_, args| {
            args.exactly("escape", ["value"])
                .map(|[v]| markup::safe(markup::escape(&v)))
        },
        "forceescape" => |_, args| {
            args.exactly("forceescape", ["value"])
                .map(|[v]| markup::safe(markup::escape_text(&str_of(&v))))
        },
        "xmlattr" => |_, args| {
            let [value, space] = args.required("xmlattr", ["d", "autospace"], 1)?;
            let mut out = String::new();
            for (key, item) in pairs(&value.unwrap_or_default())? {
                if !item.is_none() && !item.is_undefined() {
                    if !out.is_empty() {
                        out.push(' ');
                    }
                    out.push_str(&format!("{}=\"{}\"", markup::escape(&key), markup::escape(&item)));
                }
            }
            if space.is_none_or(|s| s.is_true()) && !out.is_empty() {
                out.insert(0, ' ');
            }
            Ok(Value::from(out))
        },
        "urlencode" => |_, args| {
            let [value] = args.exactly("urlencode", ["value"])?;
            if value.as_str().is_some() || !matches!(value.kind(), ValueKind::Map | ValueKind::Seq) {
                return Ok(Value::from(quote_url(&str_of(&value), true)));
            }
            let parts: Vec<String> = pairs(&value)?
                .iter()
                .map(|(k, v)| {
                    format!(
                        "{}={}",
                        quote_url(&str_of(k), false),
                        quote_url(&str_of(v), false)
                    )
                })
                .collect();
            Ok(Value::from(parts.join("&")))
        },
        "tojson" => |_, args| {
            let [value, indent] = args.required("tojson", ["value", "indent"], 1)?;
            let indent = indent
                .filter(|i| !i.is_none())
                .map(|i| usize::try_from(int_or(Some(&i), 0)).unwrap_or(0));
            let json = format::json(&value.unwrap_or_default(), true, indent)?;
            let safe = json
                .replace('<', "\\u003c")
                .replace('>', "\\u003e")
                .replace('&', "\\u0026")
                .replace('\'', "\\u0027");
            Ok(markup::safe(safe))
        },
        "pprint" => |_, args| {
            let [value] = args.exactly("pprint", ["value"])?;
            python::pretty(&value).map(|v| Value::from(python::repr_of(&v)))
        },
        "urlize" => |_, args| {
            let names = [
                "value",
                "trim_url_limit",
                "nofollow",
                "target",
                "rel",
                "extra_schemes",
            ];
            let [value, limit, nofollow, target, rel, schemes] = args.required("urlize", names, 1)?;
            let given = |v: Option<Value>| v.filter(|v| !v.is_none() && !v.is_undefined());
            let mut rels: std::collections::BTreeSet<String> = ["noopener".to_owned()].into();
            if let Some(rel) = given(rel) {
                rels.extend(str_of(&rel).split_whitespace().map(str::to_owned));
            }
            if nofollow.is_some_and(|n| n.is_true()) {
                rels.insert("nofollow".to_owned());
            }
            let style = links::Style {
                limit: given(limit).and_then(|l| l.as_usize()),
                rel: rels.into_iter().collect::<Vec<_>>().join(" "),
                target: given(target).map(|t| str_of(&t)),
                schemes: match given(schemes) {
                    Some(schemes) => items(&schemes)?.iter().map(str_of).collect(),
                    None => Vec::new(),
                },
            };
            let text = str_of(&value.unwrap_or_default());
            Ok(Value::from(links::urlize(&text, &style)))
        },
        "join" => |_, args| {
            let [value, by, of] = args.required("join", ["value", "d", "attribute"], 1)?;
            let by = by.map(|d| str_of(&d)).unwrap_or_default();
            let parts: Vec<String> = items(&value.unwrap_or_default())?
                .iter()
                .map(|item| match of.as_ref().filter(|a| !a.is_none()) {
                    Some(of) => str_of(&super::attribute(item, of)),
                    None => str_of(item),
                })
                .collect();
            Ok(Value::from(parts.join(&by)))
        },
        _ => return None,
    })
}

/// Jinja2's `title`: words begin after space, hyphen, slash and brackets.
fn title(text: &str) -> String {
    let mut out = String::new();
    let mut begin = true;
    for c in text.chars() {
        if begin {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        begin = c.is_whitespace() || "-/([{<".contains(c);
    }
    out
}

fn indent(text: &str, pad: &str, first: bool, blank: bool) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::new();
    for (i, line) in format!("{text}\n").split_inclusive('\n').enumerate() {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        if i > 0 {
            out.push('\n');
        }
        let padded = if i == 0 { first } else { blank || !bare.is_empty() };
        if padded {
            out.push_str(pad);
        }
        out.push_str(bare);
    }
    out
}

fn truncate(text: &str, length: usize, kill: bool, end: &str, leeway: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= length + leeway {
        return text.to_owned();
    }
    let cut: String = chars[..length.saturating_sub(end.chars().count())]
        .iter()
        .collect();
    let cut = if kill {
        cut
    } else {
        cut.rsplit_once(' ')
            .map_or(cut.clone(), |(head, _)| head.to_owned())
    };
    cut + end
}

fn wrap(line: &str, width: usize, break_long: bool) -> Vec<String> {
    let mut out = Vec::new();
    let mut current = String::new();
    for word in line.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let used = current.chars().count();
        if used > 0 && used + 1 + word.len() <= width {
            current.push(' ');
            current.extend(word);
            continue;
        }
        if used > 0 {
            if break_long && word.len() > width && used + 1 < width {
                current.push(' ');
                current.extend(word.drain(..width - used - 1));
            }
            out.push(std::mem::take(&mut current));
        }
        while break_long && word.len() > width {
            out.push(word.drain(..width).collect());
        }
        current.extend(word);
    }
    if !current.is_empty() || out.is_empty() {
        out.push(current);
    }
    out
}

fn strip_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let after = &rest[open..];
        let close = if after.starts_with("<!--") {
            after.find("-->").map(|i| i + 3)
        } else {
            after.find('>').map(|i| i + 1)
        };
        match close {
            Some(end) => rest = &after[end..],
            None => {
                out.push_str(after);
                rest = "";
            }
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn quote_url(text: &str, slash: bool) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(char::from(byte)),
            b'/' if slash => out.push('/'),
            b' ' if !slash => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
