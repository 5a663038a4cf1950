//! Rendering: one state a render, in which macros of all files live together.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::args::Args;
use super::engine::Called;
use super::errors;
use super::host::Host;
use super::index::{Found, Index};
use super::python::{error, tuple};
use super::values::{Absorbing, Dict};
use super::{context, filters, misfit};
use crate::diagnostic::{Code, Diagnostic};

/// Put before every template: imports a macro's template by name into the running state.
pub(crate) const PRELUDE: &str = "{%macro nx_import(nx_name)%}{%import nx_name as nx_module%}{{__nx_take(nx_module)}}{%endmacro%}{{__nx_take(nx_import)}}";

/// Below what minijinja's own limit of frames allows.
const DEPTH_MAX: usize = 75;

/// What all renders share.
pub(crate) struct Shared {
    pub index: Arc<Index>,
    pub env: Environment<'static>,
    pub facts: context::Constants,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}

/// The context of one render: it answers every name that a template does not define itself.
pub(crate) struct Root {
    pub shared: Arc<Shared>,
    pub host: Arc<dyn Host>,
    /// Results of statements by name; the lock guards the map alone.
    pub results: Mutex<HashMap<String, Option<Value>>>,
    pub depth: AtomicUsize,
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("context")
    }
}

/// What a state keeps for the engine.
#[derive(Default)]
struct Running {
    import: Option<Value>,
    /// The module that was imported last.
    module: Option<Value>,
    macros: HashMap<usize, Value>,
    /// What `return` gave, on its way up.
    returned: Option<Value>,
}

impl Root {
    pub fn new(shared: &Arc<Shared>, host: &Arc<dyn Host>) -> Arc<Self> {
        Arc::new(Self {
            shared: shared.clone(),
            host: host.clone(),
            results: Mutex::default(),
            depth: AtomicUsize::new(0),
        })
    }

    pub fn index(&self) -> &Index {
        &self.shared.index
    }

    /// Returns a name's value: macros and packages before the functions of dbt before the host's members.
    pub fn lookup(self: &Arc<Self>, name: &str) -> Option<Value> {
        if name.starts_with("__nx_") || name.starts_with("nx_") {
            return (name == "__nx_root").then(|| Value::from_dyn_object(self.clone()));
        }
        match self.index().resolve(self.host.package(), name) {
            Some(Found::Macro(entry)) => return Some(self.macro_value(entry)),
            Some(Found::Package(package)) => {
                return Some(Value::from_object(Package {
                    root: self.clone(),
                    package,
                }));
            }
            None => {}
        }
        context::lookup(self, name)
    }

    pub fn macro_value(self: &Arc<Self>, entry: usize) -> Value {
        Value::from_object(MacroRef {
            root: self.clone(),
            entry,
        })
    }

    /// Renders a text within this context, in a state of its own.
    pub fn render_text(self: &Arc<Self>, text: &str) -> Result<String, Error> {
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            return Ok(text.to_owned());
        }
        let lowered = super::lower::lower(text, PRELUDE).map_err(|fault| {
            let mut diagnostic = Diagnostic::error(Code::JINJA_SYNTAX, fault.message);
            if let Some(hint) = fault.hint {
                diagnostic = diagnostic.hint(hint);
            }
            errors::raise(diagnostic)
        })?;
        self.shared
            .env
            .template_from_named_str("r", &lowered.text)?
            .render(Value::from_dyn_object(self.clone()))
    }
}

/// Returns the context of a running state.
pub(crate) fn root(state: &State) -> Option<Arc<Root>> {
    state.lookup("__nx_root")?.downcast_object::<Root>()
}

impl Object for Root {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.lookup(key).or_else(|| {
            let engine = key.starts_with("__nx_") || key.starts_with("nx_") || context::is_global(key);
            // While parsing, an unknown name takes every use, as in dbt.
            (!engine && !self.host.execute() && key != "caller" && key != "loop").then(Absorbing::value)
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<context>")
    }
}

/// The variable `context`, and a package: names that are looked up when asked.
pub(crate) struct Package {
    root: Arc<Root>,
    package: Arc<str>,
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<package {}>", self.package)
    }
}

