//! The built-in materializations, run by the engine on an embedded database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use nexus::adapters::{Execute, Relation, RelationKind, Session, adapter_for};
use nexus::diagnostic::{Diagnostic, Result, SourceFile, render_text};
use nexus::events::Level;
use nexus::invocation::{Cancel, Invocation};
use nexus::jinja::{Engine, Host, MacroFile, RefCall, Resolution, Value};
use nexus::yaml::{Document, Mapping, Node, Value as Yaml};
use serde_json::{Value as Json, json};

/// A node with its configuration, as a run would give it to the engine.
struct NodeHost {
    session: Session,
    name: String,
    config: Json,
    sql: String,
    full_refresh: bool,
    model: Json,
    written: Mutex<Vec<String>>,
    warnings: Mutex<Vec<String>>,
}

impl NodeHost {
    fn this(&self) -> Value {
        Engine::relation(Relation::new(Some("memory"), Some("main"), Some(&self.name)))
    }
}

impl Host for NodeHost {
    fn execute(&self) -> bool {
        true
    }
    fn package(&self) -> &str {
        "shop"
    }
    fn reference(&self, call: &RefCall) -> Result<Value> {
        Ok(Engine::relation(Relation::new(
            Some("memory"),
            Some("main"),
            Some(&call.name),
        )))
    }
    fn source(&self, source: &str, table: &str) -> Result<Value> {
        Ok(Engine::relation(Relation::new(
            Some("memory"),
            Some(source),
            Some(table),
        )))
    }
    fn set_config(&self, _entries: Vec<(Arc<str>, Value)>) -> Result<()> {
        Ok(())
    }
    fn get_config(&self, key: &str) -> Option<Value> {
        self.config.get(key).map(Engine::value)
    }
    fn var(&self, _name: &str) -> Option<Value> {
        None
    }
    fn env_var(&self, _name: &str) -> Option<String> {
        None
    }
    fn doc(&self, _package: Option<&str>, _name: &str) -> Result<String> {
        Ok(String::new())
    }
    fn macro_called(&self, _unique_id: &Arc<str>, _depth: usize) {}
    fn member(&self, name: &str) -> Option<Value> {
        let hooks = |key: &str| self.config.get(key).cloned().unwrap_or_else(|| json!([]));
        Some(match name {
            "this" => self.this(),
            "database" => Value::from("memory"),
            "schema" => Value::from("main"),
            "sql" | "compiled_code" => Value::from(self.sql.as_str()),
            "model" => Engine::value(&self.model),
            "pre_hooks" => Engine::value(&hooks("pre_hooks")),
            "post_hooks" => Engine::value(&hooks("post_hooks")),
            "flags" => Engine::value(&json!({"FULL_REFRESH": self.full_refresh, "STORE_FAILURES": false})),
            "target" => Engine::value(
                &json!({"name": "dev", "schema": "main", "database": "memory", "type": "duckdb"}),
            ),
            "graph" => Engine::value(&json!({"nodes": {}})),
            "selected_resources" => Engine::value(&json!([])),
            _ => return None,
        })
    }
    fn log(&self, _level: Level, _message: &str) {}
    fn print(&self, _message: &str) {}
    fn warn(&self, warning: Diagnostic) -> Result<()> {
        self.warnings
            .lock()
            .expect("no panic")
            .push(warning.message().to_owned());
        Ok(())
    }
    fn session(&self) -> Option<&Session> {
        Some(&self.session)
    }
    fn write(&self, payload: &str) {
        self.written.lock().expect("no panic").push(payload.to_owned());
    }
}

fn files(dir: &Path, package: &str, root: &Path, out: &mut Vec<MacroFile>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("the macros are there")
        .map(|e| e.expect("it is read").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if !path.ends_with("dbt/adapters") {
                files(&path, package, root, out);
            }
            continue;
        }
        let shown = path
            .strip_prefix(root)
            .expect("it is below")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("it is text");
        out.push(MacroFile {
            package: Arc::from(package),
            original_path: Arc::from(shown.as_str()),
            file: SourceFile::new(shown, text),
        });
    }
}

