//! `semantic_manifest.json`: the semantic layer as MetricFlow reads it, byte for byte as dbt writes it.
//!
//! The fields of a kind stand in tables below; what the manifest has beyond them stays away.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value as Json, json};

use crate::diagnostic::Result;
use crate::fs;
use crate::manifest::{LEGACY_TIME_SPINE, Manifest, Node, NodeKind, node_json};

/// The release of dbt-semantic-interfaces whose form this is.
const INTERFACES: (&str, &str, &str) = ("0", "9", "0");

/// Writes the file, whole or not at all.
///
/// # Errors
/// `N0101` where it cannot be written.
pub fn write(path: &Path, manifest: &Manifest) -> Result<()> {
    let json = semantic_manifest(manifest);
    fs::write_streaming(path, |out| {
        let mut serializer = Serializer::with_formatter(out, Python);
        json.serialize(&mut serializer).map_err(io::Error::from)
    })
}

fn semantic_manifest(manifest: &Manifest) -> Json {
    let of = |kind: NodeKind, fields: &[Field]| -> Vec<Json> {
        let nodes = manifest.nodes.values().filter(|node| node.kind == kind);
        nodes.map(|node| project(&node_json(node), fields)).collect()
    };
    let models = of(NodeKind::SemanticModel, SEMANTIC_MODEL);
    let legacy = manifest
        .nodes
        .values()
        .find(|n| n.kind == NodeKind::Model && &*n.name == LEGACY_TIME_SPINE)
        .filter(|node| !models.is_empty() && !node.extra.contains_key("time_spine"))
        .map(|node| json!({ "location": node.relation_name(), "column_name": "date_day", "grain": "day" }));
    let spines = manifest.nodes.values().filter_map(|node| time_spine(node));
    json!({
        "semantic_models": models,
        "metrics": of(NodeKind::Metric, METRIC),
        "project_configuration": {
            "time_spine_table_configurations": legacy.into_iter().collect::<Vec<_>>(),
            "metadata": null,
            "dsi_package_version": {
                "major_version": INTERFACES.0, "minor_version": INTERFACES.1, "patch_version": INTERFACES.2,
            },
            "time_spines": spines.collect::<Vec<_>>(),
        },
        "saved_queries": of(NodeKind::SavedQuery, SAVED_QUERY),
    })
}

fn time_spine(node: &Node) -> Option<Json> {
    let spine = node.extra.get("time_spine").filter(|s| s.is_object())?;
    let column = spine["standard_granularity_column"].as_str().unwrap_or_default();
    let json = node_json(node);
    Some(json!({
        "node_relation": {
            "alias": &*node.alias, "schema_name": node.relation.schema.as_deref(),
            "database": node.relation.database.as_deref(), "relation_name": node.relation_name(),
        },
        "primary_column": { "name": column, "time_granularity": json["columns"][column]["granularity"] },
        "custom_granularities": spine["custom_granularities"],
    }))
}

