//! What the user's code asks of its surroundings, watched: for an engine that wants to know all that it may do.
//!
//! A handler draws random numbers, lets an alarm ring, and reads the clock; a property reads nodes and counters.  While a [`Script`]
//! runs a handler, its draws are choices, which the script makes one after the other; while [`asking`] runs a property, what it reads
//! is taken down.  Both hold for the thread that they run on.

use core::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::topology::NodeIndex;

thread_local! {
    /// Whether anything is watched: all else is looked at only then.
    static ON: Cell<bool> = const { Cell::new(false) };
    static SCRIPT: RefCell<Option<Script>> = const { RefCell::new(None) };
    static READ: RefCell<Option<Questions>> = const { RefCell::new(None) };
}

/// A step of a node has at most so many outcomes by what it draws.
pub const MOST_ALTERNATIVES: u64 = 4096;

/// What a handler draws, as choices.
///
/// The first run draws the least of each range.  [`advance`](Script::advance) then goes on to the next alternative, until all have been
/// seen: the draws of a run may depend on what was drawn before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// What is drawn, each with how many numbers it is drawn from; known as far as the last run came.
    draws: Vec<(u64, u64)>,
    place: usize,
    alarm: Option<usize>,
    read_clock: bool,
    too_many: bool,
    /// Of each range, only so many numbers are drawn; whether one has more.
    most: Option<u64>,
    cut: bool,
}

impl Script {
    /// A script that draws these, each counted from the least of its range.
    pub fn of(draws: &[u64]) -> Self {
        Script { draws: draws.iter().map(|drawn| (*drawn, u64::MAX)).collect(), ..Script::default() }
    }

    /// Of the node's alarms, in the order of setting, the one of that index is to ring.
    pub fn ringing(mut self, alarm: Option<usize>) -> Self {
        self.alarm = alarm;
        self
    }

    /// Of each range that is drawn from, only the least numbers are to be seen, so many; two draws may still give the same.
    pub fn of_at_most(mut self, most: Option<u64>) -> Self {
        self.most = most;
        self
    }

    /// Runs a piece of code by it.  What the code draws beyond the script is the least of its range.
    pub fn run<T>(&mut self, code: impl FnOnce() -> T) -> T {
        self.place = 0;
        SCRIPT.set(Some(core::mem::take(self)));
        ON.set(true);
        /// Also if the code panics.
        struct Back<'a>(&'a mut Script);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                ON.set(false);
                *self.0 = SCRIPT.take().unwrap_or_default();
            }
        }
        let _back = Back(self);
        code()
    }

    /// The next alternative; false if there is none.
    pub fn advance(&mut self) -> bool {
        self.draws.truncate(self.place);
        while let Some((drawn, of)) = self.draws.pop() {
            if drawn + 1 < of {
                self.draws.push((drawn + 1, of));
                return true;
            }
        }
        false
    }

    /// What the last run has drawn, each counted from the least of its range.
    pub fn draws(&self) -> Vec<u64> {
        self.draws[..self.place].iter().map(|(drawn, _)| *drawn).collect()
    }

    /// Whether a run has read the clock.
    pub fn has_read_clock(&self) -> bool {
        self.read_clock
    }

    /// Whether a run has drawn from more than [`MOST_ALTERNATIVES`] numbers, at once or one after the other.
    pub fn has_too_many(&self) -> bool {
        self.too_many
    }

    /// Whether a run has drawn from more numbers than are to be seen.
    pub fn has_cut(&self) -> bool {
        self.cut
    }

    fn draw(&mut self, span: u128) -> u64 {
        let most = self.most.map_or(u128::MAX, u128::from);
        self.cut |= span > most;
        let span = span.min(most);
        let before = self.draws.iter().take(self.place).fold(1, |all: u128, (_, of)| all.saturating_mul(u128::from(*of)));
        let given = self.draws.get(self.place).copied();
        self.place += 1;
        match given {
            Some((drawn, u64::MAX)) => drawn.min(u64::try_from(span - 1).unwrap_or(u64::MAX)),
            Some((drawn, _)) => drawn,
            None => {
                self.too_many |= before.saturating_mul(span) > u128::from(MOST_ALTERNATIVES);
                self.draws.push((0, if self.too_many { 1 } else { span as u64 }));
                0
            }
        }
    }
}

/// What is drawn of so many, if a script says so.
pub(super) fn drawn(span: u128) -> Option<u64> {
    if !ON.get() {
        return None;
    }
    let scripted = with_script(|script| script.draw(span));
    if scripted.is_none() {
        take_down(Question::Draw);
    }
    scripted
}

/// Which alarm rings, if a script says so: its index in the order of setting.
pub(super) fn alarm() -> Option<usize> {
    if ON.get() { with_script(|script| script.alarm).flatten() } else { None }
}

