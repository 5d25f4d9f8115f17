//! What costs grow like: plans over any variable, what many runs told of a place in the plan, and the law that fits.
//!
//! A *variable* takes several values, several variables make a grid ([`Places`]).  What the runs at one place of it cost is a
//! [`Summary`]: mean, spread, 95 % interval and range.  [`Growth`] holds the means against laws such as n log n, and says which of
//! them the measurements support, if they decide.  A [`Figure`] draws them.  How runs are made is not known here.

mod axis;
mod drawing;
mod figure;
mod growth;
mod least_squares;
mod student;
mod summary;
mod theory;
mod variable;

pub use figure::{Curve, Figure, Series, Spot, Told};
pub use growth::{Fit, Growth, Law, Measured, Verdict};
pub use summary::Summary;
pub use theory::{Says, Theory};
pub use variable::{Places, Variable};
