//! Static extraction, and that it never claims what rendering would not give.

use super::*;

fn scanned(engine: &Engine, text: &str) -> Scan {
    engine
        .scan(&SourceFile::new("models/m.sql", text), "root")
        .unwrap()
}

#[test]
fn literal_calls_are_found_with_their_places() {
    let engine = engine(&[]);
    let scan = scanned(
        &engine,
        "{{ config(materialized='table', tags=['a'], meta={'k': 1}) }}\nselect * from {{ ref('a') }} join {{ ref('p', 'b', v=2) }} join {{ source('s', \"t\") }}",
    );
    assert!(!scan.must_render);
    let refs: Vec<String> = scan
        .refs
        .iter()
        .map(|(r, s)| {
            format!(
                "{:?} {} {:?} {}",
                r.package,
                r.name,
                r.version,
                s.as_ref().unwrap()
            )
        })
        .collect();
    assert_eq!(
        refs,
        [
            "None a None models/m.sql:2:18",
            "Some(\"p\") b Some(\"2\") models/m.sql:2:38"
        ]
    );
    assert_eq!(&*scan.sources[0].0.1, "t");
    let config: Vec<String> = scan
        .config
        .iter()
        .map(|c| format!("{}={}", c.key, c.value))
        .collect();
    assert_eq!(
        config,
        ["materialized=\"table\"", "tags=[\"a\"]", "meta={\"k\":1}"]
    );
}

#[test]
fn what_may_not_run_must_be_rendered() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro pure(x) %}{{ x }}{% endmacro %}{% macro refs() %}{{ ref('hidden') }}{% endmacro %}{% macro deep() %}{{ refs() }}{% endmacro %}",
    )]);
    for text in [
        "{% if x %}{{ ref('a') }}{% endif %}",
        "{{ ref(name) }}",
        "{{ ref('a' ~ 'b') }}",
        "{{ ref('a') if x else ref('b') }}",
        "{{ x and ref('a') }}",
        "{% for n in ['a', 'b'] %}{{ ref(n) }}{% endfor %}",
        "{{ refs() }}",
        "{{ deep() }}",
        "{{ config(materialized=var('m')) }}",
        "{{ config({'materialized': 'table'}) }}",
        "{% set r = ref %}{{ r('a') }}",
        "{{ builtins.ref('a') }}",
        "{{ context['ref']('a') }}",
        "{{ env_var('HOME_TOWN') }}",
        "{% if x %}{{ pure(1) }}{% endif %}",
        "{{ unknown_macro() }}",
        "{% macro x() %}{% endmacro %}",
        "{% call pure(1) %}{% endcall %}",
        "{{ ['a'] | map('ref') }}{{ pure(ref) }}",
    ] {
        assert!(scanned(&engine, text).must_render, "{text}");
    }
    for text in [
        "select 1",
        "{{ ref('a') }}",
        "{{ pure(ref('a')) }}",
        "{% set x = ref('a') %}{% if target.name == 'dev' %}limit 1{% endif %}",
        "{{ var('x') }}{{ var('y', 'z') }}",
        "{% for n in ['a', 'b'] %}{{ pure(n) }}{{ ',' if not loop.last }}{% endfor %}",
        "{{ this }}{{ this.schema }}",
    ] {
        assert!(!scanned(&engine, text).must_render, "{text}");
    }
}

#[test]
fn called_macros_are_in_order_of_their_execution() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro a(x) %}{% endmacro %}{% macro b() %}{% endmacro %}{% macro c() %}{{ b() }}{% endmacro %}",
    )]);
    let scan = scanned(&engine, "{{ c() }}{{ a(b()) }}{{ a(1) }}");
    let names: Vec<&str> = scan.macros.iter().map(|m| &**m).collect();
    assert_eq!(names, ["macro.root.c", "macro.root.b", "macro.root.a"]);
}

#[test]
fn macro_dependencies_are_those_of_the_source() {
    let engine = engine(&[
        (
            "root",
            "macros/a.sql",
            "{% macro a() %}{{ adapter.dispatch('b')(c(), dbt.d()) }}{% endmacro %}{% macro default__b() %}{% endmacro %}{% macro c() %}{% endmacro %}",
        ),
        ("dbt", "macros/d.sql", "{% macro d() %}{% endmacro %}"),
    ]);
    let a = engine.find_macro("root", "a").unwrap();
    let names = engine.macro_dependencies(&a);
    let names: Vec<&str> = names.iter().map(|m| &**m).collect();
    assert_eq!(names, ["macro.root.default__b", "macro.root.c", "macro.dbt.d"]);
}

