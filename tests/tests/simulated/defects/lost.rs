//! Shout over bare datagrams: one that is lost is waited for without end.

use catalogue::Shout;
use nodes::network::Faults;
use nodes::protocol::Links;
use nodes::testing::{Kind, Trial};

use super::failing;

#[test]
fn what_is_lost_is_waited_for_unless_the_link_sends_it_again() {
    let losing = || Faults { loss: 0.2, ..Faults::default() };
    assert!(matches!(
        failing(&Trial::<Shout>::on(["gnp:8,0.5"]).with(move |run| run.links(Links::Lossy).faults(losing()))),
        Kind::Stuck(_)
    ));
    Trial::<Shout>::on(["gnp:8,0.5"]).with(move |run| run.faults(losing())).seeds(200).must_hold();
}
