//! Macros, dispatch, return, errors.

use super::*;
use crate::diagnostic::render_text;

fn render(engine: &Engine, text: &str) -> String {
    render_with(engine, text, &host()).unwrap_or_else(|e| panic!("{e:?}"))
}

fn failure(engine: &Engine, text: &str) -> String {
    let error = render_with(engine, text, &host()).expect_err("it fails");
    render_text(&error, false)
}

#[test]
fn macros_return_values_across_files() {
    let engine = engine(&[
        (
            "root",
            "macros/a.sql",
            "{% macro list_of(n) %}{% set out = [] %}{% for i in range(n) %}{% do out.append(i) %}{% endfor %}{{ return(out) }}{% endmacro %}",
        ),
        (
            "root",
            "macros/b.sql",
            "{% macro total(n) %}{% set all = list_of(n) %}{% do all.append(100) %}{{ return({'sum': all | sum, 'n': all | length}) }}{% endmacro %}",
        ),
    ]);
    assert_eq!(
        render(
            &engine,
            "{% set t = total(3) %}{{ t.sum }} {{ t }} {{ list_of(2) }}"
        ),
        "103 {'sum': 103, 'n': 4} [0, 1]"
    );
}

#[test]
fn return_works_from_within_loops_and_call_blocks() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro find(xs) %}{% for x in xs %}{% if x > 2 %}{{ return(x) }}{% endif %}{% endfor %}{% endmacro %}\n{% macro outer() %}<{{ caller('a') }}|{{ caller('b') }}>{% endmacro %}",
    )]);
    assert_eq!(
        render(
            &engine,
            "{% call(x) outer() %}{{ x }}{{ find([1,2,3,4]) }}{% endcall %} {{ find([]) is none }}"
        ),
        "<a3|b3> False"
    );
}

#[test]
fn varargs_kwargs_and_defaults_bind_as_in_jinja2() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro f(a, b=a ~ '!', c=[]) %}{% do c.append(1) %}{{ a }} {{ b }} {{ c }} {{ varargs }} {{ kwargs }}{% endmacro %}",
    )]);
    assert_eq!(
        render(&engine, "{{ f('x') }};{{ f('x') }}"),
        "x x! [1] () {};x x! [1] () {}"
    );
    assert_eq!(
        render(&engine, "{{ f(1, 2, [3], 4, 5, k='v') }}"),
        "1 2 [3, 1] (4, 5) {'k': 'v'}"
    );
}

#[test]
fn names_resolve_by_the_nodes_package_then_root_then_internals() {
    let engine = engine(&[
        (
            "dbt",
            "macros/x.sql",
            "{% macro who() %}dbt{% endmacro %}{% macro only() %}only {{ who() }}{% endmacro %}",
        ),
        (
            "dbt_duckdb",
            "macros/x.sql",
            "{% macro who() %}duck{% endmacro %}",
        ),
        (
            "utils",
            "macros/x.sql",
            "{% macro who() %}utils{% endmacro %}{% macro own() %}{{ who() }}{% endmacro %}",
        ),
        ("root", "macros/x.sql", "{% macro mine() %}root{% endmacro %}"),
    ]);
    assert_eq!(
        render(
            &engine,
            "{{ who() }} {{ dbt.who() }} {{ utils.who() }} {{ utils.own() }} {{ only() }} {{ context['mine']() }}"
        ),
        "duck duck utils duck only duck root"
    );
}

#[test]
fn dispatch_searches_prefixes_and_the_configured_packages() {
    let engine = engine(&[
        (
            "utils",
            "macros/x.sql",
            "{% macro star() %}{{ return(adapter.dispatch('star', 'utils')()) }}{% endmacro %}{% macro default__star() %}default{% endmacro %}{% macro duckdb__star() %}duck{% endmacro %}",
        ),
        (
            "root",
            "macros/x.sql",
            "{% macro default__star() %}mine{% endmacro %}",
        ),
    ]);
    assert_eq!(render(&engine, "{{ utils.star() }}"), "mine");
    let text = failure(&engine, "{{ adapter.dispatch('stra', 'utils')() }}");
    assert!(
        text.contains("N0307")
            && text.contains("`root.duckdb__stra`, `root.default__stra`, `utils.duckdb__stra`"),
        "{text}"
    );
}

