//! Static extraction: refs, sources, configs and macro calls of a template, without rendering it.
//!
//! The lists are given only where rendering would give the same: everything that counts must be executed whatever
//! the values are, with literal arguments, and every macro called on the way must be one that cannot ref, configure
//! or raise. Otherwise `must_render` is set and the lists mean nothing.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::engine::{RefCall, Scan, ScannedConfig};
use super::errors;
use super::index::{Found, Index};
use super::lower::{self, Arg, Call, Facts, Kind, Token};
use super::misfit;
use super::python::literal;
use crate::diagnostic::{Diagnostic, Result, SourceFile, Span};

/// Functions of the context that neither record nor raise nor print.
const PURE: &[&str] = &[
    "var",
    "range",
    "dict",
    "namespace",
    "zip",
    "set",
    "set_strict",
    "zip_strict",
    "fromjson",
    "tojson",
    "fromyaml",
    "toyaml",
    "local_md5",
    "cycler",
    "joiner",
    "diff_of_two_dicts",
    "loop",
];

/// Names that may be read but through which calls can do what is not seen here.
const OPAQUE: &[&str] = &[
    "builtins",
    "context",
    "exceptions",
    "adapter",
    "self",
    "caller",
    "render",
    "metric",
];

/// Functions that count, or that do something outside of the template.
const IMPURE: &[&str] = &[
    "ref",
    "source",
    "config",
    "metric",
    "function",
    "doc",
    "env_var",
    "log",
    "print",
    "write",
    "return",
    "run_query",
    "statement",
    "load_result",
    "store_result",
    "store_raw_result",
    "render",
    "try_or_compiler_error",
    "submit_python_job",
    "load_agate_table",
    "undefined_error",
];

/// One template with its tokens and what a walk found.
struct Reader<'a> {
    source: &'a str,
    tokens: &'a [Token],
    facts: &'a Facts,
    index: &'a Index,
    package: &'a str,
    assigned: HashSet<&'a str>,
    /// A call that is made for sure with arguments that do not fit, and its tokens.
    misfit: Cell<Option<(Diagnostic, (usize, usize))>>,
}

/// Scans a stretch of a file.
pub(crate) fn scan(index: &Index, file: &Arc<SourceFile>, range: (u32, u32), package: &str) -> Result<Scan> {
    let source = &file.text()[range.0 as usize..range.1 as usize];
    let mut scan = Scan::default();
    if memchr::memchr(b'{', source.as_bytes()).is_none() {
        return Ok(scan);
    }
    let fault = |fault: lower::Fault| errors::of_fault(&fault, file, range.0);
    let tokens = lower::tokenize(source).map_err(fault)?;
    if tokens.is_empty() {
        return Ok(scan);
    }
    let (facts, _) = lower::walk(source, &tokens).map_err(fault)?;
    let reader = Reader::new(source, &tokens, &facts, index, package);
    let found = reader.template(file, range.0, &mut scan);
    match reader.misfit.take() {
        Some((diagnostic, (first, last))) => Err(diagnostic.at(reader.span(file, range.0, first, last))),
        None if found.is_some() => Ok(scan),
        None => Ok(Scan {
            must_render: true,
            ..Scan::default()
        }),
    }
}

/// Says whether calls may be met that are deprecated, each of which is counted while parsing.
pub(super) fn warns(source: &str) -> bool {
    source.contains("itertools")
}

/// Says whether a macro can be called while parsing without leaving a trace.
fn pure(index: &Index, entry: usize, package: &str, stack: &mut Vec<usize>) -> bool {
    // Names in a macro mean what the node's package makes of them: only the root's view is remembered.
    let remembered = package == &*index.resolution.root_package;
    if remembered && let Some(known) = index.entries[entry].purity.get() {
        return *known;
    }
    // A circle may have no end: rendering tells.
    if stack.contains(&entry) {
        return false;
    }
    stack.push(entry);
    let source = index.entries[entry].source();
    let result = lower::tokenize(source).ok().is_some_and(|tokens| {
        lower::walk(source, &tokens)
            .is_ok_and(|(facts, _)| Reader::new(source, &tokens, &facts, index, package).pure_body(stack))
    });
    stack.pop();
    // Below another macro the result may rest on where the circle was entered.
    if stack.is_empty() && remembered {
        let _ = index.entries[entry].purity.set(result);
    }
    result
}

