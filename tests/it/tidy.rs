//! What holds for the source as a whole: who imports whom, where databases are named, who writes to the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

use crate::support::environment::ROOT;
use crate::support::rust_source::{Keep, strip};

/// Who may import whom: the table of the architecture, and after the bar what was found to be needed beyond it.
/// Everyone may import `diagnostic`; `cli` may import all.
const IMPORTS: &[(&str, &str)] = &[
    ("diagnostic", ""),
    ("invocation", ""),
    ("events", ""),
    ("fs", ""),
    ("yaml", ""),
    ("sql", ""),
    ("adapters", "sql yaml invocation"),
    ("project", "yaml fs invocation"),
    ("jinja", "project adapters invocation | events yaml sql"),
    // A seed is hashed while it is parsed.
    ("manifest", "jinja project yaml events invocation | adapters fs"),
    // `selectors.yml` comes as a YAML document.
    ("graph", "manifest project | yaml"),
    (
        "compile",
        "graph manifest jinja adapters sql events invocation project",
    ),
    (
        "run",
        "compile graph manifest jinja adapters events invocation | project fs",
    ),
    ("report", "events"),
    ("identity", "run compile manifest adapters events"),
    // Whole numbers that JSON does not hold are written and read as those of YAML.
    (
        "artifacts",
        "run graph manifest fs yaml invocation | project jinja events",
    ),
    ("docs", "artifacts sql fs"),
    ("cli", "*"),
];

/// Databases, some of which have no folder yet.
const DATABASES: [&str; 6] = [
    "duckdb",
    "postgres",
    "snowflake",
    "bigquery",
    "redshift",
    "databricks",
];

const LINES_MAX: usize = 1000;

struct Source {
    /// Relative to the checkout.
    path: String,
    text: String,
}

impl Source {
    fn code(&self) -> String {
        strip(&self.text, Keep::Code)
    }

    /// Returns the first part of the path below `src`.
    fn room(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let room = rest.split('/').next()?;
        Some(room.strip_suffix(".rs").unwrap_or(room)).filter(|room| !matches!(*room, "lib" | "main"))
    }

    fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        parts
            .iter()
            .any(|part| matches!(*part, "tests" | "tests.rs" | "testing" | "testing.rs"))
    }
}

/// Reads all Rust files below a folder, by path.
fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut pending = vec![Path::new(ROOT).join(folder)];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let relative = path.strip_prefix(ROOT).unwrap();
                found.push(Source {
                    path: relative.to_str().unwrap().replace('\\', "/"),
                    text: std::fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn assert_none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n{}", faults.join("\n"));
}

/// Returns each match of a pattern as `path:line: what`.
fn matches(source: &Source, code: &str, pattern: &Regex) -> Vec<String> {
    pattern
        .find_iter(code)
        .map(|found| {
            let line = code[..found.start()].matches('\n').count() + 1;
            format!("{}:{line}: {}", source.path, found.as_str().trim())
        })
        .collect()
}

fn allowed(room: &str) -> Option<BTreeSet<&'static str>> {
    let (_, words) = IMPORTS.iter().find(|(name, _)| *name == room)?;
    if *words == "*" {
        return Some(IMPORTS.iter().map(|(name, _)| *name).collect());
    }
    let mut rooms: BTreeSet<&str> = words.split_whitespace().filter(|word| *word != "|").collect();
    rooms.insert("diagnostic");
    Some(rooms)
}

