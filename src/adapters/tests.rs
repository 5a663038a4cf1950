//! The behaviour that every adapter promises, shown on the embedded one.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};

use super::{
    Adapter, AdapterError, CsvFile, ErrorKind, Execute, Relation, RelationKind, Session, Spoken, adapter_for,
};
use crate::diagnostic::{SourceFile, render_text};
use crate::invocation::{Cancel, Invocation};
use crate::yaml::{Document, Mapping, Node, Value};

/// A profile's output as a document without places.
pub(super) fn profile(settings: &Json) -> Document {
    Document {
        file: SourceFile::new("profiles.yml", ""),
        root: node(settings),
        warnings: Vec::new(),
    }
}

fn node(json: &Json) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => n
            .as_i64()
            .map_or_else(|| Value::Float(n.as_f64().unwrap_or(0.0)), Value::Int),
        Json::String(s) => Value::Str(s.as_str().into()),
        Json::Array(items) => Value::Seq(items.iter().map(node).collect()),
        Json::Object(map) => Value::Map(Mapping {
            entries: map
                .iter()
                .map(|(k, v)| (node(&Json::from(k.as_str())), node(v)))
                .collect(),
        }),
    };
    Node {
        value,
        start: 0,
        end: 0,
    }
}

fn adapter(settings: &Json) -> Arc<dyn Adapter> {
    let document = profile(settings);
    adapter_for(&document, &document.root, &Invocation::default()).expect("the profile fits")
}

fn session() -> Session {
    Session::new(adapter(&json!({"type": "duckdb"})), Cancel::default())
}

const FETCH: Execute = Execute {
    fetch: true,
    limit: None,
};

