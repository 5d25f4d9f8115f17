//! Which mutant is alive: at most one, in the whole program.

use std::sync::atomic::{AtomicU32, Ordering};

static ALIVE: AtomicU32 = AtomicU32::new(0);

/// From now on the mutant of that number is alive; 0 is none.
pub fn set(mutant: u32) {
    ALIVE.store(mutant, Ordering::Relaxed);
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
