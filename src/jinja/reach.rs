//! Whether a macro, or one that it may come to call, says something that counts while parsing.

use std::collections::HashSet;

use super::index::Index;
use super::scan;

/// The calls that count.
const RECORDED: [&str; 3] = ["config", "ref", "source"];

/// Says whether rendering a macro while parsing can tell more than its call does. Where a macro's name is only known
/// when it runs, it can.
pub(crate) fn records(index: &Index, entry: usize) -> bool {
    *index.entries[entry].records.get_or_init(|| {
        let mut seen = HashSet::from([entry]);
        let mut ahead = vec![entry];
        while let Some(at) = ahead.pop() {
            let source = index.entries[at].source();
            if RECORDED.iter().any(|name| calls(source, name)) || scan::warns(source) {
                return true;
            }
            for id in scan::dependencies(index, at) {
                if let Some(next) = index.by_id(&id)
                    && seen.insert(next)
                {
                    ahead.push(next);
                }
            }
        }
        false
    })
}

/// Says whether a text has a call of a name, also where it only seems to be one, as in a comment.
fn calls(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].trim_start();
        after.starts_with('(') && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}