/// All SQL files below a folder of the repository, with their paths.
fn sql_below(dir: &std::path::Path, out: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    let mut paths: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            sql_below(&path, out);
        } else if path.extension().is_some_and(|e| e == "sql") {
            out.push((
                path.display().to_string(),
                std::fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

/// The folders that hold a project, below some folder.
fn projects_below(dir: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    if dir.join("dbt_project.yml").exists() {
        out.push(dir.to_owned());
    }
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten().filter(|e| e.path().is_dir()) {
        projects_below(&entry.path(), out);
    }
}

#[test]
fn a_scan_never_differs_from_rendering() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut builtin = Vec::new();
    for (package, dir) in [("dbt", "macros/dbt"), ("nexus", "macros/nexus")] {
        let mut files = Vec::new();
        sql_below(&root.join(dir), &mut files);
        for (path, text) in files {
            let package = if path.contains("/adapters/duckdb/") {
                "dbt_duckdb"
            } else {
                package
            };
            if !path.contains("/adapters/") || package == "dbt_duckdb" {
                builtin.push((package.to_owned(), path, text));
            }
        }
    }
    let mut projects = vec![root.join("templates")];
    for dir in ["examples", "tests/parity/projects", "tests/projects"] {
        projects_below(&root.join(dir), &mut projects);
    }
    let mut statics = 0;
    for project in projects {
        let mut files = builtin.clone();
        let mut macros = Vec::new();
        sql_below(&project.join("macros"), &mut macros);
        files.extend(macros.into_iter().map(|(p, t)| ("root".to_owned(), p, t)));
        let files: Vec<(&str, &str, &str)> = files.iter().map(|(a, b, c)| (&**a, &**b, &**c)).collect();
        let Ok(engine) = try_engine(&files) else { continue };
        let mut templates = Vec::new();
        sql_below(&project, &mut templates);
        for (path, text) in templates {
            // Projects of bad input fail on purpose.
            if path.contains("/projects/bad/")
                || path.contains("/macros/")
                || path.contains("/dbt_packages/")
                || path.contains("/generic/")
            {
                continue;
            }
            statics += usize::from(compare(&engine, &path, &text));
        }
    }
    println!("{statics} templates are static");
}

/// Compares a template's scan with its rendering; says whether there was one to compare.
fn compare(engine: &Engine, path: &str, text: &str) -> bool {
    let file = SourceFile::new(path, text);
    let Ok(scan) = engine.scan(&file, "root") else {
        return false;
    };
    if scan.must_render {
        return false;
    }
    let host = parsing_host();
    let dynamic: Arc<dyn Host> = host.clone();
    if let Err(error) = engine.render(&file, None, &dynamic) {
        panic!("{path} is static, but fails while parsing: {error:?}");
    }
    let refs: Vec<String> = scan
        .refs
        .iter()
        .map(|(r, _)| {
            let package = r.package.as_ref().map(|p| format!("{p}.")).unwrap_or_default();
            let version = r.version.as_ref().map(|v| format!(".v{v}")).unwrap_or_default();
            format!("{package}{}{version}", r.name)
        })
        .collect();
    assert_eq!(refs, *host.refs.lock().unwrap(), "refs of {path}");
    let sources: Vec<String> = scan
        .sources
        .iter()
        .map(|((s, t), _)| format!("{s}.{t}"))
        .collect();
    assert_eq!(sources, *host.sources.lock().unwrap(), "sources of {path}");
    let configs: Vec<(String, serde_json::Value)> = scan
        .config
        .iter()
        .map(|c| (c.key.to_string(), c.value.clone()))
        .collect();
    let recorded = host.configs.lock().unwrap();
    let recorded: Vec<_> = recorded
        .iter()
        .map(|(k, v)| (k.clone(), Engine::json(v)))
        .collect();
    assert_eq!(configs, recorded, "configs of {path}");
    let mut macros: Vec<String> = Vec::new();
    for id in host.macros.lock().unwrap().iter() {
        if !macros.contains(id) {
            macros.push(id.clone());
        }
    }
    let scanned: Vec<String> = scan.macros.iter().map(ToString::to_string).collect();
    assert_eq!(scanned, macros, "macros of {path}");
    true
}

#[test]
fn generated_templates_are_scanned_as_they_render() {
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro pure(x) %}{{ x }}{% endmacro %}{% macro refs(x) %}{{ ref('in_macro') }}{% endmacro %}{% macro made(x) %}{{ return([x]) }}{% endmacro %}{% macro maybe(x) %}{% if x %}{{ refs(x) }}{% endif %}{% endmacro %}",
    )]);
    let atom = prop::sample::select(vec![
        "ref('a')",
        "ref('p', 'b', v=1)",
        "source('s', 't')",
        "config(tags=['x'])",
        "config(materialized='view')",
        "'x'",
        "1",
        "pure('y')",
        "made(2)",
        "refs(1)",
        "maybe(0)",
        "var('v', 'd')",
        "this",
        "target.name",
        "[1, 2]",
        "ref('a' ~ 'b')",
        "x",
        "none",
    ]);
    let expression = atom.prop_map(str::to_owned).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} ~ {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            inner.clone().prop_map(|a| format!("pure({a})")),
            inner.clone().prop_map(|a| format!("made({a})[0]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} == {b})")),
        ]
    });
    let statement = expression
        .prop_map(|e| format!("{{{{ {e} }}}}"))
        .prop_recursive(3, 16, 4, |inner| {
            let body = prop::collection::vec(inner, 0..3).prop_map(|v| v.concat());
            prop_oneof![
                body.clone()
                    .prop_map(|b| format!("{{% if target.name == 'dev' %}}{b}{{% endif %}}")),
                body.clone()
                    .prop_map(|b| format!("{{% if made(0) %}}{b}{{% else %}}{b}{{% endif %}}")),
                body.clone()
                    .prop_map(|b| format!("{{% for x in [1, 2] %}}{b}{{% endfor %}}")),
                body.clone()
                    .prop_map(|b| format!("{{% for x in [] %}}{b}{{% else %}}{b}{{% endfor %}}")),
                body.clone()
                    .prop_map(|b| format!("{{% set x %}}{b}{{% endset %}}")),
                body.clone()
                    .prop_map(|b| format!("{{% filter upper %}}{b}{{% endfilter %}}")),
                body.prop_map(|b| format!("{{% set x = ref('s') %}}{b}{{% do made(x) %}}")),
            ]
        });
    let template = prop::collection::vec(statement, 1..4).prop_map(|v| v.concat());
    let mut runner = TestRunner::deterministic();
    let mut statics = 0;
    for _ in 0..600 {
        let text = template.new_tree(&mut runner).unwrap().current();
        statics += usize::from(compare(&engine, &text, &text));
    }
    assert!(statics > 100, "only {statics} were static");
}
