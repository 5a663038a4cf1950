//! The profile's settings, read as dbt-databricks defines them.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::yaml::{Document, Node, Value};

/// The catalog of tables outside of Unity Catalog, which has no information schema.
pub(super) const HIVE: &str = "hive_metastore";

/// A profile's output, checked.
#[derive(Debug)]
pub(super) struct Config {
    /// The host as the profile has it.
    pub(super) host: String,
    /// Scheme and host, without a slash at the end.
    pub(super) base: String,
    pub(super) http_path: String,
    pub(super) warehouse: String,
    pub(super) catalog: String,
    pub(super) schema: String,
    pub(super) auth: Auth,
    /// Further attempts where the workspace cannot be reached.
    pub(super) connect_retries: u32,
    pub(super) connect_timeout: Duration,
    /// Errors of the server beyond 429 and 503 are tried again as well.
    pub(super) retry_all: bool,
    /// Attempts where the server asks to come again later.
    pub(super) attempts: u32,
    pub(super) pause_max: Duration,
    pub(super) answer_timeout: Duration,
    pub(super) headers: Vec<(String, String)>,
    /// Results come as Arrow from storage; else as JSON in the answer.
    pub(super) cloud_fetch: bool,
    /// Keys and values that the warehouse keeps with each statement.
    pub(super) query_tags: Vec<(String, Option<String>)>,
}

/// How the workspace knows who asks. It has no `Debug`, so that no secret is printed by chance.
pub(super) enum Auth {
    Token(String),
    /// OAuth of a service principal.
    Client {
        id: String,
        secret: String,
    },
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Auth")
    }
}

/// Fields that are for ways of signing in or running that are not there, with the reason and what to do.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "azure_client_id",
        "signing in with an Azure service principal is not there",
        SIGN_IN,
    ),
    (
        "azure_client_secret",
        "signing in with an Azure service principal is not there",
        SIGN_IN,
    ),
    (
        "oauth_redirect_url",
        "signing in with a browser is not there",
        SIGN_IN,
    ),
    (
        "oidc_token_filepath",
        "signing in with an OIDC token is not there",
        SIGN_IN,
    ),
    (
        "compute",
        "all statements run on the warehouse of `http_path`",
        "Remove it, and set `http_path` to the warehouse that is to run the models.",
    ),
    (
        "session_properties",
        "statements of the Statement Execution API share no session",
        "Remove it, and set these properties on the warehouse.",
    ),
];

const SIGN_IN: &str = "Use `token: <personal access token>`, or `auth_type: oauth` with `client_id` and \
                       `client_secret` of a service principal.";

/// Names in `connection_parameters` that have a field of their own.
const RESERVED: &[&str] = &[
    "server_hostname",
    "http_path",
    "access_token",
    "client_id",
    "client_secret",
    "session_configuration",
    "catalog",
    "schema",
    "user_agent_entry",
    "_user_agent_entry",
];

impl Config {
    /// Reads a target's mapping.
    ///
    /// # Errors
    /// `N0106` at a setting that is missing, does not fit, or cannot be served.
    pub(super) fn read(document: &Document, target: &Node) -> Result<Self> {
        document.expect_map(target, "a target in profiles.yml")?;
        let reader = Reader { document };
        for (key, reason, hint) in REFUSED {
            if reader.is_given(target, key) && !(*key == "session_properties" && only_catalog(target)) {
                let message = format!("`{key}` cannot be used: {reason}");
                return Err(reader.wrong(target, key, message).hint(*hint));
            }
        }
        let host = reader.required(target, "host")?;
        let base = base(&reader, target, &host)?;
        let http_path = reader.required(target, "http_path")?;
        let warehouse = warehouse(&reader, target, &http_path)?;
        let schema = reader.required(target, "schema")?;
        if schema.contains('.') {
            return Err(reader
                .wrong(
                    target,
                    "schema",
                    format!("`schema` is `{schema}`, but a schema's name has no dot"),
                )
                .hint("Name the catalog under `catalog`."));
        }
        let none = Node {
            value: Value::Null,
            start: target.start,
            end: target.end,
        };
        let parameters = target.get("connection_parameters").unwrap_or(&none);
        if let Some(key) = RESERVED.iter().find(|key| parameters.get(key).is_some()) {
            let message =
                format!("`{key}` has a field of its own and cannot stand in `connection_parameters`");
            return Err(reader.wrong(parameters, key, message));
        }
        let seconds = |map: &Node, key: &str, otherwise: u32| -> Result<Duration> {
            let seconds = reader.count(map, key)?.unwrap_or(otherwise);
            Ok(Duration::from_secs(u64::from(seconds)))
        };
        Ok(Self {
            base,
            warehouse,
            catalog: catalog(&reader, target)?,
            schema,
            auth: auth(&reader, target)?,
            connect_retries: reader.count(target, "connect_retries")?.unwrap_or(1),
            connect_timeout: seconds(target, "connect_timeout", 30)?,
            retry_all: reader.flag(target, "retry_all")?.unwrap_or(false),
            attempts: reader
                .count(parameters, "_retry_stop_after_attempts_count")?
                .unwrap_or(30)
                .max(1),
            pause_max: seconds(parameters, "_retry_delay_max", 60)?,
            answer_timeout: seconds(parameters, "_socket_timeout", 600)?,
            headers: reader.pairs(parameters, "http_headers")?,
            cloud_fetch: reader.flag(parameters, "use_cloud_fetch")?.unwrap_or(true),
            query_tags: query_tags(&reader, target)?,
            host,
            http_path,
        })
    }

