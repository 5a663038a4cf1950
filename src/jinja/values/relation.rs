//! Relations as templates see them: they print as the database wants them, and are asked for their parts.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use crate::adapters::{Class, Part, Policy, Relation, RelationKind};
use crate::jinja::args::Args;
use crate::jinja::python::{error, none, str_of};
use crate::sql::RelationClass;

use super::dict::pairs;
use super::{Dict, List};

/// A relation.
#[derive(Debug, Clone)]
pub(crate) struct RelationValue(pub Relation);

const MEMBERS: &[&str] = &[
    "database",
    "schema",
    "identifier",
    "name",
    "table",
    "type",
    "path",
    "quote_policy",
    "include_policy",
    "quote_character",
    "is_table",
    "is_view",
    "is_cte",
    "is_materialized_view",
    "is_dynamic_table",
    "is_external",
    "is_pointer",
    "is_function",
    "can_be_renamed",
    "can_be_replaced",
];

/// What a relation is made of, as `to_dict` gives it.
const FIELDS: &[&str] = &[
    "path",
    "type",
    "quote_character",
    "include_policy",
    "quote_policy",
    "dbt_created",
    "limit",
    "event_time_filter",
    "require_alias",
    "catalog",
    "external",
];

impl RelationValue {
    pub fn value(relation: Relation) -> Value {
        Value::from_object(Self(relation))
    }

    pub fn get(value: &Value) -> Option<&Relation> {
        value.downcast_object_ref::<Self>().map(|r| &r.0)
    }

    /// `repr(relation)`.
    pub fn repr(&self) -> String {
        format!("<{} {}>", self.0.class.0.name, self.0)
    }

    fn member(&self, name: &str) -> Option<Value> {
        let relation = &self.0;
        let text = |part: &Option<Arc<str>>| part.as_deref().map_or_else(none, Value::from);
        let is = |kind| Value::from(relation.kind == Some(kind));
        Some(match name {
            "database" => text(&relation.database),
            "schema" => text(&relation.schema),
            "identifier" | "name" | "table" => text(&relation.identifier),
            "type" => relation.kind.map_or_else(none, |k| Value::from(k.word())),
            "path" => Dict::of_class(
                "Path",
                [
                    ("database", text(&relation.database)),
                    ("schema", text(&relation.schema)),
                    ("identifier", text(&relation.identifier)),
                ],
            ),
            "quote_policy" => policy(relation.quote),
            "include_policy" => policy(relation.include),
            "quote_character" => Value::from(relation.quote_character.to_string()),
            "is_table" => is(RelationKind::Table),
            "is_view" => is(RelationKind::View),
            "is_cte" => is(RelationKind::Cte),
            "is_materialized_view" => is(RelationKind::MaterializedView),
            "is_dynamic_table" => is(RelationKind::DynamicTable),
            "is_external" => is(RelationKind::External),
            "is_function" => is(RelationKind::Function),
            "is_pointer" => Value::from(false),
            // The class of kinds: its constants are those of a relation.
            "get_relation_type" => Self::value(relation.clone()),
            // What limits a relation stands in the text that it prints as.
            "limit" | "event_time_filter" | "catalog" | "external" => none(),
            "require_alias" | "dbt_created" => Value::from(false),
            "can_be_renamed" => self.is_one_of(relation.class.0.renameable),
            "can_be_replaced" => self.is_one_of(relation.class.0.replaceable),
            "Table" | "View" | "CTE" | "MaterializedView" | "DynamicTable" | "External" | "Function"
            | "PointerTable" => kind_constant(name)?,
            _ => return None,
        })
    }

    fn is_one_of(&self, kinds: &[&str]) -> Value {
        Value::from(self.0.kind.is_some_and(|kind| kinds.contains(&kind.word())))
    }

    fn with_policy(&self, args: Args, function: &str, quote: bool) -> Result<Value, Error> {
        let parts = args.optional(function, ["database", "schema", "identifier"])?;
        let mut relation = self.0.clone();
        let policy = if quote {
            &mut relation.quote
        } else {
            &mut relation.include
        };
        let slots = [&mut policy.database, &mut policy.schema, &mut policy.identifier];
        for (slot, part) in slots.into_iter().zip(parts) {
            if let Some(part) = part.filter(|p| !p.is_none()) {
                *slot = part.is_true();
            }
        }
        Ok(Self::value(relation))
    }

    fn incorporate(&self, args: Args) -> Result<Value, Error> {
        let mut relation = self.0.clone();
        for (name, value) in args.named {
            match &*name {
                "path" => {
                    for (part, value) in pairs(&value)? {
                        set_part(&mut relation, &str_of(&part), &value);
                    }
                }
                "type" => relation.kind = value.as_str().and_then(RelationKind::from_word),
                "quote_policy" => merge_policy(&mut relation.quote, &value)?,
                "include_policy" => merge_policy(&mut relation.include, &value)?,
                "limit" | "event_time_filter" | "catalog" | "dbt_created" => {}
                _ => return Err(error(format!("a relation has no `{name}` to replace"))),
            }
        }
        Ok(Self::value(relation))
    }

