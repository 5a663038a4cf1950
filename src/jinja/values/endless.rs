//! Iterators of `itertools` that never end. What is taken of one is gone, as in Python.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, Value};

use crate::jinja::python::operators::{self, Operator};
use crate::jinja::python::{Number, error, number, repr_of};

/// A loop over an endless iterator that goes on for longer has surely lost its `break`.
const STEPS_MAX: usize = 10_000_000;

#[derive(Debug)]
enum Source {
    Count { next: Value, step: Value },
    Cycle { items: Vec<Value>, at: usize },
    Repeat(Value),
}

/// An endless iterator. The lock guards its place and is not held while a template runs.
#[derive(Debug)]
pub(crate) struct Endless(Mutex<Source>);

impl Endless {
    fn value(source: Source) -> Value {
        Value::from_object(Self(Mutex::new(source)))
    }

    /// `itertools.count(start, step)`.
    pub fn count(start: Value, step: Value) -> Result<Value, Error> {
        if number(&start).is_none() || number(&step).is_none() {
            return Err(error("a number is required"));
        }
        Ok(Self::value(Source::Count { next: start, step }))
    }

    /// `itertools.cycle(items)`; no items make an iterator that is empty.
    pub fn cycle(items: Vec<Value>) -> Value {
        Self::value(Source::Cycle { items, at: 0 })
    }

    /// `itertools.repeat(item)`.
    pub fn repeat(item: Value) -> Value {
        Self::value(Source::Repeat(item))
    }

    pub fn of(value: &Value) -> Option<&Self> {
        value.downcast_object_ref::<Self>()
    }

    /// Takes the next item; none only where a cycle has no items.
    pub fn next(&self) -> Option<Value> {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *source {
            Source::Count { next, step } => {
                let now = next.clone();
                *next = operators::apply(Operator::Add, next, step).ok()?;
                Some(now)
            }
            Source::Cycle { items, at } => {
                let item = items.get(*at).cloned();
                *at = (*at + 1) % items.len().max(1);
                item
            }
            Source::Repeat(item) => Some(item.clone()),
        }
    }

    /// Takes up to this many items.
    pub fn take(&self, count: usize) -> Vec<Value> {
        (0..count).map_while(|_| self.next()).collect()
    }
}

impl Object for Endless {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let this = self.clone();
        Enumerator::Iter(Box::new((0..STEPS_MAX).map_while(move |_| this.next())))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        None
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*source {
            Source::Count { next, step } => match number(step) {
                Some(Number::Int(1)) => write!(f, "count({})", repr_of(next)),
                _ => write!(f, "count({}, {})", repr_of(next), repr_of(step)),
            },
            Source::Cycle { .. } => f.write_str("<itertools.cycle object>"),
            Source::Repeat(item) => write!(f, "repeat({})", repr_of(item)),
        }
    }
}
