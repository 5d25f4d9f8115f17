//! Many random cases, each of which can be made again.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Runs `body` for `seeds` seeds; a failure is told with its seed.  `SEED=7 cargo test NAME` makes that one run only.
///
/// # Panics If `body` does.
pub fn for_seeds(seeds: u64, body: impl Fn(u64)) {
    if let Ok(seed) = std::env::var("SEED") {
        return body(seed.parse().expect("SEED is a number"));
    }
    for seed in 0..seeds {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| body(seed))) {
            let test = std::thread::current().name().unwrap_or_default().to_owned();
            eprintln!("failed with seed {seed}; replay: SEED={seed} cargo test -p nodes-tests {test}");
            resume_unwind(panic);
        }
    }
}
