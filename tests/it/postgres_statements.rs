//! What nexus says to PostgreSQL: a proxy writes down every statement, and the tests count them.

use serde_json::json;

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{profile, succeeds};
use crate::support::wire::Wire;

#[test]
fn a_run_asks_for_each_schema_once_however_many_relations_and_threads_there_are() {
    let shop = Environment::empty();
    shop.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels:\n  shop:\n    tables: {+materialized: table}\n    \
         others: {+materialized: view, +schema: others}\n",
    );
    for n in 0..20 {
        shop.write(&format!("models/tables/t{n}.sql"), "select 1 as id");
        shop.write(
            &format!("models/others/v{n}.sql"),
            &format!("select * from {{{{ ref('t{n}') }}}}"),
        );
    }
    let wire = Wire::start();
    let mut output = Lab::of("postgres").output;
    output["port"] = json!(wire.port);
    output["schema"] = json!("t_statements");
    output["sslmode"] = json!("disable");
    output["threads"] = json!(4);
    profile(&shop, &output);
    succeeds(&shop.nexus(&["run"]));
    wire.clear();
    succeeds(&shop.nexus(&["run"]));
    assert!(wire.connections() <= 5, "{} connections", wire.connections());
    let said = wire.statements();
    let questions: Vec<&String> = said
        .iter()
        .filter(|sql| sql.contains("pg_catalog") || sql.contains("information_schema"))
        .collect();
    let count = |word: &str| questions.iter().filter(|sql| sql.contains(word)).count();
    assert_eq!(count("pg_class as c"), 2, "one listing a schema: {questions:#?}");
    assert_eq!(count("pg_catalog.pg_namespace order by"), 1, "{questions:#?}");
    // Threads that change their first relation at the same time each ask what views read.
    assert!((1..=4).contains(&count("pg_rewrite")), "{questions:#?}");
    assert_eq!(
        questions.len(),
        3 + count("pg_rewrite"),
        "nothing else: {questions:#?}"
    );
    // A table that is there takes a transaction, its statement, two renames, and the end of the old one.
    let of_model = |sql: &&String| sql.contains("model.shop.t7\"");
    assert_eq!(said.iter().filter(of_model).count(), 4, "{said:#?}");
    let begins = said.iter().filter(|sql| *sql == "BEGIN").count();
    assert!((20..=80).contains(&begins), "{begins}");
}
