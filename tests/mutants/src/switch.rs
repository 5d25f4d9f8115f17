//! Which mutant is alive: at most one, in the whole program.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

static ALIVE: AtomicU32 = AtomicU32::new(0);
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A mutant that is alive until this is dropped.
#[derive(Debug)]
pub struct Alive(#[expect(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

impl Alive {
    /// The mutant of that number; 0 is none.
    pub fn mutant(number: u32) -> Self {
        let guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        ALIVE.store(number, Ordering::Relaxed);
        Alive(guard)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.store(0, Ordering::Relaxed);
    }
}

/// Whether that mutant is alive.
pub fn is(mutant: u32) -> bool {
    ALIVE.load(Ordering::Relaxed) == mutant
}

/// A condition, which a mutant negates.
pub fn not(mutant: u32, condition: bool) -> bool {
    condition != is(mutant)
}

/// `a < b`; for the first mutant `a <= b`, for the second `a >= b`.
pub fn less<A: PartialOrd<B>, B>([or_equal, contrary]: [u32; 2], a: &A, b: &B) -> bool {
    if is(or_equal) { a <= b } else { (a < b) != is(contrary) }
}

/// `a <= b`; for the first mutant `a < b`, for the second `a > b`.
pub fn at_most<A: PartialOrd<B>, B>([strictly, contrary]: [u32; 2], a: &A, b: &B) -> bool {
    if is(strictly) { a < b } else { (a <= b) != is(contrary) }
}

/// `a > b`; for the first mutant `a >= b`, for the second `a <= b`.
pub fn greater<A: PartialOrd<B>, B>([or_equal, contrary]: [u32; 2], a: &A, b: &B) -> bool {
    if is(or_equal) { a >= b } else { (a > b) != is(contrary) }
}

/// `a >= b`; for the first mutant `a > b`, for the second `a < b`.
pub fn at_least<A: PartialOrd<B>, B>([strictly, contrary]: [u32; 2], a: &A, b: &B) -> bool {
    if is(strictly) { a > b } else { (a >= b) != is(contrary) }
}

/// `a == b`; for the mutant `a != b`.
pub fn equal<A: PartialEq<B>, B>([contrary]: [u32; 1], a: &A, b: &B) -> bool {
    (a == b) != is(contrary)
}

/// `a != b`; for the mutant `a == b`.
pub fn different<A: PartialEq<B>, B>([contrary]: [u32; 1], a: &A, b: &B) -> bool {
    (a != b) != is(contrary)
}

/// A send; the first mutant does not make it, the second makes it twice.
macro_rules! send {
    ($dropped:literal, $doubled:literal, $net:ident.$send:ident($($argument:expr),* $(,)?)) => {
        if !$crate::switch::is($dropped) {
            if $crate::switch::is($doubled) {
                $net.$send($(::core::clone::Clone::clone(&$argument)),*);
            }
            $net.$send($($argument),*);
        }
    };
}
pub(crate) use send;
