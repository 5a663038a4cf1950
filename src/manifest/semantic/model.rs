//! Semantic models: entities, dimensions and measures on a model.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::{Part, fields, metric};
use crate::diagnostic::{Result, SourceFile};
use crate::manifest::parse::Parsing;
use crate::manifest::properties::Entry;
use crate::manifest::{Node, NodeKind, described};
use crate::yaml::Node as Yaml;

const AGGREGATIONS: [&str; 9] = [
    "sum",
    "min",
    "max",
    "count_distinct",
    "sum_boolean",
    "average",
    "percentile",
    "median",
    "count",
];
pub(in crate::manifest) const GRAINS: [&str; 11] = [
    "nanosecond",
    "microsecond",
    "millisecond",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
];

/// Returns the semantic model of an entry, and the metrics that its measures ask for with `create_metric`.
pub(super) fn read(cx: &Parsing<'_>, entry: &Entry) -> Result<(Node, Vec<Node>)> {
    let part = Part::of(cx, entry);
    let model = part.required("model")?;
    let defaults = match part.get("defaults") {
        Some(defaults) => json!({ "agg_time_dimension": part.at(defaults).text("agg_time_dimension")? }),
        None => Json::Null,
    };
    let mut node = described::node(cx, entry, NodeKind::SemanticModel, Map::new())?;
    let meta = node.config.get("meta").cloned();
    let each = |key: &str, read: &dyn Fn(Part<'_>) -> Result<Json>| -> Result<Json> {
        let items = part.list(key)?.iter();
        items
            .map(|item| read(part.at(item)))
            .collect::<Result<Vec<_>>>()
            .map(Json::Array)
    };
    node.extra = fields([
        ("model", model.key_text().into()),
        ("node_relation", Json::Null),
        ("description", Json::Null),
        ("label", part.text("label")?),
        ("defaults", defaults),
        ("entities", each("entities", &|part| entity(part, meta.as_ref()))?),
        (
            "measures",
            each("measures", &|part| measure(part, meta.as_ref()))?,
        ),
        (
            "dimensions",
            each("dimensions", &|part| dimension(part, meta.as_ref()))?,
        ),
        ("metadata", Json::Null),
        ("depends_on", Json::Null),
        ("refs", Json::Null),
        ("config", Json::Null),
        ("unrendered_config", Json::Null),
        ("primary_entity", part.text("primary_entity")?),
        ("group", Json::Null),
    ]);
    read_model(part, model, &mut node)?;
    let asks = |item: &&Yaml| item.get("create_metric").and_then(Yaml::as_bool) == Some(true);
    let metrics: Vec<Node> = part
        .list("measures")?
        .iter()
        .filter(asks)
        .map(|item| metric::of_measure(part.at(item), &node))
        .collect::<Result<_>>()?;
    Ok((node, metrics))
}

/// Reads `ref('orders')`.
fn read_model(part: Part<'_>, model: &Yaml, node: &mut Node) -> Result<()> {
    let text = model.key_text();
    let file = SourceFile::new(format!("{}", node.id), format!("{{{{ {text} }}}}"));
    let scan = part.cx.engine.scan(&file, &part.entry.package)?;
    let place = model.span(&part.entry.file.document.file);
    let Some((call, _)) = scan.refs.into_iter().next() else {
        return Err(part
            .fault(model, format!("stands on `{text}`, which is no ref()"))
            .hint("Write model: ref('orders')."));
    };
    node.refs.push(call);
    node.ref_spans.push(Some(place));
    Ok(())
}

fn name(part: Part<'_>) -> Result<Json> {
    Ok(part.required("name")?.key_text().into())
}

fn entity(part: Part<'_>, meta: Option<&Json>) -> Result<Json> {
    Ok(Json::Object(fields([
        ("name", name(part)?),
        (
            "type",
            part.word("type", &["foreign", "natural", "primary", "unique"], true)?,
        ),
        ("description", part.description()?),
        ("label", part.text("label")?),
        ("role", part.text("role")?),
        ("expr", part.text("expr")?),
        ("config", part.meta_over(meta)),
    ])))
}

fn dimension(part: Part<'_>, meta: Option<&Json>) -> Result<Json> {
    let type_params = match part.get("type_params") {
        Some(params) => {
            let params = part.at(params);
            let validity = match params.get("validity_params") {
                Some(validity) => json!({
                    "is_start": params.at(validity).flag("is_start")?,
                    "is_end": params.at(validity).flag("is_end")?,
                }),
                None => Json::Null,
            };
            json!({ "time_granularity": params.word("time_granularity", &GRAINS, true)?, "validity_params": validity })
        }
        None => Json::Null,
    };
    Ok(Json::Object(fields([
        ("name", name(part)?),
        ("type", part.word("type", &["categorical", "time"], true)?),
        ("description", part.description()?),
        ("label", part.text("label")?),
        ("is_partition", part.flag("is_partition")?),
        ("type_params", type_params),
        ("expr", part.text("expr")?),
        ("metadata", Json::Null),
        ("config", part.meta_over(meta)),
    ])))
}

fn measure(part: Part<'_>, meta: Option<&Json>) -> Result<Json> {
    let agg_params = match part.get("agg_params") {
        Some(params) => json!({
            "percentile": part.at(params).kind("percentile", "a number", "Write it so: 0.95.", Json::is_number)?,
            "use_discrete_percentile": part.at(params).flag("use_discrete_percentile")?,
            "use_approximate_percentile": part.at(params).flag("use_approximate_percentile")?,
        }),
        None => Json::Null,
    };
    let non_additive = match part.get("non_additive_dimension") {
        Some(dimension) => {
            let dimension = part.at(dimension);
            json!({
                "name": name(dimension)?,
                "window_choice": dimension.word("window_choice", &AGGREGATIONS, true)?,
                "window_groupings": dimension.texts("window_groupings")?,
            })
        }
        None => Json::Null,
    };
    Ok(Json::Object(fields([
        ("name", name(part)?),
        ("agg", part.word("agg", &AGGREGATIONS, true)?),
        ("description", part.description()?),
        ("label", part.text("label")?),
        ("create_metric", part.flag("create_metric").map(|_| false.into())?),
        ("expr", part.expression(true)?),
        ("agg_params", agg_params),
        ("non_additive_dimension", non_additive),
        ("agg_time_dimension", part.text("agg_time_dimension")?),
        ("config", part.meta_over(meta)),
    ])))
}

/// Returns the names of a semantic model's measures.
pub(super) fn measures(node: &Node) -> impl Iterator<Item = &str> {
    let listed = node.extra.get("measures").and_then(Json::as_array);
    listed
        .into_iter()
        .flatten()
        .filter_map(|measure| measure.get("name")?.as_str())
}

/// Fills `node_relation` with where the model stands.
pub(super) fn place(node: &mut Arc<Node>, target: &Node) {
    let relation = &target.relation;
    let written = json!({
        "alias": &*target.alias, "schema_name": relation.schema.as_deref(), "database": relation.database.as_deref(),
        "relation_name": target.relation_name(),
    });
    Arc::make_mut(node).extra.insert("node_relation".into(), written);
}
