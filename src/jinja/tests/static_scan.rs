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
