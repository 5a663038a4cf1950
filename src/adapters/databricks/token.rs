//! Tokens: one that the profile has, or one that a service principal gets by OAuth and that is renewed before it ends.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::config::{Auth, Config};
use super::http::Http;
use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::Cancel;

/// A token is renewed so long before its end.
const MARGIN: Duration = Duration::from_secs(60);

pub(super) enum Tokens {
    Fixed(String),
    Issued {
        /// The value of the header that names the service principal.
        basic: String,
        /// Guards the token in use; it is held while a token is got, so that the threads of a run get one together.
        current: Mutex<Option<(String, Instant)>>,
    },
}

impl Tokens {
    pub(super) fn new(config: &Config) -> Self {
        match &config.auth {
            Auth::Token(token) => Self::Fixed(token.clone()),
            Auth::Client { id, secret } => Self::Issued {
                basic: format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
                current: Mutex::default(),
            },
        }
    }

    /// Returns a token that is good for now.
    pub(super) fn get(&self, http: &Http, cancel: &Cancel) -> Result<String, AdapterError> {
        let (basic, current) = match self {
            Self::Fixed(token) => return Ok(token.clone()),
            Self::Issued { basic, current } => (basic, current),
        };
        let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = &*current
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        if cancel.is_cancelled() {
            return Err(AdapterError::cancelled());
        }
        let form = "grant_type=client_credentials&scope=all-apis";
        let (status, body) = http.form("/oidc/v1/token", basic, form, cancel)?;
        let answer: Json = serde_json::from_slice(&body).unwrap_or(Json::Null);
        let Some(token) = answer.get("access_token").and_then(Json::as_str) else {
            let said = ["error_description", "error", "message"]
                .iter()
                .find_map(|key| answer.get(key)?.as_str())
                .unwrap_or("it gave no reason");
            return Err(AdapterError::new(
                ErrorKind::Auth,
                format!("the workspace gave no OAuth token (status {status}): {said}"),
            )
            .with_hint("Check `client_id` and `client_secret` in profiles.yml."));
        };
        let seconds = answer.get("expires_in").and_then(Json::as_u64).unwrap_or(3600);
        let until = Instant::now() + Duration::from_secs(seconds).saturating_sub(MARGIN);
        *current = Some((token.to_owned(), until));
        Ok(token.to_owned())
    }

    /// Gives up the token in use; says whether another can be got.
    pub(super) fn forget(&self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Issued { current, .. } => {
                *current.lock().unwrap_or_else(PoisonError::into_inner) = None;
                true
            }
        }
    }
}
