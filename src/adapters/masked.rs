//! profiles.yml as messages may show it: with the values of secrets struck out, at their places.

use std::borrow::Cow;

use crate::diagnostic::SourceFile;
use crate::yaml::{Document, Node, Value};

/// Words that a secret's key contains, in lower case.
const SECRETS: [&str; 7] = [
    "pass",
    "token",
    "secret",
    "private_key",
    "keyfile_json",
    "access_key",
    "credentials",
];

/// Keys with such a word that name no secret.
const HARMLESS: [&str; 3] = ["private_key_path", "token_uri", "secrets"];

/// Returns the document with the target's secrets struck out: each character is an asterisk, so places stay right.
pub(super) fn masked<'a>(document: &'a Document, target: &Node) -> Cow<'a, Document> {
    let mut places = Vec::new();
    collect(target, false, &mut places);
    if places.is_empty() {
        return Cow::Borrowed(document);
    }
    let mut bytes = document.file.text().as_bytes().to_vec();
    for (start, end) in places {
        for byte in bytes.get_mut(start as usize..end as usize).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    // Whole values were struck out, so no character was cut in two.
    let Ok(text) = String::from_utf8(bytes) else {
        return Cow::Borrowed(document);
    };
    Cow::Owned(Document {
        file: SourceFile::new(document.file.path().clone(), text),
        ..document.clone()
    })
}

fn collect(node: &Node, secret: bool, places: &mut Vec<(u32, u32)>) {
    match &node.value {
        Value::Map(map) => {
            for (key, value) in &map.entries {
                let key = key.as_str().unwrap_or_default().to_ascii_lowercase();
                let named =
                    SECRETS.iter().any(|word| key.contains(word)) && !HARMLESS.contains(&key.as_str());
                collect(value, secret || named, places);
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| collect(item, secret, places)),
        _ if secret => places.push((node.start, node.end)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::masked;
    use crate::yaml::parse_text;

    #[test]
    fn secrets_are_struck_out_at_their_places() {
        let text =
            "user: ann\npassword: 'pä ss'\nprivate_key_path: k.p8\nsecrets: [{type: s3, secret: abc}]\n";
        let document = parse_text("profiles.yml", text).unwrap();
        let shown = masked(&document, &document.root);
        assert_eq!(
            shown.file.text().as_ref(),
            "user: ann\npassword: ********\nprivate_key_path: k.p8\nsecrets: [{type: s3, secret: ***}]\n"
        );
    }
}
