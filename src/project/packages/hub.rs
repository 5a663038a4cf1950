//! The index of public packages: which versions there are, what they need, and where they are fetched from.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::download;
use super::version::{Range, Specifier, installable};
use crate::diagnostic::{Code, Diagnostic, closest};
use crate::invocation::Invocation;
use crate::project::DBT_VERSION;

const DEFAULT_URL: &str = "https://hub.getdbt.com/";
const DOCUMENT_BYTES_MAX: u64 = 64 << 20;

/// The hub, each document of it asked for once.
pub(super) struct Hub<'a> {
    invocation: &'a Invocation,
    index: Option<Vec<String>>,
    packages: BTreeMap<String, Rc<Json>>,
    /// Packages that have another name today.
    pub warnings: Vec<Diagnostic>,
    /// Versions that need another dbt are left out.
    checks_dbt_version: bool,
}

/// A version that was chosen.
pub(super) struct Chosen {
    pub version: String,
    pub latest: String,
}

impl<'a> Hub<'a> {
    pub fn new(invocation: &'a Invocation, checks_dbt_version: bool) -> Self {
        Self {
            invocation,
            index: None,
            packages: BTreeMap::new(),
            warnings: Vec::new(),
            checks_dbt_version,
        }
    }

    fn fetch(&self, name: &str) -> Result<Json, String> {
        let base = self
            .invocation
            .env_var("DBT_PACKAGE_HUB_URL")
            .filter(|url| !url.is_empty())
            .unwrap_or(DEFAULT_URL);
        let url = format!("{}/api/v1/{name}.json", base.trim_end_matches('/'));
        let bytes = download::get(&url, DOCUMENT_BYTES_MAX, self.invocation)
            .map_err(|e| format!("the hub did not give `{url}`: {e}"))?;
        serde_json::from_slice(&bytes).map_err(|e| format!("what the hub gave for `{url}` is not JSON: {e}"))
    }

    /// Makes sure that the index lists a package.
    fn check_listed(&mut self, package: &str) -> Result<(), String> {
        if self.index.is_none() {
            let index = self.fetch("index")?;
            let names = index.as_array().ok_or("the index of the hub is not a list")?;
            self.index = Some(
                names
                    .iter()
                    .filter_map(|n| n.as_str().map(str::to_owned))
                    .collect(),
            );
        }
        let index = self.index.as_deref().unwrap_or_default();
        if index.iter().any(|name| name == package) {
            return Ok(());
        }
        let near = closest(package, index.iter().map(String::as_str))
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default();
        Err(format!("the hub has no package `{package}`{near}"))
    }

    /// Returns what the hub says of each version of a package.
    fn versions(&mut self, package: &str) -> Result<Rc<Json>, String> {
        if let Some(known) = self.packages.get(package) {
            return Ok(known.clone());
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
        if !package.chars().all(fits) || package.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(format!("`{package}` is not a name of a package of the hub"));
        }
        let mut about = self.fetch(package)?;
        self.warnings.extend(redirect(package, &about));
        let versions = about.get_mut("versions").map(Json::take);
        let versions = Rc::new(
            versions
                .filter(Json::is_object)
                .ok_or_else(|| format!("what the hub gave for `{package}` lists no versions"))?,
        );
        self.packages.insert(package.to_owned(), versions.clone());
        Ok(versions)
    }

    /// Returns the names of the versions that run with this program.
    fn compatible(&mut self, package: &str) -> Result<Vec<String>, String> {
        let versions = self.versions(package)?;
        let all = versions.as_object().into_iter().flatten();
        Ok(all
            .filter(|(_, about)| !self.checks_dbt_version || runs_here(about))
            .map(|(version, _)| version.clone())
            .collect())
    }

    /// Chooses the greatest version that fulfils all conditions.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn choose(
        &mut self,
        package: &str,
        conditions: &[Specifier],
        with_prereleases: bool,
    ) -> Result<Chosen, String> {
        self.check_listed(package)?;
        let shown: Vec<String> = conditions.iter().map(|c| format!("`{c}`")).collect();
        let shown = shown.join(" and ");
        let all: Vec<&Specifier> = conditions.iter().collect();
        let range = Range::of(&all).map_err(|_| format!("no version of `{package}` can be {shown}"))?;
        let with_prereleases = with_prereleases || conditions.iter().any(Specifier::is_prerelease);
        let compatible = self.compatible(package)?;
        let versions = installable(&compatible, with_prereleases);
        let Some(version) = range.greatest(&versions) else {
            let there: Vec<&str> = versions.iter().rev().take(10).map(String::as_str).collect();
            return Err(if there.is_empty() {
                format!("no version of `{package}` runs with dbt {DBT_VERSION}")
            } else {
                format!(
                    "the hub has no version {shown} of `{package}`; the newest are {}",
                    there.join(", ")
                )
            });
        };
        Ok(Chosen {
            version: version.to_owned(),
            latest: versions.last().cloned().unwrap_or_default(),
        })
    }

    /// Returns what the hub says of one version.
    ///
    /// # Errors
    /// Where it has no such version.
    pub fn about(&mut self, package: &str, version: &str) -> Result<Json, String> {
        self.versions(package)?
            .get(version)
            .cloned()
            .ok_or_else(|| format!("the hub has no version `{version}` of `{package}`"))
    }
}

/// Warns of a package that the hub has under another name; what is fetched stays what was asked for.
fn redirect(package: &str, about: &Json) -> Option<Diagnostic> {
    let text = |key: &str| {
        about
            .get(key)
            .and_then(Json::as_str)
            .filter(|text| !text.is_empty())
    };
    if about.get("redirectnamespace").is_none() && about.get("redirectname").is_none() {
        return None;
    }
    let (namespace, name) = package.split_once('/').unwrap_or(("", package));
    let namespace = text("redirectnamespace")
        .or_else(|| text("namespace"))
        .unwrap_or(namespace);
    let name = text("redirectname").or_else(|| text("name")).unwrap_or(name);
    let message = format!("the package `{package}` is called `{namespace}/{name}` today");
    Some(
        Diagnostic::warning(Code::DEPRECATED, message)
            .event("PackageRedirectDeprecation")
            .hint(format!("Write `{namespace}/{name}` in packages.yml.")),
    )
}

/// Says whether a version's `require_dbt_version` lets this program in; what cannot be read does not keep it out.
fn runs_here(about: &Json) -> bool {
    let conditions: Vec<&str> = match about.get("require_dbt_version") {
        Some(Json::String(one)) if !one.is_empty() => vec![one],
        Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).collect(),
        _ => return true,
    };
    let mut all: Vec<Specifier> = conditions.iter().filter_map(|c| Specifier::parse(c)).collect();
    all.extend(Specifier::parse(DBT_VERSION));
    Range::of(&all.iter().collect::<Vec<_>>()).is_ok()
}