/// A field: its name, and what its value is.
type Field = (&'static str, Form);

/// What a value is.
enum Form {
    /// As it is, null where it is not there.
    As,
    /// Text, whatever was written.
    Text,
    /// Text in lower case.
    Lower,
    Whole,
    Real,
    Words,
    Sorted,
    False,
    /// Nothing: dbt does not fill it.
    Null,
    /// A record.
    Of(&'static [Field]),
    /// A list of records, empty where it is not there.
    Each(&'static [Field]),
    /// A list of records, or null.
    Some(&'static [Field]),
}

use Form::{As, Each, False, Lower, Null, Of, Real, Sorted, Text, Whole, Words};

const CONFIG: &[Field] = &[("meta", As)];
const RELATION: &[Field] = &[
    ("alias", As),
    ("schema_name", As),
    ("database", As),
    ("relation_name", As),
];
const SEMANTIC_MODEL: &[Field] = &[
    ("name", As),
    ("defaults", Of(&[("agg_time_dimension", As)])),
    ("description", As),
    ("node_relation", Of(RELATION)),
    ("primary_entity", As),
    ("entities", Each(ENTITY)),
    ("measures", Each(MEASURE)),
    ("dimensions", Each(DIMENSION)),
    ("label", Text),
    ("metadata", Null),
    ("config", Of(CONFIG)),
];
const ENTITY: &[Field] = &[
    ("name", As),
    ("description", As),
    ("type", As),
    ("role", Text),
    ("expr", Text),
    ("metadata", Null),
    ("label", Text),
    ("config", Of(CONFIG)),
];
const MEASURE: &[Field] = &[
    ("name", As),
    ("agg", As),
    ("description", As),
    ("create_metric", As),
    ("expr", Text),
    (
        "agg_params",
        Of(&[
            ("percentile", Real),
            ("use_discrete_percentile", False),
            ("use_approximate_percentile", False),
        ]),
    ),
    ("metadata", Null),
    (
        "non_additive_dimension",
        Of(&[("name", As), ("window_choice", As), ("window_groupings", Words)]),
    ),
    ("agg_time_dimension", Text),
    ("label", Text),
    ("config", Of(CONFIG)),
];
const DIMENSION: &[Field] = &[
    ("name", As),
    ("description", As),
    ("type", As),
    ("is_partition", False),
    (
        "type_params",
        Of(&[
            ("time_granularity", As),
            ("validity_params", Of(&[("is_start", False), ("is_end", False)])),
        ]),
    ),
    ("expr", Text),
    ("metadata", Null),
    ("label", Text),
    ("config", Of(CONFIG)),
];
const FILTER: &[Field] = &[("where_filters", Each(&[("where_sql_template", As)]))];
const WINDOW: &[Field] = &[("count", As), ("granularity", As)];
const INPUT_MEASURE: &[Field] = &[
    ("name", As),
    ("filter", Of(FILTER)),
    ("alias", Text),
    ("join_to_timespine", False),
    ("fill_nulls_with", Whole),
];
const INPUT_METRIC: &[Field] = &[
    ("name", As),
    ("filter", Of(FILTER)),
    ("alias", Text),
    ("offset_window", Of(WINDOW)),
    ("offset_to_grain", Lower),
];
const METRIC: &[Field] = &[
    ("name", As),
    ("description", As),
    ("type", As),
    (
        "type_params",
        Of(&[
            ("measure", Of(INPUT_MEASURE)),
            ("numerator", Of(INPUT_METRIC)),
            ("denominator", Of(INPUT_METRIC)),
            ("expr", Text),
            ("window", Of(WINDOW)),
            ("grain_to_date", As),
            ("metrics", Form::Some(INPUT_METRIC)),
            ("conversion_type_params", Of(CONVERSION)),
            (
                "cumulative_type_params",
                Of(&[
                    ("window", Of(WINDOW)),
                    ("grain_to_date", Lower),
                    ("period_agg", As),
                ]),
            ),
            ("input_measures", Each(INPUT_MEASURE)),
        ]),
    ),
    ("filter", Of(FILTER)),
    ("metadata", Null),
    ("label", Text),
    ("config", Of(CONFIG)),
    ("time_granularity", As),
];
const CONVERSION: &[Field] = &[
    ("base_measure", Of(INPUT_MEASURE)),
    ("conversion_measure", Of(INPUT_MEASURE)),
    ("entity", As),
    ("calculation", As),
    ("window", Of(WINDOW)),
    (
        "constant_properties",
        Form::Some(&[("base_property", As), ("conversion_property", As)]),
    ),
];
const SAVED_QUERY: &[Field] = &[
    ("name", As),
    (
        "query_params",
        Of(&[
            ("metrics", Words),
            ("group_by", Words),
            ("order_by", Words),
            ("limit", Whole),
            ("where", Of(FILTER)),
        ]),
    ),
    ("description", As),
    ("metadata", Null),
    ("label", Text),
    (
        "exports",
        Each(&[
            ("name", As),
            (
                "config",
                Of(&[("export_as", As), ("schema_name", As), ("alias", As)]),
            ),
        ]),
    ),
    ("tags", Sorted),
];

/// Makes a record of the fields of another.
fn project(record: &Json, fields: &[Field]) -> Json {
    let made = fields.iter().map(|(name, form)| {
        let value = record.get(*name).unwrap_or(&Json::Null);
        ((*name).to_owned(), shaped(value, form))
    });
    Json::Object(made.collect::<Map<_, _>>())
}

fn shaped(value: &Json, form: &Form) -> Json {
    match form {
        Null => Json::Null,
        Each(fields) => {
            let listed = value.as_array().into_iter().flatten();
            listed.map(|item| project(item, fields)).collect()
        }
        Words | Sorted => {
            let listed = value.as_array().into_iter().flatten();
            let mut words: Vec<Json> = listed.map(|word| shaped(word, &Text)).collect();
            if matches!(form, Sorted) {
                words.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            Json::Array(words)
        }
        False => value.as_bool().unwrap_or(false).into(),
        _ if value.is_null() => Json::Null,
        Text => match value {
            Json::Bool(true) => "True".into(),
            Json::Bool(false) => "False".into(),
            Json::Number(number) => number.to_string().into(),
            other => other.clone(),
        },
        Lower => value
            .as_str()
            .map_or_else(|| value.clone(), |text| text.to_lowercase().into()),
        Whole => match value {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float is cut to its whole part, as in Python"
            )]
            Json::Number(number) if !number.is_i64() => {
                number.as_f64().map_or_else(|| value.clone(), |f| json!(f as i64))
            }
            Json::String(text) => text
                .trim()
                .parse::<i64>()
                .map_or_else(|_| value.clone(), Json::from),
            other => other.clone(),
        },
        Real => match value.as_f64() {
            Some(number) => json!(number),
            None => value.clone(),
        },
        Of(fields) => project(value, fields),
        Form::Some(fields) => shaped(value, &Each(fields)),
        As => value.clone(),
    }
}

/// JSON as Python writes it: a blank behind commas and colons, ASCII only.
struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut units = [0; 2];
        for c in fragment.chars() {
            if c.is_ascii() && c != '\u{7f}' {
                writer.write_all(&[c as u8])?;
                continue;
            }
            for unit in c.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}
