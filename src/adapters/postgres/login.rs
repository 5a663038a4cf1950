//! Opens a session: socket, encryption, password, settings. Also the second socket that carries a cancellation.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::{md5_hash, sasl};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use rustls::pki_types::ServerName;

use super::config::Config;
use super::tls::{self, Encrypt};
use super::wire::{LOOK_EVERY, Stream, Wire, network};
use super::{error, wire};
use crate::adapters::{AdapterError, ErrorKind};
use crate::invocation::Cancel;

/// What names a running session to the server, for cancellation.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionKey {
    process: i32,
    secret: i32,
    encrypted: bool,
}

/// An open session.
pub(super) struct Login {
    pub wire: Wire,
    pub key: Option<SessionKey>,
}

/// Connects, in each of the ways that `sslmode` allows, until one is not refused.
pub(super) fn login(config: &Config, cancel: &Cancel) -> Result<Login, AdapterError> {
    let issued;
    let config = match &config.logins {
        None => config,
        Some(logins) => {
            let (user, password) = logins.current(cancel)?;
            issued = Config {
                user,
                password,
                ..config.clone()
            };
            &issued
        }
    };
    let ways = config.tls.attempts();
    let mut first = None;
    for encrypt in ways {
        match login_once(config, *encrypt, cancel) {
            Ok(login) => return Ok(login),
            // The server's own rules may ask for the other way; a wrong password stays wrong.
            Err(error) if error.kind == ErrorKind::Auth && error.message.contains("pg_hba.conf") => {
                first.get_or_insert(error);
            }
            Err(error) if error.message.starts_with(NO_TLS) => {
                first.get_or_insert(error);
            }
            Err(error) => return Err(first.unwrap_or(error)),
        }
    }
    Err(first.unwrap_or_else(|| network("no way to connect is left".to_owned())))
}

/// Tells the server to end what a session runs. The server does not answer.
pub(super) fn send_cancel(config: &Config, key: SessionKey) -> Result<(), AdapterError> {
    let encrypt = if key.encrypted { Encrypt::Must } else { Encrypt::No };
    let (mut stream, _) = dial(config, encrypt, Instant::now() + Duration::from_secs(5))?;
    let mut message = BytesMut::new();
    frontend::cancel_request(key.process, key.secret, &mut message);
    let sink = stream.sink();
    sink.write_all(&message)
        .and_then(|()| sink.flush())
        .map_err(|e| wire::lost(&e))
}

/// How the message of a failed handshake begins.
const NO_TLS: &str = "the connection could not be encrypted";

fn login_once(config: &Config, encrypt: Encrypt, cancel: &Cancel) -> Result<Login, AdapterError> {
    let deadline = Instant::now() + config.connect_timeout;
    let (stream, encrypted) = dial(config, encrypt, deadline)?;
    let mut wire = Wire::new(stream);
    let mut settings = vec![
        ("user", config.user.as_str()),
        ("database", config.database.as_str()),
        ("client_encoding", "UTF8"),
        ("DateStyle", "ISO"),
    ];
    let options = config.search_path.as_ref().map(|path| {
        format!(
            "-c search_path={}",
            path.replace('\\', "\\\\").replace(' ', "\\ ")
        )
    });
    if let Some(options) = &options {
        settings.push(("options", options));
    }
    if let Some(name) = &config.application_name {
        settings.push(("application_name", name));
    }
    wire.put(|buffer| frontend::startup_message(settings, buffer))?;
    wire.flush()?;
    let mut look = || {
        if cancel.is_cancelled() {
            return Err(AdapterError::new(
                ErrorKind::Cancelled,
                "the connection was cancelled",
            ));
        }
        if Instant::now() > deadline {
            return Err(timed_out(config));
        }
        Ok(())
    };
    authenticate(config, &mut wire, &mut look)?;
    let mut key = None;
    loop {
        match wire.receive(&mut look)? {
            Message::BackendKeyData(body) => {
                key = Some(SessionKey {
                    process: body.process_id(),
                    secret: body.secret_key(),
                    encrypted,
                });
            }
            Message::ReadyForQuery(_) => return Ok(Login { wire, key }),
            Message::ErrorResponse(body) => return Err(error::of_login(&body, config)),
            _ => {}
        }
    }
}

