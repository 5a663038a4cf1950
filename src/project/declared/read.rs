//! From YAML to a [`Declaration`], with every name in it checked.

use std::path::Path;

use serde_json::Value as Json;

use super::fields::{Input, Reader};
use super::shape::{
    Declaration, End, Entity, Event, Field, Keep, Kind, Record, Relationship, Selection, State, Table, Term,
};
use super::sql::{mentions, raw_name};
use crate::diagnostic::Diagnostics;
use crate::fs;
use crate::yaml::{Document, Mapping, Node};

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

    fn table(&mut self, name: String, node: &Node) -> Option<Table> {
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
    fn samples(&mut self, map: &Mapping, what: &str) -> Vec<Json> {
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

    fn key(&mut self, map: &Mapping, node: &Node, what: &str, names: &[String]) -> Option<Vec<String>> {
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
    fn input(&self, name: &str) -> Option<Behind> {
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

    fn from(&mut self, map: &Mapping, node: &Node, what: &str) -> Option<Behind> {
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

    fn record(&mut self, name: String, node: &Node) -> Option<Record> {
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

    fn event(&mut self, name: String, node: &Node) -> Option<Event> {
        let what = format!("event `{name}`");
        let keys = [
            "from",
            "where",
            "id",
            "occurred_at",
            "name",
            "type",
            "description",
            "significance",
            "source_table",
            "measurements",
            "dimensions",
        ];
        let map = self.reader.known(node, &what, &keys)?;
        let Behind {
            name: from,
            columns: inherited,
            key: table_key,
            ..
        } = self.from(map, node, &what)?;
        let names: Vec<String> = inherited.iter().map(|(name, _)| name.clone()).collect();
        let occurred_at = self
            .reader
            .text(map.get("occurred_at"), &format!("`occurred_at` of {what}"))
            .unwrap_or_else(|| "occurred_at".to_owned());
        if !names.contains(&occurred_at) {
            let fault = self
                .reader
                .error(
                    map.get("occurred_at").unwrap_or(node),
                    format!("{what} lacks the contract's column `occurred_at`: `{from}` has no field `{occurred_at}`"),
                )
                .did_you_mean(&occurred_at, names.iter().map(String::as_str))
                .hint("Name the field of the time with `occurred_at:`.");
            self.reader.found.push(fault);
        }
        let event_name = self.needed_term(map, node, "name", &what)?;
        let event_type = self.needed_term(map, node, "type", &what)?;
        let measurements = self.measurements(map, &what, &from, &names);
        let dimensions = self.columns_by_name(
            map.get("dimensions"),
            &format!("`dimensions` of {what}"),
            &from,
            &names,
        );
        let mut id: Vec<String> = self
            .reader
            .texts(map.get("id"), &format!("`id` of {what}"))
            .into_iter()
            .map(|(part, _)| part)
            .collect();
        if id.is_empty() {
            id.push(format!("'{}'", self.source));
            id.extend(table_key);
        }
        let columns = inherited
            .into_iter()
            .filter(|(column, _)| !EVENT_COLUMNS.contains(&column.as_str()))
            .collect();
        Some(Event {
            filter: self.reader.text(map.get("where"), &format!("`where` of {what}")),
            description: self
                .reader
                .term(map.get("description"), &format!("`description` of {what}"))
                .unwrap_or_else(|| event_name.clone()),
            significance: self
                .reader
                .term(map.get("significance"), &format!("`significance` of {what}"))
                .unwrap_or_else(|| Term::Sql("10".to_owned())),
            source_table: self
                .reader
                .text(map.get("source_table"), &format!("`source_table` of {what}"))
                .unwrap_or_else(|| format!("{}_{name}", self.source)),
            description_of_model: format!("One row an event of {}.", name.replace('_', " ")),
            name,
            from,
            id,
            occurred_at,
            event_name,
            event_type,
            measurements,
            dimensions,
            columns,
        })
    }

    /// Reads numbers of an event: name, field, unit.
    fn measurements(
        &mut self,
        map: &Mapping,
        what: &str,
        from: &str,
        names: &[String],
    ) -> Vec<(String, String, Option<Term>)> {
        let mut measurements = Vec::new();
        for (measurement, value) in self
            .reader
            .named(map.get("measurements"), &format!("`measurements` of {what}"))
        {
            let what = format!("measurement `{measurement}` of {what}");
            if let Some(text) = value.as_str() {
                self.reader
                    .one_of(text, value, "field", &format!("`{from}`"), names);
                measurements.push((measurement, text.to_owned(), None));
                continue;
            }
            let Some(map) = self.reader.known(value, &what, &["value", "unit", "unit_name"]) else {
                continue;
            };
            let Some(text) = self.reader.required_text(map, "value", value, &what) else {
                continue;
            };
            let place = map.get("value").unwrap_or(value);
            self.reader
                .one_of(&text, place, "field", &format!("`{from}`"), names);
            let mut unit = self.reader.text(map.get("unit_name"), &what).map(Term::Constant);
            if let Some(column) = self.reader.text(map.get("unit"), &what) {
                let place = map.get("unit").unwrap_or(value);
                self.reader
                    .one_of(&column, place, "field", &format!("`{from}`"), names);
                unit = Some(Term::Sql(column));
            }
            measurements.push((measurement, text, unit));
        }
        measurements
    }

    fn needed_term(&mut self, map: &Mapping, node: &Node, key: &str, what: &str) -> Option<Term> {
        if map.get(key).is_none_or(Node::is_null) {
            let fault = self
                .reader
                .error(node, format!("{what} lacks the contract's column `event_{key}`"))
                .hint(format!("Add `{key}:`, a text or `{{sql: …}}`."));
            self.reader.found.push(fault);
            return None;
        }
        self.reader.term(map.get(key), &format!("`{key}` of {what}"))
    }

    /// Reads name → column, each of which must be there.
    fn columns_by_name(
        &mut self,
        node: Option<&Node>,
        what: &str,
        place: &str,
        columns: &[String],
    ) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (name, node) in self.reader.named(node, what) {
            if let Some(column) = self.reader.text(Some(node), &format!("`{name}` in {what}"))
                && self
                    .reader
                    .one_of(&column, node, "field", &format!("`{place}`"), columns)
            {
                found.push((name, column));
            }
        }
        found
    }

    /// Reads which events a part is made of, and returns the columns that any of them has.
    fn selection(&mut self, map: &Mapping, what: &str) -> (Selection, Vec<String>) {
        let all: Vec<String> = self.events.iter().map(|event| event.name.clone()).collect();
        let given = self.reader.texts(map.get("of"), &format!("`of` of {what}"));
        let mut events = Vec::new();
        for (name, node) in given {
            if self.reader.one_of(&name, node, "event", "the source", &all) {
                events.push(name);
            }
        }
        if map.get("of").is_none() {
            events = all;
        }
        let mut columns: Vec<String> = EVENT_COLUMNS.map(str::to_owned).to_vec();
        for event in self.events.iter().filter(|event| events.contains(&event.name)) {
            columns.extend(event.columns.iter().map(|(name, _)| name.clone()));
        }
        let mut fields = Vec::new();
        for (name, node) in self
            .reader
            .named(map.get("fields"), &format!("`fields` of {what}"))
        {
            if let Some(sql) = self.reader.text(Some(node), &format!("`{name}` of {what}")) {
                columns.push(name.clone());
                fields.push((name, sql));
            }
        }
        columns.sort();
        columns.dedup();
        let filter = self.reader.text(map.get("where"), &format!("`where` of {what}"));
        (
            Selection {
                events,
                filter,
                fields,
            },
            columns,
        )
    }

    fn entity_type(&mut self, map: &Mapping, node: &Node, what: &str) -> Option<String> {
        let name = self.reader.required_text(map, "entity_type", node, what)?;
        if !self.entity_types.contains(&name) {
            let fault = self
                .reader
                .error(
                    map.get("entity_type").unwrap_or(node),
                    format!("{what} is of the entity type `{name}`, which is not declared"),
                )
                .did_you_mean(&name, self.entity_types.iter().map(String::as_str))
                .hint(format!(
                    "Use one of {}, or add it under `vars: nexus: entity_types` in dbt_project.yml.",
                    self.entity_types.join(", ")
                ));
            self.reader.found.push(fault);
            return None;
        }
        Some(name)
    }

    fn entity(&mut self, name: String, node: &Node) -> Option<Entity> {
        let what = format!("entity `{name}`");
        let keys = [
            "of",
            "where",
            "fields",
            "entity_type",
            "role",
            "edge",
            "identifiers",
            "traits",
        ];
        let map = self.reader.known(node, &what, &keys)?;
        let (selection, columns) = self.selection(map, &what);
        let place = "what it is made of";
        let identifiers = self.columns_by_name(
            map.get("identifiers"),
            &format!("`identifiers` of {what}"),
            place,
            &columns,
        );
        if map.get("identifiers").is_none_or(Node::is_null) {
            let fault = self
                .reader
                .error(node, format!("{what} has no identifiers"))
                .hint("Add `identifiers:`, each type with the field that has its value.");
            self.reader.found.push(fault);
        }
        self.once(&identifiers, map.get("identifiers").unwrap_or(node), &what);
        let types: Vec<String> = identifiers.iter().map(|(kind, _)| kind.clone()).collect();
        let mut traits = Vec::new();
        for (identifier, node) in self
            .reader
            .named(map.get("traits"), &format!("`traits` of {what}"))
        {
            if self.reader.one_of(&identifier, node, "identifier", &what, &types) {
                let what = format!("`traits` of {what}");
                let named = self.columns_by_name(Some(node), &what, place, &columns);
                self.once(&named, node, &what);
                traits.push((identifier, named));
            }
        }
        Some(Entity {
            entity_type: self.entity_type(map, node, &what)?,
            role: self.role(map, node, &what)?,
            edge: self.reader.text(map.get("edge"), &format!("`edge` of {what}")),
            name,
            selection,
            identifiers,
            traits,
        })
    }

    fn role(&mut self, map: &Mapping, node: &Node, what: &str) -> Option<Term> {
        if map.get("role").is_none_or(Node::is_null) {
            let fault = self.reader.error(node, format!("{what} lacks `role`"));
            self.reader
                .found
                .push(fault.hint("Add `role:`, how it takes part: a text or `{sql: …}`."));
            return None;
        }
        self.reader.term(map.get("role"), &format!("`role` of {what}"))
    }

    /// Says so where one field has two names: what is unpivoted has one name a column.
    fn once(&mut self, named: &[(String, String)], node: &Node, what: &str) {
        for (place, (name, column)) in named.iter().enumerate() {
            if let Some((other, _)) = named[..place].iter().find(|(_, earlier)| earlier == column) {
                let fault = self
                    .reader
                    .error(
                        node,
                        format!("{what} has the field `{column}` twice, as `{other}` and `{name}`"),
                    )
                    .hint("Give one of them a field of its own under `fields:`.");
                self.reader.found.push(fault);
            }
        }
    }

    fn relationship(&mut self, name: &str, node: &Node) -> Option<Relationship> {
        let what = format!("relationship `{name}`");
        let keys = [
            "of",
            "where",
            "fields",
            "type",
            "direction",
            "is_active",
            "a",
            "b",
        ];
        let map = self.reader.known(node, &what, &keys)?;
        let (selection, columns) = self.selection(map, &what);
        let relationship_type = self.reader.required_text(map, "type", node, &what);
        let direction = self
            .reader
            .text(map.get("direction"), &format!("`direction` of {what}"))
            .unwrap_or_else(|| "a_to_b".to_owned());
        if let Some(place) = map.get("direction") {
            let known = ["a_to_b", "b_to_a", "bidirectional"].map(str::to_owned);
            self.reader.one_of(&direction, place, "direction", &what, &known);
        }
        let a = self.end(map, node, "a", &what, &columns);
        let b = self.end(map, node, "b", &what, &columns);
        let is_active = self
            .reader
            .term(map.get("is_active"), &format!("`is_active` of {what}"))
            .unwrap_or_else(|| Term::Sql("true".to_owned()));
        Some(Relationship {
            selection,
            relationship_type: relationship_type?,
            direction,
            is_active,
            a: a?,
            b: b?,
        })
    }

    fn end(&mut self, map: &Mapping, node: &Node, key: &str, what: &str, columns: &[String]) -> Option<End> {
        let what = format!("end `{key}` of {what}");
        let Some(node) = map.get(key) else {
            let fault = self.reader.error(node, format!("{what} is missing"));
            self.reader.found.push(fault.hint(format!(
                "Add `{key}:` with entity_type, identifier_type, identifier, role."
            )));
            return None;
        };
        let map = self.reader.known(
            node,
            &what,
            &["entity_type", "identifier_type", "identifier", "role"],
        )?;
        let (identifier_type, identifier) = self.identifier(map, node, &what, columns)?;
        Some(End {
            entity_type: self.entity_type(map, node, &what)?,
            identifier_type,
            identifier,
            role: self.reader.required_text(map, "role", node, &what)?,
        })
    }

    /// Reads the identifier that something is stated of; its type is the name of its field where nothing is said.
    fn identifier(
        &mut self,
        map: &Mapping,
        node: &Node,
        what: &str,
        columns: &[String],
    ) -> Option<(String, String)> {
        let column = self.reader.required_text(map, "identifier", node, what)?;
        let place = map.get("identifier").unwrap_or(node);
        if !self
            .reader
            .one_of(&column, place, "field", "what it is made of", columns)
        {
            return None;
        }
        let kind = self.reader.text(
            map.get("identifier_type"),
            &format!("`identifier_type` of {what}"),
        );
        Some((kind.unwrap_or_else(|| column.clone()), column))
    }

    fn state(&mut self, name: String, node: &Node) -> Option<State> {
        let what = format!("state `{name}`");
        let keys = [
            "of",
            "where",
            "fields",
            "entity_type",
            "identifier_type",
            "identifier",
            "value",
        ];
        let map = self.reader.known(node, &what, &keys)?;
        let (selection, columns) = self.selection(map, &what);
        let identifier = self.identifier(map, node, &what, &columns);
        let value = self.reader.required_text(map, "value", node, &what)?;
        let place = map.get("value").unwrap_or(node);
        self.reader
            .one_of(&value, place, "field", "what it is made of", &columns);
        let entity_type = self.entity_type(map, node, &what)?;
        let (identifier_type, identifier) = identifier?;
        Some(State {
            name,
            selection,
            entity_type,
            identifier_type,
            identifier,
            value,
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

impl Selection {
    /// Returns whether a text of this part, or one of `others`, names a column.
    pub fn needs(&self, column: &str, others: &[&str]) -> bool {
        let own = self
            .fields
            .iter()
            .map(|(_, sql)| sql.as_str())
            .chain(self.filter.as_deref());
        own.chain(others.iter().copied())
            .any(|text| mentions(text, column))
    }
}
