//! Which warnings are shown, which are errors, and how often each deprecation was met.

use std::sync::Mutex;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::Call;
use super::options::dictionary;
use crate::diagnostic::{Code, Diagnostic, Result, event_code, event_names};
use crate::events::{self, Event, Fate};

/// Stands for all deprecations in the lists.
const DEPRECATIONS: &str = "Deprecations";
/// Deprecations that are shown each time and not summed up.
const UNCOUNTED: [&str; 3] = [
    "AdapterDeprecationWarning",
    "CollectFreshnessReturnSignature",
    "GetMetaKeyWarning",
];
/// Each variable is a deprecation of its own.
const EACH_ALONE: &str = "EnvironmentVariableRenamed";
/// Warnings that are errors only where the project lets `warn_error` handle all.
const HARMLESS: [&str; 1] = ["GetMetaKeyWarning"];

/// `--warn-error-options`: a name beats `Deprecations`, which beats `all`; `silence` beats `warn`, which beats `error`.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    pub all: bool,
    pub error: Vec<String>,
    pub warn: Vec<String>,
    pub silence: Vec<String>,
    /// The older names `include` and `exclude` were used.
    pub older_names: bool,
    /// `require_all_warnings_handled_by_warn_error`.
    pub handles_all: bool,
}

impl Policy {
    /// Reads the option from YAML text.
    ///
    /// # Errors
    /// `N0109` where it is no dictionary, `N0701` where it names what no warning is called.
    pub fn of_text(text: &str) -> Result<Self> {
        Self::of_map(&dictionary("--warn-error-options", text)?)
    }

    /// Reads the option as `flags:` has it.
    ///
    /// # Errors
    /// As [`Policy::of_text`].
    pub fn of_map(map: &Map<String, Json>) -> Result<Self> {
        let mut policy = Self::default();
        for key in map.keys() {
            if !["error", "warn", "silence", "include", "exclude"].contains(&key.as_str()) {
                return Err(fault(format!("`warn_error_options` has no key `{key}`"))
                    .did_you_mean(key, ["error", "warn", "silence"])
                    .hint("Write it so: '{error: all, warn: [NoNodesForSelectionCriteria], silence: []}'"));
            }
        }
        for (key, older) in [("error", "include"), ("warn", "exclude"), ("silence", "silence")] {
            policy.older_names |= key != older && map.contains_key(older);
            let filled = |name: &str| map.get(name).filter(|v| !matches!(v, Json::Null));
            let values = match (filled(key), filled(older)) {
                (Some(_), Some(_)) if key != older => {
                    return Err(fault(format!(
                        "`warn_error_options` has both `{key}` and `{older}`, which mean the same"
                    ))
                    .hint(format!("Keep `{key}`.")));
                }
                (Some(values), _) | (None, Some(values)) => values,
                (None, None) => continue,
            };
            let names = match values {
                Json::String(word) if key == "error" && matches!(word.as_str(), "all" | "*") => {
                    policy.all = true;
                    continue;
                }
                Json::Array(names) => names.iter().map(name).collect::<Result<Vec<String>>>()?,
                other => {
                    return Err(fault(format!(
                        "`{key}` of `warn_error_options` must be a list of names, but is `{other}`"
                    )));
                }
            };
            match key {
                "error" => policy.error = names,
                "warn" => policy.warn = names,
                _ => policy.silence = names,
            }
        }
        let has = |list: &[String]| list.iter().any(|name| name == DEPRECATIONS);
        let is_heard = policy.warn.is_empty() || policy.all || has(&policy.error) || has(&policy.silence);
        if !is_heard {
            return Err(fault(
                "`warn` of `warn_error_options` says nothing where `error` is not `all`".to_owned(),
            )
            .hint("Add `error: all`, or `Deprecations` to `error` or `silence`."));
        }
        Ok(policy)
    }

    /// Says what becomes of a warning.
    pub fn fate(&self, warning: &Diagnostic) -> Fate {
        if !self.handles_all && warning.event_name().is_some_and(|name| HARMLESS.contains(&name)) {
            return Fate::Warning;
        }
        let by_name = |wanted: &str| {
            let lists = [
                (&self.silence, Fate::Silence),
                (&self.warn, Fate::Warning),
                (&self.error, Fate::Error),
            ];
            lists
                .into_iter()
                .find_map(|(list, fate)| list.iter().any(|name| name == wanted).then_some(fate))
        };
        let group = warning.is_deprecation().then_some(DEPRECATIONS);
        warning
            .event_name()
            .and_then(by_name)
            .or_else(|| group.and_then(by_name))
            .unwrap_or(if self.all { Fate::Error } else { Fate::Warning })
    }

