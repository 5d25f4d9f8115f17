//! A protocol without states, which fails as it is told.

use nodes::prelude::*;

/// Is sent to the node itself.
#[message]
pub struct Hop(pub u32);

/// Must not come.
#[message]
pub struct Wrong;

/// Is not looked at.
#[message]
pub struct Idle;

/// Rings, and nothing happens.
#[alarm]
pub struct Bell;

/// What it is told.
#[config]
pub struct Options {
    /// What goes wrong: "panic", "never", "always", "endless"; else nothing does.
    pub wrong: String,
}

/// Has no states, keeps a message waiting, and fails as it is told.
#[protocol(initiators = One)]
#[derive(Default)]
pub struct Stateless {
    wrong: String,
    hops: u32,
    last: Option<Port>,
}

#[protocol]
#[never(Wrong)]
#[ignore(Idle)]
#[defer(Hop if msg.0 > 100)]
impl Stateless {
    #[init]
    fn new(options: &Options) -> Self {
        Stateless { wrong: options.wrong.clone(), ..Stateless::default() }
    }

    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_self(Hop(101));
        net.send_to_self(Hop(3));
        net.send_to_self(Idle);
    }

    #[on(Hop)]
    fn hop(&mut self, msg: Hop, sender: Port, net: &mut Net<Self>) {
        self.hops += 1;
        self.last = Some(sender);
        net.set_alarm(millis(1), Bell);
        match &*self.wrong {
            "panic" => panic!("as it was told"),
            "never" => net.send_to_self(Wrong),
            "endless" => net.send_to_self(Hop(msg.0)),
            _ => {}
        }
    }

    #[when(Bell)]
    fn bell(&mut self) {}

    /// Made to be violated.
    #[always]
    fn never_hops(node: &Node<Self>) -> bool {
        node.wrong != "always" || node.hops == 0
    }
}