fn timed_out(config: &Config) -> AdapterError {
    network(format!(
        "`{}` did not answer on port {} within {} seconds",
        config.host,
        config.port,
        config.connect_timeout.as_secs()
    ))
    .with_hint(
        "Check `host` and `port`, and that nothing between blocks the way; `connect_timeout` waits longer.",
    )
}

/// Opens a socket and, where asked, encrypts it; says whether it did.
fn dial(config: &Config, encrypt: Encrypt, deadline: Instant) -> Result<(Stream, bool), AdapterError> {
    #[cfg(unix)]
    if config.host.starts_with('/') {
        let path = format!("{}/.s.PGSQL.{}", config.host.trim_end_matches('/'), config.port);
        let stream = std::os::unix::net::UnixStream::connect(&path)
            .and_then(|stream| stream.set_read_timeout(Some(LOOK_EVERY)).map(|()| stream))
            .map_err(|e| network(format!("the socket `{path}` cannot be reached: {e}")))?;
        return Ok((Stream::Unix(stream), false));
    }
    let socket = connect(config, deadline)?;
    if encrypt == Encrypt::No {
        return Ok((Stream::Tcp(socket), false));
    }
    encrypted(config, encrypt, socket, deadline)
}

/// Tries the addresses of the host, one after the other.
fn connect(config: &Config, deadline: Instant) -> Result<TcpStream, AdapterError> {
    let addresses = (config.host.as_str(), config.port)
        .to_socket_addrs()
        .map_err(|e| {
            network(format!("the host `{}` was not found: {e}", config.host))
                .with_hint("Check `host` in profiles.yml.")
        })?;
    let mut last = None;
    for address in addresses {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(socket) => {
                let keep = socket2::TcpKeepalive::new();
                let keep = match config.keepalives_idle {
                    Some(idle) => keep.with_time(idle),
                    None => keep,
                };
                let keep = match config.keepalives_interval {
                    Some(interval) => keep.with_interval(interval),
                    None => keep,
                };
                let keep = match config.keepalives_count {
                    Some(count) => keep.with_retries(count),
                    None => keep,
                };
                let set = socket
                    .set_nodelay(true)
                    .and_then(|()| socket.set_read_timeout(Some(LOOK_EVERY)))
                    .and_then(|()| socket2::SockRef::from(&socket).set_tcp_keepalive(&keep));
                return set.map(|()| socket).map_err(|e| wire::lost(&e));
            }
            Err(e) if e.kind() == std::io::ErrorKind::TimedOut => last = Some(timed_out(config)),
            Err(e) => {
                last = Some(
                    network(format!(
                        "the server at `{}`, port {}, cannot be reached: {e}",
                        config.host, config.port
                    ))
                    .with_hint("Check that the server runs, and `host` and `port` in profiles.yml."),
                );
            }
        }
    }
    Err(last.unwrap_or_else(|| timed_out(config)))
}

