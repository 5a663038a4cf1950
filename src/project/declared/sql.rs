//! Pieces of SQL and Jinja text.

use super::shape::{Field, Kind, Origin, Term};

/// A chain of CTEs that ends in a select.
#[derive(Default)]
pub(super) struct Query {
    ctes: Vec<(String, String)>,
}

impl Query {
    pub fn cte(&mut self, name: &str, body: String) {
        self.ctes.push((name.to_owned(), body));
    }

    /// Returns the whole statement.
    pub fn end(self, last: &str) -> String {
        if self.ctes.is_empty() {
            return format!("{last}\n");
        }
        let ctes: Vec<String> = self
            .ctes
            .iter()
            .map(|(name, body)| format!("{name} as (\n{}\n)", indent(body)))
            .collect();
        format!("with {}\n\n{last}\n", ctes.join(",\n\n"))
    }
}

fn indent(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("    {line}")
            }
        })
        .collect();
    lines.join("\n")
}

/// Renders a select with one column a line.
pub(super) fn select(items: &[String], from: &str, filter: Option<&str>) -> String {
    let mut text = format!("select\n    {}\nfrom {from}", items.join(",\n    "));
    if let Some(filter) = filter {
        text.push_str("\nwhere ");
        text.push_str(filter.trim());
    }
    text
}

pub(super) fn reference(model: &str) -> String {
    format!("{{{{ ref('{model}') }}}}")
}

/// Renders a text as a constant of SQL.
pub(super) fn constant(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Renders a text as a constant of Jinja.
pub(super) fn jinja(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn jinja_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(jinja).collect();
    format!("[{}]", texts.join(", "))
}

pub(super) fn null(type_name: &str) -> String {
    format!("cast(null as {{{{ nexus.nexus_type('{type_name}') }}}})")
}

pub(super) fn as_text(expression: &str) -> String {
    format!("cast({expression} as {{{{ dbt.type_string() }}}})")
}

pub(super) fn term(term: &Term) -> String {
    match term {
        Term::Constant(text) => constant(text),
        Term::Sql(text) => text.trim().to_owned(),
    }
}

/// Renders a statement's id.
pub(super) fn id(kind: &str, parts: &[&str], name: &str) -> String {
    format!(
        "{{{{ nexus.create_nexus_id('{kind}', {}) }}}} as {name}",
        jinja_list(parts.iter().copied())
    )
}

/// Returns the column that has a field as it was delivered.
pub(super) fn raw_name(field: &Field) -> String {
    if field.kind.is_read() {
        format!("raw_{}", field.name)
    } else {
        field.name.clone()
    }
}

fn path(json: &str, path: &str, kind: Kind) -> String {
    let text = format!("{{{{ nexus.nexus_json_text('{json}', '{path}') }}}}");
    if kind == Kind::Json {
        text
    } else {
        format!("nullif(trim({text}), '')")
    }
}

/// Renders a field as it was delivered.
pub(super) fn delivered(field: &Field, json: &str) -> String {
    let expression = match &field.origin {
        Origin::Path(text) => path(json, text, field.kind),
        Origin::Column(column) if field.kind == Kind::Text => {
            format!("nullif(trim({}), '')", as_text(column))
        }
        Origin::Column(text) | Origin::Sql(text) if matches!(field.kind, Kind::Epoch | Kind::EpochMs) => {
            as_text(text.trim())
        }
        Origin::Column(text) | Origin::Sql(text) => text.trim().to_owned(),
        Origin::Choose(choices) => chosen(choices, |text| path(json, text, field.kind)),
    };
    format!("{expression} as {}", raw_name(field))
}

fn chosen(choices: &[(Option<String>, String)], show: impl Fn(&str) -> String) -> String {
    let mut text = String::from("case");
    for (condition, path) in choices {
        let condition = condition.as_deref().unwrap_or("true").trim();
        text.push_str(&format!(" when {condition} then {}", show(path)));
    }
    text + " end"
}

/// Renders what messages call a field: a constant, or the name of the path that was chosen.
pub(super) fn label(field: &Field) -> String {
    match &field.origin {
        Origin::Choose(choices) => chosen(choices, |path| constant(path.rsplit('.').next().unwrap_or(path))),
        _ => constant(&field.label),
    }
}

/// Renders a field of a kind that not every text is, from the column that has it as delivered.
pub(super) fn read(field: &Field) -> Option<String> {
    let raw = raw_name(field);
    let call = match field.kind {
        Kind::Text | Kind::Json => return None,
        Kind::Email => format!("normalize_email('{raw}')"),
        Kind::Phone => format!("normalize_phone('{raw}')"),
        Kind::Domain => format!("normalize_domain('{raw}')"),
        Kind::Epoch => format!("nexus_timestamp_from_epoch(nexus.nexus_integer_from_text('{raw}'))"),
        Kind::EpochMs => format!("nexus_timestamp_from_epoch_ms(nexus.nexus_integer_from_text('{raw}'))"),
        Kind::Timestamp => format!("nexus_try_timestamp('{raw}')"),
        Kind::Number | Kind::Boolean | Kind::Date => {
            format!("nexus_read('{raw}', '{}')", field.kind.type_name())
        }
    };
    Some(format!("{{{{ nexus.{call} }}}} as {}", field.name))
}

/// Returns what a value of this kind is said to be when it cannot be read.
pub(super) fn fault(kind: Kind) -> &'static str {
    match kind {
        Kind::Email | Kind::Domain => "malformed ",
        Kind::Phone => "unusable ",
        _ => "unparseable ",
    }
}

/// Returns whether a name stands in a text as a word of its own.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}
