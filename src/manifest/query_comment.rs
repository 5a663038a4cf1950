//! Tries the project's `query-comment` once while parsing, so that one that fails is told before anything runs.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::host::ParseHost;
use super::parse::Parsing;
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};
use crate::jinja::{Engine, Host};

/// What a comment may ask of a node. There is none while parsing, so that each is empty.
const OF_NODE: [&str; 16] = [
    "unique_id",
    "name",
    "alias",
    "package_name",
    "resource_type",
    "path",
    "original_file_path",
    "database",
    "schema",
    "config",
    "fqn",
    "tags",
    "meta",
    "version",
    "language",
    "checksum",
];

/// Renders the comment without a node.
///
/// # Errors
/// What the template raised, and a text that would end the comment early.
pub(super) fn check(cx: &Parsing<'_>) -> Result<()> {
    let root = cx.project.root();
    let text = match &root.project.query_comment {
        Some(Json::String(text)) => text,
        Some(Json::Object(map)) => match map.get("comment") {
            Some(Json::String(text)) => text,
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    let empty: Map<String, Json> = OF_NODE.iter().map(|key| ((*key).to_owned(), "".into())).collect();
    let host = ParseHost::new(cx.shared.clone(), root.name.clone()).strict(vec![
        ("node", Engine::value(&Json::Object(empty))),
        ("connection_name", "master".into()),
    ]);
    let host: Arc<dyn Host> = Arc::new(host);
    let rendered = cx.engine.render_str("query-comment", text, &host)?;
    if !rendered.contains("*/") {
        return Ok(());
    }
    let file = SourceFile::new("query-comment", text.as_str());
    let at = text.find("*/").and_then(|at| u32::try_from(at).ok());
    let span = at.map_or_else(|| Span::new(&file, 0, 0), |at| Span::new(&file, at, at + 2));
    Err(Diagnostic::error(
        Code::PROJECT_KEY,
        "the query comment contains `*/`, which would end it",
    )
    .at(span)
    .hint("Take the characters out of `query-comment` in `dbt_project.yml`."))
}
