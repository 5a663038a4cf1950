//! Jobs: begun under an id of ours, so that beginning one twice is one job; waited for; ended with the run.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Map, Value as Json, json};

use super::rest::{Body, Call, Rest};
use super::{error, rows};
use crate::adapters::{AdapterError, ErrorKind, Execute, Response};

/// How long the server may hold a call that waits for a job.
const WAIT: Duration = Duration::from_secs(10);
/// Waiting goes on so much longer than the job may run.
const SPARE: Duration = Duration::from_secs(30);
const PAGE_ROWS: usize = 10_000;

/// What a statement is run with.
#[derive(Default)]
pub(super) struct Statement<'a> {
    pub(super) sql: &'a str,
    pub(super) labels: &'a [(String, String)],
    pub(super) options: Execute,
}

/// Where a job is found.
struct Place {
    project: String,
    id: String,
    location: Option<String>,
}

impl Place {
    fn of(job: &Json) -> Self {
        let text = |name: &str| job["jobReference"][name].as_str().map(str::to_owned);
        Self {
            project: text("projectId").unwrap_or_default(),
            id: text("jobId").unwrap_or_default(),
            location: text("location"),
        }
    }

    fn call(&self, base: &str, method: Method, end: &str) -> Call<'static> {
        let call = Call::new(
            method,
            format!("/projects/{}/{base}/{}{end}", self.project, self.id),
            Body::None,
        );
        match &self.location {
            Some(location) => call.with("location", location),
            None => call,
        }
    }
}

/// Runs one or several statements and answers for the last, again where the job failed for a reason that may pass.
pub(super) fn query(rest: &mut Rest, statement: &Statement<'_>) -> Result<Response, AdapterError> {
    rest.retries = 0;
    let mut attempt = 0;
    loop {
        let failure = match query_once(rest, statement) {
            Ok(response) => return Ok(response),
            Err(failure) => failure,
        };
        if !failure.temporary || attempt >= rest.config.job_retries {
            return Err(rest.masked(failure));
        }
        attempt += 1;
        rest.retries += 1;
        rest.pause(attempt)?;
    }
}

fn query_once(rest: &mut Rest, statement: &Statement<'_>) -> Result<Response, AdapterError> {
    let mut query = json!({"query": statement.sql, "useLegacySql": false});
    query["priority"] = if rest.config.is_batch {
        "BATCH"
    } else {
        "INTERACTIVE"
    }
    .into();
    if let Some(bytes) = rest.config.bytes_billed_max {
        query["maximumBytesBilled"] = bytes.to_string().into();
    }
    let job = begin(rest, "query", query, statement.labels)?;
    let place = Place::of(&job);
    let fetched = match statement.options.fetch {
        true => statement.options.limit.unwrap_or(usize::MAX),
        false => 0,
    };
    let first = wait(rest, &place, fetched)?;
    let job = rest.call(&place.call("jobs", Method::GET, ""))?.json;
    failed(&job)?;
    let mut response = answer(rest, &job, &first)?;
    if statement.options.fetch {
        fetch(rest, &place, first, fetched, &mut response)?;
    }
    Ok(response)
}

/// Begins a job of a kind. One that is there already under its id was begun by a call whose answer was lost.
pub(super) fn begin(
    rest: &mut Rest,
    kind: &str,
    settings: Json,
    labels: &[(String, String)],
) -> Result<Json, AdapterError> {
    let body = job_body(rest, kind, settings, labels);
    let project = rest.config.execution_project.clone();
    let mut call = Call::post(format!("/projects/{project}/jobs"), &body);
    if let Some(timeout) = rest.config.job_creation_timeout {
        call.timeout = timeout;
    }
    match rest.call(&call) {
        Ok(answer) => Ok(answer.json),
        Err(error) if error.kind == ErrorKind::Conflict && error.message.contains("Already Exists: Job") => {
            Ok(rest.call(&Place::of(&body).call("jobs", Method::GET, ""))?.json)
        }
        Err(error) => {
            // The job may have begun although its beginning was not waited for.
            if rest.is_cancelled() {
                rest.call_after_cancel(&Place::of(&body).call("jobs", Method::POST, "/cancel"));
            }
            Err(error)
        }
    }
}

