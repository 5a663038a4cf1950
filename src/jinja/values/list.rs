//! Python's list: changed in place, seen by all who hold it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use crate::jinja::args::Args;
use crate::jinja::python::{self, Number, error, int_value, none, number, repr_of};

/// A list. The lock guards the items alone and is never held while a template runs.
#[derive(Debug, Default)]
pub(crate) struct List(RwLock<Vec<Value>>);

impl List {
    pub fn value(items: Vec<Value>) -> Value {
        Value::from_object(Self(RwLock::new(items)))
    }

    pub fn snapshot(&self) -> Vec<Value> {
        self.read().clone()
    }

    pub fn push(&self, item: Value) {
        self.write().push(item);
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Value>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Value>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn position(&self, index: i128, end: bool) -> Option<usize> {
        let length = self.read().len();
        let at = if index < 0 {
            index + i128::try_from(length).ok()?
        } else {
            index
        };
        let at = usize::try_from(at).ok()?;
        (at < length || (end && at == length)).then_some(at)
    }

    fn find(&self, item: &Value) -> Option<usize> {
        self.snapshot()
            .iter()
            .position(|x| python::operators::equal(x, item))
    }

    fn sort(&self, state: &mut State, key: Option<&Value>, reverse: bool) -> Result<(), Error> {
        let mut keyed = Vec::new();
        for item in self.snapshot() {
            let key = match key.filter(|k| !k.is_none()) {
                Some(function) => function.call(state, std::slice::from_ref(&item))?,
                None => item.clone(),
            };
            keyed.push((key, item));
        }
        python::operators::sort_by_key(&mut keyed, reverse)?;
        *self.write() = keyed.into_iter().map(|(_, item)| item).collect();
        Ok(())
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let Some(Number::Int(index)) = number(key) else {
            return None;
        };
        let at = self.position(index, false)?;
        self.read().get(at).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.snapshot())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.read().len())
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let args = Args::new(args)?;
        match method {
            "append" => {
                let [item] = args.exactly("append", ["object"])?;
                self.push(item);
            }
            "extend" => {
                let [other] = args.exactly("extend", ["iterable"])?;
                let other = python::items(&other)?;
                self.write().extend(other);
            }
            "insert" => {
                let [index, item] = args.exactly("insert", ["index", "object"])?;
                let Some(Number::Int(index)) = number(&index) else {
                    return Err(error("list.insert needs an integer"));
                };
                let length = self.read().len();
                let at = self
                    .position(index, true)
                    .unwrap_or(if index < 0 { 0 } else { length });
                self.write().insert(at, item);
            }
            "pop" => {
                let [index] = args.optional("pop", ["index"])?;
                let index = match index.as_ref().map(number) {
                    None => -1,
                    Some(Some(Number::Int(i))) => i,
                    Some(_) => return Err(error("list.pop needs an integer")),
                };
                let Some(at) = self.position(index, false) else {
                    let empty = self.read().is_empty();
                    return Err(error(if empty {
                        "pop from empty list"
                    } else {
                        "pop index out of range"
                    }));
                };
                return Ok(self.write().remove(at));
            }
            "remove" => {
                let [item] = args.exactly("remove", ["value"])?;
                let Some(at) = self.find(&item) else {
                    return Err(error(format!(
                        "list.remove(x): {} is not in the list",
                        repr_of(&item)
                    )));
                };
                self.write().remove(at);
            }
            "clear" => self.write().clear(),
            "copy" => return Ok(Self::value(self.snapshot())),
            "reverse" => self.write().reverse(),
            "sort" => {
                let [key, reverse] = args.keywords("sort", ["key", "reverse"])?;
                self.sort(state, key.as_ref(), reverse.is_some_and(|r| r.is_true()))?;
            }
            "index" => {
                let [item] = args.exactly("index", ["value"])?;
                return self
                    .find(&item)
                    .map(|i| int_value(i as i128))
                    .ok_or_else(|| error(format!("{} is not in list", repr_of(&item))));
            }
            "count" => {
                let [item] = args.exactly("count", ["value"])?;
                return Ok(Value::from(
                    self.snapshot()
                        .iter()
                        .filter(|x| python::operators::equal(x, &item))
                        .count(),
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