    /// What templates see as `target`: the keys that dbt-databricks shows.
    pub(super) fn public_settings(&self) -> Map<String, Json> {
        [
            ("host", &self.host),
            ("http_path", &self.http_path),
            ("database", &self.catalog),
            ("schema", &self.schema),
            ("catalog", &self.catalog),
        ]
        .map(|(key, value)| (key.to_owned(), Json::from(value.as_str())))
        .into_iter()
        .collect()
    }

    /// Returns the text with the profile's secret replaced.
    pub(super) fn masked(&self, text: &str) -> String {
        let secret = match &self.auth {
            Auth::Token(secret) | Auth::Client { secret, .. } => secret,
        };
        if secret.len() > 3 {
            text.replace(secret.as_str(), "*****")
        } else {
            text.to_owned()
        }
    }
}

fn only_catalog(target: &Node) -> bool {
    let properties = target.get("session_properties").and_then(Node::as_map);
    properties.is_some_and(|map| map.iter().all(|(key, _)| key == "databricks.catalog"))
}

/// Scheme and host. Only a host of this machine may be reached without TLS: a token would travel in clear.
fn base(reader: &Reader, target: &Node, host: &str) -> Result<String> {
    let bare = host.trim_end_matches('/');
    let (scheme, name) = bare.split_once("://").unwrap_or(("https", bare));
    if name.is_empty() || name.contains(['/', '?', '#', '@', ' ']) {
        let message = format!("`host` is `{host}`, which is no name of a host");
        return Err(reader
            .wrong(target, "host", message)
            .hint("Write the workspace's host alone, such as `dbc-a1b2345c-d6e7.cloud.databricks.com`."));
    }
    match scheme {
        "https" => Ok(format!("https://{name}")),
        "http" if super::http::is_loopback(name) => Ok(format!("http://{name}")),
        _ => Err(reader
            .wrong(
                target,
                "host",
                format!("`host` has the scheme `{scheme}`, with which a token would travel unprotected"),
            )
            .hint("Leave the scheme out: `https` is used.")),
    }
}

/// The warehouse's id, the last part of its path.
fn warehouse(reader: &Reader, target: &Node, http_path: &str) -> Result<String> {
    let path = http_path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["sql", _, "warehouses" | "endpoints", id] if !id.is_empty() => Ok((*id).to_owned()),
        ["sql", "protocolv1", ..] => Err(reader
            .wrong(
                target,
                "http_path",
                "`http_path` is that of a cluster, which the Statement Execution API cannot reach".to_owned(),
            )
            .hint("Use the path of a SQL warehouse: `/sql/1.0/warehouses/<id>`.")),
        _ => Err(reader
            .wrong(
                target,
                "http_path",
                format!("`http_path` is `{http_path}`, which names no SQL warehouse"),
            )
            .hint("Copy it from the warehouse's connection details: `/sql/1.0/warehouses/<id>`.")),
    }
}

fn catalog(reader: &Reader, target: &Node) -> Result<String> {
    let mut given: Vec<(&str, String)> = Vec::new();
    for key in ["catalog", "database"] {
        if let Some(name) = reader.text(target, key)? {
            given.push((key, name.trim().to_owned()));
        }
    }
    if let Some(properties) = target.get("session_properties").filter(|n| !n.is_null())
        && let Some(name) = reader.text(properties, "databricks.catalog")?
    {
        given.push(("session_properties", name.trim().to_owned()));
    }
    match given.as_slice() {
        [] => Ok(HIVE.to_owned()),
        [(key, name)] if name.is_empty() => Err(reader.wrong(
            target,
            key,
            format!("`{key}` is empty: a catalog's name is needed"),
        )),
        [(_, name)] => Ok(name.clone()),
        [(first, _), (second, _), ..] => Err(reader.wrong(
            target,
            second,
            format!("`{first}` and `{second}` both name the catalog: keep one of them"),
        )),
    }
}

