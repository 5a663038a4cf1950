//! Reads statements with the parser of the crate `sqlparser`, for `statements.py`.
//!
//! The dialect is the first argument. Standard input is a line of JSON a script: `{"place": …, "sql": …}`. Each script
//! that cannot be read is a line of JSON on standard output: `{"place": …, "error": …}`.

use std::io::{BufRead, Write};

use serde_json::{Value, json};
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect, DuckDbDialect, PostgreSqlDialect, RedshiftSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;

fn dialect(name: &str) -> Option<Box<dyn Dialect>> {
    Some(match name {
        "bigquery" => Box::new(BigQueryDialect {}),
        "databricks" => Box::new(DatabricksDialect {}),
        "duckdb" => Box::new(DuckDbDialect {}),
        "postgres" => Box::new(PostgreSqlDialect {}),
        "redshift" => Box::new(RedshiftSqlDialect {}),
        "snowflake" => Box::new(SnowflakeDialect {}),
        _ => return None,
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let dialect = dialect(&name).ok_or_else(|| format!("there is no dialect named `{name}`"))?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let script: Value = serde_json::from_str(&line?)?;
        let sql = script["sql"].as_str().unwrap_or_default();
        // Deeply nested expressions of generated models are no fault.
        let parsed = Parser::new(&*dialect)
            .with_recursion_limit(500)
            .try_with_sql(sql)
            .and_then(|mut parser| parser.parse_statements());
        if let Err(error) = parsed {
            writeln!(out, "{}", json!({"place": script["place"], "error": error.to_string()}))?;
        }
    }
    Ok(())
}
