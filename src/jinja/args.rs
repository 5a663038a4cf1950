//! Arguments of a call, bound to parameters as Python binds them.

use minijinja::value::Kwargs;
use minijinja::{Error, Value};

use super::python::error;

/// Positional and keyword arguments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args {
    pub positional: Vec<Value>,
    pub named: Vec<(String, Value)>,
}

impl Args {
    pub fn new(args: &[Value]) -> Result<Self, Error> {
        let mut positional = args;
        let mut named = Vec::new();
        if let Some((last, rest)) = args.split_last()
            && last.is_kwargs()
        {
            positional = rest;
            let kwargs = Kwargs::try_from(last.clone())?;
            for name in kwargs.args() {
                named.push((name.to_owned(), kwargs.peek::<Value>(name)?));
            }
        }
        Ok(Self {
            positional: positional.to_vec(),
            named,
        })
    }

    /// Binds to required parameters.
    pub fn exactly<const N: usize>(self, function: &str, names: [&str; N]) -> Result<[Value; N], Error> {
        self.required(function, names, N)
            .map(|x| x.map(Option::unwrap_or_default))
    }

    /// Binds to parameters that may all be left out.
    pub fn optional<const N: usize>(
        self,
        function: &str,
        names: [&str; N],
    ) -> Result<[Option<Value>; N], Error> {
        self.required(function, names, 0)
    }

    /// Binds to parameters that are given by name only.
    pub fn keywords<const N: usize>(
        self,
        function: &str,
        names: [&str; N],
    ) -> Result<[Option<Value>; N], Error> {
        if !self.positional.is_empty() {
            return Err(error(format!("{function}() takes no positional arguments")));
        }
        self.required(function, names, 0)
    }

    /// Binds to parameters of which the first `needed` must be given.
    pub fn required<const N: usize>(
        self,
        function: &str,
        names: [&str; N],
        needed: usize,
    ) -> Result<[Option<Value>; N], Error> {
        if self.positional.len() > N {
            return Err(error(format!(
                "{function}() takes {N} arguments but {} were given",
                self.positional.len()
            )));
        }
        let mut out: [Option<Value>; N] = std::array::from_fn(|_| None);
        for (slot, value) in out.iter_mut().zip(self.positional) {
            *slot = Some(value);
        }
        for (name, value) in self.named {
            let Some(at) = names.iter().position(|n| *n == name) else {
                return Err(error(format!(
                    "{function}() got an unexpected keyword argument '{name}'"
                )));
            };
            if out[at].is_some() {
                return Err(error(format!(
                    "{function}() got multiple values for argument '{name}'"
                )));
            }
            out[at] = Some(value);
        }
        if let Some(missing) = out.iter().take(needed).position(Option::is_none) {
            return Err(error(format!(
                "{function}() missing a required argument: '{}'",
                names[missing]
            )));
        }
        Ok(out)
    }
}
