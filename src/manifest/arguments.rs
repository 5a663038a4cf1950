//! Arguments of generic tests: each text is a template of its own and becomes a value before the macro is called.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::diagnostic::Result;
use crate::jinja::{Engine, Host, Value, dict, list};

/// Makes values of a test's arguments.
///
/// # Errors
/// What rendering them finds.
pub fn test_arguments(
    engine: &Engine,
    test: &str,
    kwargs: &Map<String, Json>,
    host: &Arc<dyn Host>,
) -> Result<Vec<(String, Value)>> {
    let cx = Making { engine, test, host };
    kwargs
        .iter()
        .map(|(key, value)| Ok((key.clone(), cx.value(key, value)?)))
        .collect()
}

struct Making<'a> {
    engine: &'a Engine,
    test: &'a str,
    host: &'a Arc<dyn Host>,
}

impl Making<'_> {
    /// Makes one value. The column's name is never a template; `ref('x')` needs no braces.
    fn value(&self, key: &str, value: &Json) -> Result<Value> {
        match value {
            Json::String(text) if key == "column_name" => Ok(Value::from(text.as_str())),
            Json::String(text) if is_call(text) => {
                self.engine
                    .render_value(self.test, &format!("{{{{ {text} }}}}"), self.host)
            }
            Json::String(text) => self.engine.render_value(self.test, text, self.host),
            Json::Array(items) => {
                let values: Result<Vec<Value>> = items.iter().map(|v| self.value("", v)).collect();
                Ok(list(values?))
            }
            Json::Object(map) => {
                let entries: Result<Vec<(String, Value)>> = map
                    .iter()
                    .map(|(k, v)| Ok((k.clone(), self.value("", v)?)))
                    .collect();
                Ok(dict(entries?))
            }
            other => Ok(Engine::value(other)),
        }
    }
}

/// Says whether a text is a whole call of `ref`, `source`, `var`, `env_var` or `doc`.
fn is_call(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.ends_with(')')
        && ["ref", "source", "var", "env_var", "doc"].iter().any(|name| {
            trimmed
                .strip_prefix(name)
                .is_some_and(|rest| rest.trim_start().starts_with('('))
        })
}
