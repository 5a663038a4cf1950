//! A server of HTTP in front of an engine's: some requests it answers or cuts itself, the others it passes on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// The first line: method, path, version.
    pub line: String,
    pub headers: Vec<String>,
    pub body: String,
}

impl Request {
    pub fn is(&self, method: &str, path_end: &str) -> bool {
        let path = self.line.split(' ').nth(1).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        self.line.starts_with(method) && path.ends_with(path_end)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{}: ", name.to_ascii_lowercase());
        let found = self
            .headers
            .iter()
            .find(|h| h.to_ascii_lowercase().starts_with(&start))?;
        Some(&found[start.len()..])
    }
}

/// What becomes of a request.
pub enum Reply {
    /// The engine answers.
    Pass,
    /// The engine does it, and its answer is lost on the way.
    Lose,
    /// The engine does it, and its answer is kept back until whoever asked waits no longer.
    Hold,
    /// The engine answers, after a word of the request's body has become another of the same length.
    Amend(&'static str, &'static str),
    /// The line is cut before the engine hears of it.
    Cut,
    /// This status, with further headers and this body.
    Say(u16, &'static str, String),
}

/// A running front; it ends with the test's process.
pub struct Front {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Front {
    /// Starts one in front of the engine at a port. `decide` gets each request with all that came before.
    pub fn of(engine: u16, decide: impl Fn(&Request, &[Request]) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (decide, seen) = (Arc::new(decide), requests.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (decide, seen) = (decide.clone(), seen.clone());
                std::thread::spawn(move || {
                    let Some((request, raw)) = read(&client) else {
                        return;
                    };
                    let reply = {
                        let mut seen = seen.lock().unwrap();
                        let reply = decide(&request, &seen);
                        seen.push(request);
                        reply
                    };
                    answer(client, engine, &raw, &reply);
                });
            }
        });
        Self { port, requests }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the requests that came so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads a request, and makes of it the bytes that ask the engine for one answer only.
fn read(client: &TcpStream) -> Option<(Request, Vec<u8>)> {
    let mut reader = BufReader::new(client);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let line = lines.remove(0);
    let is = |header: &str, name: &str| header.to_ascii_lowercase().starts_with(name);
    let length = lines.iter().find(|h| is(h, "content-length:"));
    let length = length.map_or(0, |h| h[15..].trim().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    // A proxy is asked for whole addresses, a server for paths.
    let path = line.split(' ').nth(1)?;
    let own = match path.strip_prefix("http://") {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => path,
    };
    let mut raw = line.replace(path, own);
    for header in lines.iter().filter(|h| !is(h, "connection:")) {
        raw.push_str(&format!("\r\n{header}"));
    }
    raw.push_str("\r\nConnection: close\r\n\r\n");
    let mut raw = raw.into_bytes();
    raw.extend(&body);
    let body = String::from_utf8_lossy(&body).into_owned();
    let request = Request {
        line,
        headers: lines,
        body,
    };
    Some((request, raw))
}

/// The bytes of a request as the engine gets them.
fn amended(raw: &[u8], reply: &Reply) -> Vec<u8> {
    let mut out = raw.to_vec();
    if let Reply::Amend(word, other) = reply {
        assert_eq!(
            word.len(),
            other.len(),
            "the length of the body is said before it"
        );
        let at = out.windows(word.len()).rposition(|part| part == word.as_bytes());
        let at = at.unwrap_or_else(|| panic!("no `{word}` in the request"));
        out[at..at + word.len()].copy_from_slice(other.as_bytes());
    }
    out
}

fn answer(mut client: TcpStream, engine: u16, raw: &[u8], reply: &Reply) {
    let sent = match reply {
        Reply::Cut => Vec::new(),
        Reply::Say(status, headers, body) => format!(
            "HTTP/1.1 {status} x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
        Reply::Pass | Reply::Lose | Reply::Hold | Reply::Amend(..) => {
            let mut server = TcpStream::connect(("127.0.0.1", engine)).unwrap();
            server.write_all(&amended(raw, reply)).unwrap();
            let mut said = Vec::new();
            server.read_to_end(&mut said).unwrap();
            if matches!(reply, Reply::Lose) {
                said.clear();
            } else if matches!(reply, Reply::Hold) {
                // Ends when the other side hangs up.
                let _ = client.read(&mut [0]);
                said.clear();
            } else if let Some(end) = said.iter().position(|byte| *byte == b'\n') {
                said.splice(end + 1..=end, *b"Connection: close\r\n");
            }
            said
        }
    };
    // Who asked may be gone.
    let _ = client.write_all(&sent);
    let _ = client.shutdown(Shutdown::Both);
}
