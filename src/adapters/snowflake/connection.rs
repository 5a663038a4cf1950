//! A connection of one thread: statements one by one, what the database holds, rows of seeds.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use base64::Engine as _;
use serde_json::Value as Json;

use super::config::Config;
use super::dialect::{LEXIS, SnowflakeDialect};
use super::results::{self, RowType};
use super::session::ServerSession;
use super::types;
use crate::adapters::seed_cell;
use crate::adapters::{
    AdapterError, Column, Connection, CsvFile, ErrorKind, Execute, Policy, Relation, Response,
};
use crate::invocation::Cancel;
use crate::sql::{Dialect, statements};

/// Kinds of statements that change rows: the answer has counts in place of rows.
const CHANGES_ROWS: std::ops::RangeInclusive<u64> = 0x3000..=0x3FFF;
/// Objects that one page of a list has.
const PAGE: usize = 10_000;
/// Text of one `insert` of a seed, and rows: the server takes a megabyte and 16,384 rows.
const INSERT_BYTES: usize = 400_000;
const INSERT_ROWS: usize = 10_000;

/// A connection of one session.
pub(super) struct SnowflakeConnection {
    config: Arc<Config>,
    session: ServerSession,
    /// A `begin` of a macro's own is open.
    in_transaction: bool,
    /// A statement has set another warehouse, or another query tag, than the profile's.
    other_warehouse: bool,
    other_tag: bool,
}

impl SnowflakeConnection {
    pub(super) fn open(config: &Arc<Config>, cancel: &Cancel) -> Result<Self, AdapterError> {
        let session = ServerSession::open(config, cancel).map_err(|e| e.masked(&config.masks))?;
        Ok(Self {
            config: config.clone(),
            session,
            in_transaction: false,
            other_warehouse: false,
            other_tag: false,
        })
    }

    /// Runs one statement.
    fn run(&mut self, sql: &str, options: Execute) -> Result<Response, AdapterError> {
        if self.session.is_cancelled() {
            return Err(AdapterError::cancelled());
        }
        let data = self
            .session
            .query(sql)
            .map_err(|e| e.masked(&self.config.masks))?;
        match first_word(sql).as_deref() {
            Some("begin" | "start") => self.in_transaction = true,
            Some("commit" | "rollback") => self.in_transaction = false,
            Some("use") => self.other_warehouse |= sql.to_ascii_lowercase().contains("warehouse"),
            Some("alter") => self.other_tag |= sql.to_ascii_lowercase().contains("query_tag"),
            _ => {}
        }
        self.response(&data, options)
    }

    fn response(&self, data: &Json, options: Execute) -> Result<Response, AdapterError> {
        let types = RowType::all_of(data);
        let number = |name: &str| data.get(name).and_then(Json::as_i64);
        let kind = data.get("statementTypeId").and_then(Json::as_u64).unwrap_or(0);
        let inserted = data.pointer("/stats/numRowsInserted").and_then(Json::as_i64);
        let rows = if CHANGES_ROWS.contains(&kind) {
            Some(changed_rows(data))
        } else {
            inserted.filter(|n| *n > 0).or_else(|| number("total"))
        };
        let mut response = Response {
            message: format!("SUCCESS {}", rows.unwrap_or(0)),
            code: Some("SUCCESS".to_owned()),
            rows_affected: rows,
            query_id: data.get("queryId").and_then(Json::as_str).map(str::to_owned),
            retries: self.session.take_retries(),
            ..Response::default()
        };
        if options.fetch {
            let (schema, batches) = results::with_small_integers(&types, self.batches(data, &types)?);
            response.schema = Some(schema);
            response.batches = limited(batches, options.limit);
        }
        Ok(response)
    }

    fn batches(&self, data: &Json, types: &[RowType]) -> Result<Vec<RecordBatch>, AdapterError> {
        let broken = |e: &dyn std::fmt::Display| {
            AdapterError::new(
                ErrorKind::Other,
                format!("the server's answer could not be read: {e}"),
            )
        };
        let mut batches = Vec::new();
        let is_arrow = data.get("rowset").is_none_or(Json::is_null);
        if let Some(rows) = data.get("rowset").and_then(Json::as_array) {
            batches.push(results::from_json(rows, types).map_err(|e| broken(&e))?);
        } else if let Some(text) = data.get("rowsetBase64").and_then(Json::as_str) {
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_err(|e| broken(&e))?;
            batches.extend(results::from_arrow(&bytes, types).map_err(|e| broken(&e))?);
        }
        let headers = chunk_headers(data);
        let chunks = data.get("chunks").and_then(Json::as_array);
        for chunk in chunks.into_iter().flatten() {
            let url = chunk.get("url").and_then(Json::as_str).unwrap_or_default();
            let bytes = self.session.chunk(url, &headers)?;
            if is_arrow {
                batches.extend(results::from_arrow(&bytes, types).map_err(|e| broken(&e))?);
            } else {
                // Rows without the brackets of their list.
                let text = format!("[{}]", String::from_utf8_lossy(&bytes));
                let rows: Vec<Json> = serde_json::from_str(&text).map_err(|e| broken(&e))?;
                batches.push(results::from_json(&rows, types).map_err(|e| broken(&e))?);
            }
        }
        Ok(batches)
    }