/// Returns the rooms that a file's code names, with the line of the first mention.
fn imports(code: &str) -> BTreeMap<String, usize> {
    let single = Regex::new(r"\bcrate::\s*([a-z_]+)").unwrap();
    let group = Regex::new(r"\bcrate::\s*\{").unwrap();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |room: &str, at: usize| {
        let line = code[..at].matches('\n').count() + 1;
        found.entry(room.to_owned()).or_insert(line);
    };
    for capture in single.captures_iter(code) {
        let room = capture.get(1).unwrap();
        add(room.as_str(), room.start());
    }
    for open in group.find_iter(code) {
        // The first word of each entry at the group's own level.
        let (mut depth, mut starts) = (0_usize, true);
        for (at, c) in code[open.end()..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts = true,
                c if starts && (c.is_ascii_lowercase() || c == '_') => {
                    let from = open.end() + at;
                    let word: String = code[from..]
                        .chars()
                        .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                        .collect();
                    add(&word, from);
                    starts = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn imports_of_groups_are_seen() {
    let code = "use crate::{fs, yaml::{Node, parse}, sql};\nfn f() { crate::events::g() }";
    let found: Vec<String> = imports(code).into_keys().collect();
    assert_eq!(found, ["events", "fs", "sql", "yaml"]);
}

#[test]
fn rooms_import_only_whom_they_may() {
    let rooms: BTreeSet<&str> = IMPORTS.iter().map(|(name, _)| *name).collect();
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_test()) {
        let Some(room) = source.room() else { continue };
        let Some(allowed) = allowed(room) else {
            faults.push(format!("{}: the room `{room}` is not in the table", source.path));
            continue;
        };
        for (named, line) in imports(&source.code()) {
            if named != room && rooms.contains(named.as_str()) && !allowed.contains(named.as_str()) {
                faults.push(format!(
                    "{}:{line}: `{room}` may not import `{named}`",
                    source.path
                ));
            }
        }
    }
    assert_none(
        &faults,
        "imports that the table in tests/it/tidy.rs does not have",
    );
}

#[test]
fn the_import_table_has_no_cycle() {
    let mut left: BTreeMap<&str, BTreeSet<&str>> = IMPORTS
        .iter()
        .map(|(name, _)| (*name, allowed(name).unwrap()))
        .collect();
    for (name, rooms) in &mut left {
        rooms.remove(name);
    }
    while !left.is_empty() {
        let free: Vec<&str> = left
            .iter()
            .filter(|(_, rooms)| rooms.is_empty())
            .map(|(name, _)| *name)
            .collect();
        assert!(!free.is_empty(), "a cycle among {:?}", left.keys());
        for name in free {
            left.remove(name);
            for rooms in left.values_mut() {
                rooms.remove(name);
            }
        }
    }
}

#[test]
fn databases_are_named_in_their_folder_only() {
    let named = Regex::new(&format!("(?i){}", DATABASES.join("|"))).unwrap();
    // The line that declares the folder, and the registry.
    let declaration = Regex::new(&format!(
        r"(?m)^\s*(pub(\(\w+\))? )?mod ({});$",
        DATABASES.join("|")
    ))
    .unwrap();
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_test()) {
        let own_folder = DATABASES
            .iter()
            .any(|d| source.path.starts_with(&format!("src/adapters/{d}/")));
        if own_folder || source.path == "src/adapters/registry.rs" {
            continue;
        }
        let code = strip(&source.text, Keep::CodeAndStrings);
        let code = if source.path == "src/adapters/mod.rs" {
            declaration.replace_all(&code, "").into_owned()
        } else {
            code
        };
        faults.extend(matches(source, &code, &named));
    }
    assert_none(&faults, "a database is named outside its folder");
}

#[test]
fn only_report_and_cli_write_to_the_terminal() {
    let writes = Regex::new(r"\b(e?println|e?print|dbg)!|\bstd::io::(stdout|stderr)\b").unwrap();
    // These panic where the reader of a pipe went away.
    let panics = Regex::new(r"\b(e?println|e?print|dbg)!").unwrap();
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_test()) {
        let may_write = matches!(source.room(), Some("report" | "cli"));
        faults.extend(matches(
            source,
            &source.code(),
            if may_write { &panics } else { &writes },
        ));
    }
    assert_none(
        &faults,
        "writing outside `report` and `cli`, or not by `say!` and `Output`",
    );
}

#[test]
fn the_environment_is_read_at_one_door() {
    let reads = Regex::new(r"\b(std::)?env::(vars?(_os)?|current_dir|home_dir)\b").unwrap();
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|source| !source.is_test()) {
        // Those who write the built-in macros read them from their checkout, in debug builds.
        if source.path != "src/invocation.rs" && source.path != "src/project/builtin.rs" {
            faults.extend(matches(source, &source.code(), &reads));
        }
    }
    assert_none(&faults, "the environment is read past `invocation`");
}

