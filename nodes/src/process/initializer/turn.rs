//! The initializer's loop: sends orders, and takes what comes.

use core::time::Duration;
use std::io;

use mio::Token;

use super::Initializer;
use crate::execution::RunError;
use crate::link::LinkId;
use crate::process::clock;
use crate::process::control::{Failure, ToNode};
use crate::process::ending::End;
use crate::process::socket::BATCH;

pub(super) const SOCKET: Token = Token(usize::MAX);
pub(super) const INTERRUPT: Token = Token(usize::MAX - 1);

impl Initializer {
    pub(super) fn tell(&mut self, node: usize, what: &ToNode) {
        match postcard::to_allocvec(what) {
            Ok(order) => self.orders.push(node, order),
            Err(cause) => self.fail_to_tell(node, &cause),
        }
    }

    /// Hands orders to the links, as many as may be under way.
    fn send_orders(&mut self) {
        let now = clock::now();
        while let Some((node, order)) = self.orders.next(now, |node| self.endpoint.queued(LinkId::new(node as u32)) == 0) {
            if let Err(cause) = self.endpoint.send(LinkId::new(node as u32), 0, &order) {
                self.fail_to_tell(node, &cause);
            }
        }
    }

    pub(super) fn fail_to_tell(&mut self, node: usize, cause: &dyn std::fmt::Display) {
        self.fail(node, Failure { violation: false, what: format!("it cannot be told what it must know: {cause}") });
    }

    /// One turn of the loop, until then at most, or until a crash or recovery is due.
    pub(super) fn turn_until(&mut self, at: Duration) -> Result<(), RunError> {
        let at = self.next_fault().map_or(at, |fault| fault.min(at));
        self.turn(Some(at.saturating_sub(clock::now())))
    }

    /// One turn of the loop: sends, waits at most so long, and takes what comes.
    pub(super) fn turn(&mut self, wait: Option<Duration>) -> Result<(), RunError> {
        self.turn_io(wait).map_err(|cause| RunError::System { what: "the initializer's loop".into(), cause })
    }

    fn turn_io(&mut self, wait: Option<Duration>) -> io::Result<()> {
        let went_on = self.end.is_none();
        self.send_orders();
        // An order that cannot be sent ends the run: then there is nothing to wait for.
        let ends = went_on && self.end.is_some();
        self.socket.transmit(&mut self.endpoint, self.poll.registry())?;
        let due = [self.endpoint.poll_timeout(), self.orders.due()].into_iter().flatten().min();
        let due = due.map(|at| at.saturating_sub(clock::now()));
        // More may lie there than was read last.
        let wait = if self.unread || ends { Some(Duration::ZERO) } else { [wait, due].into_iter().flatten().min() };
        match self.poll.poll(&mut self.events, wait) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        let (mut interrupted, mut ended) = (false, Vec::new());
        for event in &self.events {
            match event.token() {
                SOCKET => {}
                INTERRUPT => interrupted = true,
                Token(node) if event.is_error() || event.is_write_closed() => ended.push(node),
                _ => {}
            }
        }
        if interrupted {
            self.end_by(End::Interrupted);
        }
        // What a node said before it ended comes first: it explains the end.  But however fast datagrams come, whosever they
        // are, they do not keep the initializer from its clock and its nodes.
        let mut datagrams = 0;
        while datagrams < BATCH && self.socket.receive(&mut self.endpoint)?.is_some() {
            datagrams += 1;
            while let Some(delivery) = self.endpoint.poll_delivery() {
                let node = delivery.link.index();
                self.inbox.clear();
                self.inbox.extend_from_slice(delivery.payload);
                self.hear(node);
            }
            self.socket.transmit(&mut self.endpoint, self.poll.registry())?;
        }
        self.unread = datagrams == BATCH;
        for node in ended {
            self.note_ended(node);
        }
        Ok(())
    }
}
