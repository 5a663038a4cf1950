//! The ready set: which node of a run may start next. Pure state, no threads; the scheduler owns one.

use std::collections::VecDeque;

use super::RunOrder;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Ready,
    Taken,
    Finished,
}

/// Hands out the nodes of a run, by their index in the [`RunOrder`]: each once, after all it waits for, in the order in
/// which they may start, as dbt does; of those that may start at once the lowest index first.
#[derive(Debug)]
pub struct Ready<'a> {
    order: &'a RunOrder,
    stages: Vec<Stage>,
    missing: Vec<usize>,
    ready: VecDeque<usize>,
}

impl<'a> Ready<'a> {
    pub fn new(order: &'a RunOrder) -> Self {
        let mut ready = Self {
            stages: vec![Stage::Waiting; order.len()],
            missing: order.dependencies.iter().map(Vec::len).collect(),
            ready: VecDeque::new(),
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
        while let Some(index) = self.ready.pop_front() {
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

    /// Returns how many nodes have not ended.
    pub fn unfinished(&self) -> usize {
        self.stages
            .iter()
            .filter(|stage| **stage != Stage::Finished)
            .count()
    }

    /// Returns the nodes that were not taken, lowest index first: what is left when a run stops early.
    pub fn untaken(&self) -> Vec<usize> {
        let is_left = |index: &usize| matches!(self.stages[*index], Stage::Waiting | Stage::Ready);
        (0..self.stages.len()).filter(is_left).collect()
    }

    fn open(&mut self, index: usize) {
        self.stages[index] = Stage::Ready;
        self.ready.push_back(index);
    }
}

#[cfg(test)]
mod tests;
