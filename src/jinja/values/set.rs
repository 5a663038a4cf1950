//! Python's set, in the order in which items were added.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use indexmap::IndexSet;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use crate::jinja::args::Args;
use crate::jinja::python::{error, items, none, repr_of};

/// A set. The lock guards the items alone.
#[derive(Debug, Default)]
pub(crate) struct PySet(RwLock<IndexSet<Value>>);

impl PySet {
    pub fn value(items: impl IntoIterator<Item = Value>) -> Value {
        Value::from_object(Self(RwLock::new(items.into_iter().collect())))
    }

    pub fn snapshot(&self) -> IndexSet<Value> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn difference(&self, other: &IndexSet<Value>) -> Value {
        Self::value(self.snapshot().into_iter().filter(|x| !other.contains(x)))
    }
}

impl Object for PySet {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, _key: &Value) -> Option<Value> {
        None
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.snapshot().into_iter().collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.snapshot().len())
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let args = Args::new(args)?;
        let mut others = Vec::new();
        for other in &args.positional {
            if matches!(method, "add" | "remove" | "discard") {
                break;
            }
            others.push(items(other)?.into_iter().collect::<IndexSet<Value>>());
        }
        let mine = self.snapshot();
        let write = |items: IndexSet<Value>| *self.0.write().unwrap_or_else(PoisonError::into_inner) = items;
        match method {
            "add" | "remove" | "discard" => {
                let [item] = args.exactly(method, ["item"])?;
                let mut mine = mine;
                if method == "add" {
                    mine.insert(item);
                } else if !mine.shift_remove(&item) && method == "remove" {
                    return Err(error(format!("the set has no item {}", repr_of(&item))));
                }
                write(mine);
                Ok(none())
            }
            "update" => {
                write(mine.into_iter().chain(others.into_iter().flatten()).collect());
                Ok(none())
            }
            "clear" => {
                write(IndexSet::new());
                Ok(none())
            }
            "copy" => Ok(Self::value(mine)),
            "union" => Ok(Self::value(mine.into_iter().chain(others.into_iter().flatten()))),
            "intersection" => Ok(Self::value(
                mine.into_iter().filter(|x| others.iter().all(|o| o.contains(x))),
            )),
            "difference" => Ok(Self::value(
                mine.into_iter().filter(|x| !others.iter().any(|o| o.contains(x))),
            )),
            "symmetric_difference" => {
                let other = others.into_iter().next().unwrap_or_default();
                Ok(Self::value(mine.symmetric_difference(&other).cloned()))
            }
            "issubset" => Ok(Value::from(others.iter().all(|o| mine.is_subset(o)))),
            "issuperset" => Ok(Value::from(others.iter().all(|o| mine.is_superset(o)))),
            "isdisjoint" => Ok(Value::from(others.iter().all(|o| mine.is_disjoint(o)))),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &minijinja::value::DynObject) -> Option<std::cmp::Ordering> {
        let other = other.downcast_ref::<Self>()?;
        (self.snapshot() == other.snapshot()).then_some(std::cmp::Ordering::Equal)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.snapshot();
        if all.is_empty() {
            return f.write_str("set()");
        }
        let texts: Vec<String> = all.iter().map(repr_of).collect();
        write!(f, "{{{}}}", texts.join(", "))
    }
}
