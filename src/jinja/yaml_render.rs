//! Strings of YAML files, rendered natively: a template that is one expression keeps its value's type.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Environment, Error, State, Value};
use serde_json::{Map, Value as Json};

use super::args::Args;
use super::engine::Resolution;
use super::errors::{self, Place};
use super::index::Index;
use super::lower::{self, Kind};
use super::python::{self, literal, str_of};
use super::values::{PyObject, from_json, to_json};
use super::{checks, context, filters};
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};
use crate::invocation::{Asked, Invocation};
use crate::project::RenderYaml;
use crate::yaml;

/// Renders strings in YAML files, without macros: `env_var`, `var`, `target`, filters.
pub struct YamlRenderer {
    env: Environment<'static>,
    variables: Arc<BTreeMap<String, String>>,
    asked: Asked,
    index: Index,
}

impl fmt::Debug for YamlRenderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YamlRenderer")
    }
}

/// A text that `as_native`, `as_bool` or `as_number` marked for reading as a literal.
#[derive(Debug)]
struct Marked {
    text: String,
    wanted: &'static str,
}

impl super::values::Opaque for Marked {
    fn text(&self) -> String {
        self.text.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

impl YamlRenderer {
    pub fn new(invocation: &Invocation) -> Self {
        let mut env = Environment::new();
        env.set_debug(false);
        env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        env.set_formatter(|out, _state, value| out.write_str(&str_of(value)).map_err(Error::from));
        filters::register(&mut env);
        checks::register(&mut env);
        context::register(&mut env);
        env.set_unknown_method_callback(python::strings::method);
        for (name, wanted) in [("as_native", ""), ("as_bool", "bool"), ("as_number", "number")] {
            env.add_filter(name, move |value: Value| {
                PyObject::value(Marked {
                    text: str_of(&value),
                    wanted,
                })
            });
        }
        env.add_filter("as_text", |value: Value| Value::from(str_of(&value)));
        Self {
            env,
            variables: Arc::new(invocation.env.clone()),
            asked: invocation.asked.clone(),
            index: Index::empty(Resolution::default()),
        }
    }

    fn value(
        &self,
        text: &str,
        vars: &Map<String, Json>,
        target: Option<&Json>,
    ) -> Result<Value, Diagnostic> {
        let context = Value::from_object(YamlContext {
            variables: self.variables.clone(),
            asked: self.asked.clone(),
            vars: vars.clone(),
            target: target.map(from_json),
        });
        let file = SourceFile::new("", text);
        let fault = |fault: lower::Fault| {
            let diagnostic = Diagnostic::error(Code::JINJA_SYNTAX, fault.message);
            match fault.hint {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            }
        };
        let tokens = lower::tokenize(text).map_err(fault)?;
        let lowered = lower::lower(text, "").map_err(fault)?;
        let place = Place {
            file: &file,
            base: 0,
            map: &lowered.map,
        };
        let failed = |e: Error| strip_place(errors::diagnose(&e, Some(&place), &self.index, ""));
        // One expression and nothing else keeps its type.
        let first = tokens.first().map(|t| (t.kind, t.start));
        let single = first == Some((Kind::VariableStart, 0))
            && tokens.iter().filter(|t| t.kind == Kind::VariableStart).count() == 1
            && tokens
                .last()
                .is_some_and(|t| t.kind == Kind::VariableEnd && t.end as usize == text.len());
        if single {
            let inner = &lowered.text[lowered.text.len() - lowered.text.trim_start_matches("{{").len()..];
            let inner = inner
                .strip_suffix("}}")
                .unwrap_or(inner)
                .trim_matches(['-', '+', ' '])
                .to_owned();
            let expression = self.env.compile_expression_owned(inner).map_err(failed)?;
            let value = expression.eval(context).map_err(failed)?;
            // Jinja2 computes what is constant before it renders, so it comes out as text.
            let constant =
                lower::walk(text, &tokens).is_ok_and(|(f, _)| f.names.is_empty() && f.calls.is_empty());
            let keep = !constant || PyObject::get::<Marked>(&value).is_some();
            return Ok(if keep { value } else { Value::from(str_of(&value)) });
        }
        let template = self
            .env
            .template_from_named_str("t", &lowered.text)
            .map_err(failed)?;
        template.render(context).map(Value::from).map_err(failed)
    }
}

/// Drops a place within the text alone: the caller knows where the text stands.
fn strip_place(diagnostic: Diagnostic) -> Diagnostic {
    let mut bare = Diagnostic::error(diagnostic.code(), diagnostic.message());
    for note in diagnostic.notes() {
        bare = bare.note(note.clone());
    }
    for hint in diagnostic.hints() {
        bare = bare.hint(hint.clone());
    }
    bare
}

impl RenderYaml for YamlRenderer {
    fn render(
        &self,
        text: &str,
        span: Span,
        vars: &Map<String, Json>,
        target: Option<&Json>,
    ) -> Result<yaml::Value> {
        if !["{{", "{%", "{#"].iter().any(|mark| text.contains(mark)) {
            return Ok(yaml::Value::Str(text.into()));
        }
        let value = self.value(text, vars, target).map_err(|d| d.at(span.clone()))?;
        let wrong = |what: &str, text: &str| {
            Diagnostic::error(
                Code::YAML_SHAPE,
                format!("the value `{text}` cannot be made a {what}"),
            )
            .at(span.clone())
        };
        if let Some(marked) = PyObject::get::<Marked>(&value) {
            let read = literal::read(&marked.text, false);
            return match (marked.wanted, read) {
                ("bool", Some(Json::Bool(b))) => Ok(yaml::Value::Bool(b)),
                ("number", Some(json @ Json::Number(_))) => Ok(node(&json, &span).value),
                ("bool" | "number", _) => Err(wrong(marked.wanted, &marked.text)),
                (_, Some(json)) => Ok(node(&json, &span).value),
                (_, None) => Ok(yaml::Value::Str(marked.text.as_str().into())),
            };
        }
        if value.is_undefined() {
            return Ok(yaml::Value::Str("".into()));
        }
        Ok(node(&to_json(&value), &span).value)
    }
}

fn node(json: &Json, span: &Span) -> yaml::Node {
    let value = match json {
        Json::Null => yaml::Value::Null,
        Json::Bool(b) => yaml::Value::Bool(*b),
        Json::Number(n) => match n.as_i64() {
            Some(i) => yaml::Value::Int(i),
            None => yaml::Value::Float(n.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(s) => yaml::Value::Str(s.as_str().into()),
        Json::Array(items) => yaml::Value::Seq(items.iter().map(|x| node(x, span)).collect()),
        Json::Object(map) => yaml::Value::Map(yaml::Mapping {
            entries: map
                .iter()
                .map(|(k, v)| (node(&Json::from(k.as_str()), span), node(v, span)))
                .collect(),
        }),
    };
    yaml::Node {
        value,
        start: span.start,
        end: span.end,
    }
}

/// The names that YAML files see.
#[derive(Debug)]
struct YamlContext {
    variables: Arc<BTreeMap<String, String>>,
    asked: Asked,
    vars: Map<String, Json>,
    target: Option<Value>,
}

impl Object for YamlContext {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let this = self.clone();
        match key.as_str()? {
            "env_var" => Some(function(move |args| this.env_var(args))),
            "var" => Some(function(move |args| this.var(args))),
            "target" => self.target.clone(),
            "dbt_version" => Some(Value::from(context::DBT_VERSION)),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }
}

fn function(run: impl Fn(Args) -> Result<Value, Error> + Send + Sync + 'static) -> Value {
    Value::from_function(
        move |_: &mut State, args: minijinja::value::Rest<minijinja::value::ValueOrKwargs>| {
            run(Args::new(&args.into_values())?)
        },
    )
}

impl YamlContext {
    fn env_var(&self, args: Args) -> Result<Value, Error> {
        let [name, default] = args.required("env_var", ["var", "default"], 1)?;
        let name = str_of(&name.unwrap_or_default());
        self.asked.variable(&name);
        match (self.variables.get(&name), default.filter(|d| !d.is_none())) {
            (Some(value), _) => Ok(Value::from(value.as_str())),
            (None, Some(default)) => Ok(Value::from(str_of(&default))),
            _ => Err(errors::raise(context::missing_env(&name))),
        }
    }

    fn var(&self, args: Args) -> Result<Value, Error> {
        let [name, default] = args.required("var", ["var_name", "default"], 1)?;
        let name = str_of(&name.unwrap_or_default());
        match (self.vars.get(&name), default) {
            (Some(value), _) => Ok(from_json(value)),
            (None, Some(default)) => Ok(default),
            (None, None) => Err(errors::raise(
                Diagnostic::error(
                    Code::UNKNOWN_VAR,
                    format!("the variable `{name}` is not set and has no default"),
                )
                .hint("Here only variables of `--vars` are known: pass it there, or give a default."),
            )),
        }
    }
}
