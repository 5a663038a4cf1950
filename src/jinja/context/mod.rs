//! The names that dbt gives to templates, one file a family.

mod adapter;
mod adapter_helpers;
mod api;
mod bindings;
mod config;
mod exceptions;
mod functions;
mod itertools;
mod keys;
pub(crate) use functions::Range;
mod modules;
mod python_job;
mod refs;
mod results;
mod seed_file;
mod whole;

pub(crate) use refs::missing_env;

pub(crate) use seed_file::seed_table;

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::args::Args;
use super::python::none;
use super::python::operators::{self, Comparison, Operator};
use super::render::Root;
use super::values::{BoundMethod, Dict, List, datetime};
use crate::invocation::Invocation;

/// The version of dbt whose behaviour templates see.
pub use crate::project::DBT_VERSION;

/// What is the same in every render.
pub(crate) struct Constants {
    run_started_at: Value,
    invocation_id: Value,
    now: chrono::DateTime<chrono::Utc>,
    seeded: bool,
}

impl Constants {
    pub fn of(invocation: &Invocation) -> Self {
        Self {
            run_started_at: datetime::utc(invocation.started_at),
            invocation_id: Value::from(&*invocation.id),
            now: invocation.started_at,
            seeded: invocation.env_var("NEXUS_NOW").is_some(),
        }
    }

    /// The present time, or the seeded one.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        if self.seeded { self.now } else { chrono::Utc::now() }
    }
}

/// Runs a method of a group; none where there is no such method.
pub(crate) type Method = fn(&Arc<Root>, &mut State, &str, Args) -> Option<Result<Value, Error>>;

pub(crate) type Function = fn(&Arc<Root>, &mut State, Args) -> Result<Value, Error>;

/// A function of the context, bound to its render.
pub(crate) struct Bound {
    name: &'static str,
    root: Arc<Root>,
    function: Function,
}

impl Bound {
    pub fn value(root: &Arc<Root>, name: &'static str, function: Function) -> Value {
        Value::from_object(Self {
            name,
            root: root.clone(),
            function,
        })
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<function {}>", self.name)
    }
}

impl Object for Bound {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        (self.function)(&self.root, state, Args::new(args)?)
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        // `var.has_var(name)` is the one method that a function of dbt has.
        if self.name == "var" && method == "has_var" {
            let [name] = Args::new(args)?.exactly("has_var", ["name"])?;
            let _ = state;
            return Ok(Value::from(
                self.root.host.var(&super::python::str_of(&name)).is_some(),
            ));
        }
        Err(Error::from(ErrorKind::UnknownMethod))
    }
}

/// A group of functions and values under one name, such as `adapter` or `modules.re`.
pub(crate) struct Group {
    pub name: &'static str,
    pub root: Arc<Root>,
    /// Returns a member's value.
    pub member: fn(&Arc<Root>, &str) -> Option<Value>,
    /// Runs a method; none where there is no such method.
    pub method: Method,
    /// What calling the group itself does.
    pub call: Option<Function>,
}

/// Groups that are dictionaries in dbt, such as `modules.re`; the others are objects.
const DICTIONARIES: &[&str] = &[
    "api",
    "datetime",
    "exceptions",
    "itertools",
    "modules",
    "pytz",
    "re",
    "validation",
];

impl Group {
    pub fn is_dictionary(&self) -> bool {
        DICTIONARIES.contains(&self.name)
    }

    /// Says whether the group has a member or a method of this name.
    pub fn has(&self, name: &str) -> bool {
        (self.member)(&self.root, name).is_some() || known_method(self.name, name)
    }

    pub fn value(self) -> Value {
        Value::from_object(self)
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name)
    }
}

/// A method taken from its group without being called: `{% set f = adapter.quote %}`.
struct Taken {
    group: Arc<Group>,
    method: String,
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}.{}>", self.group.name, self.method)
    }
}

impl Object for Taken {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        self.group.run(state, &self.method, args)
    }
}

