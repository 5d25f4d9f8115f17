//! The simulator, seen from outside: the same events every time, on any number of threads; what campaigns find.

mod campaigns;
mod defects;
mod determinism;
mod steered;
mod sweeps;
mod trials;
