//! The profile's settings, read as dbt-duckdb defines them and turned into the statements that apply them.

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::sql::Dialect;
use crate::yaml::{Document, Node, Value};

use super::dialect::DuckDialect;

/// A profile's output, checked.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// As written: relative paths count from the working directory, as in dbt.
    pub(super) path: String,
    pub(super) database: String,
    pub(super) schema: String,
    pub(super) config_options: Vec<(String, String)>,
    pub(super) extensions: Vec<Extension>,
    /// Set on every connection.
    pub(super) settings: Vec<(String, String)>,
    /// `CREATE SECRET` statements.
    pub(super) secrets: Vec<String>,
    /// `ATTACH` statements.
    pub(super) attach: Vec<String>,
    pub(super) disable_transactions: bool,
    pub(super) keep_open: bool,
    pub(super) retries: Option<Retries>,
    /// Values that no output may show.
    pub(super) masks: Vec<String>,
    /// What templates see as `target`.
    pub(super) public: Map<String, Json>,
}

#[derive(Debug)]
pub(super) struct Extension {
    pub(super) name: String,
    pub(super) repository: Option<String>,
}

#[derive(Debug)]
pub(super) struct Retries {
    pub(super) connect_attempts: u32,
    pub(super) query_attempts: u32,
    /// Classes of errors as the Python library names them, for example `IOException`.
    pub(super) exceptions: Vec<String>,
}

/// Fields of dbt-duckdb that need Python or a service that is not built in, with the reason.
const REFUSED: &[(&str, &str)] = &[
    ("plugins", "plugins of dbt-duckdb are Python modules"),
    ("module_paths", "module paths are for Python modules"),
    ("filesystems", "fsspec filesystems are Python objects"),
    (
        "remote",
        "a Buena Vista server is reached with a Python client only",
    ),
    ("flights", "flights run Python models"),
];

impl Config {
    /// Reads a target's mapping.
    ///
    /// # Errors
    /// `N0106` at a setting that does not fit, or that only Python can serve.
    pub(super) fn read(document: &Document, target: &Node) -> Result<Self> {
        document.expect_map(target, "a target in profiles.yml")?;
        let reader = Reader { document };
        refuse(&reader, target)?;
        let path = reader
            .text(target, "path")?
            .unwrap_or_else(|| ":memory:".to_owned());
        let mut config = Self {
            schema: reader
                .text(target, "schema")?
                .unwrap_or_else(|| "main".to_owned()),
            disable_transactions: reader.flag(target, "disable_transactions")?.unwrap_or(false),
            keep_open: path == ":memory:" || reader.flag(target, "keep_open")?.unwrap_or(true),
            config_options: reader.pairs(target, "config_options")?,
            settings: reader.pairs(target, "settings")?,
            ..Self::default()
        };
        let mut aliases = Vec::new();
        for node in reader.list(target, "attach")? {
            let (sql, alias) = attach(&reader, node)?;
            config.attach.push(sql);
            aliases.extend(alias);
        }
        config.database = database(&reader, target, &path, &aliases)?;
        config.path = path;
        config.read_extensions(&reader, target)?;
        config.read_secrets(&reader, target)?;
        config.retries = retries(&reader, target)?;
        config.collect_masks();
        config.public = config.public_settings(target);
        Ok(config)
    }

    fn read_extensions(&mut self, reader: &Reader, target: &Node) -> Result<()> {
        for node in reader.list(target, "extensions")? {
            let extension = match node.as_map() {
                Some(_) => Extension {
                    name: reader.required(node, "name", "an extension")?,
                    repository: Some(reader.required(node, "repo", "an extension")?),
                },
                None => Extension {
                    name: reader.scalar(node, "an extension")?,
                    repository: None,
                },
            };
            self.extensions.push(extension);
        }
        Ok(())
    }

    fn read_secrets(&mut self, reader: &Reader, target: &Node) -> Result<()> {
        for (index, node) in reader.list(target, "secrets")?.iter().enumerate() {
            let sql = self.secret(reader, node, index + 1)?;
            self.secrets.push(sql);
        }
        match reader.text(target, "use_credential_provider")?.as_deref() {
            None => {}
            Some("aws") => {
                let number = self.secrets.len() + 1;
                self.secrets.push(format!(
                    "CREATE OR REPLACE SECRET _dbt_secret_{number} (type s3, provider credential_chain)"
                ));
            }
            Some(other) => {
                let message = format!("`use_credential_provider` can be `aws` only, not `{other}`");
                return Err(reader.wrong(target, "use_credential_provider", message));
            }
        }
        if let Some(token) = reader.text(target, "motherduck_token")? {
            self.settings.push(("motherduck_token".to_owned(), token));
        }
        Ok(())
    }

