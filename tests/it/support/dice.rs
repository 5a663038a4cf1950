//! A small generator of random numbers with a fixed start, so that a failure comes again.

pub struct Dice(u64);

impl Dice {
    pub fn new(start: u64) -> Self {
        Self(start)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        // Knuth's linear congruence; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// An index below `length`.
    pub fn below(&mut self, length: usize) -> usize {
        usize::try_from(self.roll(length as u64)).expect("is below a usize")
    }

    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for index in (1..all.len()).rev() {
            let other = self.below(index + 1);
            all.swap(index, other);
        }
    }
}
