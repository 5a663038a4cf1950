//! Tokens: one that the profile has, or one that a service principal gets by OAuth and that is renewed before it ends.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

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
                basic: format!("Basic {}", base64(format!("{id}:{secret}").as_bytes())),
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
            return Err(super::http::cancelled());
        }
        let form = "grant_type=client_credentials&scope=all-apis";
        let (status, body) = http.form("/oidc/v1/token", basic, form)?;
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

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            if place <= group.len() {
                out.push(char::from(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_pads_what_is_left_over() {
        let texts = ["", "a", "ab", "abc", "abcd"].map(|t| base64(t.as_bytes()));
        assert_eq!(texts, ["", "YQ==", "YWI=", "YWJj", "YWJjZA=="]);
    }
}