#[test]
fn nothing_is_left_to_do_and_no_test_is_switched_off() {
    let left = Regex::new(r"\b(todo|unimplemented)!|#\[\s*ignore").unwrap();
    let mut faults = Vec::new();
    for source in sources("src").iter().chain(&sources("tests")) {
        faults.extend(matches(source, &source.code(), &left));
    }
    assert_none(&faults, "stubs and ignored tests");
}

#[test]
fn every_code_is_documented_and_every_documented_code_exists() {
    let documented = std::fs::read_to_string(format!("{ROOT}/docs/errors.md")).unwrap();
    let heading = Regex::new(r"(?m)^## (N\d{4}): (.+)$").unwrap();
    let in_docs: BTreeMap<String, String> = heading
        .captures_iter(&documented)
        .map(|found| (found[1].to_owned(), found[2].trim().to_owned()))
        .collect();
    let in_code: BTreeMap<String, String> = nexus::diagnostic::CODES
        .iter()
        .map(|info| (info.code.to_string(), info.title.to_owned()))
        .collect();
    assert_eq!(
        in_code.len(),
        nexus::diagnostic::CODES.len(),
        "a code is used twice"
    );
    assert_eq!(
        heading.find_iter(&documented).count(),
        in_docs.len(),
        "a code is documented twice"
    );
    let missing: Vec<_> = in_code
        .keys()
        .filter(|code| !in_docs.contains_key(*code))
        .collect();
    assert!(missing.is_empty(), "docs/errors.md lacks {missing:?}");
    let unknown: Vec<_> = in_docs
        .keys()
        .filter(|code| !in_code.contains_key(*code))
        .collect();
    assert!(
        unknown.is_empty(),
        "docs/errors.md has codes that do not exist: {unknown:?}"
    );
    let differing: Vec<_> = in_code
        .iter()
        .filter(|(code, title)| in_docs[*code] != **title)
        .collect();
    assert!(
        differing.is_empty(),
        "titles in docs/errors.md differ from codes.rs: {differing:?}"
    );
    for section in documented.split("\n## ").skip(1) {
        for part in ["**Cause.**", "**Remedy.**"] {
            assert!(
                section.contains(part),
                "`{}` has no {part}",
                section.lines().next().unwrap_or("")
            );
        }
    }
}

#[test]
fn every_test_file_is_in_the_binary() {
    let mut faults = Vec::new();
    for source in sources("tests/it") {
        let Some((folder, file)) = source.path.rsplit_once('/') else {
            continue;
        };
        let (parent, name) = match file {
            "main.rs" => continue,
            "mod.rs" => match folder.rsplit_once('/') {
                Some((above, name)) => (above, name),
                None => continue,
            },
            file => (folder, file.trim_end_matches(".rs")),
        };
        let declares = |path: String| {
            let declaration = Regex::new(&format!(r"(?m)^\s*(pub(\(\w+\))? )?mod {name};")).unwrap();
            std::fs::read_to_string(path).is_ok_and(|text| declaration.is_match(&text))
        };
        let candidates = ["/main.rs", "/mod.rs", ".rs"].map(|end| format!("{ROOT}/{parent}{end}"));
        if !candidates.into_iter().any(declares) {
            faults.push(format!("{}: no `mod {name};`", source.path));
        }
    }
    assert_none(&faults, "test files that no module names");
}

#[test]
fn no_file_is_two_rooms_long() {
    let faults: Vec<String> = sources("src")
        .iter()
        .chain(&sources("tests"))
        .map(|source| (&source.path, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert_none(&faults, &format!("files of more than {LINES_MAX} lines"));
}
