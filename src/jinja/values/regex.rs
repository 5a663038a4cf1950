//! Patterns and matches of `modules.re`.

use std::any::Any;

use fancy_regex::Regex;
use minijinja::{Error, ErrorKind, State, Value};

use crate::jinja::args::Args;
use crate::jinja::python::{Number, error, none, number, repr_of, str_of, tuple};

use super::object::{Opaque, PyObject};
use super::pattern_syntax::translate;
use super::{Dict, List, View};

#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    source: String,
    flags: i128,
}

/// What a match covers: per group its bytes and text.
#[derive(Debug)]
struct Match {
    groups: Vec<Option<(usize, String)>>,
    names: Vec<(String, usize)>,
    /// The text that was searched.
    subject: String,
}

pub(crate) const FLAGS: &[(&str, u32)] = &[
    ("I", 2),
    ("IGNORECASE", 2),
    ("M", 8),
    ("MULTILINE", 8),
    ("S", 16),
    ("DOTALL", 16),
    ("X", 64),
    ("VERBOSE", 64),
    ("A", 256),
    ("ASCII", 256),
    ("U", 32),
    ("UNICODE", 32),
];

impl Pattern {
    pub fn compile(pattern: &Value, flags: Option<&Value>) -> Result<Self, Error> {
        if let Some(pattern) = PyObject::get::<Self>(pattern) {
            return Ok(pattern.clone());
        }
        let source = str_of(pattern);
        let flags = match flags.and_then(number) {
            Some(Number::Int(i)) => i,
            _ => 0,
        };
        let mut marks = String::new();
        for (bit, mark) in [(2, 'i'), (8, 'm'), (16, 's'), (64, 'x')] {
            if flags & bit != 0 {
                marks.push(mark);
            }
        }
        let fault = |e: &str| {
            let e = e.lines().last().unwrap_or_default().trim();
            error(format!(
                "the pattern {} cannot be read: {e}",
                repr_of(&Value::from(source.as_str()))
            ))
        };
        let body = translate(&source, flags & 8 != 0).map_err(|e| fault(&e))?;
        let text = if marks.is_empty() {
            body
        } else {
            format!("(?{marks}){body}")
        };
        let regex = Regex::new(&text).map_err(|e| fault(&e.to_string()))?;
        Ok(Self { regex, source, flags })
    }

    fn found(&self, text: &str, from: usize) -> Result<Option<Match>, Error> {
        let captures = self
            .regex
            .captures_from_pos(text, from)
            .map_err(|e| error(format!("the search for {} was given up: {e}", self.text())))?;
        let Some(captures) = captures else { return Ok(None) };
        let groups = captures
            .iter()
            .map(|group| group.map(|m| (m.start(), m.as_str().to_owned())))
            .collect();
        let names = self
            .regex
            .capture_names()
            .enumerate()
            .filter_map(|(i, name)| Some((name?.to_owned(), i)))
            .collect();
        Ok(Some(Match {
            groups,
            names,
            subject: text.to_owned(),
        }))
    }

    /// Returns all matches as Python finds them: an empty one may follow one that is not.
    fn all(&self, text: &str) -> Result<Vec<Match>, Error> {
        let mut out = Vec::new();
        let mut at = 0;
        let mut after_empty = false;
        while at <= text.len() {
            let Some(found) = self.found(text, at)? else { break };
            let (start, end) = found.range();
            let step = |from: usize| from + text[from..].chars().next().map_or(1, char::len_utf8);
            if start == end && start == at && after_empty {
                at = step(at);
                after_empty = false;
                continue;
            }
            out.push(found);
            after_empty = start == end;
            at = end;
        }
        Ok(out)
    }