fn invocation() -> Invocation {
    Invocation {
        args: Vec::new(),
        env: BTreeMap::new(),
        cwd: "/".into(),
        home: None,
        started_at: chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("a time"),
        id: Arc::from("00000000-0000-4000-8000-000000000000"),
        cancel: Cancel::default(),
        asked: Default::default(),
    }
}

/// A database and the built-in macros.
struct Lab {
    engine: Engine,
    session: Session,
}

impl Lab {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("macros/dbt");
        let mut all = Vec::new();
        files(&root, "dbt", &root, &mut all);
        let own = root.join("adapters/duckdb");
        files(&own, "dbt_duckdb", &own, &mut all);
        let resolution = Resolution {
            root_package: Arc::from("shop"),
            internal: vec![Arc::from("dbt_duckdb"), Arc::from("dbt")],
            dispatch: BTreeMap::new(),
            adapter_types: vec!["duckdb".to_owned()],
            quoting: BTreeMap::new(),
            packages_override_built_ins: false,
        };
        let engine = Engine::build(all, resolution, &invocation()).unwrap_or_else(|e| panic!("{e:?}"));
        let text = |s: &str| Node {
            value: Yaml::Str(s.into()),
            start: 0,
            end: 0,
        };
        let entries = vec![(text("type"), text("duckdb"))];
        let target = Node {
            value: Yaml::Map(Mapping { entries }),
            start: 0,
            end: 0,
        };
        let document = Document {
            file: SourceFile::new("profiles.yml", ""),
            root: target,
            warnings: Vec::new(),
        };
        let adapter =
            adapter_for(&document, &document.root, &Invocation::default()).expect("the profile fits");
        Self {
            engine,
            session: Session::new(adapter, Cancel::default()),
        }
    }

    fn host(&self, name: &str, sql: &str, config: Json) -> NodeHost {
        let materialized = config
            .get("materialized")
            .cloned()
            .unwrap_or_else(|| json!("view"));
        NodeHost {
            session: self.session.sibling(),
            name: name.to_owned(),
            sql: sql.to_owned(),
            full_refresh: false,
            model: json!({
                "name": name, "alias": name, "unique_id": format!("model.shop.{name}"), "database": "memory",
                "schema": "main", "resource_type": "model", "compiled_code": sql, "columns": {}, "constraints": [],
                "description": "", "language": "sql",
                "config": {"materialized": materialized, "column_types": {}},
            }),
            config,
            written: Mutex::default(),
            warnings: Mutex::default(),
        }
    }

    fn run(&self, host: NodeHost, materialization: &str) -> Result<Arc<NodeHost>> {
        let id = self
            .engine
            .find_materialization("shop", materialization)
            .expect("the materialization is there")
            .unique_id
            .clone();
        let host = Arc::new(host);
        let shared: Arc<dyn Host> = host.clone();
        let called = self
            .engine
            .call(&id, Vec::new(), Vec::new(), &shared)
            .inspect_err(|_| {
                host.session.rollback().expect("it rolls back");
            })?;
        let made = called.returned.expect("a materialization returns its relations");
        let made = made.get_attr("relations").expect("under this name");
        for relation in made.try_iter().expect("they are a list") {
            // The runner's part: what a materialization made is in the catalog.
            host.session
                .cache_added(&Engine::as_relation(&relation).expect("a relation"));
        }
        // Tests leave the transaction of their query open; a runner ends it after each node.
        assert!(
            materialization == "test" || !host.session.in_transaction(),
            "a materialization commits"
        );
        host.session.rollback().expect("it rolls back");
        Ok(host)
    }

    fn build(&self, name: &str, sql: &str, config: Json) -> Arc<NodeHost> {
        let materialization = config["materialized"].as_str().expect("it is said").to_owned();
        self.run(self.host(name, sql, config), &materialization)
            .unwrap_or_else(|e| panic!("{}", render_text(&e, false)))
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        let options = Execute {
            fetch: true,
            limit: None,
        };
        let response = self
            .session
            .execute(sql, options)
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        let mut out = Vec::new();
        for batch in &response.batches {
            for row in 0..batch.num_rows() {
                let show = |c| arrow::util::display::array_value_to_string(c, row).expect("it can be shown");
                out.push(
                    batch
                        .columns()
                        .iter()
                        .map(|c| show(c))
                        .collect::<Vec<_>>()
                        .join("|"),
                );
            }
        }
        out
    }

    fn relations(&self) -> Vec<String> {
        self.rows("select table_name || ' ' || table_type from information_schema.tables order by 1")
    }
}

