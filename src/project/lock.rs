//! `package-lock.yml`: which packages are installed, in dbt's form.

use std::fmt::Write;

pub(super) const FILE_NAME: &str = "package-lock.yml";

/// An installed local package.
pub(super) struct Entry<'a> {
    pub local: &'a str,
    pub unrendered: &'a str,
    pub name: &'a str,
    /// The root project names it itself: it counts for the hash.
    pub direct: bool,
}

/// Returns the text of the file. dbt compares the hash with that of `packages.yml` to see whether it has changed.
pub(super) fn write(entries: &[Entry<'_>]) -> String {
    let mut text = String::from("packages:\n");
    for entry in entries {
        let _ = writeln!(text, "  - local: {}", scalar(entry.local));
        let _ = writeln!(text, "    name: {}", scalar(entry.name));
    }
    let mut asked: Vec<String> = entries
        .iter()
        .filter(|e| e.direct)
        .map(|e| {
            let quoted = |text: &str| python_json(text);
            format!(
                "{{\"local\": {}, \"unrendered\": {{\"local\": {}}}}}",
                quoted(e.local),
                quoted(e.unrendered)
            )
        })
        .collect();
    asked.sort();
    let _ = writeln!(
        text,
        "sha1_hash: {}",
        scalar(&hex(&sha1(asked.join("\n").as_bytes())))
    );
    text
}

/// Writes a string as YAML, in quotes where it would mean something else without.
fn scalar(text: &str) -> String {
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"_-./ <>+()$~@".contains(&b);
    let plain = text.bytes().all(inside)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || "_./<(+$".contains(c))
        && !text.ends_with(' ')
        && crate::yaml::parse_text("", text).is_ok_and(|d| d.root.as_str() == Some(text));
    if plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Writes a string as Python's `json.dumps` does: ASCII only.
fn python_json(text: &str) -> String {
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
