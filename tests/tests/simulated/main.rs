//! The simulator, seen from outside: the same events every time, on any number of threads; a faster path through the transition
//! system; what campaigns find.

mod campaigns;
mod cases;
mod defects;
mod determinism;
mod drawn;
mod fast_path;
mod given;
mod halfway;
mod impulses;
mod in_turn;
mod interrupted;
mod kept;
mod patient;
mod rates;
mod steered;
mod storm;
mod sweeps;
mod told;
mod trials;
mod two_loops;
