//! Exposures: what stands outside and reads nodes.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::parse::Parsing;
use super::properties::Entry;
use super::{Manifest, Node, NodeKind, described};
use crate::diagnostic::{Code, Diagnostics, Result, SourceFile};
use crate::yaml::Node as Yaml;

/// What dbt takes for `type` and `maturity`.
const TYPES: [&str; 5] = ["dashboard", "notebook", "analysis", "ml", "application"];
const MATURITIES: [&str; 3] = ["low", "medium", "high"];

/// Adds the exposures of all properties files.
pub(super) fn parse(cx: &Parsing<'_>, manifest: &mut Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    for entry in entries.iter().filter(|e| e.section == "exposures") {
        described::add(manifest, exposure(cx, entry), faults);
    }
}

fn exposure(cx: &Parsing<'_>, entry: &Entry) -> Result<Node> {
    one_of(entry, "type", &TYPES, true)?;
    one_of(entry, "maturity", &MATURITIES, false)?;
    let value = |key: &str| entry.get(key).map_or(Json::Null, Yaml::to_json);
    let mut fields = Map::new();
    for key in ["type", "owner", "description", "label", "maturity"] {
        fields.insert(key.to_owned(), value(key));
    }
    for key in ["meta", "tags", "config", "unrendered_config"] {
        fields.insert(key.to_owned(), Json::Null);
    }
    fields.insert("url".into(), value("url"));
    for key in ["depends_on", "refs", "sources"] {
        fields.insert(key.to_owned(), Json::Null);
    }
    fields.insert("metrics".into(), json!([]));
    match fields.get_mut("owner") {
        Some(Json::Object(owner)) => {
            for key in ["email", "name"] {
                owner.entry(key).or_insert(Json::Null);
            }
        }
        _ => {
            return Err(entry
                .error(
                    &entry.node,
                    Code::YAML_SHAPE,
                    format!("the exposure `{}` has no `owner`", entry.name),
                )
                .hint("Write owner: {email: someone@example.com}; a name may stand beside it."));
        }
    }
    let mut node = described::node(cx, entry, NodeKind::Exposure, fields)?;
    // Of these two, the innermost level is taken alone, and what stands beside `config:` counts too.
    let mut config = (*node.config).clone();
    let mut innermost = cx.levels.innermost(node.kind, &entry.package, &node.fqn);
    innermost.extend(described::own_config(entry));
    for key in ["tags", "meta"] {
        if let Some(value) = innermost.shift_remove(key) {
            config.values.insert(key.to_owned(), value);
        }
    }
    let mut meta = match value("meta") {
        Json::Object(meta) => meta,
        _ => Map::new(),
    };
    if let Some(Json::Object(own)) = config.get("meta") {
        meta.extend(own.clone());
    }
    node.tags = described::all_tags(&config, value("tags"));
    config.values.insert("meta".into(), Json::Object(meta));
    config.values.insert("tags".into(), json!(node.tags));
    node.config = Arc::new(config);
    let list = entry.get("depends_on").and_then(Yaml::as_seq).unwrap_or_default();
    for item in list {
        depends_on(cx, entry, item, &mut node)?;
    }
    Ok(node)
}

/// Reads `ref('orders')`, `source('shop', 'orders')` or `metric('revenue')`.
fn depends_on(cx: &Parsing<'_>, entry: &Entry, item: &Yaml, node: &mut Node) -> Result<()> {
    let text = entry.file.document.expect_str(item, "an entry of depends_on")?;
    let file = SourceFile::new(format!("{}", node.id), format!("{{{{ {text} }}}}"));
    let scan = cx.engine.scan(&file, &entry.package)?;
    let metric = metric_of(text);
    if scan.refs.is_empty() && scan.sources.is_empty() && metric.is_none() {
        return Err(entry
            .error(
                item,
                Code::YAML_SHAPE,
                format!("the exposure depends on `{text}`, which is no ref(), source() or metric()"),
            )
            .hint("Write ref('model'), source('source', 'table') or metric('metric')."));
    }
    let place = item.span(&entry.file.document.file);
    for (call, _) in scan.refs {
        node.refs.push(call);
        node.ref_spans.push(Some(place.clone()));
    }
    for (source, _) in scan.sources {
        node.sources.push(source);
        node.source_spans.push(Some(place.clone()));
    }
    if let (Some(metric), Some(Json::Array(metrics))) = (metric, node.extra.get_mut("metrics")) {
        metrics.push(json!(metric));
    }
    Ok(())
}

/// Returns the arguments of `metric('name')` or `metric('package', 'name')`.
fn metric_of(text: &str) -> Option<Vec<&str>> {
    let inside = text
        .trim()
        .strip_prefix("metric")?
        .trim()
        .strip_prefix('(')?
        .strip_suffix(')')?;
    let names: Vec<&str> = inside
        .split(',')
        .map(|name| name.trim().trim_matches(['\'', '"']))
        .collect();
    names.iter().all(|name| !name.is_empty()).then_some(names)
}

fn one_of(entry: &Entry, key: &str, allowed: &[&str], required: bool) -> Result<()> {
    let what = format!("the exposure `{}`", entry.name);
    let Some(given) = entry.get(key) else {
        if !required {
            return Ok(());
        }
        let fault = entry.error(&entry.node, Code::YAML_SHAPE, format!("{what} has no `{key}`"));
        return Err(fault.hint(format!("It is one of {}.", allowed.join(", "))));
    };
    let text = given.key_text();
    if allowed.contains(&&*text) {
        return Ok(());
    }
    Err(entry
        .error(given, Code::YAML_SHAPE, format!("{what} has the {key} `{text}`"))
        .did_you_mean(&text, allowed.iter().copied())
        .hint(format!("It is one of {}.", allowed.join(", "))))
}
