//! The shortest chain of edges between two identifiers.

use std::collections::{HashMap, VecDeque};

/// An identifier: type and value.
pub(super) type Identifier = (String, String);

/// An edge: its ends.
pub(super) type Edge = (Identifier, Identifier);

/// Returns the edges to walk from `from` to `to`, each by its place in `edges` with the identifier that it leads to; none where no
/// chain leads there. Of chains of one length, that of the earlier edges.
pub(super) fn shortest(
    edges: &[Edge],
    from: &Identifier,
    to: &Identifier,
) -> Option<Vec<(usize, Identifier)>> {
    let mut neighbours: HashMap<&Identifier, Vec<(usize, &Identifier)>> = HashMap::new();
    for (index, (a, b)) in edges.iter().enumerate() {
        neighbours.entry(a).or_default().push((index, b));
        neighbours.entry(b).or_default().push((index, a));
    }
    let mut came_by: HashMap<&Identifier, Option<(usize, &Identifier)>> = HashMap::from([(from, None)]);
    let mut waiting = VecDeque::from([from]);
    while let Some(here) = waiting.pop_front() {
        if here == to {
            break;
        }
        for (index, there) in neighbours.get(here).into_iter().flatten() {
            if !came_by.contains_key(there) {
                came_by.insert(there, Some((*index, here)));
                waiting.push_back(there);
            }
        }
    }
    let mut chain = Vec::new();
    let mut here = to;
    while let Some((index, before)) = came_by.get(here)? {
        chain.push((*index, here.clone()));
        here = before;
    }
    chain.reverse();
    Some(chain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(value: &str) -> Identifier {
        ("email".to_owned(), value.to_owned())
    }

    fn edges(pairs: &[(&str, &str)]) -> Vec<Edge> {
        pairs
            .iter()
            .map(|(a, b)| (identifier(a), identifier(b)))
            .collect()
    }

    fn walked(pairs: &[(&str, &str)], from: &str, to: &str) -> Option<Vec<usize>> {
        let chain = shortest(&edges(pairs), &identifier(from), &identifier(to))?;
        Some(chain.into_iter().map(|(index, _)| index).collect())
    }

    #[test]
    fn a_cycle_is_walked_the_short_way() {
        let cycle = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "a")];
        assert_eq!(walked(&cycle, "a", "d"), Some(vec![4, 3]));
    }

    #[test]
    fn edges_are_walked_both_ways_and_the_earlier_of_two_counts() {
        assert_eq!(
            walked(&[("a", "b"), ("a", "b"), ("c", "b")], "a", "c"),
            Some(vec![0, 2])
        );
    }

    #[test]
    fn an_identifier_reaches_itself_without_edges_and_a_stranger_never() {
        assert_eq!(walked(&[], "a", "a"), Some(vec![]));
        assert_eq!(walked(&[("a", "b"), ("c", "d")], "a", "d"), None);
    }
}
