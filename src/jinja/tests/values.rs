//! Relations, columns, tables, results: what has no counterpart in plain Jinja2.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;

use super::*;
use crate::jinja::values::TableValue;

fn render(text: &str) -> String {
    render_with(&engine(&[]), text, &host()).unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

#[test]
fn relations_answer_as_dbts() {
    for (text, wanted) in [
        ("{{ this }}", "\"db\".\"main\".\"self\""),
        (
            "{{ this.schema }}.{{ this.identifier }} {{ this.name }} {{ this.table }} {{ this.type }}",
            "main.self self self None",
        ),
        (
            "{{ this.include(database=false) }} {{ this.quote(identifier=false) }}",
            "\"main\".\"self\" \"db\".\"main\".self",
        ),
        (
            "{{ this.incorporate(path={'identifier': 'x'}, type='view') }} {{ this.incorporate(type='view').is_view }}",
            "\"db\".\"main\".\"x\" True",
        ),
        (
            "{{ this.without_identifier() }} {{ this.replace_path(schema='s') }}",
            "\"db\".\"main\" \"db\".\"s\".\"self\"",
        ),
        (
            "{{ this.information_schema('tables') }}",
            "\"db\".INFORMATION_SCHEMA.tables",
        ),
        (
            "{{ this is mapping }} {{ this.get('metadata', {}).get('type', '').endswith('Relation') }}",
            "True True",
        ),
        (
            "{{ api.Relation.create(database='a', schema='b', identifier='c', type='table').is_table }}",
            "True",
        ),
        (
            "{{ api.Relation.create(schema='b', identifier='c', quote_policy={'schema': false}) }}",
            "b.\"c\"",
        ),
        (
            "{{ ref('a') == ref('a') }} {{ ref('a') == ref('b') }} {{ ref('a') in [ref('b'), ref('a')] }}",
            "True False True",
        ),
        (
            "{{ this ~ '_x' }} {{ 'select * from %s' % this }}",
            "\"db\".\"main\".\"self\"_x select * from \"db\".\"main\".\"self\"",
        ),
        (
            "{{ adapter.quote('a b') }} {{ adapter.type() }} {{ adapter.quote_as_configured('x', 'identifier') }}",
            "\"a b\" duckdb \"x\"",
        ),
        (
            "{{ api.Relation.View }} {{ adapter.Relation.Table }}",
            "view table",
        ),
    ] {
        assert_eq!(render(text), wanted, "{text}");
    }
}

#[test]
fn columns_answer_as_dbts() {
    for (text, wanted) in [
        (
            "{% set c = api.Column('id', 'INTEGER') %}{{ c.name }} {{ c.dtype }} {{ c.data_type }} {{ c.quoted }} {{ c.is_integer() }} {{ c.is_number() }} {{ c.is_string() }}",
            "id INTEGER INTEGER \"id\" True True False",
        ),
        (
            "{% set c = api.Column.create('n', 'string') %}{{ c.dtype }} {{ c.is_string() }} {{ c.string_size() }} {{ c.data_type }}",
            "TEXT True 256 character varying(256)",
        ),
        (
            "{{ api.Column('x', 'numeric', none, 10, 2).data_type }} {{ api.Column.numeric_type('decimal', 1, 2) }}",
            "numeric(10,2) decimal(1,2)",
        ),
        (
            "{{ api.Column('x', 'varchar', 10).can_expand_to(api.Column('x', 'varchar', 20)) }} {{ api.Column('x', 'int').literal(1) }}",
            "True 1::int",
        ),
        (
            "{{ [api.Column('b', 'int'), api.Column('a', 'int')] | map(attribute='name') | sort | join(',') }}",
            "a,b",
        ),
    ] {
        assert_eq!(render(text), wanted, "{text}");
    }
}

fn table() -> Value {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![Some(1), None]))),
        ("name", Arc::new(StringArray::from(vec!["a", "b"]))),
        ("x", Arc::new(Float64Array::from(vec![1.5, 2.0]))),
        ("d", Arc::new(Date32Array::from(vec![19723, 0]))),
    ];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    TableValue::of_batches(None, &[batch])
}

