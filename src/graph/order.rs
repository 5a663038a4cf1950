//! The ready set: which node of a run may start next. Pure state, no threads; the scheduler owns one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::RunOrder;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Ready,
    Taken,
    Finished,
    Skipped,
}

/// Hands out the nodes of a run, by their index in the [`RunOrder`]: each once, after all it waits for, lowest index
/// first.
#[derive(Debug)]
pub struct Ready<'a> {
    order: &'a RunOrder,
    stages: Vec<Stage>,
    missing: Vec<usize>,
    ready: BinaryHeap<Reverse<usize>>,
}

impl<'a> Ready<'a> {
    pub fn new(order: &'a RunOrder) -> Self {
        let mut ready = Self {
            stages: vec![Stage::Waiting; order.len()],
            missing: order.dependencies.iter().map(Vec::len).collect(),
            ready: BinaryHeap::new(),
            order,
        };
        for index in 0..order.len() {
            if ready.missing[index] == 0 {
                ready.open(index);
            }
        }
        ready
    }

    /// Returns the next node that may start; none where all are taken or wait for one that is.
    pub fn take(&mut self) -> Option<usize> {
        while let Some(Reverse(index)) = self.ready.pop() {
            if self.stages[index] == Stage::Ready {
                self.stages[index] = Stage::Taken;
                return Some(index);
            }
        }
        None
    }

    /// Ends a node that was taken, and returns those that may start because of it, lowest index first.
    ///
    /// Ending a node twice, or one that was not taken, changes nothing.
    pub fn finish(&mut self, index: usize) -> Vec<usize> {
        if self.stages.get(index) != Some(&Stage::Taken) {
            return Vec::new();
        }
        self.stages[index] = Stage::Finished;
        let mut opened = Vec::new();
        for dependent in &self.order.dependents[index] {
            let dependent = *dependent as usize;
            self.missing[dependent] -= 1;
            if self.missing[dependent] == 0 && self.stages[dependent] == Stage::Waiting {
                self.open(dependent);
                opened.push(dependent);
            }
        }
        opened
    }

    /// Takes out all that waits, directly or not, for a failed node: it is never handed out. Returns what this call
    /// took out, lowest index first, so that each skipped node is reported once.
    pub fn skip_descendants(&mut self, index: usize) -> Vec<usize> {
        let mut skipped = Vec::new();
        let mut pending = vec![index];
        while let Some(at) = pending.pop() {
            for next in self.order.dependents.get(at).into_iter().flatten() {
                let next = *next as usize;
                if matches!(self.stages[next], Stage::Waiting | Stage::Ready) {
                    self.stages[next] = Stage::Skipped;
                    skipped.push(next);
                    pending.push(next);
                }
            }
        }
        skipped.sort_unstable();
        skipped
    }

    /// Returns how many nodes have neither ended nor been skipped.
    pub fn unfinished(&self) -> usize {
        self.stages
            .iter()
            .filter(|stage| !matches!(stage, Stage::Finished | Stage::Skipped))
            .count()
    }

    /// Returns the nodes that were neither taken nor skipped, lowest index first: what is left when a run stops early.
    pub fn untaken(&self) -> Vec<usize> {
        let is_left = |index: &usize| matches!(self.stages[*index], Stage::Waiting | Stage::Ready);
        (0..self.stages.len()).filter(is_left).collect()
    }

    fn open(&mut self, index: usize) {
        self.stages[index] = Stage::Ready;
        self.ready.push(Reverse(index));
    }
}

#[cfg(test)]
mod tests;
