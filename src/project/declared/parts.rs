//! The parts of the contract that a declared source has, and the occurrences of entities that they are made of.

use super::models::Models;
use super::read::EVENT_COLUMNS;
use super::shape::{Declaration, Entity, Event, Kind, Selection, Term};
use super::sql::{Query, constant, id, jinja, jinja_list, null, reference, select, term};

const UNION: &str = "\n\nunion all\n\n";

/// Adds the models of all parts but the rejects, and returns which parts there are.
pub(super) fn add(models: &mut Models<'_>, declaration: &Declaration) -> Vec<&'static str> {
    let mut parts = vec!["events"];
    let events: Vec<String> = declaration
        .events
        .iter()
        .map(|event| models.name(&event.name))
        .collect();
    unite(
        models,
        "events",
        &events,
        &EVENT_COLUMNS,
        "Event log of the source: one row a business event.",
    );
    models.test(&[
        ("event_id", "unique, not_null"),
        ("occurred_at", "not_null"),
        ("_ingested_at", "not_null"),
    ]);
    let mut identifiers = Vec::new();
    let mut traits = Vec::new();
    for entity in &declaration.entities {
        occurrences(models, declaration, entity);
        identifiers.push(unpivot_identifiers(models, entity));
        traits.extend(unpivot_traits(models, entity));
    }
    if !identifiers.is_empty() {
        parts.push("entity_identifiers");
        let columns = [
            "entity_identifier_id",
            "event_id",
            "edge_id",
            "entity_type",
            "identifier_type",
            "identifier_value",
            "role",
            "source",
            "occurred_at",
            "_ingested_at",
        ];
        unite(
            models,
            "entity_identifiers",
            &identifiers,
            &columns,
            "One row an identifier of an entity in an event.",
        );
        models.test(&[
            ("entity_identifier_id", "unique, not_null"),
            ("event_id", "not_null"),
        ]);
    }
    if !traits.is_empty() {
        parts.push("entity_traits");
        let columns = [
            "entity_trait_id",
            "event_id",
            "entity_type",
            "identifier_type",
            "identifier_value",
            "trait_name",
            "trait_value",
            "source",
            "occurred_at",
            "_ingested_at",
        ];
        unite(
            models,
            "entity_traits",
            &traits,
            &columns,
            "One row a trait stated of an entity.",
        );
        models.test(&[("entity_trait_id", "unique, not_null"), ("event_id", "not_null")]);
    }
    if !declaration.relationships.is_empty() {
        parts.push("relationship_declarations");
        relationships(models, declaration);
        models.test(&[("relationship_declaration_id", "unique, not_null")]);
    }
    if declaration
        .events
        .iter()
        .any(|event| !event.measurements.is_empty())
    {
        parts.push("event_measurements");
        measurements(models, declaration);
        models.test(&[("event_measurement_id", "unique, not_null")]);
    }
    if declaration
        .events
        .iter()
        .any(|event| !event.dimensions.is_empty())
    {
        parts.push("event_dimensions");
        dimensions(models, declaration);
        models.test(&[("event_dimension_id", "unique, not_null")]);
    }
    if !declaration.states.is_empty() {
        parts.push("states");
        states(models, declaration);
        models.test(&[("state_entry_id", "unique, not_null")]);
    }
    parts
}

fn unite(models: &mut Models<'_>, part: &str, from: &[String], columns: &[&str], description: &str) {
    let sql = format!(
        "{{{{ nexus.nexus_union(\n    {},\n    columns={}\n) }}}}\n",
        jinja_list(from.iter().map(String::as_str)),
        jinja_list(columns.iter().copied())
    );
    models.add("unioned", &models.name(part), true, description, &sql);
}

/// Adds the rows of events as CTEs, with what is computed of them, and returns the last one and its columns.
fn rows(
    query: &mut Query,
    prefix: &str,
    declaration: &Declaration,
    selection: &Selection,
    others: &[&str],
) -> (String, Vec<String>) {
    let events: Vec<&Event> = declaration
        .events
        .iter()
        .filter(|event| selection.events.contains(&event.name))
        .collect();
    let mut wanted: Vec<(String, Kind)> = Vec::new();
    let always = ["event_id", "occurred_at", "_ingested_at"];
    for name in EVENT_COLUMNS {
        if always.contains(&name) || selection.needs(name, others) {
            wanted.push((name.to_owned(), Kind::Text));
        }
    }
    for (name, kind) in events.iter().flat_map(|event| &event.columns) {
        if selection.needs(name, others) && !wanted.iter().any(|(other, _)| other == name) {
            wanted.push((name.clone(), *kind));
        }
    }
    let selects: Vec<String> = events
        .iter()
        .map(|event| {
            let items: Vec<String> = wanted
                .iter()
                .map(|(name, kind)| {
                    let is_there = EVENT_COLUMNS.contains(&name.as_str())
                        || event.columns.iter().any(|(column, _)| column == name);
                    if is_there {
                        name.clone()
                    } else {
                        format!("{} as {name}", null(kind.type_name()))
                    }
                })
                .collect();
            select(
                &items,
                &reference(&format!("{}_{}", declaration.name, event.name)),
                None,
            )
        })
        .collect();
    let all = format!("{prefix}happenings");
    query.cte(&all, selects.join(UNION));
    let mut columns: Vec<String> = wanted.into_iter().map(|(name, _)| name).collect();
    if selection.fields.is_empty() {
        return (all, columns);
    }
    columns.retain(|column| !selection.fields.iter().any(|(name, _)| name == column));
    let mut items = columns.clone();
    for (name, sql) in &selection.fields {
        items.push(format!("{} as {name}", sql.trim()));
        columns.push(name.clone());
    }
    let computed = format!("{prefix}computed");
    query.cte(&computed, select(&items, &all, None));
    (computed, columns)
}

fn text_of(term: &Term) -> &str {
    match term {
        Term::Sql(text) => text,
        Term::Constant(_) => "",
    }
}

fn occurrences(models: &mut Models<'_>, declaration: &Declaration, entity: &Entity) {
    let mut others: Vec<&str> = entity
        .identifiers
        .iter()
        .map(|(_, column)| column.as_str())
        .collect();
    others.extend(
        entity
            .traits
            .iter()
            .flat_map(|(_, traits)| traits)
            .map(|(_, column)| column.as_str()),
    );
    others.push(text_of(&entity.role));
    others.extend(entity.edge.as_deref());
    let mut query = Query::default();
    let (from, columns) = rows(&mut query, "", declaration, &entity.selection, &others);
    let mut items: Vec<String> = columns
        .into_iter()
        .filter(|column| !["role", "edge", "source", "_ingested_at"].contains(&column.as_str()))
        .collect();
    items.push(format!("{} as role", term(&entity.role)));
    items.push(match &entity.edge {
        Some(edge) => format!("{} as edge", edge.trim()),
        None => format!("event_id || {} as edge", constant(&format!("|{}", entity.name))),
    });
    items.push(format!("{} as source", constant(&declaration.name)));
    items.push("_ingested_at".to_owned());
    let sql = query.end(&select(&items, &from, entity.selection.filter.as_deref()));
    let description = format!(
        "One row an event in which a {} takes part, wide.",
        entity.name.replace('_', " ")
    );
    let name = models.name(&format!("{}_occurrences", entity.name));
    models.add("intermediate", &name, true, &description, &sql);
}

/// Renders column → name for the unpivoting macros.
fn names(named: &[(String, String)]) -> String {
    let names: Vec<String> = named
        .iter()
        .map(|(name, column)| format!("{}: {}", jinja(column), jinja(name)))
        .collect();
    format!("{{{}}}", names.join(", "))
}

const CARRIED: &str = "additional_columns=['source', 'occurred_at', '_ingested_at']";

fn unpivot_identifiers(models: &mut Models<'_>, entity: &Entity) -> String {
    let sql = format!(
        "{{{{ nexus.unpivot_identifiers(\n    '{}_{}_occurrences',\n    columns={},\n    column_to_identifier_type={},\n    \
         edge_id_field='edge',\n    role_column='role',\n    entity_type='{}',\n    {CARRIED}\n) }}}}\n",
        models.source,
        entity.name,
        jinja_list(entity.identifiers.iter().map(|(_, column)| column.as_str())),
        names(&entity.identifiers),
        entity.entity_type
    );
    let name = models.name(&format!("{}_identifiers", entity.name));
    models.add("intermediate", &name, false, "One row an identifier.", &sql);
    name
}

fn unpivot_traits(models: &mut Models<'_>, entity: &Entity) -> Vec<String> {
    let mut made = Vec::new();
    for (identifier, traits) in entity.traits.iter().filter(|(_, traits)| !traits.is_empty()) {
        let column = entity
            .identifiers
            .iter()
            .find(|(kind, _)| kind == identifier)
            .map_or(identifier.as_str(), |(_, column)| column.as_str());
        let sql = format!(
            "{{{{ nexus.unpivot_traits(\n    '{}_{}_occurrences',\n    columns={},\n    column_to_trait_name={},\n    \
             identifier_column='{column}',\n    identifier_type='{identifier}',\n    entity_type='{}',\n    {CARRIED}\n) }}}}\n",
            models.source,
            entity.name,
            jinja_list(traits.iter().map(|(_, column)| column.as_str())),
            names(traits),
            entity.entity_type
        );
        let name = models.name(&format!("{}_traits_by_{identifier}", entity.name));
        models.add(
            "intermediate",
            &name,
            false,
            "One row a trait that is stated.",
            &sql,
        );
        made.push(name);
    }
    made
}

fn relationships(models: &mut Models<'_>, declaration: &Declaration) {
    let mut query = Query::default();
    let mut selects = Vec::new();
    for (number, relationship) in declaration.relationships.iter().enumerate() {
        let (a, b) = (&relationship.a, &relationship.b);
        let others = [
            a.identifier.as_str(),
            b.identifier.as_str(),
            text_of(&relationship.is_active),
        ];
        let prefix = format!("relationship_{}_", number + 1);
        let (from, _) = rows(&mut query, &prefix, declaration, &relationship.selection, &others);
        let mut items = vec!["event_id".to_owned(), "occurred_at".to_owned()];
        for (letter, end) in [("a", a), ("b", b)] {
            items.push(format!("{} as entity_{letter}_identifier", end.identifier));
            items.push(format!(
                "{} as entity_{letter}_identifier_type",
                constant(&end.identifier_type)
            ));
            items.push(format!("{} as entity_{letter}_type", constant(&end.entity_type)));
            items.push(format!("{} as entity_{letter}_role", constant(&end.role)));
        }
        items.push(format!(
            "{} as relationship_type",
            constant(&relationship.relationship_type)
        ));
        items.push(format!(
            "{} as relationship_direction",
            constant(&relationship.direction)
        ));
        items.push(format!("{} as is_active", term(&relationship.is_active)));
        items.push("_ingested_at".to_owned());
        let both = format!("{} is not null and {} is not null", a.identifier, b.identifier);
        selects.push(select(&items, &from, Some(&also(&relationship.selection, &both))));
    }
    query.cte("declarations", selects.join(UNION));
    let mut items = vec![id(
        "relationship_declaration",
        &[
            "event_id",
            "entity_a_identifier",
            "entity_a_role",
            "entity_b_identifier",
            "relationship_type",
        ],
        "relationship_declaration_id",
    )];
    for column in [
        "event_id",
        "occurred_at",
        "entity_a_identifier",
        "entity_a_identifier_type",
        "entity_a_type",
        "entity_a_role",
        "entity_b_identifier",
        "entity_b_identifier_type",
        "entity_b_type",
        "entity_b_role",
        "relationship_type",
        "relationship_direction",
        "is_active",
    ] {
        items.push(column.to_owned());
    }
    items.push(format!("{} as source", constant(&declaration.name)));
    items.push("_ingested_at".to_owned());
    let sql = query.end(&select(&items, "declarations", None));
    models.add(
        "unioned",
        &models.name("relationship_declarations"),
        true,
        "One row a statement that two entities are, or are no longer, related.",
        &sql,
    );
}

fn also(selection: &Selection, condition: &str) -> String {
    match &selection.filter {
        Some(filter) => format!("({}) and {condition}", filter.trim()),
        None => condition.to_owned(),
    }
}

fn measurements(models: &mut Models<'_>, declaration: &Declaration) {
    let selects = declaration.events.iter().flat_map(|event| {
        event.measurements.iter().map(|(name, value, unit)| {
            let unit = unit.as_ref().map_or_else(|| null("text"), term);
            let own = [
                format!("{} as measurement_name", constant(name)),
                format!("{value} as value"),
                format!("{unit} as value_unit"),
            ];
            of_event(models, event, "event_measurement", name, &own, value)
        })
    });
    let sql = selects.collect::<Vec<_>>().join(UNION) + "\n";
    models.add(
        "unioned",
        &models.name("event_measurements"),
        true,
        "One row a number of an event.",
        &sql,
    );
}

fn dimensions(models: &mut Models<'_>, declaration: &Declaration) {
    let selects = declaration.events.iter().flat_map(|event| {
        event.dimensions.iter().map(|(name, value)| {
            let own = [
                format!("{} as dimension_name", constant(name)),
                format!("{value} as dimension_value"),
            ];
            of_event(models, event, "event_dimension", name, &own, value)
        })
    });
    let sql = selects.collect::<Vec<_>>().join(UNION) + "\n";
    models.add(
        "unioned",
        &models.name("event_dimensions"),
        true,
        "One row a category of an event.",
        &sql,
    );
}

/// Selects what an event has of a thing that is named, such as a measurement, where it has a value.
fn of_event(
    models: &Models<'_>,
    event: &Event,
    thing: &str,
    name: &str,
    own: &[String],
    value: impl std::fmt::Display,
) -> String {
    let mut items = vec![
        id(thing, &["event_id", &constant(name)], &format!("{thing}_id")),
        "event_id".to_owned(),
    ];
    items.extend_from_slice(own);
    items.extend(["occurred_at", "source", "_ingested_at"].map(str::to_owned));
    select(
        &items,
        &reference(&models.name(&event.name)),
        Some(&format!("{value} is not null")),
    )
}

fn states(models: &mut Models<'_>, declaration: &Declaration) {
    let mut query = Query::default();
    let mut selects = Vec::new();
    for state in &declaration.states {
        let others = [state.identifier.as_str(), state.value.as_str()];
        let prefix = format!("{}_", state.name);
        let (from, _) = rows(&mut query, &prefix, declaration, &state.selection, &others);
        let name = constant(&state.name);
        let items = [
            id("state", &["event_id", &name, &state.identifier], "state_entry_id"),
            "event_id".to_owned(),
            format!("{} as entity_type", constant(&state.entity_type)),
            format!("{} as identifier_type", constant(&state.identifier_type)),
            format!("{} as identifier_value", state.identifier),
            format!("{name} as state_name"),
            format!("{} as state_value", state.value),
            "occurred_at".to_owned(),
            format!("{} as source", constant(&declaration.name)),
            "_ingested_at".to_owned(),
        ];
        let filter = also(&state.selection, &format!("{} is not null", state.identifier));
        selects.push(select(&items, &from, Some(&filter)));
    }
    let sql = query.end(&selects.join(UNION));
    models.add(
        "unioned",
        &models.name("states"),
        true,
        "One row an entry into a state.",
        &sql,
    );
}
