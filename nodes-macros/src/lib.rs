//! The attribute macros of `nodes`.

mod args;
mod check;
mod config;
mod declare;
mod derive;
mod describe;
mod diagnostics;
mod dispatch;
mod expand;
mod message;
mod model;
mod outside;
mod parse;
mod scan;
mod set;
mod state;
#[cfg(test)]
mod tests;
mod text;

use proc_macro::TokenStream;

/// Declares a protocol on its struct, and its rules on its `impl`.
#[proc_macro_attribute]
pub fn protocol(args: TokenStream, item: TokenStream) -> TokenStream {
    let (args, item) = (args.into(), item.into());
    let expansion = if expand::is_impl(&item) { expand::implement(args, item) } else { declare::declare(args, item) };
    expansion.into()
}

/// A type of message.
#[proc_macro_attribute]
pub fn message(args: TokenStream, item: TokenStream) -> TokenStream {
    message::message(args.into(), item.into()).into()
}

/// A type of alarm.
#[proc_macro_attribute]
pub fn alarm(args: TokenStream, item: TokenStream) -> TokenStream {
    message::alarm(args.into(), item.into()).into()
}

/// The states of a protocol.
#[proc_macro_attribute]
pub fn states(args: TokenStream, item: TokenStream) -> TokenStream {
    state::states(args.into(), item.into()).into()
}

/// A protocol's own flags.
#[proc_macro_attribute]
pub fn config(args: TokenStream, item: TokenStream) -> TokenStream {
    config::config(args.into(), item.into()).into()
}

macro_rules! inert {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(args: TokenStream, item: TokenStream) -> TokenStream {
            outside::complain(stringify!($name), args.into(), item.into()).into()
        }
    )*};
}

inert! {
    /// The rule for a message.
    on
    /// The rule for an alarm.
    when
    /// How a node begins.
    init
    /// The last word of a node.
    finish
    /// A safety property.
    always
    /// A property of the end.
    finally
    /// A message that cannot come.
    never
    /// A message that waits.
    defer
    /// What happens without a rule.
    otherwise
}
