//! The models of a declared source: base, normalized and intermediate here, the contract's parts in [`parts`].

use std::fmt::Write;

use super::shape::{Declaration, Event, Keep, Record, Table};
use super::sql::{
    Query, as_text, constant, delivered, fault, id, label, null, raw_name, read, reference, select, term,
};
use super::{Generated, parts};

/// The models made so far.
pub(super) struct Models<'a> {
    pub source: &'a str,
    files: Vec<(String, String)>,
    properties: Vec<Properties>,
}

/// What stands of a model in the properties file.
struct Properties {
    name: String,
    description: String,
    /// Columns with their tests.
    tests: Vec<(&'static str, &'static str)>,
}

impl Models<'_> {
    /// Adds a model of a layer, under the source's name.
    pub fn add(&mut self, layer: &str, name: &str, is_table: bool, description: &str, sql: &str) {
        let materialized = match (is_table, layer) {
            (false, _) => "",
            // A view where only new rows are read.
            (true, "unioned") => "materialized=nexus.nexus_between(), ",
            (true, _) => "materialized='table', ",
        };
        let source = self.source;
        self.files.push((
            format!("{source}/{layer}/{name}.sql"),
            format!(
                "{{{{ config({materialized}enabled=nexus.nexus_source_enabled('{source}')) }}}}\n\n{sql}"
            ),
        ));
        self.properties.push(Properties {
            name: name.to_owned(),
            description: description.to_owned(),
            tests: Vec::new(),
        });
    }

    /// Adds tests to the model added last.
    pub fn test(&mut self, columns: &[(&'static str, &'static str)]) {
        if let Some(properties) = self.properties.last_mut() {
            properties.tests.extend_from_slice(columns);
        }
    }

    pub fn name(&self, name: &str) -> String {
        format!("{}_{name}", self.source)
    }
}

/// Makes all models of a source.
pub(super) fn generate(declaration: &Declaration) -> Generated {
    let mut models = Models {
        source: &declaration.name,
        files: Vec::new(),
        properties: Vec::new(),
    };
    for table in &declaration.tables {
        base(&mut models, table);
        records(&mut models, table);
        deliveries(&mut models, table);
    }
    for record in &declaration.records {
        object(&mut models, declaration, record);
    }
    for event in &declaration.events {
        event_model(&mut models, declaration, event);
    }
    let rejects = rejects(declaration);
    models.add(
        "unioned",
        &models.name("rejects"),
        true,
        "One row a record or value that became nothing, with its reason.",
        &rejects,
    );
    models.test(&[
        ("reject_id", "unique, not_null"),
        ("reason", "not_null"),
        ("_ingested_at", "not_null"),
    ]);
    let mut parts = parts::add(&mut models, declaration);
    parts.push("rejects");
    let properties = properties(declaration, &models);
    let mut files = models.files;
    files.push((format!("{0}/{0}.yml", declaration.name), properties));
    Generated {
        name: declaration.name.clone(),
        files,
        parts,
    }
}

/// Returns the model that holds the rows of a table or object.
fn input(declaration: &Declaration, from: &str) -> String {
    let is_table = declaration.tables.iter().any(|table| table.name == from);
    format!(
        "{}_{from}{}",
        declaration.name,
        if is_table { "_deliveries" } else { "" }
    )
}

fn base(models: &mut Models<'_>, table: &Table) {
    let relation = format!(
        "{{{{ nexus.nexus_source_relation('{}', '{}') }}}}",
        models.source, table.name
    );
    let document = |column: &String| match &table.json {
        Some(json) if json == column => {
            format!("{{{{ nexus.nexus_json_document('{column}') }}}} as {column}")
        }
        _ => column.clone(),
    };
    let columns: Vec<String> = table.columns.iter().map(document).collect();
    let sql = select(&columns, &relation, None) + "\n";
    let name = format!("base_{}_{}", models.source, table.name);
    models.add("base", &name, false, "The raw table, column by column.", &sql);
    models.test(&[("_ingested_at", "not_null")]);
}

fn is_computed(field: &super::shape::Field) -> bool {
    use super::shape::Origin;
    matches!(field.origin, Origin::Sql(_) | Origin::Choose(_))
}

