//! Requests to the workspace: with time limits, and tried again where that may help and cannot do a thing twice.

use std::time::Duration;

use serde_json::Value as Json;

use super::config::Config;
use super::{error, token::Tokens};
use crate::adapters::pause::pause;
use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::{Cancel, Proxies};

/// The pause before the second attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const ANSWER_BYTES_MAX: u64 = 200 * 1024 * 1024;

pub(super) struct Http {
    agent: ureq::Agent,
    proxies: Proxies,
    base: String,
    tokens: Tokens,
    headers: Vec<(String, String)>,
    connect_attempts: u32,
    attempts: u32,
    pause_max: Duration,
    retry_all: bool,
}

/// What to send.
#[derive(Clone, Copy)]
pub(super) enum Request<'a> {
    Get(&'a str),
    Post(&'a str, &'a Json),
    /// A link to storage, which is signed already and must not see a token.
    Link(&'a str),
}

/// An answer's bytes, and how many attempts failed before.
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    pub(super) retries: u32,
}

/// What one attempt came to.
enum Outcome {
    Done(Vec<u8>),
    Refused {
        status: u16,
        wait: Option<Duration>,
        body: Vec<u8>,
    },
    Failed(ureq::Error),
}

/// Says whether a host, with or without a port, is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name == "::1" || name.starts_with("127.")
}

