//! Keys of AWS, from where its own tools look for them, and requests signed with them (Signature Version 4).

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha2::digest::Output;
use sha2::{Digest, Sha256};

use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::Invocation;

/// What a request is signed with.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) id: String,
    pub(super) secret: String,
    /// Comes with keys that are good for a while.
    pub(super) session: Option<String>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// The part of the surroundings that AWS's tools look at.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    keys: Option<Keys>,
    profile: Option<String>,
    region: Option<String>,
    files: Vec<PathBuf>,
    endpoints: [Option<String>; 3],
}

impl Surroundings {
    pub(super) fn of(invocation: &Invocation) -> Self {
        let set = |name: &str| {
            invocation
                .env
                .get(name)
                .filter(|value| !value.is_empty())
                .cloned()
        };
        let file = |name: &str, otherwise: &str| {
            set(name)
                .map(|path| invocation.cwd.join(path))
                .or_else(|| Some(invocation.home.as_ref()?.join(".aws").join(otherwise)))
        };
        Self {
            keys: set("AWS_ACCESS_KEY_ID")
                .zip(set("AWS_SECRET_ACCESS_KEY"))
                .map(|(id, secret)| Keys {
                    id,
                    secret,
                    session: set("AWS_SESSION_TOKEN"),
                }),
            profile: set("AWS_PROFILE"),
            region: set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")),
            files: [
                file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
                file("AWS_CONFIG_FILE", "config"),
            ]
            .into_iter()
            .flatten()
            .collect(),
            endpoints: [
                set("AWS_ENDPOINT_URL_REDSHIFT"),
                set("AWS_ENDPOINT_URL_REDSHIFT_SERVERLESS"),
                set("AWS_ENDPOINT_URL"),
            ],
        }
    }

    /// Returns where a service is reached other than at its usual address, if so.
    pub(super) fn endpoint(&self, is_serverless: bool) -> Option<&str> {
        let [cluster, serverless, any] = &self.endpoints;
        let own = if is_serverless { serverless } else { cluster };
        own.as_deref().or(any.as_deref())
    }

    pub(super) fn region(&self, profile: Option<&str>) -> Option<String> {
        self.region.clone().or_else(|| self.setting(profile, "region"))
    }

    /// Returns the keys of a named profile; without a name those of the environment, else of its profile.
    ///
    /// # Errors
    /// Where there are none, or a profile gets its keys in a way that is not there.
    pub(super) fn keys(&self, profile: Option<&str>) -> Result<Keys, AdapterError> {
        if profile.is_none()
            && let Some(keys) = &self.keys
        {
            return Ok(keys.clone());
        }
        let of = |key: &str| self.setting(profile, key);
        if let (Some(id), Some(secret)) = (of("aws_access_key_id"), of("aws_secret_access_key")) {
            return Ok(Keys {
                id,
                secret,
                session: of("aws_session_token"),
            });
        }
        let shown = self.profile_name(profile);
        let other = [
            "role_arn",
            "sso_session",
            "sso_account_id",
            "credential_process",
            "web_identity_token_file",
        ];
        let message = match other.iter().find(|key| of(key).is_some()) {
            Some(key) => {
                format!("AWS's profile `{shown}` gets its keys by `{key}`, which nexus does not follow")
            }
            None => format!(
                "no keys of AWS were found in the environment or in the profile `{shown}` of its files"
            ),
        };
        Err(AdapterError::new(ErrorKind::Auth, message).with_hint(
            "Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN: `aws configure export-credentials \
             --format env` prints them.",
        ))
    }

    fn profile_name<'a>(&'a self, given: Option<&'a str>) -> &'a str {
        given.or(self.profile.as_deref()).unwrap_or("default")
    }

    /// Returns a setting of a profile from the first file that has it.
    fn setting(&self, profile: Option<&str>, key: &str) -> Option<String> {
        let name = self.profile_name(profile);
        self.files.iter().find_map(|path| {
            let text = std::fs::read_to_string(path).ok()?;
            let mut is_here = false;
            text.lines().find_map(|line| {
                let line = line.trim();
                if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    let section = section.trim();
                    is_here = section.strip_prefix("profile ").unwrap_or(section).trim() == name;
                    return None;
                }
                let (found, value) = line.split_once('=')?;
                (is_here && found.trim() == key).then(|| value.trim().to_owned())
            })
        })
    }
}

/// A request to an interface of AWS, without its signature.
pub(super) struct Unsigned<'a> {
    pub(super) method: &'a str,
    pub(super) query: &'a str,
    /// Names in lower case, in the order of the alphabet; `host` and `x-amz-date` are among them.
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a str,
}

/// The moment as a header has it.
pub(super) fn stamp(moment: DateTime<Utc>) -> String {
    moment.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Returns the value of the header `authorization` for a request to the root of a service.
pub(super) fn sign(
    request: &Unsigned<'_>,
    keys: &Keys,
    region: &str,
    service: &str,
    moment: DateTime<Utc>,
) -> String {
    let date = moment.format("%Y%m%d").to_string();
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    let mut canonical = format!("{}\n/\n{}\n", request.method, request.query);
    for (name, value) in request.headers {
        canonical.push_str(&format!("{name}:{}\n", value.trim()));
    }
    canonical.push_str(&format!("\n{names}\n{:x}", Sha256::digest(request.body)));
    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{:x}",
        stamp(moment),
        Sha256::digest(canonical)
    );
    let first = format!("AWS4{}", keys.secret).into_bytes();
    let key = [date.as_str(), region, service, "aws4_request"]
        .iter()
        .fold(first, |key, part| mac(&key, part).to_vec());
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={:x}",
        keys.id,
        mac(&key, &text)
    )
}

fn mac(key: &[u8], text: &str) -> Output<Sha256> {
    // A key of any length is taken.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac.chain_update(text).finalize().into_bytes(),
        Err(_) => Output::<Sha256>::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of AWS's documentation of Signature Version 4.
    #[test]
    fn a_request_is_signed_as_aws_s_own_example() {
        let keys = Keys {
            id: "AKIDEXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            session: None,
        };
        let moment = DateTime::parse_from_rfc3339("2015-08-30T12:36:00Z")
            .unwrap()
            .to_utc();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("host", "iam.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Unsigned {
            method: "GET",
            query: "Action=ListUsers&Version=2010-05-08",
            headers: &headers,
            body: "",
        };
        assert_eq!(
            sign(&request, &keys, "us-east-1", "iam", moment),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }
}