impl Package {
    fn find(&self, name: &str) -> Option<Value> {
        let entry = self.root.index().qualified(&self.package, name)?;
        Some(self.root.macro_value(entry))
    }
}

impl Object for Package {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.find(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let names = self.root.index().names_in(&self.package);
        Enumerator::Values(names.into_iter().map(Value::from).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if let Some(found) = self.find(method) {
            return found.call(state, args);
        }
        if method == "get" {
            let [name, default] = Args::new(args)?.required("get", ["key", "default"], 1)?;
            let found = name.as_ref().and_then(Value::as_str).and_then(|n| self.find(n));
            return Ok(found.or(default).unwrap_or_else(super::python::none));
        }
        if !self.root.host.execute() {
            return Ok(Absorbing::value());
        }
        let names = self.root.index().names_in(&self.package);
        Err(errors::raise(
            Diagnostic::error(
                Code::JINJA_UNDEFINED,
                format!("the package `{}` has no macro `{method}`", self.package),
            )
            .did_you_mean(method, names),
        ))
    }
}

/// A macro as a value: it can be called from any template.
pub(crate) struct MacroRef {
    root: Arc<Root>,
    pub entry: usize,
}

impl fmt::Debug for MacroRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = &self.root.index().entries[self.entry].info;
        write!(f, "<macro {}.{}>", info.package, info.name)
    }
}

impl Object for MacroRef {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let info = &self.root.index().entries[self.entry].info;
        match key.as_str()? {
            "macro" => Some(Dict::of([
                ("name", Value::from(&*info.name)),
                ("package_name", Value::from(&*info.package)),
                ("unique_id", Value::from(&*info.unique_id)),
            ])),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let called = invoke(&self.root, self.entry, state, args)?;
        Ok(called.returned.unwrap_or_else(|| Value::from(called.text)))
    }
}

/// Calls a macro in a running state.
pub(crate) fn invoke(
    root: &Arc<Root>,
    entry: usize,
    state: &mut State,
    args: &[Value],
) -> Result<Called, Error> {
    let at = &root.index().entries[entry];
    if let Some(value) = root.host.replaced_macro(&at.info.unique_id) {
        return Ok(Called {
            returned: Some(value),
            text: String::new(),
            results: BTreeMap::new(),
        });
    }
    // What does not fit is a fault of the call, not of what is called.
    let bound = bind(root, entry, args)?;
    let depth = root.depth.fetch_add(1, Ordering::Relaxed);
    let result = if depth >= DEPTH_MAX {
        let fault = Diagnostic::error(
            Code::JINJA_RUNTIME,
            format!("macros call each other more than {DEPTH_MAX} deep"),
        );
        Err(errors::raise(fault.hint(
            "A macro that calls itself, or one that calls it, needs a condition under which it stops.",
        )))
    } else {
        root.host.macro_called(&at.info.unique_id, depth);
        call_inner(root, entry, state, &bound)
    };
    root.depth.fetch_sub(1, Ordering::Relaxed);
    match result {
        Ok(text) => Ok(Called {
            returned: None,
            text,
            results: BTreeMap::new(),
        }),
        Err(failure) => {
            let running = state.get_or_insert_extension_with(Running::default);
            if let Some(value) = running.returned.take() {
                return Ok(Called {
                    returned: Some(value),
                    text: String::new(),
                    results: BTreeMap::new(),
                });
            }
            Err(errors::in_macro(entry, failure))
        }
    }
}

fn call_inner(root: &Arc<Root>, entry: usize, state: &mut State, bound: &[Value]) -> Result<String, Error> {
    let known = state
        .get_or_insert_extension_with(Running::default)
        .macros
        .get(&entry)
        .cloned();
    let function = match known {
        Some(function) => function,
        None => {
            let function = import(root, entry, state)?;
            state
                .get_or_insert_extension_with(Running::default)
                .macros
                .insert(entry, function.clone());
            function
        }
    };
    let text = function.call(state, bound)?;
    Ok(text.as_str().map(str::to_owned).unwrap_or_default())
}