/// Asks the server to encrypt, and shakes hands.
fn encrypted(
    config: &Config,
    encrypt: Encrypt,
    mut socket: TcpStream,
    deadline: Instant,
) -> Result<(Stream, bool), AdapterError> {
    use std::io::{Read, Write};
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    socket.write_all(&request).map_err(|e| wire::lost(&e))?;
    let mut answer = [0];
    loop {
        match socket.read(&mut answer) {
            Ok(0) => {
                return Err(network(
                    "the server closed the connection before it was encrypted".to_owned(),
                ));
            }
            Ok(_) => break,
            Err(e) if is_wait(&e) && Instant::now() <= deadline => {}
            Err(e) if is_wait(&e) => return Err(timed_out(config)),
            Err(e) => return Err(wire::lost(&e)),
        }
    }
    if answer != *b"S" {
        return match encrypt {
            Encrypt::Try => Ok((Stream::Tcp(socket), false)),
            _ => Err(AdapterError::new(
                ErrorKind::Config,
                "the server does not encrypt, but `sslmode` asks for it",
            )
            .with_hint("Set `sslmode: prefer` or `disable`, or let the server use TLS.")),
        };
    }
    let name = ServerName::try_from(config.host.clone()).map_err(|_| {
        AdapterError::new(
            ErrorKind::Config,
            format!("`{}` is no name that TLS can check", config.host),
        )
    })?;
    let connection = rustls::ClientConnection::new(tls::client_config(config)?, name)
        .map_err(|e| AdapterError::new(ErrorKind::Config, format!("{NO_TLS}: {e}")))?;
    let mut stream = rustls::StreamOwned::new(connection, socket);
    while stream.conn.is_handshaking() {
        match stream.conn.complete_io(&mut stream.sock) {
            Ok(_) => {}
            Err(e) if is_wait(&e) && Instant::now() <= deadline => {}
            Err(e) if is_wait(&e) => return Err(timed_out(config)),
            Err(e) => {
                let (why, hint) = tls::reason(&e, &config.host);
                return Err(AdapterError::new(ErrorKind::Config, format!("{NO_TLS}: {why}")).with_hint(hint));
            }
        }
    }
    Ok((Stream::Tls(Box::new(stream)), true))
}

fn is_wait(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

type Look<'a> = &'a mut dyn FnMut() -> Result<(), AdapterError>;

fn authenticate(config: &Config, wire: &mut Wire, look: Look<'_>) -> Result<(), AdapterError> {
    let password = config.password.as_bytes();
    loop {
        match wire.receive(look)? {
            Message::AuthenticationOk => return Ok(()),
            Message::AuthenticationCleartextPassword => {
                wire.put(|buffer| frontend::password_message(password, buffer))?;
            }
            Message::AuthenticationMd5Password(body) => {
                let hash = md5_hash(config.user.as_bytes(), password, body.salt());
                wire.put(|buffer| frontend::password_message(hash.as_bytes(), buffer))?;
            }
            Message::AuthenticationSasl(body) => {
                let offered: Vec<String> = body
                    .mechanisms()
                    .map(|m| Ok(m.to_owned()))
                    .collect()
                    .unwrap_or_default();
                if !offered.iter().any(|m| m == sasl::SCRAM_SHA_256) {
                    return Err(unknown_method(&offered.join(", ")));
                }
                scram(password, wire, look)?;
                continue;
            }
            Message::ErrorResponse(body) => return Err(error::of_login(&body, config)),
            Message::AuthenticationGss | Message::AuthenticationKerberosV5 | Message::AuthenticationSspi => {
                return Err(unknown_method("Kerberos"));
            }
            _ => return Err(unknown_method("a method of its own")),
        }
        wire.flush()?;
    }
}

fn unknown_method(name: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Auth,
        format!("the server wants to authenticate by {name}, which nexus does not know"),
    )
    .with_hint("Let pg_hba.conf ask this user for a password (scram-sha-256 or md5), or for a certificate.")
}

fn scram(password: &[u8], wire: &mut Wire, look: Look<'_>) -> Result<(), AdapterError> {
    let failed =
        |e: std::io::Error| AdapterError::new(ErrorKind::Auth, format!("the password exchange failed: {e}"));
    let mut exchange = sasl::ScramSha256::new(password, sasl::ChannelBinding::unsupported());
    wire.put(|buffer| frontend::sasl_initial_response(sasl::SCRAM_SHA_256, exchange.message(), buffer))?;
    wire.flush()?;
    loop {
        match wire.receive(look)? {
            Message::AuthenticationSaslContinue(body) => {
                exchange.update(body.data()).map_err(failed)?;
                wire.put(|buffer| frontend::sasl_response(exchange.message(), buffer))?;
                wire.flush()?;
            }
            Message::AuthenticationSaslFinal(body) => return exchange.finish(body.data()).map_err(failed),
            Message::ErrorResponse(body) => return Err(error::of_response(&body, None)),
            _ => return Err(unknown_method("another method in the middle of the exchange")),
        }
    }
}