fn records(models: &mut Models<'_>, table: &Table) {
    let mut query = Query::default();
    let mut carried = table.columns.clone();
    let base = reference(&format!("base_{}_{}", models.source, table.name));
    let mut from = base;
    if let Some(json) = &table.json {
        let mut items = carried.clone();
        items.push(format!(
            "case when {{{{ nexus.nexus_json_valid('{json}') }}}} then {json} end as record"
        ));
        query.cte("records", select(&items, &from, None));
        carried.push("record".to_owned());
        "records".clone_into(&mut from);
    }
    let mut plain = carried.clone();
    let mut named = carried.clone();
    for field in table.fields.iter().filter(|field| !is_computed(field)) {
        plain.push(delivered(field, "record"));
        named.push(raw_name(field));
    }
    query.cte("fields", select(&plain, &from, None));
    let mut from = "fields";
    if table.fields.iter().any(is_computed) {
        let mut items = named.clone();
        for field in table.fields.iter().filter(|field| is_computed(field)) {
            items.push(delivered(field, "record"));
            named.push(raw_name(field));
            items.push(format!("{} as label_of_{}", label(field), field.name));
        }
        query.cte("computed", select(&items, "fields", None));
        from = "computed";
    }
    let mut items: Vec<String> = named.iter().filter(|name| *name != "record").cloned().collect();
    items.extend(table.fields.iter().filter_map(read));
    query.cte(
        "typed",
        select(
            &{
                let mut all = items.clone();
                if table.json.is_some() {
                    all.push("record".to_owned());
                }
                for field in table.fields.iter().filter(|field| is_computed(field)) {
                    all.push(format!("label_of_{}", field.name));
                }
                all
            },
            from,
            None,
        ),
    );
    let mut kept: Vec<String> = named.into_iter().filter(|name| name != "record").collect();
    kept.extend(
        table
            .fields
            .iter()
            .filter(|field| field.kind.is_read())
            .map(|field| field.name.clone()),
    );
    kept.push(format!("{} as reject_reason", reason(table)));
    let sql = query.end(&select(&kept, "typed", None));
    let name = models.name(&format!("{}_records", table.name));
    models.add(
        "normalized",
        &name,
        true,
        "One row a raw row with its fields read, and the reason if it is unusable.",
        &sql,
    );
}

/// Renders the first reason for which a row is unusable.
fn reason(table: &Table) -> String {
    let mut cases = String::from("case");
    if let Some(json) = &table.json {
        let _ = write!(
            cases,
            "\n        when trim(coalesce({json}, '')) in ('', 'null') then 'missing record'\n        when record is null then 'invalid json'"
        );
    }
    for field in table.fields.iter().filter(|field| field.is_required) {
        let label = if is_computed(field) {
            format!("label_of_{}", field.name)
        } else {
            constant(&field.label)
        };
        let raw = raw_name(field);
        let _ = write!(cases, "\n        when {raw} is null then 'missing ' || {label}");
        if field.kind.is_read() {
            let _ = write!(
                cases,
                "\n        when {} is null then '{}' || {label}",
                field.name,
                fault(field.kind)
            );
        }
    }
    if cases == "case" {
        return null("text");
    }
    cases + "\n    end"
}

/// Returns the columns of a table's rows that are good.
fn columns_of(table: &Table) -> Vec<String> {
    let mut columns = table.columns.clone();
    for field in &table.fields {
        let raw = raw_name(field);
        if raw != field.name {
            columns.push(raw);
        }
        columns.push(field.name.clone());
    }
    columns
}

