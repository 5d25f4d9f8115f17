//! Every algorithm of the catalogue: nothing in it looks like a slip, and it runs by its name alone.

use nodes_tests::started::start;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// The names of those that are published, as `list` has them; not of those that misbehave.
fn listed() -> Vec<String> {
    let listed = start(PROGRAM, "list --json").wait().json();
    let published = listed.as_array().into_iter().flatten().filter(|protocol| protocol["source"] != "");
    published.map(|protocol| protocol["name"].as_str().expect("a protocol has a name").to_owned()).collect()
}

#[test]
fn every_algorithm_runs_as_processes_with_nothing_but_its_name() {
    for name in listed() {
        let ended = start(PROGRAM, &format!("run {name} --seed 1 --json")).wait();
        assert_eq!(ended.status(), Some(0), "{name}: {}", ended.stderr());
        let properties = ended.json()["properties"].as_object().map_or(0, |properties| properties.len());
        assert!(properties >= 2, "{name} has {properties} properties: say what is safe, and what is right in the end");
    }
}

#[test]
fn no_algorithm_looks_like_a_slip() {
    let mut seen = 0;
    macro_rules! look_at {
        ($($protocol:ident)*) => {$(
            assert_eq!(nodes::lint::warnings::<catalogue::$protocol>(), [""; 0], stringify!($protocol));
            seen += 1;
        )*};
    }
    look_at!(
        AllTheWay AsFar Bully ChandyLamport ChangRoberts ControlledDistance DfStar Dft DijkstraScholten DolevKlaweRodeh Echo
        Flooding HirschbergSinclair HyperElect Lamport RicartAgrawala RingSize Saturation Shout ShoutPlus Stages SuzukiKasami YoYo
    );
    assert_eq!(seen, listed().len(), "all of them");
}