    /// Writes one `CREATE SECRET` statement; its values are remembered as masks.
    fn secret(&mut self, reader: &Reader, node: &Node, number: usize) -> Result<String> {
        let map = reader.document.expect_map(node, "a secret")?;
        reader.required(node, "type", "a secret")?;
        let name = reader
            .text(node, "name")?
            .unwrap_or_else(|| format!("_dbt_secret_{number}"));
        let persistent = match reader.flag(node, "persistent")? {
            Some(true) => " PERSISTENT",
            _ => "",
        };
        let mut options = Vec::new();
        for (key, value) in map
            .iter()
            .filter(|(key, value)| !matches!(*key, "name" | "persistent") && !value.is_null())
        {
            // These three are words of the language, the rest are values.
            if matches!(key, "type" | "provider") {
                options.push(format!(
                    "{} {}",
                    identifier(key),
                    identifier(&reader.scalar(value, "a secret's value")?)
                ));
                continue;
            }
            if let (Some(_), "scope") = (value.as_seq(), key) {
                for scope in reader.document.expect_seq(value, "`scope`")? {
                    options.push(format!("scope {}", literal(&reader.scalar(scope, "a scope")?)));
                }
                continue;
            }
            if !matches!(key, "scope" | "region" | "endpoint" | "url_style" | "use_ssl") {
                self.mask(reader, value);
            }
            options.push(format!("{} {}", identifier(key), secret_value(reader, value)?));
        }
        Ok(format!(
            "CREATE OR REPLACE{persistent} SECRET {} ({})",
            identifier(&name),
            options.join(", ")
        ))
    }

    fn mask(&mut self, reader: &Reader, value: &Node) {
        match &value.value {
            Value::Map(map) => map.iter().for_each(|(_, value)| self.mask(reader, value)),
            Value::Seq(items) => items.iter().for_each(|value| self.mask(reader, value)),
            _ => self.masks.extend(reader.scalar(value, "").ok()),
        }
    }

    fn collect_masks(&mut self) {
        let hidden = self.settings.iter().chain(&self.config_options);
        let hidden: Vec<String> = hidden
            .filter(|(key, _)| is_secret(key))
            .map(|(_, value)| value.clone())
            .collect();
        self.masks.extend(hidden);
        // A mask of a few letters would tear holes into every message.
        self.masks.retain(|mask| mask.len() > 3);
    }

    /// The keys that dbt-duckdb shows, in its order.
    fn public_settings(&self, target: &Node) -> Map<String, Json> {
        let mut public = Map::new();
        let given = |key: &str| {
            target
                .get(key)
                .map_or(Json::Null, |node| masked(key, &node.to_json()))
        };
        public.insert("database".to_owned(), Json::from(self.database.as_str()));
        public.insert("schema".to_owned(), Json::from(self.schema.as_str()));
        public.insert("path".to_owned(), masked("path", &Json::from(self.path.as_str())));
        public.insert("config_options".to_owned(), given("config_options"));
        public.insert("extensions".to_owned(), given("extensions"));
        let settings = match given("settings") {
            Json::Null => Json::Object(Map::new()),
            settings => settings,
        };
        public.insert("settings".to_owned(), settings);
        let root = target.get("external_root").map_or(Json::from("."), Node::to_json);
        public.insert("external_root".to_owned(), root);
        public.insert(
            "use_credential_provider".to_owned(),
            given("use_credential_provider"),
        );
        public.insert("attach".to_owned(), given("attach"));
        for key in ["filesystems", "remote", "plugins"] {
            public.insert(key.to_owned(), Json::Null);
        }
        public.insert(
            "disable_transactions".to_owned(),
            Json::from(self.disable_transactions),
        );
        public
    }
}

fn refuse(reader: &Reader, target: &Node) -> Result<()> {
    for (key, reason) in REFUSED {
        let empty = |node: &Node| {
            node.is_null()
                || node.as_seq().is_some_and(<[Node]>::is_empty)
                || node.as_map().is_some_and(crate::yaml::Mapping::is_empty)
        };
        if target.get(key).is_some_and(|node| !empty(node)) {
            return Err(reader
                .wrong(
                    target,
                    key,
                    format!("`{key}` cannot be used: {reason}, and nexus runs no Python"),
                )
                .hint(
                    "Remove the setting; files, databases and cloud storage are reached by `extensions`, \
                       `attach` and `secrets`.",
                ));
        }
    }
    Ok(())
}