/// The clock is read.
// Not inlined: it would be made again for each protocol.
#[inline(never)]
pub(super) fn note_clock() {
    if ON.get() {
        with_script(|script| script.read_clock = true);
    }
}

fn with_script<T>(look: impl FnOnce(&mut Script) -> T) -> Option<T> {
    SCRIPT.with_borrow_mut(|script| script.as_mut().map(look))
}

/// Something that a property may read of the world, or another piece of the user's code of its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// Any node.
    AllNodes,
    /// That node.
    Node(NodeIndex),
    /// How many live nodes are in the state of that index.
    Count(usize),
    /// Which live nodes are in that state, and all of them.
    Members(usize),
    /// Whether every live node has decided.
    AllTerminal,
    /// How many messages have been sent.
    Sent,
    /// How many messages are under way.
    InTransit,
    /// A random number.
    Draw,
}

/// What a property has read: its verdict is a function of the answers.
pub type Questions = BTreeSet<Question>;

/// Runs a property, or another piece of code, and takes down what it reads.
pub fn asking<T>(code: impl FnOnce() -> T) -> (T, Questions) {
    /// Also if the code panics.
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            ON.set(false);
        }
    }
    READ.set(Some(Questions::new()));
    ON.set(true);
    let back = Back;
    let result = code();
    drop(back);
    (result, READ.take().unwrap_or_default())
}

/// A property reads that.
// Not inlined: it would be made again for each protocol.
#[inline(never)]
pub(super) fn note(question: Question) {
    if ON.get() {
        take_down(question);
    }
}

/// A property reads all that there is.
pub(super) fn note_all() {
    for question in [Question::AllNodes, Question::Sent, Question::InTransit, Question::AllTerminal] {
        note(question);
    }
}

#[cold]
fn take_down(question: Question) {
    READ.with_borrow_mut(|read| {
        if let Some(read) = read {
            read.insert(question);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All runs of a piece of code that draws.
    fn all(code: impl Fn(&dyn Fn(u128) -> u64) -> u64) -> Vec<(Vec<u64>, u64)> {
        let (mut script, mut seen) = (Script::default(), Vec::new());
        loop {
            let result = script.run(|| code(&|span| drawn(span).expect("a script runs")));
            seen.push((script.draws(), result));
            if !script.advance() {
                return seen;
            }
        }
    }

    #[test]
    fn every_alternative_is_seen_once() {
        assert_eq!(all(|_| 7), [(vec![], 7)]);
        assert_eq!(all(|draw| 10 * draw(2) + draw(3)).len(), 6);
        // What is drawn may decide what is drawn next.
        let seen = all(|draw| if draw(2) == 0 { 5 } else { draw(3) });
        assert_eq!(seen, [(vec![0], 5), (vec![1, 0], 0), (vec![1, 1], 1), (vec![1, 2], 2)]);
    }

    #[test]
    fn of_each_range_so_many_are_seen() {
        let seen = |most| {
            let (mut script, mut seen) = (Script::default().of_at_most(most), Vec::new());
            loop {
                seen.push(script.run(|| (drawn(1 << 64), drawn(3))));
                if !script.advance() {
                    return (seen.len(), seen.iter().filter(|(one, other)| one == other).count(), script.has_cut());
                }
            }
        };
        assert_eq!(seen(Some(2)), (4, 2, true));
        assert_eq!(seen(Some(3)), (9, 3, true));
        let mut small = Script::default().of_at_most(Some(3));
        small.run(|| drawn(3));
        assert!(!small.has_cut());
    }

    #[test]
    fn a_script_is_replayed_and_others_draw_as_ever() {
        assert_eq!(drawn(6), None);
        assert_eq!(Script::of(&[4, 1]).run(|| (drawn(6), drawn(2), drawn(9))), (Some(4), Some(1), Some(0)));
        assert_eq!(drawn(6), None);
    }

    #[test]
    fn too_many_alternatives_are_noticed() {
        for spans in [&[4096][..], &[64, 64], &[4097], &[64, 65], &[1 << 64]] {
            let mut script = Script::default();
            script.run(|| spans.iter().for_each(|span| assert!(drawn(*span).is_some())));
            assert_eq!(script.has_too_many(), spans.iter().product::<u128>() > 4096, "{spans:?}");
        }
    }

    #[test]
    fn what_is_read_is_taken_down_also_if_the_code_panics() {
        assert_eq!(asking(|| note(Question::Sent)).1, [Question::Sent].into());
        assert!(std::panic::catch_unwind(|| asking(|| panic!("as it may"))).is_err());
        note(Question::Sent);
        assert_eq!(asking(|| ()).1, [].into());
    }
}