#[test]
fn a_macro_that_takes_a_builtins_name_can_call_the_builtin() {
    let engine = engine(&[(
        "root",
        "macros/x.sql",
        "{% macro ref(name) %}{{ return(builtins.ref(name).include(database=false)) }}{% endmacro %}",
    )]);
    assert_eq!(render(&engine, "{{ ref('a') }}"), "\"main\".\"a\"");
}

#[test]
fn errors_name_the_innermost_place_and_the_calls_around_it() {
    let engine = engine(&[
        (
            "root",
            "macros/a.sql",
            "\n{% macro outer(x) %}\n  {{ inner(x) }}\n{% endmacro %}",
        ),
        (
            "root",
            "macros/b.sql",
            "{% macro inner(x) %}\n\n    {{ exceptions.raise_compiler_error('no ' ~ x) }}\n{% endmacro %}",
        ),
    ]);
    let error = render_with(&engine, "select 1\n, {{ outer('luck') }}", &host()).expect_err("it fails");
    assert_eq!(error.code().0, "N0304");
    assert_eq!(error.message(), "no luck");
    let place = |span: Option<&crate::diagnostic::Span>| span.map(ToString::to_string).unwrap_or_default();
    assert_eq!(place(error.span()), "macros/b.sql:3:8");
    let traces: Vec<(String, String)> = error
        .traces()
        .iter()
        .map(|t| (t.what.clone(), place(t.span.as_ref())))
        .collect();
    assert_eq!(
        traces,
        [
            ("macro `root.inner`".to_owned(), "macros/a.sql:3:6".to_owned()),
            ("macro `root.outer`".to_owned(), "models/m.sql:2:6".to_owned()),
        ]
    );
}

#[test]
fn unknown_names_are_errors_with_a_suggestion() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro cents_to_dollars() %}{% endmacro %}",
    )]);
    let text = failure(&engine, "a\n{{ cents_to_dolars(1) }}");
    assert!(text.contains("`cents_to_dolars` is undefined"), "{text}");
    assert!(text.contains("models/m.sql:2:4"), "{text}");
    assert!(text.contains("Did you mean `cents_to_dollars`?"), "{text}");
    let text = failure(&engine, "{{ 'a' | uper }}");
    assert!(
        text.contains("no filter is named `uper`") && text.contains("Did you mean `upper`?"),
        "{text}"
    );
    let text = failure(&engine, "{{ thing.name }}");
    assert!(text.contains("`thing` is undefined"), "{text}");
}

#[test]
fn syntax_errors_have_their_place() {
    let engine = engine(&[]);
    for (text, wanted, place) in [
        ("a {{ b ", "never closed", ":1:3"),
        ("{% if x %}", "the block `if` is never closed", ":1:4"),
        ("{% fi x %}", "unknown statement `fi`", ":1:4"),
        ("{{ foo(1 }}", "expected `)`", ":1:10"),
        ("{% endif %}", "never opened", ":1:4"),
        ("{{ 1 + }}", "expected an expression", ":1:8"),
    ] {
        let shown = failure(&engine, text);
        assert!(shown.contains(wanted) && shown.contains(place), "{text}: {shown}");
        assert!(shown.contains("N0301"), "{shown}");
    }
}

#[test]
fn a_macro_defined_twice_is_an_error_with_both_places() {
    let errors = try_engine(&[
        ("root", "macros/a.sql", "{% macro x() %}{% endmacro %}"),
        ("root", "macros/b.sql", "\n{% macro x() %}{% endmacro %}"),
    ])
    .expect_err("it fails");
    let text = render_text(&errors.0[0], false);
    assert!(
        text.contains("N0206") && text.contains("macros/b.sql:2:1") && text.contains("macros/a.sql:1:1"),
        "{text}"
    );
}

