//! Fetching over HTTP: with time and size limits, through proxies of the environment, trying again what may pass.

use std::time::Duration;

use crate::invocation::{Invocation, Proxies};

const ATTEMPTS_MAX: u32 = 5;
const TIMEOUT: Duration = Duration::from_secs(30);
const WHOLE_TIMEOUT: Duration = Duration::from_secs(600);
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Fetches a document of at most `bytes_max` bytes.
///
/// # Errors
/// What went wrong, in words, after the last attempt.
pub(super) fn get(url: &str, bytes_max: u64, invocation: &Invocation) -> Result<Vec<u8>, String> {
    let scheme = url.split("://").next().unwrap_or_default();
    if !matches!(scheme, "https" | "http") || !url.contains("://") {
        return Err("only addresses with `https://` or `http://` can be fetched".to_owned());
    }
    let agent = agent(url, scheme, invocation);
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        let error = match once(&agent, url, bytes_max) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => error,
        };
        if !may_pass(&error) || attempt >= ATTEMPTS_MAX || invocation.cancel.is_cancelled() {
            let tries = if attempt == 1 {
                String::new()
            } else {
                format!(" (tried {attempt} times)")
            };
            return Err(format!("{error}{tries}"));
        }
        std::thread::sleep(pause);
        pause *= 2;
    }
    Err("it was not tried".to_owned())
}

fn once(agent: &ureq::Agent, url: &str, bytes_max: u64) -> Result<Vec<u8>, ureq::Error> {
    let mut response = agent.get(url).call()?;
    response.body_mut().with_config().limit(bytes_max).read_to_vec()
}

/// Says whether another attempt may succeed: the server is busy or the connection broke.
fn may_pass(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::StatusCode(status) => matches!(status, 408 | 425 | 429 | 500..=599),
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed => true,
        _ => false,
    }
}

fn agent(url: &str, scheme: &str, invocation: &Invocation) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_connect(Some(TIMEOUT))
        .timeout_recv_response(Some(TIMEOUT))
        .timeout_global(Some(WHOLE_TIMEOUT))
        // What is asked for safely is not answered from an unsafe place.
        .https_only(scheme == "https")
        .user_agent(concat!("nexus/", env!("CARGO_PKG_VERSION")))
        .proxy(
            Proxies::of(invocation)
                .of_url(url)
                .and_then(|proxy| ureq::Proxy::new(proxy).ok()),
        )
        .build()
        .into()
}
