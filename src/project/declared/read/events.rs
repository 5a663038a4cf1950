//! Reads events, their measurements and dimensions.

use super::{Behind, Declared, EVENT_COLUMNS};
use crate::project::declared::shape::{Event, Term};
use crate::yaml::{Mapping, Node};

impl Declared<'_> {
    pub(super) fn event(&mut self, name: String, node: &Node) -> Option<Event> {
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
    pub(super) fn measurements(
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

    pub(super) fn needed_term(&mut self, map: &Mapping, node: &Node, key: &str, what: &str) -> Option<Term> {
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
    pub(super) fn columns_by_name(
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
}
