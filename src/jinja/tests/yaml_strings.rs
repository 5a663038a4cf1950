//! Strings of YAML files; the expected values are those of dbt's own native renderer.

use serde_json::json;

use super::*;
use crate::diagnostic::Span;
use crate::project::RenderYaml;

fn renderer() -> YamlRenderer {
    let mut invocation = invocation();
    for (name, value) in [
        ("NUM", "5"),
        ("TXT", "hello"),
        ("TRUE", "true"),
        ("DBT_ENV_SECRET_X", "s3"),
    ] {
        invocation.env.insert(name.to_owned(), value.to_owned());
    }
    YamlRenderer::new(&invocation)
}

fn render(text: &str) -> Result<serde_json::Value> {
    let file = SourceFile::new("profiles.yml", "password: x");
    let vars = json!({"n": 3, "s": "x", "l": [1, 2]});
    let target = json!({"name": "dev", "threads": 4});
    let span = Span::new(&file, 10, 11);
    let value = renderer().render(text, span, vars.as_object().unwrap(), Some(&target))?;
    let node = crate::yaml::Node {
        value,
        start: 0,
        end: 0,
    };
    Ok(node.to_json())
}

#[test]
fn single_expressions_keep_their_type_and_constants_are_text() {
    for (text, wanted) in [
        ("{{ 1 + 1 }}", json!("2")),
        ("{{ env_var('NUM') }}", json!("5")),
        ("{{ env_var('NUM') | int }}", json!(5)),
        ("{{ env_var('NUM') | as_number }}", json!(5)),
        ("{{ env_var('TXT') }}-x", json!("hello-x")),
        ("{{ var('n') }}", json!(3)),
        ("{{ var('l') }}", json!([1, 2])),
        ("a{{ var('n') }}", json!("a3")),
        ("{{ target.threads }}", json!(4)),
        ("{{ target.name == 'dev' }}", json!(true)),
        ("{{ '[1]' | as_native }}", json!([1])),
        ("{{ env_var('NUM') | as_text }}", json!("5")),
        ("  {{ 1 }}", json!("  1")),
        ("{{ none }}", json!("None")),
        ("{% if target.name == 'dev' %}x{% else %}y{% endif %}", json!("x")),
        ("{% if true %}{{ 5 }}{% endif %}", json!("5")),
        ("{{ env_var('NOPE', 'd') }}", json!("d")),
        ("{{ 'a' }}{{ 'b' }}", json!("ab")),
        ("plain", json!("plain")),
        ("{{ {'a': 1} }}", json!("{'a': 1}")),
        ("{{ '' }}", json!("")),
        ("{{- 3 -}}", json!("3")),
        ("{{ env_var('DBT_ENV_SECRET_X') }}", json!("s3")),
    ] {
        assert_eq!(
            render(text).unwrap_or_else(|e| panic!("{text}: {e:?}")),
            wanted,
            "{text}"
        );
    }
}

#[test]
fn failures_stand_at_the_strings_place() {
    for (text, code) in [
        ("{{ env_var('NOPE') }}", "N0107"),
        ("{{ env_var('DBT_ENV_SECRET_NOPE') }}", "N0107"),
        ("{{ env_var('TXT') | as_number }}", "N0103"),
        ("{{ env_var('TRUE') | as_bool }}", "N0103"),
        ("{{ var('q') }}", "N0306"),
        ("{{ nothing() }}", "N0302"),
        ("{{ 1 + }}", "N0301"),
    ] {
        let error = render(text).expect_err(text);
        assert_eq!(error.code().0, code, "{text}: {error:?}");
        assert_eq!(error.span().unwrap().to_string(), "profiles.yml:1:11", "{text}");
    }
}
