//! Connected components of members that were seen in groups, in memory: exact at any diameter, near linear.
//!
//! For databases that run inside the process, which can hand over rows without sending them anywhere. Members seen in
//! one group belong together, and so does everything that hangs together over any number of groups. One thread
//! numbers the members while another numbers the groups (`numbers`); then the partition is a union-find over the numbers, with path
//! halving (Tarjan and van Leeuwen, "Worst-case analysis of set union algorithms", 1984). Names are compared byte by
//! byte, so no hash can join strangers. `answer` gives the members back with their components.

mod answer;
mod numbers;

use std::panic::resume_unwind;
use std::thread;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};

pub use answer::Resolved;
use numbers::{Groups, Members, NOBODY};

/// Batches that may wait for a thread that numbers.
const WAITING_BATCHES_MAX: usize = 16;

/// What was counted on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ComponentCounts {
    /// Distinct members.
    pub members: u64,
    /// Rows that named a group and a member.
    pub sightings: u64,
    pub components: u64,
}

/// A batch of sightings. A member is a kind, a name and a value; a row that lacks one of them is nobody. Members of different kinds never
/// join. A member without a group was seen alone.
#[derive(Debug, Clone)]
pub struct Sightings {
    groups: StringArray,
    kinds: StringArray,
    names: StringArray,
    values: StringArray,
}

impl Sightings {
    /// Takes the columns group, kind, name and value; none where these are not four columns of text.
    pub fn of(batch: &RecordBatch) -> Option<Self> {
        let texts: Option<Vec<&StringArray>> =
            batch.columns().iter().map(|c| c.as_string_opt::<i32>()).collect();
        let [groups, kinds, names, values] = <[&StringArray; 4]>::try_from(texts?).ok()?;
        Some(Self {
            groups: groups.clone(),
            kinds: kinds.clone(),
            names: names.clone(),
            values: values.clone(),
        })
    }

    fn len(&self) -> usize {
        self.kinds.len()
    }

    fn is_somebody(&self, row: usize) -> bool {
        self.kinds.is_valid(row) && self.names.is_valid(row) && self.values.is_valid(row)
    }
}

/// Numbers whatever `read` gives, and settles the components. `read` gives batches in any order, with any repetition, to a function
/// that says false where it has had enough. Returns the answer of `read`; and the components, none where there are more members
/// or groups than fit (four thousand million).
pub fn resolve<R>(read: impl FnOnce(&mut dyn FnMut(Sightings) -> bool) -> R) -> (R, Option<Resolved>) {
    let (answer, members, groups) = thread::scope(|scope| {
        let (to_members, members) = crossbeam_channel::bounded::<Sightings>(WAITING_BATCHES_MAX);
        let (to_groups, groups) = crossbeam_channel::bounded::<Sightings>(WAITING_BATCHES_MAX);
        let members = scope.spawn(move || Members::of(&members));
        let groups = scope.spawn(move || Groups::of(&groups));
        let answer =
            read(&mut |batch| to_groups.send(batch.clone()).is_ok() && to_members.send(batch).is_ok());
        drop((to_members, to_groups));
        let members = members.join().unwrap_or_else(|panic| resume_unwind(panic));
        let groups = groups.join().unwrap_or_else(|panic| resume_unwind(panic));
        (answer, members, groups)
    });
    let (Some(members), Some(groups)) = (members, groups) else {
        return (answer, None);
    };
    let mut sets = Sets::of(members.len());
    let mut first_of_group = vec![NOBODY; groups.len()];
    let mut sightings = 0;
    for (node, group) in members.rows.iter().zip(&groups.rows) {
        if *node == NOBODY || *group == NOBODY {
            continue;
        }
        sightings += 1;
        let first = &mut first_of_group[*group as usize];
        if *first == NOBODY {
            *first = *node;
        } else {
            sets.join(*first, *node);
        }
    }
    drop((groups, first_of_group));
    (answer, Some(Resolved::of(members, sets, sightings)))
}

/// A union-find over numbers.
struct Sets {
    parents: Vec<u32>,
}

impl Sets {
    fn of(count: u32) -> Self {
        Self {
            parents: (0..count).collect(),
        }
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
}

#[cfg(test)]
mod tests;
