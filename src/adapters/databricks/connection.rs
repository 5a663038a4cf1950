//! A session's way to the warehouse. The API keeps no session: there are no transactions and no temporary relations.

use std::sync::Arc;

use arrow::array::{Array, AsArray};

use super::config::{Config, HIVE};
use super::dialect::SparkDialect;
use super::http::Http;
use super::statement::{Bring, Runner};
use super::{describe, dialect, seed};
use crate::adapters::{
    AdapterError, Column, Connection, CsvFile, ErrorKind, Execute, Relation, RelationKind, Response,
};
use crate::invocation::Cancel;
use crate::sql::{Dialect, statements};

pub(super) struct RestConnection {
    config: Arc<Config>,
    http: Arc<Http>,
    cancel: Cancel,
}

impl RestConnection {
    pub(super) fn new(config: Arc<Config>, http: Arc<Http>, cancel: Cancel) -> Self {
        Self { config, http, cancel }
    }

    fn run(&self, sql: &str, bring: Bring) -> Result<Response, AdapterError> {
        let runner = Runner {
            config: &self.config,
            http: &self.http,
            cancel: &self.cancel,
        };
        runner.run(sql, bring).map_err(|mut fault| {
            fault.message = self.config.masked(&fault.message);
            fault
        })
    }

    /// Returns the rows of a query whose columns are texts; a null is an empty text.
    fn texts<const N: usize>(&self, sql: &str) -> Result<Vec<[String; N]>, AdapterError> {
        let response = self.run(sql, Bring::Rows(None))?;
        let mut found = Vec::new();
        for batch in &response.batches {
            for row in 0..batch.num_rows() {
                found.push(std::array::from_fn(|at| {
                    let column = batch.columns().get(at).and_then(|c| c.as_string_opt::<i32>());
                    column
                        .filter(|c| c.is_valid(row))
                        .map_or_else(String::new, |c| c.value(row).to_owned())
                }));
            }
        }
        Ok(found)
    }

    /// The relations of a schema outside of Unity Catalog: all of them, and which of them are views.
    fn list_hive(&self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError> {
        let place = Relation {
            quote_character: SparkDialect.quote_character(),
            ..Relation::new(Some(database), Some(schema), None)
        };
        let views = self.texts::<2>(&format!("show views in {}", place.path()))?;
        let all = self.texts::<2>(&format!("show tables in {}", place.path()))?;
        Ok(all
            .into_iter()
            .map(|[_, name]| {
                let kind = if views.iter().any(|[_, view]| *view == name) {
                    RelationKind::View
                } else {
                    RelationKind::Table
                };
                relation(database, schema, &name, kind)
            })
            .collect())
    }
}

fn relation(database: &str, schema: &str, name: &str, kind: RelationKind) -> Relation {
    Relation {
        quote_character: SparkDialect.quote_character(),
        ..Relation::new(Some(database), Some(schema), Some(name))
    }
    .with_kind(Some(kind))
}

/// What is not there has nothing in it.
fn none_where_missing<T>(answer: Result<Vec<T>, AdapterError>) -> Result<Vec<T>, AdapterError> {
    match answer {
        Err(fault) if fault.kind == ErrorKind::Missing && fault.message.starts_with('[') => Ok(Vec::new()),
        answer => answer,
    }
}

impl Connection for RestConnection {
    fn execute(&mut self, sql: &str, options: Execute) -> Result<Response, AdapterError> {
        let statements = statements(sql, dialect::LEXIS);
        let mut last = Response {
            message: "OK".to_owned(),
            ..Response::default()
        };
        for (index, statement) in statements.iter().enumerate() {
            let bring = if options.fetch && index + 1 == statements.len() {
                Bring::Rows(options.limit)
            } else {
                Bring::Nothing
            };
            let retries = last.retries;
            last = self.run(statement.text, bring).map_err(|mut fault| {
                if let Some((line, _)) = &mut fault.position {
                    *line += statement.line - 1;
                }
                fault
            })?;
            last.retries += retries;
        }
        Ok(last)
    }

    fn begin(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    fn list_relations(&mut self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError> {
        if database.eq_ignore_ascii_case(HIVE) {
            return none_where_missing(self.list_hive(database, schema));
        }
        let sql = format!(
            "select table_name, table_type from {}.information_schema.tables where table_schema = {} order by 1",
            SparkDialect.quote_identifier(database),
            SparkDialect.string_literal(&schema.to_lowercase()),
        );
        let rows = self.texts::<2>(&sql)?;
        Ok(rows
            .iter()
            .map(|[name, kind]| relation(database, schema, name, describe::relation_kind(kind)))
            .collect())
    }

    fn columns(&mut self, relation: &Relation) -> Result<Vec<Column>, AdapterError> {
        let sql = format!("describe table extended {} as json", relation.path());
        let rows = none_where_missing(self.texts::<1>(&sql))?;
        Ok(rows
            .first()
            .map_or_else(Vec::new, |[text]| describe::columns(text)))
    }

    fn columns_of_query(&mut self, sql: &str) -> Result<Option<Vec<Column>>, AdapterError> {
        let sql = format!("describe query {}", sql.trim().trim_end_matches(';'));
        let rows = self.texts::<2>(&sql)?;
        let column = |[name, dtype]: [String; 2]| describe::column(name, dtype);
        Ok(Some(rows.into_iter().map(column).collect()))
    }

    fn list_schemas(&mut self, database: &str) -> Result<Vec<String>, AdapterError> {
        let sql = format!("show schemas in {}", SparkDialect.quote_identifier(database));
        Ok(self.texts::<1>(&sql)?.into_iter().map(|[name]| name).collect())
    }

    fn load_csv(&mut self, relation: &Relation, file: &CsvFile<'_>) -> Result<u64, AdapterError> {
        let types = self.columns(relation)?;
        seed::load(relation, &types, file, |sql| {
            self.run(sql, Bring::Nothing).map(drop)
        })
    }
}