fn job_body(rest: &Rest, kind: &str, settings: Json, labels: &[(String, String)]) -> Json {
    let config = &rest.config;
    let mut reference = json!({
        "projectId": config.execution_project,
        "jobId": uuid::Uuid::new_v4().to_string(),
    });
    if let Some(location) = &config.location {
        reference["location"] = location.as_str().into();
    }
    let labels: Map<String, Json> = labels
        .iter()
        .map(|(k, v)| (k.clone(), v.as_str().into()))
        .collect();
    let mut configuration = json!({ kind: settings, "labels": labels });
    if let Some(timeout) = config.job_execution_timeout {
        configuration["jobTimeoutMs"] = timeout.as_millis().to_string().into();
    }
    if let Some(reservation) = &config.reservation {
        configuration["reservation"] = reservation.as_str().into();
    }
    json!({"jobReference": reference, "configuration": configuration})
}

/// Waits for a query and returns the first page of its rows, of so many at most.
fn wait(rest: &mut Rest, place: &Place, rows_max: usize) -> Result<Json, AdapterError> {
    until_done(rest, place, |rest| {
        let call = place
            .call("queries", Method::GET, "")
            .with("timeoutMs", WAIT.as_millis().to_string())
            .with("maxResults", rows_max.min(PAGE_ROWS).to_string())
            .with("formatOptions.useInt64Timestamp", "true");
        let answer = rest.call(&call)?.json;
        Ok((answer["jobComplete"].as_bool() == Some(true)).then_some(answer))
    })
}

/// Waits for a job that has no rows.
pub(super) fn finish(rest: &mut Rest, job: &Json) -> Result<Json, AdapterError> {
    let place = Place::of(job);
    let mut attempt = 0;
    let job = until_done(rest, &place, |rest| {
        let job = rest.call(&place.call("jobs", Method::GET, ""))?.json;
        if job["status"]["state"].as_str() == Some("DONE") {
            return Ok(Some(job));
        }
        rest.pause_short(attempt)?;
        attempt += 1;
        Ok(None)
    })?;
    failed(&job)?;
    Ok(job)
}

/// Asks until there is an answer. The job is ended where the run is cancelled, or the time is over.
fn until_done(
    rest: &mut Rest,
    place: &Place,
    mut ask: impl FnMut(&mut Rest) -> Result<Option<Json>, AdapterError>,
) -> Result<Json, AdapterError> {
    let began = Instant::now();
    let limit = rest.config.job_execution_timeout;
    loop {
        let outcome = ask(rest);
        if rest.is_cancelled() {
            rest.call_after_cancel(&place.call("jobs", Method::POST, "/cancel"));
            return Err(AdapterError::cancelled());
        }
        if let Some(answer) = outcome? {
            return Ok(answer);
        }
        if limit.is_some_and(|limit| began.elapsed() > limit + SPARE) {
            rest.call_after_cancel(&place.call("jobs", Method::POST, "/cancel"));
            let seconds = limit.unwrap_or_default().as_secs();
            return Err(AdapterError::new(
                ErrorKind::Limit,
                format!("the job did not end within {seconds} seconds and was cancelled"),
            )
            .with_hint("Raise `job_execution_timeout_seconds` in profiles.yml."));
        }
    }
}

fn failed(job: &Json) -> Result<(), AdapterError> {
    match &job["status"]["errorResult"] {
        Json::Null => Ok(()),
        error => Err(error::of_job(error)),
    }
}

/// Says what a finished query did, in the words of dbt's adapter.
fn answer(rest: &mut Rest, job: &Json, first: &Json) -> Result<Response, AdapterError> {
    let statistics = &job["statistics"];
    let query = &statistics["query"];
    let number = |value: &Json| match value {
        Json::String(text) => text.parse::<i64>().ok(),
        other => other.as_i64(),
    };
    let kind = query["statementType"].as_str().unwrap_or_default();
    let (code, rows) = match kind {
        "CREATE_TABLE_AS_SELECT" => ("CREATE TABLE".to_owned(), rows_of_target(rest, query)?),
        "INSERT" | "DELETE" | "MERGE" | "UPDATE" => (kind.to_owned(), number(&query["numDmlAffectedRows"])),
        "SELECT" => (kind.to_owned(), number(&first["totalRows"])),
        other => (other.replace('_', " "), None),
    };
    let bytes = number(&statistics["totalBytesProcessed"]);
    let processed = bytes.map(size);
    let message = match (rows, &processed) {
        (Some(rows), Some(size)) => format!("{code} ({} rows, {size} processed)", count(rows)),
        (None, Some(size)) => format!("{code} ({size} processed)"),
        (Some(rows), None) => format!("{code} ({} rows)", count(rows)),
        (None, None) => code.clone(),
    };
    let reference = &job["jobReference"];
    let mut more = Map::new();
    more.insert("bytes_processed".into(), bytes.into());
    more.insert("bytes_billed".into(), number(&query["totalBytesBilled"]).into());
    more.insert("location".into(), reference["location"].clone());
    more.insert("project_id".into(), reference["projectId"].clone());
    more.insert("job_id".into(), reference["jobId"].clone());
    more.insert("slot_ms".into(), number(&query["totalSlotMs"]).into());
    more.retain(|_, value| !value.is_null());
    Ok(Response {
        message,
        code: Some(code),
        rows_affected: rows,
        query_id: None,
        retries: rest.retries,
        more,
        ..Response::default()
    })
}

