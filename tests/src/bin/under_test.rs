//! The program that tests start nodes of: the catalogue, and protocols that do what protocols should not do.

use nodes_tests::misbehaved::{
    aborting::Aborting, boastful::Boastful, bulky::Bulky, chattering::Chattering, fickle::Fickle, looping::Looping,
    panicking::Panicking, surprised::Surprised, waiting::Waiting,
};

catalogue::main!(Aborting, Boastful, Bulky, Chattering, Fickle, Looping, Panicking, Surprised, Waiting);
