//! The profile's settings, read as dbt-snowflake defines them.

use serde_json::{Map, Value as Json};

use super::key;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::invocation::Proxies;
use crate::yaml::{Document, Node, Value};

/// A profile's output, checked.
#[derive(Default)]
pub(super) struct Config {
    pub(super) account: String,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) schema: String,
    pub(super) warehouse: Option<String>,
    pub(super) role: Option<String>,
    pub(super) query_tag: Option<String>,
    pub(super) keep_alive: bool,
    pub(super) login: Login,
    pub(super) address: Address,
    pub(super) proxy: Option<String>,
    /// Those of the environment, where the profile has none.
    pub(super) proxies: Proxies,
    pub(super) retries: Retries,
    /// Values that no output may show.
    pub(super) masks: Vec<String>,
    /// What templates see as `target`.
    pub(super) public: Map<String, Json>,
}

/// How to say who one is.
#[derive(Default)]
pub(super) enum Login {
    #[default]
    Nothing,
    Password(String),
    /// An RSA key: PKCS#8 as PEM, not encrypted.
    Key(String),
    OAuth(String),
    /// Asks Snowflake for an access token first.
    OAuthRefresh {
        client_id: String,
        client_secret: String,
        refresh_token: String,
    },
    AccessToken(String),
}

/// Where the server answers.
#[derive(Debug, Default, Clone)]
pub(super) struct Address {
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

/// How often a connection is tried.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Retries {
    pub(super) connect: u32,
    /// Seconds between two tries; none: longer from try to try.
    pub(super) wait_seconds: Option<u32>,
    pub(super) on_database_errors: bool,
    pub(super) on_all: bool,
}

/// Ways to log in that need a browser or a service that is not reached from here.
const REFUSED_AUTHENTICATORS: &[(&str, &str)] = &[
    ("externalbrowser", "it opens a browser"),
    ("oauth_authorization_code", "it opens a browser"),
    (
        "oauth_client_credentials",
        "its tokens come from a service of your own",
    ),
    ("username_password_mfa", "it asks for a code on each connection"),
    ("workload_identity", "it asks the cloud on which dbt runs"),
    ("id_token", "it needs a token that a browser has fetched"),
];

const CAN_BE_USED: &str = "Use `password`, `private_key_path` (key pair), or `authenticator` with `oauth` or `programmatic_access_token` and \
     a `token`.";

const KEYS_SHOWN: &[&str] = &[
    "account",
    "user",
    "database",
    "warehouse",
    "role",
    "schema",
    "authenticator",
    "oauth_client_id",
    "query_tag",
    "client_session_keep_alive",
    "host",
    "port",
    "proxy_host",
    "proxy_port",
    "protocol",
    "connect_retries",
    "connect_timeout",
    "retry_on_database_errors",
    "retry_all",
    "insecure_mode",
    "reuse_connections",
    "s3_stage_vpce_dns_name",
    "workload_identity_provider",
    "workload_identity_entra_resource",
    "platform_detection_timeout_seconds",
];

impl Config {
    /// Reads a target's mapping.
    ///
    /// # Errors
    /// `N0106` at a setting that is missing, does not fit, or cannot be served.
    pub(super) fn read(document: &Document, target: &Node, proxies: Proxies) -> Result<Self> {
        document.expect_map(target, "a target in profiles.yml")?;
        let reader = Reader { document };
        if reader.flag(target, "insecure_mode")?.unwrap_or(false) {
            return Err(reader
                .wrong(
                    target,
                    "insecure_mode",
                    "`insecure_mode` cannot be used: certificates are always verified",
                )
                .hint("Remove the setting."));
        }
        let account = reader.required(target, "account")?.replace('_', "-");
        let mut config = Self {
            user: reader.text(target, "user")?.unwrap_or_default(),
            database: reader.required_alias(target, "database", "dbname")?,
            schema: reader.required(target, "schema")?,
            warehouse: reader.text(target, "warehouse")?,
            role: reader.text(target, "role")?,
            query_tag: reader.text(target, "query_tag")?,
            keep_alive: reader.flag(target, "client_session_keep_alive")?.unwrap_or(false),
            address: address(&reader, target, &account)?,
            proxy: proxy(&reader, target)?,
            proxies,
            retries: Retries {
                connect: reader.count(target, "connect_retries")?.unwrap_or(1),
                wait_seconds: reader.count(target, "connect_timeout")?,
                on_database_errors: reader.flag(target, "retry_on_database_errors")?.unwrap_or(false),
                on_all: reader.flag(target, "retry_all")?.unwrap_or(false),
            },
            account,
            ..Self::default()
        };
        config.login = login(&reader, target, &mut config.masks)?;
        let needs_user = !matches!(
            config.login,
            Login::OAuth(_) | Login::OAuthRefresh { .. } | Login::AccessToken(_)
        );
        if needs_user && config.user.is_empty() {
            return Err(reader.missing(target, "user"));
        }
        // A mask of a few letters would tear holes into every message.
        config.masks.retain(|mask| mask.len() > 3);
        config.public = config.public_settings(&reader, target)?;
        Ok(config)
    }

