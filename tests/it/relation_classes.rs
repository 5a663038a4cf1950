//! What dbt's adapters say of their own: names of configuration that stand for others, and what a relation's class knows.

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::shop::{artifact, profile, succeeds};
use crate::support::unserved::targets;

fn project(output: &Json, model: &str) -> Environment {
    let environment = Environment::empty();
    environment.write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n");
    profile(&environment, output);
    environment.write("models/a.sql", model);
    environment
}

#[test]
fn keys_of_configuration_have_other_names_on_their_own_database_alone() {
    let keys = ["dataset", "project", "dbname"];
    for output in targets() {
        let kind = output["type"].as_str().unwrap();
        let model = "{{ config(dataset='one', project='two', dbname='three') }} select 1 as id";
        let environment = project(&output, model);
        succeeds(&environment.nexus(&["parse"]));
        let manifest = artifact(&environment, "manifest.json");
        let config = &manifest["nodes"]["model.shop.a"]["config"];
        let found = [&config["schema"], &config["database"]];
        let expected = match kind {
            "bigquery" => [json!("one"), json!("two")],
            "postgres" | "redshift" => [Json::Null, json!("three")],
            _ => [Json::Null, Json::Null],
        };
        assert_eq!(found, [&expected[0], &expected[1]], "{kind}");
        let kept: Vec<&str> = keys.into_iter().filter(|key| !config[key].is_null()).collect();
        let expected: &[&str] = match kind {
            "bigquery" => &["dbname"],
            "postgres" | "redshift" => &["dataset", "project"],
            _ => &keys,
        };
        assert_eq!(kept, expected, "{kind}");
    }
}

#[test]
fn a_catalog_is_the_database_of_databricks_and_no_catalog_of_others() {
    for output in targets() {
        let kind = output["type"].as_str().unwrap();
        let environment = project(&output, "{{ config(catalog='other') }} select 1 as id");
        let parsed = environment.nexus(&["parse"]);
        match kind {
            "databricks" => {
                succeeds(&parsed);
                let manifest = artifact(&environment, "manifest.json");
                assert_eq!(manifest["nodes"]["model.shop.a"]["config"]["database"], "other");
            }
            "snowflake" | "bigquery" => {
                succeeds(&parsed);
                let manifest = artifact(&environment, "manifest.json");
                let config = &manifest["nodes"]["model.shop.a"]["config"];
                assert_eq!(config["catalog"], "other", "{kind}");
                assert!(config["database"].is_null(), "{kind}");
            }
            _ => assert!(parsed.stderr.contains("no catalogs of other systems"), "{kind}"),
        }
    }
}

#[test]
fn relations_say_what_dbts_adapter_says_of_their_kind() {
    let model = "-- {% for kind in ['table', 'view', 'materialized_view'] %}\
        {% set r = api.Relation.create(database='d', schema='s', identifier='i', type=kind) %}\
        {{ kind }} {{ r.can_be_renamed }} {{ r.can_be_replaced }};{% endfor %}\n\
        -- {{ this.relation_max_name_length() if target.type in ['postgres', 'redshift', 'databricks'] else none }}\n\
        select 1 as id";
    for output in targets() {
        let kind = output["type"].as_str().unwrap();
        let environment = project(&output, model);
        succeeds(&environment.nexus(&["compile", "--no-introspect"]));
        let path = environment.path().join("target/compiled/shop/models/a.sql");
        let compiled = std::fs::read_to_string(path).unwrap();
        let expected = match kind {
            "postgres" => "table True True;view True True;materialized_view False False;\n-- 63\n",
            "redshift" => "table True False;view True True;materialized_view False False;\n-- 127\n",
            "snowflake" => "table True True;view True True;materialized_view False False;\n-- None\n",
            "bigquery" => "table True True;view False True;materialized_view False False;\n-- None\n",
            "databricks" => "table True True;view True True;materialized_view False True;\n-- 255\n",
            _ => "table False False;view False False;materialized_view False False;\n-- None\n",
        };
        assert!(compiled.contains(expected), "{kind}: {compiled}");
    }
}
