//! The filter of a for-loop, which Jinja2 asks item by item while the loop runs, and the engine before the loop begins:
//! as a condition within the loop it sees what the body did to a list or a namespace.
//!
//! Where the body asks for `loop` the filter stays: how far ahead Jinja2 then looks depends on what is asked. So it does
//! with an `else`, whose names are its own, and in loops that call themselves.
//!
//! Where the body asks for `loop`, a text is gone through as the list of its letters.

use super::tokens::Kind;
use super::walk::{Open, Walker};

/// The parts of a loop.
#[derive(Default)]
pub(super) struct Loop {
    /// The first and the last token of what it goes through.
    pub items: (usize, usize),
    /// The `if` of its filter.
    pub filter: Option<usize>,
    pub recursive: bool,
    /// The first token behind its tag.
    pub body: usize,
    /// The keyword of its `else`.
    pub otherwise: Option<usize>,
    /// Where the bodies of loops within it stand, which have a `loop` of their own.
    pub inner: Vec<(usize, usize)>,
}

impl Walker<'_> {
    /// Makes the filter of a loop that ends here a condition, where the body cannot tell.
    pub(super) fn close_loop(&mut self, keyword: usize, open: &Open) {
        let parts = &open.of_loop;
        for around in &mut self.blocks {
            around
                .of_loop
                .inner
                .push((parts.body, parts.otherwise.unwrap_or(keyword)));
        }
        let names_loop = self.names_loop(parts.items.1 + 1, keyword, &parts.inner);
        if names_loop {
            // The engine goes through a text without knowing how long it is.
            let (first, last) = parts.items;
            self.patches.wrap(first, last, "__nx_items(", ")");
        }
        let Some(filter) = parts.filter else {
            return;
        };
        if parts.recursive || parts.otherwise.is_some() || names_loop {
            return;
        }
        self.patches.replace(filter, "%}{%if");
        self.patches.replace(keyword, "endif%}{%endfor");
    }

    /// Says whether these tokens name `loop`, but for those of loops within.
    fn names_loop(&self, first: usize, end: usize, inner: &[(usize, usize)]) -> bool {
        (first..end).any(|at| {
            let token = self.tokens[at];
            token.kind == Kind::Name
                && token.text(self.source) == "loop"
                && !inner.iter().any(|(from, to)| (*from..*to).contains(&at))
        })
    }
}