#[test]
fn unknown_names_are_absorbed_while_parsing() {
    let engine = engine(&[]);
    let host = parsing_host();
    assert_eq!(
        render_with(
            &engine,
            "[{{ nothing(1).a['b'] }}{{ pkg.thing() }}{{ x is defined }}]",
            &host
        )
        .unwrap(),
        "[False]"
    );
    assert_eq!(
        render_with(
            &engine,
            "{{ adapter.get_relation('a','b','c') is none }}{{ run(adapter.execute('x')[1].rows) }}",
            &host
        )
        .unwrap(),
        "True"
    );
}

#[test]
fn materializations_and_tests_are_called_by_their_ids() {
    let engine = engine(&[(
        "dbt",
        "macros/m.sql",
        "{% materialization view, default %}x{{ log('hi', info=true) }}{{ return({'relations': [this]}) }}{% endmaterialization %}\n{% materialization view, adapter='duckdb', supported_languages=['sql', 'python'] %}{% endmaterialization %}\n{% test unique(model, column_name) %}select {{ column_name }} from {{ model }}{% endtest %}",
    )]);
    let names: Vec<&str> = engine.macros().map(|m| &*m.name).collect();
    assert_eq!(
        names,
        [
            "materialization_view_default",
            "materialization_view_duckdb",
            "test_unique"
        ]
    );
    let found = engine.find_materialization("root", "view").unwrap();
    assert_eq!(&*found.name, "materialization_view_duckdb");
    assert_eq!(
        found.supported_languages.as_deref(),
        Some(["sql".to_owned(), "python".to_owned()].as_slice())
    );
    let host = host();
    let dynamic: Arc<dyn Host> = host.clone();
    let called = engine
        .call("macro.dbt.materialization_view_default", vec![], vec![], &dynamic)
        .unwrap();
    assert_eq!(
        Engine::json(&called.returned.unwrap()),
        json!({"relations": ["\"db\".\"main\".\"self\""]})
    );
    assert_eq!(*host.messages.lock().unwrap(), ["Info: hi"]);
    let sql = engine
        .call_test(
            "macro.dbt.test_unique",
            vec![
                (
                    "model".into(),
                    Engine::relation(Relation::new(None, Some("s"), Some("t"))),
                ),
                ("column_name".into(), Value::from("id")),
            ],
            &dynamic,
        )
        .unwrap();
    assert_eq!(sql, "select id from \"s\".\"t\"");
}

#[test]
fn lists_from_json_are_mutable_and_shared() {
    let engine = engine(&[]);
    assert_eq!(
        render(
            &engine,
            "{% set d = from_json %}{% do d.a.append(d.b) %}{% do d.b.update({'k': (1,)}) %}{{ d }}"
        ),
        "{'a': [1, 2.5, None, True, 'x', {'k': (1,)}], 'b': {'k': (1,)}}"
    );
}

#[test]
fn macros_recurse_deeply_and_too_deeply() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro down(n) %}{% if n > 0 %}{{ down(n - 1) }}{% else %}end{% endif %}{% endmacro %}",
    )]);
    assert_eq!(render(&engine, "{{ down(40) }}"), "end");
    let text = failure(&engine, "{{ down(1000) }}");
    assert!(text.contains("more than 75 deep"), "{text}");
}

#[test]
fn renders_run_in_parallel() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro f(n) %}{{ return(n * 2) }}{% endmacro %}",
    )]);
    std::thread::scope(|scope| {
        for i in 0..8 {
            let engine = &engine;
            scope
                .spawn(move || assert_eq!(render(engine, &format!("{{{{ f({i}) }}}}")), (i * 2).to_string()));
        }
    });
}
