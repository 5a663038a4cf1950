//! All macros of a project by package and name, and how a name finds its macro.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use super::blocks;
use super::engine::{BlockKind, MacroFile, MacroInfo, MacroKind, Resolution};
use super::errors;
use super::lower::{self, Fault, LoweredMacro};
use super::python::literal;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, SourceFile, Span};

/// A macro: what is known at once, and what is computed at its first use.
pub(crate) struct Entry {
    pub info: Arc<MacroInfo>,
    /// The name of its template.
    pub template: String,
    lowered: OnceLock<Result<LoweredMacro, Fault>>,
    /// Whether it can be left out of parsing; see `scan`.
    pub purity: OnceLock<bool>,
    /// Whether it, or what it calls, says something that counts while parsing; see `reach`.
    pub records: OnceLock<bool>,
}

impl Entry {
    pub fn source(&self) -> &str {
        let span = &self.info.span;
        &span.file.text()[span.start as usize..span.end as usize]
    }

    /// Returns the macro lowered, computed once.
    pub fn lowered(&self) -> Result<&LoweredMacro, Diagnostic> {
        let result = self.lowered.get_or_init(|| lower::lower_macro(self.source()));
        result
            .as_ref()
            .map_err(|fault| errors::of_fault(fault, &self.info.file, self.info.span.start))
    }
}

type ByName = HashMap<Arc<str>, usize>;

/// The macros of all packages.
pub(crate) struct Index {
    pub entries: Vec<Entry>,
    packages: BTreeMap<Arc<str>, ByName>,
    by_id: HashMap<Arc<str>, usize>,
    /// What `dbt.x` and unqualified names fall back to.
    internal: ByName,
    pub resolution: Resolution,
}

/// What an unqualified name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Macro(usize),
    /// A package, or `dbt` for all internal ones.
    Package(Arc<str>),
}

pub(crate) const INTERNAL: &str = "dbt";

impl Index {
    /// Returns an index without macros.
    pub fn empty(resolution: Resolution) -> Self {
        Self {
            entries: Vec::new(),
            packages: BTreeMap::new(),
            by_id: HashMap::new(),
            internal: ByName::new(),
            resolution,
        }
    }

