//! Faults between nexus and PostgreSQL: a proxy that cuts the line, or says nothing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{response, results, rows, succeeds};

/// What the proxy does to a connection.
#[derive(Clone, Copy)]
enum Fault {
    /// Cuts the first so many connections before they are answered.
    Refuse(usize),
    /// Takes connections and says nothing.
    Silence,
    /// Says nothing to this one connection, of those that come; the others pass.
    SilenceAt(usize),
    /// Cuts a connection when a statement with this word comes by.
    CutAt(&'static str),
}

/// A proxy in front of the server of tests/lab; it ends with the test's process. Returns its port and how many
/// connections came.
fn proxy(fault: Fault) -> (u16, Arc<AtomicUsize>) {
    let server = Lab::of("postgres").output["port"].as_u64().unwrap();
    let server = u16::try_from(server).unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Arc::new(AtomicUsize::new(0));
    let count = came.clone();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for client in listener.incoming().flatten() {
            let number = count.fetch_add(1, Ordering::SeqCst);
            match fault {
                Fault::Refuse(first) if number < first => drop(client),
                Fault::Silence => silent.push(client),
                Fault::SilenceAt(one) if number == one => silent.push(client),
                Fault::CutAt(word) => forward(client, server, Some(word)),
                Fault::Refuse(_) | Fault::SilenceAt(_) => forward(client, server, None),
            }
        }
    });
    (port, came)
}

fn forward(client: TcpStream, server: u16, cut_at: Option<&'static str>) {
    let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
    pump(client.try_clone().unwrap(), server.try_clone().unwrap(), cut_at);
    pump(server, client, None);
}

fn pump(mut from: TcpStream, mut to: TcpStream, cut_at: Option<&'static str>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(length) = from.read(&mut buffer) {
            let sent = &buffer[..length];
            let cut = cut_at.is_some_and(|word| String::from_utf8_lossy(sent).contains(word));
            if length == 0 || cut || to.write_all(sent).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// A project whose target is reached by a port, with settings of its own.
fn shop(schema: &str, port: u16, settings: &Json) -> Environment {
    let environment = Environment::empty();
    environment.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels: {shop: {+materialized: table}}\n",
    );
    let mut output = Lab::of("postgres").output;
    output["schema"] = json!(schema);
    output["sslmode"] = json!("disable");
    output["threads"] = json!(1);
    let direct = output.clone();
    output["port"] = json!(port);
    for (key, value) in settings.as_object().unwrap() {
        output[key] = value.clone();
    }
    let profiles = json!({"shop": {"target": "lab", "outputs": {"lab": output, "direct": direct}}});
    environment.write("profiles.yml", &profiles.to_string());
    let sql = format!("drop schema if exists {schema} cascade");
    let dropped = environment.nexus(&["show", "--target", "direct", "--limit", "-1", "--inline", &sql]);
    succeeds(&dropped);
    environment
}

#[test]
fn a_connection_that_is_cut_is_tried_again() {
    let (port, came) = proxy(Fault::Refuse(1));
    let shop = shop("t_cut", port, &json!({"retries": 2}));
    shop.write("models/a.sql", "select 1 as id");
    succeeds(&shop.nexus(&["run"]));
    assert!(came.load(Ordering::SeqCst) >= 2);
}

#[test]
fn a_server_that_says_nothing_is_given_up_after_the_profile_s_time() {
    let (port, _) = proxy(Fault::Silence);
    let shop = shop("t_silence", port, &json!({"retries": 0, "connect_timeout": 2}));
    shop.write("models/a.sql", "select 1 as id");
    let output = shop.nexus(&["run"]);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(
        output.code != Some(0) && said.contains("did not answer"),
        "{said}"
    );
    assert!(said.contains("N0502") || said.contains("N05"), "{said}");
}

/// The node's own connection is answered too late: it is made again, and its first response counts that.
#[test]
fn a_login_that_is_answered_too_late_is_tried_again_and_counted() {
    let (port, came) = proxy(Fault::SilenceAt(1));
    let shop = shop("t_late", port, &json!({"retries": 1, "connect_timeout": 2}));
    shop.write("models/a.sql", "select 1 as id");
    succeeds(&shop.nexus(&["run"]));
    assert_eq!(came.load(Ordering::SeqCst), 3);
    assert_eq!(response(&shop, "model.shop.a")["retries"], json!(1));
}

