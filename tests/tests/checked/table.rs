//! The catalogue's table of checks: each is made again, and `docs/checked.md` shows them.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use catalogue::checks::CHECKS;
use nodes::check::{Known, Verdict};
use nodes_tests::started::start;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// What a check finds now.
struct Made {
    known: &'static Known,
    document: Value,
}

impl Made {
    fn of(known: &'static Known) -> Self {
        let Known { protocol, instance, .. } = known;
        let ended = start(PROGRAM, &format!("check {protocol} {instance} --reduction full --seed 1 --json")).wait();
        assert!(ended.stdout().starts_with('{'), "check {protocol} {instance}: {}", ended.stderr());
        Made { known, document: ended.json() }
    }

    fn number(&self, pointer: &str) -> Option<u64> {
        self.document.pointer(pointer).and_then(Value::as_u64)
    }

    fn messages(&self) -> Option<(u64, u64)> {
        self.number("/messages/least").zip(self.number("/messages/greatest"))
    }
}

fn all_made() -> Vec<Made> {
    let mut all = Vec::new();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let make = |place: u64| Made::of(&CHECKS.0[place as usize]);
    nodes::campaign::in_order(CHECKS.0.len() as u64, threads, &|| false, &make, &mut |made| {
        all.push(made);
        ControlFlow::Continue(())
    });
    all
}

#[test]
fn each_check_of_the_table_finds_what_the_table_and_the_documentation_say() {
    let all = all_made();
    let mut wrong = Vec::new();
    for made in &all {
        let Known { protocol, instance, verdict, states, messages } = *made.known;
        let outcome = made.document["outcome"].as_str().unwrap_or_default();
        let found = (outcome, made.number("/states/total"), made.messages());
        if found != (verdict.name(), Some(states), messages) {
            wrong.push(format!("{protocol} {instance}: {found:?}"));
        }
        // Of many instances each has its own.
        if verdict == Verdict::Holds
            && made.number("/instances") == Some(1)
            && let Some(cost) = formula(made)
            && messages != Some((cost, cost))
        {
            wrong.push(format!("{protocol} {instance}: {messages:?}, and by the formula {cost}"));
        }
    }
    assert_eq!(wrong, [""; 0], "found, and not what the table says");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/checked.md");
    let right = document(&all);
    if std::env::var_os("NODES_BLESS").is_some() {
        fs::write(&file, &right).expect("the page is ours");
    }
    let shown = fs::read_to_string(&file).unwrap_or_default();
    assert!(shown == right, "write it anew: NODES_BLESS=1 cargo test -p nodes-tests --test checked table");
}

#[test]
fn each_algorithm_is_in_the_table_and_described_with_what_stands_there() {
    let listed = catalogue::ALL.iter().map(nodes::protocol::AnyProtocol::name).collect::<BTreeSet<_>>();
    let checked = CHECKS.0.iter().map(|known| known.protocol.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(checked, listed);
    for name in listed {
        let described = start(PROGRAM, &format!("describe {name}")).wait().stdout();
        let (_, shown) = described.split_once("checked on every schedule\n").expect("it is shown");
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for known in CHECKS.of(&name) {
            assert!(shown.contains(&format!("{} {}: {} state", known.verdict.name(), known.instance, known.states)), "{shown}");
        }
    }
}

/// How many messages each run takes, by the formulas of books, where they are the same for each.
fn formula(made: &Made) -> Option<u64> {
    let number = |pointer: &str| made.number(pointer).unwrap_or_default();
    let (n, m) = (number("/nodes"), number("/edges"));
    let k = made.document.pointer("/options/initiators").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    let requests = made.document.pointer("/options/requests").and_then(|text| text.as_str()?.parse::<u64>().ok());
    let entries = n * requests.unwrap_or_default();
    Some(match made.known.protocol {
        "flooding" => 2 * m + k - n,
        "echo" | "shout_plus" | "dft" => 2 * m,
        "shout" => 4 * m + 2 - 2 * n,
        "saturation" => 3 * n + k - 4,
        "ring_size" => 2 * n,
        "all_the_way" => n * n,
        "lamport" => 3 * (n - 1) * entries,
        "ricart_agrawala" => 2 * (n - 1) * entries,
        _ => return None,
    })
}

/// The page.
fn document(all: &[Made]) -> String {
    let mut page = include_str!("table.md").to_owned();
    for Made { known, document } in all {
        let made = Made { known, document: document.clone() };
        let Known { protocol, instance, verdict, states, messages } = *known;
        let range = |(least, greatest)| if least == greatest { format!("{least}") } else { format!("{least}..{greatest}") };
        let instances = made.number("/instances").unwrap_or_default();
        let longest = made.number("/longest").map_or_else(String::new, |events| events.to_string());
        let properties = document["properties"].as_object().into_iter().flatten();
        let holds = properties.filter(|(_, status)| *status == "holds").map(|(name, _)| format!("`{name}`"));
        // Whether an object keeps the order of its names depends on what else is built with `serde_json`.
        let holds = holds.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let unchecked = document["unchecked"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let violations = document["violations"].as_array().into_iter().flatten().filter_map(|found| found["what"].as_str());
        let rest = violations.chain(unchecked).collect::<Vec<_>>().join("; ");
        page += &format!(
            "| `{protocol}` | `{instance}` | {} | {instances} | {states} | {} | {longest} | {} | {rest} |\n",
            verdict.name(),
            messages.map(range).unwrap_or_default(),
            holds.join(", "),
        );
    }
    page
}
