//! The filter `urlize`: links in a text.

use std::sync::LazyLock;

use regex::Regex;

use crate::jinja::python::markup::escape_text;

/// What counts as the address of a page.
const ADDRESS: &str = r"(?xi)
    ^
    (
        (https?://|www\.) (([\w%-]+\.)+)? ( [a-z]{2,63} | xn--[\w%]{2,59} )
    |
        ([\w%-]{2,63}\.)+ (com|net|int|edu|gov|org|info|mil)
    |
        (https?://)
        ( (([\d]{1,3})(\.[\d]{1,3}){3}) | (\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\]) )
    )
    (?::[\d]{1,5})?
    (?:[/?\#]\S*)?
    $
";

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static PAGE: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(ADDRESS));
static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"^\S+@\w[\w.-]*\.\w+$"));

/// How links are written.
#[derive(Debug, Default)]
pub(super) struct Style {
    /// Addresses are shown up to this length.
    pub limit: Option<usize>,
    pub rel: String,
    pub target: Option<String>,
    /// Other beginnings of addresses, such as `tel:`.
    pub schemes: Vec<String>,
}

impl Style {
    fn attributes(&self) -> String {
        let mut out = String::new();
        if !self.rel.is_empty() {
            out.push_str(&format!(" rel=\"{}\"", escape_text(&self.rel)));
        }
        if let Some(target) = &self.target {
            out.push_str(&format!(" target=\"{}\"", escape_text(target)));
        }
        out
    }

    fn shown(&self, address: &str) -> String {
        match self.limit {
            Some(limit) if address.chars().count() > limit => {
                address.chars().take(limit).collect::<String>() + "..."
            }
            _ => address.to_owned(),
        }
    }
}

/// Escapes a text and makes links of the addresses in it.
pub(super) fn urlize(text: &str, style: &Style) -> String {
    let text = escape_text(text);
    let mut out = String::new();
    let mut rest = &*text;
    while !rest.is_empty() {
        let space = rest.find(char::is_whitespace).unwrap_or(rest.len());
        out.push_str(&word(&rest[..space], style));
        rest = &rest[space..];
        let next = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    out
}

fn word(word: &str, style: &Style) -> String {
    let mut middle = word;
    while let Some(left) = ["(", "<", "&lt;"]
        .iter()
        .find_map(|mark| middle.strip_prefix(mark))
    {
        middle = left;
    }
    let head = &word[..word.len() - middle.len()];
    let whole = middle;
    while let Some(left) = [")", ">", ".", ",", "&gt;"]
        .iter()
        .find_map(|mark| middle.strip_suffix(mark))
    {
        middle = left;
    }
    // Brackets that belong to the address stay in it.
    let mut end = middle.len();
    for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
        let count = |mark: &str| whole[..end].matches(mark).count();
        for _ in count(close)..count(open) {
            match whole[end..].find(close) {
                Some(at) => end += at + close.len(),
                None => break,
            }
        }
    }
    format!("{head}{}{}", link(&whole[..end], style), &whole[end..])
}

fn link(text: &str, style: &Style) -> String {
    let fits =
        |pattern: &LazyLock<Option<Regex>>, text: &str| pattern.as_ref().is_some_and(|p| p.is_match(text));
    let attributes = style.attributes();
    if fits(&PAGE, text) {
        let begin = if text.starts_with("https://") || text.starts_with("http://") {
            ""
        } else {
            "https://"
        };
        return format!("<a href=\"{begin}{text}\"{attributes}>{}</a>", style.shown(text));
    }
    if let Some(address) = text.strip_prefix("mailto:").filter(|a| fits(&MAIL, a)) {
        return format!("<a href=\"{text}\">{address}</a>");
    }
    let mail =
        text.contains('@') && !text.starts_with("www.") && !text.starts_with('@') && !text.contains(':');
    if mail && fits(&MAIL, text) {
        return format!("<a href=\"mailto:{text}\">{text}</a>");
    }
    if style.schemes.iter().any(|s| text != s && text.starts_with(&**s)) {
        return format!("<a href=\"{text}\"{attributes}>{text}</a>");
    }
    text.to_owned()
}