fn run(session: &Session, sql: &str) {
    session
        .execute(sql, Execute::default())
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// The rows as text, one line a row.
fn rows(session: &Session, sql: &str) -> Vec<String> {
    let response = session
        .execute(sql, FETCH)
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    let mut out = Vec::new();
    for batch in &response.batches {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| {
                duckdb::arrow::util::display::array_value_to_string(column, row)
                    .expect("a value can be shown")
            });
            out.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    out
}

fn fails(session: &Session, sql: &str) -> AdapterError {
    session
        .execute(sql, FETCH)
        .err()
        .unwrap_or_else(|| panic!("{sql} succeeded"))
}

fn relation(name: &str) -> Relation {
    Relation::new(Some("memory"), Some("main"), Some(name)).with_kind(Some(RelationKind::Table))
}

#[test]
fn an_unknown_type_is_named_with_those_that_are_known() {
    let document = profile(&json!({"type": "duckbd"}));
    let error = adapter_for(&document, &document.root, &Invocation::default())
        .err()
        .expect("there is no such database");
    assert_eq!(
        error.message(),
        "the database type `duckbd` of this target is not known"
    );
    assert_eq!(error.hints()[0], "Did you mean `duckdb`?");
}

#[test]
fn several_statements_answer_for_the_last() {
    let session = session();
    assert_eq!(
        rows(
            &session,
            "create table t (a int); insert into t values (1), (2); select a from t order by a"
        ),
        ["1", "2"]
    );
    let response = session
        .execute("select 1 as x where false", FETCH)
        .expect("an empty result is fine");
    assert_eq!(response.schema.expect("the schema is there").field(0).name(), "x");
    assert_eq!(response.message, "OK");
}

#[test]
fn a_limit_stops_in_the_middle_of_a_batch() {
    let session = session();
    let options = Execute {
        fetch: true,
        limit: Some(5000),
    };
    let response = session
        .execute("select range from range(1000000)", options)
        .expect("it runs");
    assert_eq!(response.batches.iter().map(|b| b.num_rows()).sum::<usize>(), 5000);
    let options = Execute {
        fetch: true,
        limit: Some(0),
    };
    let response = session.execute("select 1 as x", options).expect("it runs");
    assert!(response.batches.is_empty() && response.schema.is_some());
    assert_eq!(rows(&session, "select 2"), ["2"]);
}

#[test]
fn comments_alone_are_no_error() {
    let session = session();
    assert!(session.execute("-- nothing\n", FETCH).is_ok());
    assert!(session.execute("-- nothing\n", Execute::default()).is_ok());
    assert!(session.execute("", Execute::default()).is_ok());
}

#[test]
fn siblings_share_one_memory_and_have_their_own_transactions() {
    let one = session();
    let two = one.sibling();
    run(&one, "create table t (a int)");
    one.begin().expect("a transaction begins");
    one.begin().expect("a second begin does nothing");
    run(&one, "insert into t values (1)");
    assert_eq!(rows(&two, "select count(*) from t"), ["0"]);
    one.commit().expect("it commits");
    assert_eq!(rows(&two, "select count(*) from t"), ["1"]);
    one.commit().expect("a commit without a transaction does nothing");
}

#[test]
fn a_failed_transaction_is_rolled_back_and_the_session_lives_on() {
    let session = session();
    run(&session, "create table t (a int)");
    session.begin().expect("a transaction begins");
    run(&session, "insert into t values (1)");
    assert_eq!(fails(&session, "select 1/0, 'x'::int").kind, ErrorKind::Other);
    session.rollback().expect("it rolls back");
    assert_eq!(rows(&session, "select count(*) from t"), ["0"]);
}

#[test]
fn users_own_transaction_words_do_not_confuse_the_session() {
    let session = session();
    session.begin().expect("a transaction begins");
    run(&session, "create table t (a int); commit");
    session.commit().expect("the work is done already");
    run(&session, "begin");
    session.begin().expect("it is open already");
    session.rollback().expect("it rolls back");
    assert_eq!(rows(&session, "select count(*) from t"), ["0"]);
}

#[test]
fn dropping_a_session_rolls_back() {
    let one = session();
    let two = one.sibling();
    run(&one, "create table t (a int)");
    two.begin().expect("a transaction begins");
    run(&two, "insert into t values (1)");
    drop(two);
    assert_eq!(rows(&one, "select count(*) from t"), ["0"]);
}

#[test]
fn errors_have_kind_and_place_in_the_statement_without_its_comment() {
    let session = session();
    session.set_query_comment(Some("{\"app\": \"nexus\"}\nsecond line".to_owned()), false);
    let error = fails(&session, "select\n  foo\nfrom bar");
    assert_eq!((error.kind, error.position), (ErrorKind::Missing, Some((3, 6))));
    assert_eq!(fails(&session, "selec 1").kind, ErrorKind::Syntax);
    assert_eq!(fails(&session, "selec 1").position, Some((1, 1)));
    let long = format!("select {} nope(1), {}", "1, ".repeat(60), "2, ".repeat(60));
    assert_eq!(fails(&session, &long).position, Some((1, 189)));
    let shown = render_text(
        &error.diagnostic(Some(("target/compiled/m.sql", "select\n  foo\nfrom bar"))),
        false,
    );
    assert!(shown.contains("--> target/compiled/m.sql:3:6"), "{shown}");
    assert!(shown.contains("3 | from bar\n  |      ^^^"), "{shown}");
    assert!(
        shown.contains("error[N0501]: Catalog Error: Table with name bar does not exist!"),
        "{shown}"
    );
    assert!(!shown.contains("LINE"), "{shown}");
}

#[test]
fn the_observer_sees_the_final_text() {
    let session = session();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    session.set_observer(Some(Arc::new(move |name, spoken| {
        let line = match spoken {
            Spoken::Sent { sql } => format!("{name}: {sql}"),
            Spoken::Answered { message, .. } => message.to_owned(),
        };
        sink.lock().expect("no panic").push(line);
    })));
    session.set_name(&Arc::from("model.shop.m"));
    session.set_query_comment(Some("who".to_owned()), true);
    run(&session, "select 1;");
    session.set_query_comment(Some("who".to_owned()), false);
    run(&session, "select 1");
    session.begin().expect("a transaction begins");
    session.begin().expect("it has begun");
    session.rollback().expect("and is rolled back");
    session.rollback().expect("without one nothing is sent");
    let seen = seen.lock().expect("no panic");
    let said = [
        "model.shop.m: select 1\n/* who */;",
        "OK",
        "model.shop.m: /* who */\nselect 1",
        "OK",
        "model.shop.m: BEGIN",
        "OK",
        "model.shop.m: ROLLBACK",
        "OK",
    ];
    assert_eq!(*seen, said);
}

#[test]
fn a_cancelled_token_refuses_the_next_statement_and_still_rolls_back() {
    let cancel = Cancel::default();
    let session = Session::new(adapter(&json!({"type": "duckdb"})), cancel.clone());
    session.begin().expect("a transaction begins");
    cancel.cancel();
    assert_eq!(fails(&session, "select 1").kind, ErrorKind::Cancelled);
    session.rollback().expect("it rolls back");
}

#[test]
fn a_running_statement_stops_when_cancelled() {
    let cancel = Cancel::default();
    let session = Session::new(adapter(&json!({"type": "duckdb"})), cancel.clone());
    run(&session, "select 1");
    let stopper = std::thread::spawn(move || cancel.cancel());
    // Far longer than anyone would wait, if nothing stopped it.
    let error = fails(
        &session,
        "select count(*) from range(10000000) a, range(10000000) b where a.range * b.range = 7",
    );
    assert_eq!(error.kind, ErrorKind::Cancelled);
    stopper.join().expect("the other thread ends");
}

#[test]
fn the_catalog_is_read_once_and_follows_changes() {
    let session = session();
    run(
        &session,
        "create table \"Seen\" (a int); create view v as select 1 as a",
    );
    let found = session
        .get_relation("MEMORY", "Main", "seen")
        .expect("it reads")
        .expect("it is there");
    assert_eq!(
        (found.to_string().as_str(), found.kind),
        ("\"MEMORY\".\"main\".\"Seen\"", Some(RelationKind::Table))
    );
    assert_eq!(
        session.list_relations("memory", "main").expect("it reads").len(),
        2
    );
    // Not told to the catalog, so not seen: the schema is not read a second time.
    run(&session, "create table unseen (a int)");
    assert_eq!(
        session
            .get_relation("memory", "main", "unseen")
            .expect("it reads"),
        None
    );
    session.cache_added(&relation("told"));
    session.cache_renamed(&relation("told"), &relation("Renamed"));
    session.cache_dropped(&relation("v"));
    let sibling = session.sibling();
    assert!(
        sibling
            .get_relation("memory", "main", "renamed")
            .expect("it reads")
            .is_some()
    );
    assert_eq!(
        sibling.get_relation("memory", "main", "told").expect("it reads"),
        None
    );
    assert_eq!(
        sibling.get_relation("memory", "main", "v").expect("it reads"),
        None
    );
    session.cache_forget(Some(("memory", "main")));
    assert!(
        session
            .get_relation("memory", "main", "unseen")
            .expect("it reads")
            .is_some()
    );
}

#[test]
fn what_a_rolled_back_transaction_learnt_is_forgotten() {
    let session = session();
    run(&session, "create table old (a int)");
    assert!(
        session
            .get_relation("memory", "main", "old")
            .expect("it reads")
            .is_some()
    );
    session.begin().expect("a transaction begins");
    session.cache_dropped(&relation("old"));
    session.cache_added(&relation("fresh"));
    session.rollback().expect("it rolls back");
    assert!(
        session
            .get_relation("memory", "main", "old")
            .expect("it reads")
            .is_some()
    );
    assert_eq!(
        session.get_relation("memory", "main", "fresh").expect("it reads"),
        None
    );
}

#[test]
fn a_change_to_a_schema_that_was_not_read_is_laid_over_the_answer() {
    let session = session();
    run(&session, "create table gone (a int)");
    session.cache_dropped(&relation("gone"));
    session.cache_added(&relation("fresh"));
    let names: Vec<_> = session.list_relations("memory", "main").expect("it reads");
    assert_eq!(
        names
            .iter()
            .map(|r| r.identifier.as_deref().unwrap_or(""))
            .collect::<Vec<_>>(),
        ["fresh"]
    );
}

#[test]
fn threads_that_ask_at_once_read_a_schema_once() {
    let first = session();
    run(&first, "create table t (a int)");
    let found = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let session = first.sibling();
            let found = &found;
            scope.spawn(move || {
                let relation = session.get_relation("memory", "main", "T").expect("it reads");
                found.fetch_add(usize::from(relation.is_some()), Ordering::SeqCst);
            });
        }
    });
    assert_eq!(found.load(Ordering::SeqCst), 8);
}

