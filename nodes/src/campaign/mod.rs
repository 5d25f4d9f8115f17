//! Simulated runs, one or many: the simulator is a function, here are the clock that measures it and the cores that it uses.

mod single;
