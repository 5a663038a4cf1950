//! The profile's settings, by the names that dbt-redshift has for them.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, json};

use crate::adapters::postgres::{Config, Fields, Mode};
use crate::diagnostic::Result;
use crate::yaml::{Document, Node};

const PORT: u32 = 5439;
const CONNECT_SECONDS: u32 = 30;

/// Fields that belong to ways to log in which need AWS.
const OF_IAM: [&str; 12] = [
    "cluster_id",
    "serverless_work_group",
    "serverless_acct_id",
    "iam_profile",
    "access_key_id",
    "secret_access_key",
    "region",
    "autocreate",
    "db_groups",
    "idc_region",
    "issuer_url",
    "token_endpoint",
];

/// Reads a target's mapping.
///
/// # Errors
/// `N0106` at a setting that is missing, does not fit, or asks for IAM.
pub(super) fn read(document: &Document, target: &Node) -> Result<Config> {
    let fields = Fields::new(document, target)?;
    let method = fields
        .text("method", &[])?
        .unwrap_or_else(|| "database".to_owned());
    if method != "database" {
        return Err(fields
            .wrong(
                "method",
                format!("`method` is `{method}`, but nexus logs in to Redshift by password only"),
            )
            .hint(
                "Set `method: database` with `user` and `password`; a temporary password of \
                 `aws redshift get-cluster-credentials` can come in by `env_var`.",
            ));
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
    let mut config = Config {
        host: fields.required("host", &[])?,
        port: u16::try_from(port).unwrap_or(u16::MAX),
        user: fields.required("user", &[])?,
        password: fields.required("password", &["pass"])?,
        database: fields.required("database", &["dbname"])?,
        schema: fields.required("schema", &[])?,
        connect_timeout: Duration::from_secs(u64::from(seconds.unwrap_or(CONNECT_SECONDS))),
        role: fields.text("role", &[])?,
        search_path: None,
        keepalives_idle: None,
        tls,
        certificate: None,
        key: None,
        root_certificate: fields.text("sslrootcert", &[])?.map(PathBuf::from),
        application_name: Some("dbt".to_owned()),
        attempts: 1 + retries,
        public: Map::new(),
    };
    let public = &mut config.public;
    public.insert("host".into(), json!(config.host));
    public.insert("user".into(), json!(config.user));
    public.insert("port".into(), json!(config.port));
    public.insert("database".into(), json!(config.database));
    public.insert("method".into(), json!(method));
    for key in OF_IAM.into_iter().filter(|key| !key.contains("access_key")) {
        public.insert(key.into(), fields.given(key).map_or(json!(null), Node::to_json));
    }
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
