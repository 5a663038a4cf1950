//! Keys of project and properties files that are none of those that dbt publishes for its warehouses: taken, but
//! deprecated. Where dbt looks for them, which is so for few databases, is for the caller to know.

mod table;

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use self::table::{Fault, Misfit, Path, Step, config_of, misfits, no_folders, object};
use crate::diagnostic::{Code, Diagnostic, SourceFile, Span};
use crate::yaml::{Document, Node as Yaml, Value};

/// The sections of `dbt_project.yml` in which folders have configuration with a `+`.
const SECTIONS: &[&str] = &[
    "seeds",
    "sources",
    "models",
    "snapshots",
    "tests",
    "exposures",
    "data_tests",
    "metrics",
    "saved_queries",
    "semantic_models",
    "unit_tests",
];
const UNKNOWN_IN_CONFIG: &str = "CustomKeyInConfigDeprecation";
const UNKNOWN_IN_OBJECT: &str = "CustomKeyInObjectDeprecation";

/// What was found: warnings, and notes on what may become one.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub warnings: Vec<Diagnostic>,
    pub notes: Vec<String>,
    pub file: Arc<str>,
}

impl Found {
    fn of(file: &SourceFile) -> Self {
        Self {
            file: file.path().clone(),
            ..Self::default()
        }
    }

    fn warn(&mut self, event: &'static str, message: String, place: Option<Span>, hint: &str) {
        self.warnings.push(
            Diagnostic::warning(Code::DEPRECATED, message)
                .event(event)
                .at(place)
                .hint(hint),
        );
    }

    /// Takes note of a value that no more particular deprecation is about; dbt does not count these.
    fn note(&mut self, fault: &Fault, path: &[Step]) {
        let what = match fault {
            Fault::Missing(key) => format!("`{key}` is missing"),
            Fault::Negative(number) => format!("`{number}` is below 0"),
            Fault::Unknown(_) | Fault::Optional(_) => return,
        };
        let at = Path(path);
        self.notes.push(format!(
            "[GenericJSONSchemaValidationDeprecation]: {what} at `{at}` in {}, which may be refused one day",
            self.file
        ));
    }

    fn unknown_in_config(&mut self, key: &str, at: &str, place: Option<Span>) {
        let at = if at.is_empty() {
            String::new()
        } else {
            format!(" at `{at}`")
        };
        self.warn(
            UNKNOWN_IN_CONFIG,
            format!("the key `{key}` is none that a `config`{at} has"),
            place,
            &format!("Put it under `meta`: `meta: {{{key}: …}}`."),
        );
    }

    fn unknown_in_object(&mut self, key: &str, at: &str, place: Option<Span>) {
        self.warn(
            UNKNOWN_IN_OBJECT,
            format!("the key `{key}` is none that `{at}` has"),
            place,
            "Look whether it is spelled as it should be, or put it under `meta` of its `config`.",
        );
    }
}

/// Looks at `dbt_project.yml`; `aliases` are names of its own that the database has for some keys.
pub(crate) fn of_project(document: &Document, aliases: &[&str]) -> Found {
    let mut found = Found::of(&document.file);
    let value = document.root.to_json();
    for misfit in misfits(object("Project"), &value) {
        let keys = match &misfit.fault {
            Fault::Unknown(keys) => keys,
            fault => {
                found.note(fault, &misfit.path);
                continue;
            }
        };
        for key in keys {
            let place = key_place(document, &misfit.path, key);
            if misfit.path.is_empty() {
                top_level(&mut found, key, place);
            } else {
                found.unknown_in_object(key, &Path(&misfit.path).to_string(), place);
            }
        }
    }
    for section in SECTIONS {
        let Some(of_section) = value.get(section) else {
            continue;
        };
        let object = object(&format!("+{section}"));
        let is_known = |key: &str| {
            let bare = key.strip_prefix('+');
            bare.is_some_and(|key| object.contains_key(key) || aliases.contains(&key))
        };
        for path in no_folders(object, of_section) {
            let Some(Step::Key(key)) = path.last() else {
                continue;
            };
            let below_known = path
                .iter()
                .any(|step| matches!(step, Step::Key(key) if is_known(key)));
            let at = Path(&path).to_string();
            let mut whole = vec![Step::Key((*section).to_owned())];
            whole.extend(path[..path.len() - 1].iter().cloned());
            let place = key_place(document, &whole, key);
            if is_known(&format!("+{key}")) && !below_known {
                found.warn(
                    "MissingPlusPrefixDeprecation",
                    format!("`{key}` at `{at}` has no `+` before it"),
                    place,
                    &format!("Write `+{key}`, so that it cannot be taken for a folder."),
                );
            } else if !is_known(key) {
                found.unknown_in_config(key, &at, place);
            }
        }
    }
    found
}