#[test]
fn columns_are_described_in_order_and_a_missing_relation_has_none() {
    let session = session();
    run(
        &session,
        "create table t (b decimal(18, 3), a varchar, s struct(x int))",
    );
    let columns = session.columns(&relation("t")).expect("it describes");
    let shown: Vec<String> = columns
        .iter()
        .map(|c| format!("{} {}", c.name, c.dtype))
        .collect();
    assert_eq!(shown, ["b DECIMAL(18,3)", "a VARCHAR", "s STRUCT(x INTEGER)"]);
    session.begin().expect("a transaction begins");
    assert!(
        session
            .columns(&relation("nothing"))
            .expect("it answers")
            .is_empty()
    );
    assert_eq!(rows(&session, "select 1"), ["1"]);
}

#[test]
fn schemas_are_listed() {
    let session = session();
    run(&session, "create schema more");
    let schemas = session.list_schemas("memory").expect("it lists");
    assert!(
        schemas.contains(&"main".to_owned()) && schemas.contains(&"more".to_owned()),
        "{schemas:?}"
    );
}

fn write(dir: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).expect("a temporary file is written");
    path
}

fn csv<'a>(path: &'a Path, columns: &'a [String], delimiter: char) -> CsvFile<'a> {
    CsvFile {
        path,
        columns,
        delimiter,
        has_short_rows: false,
    }
}

