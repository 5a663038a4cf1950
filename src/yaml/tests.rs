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

fn fault(text: &str) -> String {
    match parse_text("models/a.yml", text) {
        Ok(document) => panic!("{text:?} parses to {}", document.root.to_json()),
        Err(error) => crate::diagnostic::render_text(&error, false),
    }
}

#[test]
fn faults_show_their_place_and_a_remedy() {
    let texts = [
        "models:\n\t- name: a\n",
        "models:\n  - name: a\n    description: see: below\n",
        "models:\n  - name: {{ var('x') }}\n",
        "models:\n  - name: {% if x %}a{% endif %}\n",
        "models:\n  - name:a\n    b: c\n",
        "version: 2\nmodels\n  - name: a\n",
        "models:\n  - name: a\n   columns: []\n",
        "models:\n  - name: a\n  columns: []\n",
        "a: [1, 2\nb: c\n",
        "a: 'x\n",
        "a: \"\\q\"\n",
        "a: @x\n",
        "a: *x\n",
        "a: &x [*x]\n",
        "a: %x\n---\nb\n",
        "a: 2024-02-30\n",
        "a: !secret x\n",
        "a: \u{7}\n",
        "<<: 1\n",
        "a: |x\n  b\n",
        "é: ü\nb: [\n",
    ];
    let all: Vec<String> = texts.into_iter().map(fault).collect();
    insta::assert_snapshot!(all.join("\n"));
}

/// Asserts that every node's place lies within the text and within its parent's, and names scalars as written.
fn check_places(document: &Document, node: &Node, within: (u32, u32)) {
    let text = document.file.text();
    assert!(
        within.0 <= node.start && node.start <= node.end && node.end <= within.1,
        "{node:?} in {within:?}"
    );
    let written = &text[node.start as usize..node.end as usize];
    match &node.value {
        Value::Seq(items) => items
            .iter()
            .for_each(|i| check_places(document, i, (node.start, node.end))),
        Value::Map(map) => {
            for (key, value) in &map.entries {
                check_places(document, key, (node.start, node.end));
                check_places(document, value, (node.start, node.end));
            }
        }
        Value::Str(s) if !written.starts_with(['\'', '"', '|', '>', '&', '!']) && !written.contains('\n') => {
            assert_eq!(written, &**s);
        }
        _ => {}
    }
}

#[test]
fn places_are_bytes_of_the_text() {
    let text =
        "# ä\nmodels:\n- name: größe\n  meta: {a: [1, 'ü', x y], b: ~}\n  d: >\n    fo\n    ld\ntail: é\n";
    let document = parse_text("t.yml", text).unwrap();
    check_places(&document, &document.root, (0, u32::try_from(text.len()).unwrap()));
    let name = &document.root.get("models").unwrap().as_seq().unwrap()[0]
        .get("name")
        .unwrap();
    assert_eq!(name.span(&document.file).to_string(), "t.yml:3:9");
    let tail = document.root.get("tail").unwrap();
    assert_eq!(&text[tail.start as usize..tail.end as usize], "é");
}

#[test]
fn an_alias_stands_where_it_is_written() {
    let document = parse_text("t.yml", "a: &x {b: 1}\nc: *x\n").unwrap();
    let alias = document.root.get("c").unwrap();
    assert_eq!(alias.span(&document.file).to_string(), "t.yml:2:4");
    assert_eq!(alias.to_json().to_string(), r#"{"b":1}"#);
}

#[test]
fn repeated_keys_warn_unless_a_merge_comes_first() {
    let warnings = |text: &str| parse_text("t.yml", text).unwrap().warnings;
    assert_eq!(warnings("a: 1\nb: {c: 1, c: 2}\na: 3\n").len(), 2);
    assert_eq!(warnings("x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n").len(), 0);
    assert_eq!(warnings("x: &x {a: 1}\ny:\n  a: 2\n  <<: *x\n").len(), 1);
    let many: String = (0..40)
        .map(|i| format!("k{i}: 1\n"))
        .chain(["k7: 2\n".to_owned()])
        .collect();
    let document = parse_text("t.yml", &many).unwrap();
    assert_eq!(document.warnings.len(), 1);
    assert_eq!(document.root.get("k7").unwrap().to_json(), json!(2));
    assert_eq!(document.root.as_map().unwrap().entries.len(), 40);
}

#[test]
fn a_few_aliases_cannot_stand_for_billions_of_values() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let below = format!("*a{}, ", i - 1).repeat(10);
        text.push_str(&format!("a{i}: &a{i} [{below}]\n"));
    }
    let error = parse_text("t.yml", &text).unwrap_err();
    assert!(
        error
            .message()
            .contains("aliases of this file stand for more than"),
        "{error}"
    );
}

#[test]
fn depth_is_bounded_and_the_bound_is_generous() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_text("t.yml", &nested(120)).is_ok());
    assert!(
        parse_text("t.yml", &nested(100_000))
            .unwrap_err()
            .message()
            .contains("nested deeper")
    );
    let keys: String = (0..5_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert!(parse_text("t.yml", &keys).is_err());
}

#[test]
fn a_broken_document_never_panics_wherever_it_is_cut() {
    let text = "a: &x \"q\\u00e9\\\n  z\"\nb: !!str 'it''s'\nc: |2-\n   bl\n\nd: {e: [*x, ? f], 'g': >+\n}\n\u{2028}%é: -\n";
    for cut in (0..text.len()).filter(|i| text.is_char_boundary(*i)) {
        let _ = parse_text("t.yml", &text[..cut]);
        let _ = parse_text("t.yml", &text[cut..]);
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Makes values as JSON, whose text is YAML as well.
    fn values() -> impl Strategy<Value = Json> {
        let text = "[ -~äß\u{1f600}\n\t]{0,12}";
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            text.prop_map(Json::from),
        ];
        leaf.prop_recursive(5, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..6)
                    .prop_map(|m| m.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    /// Writes a value in block style.
    fn block(value: &Json, indent: usize, out: &mut String) {
        let pad = " ".repeat(indent);
        match value {
            Json::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    out.push_str(&format!("\n{pad}\"{key}\":"));
                    block(value, indent + 2, out);
                }
            }
            Json::Array(items) if !items.is_empty() => {
                for item in items {
                    out.push_str(&format!("\n{pad}-"));
                    block(item, indent + 2, out);
                }
            }
            scalar => out.push_str(&format!(" {scalar}")),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_in_blocks_is_read_back(value in values()) {
            let mut text = String::new();
            block(&value, 0, &mut text);
            let document = parse_text("t.yml", &text).unwrap();
            prop_assert_eq!(document.root.to_json(), value);
            check_places(&document, &document.root, (0, u32::try_from(text.len()).unwrap()));
        }

        #[test]
        fn json_is_yaml(value in values()) {
            let text = value.to_string();
            prop_assert_eq!(parse_text("t.yml", &text).unwrap().root.to_json(), value);
        }

        #[test]
        fn any_text_ends_in_a_value_or_a_fault(text in "[-a:?\\[\\]{}&*!|>'\"%@ \n\t#,<~.\\\\éx0-2\u{85}]{0,60}") {
            if let Err(error) = parse_text("t.yml", &text) {
                prop_assert!(error.span().is_some());
            }
        }
    }
}
