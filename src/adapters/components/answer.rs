//! Members with the names of their components, as batches of text.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use md5::{Digest, Md5};

use super::numbers::Members;
use super::{ComponentCounts, Sets};

/// Rows of an answered batch at most.
const BATCH_ROWS: u32 = 32_768;

/// Batches that may wait to be taken.
const WAITING_BATCHES_MAX: usize = 4;

/// Members with their components.
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
        let names = smallest.iter().map(|node| digest(&members, *node)).collect();
        Self {
            members,
            component_of,
            names,
            counts,
        }
    }

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

    /// Gives all members to `take`, batch by batch, in the order in which they were first seen. Another thread makes the batches meanwhile.
    ///
    /// # Errors
    /// Those of `take`, and Arrow's, made one by `failed`.
    pub fn batches<E>(
        self,
        failed: impl Fn(ArrowError) -> E,
        mut take: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        thread::scope(|scope| {
            let (made, batches) = crossbeam_channel::bounded(WAITING_BATCHES_MAX);
            let maker = scope.spawn(move || {
                let total = self.members.len();
                let mut start = 0;
                while start < total {
                    let end = start.saturating_add(BATCH_ROWS).min(total);
                    // Nobody takes any more: an error ended it.
                    if made.send(self.batch(start, end)).is_err() {
                        return;
                    }
                    start = end;
                }
            });
            let mut outcome = Ok(());
            for batch in batches {
                outcome = batch.map_err(&failed).and_then(&mut take);
                if outcome.is_err() {
                    break;
                }
            }
            maker.join().unwrap_or_else(|panic| resume_unwind(panic));
            outcome
        })
    }

    fn batch(&self, start: u32, end: u32) -> Result<RecordBatch, ArrowError> {
        let rows = (end - start) as usize;
        let mut kinds = StringBuilder::with_capacity(rows, rows * 8);
        let mut names = StringBuilder::with_capacity(rows, rows * 12);
        let mut values = StringBuilder::with_capacity(rows, rows * 24);
        let mut labels = StringBuilder::with_capacity(rows, rows * 32);
        for node in start..end {
            kinds.append_value(self.members.kind(node));
            names.append_value(self.members.name(node));
            values.append_value(String::from_utf8_lossy(self.members.value(node)));
            let component = self.component_of[node as usize] as usize;
            labels.append_value(std::str::from_utf8(&self.names[component]).unwrap_or_default());
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
