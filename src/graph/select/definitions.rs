//! The definitions of `selectors.yml` in the form that `manifest.json` keeps: one key for each part, selectors of
//! other selectors put in.

use serde_json::{Map, Value as Json, json};

use super::expr::Criterion;
use super::parse::parse_criterion;
use crate::diagnostic::{SourceFile, Span};
use crate::yaml::{Document, Node};

/// Returns the named selectors, each with its `name`, `description` and resolved `definition`.
///
/// The file was checked where a selection used it; what cannot be read here is kept as written.
pub fn definitions(document: &Document) -> Map<String, Json> {
    let mut all = Map::new();
    for entry in document
        .root
        .get("selectors")
        .and_then(Node::as_seq)
        .unwrap_or_default()
    {
        let Json::Object(mut selector) = entry.to_json() else {
            continue;
        };
        let Some(name) = selector.get("name").and_then(Json::as_str).map(str::to_owned) else {
            continue;
        };
        let definition = selector.remove("definition").unwrap_or_default();
        selector.insert("definition".to_owned(), resolve(definition, &all));
        all.insert(name, Json::Object(selector));
    }
    all
}

fn resolve(definition: Json, known: &Map<String, Json>) -> Json {
    let map = match definition {
        Json::String(text) => return of_text(&text),
        Json::Object(map) => map,
        other => return other,
    };
    for key in ["union", "intersection"] {
        if let Some(Json::Array(parts)) = map.get(key) {
            return json!({ key: resolve_all(parts, known) });
        }
    }
    if map.get("method").and_then(Json::as_str) == Some("selector") {
        let named = map
            .get("value")
            .and_then(Json::as_str)
            .and_then(|name| known.get(name));
        return named
            .and_then(|selector| selector.get("definition"))
            .cloned()
            .unwrap_or(Json::Object(map));
    }
    match map.iter().next() {
        Some((key, Json::Array(parts))) if key == "exclude" => {
            json!({ "exclude": resolve_all(parts, known) })
        }
        Some((key, value)) if map.len() == 1 => json!({ "method": key, "value": value }),
        _ => Json::Object(map),
    }
}

fn resolve_all(parts: &[Json], known: &Map<String, Json>) -> Vec<Json> {
    parts.iter().map(|part| resolve(part.clone(), known)).collect()
}

/// Takes a criterion of the command line's language apart; depths stay text.
fn of_text(text: &str) -> Json {
    let file = SourceFile::new("selectors.yml", text);
    let Ok(found) = parse_criterion(text, &Span::new(&file, 0, 0)) else {
        return Json::from(text);
    };
    let Criterion {
        method,
        arguments,
        value,
        childrens_parents,
        parents,
        children,
        ..
    } = found;
    let mut map = Map::new();
    let mut words = vec![method.word().to_owned()];
    words.extend(arguments);
    map.insert("method".into(), words.join(".").into());
    map.insert("value".into(), value.into());
    if childrens_parents {
        map.insert("childrens_parents".into(), true.into());
    }
    for (key, depth) in [("parents", parents), ("children", children)] {
        if let Some(depth) = depth {
            map.insert(key.into(), true.into());
            map.extend(depth.map(|n| (format!("{key}_depth"), Json::from(n.to_string()))));
        }
    }
    Json::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_definition_is_written_in_full() {
        let text = "selectors:\n\
            - {name: text, definition: '2+tag:nightly+'}\n\
            - {name: pair, definition: {config.materialized: table}}\n\
            - {name: both, description: Two, definition: {union: [{method: selector, value: pair}, '@orders', \
              {exclude: [{method: tag, value: old}]}]}}\n";
        let document = crate::yaml::parse_text("selectors.yml", text).unwrap();
        let found = definitions(&document);
        let nightly = json!({ "method": "tag", "value": "nightly", "parents": true, "parents_depth": "2", "children": true });
        let table = json!({ "method": "config.materialized", "value": "table" });
        assert_eq!(found["text"]["definition"], nightly);
        assert_eq!(found["pair"]["definition"], table);
        assert_eq!(found["both"]["description"], "Two");
        let orders = json!({ "method": "fqn", "value": "orders", "childrens_parents": true });
        let old = json!({ "exclude": [{ "method": "tag", "value": "old" }] });
        assert_eq!(
            found["both"]["definition"],
            json!({ "union": [table, orders, old] })
        );
    }
}