impl<'a> Reader<'a> {
    fn new(
        source: &'a str,
        tokens: &'a [Token],
        facts: &'a Facts,
        index: &'a Index,
        package: &'a str,
    ) -> Self {
        let assigned = facts.assigned.iter().map(|i| tokens[*i].text(source)).collect();
        Self {
            source,
            tokens,
            facts,
            index,
            package,
            assigned,
            misfit: Cell::new(None),
        }
    }

    fn name(&self, token: usize) -> &'a str {
        self.tokens[token].text(self.source)
    }

    fn span(&self, file: &Arc<SourceFile>, base: u32, first: usize, last: usize) -> Span {
        Span::new(
            file,
            base + self.tokens[first].start,
            base + self.tokens[last].end,
        )
    }

    /// Fills a scan; none where the template must be rendered.
    fn template(&self, file: &Arc<SourceFile>, base: u32, scan: &mut Scan) -> Option<()> {
        let facts = self.facts;
        if facts.has_call_block
            || facts.has_custom_block
            || warns(self.source)
            || facts.has_inner_macro
            || facts.signature.is_some()
        {
            return None;
        }
        self.names()?;
        // Arguments are evaluated before the call that takes them: the order is that of the calls' ends.
        let mut calls: Vec<&Call> = facts.calls.iter().collect();
        calls.sort_by_key(|c| c.last);
        for call in calls {
            let path: Vec<&str> = call.path.iter().map(|i| self.name(*i)).collect();
            let span = || self.span(file, base, call.first, call.last);
            match path.as_slice() {
                [] => {}
                [head, ..] if self.assigned.contains(head) => {}
                ["ref"] if self.is_own("ref") => {
                    self.certain(call)?;
                    scan.refs.push((self.reference(call)?, Some(span())));
                }
                ["source"] if self.is_own("source") => {
                    self.certain(call)?;
                    let [source, table] = self.texts(call)?.try_into().ok()?;
                    scan.sources.push(((source, table), Some(span())));
                }
                ["config"] if self.is_own("config") => {
                    self.certain(call)?;
                    self.config(call, file, base, scan)?;
                }
                [
                    "config",
                    "get"
                    | "require"
                    | "meta_get"
                    | "meta_require"
                    | "persist_relation_docs"
                    | "persist_column_docs",
                ] => {}
                ["modules", ..] => {}
                [name] => {
                    if let Some(Found::Macro(entry)) = self.index.resolve(self.package, name) {
                        self.called(call, entry, scan)?;
                    } else if !PURE.contains(name) {
                        return None;
                    }
                }
                [package, name] => match self.index.resolve(self.package, package) {
                    Some(Found::Package(package)) => {
                        let entry = self.index.qualified(&package, name)?;
                        self.called(call, entry, scan)?;
                    }
                    _ if OPAQUE.contains(package) => return None,
                    _ => self.known(package)?,
                },
                [head, ..] => self.known(head)?,
            }
        }
        Some(())
    }

    /// Checks that the names that are read without a call are harmless.
    fn names(&self) -> Option<()> {
        for path in &self.facts.names {
            let name = self.name(path[0]);
            if self.assigned.contains(name) {
                continue;
            }
            let opaque = OPAQUE.contains(&name) || IMPURE.contains(&name) || name == "config";
            if opaque || self.index.resolve(self.package, name).is_some() {
                return None;
            }
        }
        let shadows = |name: &&&str| IMPURE.contains(*name) || OPAQUE.contains(*name) || **name == "config";
        self.assigned.iter().find(shadows).map_or(Some(()), |_| None)
    }

    /// Says whether a name has dbt's meaning rather than a macro's.
    fn is_own(&self, name: &str) -> bool {
        self.index.resolve(self.package, name).is_none()
    }

    /// Checks that methods of this name's value are plain: of a variable or of a value of the context.
    fn known(&self, name: &str) -> Option<()> {
        let fine = matches!(
            name,
            "this" | "target" | "model" | "flags" | "run_started_at" | "api" | "graph" | "loop"
        );
        fine.then_some(())
    }

    fn certain(&self, call: &Call) -> Option<()> {
        (!call.conditional && !call.looped && !call.defining).then_some(())
    }

    /// Takes a macro call: it must be executed for sure, and the macro must leave no trace.
    fn called(&self, call: &Call, entry: usize, scan: &mut Scan) -> Option<()> {
        if call.conditional || call.defining {
            return None;
        }
        if let Some(misfit) = self.misfit(call, entry)? {
            self.misfit.set(Some(misfit));
            return None;
        }
        if !pure(self.index, entry, self.package, &mut Vec::new()) {
            return None;
        }
        let id = &self.index.entries[entry].info.unique_id;
        if !scan.macros.contains(id) {
            scan.macros.push(id.clone());
        }
        Some(())
    }

    /// Says which of a call's arguments a macro does not take, and the tokens that show it; none where that is not
    /// to be seen from the call.
    fn misfit(&self, call: &Call, entry: usize) -> Option<Option<(Diagnostic, (usize, usize))>> {
        let at = &self.index.entries[entry];
        let lowered = at.lowered().ok()?;
        if call.args.iter().any(|arg| arg.splat) {
            return None;
        }
        let params = &lowered.params;
        let positional = call.args.iter().filter(|arg| arg.name.is_none()).count();
        if positional > params.len() && !lowered.varargs {
            let fault = misfit::too_many(at, params, positional);
            return Some(Some((fault, (call.first, call.last))));
        }
        for arg in &call.args {
            let Some(token) = arg.name else { continue };
            let name = self.name(token);
            let place = (token, arg.end - 1);
            match params.iter().position(|p| **p == *name) {
                Some(i) if i < positional => {
                    return Some(Some((misfit::given_twice(at, params, name), place)));
                }
                Some(_) => {}
                None if lowered.kwargs || name == "caller" => {}
                None => return Some(Some((misfit::unknown_keyword(at, params, name), place))),
            }
        }
        Some(None)
    }

    /// Says whether a macro takes a call's arguments, as far as is to be seen.
    fn fits(&self, call: &Call, entry: usize) -> bool {
        self.misfit(call, entry).is_some_and(|misfit| misfit.is_none())
    }

    fn arg_text(&self, arg: &Arg) -> &'a str {
        let start = self.tokens[arg.first].start as usize;
        let end = self.tokens[arg.end - 1].end as usize;
        &self.source[start..end]
    }

    fn literal(&self, arg: &Arg) -> Option<Json> {
        (!arg.splat)
            .then(|| literal::read(self.arg_text(arg), true))
            .flatten()
    }

    /// Returns the arguments of a call where all are string literals.
    fn texts(&self, call: &Call) -> Option<Vec<Arc<str>>> {
        call.args.iter().map(|arg| self.text(arg)).collect()
    }

    fn text(&self, arg: &Arg) -> Option<Arc<str>> {
        if arg.name.is_some() || arg.splat {
            return None;
        }
        if arg.end == arg.first + 1 && self.tokens[arg.first].kind == Kind::Text {
            let text = self.arg_text(arg);
            if !text.contains('\\') {
                return Some(Arc::from(&text[1..text.len() - 1]));
            }
        }
        match self.literal(arg)? {
            Json::String(text) => Some(Arc::from(text)),
            _ => None,
        }
    }

    fn reference(&self, call: &Call) -> Option<RefCall> {
        let mut version = None;
        let mut numeric = false;
        let mut names = Vec::new();
        for arg in &call.args {
            match arg.name.map(|n| self.name(n)) {
                None => names.push(self.text(arg)?),
                Some("v" | "version") => {
                    version = match self.literal(arg)? {
                        Json::Null => None,
                        Json::String(text) => Some(Arc::from(text)),
                        Json::Number(n) if n.is_i64() => {
                            numeric = true;
                            Some(Arc::from(n.to_string()))
                        }
                        _ => return None,
                    };
                }
                Some(_) => return None,
            }
        }
        let mut names = names.into_iter();
        match (names.next(), names.next(), names.next()) {
            (Some(name), None, None) => Some(RefCall {
                package: None,
                name,
                version,
                numeric,
            }),
            (Some(package), Some(name), None) => Some(RefCall {
                package: Some(package),
                name,
                version,
                numeric,
            }),
            _ => None,
        }
    }

    fn config(&self, call: &Call, file: &Arc<SourceFile>, base: u32, scan: &mut Scan) -> Option<()> {
        for arg in &call.args {
            let name = arg.name?;
            let value = self.literal(arg)?;
            scan.config.push(ScannedConfig {
                key: Arc::from(self.name(name)),
                value,
                span: self.span(file, base, name, arg.end - 1),
            });
        }
        (!call.args.is_empty()).then_some(())
    }

    /// Says whether a macro's body can neither ref, configure, print nor raise.
    fn pure_body(&self, stack: &mut Vec<usize>) -> bool {
        for path in &self.facts.names {
            let name = self.name(path[0]);
            if self.assigned.contains(name) {
                continue;
            }
            if OPAQUE.contains(&name) && name != "adapter" || matches!(name, "ref" | "source" | "config") {
                return false;
            }
        }
        !warns(self.source) && self.facts.calls.iter().all(|call| self.pure_call(call, stack))
    }

    fn pure_call(&self, call: &Call, stack: &mut Vec<usize>) -> bool {
        let path: Vec<&str> = call.path.iter().map(|i| self.name(*i)).collect();
        match path.as_slice() {
            [] => true,
            // A parameter that is called may be anything.
            [head] if self.assigned.contains(head) => false,
            [head, ..] if self.assigned.contains(head) => true,
            ["return" | "varargs" | "kwargs"] => true,
            ["varargs" | "kwargs" | "modules" | "config", ..] if path.len() > 1 => {
                path[..] != ["config", "set"]
            }
            ["adapter", "dispatch"] => match self.dispatched(call) {
                Some(Ok(entry)) => pure(self.index, entry, self.package, stack),
                _ => false,
            },
            ["adapter", _] => true,
            [name] => match self.index.resolve(self.package, name) {
                Some(Found::Macro(entry)) => {
                    self.fits(call, entry) && pure(self.index, entry, self.package, stack)
                }
                _ => PURE.contains(name),
            },
            [package, name] => match self.index.resolve(self.package, package) {
                Some(Found::Package(package)) => match self.index.qualified(&package, name) {
                    Some(entry) => self.fits(call, entry) && pure(self.index, entry, self.package, stack),
                    None => false,
                },
                _ => !OPAQUE.contains(package),
            },
            [head, ..] => !OPAQUE.contains(head) || *head == "adapter",
        }
    }

    /// Returns what a literal `adapter.dispatch` leads to; none where its arguments are not literal.
    fn dispatched(&self, call: &Call) -> Option<Result<usize, Vec<String>>> {
        let mut name = None;
        let mut namespace = None;
        for (i, arg) in call.args.iter().enumerate() {
            let value = match self.literal(arg)? {
                Json::String(text) => Some(text),
                Json::Null => None,
                _ => return None,
            };
            match (arg.name.map(|n| self.name(n)), i) {
                (Some("macro_name"), _) | (None, 0) => name = value,
                (Some("macro_namespace"), _) | (None, 1) => namespace = value,
                _ => return None,
            }
        }
        Some(self.index.dispatch(self.package, &name?, namespace.as_deref()))
    }

    /// Returns the macros that a macro's source calls, as dbt finds them: in the order of the calls.
    fn dependencies(&self, own: &str, own_entry: usize) -> Vec<Arc<str>> {
        let mut calls: Vec<&Call> = self.facts.calls.iter().collect();
        calls.sort_by_key(|c| (c.first, std::cmp::Reverse(c.last)));
        let mut out: Vec<Arc<str>> = Vec::new();
        let other = |entry: Option<usize>| entry.filter(|e| *e != own_entry);
        let mut add = |entry: Option<usize>| {
            if let Some(entry) = entry {
                let id = &self.index.entries[entry].info.unique_id;
                if !out.contains(id) {
                    out.push(id.clone());
                }
            }
        };
        for call in calls {
            let path: Vec<&str> = call.path.iter().map(|i| self.name(*i)).collect();
            match path.as_slice() {
                ["adapter", "dispatch"] => {
                    if let Some(name) = call.args.first().and_then(|a| self.text(a)) {
                        add(other(self.index.local(own, &name)));
                    }
                    if let Some(Ok(entry)) = self.dispatched(call) {
                        add(other(Some(entry)));
                    }
                }
                ["adapter", _] => {}
                [name] if !matches!(*name, "ref" | "source" | "config") => {
                    add(other(self.index.local(own, name)));
                }
                // dbt takes the object of a method for a package, and then looks the name up everywhere: a macro that
                // calls one of its own name so depends on itself.
                [package, name] => {
                    let found = self.index.in_package(package, name);
                    add(found.or_else(|| self.index.local("", name)));
                }
                _ => {}
            }
        }
        out
    }
}

/// Returns the macros that a macro calls by name.
pub(crate) fn dependencies(index: &Index, entry: usize) -> Vec<Arc<str>> {
    let at = &index.entries[entry];
    let source = at.source();
    let Ok(tokens) = lower::tokenize(source) else {
        return Vec::new();
    };
    let Ok((facts, _)) = lower::walk(source, &tokens) else {
        return Vec::new();
    };
    Reader::new(source, &tokens, &facts, index, &at.info.package).dependencies(&at.info.package, entry)
}