#[test]
fn short_rows_of_a_csv_file_end_in_nulls() {
    let session = session();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = write(dir.path(), "s.csv", "a,b\n1\n2,\"x\ny\"\n");
    run(&session, "create table s (a int, b text)");
    let names = ["a".to_owned(), "b".to_owned()];
    let file = CsvFile {
        has_short_rows: true,
        ..csv(&path, &names, ',')
    };
    assert_eq!(session.load_csv(&relation("s"), &file).expect("the rows load"), 2);
    assert_eq!(rows(&session, "select * from s order by a"), ["1|", "2|x\ny"]);
}

#[test]
fn a_csv_file_is_typed_and_loaded() {
    let session = session();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let text =
        "id;amount;on;at;ok;note\n1;1.50;2020-01-05;2020-01-05T10:11:12Z;true;\"a;\"\"b\"\"\nc\"\n2;;;;;\r\n";
    let path = write(dir.path(), "it's.csv", text);
    let file = super::read_seed_file(&path, "seeds/s.csv").expect("the file is read");
    let shape = crate::sql::read_seed(&file, ';').expect("the file is well formed");
    assert_eq!(shape.rows, 2);
    let dialect = session.adapter().dialect();
    let columns: Vec<(String, &str)> = shape
        .columns
        .into_iter()
        .map(|column| (column.name, dialect.seed_type(column.kind)))
        .collect();
    let ddl: Vec<String> = columns
        .iter()
        .map(|(name, kind)| format!("\"{name}\" {kind}"))
        .collect();
    assert_eq!(
        ddl.join(", "),
        concat!(
            "\"id\" integer, \"amount\" float8, \"on\" date, \"at\" timestamp without time zone, ",
            "\"ok\" boolean, \"note\" text"
        )
    );
    run(&session, &format!("create table s ({})", ddl.join(", ")));
    let names: Vec<String> = columns.into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        session
            .load_csv(&relation("s"), &csv(&path, &names, ';'))
            .expect("the rows load"),
        2
    );
    assert_eq!(
        rows(&session, "select * from s order by id"),
        ["1|1.5|2020-01-05|2020-01-05T10:11:12|true|a;\"b\"\nc", "2|||||"]
    );
}

#[test]
fn a_value_that_does_not_fit_names_its_line() {
    let session = session();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = write(dir.path(), "s.csv", "a,b\n1,2\nx,3\n");
    run(&session, "create table s (a int, b int)");
    let error = session
        .load_csv(
            &relation("s"),
            &csv(&path, &["a".to_owned(), "b".to_owned()], ','),
        )
        .expect_err("x is not a number");
    assert!(error.message.contains("Line: 3"), "{error}");
}

