//! Tokens: fetched from where the profile says, kept until shortly before they end, shared by all connections.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use gcp_bigquery_client::yup_oauth2::{ServiceAccountAuthenticator, ServiceAccountKey};
use serde_json::{Value as Json, json};

use super::config::Config;
use super::error;
use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::Invocation;

/// A token is fetched anew so long before it ends.
const SPARE: Duration = Duration::from_secs(300);
/// How long a token serves where nobody says.
const LIFETIME: Duration = Duration::from_secs(3000);
const IMPERSONATION: &str = "https://iamcredentials.googleapis.com";
const KEY_FILE_HINT: &str =
    "Correct `keyfile` in profiles.yml; a relative path counts from the working directory.";
const MACHINE_HINT: &str =
    "Correct GOOGLE_APPLICATION_CREDENTIALS, or log in with `gcloud auth application-default login`.";
const METADATA_HOST: &str = "metadata.google.internal";

/// Where tokens come from.
pub(super) enum Source {
    /// What the machine has: a file of gcloud, or the metadata server of Google's machines.
    Default(Machine),
    Token(String),
    Refresh(Refresh),
    KeyFile(String),
    Key(Json),
}

/// Where this machine may have credentials: the places that Google's own libraries know.
pub(super) struct Machine {
    /// The file that the environment names, which must be there.
    named_file: Option<PathBuf>,
    /// Where gcloud leaves what a login got.
    gcloud_file: Option<PathBuf>,
    metadata_host: String,
}

impl Machine {
    pub(super) fn of(invocation: &Invocation) -> Self {
        // Not noted as asked for: no listing of a project depends on who logs in.
        let set = |name: &str| invocation.env.get(name).filter(|value| !value.is_empty());
        let gcloud = match set("CLOUDSDK_CONFIG") {
            Some(folder) => Some(invocation.cwd.join(folder)),
            None => invocation.home.as_ref().map(|home| home.join(".config/gcloud")),
        };
        Self {
            named_file: set("GOOGLE_APPLICATION_CREDENTIALS").map(|path| invocation.cwd.join(path)),
            gcloud_file: gcloud.map(|folder| folder.join("application_default_credentials.json")),
            metadata_host: set("GCE_METADATA_HOST")
                .map_or(METADATA_HOST, String::as_str)
                .to_owned(),
        }
    }
}

#[derive(Clone)]
pub(super) struct Refresh {
    pub(super) refresh_token: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) token_uri: String,
}

impl Source {
    /// Returns the profile's `method`.
    pub(super) fn method(&self) -> &'static str {
        match self {
            Self::Default(_) => "oauth",
            Self::Token(_) | Self::Refresh(_) => "oauth-secrets",
            Self::KeyFile(_) => "service-account",
            Self::Key(_) => "service-account-json",
        }
    }

    /// Returns the project that the credentials name, where the profile names none.
    pub(super) fn project(&self) -> Option<&str> {
        match self {
            Self::Key(key) => key["project_id"].as_str(),
            _ => None,
        }
    }

    pub(super) fn secrets(&self) -> Vec<String> {
        match self {
            Self::Default(_) | Self::KeyFile(_) => Vec::new(),
            Self::Token(token) => vec![token.clone()],
            Self::Refresh(refresh) => vec![refresh.refresh_token.clone(), refresh.client_secret.clone()],
            Self::Key(key) => key["private_key"]
                .as_str()
                .map(str::to_owned)
                .into_iter()
                .collect(),
        }
    }
}

/// The token of a run.
pub(super) struct Tokens {
    impersonation: String,
    /// Guards the token. It is held while a token is fetched, so that threads that start together fetch one; no
    /// statement runs meanwhile that the others could wait for.
    current: Mutex<Option<(String, Instant)>>,
}

impl Tokens {
    pub(super) fn new(config: &Config) -> Self {
        // Where the interface is elsewhere, so is what stands in for its neighbours.
        let is_google = config.endpoint.ends_with("googleapis.com");
        Self {
            impersonation: if is_google {
                IMPERSONATION.to_owned()
            } else {
                config.endpoint.clone()
            },
            current: Mutex::default(),
        }
    }

