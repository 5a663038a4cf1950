//! Sources that stand outside of the database: the file or function that is read in place of a table.
//!
//! `external_location` of the source or the table, in `config` or `meta`, is a pattern that `formatter` says how to
//! fill: `newstyle` (`{name}`, the default), `oldstyle` (`%(name)s`) or `template` (`$name`, `${name}`).

use serde_json::{Map, Value as Json};

/// Returns what stands in the place of a source's table; `values` holds its name, identifier, schema and the like.
///
/// # Errors
/// What is wrong with the pattern, in words.
pub(super) fn location(values: &Map<String, Json>) -> Result<Option<String>, String> {
    let pattern = match values.get("external_location") {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(pattern)) => pattern.as_str(),
        Some(_) => return Err("has an `external_location` that is no text".to_owned()),
    };
    let formatter = values
        .get("formatter")
        .and_then(Json::as_str)
        .unwrap_or("newstyle");
    let filled = match formatter {
        "newstyle" => fill(pattern, values, braces),
        "oldstyle" => fill(pattern, values, percent),
        "template" => fill(pattern, values, dollar),
        other => {
            return Err(format!(
                "has the formatter `{other}`, which is not one of newstyle, oldstyle, template"
            ));
        }
    }?;
    // A call or a quoted text stands as it is.
    Ok(Some(if filled.contains('(') || filled.starts_with('\'') {
        filled
    } else {
        format!("'{filled}'")
    }))
}

/// What a pattern has at a place: the bytes it takes, and a name or text.
enum Piece<'a> {
    Name(usize, &'a str),
    Text(usize, &'a str),
}

fn fill<'a>(
    pattern: &'a str,
    values: &Map<String, Json>,
    special: fn(&'a str) -> Option<Piece<'a>>,
) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        match special(rest) {
            Some(Piece::Text(length, text)) => {
                out.push_str(text);
                rest = &rest[length..];
            }
            Some(Piece::Name(length, name)) => {
                match values.get(name) {
                    Some(Json::String(text)) => out.push_str(text),
                    Some(other) => out.push_str(&crate::jinja::python_str(other)),
                    None => {
                        return Err(format!(
                            "has an external_location that names `{name}`, which the source does not have"
                        ));
                    }
                }
                rest = &rest[length..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    Ok(out)
}

fn braces(rest: &str) -> Option<Piece<'_>> {
    if rest.starts_with("{{") || rest.starts_with("}}") {
        return Some(Piece::Text(2, &rest[..1]));
    }
    let name = rest.strip_prefix('{')?.split_once('}')?.0;
    Some(Piece::Name(name.len() + 2, name))
}

fn percent(rest: &str) -> Option<Piece<'_>> {
    if rest.starts_with("%%") {
        return Some(Piece::Text(2, "%"));
    }
    let (name, behind) = rest.strip_prefix("%(")?.split_once(')')?;
    behind
        .starts_with('s')
        .then_some(Piece::Name(name.len() + 4, name))
}

fn dollar(rest: &str) -> Option<Piece<'_>> {
    let behind = rest.strip_prefix('$')?;
    if behind.starts_with('$') {
        return Some(Piece::Text(2, "$"));
    }
    if let Some((name, _)) = behind.strip_prefix('{').and_then(|b| b.split_once('}')) {
        return Some(Piece::Name(name.len() + 3, name));
    }
    let end = behind
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(behind.len());
    (end > 0).then(|| Piece::Name(end + 1, &behind[..end]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(pattern: &str, formatter: &str) -> Result<Option<String>, String> {
        let values =
            json!({ "external_location": pattern, "formatter": formatter, "name": "orders", "year": 2024 });
        location(values.as_object().unwrap())
    }

    #[test]
    fn patterns_of_all_kinds_are_filled_and_quoted() {
        let wanted = Ok(Some("'/data/orders_2024.csv'".to_owned()));
        assert_eq!(of("/data/{name}_{year}.csv", "newstyle"), wanted);
        assert_eq!(of("/data/%(name)s_%(year)s.csv", "oldstyle"), wanted);
        assert_eq!(of("/data/${name}_$year.csv", "template"), wanted);
    }

    #[test]
    fn calls_stand_as_they_are() {
        let call = Ok(Some("read_csv('/a/orders.csv', delim='{')".to_owned()));
        assert_eq!(of("read_csv('/a/{name}.csv', delim='{{')", "newstyle"), call);
    }

    #[test]
    fn unknown_names_and_formatters_are_refused() {
        assert!(of("{other}", "newstyle").unwrap_err().contains("`other`"));
        assert!(of("x", "printf").unwrap_err().contains("`printf`"));
    }
}
