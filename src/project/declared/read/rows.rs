//! Reads tables and records: the rows that events are made of.

use serde_json::Value as Json;

use super::{Behind, Declared, ENVELOPE};
use crate::fs;
use crate::project::declared::fields::Input;
use crate::project::declared::shape::{Field, Keep, Kind, Record, Table};
use crate::project::declared::sql::raw_name;
use crate::yaml::{Mapping, Node};

impl Declared<'_> {
    pub(super) fn table(&mut self, name: String, node: &Node) -> Option<Table> {
        let what = format!("table `{name}`");
        let keys = [
            "description",
            "columns",
            "json",
            "sample",
            "fields",
            "key",
            "keep",
            "order",
        ];
        let map = self.reader.known(node, &what, &keys)?;
        let mut columns: Vec<String> = self
            .reader
            .texts(map.get("columns"), &format!("`columns` of {what}"))
            .into_iter()
            .map(|(column, _)| column)
            .collect();
        if columns.is_empty() {
            columns = ENVELOPE.map(str::to_owned).to_vec();
        }
        if !columns.iter().any(|column| column == "_ingested_at") {
            let place = map.get("columns").unwrap_or(node);
            let fault = self
                .reader
                .error(
                    place,
                    format!("{what} lacks the column `_ingested_at`, which the contract needs"),
                )
                .hint("Load it with the rows: when a row reached the warehouse. Nothing takes its place.");
            self.reader.found.push(fault);
        }
        let json = self.reader.text(map.get("json"), &format!("`json` of {what}"));
        if let (Some(json), Some(node)) = (&json, map.get("json")) {
            self.reader.one_of(json, node, "column", &what, &columns);
        }
        let samples = self.samples(map, &what);
        let input = Input {
            columns: &columns,
            json: json.as_deref().map(|_| "record"),
            samples: &samples,
        };
        let mut fields = self.reader.fields(map.get("fields"), &what, &input);
        let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        let key = self.key(map, node, &what, &names)?;
        for field in &mut fields {
            field.is_required |= key.contains(&field.name);
        }
        Some(Table {
            description: self.description(map, &what),
            keep: self.reader.keep(map.get("keep"), &what, Keep::Latest),
            order: self.reader.text(map.get("order"), &format!("`order` of {what}")),
            name,
            columns,
            json,
            fields,
            key,
        })
    }

    /// Reads the file of sample records: JSON, or one record a line.
    pub(super) fn samples(&mut self, map: &Mapping, what: &str) -> Vec<Json> {
        let Some(path) = self
            .reader
            .text(map.get("sample"), &format!("`sample` of {what}"))
        else {
            return Vec::new();
        };
        let Some(text) = self.reader.found.take(fs::read(&self.root.join(&path))) else {
            return Vec::new();
        };
        if let Ok(value) = serde_json::from_str::<Json>(&text) {
            return match value {
                Json::Array(items) => items,
                other => vec![other],
            };
        }
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        match lines.map(serde_json::from_str).collect::<Result<Vec<Json>, _>>() {
            Ok(samples) => samples,
            Err(error) => {
                let node = map.get("sample").unwrap_or(&self.reader.document.root);
                let fault = self
                    .reader
                    .error(node, format!("`{path}` holds no JSON records: {error}"));
                self.reader.found.push(fault);
                Vec::new()
            }
        }
    }

    pub(super) fn key(
        &mut self,
        map: &Mapping,
        node: &Node,
        what: &str,
        names: &[String],
    ) -> Option<Vec<String>> {
        let given = self.reader.texts(map.get("key"), &format!("`key` of {what}"));
        if given.is_empty() {
            let fault = self
                .reader
                .error(node, format!("{what} has no key"))
                .hint("Name the field or fields that a row is known by: `key: id`.");
            self.reader.found.push(fault);
            return None;
        }
        for (name, node) in &given {
            self.reader.one_of(name, node, "field", what, names);
        }
        Some(given.into_iter().map(|(name, _)| name).collect())
    }

    /// Returns what a table or object of this name gives.
    pub(super) fn input(&self, name: &str) -> Option<Behind> {
        if let Some(table) = self.tables.iter().find(|table| table.name == name) {
            let mut columns = vec![("_ingested_at".to_owned(), Kind::Timestamp)];
            columns.extend(columns_of(&table.fields));
            return Some(Behind {
                name: name.to_owned(),
                columns,
                key: table.key.clone(),
                table: table.name.clone(),
            });
        }
        let record = self.records.iter().find(|record| record.name == name)?;
        Some(Behind {
            name: name.to_owned(),
            columns: record.columns.clone(),
            key: record.table_key.clone(),
            table: record.table.clone(),
        })
    }

    pub(super) fn from(&mut self, map: &Mapping, node: &Node, what: &str) -> Option<Behind> {
        let from = self.reader.required_text(map, "from", node, what)?;
        let tables = self.tables.iter().map(|table| table.name.clone());
        let names: Vec<String> = tables
            .chain(self.records.iter().map(|record| record.name.clone()))
            .collect();
        let place = map.get("from").unwrap_or(node);
        if !self
            .reader
            .one_of(&from, place, "table or record", "the source", &names)
        {
            return None;
        }
        self.input(&from)
    }

    pub(super) fn record(&mut self, name: String, node: &Node) -> Option<Record> {
        let what = format!("record `{name}`");
        let keys = [
            "description",
            "from",
            "where",
            "json",
            "fields",
            "key",
            "keep",
            "order",
            "join",
            "derive",
            "filter",
            "report",
        ];
        let map = self.reader.known(node, &what, &keys)?;
        let Behind {
            name: from,
            columns: inherited,
            key: table_key,
            table,
        } = self.from(map, node, &what)?;
        let names: Vec<String> = inherited.iter().map(|(name, _)| name.clone()).collect();
        let json = self.reader.text(map.get("json"), &format!("`json` of {what}"));
        if let (Some(json), Some(place)) = (&json, map.get("json")) {
            self.reader
                .one_of(json, place, "field", &format!("`{from}`"), &names);
        }
        let input = Input {
            columns: &names,
            json: json.as_deref(),
            samples: &[],
        };
        let fields = self.reader.fields(map.get("fields"), &what, &input);
        let mut joins = Vec::new();
        for (other, condition) in self.reader.named(map.get("join"), &format!("`join` of {what}")) {
            let others: Vec<String> = self.records.iter().map(|record| record.name.clone()).collect();
            if self
                .reader
                .one_of(&other, condition, "record", "the source", &others)
                && let Some(condition) = self.reader.text(Some(condition), &format!("`join` of {what}"))
            {
                joins.push((other, condition));
            }
        }
        let own: Vec<(String, Kind)> = columns_of(&fields);
        let carried: Vec<(String, Kind)> = inherited
            .iter()
            .filter(|(name, kind)| *kind != Kind::Json && !own.iter().any(|(own, _)| own == name))
            .cloned()
            .collect();
        let mut columns: Vec<(String, Kind)> = carried.iter().cloned().chain(own).collect();
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let input = Input {
            columns: &names,
            json: None,
            samples: &[],
        };
        let derived = self.reader.fields(map.get("derive"), &what, &input);
        let key = match map.get("key") {
            Some(_) => self.key(map, node, &what, &names)?,
            None => Vec::new(),
        };
        for (name, kind) in columns_of(&derived) {
            match columns.iter_mut().find(|(column, _)| *column == name) {
                Some(column) => column.1 = kind,
                None => columns.push((name, kind)),
            }
        }
        let otherwise = if key.is_empty() { Keep::All } else { Keep::Latest };
        Some(Record {
            description: self.description(map, &what),
            filter: self.reader.text(map.get("where"), &format!("`where` of {what}")),
            keep: self.reader.keep(map.get("keep"), &what, otherwise),
            order: self.reader.text(map.get("order"), &format!("`order` of {what}")),
            derived_filter: self
                .reader
                .text(map.get("filter"), &format!("`filter` of {what}")),
            is_reported: self
                .reader
                .flag(map.get("report"), &format!("`report` of {what}"), true),
            carried: carried.into_iter().map(|(name, _)| name).collect(),
            name,
            from,
            json,
            fields,
            key,
            joins,
            derived,
            columns,
            table_key,
            table,
        })
    }
}

/// Returns the columns that fields become.
fn columns_of(fields: &[Field]) -> Vec<(String, Kind)> {
    let mut columns = Vec::new();
    for field in fields {
        if field.kind.is_read() {
            columns.push((raw_name(field), Kind::Text));
        }
        columns.push((field.name.clone(), field.kind));
    }
    columns
}