fn auth(reader: &Reader, target: &Node) -> Result<Auth> {
    let token = reader.text(target, "token")?.filter(|t| !t.is_empty());
    let kind = reader.text(target, "auth_type")?;
    match kind.as_deref() {
        None | Some("token" | "pat" | "oauth") => {}
        Some(other) => {
            let message = format!("`auth_type` is `{other}`, which is not there");
            return Err(reader.wrong(target, "auth_type", message).hint(SIGN_IN));
        }
    }
    if let Some(token) = token {
        return Ok(Auth::Token(token));
    }
    let id = reader.text(target, "client_id")?.filter(|t| !t.is_empty());
    let secret = reader.text(target, "client_secret")?.filter(|t| !t.is_empty());
    match (kind.as_deref(), id, secret) {
        (Some("oauth"), Some(id), Some(secret)) => Ok(Auth::Client { id, secret }),
        (Some("oauth"), None, Some(_)) => Err(reader.wrong(
            target,
            "client_secret",
            "`client_secret` has no `client_id` with it".to_owned(),
        )),
        (Some("oauth"), _, None) => Err(reader
            .wrong(
                target,
                "auth_type",
                "`auth_type: oauth` without `client_secret` signs in with a browser, which is not there"
                    .to_owned(),
            )
            .hint(SIGN_IN)),
        _ => Err(reader
            .wrong(target, "token", "this target has no `token`".to_owned())
            .hint(SIGN_IN)),
    }
}

/// Tags are a JSON object in a text, or a mapping.
fn query_tags(reader: &Reader, target: &Node) -> Result<Vec<(String, Option<String>)>> {
    let Some(node) = target.get("query_tags").filter(|n| !n.is_null()) else {
        return Ok(Vec::new());
    };
    let json = match node.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or(Json::Null),
        None => node.to_json(),
    };
    let Json::Object(map) = json else {
        return Err(reader
            .wrong(
                target,
                "query_tags",
                "`query_tags` is no JSON object of tags and values".to_owned(),
            )
            .hint("Write it as '{\"team\": \"sales\"}'."));
    };
    Ok(map
        .into_iter()
        .map(|(key, value)| match value {
            Json::Null => (key, None),
            Json::String(text) => (key, Some(text)),
            other => (key, Some(other.to_string())),
        })
        .collect())
}

/// Reads values with the place of what is wrong.
struct Reader<'a> {
    document: &'a Document,
}

impl Reader<'_> {
    fn wrong(&self, map: &Node, key: &str, message: String) -> Diagnostic {
        self.document
            .error(map.get(key).unwrap_or(map), Code::PROFILE, message)
    }

    fn is_given(&self, map: &Node, key: &str) -> bool {
        map.get(key).is_some_and(|node| match &node.value {
            Value::Null => false,
            Value::Seq(items) => !items.is_empty(),
            Value::Map(map) => !map.is_empty(),
            _ => true,
        })
    }

    fn text(&self, map: &Node, key: &str) -> Result<Option<String>> {
        match map.get(key).filter(|n| !n.is_null()) {
            Some(node) => Ok(Some(self.scalar(node, key)?)),
            None => Ok(None),
        }
    }

    fn required(&self, map: &Node, key: &str) -> Result<String> {
        match self.text(map, key)? {
            Some(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            _ => Err(self.wrong(map, key, format!("a target of type databricks needs `{key}`"))),
        }
    }

    fn scalar(&self, node: &Node, key: &str) -> Result<String> {
        Ok(match &node.value {
            Value::Str(text) | Value::Date(text) | Value::BigInt(text) => text.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Float(n) => n.to_string(),
            Value::Null | Value::Seq(_) | Value::Map(_) => {
                let message = format!("`{key}` must be a single value, but is {}", node.kind());
                return Err(self.document.error(node, Code::PROFILE, message));
            }
        })
    }

    fn flag(&self, map: &Node, key: &str) -> Result<Option<bool>> {
        match map.get(key).filter(|n| !n.is_null()) {
            Some(node) => match node.as_bool() {
                Some(flag) => Ok(Some(flag)),
                None => {
                    let message = format!("`{key}` must be true or false, but is {}", node.kind());
                    Err(self.wrong(map, key, message))
                }
            },
            None => Ok(None),
        }
    }

    fn count(&self, map: &Node, key: &str) -> Result<Option<u32>> {
        match map.get(key).map(|n| &n.value) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Int(n)) if (0..=100_000).contains(n) => Ok(u32::try_from(*n).ok()),
            _ => Err(self.wrong(map, key, format!("`{key}` must be a whole number, not below 0"))),
        }
    }

    fn pairs(&self, map: &Node, key: &str) -> Result<Vec<(String, String)>> {
        let Some(node) = map.get(key).filter(|n| !n.is_null()) else {
            return Ok(Vec::new());
        };
        let entries = self.document.expect_map(node, &format!("`{key}`"))?.iter();
        entries
            .map(|(name, value)| Ok((name.to_owned(), self.scalar(value, name)?)))
            .collect()
    }
}
