//! A kernel that drops a fifth of all datagrams; see `tests/namespace/run`.

use std::process::Command;

use super::PROGRAM;

/// What the script says where a machine does not allow the experiment.
const SKIPPED: i32 = 77;

fn assert_every_message_arrives_once(chain: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/namespace/run");
    let ran = Command::new(script).args([PROGRAM, chain]).output().expect("the script can be started");
    let said = String::from_utf8_lossy(&ran.stdout);
    // With `--nocapture` one sees what was dropped, or why nothing could be.
    eprint!("{said}");
    assert!(matches!(ran.status.code(), Some(0 | SKIPPED)), "{said}{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn where_the_kernel_drops_datagrams_every_message_arrives_once() {
    assert_every_message_arrives_once("INPUT");
}

#[test]
fn where_the_kernel_forbids_to_send_datagrams_every_message_arrives_once() {
    assert_every_message_arrives_once("OUTPUT");
}
