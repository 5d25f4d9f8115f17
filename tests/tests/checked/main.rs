//! The checker: what it finds is what others have found, by hand, by formula, or by another program.

mod known;