fn deliveries(models: &mut Models<'_>, table: &Table) {
    let columns = columns_of(table);
    let from = reference(&models.name(&format!("{}_records", table.name)));
    let sql = if table.keep == Keep::All {
        select(&columns, &from, Some("reject_reason is null")) + "\n"
    } else {
        let direction = if table.keep == Keep::First { "asc" } else { "desc" };
        let rest = table
            .json
            .clone()
            .map_or_else(|| columns.clone(), |json| vec![json]);
        let rest: Vec<String> = rest
            .iter()
            .map(|column| format!("{column} {direction} nulls last"))
            .collect();
        let order = table
            .order
            .clone()
            .unwrap_or_else(|| format!("_ingested_at {direction} nulls last, {}", rest.join(", ")));
        let mut query = Query::default();
        let mut items = columns.clone();
        items.push(ranking(&table.key, &order));
        query.cte("ranked", select(&items, &from, Some("reject_reason is null")));
        query.end(&select(&columns, "ranked", Some("row_rank = 1")))
    };
    let name = models.name(&format!("{}_deliveries", table.name));
    let description = if table.description.is_empty() {
        "One row a key: of several deliveries the one that counts."
    } else {
        &table.description
    };
    models.add("normalized", &name, true, description, &sql);
}

fn ranking(key: &[String], order: &str) -> String {
    format!(
        "row_number() over (partition by {} order by {order}) as row_rank",
        key.join(", ")
    )
}

fn object(models: &mut Models<'_>, declaration: &Declaration, record: &Record) {
    let mut query = Query::default();
    let mut names = record.carried.clone();
    let mut items = record.carried.clone();
    for field in &record.fields {
        items.push(delivered(field, record.json.as_deref().unwrap_or("record")));
        names.push(raw_name(field));
    }
    let source = reference(&input(declaration, &record.from));
    query.cte("delivered", select(&items, &source, record.filter.as_deref()));
    let mut from = "delivered".to_owned();
    let typed: Vec<String> = record.fields.iter().filter_map(read).collect();
    if !typed.is_empty() {
        let items: Vec<String> = names.iter().cloned().chain(typed).collect();
        query.cte("typed", select(&items, &from, None));
        names.extend(
            record
                .fields
                .iter()
                .filter(|field| field.kind.is_read())
                .map(|field| field.name.clone()),
        );
        "typed".clone_into(&mut from);
    }
    let mut filter = None;
    if record.keep != Keep::All && !record.key.is_empty() {
        let mut items = names.clone();
        items.push(ranking(&record.key, &object_order(record)));
        query.cte("ranked", select(&items, &from, None));
        "ranked".clone_into(&mut from);
        filter = Some("row_rank = 1");
    }
    if !record.derived.is_empty() || !record.joins.is_empty() {
        query.cte(&record.name, select(&names, &from, filter));
        filter = None;
        let replaced: Vec<String> = record
            .derived
            .iter()
            .flat_map(|field| [raw_name(field), field.name.clone()])
            .collect();
        let mut items: Vec<String> = names
            .iter()
            .filter(|name| !replaced.contains(name))
            .map(|name| format!("{}.{name}", record.name))
            .collect();
        items.extend(record.derived.iter().map(|field| delivered(field, "record")));
        let mut source = record.name.clone();
        for (other, condition) in &record.joins {
            let _ = write!(
                source,
                "\nleft join {} as {other} on {}",
                reference(&format!("{}_{other}", declaration.name)),
                condition.trim()
            );
        }
        query.cte("derived", select(&items, &source, None));
        "derived".clone_into(&mut from);
    }
    let items: Vec<String> = record
        .columns
        .iter()
        .map(|(name, _)| {
            let derived = record.derived.iter().find(|field| field.name == *name);
            derived.and_then(read).unwrap_or_else(|| name.clone())
        })
        .collect();
    let last = match &record.derived_filter {
        Some(wanted) => {
            query.cte("result", select(&items, &from, filter));
            let names: Vec<String> = record.columns.iter().map(|(name, _)| name.clone()).collect();
            select(&names, "result", Some(wanted))
        }
        None => select(&items, &from, filter),
    };
    let description = if record.description.is_empty() {
        format!("One row a record of {}.", record.name.replace('_', " "))
    } else {
        record.description.clone()
    };
    models.add(
        "normalized",
        &models.name(&record.name),
        true,
        &description,
        &query.end(&last),
    );
}

