//! Numbers for members and for groups, in the order of first sight.

use std::hash::BuildHasher;

use arrow::array::Array;
use crossbeam_channel::Receiver;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::Sightings;

/// Stands for a row without a member, or without a group.
pub(super) const NOBODY: u32 = u32::MAX;

/// The members of all rows.
#[derive(Default)]
pub(super) struct Members {
    kinds: Kinds,
    /// (kind, name): few, so they are looked for one by one.
    classes: Vec<(u32, String)>,
    texts: Numbers,
    /// By row: its member.
    pub(super) rows: Vec<u32>,
}

impl Members {
    /// Numbers the members of all batches; none where there are too many.
    pub(super) fn of(batches: &Receiver<Sightings>) -> Option<Self> {
        let mut members = Self::default();
        let mut hashes = Vec::new();
        for batch in batches {
            members.take(&batch, &mut hashes)?;
        }
        Some(members)
    }

    fn take(&mut self, batch: &Sightings, hashes: &mut Vec<(u32, u32)>) -> Option<()> {
        // All hashes first: the table is then probed without waiting for one.
        hashes.clear();
        for row in 0..batch.len() {
            hashes.push(if batch.is_somebody(row) {
                let kind = self.kinds.number(batch.kinds.value(row));
                let class = self.class_of(kind, batch.names.value(row));
                (class, self.texts.hash(class, batch.values.value(row).as_bytes()))
            } else {
                (NOBODY, 0)
            });
        }
        for (row, (class, hash)) in hashes.iter().enumerate() {
            self.rows.push(if *class == NOBODY {
                NOBODY
            } else {
                self.texts
                    .number(*hash, *class, batch.values.value(row).as_bytes())?
            });
        }
        Some(())
    }

    fn class_of(&mut self, kind: u32, name: &str) -> u32 {
        let found = self.classes.iter().position(|(k, n)| *k == kind && n == name);
        let index = found.unwrap_or_else(|| {
            self.classes.push((kind, name.to_owned()));
            self.classes.len() - 1
        });
        u32::try_from(index).unwrap_or(NOBODY)
    }

    pub(super) fn len(&self) -> u32 {
        self.texts.len()
    }

    pub(super) fn kind(&self, node: u32) -> &str {
        &self.kinds.texts[self.classes[self.texts.class(node) as usize].0 as usize]
    }

    pub(super) fn name(&self, node: u32) -> &str {
        &self.classes[self.texts.class(node) as usize].1
    }

    /// The kinds and names, in the order of their numbers.
    pub(super) fn classes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.classes
            .iter()
            .map(|(kind, name)| (self.kinds.texts[*kind as usize].as_str(), name.as_str()))
    }

    /// Returns which kind and name a member has.
    pub(super) fn class(&self, node: u32) -> u32 {
        self.texts.class(node)
    }

    pub(super) fn value(&self, node: u32) -> &[u8] {
        self.texts.get(node)
    }

    /// Gives back what only numbering needed.
    pub(super) fn settle(&mut self) {
        self.rows = Vec::new();
        self.texts.table = HashTable::new();
    }
}

/// The groups of all rows.
#[derive(Default)]
pub(super) struct Groups {
    kinds: Kinds,
    texts: Numbers,
    /// By row: its group.
    pub(super) rows: Vec<u32>,
}

impl Groups {
    /// Numbers the groups of all batches; none where there are too many.
    pub(super) fn of(batches: &Receiver<Sightings>) -> Option<Self> {
        let mut groups = Self::default();
        // Rows of one group mostly come together.
        let mut last = NOBODY;
        for batch in batches {
            for row in 0..batch.len() {
                if batch.groups.is_null(row) || !batch.is_somebody(row) {
                    groups.rows.push(NOBODY);
                    continue;
                }
                let kind = groups.kinds.number(batch.kinds.value(row));
                let text = batch.groups.value(row).as_bytes();
                if last == NOBODY || groups.texts.class(last) != kind || groups.texts.get(last) != text {
                    let hash = groups.texts.hash(kind, text);
                    last = groups.texts.number(hash, kind, text)?;
                }
                groups.rows.push(last);
            }
        }
        Some(groups)
    }

    pub(super) fn len(&self) -> usize {
        self.texts.ends.len()
    }
}

/// Kinds by number: few, and mostly the same as in the row before.
#[derive(Default)]
struct Kinds {
    texts: Vec<String>,
    last: usize,
}

impl Kinds {
    fn number(&mut self, kind: &str) -> u32 {
        if self.texts.get(self.last).is_none_or(|last| last != kind) {
            self.last = self.texts.iter().position(|k| k == kind).unwrap_or_else(|| {
                self.texts.push(kind.to_owned());
                self.texts.len() - 1
            });
        }
        u32::try_from(self.last).unwrap_or(NOBODY)
    }
}

/// Numbers for pairs of a small number and a text.
#[derive(Default)]
struct Numbers {
    hasher: DefaultHashBuilder,
    /// Half of the hash, and the number: most of the time goes by waiting for this table's memory, so its entries are small.
    table: HashTable<(u32, u32)>,
    /// The texts end to end.
    bytes: Vec<u8>,
    /// By number: where its text ends, and its small number.
    ends: Vec<(usize, u32)>,
}

impl Numbers {
    fn hash(&self, class: u32, text: &[u8]) -> u32 {
        (self.hasher.hash_one((class, text)) >> 32) as u32
    }

    /// Returns the number of a text, a new one where it has none; none where there are too many.
    fn number(&mut self, hash: u32, class: u32, text: &[u8]) -> Option<u32> {
        let same =
            |(h, i): &(u32, u32)| *h == hash && self.ends[*i as usize].1 == class && self.get(*i) == text;
        if let Some((_, found)) = self.table.find(spread(hash), same) {
            return Some(*found);
        }
        let index = u32::try_from(self.ends.len()).ok().filter(|i| *i < NOBODY)?;
        self.bytes.extend_from_slice(text);
        self.ends.push((self.bytes.len(), class));
        self.table
            .insert_unique(spread(hash), (hash, index), |(h, _)| spread(*h));
        Some(index)
    }

    fn get(&self, index: u32) -> &[u8] {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1].0 };
        &self.bytes[start..self.ends[index].0]
    }

    fn class(&self, index: u32) -> u32 {
        self.ends[index as usize].1
    }

    fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(NOBODY)
    }
}

/// Makes as many bits of half a hash as the table looks at.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
