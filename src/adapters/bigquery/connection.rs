//! A connection of one session. There is no session on the server: each statement is a job of its own.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::config::Config;
use super::credentials::Tokens;
use super::jobs::{self, Statement};
use super::rest::{Body, Call, Rest, unless_missing};
use super::{operations, schema};
use crate::adapters::{
    AdapterError, Column, Connection, CsvFile, ErrorKind, Execute, Relation, RelationKind, Response,
};
use crate::invocation::Cancel;

/// Entries of a list that one call brings.
const PAGE_ENTRIES: &str = "1000";

pub(super) struct BigQueryConnection {
    rest: Rest,
    labels: Vec<(String, String)>,
}

impl BigQueryConnection {
    pub(super) fn new(
        config: Arc<Config>,
        tokens: Arc<Tokens>,
        cancel: Cancel,
    ) -> Result<Self, AdapterError> {
        Ok(Self {
            rest: Rest::new(config, tokens, cancel)?,
            labels: Vec::new(),
        })
    }

    /// Reads a list to its end: the entries under `name` of all pages. None where the thing listed is not there.
    fn list(&mut self, path: &str, name: &str) -> Result<Vec<Json>, AdapterError> {
        let mut out = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let mut call = Call::get(path.to_owned()).with("maxResults", PAGE_ENTRIES);
            if let Some(token) = &next {
                call = call.with("pageToken", token);
            }
            let Some(answer) = unless_missing(self.rest.call(&call))? else {
                return Ok(out);
            };
            let mut page = answer.json;
            if let Json::Array(entries) = page[name].take() {
                out.extend(entries);
            }
            next = page["nextPageToken"].as_str().map(str::to_owned);
            if next.is_none() {
                return Ok(out);
            }
        }
    }

    fn load(&mut self, settings: Json, bytes: &[u8]) -> Result<Json, AdapterError> {
        let config = self.rest.config.clone();
        let mut body = json!({"configuration": {"load": settings}});
        if let Some(location) = &config.location {
            body["jobReference"] = json!({"projectId": config.execution_project, "location": location});
        }
        // The file is announced first and sent after, so that a file of any size can go.
        let path = format!("/upload/bigquery/v2/projects/{}/jobs", config.execution_project);
        let announced = self
            .rest
            .call(&Call::post(path, &body).with("uploadType", "resumable"))?;
        let Some(address) = announced.location else {
            return Err(AdapterError::new(
                ErrorKind::Network,
                "BigQuery did not say where to send the file",
            ));
        };
        let mut call = Call::new(Method::PUT, address, Body::Bytes(bytes));
        call.timeout = std::time::Duration::from_secs(600);
        let job = self.rest.call(&call)?.json;
        jobs::finish(&mut self.rest, &job)
    }
}

/// The path of a relation below `/bigquery/v2`.
pub(super) fn table_path(relation: &Relation) -> String {
    let part = |part: &Option<Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
    format!(
        "/projects/{}/datasets/{}/tables/{}",
        part(&relation.database),
        part(&relation.schema),
        part(&relation.identifier)
    )
}

fn relation_kind(word: &str) -> RelationKind {
    match word {
        "TABLE" => RelationKind::Table,
        "VIEW" => RelationKind::View,
        "MATERIALIZED_VIEW" => RelationKind::MaterializedView,
        _ => RelationKind::External,
    }
}

impl Connection for BigQueryConnection {
    fn execute(&mut self, sql: &str, options: Execute) -> Result<Response, AdapterError> {
        // A text of comments alone is no statement to BigQuery.
        if is_blank(sql) {
            return Ok(Response {
                message: "OK".to_owned(),
                ..Response::default()
            });
        }
        let statement = Statement {
            sql,
            labels: &self.labels,
            options,
        };
        jobs::query(&mut self.rest, &statement)
    }

