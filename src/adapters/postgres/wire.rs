//! Messages to and from the server over one socket. It blocks, but looks at the cancel token while it waits.

use std::collections::HashMap;
use std::io::{ErrorKind as IoKind, Read, Write};
use std::net::TcpStream;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;

use crate::adapters::{AdapterError, ErrorKind};

/// How often a wait for the server looks at what else may have happened.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(30);
const READ_AT_ONCE: usize = 64 * 1024;

pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    Tls(Box<rustls::StreamOwned<rustls::ClientConnection, TcpStream>>),
}

impl Stream {
    fn source(&mut self) -> &mut dyn Read {
        match self {
            Self::Tcp(stream) => stream,
            #[cfg(unix)]
            Self::Unix(stream) => stream,
            Self::Tls(stream) => stream.as_mut(),
        }
    }

    pub(super) fn sink(&mut self) -> &mut dyn Write {
        match self {
            Self::Tcp(stream) => stream,
            #[cfg(unix)]
            Self::Unix(stream) => stream,
            Self::Tls(stream) => stream.as_mut(),
        }
    }
}

/// A socket with what came and is not yet read.
pub(super) struct Wire {
    stream: Stream,
    incoming: BytesMut,
    outgoing: BytesMut,
    chunk: Box<[u8]>,
    /// What the server said of itself, such as `server_version` and `TimeZone`.
    pub parameters: HashMap<String, String>,
}

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
            chunk: vec![0; READ_AT_ONCE].into_boxed_slice(),
            parameters: HashMap::new(),
        }
    }

    /// Puts a message into the buffer of what is to be sent.
    pub(super) fn put(
        &mut self,
        message: impl FnOnce(&mut BytesMut) -> std::io::Result<()>,
    ) -> Result<(), AdapterError> {
        message(&mut self.outgoing)
            .map_err(|e| AdapterError::new(ErrorKind::Other, format!("the statement cannot be sent: {e}")))
    }

    /// Says whether the other end has gone while nothing was asked of it.
    pub(super) fn is_stale(&mut self) -> bool {
        let socket = match &self.stream {
            Stream::Tcp(socket) => socket,
            Stream::Tls(stream) => &stream.sock,
            #[cfg(unix)]
            Stream::Unix(_) => return false,
        };
        let peeked = socket.set_nonblocking(true).and_then(|()| socket.peek(&mut [0]));
        let blocks = socket.set_nonblocking(false).is_ok();
        match peeked {
            Ok(length) => length == 0 || !blocks,
            Err(e) => e.kind() != IoKind::WouldBlock || !blocks,
        }
    }

    /// Sends what was put.
    pub(super) fn flush(&mut self) -> Result<(), AdapterError> {
        let sink = self.stream.sink();
        let sent = sink.write_all(&self.outgoing).and_then(|()| sink.flush());
        self.outgoing.clear();
        sent.map_err(|e| lost(&e))
    }

    /// Waits for the next message that answers something; what the server says unasked is taken on the way.
    /// `look` is called while nothing comes, and ends the wait by an error.
    pub(super) fn receive(
        &mut self,
        look: &mut dyn FnMut() -> Result<(), AdapterError>,
    ) -> Result<Message, AdapterError> {
        loop {
            match Message::parse(&mut self.incoming).map_err(|e| lost(&e))? {
                Some(Message::ParameterStatus(body)) => {
                    if let (Ok(name), Ok(value)) = (body.name(), body.value()) {
                        self.parameters.insert(name.to_owned(), value.to_owned());
                    }
                }
                Some(Message::NoticeResponse(_) | Message::NotificationResponse(_)) => {}
                Some(message) => return Ok(message),
                None => self.read(look)?,
            }
        }
    }

    fn read(&mut self, look: &mut dyn FnMut() -> Result<(), AdapterError>) -> Result<(), AdapterError> {
        match self.stream.source().read(&mut self.chunk) {
            Ok(0) => Err(closed()),
            Ok(length) => {
                self.incoming.extend_from_slice(&self.chunk[..length]);
                look()
            }
            Err(e) if matches!(e.kind(), IoKind::WouldBlock | IoKind::TimedOut) => look(),
            Err(e) if e.kind() == IoKind::Interrupted => Ok(()),
            Err(e) if e.kind() == IoKind::UnexpectedEof => Err(closed()),
            Err(e) => Err(lost(&e)),
        }
    }
}

fn closed() -> AdapterError {
    network("the server closed the connection".to_owned())
}

pub(super) fn lost(error: &std::io::Error) -> AdapterError {
    network(format!("the connection to the server was lost: {error}"))
}

pub(super) fn network(message: String) -> AdapterError {
    AdapterError {
        temporary: true,
        ..AdapterError::new(ErrorKind::Network, message)
    }
}
