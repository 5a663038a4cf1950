//! What an entry of a properties file must fulfil beyond its shape.

use super::shapes::FRESHNESS;
use crate::diagnostic::{Code, Diagnostic};
use crate::yaml::{Document, Fields, Node, Shape, misfits};

const CONSTRAINTS: [&str; 6] = [
    "check",
    "not_null",
    "unique",
    "primary_key",
    "foreign_key",
    "custom",
];

const EXPOSURE_CONFIG: Shape = Shape::Fields(&Fields {
    what: "the configuration of an exposure",
    required: &[],
    known: &[&[("enabled", Shape::Truth)]],
    open: true,
});

/// Returns what is wrong with an entry that has the shape of its section.
pub(super) fn check(section: &str, what: &str, document: &Document, entry: &Node) -> Vec<Diagnostic> {
    let rules = Rules { document, what };
    let is_node = !matches!(
        section,
        "sources" | "exposures" | "groups" | "macros" | "unit_tests"
    );
    if is_node {
        let twice = rules.twice(entry);
        if !twice.is_empty() {
            return twice;
        }
    }
    match section {
        "models" => rules.model(entry),
        "sources" => rules.source(entry),
        "exposures" => rules
            .owner(entry)
            .into_iter()
            .chain(rules.exposure(entry))
            .collect(),
        "groups" => rules.owner(entry).into_iter().collect(),
        _ => Vec::new(),
    }
}

struct Rules<'a> {
    document: &'a Document,
    what: &'a str,
}

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).and_then(Node::as_seq).unwrap_or_default()
}

impl Rules<'_> {
    fn fault(&self, node: &Node, message: String) -> Diagnostic {
        self.document.error(node, Code::YAML_SHAPE, message)
    }

    /// Finds what a node says at two places of its entry, of which only one can hold.
    fn twice(&self, entry: &Node) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for key in ["meta", "docs", "group", "contract", "access"] {
            if let Some(value) = entry.get(key)
                && entry
                    .get("config")
                    .is_some_and(|config| config.get(key).is_some())
            {
                let message = format!("{} has `{key}` both beside and within `config`", self.what);
                found.push(self.fault(value, message).hint("Keep the one within `config`."));
            }
        }
        let versions = list(entry, "versions");
        for of in std::iter::once(entry).chain(versions) {
            for tested in std::iter::once(of).chain(list(of, "columns")) {
                if let (Some(tests), Some(_)) = (tested.get("tests"), tested.get("data_tests"))
                    && tests.as_seq().is_some_and(|tests| !tests.is_empty())
                {
                    let message = format!("{} has both `tests` and `data_tests` at one place", self.what);
                    found.push(
                        self.fault(tests, message)
                            .hint("Move what stands under `tests` to `data_tests`."),
                    );
                }
            }
        }
        found
    }

    fn owner(&self, entry: &Node) -> Option<Diagnostic> {
        let owner = entry.get("owner")?;
        let is_set = |key: &str| owner.get(key).is_some_and(|value| !value.is_null());
        if is_set("name") || is_set("email") {
            return None;
        }
        let fault = self.fault(
            owner,
            format!("the owner of {} has neither a name nor an email", self.what),
        );
        Some(fault.hint("Write one of them: `owner: {email: someone@example.com}`."))
    }

    fn exposure(&self, entry: &Node) -> Vec<Diagnostic> {
        let Some(config) = entry.get("config") else {
            return Vec::new();
        };
        let what = format!("`config` of {}", self.what);
        misfits(self.document, config, &EXPOSURE_CONFIG, &what, Code::YAML_SHAPE)
    }

    fn model(&self, entry: &Node) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        found.extend(self.constraints(entry, self.what));
        self.columns(entry, &mut found);
        if let Some(latest) = entry.get("latest_version").filter(|node| !node.is_null())
            && list(entry, "versions").is_empty()
        {
            let fault = self.fault(
                latest,
                format!("{} has a `latest_version`, but no `versions`", self.what),
            );
            found.push(fault.hint("List the versions under `versions:`, or take the key out."));
        }
        let mut seen: Vec<String> = Vec::new();
        for version in list(entry, "versions") {
            found.extend(self.constraints(version, self.what));
            self.columns(version, &mut found);
            let Some(v) = version.get("v") else { continue };
            let name = v.key_text();
            if seen.contains(&name) {
                let fault = self.fault(v, format!("{} has the version `{name}` twice", self.what));
                found.push(fault.hint("Give each entry of `versions` a `v` of its own."));
            }
            seen.push(name);
            let taken_over: Vec<&Node> = list(version, "columns")
                .iter()
                .filter(|column| column.get("include").is_some())
                .collect();
            if let Some(second) = taken_over.get(1) {
                let message = format!("version `{}` of {} has `include` twice", v.key_text(), self.what);
                found.push(
                    self.fault(second, message)
                        .hint("Put all into one entry: `- include: [id, name]`."),
                );
            }
            let words = taken_over.iter().filter_map(|column| column.get("include"));
            for include in words.filter(|i| i.as_str().is_some_and(|w| !matches!(w, "all" | "*"))) {
                let message = "`include` must be `all` or a list of columns".to_owned();
                found.push(
                    self.fault(include, message)
                        .hint(format!("Write `include: [{}]`.", include.key_text())),
                );
            }
        }
        found
    }

    fn columns(&self, of: &Node, found: &mut Vec<Diagnostic>) {
        for column in list(of, "columns") {
            if let Some(name) = column.get("name") {
                let what = format!("column `{}` of {}", name.key_text(), self.what);
                found.extend(self.constraints(column, &what));
            }
        }
    }

    /// Checks the types of constraints.
    fn constraints(&self, of: &Node, what: &str) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for constraint in list(of, "constraints") {
            let Some(kind) = constraint.get("type") else {
                let fault = self.fault(constraint, format!("a constraint of {what} has no `type`"));
                found.push(fault.hint(format!("Add `type:` with one of {}.", CONSTRAINTS.join(", "))));
                continue;
            };
            if !kind.as_str().is_some_and(|word| CONSTRAINTS.contains(&word)) {
                let word = kind.key_text();
                let message = format!("there is no constraint of the type `{word}`, as {what} has it");
                found.push(
                    self.fault(kind, message)
                        .did_you_mean(&word, CONSTRAINTS)
                        .note(format!("the types are {}", CONSTRAINTS.join(", "))),
                );
            }
        }
        found
    }

    fn source(&self, entry: &Node) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for of in std::iter::once(entry).chain(list(entry, "tables")) {
            let value = |key: &str| of.get(key).filter(|node| !node.is_null());
            let what = match of.get("name") {
                Some(name) if !std::ptr::eq(of, entry) => {
                    format!("table `{}` of {}", name.key_text(), self.what)
                }
                _ => self.what.to_owned(),
            };
            if let Some(empty) = value("loaded_at_field").filter(|node| node.as_str() == Some("")) {
                let fault = self.fault(empty, format!("`loaded_at_field` of {what} is empty"));
                found.push(fault.hint("Name a column, or take the key out."));
            } else if let (Some(_), Some(query)) = (value("loaded_at_field"), value("loaded_at_query")) {
                let message = format!("{what} has both `loaded_at_field` and `loaded_at_query`");
                found.push(self.fault(query, message).hint("Keep one of them."));
            }
            if let Some(freshness) = of.get("config").and_then(|config| config.get("freshness")) {
                let what = format!("`freshness` of {what}");
                found.extend(misfits(
                    self.document,
                    freshness,
                    &FRESHNESS,
                    &what,
                    Code::YAML_SHAPE,
                ));
            }
        }
        found
    }
}