/// The name of the database that a path makes, and the check that `database` agrees with it.
fn database(reader: &Reader, target: &Node, path: &str, aliases: &[String]) -> Result<String> {
    if path.starts_with("md:") || path.starts_with("motherduck:") {
        return Err(reader
            .wrong(
                target,
                "path",
                "a MotherDuck database cannot be the target yet".to_owned(),
            )
            .hint("Use a file, and name the MotherDuck database under `attach`."));
    }
    let derived = database_of_path(path);
    if derived.is_empty() {
        return Err(reader.wrong(
            target,
            "path",
            format!("the path `{path}` gives no name for the database"),
        ));
    }
    match reader.text(target, "database")? {
        Some(name) if name != derived && !aliases.contains(&name) => Err(reader
            .wrong(
                target,
                "database",
                format!("`database` is `{name}`, but the path `{path}` makes a database named `{derived}`"),
            )
            .hint(format!(
                "Set `database` to `{derived}` or to the alias of an attached database, or remove it."
            ))),
        Some(name) => Ok(name),
        None => Ok(derived),
    }
}

/// The file's name up to its first dot, as DuckDB names the database.
fn database_of_path(path: &str) -> String {
    if path == ":memory:" {
        return "memory".to_owned();
    }
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let (lake, path) = match path.strip_prefix("ducklake:") {
        Some(rest) => (true, rest),
        None => (false, path),
    };
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
    if lake {
        let stem = base
            .rfind('.')
            .filter(|at| *at > 0)
            .map_or(base, |at| &base[..at]);
        return stem.rsplit(':').next().unwrap_or(stem).to_owned();
    }
    base.trim_start_matches('.')
        .split('.')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Writes one `ATTACH` statement, and returns the alias where there is one.
fn attach(reader: &Reader, node: &Node) -> Result<(String, Option<String>)> {
    reader.document.expect_map(node, "an entry of `attach`")?;
    let path = reader.required(node, "path", "an entry of `attach`")?;
    let path = match path.split_once('?') {
        Some((bare, _)) if path.starts_with("md:") || path.starts_with("motherduck:") => bare,
        _ => &path,
    };
    let alias = reader.text(node, "alias")?;
    let mut options: Vec<String> = Vec::new();
    let given = node.get("options").filter(|n| !n.is_null());
    for key in ["type", "secret", "read_only"] {
        let direct = node
            .get(key)
            .filter(|n| !n.is_null() && n.as_bool() != Some(false));
        let nested = given
            .and_then(|options| options.get(key))
            .filter(|n| !n.is_null());
        if direct.is_some() && nested.is_some() {
            let message = format!("`{key}` stands both in the entry of `attach` and in its `options`");
            return Err(reader.wrong(node, key, message));
        }
        if let Some(value) = direct.or(nested) {
            match (key, value.as_bool()) {
                ("read_only", Some(true)) => options.push("READ_ONLY".to_owned()),
                ("read_only", Some(false)) => {}
                _ => options.push(format!(
                    "{} {}",
                    key.to_uppercase(),
                    identifier(&reader.scalar(value, key)?)
                )),
            }
        }
    }
    if let Some(given) = given {
        for (key, value) in reader.document.expect_map(given, "`options`")?.iter() {
            if matches!(key, "type" | "secret" | "read_only") || value.is_null() {
                continue;
            }
            let name = identifier(key).to_uppercase();
            match &value.value {
                Value::Bool(true) => options.push(name),
                Value::Bool(false) => {}
                Value::Str(text) if is_quoted(text) => options.push(format!("{name} {text}")),
                Value::Str(text) => options.push(format!("{name} {}", literal(text))),
                _ => options.push(format!("{name} {}", reader.scalar(value, "an option")?)),
            }
        }
    }
    let name = alias
        .as_deref()
        .map_or(String::new(), |alias| format!(" AS {}", identifier(alias)));
    let options = if options.is_empty() {
        String::new()
    } else {
        format!(" ({})", options.join(", "))
    };
    Ok((
        format!("ATTACH IF NOT EXISTS {}{name}{options}", literal(path)),
        alias,
    ))
}

fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    text.len() >= 2
        && ['\'', '"']
            .iter()
            .any(|q| text.starts_with(*q) && text.ends_with(*q))
}

