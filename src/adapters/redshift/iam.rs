//! Users and passwords that AWS gives for a while to who is known to its IAM: `method: iam` and `iam_role`.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::aws::{Keys, Surroundings, Unsigned, sign, stamp};
use crate::adapters::postgres::Logins;
use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::{Cancel, Invocation, Proxies};

/// How long a password is good for, as AWS gives it where nothing is asked.
const GOOD_FOR: Duration = Duration::from_secs(900);
/// It is renewed so long before its end.
const MARGIN: Duration = Duration::from_secs(60);
const TIMEOUT: Duration = Duration::from_secs(30);

/// Whose credentials are asked for.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// A user of a cluster, in groups, made where it is not there.
    User {
        cluster: String,
        user: String,
        groups: Vec<String>,
        create: bool,
    },
    /// The user of a cluster that stands for the role of who asks.
    Role { cluster: String },
    /// The same of a workgroup without servers.
    Workgroup { name: String },
}

/// Gets credentials and keeps them until shortly before their end.
#[derive(Debug)]
pub(super) struct Iam {
    pub(super) asked: Asked,
    pub(super) database: String,
    pub(super) region: String,
    /// Keys of the profile itself.
    pub(super) keys: Option<Keys>,
    /// The name of a profile in AWS's own files.
    pub(super) profile: Option<String>,
    surroundings: Surroundings,
    proxies: Proxies,
    began: (DateTime<Utc>, Instant),
    /// Guards user and password in use; it is held while new ones are got, so that the threads of a run get them together.
    current: Mutex<Option<(String, String, Instant)>>,
}

impl Iam {
    pub(super) fn new(
        asked: Asked,
        database: String,
        region: String,
        keys: Option<Keys>,
        profile: Option<String>,
        invocation: &Invocation,
    ) -> Self {
        Self {
            asked,
            database,
            region,
            keys,
            profile,
            surroundings: Surroundings::of(invocation),
            proxies: Proxies::of(invocation),
            began: (invocation.started_at, Instant::now()),
            current: Mutex::default(),
        }
    }

    /// The service that is asked, the type of the request's body, its action where a header names it, and the body.
    fn request(&self) -> (&'static str, &'static str, Option<&'static str>, String) {
        const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
        let form = |action: &str, cluster: &str| {
            format!(
                "Action={action}&Version=2012-12-01&ClusterIdentifier={}&DbName={}",
                escaped(cluster),
                escaped(&self.database)
            )
        };
        match &self.asked {
            Asked::Workgroup { name } => {
                let body = json!({"workgroupName": name, "dbName": self.database}).to_string();
                let action = "RedshiftServerless.GetCredentials";
                (
                    "redshift-serverless",
                    "application/x-amz-json-1.1",
                    Some(action),
                    body,
                )
            }
            Asked::Role { cluster } => (
                "redshift",
                FORM,
                None,
                form("GetClusterCredentialsWithIAM", cluster),
            ),
            Asked::User {
                cluster,
                user,
                groups,
                create,
            } => {
                let mut body = form("GetClusterCredentials", cluster);
                body.push_str(&format!("&DbUser={}&AutoCreate={create}", escaped(user)));
                for (index, group) in groups.iter().enumerate() {
                    body.push_str(&format!("&DbGroups.DbGroup.{}={}", index + 1, escaped(group)));
                }
                ("redshift", FORM, None, body)
            }
        }
    }