    fn information_schema(&self, view: Option<&Value>) -> Value {
        let view = view.and_then(Value::as_str);
        let mut relation = Relation::new(self.0.database.as_deref(), Some("INFORMATION_SCHEMA"), view);
        relation.quote = Policy {
            database: self.0.quote.database,
            schema: false,
            identifier: false,
        };
        relation.include.database = self.0.include.database && self.0.database.is_some();
        relation.quote_character = self.0.quote_character;
        const INFORMATION_SCHEMA: RelationClass = RelationClass::named("InformationSchema");
        relation.class = Class(&INFORMATION_SCHEMA);
        Self::value(relation)
    }

    fn matches(&self, args: Args) -> Result<Value, Error> {
        let wanted = args.optional("matches", ["database", "schema", "identifier"])?;
        let mine = [&self.0.database, &self.0.schema, &self.0.identifier];
        let mut exact = true;
        let mut near = true;
        for (part, wanted) in mine.into_iter().zip(&wanted) {
            let Some(wanted) = wanted.as_ref().filter(|w| !w.is_none()) else {
                continue;
            };
            let wanted = str_of(wanted);
            exact &= part.as_deref() == Some(&*wanted);
            near &= part.as_deref().unwrap_or("None").to_lowercase() == wanted.to_lowercase();
        }
        if near && !exact {
            return Err(error(format!(
                "when searching for a relation, one was found that differs in case alone: {}",
                self.0
            )));
        }
        Ok(Value::from(exact))
    }

    fn quoted(&self, name: &str) -> String {
        let q = self.0.quote_character;
        format!("{q}{name}{q}")
    }
}

fn policy(policy: Policy) -> Value {
    Dict::of_class(
        "Policy",
        [
            ("database", Value::from(policy.database)),
            ("schema", Value::from(policy.schema)),
            ("identifier", Value::from(policy.identifier)),
        ],
    )
}

pub(crate) fn merge_policy(policy: &mut Policy, value: &Value) -> Result<(), Error> {
    for (part, value) in pairs(value)? {
        if value.is_none() {
            continue;
        }
        match part.as_str() {
            Some("database") => policy.database = value.is_true(),
            Some("schema") => policy.schema = value.is_true(),
            Some("identifier") => policy.identifier = value.is_true(),
            _ => {}
        }
    }
    Ok(())
}

fn set_part(relation: &mut Relation, part: &str, value: &Value) {
    let text = (!value.is_none() && !value.is_undefined()).then(|| Arc::from(str_of(value)));
    match part {
        "database" => relation.database = text,
        "schema" => relation.schema = text,
        "identifier" => relation.identifier = text,
        _ => {}
    }
}

pub(crate) fn kind_constant(name: &str) -> Option<Value> {
    Some(Value::from(match name {
        "Table" => "table",
        "View" => "view",
        "CTE" => "cte",
        "MaterializedView" => "materialized_view",
        "DynamicTable" => "dynamic_table",
        "External" => "external",
        "Function" => "function",
        "PointerTable" => "pointer_table",
        _ => return None,
    }))
}

/// Makes a relation as `api.Relation.create` does, quoted as the project says where the call does not.
pub(crate) fn create(
    args: Args,
    quoting: &BTreeMap<String, bool>,
    (quote, class): (char, Class),
) -> Result<Value, Error> {
    let mut relation = Relation::new(None, None, None);
    (relation.quote_character, relation.class) = (quote, class);
    let quoted = |part: &str| quoting.get(part).copied().unwrap_or(true);
    relation.quote = Policy {
        database: quoted("database"),
        schema: quoted("schema"),
        identifier: quoted("identifier"),
    };
    let names = ["database", "schema", "identifier", "type"];
    let mut given: Vec<(String, Value)> = names
        .iter()
        .map(|n| (*n).to_owned())
        .zip(args.positional)
        .collect();
    given.extend(args.named);
    for (name, value) in given {
        match &*name {
            "database" | "schema" | "identifier" => set_part(&mut relation, &name, &value),
            "type" => relation.kind = value.as_str().and_then(RelationKind::from_word),
            "quote_policy" => merge_policy(&mut relation.quote, &value)?,
            "include_policy" => merge_policy(&mut relation.include, &value)?,
            "quote_character" => relation.quote_character = str_of(&value).chars().next().unwrap_or('"'),
            "limit" | "catalog" | "catalog_name" | "dbt_created" | "event_time_filter" | "external" => {}
            _ => {
                return Err(error(format!(
                    "Relation.create() got an unexpected keyword argument '{name}'"
                )));
            }
        }
    }
    Ok(RelationValue::value(relation))
}

