//! From YAML to a [`Declaration`], with every name in it checked.

use std::path::Path;

use super::fields::Reader;
use super::shape::{Declaration, Event, Kind, Record, Table};
use crate::diagnostic::Diagnostics;
use crate::yaml::{Document, Mapping, Node};

mod events;
mod rows;
mod statements;

/// The columns that an envelope of raw records has.
const ENVELOPE: [&str; 4] = ["_ingested_at", "_connection_id", "_stream_id", "_raw_record"];

/// What every event has, whatever the object that it is made of.
pub(super) const EVENT_COLUMNS: [&str; 9] = [
    "event_id",
    "occurred_at",
    "event_name",
    "event_type",
    "event_description",
    "significance",
    "source",
    "source_table",
    "_ingested_at",
];

/// What stands behind a part: its rows' columns, and the table that they come from.
struct Behind {
    name: String,
    columns: Vec<(String, Kind)>,
    key: Vec<String>,
    table: String,
}

struct Declared<'a> {
    reader: Reader<'a>,
    root: &'a Path,
    source: &'a str,
    entity_types: &'a [String],
    tables: Vec<Table>,
    records: Vec<Record>,
    events: Vec<Event>,
}

/// Reads a declaration.
///
/// # Errors
/// All its faults together.
pub(super) fn declaration(
    source: &str,
    document: &Document,
    root: &Path,
    entity_types: &[String],
) -> Result<Declaration, Diagnostics> {
    let mut declared = Declared {
        reader: Reader {
            document,
            found: Diagnostics::default(),
        },
        root,
        source,
        entity_types,
        tables: Vec::new(),
        records: Vec::new(),
        events: Vec::new(),
    };
    let read = declared.read();
    match read {
        Some(read) if !declared.reader.found.has_errors() => Ok(read),
        _ => Err(declared.reader.found),
    }
}

impl Declared<'_> {
    fn read(&mut self) -> Option<Declaration> {
        let root = &self.reader.document.root;
        let keys = [
            "description",
            "tables",
            "records",
            "events",
            "entities",
            "relationships",
            "states",
        ];
        let what = format!("the source `{}`", self.source);
        let map = self.reader.known(root, &what, &keys)?;
        for key in ["tables", "events"] {
            if map.get(key).is_none_or(Node::is_null) {
                let fault = self.reader.error(root, format!("{what} lacks `{key}`"));
                self.reader.found.push(fault.hint(format!("Add `{key}:`.")));
            }
        }
        for (name, node) in self.reader.named(map.get("tables"), "`tables`") {
            if let Some(table) = self.table(name, node) {
                self.tables.push(table);
            }
        }
        for (name, node) in self.reader.named(map.get("records"), "`records`") {
            if let Some(record) = self.record(name, node) {
                self.records.push(record);
            }
        }
        for (name, node) in self.reader.named(map.get("events"), "`events`") {
            if let Some(event) = self.event(name, node) {
                self.events.push(event);
            }
        }
        let mut entities = Vec::new();
        for (name, node) in self.reader.named(map.get("entities"), "`entities`") {
            entities.extend(self.entity(name, node));
        }
        let mut relationships = Vec::new();
        for (name, node) in self.reader.named(map.get("relationships"), "`relationships`") {
            relationships.extend(self.relationship(&name, node));
        }
        let mut states = Vec::new();
        for (name, node) in self.reader.named(map.get("states"), "`states`") {
            states.extend(self.state(name, node));
        }
        Some(Declaration {
            name: self.source.to_owned(),
            description: self
                .reader
                .text(map.get("description"), "`description`")
                .unwrap_or_default(),
            tables: std::mem::take(&mut self.tables),
            records: std::mem::take(&mut self.records),
            events: std::mem::take(&mut self.events),
            entities,
            relationships,
            states,
        })
    }

    fn description(&mut self, map: &Mapping, what: &str) -> String {
        self.reader
            .text(map.get("description"), &format!("`description` of {what}"))
            .unwrap_or_default()
    }
}
