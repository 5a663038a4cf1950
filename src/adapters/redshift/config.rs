//! The profile's settings, by the names that dbt-redshift has for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, json};

use super::aws::{Keys, Surroundings};
use super::dialect::RedshiftDialect;
use super::iam::{Asked, Iam};
use crate::adapters::postgres::{Config, Fields, Mode};
use crate::diagnostic::{Diagnostic, Result};
use crate::invocation::Invocation;
use crate::sql::Dialect;
use crate::yaml::{Document, Node};

const PORT: u32 = 5439;
const CONNECT_SECONDS: u32 = 30;

/// What dbt-redshift shows of its other fields, none of them secret, null where they are not given.
const SHOWN: [&str; 10] = [
    "cluster_id",
    "is_serverless",
    "serverless_work_group",
    "serverless_acct_id",
    "iam_profile",
    "region",
    "query_group",
    "tcp_keepalive_idle",
    "tcp_keepalive_interval",
    "tcp_keepalive_count",
];
/// The same of switches, with what they are by themselves.
const SWITCHES: [(&str, bool); 6] = [
    ("autocreate", false),
    ("datasharing", false),
    ("retry_all", false),
    ("tcp_keepalive", true),
    ("allow_concurrent_drops", false),
    ("drop_without_cascade", false),
];
const METHODS: [&str; 3] = ["database", "iam", "iam_role"];

/// Reads a target's mapping.
///
/// # Errors
/// `N0106` at a setting that is missing, does not fit, or cannot be served.
pub(super) fn read(document: &Document, target: &Node, invocation: &Invocation) -> Result<Config> {
    let fields = Fields::new(document, target)?;
    let method = fields
        .text("method", &[])?
        .unwrap_or_else(|| "database".to_owned());
    if ["browser_identity_center", "oauth_token_identity_center"].contains(&method.as_str()) {
        return Err(fields
            .wrong(
                "method",
                format!("`method` is `{method}`, but nexus signs in to no identity center of AWS"),
            )
            .hint("Set `method: iam` or `iam_role` with keys of AWS, or `database` with a password."));
    }
    if !METHODS.contains(&method.as_str()) {
        return Err(fields
            .wrong("method", format!("`method` is `{method}`, which is not known"))
            .did_you_mean(&method, METHODS)
            .hint(format!("Use one of: {}.", METHODS.join(", "))));
    }
    if fields.flag("datasharing")?.unwrap_or(false) {
        return Err(fields
            .wrong(
                "datasharing",
                "`datasharing` cannot be used: nexus asks the catalog of one database".to_owned(),
            )
            .hint("Remove `datasharing`; relations of other databases can be read with `ra3_node: true`."));
    }
    let seconds = fields.count("connect_timeout", 1, 3600)?;
    let retries = fields.count("retries", 0, 100)?.unwrap_or(1);
    let port = fields.count("port", 1, u32::from(u16::MAX))?.unwrap_or(PORT);
    let mode = fields.text("sslmode", &[])?;
    let tls = match mode.as_deref() {
        // As dbt-redshift: what encrypts checks the chain of certificates.
        None | Some("allow" | "prefer" | "require" | "verify-ca") => Mode::VerifyCa,
        Some("verify-full") => Mode::VerifyFull,
        Some("disable") => Mode::Disable,
        Some(other) => {
            return Err(fields
                .wrong("sslmode", format!("`sslmode` is `{other}`, which is not known"))
                .did_you_mean(other, Mode::WORDS.iter().copied())
                .hint(format!("Use one of: {}.", Mode::WORDS.join(", "))));
        }
    };
    let is_kept_alive = fields.flag("tcp_keepalive")?.unwrap_or(true);
    let keepalive = |key: &str| {
        let count = fields.count(key, 1, 24 * 60 * 60)?;
        Ok::<_, Diagnostic>(count.filter(|_| is_kept_alive))
    };
    let seconds_of = |seconds: u32| Duration::from_secs(u64::from(seconds));
    let mut config = Config {
        host: fields.required("host", &[])?,
        port: u16::try_from(port).unwrap_or(u16::MAX),
        user: match method.as_str() {
            "iam_role" => fields.text("user", &[])?.unwrap_or_default(),
            _ => fields.required("user", &[])?,
        },
        password: match method.as_str() {
            "database" => fields.required("password", &["pass"])?,
            _ => String::new(),
        },
        database: fields.required("database", &["dbname"])?,
        schema: fields.required("schema", &[])?,
        connect_timeout: Duration::from_secs(u64::from(seconds.unwrap_or(CONNECT_SECONDS))),
        role: fields.text("role", &[])?,
        search_path: None,
        keepalives_idle: keepalive("tcp_keepalive_idle")?.map(seconds_of),
        keepalives_interval: keepalive("tcp_keepalive_interval")?.map(seconds_of),
        keepalives_count: keepalive("tcp_keepalive_count")?,
        tls,
        certificate: None,
        key: None,
        root_certificate: fields.text("sslrootcert", &[])?.map(PathBuf::from),
        application_name: Some("dbt".to_owned()),
        attempts: 1 + retries,
        retry_all: fields.flag("retry_all")?.unwrap_or(false),
        first: Vec::new(),
        logins: None,
        public: Map::new(),
    };
    if let Some(group) = fields.text("query_group", &[])? {
        let literal = RedshiftDialect.string_literal(&group);
        config.first.push(format!("set query_group to {literal}"));
    }
    if method != "database" {
        config.logins = Some(Arc::new(iam(&fields, &config, &method, invocation)?));
    }
    let public = &mut config.public;
    public.insert("host".into(), json!(config.host));
    public.insert("user".into(), json!(config.user));
    public.insert("port".into(), json!(config.port));
    public.insert("database".into(), json!(config.database));
    public.insert("method".into(), json!(method));
    for key in SHOWN {
        public.insert(key.into(), fields.given(key).map_or(json!(null), Node::to_json));
    }
    for (key, otherwise) in SWITCHES {
        public.insert(key.into(), json!(fields.flag(key)?.unwrap_or(otherwise)));
    }
    public.insert("db_groups".into(), json!(groups(&fields)?));
    public.insert("schema".into(), json!(config.schema));
    public.insert(
        "sslmode".into(),
        json!(mode.unwrap_or_else(|| "prefer".to_owned())),
    );
    public.insert(
        "ra3_node".into(),
        json!(fields.flag("ra3_node")?.unwrap_or(false)),
    );
    public.insert("connect_timeout".into(), json!(seconds));
    public.insert("role".into(), json!(config.role));
    public.insert("retries".into(), json!(retries));
    public.insert(
        "autocommit".into(),
        json!(fields.flag("autocommit")?.unwrap_or(true)),
    );
    public.insert("dbname".into(), json!(config.database));
    Ok(config)
}

