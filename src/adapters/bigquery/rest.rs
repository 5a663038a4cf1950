//! Calls of the REST interface: with a token, within time, again where an error may pass, and given up when the run is.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value as Json;

use super::config::Config;
use super::credentials::Tokens;
use super::error;
use crate::adapters::pause::pause;
use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::Cancel;

/// How often a waiting call looks whether the run was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(30);
/// A call may be made so often, where nothing says how long it may take in all.
const ATTEMPTS: u32 = 5;
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
const PAUSE_MAX: Duration = Duration::from_secs(20);

/// The interface, as one connection uses it.
pub(super) struct Rest {
    pub(super) config: Arc<Config>,
    tokens: Arc<Tokens>,
    cancel: Cancel,
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    /// Calls that were made again, since the last statement began.
    pub(super) retries: u32,
}

/// A call: the path below `/bigquery/v2`, unless it has a scheme.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body<'a>,
    pub(super) timeout: Duration,
}

pub(super) enum Body<'a> {
    None,
    Json(&'a Json),
    Bytes(&'a [u8]),
}

/// What came back.
pub(super) struct Answer {
    pub(super) json: Json,
    /// The header `Location`, where there is one.
    pub(super) location: Option<String>,
}

impl<'a> Call<'a> {
    pub(super) fn get(path: String) -> Self {
        Self::new(Method::GET, path, Body::None)
    }

    pub(super) fn post(path: String, body: &'a Json) -> Self {
        Self::new(Method::POST, path, Body::Json(body))
    }

    pub(super) fn new(method: Method, path: String, body: Body<'a>) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body,
            timeout: CALL_TIMEOUT,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

impl Rest {
    pub(super) fn new(
        config: Arc<Config>,
        tokens: Arc<Tokens>,
        cancel: Cancel,
    ) -> Result<Self, AdapterError> {
        let failed = |e: &dyn std::fmt::Display| {
            AdapterError::new(
                ErrorKind::Other,
                format!("the client of BigQuery could not be made: {e}"),
            )
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| failed(&e))?;
        let proxies = config.proxies.clone();
        let http = reqwest::Client::builder()
            .proxy(reqwest::Proxy::custom(move |url| {
                proxies.of_url(url.as_str()).map(str::to_owned)
            }))
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("nexus/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| failed(&e))?;
        Ok(Self {
            config,
            tokens,
            cancel,
            http,
            runtime,
            retries: 0,
        })
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Makes a call, again while its error may pass. A cancelled run ends it at once.
    pub(super) fn call(&mut self, call: &Call<'_>) -> Result<Answer, AdapterError> {
        let began = Instant::now();
        let mut attempt = 1;
        let mut token_was_new = false;
        loop {
            if self.is_cancelled() {
                return Err(AdapterError::cancelled());
            }
            let failure = match self.once(call) {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            // A token may be withdrawn before its time; one that was just fetched is refused for good.
            let again = if failure.kind == ErrorKind::Auth && !token_was_new && call.is_of_interface() {
                self.tokens.forget();
                token_was_new = true;
                true
            } else {
                failure.temporary && self.may_try_again(attempt, began)
            };
            if !again {
                return Err(self.masked(failure));
            }
            self.retries += 1;
            self.pause(attempt)?;
            attempt += 1;
        }
    }

    fn may_try_again(&self, attempt: u32, began: Instant) -> bool {
        match self.config.job_retry_deadline {
            Some(deadline) => began.elapsed() < deadline,
            None => attempt < ATTEMPTS,
        }
    }

    /// Waits before another attempt: longer each time, and not all threads alike.
    pub(super) fn pause(&self, attempt: u32) -> Result<(), AdapterError> {
        let whole = Duration::from_millis(250 << attempt.min(8)).min(PAUSE_MAX);
        let share = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0;
        pause(whole.mul_f64(0.5 + share / 2.0), &self.cancel)
    }

    /// Waits a moment before asking about a job again.
    pub(super) fn pause_short(&self, asked: u32) -> Result<(), AdapterError> {
        pause(Duration::from_millis(20 << asked.min(6)), &self.cancel)
    }

    /// Makes a call that nobody waits for: the end of a job whose run was cancelled.
    pub(super) fn call_after_cancel(&self, call: &Call<'_>) {
        if let Ok(request) = self.request(call) {
            let limit = Duration::from_secs(5);
            // The clock of the timeout needs the runtime that it runs in.
            let answered = async {
                let answer = tokio::time::timeout(limit, request.send());
                answer.await
            };
            drop(self.runtime.block_on(answered));
        }
    }

    fn request(&self, call: &Call<'_>) -> Result<reqwest::RequestBuilder, AdapterError> {
        let token = self.tokens.token(&self.config, &self.http, &self.runtime)?;
        let address = if call.path.contains("://") {
            call.path.clone()
        } else if call.path.starts_with("/upload/") {
            format!("{}{}", self.config.endpoint, call.path)
        } else {
            format!("{}/bigquery/v2{}", self.config.endpoint, call.path)
        };
        let mut request = self
            .http
            .request(call.method.clone(), address)
            .query(&call.query)
            .bearer_auth(token)
            .timeout(call.timeout);
        if let Some(project) = &self.config.quota_project {
            request = request.header("x-goog-user-project", project);
        }
        Ok(match call.body {
            Body::None => request,
            Body::Json(json) => request.json(json),
            Body::Bytes(bytes) => request
                .header("Content-Type", "application/octet-stream")
                .body(bytes.to_vec()),
        })
    }

    fn once(&self, call: &Call<'_>) -> Result<Answer, AdapterError> {
        let request = self.request(call)?;
        self.runtime.block_on(self.unless_cancelled(send(request)))
    }

    async fn unless_cancelled<T>(
        &self,
        work: impl Future<Output = Result<T, AdapterError>>,
    ) -> Result<T, AdapterError> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(LOOK_EVERY) => {
                    if self.is_cancelled() {
                        return Err(AdapterError::cancelled());
                    }
                }
            }
        }
    }

    /// The error without the profile's secrets.
    pub(super) fn masked(&self, error: AdapterError) -> AdapterError {
        error.masked(&self.config.masks)
    }
}

impl Call<'_> {
    /// Says whether the call goes to BigQuery itself, where a token is refused or taken.
    fn is_of_interface(&self) -> bool {
        !self.path.contains("://")
    }
}

async fn send(request: reqwest::RequestBuilder) -> Result<Answer, AdapterError> {
    let doing = "calling its interface";
    let response = request
        .send()
        .await
        .map_err(|e| error::of_transport(&e.without_url(), doing))?;
    let status = response.status();
    let location = response
        .headers()
        .get("Location")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let text = response
        .text()
        .await
        .map_err(|e| error::of_transport(&e.without_url(), doing))?;
    if !status.is_success() {
        return Err(error::of_answer(status.as_u16(), &text));
    }
    if text.trim().is_empty() {
        return Ok(Answer {
            json: Json::Null,
            location,
        });
    }
    match serde_json::from_str(&text) {
        Ok(json) => Ok(Answer { json, location }),
        Err(e) => Err(AdapterError::new(
            ErrorKind::Network,
            format!("an answer of BigQuery is no JSON: {e}"),
        )),
    }
}

/// Returns the error where something is not there; none elsewhere.
pub(super) fn unless_missing<T>(outcome: Result<T, AdapterError>) -> Result<Option<T>, AdapterError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == ErrorKind::Missing => Ok(None),
        Err(error) => Err(error),
    }
}
