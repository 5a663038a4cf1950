//! The profile's settings, read as dbt-bigquery defines them.

use std::time::Duration;

use base64::Engine as _;
use serde_json::{Map, Value as Json};

use super::config_fields::Fields;
use super::credentials::{Machine, Refresh, Source};
use crate::diagnostic::{Code, Result};
use crate::invocation::{Invocation, Proxies};
use crate::yaml::{Document, Node, Value};

const ENDPOINT: &str = "https://bigquery.googleapis.com";
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
const SCOPES: [&str; 4] = [
    "https://www.googleapis.com/auth/bigquery",
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/userinfo.email",
];
const METHODS: [&str; 4] = [
    "oauth",
    "oauth-secrets",
    "service-account",
    "service-account-json",
];

/// Fields of dbt-bigquery that serve Python models, which are not run here: they are read past.
const PYTHON_ONLY: [&str; 7] = [
    "compute_region",
    "dataproc_region",
    "dataproc_cluster_name",
    "gcs_bucket",
    "submission_method",
    "dataproc_batch",
    "notebook_template_id",
];

/// A profile's output, checked.
pub(super) struct Config {
    pub(super) project: String,
    pub(super) dataset: String,
    /// Who pays for jobs.
    pub(super) execution_project: String,
    pub(super) quota_project: Option<String>,
    pub(super) location: Option<String>,
    /// Scheme and host, without a slash at the end.
    pub(super) endpoint: String,
    pub(super) source: Source,
    pub(super) scopes: Vec<String>,
    pub(super) impersonate: Option<String>,
    pub(super) is_batch: bool,
    pub(super) bytes_billed_max: Option<u64>,
    pub(super) reservation: Option<String>,
    pub(super) job_retries: u32,
    pub(super) job_retry_deadline: Option<Duration>,
    pub(super) job_creation_timeout: Option<Duration>,
    pub(super) job_execution_timeout: Option<Duration>,
    pub(super) proxies: Proxies,
    /// Values that no output may show.
    pub(super) masks: Vec<String>,
    /// What templates see as `target`.
    pub(super) public: Map<String, Json>,
}

impl Config {
    /// Reads a target's mapping.
    ///
    /// # Errors
    /// `N0106` at a field that is missing or does not fit, or at a method that needs what is not there.
    pub(super) fn read(document: &Document, target: &Node, invocation: &Invocation) -> Result<Self> {
        document.expect_map(target, "a target in profiles.yml")?;
        let fields = Fields { document, target };
        let source = source(&fields, invocation)?;
        let project = fields
            .text_of_either("project", "database")?
            .or_else(|| source.project().map(str::to_owned))
            .ok_or_else(|| fields.missing("project", "and the credentials name none"))?;
        let dataset = fields
            .text_of_either("dataset", "schema")?
            .ok_or_else(|| fields.missing("dataset", "which says where relations go"))?;
        let seconds = |key: &str| -> Result<Option<Duration>> {
            Ok(fields.count(key)?.filter(|n| *n > 0).map(Duration::from_secs))
        };
        let retries = match fields.count("job_retries")? {
            Some(number) => Some(number),
            None => fields.count("retries")?,
        };
        let execution_timeout = match seconds("job_execution_timeout_seconds")? {
            Some(timeout) => Some(timeout),
            None => seconds("timeout_seconds")?,
        };
        let mut config = Self {
            execution_project: fields
                .text("execution_project")?
                .unwrap_or_else(|| project.clone()),
            quota_project: fields.text("quota_project")?,
            location: fields.text("location")?,
            endpoint: endpoint(&fields)?,
            scopes: fields
                .texts("scopes")?
                .unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec()),
            impersonate: fields.text("impersonate_service_account")?,
            is_batch: fields.one_of("priority", &["interactive", "batch"])?.as_deref() == Some("batch"),
            bytes_billed_max: fields.count("maximum_bytes_billed")?.filter(|n| *n > 0),
            reservation: fields.text("reservation")?,
            job_retries: u32::try_from(retries.unwrap_or(1)).unwrap_or(u32::MAX).min(100),
            job_retry_deadline: seconds("job_retry_deadline_seconds")?,
            job_creation_timeout: seconds("job_creation_timeout_seconds")?,
            job_execution_timeout: execution_timeout,
            masks: source.secrets(),
            proxies: Proxies::of(invocation),
            public: Map::new(),
            project,
            dataset,
            source,
        };
        // A mask of a few letters would tear holes into every message.
        config.masks.retain(|mask| mask.len() > 3);
        config.public = config.public_settings(&fields);
        Ok(config)
    }

    /// What dbt-bigquery counts among the keys of a connection, with its names and their older ones.
    fn public_settings(&self, fields: &Fields<'_>) -> Map<String, Json> {
        let mut public = Map::new();
        let mut put = |name: &str, value: Json| {
            public.insert(name.to_owned(), value);
        };
        put("method", self.source.method().into());
        put("database", self.project.as_str().into());
        put("project", self.project.as_str().into());
        put("execution_project", self.execution_project.as_str().into());
        put("dataset", self.dataset.as_str().into());
        put("location", self.location.clone().into());
        put(
            "priority",
            fields.get("priority").map_or(Json::Null, Node::to_json),
        );
        put("maximum_bytes_billed", self.bytes_billed_max.into());
        put("reservation", self.reservation.clone().into());
        put("impersonate_service_account", self.impersonate.clone().into());
        let seconds = |d: Option<Duration>| Json::from(d.map(|d| d.as_secs()));
        put("job_retry_deadline_seconds", seconds(self.job_retry_deadline));
        put("job_retries", self.job_retries.into());
        put("job_creation_timeout_seconds", seconds(self.job_creation_timeout));
        put(
            "job_execution_timeout_seconds",
            seconds(self.job_execution_timeout),
        );
        put("timeout_seconds", seconds(self.job_execution_timeout));
        put(
            "job_link_info_level_log",
            fields
                .get("job_link_info_level_log")
                .map_or(false.into(), Node::to_json),
        );
        for name in ["client_id", "token_uri"] {
            put(name, fields.get(name).map_or(Json::Null, Node::to_json));
        }
        for name in PYTHON_ONLY {
            if let Some(node) = fields.get(name) {
                put(name, node.to_json());
            }
        }
        public
    }
}

