//! The profile's settings, by the names that dbt-postgres has for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::tls::Mode;
use crate::adapters::AdapterError;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::invocation::Cancel;
use crate::yaml::{Document, Node, Value};

/// Where a user and a password come from that are good for a while.
pub(in crate::adapters) trait Logins: std::fmt::Debug + Send + Sync {
    /// Returns those that are good now.
    fn current(&self, cancel: &Cancel) -> std::result::Result<(String, String), AdapterError>;
}

/// A profile's output, checked.
#[derive(Debug, Clone)]
pub(in crate::adapters) struct Config {
    /// A name or address, or a folder of Unix sockets where it starts with a slash.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    pub database: String,
    pub schema: String,
    pub connect_timeout: Duration,
    pub role: Option<String>,
    pub search_path: Option<String>,
    /// What tests a silent line; none of these leaves it to the system.
    pub keepalives_idle: Option<Duration>,
    pub keepalives_interval: Option<Duration>,
    pub keepalives_count: Option<u32>,
    pub tls: Mode,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub root_certificate: Option<PathBuf>,
    pub application_name: Option<String>,
    /// How often a connection is tried.
    pub attempts: u32,
    /// Whether it is tried again whatever the reason why it failed.
    pub retry_all: bool,
    /// Statements that a session begins with, after that which sets the role.
    pub first: Vec<String>,
    /// Where user and password come from, where they are not the profile's.
    pub logins: Option<Arc<dyn Logins>>,
    /// What templates see as `target`.
    pub public: Map<String, Json>,
}

/// How long no answer while connecting is borne, where the profile does not say.
const CONNECT_SECONDS: u32 = 10;
/// What stands for "never" where the profile says 0.
const CONNECT_SECONDS_MAX: u32 = 24 * 60 * 60;

impl Config {
    /// Reads a target's mapping.
    ///
    /// # Errors
    /// `N0106` at a setting that is missing or does not fit.
    pub(in crate::adapters) fn read(document: &Document, target: &Node) -> Result<Self> {
        let fields = Fields::new(document, target)?;
        let connect_timeout = fields
            .count("connect_timeout", 0, CONNECT_SECONDS_MAX)?
            .unwrap_or(CONNECT_SECONDS);
        let keepalives = fields
            .count("keepalives_idle", 0, CONNECT_SECONDS_MAX)?
            .unwrap_or(0);
        let port = fields.count("port", 0, u32::from(u16::MAX))?;
        let mut config = Self {
            host: fields.required("host", &[])?,
            port: u16::try_from(port.ok_or_else(|| fields.missing("port"))?).unwrap_or(u16::MAX),
            user: fields.required("user", &[])?,
            password: fields.required("password", &["pass"])?,
            database: fields.required("database", &["dbname"])?,
            schema: fields.required("schema", &[])?,
            connect_timeout: Duration::from_secs(u64::from(if connect_timeout == 0 {
                CONNECT_SECONDS_MAX
            } else {
                // As libpq, which takes one second for a slip.
                connect_timeout.max(2)
            })),
            role: fields.text("role", &[])?,
            search_path: fields.text("search_path", &[])?.filter(|path| !path.is_empty()),
            keepalives_idle: (keepalives > 0).then(|| Duration::from_secs(u64::from(keepalives))),
            keepalives_interval: None,
            keepalives_count: None,
            tls: Mode::Prefer,
            certificate: fields.text("sslcert", &[])?.map(PathBuf::from),
            key: fields.text("sslkey", &[])?.map(PathBuf::from),
            root_certificate: fields.text("sslrootcert", &[])?.map(PathBuf::from),
            application_name: fields
                .given("application_name")
                .map_or(Ok(Some("dbt".to_owned())), |_| {
                    fields.text("application_name", &[])
                })?,
            attempts: 1 + fields.count("retries", 0, 100)?.unwrap_or(1),
            retry_all: false,
            first: Vec::new(),
            logins: None,
            public: Map::new(),
        };
        if let Some(mode) = fields.text("sslmode", &[])? {
            config.tls = Mode::from_word(&mode).ok_or_else(|| {
                fields
                    .wrong("sslmode", format!("`sslmode` is `{mode}`, which is not known"))
                    .did_you_mean(&mode, Mode::WORDS.iter().copied())
                    .hint(format!("Use one of: {}.", Mode::WORDS.join(", ")))
            })?;
        }
        for (present, other, absent) in [
            (&config.certificate, "sslcert", &config.key),
            (&config.key, "sslkey", &config.certificate),
        ] {
            if present.is_some() && absent.is_none() {
                return Err(fields
                    .wrong(other, format!("`{other}` is set without its counterpart"))
                    .hint("A client's certificate needs both `sslcert` and `sslkey`."));
            }
        }
        config.public = config.public_settings(&fields)?;
        Ok(config)
    }

