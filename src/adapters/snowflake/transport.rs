//! The way to the server: the client's fixed address is replaced, and what fails in passing is tried again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Request, Response, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};
use snowflake_api::connection::Connection as Client;

use super::config::{Address, Config};
use super::error::{Status, is_transient, of_middleware};
use crate::adapters::{AdapterError, ErrorKind};

/// The account in the address that the client makes; it never leaves this process.
pub(super) const PLACEHOLDER: &str = "account";
const PLACEHOLDER_HOST: &str = "account.snowflakecomputing.com";

/// Tries of one request that is no login.
const TRIES: u32 = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// A statement's answer comes in pieces: the server says within a minute that it is still at work.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(600);

/// A client for one account.
pub(super) struct Transport {
    /// Requests in the form that Snowflake's clients use.
    pub(super) client: Client,
    /// The same way for requests of which the client has no form.
    pub(super) plain: ClientWithMiddleware,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Tries beyond the first since the last look.
    retries: AtomicU32,
    /// Guards the id of the statement that was sent last, to abort it by; nothing is asked inside.
    request: Mutex<Option<String>>,
}

struct Way {
    address: Address,
    shared: Arc<Shared>,
}

impl Transport {
    pub(super) fn new(config: &Config) -> std::result::Result<Self, AdapterError> {
        let failed = |e: reqwest::Error| {
            AdapterError::new(ErrorKind::Config, format!("no connection can be made: {e}"))
        };
        let proxy = match &config.proxy {
            Some(proxy) => reqwest::Proxy::all(proxy).map_err(failed)?,
            None => {
                let proxies = config.proxies.clone();
                reqwest::Proxy::custom(move |url| proxies.of_url(url.as_str()).map(str::to_owned))
            }
        };
        let builder = reqwest::Client::builder()
            .user_agent(concat!("nexus/", env!("CARGO_PKG_VERSION")))
            .gzip(true)
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .proxy(proxy);
        let shared = Arc::new(Shared::default());
        let way = Way {
            address: config.address.clone(),
            shared: shared.clone(),
        };
        let plain = ClientBuilder::new(builder.build().map_err(failed)?)
            .with(way)
            .build();
        Ok(Self {
            client: Client::new_with_middware(plain.clone()),
            plain,
            shared,
        })
    }

    /// Returns the address of a path on the server, before it is rewritten.
    pub(super) fn url(path: &str) -> String {
        format!("https://{PLACEHOLDER_HOST}/{}", path.trim_start_matches('/'))
    }

    /// Returns how many retries there were since the last call.
    pub(super) fn take_retries(&self) -> u32 {
        self.shared.retries.swap(0, Ordering::Relaxed)
    }

    /// Returns the id of the statement that was sent last.
    pub(super) fn last_request(&self) -> Option<String> {
        self.shared
            .request
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait::async_trait]
impl Middleware for Way {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut http::Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let is_own = request.url().host_str() == Some(PLACEHOLDER_HOST);
        if is_own {
            self.direct(request.url_mut());
        }
        if request.url().path() == "/queries/v1/query-request" {
            let id = request.url().query_pairs().find(|(name, _)| name == "requestId");
            *self.shared.request.lock().unwrap_or_else(PoisonError::into_inner) =
                id.map(|(_, id)| id.into_owned());
        }
        // How often a login is tried is said in the profile.
        let tries = if request.url().path().ends_with("/login-request") {
            1
        } else {
            TRIES
        };
        let mut attempt = 1;
        loop {
            // The request keeps its id, so that the server does not run a statement twice.
            let Some(copy) = request.try_clone() else {
                return next.run(request, extensions).await;
            };
            let answer = next.clone().run(copy, extensions).await.and_then(checked);
            let error = match answer {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if attempt >= tries || !of_middleware(&error).0 {
                return Err(error);
            }
            tokio::time::sleep(pause(attempt)).await;
            self.shared.retries.fetch_add(1, Ordering::Relaxed);
            if is_own {
                request
                    .url_mut()
                    .query_pairs_mut()
                    .append_pair("retryCount", &attempt.to_string());
            }
            attempt += 1;
        }
    }
}

impl Way {
    fn direct(&self, url: &mut Url) {
        let Address { scheme, host, port } = &self.address;
        // Settings were checked when the profile was read, so none of these fails.
        let _ = url.set_scheme(scheme);
        let _ = url.set_host(Some(host));
        let _ = url.set_port(*port);
        let path = format!("/{}", url.path().trim_start_matches('/'));
        url.set_path(&path);
    }
}

/// Makes an error of an answer that is not Snowflake's own: its own are JSON, whatever the status.
fn checked(response: Response) -> Result<Response> {
    let status = response.status();
    let is_json = response
        .headers()
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.contains("json"));
    if is_transient(status.as_u16()) || (!status.is_success() && !is_json) {
        return Err(reqwest_middleware::Error::middleware(Status(status.as_u16())));
    }
    Ok(response)
}

/// Doubles from half a second on, less up to a half by chance, so that many clients do not come back at once.
fn pause(attempt: u32) -> Duration {
    let longest = 250_u64 << attempt.min(5);
    let chance = uuid::Uuid::new_v4().as_u128() % u128::from(longest / 2).max(1);
    Duration::from_millis(longest - u64::try_from(chance).unwrap_or(0))
}
