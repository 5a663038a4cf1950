//! Connected components of members that were seen in groups, in memory: exact at any diameter, near linear.
//!
//! For databases that run inside the process, which can hand over rows without sending them anywhere. Members seen in
//! one group belong together, and so does everything that hangs together over any number of groups. The
//! partition is a union-find with path halving (Tarjan and van Leeuwen, "Worst-case analysis of set union algorithms",
//! 1984); names are compared byte by byte, so no hash can join strangers.

use std::hash::BuildHasher;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use hashbrown::{DefaultHashBuilder, HashTable};
use md5::{Digest, Md5};

/// Rows of an answered batch at most.
const BATCH_ROWS: usize = 65_536;

/// What was counted on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ComponentCounts {
    /// Distinct members.
    pub members: u64,
    /// Rows that named a group and a member.
    pub sightings: u64,
    pub components: u64,
}

/// Who a row is about. Members of different kinds never join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    pub kind: &'a str,
    pub name: &'a str,
    pub value: &'a str,
}

/// Texts end to end, each known by its number.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    fn get(&self, index: u32) -> &[u8] {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start..self.ends[index]]
    }

    fn push(&mut self, text: &[u8]) -> Option<u32> {
        let index = u32::try_from(self.ends.len()).ok().filter(|i| *i < u32::MAX)?;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        Some(index)
    }

    fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Numbers for pairs of a small number and a text, in order of first sight.
#[derive(Default)]
struct Numbers {
    hasher: DefaultHashBuilder,
    table: HashTable<u32>,
    texts: Texts,
    classes: Vec<u32>,
}

impl Numbers {
    fn hash(hasher: &DefaultHashBuilder, class: u32, text: &[u8]) -> u64 {
        hasher.hash_one((class, text))
    }

    /// Returns the number and whether it was given just now; none where there are too many.
    fn number(&mut self, class: u32, text: &[u8]) -> Option<(u32, bool)> {
        let Self {
            hasher,
            table,
            texts,
            classes,
        } = self;
        let hash = Self::hash(hasher, class, text);
        let same = |i: &u32| classes[*i as usize] == class && texts.get(*i) == text;
        if let Some(found) = table.find(hash, same) {
            return Some((*found, false));
        }
        let index = texts.push(text)?;
        classes.push(class);
        table.insert_unique(hash, index, |i| {
            Self::hash(hasher, classes[*i as usize], texts.get(*i))
        });
        Some((index, true))
    }
}

/// Takes sightings in any order and with any repetition, and answers with each member's component.
#[derive(Default)]
pub struct Components {
    /// Kinds, and (kind, name) pairs: few, so they are looked for one by one.
    kinds: Vec<String>,
    classes: Vec<(u32, String)>,
    members: Numbers,
    parents: Vec<u32>,
    groups: Numbers,
    /// A member of each group, by the group's number.
    first_of_group: Vec<u32>,
    /// Kind, number and member of the group seen last: rows of one group mostly come together.
    last: Option<(u32, u32)>,
    sightings: u64,
}

impl Components {
    /// Takes one sighting of a member, in a group or alone. Returns false where there are more members than fit
    /// (four thousand million).
    #[must_use]
    pub fn observe(&mut self, group: Option<&str>, member: Member<'_>) -> bool {
        let kind = self.kind(member.kind);
        let class = self.class(kind, member.name);
        let Some((node, new)) = self.members.number(class, member.value.as_bytes()) else {
            return false;
        };
        if new {
            self.parents.push(node);
        }
        let Some(group) = group else { return true };
        self.sightings += 1;
        let group = group.as_bytes();
        let first = match self.last {
            Some((last_kind, last)) if last_kind == kind && self.groups.texts.get(last) == group => {
                self.first_of_group[last as usize]
            }
            _ => {
                let Some((number, new)) = self.groups.number(kind, group) else {
                    return false;
                };
                if new {
                    self.first_of_group.push(node);
                }
                self.last = Some((kind, number));
                self.first_of_group[number as usize]
            }
        };
        self.join(first, node);
        true
    }

