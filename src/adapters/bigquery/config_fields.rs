//! Reads fields of a target with the place of what is wrong.

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::yaml::{Document, Node, Value};

pub(super) struct Fields<'a> {
    pub(super) document: &'a Document,
    pub(super) target: &'a Node,
}

impl<'a> Fields<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.target.get(key).filter(|n| !n.is_null())
    }

    pub(super) fn wrong(&self, key: &str, message: impl Into<String>) -> Diagnostic {
        self.document
            .error(self.get(key).unwrap_or(self.target), Code::PROFILE, message)
    }

    pub(super) fn missing(&self, key: &str, why: &str) -> Diagnostic {
        self.document
            .error(
                self.target,
                Code::PROFILE,
                format!("the target has no `{key}`, {why}"),
            )
            .hint(format!("Add `{key}:` to the target in profiles.yml."))
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        match &node.value {
            Value::Str(text) | Value::Date(text) | Value::BigInt(text) => Ok(Some(text.to_string())),
            Value::Int(number) => Ok(Some(number.to_string())),
            _ => Ok(Some(
                self.document.expect_str(node, &format!("`{key}`"))?.to_owned(),
            )),
        }
    }

    /// Reads a field that goes by two names; both at once contradict each other.
    pub(super) fn text_of_either(&self, name: &str, alias: &str) -> Result<Option<String>> {
        if self.get(name).is_some() && self.get(alias).is_some() {
            let message = format!("`{alias}` and `{name}` are two names of one field, and both are set");
            return Err(self.wrong(alias, message).hint(format!("Keep `{name}`.")));
        }
        match self.text(name)? {
            Some(text) => Ok(Some(text)),
            None => self.text(alias),
        }
    }

    pub(super) fn required(&self, key: &str, why: &str) -> Result<String> {
        self.text(key)?.ok_or_else(|| self.missing(key, why))
    }

    pub(super) fn one_of(&self, key: &str, choices: &[&str]) -> Result<Option<String>> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        if choices.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        Err(self
            .wrong(key, format!("`{key}` cannot be `{text}`"))
            .did_you_mean(&text, choices.iter().copied())
            .hint(format!("Use one of: {}.", choices.join(", "))))
    }

    /// Reads a whole number that is not negative.
    pub(super) fn count(&self, key: &str) -> Result<Option<u64>> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        let number = match &node.value {
            Value::Int(number) => u64::try_from(*number).ok(),
            Value::Str(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(
                key,
                format!("`{key}` must be a whole number that is not negative"),
            )),
        }
    }

    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<String>>> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        let items = self.document.expect_seq(node, &format!("`{key}`"))?;
        let texts = items.iter().map(|item| {
            self.document
                .expect_str(item, &format!("an entry of `{key}`"))
                .map(str::to_owned)
        });
        texts.collect::<Result<Vec<_>>>().map(Some)
    }
}