#[test]
fn a_view_becomes_a_table_and_a_view_again() {
    let lab = Lab::new();
    lab.build("m", "select 1 as a", json!({"materialized": "view"}));
    assert_eq!(lab.relations(), ["m VIEW"]);
    lab.build(
        "m",
        "select 2 as a",
        json!({"materialized": "table", "indexes": [{"columns": ["a"], "unique": true}]}),
    );
    assert_eq!(lab.relations(), ["m BASE TABLE"]);
    lab.build(
        "m",
        "select 3 as a",
        json!({"materialized": "table", "indexes": [{"columns": ["a"]}]}),
    );
    assert_eq!(lab.rows("select * from m"), ["3"]);
    lab.build("m", "select 4 as a", json!({"materialized": "view"}));
    assert_eq!(
        (lab.relations(), lab.rows("select * from m")),
        (vec!["m VIEW".to_owned()], vec!["4".to_owned()])
    );
}

#[test]
fn leftovers_of_an_interrupted_run_are_dropped() {
    let lab = Lab::new();
    lab.rows(
        "create view m__dbt_tmp as select 1 as a; create table m__dbt_backup as select 1 as a; select 1",
    );
    lab.build("m", "select 2 as a", json!({"materialized": "table"}));
    assert_eq!(lab.relations(), ["m BASE TABLE"]);
}

#[test]
fn a_failed_build_leaves_the_old_relation() {
    let lab = Lab::new();
    lab.build("m", "select 1 as a", json!({"materialized": "table"}));
    let host = lab.host("m", "select 'x'::int as a", json!({"materialized": "table"}));
    let error = lab.run(host, "table").err().expect("x is no number");
    assert!(
        error.message().contains("Could not convert string 'x'"),
        "{}",
        render_text(&error, false)
    );
    assert_eq!(
        (lab.relations(), lab.rows("select * from m")),
        (vec!["m BASE TABLE".to_owned()], vec!["1".to_owned()])
    );
}

#[test]
fn hooks_run_around_the_build_and_see_its_transaction() {
    let lab = Lab::new();
    lab.rows("create table log (what varchar); select 1");
    let hook = |what: &str, inside: bool| {
        json!({"sql": format!("insert into log select '{what} ' || count(*) from information_schema.tables \
                               where table_name = 'm'"), "transaction": inside, "index": null})
    };
    lab.build(
        "m",
        "select 1 as a",
        json!({
            "materialized": "table",
            "pre_hooks": [hook("in", true), hook("before", false)],
            "post_hooks": [hook("after", false), hook("in", true)],
        }),
    );
    assert_eq!(
        lab.rows("select what from log"),
        ["before 0", "in 0", "in 1", "after 1"]
    );
}

