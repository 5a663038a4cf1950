//! Selection against what dbt-core says, the parser's properties, and the laws of sets.

mod fixture;
mod language;
mod oracle;
mod rows;
mod selectors;
