//! What can go wrong with a database, with its kind and whether a retry may help.

use thiserror::Error;

use crate::diagnostic::{Code, Diagnostic, SourceFile, Span};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    Auth,
    Missing,
    Denied,
    Syntax,
    Conflict,
    Network,
    Limit,
    Config,
    Cancelled,
    Unsupported,
    /// A model in Python failed.
    Python,
    Other,
}

/// An error of a database or of its settings.
#[derive(Debug, Clone, Error)]
#[error("{message}")]
pub struct AdapterError {
    pub kind: ErrorKind,
    /// A retry of the same statement may succeed.
    pub temporary: bool,
    /// What the database said, whole.
    pub message: String,
    /// Line (from 1) and column (from 1) in the statement, where the database says it.
    pub position: Option<(u32, u32)>,
    /// What to do about it: a full sentence.
    pub hint: Option<String>,
}

impl AdapterError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            temporary: false,
            message: message.into(),
            position: None,
            hint: None,
        }
    }

    /// Returns the error of a statement or a wait that ended because the run was cancelled.
    pub(super) fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "the statement was cancelled")
    }

    /// Returns the error with these secrets struck out of its message.
    pub(super) fn masked(mut self, secrets: &[String]) -> Self {
        self.message = mask(self.message, secrets);
        self
    }

    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the diagnostic for a person. `sql` is the name to show (such as the path under `target/compiled`)
    /// and the text that was executed: with it the line at fault is framed.
    pub fn diagnostic(&self, sql: Option<(&str, &str)>) -> Diagnostic {
        let code = match self.kind {
            ErrorKind::Auth | ErrorKind::Network | ErrorKind::Config => Code::CONNECTION,
            ErrorKind::Conflict if self.temporary && sql.is_none() => Code::CONNECTION,
            ErrorKind::Unsupported => Code::UNSUPPORTED,
            ErrorKind::Cancelled => Code::CANCELLED,
            ErrorKind::Python => Code::PYTHON,
            _ => Code::DATABASE,
        };
        let span = self.position.zip(sql).map(|((line, column), (name, text))| {
            let file = SourceFile::new(name, text);
            let start = file.offset(line, column);
            let word = text
                .get(start as usize..)
                .and_then(|rest| rest.find(|c: char| !c.is_alphanumeric() && c != '_'))
                .map_or(text.len(), |length| start as usize + length.max(1));
            Span::new(&file, start, u32::try_from(word).unwrap_or(start))
        });
        let said = if span.is_some() {
            self.without_excerpt()
        } else {
            std::borrow::Cow::Borrowed(self.message.as_str())
        };
        let mut lines = said.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let mut diagnostic = Diagnostic::error(code, lines.next().unwrap_or("the database gave no reason"));
        let rest: Vec<&str> = lines.collect();
        if !rest.is_empty() {
            diagnostic = diagnostic.note(rest.join("\n"));
        }
        if let Some(hint) = &self.hint {
            diagnostic = diagnostic.hint(hint.clone());
        }
        diagnostic.said(self.message.trim_end()).at(span)
    }

    /// The message without the database's own picture of the line, which the frame shows better; what follows the
    /// picture is kept.
    fn without_excerpt(&self) -> std::borrow::Cow<'_, str> {
        let Some(at) = self.message.find("\nLINE ") else {
            return self.message.as_str().into();
        };
        let rest: Vec<&str> = self.message[at + 1..].lines().skip(2).collect();
        match rest.is_empty() {
            true => self.message[..at].into(),
            false => format!("{}\n{}", &self.message[..at], rest.join("\n")).into(),
        }
    }
}

impl From<AdapterError> for Diagnostic {
    fn from(error: AdapterError) -> Self {
        error.diagnostic(None)
    }
}

/// Strikes secrets out of a text.
pub(super) fn mask(mut text: String, secrets: &[String]) -> String {
    for secret in secrets {
        if text.contains(secret.as_str()) {
            text = text.replace(secret.as_str(), "*****");
        }
    }
    text
}
