//! Reading what a declaration is made of: keys that are known, names that can be columns, fields and where they come from.

use serde_json::Value as Json;

use super::shape::{Field, Keep, Kind, Origin, Term};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::yaml::{Document, Mapping, Node};

/// A declaration on its way, with the faults found so far.
pub(super) struct Reader<'a> {
    pub document: &'a Document,
    pub found: Diagnostics,
}

/// What the fields of a table or object can be read from.
pub(super) struct Input<'a> {
    /// The columns that `column:` can name.
    pub columns: &'a [String],
    /// The column that paths begin in.
    pub json: Option<&'a str>,
    /// Records as they come, to hold paths against.
    pub samples: &'a [Json],
}

const FIELD_KEYS: &[&str] = &["path", "column", "sql", "choose", "type", "required", "label"];

impl Reader<'_> {
    pub fn error(&self, node: &Node, message: impl Into<String>) -> Diagnostic {
        self.document.error(node, Code::DECLARED_SOURCE, message)
    }

    /// Reads a mapping of known keys.
    pub fn known<'n>(&mut self, node: &'n Node, what: &str, keys: &[&str]) -> Option<&'n Mapping> {
        let map = self.map(node, what)?;
        for (key, _) in &map.entries {
            let text = key.key_text();
            if !keys.contains(&text.as_str()) {
                let fault = self
                    .error(key, format!("{what} has the unknown key `{text}`"))
                    .did_you_mean(&text, keys.iter().copied())
                    .hint(format!("The keys are {}.", keys.join(", ")));
                self.found.push(fault);
            }
        }
        Some(map)
    }

    pub fn map<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Mapping> {
        self.found.take(self.document.expect_map(node, what))
    }

    /// Reads a mapping of names that become columns or models; what is empty counts as an empty mapping.
    pub fn named<'n>(&mut self, node: Option<&'n Node>, what: &str) -> Vec<(String, &'n Node)> {
        let Some(node) = node.filter(|node| !node.is_null()) else {
            return Vec::new();
        };
        let Some(map) = self.map(node, what) else {
            return Vec::new();
        };
        let mut named = Vec::new();
        for (key, value) in &map.entries {
            if self.is_name(key, what) {
                named.push((key.key_text(), value));
            }
        }
        named
    }

    fn is_name(&mut self, node: &Node, what: &str) -> bool {
        let text = node.key_text();
        let fits = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !fits {
            let fault = self
                .error(
                    node,
                    format!("`{text}` in {what} becomes a name in the database and cannot be one"),
                )
                .hint("Use lower-case letters, digits and underscores, beginning with a letter.");
            self.found.push(fault);
        }
        fits
    }

    pub fn text(&mut self, node: Option<&Node>, what: &str) -> Option<String> {
        let node = node.filter(|node| !node.is_null())?;
        self.found
            .take(self.document.expect_str(node, what))
            .map(str::to_owned)
    }

    /// Reads a text that must be there; `place` is the mapping that lacks it otherwise.
    pub fn required_text(&mut self, map: &Mapping, key: &str, place: &Node, what: &str) -> Option<String> {
        let found = map.get(key).filter(|node| !node.is_null());
        if found.is_none() {
            let fault = self
                .error(place, format!("{what} lacks `{key}`"))
                .hint(format!("Add `{key}:`."));
            self.found.push(fault);
        }
        self.text(found, &format!("`{key}` of {what}"))
    }

    /// Reads one text or a list of texts, each with its place.
    pub fn texts<'n>(&mut self, node: Option<&'n Node>, what: &str) -> Vec<(String, &'n Node)> {
        let Some(node) = node.filter(|node| !node.is_null()) else {
            return Vec::new();
        };
        let items: Vec<&Node> = match node.as_seq() {
            Some(items) => items.iter().collect(),
            None => vec![node],
        };
        items
            .into_iter()
            .filter_map(|item| Some((self.text(Some(item), what)?, item)))
            .collect()
    }

    pub fn flag(&mut self, node: Option<&Node>, what: &str, otherwise: bool) -> bool {
        let Some(node) = node else { return otherwise };
        node.as_bool().unwrap_or_else(|| {
            let fault = self.error(
                node,
                format!("{what} must be true or false, but is {}", node.kind()),
            );
            self.found.push(fault);
            otherwise
        })
    }

    /// Reads a constant, or `{sql: …}`.
    pub fn term(&mut self, node: Option<&Node>, what: &str) -> Option<Term> {
        let node = node.filter(|node| !node.is_null())?;
        if node.as_map().is_some() {
            let map = self.known(node, what, &["sql"])?;
            return self.required_text(map, "sql", node, what).map(Term::Sql);
        }
        if node.as_seq().is_some() {
            let fault = self.error(
                node,
                format!("{what} must be a text or `{{sql: …}}`, but is a list"),
            );
            self.found.push(fault);
            return None;
        }
        Some(match node.as_str() {
            Some(text) => Term::Constant(text.to_owned()),
            None => Term::Sql(node.key_text()),
        })
    }

    /// Says so where a name is none of those that there are.
    pub fn one_of(
        &mut self,
        name: &str,
        node: &Node,
        kind: &str,
        place: &str,
        candidates: &[String],
    ) -> bool {
        let is_there = candidates.iter().any(|candidate| candidate == name);
        if !is_there {
            let fault = self
                .error(node, format!("{place} has no {kind} `{name}`"))
                .did_you_mean(name, candidates.iter().map(String::as_str))
                .hint(format!("There are {}.", candidates.join(", ")));
            self.found.push(fault);
        }
        is_there
    }

    pub fn keep(&mut self, node: Option<&Node>, what: &str, otherwise: Keep) -> Keep {
        let Some(node) = node else { return otherwise };
        match node.as_str() {
            Some("all") => Keep::All,
            Some("first") => Keep::First,
            Some("latest") => Keep::Latest,
            _ => {
                let names = ["all", "first", "latest"].map(str::to_owned);
                self.one_of(
                    &node.key_text(),
                    node,
                    "way to choose rows",
                    &format!("`keep` of {what}"),
                    &names,
                );
                otherwise
            }
        }
    }

    /// Reads fields. A plain text is a path where there is JSON, else a column.
    pub fn fields(&mut self, node: Option<&Node>, what: &str, input: &Input<'_>) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, node) in self.named(node, &format!("fields of {what}")) {
            let what = format!("field `{name}` of {what}");
            if let Some(field) = self.field(name, node, &what, input) {
                fields.push(field);
            }
        }
        fields
    }

    fn field(&mut self, name: String, node: &Node, what: &str, input: &Input<'_>) -> Option<Field> {
        let mut field = Field {
            label: name.clone(),
            name,
            origin: Origin::Sql(String::new()),
            kind: Kind::Text,
            is_required: false,
        };
        if let Some(text) = node.as_str() {
            field.origin = if input.json.is_some() {
                self.path(text, node, what, input)?
            } else {
                self.column(text, node, what, input)?
            };
        } else {
            let map = self.known(node, what, FIELD_KEYS)?;
            field.origin = self.origin(map, node, what, input)?;
            if let Some(kind) = map.get("type") {
                field.kind = self.kind(kind, what)?;
            }
            field.is_required = self.flag(map.get("required"), &format!("`required` of {what}"), false);
            if let Origin::Path(path) = &field.origin {
                field.label = path.rsplit('.').next().unwrap_or(path).to_owned();
            }
            if let Some(label) = self.text(map.get("label"), &format!("`label` of {what}")) {
                field.label = label;
            }
        }
        Some(field)
    }

    fn kind(&mut self, node: &Node, what: &str) -> Option<Kind> {
        let name = self.text(Some(node), &format!("`type` of {what}"))?;
        let known = Kind::ALL.iter().find(|(n, _)| *n == name).map(|(_, kind)| *kind);
        if known.is_none() {
            let names: Vec<String> = Kind::ALL.iter().map(|(n, _)| (*n).to_owned()).collect();
            self.one_of(&name, node, "type", what, &names);
        }
        known
    }

    fn origin(&mut self, map: &Mapping, node: &Node, what: &str, input: &Input<'_>) -> Option<Origin> {
        let given: Vec<(&str, &Node)> = map
            .iter()
            .filter(|(key, _)| ["path", "column", "sql", "choose"].contains(key))
            .collect();
        let [(key, value)] = given.as_slice() else {
            let fault = self
                .error(node, format!("{what} must say once where it comes from"))
                .hint("Give it one of `path`, `column`, `sql` and `choose`.");
            self.found.push(fault);
            return None;
        };
        if *key == "choose" {
            return self.choices(value, what, input);
        }
        let text = self.text(Some(value), &format!("`{key}` of {what}"))?;
        match *key {
            "path" => self.path(&text, value, what, input),
            "column" => self.column(&text, value, what, input),
            _ => Some(Origin::Sql(text)),
        }
    }

    fn choices(&mut self, node: &Node, what: &str, input: &Input<'_>) -> Option<Origin> {
        let items = self
            .found
            .take(self.document.expect_seq(node, &format!("`choose` of {what}")))?;
        let mut choices = Vec::new();
        for item in items {
            let map = self.known(item, &format!("a choice of {what}"), &["when", "path"])?;
            let path = self.required_text(map, "path", item, &format!("a choice of {what}"))?;
            self.path(&path, map.get("path").unwrap_or(item), what, input)?;
            choices.push((self.text(map.get("when"), &format!("`when` of {what}")), path));
        }
        if choices.is_empty() {
            let fault = self.error(node, format!("`choose` of {what} has no choice"));
            self.found.push(fault);
            return None;
        }
        Some(Origin::Choose(choices))
    }

    fn column(&mut self, name: &str, node: &Node, what: &str, input: &Input<'_>) -> Option<Origin> {
        if !input.columns.iter().any(|column| column == name) {
            let fault = self
                .error(
                    node,
                    format!("{what} reads the column `{name}`, which is not there"),
                )
                .did_you_mean(name, input.columns.iter().map(String::as_str))
                .hint(format!("The columns are {}.", input.columns.join(", ")));
            self.found.push(fault);
            return None;
        }
        Some(Origin::Column(name.to_owned()))
    }

    fn path(&mut self, path: &str, node: &Node, what: &str, input: &Input<'_>) -> Option<Origin> {
        if input.json.is_none() {
            let fault = self
                .error(
                    node,
                    format!("{what} reads the JSON path `{path}`, and nothing says in which column"),
                )
                .hint("Name the column of JSON text with `json:`, or read a column with `column:`.");
            self.found.push(fault);
            return None;
        }
        let Some(steps) = steps(path) else {
            let fault = self
                .error(node, format!("{what} has `{path}`, which is no JSON path"))
                .hint("Write keys and places in lists, such as `items[0].name`.");
            self.found.push(fault);
            return None;
        };
        if let Err((at, keys)) = follow(input.samples, &steps) {
            let mut fault = self.error(
                node,
                format!("{what} reads the JSON path `{path}`, which no sample has: `{at}` is not there"),
            );
            let missing = at.rsplit('.').next().unwrap_or(&at).to_owned();
            fault = fault.did_you_mean(&missing, keys.iter().map(String::as_str));
            if !keys.is_empty() {
                fault = fault.hint(format!("The samples have {} in this place.", keys.join(", ")));
            }
            self.found.push(fault);
            return None;
        }
        Some(Origin::Path(path.to_owned()))
    }
}