impl Group {
    fn run(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        if let Some(result) = (self.method)(&self.root, state, method, Args::new(args)?) {
            return result;
        }
        if let Some(member) = (self.member)(&self.root, method) {
            return member.call(state, args);
        }
        Err(Error::new(
            ErrorKind::UnknownMethod,
            format!("`{}` has no method named `{method}`", self.name),
        ))
    }
}

impl Object for Group {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        (self.member)(&self.root, name).or_else(|| {
            let group = self.clone();
            known_method(self.name, name).then(|| {
                Value::from_object(Taken {
                    group,
                    method: name.to_owned(),
                })
            })
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        match self.call {
            Some(function) => function(&self.root, state, Args::new(args)?),
            None => Err(super::python::error(format!("`{}` cannot be called", self.name))),
        }
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        self.run(state, method, args)
    }
}

fn known_method(group: &str, name: &str) -> bool {
    match group {
        "adapter" => adapter::METHODS.contains(&name) || adapter_helpers::METHODS.contains(&name),
        "exceptions" => exceptions::METHODS.contains(&name),
        "config" => config::METHODS.contains(&name),
        // Handed to `try_or_compiler_error` without being called.
        "datetime.datetime" => matches!(name, "strptime" | "fromisoformat" | "now" | "utcnow"),
        "datetime.date" => matches!(name, "fromisoformat" | "today"),
        _ => false,
    }
}

/// Names that the engine answers itself, for "did you mean".
pub(crate) const NAMES: &[&str] = &[
    "_sql_results",
    "adapter",
    "adapter_macro",
    "api",
    "builtins",
    "column",
    "compiled_code",
    "config",
    "context",
    "context_macro_stack",
    "database",
    "dbt_metadata_envs",
    "dbt_version",
    "defer_relation",
    "diff_of_two_dicts",
    "env",
    "env_var",
    "exceptions",
    "execute",
    "flags",
    "fromjson",
    "fromyaml",
    "function",
    "graph",
    "invocation_args_dict",
    "invocation_id",
    "load_agate_table",
    "load_result",
    "local_md5",
    "log",
    "metric",
    "model",
    "modules",
    "post_hooks",
    "pre_hooks",
    "print",
    "project_name",
    "ref",
    "render",
    "return",
    "run_started_at",
    "schema",
    "selected_resources",
    "set",
    "set_strict",
    "source",
    "sql",
    "sql_now",
    "store_raw_result",
    "store_result",
    "submit_python_job",
    "target",
    "this",
    "thread_id",
    "tojson",
    "toyaml",
    "try_or_compiler_error",
    "validation",
    "var",
    "write",
    "zip",
    "zip_strict",
];

/// Says whether minijinja's own globals answer a name.
pub(crate) fn is_global(name: &str) -> bool {
    matches!(
        name,
        "range" | "dict" | "namespace" | "cycler" | "joiner" | "lipsum"
    )
}

/// Returns what dbt's context has under a name.
pub(crate) fn lookup(root: &Arc<Root>, name: &str) -> Option<Value> {
    if matches!(name, "invocation_id" | "run_started_at") {
        root.host.varies();
    }
    if let Some(value) = root_value(root, name) {
        return Some(value);
    }
    builtin(root, name).or_else(|| root.host.member(name))
}

fn root_value(root: &Arc<Root>, name: &str) -> Option<Value> {
    Some(match name {
        "context" => whole::context(root),
        "builtins" => whole::builtins(root),
        "execute" => Value::from(root.host.execute()),
        "dbt_version" => Value::from(DBT_VERSION),
        "invocation_id" => root
            .host
            .member(name)
            .unwrap_or_else(|| root.shared.facts.invocation_id.clone()),
        "run_started_at" => match root.host.member(name).filter(|v| v.as_str().is_none()) {
            Some(given) => given,
            None => root.shared.facts.run_started_at.clone(),
        },
        // What of the context is there only within some other place of dbt.
        "sql" | "compiled_code" => root.host.member(name).unwrap_or_else(none),
        "sql_now" => Value::from("now()"),
        "context_macro_stack" => group(root, "context_macro_stack", |_, _| None),
        "column" => api::column(root),
        "project_name" => root
            .host
            .member(name)
            .unwrap_or_else(|| Value::from(&*root.index().resolution.root_package)),
        _ => return None,
    })
}

/// The functions and groups of dbt itself, which `builtins` keeps even where a macro takes their name.
fn builtin(root: &Arc<Root>, name: &str) -> Option<Value> {
    match name {
        "adapter" => Some(adapter::value(root)),
        "api" => Some(api::value(root)),
        "config" => Some(config::value(root)),
        "exceptions" => Some(exceptions::value(root)),
        "modules" => Some(modules::value(root)),
        "validation" => Some(config::validation(root)),
        _ => refs::function(name)
            .or_else(|| functions::function(name))
            .or_else(|| results::function(name))
            .or_else(|| seed_file::function(name))
            .or_else(|| python_job::function(name))
            .or_else(|| keys::function(name))
            .map(|(name, function)| Bound::value(root, name, function)),
    }
}

/// A group of values without methods of their own.
pub(crate) fn group(
    root: &Arc<Root>,
    name: &'static str,
    member: fn(&Arc<Root>, &str) -> Option<Value>,
) -> Value {
    Group {
        name,
        root: root.clone(),
        member,
        method: |_, _, _, _| None,
        call: None,
    }
    .value()
}

/// Registers what lowered templates call and the globals of Jinja2.
pub(crate) fn register(env: &mut Environment<'static>) {
    use minijinja::value::Rest;
    env.add_function("__nx_l", |v: Value| -> Result<Value, Error> {
        Ok(List::value(super::python::items(&v)?))
    });
    env.add_function("__nx_d", |v: Value| -> Value {
        let pairs = v.as_object().and_then(|o| o.try_iter_pairs());
        Dict::value(pairs.into_iter().flatten().collect())
    });
    env.add_function("__nx_items", |v: Value| match v.as_str() {
        Some(text) => List::value(text.chars().map(|c| Value::from(c.to_string())).collect()),
        None => v,
    });
    env.add_function("__nx_do", |_: Value| Value::from(""));
    env.add_function("__nx_attr", |v: Value, name: Value| {
        BoundMethod::attribute(&v, name.as_str().unwrap_or_default())
    });
    for (name, comparison) in [
        ("__nx_eq", Comparison::Equal),
        ("__nx_ne", Comparison::NotEqual),
        ("__nx_lt", Comparison::Less),
        ("__nx_le", Comparison::LessOrEqual),
        ("__nx_gt", Comparison::Greater),
        ("__nx_ge", Comparison::GreaterOrEqual),
        ("__nx_in", Comparison::In),
        ("__nx_notin", Comparison::NotIn),
    ] {
        env.add_function(name, move |a: Value, b: Value| {
            operators::compare(comparison, &a, &b)
        });
    }
    env.add_function("__nx_neg", |v: Value| operators::negate(&v));
    env.add_function("__nx_int", |v: Value| operators::big_integer(&v));
    env.add_function("__nx_cat", |values: Rest<Value>| operators::concat(&values));
    env.add_function(
        "__nx_slice",
        |value: Value, start: Value, stop: Value, step: Option<Value>| {
            operators::slice(&value, &start, &stop, &step.unwrap_or_default())
        },
    );
    for (name, operator) in [
        ("__nx_add", Operator::Add),
        ("__nx_sub", Operator::Sub),
        ("__nx_mul", Operator::Mul),
        ("__nx_div", Operator::Div),
        ("__nx_floordiv", Operator::FloorDiv),
        ("__nx_mod", Operator::Mod),
        ("__nx_pow", Operator::Pow),
    ] {
        env.add_function(name, move |values: Rest<Value>| -> Result<Value, Error> {
            let mut values = values.iter();
            let first = values.next().cloned().unwrap_or_default();
            values.try_fold(first, |a, b| operators::apply(operator, &a, b))
        });
    }
    functions::register(env);
}
