//! `nexus deps`: packages of git, of the hub and of archives, compared with dbt where dbt can do the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::support::environment::{Environment, Output};
use crate::support::hub::{Server, tarball, tarball_with_link};
use crate::support::oracle::dbt;

const PROJECT: &str = "name: shop\nversion: '1.0'\nprofile: shop\n";
const PROFILES: &str = "shop: {target: d, outputs: {d: {type: duckdb, path: shop.duckdb}}}\n";

fn project(packages: &str) -> Environment {
    let project = Environment::empty();
    project
        .write("dbt_project.yml", PROJECT)
        .write("profiles.yml", PROFILES)
        .write("packages.yml", packages);
    project
}

fn deps(project: &Environment, server: Option<&Server>, arguments: &[&str]) -> Output {
    let mut command = project.command();
    if let Some(server) = server {
        command.env("DBT_PACKAGE_HUB_URL", format!("{}/", server.url));
    }
    let output = command.arg("deps").args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Output {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

fn succeeds(project: &Environment, server: Option<&Server>, arguments: &[&str]) -> String {
    let output = deps(project, server, arguments);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    output.stdout
}

fn fails(project: &Environment, server: Option<&Server>, arguments: &[&str], with: &str) {
    let output = deps(project, server, arguments);
    assert_eq!(output.code, Some(2), "{}\n{}", output.stdout, output.stderr);
    assert!(output.stderr.contains(with), "{with}\n{}", output.stderr);
    assert!(
        !project.path().join("dbt_packages").exists(),
        "nothing is installed by a call that failed"
    );
    let left: Vec<String> = names(project.path());
    assert!(!left.iter().any(|name| name.starts_with(".nexus")), "{left:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A repository with a package: tag `v1`, then branch `next`, then a later commit on `main`; in `sub/inner` another one.
fn repository() -> Environment {
    let repository = Environment::empty();
    let commit = |text: &str| {
        repository.write("macros/m.sql", text);
        git(repository.path(), &["add", "."]);
        git(repository.path(), &["commit", "-q", "-m", text]);
    };
    git(repository.path(), &["init", "-q"]);
    repository
        .write("dbt_project.yml", "name: lib\nversion: '1.0'\n")
        .write("sub/inner/dbt_project.yml", "name: inner\nversion: '1.0'\n")
        .write("sub/inner/macros/i.sql", "-- inner");
    commit("-- one");
    git(repository.path(), &["tag", "-a", "-m", "first", "v1"]);
    git(repository.path(), &["checkout", "-q", "-b", "next"]);
    commit("-- next");
    git(repository.path(), &["checkout", "-q", "main"]);
    commit("-- two");
    repository
}

fn url(repository: &Environment) -> String {
    format!("file://{}", repository.path().display())
}

/// Returns the files below a folder with their text, without what git keeps for itself.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(next) = pending.pop() {
        for name in names(&next) {
            let path = next.join(&name);
            if path.is_dir() && name != ".git" {
                pending.push(path);
            } else if path.is_file() {
                let relative = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(relative, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// Runs `dbt deps` on a copy of a project; returns the copy and what was printed.
fn by_dbt(project: &Environment, server: Option<&Server>, arguments: &[&str]) -> (Environment, String) {
    let other = Environment::empty();
    for (path, text) in tree(project.path()) {
        other.write(&path, &text);
    }
    let mut command = Command::new(dbt());
    command
        .current_dir(other.path())
        .env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        .env("NO_PROXY", "*");
    if let Some(server) = server {
        command.env("DBT_PACKAGE_HUB_URL", format!("{}/", server.url));
    }
    let output = command
        .args(["deps", "--profiles-dir", ".", "--no-version-check"])
        .args(arguments)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}");
    (other, printed)
}

/// Runs `dbt deps` on a copy of a project and compares the lock file and what is installed.
fn equals_dbt(project: &Environment, server: Option<&Server>, arguments: &[&str]) {
    let (other, _) = by_dbt(project, server, arguments);
    succeeds(project, server, arguments);
    for file in ["packages.yml", "package-lock.yml"] {
        let read = |at: &Environment| std::fs::read_to_string(at.path().join(file)).unwrap();
        assert_eq!(read(project), read(&other), "{file}");
    }
    let installed = |at: &Environment| tree(&at.path().join("dbt_packages"));
    assert_eq!(installed(project), installed(&other));
}

#[test]
fn git_packages_are_locked_and_installed_as_by_dbt() {
    let repository = repository();
    let url = url(&repository);
    let commit = git(repository.path(), &["rev-parse", "next"]);
    for revision in ["v1", "next", &commit] {
        equals_dbt(
            &project(&format!("packages:\n  - git: {url}\n    revision: {revision}\n")),
            None,
            &[],
        );
    }
    let inner = format!("packages:\n  - git: {url}\n    subdirectory: sub/inner\n    warn-unpinned: false\n");
    equals_dbt(&project(&inner), None, &[]);
}

#[test]
fn packages_of_the_hub_are_locked_and_installed_as_by_dbt() {
    let server = Server::start();
    let base = r#"[{"package": "acme/base", "version": [">=1.0.0", "<2.0.0"]}]"#;
    server
        .serve_package(
            "acme",
            "base",
            &[
                ("0.9.0", "[]"),
                ("1.2.0", "[]"),
                ("1.10.0", "[]"),
                ("2.0.0", "[]"),
                ("2.1.0-rc1", "[]"),
            ],
        )
        .serve_package("acme", "top_layer", &[("0.1.0", base), ("0.2.0", base)]);
    let asked = [
        "packages:\n  - package: acme/top_layer\n    version: 0.1.0\n",
        "packages:\n  - package: acme/top_layer\n    version: ['>=0.1.0']\n  - package: acme/base\n    version: '<1.5.0'\n",
        "packages:\n  - {package: acme/base, version: ['>=2.0.0'], install_prerelease: true}\n",
        "packages:\n  - {package: acme/base, version: '{{ env_var(\"NOT_SET\", \"1.2.0\") }}'}\n",
    ];
    for packages in asked {
        equals_dbt(&project(packages), Some(&server), &[]);
    }
}

#[test]
fn archives_and_local_packages_are_locked_and_installed_as_by_dbt() {
    let server = Server::start();
    server.serve(
        "/lib.tar.gz",
        tarball(&[
            ("lib-1/dbt_project.yml", "name: lib\n"),
            ("lib-1/macros/m.sql", "-- m"),
        ]),
    );
    let packages = format!(
        "packages:\n  - tarball: {}/lib.tar.gz\n    name: lib\n  - local: parts/one\n",
        server.url
    );
    let project = project(&packages);
    project
        .write("parts/one/dbt_project.yml", "name: one\nversion: '1.0'\n")
        // Of a package, dbt renders this file too.
        .write(
            "parts/one/dependencies.yml",
            "packages:\n  - local: \"parts/{{ env_var('PART', 'two') }}\"\n",
        )
        .write("parts/two/dbt_project.yml", "name: two\nversion: '1.0'\n");
    equals_dbt(&project, Some(&server), &[]);
}

#[test]
fn a_package_is_added_as_by_dbt() {
    let server = Server::start();
    server.serve_package("acme", "base", &[("1.0.0", "[]"), ("1.1.0", "[]")]);
    let at_first = "packages:\n  - package: acme/base\n    version: 1.0.0\n";
    equals_dbt(
        &project(at_first),
        Some(&server),
        &["--add-package", "acme/base@>=1.0.0,<2.0.0"],
    );
}

#[test]
fn a_locked_version_stays_until_an_upgrade() {
    let server = Server::start();
    server.serve_package("acme", "base", &[("1.0.0", "[]")]);
    let project = project("packages:\n  - {package: acme/base, version: ['>=1.0.0']}\n");
    succeeds(&project, Some(&server), &[]);
    server.serve_package("acme", "base", &[("1.0.0", "[]"), ("1.1.0", "[]")]);
    let installed =
        || std::fs::read_to_string(project.path().join("dbt_packages/base/macros/m.sql")).unwrap();
    succeeds(&project, Some(&server), &[]);
    assert_eq!(installed(), "-- 1.0.0");
    let said = succeeds(&project, Some(&server), &["--upgrade", "--dry-run"]);
    assert!(said.contains("Would install base from acme/base 1.1.0"), "{said}");
    assert_eq!(installed(), "-- 1.0.0");
    succeeds(&project, Some(&server), &["--upgrade", "--lock"]);
    assert_eq!(installed(), "-- 1.0.0");
    succeeds(&project, Some(&server), &[]);
    assert_eq!(installed(), "-- 1.1.0");
}

#[test]
fn a_busy_hub_is_asked_again_and_a_missing_page_is_not() {
    let server = Server::start();
    server.serve_package("acme", "base", &[("1.0.0", "[]")]);
    server.fail_first(2);
    let asked = project("packages:\n  - {package: acme/base, version: 1.0.0}\n");
    succeeds(&asked, Some(&server), &[]);
    let index = |paths: Vec<String>| paths.iter().filter(|p| p.ends_with("index.json")).count();
    assert_eq!(index(server.asked()), 3);
    let empty = Server::start();
    fails(
        &project("packages:\n  - {package: acme/base, version: 1.0.0}\n"),
        Some(&empty),
        &[],
        "the hub did not give",
    );
    assert_eq!(index(empty.asked()), 1);
}

#[test]
fn versions_that_do_not_fit_together_are_refused_where_they_stand() {
    let server = Server::start();
    let base = r#"[{"package": "acme/base", "version": ["<1.0.0"]}]"#;
    server
        .serve_package("acme", "base", &[("0.9.0", "[]"), ("1.0.0", "[]")])
        .serve_package("acme", "top", &[("0.1.0", base)]);
    let packages =
        "packages:\n  - {package: acme/top, version: 0.1.0}\n  - {package: acme/base, version: 1.0.0}\n";
    let output = deps(&project(packages), Some(&server), &[]);
    insta::assert_snapshot!(output.stderr);
}

#[test]
fn packages_that_cannot_be_had_are_refused() {
    let server = Server::start();
    server.serve_package("acme", "base", &[("0.9.0", "[]"), ("1.0.0", "[]")]);
    let cases = [
        (
            "{package: acme/bose, version: 1.0.0}",
            "did you mean `acme/base`?",
        ),
        (
            "{package: acme/base, version: 3.0.0}",
            "has no version `3.0.0` of `acme/base`; the newest are 1.0.0, 0.9.0",
        ),
        ("{package: acme/base, version: '1.0'}", "`1.0` is not a version"),
        ("{package: acme/base}", "has no `version`"),
        ("{package: base, version: 1.0.0}", "has no owner in its name"),
        ("{private: acme/base}", "only dbt's cloud service can fetch"),
        (
            "{git: 'ext::sh -c touch% /tmp/x'}",
            "the protocol `ext` is not allowed",
        ),
        (
            "{git: 'http://127.0.0.1/x.git'}",
            "the protocol `http` is not allowed",
        ),
        (
            "{git: '--upload-pack=touch x'}",
            "it is not an address of a repository",
        ),
        (
            "{git: 'file:///nowhere/at/all', revision: '--help'}",
            "is not a name of a branch",
        ),
    ];
    for (entry, with) in cases {
        fails(
            &project(&format!("packages:\n  - {entry}\n")),
            Some(&server),
            &[],
            with,
        );
    }
}

#[test]
fn git_faults_are_told() {
    let repository = repository();
    let url = url(&repository);
    let cases = [
        (
            format!("{{git: '{url}', revision: v9}}"),
            "no branch and no tag named `v9`",
        ),
        (
            format!("{{git: '{url}', revision: v1, subdirectory: no/such}}"),
            "has no folder `no/such`",
        ),
        (
            format!("{{git: '{url}', revision: v1, subdirectory: ../..}}"),
            "leads out of the repository",
        ),
        (
            format!("{{git: '{url}', revision: v1}}\n  - {{git: '{url}', revision: next}}"),
            "is asked for in 2 revisions",
        ),
    ];
    for (entry, with) in cases {
        fails(&project(&format!("packages:\n  - {entry}\n")), None, &[], with);
    }
}

#[test]
fn hooks_of_a_template_folder_do_not_run() {
    let repository = repository();
    let home = Environment::empty();
    home.write("template/hooks/post-checkout", "#!/bin/sh\ntouch \"$HOME/ran\"\n")
        .write(
            ".gitconfig",
            &format!("[init]\n  templateDir = {}/template\n", home.path().display()),
        );
    Command::new("chmod")
        .arg("+x")
        .arg(home.path().join("template/hooks/post-checkout"))
        .status()
        .unwrap();
    let project = project(&format!(
        "packages:\n  - {{git: '{}', revision: v1}}\n",
        url(&repository)
    ));
    let output = project
        .command()
        .env("HOME", home.path())
        .arg("deps")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!home.path().join("ran").exists());
}

/// Returns the warnings of JSON lines: names of the events, and what the summary of deprecations counts.
fn warnings(printed: &str) -> Vec<String> {
    let events = printed
        .lines()
        .filter_map(|line| serde_json::from_str::<Json>(line).ok());
    let warned = events.filter(|event| event["info"]["level"] == "warn");
    warned
        .map(|event| {
            let summed = event["data"]["summaries"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            let summed = summed
                .iter()
                .map(|s| format!("{}{}", s["event_code"], s["occurrences"]));
            format!("{} {}", event["info"]["name"], summed.collect::<String>())
        })
        .collect()
}

#[test]
fn a_package_that_moved_is_warned_of_as_by_dbt() {
    for moved in [
        r#""redirectname": "foundation""#,
        r#""redirectnamespace": "new_acme", "redirectname": null"#,
    ] {
        let server = Server::start();
        server.serve_package("acme", "base", &[("1.0.0", "[]")]);
        server.change("/api/v1/acme/base.json", |page| {
            page.replacen('{', &format!("{{{moved}, "), 1)
        });
        let project = project("packages:\n  - {package: acme/base, version: 1.0.0}\n");
        let (_, theirs) = by_dbt(&project, Some(&server), &["--log-format", "json"]);
        let ours = succeeds(&project, Some(&server), &["--log-format", "json"]);
        assert_eq!(warnings(&ours), warnings(&theirs));
        assert!(theirs.contains("D001") && ours.contains("D001"), "{ours}");
        let option = r#"{"error": ["PackageRedirectDeprecation"]}"#;
        fails_anew(&project, &server, &["--upgrade", "--warn-error-options", option]);
    }
}

/// Calls `deps` where it must fail for a package that is called otherwise today.
fn fails_anew(project: &Environment, server: &Server, arguments: &[&str]) {
    let output = deps(project, Some(server), arguments);
    assert_eq!(output.code, Some(2), "{}\n{}", output.stdout, output.stderr);
    assert!(
        output.stderr.contains("`acme/base` is called"),
        "{}",
        output.stderr
    );
}

#[test]
fn an_unpinned_package_is_warned_of() {
    let repository = repository();
    let project = project(&format!("packages:\n  - git: {}\n", url(&repository)));
    let output = deps(&project, None, &[]);
    assert_eq!(output.code, Some(0));
    let said = output.stdout + &output.stderr;
    assert!(
        said.contains("is not pinned, so its default branch is used"),
        "{said}"
    );
}

#[test]
fn an_archive_cannot_reach_outside_of_its_folder() {
    let server = Server::start();
    let good = ("lib/dbt_project.yml", "name: lib\n");
    server
        .serve("/up.tar.gz", tarball(&[good, ("lib/../../../evil", "x")]))
        .serve("/root.tar.gz", tarball(&[good, ("/tmp/nexus-evil", "x")]))
        .serve("/link.tar.gz", tarball_with_link("lib", "evil", "../../.."))
        .serve("/two.tar.gz", tarball(&[good, ("other/x", "x")]))
        .serve("/cut.tar.gz", tarball(&[good])[..40].to_vec())
        .serve("/good.tar.gz", tarball(&[good]));
    let cases = [
        ("up.tar.gz", "", "leads out of its folder"),
        ("root.tar.gz", "", "leads out of its folder"),
        ("link.tar.gz", "", "the link `lib/evil` leads out of the package"),
        ("two.tar.gz", "", "must hold one folder"),
        ("cut.tar.gz", "", "the archive is damaged"),
        ("good.tar.gz", ", sha256: 'aa'", "has another SHA-256 than `aa`"),
    ];
    for (file, more, with) in cases {
        let entry = format!(
            "packages:\n  - {{tarball: '{}/{file}', name: lib{more}}}\n",
            server.url
        );
        fails(&project(&entry), Some(&server), &[], with);
    }
}

#[test]
fn a_failed_call_leaves_what_was_installed() {
    let server = Server::start();
    server.serve_package("acme", "base", &[("1.0.0", "[]")]);
    let project = project("packages:\n  - {package: acme/base, version: 1.0.0}\n");
    succeeds(&project, Some(&server), &[]);
    let before = tree(project.path());
    let output = deps(&project, Some(&server), &["--add-package", "acme/none@1.0.0"]);
    assert_eq!(output.code, Some(2));
    assert_eq!(tree(project.path()), before);
}

#[test]
fn a_secret_in_an_address_does_not_get_into_the_lock_file() {
    let repository = repository();
    let project =
        project("packages:\n  - {git: 'file://{{ env_var(\"DBT_ENV_SECRET_PLACE\") }}', revision: v1}\n");
    let output = project
        .command()
        .env("DBT_ENV_SECRET_PLACE", repository.path())
        .arg("deps")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let locked = std::fs::read_to_string(project.path().join("package-lock.yml")).unwrap();
    assert!(
        locked.contains("{{ env_var(\"DBT_ENV_SECRET_PLACE\") }}"),
        "{locked}"
    );
}
