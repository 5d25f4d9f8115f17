//! Traces of simulated runs.

use nodes::network::{Crash, Delay, Faults, OnCrash};
use nodes::protocol::Links;
use nodes::run::Run;
use nodes::trace::Kind;
use nodes::{Protocol, millis, secs};
use nodes_tests::of_each;
use nodes_tests::seeds::for_seeds;

use super::{agree, count, recorded};

#[test]
fn every_algorithm_of_the_catalogue_is_recorded_as_it_is_counted() {
    fn check<P: Protocol>() {
        for_seeds(3, |seed| {
            for delay in [Delay::Unit, Delay::Exponential(millis(5))] {
                let (trace, document) = recorded(&Run::<P>::default().seed(seed).delay(delay));
                assert!(document.outcome.is_well(), "{:?}", document.replay);
                agree(&trace, &document);
            }
        });
    }
    of_each!(check).into_iter().for_each(|check| check());
}

#[test]
fn what_goes_wrong_is_recorded() {
    for_seeds(20, |seed| {
        let faults = Faults { loss: 0.2, duplicate: 0.2, reorder: 0.2, ..Faults::default() };
        let run = Run::<catalogue::Flooding>::on("gnp:12,0.4").seed(seed).faults(faults.clone());
        let lossy = run.links(Links::Lossy).stop_after(secs(5));
        let (trace, document) = recorded(&lossy);
        agree(&trace, &document);
        assert_eq!(Some(count(&trace, Kind::Lost) as u64), document.links.lost);
        assert_eq!(Some(count(&trace, Kind::Duplicate) as u64), document.links.duplicated);

        let (trace, document) = recorded(&Run::<catalogue::Flooding>::on("gnp:12,0.4").seed(seed).faults(faults));
        agree(&trace, &document);
        assert!(count(&trace, Kind::Resend) > 0);

        let faults = Faults { crashes: vec![Crash::new(3, millis(2))], on_crash: OnCrash::Continue, ..Faults::default() };
        let (trace, document) = recorded(&Run::<catalogue::Flooding>::on("complete:6").seed(seed).faults(faults));
        assert_eq!(count(&trace, Kind::Crash), 1);
        agree(&trace, &document);
    });
}