    /// Returns the option as templates and artifacts see it.
    pub fn to_json(&self) -> Json {
        let error = if self.all {
            Json::from("all")
        } else {
            Json::from(self.error.clone())
        };
        serde_json::json!({ "error": error, "warn": self.warn, "silence": self.silence })
    }

    /// Says whether a test that warns fails.
    pub fn fails_tests(&self) -> bool {
        self.fate(&Diagnostic::warning(Code::TEST_FAILED, "").event("LogTestResult")) == Fate::Error
    }
}

fn name(value: &Json) -> Result<String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text == DEPRECATIONS || event_code(&text).is_some() {
        return Ok(text);
    }
    Err(fault(format!("no warning is called `{text}`")).did_you_mean(&text, event_names()))
}

fn fault(message: String) -> Diagnostic {
    Diagnostic::error(Code::USAGE, message)
}

/// How often each deprecation was met: by the name of its event, and by what it is of where each such thing is counted
/// alone. Guards the counts alone.
#[derive(Debug, Default)]
pub struct Met(Mutex<IndexMap<(&'static str, String), usize>>);

impl Met {
    /// Decides on a warning. Of a kind of deprecation the first alone is shown, and all are counted that are no errors.
    pub fn judge(&self, warning: &Diagnostic, fate: Fate, shows_all: bool) -> Fate {
        let counted = |name: &&str| warning.is_deprecation() && !UNCOUNTED.contains(name);
        let Some(name) = warning.event_name().filter(counted) else {
            return fate;
        };
        let Ok(mut counts) = self.0.lock() else {
            return fate;
        };
        let of = if name == EACH_ALONE { warning.message() } else { "" };
        let key = (name, of.to_owned());
        let is_shown = shows_all || !counts.contains_key(&key);
        if is_shown && fate == Fate::Error {
            return fate;
        }
        *counts.entry(key).or_default() += 1;
        if is_shown { fate } else { Fate::Silence }
    }
}

/// Shows warnings; returns those that are errors.
pub fn show(call: &Call, warnings: &[Diagnostic]) -> Vec<Diagnostic> {
    let told = warnings.iter().map(|w| events::warn(&*call.sink, w.clone()));
    told.filter_map(Result::err).collect()
}

/// Tells how often each deprecation was met, at the end of a call.
pub fn sum_up(call: &Call) {
    let counts: Vec<(&'static str, &'static str, usize)> = match call.met.0.lock() {
        Ok(counts) => counts
            .iter()
            .filter_map(|((name, _), count)| Some((*name, event_code(name)?, *count)))
            .collect(),
        Err(_) => return,
    };
    let summary = Diagnostic::warning(Code::DEPRECATED, "").event("DeprecationsSummary");
    if !counts.is_empty() && call.options.warn_policy.fate(&summary) != Fate::Silence {
        call.sink.send(Event::Deprecations {
            counts,
            more: !call.options.show_all_deprecations,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(options: &str, event: &'static str) -> Fate {
        let policy = Policy::of_text(options).unwrap();
        policy.fate(&Diagnostic::warning(Code::DEPRECATED, "").event(event))
    }

    #[test]
    fn a_name_beats_its_group_and_the_group_beats_all() {
        let options = "{error: all, warn: [Deprecations], silence: [DuplicateYAMLKeysDeprecation]}";
        assert_eq!(fate(options, "NothingToDo"), Fate::Error);
        assert_eq!(fate(options, "ExposureNameDeprecation"), Fate::Warning);
        assert_eq!(fate(options, "DuplicateYAMLKeysDeprecation"), Fate::Silence);
        assert_eq!(fate("{include: '*'}", "NothingToDo"), Fate::Error);
        assert_eq!(fate("{error: [NothingToDo]}", "NoNodesSelected"), Fate::Warning);
    }

    #[test]
    fn what_names_no_warning_is_refused_with_the_nearest_name() {
        let fault = Policy::of_text("{error: [NothingToDoo]}").unwrap_err();
        assert_eq!(fault.hints(), ["Did you mean `NothingToDo`?"]);
        for wrong in [
            "{error: some}",
            "{warn: [NothingToDo]}",
            "{errors: all}",
            "{error: all, include: all}",
        ] {
            assert!(Policy::of_text(wrong).is_err(), "{wrong}");
        }
    }
}