impl Http {
    pub(super) fn new(config: &Config, proxies: Proxies) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(config.connect_timeout))
            .timeout_recv_response(Some(config.answer_timeout))
            .timeout_recv_body(Some(config.answer_timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            // Each request has that of its address.
            .proxy(None)
            .user_agent(concat!("nexus/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Self {
            agent,
            proxies,
            base: config.base.clone(),
            tokens: Tokens::new(config),
            headers: config.headers.clone(),
            connect_attempts: config.connect_retries.saturating_add(1),
            attempts: config.attempts,
            pause_max: config.pause_max,
            retry_all: config.retry_all,
        }
    }

    /// Sends a request and returns the JSON of its answer.
    pub(super) fn json(&self, request: Request<'_>, cancel: &Cancel) -> Result<(Json, u32), AdapterError> {
        let answer = self.send(request, cancel)?;
        match serde_json::from_slice(&answer.body) {
            Ok(json) => Ok((json, answer.retries)),
            Err(fault) => Err(AdapterError::new(
                ErrorKind::Network,
                format!("the workspace's answer is no JSON: {fault}"),
            )
            .with_hint("Check `host` in profiles.yml: it must be that of a Databricks workspace.")),
        }
    }

    /// Sends a request, again where the server asks to come later or could not be reached.
    pub(super) fn send(&self, request: Request<'_>, cancel: &Cancel) -> Result<Answer, AdapterError> {
        let mut retries = 0;
        let mut signed_anew = false;
        loop {
            if cancel.is_cancelled()
                && !matches!(request, Request::Post(path, _) if path.ends_with("/cancel"))
            {
                return Err(AdapterError::cancelled());
            }
            let token = match request {
                Request::Link(_) => None,
                _ => Some(self.tokens.get(self, cancel)?),
            };
            let (error, attempts, wait) = match self.once(request, token.as_deref()) {
                Outcome::Done(body) => return Ok(Answer { body, retries }),
                // A token that the server ended early is got anew, once.
                Outcome::Refused { status: 401, .. } if !signed_anew && self.tokens.forget() => {
                    signed_anew = true;
                    continue;
                }
                Outcome::Refused { status, wait, body } => {
                    let may_pass = matches!(status, 429 | 503) || (self.retry_all && status >= 500);
                    let attempts = if may_pass { self.attempts } else { 1 };
                    (error::of_answer(status, &body), attempts, wait)
                }
                Outcome::Failed(fault) => {
                    let attempts = if may_repeat(request, &fault) {
                        self.connect_attempts
                    } else {
                        1
                    };
                    (self.unreachable(&fault), attempts, None)
                }
            };
            retries += 1;
            if retries >= attempts {
                return Err(error);
            }
            pause(wait.unwrap_or_else(|| self.backoff(retries)), cancel)?;
        }
    }

    /// Sends a form to the workspace with a name and a password, and returns the answer's status and bytes.
    pub(super) fn form(
        &self,
        path: &str,
        basic: &str,
        form: &str,
        cancel: &Cancel,
    ) -> Result<(u16, Vec<u8>), AdapterError> {
        let mut retries = 0;
        loop {
            let url = format!("{}{path}", self.base);
            let sent = self
                .by_proxy(&url, self.agent.post(&url))
                .header("authorization", basic)
                .header("content-type", "application/x-www-form-urlencoded")
                .send(form.as_bytes());
            let fault = match read(sent) {
                Outcome::Done(body) => return Ok((200, body)),
                Outcome::Refused { status, body, .. } if !matches!(status, 429 | 503) => {
                    return Ok((status, body));
                }
                Outcome::Refused { status, body, .. } => error::of_answer(status, &body),
                Outcome::Failed(fault) => self.unreachable(&fault),
            };
            retries += 1;
            if retries >= self.connect_attempts {
                return Err(fault);
            }
            pause(self.backoff(retries), cancel)?;
        }
    }

    fn once(&self, request: Request<'_>, token: Option<&str>) -> Outcome {
        let url = |path: &str| format!("{}{path}", self.base);
        let sent = match request {
            Request::Link(link) => self.by_proxy(link, self.agent.get(link)).call(),
            Request::Get(path) => {
                let url = url(path);
                let mut call = self.by_proxy(&url, self.agent.get(&url));
                for (name, value) in self.all_headers(token) {
                    call = call.header(name, value);
                }
                call.call()
            }
            Request::Post(path, body) => {
                let url = url(path);
                let mut call = self
                    .by_proxy(&url, self.agent.post(&url))
                    .header("content-type", "application/json");
                for (name, value) in self.all_headers(token) {
                    call = call.header(name, value);
                }
                call.send(body.to_string().as_bytes())
            }
        };
        read(sent)
    }

    fn by_proxy<Body>(&self, url: &str, call: ureq::RequestBuilder<Body>) -> ureq::RequestBuilder<Body> {
        match self.proxies.of_url(url).map(ureq::Proxy::new) {
            Some(Ok(proxy)) => call.config().proxy(Some(proxy)).build(),
            _ => call,
        }
    }

    fn all_headers(&self, token: Option<&str>) -> Vec<(String, String)> {
        let signed = token.map(|token| ("authorization".to_owned(), format!("Bearer {token}")));
        self.headers.iter().cloned().chain(signed).collect()
    }

    fn unreachable(&self, fault: &ureq::Error) -> AdapterError {
        AdapterError {
            temporary: true,
            ..AdapterError::new(
                ErrorKind::Network,
                format!("the workspace at {} could not be reached: {fault}", self.base),
            )
        }
        .with_hint("Check `host` in profiles.yml and the network; `connect_retries` gives more attempts.")
    }

    /// The pause before an attempt: doubled each time, and up to a half longer by chance, so that many do not come
    /// again at once.
    fn backoff(&self, retries: u32) -> Duration {
        let plain = FIRST_PAUSE.saturating_mul(1 << (retries - 1).min(12));
        let chance = u32::from(uuid::Uuid::new_v4().as_bytes()[0]);
        plain.min(self.pause_max) + plain.min(self.pause_max) * chance / 512
    }
}

/// Says whether a request that failed may be sent again: one that only reads, or that never left.
fn may_repeat(request: Request<'_>, fault: &ureq::Error) -> bool {
    let never_left = matches!(
        fault,
        ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)
    ) || matches!(fault, ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused);
    let broke = matches!(fault, ureq::Error::Io(_) | ureq::Error::Timeout(_));
    never_left || (broke && !matches!(request, Request::Post(..)))
}

fn read(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Outcome {
    let mut response = match sent {
        Ok(response) => response,
        Err(fault) => return Outcome::Failed(fault),
    };
    let status = response.status().as_u16();
    let wait = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let body = response
        .body_mut()
        .with_config()
        .limit(ANSWER_BYTES_MAX)
        .read_to_vec();
    match body {
        Err(fault) => Outcome::Failed(fault),
        Ok(body) if (200..300).contains(&status) => Outcome::Done(body),
        Ok(body) => Outcome::Refused { status, wait, body },
    }
}
