//! `package-lock.yml`: which packages are installed, in dbt's form.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::resolve::{Pin, Resolved};
use super::spec::Wanted;
use super::yaml_text;

pub(super) const FILE_NAME: &str = "package-lock.yml";
pub(super) const HASH: &str = "sha1_hash";

/// Returns the text of the file. `secrets` are masked in addresses that hold one.
pub(super) fn write(resolved: &[Resolved], asked: &[Wanted], secrets: &[String]) -> String {
    let masked = |text: &str| {
        secrets
            .iter()
            .fold(text.to_owned(), |text, s| text.replace(s.as_str(), "*****"))
    };
    let entries: Vec<Json> = resolved
        .iter()
        .map(|package| {
            let mut entry = match &package.pin {
                Pin::Local { path } => json!({ "local": path }),
                Pin::Git {
                    unrendered,
                    revision,
                    subdirectory,
                    ..
                } => {
                    let revision = package.fetched.commit.as_ref().or(revision.as_ref());
                    let mut entry = json!({ "git": masked(unrendered), "revision": revision });
                    if let Some(subdirectory) = subdirectory {
                        entry["subdirectory"] = json!(subdirectory);
                    }
                    entry
                }
                Pin::Tarball {
                    unrendered, sha256, ..
                } => {
                    let mut entry = json!({ "tarball": masked(unrendered) });
                    if let Some(sha256) = sha256 {
                        entry["sha256"] = json!(sha256);
                    }
                    entry
                }
                Pin::Hub { package, version, .. } => json!({ "package": package, "version": version }),
            };
            entry["name"] = json!(package.fetched.name);
            entry
        })
        .collect();
    yaml_text::write(&json!({ "packages": entries, HASH: hash(asked) }))
}

/// Returns the hash that dbt makes of what a project asks for, to see whether it has changed.
pub(super) fn hash(asked: &[Wanted]) -> String {
    let mut all: Vec<String> = asked
        .iter()
        .map(|wanted| {
            let mut text = String::new();
            python_json(&wanted.contract, &mut text);
            text
        })
        .collect();
    all.sort();
    hex(&sha1(all.join("\n").as_bytes()))
}

/// Writes a value as Python's `json.dumps(sort_keys=True)` does.
fn python_json(value: &Json, out: &mut String) {
    match value {
        Json::String(text) => out.push_str(&python_string(text)),
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                python_json(item, out);
            }
            out.push(']');
        }
        Json::Object(map) => {
            out.push('{');
            for (i, (key, value)) in sorted(map).into_iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                out.push_str(&python_string(key));
                out.push_str(": ");
                python_json(value, out);
            }
            out.push('}');
        }
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

/// Returns the entries of a map by key.
pub(super) fn sorted(map: &Map<String, Json>) -> Vec<(&String, &Json)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

/// Writes a string as `json.dumps` does: ASCII only.
fn python_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            ' '..='~' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// SHA-1 (FIPS 180-4). It guards nothing here: it only tells whether two lists of packages are equal.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut words = [0_u32; 80];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = bytes.iter().fold(0, |w, b| (w << 8) | u32::from(*b));
        }
        for i in 16..80 {
            words[i] = (words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (i, word) in words.iter().enumerate() {
            let (mix, constant) = match i / 20 {
                0 => ((b & c) | (!b & d), 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let turned = a
                .rotate_left(5)
                .wrapping_add(mix)
                .wrapping_add(e)
                .wrapping_add(constant)
                .wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, turned);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut digest = [0; 20];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha1_is_that_of_the_standard() {
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(
            hex(&sha1(long.as_bytes())),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        );
    }
}