/// Returns what the statement of a function depends on; none for a node of another kind. A function in Python must say its
/// version and the function to call.
fn function_config(model: &Value) -> Result<Value, Error> {
    let given = |of: &Value, name: &str| {
        let value = of.get_attr(name).unwrap_or_default();
        (!value.is_undefined() && !value.is_none()).then_some(value)
    };
    if given(model, "resource_type").map(|kind| str_of(&kind)).as_deref() != Some("function") {
        return Ok(none());
    }
    let config = given(model, "config").unwrap_or_default();
    let language = given(model, "language");
    let in_python = language.as_ref().is_some_and(|l| l.as_str() == Some("python"));
    let parts = [
        ("language", language, true),
        ("type", given(&config, "type"), true),
        ("runtime_version", given(&config, "runtime_version"), in_python),
        ("entry_point", given(&config, "entry_point"), in_python),
    ];
    let mut members = Vec::new();
    for (name, value, is_needed) in parts {
        if is_needed && value.as_ref().is_none_or(|v| !v.is_true()) {
            return Err(error(format!("a function needs `{name}`, which is not given")));
        }
        members.push((name, value.unwrap_or_else(none)));
    }
    Ok(Dict::of_class("FunctionConfig", members))
}

/// Returns the part that a word names.
pub(crate) fn part(word: &str) -> Option<Part> {
    Some(match word {
        "database" => Part::Database,
        "schema" => Part::Schema,
        "identifier" => Part::Identifier,
        _ => return None,
    })
}

impl Object for RelationValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.member(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(MEMBERS)
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let args = Args::new(args)?;
        match method {
            "render" => Ok(Value::from(self.0.path())),
            "render_limited" | "__str__" => Ok(Value::from(self.0.to_string())),
            "quote" => self.with_policy(args, "quote", true),
            "include" => self.with_policy(args, "include", false),
            "incorporate" | "replace" => self.incorporate(args),
            "replace_path" => {
                let mut relation = self.0.clone();
                for (part, value) in &args.named {
                    set_part(&mut relation, part, value);
                }
                Ok(Self::value(relation))
            }
            "without_identifier" => {
                let mut relation = self.0.clone();
                relation.include.identifier = false;
                relation.identifier = None;
                Ok(Self::value(relation))
            }
            "information_schema" => {
                let [view] = args.optional(method, ["view_name"])?;
                Ok(self.information_schema(view.as_ref()))
            }
            "information_schema_only" => Ok(self.information_schema(None)),
            "matches" => self.matches(args),
            "quoted" => {
                let [name] = args.exactly(method, ["identifier"])?;
                Ok(Value::from(self.quoted(&str_of(&name))))
            }
            "create" => create(args, &BTreeMap::new(), (self.0.quote_character, self.0.class)),
            "relation_max_name_length" if self.0.class.0.name_length_max.is_some() => {
                args.optional::<0>(method, [])?;
                Ok(self.0.class.0.name_length_max.map_or_else(none, Value::from))
            }
            "get_function_config" => {
                let [model] = args.exactly(method, ["model"])?;
                function_config(&model)
            }
            "get_function_macro_name" => {
                let [config] = args.exactly(method, ["config"])?;
                let part = |name| config.get_attr(name).map(|v| str_of(&v));
                Ok(Value::from(format!(
                    "{}_function_{}",
                    part("type")?,
                    part("language")?
                )))
            }
            "add_ephemeral_prefix" => {
                let [name] = args.exactly(method, ["name"])?;
                Ok(Value::from(format!("__dbt__cte__{}", str_of(&name))))
            }
            "get" => {
                let [key, default] = args.required("get", ["key", "default"], 1)?;
                let key = str_of(&key.unwrap_or_default());
                if key == "metadata" {
                    return Ok(Dict::of([("type", Value::from("BaseRelation"))]));
                }
                Ok(self.member(&key).or(default).unwrap_or_else(none))
            }
            "to_dict" => {
                let class = self.0.class.0;
                let kinds = [
                    ("renameable_relations", class.renameable),
                    ("replaceable_relations", class.replaceable),
                ];
                let words = |kinds: &[&'static str]| kinds.iter().map(|word| Value::from(*word)).collect();
                let kinds = kinds.map(|(name, kinds)| (name, List::value(words(kinds))));
                // Objects within become dictionaries too; what the base class has comes before what a database adds.
                let plain = |value: Value| match value.as_object().and_then(|o| o.try_iter_pairs()) {
                    Some(members) => Dict::value(members.collect()),
                    None => value,
                };
                let part = |name: &&'static str| Some((*name, plain(self.member(name)?)));
                let (own, base): (Vec<_>, Vec<_>) = FIELDS.iter().partition(|name| **name == "external");
                let base = base.into_iter().filter_map(part);
                Ok(Dict::of(
                    base.chain(kinds).chain(own.into_iter().filter_map(part)),
                ))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        if self.0 == other.0 {
            return Some(Ordering::Equal);
        }
        Some(self.0.to_string().cmp(&other.0.to_string()).then(Ordering::Less))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
