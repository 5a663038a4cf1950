//! Rows of `ls`, compared with what dbt printed for the same project.

use serde_json::{Map, Value as Json, json};

use super::fixture::Fixture;
use crate::graph::select::{ListForm, SelectOptions, list};

fn rows(select: &str, form: ListForm, keys: &[&str]) -> Vec<String> {
    let fixture = Fixture::new(None);
    let options = SelectOptions {
        select: vec![select.to_owned()],
        ..SelectOptions::default()
    };
    let selection = fixture.try_select(&options).unwrap();
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let artifact = |_: &_| -> Option<Map<String, Json>> {
        Some(Map::from_iter([
            ("description".to_owned(), json!("")),
            ("group".to_owned(), Json::Null),
        ]))
    };
    list(&fixture.manifest, &selection.ids, form, &keys, &artifact)
}

const SOME: &str = "dim_users.v1 countries source:raw.orders weekly_board";

#[test]
fn names_are_those_that_references_use() {
    assert_eq!(
        rows(SOME, ListForm::Name, &[]),
        [
            "weekly_board",
            "dim_users.v1",
            "countries",
            "raw.orders",
            "not_null_dim_users_v1_id",
            "source_not_null_raw_orders_id",
        ]
    );
}

#[test]
fn selectors_find_their_node_again() {
    assert_eq!(
        rows(SOME, ListForm::Selector, &[]),
        [
            "exposure:shop.weekly_board",
            "shop.marts.users.dim_users.v1",
            "shop.countries",
            "source:shop.raw.orders",
            "shop.marts.not_null_dim_users_v1_id",
            "shop.staging.source_not_null_raw_orders_id",
        ]
    );
}

#[test]
fn paths_are_those_of_the_files() {
    assert_eq!(
        rows(SOME, ListForm::Path, &[]),
        [
            "models/marts/marts.yml",
            "models/marts/users/dim_users_v1.sql",
            "seeds/countries.csv",
            "models/staging/staging.yml",
            "models/marts/marts.yml",
            "models/staging/staging.yml",
        ]
    );
}

#[test]
fn usual_keys_stand_in_dbts_order() {
    let keys = |select: &str| {
        let row = rows(select, ListForm::Json, &[]).remove(0);
        let row: Map<String, Json> = serde_json::from_str(&row).unwrap();
        row.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        keys("revenue"),
        "name resource_type package_name original_file_path unique_id alias config tags depends_on"
    );
    assert_eq!(
        keys("raw_feed"),
        "name resource_type package_name original_file_path unique_id tags config depends_on"
    );
    assert_eq!(
        keys("source:raw.customers"),
        "name resource_type package_name original_file_path unique_id source_name tags config"
    );
    let seed: Json = serde_json::from_str(&rows("countries", ListForm::Json, &[])[0]).unwrap();
    assert_eq!(seed["depends_on"], json!({"macros": []}));
}

#[test]
fn chosen_keys_may_be_nested_and_unknown_ones_are_left_out() {
    let keys = [
        "unique_id",
        "config.materialized",
        "config.meta.owner",
        "nonsense",
        "description",
        "group",
    ];
    assert_eq!(
        rows("dim_users.v1,resource_type:model", ListForm::Json, &keys)[0],
        "{\"unique_id\": \"model.shop.dim_users.v1\", \"config.materialized\": \"table\", \
         \"config.meta.owner\": \"ana\", \"description\": \"\", \"group\": null}"
    );
}
