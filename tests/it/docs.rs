//! `docs`: the page that stands alone, and the server that shows it. The catalog is compared with dbt's in `parity`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::support::environment::Environment;

const PROJECT: &str = "tests/parity/projects/documentation";

fn built() -> Environment {
    let project = Environment::of_project(PROJECT);
    let done = project.nexus(&["build"]);
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
    project
}

fn read(project: &Environment, path: &str) -> String {
    std::fs::read_to_string(project.path().join(path)).unwrap()
}

#[test]
fn the_static_page_holds_manifest_and_catalog() {
    let project = built();
    project.write(
        "models/orders.md",
        "{% docs orders %}</script><script>alert(1)</script>{% enddocs %}",
    );
    let done = project.nexus(&["docs", "generate", "--static"]);
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
    let page = read(&project, "target/static_index.html");
    assert!(page.contains("\"unique_id\":\"model.documentation.orders\""));
    assert!(page.contains("\\u003c/script>\\u003cscript>alert(1)"));
    assert!(!page.contains("<script>alert"));
    // The page itself asks for both beside it.
    assert!(!read(&project, "target/index.html").contains("model.documentation.orders"));
    assert!(read(&project, "target/pictures/small/dot.svg").starts_with("<svg"));
}

#[test]
fn without_compiling_no_sql_is_written() {
    let project = built();
    std::fs::remove_dir_all(project.path().join("target")).unwrap();
    let done = project.nexus(&["docs", "generate", "--no-compile", "--empty-catalog"]);
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
    let catalog: serde_json::Value = serde_json::from_str(&read(&project, "target/catalog.json")).unwrap();
    assert_eq!(catalog["nodes"], serde_json::json!({}));
    assert!(!project.path().join("target/compiled").exists());
    // What an earlier call wrote stays, so that its compiled SQL is not lost.
    assert!(!project.path().join("target/manifest.json").exists());
}

#[test]
fn a_model_that_does_not_compile_leaves_no_catalog() {
    let project = built();
    project.write(
        "models/wrong.sql",
        "select {{ exceptions.raise_compiler_error('no') }}",
    );
    let done = project.nexus(&["docs", "generate"]);
    assert_ne!(done.code, Some(0));
    assert!(!project.path().join("target/catalog.json").exists());
}

#[test]
fn the_server_shows_the_page_until_it_is_interrupted() {
    let project = built();
    let done = project.nexus(&["docs", "generate"]);
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
    let mut child = project
        .command()
        .args(["docs", "serve", "--port", "0", "--no-browser"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let line = lines.find(|line| line.contains("http://localhost:")).unwrap();
    let (_, rest) = line.split_once("localhost:").unwrap();
    let port: u16 = rest.split(' ').next().unwrap().parse().unwrap();
    for (path, wanted) in [
        ("/", "<title>Project documentation</title>"),
        ("/catalog.json", "model.documentation.orders"),
        ("/manifest.json", "model.documentation.orders"),
        ("/pictures/small/dot.svg", "<circle"),
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{path}: {answer}");
        assert!(answer.contains(wanted), "{path}: {answer}");
    }
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn without_a_catalog_nothing_is_served() {
    let project = Environment::of_project(PROJECT);
    let done = project.nexus(&["docs", "serve", "--port", "0", "--no-browser"]);
    assert_eq!(done.code, Some(2));
    assert!(
        done.stderr.contains("Run `nexus docs generate` first."),
        "{}",
        done.stderr
    );
}
