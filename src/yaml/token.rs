//! Tokens of YAML: what the scanner hands to the composer.

use std::borrow::Cow;

/// A token and its place in bytes.
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub kind: Kind<'t>,
    pub start: usize,
    pub end: usize,
}

/// What a token is. Starts and ends of block collections are made from indentation.
#[derive(Debug)]
pub(super) enum Kind<'t> {
    StreamEnd,
    /// `%TAG handle prefix`.
    TagDirective(&'t str, &'t str),
    /// `%YAML 1.1`, checked by the scanner.
    VersionDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t str),
    Anchor(&'t str),
    Tag {
        handle: &'t str,
        suffix: &'t str,
    },
    Scalar {
        text: Cow<'t, str>,
        plain: bool,
    },
}

impl Kind<'_> {
    /// Returns the token's name for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::StreamEnd => "the end of the file",
            Kind::TagDirective(..) | Kind::VersionDirective => "a directive",
            Kind::DocumentStart => "`---`",
            Kind::DocumentEnd => "`...`",
            Kind::BlockSequenceStart | Kind::BlockEntry => "a list entry",
            Kind::BlockMappingStart | Kind::Key => "a mapping key",
            Kind::BlockEnd => "a line that is indented less",
            Kind::FlowSequenceStart => "`[`",
            Kind::FlowSequenceEnd => "`]`",
            Kind::FlowMappingStart => "`{`",
            Kind::FlowMappingEnd => "`}`",
            Kind::FlowEntry => "`,`",
            Kind::Value => "`:`",
            Kind::Alias(_) => "an alias",
            Kind::Anchor(_) => "an anchor",
            Kind::Tag { .. } => "a tag",
            Kind::Scalar { .. } => "a value",
        }
    }
}
