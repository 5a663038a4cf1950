//! A throw-away web server on the loopback: a hub of packages and whatever else a test wants fetched.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What is served, by path. Ends with the process of the test.
pub struct Server {
    pub url: String,
    pages: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// Paths asked for, in order.
    asked: Arc<Mutex<Vec<String>>>,
    /// How many requests are answered with 503 before all goes well.
    failures: Arc<Mutex<usize>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            pages: Arc::default(),
            asked: Arc::default(),
            failures: Arc::default(),
        };
        let (pages, asked, failures) = (
            server.pages.clone(),
            server.asked.clone(),
            server.failures.clone(),
        );
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut lines = BufReader::new(stream.try_clone().unwrap())
                    .lines()
                    .map_while(Result::ok);
                let path = lines
                    .next()
                    .and_then(|line| line.split(' ').nth(1).map(str::to_owned))
                    .unwrap_or_default();
                while lines.next().is_some_and(|line| !line.is_empty()) {}
                let mut left = failures.lock().unwrap();
                let page = pages.lock().unwrap().get(&path).cloned();
                let (status, body) = match page {
                    _ if *left > 0 => {
                        *left -= 1;
                        ("503 Busy", Vec::new())
                    }
                    Some(body) => ("200 OK", body),
                    None => ("404 Not Found", Vec::new()),
                };
                asked.lock().unwrap().push(path);
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream
                    .write_all(head.as_bytes())
                    .and_then(|()| stream.write_all(&body));
            }
        });
        server
    }

    pub fn serve(&self, path: &str, body: impl Into<Vec<u8>>) -> &Self {
        self.pages.lock().unwrap().insert(path.to_owned(), body.into());
        self
    }

    /// Changes a page that is served.
    pub fn change(&self, path: &str, how: impl Fn(&str) -> String) {
        let mut pages = self.pages.lock().unwrap();
        if let Some(page) = pages.get_mut(path) {
            *page = how(&String::from_utf8_lossy(page)).into_bytes();
        }
    }

    pub fn fail_first(&self, requests: usize) {
        *self.failures.lock().unwrap() = requests;
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Serves a package of the hub in versions, each given as (version, what the hub says of its `packages`).
    pub fn serve_package(&self, owner: &str, name: &str, versions: &[(&str, &str)]) -> &Self {
        let mut said = Vec::new();
        for (version, packages) in versions {
            let archive = format!("/{owner}/{name}/{version}.tar.gz");
            let project = format!("name: {name}\nversion: {version}\n");
            let folder = format!("{name}-{version}");
            self.serve(
                &archive,
                tarball(&[
                    (&format!("{folder}/dbt_project.yml"), &project),
                    (&format!("{folder}/macros/m.sql"), &format!("-- {version}")),
                ]),
            );
            said.push(format!(
                r#""{version}": {{"name": "{name}", "version": "{version}", "packages": {packages}, "require_dbt_version": [], "downloads": {{"tarball": "{}{archive}", "format": "tgz", "sha1": ""}}}}"#,
                self.url
            ));
        }
        let document = format!(
            r#"{{"name": "{name}", "namespace": "{owner}", "versions": {{{}}}}}"#,
            said.join(", ")
        );
        self.serve(&format!("/api/v1/{owner}/{name}.json"), document);
        let mut pages = self.pages.lock().unwrap();
        let names: Vec<String> = pages
            .keys()
            .filter_map(|path| path.strip_prefix("/api/v1/")?.strip_suffix(".json"))
            .filter(|name| name.contains('/'))
            .map(|name| format!("\"{name}\""))
            .collect();
        let index = format!("[{}]", names.join(", "));
        pages.insert("/api/v1/index.json".to_owned(), index.into_bytes());
        drop(pages);
        self
    }
}

/// Makes a `.tar.gz` of files.
pub fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        // Written as it is: a path may be one that the library would refuse.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// Makes a `.tar.gz` with a project and a link.
pub fn tarball_with_link(name: &str, place: &str, to: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let project = format!("name: {name}\n");
    let mut header = tar::Header::new_gnu();
    header.set_size(project.len() as u64);
    header.set_mode(0o644);
    builder
        .append_data(&mut header, format!("{name}/dbt_project.yml"), project.as_bytes())
        .unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder
        .append_link(&mut header, format!("{name}/{place}"), to)
        .unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}
