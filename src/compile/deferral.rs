//! Deferral: refs to nodes that are not built here go to the relations of another environment.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::adapters::{Relation, Session};
use crate::diagnostic::Result;
use crate::manifest::{Manifest, Node, NodeId};

/// The relations of another environment.
#[derive(Debug, Default)]
pub struct Deferral {
    pub relations: HashMap<NodeId, Deferred>,
    /// `--defer`: refs may go there. `clone` reads the relations without it.
    pub refs: bool,
    /// `--favor-state`: take them even where the node is built here, unless it is selected.
    pub favor: bool,
}

/// Where another environment has a node.
#[derive(Debug, Clone)]
pub struct Deferred {
    pub relation: Relation,
    /// The name as the other environment's manifest has it.
    pub shown: Option<String>,
}

impl Deferral {
    /// Finds the relations of nodes that both environments have; ephemeral ones have none.
    pub fn new(manifest: &Manifest, nodes: &Map<String, Json>, refs: bool, favor: bool) -> Self {
        let relations = nodes
            .iter()
            .filter_map(|(id, other)| {
                let node = manifest.nodes.get(id.as_str())?;
                Some((node.id.clone(), deferred(node, other)?))
            })
            .collect();
        Self {
            relations,
            refs,
            favor,
        }
    }

    /// Returns the relation that a ref to the node means: the other environment's where the node is not built here.
    pub(super) fn relation(
        &self,
        node: &Node,
        is_selected: bool,
        session: Option<&Session>,
    ) -> Result<Option<Relation>> {
        let Some(found) = self.relations.get(&node.id).filter(|_| self.refs) else {
            return Ok(None);
        };
        if self.favor && !is_selected {
            return Ok(Some(found.relation.clone()));
        }
        let here = &node.relation;
        let part = |part: &Option<std::sync::Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
        let exists = match session {
            Some(session) => session
                .get_relation(
                    &part(&here.database),
                    &part(&here.schema),
                    &part(&here.identifier),
                )
                .map_err(|error| error.diagnostic(None))?
                .is_some(),
            None => false,
        };
        Ok((!exists).then(|| found.relation.clone()))
    }
}

fn deferred(node: &Node, other: &Json) -> Option<Deferred> {
    let text = |key: &str| other.get(key).and_then(Json::as_str);
    let is_ephemeral = other.pointer("/config/materialized").and_then(Json::as_str) == Some("ephemeral");
    if !node.kind.is_refable() || is_ephemeral {
        return None;
    }
    let mut relation = node.relation.clone();
    relation.database = text("database").map(Into::into);
    relation.schema = text("schema").map(Into::into);
    relation.identifier = text("alias").or_else(|| text("name")).map(Into::into);
    relation.include.database = relation.database.is_some();
    // What it is there may differ from what it is here.
    relation.kind = None;
    Some(Deferred {
        relation,
        shown: text("relation_name").map(str::to_owned),
    })
}