    pub fn build(files: &[MacroFile], resolution: Resolution) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut index = Self::empty(resolution);
        for file in files {
            index.packages.entry(file.package.clone()).or_default();
            match macros_of(file) {
                Ok(found) => {
                    for info in found {
                        if let Err(error) = index.add(info) {
                            errors.push(error);
                        }
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        for package in index.resolution.internal.iter().rev() {
            if let Some(macros) = index.packages.get(package) {
                index.internal.extend(macros.iter().map(|(n, i)| (n.clone(), *i)));
            }
        }
        if errors.has_errors() {
            Err(errors)
        } else {
            Ok(index)
        }
    }

    fn add(&mut self, info: MacroInfo) -> Result<(), Diagnostic> {
        let at = self.entries.len();
        let names = self.packages.entry(info.package.clone()).or_default();
        if let Some(other) = names.get(&info.name) {
            let other = &self.entries[*other].info;
            return Err(Diagnostic::error(
                Code::DUPLICATE,
                format!(
                    "the macro `{}` is defined twice in package `{}`",
                    info.name, info.package
                ),
            )
            .at(info.span.clone())
            .note(format!("the first definition stands at {}", other.span))
            .hint("Rename one of the two macros."));
        }
        names.insert(info.name.clone(), at);
        self.by_id.insert(info.unique_id.clone(), at);
        self.entries.push(Entry {
            template: format!("m:{at}"),
            info: Arc::new(info),
            lowered: OnceLock::new(),
            purity: OnceLock::new(),
            records: OnceLock::new(),
        });
        Ok(())
    }

    pub(super) fn is_internal(&self, package: &str) -> bool {
        self.resolution.internal.iter().any(|p| &**p == package)
    }

    pub fn by_id(&self, unique_id: &str) -> Option<usize> {
        self.by_id.get(unique_id).copied()
    }

    /// Looks a macro up in a package alone.
    pub fn in_package(&self, package: &str, name: &str) -> Option<usize> {
        self.packages.get(package)?.get(name).copied()
    }

    /// Resolves a name as the context of a node of `package` has it: its own macros, the root's, packages by
    /// name, then internal macros.
    pub fn resolve(&self, package: &str, name: &str) -> Option<Found> {
        let own = (!self.is_internal(package))
            .then(|| self.in_package(package, name))
            .flatten();
        if let Some(at) = own.or_else(|| self.in_package(&self.resolution.root_package, name)) {
            return Some(Found::Macro(at));
        }
        if name == INTERNAL {
            return Some(Found::Package(Arc::from(INTERNAL)));
        }
        if !self.is_internal(name)
            && let Some((package, _)) = self.packages.get_key_value(name)
        {
            return Some(Found::Package(package.clone()));
        }
        self.internal.get(name).copied().map(Found::Macro)
    }

    /// Resolves a name as dbt's manifest does for a macro of `package`: that package itself, then the root, then
    /// other packages, then internal ones.
    pub fn local(&self, package: &str, name: &str) -> Option<usize> {
        self.in_package(package, name)
            .or_else(|| self.in_package(&self.resolution.root_package, name))
            .or_else(|| {
                let others = self.packages.iter().filter(|(p, _)| !self.is_internal(p));
                others.rev().find_map(|(_, names)| names.get(name).copied())
            })
            .or_else(|| self.internal.get(name).copied())
    }

    /// Looks a macro up in a package; `dbt` stands for all internal ones.
    pub fn qualified(&self, package: &str, name: &str) -> Option<usize> {
        if package == INTERNAL {
            return self.internal.get(name).copied();
        }
        self.in_package(package, name)
    }

    /// Finds the macro that `adapter.dispatch` means, or all names that were tried.
    pub fn dispatch(&self, from: &str, name: &str, namespace: Option<&str>) -> Result<usize, Vec<String>> {
        let mut tried = Vec::new();
        let packages: Vec<Option<&str>> = match namespace {
            None => vec![None],
            Some(namespace) => match self.resolution.dispatch.get(namespace) {
                Some(order) if !order.is_empty() => order.iter().map(|p| Some(p.as_str())).collect(),
                _ if self.packages.contains_key(namespace) && !self.is_internal(namespace) => {
                    vec![Some(&self.resolution.root_package), Some(namespace)]
                }
                _ => vec![None],
            },
        };
        for package in packages {
            for prefix in self.prefixes() {
                let candidate = format!("{prefix}__{name}");
                let found = match package {
                    None => match self.resolve(from, &candidate) {
                        Some(Found::Macro(at)) => Some(at),
                        _ => None,
                    },
                    Some(package) => self.qualified(package, &candidate),
                };
                tried.push(package.map_or_else(|| candidate.clone(), |p| format!("{p}.{candidate}")));
                if let Some(at) = found {
                    return Ok(at);
                }
            }
        }
        Err(tried)
    }

    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.resolution
            .adapter_types
            .iter()
            .map(String::as_str)
            .chain(["default"])
    }

    /// Finds a materialization: by adapter before the default, the root's before packages' before internal ones.
    pub fn materialization(&self, from: &str, name: &str) -> Option<usize> {
        let keeps_built_in =
            !self.resolution.packages_override_built_ins && self.has_built_in_materialization(name);
        for prefix in self.prefixes() {
            let wanted = format!("materialization_{name}_{prefix}");
            // A package may not take a built-in materialization's place unless it is let; the root may.
            if keeps_built_in {
                let found = self
                    .in_package(&self.resolution.root_package, &wanted)
                    .or_else(|| self.internal.get(&*wanted).copied());
                if found.is_some() {
                    return found;
                }
                continue;
            }
            let found = self
                .in_package(&self.resolution.root_package, &wanted)
                .or_else(|| self.in_package(from, &wanted).filter(|_| !self.is_internal(from)))
                .or_else(|| {
                    let others = self.packages.iter().filter(|(p, _)| !self.is_internal(p));
                    others
                        .filter_map(|(_, names)| names.get(&*wanted).copied())
                        .next()
                })
                .or_else(|| self.internal.get(&*wanted).copied());
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Says whether a materialization of this name is built in, for any of the adapter's types.
    pub fn has_built_in_materialization(&self, name: &str) -> bool {
        self.prefixes().any(|prefix| {
            self.internal
                .contains_key(&*format!("materialization_{name}_{prefix}"))
        })
    }

    /// Returns names close to an unknown one.
    pub fn names<'a>(&'a self, package: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.packages.get(package).into_iter();
        let root = self.packages.get(&self.resolution.root_package).into_iter();
        own.chain(root)
            .chain([&self.internal])
            .flat_map(|names| names.keys().map(|n| &**n))
    }

    /// Names under which packages are found.
    pub fn package_names(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(|p| &**p)
    }

    pub fn names_in<'a>(&'a self, package: &str) -> Vec<&'a str> {
        let names = if package == INTERNAL {
            Some(&self.internal)
        } else {
            self.packages.get(package)
        };
        names
            .into_iter()
            .flat_map(|names| names.keys().map(|n| &**n))
            .collect()
    }
}

/// Reads the macros of a file.
fn macros_of(file: &MacroFile) -> Result<Vec<MacroInfo>, Diagnostic> {
    let text = file.file.text();
    let found = blocks::find(text).map_err(|fault| errors::of_fault(&fault, &file.file, 0))?;
    let mut macros = Vec::new();
    for block in found {
        let name = &block.source.name;
        let rest = &text[block.rest.0 as usize..block.rest.1 as usize];
        let (kind, name) = match block.source.kind {
            BlockKind::Macro => (MacroKind::Macro, name.to_string()),
            BlockKind::Test => (MacroKind::GenericTest, format!("test_{name}")),
            BlockKind::Materialization => {
                let adapter = argument(rest, "adapter").and_then(literal::text_of);
                let adapter = adapter.unwrap_or_else(|| "default".to_owned());
                (
                    MacroKind::Materialization,
                    format!("materialization_{name}_{adapter}"),
                )
            }
            BlockKind::Snapshot | BlockKind::Docs => continue,
        };
        let supported_languages = (kind == MacroKind::Materialization).then(|| {
            argument(rest, "supported_languages")
                .and_then(literal::texts_of)
                .unwrap_or_else(|| vec!["sql".to_owned()])
        });
        macros.push(MacroInfo {
            unique_id: Arc::from(format!("macro.{}.{name}", file.package)),
            package: file.package.clone(),
            name: Arc::from(name),
            kind,
            original_path: file.original_path.clone(),
            file: file.file.clone(),
            span: span(&file.file, block.source.outer),
            supported_languages,
        });
    }
    Ok(macros)
}

/// Returns the text of `name=…` in a materialization's opening tag.
fn argument<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let at = head.find(name)?;
    let value = head[at + name.len()..].trim_start().strip_prefix('=')?.trim();
    let end = match value.chars().next()? {
        '[' => value.find(']')? + 1,
        quote => value[1..].find(quote)? + 2,
    };
    Some(&value[..end])
}

fn span(file: &Arc<SourceFile>, (start, end): (u32, u32)) -> Span {
    Span::new(file, start, end)
}