    fn kind(&mut self, kind: &str) -> u32 {
        let found = self.kinds.iter().position(|k| k == kind);
        let index = found.unwrap_or_else(|| {
            self.kinds.push(kind.to_owned());
            self.kinds.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    fn class(&mut self, kind: u32, name: &str) -> u32 {
        let found = self.classes.iter().position(|(k, n)| *k == kind && n == name);
        let index = found.unwrap_or_else(|| {
            self.classes.push((kind, name.to_owned()));
            self.classes.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    fn root(&mut self, mut node: u32) -> u32 {
        loop {
            let parent = self.parents[node as usize];
            if parent == node {
                return node;
            }
            let above = self.parents[parent as usize];
            self.parents[node as usize] = above;
            node = above;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        // The older number stays the root.
        match a.cmp(&b) {
            std::cmp::Ordering::Less => self.parents[b as usize] = a,
            std::cmp::Ordering::Greater => self.parents[a as usize] = b,
            std::cmp::Ordering::Equal => {}
        }
    }

    /// Returns name and value of a member in bytes: the order in which the smallest is sought.
    fn order(&self, node: u32) -> (&[u8], &[u8]) {
        let class = self.members.classes[node as usize] as usize;
        (self.classes[class].1.as_bytes(), self.members.texts.get(node))
    }

    /// Ends the taking and settles the components.
    pub fn resolve(mut self) -> Resolved {
        let members = u32::try_from(self.members.texts.len()).unwrap_or(u32::MAX);
        // The groups have done their work.
        self.groups = Numbers::default();
        self.first_of_group = Vec::new();
        let mut smallest: Vec<u32> = (0..members).collect();
        for node in 0..members {
            let root = self.root(node) as usize;
            if self.order(node) < self.order(smallest[root]) {
                smallest[root] = node;
            }
        }
        let roots: Vec<u32> = (0..members).filter(|n| self.parents[*n as usize] == *n).collect();
        let counts = ComponentCounts {
            members: u64::from(members),
            sightings: self.sightings,
            components: roots.len() as u64,
        };
        let mut digest_of = vec![0u32; members as usize];
        let mut digests = Vec::with_capacity(roots.len());
        for (index, root) in roots.iter().enumerate() {
            digest_of[*root as usize] = u32::try_from(index).unwrap_or(u32::MAX);
            digests.push(self.digest(smallest[*root as usize]));
        }
        Resolved {
            components: self,
            digest_of,
            digests,
            counts,
        }
    }

    /// The md5 of `kind|name|value`.
    fn digest(&self, node: u32) -> [u8; 16] {
        let (kind, name) = &self.classes[self.members.classes[node as usize] as usize];
        let mut hash = Md5::new();
        hash.update(self.kinds[*kind as usize].as_bytes());
        hash.update(b"|");
        hash.update(name.as_bytes());
        hash.update(b"|");
        hash.update(self.members.texts.get(node));
        hash.finalize().into()
    }
}

/// Members with their components.
pub struct Resolved {
    components: Components,
    /// By root: which of `digests`.
    digest_of: Vec<u32>,
    digests: Vec<[u8; 16]>,
    pub counts: ComponentCounts,
}

impl Resolved {
    /// Returns the columns of the answer: kind, name, value, and component: 32 hex digits, the md5 of
    /// `kind|name|value` of the component's smallest member by (name, value) in byte order.
    pub fn schema() -> Arc<Schema> {
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        Arc::new(Schema::new(vec![
            text("kind"),
            text("name"),
            text("value"),
            text("component"),
        ]))
    }

    /// Gives all members to `take`, batch by batch, in the order in which they were first seen.
    ///
    /// # Errors
    /// Those of `take`, and Arrow's, made one by `failed`.
    pub fn batches<E>(
        mut self,
        failed: impl Fn(ArrowError) -> E,
        mut take: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let total = self.components.parents.len();
        let mut start = 0;
        while start < total {
            let end = (start + BATCH_ROWS).min(total);
            take(self.batch(start, end).map_err(&failed)?)?;
            start = end;
        }
        Ok(())
    }

    fn batch(&mut self, start: usize, end: usize) -> Result<RecordBatch, ArrowError> {
        let rows = end - start;
        let mut kinds = StringBuilder::with_capacity(rows, rows * 8);
        let mut names = StringBuilder::with_capacity(rows, rows * 12);
        let mut values = StringBuilder::with_capacity(rows, rows * 24);
        let mut labels = StringBuilder::with_capacity(rows, rows * 32);
        for node in start..end {
            let node = u32::try_from(node).unwrap_or(u32::MAX);
            let root = self.components.root(node);
            let components = &self.components;
            let (kind, name) = &components.classes[components.members.classes[node as usize] as usize];
            kinds.append_value(&components.kinds[*kind as usize]);
            names.append_value(name);
            values.append_value(String::from_utf8_lossy(components.members.texts.get(node)));
            let mut hex = [0u8; 32];
            let digest = &self.digests[self.digest_of[root as usize] as usize];
            labels.append_value(hexadecimal(digest, &mut hex));
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(kinds.finish()),
            Arc::new(names.finish()),
            Arc::new(values.finish()),
            Arc::new(labels.finish()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }
}

fn hexadecimal<'a>(digest: &[u8; 16], into: &'a mut [u8; 32]) -> &'a str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (index, byte) in digest.iter().enumerate() {
        into[2 * index] = DIGITS[usize::from(byte >> 4)];
        into[2 * index + 1] = DIGITS[usize::from(byte & 15)];
    }
    std::str::from_utf8(into).unwrap_or_default()
}

#[cfg(test)]
mod tests;