#[test]
fn incremental_strategies_bring_the_delta_in() {
    let lab = Lab::new();
    let cases = [
        (json!({"unique_key": "id"}), vec!["1|a", "2|new", "3|c"]),
        (
            json!({"unique_key": ["id", "id"], "incremental_strategy": "delete+insert"}),
            vec!["1|a", "2|new", "3|c"],
        ),
        (
            json!({"unique_key": "id", "incremental_strategy": "merge"}),
            vec!["1|a", "2|new", "3|c"],
        ),
        (
            json!({"unique_key": "id", "incremental_strategy": "merge", "merge_exclude_columns": ["name"]}),
            vec!["1|a", "2|b", "3|c"],
        ),
        (
            json!({"incremental_strategy": "append"}),
            vec!["1|a", "2|b", "2|new", "3|c"],
        ),
    ];
    for (index, (config, expected)) in cases.into_iter().enumerate() {
        let name = format!("inc_{index}");
        let mut config = config;
        config["materialized"] = json!("incremental");
        lab.build(
            &name,
            "select * from (values (1, 'a'), (2, 'b')) t(id, name)",
            config.clone(),
        );
        lab.build(
            &name,
            "select * from (values (2, 'new'), (3, 'c')) t(id, name)",
            config.clone(),
        );
        assert_eq!(
            lab.rows(&format!("select * from {name} order by all")),
            expected,
            "{config}"
        );
        let mut host = lab.host(&name, "select 9 as id, 'z' as name", config);
        host.full_refresh = true;
        lab.run(host, "incremental")
            .unwrap_or_else(|e| panic!("{}", render_text(&e, false)));
        assert_eq!(lab.rows(&format!("select * from {name}")), ["9|z"]);
    }
    assert_eq!(lab.relations().len(), 5);
}

#[test]
fn changed_columns_are_followed_as_the_config_says() {
    let lab = Lab::new();
    let config = |on| json!({"materialized": "incremental", "unique_key": "id", "on_schema_change": on});
    lab.build("m", "select 1 as id, 'a' as name", config("ignore"));
    lab.build(
        "m",
        "select 2 as id, 'b' as name, 7 as extra",
        config("append_new_columns"),
    );
    assert_eq!(lab.rows("select * from m order by id"), ["1|a|", "2|b|7"]);
    lab.build("m", "select 3 as id, 8 as extra", config("sync_all_columns"));
    assert_eq!(lab.rows("select * from m order by id"), ["1|", "2|7", "3|8"]);
    let error = lab
        .run(lab.host("m", "select 4 as id", config("fail")), "incremental")
        .err()
        .expect("columns differ");
    assert!(
        error.message().contains("on_schema_change is `fail`"),
        "{}",
        error.message()
    );
    assert_eq!(lab.rows("select count(*) from m"), ["3"]);
}

#[test]
fn a_seed_is_loaded_emptied_and_made_anew() {
    let lab = Lab::new();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let seed = |text: &str, full_refresh: bool| {
        std::fs::write(dir.path().join("s.csv"), text).expect("it is written");
        let mut host = lab.host("s", "", json!({"materialized": "seed"}));
        host.model["root_path"] = json!(dir.path().to_str());
        host.model["resource_type"] = json!("seed");
        host.model["original_file_path"] = json!("s.csv");
        host.model["config"]["column_types"] = json!({"name": "varchar"});
        host.full_refresh = full_refresh;
        lab.run(host, "seed")
            .unwrap_or_else(|e| panic!("{}", render_text(&e, false)))
    };
    seed("id,name,on\n1,a,2020-01-05\n", false);
    seed("id,name,on\n2,b,2020-01-06\n3,,\n", false);
    assert_eq!(lab.rows("select * from s order by id"), ["2|b|2020-01-06", "3||"]);
    let host = seed("id,other\n1.5,x\n", true);
    assert_eq!(lab.rows("select * from s"), ["1.5|x"]);
    assert!(host.written.lock().expect("no panic")[0].contains("copy"));
    assert_eq!(lab.relations(), ["s BASE TABLE"]);
}