fn import(root: &Arc<Root>, entry: usize, state: &mut State) -> Result<Value, Error> {
    let helper = state
        .get_or_insert_extension_with(Running::default)
        .import
        .clone()
        .ok_or_else(|| error("this is a bug in nexus: a template ran without its prelude"))?;
    let name = Value::from(root.index().entries[entry].template.as_str());
    helper.call(state, &[name])?;
    let module = state.get_or_insert_extension_with(Running::default).module.take();
    module
        .and_then(|m| m.get_attr(super::lower::MACRO_NAME).ok())
        .filter(|m| !m.is_undefined())
        .ok_or_else(|| error("this is a bug in nexus: a macro's template defines no macro"))
}

/// Binds arguments to a macro's parameters as Jinja2 does.
fn bind(root: &Arc<Root>, entry: usize, args: &[Value]) -> Result<Vec<Value>, Error> {
    let at = &root.index().entries[entry];
    let lowered = at.lowered().map_err(errors::raise)?;
    let args = Args::new(args)?;
    let params = &lowered.params;
    let mut bound: Vec<Value> = vec![Value::UNDEFINED; params.len()];
    let given = args.positional.len();
    if given > params.len() && !lowered.varargs {
        return Err(errors::raise(misfit::too_many(at, params, given)));
    }
    let mut positional = args.positional.into_iter();
    for slot in &mut bound {
        match positional.next() {
            Some(value) => *slot = value,
            None => break,
        }
    }
    let given = given.min(params.len());
    let varargs: Vec<Value> = positional.collect();
    let mut kwargs = Vec::new();
    let mut caller = None;
    for (name, value) in args.named {
        if let Some(i) = params.iter().position(|p| **p == *name) {
            if i < given && !bound[i].is_undefined() {
                return Err(errors::raise(misfit::given_twice(at, params, &name)));
            }
            bound[i] = value;
        } else if name == "caller" {
            if !lowered.caller && !lowered.kwargs {
                return Err(errors::raise(misfit::no_caller(at)));
            }
            caller = Some(value);
        } else if lowered.kwargs {
            kwargs.push((name, value));
        } else {
            return Err(errors::raise(misfit::unknown_keyword(at, params, &name)));
        }
    }
    if lowered.varargs {
        bound.push(tuple(varargs));
    }
    if lowered.kwargs {
        bound.push(Dict::of(kwargs.iter().map(|(k, v)| (k.as_str(), v.clone()))));
    }
    if lowered.caller {
        let caller = caller.unwrap_or(Value::UNDEFINED);
        bound.push(Value::from(Kwargs::from_iter([("caller", caller)])));
    }
    Ok(bound)
}

/// Ends the running macro with a value.
pub(crate) fn return_value(state: &mut State, value: Value) -> Error {
    state.get_or_insert_extension_with(Running::default).returned = Some(value);
    Error::new(ErrorKind::InvalidOperation, "`return` stands outside of a macro")
}

/// Makes the environment that all renders share.
pub(crate) fn environment(index: &Arc<Index>) -> Environment<'static> {
    let mut env = Environment::new();
    let macros = index.clone();
    env.set_loader(move |name| {
        let Some(number) = name.strip_prefix("m:").and_then(|n| n.parse::<usize>().ok()) else {
            return Ok((name == "prelude").then(|| PRELUDE.to_owned()));
        };
        let Some(entry) = macros.entries.get(number) else {
            return Ok(None);
        };
        let lowered = entry.lowered().map_err(errors::raise)?;
        Ok(Some(lowered.lowered.text.clone()))
    });
    env.set_debug(false);
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_formatter(|out, _state, value| {
        let mut text = String::new();
        super::python::write_str(value, &mut text);
        out.write_str(&text).map_err(Error::from)
    });
    env.add_function("__nx_take", take);
    filters::register(&mut env);
    super::checks::register(&mut env);
    context::register(&mut env);
    env.set_unknown_method_callback(super::python::strings::method);
    env
}

/// Takes what the prelude hands over: first the import helper, then modules.
fn take(state: &mut State, value: Value) -> Value {
    let running = state.get_or_insert_extension_with(Running::default);
    if running.import.is_none() {
        running.import = Some(value);
    } else {
        running.module = Some(value);
    }
    Value::from("")
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
