//! What BigQuery does through its interface and not in SQL: reading and changing a table's description, copying tables
//! and partitions, access to datasets.

use reqwest::Method;
use serde_json::{Map, Value as Json, json};

use super::connection::table_path;
use super::jobs;
use super::rest::{Body, Call, Rest, unless_missing};
use crate::adapters::{AdapterError, ErrorKind, Relation};

/// Levels of structures within structures that are described.
const DEPTH_MAX: usize = 64;

/// Runs an operation by its name.
///
/// # Errors
/// Kind `Unsupported` where there is none of this name.
pub(super) fn run(
    rest: &mut Rest,
    name: &str,
    relation: &Relation,
    arguments: &Json,
) -> Result<Json, AdapterError> {
    match name {
        "describe_table" => describe_table(rest, relation),
        "describe_columns" => describe_columns(rest, relation, arguments),
        "add_fields" => add_fields(rest, relation, arguments),
        "copy_table" => copy_table(rest, relation, arguments),
        "dataset_location" => dataset_location(rest, relation),
        "grant_view_access" => grant_view_access(rest, relation, arguments),
        "drop_table" => drop_table(rest, relation),
        "drop_dataset" => drop_dataset(rest, relation),
        other => Err(AdapterError::new(
            ErrorKind::Unsupported,
            format!("BigQuery has no operation `{other}`"),
        )),
    }
}

/// The table as the interface shows it; null where it is not there.
fn describe_table(rest: &mut Rest, relation: &Relation) -> Result<Json, AdapterError> {
    let found = unless_missing(rest.call(&Call::get(table_path(relation))))?;
    Ok(found.map_or(Json::Null, |table| table.json))
}

fn patch(rest: &mut Rest, path: String, body: &Json) -> Result<Json, AdapterError> {
    Ok(rest.call(&Call::new(Method::PATCH, path, Body::Json(body)))?.json)
}

/// Sets descriptions and policy tags of columns, `{"a.b": {"description": …, "policy_tags": […]}}`.
fn describe_columns(rest: &mut Rest, relation: &Relation, columns: &Json) -> Result<Json, AdapterError> {
    let table = rest.call(&Call::get(table_path(relation)))?.json;
    let mut fields = table["schema"]["fields"].clone();
    if let Json::Array(fields) = &mut fields {
        for field in fields.iter_mut() {
            describe(field, "", columns, 0);
        }
    }
    patch(rest, table_path(relation), &json!({"schema": {"fields": fields}}))
}

fn describe(field: &mut Json, parent: &str, columns: &Json, depth: usize) {
    let name = field["name"].as_str().unwrap_or_default();
    let path = if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    };
    if let Some(column) = columns.get(&path) {
        field["description"] = column["description"].clone();
        if field["type"].as_str() != Some("RECORD")
            && let Some(tags) = column.get("policy_tags").filter(|tags| tags.is_array())
        {
            field["policyTags"] = json!({ "names": tags });
        }
    }
    if depth < DEPTH_MAX
        && let Some(Json::Array(parts)) = field.get_mut("fields")
    {
        for part in parts.iter_mut() {
            describe(part, &path, columns, depth + 1);
        }
    }
}

/// Gives a table the columns, and the fields within structures, that another table has and it lacks.
fn add_fields(rest: &mut Rest, relation: &Relation, arguments: &Json) -> Result<Json, AdapterError> {
    let source = rest.call(&Call::get(path_of(&arguments["source"])))?.json;
    let target = rest.call(&Call::get(table_path(relation)))?.json;
    let empty = Vec::new();
    let wanted = source["schema"]["fields"].as_array().unwrap_or(&empty);
    let mut fields = target["schema"]["fields"].as_array().cloned().unwrap_or_default();
    merge_fields(&mut fields, wanted, 0);
    patch(rest, table_path(relation), &json!({"schema": {"fields": fields}}))
}

fn merge_fields(fields: &mut Vec<Json>, wanted: &[Json], depth: usize) {
    let name_of = |field: &Json| field["name"].as_str().unwrap_or_default().to_lowercase();
    for field in wanted {
        match fields.iter_mut().find(|f| name_of(f) == name_of(field)) {
            None => {
                let mut added = field.clone();
                if added["mode"].as_str() == Some("REQUIRED") {
                    added["mode"] = "NULLABLE".into();
                }
                fields.push(added);
            }
            Some(found) => {
                if let (Some(Json::Array(inner)), Some(wanted)) =
                    (found.get_mut("fields"), field["fields"].as_array())
                    && depth < DEPTH_MAX
                {
                    merge_fields(inner, wanted, depth + 1);
                }
            }
        }
    }
}

