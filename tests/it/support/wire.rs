//! A proxy in front of the PostgreSQL of tests/lab that writes down every statement which comes by.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::lab::Lab;

type Lines = Arc<Mutex<Vec<u8>>>;

/// A running proxy; it ends with the test's process.
pub struct Wire {
    pub port: u16,
    /// For each connection, the bytes that the client sent.
    connections: Arc<Mutex<Vec<Lines>>>,
}

impl Wire {
    pub fn start() -> Self {
        let server = Lab::of("postgres").output["port"].as_u64().unwrap();
        let server = u16::try_from(server).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections: Arc<Mutex<Vec<Lines>>> = Arc::default();
        let all = connections.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let lines = Lines::default();
                all.lock().unwrap().push(lines.clone());
                let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
                pump(client.try_clone().unwrap(), server.try_clone().unwrap(), lines);
                pump(server, client, Lines::default());
            }
        });
        Self { port, connections }
    }

    /// Forgets what came so far.
    pub fn clear(&self) {
        self.connections.lock().unwrap().clear();
    }

    /// Returns how many connections came.
    pub fn connections(&self) -> usize {
        self.connections.lock().unwrap().len()
    }

    /// Returns the statements of all connections, one after the other.
    pub fn statements(&self) -> Vec<String> {
        let connections = self.connections.lock().unwrap();
        let lines = connections.iter();
        lines
            .flat_map(|bytes| statements(&bytes.lock().unwrap()))
            .collect()
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, lines: Lines) {
    std::thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(length) = from.read(&mut buffer) {
            lines.lock().unwrap().extend_from_slice(&buffer[..length]);
            if length == 0 || to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// The texts of the query messages among the bytes of a connection, which begin with a message that has no letter.
fn statements(bytes: &[u8]) -> Vec<String> {
    let length = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let mut at = length(0);
    let mut found = Vec::new();
    while at + 5 <= bytes.len() {
        let end = at + 1 + length(at + 1);
        if bytes[at] == b'Q' {
            found.push(String::from_utf8_lossy(&bytes[at + 5..end - 1]).into_owned());
        }
        at = end;
    }
    found
}
