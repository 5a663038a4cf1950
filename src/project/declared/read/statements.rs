//! Reads what is said about entities in events: occurrences, relationships, states.

use super::{Declared, EVENT_COLUMNS};
use crate::project::declared::shape::{End, Entity, Relationship, Selection, State, Term};
use crate::project::declared::sql::mentions;
use crate::yaml::{Mapping, Node};

impl Declared<'_> {
    /// Reads which events a part is made of, and returns the columns that any of them has.
    pub(super) fn selection(&mut self, map: &Mapping, what: &str) -> (Selection, Vec<String>) {
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

    pub(super) fn entity_type(&mut self, map: &Mapping, node: &Node, what: &str) -> Option<String> {
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

    pub(super) fn entity(&mut self, name: String, node: &Node) -> Option<Entity> {
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

    pub(super) fn role(&mut self, map: &Mapping, node: &Node, what: &str) -> Option<Term> {
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
    pub(super) fn once(&mut self, named: &[(String, String)], node: &Node, what: &str) {
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

    pub(super) fn relationship(&mut self, name: &str, node: &Node) -> Option<Relationship> {
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

    pub(super) fn end(
        &mut self,
        map: &Mapping,
        node: &Node,
        key: &str,
        what: &str,
        columns: &[String],
    ) -> Option<End> {
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
    pub(super) fn identifier(
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

    pub(super) fn state(&mut self, name: String, node: &Node) -> Option<State> {
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