/// Reads where to call: an address with scheme and host; a host alone is reached by TLS.
fn endpoint(fields: &Fields<'_>) -> Result<String> {
    let Some(text) = fields.text("api_endpoint")? else {
        return Ok(ENDPOINT.to_owned());
    };
    let text = text.trim_end_matches('/');
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    match reqwest::Url::parse(&with_scheme) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(with_scheme),
        _ => Err(fields
            .wrong(
                "api_endpoint",
                format!("`api_endpoint` is no address of a server: `{text}`"),
            )
            .hint("Write it like `https://bigquery.googleapis.com`.")),
    }
}

/// Reads the method of authentication and what it needs.
fn source(fields: &Fields<'_>, invocation: &Invocation) -> Result<Source> {
    let Some(method) = fields.text("method")? else {
        return Err(fields.missing("method", "which says how to log in").hint(format!(
            "The methods that can be used are: {}.",
            METHODS.join(", ")
        )));
    };
    Ok(match method.as_str() {
        "oauth" => Source::Default(Machine::of(invocation)),
        "service-account" => {
            let path = fields.required(
                "keyfile",
                "which the method `service-account` needs: the path of the key",
            )?;
            Source::KeyFile(path)
        }
        "service-account-json" => Source::Key(key(fields)?),
        "oauth-secrets" => secrets(fields)?,
        "external-oauth-wif" => {
            return Err(fields
                .wrong(
                    "method",
                    "the method `external-oauth-wif` (workload identity federation) is not there",
                )
                .hint(format!("Use one of: {}.", METHODS.join(", "))));
        }
        other => {
            return Err(fields
                .wrong("method", format!("the method `{other}` is not known"))
                .did_you_mean(other, METHODS.iter().copied())
                .hint(format!("Use one of: {}.", METHODS.join(", "))));
        }
    })
}

fn secrets(fields: &Fields<'_>) -> Result<Source> {
    if let Some(refresh_token) = fields.text("refresh_token")? {
        let why = "which goes with a `refresh_token`";
        return Ok(Source::Refresh(Refresh {
            refresh_token,
            client_id: fields.required("client_id", why)?,
            client_secret: fields.required("client_secret", why)?,
            token_uri: fields.text("token_uri")?.unwrap_or_else(|| TOKEN_URI.to_owned()),
        }));
    }
    match fields.text("token")? {
        Some(token) => Ok(Source::Token(token)),
        None => Err(fields.missing(
            "refresh_token",
            "nor a `token`; the method `oauth-secrets` needs one of them",
        )),
    }
}

/// Reads a key from a mapping, or from text in base 64; line ends of its private key may be written as `\n`.
fn key(fields: &Fields<'_>) -> Result<Json> {
    let Some(node) = fields.get("keyfile_json") else {
        return Err(fields.missing(
            "keyfile_json",
            "which the method `service-account-json` needs: the key itself",
        ));
    };
    let mut key = match &node.value {
        Value::Map(_) => node.to_json(),
        Value::Str(text) => {
            let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            base64::engine::general_purpose::STANDARD
                .decode(compact)
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                .ok_or_else(|| {
                    fields
                        .wrong(
                            "keyfile_json",
                            "`keyfile_json` is text, but no JSON of a key in base 64",
                        )
                        .hint("Give the key as a mapping, or its file encoded with `base64`.")
                })?
        }
        _ => {
            return Err(fields.document.error(
                node,
                Code::PROFILE,
                format!("`keyfile_json` must be a mapping, but is {}", node.kind()),
            ));
        }
    };
    for name in ["client_email", "private_key"] {
        if key[name].as_str().is_none_or(str::is_empty) {
            return Err(fields.wrong(
                "keyfile_json",
                format!("the key in `keyfile_json` has no `{name}`"),
            ));
        }
    }
    if let Some(private) = key["private_key"].as_str() {
        key["private_key"] = private.replace("\\n", "\n").into();
    }
    Ok(key)
}

#[cfg(test)]
mod tests;
