//! A protocol for tests, which does nothing.

#![allow(unreachable_pub, reason = "as a protocol is written")]

use crate::prelude::*;

#[message]
pub struct Nothing;

#[protocol]
pub struct Idle {}

#[protocol]
impl Idle {
    #[on(Spontaneously)]
    #[on(Nothing)]
    fn stay(&mut self) {}
}
