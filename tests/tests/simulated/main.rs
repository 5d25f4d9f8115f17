//! The simulator, seen from outside: the same events every time, on any number of threads; a faster path through the transition
//! system; what campaigns find.

mod campaigns;
mod cases;
mod defects;
mod determinism;
mod fast_path;
mod given;
mod halfway;
mod in_turn;
mod interrupted;
mod kept;
mod steered;
mod storm;
mod sweeps;
mod trials;
mod two_loops;