/// The rows of the table that a statement made.
fn rows_of_target(rest: &mut Rest, query: &Json) -> Result<Option<i64>, AdapterError> {
    let target = &query["ddlTargetTable"];
    let part = |name: &str| target[name].as_str().unwrap_or_default();
    let path = format!(
        "/projects/{}/datasets/{}/tables/{}",
        part("projectId"),
        part("datasetId"),
        part("tableId")
    );
    let table = super::rest::unless_missing(rest.call(&Call::get(path)))?;
    Ok(table.and_then(|table| table.json["numRows"].as_str()?.parse().ok()))
}

/// A number of bytes as people read it: `1.2 KiB`.
fn size(bytes: i64) -> String {
    if bytes == 0 {
        return "0".to_owned();
    }
    scaled(bytes, 1024.0, &[" Bytes", " KiB", " MiB", " GiB", " TiB", " PiB"])
}

/// A number of rows as people read it: `5.0`, `1.2k`.
fn count(rows: i64) -> String {
    scaled(rows, 1000.0, &["", "k", "m", "b", "t"])
}

fn scaled(number: i64, step: f64, units: &[&str]) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the number is shown with one digit behind the point"
    )]
    let mut number = number as f64;
    let last = units.len() - 1;
    for (index, unit) in units.iter().enumerate() {
        if number.abs() < step || index == last {
            return format!("{number:.1}{unit}");
        }
        number /= step;
    }
    format!("{number:.1}")
}

/// Adds the rows to the answer: the page that is there, and those that follow.
fn fetch(
    rest: &mut Rest,
    place: &Place,
    mut page: Json,
    rows_max: usize,
    response: &mut Response,
) -> Result<(), AdapterError> {
    let fields = page["schema"]["fields"].as_array().cloned().unwrap_or_default();
    let schema = rows::schema(&fields);
    let mut left = rows_max;
    loop {
        let found = page["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
        let found = &found[..found.len().min(left)];
        left -= found.len();
        if !found.is_empty() {
            response.batches.push(rows::batch(&schema, &fields, found)?);
        }
        let Some(next) = page["pageToken"].as_str().filter(|_| left > 0) else {
            break;
        };
        let call = place
            .call("queries", Method::GET, "")
            .with("pageToken", next)
            .with("maxResults", left.min(PAGE_ROWS).to_string())
            .with("formatOptions.useInt64Timestamp", "true");
        page = rest.call(&call)?.json;
    }
    response.schema = Some(schema);
    Ok(())
}

/// Lets BigQuery check a statement without running it, which costs nothing, and returns the job.
pub(super) fn dry_run(rest: &mut Rest, sql: &str) -> Result<Json, AdapterError> {
    rest.retries = 0;
    let mut body = job_body(rest, "query", json!({"query": sql, "useLegacySql": false}), &[]);
    body["configuration"]["dryRun"] = true.into();
    let project = rest.config.execution_project.clone();
    let job = rest
        .call(&Call::post(format!("/projects/{project}/jobs"), &body))?
        .json;
    if job["status"]["state"].as_str() == Some("DONE") {
        failed(&job)?;
        return Ok(job);
    }
    finish(rest, &job)
}

#[cfg(test)]
mod tests {
    use super::{count, size};

    #[test]
    fn numbers_are_shown_as_dbt_does() {
        assert_eq!([size(0), size(12), size(1536)], ["0", "12.0 Bytes", "1.5 KiB"]);
        assert_eq!([count(5), count(1250), count(-2)], ["5.0", "1.2k", "-2.0"]);
    }
}