#[test]
fn a_file_that_is_missing_or_not_text_is_a_clear_error() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let missing = super::read_seed_file(&dir.path().join("no.csv"), "seeds/no.csv").expect_err("no file");
    assert_eq!(missing.code().0, "N0101");
    let path = dir.path().join("bad.csv");
    std::fs::write(&path, b"a\nok\n\xff\n").expect("a temporary file is written");
    let bad = super::read_seed_file(&path, "seeds/bad.csv").expect_err("not UTF-8");
    assert_eq!(
        bad.message(),
        "the seed `seeds/bad.csv` is not UTF-8 text: see line 3"
    );
}

#[test]
fn a_file_database_keeps_its_tables_and_a_missing_folder_is_explained() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("my.db.duckdb");
    let settings = json!({"type": "duckdb", "path": path.to_str(), "keep_open": false});
    let first = Session::new(adapter(&settings), Cancel::default());
    run(&first, "create table t (a int)");
    drop(first);
    let second = Session::new(adapter(&settings), Cancel::default());
    assert_eq!(second.adapter().database(), "my");
    assert!(
        second
            .get_relation("my", "main", "t")
            .expect("it reads")
            .is_some()
    );
    let settings = json!({"type": "duckdb", "path": dir.path().join("no/such.db").to_str()});
    let error = fails(&Session::new(adapter(&settings), Cancel::default()), "select 1");
    assert_eq!(error.kind, ErrorKind::Missing);
    assert!(
        error
            .hint
            .expect("there is one")
            .starts_with("Create the folder of")
    );
}

#[test]
fn attached_databases_and_settings_reach_every_connection() {
    let settings = json!({"type": "duckdb", "attach": [{"path": ":memory:", "alias": "other"}],
                          "settings": {"TimeZone": "UTC"}, "extensions": ["json"], "threads": 2});
    let one = Session::new(adapter(&settings), Cancel::default());
    let two = one.sibling();
    run(&one, "create table other.main.t as select 1 as a");
    assert_eq!(
        rows(&two, "select a, current_setting('TimeZone') from other.main.t"),
        ["1|UTC"]
    );
}

#[test]
fn a_secret_does_not_show_in_an_error() {
    let settings = json!({"type": "duckdb", "secrets": [{"type": "nosuch", "secret": "hush-hush"}]});
    let error = fails(&Session::new(adapter(&settings), Cancel::default()), "select 1");
    assert!(!error.message.contains("hush"), "{error}");
    let settings = json!({"type": "duckdb", "settings": {"s3_secret_access_key": "hush-hush"}});
    let session = Session::new(adapter(&settings), Cancel::default());
    let error = fails(&session, "select 'hush-hush'::int");
    assert!(!error.message.contains("hush-hush"), "{error}");
}

/// Helps the next test: run by it in a process of its own, it holds a database until its input ends.
#[test]
fn holder_of_a_database_for_another_process() {
    let Ok(path) = std::env::var("NEXUS_TEST_HOLD") else {
        return;
    };
    let session = Session::new(
        adapter(&json!({"type": "duckdb", "path": path})),
        Cancel::default(),
    );
    run(&session, "create table if not exists t (a int)");
    println!("held");
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn a_file_that_another_process_holds_is_named_with_that_process() {
    use std::io::{BufRead, BufReader, Read};
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("held.duckdb");
    let mut holder = std::process::Command::new(std::env::current_exe().expect("the test runs from a file"))
        .args([
            "--exact",
            "adapters::tests::holder_of_a_database_for_another_process",
            "--nocapture",
        ])
        .env("NEXUS_TEST_HOLD", &path)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("a second process starts");
    let mut said = BufReader::new(holder.stdout.take().expect("its output is read"));
    assert!(
        said.by_ref()
            .lines()
            .any(|line| line.expect("it is text").contains("held"))
    );
    let settings = json!({"type": "duckdb", "path": path.to_str()});
    let session = Session::new(adapter(&settings), Cancel::default());
    let error = fails(&session, "select 1");
    assert_eq!((error.kind, error.temporary), (ErrorKind::Conflict, true));
    let process = format!("PID {}", holder.id());
    assert!(
        error.message.contains(path.to_str().expect("UTF-8")) && error.message.contains(&process),
        "{error}"
    );
    assert!(error.hint.is_some());
    drop(holder.stdin.take());
    holder.wait().expect("it ends");
    assert_eq!(rows(&session, "select count(*) from t"), ["0"]);
}