    fn fetch(&self) -> Result<(String, String), AdapterError> {
        let keys = match &self.keys {
            Some(keys) => keys.clone(),
            None => self.surroundings.keys(self.profile.as_deref())?,
        };
        let (service, kind, action, body) = self.request();
        let usual = format!("https://{service}.{}.amazonaws.com", self.region);
        let address = self.surroundings.endpoint(action.is_some()).unwrap_or(&usual);
        let address = address.trim_end_matches('/');
        let host = address.split_once("://").map_or(address, |(_, host)| host);
        let moment = self.began.0 + self.began.1.elapsed();
        let mut headers = vec![
            ("content-type".to_owned(), kind.to_owned()),
            ("host".to_owned(), host.to_owned()),
            ("x-amz-date".to_owned(), stamp(moment)),
        ];
        headers.extend(
            keys.session
                .clone()
                .map(|token| ("x-amz-security-token".to_owned(), token)),
        );
        headers.extend(action.map(|action| ("x-amz-target".to_owned(), action.to_owned())));
        let unsigned = Unsigned {
            method: "POST",
            query: "",
            headers: &headers,
            body: &body,
        };
        let signature = sign(&unsigned, &keys, &self.region, service, moment);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(
                self.proxies
                    .of_url(address)
                    .and_then(|proxy| ureq::Proxy::new(proxy).ok()),
            )
            .build()
            .into();
        let unreachable = |fault: ureq::Error| AdapterError {
            temporary: true,
            ..AdapterError::new(
                ErrorKind::Network,
                format!("AWS at {address}, which gives the password, could not be reached: {fault}"),
            )
        };
        let mut call = agent.post(format!("{address}/"));
        for (name, value) in headers.iter().filter(|(name, _)| name != "host") {
            call = call.header(name, value);
        }
        let mut answer = call
            .header("authorization", signature)
            .send(body.as_bytes())
            .map_err(unreachable)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(unreachable)?;
        given(&text).ok_or_else(|| refused(status, &text).masked(&[keys.secret]))
    }
}

impl Logins for Iam {
    fn current(&self, cancel: &Cancel) -> Result<(String, String), AdapterError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((user, password, until)) = &*current
            && Instant::now() < *until
        {
            return Ok((user.clone(), password.clone()));
        }
        if cancel.is_cancelled() {
            return Err(AdapterError::cancelled());
        }
        let (user, password) = self.fetch()?;
        let until = Instant::now() + GOOD_FOR.saturating_sub(MARGIN);
        *current = Some((user.clone(), password.clone(), until));
        Ok((user, password))
    }
}

/// Returns user and password of an answer, in XML or in JSON.
fn given(text: &str) -> Option<(String, String)> {
    if let Ok(json) = serde_json::from_str::<Json>(text) {
        let field = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
        return field("dbUser").zip(field("dbPassword"));
    }
    element(text, "DbUser").zip(element(text, "DbPassword"))
}

fn refused(status: u16, text: &str) -> AdapterError {
    let json: Json = serde_json::from_str(text).unwrap_or(Json::Null);
    let field = |keys: [&str; 2]| {
        keys.iter()
            .find_map(|key| json.get(key)?.as_str())
            .map(str::to_owned)
    };
    let code = element(text, "Code").or_else(|| field(["__type", "code"]));
    let reason = element(text, "Message").or_else(|| field(["message", "Message"]));
    let message = format!(
        "AWS gave no password (status {status}, {}): {}",
        code.as_deref().unwrap_or("no code"),
        reason.as_deref().unwrap_or("it gave no reason")
    );
    AdapterError {
        temporary: matches!(status, 429 | 500 | 502 | 503 | 504),
        ..AdapterError::new(ErrorKind::Auth, message)
    }
    .with_hint(
        "Check the keys of AWS, `cluster_id`, `region` and `user` in profiles.yml, and what IAM allows them.",
    )
}

/// Returns the text of the first element of this name.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    Some(
        plain
            .iter()
            .fold(inner.to_owned(), |text, (from, to)| text.replace(from, to)),
    )
}

/// A value of a form.
fn escaped(value: &str) -> String {
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_in_both_forms() {
        let xml = "<R><Result><DbUser>IAM:a&amp;b</DbUser><DbPassword>&lt;x&gt;</DbPassword></Result></R>";
        assert_eq!(given(xml), Some(("IAM:a&b".to_owned(), "<x>".to_owned())));
        let json = r#"{"dbUser": "IAMR:a", "dbPassword": "x", "expiration": 1}"#;
        assert_eq!(given(json), Some(("IAMR:a".to_owned(), "x".to_owned())));
        assert_eq!(given("<R><DbUser>a</DbUser></R>"), None);
        let error = refused(403, "<E><Code>AccessDenied</Code><Message>not you</Message></E>");
        assert!(error.message.contains("AccessDenied") && error.message.contains("not you"));
        assert_eq!(escaped("a b/c_é"), "a%20b%2Fc_%C3%A9");
    }
}
