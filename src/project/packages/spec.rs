//! One entry of `packages`: which kind of package it names, checked.

use serde_json::{Map, Value as Json, json};

use super::version::Specifier;
use crate::diagnostic::{Code, Diagnostic, Result, Span};

/// Where a package comes from, as asked for. What several packages ask of one is joined.
#[derive(Debug, Clone)]
pub(in crate::project) enum Source {
    Local {
        path: String,
    },
    Git {
        url: String,
        /// As written, with Jinja in it: what goes to the lock file.
        unrendered: String,
        revisions: Vec<String>,
        warns_unpinned: bool,
        subdirectory: Option<String>,
    },
    Tarball {
        url: String,
        unrendered: String,
        name: String,
        sha256: Option<String>,
    },
    Hub {
        package: String,
        versions: Vec<Specifier>,
        with_prereleases: bool,
    },
}

/// A package that a project asks for.
#[derive(Debug, Clone)]
pub(in crate::project) struct Wanted {
    pub source: Source,
    /// What the hash of the lock file is made of: dbt's form of the entry.
    pub contract: Json,
    pub span: Option<Span>,
}

impl Wanted {
    pub fn fail(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(Code::PACKAGE, message).at(self.span.clone())
    }
}

impl Source {
    /// Returns the names under which the same package may be asked for, the usual one first.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Local { path } => vec![path.clone()],
            Self::Git {
                url, subdirectory, ..
            } => {
                let other = match url.strip_suffix(".git") {
                    Some(short) => short.to_owned(),
                    None => format!("{url}.git"),
                };
                let below = |url: &str| match subdirectory {
                    Some(subdirectory) => format!("{url}/{subdirectory}"),
                    None => url.to_owned(),
                };
                vec![below(url), below(&other)]
            }
            Self::Tarball { url, .. } => vec![url.clone()],
            Self::Hub { package, .. } => vec![package.clone()],
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Local { .. } => "local",
            Self::Git { .. } => "git",
            Self::Tarball { .. } => "tarball",
            Self::Hub { .. } => "package",
        }
    }
}

/// Reads an entry. `unrendered` is the same before its Jinja was rendered.
///
/// # Errors
/// `N0108` for an entry of no known kind or with a value that does not fit.
pub(super) fn parse(entry: &Json, unrendered: &Json, span: Option<Span>) -> Result<Wanted> {
    let fail = |message: String| Diagnostic::error(Code::PACKAGE, message).at(span.clone());
    let Some(map) = entry.as_object() else {
        return Err(fail("an entry of `packages` must be a mapping".to_owned()).hint(
            "Write `- package: owner/name` and `version:` below it, or `- local: ../path/of/package`.",
        ));
    };
    let text = |key: &str| -> Result<Option<String>> {
        match map.get(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) if text.is_empty() => {
                Err(fail(format!("`{key}` is empty")).hint(format!("Give `{key}` a value.")))
            }
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(fail(format!("`{key}` must be a string, but is `{other}`"))),
        }
    };
    let raw = |key: &str, value: &str| {
        unrendered
            .get(key)
            .and_then(Json::as_str)
            .filter(|raw| !raw.is_empty())
            .unwrap_or(value)
            .to_owned()
    };
    let (source, mut contract) = if let Some(path) = text("local")? {
        (Source::Local { path: path.clone() }, json!({ "local": path }))
    } else if let Some(url) = text("git")? {
        git(map, url, &raw, &text, &fail)?
    } else if let Some(url) = text("tarball")? {
        let Some(name) = text("name")? else {
            return Err(fail("a `tarball` needs a `name`".to_owned())
                .hint("Write `name:` below it, with the name of the package's project."));
        };
        let source = Source::Tarball {
            unrendered: raw("tarball", &url),
            url: url.clone(),
            name,
            sha256: text("sha256")?,
        };
        (source, json!({ "tarball": url }))
    } else if let Some(package) = text("package")? {
        hub(map, package, &fail)?
    } else if let Some(private) = text("private")? {
        return Err(fail(format!(
            "`private: {private}` names a package that only dbt's cloud service can fetch"
        ))
        .hint("Name its repository with `git:` and a `revision:`."));
    } else {
        let keys: Vec<String> = map.keys().map(|k| format!("`{k}`")).collect();
        return Err(fail(format!(
            "an entry of `packages` has none of `package`, `git`, `local` and `tarball`, only {}",
            keys.join(", ")
        ))
        .hint("Write `- package: owner/name` and `version:` below it, or `- local: ../path/of/package`."));
    };
    if let Some(fields) = contract.as_object_mut() {
        fields.insert("unrendered".to_owned(), unrendered.clone());
        if let Some(name) = text("name")? {
            fields.insert("name".to_owned(), Json::String(name));
        }
    }
    Ok(Wanted {
        source,
        contract,
        span,
    })
}

type Entry = (Source, Json);

fn git(
    map: &Map<String, Json>,
    url: String,
    raw: &dyn Fn(&str, &str) -> String,
    text: &dyn Fn(&str) -> Result<Option<String>>,
    fail: &dyn Fn(String) -> Diagnostic,
) -> Result<Entry> {
    let get = |key: &str| map.get(key).cloned().unwrap_or(Json::Null);
    let subdirectory = text("subdirectory")?;
    let revision = get("revision");
    let revisions = match &revision {
        Json::Null => Vec::new(),
        value => {
            vec![plain(value).ok_or_else(|| fail("`revision` must be a string or a number".to_owned()))?]
        }
    };
    let warns = get("warn-unpinned");
    if !matches!(warns, Json::Null | Json::Bool(_)) {
        return Err(fail("`warn-unpinned` must be `true` or `false`".to_owned()));
    }
    let contract = json!({
        "git": url,
        "revision": revision,
        "subdirectory": subdirectory,
        "warn-unpinned": warns,
    });
    let source = Source::Git {
        unrendered: raw("git", &url),
        url,
        revisions,
        warns_unpinned: warns != Json::Bool(false),
        subdirectory,
    };
    Ok((source, contract))
}

fn hub(map: &Map<String, Json>, package: String, fail: &dyn Fn(String) -> Diagnostic) -> Result<Entry> {
    if !package.contains('/') {
        return Err(fail(format!("the package `{package}` has no owner in its name"))
            .hint("Packages of the hub are named `owner/name`, such as `dbt-labs/dbt_utils`."));
    }
    let version = map.get("version").cloned().unwrap_or(Json::Null);
    let conditions: Vec<&Json> = match &version {
        Json::Null => Vec::new(),
        Json::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    if conditions.is_empty() {
        return Err(fail(format!("the package `{package}` has no `version`")).hint(
            "Write `version:` below it: one such as `1.3.0`, or a range such as `[\">=1.0.0\", \"<2.0.0\"]`.",
        ));
    }
    let mut versions = Vec::new();
    for condition in conditions {
        let text = plain(condition).unwrap_or_else(|| condition.to_string());
        versions.push(Specifier::parse(&text).ok_or_else(|| {
            fail(format!("`{text}` is not a version"))
                .hint("A version has three numbers, such as `1.3.0`; a range is a list: `[\">=1.0.0\", \"<2.0.0\"]`.")
        })?);
    }
    let with_prereleases = map.get("install_prerelease") == Some(&Json::Bool(true));
    let contract = json!({
        "package": package,
        "version": version,
        "install_prerelease": map.get("install_prerelease").cloned().unwrap_or(Json::Bool(false)),
    });
    Ok((
        Source::Hub {
            package,
            versions,
            with_prereleases,
        },
        contract,
    ))
}

/// Returns a string or number as text.
fn plain(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
