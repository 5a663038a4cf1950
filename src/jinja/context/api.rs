//! `api.Relation` and `api.Column`: the classes that macros make relations and columns with.

use std::sync::Arc;

use minijinja::Value;

use super::{Group, group};
use crate::adapters::Class;
use crate::jinja::render::Root;
use crate::jinja::values;

pub(super) fn value(root: &Arc<Root>) -> Value {
    group(root, "api", |root, name| match name {
        "Relation" => Some(relation(root)),
        "Column" => Some(column(root)),
        _ => None,
    })
}

pub(super) fn relation(root: &Arc<Root>) -> Value {
    Group {
        name: "Relation",
        root: root.clone(),
        member: |root, name| match name {
            "get_relation_type" => Some(relation(root)),
            _ => values::relation_constant(name),
        },
        method: |root, _, method, args| match method {
            "create" => {
                let of_session = root.host.session().map(|session| {
                    let dialect = session.adapter().dialect();
                    (dialect.quote_character(), Class(dialect.relation_class()))
                });
                // Without a database it looks as the relation that is compiled.
                let look = of_session.or_else(|| {
                    let this = root.host.member("this")?;
                    let this = values::RelationValue::get(&this)?;
                    Some((this.quote_character, this.class))
                });
                let look = look.unwrap_or(('"', Class::default()));
                let quoting = &root.index().resolution.quoting;
                Some(values::create_relation(args, quoting, look))
            }
            "add_ephemeral_prefix" => {
                Some(args.exactly(method, ["name"]).map(|[name]| {
                    Value::from(format!("__dbt__cte__{}", crate::jinja::python::str_of(&name)))
                }))
            }
            "scd_args" => Some(args.exactly(method, ["primary_key", "updated_at"]).and_then(
                |[key, updated]| {
                    let mut all = if key.as_str().is_some() {
                        vec![key]
                    } else {
                        crate::jinja::python::items(&key)?
                    };
                    all.push(updated);
                    Ok(values::List::value(all))
                },
            )),
            _ => None,
        },
        call: None,
    }
    .value()
}

pub(super) fn column(root: &Arc<Root>) -> Value {
    Group {
        name: "Column",
        root: root.clone(),
        member: |_, _| None,
        method: |root, _, method, args| {
            let adapter = root.host.session().map(|session| session.adapter().clone());
            values::column_class_method(method, args, adapter.as_ref().map(|a| a.dialect()))
        },
        call: Some(|root, _, args| {
            let adapter = root.host.session().map(|session| session.adapter().clone());
            values::create_column(args, adapter.as_ref().map(|a| a.dialect()))
        }),
    }
    .value()
}
