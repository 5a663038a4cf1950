//! The one door to the outside's facts: arguments, environment, working directory, clock, id, threads, cancellation.
//!
//! Nothing else reads the process's environment or clock, so a test can seed all of it.

mod proxies;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

pub use self::proxies::Proxies;

/// What one call of the program knows of its surroundings; by default nothing.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The arguments after the program's name, as given.
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub cwd: PathBuf,
    pub home: Option<PathBuf>,
    pub started_at: DateTime<Utc>,
    /// A random id (UUID v4, hyphenated) that all artifacts of this call carry.
    pub id: Arc<str>,
    pub cancel: Cancel,
    pub asked: Asked,
}

/// What was asked of the surroundings so far: what else may decide an answer beside files and the command line.
#[derive(Debug, Clone, Default)]
pub struct Asked(Arc<AskedState>);

#[derive(Debug, Default)]
struct AskedState {
    /// Guards names of environment variables; nothing is called while it is held.
    variables: Mutex<BTreeSet<String>>,
    varying: AtomicBool,
}

impl Asked {
    /// Notes that an environment variable was asked for, whether it is set or not.
    pub fn variable(&self, name: &str) {
        let mut variables = self.0.variables.lock().unwrap_or_else(PoisonError::into_inner);
        if !variables.contains(name) {
            variables.insert(name.to_owned());
        }
    }

    /// Notes that something was asked for that is another thing at each call, such as the clock.
    pub fn varying(&self) {
        self.0.varying.store(true, Ordering::Relaxed);
    }

    pub fn variables(&self) -> BTreeSet<String> {
        let variables = self.0.variables.lock().unwrap_or_else(PoisonError::into_inner);
        variables.clone()
    }

    pub fn is_varying(&self) -> bool {
        self.0.varying.load(Ordering::Relaxed)
    }
}

impl Invocation {
    /// Reads the process's own surroundings. `NEXUS_INVOCATION_ID` and `NEXUS_NOW` (RFC 3339) seed id and clock.
    pub fn of_process(args: Vec<String>) -> std::io::Result<Self> {
        // Names or values that are not UTF-8 cannot be used in a template; they are left out.
        let env: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        let started_at = env
            .get("NEXUS_NOW")
            .and_then(|t| DateTime::parse_from_rfc3339(t).ok())
            .map_or_else(Utc::now, |t| t.with_timezone(&Utc));
        let id = match env.get("NEXUS_INVOCATION_ID") {
            Some(id) => Arc::from(id.as_str()),
            None => Arc::from(uuid::Uuid::new_v4().to_string()),
        };
        let home = env.get("HOME").map(PathBuf::from);
        Ok(Self {
            args,
            cwd: std::env::current_dir()?,
            home,
            env,
            started_at,
            id,
            cancel: Cancel::default(),
            asked: Asked::default(),
        })
    }

    /// Returns the value of an environment variable, or none where it is unset.
    pub fn env_var(&self, name: &str) -> Option<&str> {
        self.asked.variable(name);
        self.env.get(name).map(String::as_str)
    }

    /// Returns the values that no output may show: those of variables named `DBT_ENV_SECRET…`.
    pub fn secrets(&self) -> Vec<String> {
        let named = self
            .env
            .iter()
            .filter(|(name, _)| name.starts_with("DBT_ENV_SECRET"));
        named
            .map(|(_, value)| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// Returns the present time: the seeded clock where one is set, the real one otherwise.
    pub fn now(&self) -> DateTime<Utc> {
        if self.env.contains_key("NEXUS_NOW") {
            self.started_at
        } else {
            Utc::now()
        }
    }
}

/// A token that says "stop": shared by all threads, checked before every statement.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