    /// What dbt-postgres shows, in its order: all but the password.
    fn public_settings(&self, fields: &Fields<'_>) -> Result<Map<String, Json>> {
        let optional = |key: &str| fields.given(key).map_or(Json::Null, Node::to_json);
        let mut public = Map::new();
        public.insert("host".into(), json!(self.host));
        public.insert("port".into(), json!(self.port));
        public.insert("user".into(), json!(self.user));
        public.insert("database".into(), json!(self.database));
        public.insert("schema".into(), json!(self.schema));
        public.insert(
            "connect_timeout".into(),
            json!(
                fields
                    .count("connect_timeout", 0, CONNECT_SECONDS_MAX)?
                    .unwrap_or(CONNECT_SECONDS)
            ),
        );
        public.insert("role".into(), json!(self.role));
        public.insert("search_path".into(), json!(self.search_path));
        public.insert(
            "keepalives_idle".into(),
            json!(self.keepalives_idle.map_or(0, |idle| idle.as_secs())),
        );
        for key in ["sslmode", "sslcert", "sslkey", "sslrootcert"] {
            public.insert(key.into(), optional(key));
        }
        public.insert("application_name".into(), json!(self.application_name));
        public.insert(
            "autocommit".into(),
            json!(fields.flag("autocommit")?.unwrap_or(false)),
        );
        public.insert(
            "retries".into(),
            json!(fields.count("retries", 0, 100)?.unwrap_or(1)),
        );
        public.insert("dbname".into(), json!(self.database));
        Ok(public)
    }
}

/// Reads a target's fields with the place of what is wrong.
pub(in crate::adapters) struct Fields<'a> {
    document: &'a Document,
    target: &'a Node,
}

impl<'a> Fields<'a> {
    pub(in crate::adapters) fn new(document: &'a Document, target: &'a Node) -> Result<Self> {
        document.expect_map(target, "a target in profiles.yml")?;
        Ok(Self { document, target })
    }

    /// The field's node, unless it is null.
    pub(in crate::adapters) fn given(&self, key: &str) -> Option<&'a Node> {
        self.target.get(key).filter(|node| !node.is_null())
    }

    pub(in crate::adapters) fn wrong(&self, key: &str, message: String) -> Diagnostic {
        let at = self.target.get(key).unwrap_or(self.target);
        self.document.error(at, Code::PROFILE, message)
    }

    pub(in crate::adapters) fn missing(&self, key: &str) -> Diagnostic {
        self.document
            .error(self.target, Code::PROFILE, format!("this target has no `{key}`"))
            .hint(format!("Add `{key}:` to the target in profiles.yml."))
    }

    /// A text, by its name or another name that it has; numbers are taken as they are written.
    pub(in crate::adapters) fn text(&self, key: &str, aliases: &[&str]) -> Result<Option<String>> {
        let names = std::iter::once(key).chain(aliases.iter().copied());
        let mut found = names.filter_map(|name| Some((name, self.given(name)?)));
        let Some((name, node)) = found.next() else {
            return Ok(None);
        };
        if let Some((other, _)) = found.next() {
            return Err(self
                .wrong(
                    other,
                    format!("`{name}` and `{other}` are the same setting, and both are there"),
                )
                .hint("Remove one of them."));
        }
        match &node.value {
            Value::Str(text) | Value::BigInt(text) | Value::Date(text) => Ok(Some(text.to_string())),
            Value::Int(number) => Ok(Some(number.to_string())),
            _ => Err(self.wrong(name, format!("`{name}` must be a text, but is {}", node.kind()))),
        }
    }

    pub(in crate::adapters) fn required(&self, key: &str, aliases: &[&str]) -> Result<String> {
        self.text(key, aliases)?
            .ok_or_else(|| self.missing(aliases.first().unwrap_or(&key)))
    }

    pub(in crate::adapters) fn flag(&self, key: &str) -> Result<Option<bool>> {
        let Some(node) = self.given(key) else {
            return Ok(None);
        };
        node.as_bool().map(Some).ok_or_else(|| {
            self.wrong(
                key,
                format!("`{key}` must be true or false, but is {}", node.kind()),
            )
        })
    }

    /// A whole number within bounds; digits in quotes count, for they come of `env_var`.
    pub(in crate::adapters) fn count(&self, key: &str, least: u32, most: u32) -> Result<Option<u32>> {
        let Some(node) = self.given(key) else {
            return Ok(None);
        };
        let number = match &node.value {
            Value::Int(number) => u32::try_from(*number).ok(),
            Value::Str(text) => text.trim().parse().ok(),
            _ => None,
        };
        number
            .filter(|number| (least..=most).contains(number))
            .map(Some)
            .ok_or_else(|| {
                self.wrong(
                    key,
                    format!("`{key}` must be a whole number from {least} to {most}"),
                )
            })
    }
}