/// Returns the order in which the rows of one key are looked at: by time, then by the key of their table.
fn object_order(record: &Record) -> String {
    if let Some(order) = &record.order {
        return order.trim().to_owned();
    }
    let direction = if record.keep == Keep::First { "asc" } else { "desc" };
    let time = if record.columns.iter().any(|(name, _)| name == "occurred_at") {
        "occurred_at"
    } else {
        "_ingested_at"
    };
    let mut order = vec![format!("{time} {direction} nulls last")];
    order.extend(
        record
            .table_key
            .iter()
            .map(|key| format!("{key} {direction} nulls last")),
    );
    order.join(", ")
}

fn event_model(models: &mut Models<'_>, declaration: &Declaration, event: &Event) {
    let parts: Vec<&str> = event.id.iter().map(String::as_str).collect();
    let mut items = vec![
        id("event", &parts, "event_id"),
        if event.occurred_at == "occurred_at" {
            "occurred_at".to_owned()
        } else {
            format!("{} as occurred_at", event.occurred_at)
        },
        format!("{} as event_name", term(&event.event_name)),
        format!("{} as event_type", term(&event.event_type)),
        format!("{} as event_description", term(&event.description)),
        format!("{} as significance", term(&event.significance)),
        format!("{} as source", constant(&declaration.name)),
        format!("{} as source_table", constant(&event.source_table)),
    ];
    items.extend(event.columns.iter().map(|(name, _)| name.clone()));
    items.push("_ingested_at".to_owned());
    let filter = happened(event, "is not null");
    let sql = select(
        &items,
        &reference(&input(declaration, &event.from)),
        Some(&filter),
    ) + "\n";
    models.add(
        "intermediate",
        &models.name(&event.name),
        false,
        &event.description_of_model,
        &sql,
    );
}

/// Renders the condition of an event's rows, with what is asked of their time.
fn happened(event: &Event, time: &str) -> String {
    let time = format!("{} {time}", event.occurred_at);
    match &event.filter {
        Some(filter) => format!("({}) and {time}", filter.trim()),
        None => time,
    }
}

/// Renders the rows that became nothing and the values that say nothing.
fn rejects(declaration: &Declaration) -> String {
    let mut unusable = Vec::new();
    for table in &declaration.tables {
        let from = reference(&format!("{}_{}_records", declaration.name, table.name));
        let place = format!("{}_{}", declaration.name, table.name);
        let key = key_text(&table.key);
        let raw = table.json.as_deref().map_or_else(|| null("text"), str::to_owned);
        let row = [
            constant("row"),
            key.clone(),
            null("text"),
            raw,
            "reject_reason".to_owned(),
        ];
        unusable.push(reject(&row, &place, &from, "reject_reason is not null"));
        for field in table
            .fields
            .iter()
            .filter(|field| field.kind.is_read() && !field.is_required)
        {
            let filter = format!(
                "reject_reason is null and {} is not null and {} is null",
                raw_name(field),
                field.name
            );
            unusable.push(reject(&unreadable(field, &key), &place, &from, &filter));
        }
    }
    for record in declaration.records.iter().filter(|record| record.is_reported) {
        let from = reference(&format!("{}_{}", declaration.name, record.name));
        let place = format!("{}_{}", declaration.name, record.table);
        let key = key_text(&record.table_key);
        let replaced = |name: &str| record.derived.iter().any(|field| field.name == name);
        let own = record.fields.iter().filter(|field| !replaced(&field.name));
        for field in own.chain(&record.derived) {
            let raw = raw_name(field);
            if field.kind.is_read() {
                let filter = format!("{raw} is not null and {} is null", field.name);
                unusable.push(reject(&unreadable(field, &key), &place, &from, &filter));
            }
            if field.is_required {
                let reason = constant(&format!("missing {}", field.label));
                let value = [
                    constant("value"),
                    key.clone(),
                    constant(&field.label),
                    null("text"),
                    reason,
                ];
                unusable.push(reject(&value, &place, &from, &format!("{raw} is null")));
            }
        }
    }
    for event in &declaration.events {
        let (key, table) = behind(declaration, &event.from);
        let reason = constant(&format!("missing time of {}", event.name.replace('_', " ")));
        let value = [
            constant("value"),
            key_text(key),
            constant(&event.occurred_at),
            null("text"),
            reason,
        ];
        let place = format!("{}_{table}", declaration.name);
        let from = reference(&input(declaration, &event.from));
        unusable.push(reject(&value, &place, &from, &happened(event, "is null")));
    }
    let mut query = Query::default();
    query.cte("unusable", unusable.join("\n\nunion all\n\n"));
    let source = constant(&declaration.name);
    let parts = [
        source.as_str(),
        "scope",
        "record_key",
        "field",
        "raw_value",
        "reason",
        "_ingested_at",
    ];
    let items = [
        id("reject", &parts, "reject_id"),
        format!("{source} as source"),
        "source_table".to_owned(),
        "scope".to_owned(),
        "record_key".to_owned(),
        "field".to_owned(),
        "raw_value".to_owned(),
        "reason".to_owned(),
        "_ingested_at".to_owned(),
    ];
    query.end(&select(&items, "unusable", None))
}

