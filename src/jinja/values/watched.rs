//! A dictionary that tells when somebody looks into it, not when it is only named: a macro holds every name that its
//! body mentions.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

/// Called at each look.
pub(crate) type Told = Arc<dyn Fn() + Send + Sync>;

pub(crate) struct Watched {
    inner: Value,
    told: Told,
}

impl Watched {
    pub fn value(inner: Value, told: Told) -> Value {
        Value::from_object(Self { inner, told })
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.told)();
        fmt::Debug::fmt(&self.inner, f)
    }
}

impl Object for Watched {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (self.told)();
        self.inner
            .get_item(key)
            .ok()
            .filter(|found| !found.is_undefined())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        (self.told)();
        match self.inner.try_iter() {
            Ok(keys) => Enumerator::Values(keys.collect()),
            Err(_) => Enumerator::Empty,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        (self.told)();
        self.inner.is_true()
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        (self.told)();
        self.inner.call_method(state, method, args)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.told)();
        fmt::Display::fmt(&self.inner, f)
    }
}