    /// The keys that dbt-snowflake shows, in its order.
    fn public_settings(&self, reader: &Reader<'_>, target: &Node) -> Result<Map<String, Json>> {
        let reuse = reader.flag(target, "reuse_connections")?;
        let mut public = Map::new();
        for key in KEYS_SHOWN {
            let value = match *key {
                "account" => Json::from(self.account.as_str()),
                "database" => Json::from(self.database.as_str()),
                "client_session_keep_alive" => Json::from(self.keep_alive),
                "connect_retries" => Json::from(self.retries.connect),
                "retry_on_database_errors" => Json::from(self.retries.on_database_errors),
                "retry_all" => Json::from(self.retries.on_all),
                "insecure_mode" => Json::from(false),
                "reuse_connections" => match reuse {
                    None if !self.keep_alive => Json::from(true),
                    reuse => reuse.map_or(Json::Null, Json::from),
                },
                "platform_detection_timeout_seconds" => {
                    target.get(key).map_or(Json::from(0.0), Node::to_json)
                }
                _ => target.get(key).map_or(Json::Null, Node::to_json),
            };
            public.insert((*key).to_owned(), value);
        }
        Ok(public)
    }
}

fn address(reader: &Reader<'_>, target: &Node, account: &str) -> Result<Address> {
    let scheme = reader
        .text(target, "protocol")?
        .unwrap_or_else(|| "https".to_owned());
    if !matches!(scheme.as_str(), "https" | "http") {
        let message = format!("`protocol` must be `https` or `http`, not `{scheme}`");
        return Err(reader.wrong(target, "protocol", message));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if account.is_empty() || !account.chars().all(plain) {
        let message = format!("`{account}` is no name of an account");
        return Err(reader.wrong(target, "account", message).hint(
            "Write what stands before `.snowflakecomputing.com` in your account's address: `org-account`, or \
             `locator.region`.",
        ));
    }
    let ending = if account.split('.').any(|part| part.starts_with("cn-")) {
        "cn"
    } else {
        "com"
    };
    let host = reader
        .text(target, "host")?
        .unwrap_or_else(|| format!("{}.snowflakecomputing.{ending}", account.to_lowercase()));
    if host.is_empty() || !host.chars().all(|c| plain(c) || c == '_') {
        let message = format!("`{host}` is no name of a host");
        return Err(reader
            .wrong(target, "host", message)
            .hint("Write the name alone; `protocol` and `port` are settings of their own."));
    }
    Ok(Address {
        scheme,
        host,
        port: reader.port(target, "port")?,
    })
}

fn proxy(reader: &Reader<'_>, target: &Node) -> Result<Option<String>> {
    let Some(host) = reader.text(target, "proxy_host")? else {
        return Ok(None);
    };
    let port = reader
        .port(target, "proxy_port")?
        .ok_or_else(|| reader.missing(target, "proxy_port"))?;
    Ok(Some(format!("http://{host}:{port}")))
}

fn login(reader: &Reader<'_>, target: &Node, masks: &mut Vec<String>) -> Result<Login> {
    let mut secret = |key: &str| -> Result<Option<String>> {
        let value = reader.text(target, key)?;
        masks.extend(value.clone());
        Ok(value)
    };
    let password = secret("password")?;
    let token = secret("token")?;
    let client_secret = secret("oauth_client_secret")?;
    let passphrase = secret("private_key_passphrase")?;
    let given_key = secret("private_key")?;
    let authenticator = reader.text(target, "authenticator")?;
    let token_of = |token: Option<String>| token.ok_or_else(|| reader.missing(target, "token"));
    match authenticator.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "snowflake") => {
            match (password, private_key(reader, target, given_key, passphrase)?) {
                (_, Some(key)) => Ok(Login::Key(key)),
                (Some(password), None) => Ok(Login::Password(password)),
                (None, None) => Err(reader.missing(target, "password").hint(CAN_BE_USED)),
            }
        }
        Some("snowflake_jwt") => private_key(reader, target, given_key, passphrase)?
            .map(Login::Key)
            .ok_or_else(|| reader.missing(target, "private_key_path")),
        Some("oauth") => {
            let client_id = reader.text(target, "oauth_client_id")?;
            let token = token_of(token)?;
            Ok(match (client_id, client_secret) {
                (Some(client_id), Some(client_secret)) => Login::OAuthRefresh {
                    client_id,
                    client_secret,
                    refresh_token: token,
                },
                _ => Login::OAuth(token),
            })
        }
        Some("jwt") => token_of(token).map(Login::OAuth),
        Some("programmatic_access_token") => token_of(token).map(Login::AccessToken),
        Some(other) => {
            let reason = REFUSED_AUTHENTICATORS
                .iter()
                .find(|(name, _)| *name == other)
                .map_or("it is not known", |(_, reason)| reason);
            let reason = if other.starts_with("https://") {
                "single sign-on by an address is not there"
            } else {
                reason
            };
            let message = format!("the authenticator `{other}` cannot be used: {reason}");
            Err(reader.wrong(target, "authenticator", message).hint(CAN_BE_USED))
        }
    }
}

