//! Values, places and faults of YAML texts.

use serde_json::{Value as Json, json};

use super::*;

/// Returns a value with its types, as `fixtures/generate.py` writes it.
fn typed(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(b) => json!(b),
        Value::Str(s) => json!(&**s),
        Value::Int(i) => json!({ "int": i.to_string() }),
        Value::BigInt(digits) => json!({ "int": &**digits }),
        Value::Float(f) => json!({ "float": f.to_string() }),
        Value::Date(s) => json!({ "date": &**s }),
        Value::Seq(items) => items.iter().map(typed).collect(),
        Value::Map(map) => {
            let entries: Vec<Json> = map
                .entries
                .iter()
                .map(|(k, v)| json!([typed(k), typed(v)]))
                .collect();
            json!({ "map": entries })
        }
    }
}

/// Says whether two typed values are equal; floats by value, not by text.
fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Json::Object(a), Json::Object(b)) => match (a.get("float"), b.get("float")) {
            (Some(Json::String(a)), Some(Json::String(b))) => {
                let (a, b): (f64, f64) = (a.parse().unwrap(), b.parse().unwrap());
                a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
            }
            _ => a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && equal(a, b)),
        },
        _ => a == b,
    }
}

#[test]
fn values_are_those_of_pyyaml() {
    let cases = match std::env::var("NEXUS_YAML_CASES") {
        Ok(path) => std::fs::read_to_string(path).unwrap(),
        Err(_) => include_str!("fixtures/pyyaml.jsonl").to_owned(),
    };
    let mut wrong = Vec::new();
    for line in cases.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let text = case["text"].as_str().unwrap();
        let ok = case["ok"].as_bool().unwrap();
        match parse_text("t.yml", text) {
            Ok(document) if ok && equal(&typed(&document.root), &case["value"]) => {}
            Err(_) if !ok => {}
            Ok(document) => wrong.push(format!(
                "{text:?}\n   pyyaml: {}\n   nexus:  {}",
                if ok {
                    case["value"].to_string()
                } else {
                    "refused".to_owned()
                },
                typed(&document.root)
            )),
            Err(error) => wrong.push(format!(
                "{text:?}\n   pyyaml: {}\n   nexus:  {error}",
                case["value"]
            )),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(25)].join("\n")
    );
}
