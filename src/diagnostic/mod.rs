//! What a person is told when something is wrong: what, where, why, and what to try.
//!
//! Every room returns [`Diagnostic`]s (or its own typed error that turns into one); only `report` and `cli`
//! print them. A phase collects all of its diagnostics before it stops, in [`Diagnostics`].

mod codes;
mod event_names;
mod render;
mod source;

pub use codes::{CODES, Code, CodeInfo};
pub use event_names::{event_code, event_names};
pub use render::render_text;
pub use source::{SourceFile, Span};

use std::fmt;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// One call on the way to the fault: a macro, a hook, an included file.
#[derive(Debug, Clone)]
pub struct Trace {
    /// For example "macro `dbt_utils.star`".
    pub what: String,
    /// Where the call stands.
    pub span: Option<Span>,
}

/// An error or a warning for the person who must act on it.
///
/// `message` is lower case, without a full stop; each hint is a full sentence with an action.
#[derive(Clone)]
pub struct Diagnostic(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: Code,
    severity: Severity,
    message: String,
    span: Option<Span>,
    trace: Vec<Trace>,
    notes: Vec<String>,
    hints: Vec<String>,
    said: Option<String>,
    event: Option<&'static str>,
}

/// The result of anything that can be explained to a person.
pub type Result<T, E = Diagnostic> = std::result::Result<T, E>;

impl Diagnostic {
    /// Returns an error with a stable code.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::of(Severity::Error, code, message.into())
    }

    /// Returns a warning with a stable code.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::of(Severity::Warning, code, message.into())
    }

    fn of(severity: Severity, code: Code, message: String) -> Self {
        Self(Box::new(Inner {
            code,
            severity,
            message,
            span: None,
            trace: Vec::new(),
            notes: Vec::new(),
            hints: Vec::new(),
            said: None,
            event: None,
        }))
    }

    /// Returns the same as a warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.0.severity = Severity::Warning;
        self
    }

    /// Says where the fault is; an earlier, more exact place wins.
    #[must_use]
    pub fn at(mut self, span: impl Into<Option<Span>>) -> Self {
        if self.0.span.is_none() {
            self.0.span = span.into();
        }
        self
    }

    /// Adds the call that led here, innermost first.
    #[must_use]
    pub fn trace(mut self, what: impl Into<String>, span: impl Into<Option<Span>>) -> Self {
        self.0.trace.push(Trace {
            what: what.into(),
            span: span.into(),
        });
        self
    }

    /// Adds a fact that helps to understand the fault.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    /// Names the event of dbt that this warning is, by which it can be silenced or made an error.
    #[must_use]
    pub fn event(mut self, name: &'static str) -> Self {
        self.0.event = Some(name);
        self
    }

    /// Returns the same as an error.
    #[must_use]
    pub fn as_error(mut self) -> Self {
        self.0.severity = Severity::Error;
        self
    }

    /// Keeps what another program, such as a database, said word for word.
    #[must_use]
    pub fn said(mut self, text: impl Into<String>) -> Self {
        self.0.said = Some(text.into());
        self
    }

    /// Adds an action to try: a full sentence.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds "Did you mean `x`?" where a candidate is close to `name`.
    #[must_use]
    pub fn did_you_mean<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match closest(name, candidates) {
            Some(found) => self.hint(format!("Did you mean `{found}`?")),
            None => self,
        }
    }

    pub fn code(&self) -> Code {
        self.0.code
    }
    pub fn severity(&self) -> Severity {
        self.0.severity
    }
    pub fn message(&self) -> &str {
        &self.0.message
    }
    pub fn span(&self) -> Option<&Span> {
        self.0.span.as_ref()
    }
    pub fn traces(&self) -> &[Trace] {
        &self.0.trace
    }
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }
    /// The name of dbt's event, if it is one.
    pub fn event_name(&self) -> Option<&'static str> {
        self.0.event
    }
    /// Says whether this is a deprecation, which is shown once a kind and counted.
    pub fn is_deprecation(&self) -> bool {
        let code = self.0.event.and_then(event_code);
        code.is_some_and(|code| code.starts_with('D'))
    }
    /// What another program said word for word, or the message.
    pub fn words(&self) -> &str {
        self.0.said.as_deref().unwrap_or(&self.0.message)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render_text(self, false))
    }
}

impl std::error::Error for Diagnostic {}

/// All that a phase found: never empty when used as an error.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Keeps the error of a result, and returns its value otherwise.
    pub fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(error);
                None
            }
        }
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    pub fn extend(&mut self, other: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(other);
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity() == Severity::Error)
    }
}

impl Diagnostics {
    /// Returns the first fault, with a note of how many more there are; for places that can carry one alone.
    pub fn into_one(self) -> Diagnostic {
        let more = self.0.len().saturating_sub(1);
        let mut all = self.0.into_iter();
        match all.next() {
            Some(first) if more == 0 => first,
            Some(first) => {
                let places: Vec<String> = all
                    .filter_map(|d| Some(format!("{}: {}", d.span()?, d.message())))
                    .collect();
                places
                    .into_iter()
                    .fold(first, |first, place| first.note(format!("also {place}")))
            }
            None => Diagnostic::error(Code::INTERNAL, "a fault was reported without saying what it is"),
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

/// Returns the candidate nearest to `name` by edit distance, if one is near enough to be a slip of the pen.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|c| *c != name)
        .map(|c| (strsim::damerau_levenshtein(name, c), c))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, c)| c)
}