#[test]
fn tables_are_read_by_name_and_place() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro show(t) %}{{ t.columns[0].values() }} {{ t.columns['name'].values() }} {{ t.column_names }} {{ t.rows | length }} {{ t | length }} {% for r in t.rows %}{{ r['name'] }}{{ r[0] }}{{ r.x }}{{ r.d }};{% endfor %} {{ t.rows[0].values() }} {{ t.rows[0].dict() }} {{ t.columns | map(attribute='name') | list }} {{ t.select(['name']).column_names }}{{ store_result('q', 'OK', t) }}{% set q = load_result('q') %} {{ q.response }} {{ q['data'][0][1] }} {{ q.table.columns[1].name }} {{ load_result('none') }}{% endmacro %}",
    )]);
    let host: Arc<dyn Host> = host();
    let called = engine
        .call("macro.root.show", vec![table()], vec![], &host)
        .unwrap();
    assert_eq!(
        called.text,
        "(1, None) ('a', 'b') ('id', 'name', 'x', 'd') 2 2 a11.52024-01-01;bNone2.01970-01-01; (1, 'a', Decimal('1.5'), datetime.date(2024, 1, 1)) OrderedDict([('id', 1), ('name', 'a'), ('x', Decimal('1.5')), ('d', datetime.date(2024, 1, 1))]) ['id', 'name', 'x', 'd'] ('name',) OK a name None"
    );
}

#[test]
fn a_statements_result_can_be_loaded_once() {
    let error = render_with(
        &engine(&[]),
        "{{ store_raw_result('q', message='OK', code='X', rows_affected='3') }}{{ load_result('q').response.rows_affected }}{{ load_result('q') }}",
        &host(),
    )
    .expect_err("it fails");
    assert!(error.message().contains("was loaded before"), "{error:?}");
}

#[test]
fn configs_are_set_and_asked() {
    assert_eq!(
        render(
            "{{ config(a=1, meta={'k': 'v'}, persist_docs={'relation': true}) }}{{ config.get('a') }} {{ config.get('b') }} {{ config.get('b', 'd') }} {{ config.require('a') }} {{ config.meta_get('k') }} {{ config.persist_relation_docs() }} {{ config.persist_column_docs() }} {{ config.get('a', default=2, validator=validation.any(1, 2)) }}"
        ),
        "1 None d 1 v True False 1"
    );
    let error = render_with(&engine(&[]), "{{ config.require('zz') }}", &host()).expect_err("it fails");
    assert_eq!(error.code().0, "N0208");
}

#[test]
fn strings_are_rendered_within_a_render() {
    let engine = engine(&[(
        "root",
        "macros/a.sql",
        "{% macro f() %}F{% endmacro %}{% macro g() %}{{ nope(1) }}{% endmacro %}",
    )]);
    assert_eq!(
        render_with(
            &engine,
            "{{ render('{{ f() }} ' ~ '{{ this.name }}') }}{{ fromyaml('a: [1, yes]') }}",
            &host()
        )
        .unwrap(),
        "F self{'a': [1, True]}"
    );
    let error = render_with(&engine, "{{ g() }}", &host()).expect_err("it fails");
    assert_eq!(error.message(), "`nope` is undefined");
    assert_eq!(error.span().unwrap().to_string(), "macros/a.sql:1:49");
}

#[test]
fn json_keeps_relations_as_text_and_tuples_as_lists() {
    let value = Engine::relation(Relation::new(None, Some("s"), Some("t")));
    assert_eq!(Engine::json(&value), json!("\"s\".\"t\""));
    let json = json!({"a": [1, 2.5, null, true, {"b": "c"}], "big": 18_446_744_073_709_551_615_u64});
    assert_eq!(Engine::json(&Engine::value(&json)), json);
}
