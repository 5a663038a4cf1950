//! A method of a container or a text that was taken without being called: `{{ record.items is callable }}`.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::{Dict, List};

const OF_DICT: &[&str] = &[
    "clear",
    "copy",
    "fromkeys",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];

const OF_LIST: &[&str] = &[
    "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
];

const OF_TEXT: &[&str] = &[
    "capitalize",
    "count",
    "endswith",
    "find",
    "format",
    "index",
    "join",
    "lower",
    "replace",
    "split",
    "startswith",
    "strip",
    "title",
    "upper",
];

/// Says whether an attribute of this name may be a method: a template that reads it asks [`BoundMethod::attribute`].
pub(crate) fn may_be_method(name: &str) -> bool {
    OF_DICT.contains(&name) || OF_LIST.contains(&name) || OF_TEXT.contains(&name)
}

#[derive(Debug)]
pub(crate) struct BoundMethod {
    receiver: Value,
    name: String,
    class: &'static str,
}

impl BoundMethod {
    /// Takes a method; none where the value has none of this name.
    pub fn of(value: &Value, name: &str) -> Option<Value> {
        let (methods, class) = if value.downcast_object_ref::<Dict>().is_some() {
            (OF_DICT, "dict")
        } else if value.downcast_object_ref::<List>().is_some() {
            (OF_LIST, "list")
        } else if value.as_str().is_some() {
            (OF_TEXT, "str")
        } else {
            return None;
        };
        methods.contains(&name).then(|| {
            Value::from_object(Self {
                receiver: value.clone(),
                name: name.to_owned(),
                class,
            })
        })
    }

    /// Answers `value.name`: a method comes before an entry of that key, as in Python.
    pub fn attribute(value: &Value, name: &str) -> Result<Value, Error> {
        match Self::of(value, name) {
            Some(method) => Ok(method),
            None => value.get_attr(name),
        }
    }
}

impl Object for BoundMethod {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        self.receiver.call_method(state, &self.name, args)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<built-in method {} of {} object>", self.name, self.class)
    }
}
