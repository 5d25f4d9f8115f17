//! The whole catalogue as one program: `cargo run -- list`.

catalogue::main!();