    /// Runs one of the functions that take a text.
    pub fn run(
        &self,
        state: &mut State,
        function: &str,
        text: &str,
        args: &[Option<Value>],
    ) -> Result<Value, Error> {
        let count = |i: usize| match args.get(i).and_then(|a| a.as_ref()).and_then(number) {
            Some(Number::Int(n)) => usize::try_from(n).unwrap_or(0),
            _ => 0,
        };
        Ok(match function {
            "search" => self.found(text, 0)?.map_or_else(none, PyObject::value),
            "match" => self
                .found(text, 0)?
                .filter(|m| m.range().0 == 0)
                .map_or_else(none, PyObject::value),
            "fullmatch" => self.whole(text)?.map_or_else(none, PyObject::value),
            "findall" => List::value(self.all(text)?.into_iter().map(Match::short).collect()),
            "finditer" => View::value(
                "callable_iterator",
                self.all(text)?.into_iter().map(PyObject::value).collect(),
            ),
            "split" => List::value(self.split(text, count(0))?),
            "sub" | "subn" => {
                let replacement = args.first().cloned().flatten().unwrap_or_default();
                let (out, n) = self.substitute(state, &replacement, text, count(1))?;
                if function == "sub" {
                    Value::from(out)
                } else {
                    tuple(vec![Value::from(out), Value::from(n)])
                }
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        })
    }

    fn whole(&self, text: &str) -> Result<Option<Match>, Error> {
        let pattern = format!(r"\A(?:{})\z", self.regex.as_str());
        let Ok(regex) = Regex::new(&pattern) else {
            return Ok(None);
        };
        Self {
            regex,
            source: self.source.clone(),
            flags: self.flags,
        }
        .found(text, 0)
    }

    fn split(&self, text: &str, limit: usize) -> Result<Vec<Value>, Error> {
        let mut out = Vec::new();
        let mut at = 0;
        for (i, found) in self.all(text)?.into_iter().enumerate() {
            if limit > 0 && i >= limit {
                break;
            }
            let (start, end) = found.range();
            out.push(Value::from(&text[at..start]));
            out.extend(found.texts());
            at = end;
        }
        out.push(Value::from(&text[at..]));
        Ok(out)
    }

    fn substitute(
        &self,
        state: &mut State,
        by: &Value,
        text: &str,
        limit: usize,
    ) -> Result<(String, usize), Error> {
        let mut out = String::new();
        let mut at = 0;
        let mut n = 0;
        for found in self.all(text)? {
            if limit > 0 && n >= limit {
                break;
            }
            let (start, end) = found.range();
            out.push_str(&text[at..start]);
            at = end;
            match by.as_str() {
                Some(template) => found.expand(template, &mut out)?,
                None => out.push_str(&str_of(&by.call(state, &[PyObject::value(found)])?)),
            }
            n += 1;
        }
        out.push_str(&text[at..]);
        Ok((out, n))
    }
}

impl Opaque for Pattern {
    fn text(&self) -> String {
        format!("re.compile({})", repr_of(&Value::from(self.source.as_str())))
    }

    fn member(&self, name: &str) -> Option<Value> {
        match name {
            "pattern" => Some(Value::from(self.source.as_str())),
            "groups" => Some(Value::from(self.regex.captures_len() - 1)),
            // Patterns of text are of Unicode unless they say otherwise.
            "flags" => i64::try_from(self.flags | 32).ok().map(Value::from),
            "groupindex" => Some(Dict::of(
                self.regex
                    .capture_names()
                    .enumerate()
                    .filter_map(|(i, name)| Some((name?.to_owned(), Value::from(i)))),
            )),
            _ => None,
        }
    }

    fn class(&self) -> &'static str {
        "re.Pattern"
    }