/// One step of a path.
enum Step {
    Key(String),
    Place(usize),
}

/// Takes a path apart; none where it is not well formed.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '$';
        if key.is_empty() || !key.chars().all(fits) {
            return None;
        }
        steps.push(Step::Key(key.to_owned()));
        while !rest.is_empty() {
            let (place, after) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(Step::Place(place.parse().ok()?));
            rest = after;
        }
    }
    Some(steps)
}

/// Follows a path in the samples: all is well where any of them has it, or where there is none.
fn follow(samples: &[Json], steps: &[Step]) -> Result<(), (String, Vec<String>)> {
    let mut here: Vec<&Json> = samples.iter().collect();
    let mut shown = String::new();
    if samples.is_empty() {
        return Ok(());
    }
    for step in steps {
        let next: Vec<&Json> = match step {
            Step::Key(key) => here.iter().filter_map(|value| value.get(key)).collect(),
            Step::Place(place) => here.iter().filter_map(|value| value.get(place)).collect(),
        };
        match step {
            Step::Key(key) if shown.is_empty() => shown.push_str(key),
            Step::Key(key) => shown.push_str(&format!(".{key}")),
            Step::Place(place) => shown.push_str(&format!("[{place}]")),
        }
        if next.is_empty() {
            let mut keys: Vec<String> = here
                .iter()
                .filter_map(|value| value.as_object())
                .flat_map(|map| map.keys().cloned())
                .collect();
            keys.sort();
            keys.dedup();
            return Err((shown, keys));
        }
        here = next;
    }
    Ok(())
}