    /// Returns a token that serves now.
    pub(super) fn token(
        &self,
        config: &Config,
        http: &reqwest::Client,
        runtime: &tokio::runtime::Runtime,
    ) -> Result<String, AdapterError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, ends)) = &*current
            && Instant::now() < *ends
        {
            return Ok(token.clone());
        }
        let (token, lifetime) = runtime.block_on(self.fetch(config, http))?;
        let serves = lifetime.saturating_sub(SPARE).max(lifetime / 2);
        *current = Some((token.clone(), Instant::now() + serves));
        Ok(token)
    }

    /// Forgets the token, which the server did not take.
    pub(super) fn forget(&self) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn fetch(
        &self,
        config: &Config,
        http: &reqwest::Client,
    ) -> Result<(String, Duration), AdapterError> {
        let own = match &config.source {
            Source::Token(token) => (token.clone(), LIFETIME),
            Source::Refresh(refresh) => refreshed(http, refresh).await?,
            Source::Key(key) => of_key(key.clone(), &config.scopes).await?,
            Source::KeyFile(path) => {
                of_key(read_key(Path::new(path), KEY_FILE_HINT)?, &config.scopes).await?
            }
            Source::Default(machine) => of_machine(machine, config, http).await?,
        };
        match &config.impersonate {
            None => Ok(own),
            Some(account) => self.impersonated(config, http, account, &own.0).await,
        }
    }

    async fn impersonated(
        &self,
        config: &Config,
        http: &reqwest::Client,
        account: &str,
        token: &str,
    ) -> Result<(String, Duration), AdapterError> {
        let address = format!(
            "{}/v1/projects/-/serviceAccounts/{account}:generateAccessToken",
            self.impersonation
        );
        let body = json!({"scope": config.scopes, "lifetime": "3600s"});
        let request = http.post(address).bearer_auth(token).json(&body);
        let answer = answer(request, "impersonating a service account")
            .await
            .map_err(|e| {
                e.with_hint(
                "The account that logs in needs the role roles/iam.serviceAccountTokenCreator on the one of \
                 `impersonate_service_account`.",
            )
            })?;
        named(&answer, "accessToken").map(|token| (token, LIFETIME))
    }
}

async fn refreshed(http: &reqwest::Client, refresh: &Refresh) -> Result<(String, Duration), AdapterError> {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh.refresh_token),
        ("client_id", &*refresh.client_id),
        ("client_secret", &*refresh.client_secret),
    ];
    let request = http.post(&refresh.token_uri).form(&form);
    let answer = answer(request, "fetching a token").await?;
    Ok((named(&answer, "access_token")?, lifetime(&answer)))
}

async fn of_key(mut key: Json, scopes: &[String]) -> Result<(String, Duration), AdapterError> {
    let wrong = |what: String| {
        AdapterError::new(ErrorKind::Auth, what)
            .with_hint("Make a new key of the service account, or correct this one.")
    };
    if key["token_uri"].is_null() {
        key["token_uri"] = "https://oauth2.googleapis.com/token".into();
    }
    let key: ServiceAccountKey = serde_json::from_value(key)
        .map_err(|e| wrong(format!("the key of the service account could not be read: {e}")))?;
    let authenticator = ServiceAccountAuthenticator::builder(key)
        .build()
        .await
        .map_err(|e| wrong(format!("the key of the service account cannot be used: {e}")))?;
    let token = authenticator.token(scopes).await.map_err(|e| {
        let network = matches!(e, gcp_bigquery_client::yup_oauth2::Error::HttpClientError(_));
        let kind = if network {
            ErrorKind::Network
        } else {
            ErrorKind::Auth
        };
        AdapterError {
            temporary: network,
            ..AdapterError::new(
                kind,
                format!("no token could be fetched with the key of the service account: {e}"),
            )
        }
    })?;
    match token.token() {
        Some(text) => Ok((text.to_owned(), LIFETIME)),
        None => Err(AdapterError::new(
            ErrorKind::Auth,
            "the token server answered without a token",
        )),
    }
}

