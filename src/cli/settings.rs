//! Where a flag's value comes from: what was typed, else the environment, else `flags:` of the project, else its default.

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::invocation::Invocation;

/// The sources of flags beyond the command line.
pub struct Settings<'a> {
    pub invocation: &'a Invocation,
    /// `flags:` of `dbt_project.yml`, by name in lower case.
    pub project: Map<String, Json>,
}

impl<'a> Settings<'a> {
    /// Reads a flag's environment variable: `DBT_ENGINE_X`, as newer dbt spells it, or `DBT_X`.
    pub fn variable(&self, name: &str) -> Option<&'a str> {
        ["DBT_ENGINE_", "DBT_"]
            .iter()
            .find_map(|prefix| self.invocation.env_var(&format!("{prefix}{name}")))
            .filter(|value| !value.is_empty())
    }

    /// Returns a flag that is on or off.
    ///
    /// # Errors
    /// `N0701` where its environment variable or its place in `flags:` says neither.
    pub fn switch(&self, on: bool, off: bool, name: &str, default: bool) -> Result<bool> {
        Ok(self.given_switch(on, off, name)?.unwrap_or(default))
    }

    /// Returns a flag that is on or off, or none where nobody said.
    ///
    /// # Errors
    /// As [`Settings::switch`].
    pub fn given_switch(&self, on: bool, off: bool, name: &str) -> Result<Option<bool>> {
        if on || off {
            return Ok(Some(on));
        }
        if let Some(value) = self.variable(name) {
            return truth(value).map(Some).ok_or_else(|| {
                Diagnostic::error(
                    Code::USAGE,
                    format!(
                        "the environment variable `DBT_{name}` is `{value}`, which is neither true nor false"
                    ),
                )
                .hint("Set it to 1 or 0, or unset it.")
            });
        }
        match self.project.get(&name.to_lowercase()) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(*value)),
            Some(other) => Err(in_project(name, other, "true or false")),
        }
    }

    /// Returns a flag that is a text.
    ///
    /// # Errors
    /// `N0701` where `flags:` has something else.
    pub fn text(&self, typed: Option<&str>, name: &str) -> Result<Option<String>> {
        if let Some(text) = typed.or_else(|| self.variable(name)) {
            return Ok(Some(text.to_owned()));
        }
        match self.project.get(&name.to_lowercase()) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(in_project(name, other, "a text")),
        }
    }

    /// Returns a flag that is one of several words.
    ///
    /// # Errors
    /// `N0701` where the environment or `flags:` has another word.
    pub fn choice<T: clap::ValueEnum>(&self, typed: Option<T>, name: &str) -> Result<Option<T>> {
        if typed.is_some() {
            return Ok(typed);
        }
        let Some(word) = self.text(None, name)? else {
            return Ok(None);
        };
        T::from_str(&word, true).map(Some).map_err(|_| {
            let known: Vec<String> = T::value_variants()
                .iter()
                .filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()))
                .collect();
            Diagnostic::error(
                Code::USAGE,
                format!("`{}` cannot be `{word}`", name.to_lowercase()),
            )
            .did_you_mean(&word.to_lowercase(), known.iter().map(String::as_str))
            .hint(format!("Choose one of {}.", known.join(", ")))
        })
    }

    /// Returns a flag that is a whole number.
    ///
    /// # Errors
    /// `N0701` where the environment or `flags:` has no number.
    pub fn number<T: std::str::FromStr + TryFrom<u64>>(
        &self,
        typed: Option<T>,
        name: &str,
    ) -> Result<Option<T>> {
        if typed.is_some() {
            return Ok(typed);
        }
        if let Some(text) = self.variable(name) {
            return text.trim().parse().map(Some).map_err(|_| {
                Diagnostic::error(
                    Code::USAGE,
                    format!("the environment variable `DBT_{name}` is `{text}`, which is no whole number"),
                )
            });
        }
        match self.project.get(&name.to_lowercase()) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => match value.as_u64().and_then(|number| T::try_from(number).ok()) {
                Some(number) => Ok(Some(number)),
                None => Err(in_project(name, value, "a whole number")),
            },
        }
    }
}

/// Reads a word that says yes or no, in any case.
fn truth(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
        "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
        _ => None,
    }
}

fn in_project(name: &str, found: &Json, wanted: &str) -> Diagnostic {
    let name = name.to_lowercase();
    Diagnostic::error(
        Code::USAGE,
        format!("`{name}` under `flags:` of dbt_project.yml must be {wanted}, but is `{found}`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn invocation(variables: &[(&str, &str)]) -> Invocation {
        let mut invocation = Invocation::of_process(Vec::new()).unwrap();
        invocation.env = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        invocation
    }

    fn flags(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_was_typed_comes_before_the_environment_and_the_project() {
        let invocation = invocation(&[("DBT_FAIL_FAST", "0"), ("DBT_ENGINE_DEBUG", "yes")]);
        let project = flags(json!({ "fail_fast": true, "debug": false, "write_json": false }));
        let settings = Settings {
            invocation: &invocation,
            project,
        };
        let switch = |on, name| settings.switch(on, false, name, true).unwrap();
        assert!(switch(true, "FAIL_FAST"));
        assert!(!switch(false, "FAIL_FAST"));
        assert!(switch(false, "DEBUG"));
        assert!(!switch(false, "WRITE_JSON"));
        assert!(switch(false, "QUIET"));
    }

    #[test]
    fn a_word_that_is_neither_yes_nor_no_is_refused() {
        let invocation = invocation(&[("DBT_QUIET", "perhaps")]);
        let settings = Settings {
            invocation: &invocation,
            project: flags(json!({ "printer_width": "wide" })),
        };
        assert!(settings.switch(false, false, "QUIET", false).is_err());
        assert!(settings.number::<usize>(None, "PRINTER_WIDTH").is_err());
    }
}