/// Returns the key and name of the table behind a table or object.
fn behind<'a>(declaration: &'a Declaration, from: &'a str) -> (&'a [String], &'a str) {
    if let Some(record) = declaration.records.iter().find(|record| record.name == from) {
        return (&record.table_key, &record.table);
    }
    let table = declaration.tables.iter().find(|table| table.name == from);
    table.map_or((&[], from), |table| (&table.key, &table.name))
}

fn unreadable(field: &super::shape::Field, key: &str) -> [String; 5] {
    [
        constant("value"),
        key.to_owned(),
        constant(&field.label),
        as_text(&raw_name(field)),
        constant(&format!("{}{}", fault(field.kind), kind_or_label(field))),
    ]
}

/// Returns what a reason names: the kind of an address, else the field.
fn kind_or_label(field: &super::shape::Field) -> &str {
    use super::shape::Kind;
    match field.kind {
        Kind::Email => "email",
        Kind::Phone => "phone",
        Kind::Domain => "domain",
        _ => &field.label,
    }
}

fn reject(columns: &[String; 5], place: &str, from: &str, filter: &str) -> String {
    let [scope, key, field, raw, reason] = columns;
    let items = [
        format!("{scope} as scope"),
        format!("{} as source_table", constant(place)),
        format!("{key} as record_key"),
        format!("{field} as field"),
        format!("{raw} as raw_value"),
        format!("{reason} as reason"),
        "_ingested_at".to_owned(),
    ];
    select(&items, from, Some(filter))
}

fn key_text(key: &[String]) -> String {
    match key {
        [] => null("text"),
        [one] => as_text(one),
        several => {
            let parts: Vec<String> = several
                .iter()
                .map(|name| format!("coalesce({}, '')", as_text(name)))
                .collect();
            parts.join(" || '|' || ")
        }
    }
}

/// Writes the properties: where the raw tables lie, what each model is, what holds of it.
fn properties(declaration: &Declaration, models: &Models<'_>) -> String {
    let name = &declaration.name;
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let settings = format!("var('nexus', {{}}).get('sources', {{}}).get('{name}', {{}})");
    let mut yml = format!(
        "version: 2\n\nsources:\n  - name: {name}\n    description: {}\n    \
         database: \"{{{{ {settings}.get('database', target.database) }}}}\"\n    \
         schema: \"{{{{ {settings}.get('schema', target.schema) }}}}\"\n    tables:\n",
        text(&declaration.description)
    );
    for table in &declaration.tables {
        let _ = write!(
            yml,
            "      - name: {0}\n        description: {1}\n        identifier: \"{{{{ {settings}.get('tables', {{}}).get('{0}', {{}}).get('identifier', 'raw_{name}_{0}') }}}}\"\n",
            table.name,
            text(&table.description)
        );
    }
    yml.push_str("\nmodels:\n");
    for Properties {
        name: model,
        description,
        tests: columns,
    } in &models.properties
    {
        let _ = write!(yml, "  - name: {model}\n    description: {}\n", text(description));
        if !columns.is_empty() {
            yml.push_str("    columns:\n");
        }
        for (column, tests) in columns {
            let _ = write!(yml, "      - name: {column}\n        data_tests: [{tests}]\n");
        }
    }
    yml
}
