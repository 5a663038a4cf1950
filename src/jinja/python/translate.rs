//! `str.maketrans` and `str.translate`.

use minijinja::{Error, Value};

use super::{Number, error, none, number, str_of};
use crate::jinja::args::Args;
use crate::jinja::values::{Dict, pairs};

/// Makes a table: of one dictionary, or of texts whose characters stand for one another.
pub(crate) fn make_table(args: Args) -> Result<Value, Error> {
    let [from, to, gone] = args.required("maketrans", ["x", "y", "z"], 1)?;
    let from = from.unwrap_or_default();
    let code = |c: char| Value::from(u32::from(c));
    let Some(to) = to else {
        let entries = pairs(&from)?.into_iter().map(|(key, value)| {
            let mut chars = key.as_str().unwrap_or_default().chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok((code(c), value)),
                (None, _) if number(&key).is_some() => Ok((key, value)),
                _ => Err(error("string keys in translate table must be of length 1")),
            }
        });
        return Ok(Dict::value(entries.collect::<Result<_, Error>>()?));
    };
    let (from, to) = (str_of(&from), str_of(&to));
    if from.chars().count() != to.chars().count() {
        return Err(error("the first two maketrans arguments must have equal length"));
    }
    let gone = gone.map(|g| str_of(&g)).unwrap_or_default();
    let kept = from.chars().zip(to.chars()).map(|(a, b)| (code(a), code(b)));
    Ok(Dict::of(kept.chain(gone.chars().map(|c| (code(c), none())))))
}

/// Replaces each character that a table has.
pub(crate) fn apply(text: &str, table: &Value) -> Result<Value, Error> {
    let mut out = String::new();
    for c in text.chars() {
        let found = table.get_item(&Value::from(u32::from(c)))?;
        if found.is_undefined() {
            out.push(c);
        } else if let Some(text) = found.as_str() {
            out.push_str(text);
        } else if let Some(Number::Int(code)) = number(&found) {
            let by = u32::try_from(code).ok().and_then(char::from_u32);
            out.push(by.ok_or_else(|| error("character mapping must be in range(0x110000)"))?);
        }
    }
    Ok(Value::from(out))
}
