//! Python's dictionary: ordered, changed in place, seen by all who hold it; and the views of it.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use crate::jinja::args::Args;
use crate::jinja::python::{error, items, none, repr_of, tuple};

use super::List;

type Entries = IndexMap<Value, Value>;

/// The class of a dictionary that prints as a list of pairs.
pub(crate) const ORDERED: &str = "OrderedDict";

/// A dictionary. The lock guards the entries alone and is never held while a template runs.
#[derive(Debug, Default)]
pub(crate) struct Dict {
    entries: RwLock<Entries>,
    /// The name of the class that it prints as, where that is not `dict`.
    class: Option<&'static str>,
}

impl Dict {
    pub fn value(entries: Entries) -> Value {
        Value::from_object(Self {
            entries: RwLock::new(entries),
            class: None,
        })
    }

    /// Makes an `OrderedDict`.
    pub fn ordered(entries: Vec<(Value, Value)>) -> Value {
        Self::of_class(ORDERED, entries)
    }

    /// Makes a record that reads as a dictionary and prints with its class.
    pub fn of_class<K: Into<Value>>(
        class: &'static str,
        entries: impl IntoIterator<Item = (K, Value)>,
    ) -> Value {
        Value::from_object(Self {
            entries: RwLock::new(entries.into_iter().map(|(k, v)| (k.into(), v)).collect()),
            class: Some(class),
        })
    }

    /// Returns the class that the dictionary prints as.
    pub fn class(&self) -> Option<&'static str> {
        self.class
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

    /// Returns the record and those in it as dictionaries, moments as texts.
    fn plain(&self, omit_none: bool) -> Value {
        let entries = self.snapshot().into_iter();
        let kept = entries.filter(|(_, item)| !(omit_none && item.is_none()));
        Self::of(kept.map(|(key, item)| (key, plain(&item, omit_none))))
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

fn plain(value: &Value, omit_none: bool) -> Value {
    if let Some(dict) = value.downcast_object_ref::<Dict>().filter(|d| d.class.is_some()) {
        return dict.plain(omit_none);
    }
    if let Some(list) = value.downcast_object_ref::<List>() {
        let items = list.snapshot();
        return List::value(items.iter().map(|item| plain(item, omit_none)).collect());
    }
    match super::datetime::Moment::of(value) {
        Some(moment) => Value::from(moment.iso('T')),
        None => value.clone(),
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
            "copy" if self.class == Some(ORDERED) => {
                return Ok(Self::ordered(self.snapshot().into_iter().collect()));
            }
            "copy" => return Ok(Self::value(self.snapshot())),
            "fromkeys" => {
                let [keys, value] = args.required("fromkeys", ["iterable", "value"], 1)?;
                let value = value.unwrap_or_else(none);
                let keys = items(&keys.unwrap_or_default())?;
                return Ok(Self::value(
                    keys.into_iter().map(|k| (k, value.clone())).collect(),
                ));
            }
            "to_dict" if self.class.is_some() => {
                let [omit_none] = args.optional("to_dict", ["omit_none"])?;
                return Ok(self.plain(omit_none.is_some_and(|o| o.is_true())));
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

/// The result of `items()`, `keys()`, `values()`, which can be read again; and of generators, of which what is read
/// is gone, as in Python. It prints with its name.
#[derive(Debug)]
pub(crate) struct View {
    name: &'static str,
    items: Arc<Vec<Value>>,
    /// How many items were read of a generator.
    read: Option<Arc<AtomicUsize>>,
}

impl View {
    pub fn value(name: &'static str, items: Vec<Value>) -> Value {
        let again = name.starts_with("dict_");
        Value::from_object(Self {
            name,
            items: Arc::new(items),
            read: (!again).then(Arc::default),
        })
    }
}

/// What is left of a generator.
struct Left {
    items: Arc<Vec<Value>>,
    read: Arc<AtomicUsize>,
}

impl Left {
    fn count(&self) -> usize {
        self.items.len().saturating_sub(self.read.load(Ordering::Relaxed))
    }
}

impl Iterator for Left {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let at = self.read.fetch_add(1, Ordering::Relaxed);
        let item = self.items.get(at).cloned();
        if item.is_none() {
            self.read.store(self.items.len(), Ordering::Relaxed);
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.count(), Some(self.count()))
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
        match &self.read {
            None => Enumerator::Values(self.items.to_vec()),
            Some(read) => Enumerator::Iter(Box::new(Left {
                items: self.items.clone(),
                read: read.clone(),
            })),
        }
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        let read = self.read.as_ref().map_or(0, |read| read.load(Ordering::Relaxed));
        Some(self.items.len().saturating_sub(read))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.read.is_some() || !self.items.is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, repr_of(&List::value(self.items.to_vec())))
    }
}
