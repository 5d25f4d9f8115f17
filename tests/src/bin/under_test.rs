//! The program that tests start nodes of: the catalogue, and protocols that do what protocols should not do.

use nodes_tests::misbehaved::{
    aborting::Aborting, abrupt::Abrupt, boastful::Boastful, bulky::Bulky, chattering::Chattering, fickle::Fickle,
    fostering::Fostering, garrulous::Garrulous, looping::Looping, panicking::Panicking, surprised::Surprised, waiting::Waiting,
};
use nodes_tests::recovering::Bank;
use nodes_tests::torrents::{
    avalanche::Avalanche, echo_chamber::EchoChamber, fed::Fed, hoarding::Hoarding, narrow::Narrow, sluggish::Sluggish,
    streaming::Streaming, torrent::Torrent, untidy::Untidy, usual::Usual,
};

catalogue::main!(
    Aborting,
    Abrupt,
    Avalanche,
    Bank,
    Boastful,
    Bulky,
    Chattering,
    EchoChamber,
    Fed,
    Fickle,
    Fostering,
    Garrulous,
    Hoarding,
    Looping,
    Narrow,
    Panicking,
    Sluggish,
    Streaming,
    Surprised,
    Torrent,
    Untidy,
    Usual,
    Waiting
);