fn retries(reader: &Reader, target: &Node) -> Result<Option<Retries>> {
    let Some(node) = target.get("retries").filter(|n| !n.is_null()) else {
        return Ok(None);
    };
    let exceptions = match node.get("retryable_exceptions") {
        None => vec!["IOException".to_owned()],
        Some(_) => reader
            .list(node, "retryable_exceptions")?
            .iter()
            .map(|n| reader.scalar(n, "a retryable exception"))
            .collect::<Result<_>>()?,
    };
    Ok(Some(Retries {
        connect_attempts: reader.count(node, "connect_attempts")?.unwrap_or(1),
        query_attempts: reader.count(node, "query_attempts")?.unwrap_or(1),
        exceptions,
    }))
}

fn secret_value(reader: &Reader, node: &Node) -> Result<String> {
    let part = |node: &Node| reader.scalar(node, "a secret's value").map(|text| literal(&text));
    match &node.value {
        Value::Map(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| Ok(format!("{}: {}", literal(key), part(value)?)))
                .collect::<Result<_>>()?;
            Ok(format!("MAP {{{}}}", entries.join(", ")))
        }
        Value::Seq(items) => {
            let items: Vec<String> = items.iter().map(part).collect::<Result<_>>()?;
            Ok(format!("ARRAY [{}]", items.join(", ")))
        }
        _ => part(node),
    }
}

fn literal(text: &str) -> String {
    DuckDialect.string_literal(text)
}

/// A name as it stands where it is plain, else quoted.
fn identifier(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        name.to_owned()
    } else {
        DuckDialect.quote_identifier(name)
    }
}

/// Says whether a setting's name promises a secret.
fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "secret",
        "password",
        "token",
        "access_key",
        "encryption_key",
        "connection_string",
    ]
    .iter()
    .any(|word| key.contains(word))
}

/// The value with what looks like a secret replaced, at any depth.
fn masked(key: &str, value: &Json) -> Json {
    match value {
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (k.clone(), masked(k, v))).collect()),
        Json::Array(items) => Json::Array(items.iter().map(|v| masked(key, v)).collect()),
        Json::String(_) if is_secret(key) && key != "secret" => Json::from("*****"),
        Json::String(text) => Json::from(without_password(text)),
        other => other.clone(),
    }
}

/// A connection string with the value of `password=` and `token=` replaced.
fn without_password(text: &str) -> String {
    let mut out = text.to_owned();
    for word in ["password=", "token="] {
        let mut from = 0;
        while let Some(at) = out[from..].to_ascii_lowercase().find(word) {
            let start = from + at + word.len();
            let end = out[start..]
                .find([' ', '&', ';'])
                .map_or(out.len(), |i| start + i);
            out.replace_range(start..end, "*****");
            from = start + 5;
        }
    }
    out
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

    fn text(&self, map: &Node, key: &str) -> Result<Option<String>> {
        match map.get(key).filter(|n| !n.is_null()) {
            Some(node) => Ok(Some(
                self.document.expect_str(node, &format!("`{key}`"))?.to_owned(),
            )),
            None => Ok(None),
        }
    }

    fn required(&self, map: &Node, key: &str, of: &str) -> Result<String> {
        match map.get(key).filter(|n| !n.is_null()) {
            Some(node) => self.scalar(node, &format!("`{key}` of {of}")),
            None => Err(self
                .document
                .error(map, Code::PROFILE, format!("{of} has no `{key}`"))),
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
            Some(Value::Int(n)) if (1..=1000).contains(n) => Ok(u32::try_from(*n).ok()),
            _ => Err(self.wrong(map, key, format!("`{key}` must be a whole number from 1 to 1000"))),
        }
    }

    fn list<'n>(&self, map: &'n Node, key: &str) -> Result<&'n [Node]> {
        match map.get(key).filter(|n| !n.is_null()) {
            Some(node) => self.document.expect_seq(node, &format!("`{key}`")),
            None => Ok(&[]),
        }
    }

    fn pairs(&self, map: &Node, key: &str) -> Result<Vec<(String, String)>> {
        let Some(node) = map.get(key).filter(|n| !n.is_null()) else {
            return Ok(Vec::new());
        };
        let entries = self.document.expect_map(node, &format!("`{key}`"))?.iter();
        entries
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| Ok((identifier(name), self.scalar(value, &format!("`{name}`"))?)))
            .collect()
    }

    fn scalar(&self, node: &Node, what: &str) -> Result<String> {
        Ok(match &node.value {
            Value::Str(text) | Value::Date(text) | Value::BigInt(text) => text.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Float(n) => n.to_string(),
            Value::Null | Value::Seq(_) | Value::Map(_) => {
                return Err(self.document.error(
                    node,
                    Code::PROFILE,
                    format!("{what} must be a single value, but is {}", node.kind()),
                ));
            }
        })
    }
}

#[cfg(test)]
mod tests;
