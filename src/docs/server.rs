//! A server of files for one person's browser: it answers GET and HEAD for what stands in one folder.
//!
//! It trusts nobody: paths cannot leave the folder, a request is short and must come soon, and a server of this
//! machine alone answers only those who ask for this machine by name, so that no foreign page can read through it.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs;

const REQUEST_BYTES_MAX: usize = 16 << 10;
const REQUEST_TIME_MAX: Duration = Duration::from_secs(5);
/// How long nobody looks whether the server was told to stop.
const PAUSE: Duration = Duration::from_millis(50);

/// A server that listens already.
pub struct Server {
    listener: TcpListener,
    folder: PathBuf,
    address: SocketAddr,
}

impl Server {
    /// Listens on an address; port 0 is any free one.
    ///
    /// # Errors
    /// `N0101` where the folder is missing, `N0701` where the address cannot be listened on.
    pub fn listen(host: &str, port: u16, folder: &Path) -> Result<Self> {
        let folder = folder
            .canonicalize()
            .map_err(|error| fs::fault("read the folder", folder, &error))?;
        let fault = |error: std::io::Error| {
            Diagnostic::error(
                Code::USAGE,
                format!("`{host}` port {port} cannot be listened on: {error}"),
            )
            .hint("Give another port with --port, or another address with --host.")
        };
        let listener = TcpListener::bind((host, port)).map_err(fault)?;
        listener.set_nonblocking(true).map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        Ok(Self {
            listener,
            folder,
            address,
        })
    }

    /// Returns the address for a browser.
    pub fn url(&self) -> String {
        let host = match self.address.ip() {
            ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            ip @ IpAddr::V4(_) => ip.to_string(),
        };
        format!("http://{host}:{}", self.address.port())
    }

    /// Answers until `stop` says so.
    pub fn serve(&self, stop: &dyn Fn() -> bool) {
        std::thread::scope(|scope| {
            while !stop() {
                match self.listener.accept() {
                    Ok((stream, _)) => {
                        scope.spawn(move || {
                            // A browser that goes away is no fault of the server's.
                            let _ = self.answer(stream);
                        });
                    }
                    Err(_) => std::thread::sleep(PAUSE),
                }
            }
        });
    }

    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(REQUEST_TIME_MAX))?;
        stream.set_write_timeout(Some(REQUEST_TIME_MAX))?;
        let Some(request) = head(&mut stream)? else {
            return respond(&mut stream, "400 Bad Request", "text/plain", b"", false);
        };
        let mut lines = request.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let only_head = method == "HEAD";
        if !only_head && method != "GET" {
            return respond(&mut stream, "405 Method Not Allowed", "text/plain", b"", false);
        }
        let host = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("host"));
        if self.address.ip().is_loopback() && !host.is_some_and(|(_, host)| is_this_machine(host.trim())) {
            return respond(&mut stream, "403 Forbidden", "text/plain", b"", only_head);
        }
        match self
            .file(target)
            .and_then(|path| Some((std::fs::read(&path).ok()?, path)))
        {
            Some((content, path)) => respond(&mut stream, "200 OK", kind(&path), &content, only_head),
            None => respond(
                &mut stream,
                "404 Not Found",
                "text/plain",
                b"not found\n",
                only_head,
            ),
        }
    }

    /// Returns the file that a request names, if it stands in the folder.
    fn file(&self, target: &str) -> Option<PathBuf> {
        let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
        let path = unescaped(path)?;
        let mut found = self.folder.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part.starts_with('.') || part.contains(['\\', ':', '\0']) {
                return None;
            }
            found.push(part);
        }
        if found.is_dir() {
            found.push("index.html");
        }
        let real = found.canonicalize().ok()?;
        (real.starts_with(&self.folder) && real.is_file()).then_some(real)
    }
}

/// Reads a request up to its blank line; none where it is too long or no text.
fn head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut part = [0_u8; 2048];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut part)?;
        if count == 0 || bytes.len() + count > REQUEST_BYTES_MAX {
            return Ok(None);
        }
        bytes.extend_from_slice(&part[..count]);
    }
    Ok(String::from_utf8(bytes).ok())
}

fn respond(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    content: &[u8],
    only_head: bool,
) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes())?;
    if !only_head {
        stream.write_all(content)?;
    }
    stream.flush()
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Returns a path without its `%20`s; none where they are wrong.
fn unescaped(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |b: Option<u8>| char::from(b?).to_digit(16);
            let value = digit(rest.next())? * 16 + digit(rest.next())?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("sql" | "txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Asks a server of a folder that holds `index.html` and, beside the folder, `secret`.
    fn ask(request: &str) -> String {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("target");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        std::fs::write(folder.join("index.html"), "the page").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path().join("secret"), folder.join("link")).unwrap();
        let server = Server::listen("127.0.0.1", 0, &folder).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| server.serve(&|| stop.load(Ordering::SeqCst)));
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            stop.store(true, Ordering::SeqCst);
            answer
        })
    }

    #[test]
    fn the_page_is_served_at_the_root() {
        let answer = ask("GET /?x=1 HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"),
            "{answer}"
        );
        assert!(answer.ends_with("\r\n\r\nthe page"), "{answer}");
    }

    #[test]
    fn nothing_outside_of_the_folder_is_served() {
        for path in [
            "/../secret",
            "/%2e%2e/secret",
            "/link",
            "//etc/passwd",
            "/..%5csecret",
        ] {
            let answer = ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        }
    }

    #[test]
    fn a_server_of_this_machine_answers_no_other_name() {
        let answer = ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }

    #[test]
    fn only_reading_is_answered() {
        let answer = ask("DELETE /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
        let answer = ask("HEAD / HTTP/1.1\r\nHost: [::1]:1\r\n\r\n");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}
