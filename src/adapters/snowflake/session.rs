//! A session at the server: login, renewal, statements, abort, end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use snowflake_api::connection::QueryType;

use super::config::{Config, Login};
use super::error::{self, Refusal};
use super::key;
use super::transport::{PLACEHOLDER, Transport};
use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::Cancel;

/// How often a waiting connection looks at its cancel token.
const LOOK_EVERY: Duration = Duration::from_millis(30);
/// What a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(3);

/// The session's token has run out, and the master token can renew it.
const TOKEN_EXPIRED: &str = "390112";
/// The statement is still at work: ask again later.
const IN_PROGRESS: [&str; 2] = ["333333", "333334"];

/// A session that is logged in.
pub(super) struct ServerSession {
    config: Arc<Config>,
    transport: Transport,
    runtime: tokio::runtime::Runtime,
    cancel: Cancel,
    token: String,
    master_token: String,
    sequence: u64,
}

impl ServerSession {
    /// Logs in, as often as the profile says.
    pub(super) fn open(config: &Arc<Config>, cancel: &Cancel) -> Result<Self, AdapterError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| AdapterError::new(ErrorKind::Network, format!("no connection can be made: {e}")))?;
        let mut session = Self {
            transport: Transport::new(config)?,
            config: config.clone(),
            runtime,
            cancel: cancel.clone(),
            token: String::new(),
            master_token: String::new(),
            sequence: 0,
        };
        let retries = config.retries;
        let mut attempt = 0;
        loop {
            let error = match session.log_in() {
                Ok(()) => return Ok(session),
                Err(error) => error,
            };
            let again = retries.on_all
                || error.temporary
                || retries.on_database_errors && error.kind != ErrorKind::Cancelled;
            attempt += 1;
            if error.kind == ErrorKind::Cancelled || !again || attempt > retries.connect {
                return Err(error);
            }
            let seconds = retries.wait_seconds.unwrap_or(attempt * attempt);
            session.wait(Duration::from_secs(u64::from(seconds)))?;
        }
    }

    fn wait(&self, pause: Duration) -> Result<(), AdapterError> {
        self.block(async move {
            tokio::time::sleep(pause).await;
            Ok(())
        })
    }

    /// Runs a future to its end, unless the token is set first.
    fn block<T>(&self, work: impl Future<Output = Result<T, AdapterError>>) -> Result<T, AdapterError> {
        let cancel = self.cancel.clone();
        self.runtime.block_on(async move {
            tokio::pin!(work);
            loop {
                if cancel.is_cancelled() {
                    return Err(AdapterError::cancelled());
                }
                if let Ok(answer) = tokio::time::timeout(LOOK_EVERY, &mut work).await {
                    return answer;
                }
            }
        })
    }

    fn log_in(&mut self) -> Result<(), AdapterError> {
        let config = self.config.clone();
        let mut parameters: Vec<(&str, &str)> =
            vec![("databaseName", &config.database), ("schemaName", &config.schema)];
        parameters.extend(config.warehouse.as_deref().map(|name| ("warehouse", name)));
        parameters.extend(config.role.as_deref().map(|name| ("roleName", name)));
        let answer = self.block(async {
            let body = self.login_body().await?;
            self.request(QueryType::LoginRequest, &parameters, None, &body)
                .await
        })?;
        let data = data_of(answer, ErrorKind::Auth)?;
        let token = |name: &str| {
            data.get(name)
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        self.token = token("token");
        self.master_token = token("masterToken");
        if self.token.is_empty() {
            let message = "the server let nexus in, but gave no token";
            return Err(AdapterError::new(ErrorKind::Auth, message));
        }
        Ok(())
    }

    async fn login_body(&self) -> Result<Json, AdapterError> {
        let config = &*self.config;
        let mut session = Map::new();
        if let Some(tag) = &config.query_tag {
            session.insert("QUERY_TAG".into(), tag.as_str().into());
        }
        if config.keep_alive {
            session.insert("CLIENT_SESSION_KEEP_ALIVE".into(), true.into());
        }
        let account = config.account.split('.').next().unwrap_or_default();
        let mut data = json!({
            // Rows come as Arrow to the clients that the server knows; `snowflake-api` speaks as this one.
            "CLIENT_APP_ID": "Go",
            "CLIENT_APP_VERSION": "1.6.22",
            "SVN_REVISION": "",
            "ACCOUNT_NAME": account.to_uppercase(),
            "LOGIN_NAME": config.user,
            "CLIENT_ENVIRONMENT": {
                "APPLICATION": "nexus",
                "OS": std::env::consts::OS,
                "OS_VERSION": std::env::consts::ARCH,
                "OCSP_MODE": "FAIL_OPEN",
            },
            "SESSION_PARAMETERS": session,
        });
        let (authenticator, token) = match &config.login {
            Login::Nothing => (None, None),
            Login::Password(password) => {
                data["PASSWORD"] = password.as_str().into();
                (None, None)
            }
            Login::Key(pem) => {
                let token = key::token(pem, &config.account, &config.user).map_err(|e| {
                    AdapterError::new(ErrorKind::Auth, format!("the private key cannot sign: {e}"))
                })?;
                (Some("SNOWFLAKE_JWT"), Some(token))
            }
            Login::OAuth(token) => (Some("OAUTH"), Some(token.clone())),
            Login::OAuthRefresh {
                client_id,
                client_secret,
                refresh_token,
            } => {
                let token = self.access_token(client_id, client_secret, refresh_token).await?;
                (Some("OAUTH"), Some(token))
            }
            Login::AccessToken(token) => (Some("PROGRAMMATIC_ACCESS_TOKEN"), Some(token.clone())),
        };
        if let (Some(authenticator), Some(token)) = (authenticator, token) {
            data["AUTHENTICATOR"] = authenticator.into();
            data["TOKEN"] = token.into();
        }
        Ok(json!({ "data": data }))
    }

    /// Trades a refresh token for an access token.
    async fn access_token(&self, id: &str, secret: &str, refresh: &str) -> Result<String, AdapterError> {
        let refused = |reason: &str| {
            let message = format!("Snowflake gave no access token for the refresh token: {reason}");
            AdapterError::new(ErrorKind::Auth, message)
                .with_hint("Make a new refresh token, and check `oauth_client_id` and `oauth_client_secret`.")
        };
        let answer = self
            .transport
            .plain
            .post(Transport::url("oauth/token-request"))
            .basic_auth(id, Some(secret))
            .form(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh),
                ("redirect_uri", "http://localhost:9999"),
            ])
            .send()
            .await
            .map_err(|e| refused(&error::of_middleware(&e).1))?;
        let answer: Json = answer
            .json()
            .await
            .map_err(|e| refused(&error::of_request(&e).1))?;
        match answer.get("access_token").and_then(Json::as_str) {
            Some(token) => Ok(token.to_owned()),
            None => Err(refused(
                answer
                    .get("error")
                    .and_then(Json::as_str)
                    .unwrap_or("it says no reason"),
            )),
        }
    }

    async fn request(
        &self,
        kind: QueryType,
        parameters: &[(&str, &str)],
        token: Option<&str>,
        body: &Json,
    ) -> Result<Json, AdapterError> {
        let token = token.map(authorization);
        self.transport
            .client
            .request::<Json>(kind, PLACEHOLDER, parameters, token.as_deref(), body)
            .await
            .map_err(|e| error::network(&e, &self.config.address.host))
    }

    /// Runs one statement and returns the `data` of its answer.
    pub(super) fn query(&mut self, sql: &str) -> Result<Json, AdapterError> {
        let mut renewed = false;
        loop {
            self.sequence += 1;
            let body = json!({
                "sqlText": sql,
                "asyncExec": false,
                "sequenceId": self.sequence,
                "isInternal": false,
            });
            let answer = self.block(async {
                let answer = self
                    .request(QueryType::ArrowQuery, &[], Some(&self.token), &body)
                    .await?;
                self.finished(answer).await
            });
            let answer = match answer {
                Err(error) if error.kind == ErrorKind::Cancelled => {
                    self.abort(sql);
                    return Err(error);
                }
                answer => answer?,
            };
            if code(&answer) == Some(TOKEN_EXPIRED) && !renewed {
                self.renew()?;
                renewed = true;
                continue;
            }
            return data_of(answer, ErrorKind::Other);
        }
    }

    /// Asks for the answer of a statement that takes its time until it is there.
    async fn finished(&self, mut answer: Json) -> Result<Json, AdapterError> {
        while code(&answer).is_some_and(|code| IN_PROGRESS.contains(&code)) {
            let path = answer
                .pointer("/data/getResultUrl")
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned();
            if path.is_empty() {
                break;
            }
            let failed = |(temporary, reason): (bool, String)| AdapterError {
                temporary,
                ..AdapterError::new(
                    ErrorKind::Network,
                    format!("the statement's result could not be fetched: {reason}"),
                )
            };
            answer = self
                .transport
                .plain
                .get(Transport::url(&path))
                .header("accept", "application/snowflake")
                .header("authorization", authorization(&self.token))
                .send()
                .await
                .map_err(|e| failed(error::of_middleware(&e)))?
                .json()
                .await
                .map_err(|e| failed(error::of_request(&e)))?;
        }
        Ok(answer)
    }

    /// Fetches a part of a result that the server has put elsewhere.
    pub(super) fn chunk(
        &self,
        url: &str,
        headers: &std::collections::HashMap<String, String>,
    ) -> Result<Vec<u8>, AdapterError> {
        self.block(async {
            let bytes = self.transport.client.get_chunk(url, headers).await;
            bytes
                .map(|bytes| bytes.to_vec())
                .map_err(|e| error::network(&e, &self.config.address.host))
        })
    }

    fn renew(&mut self) -> Result<(), AdapterError> {
        let body = json!({ "oldSessionToken": self.token, "requestType": "RENEW" });
        let answer =
            self.block(self.request(QueryType::TokenRequest, &[], Some(&self.master_token), &body))?;
        let data = data_of(answer, ErrorKind::Auth)?;
        for (name, slot) in [
            ("sessionToken", &mut self.token),
            ("masterToken", &mut self.master_token),
        ] {
            if let Some(token) = data.get(name).and_then(Json::as_str) {
                token.clone_into(slot);
            }
        }
        Ok(())
    }

    /// Tells the server to stop the statement that was sent last. What becomes of it is not waited for.
    fn abort(&self, sql: &str) {
        let Some(request) = self.transport.last_request() else {
            return;
        };
        let work = self
            .transport
            .plain
            .post(Transport::url("queries/v1/abort-request"))
            .query(&[("requestId", uuid::Uuid::new_v4().to_string())])
            .header("accept", "application/snowflake")
            .header("authorization", authorization(&self.token))
            .json(&json!({ "sqlText": sql, "requestId": request }))
            .send();
        let _ = self
            .runtime
            .block_on(async { tokio::time::timeout(GOODBYE, work).await });
    }

    pub(super) fn take_retries(&self) -> u32 {
        self.transport.take_retries()
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

impl Drop for ServerSession {
    /// Ends the session, so that its temporary tables go at once; a server that does not answer ends it by itself.
    fn drop(&mut self) {
        if self.token.is_empty() {
            return;
        }
        let body = Json::Null;
        let work = self.request(
            QueryType::CloseSession,
            &[("delete", "true")],
            Some(&self.token),
            &body,
        );
        let _ = self
            .runtime
            .block_on(async { tokio::time::timeout(GOODBYE, work).await });
    }
}

fn authorization(token: &str) -> String {
    format!("Snowflake Token=\"{token}\"")
}

fn code(answer: &Json) -> Option<&str> {
    answer.get("code").and_then(Json::as_str)
}

/// Returns the `data` of an answer, or what the server refused.
fn data_of(mut answer: Json, otherwise: ErrorKind) -> Result<Json, AdapterError> {
    if answer.get("success").and_then(Json::as_bool) == Some(true) {
        return Ok(answer.get_mut("data").map(Json::take).unwrap_or_default());
    }
    let text = |pointer: &str| answer.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
    let refusal = Refusal {
        code: text("/code")
            .or_else(|| text("/data/errorCode"))
            .unwrap_or_default(),
        state: text("/data/sqlState").unwrap_or_default(),
        message: text("/message").unwrap_or_else(|| "the server gave no reason".to_owned()),
    };
    let mut error = refusal.into_error();
    if error.kind == ErrorKind::Other {
        error.kind = otherwise;
    }
    Err(error)
}