    /// Runs a query and returns its rows as texts by lower-case name of their columns.
    fn rows(&mut self, sql: &str) -> Result<Vec<HashMap<String, String>>, AdapterError> {
        let options = Execute {
            fetch: true,
            limit: None,
        };
        let response = self.run(sql, options)?;
        let mut rows = Vec::new();
        for batch in &response.batches {
            for row in 0..batch.num_rows() {
                let cells = batch.schema_ref().fields().iter().zip(batch.columns());
                let cells = cells.map(|(field, column)| {
                    let text = arrow::util::display::array_value_to_string(column, row).unwrap_or_default();
                    (field.name().to_lowercase(), text)
                });
                rows.push(cells.collect());
            }
        }
        Ok(rows)
    }
}

/// Returns the sum of the counts that a changing statement answers with.
fn changed_rows(data: &Json) -> i64 {
    let first = data.pointer("/rowset/0").and_then(Json::as_array);
    let counts = first.into_iter().flatten();
    counts
        .filter_map(|n| {
            n.as_str()
                .and_then(|n| n.parse::<i64>().ok())
                .or_else(|| n.as_i64())
        })
        .sum()
}

fn chunk_headers(data: &Json) -> HashMap<String, String> {
    let given = data.get("chunkHeaders").and_then(Json::as_object);
    let mut headers: HashMap<String, String> = given
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    if let (true, Some(key)) = (headers.is_empty(), data.get("qrmk").and_then(Json::as_str)) {
        headers.insert(
            "x-amz-server-side-encryption-customer-algorithm".into(),
            "AES256".into(),
        );
        headers.insert("x-amz-server-side-encryption-customer-key".into(), key.into());
    }
    headers
}

fn limited(batches: Vec<RecordBatch>, limit: Option<usize>) -> Vec<RecordBatch> {
    let mut left = limit.unwrap_or(usize::MAX);
    let mut out = Vec::new();
    for batch in batches {
        let rows = batch.num_rows().min(left);
        left -= rows;
        if rows > 0 {
            out.push(batch.slice(0, rows));
        }
    }
    out
}

/// Returns the first word of a statement in lower case, comments passed over.
fn first_word(sql: &str) -> Option<String> {
    let mut rest = sql.trim_start();
    loop {
        rest = if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/")?.1.trim_start()
        } else if rest.starts_with("--") || rest.starts_with("//") {
            rest.split_once('\n')?.1.trim_start()
        } else {
            break;
        };
    }
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    Some(word.to_ascii_lowercase())
}

/// A name as it stands in `show` and `describe`: as relations without quotes, so that the server folds it.
fn bare(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        name.to_owned()
    } else {
        SnowflakeDialect.quote_identifier(name)
    }
}

impl Connection for SnowflakeConnection {
    fn execute(&mut self, sql: &str, options: Execute) -> Result<Response, AdapterError> {
        let all = statements(sql, LEXIS);
        let mut last = Response {
            message: "SUCCESS 0".to_owned(),
            code: Some("SUCCESS".to_owned()),
            ..Response::default()
        };
        let count = all.len();
        // A wrapped change answers for itself, not for the `commit` that follows it.
        let mut changed = None;
        for (index, statement) in all.into_iter().enumerate() {
            let wanted = if index + 1 == count {
                options
            } else {
                Execute::default()
            };
            last = self.run(statement.text, wanted).map_err(|mut error| {
                error.position = error
                    .position
                    .map(|(line, column)| (line + statement.line - 1, column));
                error
            })?;
            match first_word(statement.text).as_deref() {
                Some("insert" | "merge" | "update" | "delete") => changed = Some(last.clone()),
                Some("commit") => {
                    if let Some(changed) = changed.take() {
                        last = changed;
                    }
                }
                _ => {}
            }
        }
        Ok(last)
    }