/// What is asked of AWS for `method: iam` and `iam_role`.
fn iam(fields: &Fields<'_>, config: &Config, method: &str, invocation: &Invocation) -> Result<Iam> {
    let keys = match (
        fields.text("access_key_id", &[])?,
        fields.text("secret_access_key", &[])?,
    ) {
        (Some(id), Some(secret)) => Some(Keys {
            id,
            secret,
            session: None,
        }),
        (None, None) => None,
        (id, _) => {
            let (given, other) = match id {
                Some(_) => ("access_key_id", "secret_access_key"),
                None => ("secret_access_key", "access_key_id"),
            };
            return Err(fields
                .wrong(given, format!("`{given}` is set without `{other}`"))
                .hint(format!(
                    "Add `{other}`, or remove `{given}` for the keys of the environment."
                )));
        }
    };
    let profile = fields.text("iam_profile", &[])?;
    let parts: Vec<&str> = config.host.split('.').collect();
    let is_serverless = fields.flag("is_serverless")?.unwrap_or(false) || config.host.contains("serverless");
    let asked = if is_serverless {
        let name = fields.text("serverless_work_group", &[])?;
        Asked::Workgroup {
            name: name.unwrap_or_else(|| parts.first().copied().unwrap_or_default().to_owned()),
        }
    } else {
        let cluster = fields.required("cluster_id", &[])?;
        match method {
            "iam_role" => Asked::Role { cluster },
            _ => Asked::User {
                cluster,
                user: config.user.clone(),
                groups: groups(fields)?,
                create: fields.flag("autocreate")?.unwrap_or(false),
            },
        }
    };
    // `name.account.region.redshift.amazonaws.com`, with `redshift-serverless` for workgroups.
    let of_host = || {
        let at = parts.iter().position(|part| part.starts_with("redshift"))?;
        let before = parts.get(at.checked_sub(1)?)?;
        (at > 2).then(|| (*before).to_owned())
    };
    let region = fields
        .text("region", &[])?
        .or_else(of_host)
        .or_else(|| Surroundings::of(invocation).region(profile.as_deref()))
        .ok_or_else(|| fields.missing("region"))?;
    Ok(Iam::new(
        asked,
        config.database.clone(),
        region,
        keys,
        profile,
        invocation,
    ))
}

/// The groups of users that `db_groups` lists.
fn groups(fields: &Fields<'_>) -> Result<Vec<String>> {
    let Some(node) = fields.given("db_groups") else {
        return Ok(Vec::new());
    };
    let names = node
        .as_seq()
        .map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)));
    names
        .and_then(Iterator::collect)
        .ok_or_else(|| fields.wrong("db_groups", "`db_groups` must be a list of names".to_owned()))
}
