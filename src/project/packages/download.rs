//! Fetching over HTTP: with time and size limits, through proxies of the environment, trying again what may pass.

use std::time::Duration;

use crate::invocation::Invocation;

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
        .proxy(proxy(url, scheme, invocation))
        .build()
        .into()
}

/// Returns the proxy that the environment names, by curl's rules.
fn proxy(url: &str, scheme: &str, invocation: &Invocation) -> Option<ureq::Proxy> {
    let host = host_of(url)?;
    let set = |name: &str| invocation.env_var(name).filter(|value| !value.is_empty());
    let either = |lower: &str| set(lower).or_else(|| set(&lower.to_uppercase()));
    let exempt = either("no_proxy").unwrap_or_default();
    let is_exempt = exempt.split(',').map(str::trim).any(|suffix| {
        let suffix = suffix.trim_start_matches('.');
        suffix == "*"
            || (!suffix.is_empty()
                && (host == suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))))
    });
    if is_exempt {
        return None;
    }
    // `HTTP_PROXY` in capitals may come from a request's header in CGI programs: it does not count.
    let named = if scheme == "https" {
        either("https_proxy")
    } else {
        set("http_proxy")
    };
    ureq::Proxy::new(named.or_else(|| either("all_proxy"))?).ok()
}

fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    Some(match host.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => host.split(':').next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses() {
        assert_eq!(host_of("https://a:b@hub.example:8080/x?y"), Some("hub.example"));
        assert_eq!(host_of("http://[::1]:80/"), Some("::1"));
    }
}
