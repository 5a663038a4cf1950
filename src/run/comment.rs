//! The comment that goes with every statement, so that a person who looks at the database's log finds the node.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::adapters::Session;
use crate::compile::{Context, NodeHost};
use crate::diagnostic::Result;
use crate::jinja::{Engine, Host};
use crate::manifest::Node;

/// `query-comment` of the project.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum QueryComment {
    /// dbt's own comment: a JSON object that names profile, target and node.
    #[default]
    Standard,
    Off,
    /// A template, and whether its text follows the statement; where that is not said, the database decides.
    Template {
        text: String,
        append: Option<bool>,
    },
    /// The standard comment, before the statement.
    StandardBefore,
    /// The standard comment, behind the statement.
    StandardBehind,
}

impl QueryComment {
    /// Reads the project's setting: absent, a string, or `comment:` and `append:`.
    pub fn of(setting: Option<&Json>) -> Self {
        match setting {
            None => Self::Standard,
            Some(Json::String(text)) if !text.is_empty() => Self::Template {
                text: text.clone(),
                append: None,
            },
            Some(Json::Object(map)) => {
                let append = map.get("append").and_then(Json::as_bool);
                match map.get("comment") {
                    Some(Json::String(text)) if !text.is_empty() => Self::Template {
                        text: text.clone(),
                        append,
                    },
                    Some(_) => Self::Off,
                    None => match append {
                        Some(true) => Self::StandardBehind,
                        Some(false) => Self::StandardBefore,
                        None => Self::Standard,
                    },
                }
            }
            Some(_) => Self::Off,
        }
    }
}

/// Sets the session's comment for a node.
///
/// # Errors
/// What the template raised.
pub fn apply(
    comment: &QueryComment,
    cx: &Arc<Context>,
    node: &Arc<Node>,
    session: &Arc<Session>,
) -> Result<()> {
    let standard = || {
        let target = &cx.options.target;
        json!({
            "app": "dbt",
            "dbt_version": crate::manifest::DBT_VERSION,
            "profile_name": target.get("profile_name"),
            "target_name": target.get("target_name"),
            "node_id": node.id.as_str(),
        })
        .to_string()
    };
    let usual = session.adapter().dialect().comments_behind();
    let (text, append) = match comment {
        QueryComment::Off => (String::new(), false),
        QueryComment::Standard => (spaced(&standard()), usual),
        QueryComment::StandardBefore => (spaced(&standard()), false),
        QueryComment::StandardBehind => (spaced(&standard()), true),
        QueryComment::Template { text, append } => {
            let model = Engine::value(&crate::manifest::node_json(node));
            let host = NodeHost::new(cx.clone(), node.clone(), None)
                .with_member("node", model)
                .with_member("connection_name", node.id.as_str().into());
            let host: Arc<dyn Host> = Arc::new(host);
            (
                cx.engine.render_str("query-comment", text, &host)?,
                append.unwrap_or(usual),
            )
        }
    };
    session.set_name(&node.id.0);
    session.set_query_comment((!text.trim().is_empty()).then_some(text), append);
    session.set_labels(vec![(
        "dbt_invocation_id".to_owned(),
        cx.invocation.id.to_string(),
    )]);
    Ok(())
}

/// Writes JSON as Python does: a blank after each comma and colon.
fn spaced(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    let (mut inside, mut escaped) = (false, false);
    for c in json.chars() {
        out.push(c);
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            ',' | ':' if !inside => out.push(' '),
            _ => {}
        }
    }
    out
}