    /// Each statement stands alone, as with dbt; macros wrap what belongs together in `begin` and `commit`.
    fn begin(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    fn commit(&mut self) -> Result<(), AdapterError> {
        Ok(())
    }

    /// After a failed node: what it began is undone, and the next node finds the session as the profile wants it.
    fn rollback(&mut self) -> Result<(), AdapterError> {
        if self.session.is_cancelled() {
            return Ok(());
        }
        if self.in_transaction {
            self.run("rollback", Execute::default())?;
        }
        if let (true, Some(warehouse)) = (self.other_warehouse, self.config.warehouse.clone()) {
            self.run(&format!("use warehouse {}", bare(&warehouse)), Execute::default())?;
        }
        if self.other_tag {
            let sql = match &self.config.query_tag {
                Some(tag) => format!(
                    "alter session set query_tag = {}",
                    SnowflakeDialect.string_literal(tag)
                ),
                None => "alter session unset query_tag".to_owned(),
            };
            self.run(&sql, Execute::default())?;
        }
        (self.in_transaction, self.other_warehouse, self.other_tag) = (false, false, false);
        Ok(())
    }

    fn list_relations(&mut self, database: &str, schema: &str) -> Result<Vec<Relation>, AdapterError> {
        let mut found = Vec::new();
        let mut from = String::new();
        loop {
            let sql = format!(
                "show objects in schema {}.{} limit {PAGE}{from}",
                bare(database),
                bare(schema)
            );
            let rows = match self.rows(&sql) {
                Ok(rows) => rows,
                // A schema that is not there has no relations.
                Err(error) if error.kind == ErrorKind::Missing => return Ok(found),
                Err(error) => return Err(error),
            };
            let count = rows.len();
            let mut last = String::new();
            for row in rows {
                let text = |name: &str| row.get(name).map(String::as_str).unwrap_or_default();
                let name = text("name");
                name.clone_into(&mut last);
                let is_dynamic = matches!(text("is_dynamic"), "Y" | "YES");
                let kind = types::relation_kind(text("kind"), is_dynamic);
                let mut relation =
                    Relation::new(Some(text("database_name")), Some(text("schema_name")), Some(name))
                        .with_kind(Some(kind));
                // The list says names as they are, so they are quoted.
                relation.quote = Policy::ALL;
                found.push(relation);
            }
            if count < PAGE {
                return Ok(found);
            }
            from = format!(" from {}", SnowflakeDialect.string_literal(&last));
        }
    }

    fn columns(&mut self, relation: &Relation) -> Result<Vec<Column>, AdapterError> {
        match self.rows(&format!("describe table {}", relation.path())) {
            Ok(rows) => Ok(rows
                .into_iter()
                .map(|mut row| {
                    let kind = row.remove("type").unwrap_or_default();
                    types::column(row.remove("name").unwrap_or_default(), &kind)
                })
                .collect()),
            Err(error) if error.kind == ErrorKind::Missing => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn columns_of_query(&mut self, sql: &str) -> Result<Option<Vec<Column>>, AdapterError> {
        let mut columns = Vec::new();
        for statement in statements(sql, LEXIS) {
            let data = self
                .session
                .query(statement.text)
                .map_err(|e| e.masked(&self.config.masks))?;
            columns = RowType::all_of(&data)
                .into_iter()
                .map(RowType::into_column)
                .collect();
        }
        Ok(Some(columns))
    }

    fn list_schemas(&mut self, database: &str) -> Result<Vec<String>, AdapterError> {
        let rows = self.rows(&format!(
            "show terse schemas in database {} limit {PAGE}",
            bare(database)
        ))?;
        Ok(rows
            .into_iter()
            .filter_map(|mut row| row.remove("name"))
            .collect())
    }

    /// Inserts the rows in statements of many rows. The stage of a `put` would be quicker for very large files, but
    /// belongs to the cloud on which the account runs.
    fn load_csv(&mut self, relation: &Relation, file: &CsvFile<'_>) -> Result<u64, AdapterError> {
        let unread = |e: csv::Error| {
            AdapterError::new(
                ErrorKind::Config,
                format!("the seed `{}` could not be read: {e}", file.path.display()),
            )
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(u8::try_from(file.delimiter).unwrap_or(b','))
            .flexible(true)
            .from_path(file.path)
            .map_err(unread)?;
        let names: Vec<String> = file.columns.to_vec();
        let head = format!("insert into {} ({}) values\n", relation.path(), names.join(", "));
        let (mut text, mut rows, mut total) = (head.clone(), 0_usize, 0_u64);
        for record in reader.records() {
            let record = record.map_err(unread)?;
            text.push_str(if rows == 0 { "(" } else { ",\n(" });
            for index in 0..names.len() {
                if index > 0 {
                    text.push(',');
                }
                match seed_cell(&record, index) {
                    None => text.push_str("null"),
                    Some(cell) => text.push_str(&SnowflakeDialect.string_literal(cell)),
                }
            }
            text.push(')');
            rows += 1;
            total += 1;
            if rows >= INSERT_ROWS || text.len() >= INSERT_BYTES {
                self.run(&text, Execute::default())?;
                text.clone_from(&head);
                rows = 0;
            }
        }
        if rows > 0 {
            self.run(&text, Execute::default())?;
        }
        Ok(total)
    }
}