/// Returns the key as PEM that is not encrypted; none where the profile names no key.
fn private_key(
    reader: &Reader<'_>,
    target: &Node,
    given: Option<String>,
    passphrase: Option<String>,
) -> Result<Option<String>> {
    let path = reader.text(target, "private_key_path")?;
    let (field, text) = match (given, path) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let message = "`private_key` and `private_key_path` cannot both be set";
            return Err(reader.wrong(target, "private_key_path", message));
        }
        (Some(text), None) => ("private_key", text),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path).map_err(|e| {
                let message = format!("the key file `{path}` could not be read: {e}");
                reader.wrong(target, "private_key_path", message)
            })?;
            ("private_key_path", text)
        }
    };
    match key::readable(&text, passphrase.as_deref()) {
        Ok(pem) => Ok(Some(pem)),
        Err(fault) => Err(reader
            .wrong(target, field, format!("the private key cannot be used: {fault}"))
            .hint(
                "Make one with `openssl genrsa 2048 | openssl pkcs8 -topk8 -v2 aes256 -out rsa_key.p8`, and give its \
                 passphrase as `private_key_passphrase`.",
            )),
    }
}

/// Reads values with the place of what is wrong.
struct Reader<'a> {
    document: &'a Document,
}

impl Reader<'_> {
    fn wrong(&self, map: &Node, key: &str, message: impl Into<String>) -> Diagnostic {
        self.document
            .error(map.get(key).unwrap_or(map), Code::PROFILE, message)
    }

    fn missing(&self, map: &Node, key: &str) -> Diagnostic {
        self.document.error(
            map,
            Code::PROFILE,
            format!("a target of the type `snowflake` has no `{key}`"),
        )
    }

    fn text(&self, map: &Node, key: &str) -> Result<Option<String>> {
        let Some(node) = map.get(key).filter(|n| !n.is_null()) else {
            return Ok(None);
        };
        match &node.value {
            // Names and passwords may look like numbers.
            Value::Int(n) => Ok(Some(n.to_string())),
            Value::BigInt(text) | Value::Date(text) => Ok(Some(text.to_string())),
            _ => Ok(Some(
                self.document.expect_str(node, &format!("`{key}`"))?.to_owned(),
            )),
        }
    }

    fn required(&self, map: &Node, key: &str) -> Result<String> {
        self.text(map, key)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.missing(map, key))
    }

    fn required_alias(&self, map: &Node, key: &str, alias: &str) -> Result<String> {
        match self.text(map, alias)? {
            Some(text) if map.get(key).is_none() => Ok(text),
            _ => self.required(map, key),
        }
    }

    fn flag(&self, map: &Node, key: &str) -> Result<Option<bool>> {
        match map.get(key).filter(|n| !n.is_null()) {
            Some(node) => match node.as_bool() {
                Some(flag) => Ok(Some(flag)),
                None => Err(self.wrong(
                    map,
                    key,
                    format!("`{key}` must be true or false, but is {}", node.kind()),
                )),
            },
            None => Ok(None),
        }
    }

    fn count(&self, map: &Node, key: &str) -> Result<Option<u32>> {
        match map.get(key).map(|n| &n.value) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Int(n)) if (0..=3600).contains(n) => Ok(u32::try_from(*n).ok()),
            _ => Err(self.wrong(map, key, format!("`{key}` must be a whole number from 0 to 3600"))),
        }
    }

    fn port(&self, map: &Node, key: &str) -> Result<Option<u16>> {
        match map.get(key).map(|n| &n.value) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Int(n)) if (1..=65535).contains(n) => Ok(u16::try_from(*n).ok()),
            _ => Err(self.wrong(
                map,
                key,
                format!("`{key}` must be a whole number from 1 to 65535"),
            )),
        }
    }
}
