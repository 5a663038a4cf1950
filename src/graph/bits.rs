//! A set of graph positions as bits: union, intersection and difference a word at a time.

/// A set of positions below a fixed size. Sets that are combined have the same size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub fn new(size: usize) -> Self {
        Self {
            words: vec![0; size.div_ceil(64)],
        }
    }

    pub fn of(size: usize, members: impl IntoIterator<Item = u32>) -> Self {
        let mut set = Self::new(size);
        for member in members {
            set.insert(member);
        }
        set
    }

    /// Adds a position and says whether it was absent.
    pub fn insert(&mut self, at: u32) -> bool {
        let word = &mut self.words[at as usize / 64];
        let bit = 1 << (at % 64);
        let absent = *word & bit == 0;
        *word |= bit;
        absent
    }

    pub fn contains(&self, at: u32) -> bool {
        self.words[at as usize / 64] & (1 << (at % 64)) != 0
    }

    /// Takes the lowest member out.
    pub fn pop_first(&mut self) -> Option<u32> {
        let index = self.words.iter().position(|word| *word != 0)?;
        let low = self.words[index].trailing_zeros();
        self.words[index] &= self.words[index] - 1;
        u32::try_from(index * 64).ok().map(|base| base + low)
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }

    pub fn union_with(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine |= theirs;
        }
    }

    pub fn intersect_with(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= theirs;
        }
    }

    pub fn remove_all(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= !theirs;
        }
    }

    /// Iterates over the members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let base = u32::try_from(index * 64).unwrap_or(u32::MAX);
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let low = rest.trailing_zeros();
                rest &= rest - 1;
                Some(base + low)
            })
        })
    }
}