#[test]
fn a_test_counts_its_failures_and_can_store_them() {
    let lab = Lab::new();
    let config =
        json!({"materialized": "test", "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "> 5"});
    let host = lab.build("t", "select * from range(3)", config.clone());
    let sql = host.written.lock().expect("no panic")[0].clone();
    assert_eq!(lab.rows(&sql), ["3|true|false"]);
    let mut stored = config;
    stored["store_failures"] = json!(true);
    stored["limit"] = json!(2);
    lab.build("t", "select * from range(3)", stored);
    assert_eq!(
        (lab.relations(), lab.rows("select count(*) from t")),
        (vec!["t BASE TABLE".to_owned()], vec!["2".to_owned()])
    );
}

#[test]
fn snapshots_keep_the_versions_of_rows() {
    let lab = Lab::new();
    let config = json!({"materialized": "snapshot", "unique_key": "id", "strategy": "check", "check_cols": "all",
                        "hard_deletes": "invalidate"});
    lab.build(
        "s",
        "select * from (values (1, 'a'), (2, 'b')) t(id, name)",
        config.clone(),
    );
    lab.build("s", "select * from (values (1, 'A')) t(id, name)", config);
    assert_eq!(
        lab.rows("select id, name, dbt_valid_to is null from s order by all"),
        ["1|A|true", "1|a|false", "2|b|false"]
    );
    let config = json!({"materialized": "snapshot", "unique_key": ["id"], "strategy": "timestamp", "updated_at": "changed"});
    lab.build(
        "t",
        "select 1 as id, timestamp '2020-01-01' as changed",
        config.clone(),
    );
    lab.build("t", "select 1 as id, timestamp '2020-01-02' as changed", config);
    assert_eq!(
        lab.rows("select changed::date, dbt_valid_to::date from t order by 1"),
        ["2020-01-01|2020-01-02", "2020-01-02|"]
    );
}

#[test]
fn contracts_and_descriptions_reach_the_database() {
    let lab = Lab::new();
    let build = |sql: &str| {
        let mut host = lab.host("m", sql, json!({
            "materialized": "table", "contract": {"enforced": true}, "persist_docs": {"relation": true, "columns": true},
        }));
        host.model["description"] = json!("it's $1");
        host.model["columns"] = json!({
            "id": {"name": "id", "data_type": "integer", "description": "the key", "quote": null,
                   "constraints": [{"type": "not_null"}]},
            "name": {"name": "name", "data_type": "varchar", "description": "", "quote": true, "constraints": []},
        });
        lab.run(host, "table")
    };
    build("select 'x' as name, 1 as id").unwrap_or_else(|e| panic!("{}", render_text(&e, false)));
    assert_eq!(lab.rows("select comment from duckdb_tables()"), ["it's $1"]);
    assert_eq!(
        lab.rows("select column_name, comment, is_nullable from duckdb_columns() where table_name = 'm'"),
        ["id|the key|false", "name||true"]
    );
    let error = build("select 1 as id").err().expect("a column is missing");
    assert!(
        error.message().contains("contract"),
        "{}",
        render_text(&error, false)
    );
    let existing = lab
        .session
        .get_relation("memory", "main", "m")
        .expect("it answers")
        .expect("it is there");
    assert_eq!(existing.kind, Some(RelationKind::Table));
}

#[test]
fn a_statement_that_the_database_refuses_is_shown_at_its_line() {
    let lab = Lab::new();
    let config = json!({"materialized": "table"});
    let host = lab.host("m", "select\n  nope\nfrom range(3) as numbers", config);
    let error = lab.run(host, "table").err().expect("there is no such column");
    let shown = render_text(&error, false);
    assert!(
        shown.contains("error[N0501]: Binder Error: Referenced column \"nope\" not found"),
        "{shown}"
    );
    assert!(
        shown.contains("--> executed SQL:") && shown.contains("|   nope\n"),
        "{shown}"
    );
    assert!(shown.contains("in macro `dbt.statement`"), "{shown}");
}

#[test]
fn ranges_of_dates_are_written_out() {
    let lab = Lab::new();
    let host: Arc<dyn Host> = Arc::new(lab.host("m", "", json!({})));
    let render = |text: &str| {
        let file = SourceFile::new("m.sql", text);
        lab.engine
            .render(&file, None, &host)
            .map(|rendered| rendered.text)
    };
    let days = render("{{ partition_range('20200131,20200201') }}").expect("the range is well formed");
    assert_eq!(days, "['20200131', '20200201']");
    let error = render("{{ partition_range('2020-01-31') }}").expect_err("the format is another one");
    assert_eq!(
        error.message(),
        "The date '2020-01-31' does not have the form '%Y%m%d'"
    );
}