/// The path of a relation that came as `{"database": …, "schema": …, "identifier": …}`.
fn path_of(relation: &Json) -> String {
    let part = |name: &str| relation[name].as_str().unwrap_or_default();
    format!(
        "/projects/{}/datasets/{}/tables/{}",
        part("database"),
        part("schema"),
        part("identifier")
    )
}

fn reference(relation: &Json) -> Json {
    json!({
        "projectId": relation["database"],
        "datasetId": relation["schema"],
        "tableId": relation["identifier"],
    })
}

/// Copies tables, or partitions (`name$20240101`), over a table or behind its rows.
fn copy_table(rest: &mut Rest, relation: &Relation, arguments: &Json) -> Result<Json, AdapterError> {
    let sources = arguments["sources"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let settings = json!({
        "sourceTables": sources.iter().map(reference).collect::<Vec<_>>(),
        "destinationTable": {
            "projectId": relation.database.as_deref(),
            "datasetId": relation.schema.as_deref(),
            "tableId": relation.identifier.as_deref(),
        },
        "writeDisposition": if arguments["append"].as_bool() == Some(true) { "WRITE_APPEND" } else { "WRITE_TRUNCATE" },
    });
    let job = jobs::begin(rest, "copy", settings, &[])?;
    jobs::finish(rest, &job)?;
    Ok(Json::Null)
}

fn dataset_path(relation: &Relation) -> String {
    format!(
        "/projects/{}/datasets/{}",
        relation.database.as_deref().unwrap_or_default(),
        relation.schema.as_deref().unwrap_or_default()
    )
}

fn dataset_location(rest: &mut Rest, relation: &Relation) -> Result<Json, AdapterError> {
    let dataset = rest.call(&Call::get(dataset_path(relation)))?.json;
    Ok(dataset["location"].clone())
}

/// Lets a view read another dataset, whoever asks the view.
fn grant_view_access(rest: &mut Rest, view: &Relation, arguments: &Json) -> Result<Json, AdapterError> {
    let part = |name: &str| arguments[name].as_str().unwrap_or_default();
    let path = format!("/projects/{}/datasets/{}", part("project"), part("dataset"));
    let dataset = rest.call(&Call::get(path.clone()))?.json;
    let entry = json!({"view": {
        "projectId": view.database.as_deref(),
        "datasetId": view.schema.as_deref(),
        "tableId": view.identifier.as_deref(),
    }});
    let mut access = dataset["access"].as_array().cloned().unwrap_or_default();
    if access.contains(&entry) {
        return Ok(Json::Bool(false));
    }
    access.push(entry);
    let mut body = Map::new();
    body.insert("access".to_owned(), Json::Array(access));
    patch(rest, path, &Json::Object(body))?;
    Ok(Json::Bool(true))
}

/// Drops a table, a view, whatever is there under the name; nothing where there is nothing.
fn drop_table(rest: &mut Rest, relation: &Relation) -> Result<Json, AdapterError> {
    let call = Call::new(Method::DELETE, table_path(relation), Body::None);
    unless_missing(rest.call(&call))?;
    Ok(Json::Null)
}

fn drop_dataset(rest: &mut Rest, relation: &Relation) -> Result<Json, AdapterError> {
    let call = Call::new(Method::DELETE, dataset_path(relation), Body::None).with("deleteContents", "true");
    unless_missing(rest.call(&call))?;
    Ok(Json::Null)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{describe, merge_fields};

    #[test]
    fn fields_within_structures_are_described_and_added() {
        let mut field = json!({"name": "a", "type": "RECORD", "fields": [{"name": "b", "type": "STRING"}]});
        describe(&mut field, "", &json!({"a.b": {"description": "x"}}), 0);
        assert_eq!(field["fields"][0]["description"], "x");
        let mut fields = vec![field];
        let wanted = [json!({"name": "A", "type": "RECORD", "fields": [{"name": "c", "type": "STRING"}]})];
        merge_fields(&mut fields, &wanted, 0);
        assert_eq!(fields[0]["fields"][1]["name"], "c");
    }
}
