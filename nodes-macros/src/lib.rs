//! The attribute macros of `nodes`.
