//! A run's page while the run goes on: served to browsers of this machine, over HTTP.
//!
//! The page is the one that [`viewer`](crate::viewer) makes; it asks for the trace, whose bytes follow as they are recorded, and sends
//! commands to a simulated run.  All of it is one thread with a mio loop:
//!
//! ```text
//!   the run --- bytes of the trace ---> spool (a file without a name) ---> each page, as fast as it reads
//!           <-- orders (Helm) ---------------------------------------- POST cmd
//! ```
//!
//! The run never waits for a page: it appends to the spool, and a page that lags reads on from where it is.  What a page takes is a
//! socket and an offset, so memory is bounded whatever the pages do.
//!
//! Who may ask: the server listens on the loopback interface only, and every address bears a token that is drawn for the run.  A browser
//! that was lured here by a foreign page is told by `Host` (a name that was made to point here: "DNS rebinding") and `Origin`.

mod client;
mod helm;
mod request;
mod server;
mod spool;

pub use helm::Helm;
pub use server::Server;
pub use spool::Feed;
