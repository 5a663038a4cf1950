//! What nexus says to PostgreSQL: a proxy writes down every statement, and the tests count them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{profile, succeeds};

type Lines = Arc<Mutex<Vec<u8>>>;

/// A proxy in front of the server of tests/lab. Returns its port and, for each connection, the bytes that the client sent.
fn proxy() -> (u16, Arc<Mutex<Vec<Lines>>>) {
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
    (port, connections)
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

#[test]
fn a_run_asks_for_each_schema_once_however_many_relations_and_threads_there_are() {
    let shop = Environment::empty();
    shop.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels:\n  shop:\n    tables: {+materialized: table}\n    \
         others: {+materialized: view, +schema: others}\n",
    );
    for n in 0..20 {
        shop.write(&format!("models/tables/t{n}.sql"), "select 1 as id");
        shop.write(
            &format!("models/others/v{n}.sql"),
            &format!("select * from {{{{ ref('t{n}') }}}}"),
        );
    }
    let (port, connections) = proxy();
    let mut output = Lab::of("postgres").output;
    output["port"] = json!(port);
    output["schema"] = json!("t_statements");
    output["sslmode"] = json!("disable");
    output["threads"] = json!(4);
    profile(&shop, &output);
    succeeds(&shop.nexus(&["run"]));
    connections.lock().unwrap().clear();
    succeeds(&shop.nexus(&["run"]));
    let connections = connections.lock().unwrap();
    assert!(connections.len() <= 5, "{} connections", connections.len());
    let said: Vec<String> = connections
        .iter()
        .flat_map(|bytes| statements(&bytes.lock().unwrap()))
        .collect();
    let questions: Vec<&String> = said
        .iter()
        .filter(|sql| sql.contains("pg_catalog") || sql.contains("information_schema"))
        .collect();
    let count = |word: &str| questions.iter().filter(|sql| sql.contains(word)).count();
    assert_eq!(count("pg_class as c"), 2, "one listing a schema: {questions:#?}");
    assert_eq!(count("pg_catalog.pg_namespace order by"), 1, "{questions:#?}");
    // Threads that change their first relation at the same time each ask what views read.
    assert!((1..=4).contains(&count("pg_rewrite")), "{questions:#?}");
    assert_eq!(
        questions.len(),
        3 + count("pg_rewrite"),
        "nothing else: {questions:#?}"
    );
    // A table that is there takes a transaction, its statement, two renames, and the end of the old one.
    let of_model = |sql: &&String| sql.contains("model.shop.t7\"");
    assert_eq!(said.iter().filter(of_model).count(), 4, "{said:#?}");
    let begins = said.iter().filter(|sql| *sql == "BEGIN").count();
    assert!((20..=80).contains(&begins), "{begins}");
}
