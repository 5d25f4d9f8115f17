//! The program that tests start nodes of: the catalogue, and protocols that do what protocols should not do.

use nodes_tests::misbehaved::{
    aborting::Aborting, abrupt::Abrupt, boastful::Boastful, bulky::Bulky, chattering::Chattering, fickle::Fickle,
    garrulous::Garrulous, looping::Looping, panicking::Panicking, surprised::Surprised, waiting::Waiting,
};

catalogue::main!(Aborting, Abrupt, Boastful, Bulky, Chattering, Fickle, Garrulous, Looping, Panicking, Surprised, Waiting);
