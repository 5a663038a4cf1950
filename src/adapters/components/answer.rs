//! Members with the names of their components, to be read by any number of threads.

use md5::{Digest, Md5};
use rayon::prelude::*;

use super::numbers::Members;
use super::{ComponentCounts, Sets};

/// Members with their components. Members have numbers from zero, in the order in which they were first seen.
pub struct Resolved {
    members: Members,
    /// By member: which of `names`.
    component_of: Vec<u32>,
    names: Vec<[u8; 32]>,
    pub counts: ComponentCounts,
}

impl Resolved {
    pub(super) fn of(mut members: Members, mut sets: Sets, sightings: u64) -> Self {
        members.settle();
        let count = members.len();
        let mut component_of = vec![0u32; count as usize];
        // By component: its smallest member by (name, value) in bytes.
        let mut smallest: Vec<u32> = Vec::new();
        for node in 0..count {
            let root = sets.root(node);
            if root == node {
                // A root is the first of its component.
                component_of[node as usize] = u32::try_from(smallest.len()).unwrap_or(u32::MAX);
                smallest.push(node);
                continue;
            }
            let component = component_of[root as usize];
            component_of[node as usize] = component;
            let least = &mut smallest[component as usize];
            let order = |node: u32| (members.name(node).as_bytes(), members.value(node));
            if order(node) < order(*least) {
                *least = node;
            }
        }
        let counts = ComponentCounts {
            members: u64::from(count),
            sightings,
            components: smallest.len() as u64,
        };
        let names = smallest
            .into_par_iter()
            .map(|node| digest(&members, node))
            .collect();
        Self {
            members,
            component_of,
            names,
            counts,
        }
    }

    pub fn len(&self) -> u32 {
        self.members.len()
    }

    /// The kinds and names that members have, few: [`Self::class`] counts in this order.
    pub fn classes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members.classes()
    }

    /// Returns which kind and name a member has.
    pub fn class(&self, member: u32) -> u32 {
        self.members.class(member)
    }

    /// Returns a member's value, in UTF-8.
    pub fn value(&self, member: u32) -> &[u8] {
        self.members.value(member)
    }

    /// Returns the name of a member's component: 32 hex digits, the md5 of `kind|name|value` of the component's smallest
    /// member by (name, value) in byte order.
    pub fn component(&self, member: u32) -> &[u8; 32] {
        &self.names[self.component_of[member as usize] as usize]
    }
}

/// The md5 of `kind|name|value` in hex digits.
fn digest(members: &Members, node: u32) -> [u8; 32] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hash = Md5::new();
    hash.update(members.kind(node).as_bytes());
    hash.update(b"|");
    hash.update(members.name(node).as_bytes());
    hash.update(b"|");
    hash.update(members.value(node));
    let mut text = [0u8; 32];
    for (index, byte) in hash.finalize().iter().enumerate() {
        text[2 * index] = DIGITS[usize::from(byte >> 4)];
        text[2 * index + 1] = DIGITS[usize::from(byte & 15)];
    }
    text
}