fn read_key(path: &Path, hint: &str) -> Result<Json, AdapterError> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| {
        AdapterError::new(
            ErrorKind::Config,
            format!("the key file `{shown}` could not be read: {e}"),
        )
        .with_hint(hint)
    })?;
    serde_json::from_str(&text).map_err(|e| {
        AdapterError::new(
            ErrorKind::Config,
            format!("the key file `{shown}` is no JSON: {e}"),
        )
        .with_hint(hint)
    })
}

/// Looks where Google's own libraries look: a file that the environment names, the file of gcloud, the machine.
async fn of_machine(
    machine: &Machine,
    config: &Config,
    http: &reqwest::Client,
) -> Result<(String, Duration), AdapterError> {
    let left_by_gcloud = machine.gcloud_file.as_ref().filter(|path| path.exists());
    let Some(path) = machine.named_file.as_ref().or(left_by_gcloud) else {
        return of_metadata(machine, config, http).await;
    };
    let json = read_key(path, MACHINE_HINT)?;
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    match text("type").as_str() {
        "service_account" => of_key(json, &config.scopes).await,
        "authorized_user" => {
            let refresh = Refresh {
                refresh_token: text("refresh_token"),
                client_id: text("client_id"),
                client_secret: text("client_secret"),
                token_uri: Some(text("token_uri"))
                    .filter(|uri| !uri.is_empty())
                    .unwrap_or_else(|| "https://oauth2.googleapis.com/token".to_owned()),
            };
            refreshed(http, &refresh).await
        }
        other => Err(AdapterError::new(
            ErrorKind::Config,
            format!(
                "credentials of the type `{other}` in `{}` cannot be used",
                path.display()
            ),
        )
        .with_hint(
            "Log in with `gcloud auth application-default login`, or use the key of a service account.",
        )),
    }
}

async fn of_metadata(
    machine: &Machine,
    config: &Config,
    http: &reqwest::Client,
) -> Result<(String, Duration), AdapterError> {
    let host = &machine.metadata_host;
    let request = http
        .get(format!(
            "http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
        ))
        .query(&[("scopes", config.scopes.join(","))])
        .header("Metadata-Flavor", "Google")
        .timeout(Duration::from_secs(5));
    let answer = answer(request, "asking the machine for a token").await.map_err(|e| AdapterError {
        temporary: false,
        ..AdapterError::new(ErrorKind::Auth, format!("no credentials were found on this machine: {}", e.message))
            .with_hint(
                "Log in with `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS to a key \
                 file, or use another `method` in profiles.yml.",
            )
    })?;
    Ok((named(&answer, "access_token")?, lifetime(&answer)))
}

async fn answer(request: reqwest::RequestBuilder, doing: &str) -> Result<Json, AdapterError> {
    let response = request
        .send()
        .await
        .map_err(|e| error::of_transport(&e.without_url(), doing))?;
    let status = response.status();
    let text = response
        .text()
        .await
        .map_err(|e| error::of_transport(&e.without_url(), doing))?;
    if !status.is_success() {
        let mut error = error::of_answer(status.as_u16(), &text);
        if !error.temporary {
            error.kind = ErrorKind::Auth;
        }
        error.message = format!("{doing} failed: {}", error.message);
        return Err(error);
    }
    Ok(serde_json::from_str(&text).unwrap_or(Json::Null))
}

fn named(answer: &Json, name: &str) -> Result<String, AdapterError> {
    answer[name].as_str().map(str::to_owned).ok_or_else(|| {
        AdapterError::new(
            ErrorKind::Auth,
            format!("the token server answered without `{name}`"),
        )
    })
}

fn lifetime(answer: &Json) -> Duration {
    answer["expires_in"]
        .as_u64()
        .map_or(LIFETIME, Duration::from_secs)
}
