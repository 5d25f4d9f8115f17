//! One whole expansion, to be read.  `OVERWRITE=1 cargo test -p nodes-macros` writes `snapshot.expected.rs` anew.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens;

fn expansion() -> TokenStream {
    let none = TokenStream::new;
    let message = crate::message::message(
        none(),
        tokens("/// Go on. pub struct Hop { pub origin: Id, pub path: Vec<Id> }".replace(". pub", ".\npub").as_str()),
    );
    let alarm = crate::message::alarm(none(), tokens("struct Patience;"));
    let states =
        crate::state::states(none(), tokens("pub enum State { #[default] Idle, Asking { left: u8 }, #[terminal] Done }"));
    let declared = crate::declare::declare(
        tokens("topology = OrientedRing, links = Reliable, knows(Size), problem = \"walking\""),
        tokens("pub struct Walk { state: State, hops: u32 }"),
    );
    let rules = crate::expand::implement(
        none(),
        tokens(
            "#[never(Hop in Idle)]
            impl Walk {
                /// Begins.
                #[on(Spontaneously in Idle)]
                fn start(&mut self, net: &mut Net<Self>) {
                    net.send(net.right(), Hop { origin: net.id(), path: Vec::new() });
                    self.state = State::Asking { left: 1 };
                }
                #[on(Hop in Asking { .. } if origin == net.id())]
                fn home(&mut self, Hop { origin, .. }: Hop) {
                    self.state = State::Done;
                }
                #[on(Hop in Asking | Done)]
                fn away(&mut self, msg: Hop, sender: Port, net: &mut Net<Self>) {
                    net.send_other_way(sender, msg);
                }
                #[when(Patience in Asking)]
                fn impatient(&mut self) {}
                /// Goes on.
                #[recover]
                fn back(hops: u32) -> Self { Walk { state: State::Idle, hops } }
                #[finally]
                fn all_home(world: &World<Self>) -> bool { world.all_terminal() }
            }",
        ),
    );
    quote!(#message #alarm #states #declared #rules)
}

#[test]
fn the_expansion_is_what_it_was_when_somebody_read_it() {
    let expansion = expansion();
    let file = syn::parse2(expansion.clone()).unwrap_or_else(|error| panic!("{error}: {expansion}"));
    let text = prettyplease::unparse(&file);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/snapshot.expected.rs");
    if std::env::var_os("OVERWRITE").is_some() {
        std::fs::write(path, &text).expect("the expected expansion can be written");
    }
    let expected = std::fs::read_to_string(path).expect("the expected expansion is there");
    let first = text.lines().zip(expected.lines()).enumerate().find(|(_, (now, then))| now != then);
    if let Some((line, (now, then))) = first {
        panic!("line {} was\n{then}\nand is\n{now}\n`OVERWRITE=1 cargo test -p nodes-macros` takes it; read it then", line + 1);
    }
    assert_eq!(text.len(), expected.len(), "one is longer than the other");
}