    fn begin(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    fn list_relations(&mut self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError> {
        let path = format!("/projects/{database}/datasets/{schema}/tables");
        let relation = |entry: &Json| {
            let name = entry["tableReference"]["tableId"].as_str()?;
            let mut relation = Relation::new(Some(database), Some(schema), Some(name));
            relation.quote_character = '`';
            Some(relation.with_kind(entry["type"].as_str().map(relation_kind)))
        };
        Ok(self.list(&path, "tables")?.iter().filter_map(relation).collect())
    }

    fn columns(&mut self, relation: &Relation) -> Result<Vec<Column>, AdapterError> {
        let table = unless_missing(self.rest.call(&Call::get(table_path(relation))))?;
        Ok(table.map_or_else(Vec::new, |table| schema::columns(&table.json["schema"])))
    }

    fn columns_of_query(&mut self, sql: &str) -> Result<Option<Vec<Column>>, AdapterError> {
        let job = jobs::dry_run(&mut self.rest, sql)?;
        Ok(Some(schema::columns(&job["statistics"]["query"]["schema"])))
    }

    fn list_schemas(&mut self, database: &str) -> Result<Vec<String>, AdapterError> {
        let name = |entry: &Json| entry["datasetReference"]["datasetId"].as_str().map(str::to_owned);
        let found = self.list(&format!("/projects/{database}/datasets"), "datasets")?;
        Ok(found.iter().filter_map(name).collect())
    }

    fn load_csv(&mut self, relation: &Relation, file: &CsvFile<'_>) -> Result<u64, AdapterError> {
        let bytes = std::fs::read(file.path).map_err(|e| {
            AdapterError::new(
                ErrorKind::Config,
                format!("`{}` could not be read: {e}", file.path.display()),
            )
        })?;
        let part = |part: &Option<Arc<str>>| Json::from(part.as_deref());
        let settings = json!({
            "destinationTable": {
                "projectId": part(&relation.database),
                "datasetId": part(&relation.schema),
                "tableId": part(&relation.identifier),
            },
            "sourceFormat": "CSV",
            "skipLeadingRows": 1,
            "fieldDelimiter": file.delimiter.to_string(),
            "allowQuotedNewlines": true,
            "allowJaggedRows": file.has_short_rows,
            "createDisposition": "CREATE_NEVER",
            "writeDisposition": "WRITE_APPEND",
        });
        let job = self.load(settings, &bytes).map_err(|e| self.rest.masked(e))?;
        let rows = job["statistics"]["load"]["outputRows"].as_str();
        Ok(rows.and_then(|rows| rows.parse().ok()).unwrap_or(0))
    }

    fn set_labels(&mut self, labels: Vec<(String, String)>) {
        self.labels = labels
            .into_iter()
            .map(|(name, value)| (label(&name), label(&value)))
            .collect();
    }

    fn operation(&mut self, name: &str, relation: &Relation, arguments: &Json) -> Result<Json, AdapterError> {
        operations::run(&mut self.rest, name, relation, arguments)
    }
}

/// A text as a label may be: lower-case letters, digits, hyphens and underscores, 63 at most.
fn label(text: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || c == '-' || c == '_' {
            c
        } else {
            '_'
        }
    };
    text.trim().to_lowercase().chars().take(63).map(plain).collect()
}

/// Says whether a text has nothing but blanks and comments.
fn is_blank(sql: &str) -> bool {
    let mut rest = sql.trim_start();
    loop {
        rest = if rest.is_empty() {
            return true;
        } else if let Some(after) = rest.strip_prefix("/*") {
            match after.split_once("*/") {
                Some((_, after)) => after.trim_start(),
                None => return false,
            }
        } else if rest.starts_with("--") || rest.starts_with('#') {
            rest.split_once('\n').map_or("", |(_, after)| after).trim_start()
        } else {
            return false;
        };
    }
}

#[cfg(test)]
mod tests {
    use super::is_blank;

    #[test]
    fn comments_alone_are_no_statement() {
        assert!(is_blank("/* {\"app\": \"dbt\"} */\n -- nothing\n"));
        assert!(is_blank(""));
        assert!(!is_blank("/* a */ select 1"));
    }
}
