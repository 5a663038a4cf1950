//! Python's `bytes`: its text and its methods.

use minijinja::{Error, ErrorKind, Value};

use super::{error, str_of};
use crate::jinja::args::Args;

/// Returns `repr(bytes)`: `b'…'`.
pub(crate) fn repr(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x20..0x7f if char::from(*byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            0x20..0x7f => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out
}

/// Runs a method.
pub(crate) fn method(bytes: &[u8], name: &str, args: Args) -> Result<Value, Error> {
    Ok(match name {
        "decode" => {
            let [encoding, errors] = args.optional(name, ["encoding", "errors"])?;
            let encoding = encoding.map_or_else(|| "utf-8".to_owned(), |e| str_of(&e));
            decode(bytes, &encoding, errors.map(|e| str_of(&e)).as_deref())?
        }
        "hex" => {
            let hex = bytes.iter().map(|b| format!("{b:02x}"));
            Value::from(hex.collect::<String>())
        }
        "startswith" | "endswith" => {
            let [affix] = args.exactly(name, ["prefix"])?;
            let affix = affix.as_bytes().unwrap_or_default();
            Value::from(if name == "startswith" {
                bytes.starts_with(affix)
            } else {
                bytes.ends_with(affix)
            })
        }
        "upper" => Value::from_bytes(bytes.to_ascii_uppercase()),
        "lower" => Value::from_bytes(bytes.to_ascii_lowercase()),
        "strip" => Value::from_bytes(bytes.trim_ascii().to_vec()),
        _ => {
            return Err(Error::new(
                ErrorKind::UnknownMethod,
                format!("'bytes' object has no attribute '{name}'"),
            ));
        }
    })
}

fn decode(bytes: &[u8], encoding: &str, errors: Option<&str>) -> Result<Value, Error> {
    match &*encoding.to_lowercase().replace('_', "-") {
        "latin-1" | "latin1" | "iso-8859-1" => {
            return Ok(Value::from(
                bytes.iter().map(|b| char::from(*b)).collect::<String>(),
            ));
        }
        "utf-8" | "utf8" | "ascii" | "us-ascii" => {}
        other => return Err(error(format!("unknown encoding: {other}"))),
    }
    match (std::str::from_utf8(bytes), errors) {
        (Ok(text), _) => Ok(Value::from(text)),
        (Err(_), Some("replace")) => Ok(Value::from(&*String::from_utf8_lossy(bytes))),
        (Err(_), Some("ignore")) => Ok(Value::from(
            String::from_utf8_lossy(bytes).replace(char::REPLACEMENT_CHARACTER, ""),
        )),
        (Err(_), _) => Err(error(format!("the bytes are no {encoding} text"))),
    }
}

/// `text.encode(encoding)`.
pub(crate) fn encode(text: &str, args: Args) -> Result<Value, Error> {
    let [encoding, errors] = args.optional("encode", ["encoding", "errors"])?;
    let encoding = encoding.map_or_else(|| "utf-8".to_owned(), |e| str_of(&e));
    let most = match &*encoding.to_lowercase().replace('_', "-") {
        "utf-8" | "utf8" => return Ok(Value::from_bytes(text.as_bytes().to_vec())),
        "ascii" | "us-ascii" => 0x7f,
        "latin-1" | "latin1" | "iso-8859-1" => 0xff,
        other => return Err(error(format!("unknown encoding: {other}"))),
    };
    let errors = errors.map(|e| str_of(&e));
    let mut out = Vec::new();
    for c in text.chars() {
        match (u32::from(c), errors.as_deref()) {
            (code, _) if code <= most => out.extend(u8::try_from(code)),
            (_, Some("ignore")) => {}
            (_, Some("replace")) => out.push(b'?'),
            _ => return Err(error(format!("'{encoding}' codec can't encode character '{c}'"))),
        }
    }
    Ok(Value::from_bytes(out))
}