    fn method(&self, state: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let args = Args::new(args)?;
        if matches!(name, "sub" | "subn") {
            let [by, text, count] = args.required(name, ["repl", "string", "count"], 2)?;
            return self.run(state, name, &str_of(&text.unwrap_or_default()), &[by, count]);
        }
        let [text, count] = args.required(name, ["string", "maxsplit"], 1)?;
        self.run(state, name, &str_of(&text.unwrap_or_default()), &[count])
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Match {
    /// Returns the bytes of the whole match.
    fn range(&self) -> (usize, usize) {
        match self.groups.first() {
            Some(Some((start, text))) => (*start, start + text.len()),
            _ => (0, 0),
        }
    }

    /// Returns the characters that a group covers, counted as Python counts.
    fn span(&self, group: usize) -> (i64, i64) {
        let Some(Some((start, text))) = self.groups.get(group) else {
            return (-1, -1);
        };
        let before = self.subject[..*start].chars().count();
        let count = |n: usize| i64::try_from(n).unwrap_or(-1);
        (count(before), count(before + text.chars().count()))
    }

    fn index(&self, key: &Value) -> Option<usize> {
        match number(key) {
            Some(Number::Int(i)) => usize::try_from(i).ok().filter(|i| *i < self.groups.len()),
            _ => {
                let name = key.as_str()?;
                self.names.iter().find(|(n, _)| n == name).map(|(_, i)| *i)
            }
        }
    }

    fn group(&self, key: &Value) -> Result<Value, Error> {
        let at = self.index(key).ok_or_else(|| error("no such group"))?;
        Ok(self.groups[at]
            .as_ref()
            .map_or_else(none, |g| Value::from(g.1.as_str())))
    }

    fn texts(&self) -> Vec<Value> {
        let text = |g: &Option<(usize, String)>| g.as_ref().map_or_else(none, |g| Value::from(g.1.as_str()));
        self.groups.iter().skip(1).map(text).collect()
    }

    /// Returns what `findall` gives for a match.
    fn short(self) -> Value {
        let text = |g: Option<(usize, String)>| Value::from(g.map(|g| g.1).unwrap_or_default());
        match self.groups.len() {
            1 | 2 => text(self.groups.into_iter().next_back().flatten()),
            _ => tuple(self.groups.into_iter().skip(1).map(text).collect()),
        }
    }

    /// Writes a replacement with its `\1` and `\g<name>`.
    fn expand(&self, template: &str, out: &mut String) -> Result<(), Error> {
        let mut rest = template.chars().peekable();
        let push = |out: &mut String, key: &str| -> Result<(), Error> {
            let at = key.parse::<i64>().map_or_else(|_| Value::from(key), Value::from);
            let value = self
                .group(&at)
                .map_err(|_| error(format!("invalid group reference {key}")))?;
            if !value.is_none() {
                out.push_str(&str_of(&value));
            }
            Ok(())
        };
        while let Some(c) = rest.next() {
            if c != '\\' {
                out.push(c);
                continue;
            }
            match rest.next() {
                Some('g') if rest.peek() == Some(&'<') => {
                    rest.next();
                    let name: String = rest.by_ref().take_while(|c| *c != '>').collect();
                    push(out, &name)?;
                }
                Some(d) if d.is_ascii_digit() => {
                    let mut key = String::from(d);
                    key.extend(rest.next_if(char::is_ascii_digit));
                    push(out, &key)?;
                }
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('\\') => out.push('\\'),
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            }
        }
        Ok(())
    }
}

impl Opaque for Match {
    fn text(&self) -> String {
        let (start, end) = self.span(0);
        let whole = self.groups[0].clone().unwrap_or_default().1;
        format!(
            "<re.Match object; span=({start}, {end}), match={}>",
            repr_of(&Value::from(whole))
        )
    }

    fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "string" => Value::from(self.subject.as_str()),
            "pos" => Value::from(0),
            "endpos" => Value::from(self.subject.chars().count()),
            "lastindex" => (1..self.groups.len())
                .rev()
                .find(|i| self.groups[*i].is_some())
                .map_or_else(none, Value::from),
            _ => return None,
        })
    }

    fn class(&self) -> &'static str {
        "re.Match"
    }

    fn method(&self, _state: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let args = Args::new(args)?;
        let mut keys = args.positional.clone();
        let first = |keys: &[Value]| keys.first().cloned().unwrap_or_else(|| Value::from(0));
        let span = |key: &Value| {
            let at = self.index(key).ok_or_else(|| error("no such group"))?;
            Ok::<_, Error>(self.span(at))
        };
        Ok(match name {
            "group" => {
                if keys.is_empty() {
                    keys.push(Value::from(0));
                }
                let mut found = keys
                    .iter()
                    .map(|k| self.group(k))
                    .collect::<Result<Vec<_>, _>>()?;
                if found.len() == 1 {
                    found.remove(0)
                } else {
                    tuple(found)
                }
            }
            "groups" => {
                let [default] = args.optional(name, ["default"])?;
                let default = default.unwrap_or_else(none);
                let all = self.texts().into_iter();
                tuple(
                    all.map(|v| if v.is_none() { default.clone() } else { v })
                        .collect(),
                )
            }
            "groupdict" => Dict::of(self.names.iter().map(|(n, i)| {
                let text = self.groups[*i]
                    .as_ref()
                    .map_or_else(none, |g| Value::from(g.1.as_str()));
                (n.as_str(), text)
            })),
            "start" => Value::from(span(&first(&keys))?.0),
            "end" => Value::from(span(&first(&keys))?.1),
            "span" => {
                let (start, end) = span(&first(&keys))?;
                tuple(vec![Value::from(start), Value::from(end)])
            }
            "expand" => {
                let mut out = String::new();
                self.expand(&str_of(&first(&keys)), &mut out)?;
                Value::from(out)
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Escapes a text so that a pattern finds it as it is.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !(c.is_alphanumeric() || c == '_' || "!\"%',/:;<=>@`".contains(c)) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