/// PostgreSQL says of some errors that the statement did nothing and may succeed when it is sent again.
#[test]
fn a_statement_that_the_server_asks_to_repeat_is_repeated_and_counted() {
    let (port, _) = proxy(Fault::Refuse(0));
    let shop = shop("t_again", port, &json!({}));
    let flaky = "create schema t_again; create sequence t_again.tries; \
                 create function t_again.flaky() returns int language plpgsql as \
                 'begin if nextval(''t_again.tries'') < 3 then raise exception using errcode = ''40001'', \
                 message = ''could not serialize access''; end if; return 1; end'";
    succeeds(&shop.nexus(&["show", "--limit", "-1", "--inline", flaky]));
    shop.write("models/a.sql", "select t_again.flaky() as id");
    succeeds(&shop.nexus(&["run"]));
    assert_eq!(response(&shop, "model.shop.a")["retries"], json!(2));
}

#[test]
fn a_line_that_breaks_in_the_middle_leaves_the_old_table_and_nothing_beside() {
    let (port, _) = proxy(Fault::CutAt("rename to"));
    let shop = shop("t_break", port, &json!({"retries": 0}));
    shop.write("models/a.sql", "select 1 as id");
    shop.write("models/b.sql", "select 1 as id");
    succeeds(&shop.nexus(&["run", "--target", "direct"]));
    shop.write("models/a.sql", "select 2 as id");
    shop.write(
        "models/b.sql",
        "{{ config(materialized='incremental') }} select 2 as id",
    );
    let output = shop.nexus(&["run"]);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert_eq!(output.code, Some(1), "{said}");
    assert!(
        said.contains("the server closed the connection") || said.contains("was lost"),
        "{said}"
    );
    // The next node gets a connection of its own.
    assert!(
        said.contains("OK created sql incremental model t_break.b"),
        "{said}"
    );
    let sql = "select (select id from {{ ref('a') }}) as id, string_agg(relname, ' ' order by relname) as names from pg_class \
               where relnamespace = 't_break'::regnamespace and relkind = 'r'";
    let shown = shop.nexus(&[
        "--quiet", "show", "--target", "direct", "--inline", sql, "--output", "json",
    ]);
    succeeds(&shown);
    let shown: Json = serde_json::from_str(&shown.stdout[shown.stdout.find('{').unwrap()..]).unwrap();
    assert_eq!(shown["show"], json!([{"id": 1, "names": "a b"}]));
}

#[test]
fn a_statement_beyond_the_server_s_time_is_told_as_such_and_leaves_the_old_table() {
    let (port, _) = proxy(Fault::Refuse(0));
    let shop = shop("t_too_long", port, &json!({}));
    let slow = "{% if var('n', 1) == 2 %}, cast(pg_sleep(3600) as text) as slept{% endif %}";
    shop.write(
        "models/a.sql",
        &format!("{{{{ config(pre_hook=\"set statement_timeout = '200ms'\") }}}} select {{{{ var('n', 1) }}}} as n{slow}"),
    );
    shop.write(
        "models/b.sql",
        &format!(
            "{{{{ config(materialized='incremental', pre_hook=\"set statement_timeout = '200ms'\") }}}} \
             select {{{{ var('n', 1) }}}} as n{slow}"
        ),
    );
    succeeds(&shop.nexus(&["run"]));
    let run = shop.nexus(&["run", "--vars", "n: 2"]);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, Some(1), "a failure, not an interrupt: {said}");
    assert!(
        said.contains("error[N0501]: canceling statement due to statement timeout"),
        "{said}"
    );
    assert!(said.contains("ran longer than the `statement_timeout`"), "{said}");
    for result in results(&shop) {
        assert_eq!(result["status"], "error", "{result}");
    }
    for model in ["a", "b"] {
        let sql = format!("select n from {{{{ ref('{model}') }}}}");
        assert_eq!(rows(&shop, &sql), json!([{"n": 1}]));
    }
    let left =
        "select relname as name from pg_class where relnamespace = 't_too_long'::regnamespace order by 1";
    assert_eq!(rows(&shop, left), json!([{"name": "a"}, {"name": "b"}]));
}
