//! The program that tests start nodes of: the catalogue, protocols that do what protocols should not do, and one that is read from a
//! file if one is named.

use std::process::ExitCode;

use nodes::protocol::AnyProtocol;
use nodes::simulator::attached;
use nodes_tests::looking::Looking;
use nodes_tests::misbehaved::{
    aborting::Aborting, abrupt::Abrupt, boastful::Boastful, bottomless::Bottomless, bulky::Bulky, chattering::Chattering,
    fickle::Fickle, fostering::Fostering, garrulous::Garrulous, looping::Looping, panicking::Panicking, restless::Restless,
    surprised::Surprised, waiting::Waiting,
};
use nodes_tests::patient::Patient;
use nodes_tests::reading::Reading;
use nodes_tests::recovering::Bank;
use nodes_tests::roused::Roused;
use nodes_tests::stateless::Stateless;
use nodes_tests::tables;
use nodes_tests::torrents::{
    avalanche::Avalanche, echo_chamber::EchoChamber, fed::Fed, hoarding::Hoarding, narrow::Narrow, sluggish::Sluggish,
    streaming::Streaming, torrent::Torrent, untidy::Untidy, usual::Usual,
};

const MORE: &[AnyProtocol] = &[
    attached::<Aborting>(),
    attached::<Abrupt>(),
    attached::<Avalanche>(),
    attached::<Bank>(),
    attached::<Boastful>(),
    attached::<Bottomless>(),
    attached::<Bulky>(),
    attached::<Chattering>(),
    attached::<EchoChamber>(),
    attached::<Fed>(),
    attached::<Fickle>(),
    attached::<Fostering>(),
    attached::<Garrulous>(),
    attached::<Hoarding>(),
    attached::<Looking>(),
    attached::<Looping>(),
    attached::<Narrow>(),
    attached::<Panicking>(),
    attached::<Patient>(),
    attached::<Reading>(),
    attached::<Restless>(),
    attached::<Roused>(),
    attached::<Sluggish>(),
    attached::<Stateless>(),
    attached::<Streaming>(),
    attached::<Surprised>(),
    attached::<Torrent>(),
    attached::<Untidy>(),
    attached::<Usual>(),
    attached::<Waiting>(),
];

fn main() -> ExitCode {
    let mut protocols = [catalogue::ALL, MORE].concat();
    if let Some(file) = tables::named() {
        let text = std::fs::read_to_string(&file).expect("the file is there");
        protocols.push(tables::protocol(&text).expect("it describes a protocol"));
    }
    nodes::cli::main(&protocols)
}
