//! Python's dictionary: ordered, changed in place, seen by all who hold it; and the views of it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use crate::jinja::args::Args;
use crate::jinja::python::{error, items, none, repr_of, tuple};

use super::List;

type Entries = IndexMap<Value, Value>;

/// A dictionary. The lock guards the entries alone and is never held while a template runs.
#[derive(Debug, Default)]
pub(crate) struct Dict {
    entries: RwLock<Entries>,
    /// It prints as an `OrderedDict`.
    ordered: bool,
}

impl Dict {
    pub fn value(entries: Entries) -> Value {
        Value::from_object(Self {
            entries: RwLock::new(entries),
            ordered: false,
        })
    }

    /// Makes an `OrderedDict`.
    pub fn ordered(entries: Vec<(Value, Value)>) -> Value {
        Value::from_object(Self {
            entries: RwLock::new(entries.into_iter().collect()),
            ordered: true,
        })
    }

    pub fn is_ordered(&self) -> bool {
        self.ordered
    }

    pub fn of<K: Into<Value>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        Self::value(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }

    pub fn snapshot(&self) -> Entries {
        self.read().clone()
    }

    pub fn insert(&self, key: Value, value: Value) {
        self.write().insert(key, value);
    }

    pub fn get(&self, key: &Value) -> Option<Value> {
        self.read().get(key).cloned()
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, args: Args) -> Result<(), Error> {
        for other in args.positional {
            for (key, value) in pairs(&other)? {
                self.insert(key, value);
            }
        }
        for (key, value) in args.named {
            self.insert(Value::from(key), value);
        }
        Ok(())
    }
}

/// Returns the entries of a dictionary or of a list of pairs.
pub(crate) fn pairs(value: &Value) -> Result<Vec<(Value, Value)>, Error> {
    if let Some(dict) = value.downcast_object_ref::<Dict>() {
        return Ok(dict.snapshot().into_iter().collect());
    }
    if let Some(object) = value.as_object()
        && object.repr() == ObjectRepr::Map
    {
        return Ok(object.try_iter_pairs().into_iter().flatten().collect());
    }
    items(value)?
        .iter()
        .map(|pair| match items(pair)?.as_slice() {
            [key, value] => Ok((key.clone(), value.clone())),
            other => Err(error(format!(
                "a dictionary is made of pairs, but an item has length {}",
                other.len()
            ))),
        })
        .collect()
}

impl Object for Dict {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.read().keys().cloned().collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.read().len())
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let args = Args::new(args)?;
        match method {
            "items" => {
                let all = self
                    .snapshot()
                    .into_iter()
                    .map(|(k, v)| tuple(vec![k, v]))
                    .collect();
                return Ok(View::value("dict_items", all));
            }
            "keys" => return Ok(View::value("dict_keys", self.snapshot().into_keys().collect())),
            "values" => {
                return Ok(View::value(
                    "dict_values",
                    self.snapshot().into_values().collect(),
                ));
            }
            "get" => {
                let [key, default] = args.required("get", ["key", "default"], 1)?;
                let key = key.unwrap_or_default();
                return Ok(self.get(&key).or(default).unwrap_or_else(none));
            }
            "update" => self.update(args)?,
            "pop" => {
                let [key, default] = args.required("pop", ["key", "default"], 1)?;
                let key = key.unwrap_or_default();
                return self
                    .write()
                    .shift_remove(&key)
                    .or(default)
                    .ok_or_else(|| error(format!("the dictionary has no key {}", repr_of(&key))));
            }
            "popitem" => {
                return match self.write().pop() {
                    Some((k, v)) => Ok(tuple(vec![k, v])),
                    None => Err(error("popitem(): dictionary is empty")),
                };
            }
            "setdefault" => {
                let [key, default] = args.required("setdefault", ["key", "default"], 1)?;
                let default = default.unwrap_or_else(none);
                return Ok(self
                    .write()
                    .entry(key.unwrap_or_default())
                    .or_insert(default)
                    .clone());
            }
            "clear" => self.write().clear(),
            "copy" if self.ordered => return Ok(Self::ordered(self.snapshot().into_iter().collect())),
            "copy" => return Ok(Self::value(self.snapshot())),
            "fromkeys" => {
                let [keys, value] = args.required("fromkeys", ["iterable", "value"], 1)?;
                let value = value.unwrap_or_else(none);
                let keys = items(&keys.unwrap_or_default())?;
                return Ok(Self::value(
                    keys.into_iter().map(|k| (k, value.clone())).collect(),
                ));
            }
            "__len__" => return Ok(Value::from(self.read().len())),
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        }
        Ok(none())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&repr_of(&Value::from_dyn_object(self.clone())))
    }
}

/// The result of `items()`, `keys()`, `values()` and of iterators: prints with its name.
#[derive(Debug)]
pub(crate) struct View {
    name: &'static str,
    items: Vec<Value>,
}

impl View {
    pub fn value(name: &'static str, items: Vec<Value>) -> Value {
        Value::from_object(Self { name, items })
    }
}

impl Object for View {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, _key: &Value) -> Option<Value> {
        None
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.items.len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, repr_of(&List::value(self.items.clone())))
    }
}
