//! Facts of SQL dialects that every database states about itself: quoting and literals.

/// How a database writes names and values.
pub trait Dialect: Send + Sync {
    /// Returns the name quoted, with quotes inside it doubled (or escaped as the database wants).
    fn quote_identifier(&self, name: &str) -> String;

    /// Returns the text as a string literal with everything in it escaped.
    fn string_literal(&self, text: &str) -> String;

    /// Returns the character that opens and closes a quoted name.
    fn quote_character(&self) -> char;
}
