//! Edits of single tokens, and the map from the lowered text back to the original.

use super::tokens::Token;

#[derive(Debug, Clone, Default)]
struct Patch {
    before: String,
    replacement: Option<String>,
    after: String,
}

/// The edits of a template, by token.
#[derive(Debug)]
pub(crate) struct Patches {
    tokens: usize,
    /// Empty until the first edit.
    list: Vec<Option<Box<Patch>>>,
}

impl Patches {
    pub fn new(tokens: usize) -> Self {
        Self {
            tokens,
            list: Vec::new(),
        }
    }

    fn at(&mut self, token: usize) -> &mut Patch {
        if self.list.is_empty() {
            self.list.resize(self.tokens, None);
        }
        self.list[token].get_or_insert_default()
    }

    /// Puts text before a token; what is put later stands further out.
    pub fn prefix(&mut self, token: usize, text: &str) {
        self.at(token).before.insert_str(0, text);
    }

    /// Puts text after a token; what is put later stands further out.
    pub fn suffix(&mut self, token: usize, text: &str) {
        self.at(token).after.push_str(text);
    }

    pub fn wrap(&mut self, first: usize, last: usize, open: &str, close: &str) {
        self.prefix(first, open);
        self.suffix(last, close);
    }

    /// Moves the last closing parenthesis put after `from` behind `to`.
    pub fn move_suffix(&mut self, from: usize, to: usize) {
        self.at(from).after.pop();
        self.suffix(to, ")");
    }

    pub fn replace(&mut self, token: usize, text: &str) {
        self.at(token).replacement = Some(text.to_owned());
    }

    /// Takes a token and all that was put around it away.
    pub fn erase(&mut self, token: usize) {
        *self.at(token) = Patch {
            replacement: Some(String::new()),
            ..Patch::default()
        };
    }

    fn get(&self, token: usize) -> Option<&Patch> {
        self.list.get(token)?.as_deref()
    }

    /// Returns the lowered text of some tokens, with what stands between them.
    pub fn text(&self, source: &str, tokens: &[Token], first: usize, end: usize) -> String {
        let mut out = String::new();
        let mut at = tokens[first].start as usize;
        for i in first..end {
            out.push_str(&source[at..tokens[i].start as usize]);
            self.write(source, tokens, i, &mut out);
            at = tokens[i].end as usize;
        }
        out
    }

    fn write(&self, source: &str, tokens: &[Token], token: usize, out: &mut String) {
        let text = tokens[token].text(source);
        match self.get(token) {
            Some(patch) => {
                out.push_str(&patch.before);
                out.push_str(patch.replacement.as_deref().unwrap_or(text));
                out.push_str(&patch.after);
            }
            None => out.push_str(text),
        }
    }

    /// Writes the whole template with its edits; carriage returns before newlines go, as in Jinja2.
    pub fn apply(&self, source: &str, tokens: &[Token], prelude: &str) -> (String, Map) {
        let mut out = String::with_capacity(source.len() + source.len() / 4 + prelude.len());
        let mut map = Map::default();
        out.push_str(prelude);
        map.push(out.len(), 0);
        let mut at = 0usize;
        for (i, token) in tokens.iter().enumerate() {
            if self.get(i).is_some() {
                gap(source, at, token.start as usize, &mut out, &mut map);
                map.push(out.len(), token.start as usize);
                self.write(source, tokens, i, &mut out);
                at = token.end as usize;
                map.push(out.len(), at);
            }
        }
        gap(source, at, source.len(), &mut out, &mut map);
        (out, map)
    }
}

/// Copies text that stays as it is.
fn gap(source: &str, mut from: usize, to: usize, out: &mut String, map: &mut Map) {
    while let Some(found) = memchr::memmem::find(&source.as_bytes()[from..to], b"\r\n") {
        out.push_str(&source[from..from + found]);
        from += found + 1;
        map.push(out.len(), from);
    }
    out.push_str(&source[from..to]);
}

/// From offsets of the lowered text to offsets of the original.
#[derive(Debug, Default, Clone)]
pub(crate) struct Map {
    /// (lowered, original), rising.
    points: Vec<(u32, u32)>,
}

impl Map {
    fn push(&mut self, lowered: usize, original: usize) {
        let point = (super::tokens::offset(lowered), super::tokens::offset(original));
        if let Some(last) = self.points.last_mut()
            && last.0 == point.0
        {
            *last = point;
            return;
        }
        self.points.push(point);
    }

    /// Returns the original offset of a lowered one; inserted text maps to the token it was put at.
    pub fn original(&self, lowered: u32) -> u32 {
        let next = self.points.partition_point(|p| p.0 <= lowered);
        let Some(point) = next.checked_sub(1).and_then(|i| self.points.get(i)) else {
            return 0;
        };
        let offset = point.1 + (lowered - point.0);
        match self.points.get(next) {
            Some(limit) => offset.min(limit.1),
            None => offset,
        }
    }
}
