//! An object with members, methods and a text of its own: the common shape of times, patterns and responses.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

/// What such an object can do.
pub(crate) trait Opaque: fmt::Debug + Send + Sync + 'static {
    /// `str(x)`.
    fn text(&self) -> String;

    /// `repr(x)`.
    fn repr(&self) -> String {
        self.text()
    }

    /// Python's name of the type.
    fn class(&self) -> &'static str {
        "object"
    }

    /// `format(x, spec)`; none where the type has no format of its own.
    fn formatted(&self, _spec: &str) -> Option<String> {
        None
    }

    fn member(&self, _name: &str) -> Option<Value> {
        None
    }

    fn method(&self, _state: &mut State, _name: &str, _args: &[Value]) -> Result<Value, Error> {
        Err(Error::from(ErrorKind::UnknownMethod))
    }

    fn call(&self, _state: &mut State, _args: &[Value]) -> Result<Value, Error> {
        Err(Error::new(
            ErrorKind::InvalidOperation,
            "this object is not callable",
        ))
    }

    fn order(&self, _other: &dyn Opaque) -> Option<Ordering> {
        None
    }

    fn truth(&self) -> bool {
        true
    }

    fn as_any(&self) -> &dyn std::any::Any;
}

/// The wrapper that minijinja sees.
#[derive(Debug)]
pub(crate) struct PyObject(pub Arc<dyn Opaque>);

impl PyObject {
    pub fn value(object: impl Opaque) -> Value {
        Value::from_object(Self(Arc::new(object)))
    }

    /// Returns the object of this type inside of a value.
    pub fn get<T: Opaque>(value: &Value) -> Option<&T> {
        value.downcast_object_ref::<Self>()?.0.as_any().downcast_ref()
    }
}

impl Object for PyObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.member(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.0.truth()
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        self.0.call(state, args)
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        self.0.method(state, method, args)
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        self.0.order(&*other.0)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text())
    }
}
