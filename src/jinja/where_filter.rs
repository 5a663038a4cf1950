//! Filters and query items of the semantic layer: which dimensions, entities and metrics a template names.
//!
//! MetricFlow renders them with four names and nothing else, so they are not rendered with dbt's context here either.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

use super::args::Args;
use super::python::{error, items, str_of};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    Dimension,
    TimeDimension,
    Entity,
    Metric,
}

impl ItemKind {
    /// Returns the name that templates call.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dimension => "Dimension",
            Self::TimeDimension => "TimeDimension",
            Self::Entity => "Entity",
            Self::Metric => "Metric",
        }
    }
}

/// One call in a template, with what its methods added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub kind: ItemKind,
    pub name: String,
    pub entity_path: Vec<String>,
    pub group_by: Vec<String>,
    pub grain: Option<String>,
    pub date_part: Option<String>,
    pub descending: Option<bool>,
}

/// Where items stand: an order takes `descending` of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    Filter,
    Order,
}

const DATE_PARTS: [&str; 6] = ["year", "quarter", "month", "day", "dow", "doy"];

/// The items that were written into the text, in their order. The lock guards the list alone.
type Found = Arc<Mutex<Vec<Item>>>;

/// Returns the items that a template names.
///
/// # Errors
/// What is wrong with the template, as a message.
pub fn items_of(template: &str, location: Location) -> Result<Vec<Item>, String> {
    let found: Found = Arc::default();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for kind in [
        ItemKind::Dimension,
        ItemKind::TimeDimension,
        ItemKind::Entity,
        ItemKind::Metric,
    ] {
        let maker = Maker {
            kind,
            location,
            found: found.clone(),
        };
        environment.add_global(kind.name(), Value::from_object(maker));
    }
    let rendered = environment.render_str(template, ());
    rendered.map_err(|e| said(&e))?;
    let items = found.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(items.clone())
}

/// Returns the one item that a text is.
///
/// # Errors
/// What is wrong with the text, as a message.
pub fn item_of(text: &str, location: Location) -> Result<Item, String> {
    let found = items_of(&format!("{{{{ {text} }}}}"), location)?;
    match <[Item; 1]>::try_from(found) {
        Ok([item]) => Ok(item),
        Err(found) => Err(format!("it names {} items instead of one", found.len())),
    }
}

fn said(error: &Error) -> String {
    let detail = error.detail().map(str::to_owned);
    match (error.kind(), detail) {
        (ErrorKind::UndefinedError, Some(detail)) => format!("a name is not known there: {detail}"),
        (ErrorKind::UndefinedError, None) => "it names something that is not known there".to_owned(),
        (ErrorKind::UnknownFunction, Some(detail)) => detail,
        (_, Some(detail)) => detail,
        (kind, None) => kind.to_string(),
    }
}

/// `Dimension`, `TimeDimension`, `Entity`, `Metric`.
#[derive(Debug)]
struct Maker {
    kind: ItemKind,
    location: Location,
    found: Found,
}

fn words(value: Option<Value>) -> Result<Vec<String>, Error> {
    match value.filter(|v| !v.is_none()) {
        Some(value) => Ok(items(&value)?.iter().map(str_of).collect()),
        None => Ok(Vec::new()),
    }
}

fn word(value: Option<Value>) -> Option<String> {
    value.filter(|v| !v.is_none()).map(|v| str_of(&v))
}

impl Object for Maker {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let args = Args::new(args)?;
        let name = self.kind.name();
        let mut item = Item {
            kind: self.kind,
            name: String::new(),
            entity_path: Vec::new(),
            group_by: Vec::new(),
            grain: None,
            date_part: None,
            descending: None,
        };
        let called = match self.kind {
            ItemKind::Dimension => {
                let [called, path] = args.required(name, ["name", "entity_path"], 1)?;
                item.entity_path = words(path)?;
                called
            }
            ItemKind::Entity => {
                let [called, path] = args.required(name, ["entity_name", "entity_path"], 1)?;
                item.entity_path = words(path)?;
                called
            }
            ItemKind::Metric => {
                let [called, group_by] = args.required(name, ["metric_name", "group_by"], 1)?;
                item.group_by = words(group_by)?;
                called
            }
            ItemKind::TimeDimension => {
                let names = [
                    "time_dimension_name",
                    "time_granularity_name",
                    "entity_path",
                    "descending",
                    "date_part_name",
                ];
                let [called, grain, path, descending, date_part] = args.required(name, names, 1)?;
                item.grain = word(grain);
                item.entity_path = words(path)?;
                item.descending = descending.filter(|d| !d.is_none()).map(|d| d.is_true());
                item.date_part = word(date_part);
                called
            }
        };
        item.name = str_of(&called.unwrap_or_default());
        self.made(item)
    }
}

impl Maker {
    fn made(&self, item: Item) -> Result<Value, Error> {
        if let Some(part) = &item.date_part
            && !DATE_PARTS.contains(&part.to_lowercase().as_str())
        {
            return Err(error(format!(
                "`{part}` is no part of a date: it is one of {}",
                DATE_PARTS.join(", ")
            )));
        }
        Ok(Value::from_object(Made {
            item,
            location: self.location,
            found: self.found.clone(),
        }))
    }
}

/// An item in a template; it counts once it is written out.
#[derive(Debug)]
struct Made {
    item: Item,
    location: Location,
    found: Found,
}

impl Object for Made {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let kind = self.item.kind;
        let allowed = match method {
            "descending" => kind == ItemKind::Dimension || self.location == Location::Order,
            "grain" | "date_part" => kind == ItemKind::Dimension,
            _ => false,
        };
        if !allowed {
            return Err(error(format!(
                "`.{method}()` does not go with `{}` here",
                kind.name()
            )));
        }
        let [value] = Args::new(args)?.exactly(method, ["value"])?;
        let mut item = self.item.clone();
        match method {
            "grain" => item.grain = Some(str_of(&value)),
            "date_part" => item.date_part = Some(str_of(&value)),
            _ => item.descending = Some(value.is_true()),
        }
        let maker = Maker {
            kind,
            location: self.location,
            found: self.found.clone(),
        };
        maker.made(item)
    }

    fn render(self: &Arc<Self>, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if !found.contains(&self.item) {
            found.push(self.item.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_its_items() {
        let text = "{{ Dimension('order__place').grain('day') }} > 1 and {{ Metric('paid', group_by=['order']) }} \
                    and {{ TimeDimension('metric_time', 'week') }}";
        let found = items_of(text, Location::Filter).expect("the filter is sound");
        let names: Vec<_> = found
            .iter()
            .map(|i| (i.kind.name(), &*i.name, i.grain.as_deref()))
            .collect();
        assert_eq!(
            names,
            [
                ("Dimension", "order__place", Some("day")),
                ("Metric", "paid", None),
                ("TimeDimension", "metric_time", Some("week")),
            ]
        );
    }

    #[test]
    fn what_a_filter_may_not_say_is_told() {
        let said = |text: &str| items_of(text, Location::Filter).expect_err("the filter is wrong");
        assert_eq!(
            said("{{ Entity('a').grain('day') }}"),
            "`.grain()` does not go with `Entity` here"
        );
        assert!(said("{{ Dimension('a__b').date_part('era') }}").starts_with("`era` is no part of a date"));
        assert!(said("{{ Dimension( }}").contains("unexpected"));
        assert!(said("{{ Dimensions('a') }}").contains("Dimensions"));
        assert_eq!(
            item_of("'a'", Location::Filter).expect_err("there is no item"),
            "it names 0 items instead of one"
        );
    }
}
