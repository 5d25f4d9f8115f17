//! Every mistake that the macros and the types find has its own file, and beside it what the user reads.
//!
//! The texts are partly rustc's own, so they belong to the pinned toolchain.  `TRYBUILD=overwrite` writes them anew; then read them.

#[test]
fn every_mistake_is_explained() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*.rs");
}
