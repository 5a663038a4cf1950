//! What a template says about itself: the calls it makes, the names it uses, the names it assigns.

use super::tokens::Token;

/// An argument of a call, by token indices: `first..end`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Arg {
    pub name: Option<usize>,
    pub splat: bool,
    pub first: usize,
    pub end: usize,
}

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    /// Its first and last token.
    pub first: usize,
    pub last: usize,
    /// The tokens of `a`, `b`, `c` in `a.b.c(…)`; empty where something else is called.
    pub path: Vec<usize>,
    pub args: Vec<Arg>,
    /// It may not be executed when the template is.
    pub conditional: bool,
    /// It may be executed more than once.
    pub looped: bool,
    /// It stands in a macro's or a call block's body.
    pub defining: bool,
}

/// A parameter of a macro.
#[derive(Debug)]
pub(crate) struct Param {
    pub name: usize,
    /// The tokens of `= default`.
    pub default: Option<(usize, usize)>,
}

/// The parameters of the macro that a template defines.
#[derive(Debug, Default)]
pub(crate) struct Signature {
    pub params: Vec<Param>,
    /// The closing parenthesis; 0 for a materialization.
    pub close: usize,
}

/// All that a walk found.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub calls: Vec<Call>,
    /// Names (with their attributes) that are used without being called.
    pub names: Vec<Vec<usize>>,
    /// Tokens of names that are assigned.
    pub assigned: Vec<usize>,
    pub signature: Option<Signature>,
    pub has_inner_macro: bool,
    /// Tokens of the names of macros that are defined, in order.
    pub macro_names: Vec<usize>,
    pub has_call_block: bool,
    pub has_custom_block: bool,
}

impl Facts {
    /// Says whether a name is read anywhere, called or not.
    pub fn uses(&self, source: &str, tokens: &[Token], name: &str) -> bool {
        let is = |path: &[usize]| path.first().is_some_and(|i| tokens[*i].text(source) == name);
        self.names.iter().any(|p| is(p)) || self.calls.iter().any(|c| is(&c.path))
    }
}
