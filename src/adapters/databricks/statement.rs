//! One statement from its submission to its end: waits, tells the server of a cancellation, fetches what it answers.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::config::Config;
use super::http::{Http, Request};
use super::{error, rows};
use crate::adapters::pause::pause;
use crate::adapters::{AdapterError, ErrorKind, Response};
use crate::invocation::Cancel;

const PATH: &str = "/api/2.0/sql/statements";
/// How long the server holds the first answer back, the least that the API allows: a cancellation waits for it.
const FIRST_WAIT: &str = "5s";
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);
/// Attempts of a statement that lost against another that changed the same table at the same time.
const CONFLICT_ATTEMPTS: u32 = 4;

/// What a statement needs to run.
pub(super) struct Runner<'a> {
    pub(super) config: &'a Config,
    pub(super) http: &'a Http,
    pub(super) cancel: &'a Cancel,
}

/// What to bring back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bring {
    /// Only what the statement says of itself.
    Nothing,
    /// The rows, all or so many.
    Rows(Option<usize>),
}

impl Runner<'_> {
    /// Runs a statement to its end.
    ///
    /// # Errors
    /// What the workspace says; kind `Cancelled` where the token was set, after the server was told.
    pub(super) fn run(&self, sql: &str, bring: Bring) -> Result<Response, AdapterError> {
        let mut conflicts = 0;
        loop {
            match self.once(sql, bring) {
                Err(fault) if fault.kind == ErrorKind::Conflict && fault.temporary => {
                    conflicts += 1;
                    if conflicts >= CONFLICT_ATTEMPTS {
                        return Err(fault);
                    }
                    pause(FIRST_PAUSE * 4_u32.pow(conflicts), self.cancel)?;
                }
                Err(fault) => return Err(fault),
                Ok(mut response) => {
                    response.retries += conflicts;
                    return Ok(response);
                }
            }
        }
    }

    fn once(&self, sql: &str, bring: Bring) -> Result<Response, AdapterError> {
        let (answer, mut retries) = self
            .http
            .json(Request::Post(PATH, &self.request(sql, bring)), self.cancel)?;
        let id = answer
            .get("statement_id")
            .and_then(Json::as_str)
            .ok_or_else(|| strange("an answer has no `statement_id`"))?
            .to_owned();
        let answer = self.follow(&id, answer, &mut retries)?;
        let mut response = Response {
            message: "OK".to_owned(),
            query_id: Some(id.clone()),
            ..Response::default()
        };
        let columns = answer.pointer("/manifest/schema/columns");
        let columns = columns.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        if let Bring::Rows(limit) = bring {
            let schema = rows::schema(columns);
            let batches = self.batches(&id, &answer, &schema, limit, &mut retries)?;
            // Arrow from the server may name types more closely than its description does.
            response.schema = Some(batches.first().map_or(schema, arrow::array::RecordBatch::schema));
            response.batches = batches;
        } else {
            response.rows_affected = rows_affected(columns, &answer);
        }
        response.retries = retries;
        Ok(response)
    }

    fn request(&self, sql: &str, bring: Bring) -> Json {
        let from_storage = bring != Bring::Nothing && self.config.cloud_fetch;
        let (disposition, format) = if from_storage {
            ("EXTERNAL_LINKS", "ARROW_STREAM")
        } else {
            ("INLINE", "JSON_ARRAY")
        };
        let mut request = json!({
            "warehouse_id": self.config.warehouse,
            "catalog": self.config.catalog,
            "statement": sql,
            "wait_timeout": FIRST_WAIT,
            "on_wait_timeout": "CONTINUE",
            "disposition": disposition,
            "format": format,
        });
        if let Bring::Rows(Some(limit)) = bring {
            request["row_limit"] = limit.into();
        }
        if !self.config.query_tags.is_empty() {
            let tags = self.config.query_tags.iter();
            request["query_tags"] = tags
                .map(|(key, value)| json!({"key": key, "value": value}))
                .collect();
        }
        request
    }

    /// Asks after a statement until it has ended.
    fn follow(&self, id: &str, mut answer: Json, retries: &mut u32) -> Result<Json, AdapterError> {
        let path = format!("{PATH}/{id}");
        let mut wait = FIRST_PAUSE;
        loop {
            let state = answer.pointer("/status/state").and_then(Json::as_str);
            match state.unwrap_or_default() {
                "SUCCEEDED" => return Ok(answer),
                "PENDING" | "RUNNING" => {}
                "CANCELED" if self.cancel.is_cancelled() => return Err(AdapterError::cancelled()),
                _ => return Err(error::of_statement(answer.get("status").unwrap_or(&Json::Null))),
            }
            if let Err(stopped) = pause(wait, self.cancel) {
                self.stop(id);
                return Err(stopped);
            }
            wait = (wait * 2).min(PAUSE_MAX);
            let (next, failed) = match self.http.json(Request::Get(&path), self.cancel) {
                Ok(next) => next,
                Err(fault) => {
                    self.stop(id);
                    return Err(fault);
                }
            };
            *retries += failed;
            answer = next;
        }
    }

    /// Tells the server to end a statement; that it cannot be told changes nothing for the caller.
    fn stop(&self, id: &str) {
        let path = format!("{PATH}/{id}/cancel");
        let _ = self
            .http
            .json(Request::Post(&path, &json!({})), &Cancel::default());
    }

    fn batches(
        &self,
        id: &str,
        answer: &Json,
        schema: &arrow::datatypes::SchemaRef,
        limit: Option<usize>,
        retries: &mut u32,
    ) -> Result<Vec<arrow::array::RecordBatch>, AdapterError> {
        let mut batches = Vec::new();
        let mut result = answer.get("result").cloned().unwrap_or(Json::Null);
        let mut left = limit.unwrap_or(usize::MAX);
        loop {
            let part = result.pointer("/external_links/0").unwrap_or(&result);
            if let Some(link) = part.get("external_link").and_then(Json::as_str) {
                check_link(link)?;
                let bytes = self.http.send(Request::Link(link), self.cancel)?;
                *retries += bytes.retries;
                batches.extend(rows::from_arrow(&bytes.body)?);
            } else if let Some(data) = part.get("data_array").and_then(Json::as_array) {
                batches.push(rows::from_json(schema, data)?);
            }
            let next = part.get("next_chunk_index").and_then(Json::as_u64);
            let have: usize = batches.iter().map(arrow::array::RecordBatch::num_rows).sum();
            let Some(next) = next.filter(|_| have < left) else {
                break;
            };
            let path = format!("{PATH}/{id}/result/chunks/{next}");
            let (chunk, failed) = self.http.json(Request::Get(&path), self.cancel)?;
            *retries += failed;
            result = chunk;
        }
        batches.retain_mut(|batch| {
            let rows = batch.num_rows().min(left);
            *batch = batch.slice(0, rows);
            left -= rows;
            rows > 0
        });
        Ok(batches)
    }
}

/// A statement that changed rows answers with their number.
fn rows_affected(columns: &[Json], answer: &Json) -> Option<i64> {
    let named = |column: &Json| column.get("name").and_then(Json::as_str) == Some("num_affected_rows");
    let at = columns.iter().position(named)?;
    let cell = answer.pointer(&format!("/result/data_array/0/{at}"))?;
    cell.as_str()?.parse().ok()
}

/// Links lead to storage by TLS, or to this machine.
fn check_link(link: &str) -> Result<(), AdapterError> {
    let host = link.strip_prefix("http://").map(|rest| rest.split('/').next());
    match host {
        None if link.starts_with("https://") => Ok(()),
        Some(Some(host)) if super::http::is_loopback(host) => Ok(()),
        _ => Err(strange("a link to results is not protected by TLS")),
    }
}

fn strange(what: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Network,
        format!("the workspace's answer cannot be used: {what}"),
    )
}
