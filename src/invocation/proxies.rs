//! Proxies that the environment names, by curl's rules.

use super::Invocation;

/// Which proxy leads to which address.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    https: Option<String>,
    http: Option<String>,
    /// Suffixes of hosts that are reached without a proxy; `*` is all of them.
    exempt: Vec<String>,
}

impl Proxies {
    /// Reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, in capitals where the small ones are not set.
    pub fn of(invocation: &Invocation) -> Self {
        // Not noted as asked for: no listing of a project depends on the way to a server.
        let set = |name: &str| invocation.env.get(name).filter(|value| !value.is_empty());
        let either = |lower: &str| set(lower).or_else(|| set(&lower.to_uppercase())).cloned();
        let exempt = either("no_proxy").unwrap_or_default();
        Self {
            https: either("https_proxy").or_else(|| either("all_proxy")),
            // `HTTP_PROXY` in capitals may come from a request's header in CGI programs: it does not count.
            http: set("http_proxy").cloned().or_else(|| either("all_proxy")),
            exempt: exempt
                .split(',')
                .map(|suffix| suffix.trim().trim_start_matches('.').to_owned())
                .filter(|suffix| !suffix.is_empty())
                .collect(),
        }
    }

    /// Returns the address of the proxy through which this one is reached.
    pub fn of_url(&self, url: &str) -> Option<&str> {
        let host = host_of(url)?;
        let is_exempt = self.exempt.iter().any(|suffix| {
            suffix == "*"
                || host == suffix
                || host
                    .strip_suffix(suffix.as_str())
                    .is_some_and(|rest| rest.ends_with('.'))
        });
        let named = if url.starts_with("https://") {
            &self.https
        } else {
            &self.http
        };
        named.as_deref().filter(|_| !is_exempt)
    }
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

    fn of(variables: &[(&str, &str)]) -> Proxies {
        let env = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Proxies::of(&Invocation {
            env: env.collect(),
            ..Invocation::default()
        })
    }

    #[test]
    fn hosts_are_found_in_addresses() {
        assert_eq!(host_of("https://a:b@hub.example:8080/x?y"), Some("hub.example"));
        assert_eq!(host_of("http://[::1]:80/"), Some("::1"));
    }

    #[test]
    fn a_scheme_has_its_proxy_and_hosts_are_exempt_with_what_is_below_them() {
        let proxies = of(&[
            ("HTTPS_PROXY", "http://safe:1"),
            ("http_proxy", "http://plain:2"),
            ("no_proxy", "inner.example, .other.example"),
        ]);
        assert_eq!(proxies.of_url("https://a.example/x"), Some("http://safe:1"));
        assert_eq!(proxies.of_url("http://a.example/x"), Some("http://plain:2"));
        assert_eq!(proxies.of_url("https://inner.example"), None);
        assert_eq!(proxies.of_url("https://a.inner.example"), None);
        assert_eq!(proxies.of_url("https://x.other.example:8080/"), None);
        assert_eq!(proxies.of_url("https://notinner.example"), Some("http://safe:1"));
    }

    #[test]
    fn http_proxy_in_capitals_does_not_count_and_all_proxy_serves_the_rest() {
        assert_eq!(of(&[("HTTP_PROXY", "http://p:1")]).of_url("http://a"), None);
        let all = of(&[("ALL_PROXY", "http://p:1"), ("NO_PROXY", "b")]);
        assert_eq!(all.of_url("http://a"), Some("http://p:1"));
        assert_eq!(all.of_url("https://a"), Some("http://p:1"));
        assert_eq!(all.of_url("https://b"), None);
        assert_eq!(
            of(&[("all_proxy", "http://p:1"), ("no_proxy", "*")]).of_url("https://a"),
            None
        );
    }
}