/// Looks at a properties file.
pub(crate) fn of_properties(document: &Document, aliases: &[&str]) -> Found {
    let mut found = Found::of(&document.file);
    for misfit in misfits(object("Properties"), &document.root.to_json()) {
        match &misfit.fault {
            Fault::Unknown(keys) => {
                for key in keys {
                    unknown_property(&mut found, document, &misfit.path, key, aliases);
                }
            }
            Fault::Optional(inner) => {
                let at = Path(&misfit.path).to_string();
                for (place, key) in unknown_within(document, &misfit, inner) {
                    if !aliases.contains(&key) {
                        found.unknown_in_config(key, &at, place);
                    }
                }
            }
            fault => found.note(fault, &misfit.path),
        }
    }
    found
}

/// Looks at what a model says by `config()`.
pub(crate) fn of_call(
    call: &Map<String, Json>,
    file: &Arc<SourceFile>,
    is_python: bool,
    aliases: &[&str],
) -> Found {
    const OF_PYTHON: &[&str] = &[
        "config_keys_used",
        "config_keys_defaults",
        "meta_keys_used",
        "meta_keys_defaults",
    ];
    let mut found = Found::of(file);
    // Where the key is first written is where the call most likely stands.
    let place = |key: &str| {
        let start = u32::try_from(file.text().find(key)?).ok()?;
        Some(Span::new(file, start, start + u32::try_from(key.len()).ok()?))
    };
    for misfit in misfits(object("ModelConfig"), &Json::Object(call.clone())) {
        let below = |path: &[Step]| {
            let mut whole = vec![Step::Key("config".to_owned())];
            whole.extend(path.iter().cloned());
            Path(&whole).to_string()
        };
        match &misfit.fault {
            Fault::Unknown(keys) if misfit.path.is_empty() => {
                for key in keys.iter().map(String::as_str) {
                    let is_hook = matches!(key, "pre-hook" | "post-hook");
                    let is_internal = is_python && OF_PYTHON.contains(&key);
                    if !(is_hook || is_internal || aliases.contains(&key)) {
                        found.unknown_in_config(key, "", place(key));
                    }
                }
            }
            Fault::Unknown(keys) => {
                for key in keys {
                    found.unknown_in_object(key, &below(&misfit.path), place(key));
                }
            }
            Fault::Optional(inner) => {
                let unknown = inner.iter().filter_map(|misfit| match &misfit.fault {
                    Fault::Unknown(keys) => Some(keys),
                    _ => None,
                });
                for key in unknown.flatten() {
                    found.unknown_in_object(key, &below(&misfit.path), place(key));
                }
            }
            fault => found.note(fault, &misfit.path),
        }
    }
    found
}

fn top_level(found: &mut Found, key: &str, place: Option<Span>) {
    found.warn(
        "CustomTopLevelKeyDeprecation",
        format!("the key `{key}` is none that a file has at its top level"),
        place,
        "Look whether it is spelled as it should be, or take it out.",
    );
}

fn unknown_property(found: &mut Found, document: &Document, path: &[Step], key: &str, aliases: &[&str]) {
    let place = key_place(document, path, key);
    let is_source = matches!(path, [Step::Key(section), Step::Index(_)] if section == "sources");
    if path.is_empty() {
        return top_level(found, key, place);
    }
    // Parameters of older metrics are no fault, and neither are names that the database has for a source's.
    if key == "type_params" || (is_source && aliases.contains(&key)) {
        return;
    }
    let at = Path(path).to_string();
    let in_config = config_of(path).is_some_and(|config| config.contains_key(key) || aliases.contains(&key));
    if key == "overrides" && at.starts_with("sources") {
        found.warn(
            "SourceOverrideDeprecation",
            format!("`overrides` of the source at `{at}` is on its way out"),
            place,
            "Switch the package's source off by `enabled: false`, and declare one of your own.",
        );
    } else if in_config {
        found.warn(
            "PropertyMovedToConfigDeprecation",
            format!("`{key}` of `{at}` stands outside of its `config:`"),
            place,
            &format!("Write `config: {{{key}: …}}`."),
        );
    } else {
        found.unknown_in_object(key, &at, place);
    }
}

/// Returns the unknown keys of an object that may be null, with their places.
fn unknown_within<'a>(
    document: &Document,
    outer: &Misfit,
    inner: &'a [Misfit],
) -> Vec<(Option<Span>, &'a str)> {
    let mut all = Vec::new();
    for misfit in inner {
        let Fault::Unknown(keys) = &misfit.fault else {
            continue;
        };
        let whole = [outer.path.as_slice(), misfit.path.as_slice()].concat();
        all.extend(
            keys.iter()
                .map(|key| (key_place(document, &whole, key), key.as_str())),
        );
    }
    all
}

/// Returns where a key stands in the mapping that a path leads to.
fn key_place(document: &Document, path: &[Step], key: &str) -> Option<Span> {
    let mut at: &Yaml = &document.root;
    for step in path {
        at = match step {
            Step::Key(key) => at.get(key)?,
            Step::Index(index) => at.as_seq()?.get(*index)?,
        };
    }
    let Value::Map(map) = &at.value else {
        return None;
    };
    let (key, _) = map.entries.iter().find(|(known, _)| known.key_text() == key)?;
    Some(key.span(&document.file))
}
